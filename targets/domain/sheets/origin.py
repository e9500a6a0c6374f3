"""Where the rows of a sheet come from, if it was none: a Word document has tables and paragraphs, no rows of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST_NAMED = 5
ADDRESS = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell as people find it: the fifth row of the first table, its third cell from the left (表格1!C5)."""

    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Origin:
    """For a sheet that is one, nothing is to be said."""

    spots: Mapping[int, tuple[tuple[int, Spot], ...]] = field(default_factory=dict)
    """Row of the sheet → first column and spot of each of its cells, from left to right."""
    breaks: frozenset[int] = frozenset()
    """Rows that begin another table: what was merged down is cut there, as by a page."""

    lines_of_text: frozenset[int] = frozenset()
    """Rows that are paragraphs between tables."""

    def spot(self, address: str) -> Spot | None:
        """The spot of `C5`, or of the first and last cell of `C5:C9`; None if the sheet speaks for itself."""
        first, _, last = address.partition(":")
        found, end = self._of(first), self._of(last)
        if not (found and end and end.sheet == found.sheet) or end == found:
            return found
        return Spot(found.sheet, f"{found.cell}:{end.cell}")

    def line(self, row: int) -> str:
        """The number by which a person finds a row."""
        spots = self.spots.get(row)
        number = ADDRESS.fullmatch(spots[0][1].cell) if spots else None
        return number[2] if number else str(row + 1)

    def lines(self, rows: Sequence[int]) -> str:
        """The numbers of several rows, the first ones if they are many."""
        return "、".join(map(self.line, rows[:MOST_NAMED])) + ("等" if len(rows) > MOST_NAMED else "")

    def _of(self, address: str) -> Spot | None:
        place = ADDRESS.fullmatch(address)
        spots = self.spots.get(int(place[2]) - 1) if place else None
        if not place or not spots:
            return None
        column = _number(place[1])
        return max((spot for spot in spots if spot[0] <= column), default=spots[0], key=lambda spot: spot[0])[1]


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
