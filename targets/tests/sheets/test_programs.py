"""What certain programs make of a form when they write it."""

import io
import struct
import zipfile
from collections.abc import Callable

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from targets.domain.sheets.form import FormReading
from targets.domain.sheets.problems import REFUSED
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import ROWS, one_sheet, project_lines
from targets.tests.sheets.drawn import cells, drawn, read_drawn, told
from targets.tests.sheets.files import as_ods, as_xls, biff_sheet, ods_table, record

SHEET = "xl/worksheets/sheet1.xml"


def with_part(content: bytes, part: str, old: str, new: str) -> bytes:
    """The workbook with one text in one of its parts replaced."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(changed, "w") as other:
        for name in book.namelist():
            data = book.read(name)
            if name == part:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            other.writestr(name, data)
    return changed.getvalue()


def test_a_sign_that_was_written_as_a_formula_without_content_is_the_sign():
    texts, merges = drawn(
        """
        2023年项目支出绩效目标表|<|<|<|<|<
        项目名称|图书采购|<|<|<|<
        一级指标|二级指标|三级指标|指标性质|指标值|计量单位
        产出指标|数量指标|采购图书|符号|500|册
        """
    )
    texts[3][3] = 777
    book = with_part(one_sheet(texts, merges=merges), SHEET, "<v>777</v>", "<f></f><v>0</v>")
    (form,) = read_workbook(book, "清单.xlsx").forms
    assert cells(form, "name", "target") == [("采购图书", "=500册")]
    assert told(form) == [("D4", "单元格是公式“=”，没有可用的结果，已按文字读入，请核对。")]


def test_an_amount_that_no_program_has_computed_says_how_to_mend_it():
    book = one_sheet(project_lines(total=123.25))
    (form,) = read_workbook(with_part(book, SHEET, "<v>123.25</v>", "<f>E5+E6</f><v></v>"), "表.xlsx").forms
    assert form.record is None
    assert [found.message for found in form.problems if found.level == REFUSED] == [
        "Sheet1!E4：“=E5+E6”不是数字，这张表没有导入。公式没有保存结果。请用 Excel 或 WPS 打开并保存一次，或只写数字，再上传。"
    ]


def test_a_title_that_is_a_category_is_told():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表|<|<|<
        项目名称|产出指标|<|<
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|采购图书|500册
        """
    )
    assert told(form) == [("A1", "项目名称读为“产出指标”，可能与表头错开，请核对。")]


def changed(content: bytes, change: Callable[[Worksheet], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book.active)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def hidden_row(content: bytes, row: int) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.row_dimensions[row].hidden = True

    return changed(content, change)


def test_a_row_that_the_screen_does_not_show_is_read_and_told():
    sound = one_sheet(project_lines())
    (form,) = read_workbook(hidden_row(sound, 11), "表.xlsx").forms
    assert [row.target for row in form.record.rows] == [row[3] for row in ROWS]
    assert ("B11", "第11行是隐藏的，已照常读入，请核对。如不需要，请删除后重新上传。") in told(form)
    (form,) = read_workbook(sound, "表.xlsx").forms
    assert "隐藏" not in str(told(form))


def test_a_hidden_row_of_an_old_workbook_and_of_an_open_document():
    lines = [[str(cell) for cell in line] for line in project_lines()]
    hidden = struct.pack("<HHHHHHHH", 10, 0, 6, 0, 0, 0, 0x20, 0)
    old = as_xls(("表", biff_sheet(lines, more=record(0x208, hidden))))
    row, mark = "<table:table-row>", '<table:table-row table:visibility="collapse">'
    before, after = ods_table("表", lines).split(row)[:11], ods_table("表", lines).split(row)[11:]
    new = as_ods(row.join(before) + mark + row.join(after))
    for content in (old, new):
        (form,) = read_workbook(content, "表").forms
        assert ("B11", "第11行是隐藏的，已照常读入，请核对。如不需要，请删除后重新上传。") in told(form)


def hide(*letters: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for letter in letters:
            sheet.column_dimensions[letter].hidden = True

    return change


SHEET = "xl/worksheets/sheet1.xml"


SAYS_C = ("C8", "C列是隐藏的，其中的文字已照常读入，请核对。如不需要，请删除后重新上传。")


def of_columns(form: FormReading) -> list[tuple[str, str]]:
    return [(place, sentence) for place, sentence in told(form) if "列是隐藏的" in sentence]


def test_a_column_that_the_screen_does_not_show_is_read_and_told():
    sound = one_sheet(project_lines())
    (shown,) = read_workbook(sound, "表.xlsx").forms
    assert of_columns(shown) == []
    hidden = changed(sound, hide("C", "Z"))
    without_width = with_part(sound, SHEET, "<sheetData>", '<cols><col min="3" max="3" width="0"/></cols><sheetData>')
    for content in (hidden, without_width):
        (form,) = read_workbook(content, "表.xlsx").forms
        assert form.record == shown.record
        assert of_columns(form) == [SAYS_C]


def test_hidden_columns_of_an_old_workbook_and_of_an_open_document():
    lines = [[str(cell) for cell in line] for line in project_lines()]
    sound = read_workbook(as_xls(("表", biff_sheet(lines))), "表").forms
    for width, options in ((2048, 1), (0, 0)):
        columns = record(0x7D, struct.pack("<HHHHHH", 2, 2, width, 0, options, 0))
        (form,) = read_workbook(as_xls(("表", biff_sheet(lines, more=columns))), "表").forms
        assert form.record == sound[0].record
        assert of_columns(form) == [SAYS_C]
    table = ods_table("表", lines)
    first, rest = table.split(">", 1)
    column = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
    (form,) = read_workbook(as_ods(f"{first}>{column}{rest}"), "表").forms
    assert of_columns(form) == [SAYS_C]


def test_a_text_merged_into_a_column_that_is_shown_is_not_hidden():
    lines = project_lines()
    sound = one_sheet(lines)
    (form,) = read_workbook(changed(sound, hide("Z")), "表.xlsx").forms
    assert of_columns(form) == []
