"""The same table as other types of files, built byte by byte: .xls, .ods and text."""

import io
import struct
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

Lines = Sequence[Sequence[Any]]
Merges = Sequence[tuple[int, int, int, int]]
"""First row, last row, first column, last column."""
SECTOR = 512
END, FREE, FAT_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
GENERAL, PERCENT, DAY, AMOUNT = range(4)
OWN_FORMATS = {200: "0%", 201: 'yyyy"年"m"月"d"日"', 202: "#,##0.00"}
STYLES = (0, 200, 201, 202)
"""Number format of each cell style of the .xls below."""


class Percent(float):
    """A number that its cell shows as a percentage."""


class Formula(str):
    """A formula whose result is 1, in a cell that shows percentages."""

    __slots__ = ()


def as_text(lines: Lines, separator: str = ",", encoding: str = "utf-8") -> bytes:
    def written(value: Any) -> str:
        text = str(value)
        return (
            '"' + text.replace('"', '""') + '"' if separator in text or "\n" in text or text.startswith('"') else text
        )

    return "\r\n".join(separator.join(map(written, line)) for line in lines).encode(encoding)


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _string(text: str, width: str) -> bytes:
    return struct.pack("<" + width, len(text)) + b"\x01" + text.encode("utf-16-le")


def biff_cell(row: int, column: int, value: Any) -> bytes:
    place = (row, column)
    if isinstance(value, Formula):
        return record(0x06, struct.pack("<HHHdHIH", *place, PERCENT, 1.0, 0, 0, 3) + b"\x1e\x01\x00")
    if isinstance(value, date):
        return record(0x203, struct.pack("<HHHd", *place, DAY, (value - date(1899, 12, 30)).days))
    if isinstance(value, Percent):
        return record(0x203, struct.pack("<HHHd", *place, PERCENT, value))
    if isinstance(value, float):
        return record(0x203, struct.pack("<HHHd", *place, AMOUNT, value))
    if isinstance(value, int):
        return record(0x203, struct.pack("<HHHd", *place, GENERAL, value))
    return record(0x204, struct.pack("<HHH", *place, GENERAL) + _string(value, "H"))


def biff_sheet(lines: Lines, merges: Merges = (), size: tuple[int, int] | None = None, more: bytes = b"") -> bytes:
    rows, columns = size or (len(lines), max(map(len, lines)))
    cells = b"".join(
        biff_cell(row, column, value)
        for row, line in enumerate(lines)
        for column, value in enumerate(line)
        if value != ""
    )
    ranges = record(0xE5, struct.pack("<H", len(merges)) + b"".join(struct.pack("<HHHH", *merge) for merge in merges))
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    declared = record(0x200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
    return begin + declared + cells + more + ranges + record(0x0A)


def as_xls(*sheets: tuple[str, bytes], more: bytes = b"", macros: bool = False, **home: Any) -> bytes:
    """A workbook in one compound file (`home`: how it is called there and what stands beside it); sheets are what `biff_sheet` gives."""
    begin = (
        record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0)) + record(0x42, struct.pack("<H", 1200)) + more
    )
    begin += b"".join(
        record(0x41E, struct.pack("<H", number) + _string(code, "H")) for number, code in OWN_FORMATS.items()
    )
    begin += b"".join(record(0xE0, struct.pack("<HHH", 0, number, 0) + b"\x00" * 14) for number in STYLES)
    names = [(name.encode("utf-16-le"), len(name)) for name, _ in sheets]
    at = len(begin) + sum(4 + 8 + len(name) for name, _ in names) + 4
    bound = b""
    for (name, length), (_, data) in zip(names, sheets, strict=True):
        bound += record(0x85, struct.pack("<IHBB", at, 0, length, 1) + name)
        at += len(data)
    stream = begin + bound + record(0x0A) + b"".join(data for _, data in sheets)
    return compound(stream.ljust(4096, b"\x00"), **({"beside": ["_VBA_PROJECT_CUR"]} if macros else {}) | home)


