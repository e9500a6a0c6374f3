"""Differences between records: what pairs with what, and what is said about it."""

import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.diff import CELLS, HEAD_FIELDS, Ambiguity, Change, Matching, diff, match_rows
from targets.domain.labels import FIELD_LABELS, PLAN_LABELS, field_label
from targets.domain.record import ROW_TEXTS, IndicatorRow, Record


def row(name: str, key: str = "", **cells: Any) -> IndicatorRow:
    return IndicatorRow(key=key, level1="产出指标", level2="数量指标", name=name, **cells)


A, B, C = row("甲", "a"), row("乙", "b"), row("丙", "c")
FORM = Record("project", 2023, "校车运营补贴", total=Decimal("4943900.00"), goal="保障运行", rows=(A, B, C))


def with_rows(*rows: IndicatorRow) -> Record:
    return replace(FORM, rows=rows)


def test_equal_records_differ_in_nothing() -> None:
    assert diff(FORM, replace(FORM)).is_empty


def test_keys_are_no_content() -> None:
    without_keys = with_rows(*(each.with_cells(key="") for each in FORM.rows))
    assert diff(FORM, without_keys).is_empty
    assert diff(without_keys, FORM).is_empty


def test_head_fields() -> None:
    changed = replace(FORM, total=Decimal(4900000), fiscal=None, goal="", extra={"立项依据": "会议纪要"})
    assert diff(FORM, changed).changes == (
        Change("", "total", "4943900.00", "4900000.00", "head"),
        Change("", "goal", "保障运行", "", "head"),
        Change("", "extra.立项依据", "", "会议纪要", "head"),
    )


def test_cells_of_a_keyed_row_that_changed_its_name() -> None:
    renamed = B.with_cells(name="乙二", target="≥24次")
    assert diff(FORM, with_rows(A, renamed, C)).changes == (
        Change("b", "name", "乙", "乙二", "cell", 2, "乙二"),
        Change("b", "target", "", "≥24次", "cell", 2, "乙二"),
    )


def test_merges_are_content() -> None:
    parted = B.with_cells(continues=("level1",))
    assert diff(FORM, with_rows(A, parted, C)).changes == (Change("b", "continues", "", "level1", "cell", 2, "乙"),)


def test_added_and_removed() -> None:
    assert diff(FORM, with_rows(A, row("丁", "d"), C)).changes == (
        Change("d", "", "", "丁", "added", 2, "丁"),
        Change("b", "", "乙", "", "removed", 2, "乙"),
    )


def test_one_moved_row_is_one_change() -> None:
    assert diff(FORM, with_rows(C, A, B)).changes == (Change("c", "", "3", "1", "moved", 1, "丙"),)


def test_rows_without_keys_pair_by_identity_then_name() -> None:
    old = (row("甲", "a", explanation="一"), row("甲", "b", explanation="二"), row("乙", "c", explanation="三"))
    new = (
        row("甲", explanation="二", target="1"),
        row("甲", explanation="一", target="2"),
        row("乙", explanation="改"),
    )
    assert match_rows(old, new) == Matching(pairs=((1, 0), (0, 1), (2, 2)), removed=(), added=())


def test_full_width_and_blanks_do_not_part_a_name() -> None:
    assert match_rows((row("90－99岁 老人"),), (row("90-99岁老人"),)).pairs == ((0, 0),)


def test_what_could_be_paired_in_two_ways_is_told() -> None:
    old = (row("甲", target="1"), row("甲", target="2"))
    new = (row("甲", target="3"), row("甲", target="4"))
    assert match_rows(old, new) == Matching(((0, 0), (1, 1)), (), (), (Ambiguity((0, 1), (0, 1)),))


def test_equal_rows_pair_in_order_without_a_word() -> None:
    assert match_rows((A, A), (A.with_cells(key=""), A.with_cells(key=""))) == Matching(((0, 0), (1, 1)), (), ())


def test_one_of_two_equal_rows_gone_is_told() -> None:
    old = (A.with_cells(key="x"), A.with_cells(key="y"))
    assert match_rows(old, (A.with_cells(key=""),)) == Matching(((0, 0),), (1,), (), (Ambiguity((0, 1), (0,)),))


def test_a_row_without_a_name_is_paired_only_when_equal() -> None:
    old = (row("", budget_item="基本支出"),)
    assert match_rows(old, old).pairs == ((0, 0),)
    assert match_rows(old, (row("", budget_item="项目支出"),)) == Matching((), (0,), (0,))


NAMES = st.sampled_from(["甲", "乙", "丙", ""])
ROWS = st.lists(
    st.builds(
        IndicatorRow,
        key=st.sampled_from(["", "a", "b", "c"]),
        name=NAMES,
        explanation=st.sampled_from(["", "一"]),
        target=st.sampled_from(["≥1", "≥2"]),
        continues=st.sampled_from([(), ("level1",)]),
    ),
    max_size=7,
).map(tuple)


@given(ROWS, ROWS)
def test_every_row_is_accounted_for_once(old: tuple[IndicatorRow, ...], new: tuple[IndicatorRow, ...]) -> None:
    matching = match_rows(old, new)
    assert sorted([*(i for i, _ in matching.pairs), *matching.removed]) == list(range(len(old)))
    assert sorted([*(j for _, j in matching.pairs), *matching.added]) == list(range(len(new)))


@given(ROWS, ROWS)
def test_empty_means_the_same_text(old: tuple[IndicatorRow, ...], new: tuple[IndicatorRow, ...]) -> None:
    def text(rows: tuple[IndicatorRow, ...]) -> list[IndicatorRow]:
        return [each.with_cells(key="") for each in rows]

    is_same = text(old) == text(new)
    if not is_same:
        assert not diff(with_rows(*old), with_rows(*new)).is_empty
    assert diff(with_rows(*old), with_rows(*old)).is_empty


@pytest.mark.parametrize("keyed", [True, False])
def test_a_hundred_long_rows_in_a_moment(keyed: bool) -> None:
    cells = dict.fromkeys(("duty", "duty_goal", "activity", "explanation"), "统筹协调全区重大新闻宣传报道活动" * 12)
    old = with_rows(*(row(f"指标{n}", f"k{n}", **cells) for n in range(100)))
    new = with_rows(
        *(each.with_cells(key=each.key if keyed else "", target="≥1", duty=each.duty + "改") for each in old.rows[::-1])
    )
    best = min(_seconds(old, new) for _ in range(5))
    assert best < 0.05


def _seconds(old: Record, new: Record) -> float:
    begin = time.process_time()
    diff(old, new)
    return time.process_time() - begin


def test_every_field_has_a_label() -> None:
    fields = {*HEAD_FIELDS, *CELLS, *ROW_TEXTS, "extra", "rows", "continues"}
    assert fields - set(FIELD_LABELS) == set()
    assert set(PLAN_LABELS) - set(FIELD_LABELS) == set()


@pytest.mark.parametrize(
    ("kind", "field", "label"),
    [
        ("project", "target", "指标值"),
        ("plan", "target", "年度指标值"),
        ("project", "name", "三级指标"),
        ("plan", "name", "绩效指标"),
        ("project", "total", "年度预算资金总额"),
        ("project", "extra.立项依据", "立项依据"),
    ],
)
def test_label(kind: str, field: str, label: str) -> None:
    assert field_label(kind, field) == label
