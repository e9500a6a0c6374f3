"""Rules on money, and the reading of amounts and products in running text."""

from dataclasses import replace
from decimal import Decimal

import pytest

from targets.domain.checks.amounts import products, sums_of_money
from targets.domain.checks.reading import in_wan
from targets.domain.record import IndicatorRow, Record
from targets.tests.domain.examples import (
    BENEFIT,
    COST,
    PLAN,
    PLAN_ROW,
    PROJECT,
    QUANTITY,
    RULES_2023,
    findings_of,
    places,
    project_row,
    with_row,
)


def yuan(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@pytest.mark.parametrize(
    ("total", "fiscal", "other", "extra", "flagged"),
    [
        ("1000000", "600000", "400000", {}, False),
        ("4943900.00", "4900000.00", "0", {}, True),
        ("1000000", "600000", "399900", {}, False),
        ("1000000", "600000", "399899.99", {}, True),
        ("1000000", "1000000", "", {}, False),
        ("1000000", "", "", {}, False),
        ("", "", "", {}, False),
        ("", "600000", "", {}, True),
        ("", "0", "0", {}, False),
        ("1000000", "600000", "0", {"上年结转资金": "40"}, False),
        ("1000000", "600000", "0", {"上年结转资金": "400000.00元"}, False),
        ("1000000", "0", "0", {"上级资金": "70.00", "本级资金": "30.00万元"}, False),
        ("1000000", "600000", "0", {"上年结转资金": "见附件40页"}, True),
        ("1000000", "600000", "0", {"立项依据": "40"}, True),
    ],
)
def test_total_against_parts(total: str, fiscal: str, other: str, extra: dict[str, str], flagged: bool) -> None:
    record = replace(PROJECT, total=yuan(total), fiscal=yuan(fiscal), other=yuan(other), extra=extra)
    assert places("R29", record) == [(0, "total")] * flagged


def test_words_of_a_wrong_total() -> None:
    record = replace(PROJECT, total=Decimal("4943900.00"), fiscal=Decimal(4900000), other=Decimal(0))
    (finding,) = findings_of("R29", record)
    assert finding.message == "项目资金：总额 494.39 万元不等于财政拨款与其他资金之和 490.00 万元。请核对三个数。"
    assert dict(finding.evidence) == {"total": "4943900.00", "fiscal": "4900000.00", "other": "0.00"}


def test_the_tolerance_is_the_years() -> None:
    record = replace(PROJECT, fiscal=Decimal("600001.00"))
    strict = replace(RULES_2023, thresholds={"money_tolerance": Decimal(0)})
    assert (places("R29", record), places("R29", record, strict)) == ([], [(0, "total")])


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("4943900", "494.39 万元"),
        ("0", "0.00 万元"),
        ("2230080", "223.008 万元"),
        ("78996700", "7,899.67 万元"),
        ("50", "0.005 万元"),
    ],
)
def test_amounts_are_shown_in_wan(amount: str, text: str) -> None:
    assert in_wan(Decimal(amount)) == text


def with_costs(*items: tuple[str, str], goal: str = PROJECT.goal) -> Record:
    costs = tuple(project_row("成本指标/经济成本指标", name, target) for name, target in items)
    return replace(PROJECT, goal=goal, rows=(*costs, *PROJECT.rows[1:]))


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([("补助费用", "≤100万元")], []),
        ([("补助费用", "≤1000000元")], []),
        ([("补助费用", "≤60万元"), ("设备费用", "≤40万元")], []),
        ([("总成本", "≤100万元"), ("其中：人工", "≤60万元")], []),
        ([("补助费用", "≤9510.6万元")], [(1, "target")]),
        ([("补助费用", "≤60万元"), ("设备费用", "≤9510.6万元")], [(2, "target")]),
        ([("补助费用", "≤60万元"), ("设备费用", "≤50万元")], [(1, "target")]),
        ([("补助费用", "≤60万元"), ("设备费用", "≤30万元")], [(1, "target")]),
        ([("补助费用", "≤90万元")], [(1, "target")]),
        ([("补助标准", "=0.08万元"), ("补助费用", "=100万元")], []),
        ([("补助标准", "≤2000000元/亩")], []),
        ([("人均成本", "≤200万元")], []),
        ([("成本节约", "≥5万元")], []),
        ([("成本控制", "合理")], []),
        ([("发放人数", "≥944人")], []),
    ],
)
def test_cost_against_budget(items: list[tuple[str, str]], expected: list[tuple[int, str]]) -> None:
    assert places("R30", with_costs(*items)) == expected


def test_a_cost_above_the_budget_may_be_explained_in_the_goal() -> None:
    goal = "新建幼儿园5所，总投资263.03万元，其中上级资金163.03万元，区级预算100万元。"
    assert places("R30", with_costs(("总投资", "≤263.03万元"), goal=goal)) == []


def test_without_a_total_there_is_nothing_to_compare() -> None:
    assert places("R30", replace(PROJECT, total=None)) == []


