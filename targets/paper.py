"""The paper form as plain data for templates: which cells stand in which row, what is merged, what the checks say beside it.

One table, many uses: edited, reviewed, kept in history, published. Templates: `targets/paper/project.html` and `plan.html`
(read-only, want `paper`), `targets/declaration/project_form.html` and `plan_form.html` (the same with inputs).

    paper = paper_project(record)                      a published form: no findings, no margin
    paper = paper_project(record, judged)              with the findings of `targets.findings.judge` beside their rows
    paper = paper_plan(record, judged)
    paper = paper_of(record, judged)                   by the record's kind

    paper.record, paper.title, paper.unit, paper.department       what stands in the head
    paper.head["goal"].text / .findings / .css                     fields of the head (title, code, total, fiscal, other, goal)
    paper.extra                                                    labelled cells that have no field of their own
    paper.rows → row.number, row.key, row.cells, row.findings      cells covered by a merged cell above are left out
        cell.field, .label, .text, .rowspan, .css, .group, .findings, .lines
    paper.findings → note.judged, note.place ("第2行 指标值"), note.anchor     all of them, form first
    paper.form_findings                                            those that belong to no row and no field of the head
    paper.columns                                                  columns shown, optional ones only where filled in
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from targets.domain.labels import field_label
from targets.domain.record import PLAN, IndicatorRow, Record
from targets.domain.rules import ERROR, WARNING
from targets.domain.words import Piece
from targets.findings import Judged

HEAD_FIELDS = ("title", "code", "department_name", "unit", "total", "fiscal", "other", "goal")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the form: `css` is its look, `group` the fold of the wide grid it belongs to, `width` its characters a line."""

    field: str
    css: str = ""
    group: str = ""
    width: int = 12
    is_optional: bool = False
    label: str = ""


PROJECT_COLUMNS = (
    Column("level1", "lv", width=8),
    Column("level2", "lv", width=9),
    Column("name", width=30),
    Column("target", "val", width=10),
    Column("weight", "val", width=6, is_optional=True),
    Column("explanation", width=12, is_optional=True),
    Column("note", width=10, is_optional=True),
)
PLAN_COLUMNS = (
    Column("number", "s1", width=2),
    Column("duty_group", "s2", width=4),
    Column("duty", "s3", width=8),
    Column("duty_goal", "g-goal", "goal", width=12),
    Column("name", "s4 x", width=11),
    Column("explanation", "g-exp x", "exp", width=11),
    Column("target", "c x", width=6),
    Column("plan_value", "g-std c x", "std", width=6),
    Column("standard_value", "g-std c x", "std", width=6),
    Column("standard_source", "g-std x", "std", width=11),
    Column("average_3y", "g-his c x", "his", width=6),
    Column("last_year", "g-his c x", "his", width=6),
    Column("history_source", "g-his x", "his", width=11),
    Column("note", "g-note x", "note", width=8),
    Column("activity", "g-work x", "work", width=14),
    Column("budget_item", "g-work x", "work", width=8),
    Column("office", "g-work x", "work", width=6),
    Column("weight", "g-work c x", "work", width=6, is_optional=True),
)
"""Widths are counted in Chinese characters and rounded down: a box a line too high is better than a hidden word."""

GOAL_WIDTH = 50
"""Characters in a line of the goal, which spans all columns of a project form."""
TITLE_WIDTH = 21
"""Characters in a line of the title, which shares its row with the code."""

MERGEABLE = {"project": ("level1", "level2"), PLAN: ("number", "duty_group", "duty", "duty_goal")}
"""Cells of these columns may continue the cell above."""


