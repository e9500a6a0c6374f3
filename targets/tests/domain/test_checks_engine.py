"""The engine: order, levels of the year, and rules that no record can break."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.domain.checks import RULES, check
from targets.domain.checks.engine import count, rule
from targets.domain.record import KINDS, ROW_TEXTS, IndicatorRow, Record
from targets.domain.rules import ERROR, INFO, LEVELS, OFF, WARNING, YearRules
from targets.tests.domain.examples import BENEFIT, PLAN, PROJECT, RULES_2023, with_row

EMPTY_BENEFIT = with_row(PROJECT, BENEFIT.with_cells(target=""))


@pytest.mark.parametrize("record", [PROJECT, PLAN], ids=["project", "plan"])
def test_a_sound_form_has_no_finding(record: Record) -> None:
    assert check(record, RULES_2023) == ()


def test_a_finding_names_place_fault_and_cure() -> None:
    (finding,) = check(EMPTY_BENEFIT, RULES_2023)
    assert (finding.rule, finding.level, finding.row, finding.row_number, finding.field) == (
        "R10", ERROR, "benefit", 5, "target",
    )  # fmt: skip
    assert finding.message == "第5行 指标值：没有填写。请补填，如“≥95%”；不能用数字表示的，写到年底可以判断的结果。"


@pytest.mark.parametrize(("level", "expected"), [(WARNING, [WARNING]), (INFO, [INFO]), (OFF, [])])
def test_the_year_sets_the_level(level: str, expected: list[str]) -> None:
    rules = replace(RULES_2023, levels={"R10": level})
    assert [finding.level for finding in check(EMPTY_BENEFIT, rules)] == expected


def test_order_is_form_then_rows_then_rules() -> None:
    row = BENEFIT.with_cells(target="", name="<b>覆盖</b>")
    record = replace(with_row(PROJECT, row), goal="")
    assert [(found.row_number, found.rule) for found in check(record, RULES_2023)] == [
        (0, "R01"),
        (5, "R03"),
        (5, "R10"),
    ]


def test_every_rule_is_described() -> None:
    for each in RULES.values():
        assert each.level in LEVELS
        assert each.title
        assert set(each.kinds) <= set(KINDS)


def test_no_two_rules_share_an_id() -> None:
    with pytest.raises(ValueError, match="R01"):
        rule("R01", ERROR, "同名规则")(lambda form: iter(()))


NASTY = st.sampled_from(
    ["", "-", "≥95%", "-100%", "≥1.8；1", "3:0", "=0万元", "0.00元", "小麦=1亩 玉米=2亩", "3-5次", "9" * 400, "≥" + "9" * 18 + "亿元", "100",
     "成本指标", "经济成本指标", "产出指标", "数量指标", "时效指标", "补助标准", "反映率", "满意度", "<p>", "12689人*810元=1028万元", "1*0元=0万元",
     "230名，人均9696元，共计223.03万元", "2020年", "13812345678", "[202001]局", "\x00", "１００％"]
)  # fmt: skip
TEXTS = st.one_of(NASTY, st.text(max_size=30), st.lists(NASTY, max_size=4).map("，".join))
ROWS = st.tuples(*[TEXTS for _ in ROW_TEXTS]).map(lambda cells: IndicatorRow(*cells))
MONEY = st.one_of(st.none(), st.decimals(Decimal(-(10**15)), Decimal(10**15), places=2))
RECORDS = st.builds(
    Record,
    kind=st.sampled_from(KINDS),
    year=st.integers(1, 9999),
    title=TEXTS,
    code=TEXTS,
    department_code=TEXTS,
    department_name=TEXTS,
    unit=TEXTS,
    total=MONEY,
    fiscal=MONEY,
    other=MONEY,
    goal=TEXTS,
    extra=st.dictionaries(st.sampled_from(["上级资金", "结转资金", "立项依据"]), TEXTS),
    rows=st.lists(ROWS, max_size=4).map(tuple),
)


@settings(max_examples=50)
@given(RECORDS)
def test_what_is_kept_of_a_record_gives_it_back(record: Record) -> None:
    assert Record.from_json(record.as_short_json()) == Record.from_json(record.as_json()) == record
    assert Record.from_json(record.as_frozen()) == record


@settings(max_examples=200)
@given(RECORDS, st.sampled_from([{}, RULES_2023.taxonomy]), st.sampled_from([{}, {"202": "教育局", "401": "民政局"}]))
def test_no_record_breaks_a_rule(
    record: Record, taxonomy: Mapping[str, tuple[str, ...]], departments: Mapping[str, str]
) -> None:
    rules = YearRules(2023, taxonomy, RULES_2023.required_level1, departments=departments)
    found = check(record, rules)
    assert count(record, rules) == Counter(finding.level for finding in found)
    for finding in found:
        assert finding.message.endswith(("。", "？"))
        assert 0 <= finding.row_number <= len(record.rows)
        assert finding.field in {*ROW_TEXTS, *Record.__dataclass_fields__}
        assert all(isinstance(value, str) for value in finding.evidence.values())


@pytest.mark.parametrize("pattern", ["9", "1人*", "<a ", "&a", "1万元", "目标1:", "一", " ", "1名，人均1元，", "〔"])
def test_no_text_makes_a_rule_slow(pattern: str) -> None:
    text = (pattern * 32_767)[:32_767]
    record = with_row(replace(PROJECT, goal=text), BENEFIT.with_cells(name=text, target=text))
    begin = time.process_time()
    check(record, RULES_2023)
    assert time.process_time() - begin < 2
