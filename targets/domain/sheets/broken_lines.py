"""A table copied from Word or from a page as text: a line break inside a cell breaks the row, and what follows stands on the next line.

Such text keeps a tab for every column, so the pieces of a row have as many tabs together as every other row of the table.
Only where this holds for all short lines of a table are they joined: rows that are short because blanks or merged cells
were lost have no such sum, and stay as they are. What was joined is told.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from targets.domain.sheets.foot import begins_foot
from targets.domain.sheets.says import Says, says

FEWEST_TABS = 3
FEWEST_ROWS = 3
"""So many lines of the same number of tabs make a table."""
MOST_LINES = 60
LONGEST_BEGINNING = 4
"""A line without a tab begins a row only if it is so short: 绩 / 效, never a title."""
BEGINS_ROW = Says.LEVEL1 | Says.LEVEL2 | Says.ORDINAL
NO_CONTINUATION = re.compile(r"\W*+(?:注|备注|说明|第\s*\d+\s*页|共\s*\d+\s*页|[-—–\s\d/]+$|(?<=[-—–\s/])$)")

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Joined:
    """Rows of cells; `lines` has the first and the last line (from 0) of each row that was made of several."""

    rows: Rows
    firsts: list[int]
    """The line on which each row begins."""
    lines: dict[int, tuple[int, int]]


def join_lines(rows: Rows, is_label: Callable[[str], bool]) -> Joined | None:
    """The rows with their broken cells whole again; None where no line is broken. A label begins a row of its own."""
    rows = [row or [""] for row in rows]
    tabs = [len(row) - 1 for row in rows]
    counts = Counter(count for count in tabs if count >= FEWEST_TABS)
    whole = {count for count, times in counts.items() if times >= FEWEST_ROWS}
    if not whole or all(count in whole or not count for count in tabs):
        return None
    parts: dict[int, int] = {}
    for first, end, width in _tables(tabs, whole):
        parts |= _Table(rows, tabs, range(first, end), width, is_label).pieces()
    return _joined(rows, parts) if parts else None


def _tables(tabs: Sequence[int], whole: set[int]) -> list[tuple[int, int, int]]:
    """First line, end and number of tabs of each stretch of lines with at most as many tabs as its whole rows have."""
    found: list[tuple[int, int, int]] = []
    at = 0
    while at < len(tabs):
        begin = next((line for line in range(at, len(tabs)) if tabs[line] in whole), len(tabs))
        if begin == len(tabs):
            break
        width = tabs[begin]
        end = next((line for line in range(begin, len(tabs)) if tabs[line] > width), len(tabs))
        found.append((at, end, width))
        at = end
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    rows: Rows
    tabs: Sequence[int]
    lines: range
    width: int
    """Tabs of a whole row."""
    is_label: Callable[[str], bool]

    def pieces(self) -> dict[int, int]:
        """First line of each broken row → its last one; nothing if some short line of the table is no piece of one."""
        found: dict[int, int] = {}
        begun = False
        line = self.lines.start
        while line < self.lines.stop:
            last = line
            if self.tabs[line] == self.width:
                begun = True
            elif end := self._end_of_row(line, in_table=begun):
                found[line] = last = end
                begun = True
            elif begun and self.tabs[line]:
                return {}
            line = last + 1
        return self._with_last_cells(found) if found else {}

    def _end_of_row(self, first: int, *, in_table: bool) -> int:
        """The line on which the row that begins here is complete; 0 if it never is."""
        count = self.tabs[first]
        if not count and not 0 < len(self.rows[first][0].strip()) <= LONGEST_BEGINNING:
            return 0
        above = self.rows[first][-1].strip()
        for line in range(first + 1, min(self.lines.stop, first + MOST_LINES)):
            count += self.tabs[line]
            text = self.rows[line][0].strip()
            if self.tabs[line] == self.width or count > self.width or not above:
                return 0
            if self.tabs[line] and not (text and self._continues(text, in_table=in_table)):
                return 0
            if count == self.width:
                return line
            above = self.rows[line][-1].strip() if self.tabs[line] else above
        return 0

    def _continues(self, text: str, *, in_table: bool) -> bool:
        """Whether it may be the rest of a cell: a category or a number begins a row, a label does above a table."""
        return not says(text) & BEGINS_ROW and (in_table or not self.is_label(text))

    def _with_last_cells(self, found: dict[int, int]) -> dict[int, int]:
        """The cell of the last column may be broken too: what follows has no tab, and more of the table comes after it."""
        inner = {line for first, last in found.items() for line in range(first + 1, last + 1)}
        firsts = [line for line in self.lines if line not in inner and (self.tabs[line] or line in found)]
        for first, after in pairwise(firsts):
            end = found.get(first, first)
            below = [self.rows[line][0].strip() for line in range(end + 1, after)]
            if any(below) and self.rows[end][-1].strip() and not any(map(self._is_remark, below)):
                found[first] = after - 1
        return found

    def _is_remark(self, text: str) -> bool:
        return NO_CONTINUATION.match(text) is not None or begins_foot(text) or self.is_label(text)


def _joined(rows: Rows, parts: dict[int, int]) -> Joined:
    made: Rows = []
    firsts: list[int] = []
    lines: dict[int, tuple[int, int]] = {}
    line = 0
    while line < len(rows):
        row, last = [*rows[line]], parts.get(line, line)
        for piece in rows[line + 1 : last + 1]:
            row[-1] = f"{row[-1]}\n{piece[0]}"
            row += piece[1:]
        if last > line:
            lines[len(made)] = (line, last)
        made.append(row)
        firsts.append(line)
        line = last + 1
    return Joined(made, firsts, lines)
