"""Numbers, dates and texts as the screen shows them under their number format."""

import io
from datetime import UTC, date, datetime, time, timedelta

import openpyxl
import pytest

from targets.domain.sheets.formats import SheetFormats, WorkbookFormats
from targets.domain.sheets.number_format import show
from targets.domain.sheets.plain import plain_sheet
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import ROWS, one_sheet, project_lines


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.955, "0%", "96%"),
        (0.5, "0.00%", "50.00%"),
        (-0.5, "0%", "-50%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1234.5, "#,##0.00;[Red]-#,##0.00", "1,234.50"),
        (-1234.5, "#,##0.00_);[Red](#,##0.00)", "(1,234.50)"),
        (0, '0;-0;"无"', "无"),
        (7, "00000", "00007"),
        (0.5, "#.##", ".5"),
        (5, "0.##", "5"),
        (12000, '0.0,"千"', "12.0千"),
        (95, '"≥"0"%"', "≥95%"),
        (3, "[DBNum1]0", "三"),
        (2.5, "# ?/?", "2 1/2"),
        (1e20, "General", "100000000000000000000"),
        (1e-7, "General", "0.0000001"),
        (1e300, "0.00", f"1{'0' * 300}.00"),
        (float("inf"), "0.00", "Infinity"),
        (5, "0" * 300, "5"),
        (728, "_ * #,##0.00_ ;_ * -#,##0.00_ ;", "728.00"),
        (date(2023, 12, 31), 'yyyy"年"m"月"d"日";@', "2023年12月31日"),
        (date(2023, 1, 2), "[$-804]yyyy/mm/dd", "2023/01/02"),
        (date(2023, 1, 2), "General", "2023/1/2"),
        (datetime(2023, 1, 2, 3, 4, tzinfo=UTC), "yyyy-mm-dd hh:mm", "2023-01-02 03:04"),
        (time(9, 5), "h:mm", "9:05"),
        (timedelta(hours=30), "[h]:mm", "30:00"),
        (1.9999, "# ?/?", "2"),
        (0.125, "?/8", "1/8"),
        (0, "# ?/?", "0"),
        (120000, "0.00E+00", "1.20E+05"),
        (999900, "0.00E+00", "1.00E+06"),
        (1e-7, "0.0E-00", "1.0E-07"),
        (123456, "##0.0E+0", "123.5E+3"),
        (13800000000, "000-0000-0000", "138-0000-0000"),
        (15000, '0!.0,"万"', "1.5万"),
        (1234567.5, '#,##0.0,,"百万"', "1.2百万"),
        (90, '[>=90]"≥"0"分";0"分"', "≥90分"),
        (80, '[>=90]"≥"0"分";0"分"', "80分"),
        (12, '[DBNum1][$-804]General"次"', "一十二次"),
        (1010.5, '[DBNum2][$-804]General"元"', "壹仟零壹拾.伍元"),
        (100050000, "[DBNum1]General", "一亿〇五万"),
        (-2024, "[dbnum3]0", "-２０２４"),
        (0, "[DBNum2]General", "零"),
        (date(2024, 10, 12), '[DBNum2][$-804]yyyy"年"m"月"d"日"', "贰零贰肆年壹拾月壹拾贰日"),
        (5, '0"次";;"无";@', "5次"),
        (2, '@"元"', "2元"),
        (1, ";;;", ""),
        (0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (1234.5, "[$¥-804]#,##0.00", "¥1,234.50"),
        ("显著", '@"提升"', "显著提升"),
        ("显著", '0"次"', "显著"),
        ("显著", ";;;", ""),
        ("显著", '0;-0;0;"前"@', "前显著"),
        (datetime(2023, 12, 31, tzinfo=UTC), '[DBNum1][$-804]yyyy"年"m"月"d"日"', "二〇二三年十二月三十一日"),
        (datetime(2023, 6, 1, 13, 5, 9, tzinfo=UTC), "h:mm AM/PM", "1:05 PM"),
        (time(8, 5, 7), "mm:ss", "05:07"),
        (date(2023, 6, 1), "aaaa", "星期四"),
        (date(2023, 6, 1), "d-mmm-yy", "1-Jun-23"),
        (date(2023, 12, 31), 'm"月底前"', "12月底前"),
        (timedelta(minutes=90), "[mm]:ss", "90:00"),
        (timedelta(hours=30), "General", "30:00:00"),
        ("=100%", "0%", "=100%"),
    ],
)
def test_shown(value, code, shown):
    assert show(value, code) == shown


def test_a_cell_of_a_form_says_what_its_format_makes_of_it():
    book = openpyxl.load_workbook(io.BytesIO(one_sheet(project_lines())))
    sheet = book.active
    formats = [
        (384.39, '"="0.00"万元"'),
        ("110", '"="@"万元"'),
        (15000, '"≥"0!.0,"万人"'),
        (0.95, '"≥"0%'),
        (0.95, "0.0%"),
    ]
    for row, (value, code) in enumerate(formats, start=9):
        sheet.cell(row, 5).value, sheet.cell(row, 5).number_format = value, code
    saved = io.BytesIO()
    book.save(saved)
    (form,) = read_workbook(saved.getvalue(), "表.xlsx").forms
    assert [row.target for row in form.record.rows] == [*(row[3] for row in ROWS[:4]), "95.0%"]


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="B1"/>',
        b'<c r="B1" s="2" />',
        b'<c r="B1" s="2"></c>',
        b'<c r="B1" s="2" t="n"></c>',
        b'<c r="B1" s="2" t="n" />',
        b'<c r="B1" t="s"><v>0</v></c>',
        b'<c r="B1" t="inlineStr"><is><t>x</t></is></c>',
        b'<c r="B1" t="str"><v>x</v></c>',
    ],
)
def test_blanks_and_texts_need_no_look_at_each_cell_whichever_program_wrote_them(cell):
    data = b"<sheetData><row>" + cell + b"</row></sheetData>"
    assert WorkbookFormats({}).of_plain(plain_sheet(data), data) == SheetFormats()
