"""A list to print, stamp and sign: A4 across, a title, who puts the stamp, a head on every page, lines with frames, who signs."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from targets.domain.sheets.paint import TALLEST_ROW, height_of, is_lost_in_a_number, smaller
from targets.domain.sheets.table_writer import AMOUNT, NUMBER, TEXT, TableColumn, Value
from targets.domain.sheets.writer import FOOTER

A4 = 9
POINTS = 10.5
POINTS_OF_WIDTH = 5.25
"""A column is as many digits wide as its width says, at seven pixels each."""
LOWEST_LINE = 22.0
SMALL = "small"
"""A column of marks for the program, in small grey letters."""


class Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        body = {"font_name": "宋体", "font_size": POINTS, "valign": "vcenter"}
        cell = body | {"border": 1, "text_wrap": True}
        bold = cell | {"bold": True}
        numbers = {AMOUNT: ("#,##0.00####", "right"), NUMBER: ("0", "center")}
        self.title: Format = book.add_format(body | {"font_name": "方正小标宋简体", "font_size": 18, "align": "center"})
        self.caption: Format = book.add_format(body)
        self.caption_end: Format = book.add_format(body | {"align": "right"})
        self.head: Format = book.add_format(bold | {"align": "center"})
        self.cells: dict[tuple[str, bool], Format] = {}
        for total, look in ((False, cell), (True, bold)):
            self.cells[TEXT, total] = book.add_format(look | {"num_format": "@"})
            for kind, (number, aligned) in numbers.items():
                self.cells[kind, total] = book.add_format(look | {"num_format": number, "align": aligned})
        self.cells[SMALL, False] = book.add_format(cell | {"num_format": "@", "font_size": 8, "font_color": "#595959"})
        self.long: dict[float, Format] = {}
        self._text = cell | {"num_format": "@"}

    def of_text(self, points: float) -> Format:
        """Of a text that has smaller letters because no row would hold it."""
        if points not in self.long:
            self.long[points] = self.book.add_format(self._text | {"font_size": points})
        return self.long[points]


def set_page(sheet: Worksheet, widths: Sequence[float]) -> None:
    """A4 with numbered pages, as wide as one of them."""
    sheet.set_paper(A4)
    sheet.set_margins(left=0.6, right=0.6, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_footer(FOOTER, {"margin": 0.24})
    sheet.hide_gridlines(2)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)


def begin(
    sheet: Worksheet, styles: Styles, columns: Sequence[TableColumn], *, title: str, left: str, right: str
) -> int:
    """Page, title, a line of captions (the left one has all the room: names are long), head of the table; the next free row."""
    last = len(columns) - 1
    sheet.set_landscape()
    set_page(sheet, [column.width for column in columns])
    sheet.merge_range(0, 0, 0, last, title, styles.title)
    sheet.set_row(0, 34)
    sheet.merge_range(1, 0, 1, last - 2, left, styles.caption)
    sheet.merge_range(1, last - 1, 1, last, right, styles.caption_end)
    sheet.set_row(1, 22)
    for at, column in enumerate(columns):
        sheet.write_string(2, at, column.header, styles.head)
    sheet.set_row(2, 24)
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    return 3


def write_line(
    sheet: Worksheet,
    styles: Styles,
    columns: Sequence[TableColumn],
    row: int,
    values: Sequence[Value],
    *,
    total: bool = False,
) -> None:
    """Text is never a formula, whatever it begins with. The row is as high as its texts: not every program sees to that itself."""
    height = LOWEST_LINE
    for at, (column, value) in enumerate(zip(columns, values, strict=True)):
        style = styles.cells[column.kind, total]
        if value is None or value == "":
            sheet.write_blank(row, at, None, style)
        elif isinstance(value, str):
            width = column.width * POINTS_OF_WIDTH
            points = smaller(value, width, POINTS)
            sheet.write_string(row, at, value, styles.of_text(points) if points else style)
            height = max(height, height_of(value, width, POINTS))
        elif isinstance(value, Decimal) and is_lost_in_a_number(value):
            sheet.write_string(row, at, f"{value:f}", style)
        else:
            sheet.write_number(row, at, float(value), style)
    sheet.set_row(row, min(TALLEST_ROW, height))


def sign(sheet: Worksheet, styles: Styles, row: int, signatures: Iterable[tuple[int, str]]) -> None:
    """A line to sign: column and words of each place."""
    for at, words in signatures:
        sheet.write_string(row, at, words, styles.caption)
    sheet.set_row(row, 30)
