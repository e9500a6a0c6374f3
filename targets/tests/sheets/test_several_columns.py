"""Values of several years, or of before and after an adjustment, side by side: the form's own is read, the others are kept."""

from decimal import Decimal

import pytest

from targets.tests.sheets.drawn import cells, read_drawn, told

ADJUSTED = """
    项目支出绩效目标调整表
    （2024年度）
    项目名称|绿地管护|<|<|<|<
    {}
    年度总体目标|<|调整前|<|调整后|<
    ^|^|管护40公顷。|<|管护32公顷。|<
    {}
    """
TABLE = """
    绩效指标|一级指标|二级指标|三级指标|调整前指标值|调整后指标值|调整原因
    ^|产出指标|数量指标|管护面积|≥40公顷|≥32公顷|预算调减
    """
TWICE = """
    一级指标|调整前|<|<|调整后|<|<
    ^|二级指标|三级指标|指标值|二级指标|三级指标|指标值
    产出指标|数量指标|管护面积|≥40公顷|数量指标|绿地面积|≥32公顷
    """
BELOW = "项目资金（万元）|<|调整前|<|调整后|<\n^|^|260|<|218.5|<"
IN_ROWS = "项目资金（万元）|||调整前|调整后|\n^|年度资金总额||260|218.5|"
GOAL = ("E6", "“年度总体目标 调整后”已读为“年度总体绩效目标”，请核对。")


def test_an_adjustment_is_read_as_it_will_be():
    (form,) = read_drawn(ADJUSTED.format(BELOW, TABLE.strip()))
    record = form.record
    assert (record.total, record.goal) == (Decimal(2185000), "管护32公顷。")
    assert cells(form, "level1", "level2", "name", "target") == [("产出指标", "数量指标", "管护面积", "≥32公顷")]
    assert record.extra == {
        "项目资金（万元） 调整前": "260万元",
        "年度总体目标 调整前": "管护40公顷。",
        "调整前指标值": "第1行 ≥40公顷",
        "调整原因": "第1行 预算调减",
    }
    assert told(form) == [("E4", "“项目资金（万元） 调整后”已读为“年度预算资金总额”，请核对。"), GOAL]


def test_an_adjustment_with_rows_of_money_and_two_tables_beside_each_other():
    (form,) = read_drawn(ADJUSTED.format(IN_ROWS, TWICE.strip()))
    record = form.record
    assert (record.total, record.goal) == (Decimal(2185000), "管护32公顷。")
    assert cells(form, "level1", "level2", "name", "target") == [("产出指标", "数量指标", "绿地面积", "≥32公顷")]
    assert record.extra == {
        "年度资金总额 调整前": "260万元",
        "年度总体目标 调整前": "管护40公顷。",
        "调整前绩效指标 1": "产出指标／数量指标／管护面积：≥40公顷",
    }
    assert told(form) == [GOAL]


YEARS = """
    {}项目支出绩效目标表
    预算年度：{}|||单位：万元
    项目名称|灌区改造|<|<|<
    项目资金|资金来源|{}|{}|合计
    ^|资金总额|500|860|1360
    ^|财政拨款|450|800|1250
    年度目标|改造灌区|<|<|<
    一级指标|二级指标|三级指标|指标值|备注
    产出指标|数量指标|改造面积|≥12亩|
    """


@pytest.mark.parametrize(
    ("title", "year", "first", "second"),
    [
        ("", "2024", "2023年（上年）", "2024年（本年）"),
        ("2024年", "", "2023年预算数", "2024年预算数"),
        ("", "2024年", "上年预算", "本年预算"),
    ],
)
def test_money_of_several_years(title, year, first, second):
    (form,) = read_drawn(YEARS.format(title, year, first, second))
    record = form.record
    assert (record.year, record.total, record.fiscal) == (2024, Decimal(8600000), Decimal(8000000))
    assert record.extra == {
        f"资金总额 {first}": "500万元",
        "资金总额 合计": "1360万元",
        f"财政拨款 {first}": "450万元",
        "财政拨款 合计": "1250万元",
    }
    assert told(form) == []


def test_money_of_other_years_is_not_the_forms():
    (form,) = read_drawn(YEARS.format("", "2024", "2022年", "2023年"))
    assert (form.record.year, form.record.total, form.record.fiscal) == (2024, None, None)
    sentence = "金额按年度分列，没有一列写明是这张表的年度，没有读为金额，原文放在“其他栏目”中。请核对后填写金额。"
    assert told(form) == [("C4", sentence)]


def test_a_period_is_no_column_of_money():
    (form,) = read_drawn(
        YEARS.format("2024年", "", "x", "y")
        .replace("项目资金|资金来源|x|y|合计\n", "项目期限|2024年|2025年||\n")
        .replace("^|资金总额|500|860|1360", "资金总额|500|||")
    )
    assert form.record.total == Decimal(5000000)


def test_what_is_expected_of_the_year_is_the_target_beside_what_came_before():
    (form,) = read_drawn(
        """
        2024年度项目支出绩效目标申报表
        项目名称|绿地管护|<|<|<|<|<
        年度绩效指标|一级指标|二级指标|三级指标|前年|上年|预计当年实现|绩效标准
        ^|产出指标|数量指标|管护面积|30公顷|31公顷|≥32公顷|计划标准
        """
    )
    assert cells(form, "level1", "name", "target") == [("产出指标", "管护面积", "≥32公顷")]
    assert set(form.record.extra.values()) == {"30公顷", "31公顷", "第1行 计划标准"}
