"""What the import preview shows: a line for each form, and the problems of the file by cause."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import Any

from django.db.models import Case, Count, Func, IntegerField, QuerySet, Sum, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from msgspec.json import Decoder

from departments.models import Person
from targets.bulk import portions
from targets.domain.compose import compose
from targets.domain.diff import ADDED, CELL, MOVED, REMOVED, Change, diff
from targets.domain.labels import field_label
from targets.domain.names import name_key
from targets.domain.record import MONEY, PLAN, IndicatorRow, Record
from targets.domain.rules import ERROR, INFO, WARNING
from targets.domain.sheets.problem_list import without_place
from targets.domain.sheets.problems import GUESS, Problem, sheet_name
from targets.domain.sheets.problems import REFUSED as REFUSED_PROBLEM
from targets.domain.sheets.problems import WARNING as WARNING_PROBLEM
from targets.domain.steps import RETURNED, STATES
from targets.domain.words import CAME, GONE, SAME, Piece, pieces
from targets.intake.kept import BYTES_AT_ONCE
from targets.models import Declaration, ImportBatch, ImportedForm, Indicator
from targets.models.intake import CREATE, REFUSED, UNCHANGED, UPDATE

LOOKS = {CREATE: "new", UPDATE: "upd", UNCHANGED: "same", REFUSED: "x"}
TILES = {CREATE: "新增", UPDATE: "更新", UNCHANGED: "无变化或重复，跳过", REFUSED: "不能导入"}
PROBLEMS = Decoder(list[Problem])
"""In a quarter of the time that JSON takes which knows no type: there may be 400,000."""
MARKS = {REFUSED_PROBLEM: ERROR, GUESS: WARNING, WARNING_PROBLEM: WARNING}
HIDDEN = "（尚未送审，不显示原值）"
EMPTY = "（空）"
INSTEAD = (HIDDEN, EMPTY, "")
"""What stands where there is no text to compare."""
CHANGES_SHOWN = 200
LONGEST_SHOWN = 800
"""Characters of a changed text; the whole is in the file and in the system."""
LONGEST_NAME = 60
ROOM_FOR_CHANGES = 90_000
"""Characters of the differences of all forms on a page: it stays under a megabyte whatever a file holds."""
MARKUP = 40
"""What the tags around a change take, in characters of three bytes."""
PIECES_SHOWN = 40
"""Texts that differ in more places are shown whole: so many marks tell nothing."""
SHOWN_WITH = ("declaration__unit", "declaration__current_revision", "declaration__sitting", "department", "unit")
TEXTS = ("frozen", "problems", "declaration__current_revision__frozen")
IN_DOCUMENT = re.compile(r"(?:表格\d+|正文|页眉|页脚)")
"""How places of a Word document begin; they are no sheets."""


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One difference in words: where, what it was, what it becomes."""

    place: str
    old: str = ""
    new: str = ""
    remark: str = ""

    @property
    def was(self) -> tuple[Piece, ...]:
        """The old text; what the new one has as well is not marked as gone."""
        return self._side(self.old, GONE)

    @property
    def becomes(self) -> tuple[Piece, ...]:
        return self._side(self.new, CAME)

    def _side(self, text: str, kind: str) -> tuple[Piece, ...]:
        if text in INSTEAD:
            return (Piece(SAME, text),) if text else ()
        if self.old in INSTEAD or self.new in INSTEAD:
            return (Piece(kind, text),)
        found = pieces(self.old, self.new)
        if len(found) > PIECES_SHOWN:
            return (Piece(kind, text),)
        return tuple(piece for piece in found if piece.kind in (SAME, kind))

    @property
    def length(self) -> int:
        return len(self.place) + len(self.old) + len(self.new) + len(self.remark) + MARKUP


def where_in_file(form: ImportedForm) -> str:
    """File and sheet (or table of a document), where the name of the sheet does not already say which form this is.

    A text has no sheets: its one is called as the file.
    """
    member, _, sheet = form.sheet.rpartition("/")
    if name_key(sheet) == name_key(form.title) or sheet == sheet_name(member or form.batch.file_name):
        return member
    place = sheet if IN_DOCUMENT.match(sheet) else f"工作表“{sheet}”"
    return f"{member}　{place}" if member else place


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
        return where_in_file(self.form)

    @property
    def label(self) -> str:
        return "重复" if self.form.is_repeat else self.form.get_action_display()

    @property
    def doubts(self) -> int:
        """What was guessed or left to be looked at, of a form that may go in: nothing of it was refused."""
        return self.form.told if self.form.can_go_in else 0  # type: ignore[attr-defined]  # as `page_of_forms` asked for it

    @property
    def has_modes(self) -> bool:
        """A plan put together by several offices may come in parts."""
        return self.form.kind == PLAN and self.form.action == UPDATE


