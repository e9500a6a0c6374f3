"""Lists and plans of other counties: units of amounts in cells of their own, heads in two rows, categories under other headings."""

from decimal import Decimal

import pytest

from targets.tests.sheets.drawn import cells, read_drawn, told

LEVELS = ("level1", "level2", "name", "target")
TABLE = """
一级指标|二级指标|三级指标|指标值|||
产出指标|数量指标|保洁里程|≥126公里|||
"""


@pytest.mark.parametrize(
    ("amounts", "below"),
    [
        ("资金总额|120000|元|其中：财政拨款|100000|元|", ""),
        ("资金总额|12|万元|其中：财政拨款|10|万元|", ""),
        ("资金总额|120000||其中：财政拨款|100000||", "单位：元||||||"),
        ("资金总额|120000||其中：财政拨款|100000||", "金额单位：|元|||||"),
    ],
)
def test_unit_of_an_amount_in_a_cell_of_its_own_or_below_the_table(amounts, below):
    (form,) = read_drawn(f"2024年项目支出绩效目标表||||||\n项目名称|河道保洁|||||\n{amounts}{TABLE}{below}")
    assert (form.record.total, form.record.fiscal) == (Decimal(120000), Decimal(100000))
    assert all(problem.level == "guess" for problem in form.problems)


def test_unit_of_the_amounts_of_a_list_in_a_column_of_its_own():
    (form,) = read_drawn(
        """
        2024年度项目支出绩效目标汇总表|||||||
        项目名称|预算金额|金额单位|一级指标|二级指标|三级指标|指标值|单位
        河道保洁|120000|元|产出指标|数量指标|保洁里程|126|公里
        """
    )
    assert (form.record.total, form.record.extra, form.problems) == (Decimal(120000), {}, ())
    assert cells(form, "name", "target") == [("保洁里程", "126公里")]


@pytest.mark.parametrize("field", ["主管部门", "实施单位"])
def test_code_and_name_in_cells_of_their_own(field):
    (form,) = read_drawn(
        f"2024年项目支出绩效目标表||||||\n项目名称|河道保洁|||||\n{field}|202001|某县河道所||||{TABLE}"
    )
    record = form.record
    found = (record.department_code, record.department_name, record.unit)
    assert found == (("202001", "某县河道所", "") if field == "主管部门" else ("", "", "[202001]某县河道所"))
    assert form.problems == ()


def test_sum_and_parts_of_the_money_below_their_heading_in_a_list_without_merges():
    first, second = read_drawn(
        """
        2024年部门预算项目绩效目标表||||||||
        序号|项目名称|项目资金（万元）|||绩效目标|||
        ||合计|财政拨款|其他资金|一级指标|二级指标|三级指标|指标值
        1|河道保洁|12|10|2|产出指标|数量指标|里程|≥126公里
        2|孤儿保障|13|13|0|产出指标|数量指标|人数|≥5人
        """
    )
    assert (first.record.total, first.record.fiscal, first.record.other) == (
        Decimal(120000),
        Decimal(100000),
        Decimal(20000),
    )
    assert cells(second, *LEVELS) == [("产出指标", "数量指标", "人数", "≥5人")]


def test_column_of_nothing_but_categories_is_one_whatever_its_heading():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||
        项目名称|河道保洁|||
        指标类型|指标类别|指标名称|指标值|备注
        产出指标|数量指标|保洁里程|≥126公里|
        效益指标|社会效益指标|沿河环境|改善|
        """
    )
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "保洁里程", "≥126公里"),
        ("效益指标", "社会效益指标", "沿河环境", "改善"),
    ]
    assert ("A3", "表头“指标类型”已读为“一级指标”，请核对。") in told(form)


def test_the_column_between_categories_and_targets_holds_the_indicators():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||
        项目名称|河道保洁|||
        绩效指标|大类|小类|细项|年度指标值
        |产出指标|数量指标|保洁里程|≥126公里
        """
    )
    assert cells(form, *LEVELS) == [("产出指标", "数量指标", "保洁里程", "≥126公里")]
    assert ("D3", "表头“细项”已读为“三级指标”，请核对。") in told(form)


def test_column_of_kinds_is_no_column_of_categories():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表|||
        项目名称|河道保洁||
        指标类型|指标名称|指标值|备注
        定量|保洁里程|≥126公里|
        """
    )
    assert (cells(form, *LEVELS), form.record.extra) == (
        [("", "", "保洁里程", "≥126公里")],
        {"指标类型": "第1行 定量"},
    )


def test_categories_of_a_plan_nest_below_its_duties():
    (form,) = read_drawn(
        """
        2024年部门整体绩效目标表|||||||
        部门名称：某局|||||||
        序号|部门职责|职责目标|一级指标|二级指标|绩效指标|指标解释|年度指标值
        1|节水|少用水|产出指标|数量指标|用水量|反映用水|≤30万方
        |||||漏损率|反映漏损|≤9%
        2|治水|水清||质量指标|达标率|反映水质|≥95%
        """
    )
    assert cells(form, "number", "level1", "level2", "name") == [
        ("1", "产出指标", "数量指标", "用水量"),
        ("1", "产出指标", "数量指标", "漏损率"),
        ("2", "", "质量指标", "达标率"),
    ]


@pytest.mark.parametrize(("side", "name"), [("支出明细", "支出明细"), ("", "明细")])
def test_counted_table_in_the_head_is_kept_line_by_line(side, name):
    (form,) = read_drawn(
        f"""
        2024年项目支出绩效目标表|||||
        项目名称|河道保洁||||
        {side}|序号|支出内容|测算依据|金额（万元）|
        |1|人工费|6人×1万元|6|
        |2|材料费|市场询价|6|
        |合计|||12|
        年度目标|水清||||
        一级指标|二级指标|三级指标|指标值||
        产出指标|数量指标|保洁里程|≥126公里||
        """
    )
    assert form.record.goal == "水清"
    assert form.record.extra == {
        f"{name} 1": "1：支出内容 人工费；测算依据 6人×1万元；金额（万元） 6万元",
        f"{name} 2": "2：支出内容 材料费；测算依据 市场询价；金额（万元） 6万元",
        f"{name} 合计": "金额（万元） 12万元",
    }


def test_self_evaluation_of_a_plan():
    (form,) = read_drawn(
        """
        2024年部门整体支出绩效自评表||||||
        部门（单位）名称|某局|||||
        年度预算（万元）||预算数|执行数|执行率|分值|得分
        |资金总额|100|90|90%|10|9
        年度总体目标|预期目标|||实际完成情况||
        |完成任务|||已完成||
        一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
        产出指标|数量指标|里程|≥126公里|130公里|10|10
        """
    )
    extra = form.record.extra
    assert (extra["预期目标"], extra["实际完成情况"]) == ("完成任务", "已完成")
    assert (extra["资金总额"], extra["资金总额 执行数"], extra["资金总额 执行率"]) == ("100万元", "90万元", "90%")
    assert [(row.target, row.weight) for row in form.record.rows] == [("≥126公里", "10")]
