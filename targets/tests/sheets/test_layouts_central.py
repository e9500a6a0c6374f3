"""Central forms V11 and V12, lists of the budget system V13, and the city forms V6, V10 and V10b."""

from dataclasses import replace
from decimal import Decimal

import pytest

from targets.domain.record import PLAN, PROJECT, IndicatorRow, Record
from targets.domain.sheets.problems import GUESS, REFUSED, WARNING
from targets.domain.sheets.reader import read_workbook
from targets.domain.sheets.writer import write_official
from targets.tests.sheets.books import book, fill, one_sheet
from targets.tests.sheets.central_forms import (
    EXCHANGE,
    EXCHANGED,
    ITS_TEXTS,
    MONITORING,
    OF_THE_FORM,
    V05_1,
    V05_2,
    V6,
    V10,
    V10B,
    V11,
    V11_MERGES,
    V12,
    V12_MERGES,
)
from targets.tests.sheets.words import as_docx, plain_table


def read(content, **options):
    return read_workbook(content, "a.xlsx", **options).forms


def only(content, **options):
    (form,) = read(content, **options)
    return form


def levels(form):
    return [(found.level, found.cell) for found in form.problems]


def cells(record):
    return [(row.level1, row.level2, row.name, row.target) for row in record.rows]


LEVELS = ("level1", "level2")
OF_V11 = Record(
    kind=PROJECT,
    year=2024,
    title="农村公路养护",
    department_code="330",
    department_name="河东县交通运输局",
    unit="公路养护中心",
    total=Decimal("1000000.00"),
    fiscal=Decimal("900000.00"),
    other=Decimal("100000.00"),
    goal="目标1：今年路况优良。",
    extra={
        "项目属性": "延续项目",
        "项目期": "3年",
        "中期资金总额": "300万元",
        "中期资金 财政拨款": "250万元",
        "中期资金 其他资金": "50万元",
        "中期目标（2024年—2026年）": "目标1：三年路况优良。\n目标2：群众满意。",
        "中期绩效指标 1": "产出指标／数量指标／养护里程：≥900公里",
        "中期绩效指标 2": "产出指标／质量指标／优良路率：≥85%",
        "中期绩效指标 3": "效益指标／社会效益指标／出行条件：改善",
        "中期绩效指标 4": "效益指标／经济效益指标／成本：下降",
        "中期绩效指标 5": "满意度指标／服务对象满意度指标／满意度：≥90%",
        "核心指标": "养护里程",
    },
    rows=(
        IndicatorRow(level1="产出指标", level2="数量指标", name="养护里程", target="≥300公里"),
        IndicatorRow(level1="产出指标", level2="数量指标", name="修桥", target="≥2座", continues=LEVELS),
        IndicatorRow(level1="产出指标", level2="质量指标", name="优良路率", target="≥85%", continues=("level1",)),
        IndicatorRow(level1="效益指标", level2="经济效益指标", name="成本", target="下降"),
        IndicatorRow(level1="满意度指标", level2="服务对象满意度指标", name="满意度", target="≥90%"),
    ),
)


def test_v11_the_year_is_the_form_and_the_medium_term_is_kept():
    form = only(one_sheet(V11, merges=V11_MERGES))
    assert (form.record, form.problems) == (OF_V11, ())


@pytest.mark.parametrize(("row", "column"), [(1, 1), (4, 3)])
def test_v11_anywhere_without_merges(row, column):
    form = only(one_sheet(V11, row=row, column=column))
    assert form.record == OF_V11
    assert {found.level for found in form.problems} == {GUESS}


def test_v11_as_a_word_table():
    (form,) = read_workbook(as_docx(plain_table(V11)), "a.docx").forms
    assert form.record == OF_V11


