"""Forms of other offices, V4, V5, V7, V8, V9 and V9b: merged or not, anywhere on the sheet, columns in another order."""

from dataclasses import replace
from decimal import Decimal

import pytest

from targets.domain.record import PLAN, PROJECT
from targets.domain.sheets.indicator import Joined, joined_target
from targets.domain.sheets.marks import ticked
from targets.domain.sheets.reader import read_workbook
from targets.domain.sheets.writer import write_official
from targets.domain.values import IndicatorValue
from targets.tests.sheets import samples
from targets.tests.sheets.books import book, fill, one_sheet, project_lines
from targets.tests.sheets.samples import form_book, reordered

NAMES = ("V4", "V5", "V7", "V8", "V9", "V9B")


def read(content, **options):
    return read_workbook(content, "a.xlsx", **options).forms


def only(content, **options):
    (form,) = read(content, **options)
    return form


def sample(name):
    return getattr(samples, name), getattr(samples, f"{name}_MERGES")


def as_merged(name):
    return only(form_book(*sample(name))).record


def cells(record):
    return [(row.level1, row.level2, row.name, row.target, row.weight) for row in record.rows]


def test_v4_two_goals_and_money_with_its_unit():
    record = as_merged("V4")
    assert (record.title, record.department_name, record.year) == ("市级河湖管护经费", "湘潭市水利局", 2023)
    assert (record.total, record.goal) == (Decimal("2500000.00"), "完成12条河道日常管护。")
    assert cells(record) == [
        ("产出指标", "数量指标", "管护河道数", "≥12条", ""),
        ("产出指标", "质量指标", "管护达标率", "≥95%", ""),
        ("产出指标", "时效指标", "完成时间", "2023年12月底前", ""),
        ("产出指标", "成本指标", "管护成本", "≤250万元", ""),
        ("效益指标", "经济效益指标", "", "", ""),
        ("效益指标", "社会公众或服务对象满意度指标", "群众满意度", "≥90%", ""),
    ]
    assert record.extra == {
        "该项目支出上级资金": "0万元",
        "项目支出实施期": "2023.07-2024.01",
        "实施期绩效目标": "建立长效管护机制，河湖面貌持续改善。",
        "财政部门审核意见": "同意",
        "填表人": "李四",
        "联系电话": "0731-58200000",
        "填报日期": "2023年1月5日",
        "绩效标准": "第1行 计划标准\n第2行 历史标准\n第4行 预算标准",
    }


def test_v5_keeps_the_year_apart_from_the_long_term():
    record = as_merged("V5")
    assert (record.department_code, record.department_name, record.unit) == ("305", "佳县农业局", "佳县扶贫办")
    assert (record.total, record.fiscal, record.other) == (
        Decimal("106067522.00"), Decimal("100000000.00"), Decimal("5000000.00"),
    )  # fmt: skip
    assert record.goal == "当年脱贫1500户。"
    assert cells(record) == [
        ("产出指标", "数量指标", "当年电站数", "15座", ""),
        ("产出指标", "质量指标", "并网率", "100%", ""),
        ("满意度指标", "具体指标", "群众满意度", "88", ""),
    ]
    assert record.rows[0].note == "首批"
    kept = {
        "项目属性": "延续项目",
        "事业收入": "100万元",
        "自有资金 其他": "6.7522万元",
        "项目立项的依据": "陕政发〔2015〕1号",
        "项目实施内容（2）": "2.建设",
        "完成时间（2）": "2016.10",
        "长期目标": "三年脱贫5000户。",
        "长期绩效指标 1": "产出指标／数量指标／电站数：50座（备注 三年）",
        "长期绩效指标 2": "效益指标／环境效益指标／减排：显著",
        "其他说明的问题": "无",
    }
    assert {name: record.extra.get(name) for name in kept} == kept


def test_v7_stars_are_core_indicators_and_masks_stay():
    record = as_merged("V7")
    assert [row.name for row in record.rows][:2] == ["城乡低保对象人数", "低保标准"]
    assert record.rows[0].target == "≥**人"
    assert record.goal.count("\n") == 2
    assert record.extra["核心指标"] == "城乡低保对象人数；低保标准；救助对象满意度"


def test_v8_is_a_plan_with_the_table_of_a_project():
    record = as_merged("V8")
    assert (record.kind, record.title, record.department_name) == (
        PLAN,
        "2021年部门整体支出项目绩效目标申报表",
        "澧县水利局",
    )
    assert (record.total, record.goal) == (None, "")
    first = record.rows[0]
    assert (first.level1, first.level2, first.name, first.explanation, first.target) == (
        "产出指标", "数量指标", "维修水库数", "年度维修的水库", "≥20座",
    )  # fmt: skip
    kept = {
        "基本支出": "1500.5万元",
        "其他资金": "0.5万元",
        "整体绩效目标": "目标1：保障防汛安全。",
        "业务股室": "农财股",
    }
    assert {name: record.extra.get(name) for name in kept} == kept


