"""V1 as clerks, Excel, WPS and other programs hand it in."""

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from targets.domain.record import PLAN, PROJECT, IndicatorRow, Record
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import (
    NAME,
    PLAN_HEAD,
    PLAN_MERGES,
    PLAN_ROWS,
    ROWS,
    UNIT,
    book,
    fill,
    one_sheet,
    project_lines,
    saved,
)  # fmt: skip


def read(content, **options):
    return read_workbook(content, "a.xlsx", **options)


def only(content, **options):
    (form,) = read(content, **options).forms
    return form


CARRIED = (
    IndicatorRow(level1="成本指标", level2="经济成本指标", name="补助费用", target="=384.39万元"),
    IndicatorRow(
        level1="成本指标", level2="经济成本指标", name="承运人责任险", target="=110万元", continues=("level1", "level2")
    ),
    IndicatorRow(level1="产出指标", level2="数量指标", name="乘车学生数", target="≥1.5万人"),
    IndicatorRow(level1="产出指标", level2="质量指标", name="运营达标率", target="≥95%", continues=("level1",)),
    IndicatorRow(level1="满意度指标", level2="服务对象满意度指标", name="家长满意度", target="≥95%"),
)
EXPECTED = Record(
    kind=PROJECT,
    year=2023,
    title="校车运营补贴",
    department_code="202",
    department_name=UNIT,
    unit=UNIT,
    total=Decimal("4943900.00"),
    fiscal=Decimal("4943900.00"),
    other=Decimal("0.00"),
    goal="目标1：保障学生乘车。",
    rows=CARRIED,
)
MERGES = ("A1:E1", "B2:E2", "A4:A6", "A8:A13", "B9:B10", "C9:C10", "B11:B12")


def test_merged_form_is_read_without_a_word():
    form = only(one_sheet(project_lines(), merges=MERGES))
    assert (form.record, form.problems, form.cell) == (EXPECTED, (), "A1")


def test_form_that_lost_its_merges_is_read_and_says_what_was_carried_down():
    form = only(one_sheet(project_lines()))
    assert form.record == EXPECTED
    assert [(p.cell, p.level) for p in form.problems] == [("B10", "guess"), ("B12", "guess"), ("C10", "guess")]
    assert form.problems[0].message == "Sheet1!B10：一级指标为空白，已按合并单元格照上一行读为“成本指标”，请核对。"


def test_merges_of_the_head_prove_nothing_of_the_table():
    form = only(one_sheet(project_lines(), merges=("A1:E1", "A4:A6")))
    assert form.record == EXPECTED
    assert {p.level for p in form.problems} == {"guess"}


def test_blank_beside_merges_stays_blank():
    lines = project_lines(rows=(*ROWS, ("", "", "无分类", "1")))
    record = only(one_sheet(lines, merges=MERGES)).record
    assert record.rows[-1] == IndicatorRow(name="无分类", target="1")


@pytest.mark.parametrize(("row", "column"), [(1, 1), (5, 4), (30, 1), (2, 20)])
def test_form_stands_anywhere(row, column):
    form = only(one_sheet(project_lines(), row=row, column=column))
    assert form.record == EXPECTED


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("项目资金(万元)", "项目资金（万元）"),
        ("项目资金(万元)", "项目资金\n（ 万元 ）："),
        ("年度预算资金总额:", "年度资金总额："),
        ("年度预算资金总额:", "年度预算资金总额"),
        ("其中:财政拨款", "其中：财政拨款"),
        ("其中:财政拨款", " 财 政 拨 款 "),
        ("其他资金", "其他资金："),
        ("主管部门及代码", "主管部门"),
        ("主管部门及代码", "主管部门\n及代码："),
        ("年度总体绩效目标", "年度总体\n绩效目标"),
        ("项目名称", "项 目 名 称："),
        ("实施单位", "项目实施单位"),
        ("一级指标", "一级\n指标"),
        ("指标值", "年度指标值"),
        ("2023年项目支出绩效目标表", "项目支出绩效目标申报表（2023年度）"),
        ("2023年项目支出绩效目标表", "２０２３年度项目支出绩效目标表"),
        ("2023年项目支出绩效目标表", "二〇二三年项目支出绩效目标表"),
    ],
)
def test_labels_are_known_in_their_variants(words, others):
    lines = [[others if value == words else value for value in line] for line in project_lines()]
    assert only(one_sheet(lines, merges=MERGES)).record == EXPECTED


