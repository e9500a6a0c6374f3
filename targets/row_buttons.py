"""Buttons that change the rows of a form page without saving: add, delete, move, merge with the row above, part from it.

Merged cells stay what they were on paper: a row put inside a merged cell joins it when it says the same, else it parts it.
"""

from collections.abc import Iterable, Sequence

from targets.domain.record import IndicatorRow
from targets.models.declaration import new_row_key
from targets.paper import MERGEABLE

LABELS = 3
"""So many of the mergeable columns name a row's category or duty; a duty's goal (the fourth) is each row's own."""


def blank_row() -> IndicatorRow:
    """A new row has its key from the page on which it is typed, so that sending the page twice adds it once."""
    return IndicatorRow(key=new_row_key())


def _add(rows: list[IndicatorRow], place: int, name: str, kind: str) -> list[IndicatorRow]:
    return [*rows, blank_row()]


def _add_below(rows: list[IndicatorRow], place: int, name: str, kind: str) -> list[IndicatorRow]:
    """A new row of the same category or duty: its label cells are one with those of the row above."""
    above = rows[place]
    same = tuple(one for one in MERGEABLE[kind][:LABELS] if getattr(above, one))
    fresh = blank_row().with_cells(**{name: getattr(above, name) for name in same}, continues=same)
    return _insert(rows, place + 1, fresh, kind)


def _delete(rows: list[IndicatorRow], place: int, name: str, kind: str) -> list[IndicatorRow]:
    return _take_out(rows, place)[0]


def groups_around(rows: Sequence[IndicatorRow], place: int, kind: str) -> tuple[int, int]:
    """From where to where rows change places when row `place` goes up: two single rows inside a merged cell or outside of
    any, else the whole group above and the whole group that begins here, so that no merged cell is torn apart.
    """
    start, end = place - 1, place + 1
    for name in MERGEABLE[kind]:
        if name in rows[place].continues:
            continue
        first, last = place - 1, place + 1
        while first > 0 and name in rows[first].continues:
            first -= 1
        while last < len(rows) and name in rows[last].continues:
            last += 1
        start, end = min(start, first), max(end, last)
    return start, end


def move_words(rows: Sequence[IndicatorRow], kind: str) -> list[str]:
    """For each row what going up above it is called, "" for the first; 下移 of a row is 上移 of the next one."""
    words = [""][: len(rows)]
    for place in range(1, len(rows)):
        start, end = groups_around(rows, place, kind)
        words.append("移" if end - start == 2 else "移（整组）")
    return words


def _up(rows: list[IndicatorRow], place: int, name: str, kind: str) -> list[IndicatorRow]:
    """Change places with what stands above; what both share with one merged cell they go on sharing."""
    if not 0 < place < len(rows):
        return rows
    start, end = groups_around(rows, place, kind)
    above, here = rows[start:place], rows[place:end]
    shared = [one for one in MERGEABLE[kind] if one in here[0].continues]
    here[0], above[0] = (
        _joined(here[0], [one for one in shared if one in above[0].continues], kind),
        _joined(above[0], shared, kind),
    )
    return [*rows[:start], *here, *above, *rows[end:]]


def _down(rows: list[IndicatorRow], place: int, name: str, kind: str) -> list[IndicatorRow]:
    return _up(rows, place + 1, name, kind)


def _merge(rows: list[IndicatorRow], place: int, name: str, kind: str) -> list[IndicatorRow]:
    if place == 0 or name not in MERGEABLE[kind]:
        return rows
    row = rows[place]
    rows[place] = row.with_cells(**{name: getattr(rows[place - 1], name)}, continues=_with(row, name))
    return spread(rows, row.key, name)


def _part(rows: list[IndicatorRow], place: int, name: str, kind: str) -> list[IndicatorRow]:
    rows[place] = rows[place].with_cells(continues=tuple(one for one in rows[place].continues if one != name))
    return rows


ROW_BUTTONS = {
    "add": _add,
    "below": _add_below,
    "delete": _delete,
    "up": _up,
    "down": _down,
    "merge": _merge,
    "part": _part,
}


def _joined(row: IndicatorRow, names: Iterable[str], kind: str) -> IndicatorRow:
    """Of the mergeable cells exactly these are one with the cell above."""
    others = [one for one in row.continues if one not in MERGEABLE[kind]]
    return row.with_cells(continues=(*names, *others))


def _with(row: IndicatorRow, name: str) -> tuple[str, ...]:
    return row.continues if name in row.continues else (*row.continues, name)


def spread(rows: list[IndicatorRow], key: str, name: str) -> list[IndicatorRow]:
    """The rows below that continue the cell say what it says."""
    place = next(place for place, row in enumerate(rows) if row.key == key)
    for below in range(place + 1, len(rows)):
        if name not in rows[below].continues:
            break
        rows[below] = rows[below].with_cells(**{name: getattr(rows[place], name)})
    return rows


def _take_out(rows: list[IndicatorRow], place: int) -> tuple[list[IndicatorRow], IndicatorRow]:
    """Without the row; what continued its own cells begins a merged cell of its own."""
    row = rows.pop(place)
    if place < len(rows):
        after = rows[place]
        kept = tuple(name for name in after.continues if name in row.continues)
        rows[place] = after.with_cells(continues=kept)
    return rows, row


def _insert(rows: list[IndicatorRow], place: int, row: IndicatorRow, kind: str) -> list[IndicatorRow]:
    """With the row between two others: inside a merged cell it joins it when it says the same, else it parts it."""
    above = rows[place - 1] if place else None
    after = rows[place] if place < len(rows) else None
    continues = []
    for name in MERGEABLE[kind]:
        is_same = above is not None and getattr(above, name) == getattr(row, name)
        is_inside = after is not None and name in after.continues
        if is_same and (is_inside or name in row.continues):
            continues.append(name)
        elif is_inside and after is not None:
            after = after.with_cells(continues=tuple(one for one in after.continues if one != name))
    if after is not None:
        rows[place] = after
    rows.insert(place, row.with_cells(continues=tuple(continues)))
    return rows