def test_v11_of_an_office_that_prints_the_year_first_in_yuan_below_group_headings():
    lines = [[*line[:2], *line[5:8], *line[2:5]] if number > 9 else line for number, line in enumerate(V11)]
    lines[5:10] = [
        ["项目资金（元）", "年度资金总额", "1000000", "", "中期资金总额", "3,000,000"],
        ["", "其中：财政拨款", "900000", "", "其中：财政拨款", "2500000"],
        ["", "其他资金", "100000", "", "其他资金", "500000"],
        ["总体目标", "年度目标", "", "", "中期目标（2024年—2026年）"],
        ["", V11[9][5], "", "", V11[9][1]],
    ]
    lines[10:11] = [["绩效指标", "一级指标", "年度指标", "", "", "中期指标"], ["", "", *V11[10][2:]]]
    record = only(one_sheet(lines)).record
    money = {"中期资金总额": "3,000,000元", "中期资金 财政拨款": "2500000元", "中期资金 其他资金": "500000元"}
    assert record == replace(OF_V11, extra={**OF_V11.extra, **money})


def test_v11_whose_terms_are_not_said_is_read_by_the_paper_and_told():
    lines = [*V11[:5], ["年度目标", "今年"], *V11[10:]]
    form = only(one_sheet(lines, merges=["A7:A13", "B8:B10", "F8:F9", "B11:B12"]))
    assert cells(form.record) == cells(OF_V11)
    assert [found.cell for found in form.problems if "左边是中期、右边是年度" in found.message] == ["G7"]


def test_v11_as_the_paper_has_it_with_lines_left_open_and_levels_written_downwards():
    lines = [*V11[:14], ["", "", "……", "", "", "……"], *V11[14:], ["", "", "……"]]
    lines[11] = ["", "产\n出\n指\n标", *V11[11][2:]]
    assert only(one_sheet(lines)).record == OF_V11


def test_v11_pages_repeat_the_head():
    lines = [*V11[:13], V11[10], *V11[13:]]
    record = only(one_sheet(lines)).record
    assert cells(record) == cells(OF_V11)
    assert {name: text for name, text in record.extra.items() if "指标" in name} == {
        name: text for name, text in OF_V11.extra.items() if "指标" in name
    }


@pytest.mark.parametrize(
    ("head", "line", "kept"),
    [
        (["三级指标", "中期指标值", "年度指标值"], ["里程", "≥900", "≥300"], {"中期指标值": "第1行 ≥900"}),
        (
            ["三级指标", "中期指标值", "二级指标", "三级指标", "年度指标值"],
            ["里程", "≥900", "数量指标", "里程", "≥300"],
            {"中期绩效指标 1": "产出指标／数量指标／里程：≥900"},
        ),
    ],
)
def test_v11_says_the_term_at_the_values(head, line, kept):
    lines = [*V11[:4], ["绩效指标", "一级指标", "二级指标", *head], ["", "产出指标", "数量指标", *line]]
    record = only(one_sheet(lines)).record
    assert (cells(record), record.extra) == ([("产出指标", "数量指标", "里程", "≥300")], kept)


def test_v11_money_of_the_terms_below_each_other():
    lines = [*V11[:4], ["项目资金（万元）", "中期资金总额", "300"], ["", "其中：财政拨款", "250"], ["", "其他资金", "50"],
             ["", "年度资金总额", "100"], ["", "其中：财政拨款", "90"], ["", "其他资金", "10"], *V11[10:]]  # fmt: skip
    record = only(one_sheet(lines)).record
    assert (record.total, record.fiscal, record.other) == (OF_V11.total, OF_V11.fiscal, OF_V11.other)
    assert {name: text for name, text in record.extra.items() if "资金" in name} == {
        name: text for name, text in OF_V11.extra.items() if "资金" in name
    }


