"""Our own flat list, read as it was written: every column stands under its own heading, so nothing has to be found or guessed.

A list whose head is another, or one of whose lines leaves out what ours always say, is read by `flat_reader`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import itemgetter
from typing import Any

from targets.domain.record import MONEY, PLAN, ROW_TEXTS, IndicatorRow, Record
from targets.domain.sheets.amounts import read_amount
from targets.domain.sheets.cells import Grid, address
from targets.domain.sheets.flat_writer import (
    CONTINUES,
    HEAD_COLUMNS,
    HEADERS,
    KIND,
    KIND_WORDS,
    QUANTITY,
    ROW_COLUMNS,
    YEAR,
)
from targets.domain.sheets.form import FIRST_YEAR, LAST_YEAR, FormReading

FIELDS = tuple(name for name, _ in (*HEAD_COLUMNS, *ROW_COLUMNS))
HEADINGS = [HEADERS[name] for name in FIELDS]
WIDTH = len(FIELDS)
AT = {name: at for at, name in enumerate(FIELDS)}
KINDS = {word: kind for kind, word in KIND_WORDS.items()}
SAID = (KIND, YEAR, "code", "title", "department_code", "department_name", "unit", *MONEY)
"""What every line of a form says alike; all but the money says which form it is."""
IDENTITY = len(SAID) - len(MONEY)
ROW_FIELDS = frozenset((*ROW_TEXTS, CONTINUES))
FIELD_OF = {heading: name for name, heading in HEADERS.items()}

Head = tuple[str, ...]
head_of: Callable[[Sequence[str]], Head] = itemgetter(*[AT[name] for name in SAID])
cells_of: Callable[[Sequence[str]], tuple[str, ...]] = itemgetter(*[AT[name] for name in ROW_TEXTS])


@dataclass(slots=True)
class _Listed:
    """One form: its head, and where its lines stand."""

    record: Record
    first: int
    lines: list[int] = field(default_factory=list)
    """Sheet rows that hold an indicator."""


class _NotOurs(Exception):
    """The list is no longer as it was written."""


class OwnList:
    """The forms of our list; each is put together when its turn comes."""

    def __init__(self, grid: Grid, year: int | None) -> None:
        """Raises `_NotOurs`."""
        self._grid = grid
        self._year = year
        self._continues: dict[str, tuple[str, ...]] = {}
        self._listed: dict[Head, _Listed] = {}
        self._gather()
        if len({head[:IDENTITY] for head in self._listed}) != len(self._listed):
            raise _NotOurs  # the same form with other amounts

    def __len__(self) -> int:
        return len(self._listed)

    def __iter__(self) -> Iterator[FormReading]:
        for listed in self._listed.values():
            record = replace(listed.record, rows=tuple(map(self._row, listed.lines)))
            place = address(listed.first, AT["title"])
            yield FormReading(record, record.kind, record.title, self._grid.name, place, (), refused=False)

    def _line(self, row: int) -> list[str]:
        line = self._grid.texts[row]
        return line if len(line) >= WIDTH else [*line, *[""] * (WIDTH - len(line))]

    def _gather(self) -> None:
        above: Head | None = None
        listed: _Listed | None = None
        for row in range(1, self._grid.height):
            if not any(self._grid.texts[row]):
                continue
            line = self._line(row)
            head = head_of(line)
            if listed is None or head != above:
                listed, above = self._listed_at(row, head), head
            goal = line[AT["goal"]]
            if goal and goal != listed.record.goal:
                raise _NotOurs
            if len(line) > WIDTH and any(line[WIDTH:]):
                raise _NotOurs
            if line[AT[QUANTITY]] and not line[AT["target"]]:
                raise _NotOurs
            if any(cells_of(line)):
                listed.lines.append(row)
            if (words := line[AT[CONTINUES]]) and words not in self._continues:
                self._continues[words] = _fields(words)

    def _listed_at(self, row: int, head: Head) -> _Listed:
        found = self._listed.get(head)
        if found is None:
            found = self._listed[head] = _Listed(self._head(row, head), row)
        return found

    def _head(self, row: int, head: Head) -> Record:
        said = dict(zip(SAID, head, strict=True))
        if not said["title"] or said[KIND] not in KINDS or not said[YEAR].isdecimal():
            raise _NotOurs
        kind, year = KINDS[said[KIND]], int(said[YEAR])
        if self._year not in (None, year) or not FIRST_YEAR <= year <= LAST_YEAR:
            raise _NotOurs
        if kind == PLAN and any(said[name] for name in MONEY):
            raise _NotOurs
        exact = self._grid.exact
        values: dict[str, Any] = dict(said) | {name: _amount(exact.get((row, AT[name]), said[name])) for name in MONEY}
        return Record(**values | {KIND: kind, YEAR: year}, goal=self._line(row)[AT["goal"]])

    def _row(self, row: int) -> IndicatorRow:
        line = self._line(row)
        words = line[AT[CONTINUES]]
        cells: list[Any] = [*cells_of(line), self._continues[words] if words else ()]
        return IndicatorRow(*cells)


def read_own_list(grid: Grid, year: int | None) -> OwnList | None:
    """The forms of a list that has our head and says everything that ours say; else None."""
    if not grid.height or grid.texts[0][:WIDTH] != HEADINGS or any(grid.texts[0][WIDTH:]):
        return None
    if grid.cleaned or grid.merge_from:
        return None
    try:
        return OwnList(grid, year)
    except _NotOurs:
        return None


def _fields(words: str) -> tuple[str, ...]:
    found = tuple(FIELD_OF.get(word, "") for word in words.split("、"))
    if not ROW_FIELDS.issuperset(found):
        raise _NotOurs
    return found


def _amount(text: str) -> Decimal | None:
    found = read_amount(text, "元")
    if found.fault or found.guess:
        raise _NotOurs
    return found.value
