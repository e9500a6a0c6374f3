"""What the import preview shows: a line for each form, and the problems of the file by cause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Sum, prefetch_related_objects

from departments.models import Person
from targets.domain.compose import compose
from targets.domain.diff import ADDED, CELL, MOVED, REMOVED, Change, diff
from targets.domain.labels import field_label
from targets.domain.names import name_key
from targets.domain.record import MONEY, PLAN
from targets.domain.rules import ERROR, INFO, WARNING
from targets.domain.sheets.problem_list import cause_of, place_of, without_place
from targets.domain.sheets.problems import GUESS, Problem
from targets.domain.sheets.problems import REFUSED as REFUSED_PROBLEM
from targets.domain.sheets.problems import WARNING as WARNING_PROBLEM
from targets.domain.steps import RETURNED, STATES
from targets.models import Declaration, ImportBatch, ImportedForm
from targets.models.intake import CREATE, REFUSED, UNCHANGED, UPDATE

LOOKS = {CREATE: "new", UPDATE: "upd", UNCHANGED: "same", REFUSED: "x"}
MARKS = {REFUSED_PROBLEM: ERROR, GUESS: WARNING, WARNING_PROBLEM: WARNING}
HIDDEN = "（尚未送审，不显示原值）"
CHANGES_SHOWN = 200
CELLS_SHOWN = 60
CAUSES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One difference in words: where, what it was, what it becomes."""

    place: str
    old: str = ""
    new: str = ""
    remark: str = ""

    @property
    def is_hidden(self) -> bool:
        return self.old == HIDDEN


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A line of the preview."""

    form: ImportedForm
    look: str
    department: str
    remark: str
    changes: tuple[ShownChange, ...] = ()
    more_changes: int = 0

    @property
    def where(self) -> str:
        """File and sheet, where the name of the sheet does not already say which form this is."""
        member, _, sheet = self.form.sheet.rpartition("/")
        if name_key(sheet) == name_key(self.form.title):
            return member
        return f"{member}　工作表“{sheet}”" if member else f"工作表“{sheet}”"

    @property
    def has_modes(self) -> bool:
        """A plan put together by several offices may come in parts."""
        return self.form.kind == PLAN and self.form.action == UPDATE


@dataclass(slots=True)
class Cause:
    """The same problem at several cells."""

    level: str
    sentence: str
    cells: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """Cells by sheet, whose name is said once: `甲!B3、B5；乙!B3`."""
        by_sheet: dict[str, list[str]] = {}
        for place in self.cells[:CELLS_SHOWN]:
            sheet, _, cell = place.rpartition("!")
            by_sheet.setdefault(sheet, []).append(cell)
        return "；".join(
            f"{sheet}!{'、'.join(cells)}" if sheet else "、".join(cells) for sheet, cells in by_sheet.items()
        )

    @property
    def more(self) -> int:
        return max(0, len(self.cells) - CELLS_SHOWN)


@dataclass(frozen=True, slots=True)
class Chosen:
    """How many forms are ticked, on all pages, and their amount in 元."""

    count: int
    amount: Decimal

    @classmethod
    def of(cls, batch: ImportBatch) -> "Chosen":
        going_in = batch.forms.filter(is_chosen=True, action__in=(CREATE, UPDATE))
        found = going_in.order_by().aggregate(count=Count("pk"), amount=Sum("amount"))
        return cls(found["count"], found["amount"] or Decimal())

    def without(self, forms: Iterable[ImportedForm]) -> "Chosen":
        """What is ticked on the other pages."""
        here = [form for form in forms if form.is_chosen and form.can_go_in]
        return Chosen(self.count - len(here), self.amount - sum((form.amount or Decimal() for form in here), Decimal()))


def shown_forms(forms: Sequence[ImportedForm], user: Person) -> list[ShownForm]:
    updated = [form.declaration for form in forms if form.action == UPDATE and form.declaration]
    prefetch_related_objects(updated, "indicators")
    return [_shown(form, user) for form in forms]


def _shown(form: ImportedForm, user: Person) -> ShownForm:
    changes: tuple[Change, ...] = ()
    stored, record = form.declaration, form.record
    if form.action == UPDATE and stored is not None and record is not None:
        current = stored.record()
        changes = diff(current, compose(current, record, form.mode)[0]).changes
    is_open = stored is not None and _reads_present_text(stored, user)
    return ShownForm(
        form=form,
        look=LOOKS[form.action],
        department=_department(form),
        remark=_remark(form, len(changes)),
        changes=tuple(_in_words(change, form.kind, is_open=is_open) for change in changes[:CHANGES_SHOWN]),
        more_changes=max(0, len(changes) - CHANGES_SHOWN),
    )


def _reads_present_text(stored: Declaration, user: Person) -> bool:
    """What is stored may be shown to the unit's own people, to others only as far as it was submitted."""
    return stored.is_own_text_of(user) or stored.submitted_revision_id == stored.current_revision_id


def _department(form: ImportedForm) -> str:
    if form.department and form.unit:
        unit = "" if form.unit == form.department else f" · {form.unit.label}"
        return f"{form.department.label}{unit}"
    return str(form.frozen["department_name"]) if form.frozen else ""


def _remark(form: ImportedForm, changes: int) -> str:
    stored = form.declaration
    if form.action == REFUSED:
        refusals = [problem for problem in problems_of(form) if problem.level == REFUSED_PROBLEM]
        return without_place(refusals[-1]) if refusals else "不能导入，原因见下表。"
    if form.action == UNCHANGED:
        return "与系统中的稿完全相同，不再写入。"
    if form.action == UPDATE and stored is not None:
        kept = f"；导入后仍为“{STATES[stored.state]}”" if stored.state == RETURNED else ""
        if not changes:
            return "按所选的方式没有要写入的内容。"
        return f"与系统中的稿相比有{changes}处不同{kept}。"
    return ""


def _in_words(change: Change, kind: str, *, is_open: bool) -> ShownChange:
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


def causes(batch: ImportBatch) -> list[Cause]:
    """Problems that differ only in the quoted value are one cause; refusals first, then the most frequent."""
    found: dict[tuple[str, str], Cause] = {}
    for problem in all_problems(batch):
        sentence = without_place(problem)
        level = MARKS.get(problem.level, INFO)
        cause = found.setdefault((level, cause_of(sentence)), Cause(level, sentence))
        cause.cells.append(place_of(problem))
    return sorted(found.values(), key=lambda cause: (cause.level != ERROR, -len(cause.cells)))[:CAUSES_SHOWN]


def all_problems(batch: ImportBatch) -> list[Problem]:
    """Of the file and of its forms, each once."""
    of_forms = batch.forms.exclude(problems=[]).order_by("place").values_list("problems", flat=True)
    told = (Problem(**one) for problems in (batch.problems, *of_forms) for one in problems)
    return list(dict.fromkeys(told))


def has_problems(batch: ImportBatch) -> bool:
    return bool(batch.problems) or batch.forms.exclude(problems=[]).exists()


def problems_of(form: ImportedForm) -> list[Problem]:
    return [Problem(**one) for one in form.problems]
