"""Our own flat list, read as it was written: every column stands under its own heading, so nothing has to be found or guessed.

A list whose head is another, or one of whose lines leaves out what ours always say, is read by `flat_reader`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
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
    OPERATOR,
    QUANTITY,
    ROW_COLUMNS,
    YEAR,
)
from targets.domain.sheets.form import FIRST_YEAR, LAST_YEAR, FormReading
from targets.domain.sheets.lost_digits import lost_digits
from targets.domain.sheets.text import as_typed, inert

FIELDS = tuple(name for name, _ in (*HEAD_COLUMNS, *ROW_COLUMNS))
HEADINGS = [HEADERS[name] for name in FIELDS]
WIDTH = len(FIELDS)
AT = {name: at for at, name in enumerate(FIELDS)}
KINDS = {word: kind for kind, word in KIND_WORDS.items()}
SAID = (KIND, YEAR, "code", "title", "department_code", "department_name", "unit", *MONEY)
"""What every line of a form says alike; all but the money says which form it is."""
IDENTITY = len(SAID) - len(MONEY)
ROW_FIELDS = frozenset((*ROW_TEXTS, CONTINUES))
KEPT_SIGN = inert("=")
FIELD_OF = {heading: name for name, heading in HEADERS.items()}

new_row: Callable[..., IndicatorRow] = IndicatorRow
"""Takes the cells of `ROW_TEXTS` and what continues, one after the other."""

Line = Sequence[str]
Head = tuple[str, ...]
head_of: Callable[[Line], Head] = itemgetter(*[AT[name] for name in SAID])
cells_of: Callable[[Line], tuple[str, ...]] = itemgetter(*[AT[name] for name in ROW_TEXTS])
goal_of, target_of, quantity_of, continues_of = map(
    itemgetter, map(AT.__getitem__, ("goal", "target", QUANTITY, CONTINUES))
)


@dataclass(slots=True)
class _Listed:
    """One form: its head, and where its lines stand."""

    record: Record
    first: int
    lines: list[Line] = field(default_factory=list)


class _NotOurs(Exception):
    """The list is no longer as it was written."""


class OwnList:
    """The forms of our list; each is put together when its turn comes."""

    def __init__(self, grid: Grid, year: int | None) -> None:
        """Raises `_NotOurs`."""
        self._grid = grid
        self._year = year
        self._continues = _Continues({"": ()})
        self._amounts = _Amounts()
        self._listed: dict[Head, _Listed] = {}
        row = 1
        for head, run in groupby(map(_line, grid.texts[1:]), head_of):
            lines = [*run]
            if any(head) or any(map(any, lines)):
                self._add(head, lines, row)
            row += len(lines)
        if len({head[:IDENTITY] for head in self._listed}) != len(self._listed):
            raise _NotOurs  # the same form with other amounts

    def __len__(self) -> int:
        return len(self._listed)

    def __iter__(self) -> Iterator[FormReading]:
        for listed in self._listed.values():
            record = replace(listed.record, rows=tuple(self._rows(listed.lines)))
            place = address(listed.first, AT["title"])
            yield FormReading(record, record.kind, record.title, self._grid.name, place, (), refused=False)

    def _add(self, head: Head, lines: Sequence[Line], row: int) -> None:
        """Lines from `row` on, one below the other, that say the same of their form."""
        listed = self._listed.get(head)
        if listed is None:
            listed = self._listed[head] = _Listed(self._head(head, lines[0], row), row)
        if not {"", listed.record.goal}.issuperset(map(goal_of, lines)):
            raise _NotOurs
        if not all(map(target_of, lines)) and any(quantity_of(line) and not target_of(line) for line in lines):
            raise _NotOurs
        for words in {*map(continues_of, lines)}:
            self._continues[words]  # raises for what we do not write
        listed.lines += lines

    def _head(self, head: Head, line: Line, row: int) -> Record:
        said = dict(zip(SAID, head, strict=True))
        if not said["title"] or said[KIND] not in KINDS or not said[YEAR].isdecimal() or lost_digits(said["code"]):
            raise _NotOurs
        kind, year = KINDS[said[KIND]], int(said[YEAR])
        if self._year not in (None, year) or not FIRST_YEAR <= year <= LAST_YEAR:
            raise _NotOurs
        if kind == PLAN and any(said[name] for name in MONEY):
            raise _NotOurs
        exact, amounts = self._grid.exact, self._amounts
        values: dict[str, Any] = dict(said) | {name: amounts[exact.get((row, AT[name]), said[name])] for name in MONEY}
        return Record(**values | {KIND: kind, YEAR: year}, goal=goal_of(line))

    def _rows(self, lines: Iterable[Line]) -> Iterator[IndicatorRow]:
        """Of those lines that hold an indicator."""
        continues = self._continues
        for line in lines:
            cells = cells_of(line)
            if any(cells):
                yield new_row(*cells, continues[continues_of(line)])


def _line(texts: list[str]) -> Line:
    """As wide as our head."""
    if len(texts) == WIDTH:
        return texts
    if any(texts[WIDTH:]):
        raise _NotOurs
    return [*texts[:WIDTH], *[""] * (WIDTH - len(texts))]


class _Continues(dict[str, tuple[str, ...]]):
    """Words of a cell in that column → the fields they name."""

    def __missing__(self, words: str) -> tuple[str, ...]:
        found = tuple(FIELD_OF.get(word, "") for word in words.split("、"))
        if not ROW_FIELDS.issuperset(found):
            raise _NotOurs
        self[words] = found
        return found


class _Amounts(dict[str, Decimal | None]):
    """Text of a cell → the amount."""

    def __missing__(self, text: str) -> Decimal | None:
        found = read_amount(text, "元")
        if found.fault or found.guess:
            raise _NotOurs
        self[text] = found.value
        return found.value


def take_off_apostrophes(grid: Grid) -> None:
    """Of a CSV file of ours that a spreadsheet opened and saved as its own: what kept `=100%` from being computed is text now.

    The column of signs tells: an apostrophe is no sign.
    """
    head = grid.texts[0] if grid.height else []
    if HEADERS[OPERATOR] not in head:
        return
    at = head.index(HEADERS[OPERATOR])
    if any(line[at : at + 1] == [KEPT_SIGN] for line in grid.texts):
        for line in grid.texts:
            line[:] = map(as_typed, line)


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