OF_V12 = Record(
    kind=PLAN,
    year=2024,
    title="2024年整体绩效目标表",
    department_name="河东县水利局",
    extra={
        "年度总体目标": "目标1：防汛安全。\n目标2：供水。",
        "年度主要任务 1": "防汛抗旱：主要内容 水库安全度汛；总额 100万元；财政拨款 90万元；其他资金 10万元",
        "年度主要任务 2": "基本支出：主要内容 人员和公用；总额 1,200.5万元；财政拨款 1,200.5万元；其他资金 0万元",
        "年度主要任务 金额合计": "总额 1300.5万元；财政拨款 1290.5万元；其他资金 10万元",
    },
    rows=(
        IndicatorRow(level1="产出指标", level2="数量指标", name="巡查次数", target="≥4800次", weight="20"),
        IndicatorRow(
            level1="产出指标", level2="质量指标", name="合格率", target="≥98%", weight="30", continues=("level1",)
        ),
        IndicatorRow(level1="效益指标", level2="社会效益指标", name="安全感", target="提升", weight="30"),
        IndicatorRow(level1="满意度指标", level2="服务对象满意度指标", name="满意度", target="≥90%", weight="10"),
    ),
)


def test_v12_is_a_plan_with_the_tasks_of_the_year():
    form = only(one_sheet(V12, merges=V12_MERGES))
    assert (form.record, form.problems) == (OF_V12, ())


def without_side(lines):
    return [line[1:] if 3 <= number <= 9 else line for number, line in enumerate(lines)]


@pytest.mark.parametrize("lines", [V12, without_side(V12)])
@pytest.mark.parametrize(("row", "column"), [(1, 1), (3, 4)])
def test_v12_anywhere_without_merges(lines, row, column):
    assert only(one_sheet(lines, row=row, column=column)).record == OF_V12


def test_v12_as_a_word_table():
    (form,) = read_workbook(as_docx(plain_table(V12)), "a.docx").forms
    assert form.record == OF_V12


CODES = {
    "一级绩效指标代码": "第1行 01\n第2行 01\n第3行 02",
    "二级绩效指标代码": "第1行 0101\n第2行 0102\n第3行 0202",
    "三级绩效指标代码": "第1行 010101\n第2行 010201\n第3行 020201",
}
OF_V13 = Record(
    kind=PROJECT,
    year=2024,
    title="农村公路养护",
    code="370305220001",
    department_code="330001",
    department_name="公路养护中心",
    unit="公路养护中心",
    total=Decimal("1000000.00"),
    goal="路况优良。",
    extra=CODES,
    rows=(
        IndicatorRow(level1="产出指标", level2="数量指标", name="养护里程", explanation="县道", target="≥300公里"),
        IndicatorRow(level1="产出指标", level2="质量指标", name="优良率", target="≥85%"),
        IndicatorRow(level1="效益指标", level2="社会效益指标", name="出行条件", target="改善"),
    ),
)


def test_v13_with_the_columns_of_the_form():
    form = only(one_sheet([OF_THE_FORM + EXCHANGE, *(ITS_TEXTS + line for line in EXCHANGED)]))
    assert (form.record, form.problems) == (OF_V13, ())


def test_v13_columns_in_another_order():
    order = [16, 3, 9, 5, 7, 0, 1, 2, 4, 6, 8, 10, 11, 12, 13, 14, 15]
    lines = [OF_THE_FORM + EXCHANGE, *(ITS_TEXTS + line for line in EXCHANGED)]
    assert only(one_sheet([[line[at] for at in order] for line in lines])).record == OF_V13


def test_v13_below_the_name_of_the_project():
    lines = [["2024年绩效目标导出"], ["项目名称：农村公路养护", "", "主管部门：[330]交通局"], EXCHANGE, *EXCHANGED]
    record = only(one_sheet(lines)).record
    assert (record.title, record.department_code, record.rows) == (OF_V13.title, "330", OF_V13.rows)


def test_v13_that_names_no_project_is_refused():
    form = only(one_sheet([EXCHANGE, *EXCHANGED]), year=2024)
    assert [(found.level, found.cell) for found in form.problems] == [(REFUSED, "A1")]
    assert "没有项目名称" in form.problems[0].message


