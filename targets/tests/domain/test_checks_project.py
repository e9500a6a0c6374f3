"""Rules on the form of a project: what they flag and, as important, what they leave alone."""

from dataclasses import replace

import pytest

from targets.domain.record import Record
from targets.domain.rules import YearRules
from targets.domain.taxonomy import TAXONOMIES
from targets.tests.domain.examples import (
    BENEFIT,
    COST,
    PROJECT,
    QUANTITY,
    RULES_2023,
    SATISFACTION,
    TIMELINESS,
    findings_of,
    places,
    value_places,
    with_row,
)


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ("", ["R01"]),
        ("  \n", ["R01"]),
        ("做好工作", ["R01"]),
        ("<p>目标1：</p>", ["R01", "R03"]),
        ("目标1:  做好工作", ["R01"]),
        ("认真做好本年度各项日常工作任务安排", ["R02"]),
        ("改善农业生产条件，方便群众出行。", []),
        ("全年举办赛事活动80场次以上。", []),
        ("<p>新建幼儿园5所，方便就近入园。</p>", ["R03"]),
        ("新建幼儿园5所&nbsp;，方便就近入园。", ["R03"]),
        ("把差错率控制在<5%以内，a<b，方便群众。", []),
        ("到2020年底，新建幼儿园5所，方便就近入园。", ["R04"]),
        ("2019年至2022年共建设幼儿园12所。", ["R04"]),
        ("2022年启动，2023年底前新建幼儿园5所。", []),
        ("落实《2020年行动计划》（鲁政〔2019〕20号），新建幼儿园5所。", []),
        ("“十三五”规划纲要（2016-2020年）确定的幼儿园建设5所。", []),
    ],
)
def test_goal(goal: str, expected: list[str]) -> None:
    record = replace(PROJECT, goal=goal)
    assert [rule for rule in ("R01", "R02", "R03", "R04") for _ in findings_of(rule, record)] == expected


def test_a_past_year_that_the_title_names_is_the_project_itself() -> None:
    record = replace(
        PROJECT, title="2019年-2022年高标准农田建设", goal="2019年建设3.8万亩，2022年建设1.12万亩，改善条件。"
    )
    assert places("R04", record) == []


def without(*keys: str) -> Record:
    return replace(PROJECT, rows=tuple(row for row in PROJECT.rows if row.key not in keys))


@pytest.mark.parametrize(
    ("record", "missing"),
    [
        (without("satisfaction"), ["满意度指标"]),
        (without("cost", "benefit"), ["成本指标", "效益指标"]),
        (without("quantity"), []),
        (replace(PROJECT, rows=()), ["成本指标", "产出指标", "效益指标", "满意度指标"]),
        (with_row(PROJECT, SATISFACTION.with_cells(level1="效益指标", level2="社会公众或服务对象满意度指标")), []),
        (with_row(PROJECT, COST.with_cells(level1="产出指标", level2="成本指标")), []),
        (with_row(PROJECT, BENEFIT.with_cells(level1="★效益(30分)", level2="社会效益")), []),
    ],
)
def test_required_classes(record: Record, missing: list[str]) -> None:
    assert [finding.evidence["missing"] for finding in findings_of("R06", record)] == missing


def test_message_of_a_missing_class() -> None:
    (finding,) = findings_of("R06", without("satisfaction"))
    assert finding.message == "绩效指标：缺少“满意度指标”。请至少补一条；确不适用的，请写情况说明。"


def test_quantity_and_benefit() -> None:
    assert places("R07", without("quantity")) == [(0, "level2")]
    assert places("R08", without("benefit")) == []
    free_year = YearRules(2023, RULES_2023.taxonomy)
    assert places("R08", without("benefit"), free_year) == [(0, "level1")]


