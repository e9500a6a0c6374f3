"""A long plain table as a workbook, written line by line: memory does not grow with it, and no cell is ever a formula.

XlsxWriter draws the forms; for a hundred thousand lines of thirty cells its call for each cell takes most of the time.
One sheet without merges needs only the few parts below (ECMA-376 part 1, 18.2-18.4 and 18.8).
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from targets.domain.sheets.cells import HARMFUL, LINE_BREAKS, column_name
from targets.domain.sheets.paint import TALLEST_ROW, height_of, is_lost_in_a_number

TEXT, AMOUNT, NUMBER = "text", "amount", "number"
STYLES = {TEXT: 1, AMOUNT: 2, NUMBER: 3}
"""Kind of column → its cell format in `STYLE_SHEET`; 4 is the head."""
HEAD_STYLE = 4
TEXT_FORMAT = 49
"""So that `=100%` stays text when somebody edits the cell."""
POINTS, ROW_HEIGHT = 11, 15
"""Size of the letters; height of a row with one line of them."""
POINTS_OF_WIDTH = 5.7
"""A column is as many digits wide as its width says: eight pixels each in these letters, less the margins of the cell."""
A3, A4 = 8, 9
"""Numbers of paper sizes (ECMA-376 part 1, 18.3.1.63)."""

MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
"""UTF-16 units that a cell can hold."""
SHORT = 100
SHARED_AT_MOST = 20_000
"""Short texts come again and again (names, levels, units): the first of them are written once and pointed to."""
REMEMBERED = 1_000
"""Cells of a column whose XML is kept at hand; so that memory is bounded they are forgotten together."""
LINES_AT_ONCE = 500
PACKING = 1
"""Fast: a stronger packing takes twice the time for a tenth less."""

ESCAPED_ALREADY = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""`_x0041_` in a cell would be shown as A; its underscore is written as `_x005F_` (ECMA-376, 22.4.2.4)."""

Value = str | int | Decimal | None
Line = Sequence[Value]


class CellTooLong(ValueError):
    """A text that the file format cannot hold: told, never cut."""

    def __init__(self, header: str, text: str) -> None:
        super().__init__(f"“{header}”一栏有一格文字超过{LONGEST_TEXT}个字，电子表格放不下：“{text[:30]}…”。")


