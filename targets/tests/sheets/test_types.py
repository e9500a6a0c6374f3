"""One table, many types of files: the content decides, not the name, and what the screen showed is what is read."""

import struct
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from targets.domain.sheets.problems import GUESS, FileRefused
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import one_sheet, project_lines, saved
from targets.tests.sheets.files import (
    BLANK_TO_THE_END,
    HIDDEN,
    Formula,
    Percent,
    as_ods,
    as_text,
    as_xls,
    biff_sheet,
    compound,
    ods_table,
    record,
)

LINES = project_lines()
TEXT_LINES = [[str(value) for value in line] for line in LINES]
EXPECTED = read_workbook(one_sheet(LINES), "a.xlsx").forms[0].record


def only(content, name="预算.xlsx"):
    (form,) = read_workbook(content, name).forms
    return form


def told(form):
    """Without the remarks on blanks that a file without merges gives for every type."""
    return [problem for problem in form.problems if "照上一行" not in problem.message]


SAME = {
    "xls": as_xls(("表", biff_sheet(LINES))),
    "xls with macros": as_xls(("表", biff_sheet(LINES)), macros=True),
    "xls that declares a huge sheet": as_xls(("表", biff_sheet(LINES, size=(2**32 - 2, 65535)))),
    "et of WPS, with its own stream": as_xls(("表", biff_sheet(LINES)), beside=["ETExtData"]),
    "et whose stream is called Book": as_xls(("表", biff_sheet(LINES)), name="Book", beside=["ETExtData"]),
    "xls that holds a Word document": as_xls(("表", biff_sheet(LINES)), beside=["MBD0001"], inside="WordDocument"),
    "ods": as_ods(ods_table("表", LINES)),
    "ods with a million blank rows": as_ods(ods_table("表", LINES, end=BLANK_TO_THE_END)),
    **{
        f"text, {encoding}, {separator!r}": as_text(TEXT_LINES, separator, encoding)
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030")
        for separator in (",", ";", "\t")
    },
}


@pytest.mark.parametrize("content", SAME.values(), ids=SAME)
@pytest.mark.parametrize("name", ["预算.xlsx", "预算.et", "预算.ett", "预算"])
def test_every_type_gives_the_same_record(content, name):
    form = only(content, name)
    assert (form.record, told(form)) == (EXPECTED, [])


@pytest.mark.parametrize("name", ["预算.et", "预算.wps"])
def test_new_et_is_a_zip(name):
    assert only(one_sheet(LINES), name).record == EXPECTED


def test_old_word_document_that_holds_a_workbook_is_one():
    """As is what WPS Writer saves as .wps."""
    with pytest.raises(FileRefused, match="旧格式的 Word 或 WPS"):
        read_workbook(
            compound(b"\x00" * 4096, name="WordDocument", beside=["ObjectPool"], inside="Workbook"), "目标.wps"
        )


def test_macros_are_left_alone():
    """An .xlsm is an .xlsx with a part that nobody reads."""
    book = openpyxl.Workbook()
    for line in LINES:
        book.active.append([None if value == "" else value for value in line])
    book.active["E9"].data_type = book.active["E10"].data_type = "s"
    assert only(saved(book), "预算.xlsm").record.rows[2:] == EXPECTED.rows[2:]


def shown_lines():
    lines = project_lines(total=494.39)
    lines[8][4], lines[9][4], lines[10][4] = Percent(0.95), date(2023, 12, 31), Formula("=100%")
    return lines


@pytest.mark.parametrize("content", [as_xls(("表", biff_sheet(shown_lines()))), as_ods(ods_table("表", shown_lines()))])
def test_numbers_dates_and_formulas_are_read_as_shown(content):
    form = only(content)
    assert [row.target for row in form.record.rows[:3]] == ["95%", "2023年12月31日", "100%"]
    assert form.record.total == Decimal("4943900.00")
    (formula,) = told(form)
    assert (formula.level, formula.cell) == (GUESS, "E11")
    assert "“100%”" in formula.message


MERGED = [
    ["2023年项目支出绩效目标表"],
    *LINES[1:9],
    *([*line[:1], "", "", *line[3:]] if line[2] == "" else line for line in LINES[9:]),
]


def test_merges_of_xls_and_ods():
    xls = as_xls(("表", biff_sheet(MERGED, merges=[(7, 12, 0, 0), (8, 9, 1, 1), (8, 9, 2, 2)])))
    spans = {
        (7, 0): 'table:number-rows-spanned="6"',
        (8, 1): 'table:number-rows-spanned="2"',
        (8, 2): 'table:number-rows-spanned="2"',
    }
    for content in (xls, as_ods(ods_table("表", MERGED, spans=spans))):
        rows = only(content).record.rows
        assert [row.continues for row in rows[:3]] == [(), ("level1", "level2"), ()]
        assert (rows[1].level1, rows[1].level2) == ("成本指标", "经济成本指标")


