"""What a form becomes when a file brings part or all of it: 整表覆盖, 追加, 只更新本科室的行.

The department form is filled in by ten 科室 and put together by one; importing one part must not delete the others' rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter, itemgetter

from targets.domain.diff import Ambiguity, Matching, category_and_name, match_rows
from targets.domain.names import name_key
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
    pairs = [(old, new) for old, new in found.pairs if _is_at_its_place(stored[old], incoming[new])]
    return _matching(pairs, len(stored), len(incoming), found.ambiguous)


def _is_at_its_place(old: IndicatorRow, new: IndicatorRow) -> bool:
    """A duty that the file leaves blank is no other one."""
    has_its_duty = name_key(new.duty) in ("", name_key(old.duty))
    return has_its_duty and category_and_name(old) == category_and_name(new)


def _within_offices(stored: Sequence[IndicatorRow], incoming: Sequence[IndicatorRow]) -> Matching:
    """A row is looked for among those of its own office, and at its place among those of none, which then become the
    office's: another office's row of the same name is left alone."""
    offices = {row.office.strip() for row in incoming}
    own = [place for place, row in enumerate(stored) if row.office.strip() in offices]
    nobodys = [place for place, row in enumerate(stored) if not row.office.strip() and "" not in offices]
    found = _among(match_rows, stored, own, incoming, range(len(incoming)))
    others = _among(_within_categories, stored, nobodys, incoming, found.added)
    pairs = sorted((*found.pairs, *others.pairs), key=itemgetter(1))
    return _matching(pairs, len(stored), len(incoming), (*found.ambiguous, *others.ambiguous))


def _among(
    match: Callable[[Sequence[IndicatorRow], Sequence[IndicatorRow]], Matching],
    stored: Sequence[IndicatorRow],
    old: Sequence[int],
    incoming: Sequence[IndicatorRow],
    new: Sequence[int],
) -> Matching:
    """As if there were only the rows at these places."""
    found = match([stored[place] for place in old], [incoming[place] for place in new])
    pairs = [(old[i], new[j]) for i, j in found.pairs]
    ambiguous = [Ambiguity(tuple(old[i] for i in one.old), tuple(new[j] for j in one.new)) for one in found.ambiguous]
    return _matching(pairs, len(stored), len(incoming), ambiguous)


def _matching(pairs: Sequence[tuple[int, int]], stored: int, incoming: int, ambiguous: Sequence[Ambiguity]) -> Matching:
    old, new = ({pair[side] for pair in pairs} for side in (0, 1))
    removed = tuple(place for place in range(stored) if place not in old)
    added = tuple(place for place in range(incoming) if place not in new)
    return Matching(tuple(pairs), removed, added, tuple(ambiguous))


_COMPARED: dict[str, Callable[[Sequence[IndicatorRow], Sequence[IndicatorRow]], Matching]] = {
    APPEND: _within_categories,
    OFFICE: _within_offices,
}


def _with_added(stored: Sequence[IndicatorRow], added: Sequence[IndicatorRow]) -> tuple[IndicatorRow, ...]:
    """Each below the last row of its duty, whichever number that has now; those of a duty that is new at the end."""
    last = {_duty(row): place for place, row in enumerate(stored) if any(_duty(row))}
    below: dict[int, list[IndicatorRow]] = {}
    for row in added:
        below.setdefault(last.get(_duty(row), len(stored)), []).append(row)
    composed: list[IndicatorRow] = []
    for place, row in enumerate(stored):
        composed += [row, *below.get(place, ())]
    return tuple(_parted([*composed, *below.get(len(stored), ())]))


_duty = attrgetter("duty_group", "duty")


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
