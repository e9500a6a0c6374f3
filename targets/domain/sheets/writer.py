"""Records become an official workbook: one sheet for each form, printed words and places from the same layouts that read them."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from targets.domain.record import PLAN, Record
from targets.domain.sheets.layout import Paper
from targets.domain.sheets.layouts import OFFICIAL
from targets.domain.sheets.paint import Painter, StyleBook
from targets.domain.sheets.proof import PART, part_of

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
LONGEST_SHEET_NAME = 31
FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]")
MM_PER_INCH = 25.4
MARGINS = {"left": 15, "right": 15, "top": 12, "bottom": 14}
"""Millimetres, as in the printed mock-ups."""
PACKING = 1
FOOT_LETTERS = '&"宋体"&9'
FOOTER = f"&C{FOOT_LETTERS}第 &P 页 共 &N 页"
LONGEST_IN_FOOT = 40
"""Letters of a title beside the number of the page; the whole foot has 255 at most."""


def write_official(
    records: Sequence[Record],
    *,
    check_codes: Mapping[int, str] | Sequence[str] | None = None,
    created: datetime | None = None,
) -> bytes:
    """The workbook of some forms, and in it the records that it prints (see `proof`).

    `check_codes` names the printed revision of the record at each index.
    """
    codes = dict(check_codes) if isinstance(check_codes, Mapping) else dict(enumerate(check_codes or ()))
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, OPTIONS)
    if created:
        workbook.set_properties({"created": created})
    styles: dict[Paper, StyleBook] = {}
    names = sheet_names([record.department_name if record.kind == PLAN else record.title for record in records])
    for index, (record, name) in enumerate(zip(records, names, strict=True)):
        layout = OFFICIAL[record.kind]
        sheet = workbook.add_worksheet(name)
        foot = FOOTER if layout.repeats_head else _foot(record, codes.get(index, ""))
        set_page(sheet, layout.paper, foot=foot)
        style = styles.setdefault(layout.paper, StyleBook(workbook, layout.paper))
        Painter(sheet, layout, record, style, codes.get(index, "")).paint()
    if not records:
        workbook.add_worksheet("没有表")
    workbook.close()
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(zipfile.ZipInfo(PART), part_of(names, records, codes), zipfile.ZIP_DEFLATED, PACKING)
    return target.getvalue()


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Names that every spreadsheet program accepts: at most 31 characters, no forbidden ones, none twice whatever the case."""
    taken: set[str] = set()
    names: list[str] = []
    for text in wanted:
        base = FORBIDDEN_IN_SHEET_NAME.sub(" ", text).strip(" '") or "绩效目标表"
        name, number = _cut(base, LONGEST_SHEET_NAME), 2
        while name.casefold() in taken or name.casefold() == "history":
            ending = f"({number})"
            name, number = _cut(base, LONGEST_SHEET_NAME - len(ending)) + ending, number + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _cut(text: str, longest: int) -> str:
    """At most `longest` UTF-16 units, as the file format counts."""
    while len(text.encode("utf-16-le")) // 2 > longest:
        text = text[:-1]
    return text.rstrip(" '")


def _foot(record: Record, code: str) -> str:
    """Of each page of a form whose head does not come again: one that got loose says what it is of."""
    title = f"{record.title[:LONGEST_IN_FOOT]}…" if len(record.title) > LONGEST_IN_FOOT else record.title
    left = "项目名称：" + title.replace("&", "&&").replace("\n", " ")
    return f"&L{FOOT_LETTERS}{left}{FOOTER}" + (f"&R{FOOT_LETTERS}校验码：{code}" if code else "")


def set_page(sheet: Worksheet, paper: Paper, *, foot: str = FOOTER) -> None:
    sheet.set_landscape()
    sheet.set_paper(paper.size)
    sheet.set_margins(**{side: mm / MM_PER_INCH for side, mm in MARGINS.items()})
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_footer(foot, {"margin": 6 / MM_PER_INCH})
    sheet.hide_gridlines(2)