def test_monitoring_gives_its_target_part():
    form = only(one_sheet(MONITORING))
    assert cells(form.record) == [
        ("产出指标", "数量指标", "养护里程", "≥300公里"),
        ("产出指标", "质量指标", "优良率", "≥85%"),
    ]
    assert form.record.extra == {
        "1-7月执行情况": "第1行 150\n第2行 80",
        "全年预计完成情况": "第1行 300\n第2行 85",
    }
    assert levels(form) == [(WARNING, "A1")]


def test_budget_sheets_of_another_province():
    """Units and projects in one column, columns numbered below their heads; the sheet of amounts alone is no form."""
    content = book(
        ("部门项目支出预算05-1", lambda sheet: fill(sheet, V05_1)),
        ("部门项目支出绩效目标05-2", lambda sheet: fill(sheet, V05_2)),
    )
    forms = read(content)
    assert [(form.title, form.record.unit, form.record.goal) for form in forms] == [
        ("农村公路养护", "河东县交通运输局", "路况优良。"),
        ("公路绿化", "河东县交通运输局", "绿化。"),
    ]
    assert cells(forms[0].record) == [
        ("产出指标", "数量指标", "养护里程", "≥300公里"),
        ("产出指标", "质量指标", "优良率", "≥85%"),
        ("效益指标", "社会效益指标", "出行条件", "改善"),
    ]
    assert [row.explanation for row in forms[0].record.rows] == ["反映养护里程", "反映优良率", "反映条件"]
    assert {found.level for found in forms[0].problems} == {GUESS}


def test_v6_reads_its_levels_one_lower_and_says_so():
    form = only(one_sheet(V6))
    assert cells(form.record) == [
        ("", "数量指标", "管护河道数", "≥12条"),
        ("", "成本指标", "管护成本", "≤30万元"),
    ]
    assert form.record.rows[0].explanation == "反映管护河道"
    assert levels(form) == [(GUESS, "B9")]
    kept = {
        "项目预算（万元） 1": "人员费：金额 10万元；测算（公式）依据 5人*2万；2020年实际执行数 9万元；2021年实际执行数 9.5万元",
        "项目预算（万元） 合计": "金额 10万元；2020年实际执行数 9万元；2021年实际执行数 9.5万元",
        "保障绩效目标实现措施": "加强检查",
    }
    assert {name: form.record.extra.get(name) for name in kept} == kept


def test_v10_signatures_of_the_bureau_are_no_indicators():
    form = only(one_sheet(V10))
    output = V10[10][1]
    assert cells(form.record) == [(output, "", "1.植树", "300棵"), ("效益指标", "", "1.绿化率", "35%")]
    assert (form.record.fiscal, form.record.goal) == (Decimal("400000.00"), "一年绿")
    kept = {"总目标": "三年绿", "总目标绩效指标 1": f"{output}／1.植树：1000棵", "审核人（2）": "李四"}
    assert {name: form.record.extra.get(name) for name in kept} == kept


def test_v10b_tree_without_a_heading_over_its_first_level():
    form = only(one_sheet(V10B))
    assert cells(form.record) == [
        ("投入", "时效目标", "完成时间", "12月底"),
        ("产出", "数量目标", "植树", "≥300棵"),
        ("效益", "社会效益", "市民满意", "提升"),
    ]
    assert (form.record.total, form.record.extra) == (
        Decimal("500000.00"),
        {"参考标准": "第1行 合同\n第2行 规划\n第3行 调查"},
    )


@pytest.mark.parametrize("record", [OF_V11, OF_V12, OF_V13], ids=["V11", "V12", "V13"])
def test_what_was_read_is_written_and_read_again(record):
    once = only(write_official([record])).record
    assert once == replace(record, rows=once.rows)
    assert cells(once) == cells(record)