def test_a_merge_of_ods_may_reach_over_cells_that_its_row_does_not_hold():
    """Trailing blanks are not in the file: a row may be shorter than the merge in it."""
    wide = [*LINES[:7], [*LINES[7], "", "备注"], *LINES[8:]]
    spans = {(1, 1): 'table:number-columns-spanned="6"', (8, 1): 'table:number-rows-spanned="1"'}
    assert only(as_ods(ods_table("表", wide, spans=spans))).record.title == "校车运营补贴"


def test_hidden_sheet_of_ods_is_told():
    hidden = ods_table("旧表", project_lines(title="旧项目"), style="ta2")
    reading = read_workbook(as_ods(ods_table("表", LINES), hidden, styles=HIDDEN), "a.ods")
    assert [form.title for form in reading.forms] == ["校车运营补贴"]
    assert [(problem.sheet, "隐藏" in problem.message) for problem in reading.problems] == [("旧表", True)]


def test_quoted_cells_of_several_lines():
    lines = [list(line) for line in TEXT_LINES]
    lines[6][1] = '目标1：保障学生乘车。\n目标2：“安全”，及时；\t"按时"。'
    for separator in ",;\t":
        form = only(as_text(lines, separator), "a.csv")
        assert replace(form.record, goal="") == replace(EXPECTED, goal="")
        assert form.record.goal == lines[6][1]


def test_quotation_mark_that_begins_a_text():
    lines = [list(line) for line in TEXT_LINES]
    lines[6][1] = '"双减"工作'
    content = "\n".join("\t".join(line) for line in lines).encode()
    assert only(content, "a.txt").record.goal == '"双减"工作'


def test_sheet_of_a_text_is_called_like_the_file():
    assert only(SAME["text, utf-8, ','"], r"C:\表\民政局.csv").sheet == "民政局"


def far_cell(row):
    return record(0x203, struct.pack("<HHHd", row, 255, 0, 1.0))


def wrong_chain():
    """The last sector of the workbook names the first one as its next."""
    content = bytearray(SAME["xls"])
    entries = 512
    numbers = struct.unpack_from("<128I", content, entries)
    last = max(at for at, number in enumerate(numbers) if number == 0xFFFFFFFE)
    struct.pack_into("<I", content, entries + last * 4, 2)
    return bytes(content)


def repeated(columns, rows, text="x"):
    cell = f'<table:table-cell table:number-columns-repeated="{columns}"><text:p>{text}</text:p></table:table-cell>'
    return as_ods(
        ods_table("表", LINES, end=f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>')
    )


HOSTILE = {
    "xls with a far cell": (as_xls(("表", biff_sheet(LINES, more=far_cell(65535)))), "离表格太远"),
    "xls whose chain bites its tail": (wrong_chain(), "已损坏"),
    "xls cut off": (SAME["xls"][:3000], "已损坏"),
    "xls of many strings": (
        as_xls(("表", biff_sheet(LINES)), more=record(0xFC, struct.pack("<II", 1, 2**31 - 1))),
        "已损坏",
    ),
    "xls with a password": (as_xls(("表", biff_sheet(LINES)), more=record(0x2F, b"\x00" * 6)), "打开密码"),
    "xls with too many sheets": (as_xls(*[(str(n), biff_sheet([["x"]])) for n in range(301)]), "300 个以上工作表"),
    "ods of repeated cells": (repeated(2_000_000_000, 1), "离表格太远"),
    "ods of repeated rows": (repeated(1, 2_000_000_000), "离表格太远"),
    "ods of repeated both": (repeated(16384, 1048576), "离表格太远"),
    "ods of repeated digits": (repeated("9" * 5000, "9" * 5000), "离表格太远"),
    "ods with entities": (as_ods("<!DOCTYPE a>"), "不安全"),
    "ods broken": (as_ods("<table:table>"), "读不了"),
    "ods nested": (as_ods("<text:p>" * 5000 + "</text:p>" * 5000), "层层相套"),
    "ods with a password": (as_ods(parts={"META-INF/manifest.xml": "<encryption-data/>"}), "打开密码"),
    "text of separators": (("一级指标" + "\t" * 9_000_000).encode(), "离表格太远"),
    "text of line ends": (b"a\n" * 1_500_000, "离表格太远"),
    "wide and long text": (b"a," * 4000 + b"\n" + b"b\n" * 4000, "离表格太远"),
}


@pytest.mark.parametrize(("content", "says"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_refused_at_once(content, says):
    begin = time.process_time()
    with pytest.raises(FileRefused) as refused:
        read_workbook(content, "预算.xls")
    assert says in str(refused.value)
    assert time.process_time() - begin < 2
