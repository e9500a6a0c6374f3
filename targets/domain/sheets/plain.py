"""Sheets whose cells begin as office programs write them: what a pattern sees of them is all that a parser will see.

One look at such a sheet tells both what the guard must know (no cell hides its address, none stands far out) and what
the reading needs (which number formats a column has), so that neither goes through a hundred megabytes again.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

USUAL_COLUMN, USUAL_ROWS = b"Z", 99_999
"""The last column of one letter, the last row of five digits."""
LESS_EXACT = 10_000
AT_ONCE = 1024 * 1024
MOST_KINDS = 50_000
"""No office program tells so many cells apart; a sheet made to fill the memory does."""
CELL = re.compile(
    rb'<c(?! r="[A-Z][0-9]{1,5}+"(?: s="[0-9]++")?+(?: ?/>| t="(?:s|inlineStr)">| t="n"(?:></c>| ?/>)))'
    rb'(?: r="([A-Z]{1,3}+)(?:[0-9]{1,5}+|([0-9]{2,3})[0-9]{4})")?+([^>]*+>(?:<v>|</c>)?+)'
)
"""A cell that is not plainly blank or a text in a usual place: its column, how many times `LESS_EXACT` its row is if that
is no usual one, and what is said of it before its value."""
PREFIXED = re.compile(rb":c")
"""In a cell `<x:c>`, which parsers take for one too."""
SAID = re.compile(rb'(?: [stcvp][mh]?="[^"]*")*+ ?/?>(?:<v>|</c>)?')


class Cells(NamedTuple):
    """Cells of one column of which the same is said."""

    column: bytes
    """Its letters."""
    said: bytes
    """From the end of the address to the beginning of the value: ` s="2"><v>`."""


@dataclass(frozen=True, slots=True)
class PlainSheet:
    """What is said of the cells of such a sheet."""

    cells: frozenset[Cells]
    """Not of all: texts and blank cells within `USUAL_COLUMN` and `USUAL_ROWS` are left out."""
    last_row: int
    """No cell stands below."""

    @property
    def last_column(self) -> bytes:
        """Letters; no cell stands to the right."""
        return max((USUAL_COLUMN, *(cells.column for cells in self.cells)), key=_order)


def plain_sheet(sheet: bytes) -> PlainSheet | None:
    """None if some cell does not say its address first, in plain letters, or too much is said."""
    start, end = sheet.find(b"sheetData"), sheet.rfind(b"sheetData")  # also of several, and of <x:sheetData>
    if not 0 <= start < end or PREFIXED.search(sheet, start, end):
        return None
    found: set[tuple[bytes, bytes, bytes]] = set()
    while start < end:  # a part at a time: what is found is mostly the same again and again
        begun, start = start, max(sheet.find(b"<c", start + AT_ONCE, end), 0) or end
        found.update(CELL.findall(sheet, begun, start))
        if len(found) > MOST_KINDS:
            return None
    if not all(column and SAID.fullmatch(said) for column, _, said in found):
        return None
    last_row = max((int(times) * LESS_EXACT + LESS_EXACT for _, times, _ in found if times), default=USUAL_ROWS)
    return PlainSheet(frozenset(Cells(column, said) for column, _, said in found), last_row)


def _order(letters: bytes) -> tuple[int, bytes]:
    return len(letters), letters
