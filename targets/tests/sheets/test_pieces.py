"""A long sheet is parsed in pieces: what is read is the same as from the whole."""

from datetime import date

import openpyxl
import pytest

from targets.domain.sheets.guard import Limits, inspect
from targets.domain.sheets.pieces import cut, is_long
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import fill, project_lines, saved
from targets.tests.sheets.samples import V3, V3_MERGES, form_book

AT_ONCE = 300


def shown_otherwise(row, column):
    """Percent, a date and a formula among the texts, blank rows and columns before and between, other sheets around."""
    book = openpyxl.Workbook()
    fill(book.active, [["封面"]], row=3, column=2)
    sheet = book.create_sheet("表")
    lines = project_lines()
    fill(sheet, lines[:8], row=row, column=column)
    fill(sheet, lines[8:], row=row + 10, column=column)
    sheet.cell(row + 10, column + 4, 0.95).number_format = "0%"
    sheet.cell(row + 11, column + 4, date(2023, 12, 31)).number_format = 'yyyy"年"m"月"'
    sheet.cell(row + 12, column + 4, "=100%")
    fill(book.create_sheet("说明"), [["填表说明"]])
    return saved(book)


FILES = {
    "list": form_book(V3, ()),
    "list with merges": form_book(V3, V3_MERGES, row=5, column=3),
    "form": shown_otherwise(1, 1),
    "form lower down": shown_otherwise(40, 4),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
@pytest.mark.parametrize("at_once", [1, AT_ONCE, 3000])
def test_pieces_read_as_the_whole(content, at_once):
    whole = read_workbook(content, "a.xlsx")
    assert read_workbook(content, "a.xlsx", limits=Limits(sheet_at_once=at_once)) == whole


def test_a_long_sheet_is_cut_and_a_short_one_is_not():
    package = inspect(FILES["form"], "a.xlsx")
    assert sorted(part for part in package.sheets if is_long(package, part, 1500)) == ["xl/worksheets/sheet2.xml"]
    rows = b"".join(sheet for _, sheet in cut(package, "xl/worksheets/sheet2.xml", 1))
    assert rows.count(b"<row ") == package.parts["xl/worksheets/sheet2.xml"].count(b"<row ")
