"""Word documents: the same forms as tables, whatever Word has done to them."""

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings

from targets.domain.sheets.problems import GUESS, WARNING, FileRefused, quoted
from targets.domain.sheets.reader import read_workbook
from targets.domain.sheets.strays import BESIDE, WHERE
from targets.domain.sheets.writer import write_official
from targets.tests.sheets import samples
from targets.tests.sheets.books import NAME, PLAN_HEAD, PLAN_MERGES, PLAN_ROWS, ROWS, one_sheet, project_lines
from targets.tests.sheets.test_round_trip import plans, projects
from targets.tests.sheets.words import (
    as_docx,
    as_tables,
    cell,
    paragraph,
    part,
    plain_table,
    relation,
    row,
    run,
    table,
)

BOOKS = sorted((Path(__file__).resolve().parents[3] / "fixtures" / "2023").glob("*.xlsx"))
LINES = [["" if value is None else str(value) for value in line] for line in project_lines()]
EXPECTED = read_workbook(one_sheet(LINES), "a.xlsx").forms[0].record
PLAN_ABOVE = [["2023年整体绩效目标表"], ["部门名称：[202001]淄博市淄川区教育和体育局"]]


def read(*blocks, **more):
    return read_workbook(as_docx(*blocks, **more), "随便.xlsx")


def only(*blocks, **more):
    (form,) = read(*blocks, **more).forms
    return form


def told(form):
    return [found for found in form.problems if "照上一行" not in found.message]


def changed(place, inner):
    """The form with one cell written otherwise; places are counted from 0."""
    cells = [[cell(text) for text in [*line, *[""] * (5 - len(line))]] for line in LINES]
    cells[place[0]][place[1]] = inner
    return table(*(row(*line) for line in cells), widths=[1500] * 5)


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_forms_of_2023_are_the_same_as_word_tables(path):
    wanted = [form.record for form in read_workbook(path.read_bytes(), path.name).forms]
    reading = read_workbook(as_tables(*openpyxl.load_workbook(path)), "表.docx")
    assert [form.record for form in reading.forms] == wanted
    assert [form.problems for form in reading.forms] == [()] * len(wanted)


@pytest.mark.parametrize("name", ["V4", "V5", "V7", "V8", "V9", "V9B"])
def test_forms_of_other_offices_are_the_same_as_word_tables(name):
    content = samples.form_book(getattr(samples, name), getattr(samples, f"{name}_MERGES"))
    (wanted,) = read_workbook(content, "a.xlsx").forms
    (found,) = read_workbook(as_tables(*openpyxl.load_workbook(io.BytesIO(content))), "a.docx").forms
    assert found.record == wanted.record
    assert [problem.level for problem in found.problems] == [problem.level for problem in wanted.problems]


@settings(max_examples=8)
@given(projects() | plans())
def test_any_form_is_the_same_as_a_word_table(record):
    book = openpyxl.load_workbook(io.BytesIO(write_official([record])))
    (form,) = read_workbook(as_tables(*book), "a.docx").forms
    assert form.record == record


def test_list_of_forms():
    head = ["项目名称", "实施单位", "预算数（万元）", "一级指标", "二级指标", "三级指标", "指标值"]
    lines = [[title, "教体局", "5", *line] for title in ("校车", "康复") for line in ROWS]
    wanted = read_workbook(one_sheet([head, *lines]), "a.xlsx", year=2023).forms
    forms = read_workbook(as_docx(plain_table([head, *lines])), "a.docx", year=2023).forms
    assert [form.record for form in forms] == [form.record for form in wanted]


def test_lost_merges_are_told_at_the_cell_as_word_counts_it():
    form = only(plain_table(LINES))
    assert form.record == EXPECTED
    assert (form.sheet, form.cell) == ("表格1", "A1")
    assert [(found.sheet, found.cell, found.level) for found in form.problems] == [
        ("表格1", "B10", GUESS), ("表格1", "B12", GUESS), ("表格1", "C10", GUESS),
    ]  # fmt: skip
    assert form.problems[0].message == "表格1!B10：一级指标为空白，已按合并单元格照上一行读为“成本指标”，请核对。"


def down(text):
    return "restart" if text else "continue"