@pytest.mark.parametrize(
    ("printed", "code", "name"),
    [
        ("[202]淄川区教体局", "202", "淄川区教体局"),
        ("【202】淄川区教体局", "202", "淄川区教体局"),
        ("202-淄川区教体局", "202", "淄川区教体局"),
        ("202淄川区教体局", "202", "淄川区教体局"),
        ("202 淄川区教体局", "202", "淄川区教体局"),
        ("[202001] 淄川区教体局", "202001", "淄川区教体局"),
        ("２０２－淄川区教体局", "202", "淄川区教体局"),
        ("淄川区教体局（202）", "202", "淄川区教体局"),
        ("淄川区教体局", "", "淄川区教体局"),
        ("淄川区教体局（本级）", "", "淄川区教体局（本级）"),
    ],
)
def test_department_with_and_without_code(printed, code, name):
    record = only(one_sheet(project_lines(department=printed))).record
    assert (record.department_code, record.department_name) == (code, name)


@pytest.mark.parametrize(
    ("heading", "typed", "yuan", "level"),
    [
        ("项目资金(万元)", 728, "7280000.00", None),
        ("项目资金(万元)", "728.00", "7280000.00", None),
        ("项目资金(万元)", "1,234.50", "12345000.00", None),
        ("项目资金(万元)", "１２３４.５", "12345000.00", None),
        ("项目资金(万元)", "250万元", "2500000.00", None),
        ("项目资金(万元)", "133.03万", "1330300.00", "guess"),
        ("项目资金(万元)", "2500000元", "2500000.00", "guess"),
        ("项目资金(元)", 4943900, "4943900.00", None),
        ("项目资金（元）", "4,943,900.5", "4943900.50", None),
        ("项目资金(万元)", 10606.7522, "106067522.00", None),
        ("项目资金(万元)", 0.1 + 0.2, "3000.00", None),
        ("项目资金", "1", "10000.00", "guess"),
        ("项目资金(万元)", "", None, None),
        ("项目资金(万元)", "-", None, "guess"),
    ],
)
def test_amounts(heading, typed, yuan, level):
    form = only(one_sheet(project_lines(money=heading, total=typed, fiscal="", other=""), merges=MERGES))
    assert form.record.total == (None if yuan is None else Decimal(yuan))
    assert [p.level for p in form.problems] == ([level] if level else [])


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("约七百", "“约七百”不是数字"),
        (-5, "“-5”是负数"),
        ("-5", "“-5”是负数"),
        ("0.0000001", "“0.0000001”不能精确到分"),
        (10**17, "数额过大"),
        ("1,23.5", "不是数字"),
        ("728/2", "不是数字"),
    ],
)
def test_amount_that_is_none_refuses_the_form_with_its_cell(typed, says):
    form = only(one_sheet(project_lines(total=typed), merges=MERGES))
    assert (form.record, form.refused, form.title) == (None, True, "校车运营补贴")
    (problem,) = form.problems
    assert (problem.sheet, problem.cell, problem.level) == ("Sheet1", "E4", "refused")
    assert says in problem.message
    assert problem.message.startswith("Sheet1!E4：")


def test_a_sentence_with_several_amounts_is_kept_and_told():
    said = "300万元，其中上级资金130万元"
    form = only(one_sheet(project_lines(total=said), merges=MERGES))
    assert (form.record.total, dict(form.record.extra)) == (None, {"年度预算资金总额": said})
    (problem,) = form.problems
    assert (problem.cell, problem.level) == ("E4", "warning")
    assert problem.message.endswith(f"“{said}”里有几个金额，没有读为金额，原文放在“其他栏目”中。请核对后填写金额。")


def test_an_amount_shown_in_chinese_numerals_is_the_number_behind_them():
    book = openpyxl.load_workbook(io.BytesIO(one_sheet(project_lines(total=494.39), merges=MERGES)))
    book.active["E4"].number_format = '[DBNum2][$-804]General"万元"'
    assert only(saved(book)).record.total == Decimal("4943900.00")


