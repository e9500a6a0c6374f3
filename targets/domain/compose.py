"""What a form becomes when a file brings part or all of it: 整表覆盖, 追加, 只更新本科室的行.

The department form is filled in by ten 科室 and put together by one; importing one part must not delete the others' rows.
"""

from collections.abc import Sequence
from dataclasses import replace

from targets.domain.diff import Matching, match_rows
from targets.domain.record import IndicatorRow, Record

REPLACE, APPEND, OFFICE = "replace", "append", "office"
MODES = {
    REPLACE: "整表覆盖：文件中没有的行会删除",
    APPEND: "追加：只加入系统中没有的行，已有的行不动",
    OFFICE: "只更新本科室的行：其他科室的行不动",
}


def compose(stored: Record, incoming: Record, mode: str = REPLACE) -> tuple[Record, Matching]:
    """The form after the import, rows under the keys they are known by, and how the file's rows were matched."""
    matching = match_rows(stored.rows, incoming.rows)
    keys = {new: stored.rows[old].key for old, new in matching.pairs}
    rows = tuple(replace(row, key=keys.get(place, "")) for place, row in enumerate(incoming.rows))
    if mode == APPEND:
        return replace(stored, rows=(*stored.rows, *_starting_anew(rows, matching.added))), matching
    if mode == OFFICE:
        return replace(stored, rows=_offices_rows(stored.rows, rows, set(keys.values()))), matching
    return replace(incoming, rows=rows, code=incoming.code or stored.code), matching


def _starting_anew(rows: Sequence[IndicatorRow], places: Sequence[int]) -> list[IndicatorRow]:
    """Rows taken out of their sheet: a cell goes on from above only if the row above comes along."""
    taken = set(places)
    return [
        row if place - 1 in taken else replace(row, continues=()) for place, row in enumerate(rows) if place in taken
    ]


def _offices_rows(
    stored: Sequence[IndicatorRow], incoming: Sequence[IndicatorRow], matched: set[str]
) -> tuple[IndicatorRow, ...]:
    """Rows of the file's offices stand where these offices' first row stood; what others wrote stays in its order."""
    offices = {row.office.strip() for row in incoming if row.office.strip()}
    theirs = [row.office.strip() in offices or row.key in matched for row in stored]
    place = theirs.index(True) if True in theirs else len(stored)
    before = [row for row, gone in zip(stored[:place], theirs[:place], strict=True) if not gone]
    after = [row for row, gone in zip(stored[place:], theirs[place:], strict=True) if not gone]
    return tuple(_parted([*before, *incoming, *after]))


def _parted(rows: Sequence[IndicatorRow]) -> list[IndicatorRow]:
    """Merges survive only where the cell above says the same."""
    parted: list[IndicatorRow] = []
    for row in rows:
        above = parted[-1] if parted else None
        same = tuple(name for name in row.continues if above and getattr(above, name) == getattr(row, name))
        parted.append(row if same == row.continues else replace(row, continues=same))
    return parted
