"""Typing in a form: what one may change, and the changes taken in. The writing itself is `targets.storing.store`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models import Department, Person
from departments.roles import FILLER
from targets.domain.edits import Conflict, Edit, merge
from targets.domain.names import name_key
from targets.domain.record import PLAN, Record
from targets.domain.steps import EDITABLE, STATES
from targets.models import BudgetYear, Declaration, Revision, Sitting
from targets.models.declaration import title_key
from targets.storing import close_sittings, keep, store

ROWS_AT_MOST = 2000
LATE_CURE = "确需修改的，请联系财政局绩效科“单独开放”这张表。"


class EditRefused(Exception):
    """Why nothing was written, in words the page can show."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`revision` is None when nothing changed; `conflicts` were left unwritten, `kept_rows` left standing."""

    record: Record
    revision: Revision | None
    conflicts: tuple[Conflict, ...] = ()
    kept_rows: tuple[str, ...] = ()


def apply_changes(
    declaration: Declaration, edits: Iterable[Edit], *, by: Person, note: str = "", is_sitting: bool = False
) -> Outcome:
    """Write what `by` typed, under the form's lock; raises EditRefused when the form is not his to change now.

    `is_sitting`: he is still typing, so there is no revision yet (`targets.storing.keep`). Else all that was typed becomes one.
    """
    with transaction.atomic():
        locked = Declaration.objects.select_for_update().get(pk=declaration.pk)
        if not locked.editable_by(by):
            raise EditRefused(why_not_editable(locked, by))
        current = locked.record()
        merged = merge(current, edits)
        if len(merged.record.rows) > ROWS_AT_MOST:
            raise EditRefused(f"一张表最多{ROWS_AT_MOST}行，现有{len(merged.record.rows)}行。请分成几张表填写。")
        if merged.record == current:
            closed = [] if is_sitting else close_sittings([locked])
            return Outcome(current, closed[0] if closed else None, merged.conflicts, merged.kept_rows)
        if not merged.record.title.strip():
            raise EditRefused("名称为空，没有保存。请填写名称。")
        try:
            with transaction.atomic():
                if is_sitting:
                    keep(locked, merged.record, by=by)
                    return Outcome(merged.record, None, merged.conflicts, merged.kept_rows)
                (revision,) = store([(locked, merged.record)], by=by, reason=Revision.Reason.EDIT, note=note)
        except IntegrityError:
            raise EditRefused(why_taken(locked, merged.record, by, "没有保存")) from None
        return Outcome(merged.record, revision, merged.conflicts, merged.kept_rows)


def end_sittings(*, idle: timedelta) -> int:
    """What was typed and then left alone becomes a revision; asked by `manage.py tick`. Returns how many sittings ended."""
    left = Sitting.objects.filter(touched_at__lt=timezone.now() - idle)
    number = 0
    for form in list(left.values_list("declaration", flat=True)):
        with transaction.atomic():
            locked = Declaration.objects.select_for_update().get(pk=form)
            if left.filter(declaration=locked).exists():  # nobody went on typing in the meantime
                close_sittings([locked])
                number += 1
    return number


def why_not_editable(declaration: Declaration, user: Person) -> str:
    if declaration.unit_id not in user.scope.reach(FILLER) or not user.scope.holds(FILLER):
        return f"“{declaration.heading}”由{declaration.unit.label}的单位经办人填写，您不能修改。"
    if declaration.state in EDITABLE and (ended := declaration.round_ended):
        return f"{ended.ending}，“{declaration.heading}”不能再修改和送审。{LATE_CURE}"
    return f"“{declaration.heading}”现在是“{STATES[declaration.state]}”，不能修改。需要修改请先撤回，或请审核人退回。"


def why_taken(declaration: Declaration, record: Record, user: Person, outcome: str) -> str:
    """Which form has the code or the name already: a code tells projects of a department apart, else the name of a unit."""
    others = Declaration.objects.living().filter(
        division=declaration.division_id, year=record.year, kind=record.kind, department=declaration.department_id
    )
    others = others.exclude(pk=declaration.pk).select_related("unit")
    if not record.code:
        cure = "请直接打开那一张填写" if declaration.is_new else "请改用别的名称"
        return f"{declaration.unit.label}{declaration.budget_year}已有“{record.title}”，{outcome}。{cure}。"
    taken = others.filter(code=record.code)
    seen = taken.visible_to(user).first()
    holder = f"“{seen.heading}”" if seen else "本部门其他单位的一张表"
    return f"项目代码“{record.code}”在{declaration.budget_year}已由{holder}使用，{outcome}。请核对代码。"


def create_declaration(
    *, kind: str, budget_year: BudgetYear, unit: Department, title: str, by: Person, code: str = ""
) -> Declaration:
    """An empty form of `unit`, typed in by its filler; raises EditRefused."""
    if unit.pk not in by.scope.reach(FILLER) or not by.scope.holds(FILLER):
        raise EditRefused(f"您不是{unit.label}的单位经办人，不能新建它的绩效目标表。")
    if budget_year.is_closed:
        raise EditRefused(f"{budget_year}已关账，不能新建绩效目标表。")
    if ended := budget_year.round_ended_for_new():
        raise EditRefused(f"{ended.ending}，没有新建。请等下一批次开始，或联系财政局绩效科。")
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
    fresh = fresh_declaration(record, budget_year, department=department.pk, unit=unit.pk)
    try:
        with transaction.atomic():
            store([(fresh, record)], by=by, reason=Revision.Reason.EDIT, note="新建")
    except IntegrityError:
        raise EditRefused(why_taken(fresh, record, by, "没有新建")) from None
    return fresh


def fresh_declaration(record: Record, budget_year: BudgetYear, *, department: int, unit: int) -> Declaration:
    """An unsaved draft for `record` of these departments, by their keys; its text comes with `store`."""
    return Declaration(
        division_id=budget_year.division_id,
        budget_year=budget_year,
        year=record.year,
        campaign=budget_year.present_round(),
        kind=record.kind,
        department_id=department,
        unit_id=unit,
        code=record.code,
        title=record.title,
        title_key=title_key(record.kind, record.title),
    )
