"""Words of other offices' project forms that were read as something else, or not at all."""

from decimal import Decimal

import pytest

from targets.tests.sheets.drawn import cells, read_drawn, told

FORM = """
    2024年度项目支出绩效目标表
    {}
    项目名称|绿地管护
    {}
    年度目标|管护绿地
    一级指标|二级指标|三级指标|指标值
    产出指标|数量指标|管护面积|≥32公顷
    {}
    """


@pytest.mark.parametrize(
    ("top", "head", "unit", "extra", "place"),
    [
        ("申报单位名称：市绿化处", "主管部门|市园林局", "市绿化处", {}, "A2"),
        ("编制单位：101002-市绿化处", "", "101002-市绿化处", {}, "A2"),
        ("单位：市公园管理所|||单位：万元", "", "市公园管理所", {}, "A2"),
        ("填报单位：市园林局", "主管部门|市园林局", "", {}, ""),
        ("填报单位：市园林局", "实施单位|市绿化处", "市绿化处", {"填报单位": "市园林局"}, ""),
        ("", "承担单位|市绿化处", "市绿化处", {}, ""),
    ],
)
def test_who_fills_in_is_the_unit_where_no_other_is_named(top, head, unit, extra, place):
    (form,) = read_drawn(FORM.format(top, head, ""))
    sentence = f"表中没有写实施单位，已把填报单位“{unit}”读为实施单位，请核对。"
    assert (form.record.unit, form.record.extra) == (unit, extra)
    assert told(form) == ([(place, sentence)] if place else [])


@pytest.mark.parametrize(
    ("money", "total", "fiscal"),
    [
        ("项目金额|人民币1,256,000.00元|财政资金|¥1,000,000.00", "1256000.00", "1000000.00"),
        ("资金总额|¥1,256,000.00|财政拨款|￥1,000,000", "1256000.00", "1000000.00"),
        ("资金总额（万元）|¥125.6|财政拨款|￥100", "1256000.00", "1000000.00"),
        ("资金总额|1256000元|财政拨款|1000000", "1256000.00", "1000000.00"),
        ("资金总额|125.6|财政拨款|100", "1256000.00", "1000000.00"),
    ],
)
def test_the_unit_of_an_amount_that_names_none(money, total, fiscal):
    (form,) = read_drawn(FORM.format("", money, ""))
    assert (form.record.total, form.record.fiscal) == (Decimal(total), Decimal(fiscal))


def test_what_became_of_a_goal_is_not_the_goal():
    goal = "年度目标|<|预期目标|完成情况\n^|^|管护32公顷|已管护33公顷"
    (form,) = read_drawn(FORM.format("", "", "").replace("年度目标|管护绿地", goal))
    assert (form.record.goal, form.record.extra) == ("管护32公顷", {"完成情况": "已管护33公顷"})
    assert told(form) == []


def test_a_decision_below_the_table_is_no_indicator():
    (form,) = read_drawn(FORM.format("", "", "批复意见|同意\n批复文号|财绩〔2024〕3号"))
    assert cells(form, "name") == [("管护面积",)]
    assert form.record.extra == {"批复意见": "同意", "批复文号": "财绩〔2024〕3号"}
    assert told(form) == []


def test_a_department_in_the_middle_of_a_line_begins_no_plan():
    (form,) = read_drawn(
        FORM.format("", "预算资金（万元）|218.5||主管部门|[118]市园林局", "").replace("2024年度", ""), year=2024
    )
    record = form.record
    assert (record.kind, record.title, record.total) == ("project", "绿地管护", Decimal(2185000))
    assert (record.department_code, record.department_name) == ("118", "市园林局")


@pytest.mark.parametrize("points", ["（20）", "(20分)", "（权重20%）", "（分值：20分）"])
def test_points_of_a_level_in_its_cell(points):
    (form,) = read_drawn(FORM.format("", "", "").replace("产出指标|", f"产出指标{points}|"))
    assert cells(form, "level1", "level2") == [("产出指标", "数量指标")]
    assert form.record.extra == {"一级指标分值": f"产出指标 {'20%' if '%' in points else '20分'}"}


