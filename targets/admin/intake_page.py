"""What the import preview shows: a line for each form, and the problems of the file by cause."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from departments.models import Person
from targets.domain.diff import ADDED, CELL, MOVED, REMOVED, Change
from targets.domain.labels import field_label
from targets.domain.names import name_key
from targets.domain.record import MONEY
from targets.domain.rules import ERROR, INFO, WARNING
from targets.domain.sheets.problems import GUESS, Problem
from targets.domain.sheets.problems import REFUSED as REFUSED_PROBLEM
from targets.domain.sheets.problems import WARNING as WARNING_PROBLEM
from targets.domain.steps import RETURNED, STATES
from targets.intake.batch import Preview
from targets.intake.plan import CREATE, REFUSED, UNCHANGED, UPDATE, PlannedForm

LOOKS = {CREATE: "new", UPDATE: "upd", UNCHANGED: "same", REFUSED: "x"}
MARKS = {REFUSED_PROBLEM: ERROR, GUESS: WARNING, WARNING_PROBLEM: WARNING}
HIDDEN = "（尚未送审，不显示原值）"
CHANGES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One difference in words: where, what it was, what it becomes."""

    place: str
    old: str = ""
    new: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A line of the preview. `place` is the form's place in the file; `seen` the revision that was compared with."""

    place: int
    form: PlannedForm
    look: str
    department: str
    amount: Decimal | None
    rows: int
    remark: str
    changes: tuple[ShownChange, ...] = ()
    more_changes: int = 0
    seen: int | None = None

    @property
    def where(self) -> str:
        """The sheet, where its name does not already say which form this is."""
        sheet = self.form.reading.sheet
        return "" if name_key(sheet) == name_key(self.form.title) else f"工作表“{sheet}”"


@dataclass(slots=True)
class Cause:
    """The same problem at several cells."""

    level: str
    sentence: str
    cells: list[str] = field(default_factory=list)


def shown_forms(preview: Preview, user: Person) -> list[ShownForm]:
    return [_shown(place, form, user) for place, form in enumerate(preview.forms)]


def _shown(place: int, form: PlannedForm, user: Person) -> ShownForm:
    record = form.record
    changes = form.difference.changes if form.difference and form.action == UPDATE else ()
    is_open = form.declaration is not None and _reads_present_text(form, user)
    return ShownForm(
        place=place,
        form=form,
        look=LOOKS[form.action],
        department=_department(form),
        amount=record.total if record else None,
        rows=len(record.rows) if record else 0,
        remark=_remark(form),
        changes=tuple(_in_words(change, form, is_open=is_open) for change in changes[:CHANGES_SHOWN]),
        more_changes=max(0, len(changes) - CHANGES_SHOWN),
        seen=form.declaration.current_revision_id if form.declaration else None,
    )


def _reads_present_text(form: PlannedForm, user: Person) -> bool:
    """What is stored may be shown to the unit's own people, to others only as far as it was submitted."""
    stored = form.declaration
    if stored is None:
        return False
    return stored.is_own_text_of(user) or stored.submitted_revision_id == stored.current_revision_id


def _department(form: PlannedForm) -> str:
    if form.department and form.unit:
        unit = "" if form.unit == form.department else f" · {form.unit.label}"
        return f"{form.department.label}{unit}"
    return form.record.department_name if form.record else ""


def _remark(form: PlannedForm) -> str:
    stored = form.declaration
    if form.action == REFUSED:
        refusals = [problem for problem in form.problems if problem.level == REFUSED_PROBLEM]
        return without_place(refusals[-1]) if refusals else "不能导入，原因见下表。"
    if form.action == UNCHANGED:
        return "与系统中的稿完全相同，不再写入。"
    if form.action == UPDATE and stored is not None and form.difference is not None:
        kept = f"；导入后仍为“{STATES[stored.state]}”" if stored.state == RETURNED else ""
        return f"与系统中的稿相比有{len(form.difference.changes)}处不同{kept}。"
    return ""


def _in_words(change: Change, form: PlannedForm, *, is_open: bool) -> ShownChange:
    kind = form.reading.kind
    row = f"第{change.row_number}行" if change.row_number else ""
    if change.kind == ADDED:
        return ShownChange(row, new=change.new, remark="新增一行")
    if change.kind == REMOVED:
        return ShownChange(f"原{row}", old=change.old if is_open else HIDDEN, remark="文件中没有，将删除")
    if change.kind == MOVED:
        return ShownChange(row, remark=f"由原第{change.old}行移来，{change.row_name}")
    label = field_label(kind, change.field)
    if change.field == "continues":
        return ShownChange(f"{row} {label}", remark="与上行合并的栏目有变化")
    unit = "（元）" if change.field in MONEY else ""
    place = f"{row} {label}{unit}" if change.kind == CELL else f"{label}{unit}"
    return ShownChange(place, old=(change.old or "空") if is_open else HIDDEN, new=change.new or "空")


# Problems -------------------------------------------------------------------------------------------------------------

QUOTED = re.compile("“[^”]*”")


def without_place(problem: Problem) -> str:
    """The sentence alone, for lists that name the cell in a column of their own."""
    return problem.message.removeprefix(place_of(problem)).removeprefix("：")


def place_of(problem: Problem) -> str:
    return f"{problem.sheet}!{problem.cell}" if problem.cell else problem.sheet


def causes(preview: Preview) -> list[Cause]:
    """Problems that differ only in the quoted value are one cause; refusals first, then the most frequent."""
    found: dict[tuple[str, str], Cause] = {}
    for problem in all_problems(preview):
        sentence = without_place(problem)
        level = MARKS.get(problem.level, INFO)
        cause = found.setdefault((level, QUOTED.sub("“”", sentence)), Cause(level, sentence))
        cause.cells.append(place_of(problem))
    return sorted(found.values(), key=lambda cause: (cause.level != ERROR, -len(cause.cells)))


def all_problems(preview: Preview) -> Sequence[Problem]:
    """Of the file and of its forms, each once."""
    of_forms: Iterable[Problem] = (problem for form in preview.forms for problem in form.problems)
    return list(dict.fromkeys((*preview.problems, *of_forms)))
