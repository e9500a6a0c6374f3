"""OpenDocument spreadsheets: the file itself holds the text that the screen showed, so that is what is read (ODF 1.2 part 1).

Cells and rows may say that they are repeated up to a billion times. Room is made only for those with content, and
only after the whole box was found small enough.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.etree import ElementTree as ET

from targets.domain.sheets.cells import Merge, address
from targets.domain.sheets.number_format import show

DEEPEST = 200
VISIBLE = "visible"
LARGEST_REPEAT = 1 << 31
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
NO_WIDTH = re.compile(r"0+(?:\.0*)?[a-z]*")
TABLE, TEXT, OFFICE, STYLE = (
    "{urn:oasis:names:tc:opendocument:xmlns:" + name + ":1.0}" for name in ("table", "text", "office", "style")
)
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
NUMBERS = frozenset(("float", "currency", "percentage"))


class TooFar(Exception):
    """Cells with content far from the table, or too much of it."""


class TooMany(Exception):
    """More sheets than a workbook of forms has."""


class TooDeep(Exception):
    """Elements within elements within elements."""


@dataclass(slots=True)
class OdsSheet:
    """One table as shown."""

    name: str
    is_visible: bool = True
    texts: list[list[str]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    exact: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    errors: set[str] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    """Rows that are not shown."""
    hidden_columns: set[int] = field(default_factory=set)
    columns: int = 0
    """Those of which something was said so far."""
    height: int = 0
    """Rows so far, blank ones included."""


def read_ods(content: bytes, *, box: int, merges: int, sheets: int) -> list[OdsSheet]:
    """Every sheet of a `content.xml`. Raises `TooFar`, `TooMany` or `TooDeep` beyond the limits, `ParseError` for broken XML."""
    return _Reader(box, merges, sheets).read(content)


@dataclass(slots=True)
class _Reader:
    box: int
    merges: int
    most_sheets: int
    sheets: list[OdsSheet] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    without_width: set[str] = field(default_factory=set)
    """Styles of columns."""
    room: int = 0
    """Cells with content that may still come, in all sheets together."""

    def read(self, content: bytes) -> list[OdsSheet]:
        self.room = self.box
        depth = tables = 0
        style = ""
        for event, element in ET.iterparse(io.BytesIO(content), events=("start", "end")):  # noqa: S314 - the guard refuses entities
            tag = element.tag
            if event == "start":
                depth += 1
                if depth > DEEPEST:
                    raise TooDeep
                if tag == STYLE + "style":
                    style = element.get(STYLE + "name", "")
                elif tag == TABLE + "table":
                    tables += 1
                    if tables == 1:
                        self._open(element)
                continue
            depth -= 1
            if tag == STYLE + "table-properties" and element.get(TABLE + "display") == "false":
                self.hidden.add(style)
            elif tag == STYLE + "table-column-properties" and NO_WIDTH.fullmatch(
                element.get(STYLE + "column-width", "")
            ):
                self.without_width.add(style)
            elif tag == TABLE + "table-column" and tables == 1:
                self._add_columns(self.sheets[-1], element)
            elif tag == TABLE + "table":
                tables -= 1
                element.clear()
            elif tag == TABLE + "table-row" and tables == 1:
                self._add_row(self.sheets[-1], element)
                element.clear()
        return self.sheets

    def _open(self, table: ET.Element) -> None:
        is_visible = table.get(TABLE + "style-name", "") not in self.hidden
        self.sheets.append(OdsSheet(table.get(TABLE + "name", ""), is_visible))
        if len(self.sheets) > self.most_sheets:
            raise TooMany

    def _add_columns(self, sheet: OdsSheet, columns: ET.Element) -> None:
        first = sheet.columns
        sheet.columns = min(first + _repeats(columns, "number-columns-repeated"), MOST_COLUMNS)
        is_visible = columns.get(TABLE + "visibility", VISIBLE) == VISIBLE
        if not is_visible or columns.get(TABLE + "style-name", "") in self.without_width:
            sheet.hidden_columns.update(range(first, sheet.columns))

    def _add_row(self, sheet: OdsSheet, row: ET.Element) -> None:
        repeats = _repeats(row, "number-rows-repeated")
        number = sheet.height
        sheet.height += repeats
        line: list[str] = []
        column = 0
        for cell in row:
            if cell.tag not in (TABLE + "table-cell", TABLE + "covered-table-cell"):
                continue
            width = _repeats(cell, "number-columns-repeated")
            if text := _shown(cell):
                last = column + width
                if sheet.height > MOST_ROWS or sheet.height * last > self.box or last * repeats > self.room:
                    raise TooFar
                line += [""] * (column - len(line)) + [text] * width
                for at in range(column, last):
                    _note(sheet, cell, number, at)
                _merge(sheet, cell, number, column)
                if len(sheet.merges) > self.merges:
                    raise TooFar
            column += width
        if line:
            if row.get(TABLE + "visibility", VISIBLE) != VISIBLE:
                sheet.hidden.update(range(number, number + repeats))
            self.room -= len(line) * repeats
            sheet.texts += [[] for _ in range(number - len(sheet.texts))]
            sheet.texts += [list(line) for _ in range(repeats)]


def _repeats(element: ET.Element, name: str) -> int:
    written = element.get(TABLE + name, "1")
    if not (written.isascii() and written.isdigit()):
        return 1
    return min(max(int(written[:12]), 1), LARGEST_REPEAT)


def _merge(sheet: OdsSheet, cell: ET.Element, row: int, column: int) -> None:
    down, across = _repeats(cell, "number-rows-spanned"), _repeats(cell, "number-columns-spanned")
    if down > 1 or across > 1:
        sheet.merges.append(Merge(row, column, row + down - 1, column + across - 1))


def _note(sheet: OdsSheet, cell: ET.Element, row: int, column: int) -> None:
    place = address(row, column)
    if formula := cell.get(TABLE + "formula"):
        sheet.formulas[place] = "=" + formula.partition("=")[2]
    if cell.get(CALC + "value-type") == "error":
        sheet.errors.add(place)
    if cell.get(OFFICE + "value-type") in NUMBERS and (number := _number(cell)) is not None:
        sheet.exact[row, column] = show(number)


def _number(cell: ET.Element) -> float | None:
    try:
        number = float(cell.get(OFFICE + "value", ""))
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None


def _shown(cell: ET.Element) -> str:
    """The paragraphs of the cell; of a cell without any, its value."""
    paragraphs = ["".join(_pieces(part)) for part in cell if part.tag == TEXT + "p"]
    if paragraphs:
        return "\n".join(paragraphs)
    kind = cell.get(OFFICE + "value-type", "")
    if kind in NUMBERS and (number := _number(cell)) is not None:
        return show(number, "0.##%" if kind == "percentage" else "")
    if kind == "date":
        return _date(cell.get(OFFICE + "date-value", ""))
    return cell.get(OFFICE + "string-value", "") or cell.get(OFFICE + "time-value", "")


def _date(written: str) -> str:
    try:
        value: date = datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
    except ValueError:
        return written
    return show(value)


def _pieces(element: ET.Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == TEXT + "s":
            count = child.get(TEXT + "c", "1")
            yield " " * (min(int(count), 1000) if count.isascii() and count.isdigit() else 1)
        elif child.tag == TEXT + "tab":
            yield "\t"
        elif child.tag == TEXT + "line-break":
            yield "\n"
        elif child.tag != OFFICE + "annotation":
            yield from _pieces(child)
        yield child.tail or ""