def merged_form():
    """Wide and tall cells, columns of the head and of the table at different widths."""
    wide = [1200, 1300, 900, 1500, 2100, 1800]
    head = [
        row(cell("项目名称"), cell("校车运营补贴", span=5)),
        row(cell("主管部门及代码"), cell(NAME, span=2), cell("实施单位"), cell(EXPECTED.unit, span=2)),
        row(cell("项目资金\n（万元）", down="restart"), cell("年度预算资金总额：", span=3), cell("494.39", span=2)),
        row(cell(down="continue"), cell("其中：财政拨款", span=3), cell("494.39", span=2)),
        row(cell(down="continue"), cell("其他资金", span=3), cell("0", span=2)),
        row(cell("年度总体\n绩效目标"), cell("目标1：保障学生乘车。", span=5)),
        row(
            cell("绩效指标", down="restart"),
            cell("一级指标"),
            cell("二级指标", span=2),
            cell("三级指标"),
            cell("指标值"),
        ),
    ]
    rows = [
        row(
            cell(down="continue"),
            cell(level1, down=down(level1)),
            cell(level2, span=2, down=down(level2)),
            cell(name),
            cell(target),
        )
        for level1, level2, name, target in ROWS
    ]
    return head, rows, wide


def test_merged_cells():
    head, rows, widths = merged_form()
    title = [paragraph("附件1"), paragraph("2023年项目支出绩效目标表"), paragraph("填报单位：\t单位：万元")]
    form = only(*title, table(*head, *rows, widths=widths))
    assert (form.record, form.problems, form.sheet, form.cell) == (EXPECTED, (), "表格1", "上方第2段")


def test_old_merges_across():
    head, rows, widths = merged_form()
    first = row(
        cell("项目名称"),
        cell("校车运营补贴", more='<w:hMerge w:val="restart"/>'),
        *(cell(more='<w:hMerge w:val="continue"/>') for _ in range(4)),
    )
    form = only(paragraph("2023年项目支出绩效目标表"), table(first, *head[1:], *rows, widths=widths))
    assert form.record == EXPECTED


@pytest.mark.parametrize("at", [3, 6, 7, 8, 9, 11])
@pytest.mark.parametrize("repeats_head", [False, True])
def test_form_cut_over_two_tables(at, repeats_head):
    """By a page break, or because head and indicators are tables of their own; level 1 is cut with them."""
    head, rows, widths = merged_form()
    every = [*head, *rows]
    above, below = table(*every[:at], widths=widths), every[at:]
    if repeats_head and at > len(head):
        below = [head[-1], *below]
    # the rest does not know how wide the columns above were to the twip
    rest = table(*below, widths=[width + 20 for width in widths])
    form = only(
        paragraph("2023年项目支出绩效目标表"), above, paragraph("", inner='<w:r><w:br w:type="page"/></w:r>'), rest
    )
    assert replace(form.record, rows=()) == replace(EXPECTED, rows=())
    assert [(r.level1, r.level2, r.name, r.target) for r in form.record.rows] == [
        (r.level1, r.level2, r.name, r.target) for r in EXPECTED.rows
    ]
    carried = at > len(head) and not ROWS[at - len(head)][0]
    assert [found.level for found in form.problems] == ([GUESS] * len(form.problems) if carried else [])
    assert {found.sheet for found in form.problems} <= {"表格2"}


def test_tables_of_other_columns_are_held_against_each_other_by_their_widths():
    """The head has two columns, the indicators five: the rest of the table goes on below the right ones."""
    head, rows, widths = merged_form()
    tops = [row(cell("项目名称"), cell("校车运营补贴")), row(cell("主管部门及代码"), cell(NAME))]
    rest = [row(*(cell(text, down=down(text)) for text in ("", *line))) for line in ROWS[2:]]
    form = only(
        paragraph("2023年项目支出绩效目标表"),
        table(*tops, widths=[1200, 7600]),
        table(*head[2:], *rows[:2], widths=widths),
        table(*rest, widths=[1210, 1290, 2410, 2090, 1800]),
    )
    assert [(r.level1, r.level2, r.name, r.target) for r in form.record.rows] == [
        (r.level1, r.level2, r.name, r.target) for r in EXPECTED.rows
    ]