@dataclass(frozen=True, slots=True)
class Note:
    """A finding with the words for its place and the address of its cell on the page."""

    judged: Judged
    place: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a row, or beside a field of the head, for those who read the form to judge it (`admin.margin`)."""

    place: str
    remarks: tuple[Any, ...] = ()
    papers: tuple[Any, ...] = ()
    last_year: str = ""
    last_year_url: str = ""
    is_written: bool = False
    """The inputs for a new remark stand here."""

    @property
    def has_line(self) -> bool:
        return bool(self.remarks or self.papers or self.is_written)


@dataclass(frozen=True, slots=True)
class Cell:
    field: str
    label: str
    text: str
    css: str = ""
    group: str = ""
    rowspan: int = 1
    lines: int = 1
    findings: tuple[Note, ...] = ()
    pieces: tuple[Piece, ...] = ()
    """Where two texts are compared: what went and what came (`targets.compared`)."""
    beside: Beside | None = None

    @property
    def worst(self) -> str:
        return worst_level(self.findings)


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `continues` are its cells that are part of the merged cell above."""

    number: int
    key: str
    source: IndicatorRow
    cells: tuple[Cell, ...]
    continues: tuple[str, ...] = ()
    findings: tuple[Note, ...] = ()
    starts_group: bool = False
    change: str = ""
    mark: str = ""
    """Where two texts are compared: what became of the row, as a look and in words."""
    beside: Beside | None = None
    has_line: bool = False
    """In the wide grid: what stands beside the row has a line below it."""


@dataclass(frozen=True, slots=True)
class Paper:
    record: Record
    columns: tuple[Column, ...]
    head: Mapping[str, Cell]
    rows: tuple[Row, ...]
    findings: tuple[Note, ...] = ()
    form_findings: tuple[Note, ...] = ()

    @property
    def title(self) -> str:
        return self.record.title

    @property
    def department(self) -> str:
        """As printed: `[202]淄博市淄川区教育和体育局`."""
        record = self.record
        return (
            f"[{record.department_code}]{record.department_name}" if record.department_code else record.department_name
        )

    @property
    def unit(self) -> str:
        return self.record.unit

    @property
    def extra(self) -> Mapping[str, str]:
        return self.record.extra

    @property
    def line_span(self) -> int:
        """Columns that a line below a row takes: all but those whose cells may be merged."""
        return sum(column.field not in MERGEABLE[self.record.kind] for column in self.columns)

    @property
    def optional_columns(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.is_optional)


def paper_of(record: Record, findings: Iterable[Judged] = ()) -> Paper:
    return paper_plan(record, findings) if record.kind == PLAN else paper_project(record, findings)


def paper_project(record: Record, findings: Iterable[Judged] = ()) -> Paper:
    """项目支出绩效目标表."""
    return _paper(record, PROJECT_COLUMNS, findings)


def paper_plan(record: Record, findings: Iterable[Judged] = ()) -> Paper:
    """部门整体绩效目标表."""
    return _paper(record, PLAN_COLUMNS, findings)


def continues_above(row: IndicatorRow, above: IndicatorRow | None, mergeable: Sequence[str]) -> tuple[str, ...]:
    """The cells of `row` that are one with the cell above: said to be, and saying the same."""
    if above is None:
        return ()
    return tuple(name for name in mergeable if name in row.continues and getattr(row, name) == getattr(above, name))


def worst_level(notes: Iterable[Note]) -> str:
    """`error`, `warning` or ""; an error whose explanation was accepted no longer colours its cell."""
    levels = {note.judged.finding.level for note in notes if not note.judged.is_waived}
    return next((level for level in (ERROR, WARNING) if level in levels), "")


def lines_of(text: str, width: int) -> int:
    """Lines that `text` takes in a box `width` Chinese characters wide."""
    return sum(max(1, ceil(_half_widths(part) / (2 * width))) for part in (text.splitlines() or [""]))


