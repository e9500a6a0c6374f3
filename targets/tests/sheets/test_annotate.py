"""A file goes back as it came: what is wrong is marked in it, nothing else is touched."""

import io
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment

from targets.domain.sheets.annotate import annotate
from targets.domain.sheets.marked_cells import Cells
from targets.domain.sheets.problem_list import Listed, listed
from targets.domain.sheets.problems import GUESS, REFUSED, WARNING, Problem, problem
from targets.domain.sheets.reader import read_workbook
from targets.domain.sheets.splice import CannotAnnotate
from targets.domain.sheets.strays import WHERE
from targets.tests.sheets.books import fill, project_lines
from targets.tests.sheets.files import as_text

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
RED, YELLOW, BLUE = "FFF9C9C4", "FFFFE9A8", "FFD5E6F5"
FOUND = (
    problem("表", "E4", REFUSED, "“多”不是数字，这张表没有导入。请只写数字后重新上传。"),
    problem("表", "B9", GUESS, "一级指标为空白，已照上一行读为“成本指标”，请核对。"),
    problem("表", "B9", WARNING, "“x”不属于任何栏目，没有读入。如需保留，请移到相应栏目。"),
    problem("表", "H20", WARNING, "=1+1 不属于任何栏目，没有读入。"),
)


def by_openpyxl(**changes):
    """A form as another program writes it, with what must come through."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    fill(sheet, project_lines(total="多", **changes))
    sheet.merge_cells("B2:E2")
    sheet.column_dimensions["B"].width = 33
    sheet.row_dimensions[3].height = 41
    sheet["E5"].number_format = "0.000"
    sheet["F30"] = "=1+1"
    sheet["A1"].comment = Comment("我写的", "科员")
    sheet["B9"].comment = Comment("原来的批注", "科员")
    book.create_sheet("另一张")["A1"] = "说明"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def by_xlsxwriter():
    """With a picture and a table, which a library that saves anew would lose or move."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("表")
    for row, line in enumerate(project_lines(total="多")):
        sheet.write_row(row, 0, line)
    sheet.insert_image("J2", "a.png", {"image_data": io.BytesIO(PIXEL)})
    sheet.add_table("L2:M4")
    book.close()
    return target.getvalue()


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(of):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, data in of.items():
            package.writestr(name, data)
    return target.getvalue()


def with_prefix(content):
    """The same sheet as a program writes it that gives every name a prefix and leaves addresses out."""
    changed = parts(content)
    sheet = changed["xl/worksheets/sheet1.xml"].decode()
    sheet = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", sheet).replace(' xmlns="', ' xmlns:x="')
    sheet = re.sub(r'(<x:row) r="[0-9]+"', r"\1", sheet)
    changed["xl/worksheets/sheet1.xml"] = sheet.encode()
    return packed(changed)


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content), rich_text=False)


def marks(content):
    """Of each cell that has a note: its colour and the note."""
    cells = (cell for row in opened(content)["表"].iter_rows() for cell in row if cell.comment)
    return {
        cell.coordinate: (cell.fill.fgColor.rgb if cell.fill.fill_type else "", cell.comment.text) for cell in cells
    }


def shape(content):
    """Everything of a workbook but colours and notes."""
    book = opened(content)
    return {
        sheet.title: (
            {
                c.coordinate: (c.value, c.number_format, c.font.name)
                for row in sheet.iter_rows()
                for c in row
                if c.value
            },
            sorted(map(str, sheet.merged_cells.ranges)),
            {key: one.width for key, one in sheet.column_dimensions.items()},
            {key: one.height for key, one in sheet.row_dimensions.items() if one.height},
        )
        for sheet in book
        if not sheet.title.startswith("导入问题")
    }


MARKED = {
    "E4": (RED, "导入问题\n不能导入：“多”不是数字，这张表没有导入。请只写数字后重新上传。"),
    "B9": (
        YELLOW,
        (
            "导入问题\n请核对：一级指标为空白，已照上一行读为“成本指标”。请核对。\n"
            "提醒：“x”不属于任何栏目，没有读入。如需保留，请移到相应栏目。"
        ),
    ),
    "H20": (BLUE, "导入问题\n提醒：=1+1 不属于任何栏目，没有读入。"),
}