def test_several_forms_each_with_what_stands_above_it():
    second = [*LINES[1:]]
    second[0] = ["项目名称", "康复"]
    forms = read(
        paragraph("附件1"),
        paragraph("项目支出绩效目标表"),
        paragraph("（2023年度）"),
        plain_table(LINES[1:]),
        paragraph("单位负责人（签字）：张三      填表人：李四"),
        paragraph("二、2024年预算"),
        plain_table(second),
    ).forms
    assert [(form.title, form.record.year, form.sheet) for form in forms] == [
        ("校车运营补贴", 2023, "表格1"),
        ("康复", 2024, "表格2"),
    ]
    assert [dict(form.record.extra) for form in forms] == [{"单位负责人（签字）": "张三", "填表人": "李四"}, {}]


NOTICE = (
    "各镇人民政府、区直各部门：根据预算法和有关规定，现将绩效目标编报有关事项通知如下，请认真组织填报，于月底前报送。"
)
CLOSING = "联系人和时限见通知，逾期不予受理。"


def test_a_few_sentences_around_the_only_form_are_kept_and_told():
    reading = read(paragraph(NOTICE), plain_table(LINES), paragraph(CLOSING))
    (form,) = reading.forms
    assert form.record == replace(EXPECTED, rows=form.record.rows, extra={BESIDE: f"{NOTICE}\n{CLOSING}"})
    assert form.problems[-1].message == f"表格1!上方第1段：{quoted(NOTICE)}等 2 段文字{WHERE}"
    assert reading.problems == ()


@pytest.mark.parametrize(("notice", "forms"), [([NOTICE] * 20, 1), ([NOTICE], 2)], ids=["a long notice", "two forms"])
def test_a_notice_in_which_forms_stand_is_told_and_not_read(notice, forms):
    reading = read(*map(paragraph, notice), *[plain_table(LINES)] * forms, paragraph(CLOSING))
    assert [form.record.extra for form in reading.forms] == [{}] * forms
    told = [found for form in reading.forms for found in form.problems if found.level == WARNING] + [*reading.problems]
    assert [(found.sheet, found.cell) for found in told] == [("表格1", "上方第1段")]
    assert f"{len(notice) + 1} 段文字不属于任何表，没有读入" in told[0].message


def test_labels_written_as_paragraphs():
    goal = "年度总体绩效目标：" + EXPECTED.goal + "学生乘车安全、便捷、舒适，家长满意。" * 4
    form = only(
        paragraph("2023年项目支出绩效目标表"),
        paragraph("项目名称：校车运营补贴"),
        paragraph(f"主管部门及代码：{NAME}　　　实施单位：{EXPECTED.unit}"),
        paragraph(goal),
        plain_table(LINES[3:6]),
        plain_table(LINES[7:]),
    )
    assert form.record == replace(EXPECTED, goal=goal.partition("：")[2])


def test_form_inside_a_cell_of_another_table():
    """A page that is laid out with a table; and indicators as a table in the cell beside 绩效指标."""
    inside = plain_table(LINES)
    assert only(table(row(cell(inner=inside + paragraph(""))), widths=[9000])).record == EXPECTED
    merged = [row(*(cell(text, down=down(text)) for text in line)) for line in ROWS]
    lines = table(row(*map(cell, LINES[7][1:])), *merged, widths=[1000, 2000, 2000, 2000])
    rows = [row(cell(line[0]), cell(line[1], span=1)) for line in (LINES[1], ["主管部门及代码", NAME], LINES[6])]
    outer = table(*rows, row(cell("绩效指标"), cell(inner=lines)), widths=[1500, 7500])
    form = only(paragraph("2023年项目支出绩效目标表"), outer)
    assert (form.record.rows, form.problems) == (EXPECTED.rows, ())


def test_cell_of_a_table_inside_a_cell_is_named_after_both():
    inside = plain_table(LINES)
    form = only(table(row(cell(inner=paragraph("注") + inside + paragraph(""))), widths=[9000]))
    assert form.problems[0].message.startswith("表格1·A1内表!B10：")


def test_head_and_foot_of_pages():
    more = {
        "parts": {
            "word/header1.xml": part("hdr", paragraph("2023年部门预算"), paragraph("第 1 页 共 3 页")),
            "word/footer1.xml": part("ftr", paragraph("填表人：王某")),
        },
        "relations": relation("rId5", "header", "header1.xml") + relation("rId6", "footer", "footer1.xml"),
    }
    section = '<w:sectPr><w:headerReference w:type="default" r:id="rId5"/><w:footerReference w:type="default" r:id="rId6"/></w:sectPr>'
    lines = [["项目支出绩效目标表"], *LINES[1:]]
    form = only(paragraph("", properties=section), plain_table(lines), section, **more)
    assert form.record == replace(EXPECTED, extra={"填表人": "王某"})


