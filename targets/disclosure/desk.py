"""What the performance office does with a disclosure. Only approved revisions go in; a published set stays as it is."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from departments.models import Department, Person
from departments.roles import PERFORMANCE_REVIEWER
from targets.disclosure.foreword import draft_foreword
from targets.disclosure.public import published_items
from targets.disclosure.words import searchable
from targets.domain.record import ROW_TEXTS, Record
from targets.domain.steps import APPROVED
from targets.models import Declaration, Disclosure, DisclosureItem, Revision
from targets.models.declaration import DeclarationQuerySet
from targets.signing import signed_by_post


class DisclosureRefused(Exception):
    """Why nothing was done, in words."""


# Questions ------------------------------------------------------------------------------------------------------------


def divisions_of(user: Person) -> set[int]:
    """Ids of the divisions whose disclosures this person makes."""
    reached = Department.objects.filter(pk__in=user.scope.reach(PERFORMANCE_REVIEWER))
    return set(reached.values_list("division", flat=True).distinct())


def why_not(disclosure: Disclosure, user: Person) -> str:
    """Why this person may do nothing with it now, "" when he may."""
    if disclosure.division_id not in divisions_of(user):
        return "绩效公开由绩效科办理，您只能查看。"
    if disclosure.is_published:
        return "这个批次已经公开，内容不能再改。需要更正请另建批次。"
    return ""


def _approved(disclosure: Disclosure, user: Person) -> DeclarationQuerySet:
    """Forms of its year with an approved text (also while a later version is being worked on), projects first."""
    forms: DeclarationQuerySet = (
        Declaration.objects.visible_to(user)
        .filter(division=disclosure.division_id, year=disclosure.year, approved_revision__isnull=False)
        .select_related("department", "unit", "approved_revision")
        .order_by("-kind", "department__code", "department__name", "title_key", "id")
    )
    return forms


def choosable(disclosure: Disclosure, user: Person) -> list[Declaration]:
    return list(_approved(disclosure, user))


@dataclass(frozen=True, slots=True)
class Choice:
    """A form on the page of choosing. `published_in` names the published set that has it already, "" for none."""

    declaration: Declaration
    revision: Revision
    record: Record
    is_chosen: bool
    published_in: str

    @property
    def is_being_adjusted(self) -> bool:
        """A later version is under way; what goes out is the approved one."""
        return self.declaration.state != APPROVED


def choices(disclosure: Disclosure, user: Person) -> list[Choice]:
    """Everything that may go in, as it would be read by the public; three queries."""
    chosen = set(disclosure.items.values_list("declaration", flat=True))
    elsewhere = published_items().filter(disclosure__division=disclosure.division_id, disclosure__year=disclosure.year)
    titles = dict(elsewhere.order_by("disclosure__published_at").values_list("declaration", "disclosure__title"))
    return [
        Choice(form, form.approved_revision, form.approved_revision.record, form.pk in chosen, titles.get(form.pk, ""))
        for form in _approved(disclosure, user)
        if form.approved_revision is not None
    ]


def fingerprint(disclosure: Disclosure) -> str:
    """Names exactly what would become public, so that what was confirmed is what goes out."""
    revisions = disclosure.items.order_by("order", "id").values_list("revision", flat=True)
    words = [disclosure.title, disclosure.foreword, *(str(revision) for revision in revisions)]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


# Deeds: each under the disclosure's lock; each raises DisclosureRefused and then has done nothing ------------------------


@contextmanager
def _open_for(disclosure: Disclosure, by: Person) -> Iterator[Disclosure]:
    with transaction.atomic():
        locked = Disclosure.objects.select_for_update().get(pk=disclosure.pk)
        if refusal := why_not(locked, by):
            raise DisclosureRefused(refusal)
        yield locked
    disclosure.refresh_from_db()


def reword(disclosure: Disclosure, *, title: str, foreword: str, by: Person) -> None:
    with _open_for(disclosure, by) as locked:
        locked.title = title
        locked.foreword = foreword
        locked.save(update_fields=["title", "foreword"])


def offer_foreword(disclosure: Disclosure, *, by: Person) -> None:
    """Put a draft from the chosen forms where no foreword stands yet; written words are never replaced."""
    with _open_for(disclosure, by) as locked:
        if locked.foreword.strip():
            raise DisclosureRefused("编报说明已有内容，没有起草。需要重新起草的，请先清空编报说明并保存。")
        items = list(locked.items.select_related("department"))
        if not items:
            raise DisclosureRefused("还没有选入任何绩效目标表，没有起草编报说明。请先选表。")
        locked.foreword = draft_foreword(locked.year, items)
        locked.save(update_fields=["foreword"])


def choose(disclosure: Disclosure, declarations: Iterable[Declaration], *, by: Person) -> None:
    """Make these forms the set, each with its approved revision of this moment."""
    wanted = {declaration.pk: declaration for declaration in declarations}
    with _open_for(disclosure, by) as locked:
        chosen = list(_approved(locked, by).filter(pk__in=wanted))
        for missing in wanted.keys() - {form.pk for form in chosen}:
            raise DisclosureRefused(
                f"“{wanted[missing].heading}”不是{locked.year}年度已批复的表，没有保存。请只选已批复的表。"
            )
        locked.items.all().delete()
        DisclosureItem.objects.bulk_create(
            _item(locked, form, form.approved_revision, order)
            for order, form in enumerate(chosen, start=1)
            if form.approved_revision is not None
        )


def _item(disclosure: Disclosure, form: Declaration, revision: Revision, order: int) -> DisclosureItem:
    record = revision.record
    return DisclosureItem(
        disclosure=disclosure,
        declaration=form,
        revision=revision,
        order=order,
        kind=record.kind,
        title=heading(form, record)[:200],
        department=form.department,
        total=record.total,
        row_count=len(record.rows),
        text=search_text(record),
    )


def heading(form: Declaration, record: Record) -> str:
    """How lists call this text of the form; a plan's printed title alone would be the same for everybody."""
    return f"{form.unit.label}{record.title}" if form.is_plan else record.title


def search_text(record: Record) -> str:
    """All words of a form in one text, for the public search; merged cells once, `extra` never (it is not published)."""
    cells = [record.title, record.department_name, record.unit, record.goal]
    cells += [getattr(row, name) for row in record.rows for name in ROW_TEXTS if name not in ("key", *row.continues)]
    return "\n".join(searchable(cell) for cell in cells if cell)


def report_to_congress(disclosure: Disclosure, on: date, *, by: Person) -> None:
    with _open_for(disclosure, by) as locked:
        if not locked.items.exists():
            raise DisclosureRefused("还没有选入任何绩效目标表，没有登记报人大。请先选表。")
        if on > timezone.localdate():
            raise DisclosureRefused(f"报人大日期 {on:%Y-%m-%d} 晚于今天，没有登记。请填实际报送的日期。")
        locked.reported_on = on
        locked.save(update_fields=["reported_on"])


def publish(disclosure: Disclosure, *, by: Person, seen: str = "") -> None:
    """Make the set public for good. `seen` is the fingerprint of what the person had on the screen."""
    with _open_for(disclosure, by) as locked:
        if not locked.items.exists():
            raise DisclosureRefused("还没有选入任何绩效目标表，没有公开。请先选表。")
        if seen and seen != fingerprint(locked):
            raise DisclosureRefused("没有公开：您打开后，选表、标题或编报说明又有改动。请重新核对后再公开。")
        locked.published_at = timezone.now()
        locked.published_by, locked.published_name = by, signed_by_post(by, PERFORMANCE_REVIEWER)
        locked.save(update_fields=["published_at", "published_by", "published_name"])