def compound(stream: bytes, *, name: str = "Workbook", beside: Sequence[str] = (), inside: str = "") -> bytes:
    """`beside` are storages at the root next to the stream; `inside` is a stream within the first of them."""
    count = -(-len(stream) // SECTOR)
    fat_sectors = -(-(count + 2) // (SECTOR // 4 - 1))
    numbers = [FAT_SECTOR] * fat_sectors + [END] + [fat_sectors + 2 + at for at in range(count - 1)] + [END]
    fat = b"".join(struct.pack("<I", number) for number in numbers).ljust(fat_sectors * SECTOR, b"\xff")
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    )
    head += struct.pack("<IIIIIIIII", 0, fat_sectors, fat_sectors, 0, 4096, END, 0, END, 0)
    head += b"".join(struct.pack("<I", at if at < fat_sectors else FREE) for at in range(109))
    entries = [("Root Entry", 5, END, 0, 1, FREE), (name, 2, fat_sectors + 1, len(stream), FREE, 2 if beside else FREE)]
    for at, other in enumerate(beside, start=2):
        child = 2 + len(beside) if inside and at == 2 else FREE
        entries.append((other, 1, 0, 0, child, FREE if at == 1 + len(beside) else at + 1))
    if inside:
        entries.append((inside, 2, END, 0, FREE, FREE))
    directory = b"".join(_entry(*entry) for entry in entries).ljust(SECTOR, b"\x00")
    return head + fat + directory + stream.ljust(count * SECTOR, b"\x00")


def _entry(name: str, kind: int, start: int, size: int, child: int, brother: int) -> bytes:
    raw = (name + "\x00").encode("utf-16-le")
    return (
        raw.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(raw), kind, 1, FREE, brother, child)
        + b"\x00" * 36
        + struct.pack("<III", start, size, 0)
    )


SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods_cell(value: Any, more: str = "") -> str:
    if value == "":
        return f"<table:table-cell {more}/>"
    kind, shown = 'office:value-type="string"', str(value)
    if isinstance(value, Percent):
        kind, shown = f'office:value-type="percentage" office:value="{float(value)}"', f"{value:.0%}"
    elif isinstance(value, date):
        kind, shown = (
            f'office:value-type="date" office:date-value="{value}"',
            f"{value.year}年{value.month}月{value.day}日",
        )
    elif isinstance(value, float | int):
        kind, shown = f'office:value-type="float" office:value="{value}"', f"{value:,.2f}"
    elif isinstance(value, Formula):
        kind, shown = (
            f'office:value-type="percentage" office:value="1" table:formula={quoteattr("of:" + str(value))}',
            "100%",
        )
    paragraphs = "".join(f"<text:p>{escape(part)}</text:p>" for part in shown.split("\n"))
    return f"<table:table-cell {kind} {more}>{paragraphs}</table:table-cell>"


def ods_table(
    name: str, lines: Lines, *, spans: dict[tuple[int, int], str] | None = None, end: str = "", style: str = ""
) -> str:
    rows = "".join(
        "<table:table-row>"
        + "".join(ods_cell(value, (spans or {}).get((row, column), "")) for column, value in enumerate(line))
        + '<table:table-cell table:number-columns-repeated="16370"/></table:table-row>'
        for row, line in enumerate(lines)
    )
    named = f' table:style-name="{style}"' if style else ""
    return f"<table:table table:name={quoteattr(name)}{named}>{rows}{end}</table:table>"


BLANK_TO_THE_END = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
HIDDEN = (
    '<office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/>'
    "</style:style></office:automatic-styles>"
)


def as_ods(*tables: str, styles: str = "", parts: dict[str, str] | None = None) -> bytes:
    body = "".join(tables)
    inner = f"{styles}<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES}>{inner}</office:document-content>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_TYPE, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return target.getvalue()
