"""Small records for the tests of rules: a project and a plan without a fault, to be changed one cell at a time."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from targets.domain.checks import Finding, check
from targets.domain.record import IndicatorRow, Record
from targets.domain.rules import YearRules
from targets.domain.taxonomy import TAXONOMIES

REQUIRED = frozenset({"成本指标", "产出指标", "效益指标", "满意度指标"})
RULES_2023 = YearRules(year=2023, taxonomy=TAXONOMIES["2021"].tree, required_level1=REQUIRED)


def project_row(place: str, name: str, target: str, **cells: Any) -> IndicatorRow:
    level1, level2 = place.split("/")
    return IndicatorRow(level1=level1, level2=level2, name=name, target=target, **cells)


COST = project_row("成本指标/经济成本指标", "补助费用", "≤100万元", key="cost")
QUANTITY = project_row("产出指标/数量指标", "新建幼儿园数量", "≥5所", key="quantity")
QUALITY = project_row("产出指标/质量指标", "验收合格率", "≥95%", key="quality")
TIMELINESS = project_row("产出指标/时效指标", "完成时间", "2023年12月底前", key="timeliness")
BENEFIT = project_row("效益指标/社会效益指标", "普惠性幼儿园覆盖率", "≥90%", key="benefit")
SATISFACTION = project_row("满意度指标/服务对象满意度指标", "家长满意度", "≥95%", key="satisfaction")

PROJECT = Record(
    kind="project",
    year=2023,
    title="幼儿园建设",
    department_code="202",
    department_name="淄川区教育和体育局",
    unit="淄川区教育和体育局",
    total=Decimal("1000000.00"),
    fiscal=Decimal("600000.00"),
    other=Decimal("400000.00"),
    goal="新建幼儿园5所，普惠性幼儿园覆盖率提高到90%，方便群众就近入园。",
    rows=(COST, QUANTITY, QUALITY, TIMELINESS, BENEFIT, SATISFACTION),
)

PLAN_ROW = IndicatorRow(
    key="row",
    number="1",
    duty_group="意识形态",
    duty="舆情信息收集报送",
    duty_goal="保障报送数量",
    name="舆情信息数量",
    explanation="反映向上级平台报送的信息条数",
    target="≥1200条",
    plan_value="≥1200条",
    standard_value="≥1200条",
    standard_source="年度工作计划",
    average_3y="1100条",
    last_year="1150条",
    history_source="内部统计",
    note="-",
)
PLAN = Record(kind="plan", year=2023, title="区委宣传部", department_name="区委宣传部", rows=(PLAN_ROW,))


def with_row(record: Record, row: IndicatorRow) -> Record:
    """The record with the row of the same key replaced, or with the row at its end."""
    if row.key in {each.key for each in record.rows}:
        return replace(record, rows=tuple(row if each.key == row.key else each for each in record.rows))
    return replace(record, rows=(*record.rows, row))


def findings_of(rule: str, record: Record, rules: YearRules = RULES_2023) -> list[Finding]:
    return [finding for finding in check(record, rules) if finding.rule == rule]


def places(rule: str, record: Record, rules: YearRules = RULES_2023) -> list[tuple[int, str]]:
    return [(finding.row_number, finding.field) for finding in findings_of(rule, record, rules)]


def value_places(rule: str, name: str, target: str, row: IndicatorRow = QUANTITY) -> list[str]:
    """Fields flagged when this row has this name and value."""
    record = with_row(PROJECT, row.with_cells(name=name, target=target))
    return [finding.field for finding in findings_of(rule, record)]