def test_v9_gives_its_target_part():
    form = only(form_book(*sample("V9")))
    record = form.record
    assert (record.department_code, record.unit, record.goal) == (
        "219",
        "219001-贵池区棠溪镇人民政府",
        "养护农村公路30公里。",
    )
    assert (record.total, record.fiscal, record.other) == (
        Decimal("1200000.00"),
        Decimal("1000000.00"),
        Decimal("0.00"),
    )
    assert cells(record) == [
        ("产出指标", "数量指标", "养护里程", "≥30公里", "15"),
        ("产出指标", "质量指标", "验收合格率", "≥100百分比", "15"),
        ("产出指标", "成本指标", "每公里成本", "≤4万元", "20"),
        ("效益指标", "社会效益指标", "出行条件", "改善", "30"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥90%", "10"),
    ]
    kept = {
        "年度资金总额 全年执行数": "117万元",
        "年度资金总额 执行率": "90%",
        "上年结转资金": "20万元",
        "实际完成情况": "已养护30公里。",
        "实际完成值": "第1行 30公里\n第2行 100%\n第3行 3.9万元\n第4行 基本改善\n第5行 92%",
        "偏差原因分析及改进措施": "第4行 雨季影响，加强巡查",
        "一级指标分值": "产出指标 50分；效益指标 30分；满意度指标 10分",
        "总分": "100；97",
    }
    assert {name: record.extra.get(name) for name in kept} == kept
    assert [(problem.cell, problem.level) for problem in form.problems] == [("A1", "warning")]


def test_v9b_weights_stand_before_the_values():
    record = as_merged("V9B")
    assert (record.year, record.total) == (2022, Decimal("885000.00"))
    assert cells(record) == [
        ("产出指标", "数量指标", "直补人数", "1475人", "20"),
        ("产出指标", "时效指标", "发放及时率", "100%", "30"),
        ("满意度指标", "服务对象满意度指标", "移民满意度", "≥95%", "10"),
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_merged", [True, False])
@pytest.mark.parametrize(("row", "column"), [(1, 1), (4, 3), (1, 6)])
def test_form_stands_anywhere_and_may_lose_its_merges(name, is_merged, row, column):
    lines, merges = sample(name)
    form = only(form_book(lines, merges if is_merged else (), row=row, column=column))
    assert form.record == as_merged(name)
    levels = {problem.level for problem in form.problems}
    assert levels <= ({"guess", "warning"} if name in ("V4", "V9", "V9B") or not is_merged else set())


ORDERS = {
    "V4": (9, [0, 5, 4, 3, 2, 1]),
    "V7": (10, [0, 4, 3, 2, 1]),
    "V9": (12, [0, 8, 6, 4, 5, 7, 3, 1, 2]),
    "V8": (12, [0, 6, 1, 2, 3, 5, 4]),
}


@pytest.mark.parametrize("name", ORDERS)
def test_columns_in_another_order(name):
    lines, _ = sample(name)
    head, order = ORDERS[name]
    table_end = next((at for at, line in enumerate(lines) if at > head and line[0]), len(lines))
    moved = [*reordered(lines[:table_end], head - 1, order), *lines[table_end:]]
    moved = [line for line in moved if label_not_in(line, "总分")]
    expected = as_merged(name)
    record = only(form_book(moved)).record
    assert cells(record) == cells(expected)
    assert (record.title, record.goal, record.total) == (expected.title, expected.goal, expected.total)


def label_not_in(line, word):
    return word not in line


def test_several_kinds_in_one_sheet_and_one_workbook():
    together = [*samples.V4, [], *samples.V9, [], [], *samples.V5, [], *samples.V8, [], *project_lines()]
    content = book(
        ("封面", lambda s: fill(s, [["绩效目标汇编"], ["2023年"]])),
        ("合", lambda s: fill(s, together)),
        ("低保", lambda s: fill(s, samples.V7)),
    )
    forms = read(content)
    assert [(form.kind, form.title, form.sheet) for form in forms] == [
        (PROJECT, "市级河湖管护经费", "合"),
        (PROJECT, "农村公路养护", "合"),
        (PROJECT, "光伏扶贫", "合"),
        (PLAN, "2021年部门整体支出项目绩效目标申报表", "合"),
        (PROJECT, "校车运营补贴", "合"),
        (PROJECT, "困难群众救助补助", "低保"),
    ]
    for form, name in zip(forms, ("V4", "V9", "V5", "V8"), strict=False):
        assert (cells(form.record), form.record.year) == (cells(as_merged(name)), as_merged(name).year)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_read_is_written_and_read_again(name):
    record = as_merged(name)
    once = only(write_official([record])).record
    assert once == replace(record, title=once.title, rows=once.rows)
    assert (once.title, cells(once)) == (record.title, cells(record))


def test_goals_below_their_labels():
    lines = project_lines()
    lines[6:7] = [["总体目标", "实施期目标", "", "年度目标"], ["", "长久", "", "今年一"], ["", "", "", "今年二"]]
    record = only(one_sheet(lines)).record
    assert (record.goal, record.extra) == ("今年一\n今年二", {"实施期目标": "长久"})


def test_overall_goal_beside_the_years():
    lines = project_lines()
    lines[6:7] = [["总体绩效目标", "长久"], ["年度绩效目标", "今年"]]
    record = only(one_sheet(lines)).record
    assert (record.goal, record.extra) == ("今年", {"总体绩效目标": "长久"})


def test_labels_of_one_line_in_one_cell():
    lines = project_lines(money="项目资金")
    lines.insert(1, ["填报单位（盖章）：某局    填报日期：2022年12月1日    金额单位：元"])
    record = only(one_sheet(lines)).record
    assert record.total == Decimal("494.39")
    assert record.extra == {"填报日期": "2022年12月1日", "填报单位": "某局"}


def test_sign_number_and_unit_in_columns_of_their_own():
    lines = project_lines(
        rows=(("产出指标", "数量指标", "人数", "≥", "1.5", "万人"), ("", "", "效果", "定性", "提升", ""))
    )
    lines[7] = ["绩效指标", "一级指标", "二级指标", "三级指标", "计算符号", "指标值", "计量单位"]
    record = only(one_sheet(lines)).record
    assert [row.target for row in record.rows] == ["≥1.5万人", "提升"]
    assert record.extra == {}


@pytest.mark.parametrize(
    ("sign", "value", "unit", "joined"),
    [
        ("≥", "95", "%", Joined("≥95%")),
        ("≥", "95%", "%", Joined("≥95%")),
        ("≥", "≥95%", "%", Joined("≥95%")),
        ("大于等于", "95", "百分比", Joined("≥95百分比")),
        ("＝", "12", "个", Joined("=12个")),
        (">=", "1,200", "万元", Joined("≥1,200万元")),
        ("定性", "显著提升", "", Joined("显著提升")),
        ("定性", "优", "等级", Joined("优", unit="等级")),
        ("定量", "30", "公里", Joined("30公里")),
        ("", "30", "", Joined("30")),
        ("≤", "", "", Joined("", sign="≤")),
        ("反向指标", "30", "公里", Joined("30公里", sign="反向指标")),
        ("/", "提升", "/", Joined("提升")),
        ("≤", "2023年12月", "", Joined("≤2023年12月")),
    ],
)
def test_joined_target(sign, value, unit, joined):
    assert joined_target(sign, value, unit) == joined


@pytest.mark.parametrize("sign", ["≥", "≤", "=", ">", "<"])
@pytest.mark.parametrize("number", ["95", "0.5", "1234.56", "1,200"])
@pytest.mark.parametrize("unit", ["%", "人", "万元", "人次", "公里", "元/人·月", "平方米", ""])
def test_joined_target_reads_back_as_its_parts(sign, number, unit):
    read_back = IndicatorValue.parse(joined_target(sign, number, unit).text)
    assert (read_back.operator, read_back.number, read_back.unit) == (sign, number.replace(",", ""), unit)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("新增项目□ 延续项目√", "延续项目"),
        ("新增项目☑  延续项目□", "新增项目"),
        ("□新增项目 ☑延续项目", "延续项目"),
        ("1.新增项目（ ） 2.延续项目（√）", "延续项目"),
        ("新增项目□ 延续项目□", ""),
        ("本级√、上级√、其他□", "本级、上级"),
        ("延续项目", "延续项目"),
    ],
)
def test_ticked(text, chosen):
    assert ticked(text) == (chosen if "□" in text or "√" in text or "☑" in text else text)


def test_choices_in_cells_of_their_own():
    for said in (["项目属性", "新增项目□", "延续项目√"], ["项目属性", "新增项目", "□", "延续项目", "√"]):
        lines = project_lines()
        lines.insert(2, said)
        assert only(one_sheet(lines)).record.extra == {"项目属性": "延续项目"}


def test_code_and_name_of_the_department_in_two_cells():
    lines = project_lines()
    lines[2] = ["主管部门及代码", "202", "教体局", "实施单位", "教体局"]
    record = only(one_sheet(lines)).record
    assert (record.department_code, record.department_name, record.unit) == ("202", "教体局", "教体局")