@pytest.mark.parametrize(
    "make", [by_openpyxl, by_xlsxwriter, lambda: with_prefix(by_xlsxwriter())], ids=["openpyxl", "xlsxwriter", "prefix"]
)
def test_problems_are_marked_and_nothing_else_changes(make):
    content = make()
    marked = annotate(content, "a.xlsx", listed(FOUND, "a.xlsx"))
    before, after = marks(content), marks(marked)
    for cell, (colour, text) in MARKED.items():
        theirs = before.get(cell, ("", ""))[1]
        assert after[cell] == (colour, f"{theirs}\n{text}" if theirs else text)
    assert {cell: note for cell, note in after.items() if cell not in MARKED} == {
        cell: note for cell, note in before.items() if cell not in MARKED
    }
    assert shape(marked) == shape(content)
    old, new = parts(content), parts(marked)
    untouched = [name for name in old if name.startswith(("xl/media", "xl/tables", "xl/theme", "xl/sharedStrings"))]
    assert {name: new[name] for name in untouched} == {name: old[name] for name in untouched}
    assert read_workbook(marked, "a.xlsx", year=2023) == read_workbook(content, "a.xlsx", year=2023)


def test_the_last_sheet_lists_the_problems_by_cause_and_leads_to_them():
    book = opened(annotate(by_openpyxl(), "a.xlsx", listed(FOUND, "a.xlsx")))
    assert book.sheetnames == ["表", "另一张", "导入问题"]
    sheet = book["导入问题"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)] == [
        ["不能导入", "“…”不是数字，这张表没有导入。（1 处）", None, None, None],
        [None, "表", "E4", "“多”不是数字，这张表没有导入。", "请只写数字后重新上传。"],
        ["请核对", "一级指标为空白，已照上一行读为“…”。（1 处）", None, None, None],
        [None, "表", "B9", "一级指标为空白，已照上一行读为“成本指标”。", "请核对。"],
        ["提醒", "=1+1 不属于任何栏目，没有读入。（1 处）", None, None, None],
        [None, "表", "H20", "=1+1 不属于任何栏目，没有读入。", None],
        ["提醒", "“…”不属于任何栏目，没有读入。（1 处）", None, None, None],
        [None, "表", "B9", "“x”不属于任何栏目，没有读入。", "如需保留，请移到相应栏目。"],
    ]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.coordinate: cell.hyperlink.location for cell in cells if cell.hyperlink} == {
        "C5": "'表'!E4",
        "C7": "'表'!B9",
        "C9": "'表'!H20",
        "C11": "'表'!B9",
    }
    assert {cell.data_type for cell in cells if cell.value} == {"s"}


def test_another_round_tells_only_what_is_still_wrong():
    first = annotate(by_openpyxl(), "a.xlsx", listed(FOUND, "a.xlsx"))
    again = annotate(first, "a.xlsx", listed(FOUND[3:], "a.xlsx"))
    assert opened(again).sheetnames == ["表", "另一张", "导入问题"]
    assert opened(again)["导入问题"]["A1"].value == "导入问题（共 1 处）"
    assert {cell: text for cell, (_, text) in marks(again).items() if cell != "B9"} == {
        "A1": "我写的",
        "H20": MARKED["H20"][1],
    }


def test_a_merged_cell_is_marked_where_it_is_seen():
    (found,) = listed([problem("表", "D2", GUESS, "“校车”，请核对。")], "a.xlsx")
    marked = annotate(by_openpyxl(), "a.xlsx", [found])
    assert marks(marked)["B2"] == (YELLOW, "导入问题\n请核对：“校车”。请核对。")


def test_macros_do_not_come_back():
    made = parts(by_xlsxwriter())
    made["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 Auto_Open"
    types, rels = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    made[types] = (
        made[types]
        .replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )
        .replace(
            b"</Types>",
            b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
        )
    )
    made[rels] = made[rels].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        b'Target="vbaProject.bin"/></Relationships>',
    )
    marked = parts(annotate(packed(made), "a.xlsm", listed(FOUND, "a.xlsm")))
    assert [name for name, data in marked.items() if b"vba" in name.lower().encode() or b"vbaProject" in data] == []
    assert b"macroEnabled" not in marked[types]
    assert marks(packed(marked)).keys() == MARKED.keys()


