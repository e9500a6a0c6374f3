"""A Word document through the page 导入: shown with places of its own tables, stored as a workbook would be."""

import io

import openpyxl

from targets.models import Declaration
from targets.tests.sheets.words import as_docx, as_tables, plain_table
from targets.tests.uploads import actions, confirm, page_text, upload, workbook
from targets.tests.world import World, client_of


def sheets(world: World) -> list[list[list[str]]]:
    """Each form of the workbook as rows of text, its merges lost."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(world.record())))
    return [
        [["" if cell.value is None else str(cell.value) for cell in line] for line in sheet.iter_rows()]
        for sheet in book
    ]


def test_word_document_is_previewed_and_stored(world: World) -> None:
    client = client_of(world.filler)
    book = openpyxl.load_workbook(io.BytesIO(workbook(world.record())))
    page = upload(client, as_tables(*book), "绩效目标.docx")
    assert actions(page) == [("学前教育补助", "新增")]
    assert "表格1" in page_text(page)
    assert "工作表" not in page_text(page)
    done = confirm(client, page)
    assert "已导入“绩效目标.docx”：新增1张。" in page_text(done)
    again = upload(client, workbook(world.record()), "绩效目标.xlsx")
    assert actions(again) == [("学前教育补助", "无变化")]
    assert Declaration.objects.count() == 1


def test_remarks_name_the_cell_as_word_counts_it(world: World) -> None:
    lines = sheets(world)[0]
    page = upload(client_of(world.filler), as_docx(plain_table(lines)), "绩效目标.docx")
    messages = [problem["message"] for line in page.context["lines"] for problem in line.form.problems]
    assert messages
    assert all(message.startswith("表格1!") for message in messages)


def test_old_document_is_refused_with_the_cure(world: World) -> None:
    page = upload(client_of(world.filler), b"{\\rtf1 x}", "绩效目标.doc")
    assert "旧格式的 Word 或 WPS 文字文档" in page_text(page)
    assert "另存为“.docx”" in page_text(page)


def test_page_says_why_there_is_no_annotated_copy(world: World) -> None:
    page = upload(client_of(world.filler), as_docx(plain_table(sheets(world)[0])), "绩效目标.docx")
    assert "只有 xlsx 文件可以加标注，这个文件请按清单修改" in page_text(page)
    assert "下载标注后的文件" not in page_text(page)


def test_a_text_has_no_sheet_to_name(world: World) -> None:
    lines = "\n".join("\t".join(line) for line in sheets(world)[0])
    page = upload(client_of(world.filler), lines.encode(), "绩效目标.txt")
    assert actions(page) == [("学前教育补助", "新增")]
    assert "工作表" not in page_text(page)