@pytest.mark.parametrize(
    ("level1", "level2", "field", "words"),
    [
        ("时效指标", "", "level1", "请把一级指标改为“产出指标”"),
        ("产出指标", "经济效益指标", "level2", "请移到“效益指标/经济效益指标”"),
        ("产出指标", "产量指标", "level2", "请从“数量指标”、“质量指标”、“时效指标”中选一个"),
        ("投入", "成本目标", "level1", "不是本年度的一级指标"),
        ("", "数量指标", "level1", "没有填写"),
        ("产出指标", "", "level2", "没有填写"),
    ],
)
def test_category_outside_the_taxonomy(level1: str, level2: str, field: str, words: str) -> None:
    (finding,) = findings_of("R09", with_row(PROJECT, QUANTITY.with_cells(level1=level1, level2=level2)))
    assert (finding.field, words in finding.message) == (field, True)


@pytest.mark.parametrize(
    ("level1", "level2"),
    [
        ("产出指标（50分）", "数量指标"),
        ("产出", "数量"),
        ("满意度指标", ""),
        ("效益指标", "可持续影响指标"),
        ("★产出指标", "★质量指标"),
    ],
)
def test_category_inside_the_taxonomy(level1: str, level2: str) -> None:
    assert places("R09", with_row(PROJECT, QUANTITY.with_cells(level1=level1, level2=level2))) == []


def test_the_year_decides_where_cost_stands() -> None:
    old = YearRules(2018, TAXONOMIES["2015"].tree)
    under_output = with_row(PROJECT, COST.with_cells(level1="产出指标", level2="成本指标"))
    assert places("R09", under_output) == [(1, "level2")]
    assert places("R09", under_output, old) == []
    assert places("R09", PROJECT, old) == [(1, "level1")]


@pytest.mark.parametrize(
    ("target", "name", "flagged"),
    [
        ("=100万元", "补助费用", True),
        ("≤100万元", "补助费用", False),
        ("=0.08万元", "补助标准", False),
        ("=2000元/生/年", "资助", False),
    ],
)
def test_exact_total_cost(target: str, name: str, flagged: bool) -> None:
    assert value_places("R18", name, target, COST) == ["target"] * flagged


@pytest.mark.parametrize(
    ("target", "flagged"),
    [("≥944人", True), ("≥20次", True), ("≥100亩", True), ("≤100万元", False), ("≤1500元/亩", False), ("≤5%", False), ("≤1.5:1", False),
     ("≤300小时", False), ("≤5000千瓦时", False), ("≤100", False), ("控制", False)],
)  # fmt: skip
def test_not_a_cost(target: str, flagged: bool) -> None:
    assert value_places("R25", "城乡低保资金发放", target, COST) == ["target"] * flagged


def test_count_under_output_is_no_cost() -> None:
    assert value_places("R25", "城乡低保资金发放", "≥944人", QUANTITY) == []


@pytest.mark.parametrize(
    ("name", "target", "flagged"),
    [
        ("完成情况", "≥95%", True),
        ("资金发放及时率", "≥95%", False),
        ("按时完成赔付", "≥95%", False),
        ("完成时间", "2023年12月底前", False),
        ("服务期", "2023.07-2024.01", False),
        ("办理", "7个工作日内", False),
        ("完成情况", "", False),
    ],
)
def test_timeliness(name: str, target: str, flagged: bool) -> None:
    assert value_places("R28", name, target, TIMELINESS) == ["target"] * flagged


def weighted(*weights: str) -> Record:
    rows = tuple(row.with_cells(weight=weight) for row, weight in zip(PROJECT.rows, weights, strict=True))
    return replace(PROJECT, rows=rows)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (("", "", "", "", "", ""), []),
        (("20", "10", "10", "10", "30", "10"), []),
        (("20", "20", "10", "10", "30", "10"), []),
        (("20分", "10", "10", "10", "30%", "10.00"), []),
        (("20", "20", "10", "10", "30", "20"), [(0, "weight")]),
        (("20", "10", "10", "10", "30", ""), [(0, "weight")]),
        (("20", "十", "10", "10", "30", "10"), [(2, "weight")]),
    ],
)
def test_weights(weights: tuple[str, ...], expected: list[tuple[int, str]]) -> None:
    assert places("R45", weighted(*weights)) == expected