def _half_widths(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def _paper(record: Record, all_columns: Sequence[Column], findings: Iterable[Judged]) -> Paper:
    columns = tuple(
        replace(column, label=field_label(record.kind, column.field))
        for column in all_columns
        if not column.is_optional or any(getattr(row, column.field) for row in record.rows)
    )
    tops = _tops(record)
    notes = _notes(record, columns, tops, findings)
    by_anchor: dict[str, list[Note]] = defaultdict(list)
    by_row: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        by_anchor[note.anchor].append(note)
        by_row[note.judged.finding.row].append(note)
    keys = {row.key for row in record.rows}
    return Paper(
        record,
        columns,
        {name: _head_cell(record, name, by_anchor) for name in HEAD_FIELDS},
        tuple(_rows(record, columns, tops, by_anchor, by_row)),
        tuple(notes),
        tuple(note for note in notes if note.judged.finding.row not in keys and note.anchor == FORM_ANCHOR),
    )


FORM_ANCHOR = "f-form"


def _tops(record: Record) -> list[dict[str, int]]:
    """For each row its cells that a cell above covers, with the place of the row where that one is drawn."""
    above: IndicatorRow | None = None
    tops: list[dict[str, int]] = []
    for place, row in enumerate(record.rows):
        names = continues_above(row, above, MERGEABLE[record.kind])
        tops.append({name: tops[-1].get(name, place - 1) for name in names})
        above = row
    return tops


def cell_anchor(key: str, name: str) -> str:
    return f"c-{key}-{name}"


def _notes(
    record: Record, columns: Sequence[Column], tops: Sequence[Mapping[str, int]], findings: Iterable[Judged]
) -> list[Note]:
    """Findings with their places; that of a merged cell stands at the cell that is drawn."""
    shown = {column.field for column in columns}
    numbers = {row.key: number for number, row in record.numbered_rows()}
    notes = []
    for judged in findings:
        found = judged.finding
        number = numbers.get(found.row, 0)
        if not number:
            has_cell = found.field in HEAD_FIELDS
            place = field_label(record.kind, found.field) if has_cell else ""
            notes.append(Note(judged, place, f"f-{found.field}" if has_cell else FORM_ANCHOR))
            continue
        drawn = tops[number - 1].get(found.field, number - 1)
        name = found.field if found.field in shown else "name"
        label = field_label(record.kind, found.field) if found.field else ""
        notes.append(Note(judged, f"第{number}行 {label}".strip(), cell_anchor(record.rows[drawn].key, name)))
    return notes


CSS = {"project": {ERROR: "has-e", WARNING: "has-w"}, PLAN: {ERROR: "e", WARNING: "w"}}


def _css(kind: str, plain: str, notes: Sequence[Note]) -> str:
    return f"{plain} {CSS[kind].get(worst_level(notes), '')}".strip()


def _head_cell(record: Record, name: str, notes: Mapping[str, list[Note]]) -> Cell:
    value = getattr(record, name)
    found = tuple(notes.get(f"f-{name}", ()))
    text = "" if value is None else str(value)
    return Cell(
        name,
        field_label(record.kind, name),
        text,
        _css(record.kind, "", found),
        lines=lines_of(text, GOAL_WIDTH),
        findings=found,
    )


def _rows(
    record: Record,
    columns: Sequence[Column],
    tops: Sequence[Mapping[str, int]],
    by_anchor: Mapping[str, list[Note]],
    by_row: Mapping[str, list[Note]],
) -> Iterable[Row]:
    heights = _heights(tops)
    for place, row in enumerate(record.rows):
        cells = []
        for column in columns:
            if column.field in tops[place]:
                continue
            found = tuple(by_anchor.get(cell_anchor(row.key, column.field), ()))
            text = getattr(row, column.field)
            css = _css(record.kind, column.css, found)
            rowspan = heights.get((place, column.field), 1)
            lines = lines_of(text, column.width)
            cells.append(Cell(column.field, column.label, text, css, column.group, rowspan, lines, found))
        starts = MERGEABLE[record.kind][0] not in tops[place]
        yield Row(place + 1, row.key, row, tuple(cells), tuple(tops[place]), tuple(by_row.get(row.key, ())), starts)


def _heights(tops: Sequence[Mapping[str, int]]) -> dict[tuple[int, str], int]:
    """Rows that a drawn cell covers, by its place, where more than one."""
    return {(top, name): place - top + 1 for place, drawn in enumerate(tops) for name, top in drawn.items()}
