"""The only writer of text. Every door (plain form, grid, import, undo) ends in `store`, which freezes a revision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import now

from departments.models import Department, Person
from departments.roles import FILLER
from targets.domain.edits import Conflict, Edit, merge
from targets.domain.names import name_key
from targets.domain.record import PLAN, IndicatorRow, Record
from targets.domain.rules import YearRules
from targets.domain.steps import STATES
from targets.findings import count_levels, judge
from targets.models import BudgetYear, Campaign, Declaration, ImportBatch, Indicator, Revision, Waiver
from targets.models.declaration import new_row_key, title_key

HEAD_FIELDS = ("code", "title", "department_code", "department_name", "total", "fiscal", "other", "goal")
"""Fields of a declaration that stand under the same name in the record."""

ROWS_AT_MOST = 2000


class EditRefused(Exception):
    """Why nothing was written, in words the page can show."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`revision` is None when nothing changed; `conflicts` were left unwritten."""

    record: Record
    revision: Revision | None
    conflicts: tuple[Conflict, ...] = ()


def apply_changes(declaration: Declaration, edits: Iterable[Edit], *, by: Person, note: str = "") -> Outcome:
    """Write what `by` typed, under the form's lock; raises EditRefused when the form is not his to change now."""
    with transaction.atomic():
        locked = Declaration.objects.select_for_update().get(pk=declaration.pk)
        if not locked.editable_by(by):
            raise EditRefused(why_not_editable(locked, by))
        current = locked.record()
        merged = merge(current, edits)
        if len(merged.record.rows) > ROWS_AT_MOST:
            raise EditRefused(f"一张表最多{ROWS_AT_MOST}行，现有{len(merged.record.rows)}行。请分成几张表填写。")
        if merged.record == current:
            return Outcome(current, None, merged.conflicts)
        if not merged.record.title.strip():
            raise EditRefused("名称为空，没有保存。请填写名称。")
        try:
            with transaction.atomic():
                (revision,) = store([(locked, merged.record)], by=by, reason=Revision.Reason.EDIT, note=note)
        except IntegrityError:
            raise EditRefused("本年度该单位已有同名（或同一项目代码）的表，没有保存。请改用别的名称或代码。") from None
        return Outcome(merged.record, revision, merged.conflicts)


def why_not_editable(declaration: Declaration, user: Person) -> str:
    if declaration.unit_id not in user.scope.reach(FILLER) or not user.scope.holds(FILLER):
        return f"“{declaration.heading}”由{declaration.unit.label}的单位经办人填写，您不能修改。"
    return f"“{declaration.heading}”现在是“{STATES[declaration.state]}”，不能修改。需要修改请先撤回，或请审核人退回。"


def create_declaration(
    *, kind: str, budget_year: BudgetYear, unit: Department, title: str, by: Person, code: str = ""
) -> Declaration:
    """An empty form of `unit`, typed in by its filler; raises EditRefused."""
    if unit.pk not in by.scope.reach(FILLER) or not by.scope.holds(FILLER):
        raise EditRefused(f"您不是{unit.label}的单位经办人，不能新建它的绩效目标表。")
    if budget_year.is_closed:
        raise EditRefused(f"{budget_year}已关账，不能新建绩效目标表。")
    name = title.strip() if kind != PLAN else f"{budget_year.year}年整体绩效目标表"
    if not name_key(name):
        raise EditRefused("项目名称为空，没有新建。请填写项目名称。")
    department = unit.department
    is_plan = kind == PLAN
    record = Record(
        kind=kind,
        year=budget_year.year,
        title=name,
        code=code.strip(),
        department_code=unit.code if is_plan else department.code,
        department_name=unit.name if is_plan else department.name,
        unit="" if is_plan else unit.name,
    )
    fresh = fresh_declaration(record, budget_year, department, unit)
    try:
        with transaction.atomic():
            fresh.save()
            store([(fresh, record)], by=by, reason=Revision.Reason.EDIT, note="新建")
    except IntegrityError:
        raise EditRefused(f"{unit.label}{budget_year}已有“{name}”，没有新建。请直接打开那一张填写。") from None
    return fresh


def fresh_declaration(record: Record, budget_year: BudgetYear, department: Department, unit: Department) -> Declaration:
    """An unsaved draft for `record`; its text comes with `store`."""
    return Declaration(
        division_id=budget_year.division_id,
        budget_year=budget_year,
        year=record.year,
        campaign=open_campaign(budget_year),
        kind=record.kind,
        department=department,
        unit=unit,
        code=record.code,
        title=record.title,
        title_key=title_key(record.kind, record.title),
    )