def test_weights_of_the_third_level_and_other_money_of_a_list():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标汇总表
        单位名称|项目名称|资金（万元）|<|<|绩效指标|<|<|<|<
        ^|^|总额|财政拨款|其他|一级指标|二级指标|三级指标|指标值|三级指标权重
        市绿化处|绿地管护|67.2|60|7.2|产出指标|数量指标|管护面积|≥32公顷|50
        """
    )
    record = form.record
    assert (record.total, record.fiscal, record.other) == (Decimal(672000), Decimal(600000), Decimal(72000))
    assert cells(form, "name", "weight") == [("管护面积", "50")]


def test_what_stands_beside_the_expected_goal_over_a_text_of_its_own_is_no_goal():
    goal = "年度总体目标|<|预期目标|目标实现程度综述\n^|^|管护32公顷|已管护33公顷"
    (form,) = read_drawn(FORM.format("", "", "").replace("年度目标|管护绿地", goal))
    assert (form.record.goal, form.record.extra) == ("管护32公顷", {"目标实现程度综述": "已管护33公顷"})
    assert told(form) == []


def test_goals_whose_numbers_have_cells_of_their_own():
    goal = "年度目标|目标1|管护32公顷\n^|目标2：|成活率95%\n^|目标3|群众满意"
    (form,) = read_drawn(FORM.format("", "", "").replace("年度目标|管护绿地", goal))
    assert (form.record.goal, form.record.extra) == ("目标1：管护32公顷\n目标2：成活率95%\n目标3：群众满意", {})
    assert told(form) == []


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("市园林局118", "118", "市园林局"),
        ("市园林局-118001", "118001", "市园林局"),
        ("解放军第302", "", "解放军第302"),
        ("市12345热线办公室12", "", "市12345热线办公室12"),
        ("市园林局2024", "", "市园林局2024"),
    ],
)
def test_a_code_behind_the_name_of_a_department(text, code, name):
    (form,) = read_drawn(FORM.format("", f"主管部门及代码|{text}", ""))
    assert (form.record.department_code, form.record.department_name) == (code, name)


def test_a_stamp_is_no_part_of_a_name():
    (form,) = read_drawn(FORM.format("填报单位：市绿化处（公章）", "", ""))
    assert (form.record.unit, form.record.extra) == ("市绿化处", {})


def test_the_code_of_a_project_before_its_name():
    (form,) = read_drawn(FORM.format("", "", "").replace("绿地管护\n", "37030224T000000000011-绿地管护\n"))
    assert (form.record.code, form.record.title) == ("37030224T000000000011", "绿地管护")
    coded = "项目名称|37030224T000000000011-绿地管护|项目代码|某代码"
    (form,) = read_drawn(FORM.format("", "", "").replace("项目名称|绿地管护", coded))
    assert (form.record.code, form.record.title) == ("某代码", "37030224T000000000011-绿地管护")


@pytest.mark.parametrize(
    ("heading", "goal", "total", "extra"),
    [
        ("2024年度", "管护绿地", Decimal(2000000), {"2023年预算数（万元）": "100万元"}),
        ("2025年度", "", None, {"2023年预算数（万元）": "100万元", "2024年预算数（万元）": "200万元", "2024年度绩效目标": "管护绿地"}),
        ("", "", None, {"2023年预算数（万元）": "100万元", "2024年预算数（万元）": "200万元", "2024年度绩效目标": "管护绿地"}),
    ],
)  # fmt: skip
def test_labels_that_name_a_year_are_the_forms_if_it_is_its_own(heading, goal, total, extra):
    dated = FORM.format("", "2023年预算数（万元）|100|2024年预算数（万元）|200", "")
    year = int(heading[:4] or 2024)
    dated = dated.replace("2024年度项目", f"{heading}项目").replace("年度目标|", "2024年度绩效目标|")
    (form,) = read_drawn(dated, year=year)
    assert (form.record.goal, form.record.total, form.record.extra) == (goal, total, extra)


def test_a_year_that_only_labels_name_is_the_forms():
    dated = (
        FORM.format("", "2024年预算数（万元）|200", "")
        .replace("2024年度项目", "项目")
        .replace("年度目标|", "2024年绩效目标|")
    )
    (form,) = read_drawn(dated)
    assert (form.record.year, form.record.goal, form.record.total) == (2024, "管护绿地", Decimal(2000000))


def test_a_goal_of_several_years_is_not_that_of_the_year():
    dated = FORM.format("", "", "").replace(
        "年度目标|管护绿地", "2024-2026年绩效目标|管护百顷\n2024年绩效目标|管护绿地"
    )
    (form,) = read_drawn(dated)
    assert (form.record.goal, form.record.extra) == ("管护绿地", {"2024-2026年绩效目标": "管护百顷"})


def test_a_line_whose_level_is_blank_on_both_sides_is_told_once():
    (form,) = read_drawn(
        """
        2024年度项目支出绩效目标表|<|<|<|<|<|<
        项目名称|绿地管护|<|<|<|<|<
        一级指标|中期指标|<|<|年度指标|<|<
        ^|二级指标|三级指标|指标值|二级指标|三级指标|指标值
        产出指标|数量指标|面积|≥9|数量指标|面积|≥3
        |质量指标|成活率|≥90%|质量指标|成活率|≥95%
        """
    )
    sentence = "第6行的一级指标为空白，已照空白读入。如与上一行相同，请合并单元格或补填后重新上传。"
    assert told(form) == [("A6", sentence)]


def test_levels_beside_a_line_that_was_not_filled_in_go_on():
    (form,) = read_drawn(
        """
        2024年度项目支出绩效目标表|||
        项目名称|绿地管护||
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|管护面积|≥32公顷
        |质量指标|成活率|≥95%
        效益指标|经济效益指标|指标1：|
        ||……|
        |社会效益指标|绿地服务半径|≤500米
        满意度指标|服务对象满意度指标|指标1：|
        ||市民满意度|≥90%
        """
    )
    assert cells(form, "level1", "level2", "name", "continues") == [
        ("产出指标", "数量指标", "管护面积", ()),
        ("产出指标", "质量指标", "成活率", ("level1",)),
        ("效益指标", "社会效益指标", "绿地服务半径", ()),
        ("满意度指标", "服务对象满意度指标", "市民满意度", ()),
    ]
