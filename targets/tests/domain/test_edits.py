"""Edits: stored = old → write; stored = new → nothing; else a conflict. Merged cells stay one cell."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.edits import AddRow, Change, Conflict, Merged, MoveRow, RemoveRow, merge
from targets.domain.record import PROJECT, IndicatorRow, Record

A = IndicatorRow(key="a", level1="成本指标", level2="经济成本指标", name="补助费用", target="≤1万元")
B = IndicatorRow(
    key="b",
    level1="成本指标",
    level2="经济成本指标",
    name="补助标准",
    target="=0.08万元",
    continues=("level1", "level2"),
)
C = IndicatorRow(key="c", level1="产出指标", level2="数量指标", name="人数", target="≥9人")
RECORD = Record(kind=PROJECT, year=2023, title="校车", goal="目标", rows=(A, B, C))


def rows(*given_rows: IndicatorRow) -> Merged:
    return Merged(replace(RECORD, rows=given_rows))


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param([], Merged(RECORD), id="nothing"),
        pytest.param([Change("", "goal", "目标", "新目标")], Merged(replace(RECORD, goal="新目标")), id="head"),
        pytest.param([Change("", "goal", "别的", "目标")], Merged(RECORD), id="already so"),
        pytest.param(
            [Change("", "goal", "别的", "新目标")],
            Merged(RECORD, (Conflict(Change("", "goal", "别的", "新目标"), "目标"),)),
            id="head conflict",
        ),
        pytest.param([Change("c", "target", "≥9人", "≥10人")], rows(A, B, C.with_cells(target="≥10人")), id="cell"),
        pytest.param(
            [Change("c", "target", "≥8人", "≥10人")],
            Merged(RECORD, (Conflict(Change("c", "target", "≥8人", "≥10人"), "≥9人"),)),
            id="cell conflict",
        ),
        pytest.param(
            [Change("gone", "target", "1", "2")],
            Merged(RECORD, (Conflict(Change("gone", "target", "1", "2"), None),)),
            id="row deleted meanwhile",
        ),
        pytest.param(
            [Change("a", "level1", "成本指标", "产出指标")],
            rows(A.with_cells(level1="产出指标"), B.with_cells(level1="产出指标"), C),
            id="a merged cell changes as one",
        ),
        pytest.param(
            [Change("b", "level1", "成本指标", "产出指标")],
            rows(A, B.with_cells(level1="产出指标", continues=("level2",)), C),
            id="a change in the middle parts the cell",
        ),
        pytest.param([RemoveRow("a")], rows(B.with_cells(continues=()), C), id="removing the first of a group"),
        pytest.param([RemoveRow("gone")], Merged(RECORD), id="removing what is gone"),
        pytest.param([RemoveRow("c", seen=C)], rows(A, B), id="removing what one saw"),
        pytest.param(
            [RemoveRow("c", seen=C.with_cells(target="≥8人"))],
            Merged(RECORD, kept_rows=("c",)),
            id="a row that says something else than its remover saw stays",
        ),
        pytest.param(
            [Change("", "extra.立项依据", "", "会议纪要")],
            Merged(replace(RECORD, extra={"立项依据": "会议纪要"})),
            id="a cell that has only a label",
        ),
        pytest.param([MoveRow("b", after="c")], rows(A, C, B.with_cells(continues=())), id="moving out of a group"),
        pytest.param([MoveRow("c", after="")], rows(C, A, B), id="moving to the top"),
        pytest.param([MoveRow("c", after="c")], Merged(RECORD), id="moving after itself"),
        pytest.param(
            [AddRow(IndicatorRow(key="d", name="新"), after="a")],
            rows(A, IndicatorRow(key="d", name="新"), B.with_cells(continues=()), C),
            id="adding inside a group parts it",
        ),
        pytest.param(
            [AddRow(IndicatorRow(key="d", name="新"))],
            rows(A, B, C, IndicatorRow(key="d", name="新")),
            id="adding at the end",
        ),
        pytest.param([AddRow(IndicatorRow(key="a", name="新"))], Merged(RECORD), id="adding twice"),
        pytest.param(
            [Change("b", "continues", "level1 level2", "")],
            rows(A, B.with_cells(continues=()), C),
            id="parting on purpose",
        ),
    ],
)
def test_merge(edits: list[Change], expected: Merged) -> None:
    assert merge(RECORD, edits) == expected


keys = st.sampled_from(["", "a", "b", "c", "x"])
texts = st.sampled_from(["", "成本指标", "产出指标", "新"])
edits = st.lists(
    st.one_of(
        st.builds(Change, row=keys, field=st.sampled_from(["title", "goal"]), old=texts, new=texts).filter(
            lambda change: not change.row
        ),
        st.builds(
            Change,
            row=keys.filter(bool),
            field=st.sampled_from(["level1", "level2", "name", "continues"]),
            old=texts,
            new=texts,
        ),
        st.builds(AddRow, row=st.builds(IndicatorRow, key=st.sampled_from(["x", "y"])), after=st.none() | keys),
        st.builds(RemoveRow, key=keys),
        st.builds(MoveRow, key=keys, after=keys),
    ),
    max_size=8,
)


@given(edits)
def test_merging_twice_changes_nothing_more_and_continuing_cells_equal_the_cell_above(
    given_edits: list[Change],
) -> None:
    once = merge(RECORD, given_edits).record
    for above, row in zip((None, *once.rows), once.rows, strict=False):
        for field in row.continues:
            assert above is not None
            assert getattr(above, field) == getattr(row, field)
    assert len({row.key for row in once.rows}) == len(once.rows)
    assert merge(once, []).record == once
