"""A workbook of ours carries its records: a sheet that is still exactly what its record prints says that record.

So any text comes back as it went out, also one that looks like a label, a value in the column of names or a total. The
record is believed only as far as it is seen: printed again it must give every cell and every merge of the sheet, and
what the form does not print is not taken from it. A sheet that somebody has changed is read like any other.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from targets.domain.record import MONEY, PLAN, IndicatorRow, Record
from targets.domain.sheets.cells import Grid, Merge, clean_text
from targets.domain.sheets.head import years_in
from targets.domain.sheets.layout import DEPARTMENT, Layout
from targets.domain.sheets.layouts import OFFICIAL
from targets.domain.sheets.number_format import shown
from targets.domain.sheets.paint import Painter, Run, StyleBook
from targets.domain.sheets.problems import told_sheet

PART = "customXml/item1.xml"
"""A part that spreadsheet programs leave alone or drop; it never makes a workbook unreadable."""
START, END = b'<?xml version="1.0" encoding="UTF-8"?>\n<forms xmlns="urn:performance-targets:forms">', b"</forms>"
MOST_BYTES = 64 * 1024 * 1024
HEAD_TEXTS = ("title", "code", "department_code", "department_name", "unit", "goal")
YEAR_LINES = 4
"""The rows in which a form names its year."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a workbook says of one of its sheets."""

    record: Record
    check_code: str


def part_of(sheets: Sequence[str], records: Sequence[Record], check_codes: Mapping[int, str]) -> bytes:
    """The part to put into a workbook whose sheets print these records."""
    forms = [
        {"sheet": sheet, "check": check_codes.get(number, ""), "record": as_printed(record).as_json()}
        for number, (sheet, record) in enumerate(zip(sheets, records, strict=True))
    ]
    packed = zlib.compress(json.dumps(forms, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)
    return START + base64.b64encode(packed) + END


def carried_by(parts: Mapping[str, bytes]) -> dict[str, Carried]:
    """Name of a sheet as it is told → what the workbook says of it; nothing if it says nothing that can be understood."""
    data = parts.get(PART, b"")
    if not data.startswith(START) or not data.endswith(END):
        return {}
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(base64.b64decode(data[len(START) : -len(END)], validate=True), MOST_BYTES)
        return {
            told_sheet(str(form["sheet"])): Carried(as_printed(Record.from_json(form["record"])), str(form["check"]))
            for form in json.loads(text.decode("utf-8", "surrogatepass"))
        }
    except (binascii.Error, zlib.error, ArithmeticError, ValueError, TypeError, LookupError, AttributeError):
        return {}


def as_printed(record: Record) -> Record:
    """Only what the form prints, as it prints it."""
    layout = OFFICIAL[record.kind]
    named = {label.field for line in layout.lines for label in line.labels} | {c.field for c in layout.captions}
    named |= {"title", *(("department_code", "department_name") if DEPARTMENT in named else ())}
    kept: dict[str, Any] = {name: None for name in MONEY if name not in named}
    kept |= {name: _clean(getattr(record, name)) if name in named else "" for name in HEAD_TEXTS}
    if record.kind == PLAN:
        kept["title"] = _clean(layout.title(record))
    extra = {_clean(name): _clean(text) for name, text in record.extra.items()}
    return replace(record, **kept, extra=extra, rows=tuple(_rows(layout, record)))


def _rows(layout: Layout, record: Record) -> list[IndicatorRow]:
    cells = replace(record, rows=tuple(_cleaned(layout, row) for row in record.rows))
    return [_hanging(row, layout.in_order(hanging)) for row, hanging in layout.printed_rows(cells)]


def _hanging(row: IndicatorRow, names: tuple[str, ...]) -> IndicatorRow:
    return row if row.continues == names else row.with_cells(continues=names)


def _cleaned(layout: Layout, row: IndicatorRow) -> IndicatorRow:
    texts = layout.texts_of(row)
    if not ("".join(texts).isprintable() and [*map(str.strip, texts)] == [*texts]):
        texts = tuple(map(_clean, texts))
    return IndicatorRow(**dict(zip(layout.fields, texts, strict=True)), continues=row.continues)


def _clean(text: str) -> str:
    return clean_text(text)[0]


def is_shown(carried: Carried, grid: Grid, merges: Sequence[Merge]) -> bool:
    """Whether the sheet is, cell for cell and merge for merge, what the record prints."""
    record = carried.record
    layout = OFFICIAL[record.kind]
    paper = _Paper()
    try:
        _CellsOnly(paper, layout, record, StyleBook(paper, layout.paper), carried.check_code).paint()
    except (ValueError, TypeError):
        return False
    shown = {(row, column): text for row, line in enumerate(grid.texts) for column, text in enumerate(line) if text}
    return (
        paper.texts == shown
        and paper.numbers == grid.exact
        and paper.merges == {tuple(merge) for merge in merges}
        and any(record.year in years_in(text) for (row, _), text in shown.items() if row < YEAR_LINES)
    )


class _CellsOnly(Painter):
    """How high the rows of the table are says nothing."""

    def _set_heights(self, count: int, runs: list[Run]) -> None:
        pass


@dataclass(slots=True)
class _Paper:
    """A worksheet (and the workbook of its formats) that only remembers what is painted on it."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    numbers: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: set[tuple[int, ...]] = field(default_factory=set)

    def add_format(self, properties: dict[str, Any]) -> str:
        return str(properties["num_format"])

    def write_string(self, row: int, column: int, text: str, style: str) -> None:
        self.texts[row, column] = text

    def write_number(self, row: int, column: int, number: float, style: str) -> None:
        self.texts[row, column], exact = shown(number, style)
        if exact:
            self.numbers[row, column] = exact

    def write_blank(self, row: int, column: int, text: None, style: str) -> None:
        pass

    def merge_range(self, top: int, left: int, bottom: int, right: int, text: str, style: str) -> None:
        self.merges.add((top, left, bottom, right))

    def set_column_pixels(self, first: int, last: int, pixels: int) -> None:
        pass

    def set_row(self, row: int, height: float) -> None:
        pass

    def repeat_rows(self, first: int, last: int) -> None:
        pass

    def freeze_panes(self, row: int, column: int) -> None:
        pass