@dataclass(frozen=True, slots=True)
class ShownCause:
    """The same problem at several cells."""

    level: str
    sentence: str
    number: int
    cells: Sequence[tuple[str, str]]
    """The first of them, sheet and cell."""

    @property
    def shown(self) -> str:
        """Cells by sheet, whose name is said once: `甲!B3、B5；乙!B3`."""
        by_sheet: dict[str, list[str]] = {}
        for sheet, cell in self.cells:
            by_sheet.setdefault(sheet, []).append(cell)
        return "；".join(f"{sheet}!{'、'.join(cells)}" if any(cells) else sheet for sheet, cells in by_sheet.items())

    @property
    def more(self) -> int:
        return self.number - len(self.cells)


@dataclass(frozen=True, slots=True)
class Tile:
    """How many forms of the file are of an action, and whether these alone are listed."""

    action: str
    number: int
    is_shown: bool

    @property
    def label(self) -> str:
        return f"{TILES[self.action]}，原因见下" if self.action == REFUSED and self.number else TILES[self.action]


def tiles(batch: ImportBatch, show: str) -> list[Tile]:
    counts = batch.counts()
    return [Tile(action, counts[action], action == show) for action in TILES]


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


class _Length(Func):
    """How many things a list in a JSON field has, without opening it."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, **more, function="json_array_length")

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, **more, function="jsonb_array_length")


def page_of_forms(forms: QuerySet[ImportedForm]) -> QuerySet[ImportedForm]:
    """As `shown_forms` takes them: without what was read, which it asks for where there is something to compare."""
    printed = Case(
        When(department=None, then=KT("frozen__department_name")), default=Value(""), output_field=TextField()
    )
    told = forms.annotate(printed_department=printed, told=_Length("problems"))
    return told.select_related(*SHOWN_WITH).defer(*TEXTS).order_by("place")


def shown_forms(forms: Sequence[ImportedForm], user: Person) -> list[ShownForm]:
    """Both texts of the forms are in memory for a portion of them only: those of fifty may have hundreds of megabytes."""
    shown: list[ShownForm] = []
    room = ROOM_FOR_CHANGES
    refusals = _last_refusals([form.pk for form in forms if form.action == REFUSED])
    for portion in portions(forms, attrgetter("size"), number=len(forms), length=BYTES_AT_ONCE):
        pairs = _pairs(portion)
        for form in portion:
            line = _shown(form, pairs.get(form.pk), refusals.get(form.pk, ""), user, room)
            room -= sum(change.length for change in line.changes)
            shown.append(line)
    return shown


def _last_refusals(forms: Sequence[int]) -> dict[int, str]:
    """By form, the last reason why it is not imported."""
    texts = ImportedForm.objects.filter(pk__in=forms).annotate(text=Cast("problems", TextField()))
    found = {}
    for pk, text in texts.values_list("pk", "text") if forms else ():
        refusals = (one for one in reversed(PROBLEMS.decode(text)) if one.level == REFUSED_PROBLEM)
        found[pk] = next((without_place(one) for one in refusals), "")
    return found


def _pairs(forms: Sequence[ImportedForm]) -> dict[int, tuple[Record, Record]]:
    """By form: what is stored, and what was read."""
    stored = {form.pk: form.declaration for form in forms if form.action == UPDATE and form.declaration}
    if not stored:
        return {}
    texts = ImportedForm.objects.filter(pk__in=stored).annotate(text=Cast("frozen", TextField()))
    rows = Indicator.objects.rows_of({one.pk for one in stored.values()})
    return {
        pk: (stored[pk].record(line.row for line in rows[stored[pk].pk]), Record.from_text(text))
        for pk, text in texts.values_list("pk", "text")
    }


def _shown(form: ImportedForm, pair: tuple[Record, Record] | None, refusal: str, user: Person, room: int) -> ShownForm:
    """Its first change always, more of them as far as there is room."""
    changes: list[Change] = []
    rows: dict[str, Sequence[IndicatorRow]] = {}
    stored = form.declaration
    if pair:
        current, read = pair
        composed = compose(current, read, form.mode)[0]
        changes = sorted(diff(current, composed).changes, key=_place)
        rows = {REMOVED: current.rows, ADDED: composed.rows}
    is_open = stored is not None and _reads_present_text(stored, user)
    in_words: list[ShownChange] = []
    for change in changes[:CHANGES_SHOWN]:
        one = _cut(_in_words(change, form.kind, rows, is_open=is_open))
        room -= one.length
        if in_words and room < 0:
            break
        in_words.append(one)
    return ShownForm(
        form=form,
        look=LOOKS[form.action],
        department=_department(form),
        remark=_remark(form, refusal, len(changes)),
        changes=tuple(in_words),
        more_changes=len(changes) - len(in_words),
    )


def _reads_present_text(stored: Declaration, user: Person) -> bool:
    """What is stored may be shown to the unit's own people, to others only as far as it was submitted."""
    return stored.is_own_text_of(user) or stored.submitted_revision_id == stored.current_revision_id


