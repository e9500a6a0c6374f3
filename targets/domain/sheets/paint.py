"""Paint one form onto a worksheet: where the layout says, with the borders, type and heights of the printed form."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from targets.domain.record import MONEY, IndicatorRow, Record
from targets.domain.sheets.amounts import WAN
from targets.domain.sheets.cells import clean_text
from targets.domain.sheets.layout import DEPARTMENT, END, STAMP, YEAR, Caption, Column, Label, Layout, Line, Paper
from targets.domain.sheets.names import printed_department

if TYPE_CHECKING:  # readers compare with what would be painted, and start without the library that writes
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MM_PER_INCH, PIXELS_PER_INCH, POINTS_PER_INCH = 25.4, 96, 72
LONGEST_TEXT = 32_767
"""UTF-16 units that a cell can hold."""
TALLEST_ROW = 400.0
SMALLER = (8, 7, 6, 5)
"""Points of letters where the usual ones would not do."""
SURELY_FITS = 24
"""Letters: each in a line of its own, the tallest row holds them."""
LINE_HEIGHT = 1.35
TEXT_FORMAT = "@"
"""So that `=100%` stays text when somebody edits the cell."""

Run = tuple[int, int, str, tuple[int, int]]
"""A cell of the table: its first and last row, its text, and its columns."""


@dataclass(slots=True)
class StyleBook:
    """The cell formats of one kind of paper, each made once in a workbook."""

    workbook: Any
    paper: Paper
    made: dict[tuple[str, str, str, float], "Format"] = field(default_factory=dict)

    def style(self, role: str, aligned: str = "left", number: str = TEXT_FORMAT, points: float = 0) -> "Format":
        """`role` is title, caption, note (a caption of several lines), head, label or text; the last three have borders."""
        key = (role, aligned, number, points)
        if key not in self.made:
            fonts = {"title": self.paper.title_font, "head": self.paper.head_font}
            properties: dict[str, Any] = {
                "font_name": fonts.get(role, self.paper.body_font),
                "font_size": points or (self.paper.title_points if role == "title" else self.paper.body_points),
                "align": aligned,
                "valign": "vcenter",
                "text_wrap": role not in ("title", "caption"),
                "num_format": number,
                "indent": 1 if aligned == "right" and role == "text" else 0,
            }
            if role in ("head", "label", "text"):
                properties["border"] = 1
            self.made[key] = self.workbook.add_format(properties)
        return self.made[key]


@dataclass(slots=True)
class Painter:
    """Draws from top to bottom; `row` is the next free row of the sheet."""

    sheet: "Worksheet"
    layout: Layout
    record: Record
    styles: StyleBook
    check_code: str
    row: int = 0
    columns: tuple[Column, ...] = ()
    widths: list[float] = field(default_factory=list)

    def paint(self) -> None:
        self.columns = self.layout.columns_for(self.record)
        self.widths = [self.layout.side_width] if self.layout.side else []
        self.widths += [width for column in self.columns for width in column.widths]
        for column, width in enumerate(self.widths):
            self.sheet.set_column_pixels(column, column, round(width / MM_PER_INCH * PIXELS_PER_INCH))
        self._title()
        captions = self.row
        self._captions(self.layout.captions, height=20)
        self._head_lines()
        table = self.row
        self._table_head()
        self.sheet.repeat_rows(captions if self.layout.repeats_head else table, self.row - 1)
        if self.layout.repeats_head:
            self.sheet.freeze_panes(self.row, 0)
        self._rows()
        if self.layout.side:
            self._put(table, self.row - 1, (0, 0), self.layout.side, "label", "center")
        self._foot()

    # Cells

    def _span(self, at: tuple[int, int]) -> tuple[int, int]:
        last = len(self.widths) - 1
        return at[0], last if at[1] == END else min(at[1], last)

    def _put(
        self,
        top: int,
        bottom: int,
        at: tuple[int, int],
        value: str | Decimal,
        role: str,
        aligned: str = "left",
        points: float = 0,
    ) -> None:
        left, right = self._span(at)
        number, style = None, self.styles.style(role, aligned, points=points)
        if isinstance(value, Decimal):
            number, style = self._number(value, role, aligned)
        text = f"{value:f}" if isinstance(value, Decimal) else _writable(value)
        if (top, left) != (bottom, right):
            self.sheet.merge_range(top, left, bottom, right, "", style)
        if number is not None:
            self.sheet.write_number(top, left, number, style)
        elif text:
            self.sheet.write_string(top, left, text, style)
        else:
            self.sheet.write_blank(top, left, None, style)

    def _number(self, value: Decimal, role: str, aligned: str) -> "tuple[float | None, Format]":
        """None for what no number holds: the amount is then written as text."""
        decimals = "0.00" if value == round(value, 2) else "0.00####"
        if is_lost_in_a_number(value):
            return None, self.styles.style(role, aligned)
        return float(value), self.styles.style(role, aligned, f"#,##{decimals}")

    def _width(self, at: tuple[int, int]) -> float:
        left, right = self._span(at)
        return sum(self.widths[left : right + 1])

    # Head

    def _title(self) -> None:
        self._put(self.row, self.row, (0, END), self.layout.title(self.record), "title", "center")
        self.sheet.set_row(self.row, 34)
        self.row += 1

    def _captions(self, captions: Iterable[Caption], height: float) -> None:
        """What is too long for its place takes several lines: its neighbour would cut it off."""
        for caption in captions:
            if text := self._caption(caption):
                needed = self._height(text, caption.at)
                is_long = needed > self._height("", caption.at)
                self._put(self.row, self.row, caption.at, text, "note" if is_long else "caption", caption.aligned)
                height = max(height, needed) if is_long else height
        self.sheet.set_row(self.row, min(TALLEST_ROW, height))
        self.row += 1

    def _caption(self, caption: Caption) -> str:
        if caption.field == YEAR:
            return caption.text.format(self.record.year)
        if caption.field == "check_code":
            return caption.text + self.check_code if self.check_code else ""
        return caption.text + str(self._value(caption.field))

    def _value(self, name: str) -> str | Decimal:
        record = self.record
        if name == DEPARTMENT:
            return printed_department(record.department_code, record.department_name)
        if name == STAMP:
            return record.unit or record.department_name
        if not name:
            return ""
        value = getattr(record, name)
        if name in MONEY:
            return "" if value is None else value / WAN
        return str(value)

    def _head_lines(self) -> None:
        group: tuple[Label, int] | None = None
        for line in [*(line for line in self.layout.lines if line.prints(self.record)), Line(())]:
            if group and line.group is not group[0]:
                self._put(group[1], self.row - 1, group[0].at, group[0].text, "label", "center")
                group = None
            if line.group and not group:
                group = (line.group, self.row)
            if line.labels:
                self._head_line(line)

    def _head_line(self, line: Line) -> None:
        values = {label: self._value(label.field) for label in line.labels}
        texts = [(label.text, label.at) for label in values] + [
            (str(value), label.value_at) for label, value in values.items()
        ]
        bottom = self._rows_for(max(24.0, *(self._height(text, at) for text, at in texts)))
        for label, value in values.items():
            self._put(self.row, bottom, label.at, label.text, "label", "left" if label.aligned == "right" else "center")
            self._put(self.row, bottom, label.value_at, value, "text", label.aligned)
        self.row = bottom + 1

    def _rows_for(self, needed: float) -> int:
        """Makes the next rows together so high, and gives the last of them: what one cannot hold stands in several, merged."""
        count = math.ceil(needed / TALLEST_ROW)
        for row in range(self.row, self.row + count):
            self.sheet.set_row(row, needed / count)
        return self.row + count - 1

    # Table

    def _table_head(self) -> None:
        depth = max(len(column.path) for column in self.columns)
        for level in range(depth):
            for path, first, last in self._headings(level):
                bottom = self.row + (depth - 1 if len(path) == level + 1 else level)
                self._put(self.row + level, bottom, (first, last), path[level], "head", "center")
            self.sheet.set_row(self.row + level, 30 if depth > 1 and level == 1 else 24)
        self.row += depth

    def _headings(self, level: int) -> list[tuple[tuple[str, ...], int, int]]:
        """Neighbours with the same headings down to `level` share one cell: path, first and last sheet column."""
        found: list[tuple[tuple[str, ...], int, int]] = []
        for column, (first, last) in self._places():
            if len(column.path) <= level:
                continue
            shared = column.path[: level + 1]
            if found and found[-1][0][: level + 1] == shared and found[-1][2] == first - 1:
                found[-1] = (found[-1][0], found[-1][1], last)
            else:
                found.append((column.path, first, last))
        return found

    def _places(self) -> list[tuple[Column, tuple[int, int]]]:
        places = []
        at = 1 if self.layout.side else 0
        for column in self.columns:
            places.append((column, (at, at + len(column.widths) - 1)))
            at += len(column.widths)
        return places

    def _printed_rows(self) -> list[tuple[IndicatorRow, frozenset[str]]]:
        return self.layout.printed_rows(self.record)

    def _rows(self) -> None:
        rows = self._printed_rows()
        runs: list[Run] = []
        for column, at in self._places():
            aligned = "center" if column.centred else "left"
            start = 0
            for index, (row, _) in enumerate(rows):
                goes_on = index + 1 < len(rows) and column.field in rows[index + 1][1]
                if goes_on:
                    continue
                text = getattr(row, column.field)
                points = 0.0
                if len(text) > SURELY_FITS:
                    points = smaller(text, self._room(at), self.styles.paper.body_points, rows=index + 1 - start)
                self._put(self.row + start, self.row + index, at, text, "text", aligned, points)
                runs.append((start, index, text, at))
                start = index + 1
        self._set_heights(len(rows), runs)
        self.row += len(rows)

    def _set_heights(self, count: int, runs: list[Run]) -> None:
        """As high as their cells need, the cells of one row first."""
        heights = [24.0 if self.layout.side else 20.0] * count
        for start, end, text, at in sorted(runs, key=lambda run: run[1] - run[0]):
            missing = self._height(text, at) - sum(heights[start : end + 1])
            index = end
            while missing > 0 and index >= start:
                more = min(missing, TALLEST_ROW - heights[index])
                heights[index] += more
                missing -= more
                index -= 1
        for index, height in enumerate(heights):
            self.sheet.set_row(self.row + index, height)

    def _height(self, text: str, at: tuple[int, int]) -> float:
        """Points that a wrapped text needs: spreadsheets do not fit the height of merged cells by themselves."""
        return height_of(text, self._room(at), self.styles.paper.body_points)

    def _room(self, at: tuple[int, int]) -> float:
        """Points of width that a text has there."""
        return (self._width(at) - 2) / MM_PER_INCH * POINTS_PER_INCH

    # Foot

    def _foot(self) -> None:
        """The line to sign; then what the file that was read held beyond the fields of the form."""
        left = dict(self.record.extra)
        signed = []
        for caption in self.layout.signatures:
            value = left.pop(caption.text.rstrip("："), "")
            signed.append(Caption(caption.text + value, "", caption.at))
        self._captions(signed, height=30)
        for name, value in left.items():
            text = f"{name}：{value}"
            bottom = self._rows_for(self._height(text, (0, END)))
            self._put(self.row, bottom, (0, END), text, "note")
            self.row = bottom + 1


def is_lost_in_a_number(value: Decimal) -> bool:
    """A spreadsheet keeps 15 digits."""
    return Decimal(f"{float(value):.15g}") != value


def smaller(text: str, width: float, size: float, rows: int = 1) -> float:
    """Size of the letters, if `size` is too large for the tallest rows to hold the text; else 0."""
    if height_of(text, width, size) <= rows * TALLEST_ROW:
        return 0
    fitting = (points for points in SMALLER if height_of(text, width, points) <= rows * TALLEST_ROW)
    return next(fitting, SMALLER[-1])


def height_of(text: str, width: float, size: float) -> float:
    """Points that a wrapped text in letters of `size` needs where it has `width` points."""
    lines = 0
    for paragraph in text.split("\n"):
        ems = len(paragraph) - 0.45 * len(paragraph.encode("ascii", "ignore"))
        lines += max(1, math.ceil(ems * size / width))
    return lines * size * LINE_HEIGHT + 6


class TextTooLong(ValueError):
    def __init__(self, text: str) -> None:
        super().__init__(f"有一格文字超过 {LONGEST_TEXT} 个字，电子表格放不下，请先缩短：“{text[:30]}…”")


def _writable(text: str) -> str:
    """Text that the file format can hold; a cell that cannot is an error to tell, not to cut."""
    safe = clean_text(text)[0]
    if len(safe) > LONGEST_TEXT // 2 and len(safe.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise TextTooLong(safe)
    return safe