@pytest.mark.parametrize(
    ("goal", "flagged"),
    [
        ("预计使用资金875万元，保障基本生活。", True),
        ("预计使用资金875万元，其中区级100万元。", False),
        ("拨付60万元、30万元，年审10万元。", False),
        ("补助60万元；培训30万；其余10万。", False),
        ("共需１００万元，改善办园条件。", False),
        ("共需0.01亿元，改善办园条件。", False),
        ("每人每月发放80元，人均3万元，建设3.8万亩，惠及6万人。", False),
        ("每辆补助0.18万元/车，改善条件。", False),
        ("没有金额的目标，改善条件。", False),
    ],
)
def test_goal_amount_against_budget(goal: str, flagged: bool) -> None:
    assert places("R31", replace(PROJECT, goal=goal)) == [(0, "goal")] * flagged


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("共1,028万元", [10280000]),
        ("20万，30万。40万", [200000, 300000, 400000]),
        ("1.2亿元", [120000000]),
        ("每年60万元", []),
        ("人均3万,共计30万;", [300000]),
        ("3.8万亩、6万人、810元", []),
        ("0.18万元/车", []),
        ("", []),
    ],
)
def test_sums_of_money(text: str, amounts: list[int]) -> None:
    assert [found.amount for found in sums_of_money(text)] == amounts


@pytest.mark.parametrize(
    ("text", "exact", "right"),
    [
        ("12689人*810元=1028万元", "10278090", True),
        ("12689人×810元＝1027.81万元", "10278090", True),
        ("12689人*810元=1027.8万元", "10278090", True),
        ("12689人*810元=1030万元", "10278090", False),
        ("230名儿童,人均9696元,共计223.03万元", "2230080", False),
        ("230名儿童，人均9696元，共计223.01万元", "2230080", True),
        ("10人,人均3万,共计30万;", "300000", True),
        ("0.18万元/车. 年*144辆校车=25.92万元", "259200", True),
        ("100人*80元*12月=9.6万元", "96000", True),
        ("100人*80元*12月=96万元", "96000", False),
        ("1.5万人*10元=15万元", "150000", True),
        ("100人*50%*810元=4.05万元", "40500", True),
    ],
)
def test_products(text: str, exact: str, right: bool) -> None:
    (product,) = products(f"目标1：预计{text}")
    assert (product.exact, product.is_right) == (Decimal(exact), right)


@pytest.mark.parametrize(
    "text",
    [
        "每人每月80元",
        "3*4=12",
        "长5米*宽4米",
        "230名儿童，人均9696元",
        "5人，每人每月80元，共计4800元",
        "100元*2元=3元",
    ],
)
def test_what_is_no_product(text: str) -> None:
    assert list(products(text)) == []


def test_arithmetic_tells_result_and_tolerance() -> None:
    (finding,) = findings_of(
        "R32", replace(PROJECT, goal="康复230名儿童，人均9696元，共计223.03万元，其中区级100万元。")
    )
    assert (finding.evidence["exact"], finding.evidence["printed"], finding.evidence["tolerance"]) == (
        "2230080.00", "2230300.00", "50.00",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "flagged"),
    [("=0.08万元", True), ("=0.081万元", False), ("=810元", False), ("=900元", False), ("=0.1万元", True)],
)
def test_rate_that_lost_a_digit(target: str, flagged: bool) -> None:
    record = with_costs(
        ("补助费用", "≤100万元"), ("补助标准", target), goal="12689人*810元=1028万元，区级负担100万元。"
    )
    assert places("R33", record) == [(2, "target")] * flagged


@pytest.mark.parametrize(
    ("name", "target", "flagged"),
    [
        ("补助资金", "≥60万元", True),
        ("补助标准", "=2000元", False),
        ("发放创业贷款", "≥1000万元", False),
        ("培训人数", "≥60人", False),
    ],
)
def test_money_as_output(name: str, target: str, flagged: bool) -> None:
    record = with_row(PROJECT, QUANTITY.with_cells(name=name, target=target))
    assert places("R26", record) == [(2, "target")] * flagged


def test_income_is_an_economic_benefit() -> None:
    row = BENEFIT.with_cells(level2="经济效益指标", name="农户增收", target="≥60万元")
    assert places("R26", with_row(PROJECT, row)) == []


@pytest.mark.parametrize(
    ("name", "explanation", "flagged"),
    [
        ("经费拨付情况", "", True),
        ("对符合条件的残疾人发放补贴", "", True),
        ("创业担保贷款金额", "发放金额", False),
        ("体育产业总产值", "", False),
    ],
)
def test_money_in_the_department_form(name: str, explanation: str, flagged: bool) -> None:
    row: IndicatorRow = PLAN_ROW.with_cells(name=name, explanation=explanation, target="≥1739.3万元")
    assert places("R26", with_row(PLAN, row)) == [(1, "target")] * flagged


def test_the_department_form_has_no_budget_head() -> None:
    assert [places(rule, PLAN) for rule in ("R01", "R06", "R29", "R30", "R31")] == [[]] * 5


def test_cost_is_found_in_older_forms() -> None:
    record = with_row(PROJECT, COST.with_cells(level1="产出指标", level2="成本指标", target="≤200万元"))
    assert places("R30", record) == [(1, "target")]
