"""Rules on the department form: the target beside its reference values."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from targets.domain.checks import check
from targets.domain.record import IndicatorRow
from targets.tests.domain.examples import PLAN, PLAN_ROW, RULES_2023, findings_of, with_row

BLANK_REFERENCES = dict.fromkeys(
    ("plan_value", "standard_value", "standard_source", "average_3y", "last_year", "history_source"), "-"
)


def row(**cells: Any) -> IndicatorRow:
    return PLAN_ROW.with_cells(**cells)


def fields(rule: str, changed: IndicatorRow) -> list[str]:
    return [finding.field for finding in findings_of(rule, with_row(PLAN, changed))]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (row(target="≥200条", plan_value="≥200条", standard_value="≥200期", average_3y="203期"), ["standard_value"]),
        (row(average_3y="90%", last_year="90%"), ["average_3y"]),
        (row(last_year="1150期"), ["last_year"]),
        (row(last_year="0.115万条"), []),
        (row(last_year="1150"), []),
        (row(last_year="-", average_3y="无"), []),
        (row(last_year="根据实际情况制定"), []),
        (row(target="≥95%", plan_value="", standard_value="95百分比", average_3y="94％", last_year="94%"), []),
        (row(target="≥1.8；1", plan_value="≥1.8；1", standard_value="=1.5；1", average_3y="1.5", last_year=""), []),
        (row(target="≥1200"), []),
        (row(last_year="90%", note="上年按比例统计，口径不同"), []),
        (row(last_year="90%", note="项目开始两年"), ["last_year"]),
        (row(target="≥20名", plan_value="≥20人", standard_value="", average_3y="18人", last_year="19人"), []),
        (row(target="≥5个", plan_value="≥5所", standard_value="", average_3y="4所", last_year=""), []),
    ],
)
def test_mixed_units(changed: IndicatorRow, expected: list[str]) -> None:
    assert fields("R21", changed) == expected


@pytest.mark.parametrize(
    ("changed", "flagged"),
    [
        (row(target="≥1000条"), True),
        (row(target="≥1120条"), False),
        (row(target="≥1000条", average_3y="-"), True),
        (row(target="≥1000条", average_3y="-", last_year="-"), False),
        (row(target="≥1000条", note="机构改革，职能划出"), False),
        (row(target="≥1000条", note="年度工作计划"), True),
        (row(target="≥1000条", note="全市舆情统计"), True),
        (row(target="≥0.1万条"), True),
        (row(target="≤1300条"), True),
        (row(target="≤1000条"), False),
        (row(target="=1000条"), False),
        (row(target="≥1000期"), False),
        (row(target="小学≥10人", average_3y="初中12人", last_year="初中12人"), False),
    ],
)
def test_below_history(changed: IndicatorRow, flagged: bool) -> None:
    assert fields("R35", changed) == ["target"] * flagged


@pytest.mark.parametrize(
    ("changed", "flagged"),
    [
        (row(target="≥5项", plan_value="≥6项", standard_value="≥5项"), True),
        (row(target="≥65%", plan_value="=66.5%", standard_value="=66.5%"), True),
        (row(target="≥6项", plan_value="≥6项", standard_value="-"), False),
        (row(target="≥5项", plan_value="≥6项", note="一个村合并"), False),
        (row(target="≤6天", plan_value="≤5天", standard_value=""), True),
    ],
)
def test_below_plan(changed: IndicatorRow, flagged: bool) -> None:
    assert fields("R37", changed) == ["target"] * flagged


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (row(standard_source=""), ["standard_source"]),
        (row(standard_source="-", history_source="/"), ["standard_source", "history_source"]),
        (row(history_source="", average_3y="-"), ["history_source"]),
        (row(history_source="", average_3y="-", last_year="无"), []),
        (row(**BLANK_REFERENCES), []),
    ],
)
def test_source_missing(changed: IndicatorRow, expected: list[str]) -> None:
    assert fields("R38", changed) == expected


@pytest.mark.parametrize(
    ("changed", "flagged"),
    [
        (row(**BLANK_REFERENCES), True),
        (row(**BLANK_REFERENCES | {"note": "新增工作任务"}), False),
        (row(**BLANK_REFERENCES | {"last_year": "3次"}), False),
        (row(**BLANK_REFERENCES | {"plan_value": "≥3次"}), False),
    ],
)
def test_no_reference_no_reason(changed: IndicatorRow, flagged: bool) -> None:
    assert fields("R39", changed) == ["note"] * flagged


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (row(last_year="≥2000条"), ["last_year"]),
        (row(last_year="≥2000条", average_3y="2000条以上"), ["average_3y", "last_year"]),
        (row(last_year="=2000元/生/年"), []),
        (row(last_year="-"), []),
    ],
)
def test_history_with_sign(changed: IndicatorRow, expected: list[str]) -> None:
    assert fields("R40", changed) == expected


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (row(key="again", explanation="另一处"), ["name"]),
        (row(key="again", duty_group="文产办", number="2"), []),
        (row(key="again", name="舆情专报数量"), []),
        (row(key="again", name="舆情信息条数", explanation="舆情信息条数"), ["explanation"]),
    ],
)
def test_duplicates(again: IndicatorRow, expected: list[str]) -> None:
    assert fields("R42", again) == expected


def test_name_and_explanation_swapped() -> None:
    assert fields("R43", row(name="反映界桩完好情况", explanation="界桩完好率")) == ["name"]


def test_full_coverage_demanded_by_a_document_needs_no_sign() -> None:
    exact = {"target": "100%", "plan_value": "", "standard_value": "100%", "average_3y": "100%", "last_year": "100%"}
    assert fields("R16", row(**exact, standard_source="《山东省行政区域界线管理办法》")) == []
    assert fields("R16", row(**exact)) == ["target"]


def test_rules_of_the_project_form_leave_the_department_form_alone() -> None:
    changed = row(level1="", level2="", weight="5")
    assert [fields(rule, changed) for rule in ("R06", "R07", "R09", "R25", "R45")] == [[]] * 5


@pytest.mark.parametrize(
    ("source", "flagged"),
    [
        ("2021年工作计划", True),
        ("2022年工作计划", False),
        ("2023年工作计划", False),
        ("2020—2022年统计公报", False),
        ("“十三五”规划", True),
        ("“十四五”规划", False),
        ("《关于开展2019年评估的通知》（淄民〔2019〕34号）", True),
        ("财预〔2019〕136号", False),
        ("鲁民[2015]70号、2022年统计", False),
        ("内部统计", False),
        ("编号20190012的台账", False),
        ("", False),
    ],
)
def test_a_source_of_an_older_year(source: str, *, flagged: bool) -> None:
    expected = ["standard_source"] if flagged else []
    assert fields("R61", row(standard_source=source)) == expected
    assert fields("R61", row(standard_source=source, note="评估五年一次，2019年的仍有效")) == []


def test_how_old_a_source_may_be_is_the_year_s_to_say() -> None:
    old = with_row(PLAN, row(history_source="2021年统计公报"))
    longer = replace(RULES_2023, thresholds={"source_age": Decimal(2)})
    (finding,) = [finding for finding in check(old, RULES_2023) if finding.rule == "R61"]
    assert finding.message == (
        "第1行 历史值来源：“2021年统计公报”是2021年的来源，本年度是2023年。"
        "请换成2022年或以后的；仍以它为准的，请在备注说明。"
    )
    assert [finding for finding in check(old, longer) if finding.rule == "R61"] == []