def open_campaign(budget_year: BudgetYear) -> Campaign | None:
    """The round now open, else the latest one announced."""
    campaigns = list(budget_year.campaigns.order_by("-opens_at"))
    return next((campaign for campaign in campaigns if campaign.is_open), campaigns[0] if campaigns else None)


def store(
    drafts: Sequence[tuple[Declaration, Record]],
    *,
    by: Person,
    reason: Revision.Reason,
    note: str = "",
    batch: ImportBatch | None = None,
) -> list[Revision]:
    """Write the records into their (locked or new, already saved) declarations; statements do not grow with their number.

    Rows without a key get one. Call inside a transaction.
    """
    if not drafts:
        return []
    ids = [declaration.pk for declaration, _ in drafts]
    stored_rows: dict[int, dict[str, Indicator]] = {pk: {} for pk in ids}
    for line in Indicator.objects.filter(declaration__in=ids):
        stored_rows[line.declaration_id][line.key] = line
    numbers = dict(Revision.objects.filter(declaration__in=ids).values_list("declaration").annotate(last=Max("number")))
    waivers: dict[int, list[Waiver]] = {pk: [] for pk in ids}
    for waiver in Waiver.objects.filter(declaration__in=ids):
        waivers[waiver.declaration_id].append(waiver)
    rules: dict[int, YearRules] = {}
    own = by.scope.own

    added: list[Indicator] = []
    changed: list[Indicator] = []
    removed: list[int] = []
    revisions: list[Revision] = []
    for declaration, record in drafts:
        keyed = replace(record, rows=tuple(with_keys(record.rows)))
        lines = stored_rows[declaration.pk]
        for order, row in enumerate(keyed.rows, start=1):
            known = lines.pop(row.key) if row.key in lines else None
            line = known or Indicator(declaration=declaration)
            if known is None:
                added.append(line)
            elif line.order != order or line.row() != row:
                changed.append(line)
            line.take(row, order)
        removed += [line.pk for line in lines.values()]
        if declaration.budget_year_id not in rules:
            rules[declaration.budget_year_id] = declaration.budget_year.rules()
        counts = count_levels(judge(keyed, rules[declaration.budget_year_id], waivers[declaration.pk]))
        take_head(declaration, keyed, counts)
        revisions.append(
            Revision(
                declaration=declaration,
                number=numbers.get(declaration.pk, 0) + 1,
                version=declaration.version,
                frozen=keyed.as_json(),
                reason=reason,
                note=note,
                author=by,
                author_name=str(by),
                by_finance=declaration.unit_id not in own,
                batch=batch,
            )
        )
    Indicator.objects.filter(pk__in=removed).delete()
    Indicator.objects.bulk_update(changed, INDICATOR_FIELDS, batch_size=200)
    Indicator.objects.bulk_create(added, batch_size=500)
    Revision.objects.bulk_create(revisions)
    for (declaration, _), revision in zip(drafts, revisions, strict=True):
        declaration.current_revision = revision
    Declaration.objects.bulk_update([declaration for declaration, _ in drafts], DECLARATION_FIELDS, batch_size=200)
    return revisions


INDICATOR_FIELDS = tuple(
    field.name for field in Indicator._meta.concrete_fields if field.name not in ("id", "declaration", "key")
)
DECLARATION_FIELDS = (
    *HEAD_FIELDS,
    *("title_key", "unit_name", "extra", "error_count", "warning_count", "info_count", "row_count"),
    *("current_revision", "updated_at"),
)


def take_head(declaration: Declaration, record: Record, counts: dict[str, int]) -> None:
    for name in HEAD_FIELDS:
        setattr(declaration, name, getattr(record, name))
    declaration.title_key = title_key(record.kind, record.title)
    declaration.unit_name = record.unit
    declaration.extra = dict(record.extra)
    declaration.row_count = len(record.rows)
    declaration.error_count = counts["error"]
    declaration.warning_count = counts["warning"]
    declaration.info_count = counts["info"]
    declaration.updated_at = now()


def with_keys(rows: Iterable[IndicatorRow]) -> Iterable[IndicatorRow]:
    for row in rows:
        yield row if row.key else replace(row, key=new_row_key())


def recount(declaration: Declaration) -> None:
    """Refresh the counts on lists after an explanation was decided or a year's rules changed; no text changes."""
    judged = judge(declaration.record(), declaration.budget_year.rules(), declaration.waivers.all())
    counts = count_levels(judged)
    Declaration.objects.filter(pk=declaration.pk).update(
        error_count=counts["error"], warning_count=counts["warning"], info_count=counts["info"]
    )
