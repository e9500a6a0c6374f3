"""What the performance office does with a disclosure. Only approved revisions go in; a published set stays as it is."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from departments.models import Person
from departments.roles import PERFORMANCE_REVIEWER
from targets.domain.record import ROW_TEXTS, Record
from targets.models import Declaration, Disclosure, DisclosureItem


class DisclosureRefused(Exception):
    """Why nothing was done, in words."""


def may_disclose(user: Person) -> bool:
    return user.scope.holds(PERFORMANCE_REVIEWER)


def choosable(disclosure: Disclosure, user: Person) -> Sequence[Declaration]:
    """Forms of its year with an approved text (also while a later version is being worked on)."""
    return list(
        Declaration.objects.visible_to(user)
        .filter(division=disclosure.division_id, year=disclosure.year, approved_revision__isnull=False)
        .select_related("department", "unit", "approved_revision")
        .order_by("kind", "department__code", "title_key")
    )


def choose(disclosure: Disclosure, declarations: Iterable[Declaration], *, by: Person) -> None:
    """Make these forms the set, each with its approved revision of this moment; raises DisclosureRefused."""
    with transaction.atomic():
        locked = _open_for(disclosure, by)
        chosen = list(declarations)
        for declaration in chosen:
            if declaration.approved_revision is None:
                raise DisclosureRefused(f"“{declaration.heading}”还没有批复，不能公开。请只选已批复的表。")
        locked.items.all().delete()
        DisclosureItem.objects.bulk_create(
            _item(locked, declaration, order) for order, declaration in enumerate(chosen, start=1)
        )


def _item(disclosure: Disclosure, declaration: Declaration, order: int) -> DisclosureItem:
    revision = declaration.approved_revision
    if revision is None:
        raise DisclosureRefused(f"“{declaration.heading}”还没有批复，不能公开。")
    record = revision.record
    return DisclosureItem(
        disclosure=disclosure,
        declaration=declaration,
        revision=revision,
        order=order,
        kind=record.kind,
        title=record.title,
        department=declaration.department,
        total=record.total,
        row_count=len(record.rows),
        text=search_text(record),
    )


def search_text(record: Record) -> str:
    """All words of a form in one text, for the public search."""
    cells = [record.title, record.department_name, record.unit, record.goal]
    cells += [getattr(row, name) for row in record.rows for name in ROW_TEXTS if name not in ("key", *row.continues)]
    return "\n".join(cell for cell in cells if cell)


def report_to_congress(disclosure: Disclosure, on: date, *, by: Person) -> None:
    with transaction.atomic():
        locked = _open_for(disclosure, by)
        if not locked.items.exists():
            raise DisclosureRefused("还没有选入任何绩效目标表，没有登记报人大。请先选表。")
        locked.reported_on = on
        locked.save(update_fields=["reported_on"])


def publish(disclosure: Disclosure, *, by: Person) -> None:
    with transaction.atomic():
        locked = _open_for(disclosure, by)
        if not locked.items.exists():
            raise DisclosureRefused("还没有选入任何绩效目标表，没有公开。请先选表。")
        locked.published_at = timezone.now()
        locked.published_by = by
        locked.save(update_fields=["published_at", "published_by"])


def _open_for(disclosure: Disclosure, by: Person) -> Disclosure:
    if not may_disclose(by):
        raise DisclosureRefused("绩效公开由绩效科办理，您不能办理。")
    locked = Disclosure.objects.select_for_update().get(pk=disclosure.pk)
    if locked.is_published:
        raise DisclosureRefused("这个批次已经公开，内容不能再改。需要更正请另建批次。")
    return locked
