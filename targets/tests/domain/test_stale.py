"""Marks of a copied form: what is touched loses its mark, nothing else does."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.record import ROW_TEXTS, IndicatorRow, Record
from targets.domain.stale import CELLS, HEAD, HEAD_LABELS, all_places, untouched

ROWS = (
    IndicatorRow(key="aaaaaaaa", duty="保障教育", name="入园率", target="≥92%"),
    IndicatorRow(key="bbbbbbbb", duty="保障教育", name="巩固率", target="≥99%", continues=("duty",)),
    IndicatorRow(key="cccccccc", duty="保障安全", name="事故", target="=0起"),
)
COPY = Record("project", 2024, "补助", total=Decimal(100), goal="发放补助", extra={"立项依据": "文件"}, rows=ROWS)
EVERYTHING = ["money", "goal", "extra", "aaaaaaaa", "bbbbbbbb", "cccccccc"]


def row(place: int, **cells: Any) -> Record:
    rows = list(ROWS)
    rows[place] = rows[place].with_cells(**cells)
    return replace(COPY, rows=tuple(rows))


def test_a_fresh_copy_is_marked_wherever_it_says_something() -> None:
    assert all_places(COPY) == EVERYTHING
    assert all_places(Record("plan", 2024, "2024年整体绩效目标表", rows=ROWS)) == ["aaaaaaaa", "bbbbbbbb", "cccccccc"]
    assert set(HEAD) == set(HEAD_LABELS)


@pytest.mark.parametrize(
    ("after", "touched"),
    [
        (COPY, set()),
        (replace(COPY, total=Decimal(200)), {"money"}),
        (replace(COPY, fiscal=Decimal(0)), {"money"}),
        (replace(COPY, goal="发放新补助"), {"goal"}),
        (replace(COPY, extra={"立项依据": "新文件"}), {"extra"}),
        (replace(COPY, title="另一个名称"), set()),
        (row(0, target="≥93%"), {"aaaaaaaa"}),
        (row(1, name="义务教育巩固率"), {"bbbbbbbb"}),
        (replace(COPY, rows=ROWS[1:]), {"aaaaaaaa"}),
        (replace(COPY, rows=(ROWS[2], ROWS[0], ROWS[1])), set()),
        (replace(COPY, rows=(ROWS[0], ROWS[1].with_cells(continues=()), ROWS[2])), set()),
        (replace(COPY, rows=(*ROWS, IndicatorRow(key="dddddddd", name="新"))), set()),
    ],
)
def test_what_was_touched_loses_its_mark(after: Record, touched: set[str]) -> None:
    assert untouched(EVERYTHING, COPY, after) == [place for place in EVERYTHING if place not in touched]


def test_a_merged_cell_is_touched_in_the_row_that_it_begins_in() -> None:
    renamed = replace(
        COPY, rows=tuple(one.with_cells(duty="保障上学") if one.duty == "保障教育" else one for one in ROWS)
    )
    assert untouched(EVERYTHING, COPY, renamed) == [place for place in EVERYTHING if place != "aaaaaaaa"]


@given(st.sampled_from(CELLS), st.sampled_from(ROWS), st.text(min_size=1, max_size=5))
def test_any_cell_of_its_own_touches_its_row_and_no_other(name: str, one: IndicatorRow, text: str) -> None:
    changed = one.with_cells(**{name: getattr(one, name) + text})
    after = replace(COPY, rows=tuple(changed if each is one else each for each in ROWS))
    left = [place for place in EVERYTHING if place != one.key or name in one.continues]
    assert untouched(EVERYTHING, COPY, after) == left
    assert set(CELLS) == set(ROW_TEXTS) - {"key"}