def test_heading_over_the_amounts_counts_more_than_a_unit_above_the_form():
    lines = project_lines()
    for unit in ("单位：元", "（金额单位：元）"):
        above = [lines[0], ["", "", "", "", unit], *lines[1:]]
        assert only(one_sheet(above)).record == EXPECTED
        plain_heading = [[value if value != "项目资金(万元)" else "项目资金" for value in line] for line in above]
        assert only(one_sheet(plain_heading)).record.total == Decimal("494.39")


def test_day_of_filling_in_is_not_the_year():
    for said in (["填报日期：2022年12月6日"], ["", "", "2022年12月6日"], ["编制时间", "2022年12月"]):
        lines = project_lines()
        lines.insert(1, said)
        assert only(one_sheet(lines), year=2023).record.year == 2023


def test_refusal_says_that_the_others_are_not_touched():
    content = book(
        ("校车", lambda s: fill(s, project_lines())),
        ("康复", lambda s: fill(s, project_lines(title="康复", total="约七百"))),
        ("农险", lambda s: fill(s, project_lines(title="农险"))),
    )
    forms = read(content).forms
    assert [f.refused for f in forms] == [False, True, False]
    refused = [p.message for p in forms[1].problems if p.level == "refused"]
    assert refused == [
        "康复!E4：“约七百”不是数字，这张表没有导入。请只写数字（单位万元，如“133.03”）后重新上传。其余 2 张不受影响。"
    ]


def test_form_without_project_name_is_refused_at_the_empty_cell():
    form = only(one_sheet(project_lines(title=""), merges=MERGES))
    assert form.refused
    assert [(p.cell, p.level) for p in form.problems] == [("B2", "refused")]


def test_year_is_the_one_chosen_when_the_title_has_none():
    lines = project_lines(heading="项目支出绩效目标表")
    assert only(one_sheet(lines, merges=MERGES), year=2024).record.year == 2024


def test_form_without_year_is_refused_at_its_title():
    form = only(one_sheet(project_lines(heading="项目支出绩效目标表"), row=3))
    assert [(p.cell, p.level) for p in form.problems if p.level == "refused"] == [("A3", "refused")]


def test_year_in_the_name_of_a_project_is_not_the_year_of_the_form():
    lines = project_lines(heading="项目支出绩效目标表", title="2019年-2022年高标准农田建设")
    assert only(one_sheet(lines)).refused
    assert only(one_sheet(lines), year=2023).record.year == 2023


def test_title_of_another_year_refuses_the_form_at_its_cell():
    form = only(one_sheet(project_lines(), merges=MERGES), year=2024)
    assert [(p.cell, p.level) for p in form.problems] == [("A1", "refused")]
    assert "2023年" in form.problems[0].message
    assert "2024年" in form.problems[0].message


def test_year_stands_in_a_line_above_or_below_the_title():
    for lines in (
        [["2023年预算区级重点项目"], *project_lines(heading="项目支出绩效目标表")],
        [["项目支出绩效目标表"], ["（2023年度）"], *project_lines()[1:]],
        [["项目支出绩效目标表"], ["", "", "预算年度：2023"], *project_lines()[1:]],
        [["项目支出绩效目标表"], ["填报单位：", "", "2023年度", "", "单位：万元"], *project_lines()[1:]],
    ):
        assert only(one_sheet(lines)).record == EXPECTED


def test_several_forms_in_one_sheet():
    second = [[], ["附件2"], *project_lines(title="农业保险", department="[601]农业农村局", unit="农业农村局")]
    third = [["项目支出绩效目标表"], *project_lines(title="康复")[1:]]
    forms = read(one_sheet([*project_lines(), *second, [], [], *third])).forms
    assert [(f.title, f.cell, len(f.record.rows), f.record.year) for f in forms] == [
        ("校车运营补贴", "A1", 5, 2023),
        ("农业保险", "A16", 5, 2023),
        ("康复", "A31", 5, 2023),
    ]
    assert [p.cell for p in forms[2].problems if "没有写年度" in p.message] == ["A31"]