def test_what_cannot_be_marked_is_left_to_the_list():
    strict = parts(by_xlsxwriter())
    strict["xl/workbook.xml"] = strict["xl/workbook.xml"].replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    )
    without_styles = {name: data for name, data in parts(by_xlsxwriter()).items() if name != "xl/styles.xml"}
    in_gbk = parts(by_openpyxl())
    sheet = in_gbk["xl/worksheets/sheet1.xml"]
    in_gbk["xl/worksheets/sheet1.xml"] = b'<?xml version="1.0" encoding="GBK"?>' + sheet
    for content in (packed(strict), packed(without_styles), packed(in_gbk), as_text(project_lines())):
        with pytest.raises(CannotAnnotate):
            annotate(content, "a.xlsx", listed(FOUND, "a.xlsx"))


def test_the_list_splits_a_sentence_into_fault_and_cure():
    member = Problem("乙.xlsx/表", "C3", GUESS, "乙.xlsx/表!C3：“1”已按万元读入，请核对。")
    refused = Problem("甲.pdf", "", REFUSED, "“甲.pdf”是 PDF 文件，不是电子表格。请上传“.xlsx”格式的绩效目标表。")
    assert listed([member, refused], "全部.zip") == [
        Listed(
            *("甲.pdf", "", "", REFUSED, "“…”是 PDF 文件，不是电子表格。", "“甲.pdf”是 PDF 文件，不是电子表格。"),
            "请上传“.xlsx”格式的绩效目标表。",
        ),
        Listed("乙.xlsx", "表", "C3", GUESS, "“…”已按万元读入。", "“1”已按万元读入。", "请核对。"),
    ]


def test_a_cure_that_begins_with_its_condition_stays_whole():
    """如属…，请… is one sentence."""
    (found,) = listed([Problem("表", "E9", WARNING, f"表!E9：“2”{WHERE}")], "a.xlsx")
    assert (found.sentence, found.cure) == (
        "“2”不属于任何栏目，已放在“其他栏目”的“表外文字”中。",
        "如属某一栏目，请移过去。",
    )


def test_a_run_of_cells_is_coloured_whole_and_explained_once():
    (found,) = listed([problem("表", "B10:B12", GUESS, "一级指标为空白，请核对。")], "a.xlsx")
    marked = annotate(by_openpyxl(), "a.xlsx", [found])
    sheet = opened(marked)["表"]
    assert [sheet[f"B{row}"].fill.fgColor.rgb for row in range(10, 13)] == [YELLOW] * 3
    assert marks(marked)["B10"] == (YELLOW, "导入问题\n请核对：一级指标为空白。请核对。")
    assert opened(marked)["导入问题"]["C5"].hyperlink.location == "'表'!B10:B12"


@pytest.mark.parametrize(
    ("sheet", "coloured"),
    [
        (
            '<row r="2"/><row><c/><c s="3"><v>1</v></c><c t="s"><v>0</v></c></row><row r="6"><c r="B6"/></row>',
            (
                '<row r="1"><c r="A1" s="7"/></row><row r="2"><c r="B2" s="7"/></row>'
                '<row><c/><c s="8"><v>1</v></c><c t="s"><v>0</v></c><c r="D3" s="7"/></row>'
                '<row r="6"><c r="A6" s="7"/><c r="B6"/></row><row r="9"><c r="C9" s="7"/></row>'
            ),
        ),
        (
            "",
            (
                '<row r="1"><c r="A1" s="7"/></row><row r="2"><c r="B2" s="7"/></row><row r="3"><c r="B3" s="8"/>'
                '<c r="D3" s="7"/></row><row r="6"><c r="A6" s="7"/></row><row r="9"><c r="C9" s="7"/></row>'
            ),
        ),
    ],
)
def test_cells_and_rows_that_a_sheet_does_not_hold_are_added_in_their_order(sheet, coloured):
    styles = {(1, 1): 7, (2, 2): 7, (3, 2): 8, (3, 4): 7, (6, 1): 7, (9, 3): 7}
    for empty in (f"<sheetData>{sheet}</sheetData>", *([] if sheet else ["<sheetData/>"])):
        cells = Cells(f"<worksheet>{empty}</worksheet>".encode(), dict.fromkeys(styles, GUESS))
        assert cells.coloured(styles).decode() == f"<worksheet><sheetData>{coloured}</sheetData></worksheet>"
