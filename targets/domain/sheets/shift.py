"""Rows whose cells stand one or two columns left or right of their headings, because merged cells or blanks were lost.

Every order-preserving way to lay the cells of a row into the columns gets a score: how well the text of each cell fits
its column (`says`), less a price for each place where the row slips against the head. The best way counts only if it
is clearly better than the straight one. Cases met: domain reference, section 8, V1 and V2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from math import inf
from operator import or_
from typing import NamedTuple

from targets.domain.sheets.cells import Cell
from targets.domain.sheets.says import AT_FIRST_SIGHT, Says, at_first_sight, says

MARGIN = 1.5
"""A moved reading must score this much more than the straight one."""
WORTH_TELLING = 0.4
"""By so much another reading must be better for a person to be asked."""
SLIP = 1.0
SLIP_FURTHER = 0.1
"""Price of a slip against the head, and of each further column of it."""
FURTHEST = 4
LEFT_OUT = 3.0
LEFT_OUT_DASH, LEFT_OUT_TWIN, LEFT_OUT_NUMBER = 0.8, 0.6, 6.0
"""Price of a cell that finds no column; a mark for "nothing" and a category printed twice are easily missed."""
NO_NUMBER = 0.6
"""Price of a row that begins with a group and no number."""
NO_HEADING = 0.2
"""Price of a column that the head does not show."""
SPEAKS_FOR, CONTRADICTS, DENIES, IMPOSSIBLE = 2.0, -0.5, -1.5, -3.0
STRONG, STRONG_IN_WIDE, WIDE = 2, 4, 8
"""In a form that has kept its merges: how many cells must speak for their columns, more in a table of many columns."""
AGAINST = 2
"""How many more must speak for each that mildly contradicts its column."""
HOPELESS = 12.0
"""A way that has fallen behind by this much is not followed further."""
ROUNDING = 1e-6
MOST_CELLS = 40
"""A longer row is no row of a form."""

Fit = tuple[tuple[int, float], ...]
"""The first kind that the text is decides."""

_SIGNED, _VALUE, _DASH = Says.SIGNED, Says.VALUE, Says.DASH
_LEVELS = Says.LEVEL1 | Says.LEVEL2
_REFERENCE: Fit = (
    (_SIGNED | _VALUE, 2.0), (_DASH, 1.0), (Says.OFFICE | Says.ITEM | _LEVELS, -3.0), (Says.SOURCE, -1.5), (Says.LONG, -3.0), (Says.WORD, -1.0),
    (Says.PROSE, -1.5),
)  # fmt: skip
_SOURCE: Fit = (
    (_SIGNED | Says.MONEY, -3.0), (_VALUE, -1.5), (_DASH, 0.5), (Says.SOURCE, 2.0), (Says.ITEM, -1.5), (Says.LONG, -1.0), (Says.OFFICE, -1.0),
)  # fmt: skip
_DUTY: Fit = ((Says.ORDINAL, -3.0), (_SIGNED | _VALUE, -3.0), (_DASH, -1.0), (Says.PAIRS, -2.0), (Says.EXPLAINS, -1.0))
_NUMBER: Fit = ((Says.ORDINAL, 3.0), (Says.ANYTHING, -4.0))
FITS: Mapping[str, Fit] = {
    "number": _NUMBER,
    "level1": ((Says.LEVEL1, 3.0), (Says.LEVEL2, -3.0), (Says.BARE1, 2.0), (Says.LEVEL, 0.5), (Says.ANYTHING, -3.0)),
    "level2": ((Says.LEVEL2, 3.0), (Says.LEVEL1, -3.0), (Says.BARE2, 2.0), (Says.LEVEL, 0.5), (Says.ANYTHING, -3.0)),
    "duty_group": _DUTY,
    "duty": _DUTY,
    "duty_goal": (*_DUTY, (Says.ANYTHING, 0.4)),
    "name": (
        (_LEVELS, -3.0), (_SIGNED, -3.0), (Says.ORDINAL, -3.0), (_VALUE, -2.0), (_DASH, -2.0), (Says.EXPLAINS, 0.0), (Says.LONG, 0.5), (Says.ANYTHING, 1.5),
    ),
    "explanation": ((Says.EXPLAINS, 2.0), (_SIGNED | _VALUE, -3.0), (_DASH, 0.0), (_LEVELS, -2.0), (Says.ANYTHING, 0.8)),
    "target": (
        (_SIGNED, 3.0), (_LEVELS, -3.0), (Says.ITEM | Says.MONEY, 0.5), (_VALUE, 2.5), (_DASH, 0.0), (Says.PAIRS, 0.5), (Says.OFFICE, -2.0),
        (Says.WORD, 1.0), (Says.LONG, -3.0), (Says.PROSE, -1.5),
    ),
    "weight": ((_DASH, 0.0), (_SIGNED | _LEVELS, -3.0), (_VALUE, 1.0), (Says.ANYTHING, -2.0)),
    "plan_value": _REFERENCE,
    "standard_value": _REFERENCE,
    "average_3y": _REFERENCE,
    "last_year": _REFERENCE,
    "standard_source": _SOURCE,
    "history_source": _SOURCE,
    "note": ((_SIGNED | _VALUE, -2.0), (_DASH, 1.0), (Says.ITEM, -1.0), (Says.OFFICE, -1.0)),
    "activity": ((_SIGNED | _VALUE, -2.0), (_DASH, -1.0), (Says.OFFICE, -1.5), (Says.ANYTHING, 0.3)),
    "budget_item": ((Says.MONEY, -0.5), (_SIGNED | _VALUE, -2.0), (Says.ITEM, 2.0), (Says.OFFICE, -2.5), (Says.FUND, 1.0), (_DASH, 0.0), (Says.ANYTHING, -0.5)),
    "office": ((Says.OFFICE, 2.0), (_DASH, 0.0), (Says.ANYTHING, -3.0)),
}  # fmt: skip
"""What it tells for or against a column that a cell says this. Columns without an entry take anything."""
JOINED = 2.5
"""Name and amount of a budget item in two cells."""
BUDGET = "budget_item"


class Place(NamedTuple):
    """A column of the table: first and last sheet column below its heading."""

    field: str
    first: int
    last: int


@dataclass(slots=True)
class Laid:
    """A row laid into columns."""

    texts: dict[str, str] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    """Sheet column where the cell of each field stands."""
    left_out: list[Cell] = field(default_factory=list)
    moved: bool = False
    may_have_moved: bool = False
    """Another way is better, but not beyond doubt."""
    first_moved: Cell | None = None
    moved_to: str = ""
    """Field of that cell; "" if it found none."""


@lru_cache(maxsize=16384)
def fit(name: str, text: str) -> float:
    """How well a text fits a column."""
    said = says(text)
    for kind, score in FITS.get(name, ()):
        if said & kind:
            return score
    return 0.0


@lru_cache(maxsize=16384)
def contradicts(name: str, text: str) -> bool:
    """Whether a text is so unlike its column that its row may have moved."""
    against = AGAINST_COLUMN.get(name, Says.NOTHING)
    if not against & ~AT_FIRST_SIGHT and not at_first_sight(text) & against:
        return False
    return fit(name, text) < DOUBTED.get(name, DOUBTED_ELSEWHERE)


def is_doubtful(texts: Mapping[str, str], fields: Mapping[str, object], *, strict: bool) -> bool:
    """Whether a row read straight is worth a search: a cell that contradicts its column, or (unless `strict`) no name or value."""
    if any(map(contradicts, texts, texts.values())):
        return True
    return not strict and any(name in fields and not texts.get(name) for name in NEEDED)


NEEDED = ("name", "target")
DOUBTED_ELSEWHERE = -1.0
DOUBTED = {"activity": -0.6, "note": -0.6, "duty_goal": -1.5, "duty": -1.5, "duty_group": -1.5}
AGAINST_COLUMN: Mapping[str, int] = {
    name: reduce(or_, [kinds for kinds, score in fits if score < DOUBTED.get(name, DOUBTED_ELSEWHERE)], Says.NOTHING)
    for name, fits in FITS.items()
}
"""The kinds of text that contradict a column: only these need to be looked for where nothing has moved."""


def lay(cells: Sequence[Cell], places: Sequence[Place], *, strict: bool) -> Laid:
    """The best way to lay the cells into the columns; straight unless another is clearly better (`strict`: beyond doubt)."""
    straight = _straight(cells, places)
    if not cells or len(cells) > MOST_CELLS or (strict and not _may_be_sure(cells, places)):
        return _laid(cells, places, straight, straight)
    as_it_stands = _score(cells, places, straight)
    score, best = _best(cells, places, as_it_stands + (MARGIN if strict else WORTH_TELLING))
    if score < as_it_stands + WORTH_TELLING:
        best = straight
    elif score < as_it_stands + MARGIN:
        return replace(_laid(cells, places, straight, straight), may_have_moved=not strict and best != straight)
    elif strict and not _is_sure(cells, places, best, straight):
        return replace(_laid(cells, places, straight, straight), may_have_moved=True)
    return _laid(cells, places, best, straight)


def best_score(cells: Sequence[Cell], places: Sequence[Place]) -> float:
    """How well the cells fit these columns when they are laid in the best way."""
    return _best(cells, places)[0] if len(cells) <= MOST_CELLS else 0.0


def _is_sure(cells: Sequence[Cell], places: Sequence[Place], columns: Sequence[int], straight: Sequence[int]) -> bool:
    """An indicator has its name and its value, nothing denies its column, and many more cells speak for theirs than against.

    Fewer are enough where the whole row has slipped alike and makes no sense as it stands.
    """
    if min(columns) < 0 or not _names_and_values(columns, places):
        return False
    fits = [fit(places[column].field, cell.text) for cell, column in zip(cells, columns, strict=True)]
    speaking = sum(score >= SPEAKS_FOR for score in fits)
    against = sum(score < CONTRADICTS for score in fits)
    needed = STRONG_IN_WIDE if len(places) > WIDE else STRONG
    if min(fits) < DENIES or speaking >= needed + AGAINST * against:
        return min(fits) >= DENIES
    if against:
        return False
    slips = {_slip(cell, places[column]) for cell, column in zip(cells, columns, strict=True)}
    if len(slips) > 1:
        return False
    if _names_and_values(straight, places):
        return speaking * 2 >= needed and _contradicts(cells, places, straight)
    return min(straight) < 0 or speaking * 2 >= needed


def _contradicts(cells: Sequence[Cell], places: Sequence[Place], straight: Sequence[int]) -> bool:
    """Whether a cell stands where it cannot belong: a category in the column of names."""
    return any(
        at >= 0 and fit(places[at].field, cell.text) <= IMPOSSIBLE for cell, at in zip(cells, straight, strict=True)
    )


def _names_and_values(columns: Sequence[int], places: Sequence[Place]) -> bool:
    return {places[column].field for column in columns if column >= 0} >= set(NEEDED)


def _may_be_sure(cells: Sequence[Cell], places: Sequence[Place]) -> bool:
    """Whether the cells go into the columns, from the left, without denying them: if not, a search is in vain."""
    column = 0
    for cell in cells:
        while column < len(places) and fit(places[column].field, cell.text) < DENIES:
            column += 1
        if column == len(places):
            return False
        column += places[column].field != BUDGET
    return True


def _straight(cells: Sequence[Cell], places: Sequence[Place]) -> list[int]:
    """Number of the column of each cell, -1 for none."""
    taken: set[int] = set()
    found: list[int] = []
    for cell in cells:
        at = next(
            (
                n
                for n, p in enumerate(places)
                if p.first <= cell.column <= p.last and n not in taken and not _is_virtual(places, n)
            ),
            -1,
        )
        taken.add(at)
        found.append(at)
    return found


def _is_virtual(places: Sequence[Place], at: int) -> bool:
    """A column that the head has lost stands at the place of the next one."""
    return at + 1 < len(places) and places[at].first == places[at + 1].first


def _slip(cell: Cell, place: Place) -> int:
    return min(cell.column - place.first, 0) or max(cell.column - place.last, 0)


def _slip_price(before: int, now: int) -> float:
    return SLIP + SLIP_FURTHER * (abs(now - before) - 1) if now != before else 0.0


def _begin_price(places: Sequence[Place], column: int) -> float:
    """A duty group mostly has its number beside it."""
    return (
        NO_NUMBER if column and places[column].field == "duty_group" and places[column - 1].field == "number" else 0.0
    )


def _left_out(cells: Sequence[Cell], at: int) -> float:
    text = cells[at].text
    if says(text) & Says.DASH:
        return LEFT_OUT_DASH
    if at + 1 < len(cells) and cells[at + 1].text == text and says(text) & _LEVELS:
        return LEFT_OUT_TWIN
    return LEFT_OUT_NUMBER if at == 0 and says(text) & Says.ORDINAL else LEFT_OUT


def _joins(cells: Sequence[Cell], at: int, column: int, places: Sequence[Place]) -> bool:
    """A bare amount beside the budget item that has none."""
    return (
        places[column].field == BUDGET
        and at > 0
        and bool(says(cells[at].text) & Says.MONEY)
        and not says(cells[at - 1].text) & (Says.ITEM | Says.VALUE | Says.DASH)
    )


def _score(cells: Sequence[Cell], places: Sequence[Place], columns: Sequence[int]) -> float:
    total, slip = 0.0, 0
    first = next((column for column in columns if column >= 0), -1)
    if first >= 0:
        total -= _begin_price(places, first)
    for at, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        if column < 0:
            total -= _left_out(cells, at)
            continue
        now = _slip(cell, places[column])
        total += fit(places[column].field, cell.text) - _slip_price(slip, now)
        slip = now
    return total


class _Way(NamedTuple):
    """Cells laid so far: score, slip of the last one, column of each."""

    score: float
    slip: int
    columns: tuple[int, ...]


def _best(cells: Sequence[Cell], places: Sequence[Place], enough: float = -inf) -> tuple[float, list[int]]:
    """Cell by cell, the best way for each column that the last laid cell may have; no way if none can score `enough`."""
    virtual = [_is_virtual(places, column) for column in range(len(places))]
    begins = [_begin_price(places, column) for column in range(len(places))]
    reach = [_reach(cell, places, virtual) for cell in cells]
    least = JOINED if any(place.field == BUDGET for place in places) else 0.0
    hopes = [max([least, *(fits for _, _, fits in near)]) for near in reach]
    hope = sum(hopes)
    ways: dict[int, _Way] = {-1: _Way(0.0, 0, ())}
    for at, cell in enumerate(cells):
        next_ways: dict[int, _Way] = {}
        out = _left_out(cells, at)
        for last, way in ways.items():
            _offer(next_ways, last, way, way.score - out, way.slip, -1)
            if last >= 0 and way.columns[-1] == last and _joins(cells, at, last, places):
                _offer(next_ways, last, way, way.score + JOINED, _slip(cell, places[last]), last)
        for column, now, fits in reach[at]:
            chosen, highest = None, -inf
            for last, way in ways.items():
                if last >= column:
                    continue
                score = way.score + fits
                if now != way.slip:
                    score -= _slip_price(way.slip, now)
                if last < 0:
                    score -= begins[column]
                if score > highest:
                    chosen, highest = way, score
            if chosen is not None:
                _offer(next_ways, column, chosen, highest, now, column)
        hope -= hopes[at]
        limit = max(max(way.score for way in next_ways.values()) - HOPELESS, enough - hope - ROUNDING)
        ways = {last: way for last, way in next_ways.items() if way.score >= limit}
        if not ways:
            return -inf, []
    best = max(ways.values(), key=lambda way: way.score)
    return best.score, list(best.columns)


def _reach(cell: Cell, places: Sequence[Place], virtual: Sequence[bool]) -> list[tuple[int, int, float]]:
    """Columns that a cell may belong to, how far it has slipped then, and how well it fits."""
    text = cell.text
    slips = [_slip(cell, place) for place in places]
    return [
        (column, now, fit(places[column].field, text) - (NO_HEADING if virtual[column] else 0.0))
        for column, now in enumerate(slips)
        if -FURTHEST <= now <= FURTHEST
    ]


def _offer(ways: dict[int, _Way], last: int, way: _Way, score: float, slip: int, column: int) -> None:
    known = ways.get(last)
    if known is None or score > known.score:
        ways[last] = _Way(score, slip, (*way.columns, column))


def _laid(cells: Sequence[Cell], places: Sequence[Place], columns: Sequence[int], straight: Sequence[int]) -> Laid:
    laid = Laid(moved=list(columns) != list(straight))
    for cell, column, before in zip(cells, columns, straight, strict=True):
        if column < 0:
            laid.left_out.append(cell)
        else:
            name = places[column].field
            laid.texts[name] = laid.texts.get(name, "") + cell.text
            laid.columns.setdefault(name, cell.column)
        if column != before and laid.first_moved is None:
            laid.first_moved = cell
            laid.moved_to = places[column].field if column >= 0 else ""
    return laid