def test_text_box_is_read_where_it_hangs():
    box = (
        "<w:r><mc:AlternateContent xmlns:mc='urn:mc'><mc:Choice><w:drawing><w:txbxContent>{0}</w:txbxContent></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    ).format(paragraph("2023年项目支出绩效目标表"))
    assert only(paragraph(inner=box), plain_table(LINES[1:])).record == EXPECTED


def test_boxes_that_are_ticked():
    field = "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox><w:default w:val='{}'/></w:checkBox></w:ffData></w:fldChar></w:r>"
    symbol = '<w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>'
    for inner in (
        run("新增项目") + field.format(0) + run(" 延续项目") + field.format(1),
        run("新增项目□ 延续项目") + symbol,
    ):
        line = row(cell("项目属性"), cell(inner=paragraph(inner=inner), span=4))
        form = only(
            table(*(row(*map(cell, [*x, *[""] * (5 - len(x))])) for x in LINES[:2]), line), plain_table(LINES[2:])
        )
        assert form.record.extra == {"项目属性": "延续项目"}


def test_plan_over_several_pages():
    head = [list(line) + [""] * (17 - len(line)) for line in PLAN_HEAD]
    pages = [[*PLAN_ABOVE, *head, PLAN_ROWS[0]], [*PLAN_ABOVE[1:], *head, *PLAN_ROWS[1:]]]
    wanted = read_workbook(one_sheet([*PLAN_ABOVE, *PLAN_HEAD, *PLAN_ROWS]), "a.xlsx").forms[0].record
    assert only(*map(plain_table, pages)).record == wanted
    assert PLAN_MERGES


def test_name_of_the_main_part_does_not_matter():
    assert only(plain_table(LINES), main="document2").record == EXPECTED


def nested(depth):
    inner = paragraph("x")
    for _ in range(depth):
        inner = table(row(cell(inner=inner)))
    return inner


HOSTILE = {
    "ten thousand tables": (as_docx(table(row(cell("项目名称"))) * 10_000), "3000 个以上的表格"),
    "tables in tables": (as_docx(nested(500)), "很多层"),
    "elements in elements": (as_docx("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000), "层层相套"),
    "a cell over a billion columns": (as_docx(table(row(cell("x", span=10**9)))), "过多"),
    "entities": (as_docx("<!DOCTYPE a>"), "不安全"),
    "entities in a header": (as_docx(parts={"word/header1.xml": '<!DOCTYPE a [<!ENTITY b "c">]><x/>'}), "不安全"),
    "macros": (as_docx(parts={"word/vbaProject.bin": "x"}), "带宏"),
    "template from the net": (
        as_docx(
            parts={
                "word/_rels/settings.xml.rels": relation(
                    "r", "attachedTemplate", "http://a.example/x.dotm", external=True
                )
            }
        ),
        "网络上的模板",
    ),
    "object from a share": (
        as_docx(relations=relation("r", "oleObject", r"\\a.example\x", external=True)),
        "网络上的模板",
    ),
    "chunk of another format": (as_docx('<w:altChunk r:id="x"/>'), "其他格式"),
    "bomb": (as_docx(parts={"word/media/a.xml": "0" * 100_000_000}), "解压后过大"),
    "cut off": (as_docx(plain_table(LINES))[:900], "没有传完整"),
    "broken": (as_docx("<w:tbl>"), "读不了"),
    "no form": (as_docx(paragraph("关于报送绩效目标的通知")), "没有找到绩效目标表"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "是图片"),
    "rich text": (b"{\\rtf1 x}", "另存为“.docx”"),
}


@pytest.mark.parametrize(("content", "says"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_document_is_refused_with_a_sentence(content, says):
    with pytest.raises(FileRefused) as refused:
        read_workbook(content, "目标.docx")
    assert says in str(refused.value)
    assert str(refused.value).startswith("“目标.docx”")


@pytest.mark.parametrize("target", ["Normal.dotm", "file:///C:\\Users\\a\\Normal.dotm"])
def test_template_of_the_own_machine_and_links_are_harmless(target):
    relations = relation("a", "attachedTemplate", target, external=True) + relation(
        "b", "hyperlink", "http://a.example", external=True
    )
    assert only(plain_table(LINES), relations=relations).record == EXPECTED