class TooManyLines(ValueError):
    def __init__(self) -> None:
        super().__init__(f"超过{MOST_ROWS - 1}行，一个工作表放不下。")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A heading, what its cells hold, and how many characters it is wide."""

    header: str
    kind: str = TEXT
    width: int = 14


@dataclass(frozen=True, slots=True)
class Printed:
    """How a table stands on paper: across, with its head on every page."""

    paper: int = A4
    pages: int = 1
    """Side by side; letters are as small as it takes."""
    repeated: tuple[int, int] | None = None
    """First and last of the columns that tell what a line is: they stand on every page, and on the screen beside the others."""


def write_table(
    target: IO[bytes], columns: Sequence[TableColumn], lines: Iterable[Line], *, name: str, printed: Printed
) -> int:
    """Write a workbook with one sheet `name` into `target`; returns the number of lines.

    Rows are as high as their texts need: not every program sees to that itself.
    """
    shared: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKING) as book:
        for part, content in PARTS.items():
            book.writestr(part, content)
        book.writestr("xl/workbook.xml", _workbook(name, printed))
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            count = _write_sheet(sheet, columns, lines, shared, printed)
        texts = "".join(f'<si><t xml:space="preserve">{_escaped(text)}</t></si>' for text in shared)
        book.writestr("xl/sharedStrings.xml", f'{XML}<sst {MAIN} uniqueCount="{len(shared)}">{texts}</sst>')
    return count


def _write_sheet(
    sheet: IO[bytes],
    columns: Sequence[TableColumn],
    lines: Iterable[Line],
    shared: dict[str, int],
    printed: Printed,
) -> int:
    last = column_name(len(columns) - 1)
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{column.width}" customWidth="1" style="{STYLES[column.kind]}"/>'
        for at, column in enumerate(columns, start=1)
    )
    head = "".join(
        f'<c r="{column_name(at)}1" s="{HEAD_STYLE}" t="inlineStr"><is><t>{_escaped(column.header)}</t></is></c>'
        for at, column in enumerate(columns)
    )
    head_height = max(_height_of(column.header, column.width) for column in columns)
    sheet.write(
        f'{XML}<worksheet {MAIN}><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0">{_pane(printed)}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="{ROW_HEIGHT}"/><cols>{widths}</cols><sheetData><row r="1" ht="{head_height:.0f}">{head}</row>'.encode()
    )
    writer = _LineWriter(columns, shared)
    waiting: list[str] = []
    row = 1
    for row, line in enumerate(lines, start=2):
        waiting.append(writer.written(row, line))
        if len(waiting) == LINES_AT_ONCE:
            sheet.write("".join(waiting).encode())
            waiting.clear()
    if row > MOST_ROWS:
        raise TooManyLines
    waiting.append(f'</sheetData><autoFilter ref="A1:{last}{row}"/>{_page_setup(printed)}</worksheet>')
    sheet.write("".join(waiting).encode())
    return row - 1


def _pane(printed: Printed) -> str:
    left = printed.repeated[1] + 1 if printed.repeated else 0
    across = f'xSplit="{left}" ' if left else ""
    corner = "bottomRight" if left else "bottomLeft"
    return f'<pane {across}ySplit="1" topLeftCell="{column_name(left)}2" activePane="{corner}" state="frozen"/>'


def _page_setup(printed: Printed) -> str:
    """The pages of some lines come one after the other, before those of the lines below them."""
    return (
        '<printOptions gridLines="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="{printed.paper}" fitToWidth="{printed.pages}" fitToHeight="0" pageOrder="overThenDown" '
        'orientation="landscape"/><headerFooter><oddFooter>&amp;C第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter>'
    )


class _LineWriter:
    """One line of values as XML. What a short text or a number becomes is remembered for its column, so most cells cost one
    look-up. A text that takes several lines there is not: as often as it comes, its row must be so high."""

    def __init__(self, columns: Sequence[TableColumn], shared: dict[str, int]) -> None:
        self.columns = columns
        self.shared = shared
        self.known: list[dict[Value, str]] = [{} for _ in columns]
        self.frames = [
            (f'<c r="{column_name(at)}', f'" s="{STYLES[column.kind]}"', known.get, at)
            for at, (column, known) in enumerate(zip(columns, self.known, strict=True))
        ]
        self.tallest = ONE_LINE
        """Of the texts of this line that take several lines."""

    def written(self, row: int, line: Line) -> str:
        self.tallest = ONE_LINE
        cells = [
            f"{start}{row}{style}{known(value) or self._rest(value, at)}"
            for (start, style, known, at), value in zip(self.frames, line, strict=True)
            if value or value == 0
        ]
        height = f' ht="{min(TALLEST_ROW, self.tallest):.0f}"' if self.tallest > ONE_LINE else ""
        return f'<row r="{row}"{height}>{"".join(cells)}</row>'

    def _rest(self, value: Value, at: int) -> str:
        """The cell after its address and format."""
        if not isinstance(value, str):
            return self._remembered(value, at, _number(value))
        rest, column = self._text(value, at), self.columns[at]
        if column.kind == TEXT and _may_be_high(value, column.width):
            height = _height_of(value, column.width)
            if height > ONE_LINE:
                self.tallest = max(self.tallest, height)
                return rest
        return self._remembered(value, at, rest) if len(value) <= SHORT else rest

    def _remembered(self, value: Value, at: int, rest: str) -> str:
        known = self.known[at]
        if len(known) >= REMEMBERED:
            known.clear()
        known[value] = rest
        return rest

    def _text(self, value: str, at: int) -> str:
        text = value if value.isprintable() else HARMFUL.sub("", LINE_BREAKS.sub("\n", value))
        if len(text) > LONGEST_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            raise CellTooLong(self.columns[at].header, text)
        place = self.shared.get(text)
        if place is None and len(text) <= SHORT and len(self.shared) < SHARED_AT_MOST:
            place = self.shared[text] = len(self.shared)
        if place is None:
            return f' t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'
        return f' t="s"><v>{place}</v></c>'


def _may_be_high(text: str, width: int) -> bool:
    """Quick: a Chinese letter is two digits wide, and of nine tenths of the width letters and digits surely leave some."""
    if len(text) * 2 <= width or (text.isascii() and len(text) < width * 0.9):
        return "\n" in text
    return True


def _height_of(text: str, width: int) -> float:
    return _height_of_short(text, width) if len(text) <= SHORT else height_of(text, width * POINTS_OF_WIDTH, POINTS)


@lru_cache(maxsize=10_000)
def _height_of_short(text: str, width: int) -> float:
    return height_of(text, width * POINTS_OF_WIDTH, POINTS)


ONE_LINE = height_of("", 1, POINTS)


def _number(value: int | Decimal | None) -> str:
    """What no number holds is written as text."""
    digits = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, Decimal) and is_lost_in_a_number(value):
        return f' t="inlineStr"><is><t>{digits}</t></is></c>'
    return f"><v>{digits}</v></c>"


def _escaped(text: str) -> str:
    return escape(ESCAPED_ALREADY.sub("_x005F_", text) if "_x" in text else text)


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_WORKBOOK_PARTS = (
    ("worksheet", "worksheets/sheet1.xml", "worksheet"),
    ("styles", "styles.xml", "styles"),
    ("sharedStrings", "sharedStrings.xml", "sharedStrings"),
)


def _related(kind: str, place: str, number: int) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{place}"/>'


def _workbook(name: str, printed: Printed) -> str:
    areas = ["$1:$1"]
    if printed.repeated:
        first, last = map(column_name, printed.repeated)
        areas.insert(0, f"${first}:${last}")
    quoted = name.replace("'", "''")
    head = escape(",".join(f"'{quoted}'!{area}" for area in areas))
    return (
        f'{XML}<workbook {MAIN} xmlns:r="{_OFFICE}"><sheets><sheet name={quoteattr(name)} sheetId="1" r:id="rId1"/>'
        '</sheets><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">'
        f"{head}</definedName></definedNames></workbook>"
    )


_FONT = f'<font><sz val="{POINTS}"/><name val="宋体"/><charset val="134"/></font>'
_BOLD = f'<font><b/><sz val="{POINTS}"/><name val="宋体"/><charset val="134"/></font>'


def _format(number: int, font: int = 0) -> str:
    wraps = ' wrapText="1"' if number == TEXT_FORMAT else ""
    return (
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" '
        f'applyAlignment="1"><alignment vertical="top"{wraps}/></xf>'
    )


STYLE_SHEET = (
    f'{XML}<styleSheet {MAIN}><fonts count="2">{_FONT}{_BOLD}</fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="5">{_format(0)}{_format(TEXT_FORMAT)}{_format(4)}{_format(0)}{_format(TEXT_FORMAT, font=1)}</cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""Built-in number formats: 0 General, 4 `#,##0.00`, 49 text."""

PARTS: dict[str, str] = {
    "[Content_Types].xml": (
        f'{XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{place}" ContentType="{_SHEET_TYPE}.{kind}+xml"/>'
            for _, place, kind in _WORKBOOK_PARTS
        )
        + "</Types>"
    ),
    "_rels/.rels": (
        f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{_related("officeDocument", "xl/workbook.xml", 1)}'
        "</Relationships>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(_related(kind, place, number) for number, (kind, place, _) in enumerate(_WORKBOOK_PARTS, start=1))
        + "</Relationships>"
    ),
    "xl/styles.xml": STYLE_SHEET,
}
"""The parts that are the same in every workbook."""