def test_both_kinds_with_cover_notes_and_hidden_sheets():
    def plan(sheet):
        fill(sheet, PLAN_HEAD)
        fill(sheet, PLAN_ROWS, row=5)
        for merge in PLAN_MERGES:
            sheet.merge_cells(merge)

    def hidden(sheet):
        fill(sheet, project_lines(title="旧表"))
        sheet.sheet_state = "hidden"

    content = book(
        ("封面", lambda s: fill(s, [["2023年预算重点项目及部门整体绩效公开"], ["编报说明"]])),
        ("空", lambda s: None),
        ("目录", lambda s: fill(s, [["序号", "项目名称", "预算金额"], [1, "校车运营补贴", 494.39]])),
        ("项目", lambda s: fill(s, project_lines())),
        ("整体", plan),
        ("旧", hidden),
    )
    reading = read(content, year=2023)
    assert [(f.kind, f.sheet) for f in reading.forms] == [(PROJECT, "项目"), (PLAN, "整体")]
    assert [(p.sheet, p.level) for p in reading.problems] == [("旧", "warning")]


def test_columns_in_another_order():
    lines = project_lines(rows=())
    lines[-1] = ["绩效指标", "指标值", "三级指标", "二级指标", "一级指标"]
    lines += [["", *reversed(row)] for row in ROWS]
    assert only(one_sheet(lines)).record == EXPECTED


def test_head_cells_in_another_order():
    lines = project_lines()
    lines[1:3] = [["实施单位", UNIT, "", "主管部门及代码", NAME], ["项目名称", "", "校车运营补贴"]]
    lines[3:6] = [["项目资金(万元)", "其他资金", 0], ["", "财政拨款", "", 494.39], ["", "年度资金总额", "", "", 494.39]]
    assert only(one_sheet(lines)).record == EXPECTED


def test_an_empty_cell_stands_between_label_and_value():
    lines = [[line[0], "", *line[1:]] for line in project_lines()]
    lines[0] = ["2023年项目支出绩效目标表"]
    assert only(one_sheet(lines)).record == EXPECTED


def test_repeated_page_head_is_no_row():
    lines = project_lines()
    again = lines[7]
    form = only(one_sheet([*lines[:11], again, *lines[11:]]))
    assert form.record == EXPECTED


def test_table_without_side_label():
    lines = [line if number < 7 else line[1:] for number, line in enumerate(project_lines())]
    assert only(one_sheet(lines)).record == EXPECTED


def test_foot_is_no_row_and_what_was_written_there_is_kept():
    foot = [
        ["单位负责人（签字）：张三", "", "填表人：", "李四", "填报日期：2022年12月6日"],
        ["联系电话", "0533-5180000"],
        ["注：本表一式三份。"],
        ["请于月底前报送"],
    ]
    form = only(one_sheet([*project_lines(), [], *foot], merges=MERGES))
    assert form.record.rows == EXPECTED.rows
    assert form.record.extra == {
        "单位负责人（签字）": "张三", "填表人": "李四", "填报日期": "2022年12月6日", "联系电话": "0533-5180000", "注": "本表一式三份。",
        "表外文字": "请于月底前报送",
    }  # fmt: skip
    assert [(p.cell, p.level) for p in form.problems] == [("A18", "warning")]


def test_empty_lines_to_sign_leave_nothing():
    foot = [["单位负责人（签字）：", "", "填表人：", "", "填报日期：    年  月  日"]]
    form = only(one_sheet([*project_lines(), *foot], merges=MERGES))
    assert (form.record, form.problems) == (EXPECTED, ())


def test_unknown_labels_and_columns_are_kept():
    lines = project_lines()
    lines.insert(2, ["项目负责人", "王某", "", "联系方式：5180000"])
    lines[8].append("测算依据")
    lines[9].append("见附表")
    form = only(one_sheet(lines))
    assert form.record.extra == {"项目负责人": "王某", "联系方式": "5180000", "测算依据（第1行）": "见附表"}
    assert form.record.rows == EXPECTED.rows


def test_weights_are_read():
    lines = project_lines()
    lines[7].append("权重")
    lines[8].append(10)
    form = only(one_sheet(lines))
    assert form.record.rows[0].weight == "10"


def test_text_outside_the_columns_is_kept_and_told():
    lines = project_lines()
    lines[8].append("见说明")
    form = only(one_sheet(lines, merges=MERGES))
    record = replace(EXPECTED, extra={"表外文字": "第1行 见说明"})
    assert (form.record, [(p.cell, p.level) for p in form.problems]) == (record, [("F9", "warning")])


def test_self_evaluation_is_another_form():
    form = only(one_sheet(project_lines(heading="2023年项目支出绩效自评表"), merges=MERGES))
    assert form.refused
    assert form.problems[0].cell == "A1"
