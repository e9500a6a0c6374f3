"""审核意见反馈表: what is printed comes back whatever people and programs do to the table, and nothing else is taken for it."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.sheets.cells import clean_text
from targets.domain.sheets.feedback import (
    MOST_LINES,
    WRONG_CELL,
    FeedbackLine,
    Tag,
    printed_tag,
    read_feedback,
    read_tag,
)
from targets.domain.sheets.feedback_writer import FeedbackRow, FeedbackSheet, write_feedback
from targets.domain.sheets.problems import FileRefused
from targets.domain.sheets.table_writer import CellTooLong
from targets.tests.sheets.files import as_ods, as_text, as_xls, biff_sheet, ods_table
from targets.tests.sheets.words import as_tables

SAID_AT = datetime(2023, 1, 5, 8, 30, tzinfo=UTC)
HEAD = ["序号", "项目", "位置", "要求", "问题", "修改建议", "修改情况", "编号"]


def tag(remark: int, replies: int = 0, form: int = 7) -> str:
    return printed_tag(remark, replies, form=form, said_at=SAID_AT)


def line(number: int, **said: str) -> FeedbackRow:
    words = {"question": f"问题{number}", "answer": ""} | said
    return FeedbackRow("校车补贴", "第2行 指标值", "必须修改", words["question"], "≥9人", words["answer"], tag(number))


def written(*rows: FeedbackRow, name: str = "教育局") -> bytes:
    target = io.BytesIO()
    write_feedback(target, [FeedbackSheet(2023, name, f"[202]{name}", rows)], date="2023年1月5日")
    return target.getvalue()


def sheet_of(content: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return sheet


def saved(sheet: openpyxl.worksheet.worksheet.Worksheet) -> bytes:
    target = io.BytesIO()
    sheet.parent.save(target)
    return target.getvalue()


def said(content: bytes, name: str = "表.xlsx") -> list[tuple[str, str, str]]:
    return [(one.tag, one.question, one.answer) for one in read_feedback(content, name)]


def test_the_sheet_looks_like_the_official_ones() -> None:
    sheet = sheet_of(written(line(1), line(2, answer="已改")))
    assert [cell.value for cell in sheet[3]] == HEAD
    assert (sheet["A1"].value, sheet["A2"].value, sheet["G2"].value) == (
        "教育局2023年绩效目标审核意见反馈表",
        "部门（盖章）：[202]教育局",
        "印发日期：2023年1月5日",
    )
    assert [[cell.value for cell in row] for row in sheet["A4:H5"]] == [
        [1, "校车补贴", "第2行 指标值", "必须修改", "问题1", "≥9人", None, tag(1)],
        [2, "校车补贴", "第2行 指标值", "必须修改", "问题2", "≥9人", "已改", tag(2)],
    ]
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight, sheet.print_title_rows) == (
        "landscape",
        0,
        "$3:$3",
    )
    assert "第 &P 页" in str(sheet.oddFooter.center.text)


def test_a_line_is_as_high_as_its_longest_text() -> None:
    sheet = sheet_of(written(line(1, question="短"), line(2, question="长" * 100), line(3, answer="一\n二\n三\n四")))
    heights = [sheet.row_dimensions[row].height for row in (4, 5, 6)]
    assert 21 < heights[0] < 23
    assert 80 < heights[1] < 120
    assert 60 < heights[2] < 70


texts = st.text(max_size=60).map(lambda text: clean_text(text)[0])


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=8))
def test_any_text_comes_back_as_it_went_out(rows: list[tuple[str, str]]) -> None:
    printed = [
        line(number, question=question or "问", answer=answer) for number, (question, answer) in enumerate(rows, 1)
    ]
    assert said(written(*printed)) == [(one.tag, one.question, one.answer) for one in printed]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "00123", "{=1}", "http://a.b"])
def test_text_is_never_a_formula_a_number_or_a_link(text: str) -> None:
    sheet = sheet_of(written(line(1, question=text, answer=text)))
    assert [(sheet[place].value, sheet[place].data_type, sheet[place].hyperlink) for place in ("E4", "G4")] == [
        (text, "s", None)
    ] * 2


def test_a_text_that_no_cell_holds_is_told_not_cut() -> None:
    with pytest.raises(CellTooLong, match="“修改情况”一栏"):
        written(line(1, answer="长" * 40_000))


def test_rows_sorted_inserted_removed_and_columns_moved_by_another_program() -> None:
    sheet = sheet_of(written(*(line(number) for number in range(1, 5))))
    for row in range(4, 8):
        sheet.cell(row, 7, f"改{row - 3}")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=7)]
    book = openpyxl.Workbook()
    other = book.active
    assert other is not None
    other.append(["转发：请各单位尽快填写"])
    other.append([])
    order = (7, 6, 4, 1)
    for values in (rows[0], rows[4], ["", "自己加的一行", "", "", "", "", "", ""], rows[1], rows[3]):
        other.append([values[at] for at in order])
    assert said(saved(other)) == [(tag(n), f"问题{n}", f"改{n}") for n in (4, 1, 3)]


def lines(*answers: str) -> list[list[str]]:
    rows = [[str(n), "校车", "", "", f"问题{n}", "", answer, tag(n)] for n, answer in enumerate(answers, 1)]
    return [["审核意见反馈表"], HEAD, *rows, ["单位负责人（签字）：", "", "", "", "", "", "2023年1月"]]


def of_docx(table: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in table:
        sheet.append(row)
    return as_tables(sheet)


TABLE = lines("已改为1180人", "按规定不改，\n见附件", "")
FILES = {
    "表.xls": as_xls(("反馈", biff_sheet(TABLE))),
    "表.et": as_xls(("反馈", biff_sheet(TABLE))),
    "表.ods": as_ods(ods_table("反馈", TABLE)),
    "表.csv": as_text(TABLE, encoding="gb18030"),
    "表.txt": as_text(TABLE, "\t"),
    "表.docx": of_docx(TABLE),
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_other_programs(name: str) -> None:
    assert said(FILES[name], name) == [
        (tag(1), "问题1", "已改为1180人"),
        (tag(2), "问题2", "按规定不改，\n见附件"),
        (tag(3), "问题3", ""),
    ]


def test_one_answer_merged_down_answers_each_of_its_rows() -> None:
    sheet = sheet_of(written(line(1), line(2), line(3)))
    sheet["G4"] = "都已改"
    sheet.merge_cells("G4:G5")
    assert [answer for _, _, answer in said(saved(sheet))] == ["都已改", "都已改", ""]


def test_a_formula_without_words_is_told() -> None:
    sheet = sheet_of(written(line(1), line(2)))
    sheet["G4"], sheet["G5"] = "=1/0", "已改"
    assert list(read_feedback(saved(sheet), "表.xlsx")) == [
        FeedbackLine("教育局!G4", tag(1), "问题1", "", WRONG_CELL),
        FeedbackLine("教育局!G5", tag(2), "问题2", "已改"),
    ]


def test_hidden_sheets_are_not_read() -> None:
    sheet = sheet_of(written(line(1, answer="改")))
    sheet.parent.create_sheet("第一页")
    sheet.sheet_state = "hidden"
    with pytest.raises(FileRefused, match="没有找到审核意见反馈表"):
        said(saved(sheet))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([["随便"], ["一张", "表"]], "没有找到审核意见反馈表：没有“修改情况”一栏"),
        ([["序号", "问题", "修改情况"], ["1", "看", "已改"]], "表头中没有“编号”一栏"),
        ([HEAD, *[["", "", "", "", "", "", "改", tag(1)]] * (MOST_LINES + 1)], "超过2,000行"),
        ([HEAD], "没有找到审核意见反馈表"),
    ],
)
def test_what_is_no_such_table_gets_a_sentence(table: list[list[str]], words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        said(as_text(table), "表.csv")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 x", "是 PDF 文件，读不了。请上传 xlsx、xls、et、ods、csv、docx 格式的审核意见反馈表。"),
        (b"", "是空文件。请重新选择文件。"),
        (
            b"\x00\x01\x02",
            "不是能识别的电子表格或 Word 文档。请上传 xlsx、xls、et、ods、csv、docx 格式的审核意见反馈表。",
        ),
    ],
)
def test_what_is_no_table_at_all_is_told_in_the_words_of_this_page(content: bytes, words: str) -> None:
    """The file may be called anything."""
    with pytest.raises(FileRefused) as refused:
        list(read_feedback(content, "绩效目标表.pdf"))
    assert str(refused.value) == f"“绩效目标表.pdf”{words}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (tag(12, 1), Tag(12, 1, tag(12, 1)[-4:])),
        (f" {tag(12).lower()}\n", Tag(12, 0, tag(12)[-4:])),
        ("ＹＪ１２-0-ABCD", Tag(12, 0, "ABCD")),
        ("YJ12", None),
        ("12-0-ABCD", None),
        ("", None),
        ("YJ" + "9" * 40 + "-0-ABCD", None),
    ],
)
def test_what_is_a_tag(text: str, found: Tag | None) -> None:
    assert read_tag(text) == found


def test_a_tag_belongs_to_one_remark_of_one_form_as_it_was_then() -> None:
    checks = {tag(12)[-4:], tag(13)[-4:], tag(12, 1)[-4:], tag(12, 0, 8)[-4:]}
    later = printed_tag(12, 0, form=7, said_at=SAID_AT.replace(second=1))[-4:]
    assert len(checks | {later}) == 5
