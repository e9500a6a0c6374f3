"""Forms to fill in 下载模板: empty ones, and ones with what last year's forms and this year's duties already tell.

What changes every year (targets, amounts, goals) is never printed beforehand: a target copied unread is the fault that
reviewers return most. Last year's texts stand in notes beside the empty cells, where they help and are not read back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from departments.models import Department, Duty
from targets.domain.names import name_key
from targets.domain.record import PLAN, PROJECT, IndicatorRow, Record
from targets.domain.sheets.blank_writer import BlankForm, write_blanks, write_flat_blank
from targets.domain.sheets.plan_v2 import PLAN_V2, plan_title
from targets.domain.values import TEXT, IndicatorValue
from targets.models import BudgetYear

EMPTY_LINES = {PROJECT: 15, PLAN: 20}
MORE_LINES = {PROJECT: 5, PLAN: 2}
"""Empty lines after the rows of last year; in a plan under each duty."""
KEPT = (
    "level1",
    "level2",
    "name",
    "explanation",
    "weight",
    "plan_value",
    "standard_source",
    "history_source",
    "activity",
    "office",
)
"""What of last year's row is as good this year."""
TOLD = ("target", "standard_value", "budget_item", "note")
"""What has to be written anew; last year's text is told in a note."""
SOURCES = ("standard_source", "history_source")
"""A number in one of these slipped in from its neighbour: it is not carried into another year."""
DUTY = PLAN_V2.nests


@dataclass(slots=True)
class _Lines:
    """The lines of a form to fill in, and last year's texts beside them."""

    rows: list[IndicatorRow] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)

    def add(self, row: IndicatorRow, last_year: IndicatorRow | None = None) -> None:
        self.rows.append(row)
        self.notes.append({name: getattr(last_year, name) for name in TOLD} if last_year else {})


def empty_form(kind: str, year: int, unit: Department | None) -> BlankForm:
    """Nothing but the form and, if it is known, whose it is."""
    rows = tuple(IndicatorRow() for _ in range(EMPTY_LINES[kind]))
    return BlankForm(replace(_head(kind, year, unit), rows=rows))


def project_of(last: Record, year: int, unit: Department) -> BlankForm:
    """A project that goes on: its name, code and indicators as last year."""
    lines = _Lines()
    for row in last.rows:
        if row.name or row.target:
            lines.add(_kept(row), row)
    for _ in range(max(MORE_LINES[PROJECT], EMPTY_LINES[PROJECT] - len(lines.rows))):
        lines.add(IndicatorRow())
    head = replace(_head(PROJECT, year, unit), title=last.title, code=last.code)
    return BlankForm(replace(head, rows=tuple(lines.rows)), last.goal, lines.notes)


def plan_of(last: Record | None, duties: Sequence[Duty], year: int, unit: Department) -> BlankForm:
    """A plan by the duties of the year, under each its rows of last year; rows of duties that are no more come last.

    Where no duties are registered it is last year's form with its merged cells.
    """
    lines = _Lines()
    left = [row for row in last.rows if any(getattr(row, name) for name in (*KEPT, *DUTY))] if last else []
    for duty in duties:
        own = [row for row in left if _is_under(row, duty)]
        left = [row for row in left if not _is_under(row, duty)]
        _group(lines, duty, own)
    for number, row in enumerate(left):
        above = left[number - 1] if number else IndicatorRow()
        hanging = tuple(name for name in DUTY if name in row.continues and getattr(row, name) == getattr(above, name))
        lines.add(_kept(row).with_cells(**{name: getattr(row, name) for name in DUTY}, continues=hanging), row)
    if not lines.rows:
        return empty_form(PLAN, year, unit)
    for _ in range(0 if duties else MORE_LINES[PROJECT]):
        lines.add(IndicatorRow())
    return BlankForm(replace(_head(PLAN, year, unit), rows=tuple(lines.rows)), notes=lines.notes)


def _group(lines: _Lines, duty: Duty, rows: Sequence[IndicatorRow]) -> None:
    """One duty: its words merged down beside its rows and some empty lines."""
    words = {"number": duty.number, "duty_group": duty.group, "duty": duty.name, "duty_goal": duty.goal}
    more = [None] * MORE_LINES[PLAN]
    for number, row in enumerate((*rows, *more)):
        hanging = DUTY if number else ()
        lines.add((_kept(row) if row else IndicatorRow()).with_cells(**words, continues=hanging), row)


def _kept(row: IndicatorRow) -> IndicatorRow:
    kept = {name: getattr(row, name) for name in KEPT}
    slips = {name: "" for name in SOURCES if IndicatorValue.parse(kept[name]).kind != TEXT}
    return IndicatorRow(**kept | slips)


def _is_under(row: IndicatorRow, duty: Duty) -> bool:
    name = name_key(duty.name or duty.group)
    return name in (name_key(row.duty), name_key(row.duty_group)) if name else row.number == duty.number


def _head(kind: str, year: int, unit: Department | None) -> Record:
    top = unit.department if unit else None
    return Record(
        kind=kind,
        year=year,
        title=plan_title(year) if kind == PLAN else "",
        department_code=top.code if top else "",
        department_name=top.name if top else "",
        unit=unit.name if unit else "",
    )


# Workbooks ------------------------------------------------------------------------------------------------------------


def empty_workbook(kind: str, year: BudgetYear, unit: Department | None) -> bytes:
    """A plan begins with the duties of the year, where they are registered."""
    duties = duties_of(unit, year.year) if unit and kind == PLAN else []
    form = plan_of(None, duties, year.year, unit) if unit and duties else empty_form(kind, year.year, unit)
    return write_blanks([form], year.rules().taxonomy)


def prefilled_workbook(last: Iterable[Record], year: BudgetYear, unit: Department) -> bytes:
    """Every form that `last` year's was, to be filled in for `year`."""
    duties = duties_of(unit, year.year)
    forms = [
        plan_of(record, duties, year.year, unit) if record.kind == PLAN else project_of(record, year.year, unit)
        for record in last
    ]
    return write_blanks(forms, year.rules().taxonomy)


def flat_workbook(last: Iterable[Record], year: BudgetYear, unit: Department | None) -> bytes:
    """One line for each indicator, for many projects at once."""
    lines = []
    for record in last:
        if record.kind != PROJECT or unit is None:
            continue
        form = project_of(record, year.year, unit)
        for row, notes in zip(form.record.rows, form.notes, strict=True):
            if row != IndicatorRow():
                lines.append((_flat_line(form.record, row, unit), notes))
    return write_flat_blank(lines, year.rules().taxonomy)


def _flat_line(record: Record, row: IndicatorRow, unit: Department) -> dict[str, str]:
    head = {"year": str(record.year), "unit_code": unit.code}
    names = ("title", "code", "department_code", "department_name", "unit")
    return head | {name: getattr(record, name) for name in names} | {name: getattr(row, name) for name in KEPT}


def duties_of(unit: Department, year: int) -> list[Duty]:
    """The unit's own, else those of the department above it."""
    found = list(Duty.objects.filter(department__in=(unit, unit.department), year=year).order_by("id"))
    own = [duty for duty in found if duty.department_id == unit.pk]
    return own or found