def _department(form: ImportedForm) -> str:
    if form.department and form.unit:
        unit = "" if form.unit == form.department else f" · {form.unit.label}"
        return f"{form.department.label}{unit}"
    return form.printed_department or ""  # type: ignore[attr-defined]  # as `page_of_forms` asked for it


def _remark(form: ImportedForm, refusal: str, changes: int) -> str:
    stored = form.declaration
    if form.action == REFUSED:
        return refusal or "不能导入，原因见下表。"
    if form.is_repeat:
        return "与文件中的另一张表完全相同，按一张表处理。"
    if form.action == UNCHANGED:
        return "与系统中的稿完全相同，不再写入。"
    if form.action == UPDATE and stored is not None:
        kept = f"；导入后仍为“{STATES[stored.state]}”" if stored.state == RETURNED else ""
        if not changes:
            return "按所选的方式没有要写入的内容。"
        return f"与系统中的稿相比有{changes}处不同{kept}。"
    return ""


def _place(change: Change) -> tuple[int, bool]:
    """A row that goes stands before the one that comes in its place."""
    return change.row_number, change.kind != REMOVED


def _in_words(change: Change, kind: str, rows: Mapping[str, Sequence[IndicatorRow]], *, is_open: bool) -> ShownChange:
    row = f"第{change.row_number}行" if change.row_number else ""
    if change.kind in (ADDED, REMOVED):
        text = _row_in_words(rows[change.kind][change.row_number - 1])
        if change.kind == ADDED:
            return ShownChange(row, new=text, remark="新增一行")
        return ShownChange(f"原{row}", old=text if is_open else HIDDEN, remark="文件中没有，将删除")
    if change.kind == MOVED:
        return ShownChange(row, remark=f"由原第{change.old}行移来，{change.row_name}")
    label = field_label(kind, change.field)
    if change.field == "continues":
        return ShownChange(f"{row} {label}", remark="与上行合并的栏目有变化")
    unit = "（元）" if change.field in MONEY else ""
    place = f"{row} {label}{unit}" if change.kind == CELL else f"{label}{unit}"
    old = (change.old or EMPTY) if is_open else HIDDEN
    return ShownChange(place, old=old, new=change.new or EMPTY, remark=_name(change.row_name))


def _name(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"


def _row_in_words(row: IndicatorRow) -> str:
    """Where it belongs, its name and its target."""
    above = "／".join(filter(None, (row.level1, row.level2, row.duty_group, row.duty)))
    return "　".join(filter(None, (above, row.name or EMPTY, row.target)))


def _cut(change: ShownChange) -> ShownChange:
    """Of long texts the part where they begin to differ."""
    if max(len(change.old), len(change.new)) <= LONGEST_SHOWN:
        return change
    pairs = enumerate(zip(change.old, change.new, strict=False))
    differs = next((at for at, (old, new) in pairs if old != new), min(len(change.old), len(change.new)))
    start = max(0, differs - LONGEST_SHOWN // 10)
    return replace(change, old=_part(change.old, start), new=_part(change.new, start))


def _part(text: str, start: int) -> str:
    end = start + LONGEST_SHOWN
    return f"{'…' if start and text else ''}{text[start:end]}{'…' if len(text) > end else ''}"


# Problems -------------------------------------------------------------------------------------------------------------


def causes(batch: ImportBatch) -> tuple[list[ShownCause], int]:
    """And how many problems there are beside these."""
    found = batch.causes.get("causes", ())
    shown = [ShownCause(MARKS.get(one["level"], INFO), one["sentence"], one["number"], one["cells"]) for one in found]
    return shown, batch.causes.get("others", 0)


def doubts(found: Sequence[ShownCause], others: int) -> int:
    """Problems that keep no form out; among those of the rarest causes, which are not told, hardly any does."""
    return sum(cause.number for cause in found if cause.level != ERROR) + others


def unread(batch: ImportBatch) -> list[str]:
    """Files of an archive of which nothing was read."""
    return [one["sheet"] for one in batch.problems if one["level"] == REFUSED_PROBLEM]


def all_problems(batch: ImportBatch) -> list[Problem]:
    """Of the file and of its forms, each once."""
    texts = batch.forms.exclude(problems=[]).order_by("place").annotate(text=Cast("problems", TextField()))
    of_forms = map(PROBLEMS.decode, texts.values_list("text", flat=True).iterator())
    return list(dict.fromkeys(chain((Problem(**one) for one in batch.problems), *of_forms)))


def has_problems(batch: ImportBatch) -> bool:
    return bool(batch.problems) or batch.forms.exclude(problems=[]).exists()
