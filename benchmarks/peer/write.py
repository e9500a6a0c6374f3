"""The other side of the official workbooks: what our writer puts on a sheet, noted once, then put there by a package alone."""

import io
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.styles import Alignment, Border, Font, Side

from targets.domain.record import Record
from targets.domain.sheets.layouts import OFFICIAL
from targets.domain.sheets.paint import Painter, StyleBook
from targets.domain.sheets.writer import FOOTER, OPTIONS

THIN = Side(style="thin")
LINE = Border(THIN, THIN, THIN, THIN)


@dataclass(slots=True)
class Script:
    """Calls of a worksheet in their order; a format is the number of its properties in `formats`."""

    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    formats: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, record: Record) -> "Script":
        script = cls()
        layout = OFFICIAL[record.kind]
        styles: Any = StyleBook(script, layout.paper)
        sheet: Any = _Notes(script)
        Painter(sheet, layout, record, styles, "2023-100-0001-R1").paint()
        return script

    def add_format(self, properties: dict[str, Any]) -> "Noted":
        self.formats.append(properties)
        return Noted(len(self.formats) - 1)


@dataclass(frozen=True, slots=True)
class Noted:
    number: int


@dataclass(slots=True)
class _Notes:
    """Stands where a worksheet would."""

    script: Script

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.script.calls.append((name, arguments))


def by_xlsxwriter(script: Script) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        formats = [book.add_format(properties) for properties in script.formats]
        sheet = book.add_worksheet()
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(FOOTER)
        for name, arguments in script.calls:
            getattr(sheet, name)(*(formats[one.number] if isinstance(one, Noted) else one for one in arguments))
    return target.getvalue()


def by_openpyxl(script: Script) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    looks = [
        (
            Font(name=one["font_name"], size=one["font_size"]),
            Alignment(horizontal=one["align"], vertical="center", wrap_text=one["text_wrap"]),
            LINE if one.get("border") else Border(),
        )
        for one in script.formats
    ]
    for name, arguments in script.calls:
        if name == "merge_range":
            top, left, bottom, right, _, noted = arguments
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    _dress(sheet.cell(row + 1, column + 1), looks[noted.number])
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        elif name.startswith("write_"):
            row, column, value, noted = arguments
            cell = sheet.cell(row + 1, column + 1)
            _dress(cell, looks[noted.number])
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
        elif name == "set_row":
            sheet.row_dimensions[arguments[0] + 1].height = arguments[1]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _dress(cell: Any, look: tuple[Font, Alignment, Border]) -> None:
    cell.font, cell.alignment, cell.border = look
