"""What a form becomes when a file brings part or all of it: 整表覆盖, 追加, 只更新本科室的行.

The department form is filled in by ten 科室 and put together by one; importing one part must not delete the others' rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter

from targets.domain.diff import Matching, category_and_name, match_rows
from targets.domain.record import IndicatorRow, Record

REPLACE, APPEND, OFFICE = "replace", "append", "office"
MODES = {
    REPLACE: "整表覆盖：文件中没有的行会删除",
    APPEND: "追加：只加入系统中没有的行，已有的行不动",
    OFFICE: "只更新本科室的行：其他科室的行不动",
}


def compose(stored: Record, incoming: Record, mode: str = REPLACE) -> tuple[Record, Matching]:
    """The form after the import, rows under the keys they are known by, and how the file's rows were matched."""
    matching = _COMPARED.get(mode, match_rows)(stored.rows, incoming.rows)
    keys = {new: stored.rows[old].key for old, new in matching.pairs}
    rows = tuple(row.with_cells(key=keys.get(place, "")) for place, row in enumerate(incoming.rows))
    if mode == APPEND:
        return replace(stored, rows=_with_added(stored.rows, [rows[place] for place in matching.added])), matching
    if mode == OFFICE:
        return replace(stored, rows=_offices_rows(stored.rows, rows, set(keys.values()))), matching
    return replace(incoming, rows=rows, code=incoming.code or stored.code), matching


def _within_categories(stored: Sequence[IndicatorRow], incoming: Sequence[IndicatorRow]) -> Matching:
    """群众满意度 under another duty is another indicator: a row to be added must not be lost to a namesake."""
    found = match_rows(stored, incoming)
    pairs = [
        (old, new) for old, new in found.pairs if category_and_name(stored[old]) == category_and_name(incoming[new])
    ]
    return _matching(found, pairs, len(stored), len(incoming))


def _within_offices(stored: Sequence[IndicatorRow], incoming: Sequence[IndicatorRow]) -> Matching:
    """A row is looked for among those of its own office: another office's row of the same name is left alone."""
    offices = {row.office.strip() for row in incoming}
    places = [place for place, row in enumerate(stored) if row.office.strip() in offices]
    found = match_rows([stored[place] for place in places], incoming)
    return _matching(found, [(places[old], new) for old, new in found.pairs], len(stored), len(incoming), places)


def _matching(
    found: Matching, pairs: Sequence[tuple[int, int]], stored: int, incoming: int, places: Sequence[int] = ()
) -> Matching:
    """`found` with other pairs, its indexes of stored rows looked up in `places` where these are given."""
    old, new = ({pair[side] for pair in pairs} for side in (0, 1))
    return Matching(
        tuple(pairs),
        tuple(place for place in range(stored) if place not in old),
        tuple(place for place in range(incoming) if place not in new),
        tuple(replace(one, old=tuple(places[place] for place in one.old)) for one in found.ambiguous)
        if places
        else found.ambiguous,
    )


_COMPARED: dict[str, Callable[[Sequence[IndicatorRow], Sequence[IndicatorRow]], Matching]] = {
    APPEND: _within_categories,
    OFFICE: _within_offices,
}


def _with_added(stored: Sequence[IndicatorRow], added: Sequence[IndicatorRow]) -> tuple[IndicatorRow, ...]:
    """Each below the last row of its duty; those of a duty that is new at the end."""
    last = {_duty(row): place for place, row in enumerate(stored) if any(_duty(row))}
    below: dict[int, list[IndicatorRow]] = {}
    for row in added:
        below.setdefault(last.get(_duty(row), len(stored)), []).append(row)
    composed: list[IndicatorRow] = []
    for place, row in enumerate(stored):
        composed += [row, *below.get(place, ())]
    return tuple(_parted([*composed, *below.get(len(stored), ())]))


_duty = attrgetter("number", "duty_group", "duty")


def _offices_rows(
    stored: Sequence[IndicatorRow], incoming: Sequence[IndicatorRow], matched: set[str]
) -> tuple[IndicatorRow, ...]:
    """An office has rows under several duties: what is known of them stays where it stood, what is new comes after its
    neighbour of the file, what the file leaves out goes. What others wrote stays as it is."""
    offices = {row.office.strip() for row in incoming if row.office.strip()}
    theirs = [row.office.strip() in offices or row.key in matched for row in stored]
    place = theirs.index(True) if True in theirs else len(stored)
    runs = _runs(incoming, matched)
    above = {row.key: before for before, row in pairwise(incoming)}
    composed: list[IndicatorRow] = []
    for at, row in enumerate(stored):
        if at == place:
            composed += runs.pop("", ())
        if row.key in runs:
            first, *new = runs.pop(row.key)
            if not composed or composed[-1] is not above.get(row.key):  # the file does not know what it goes on from
                first = first.with_cells(continues=row.continues)
            composed += [first, *new]
        elif not theirs[at]:
            composed.append(row)
    return tuple(_parted([*composed, *runs.pop("", ())]))


def _runs(incoming: Sequence[IndicatorRow], matched: set[str]) -> dict[str, list[IndicatorRow]]:
    """Key of a row that is known → it and the new ones below it; "" → those above all that are known."""
    runs: dict[str, list[IndicatorRow]] = {"": []}
    key = ""
    for row in incoming:
        key = row.key if row.key in matched else key
        runs.setdefault(key, []).append(row)
    return runs


def _parted(rows: Sequence[IndicatorRow]) -> list[IndicatorRow]:
    """Merges survive only where the cell above says the same."""
    parted: list[IndicatorRow] = []
    for row in rows:
        above = parted[-1] if parted else None
        same = tuple(name for name in row.continues if above and getattr(above, name) == getattr(row, name))
        parted.append(row if same == row.continues else row.with_cells(continues=same))
    return parted
