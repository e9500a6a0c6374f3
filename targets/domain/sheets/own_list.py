"""Our own flat list, read as it was written: every column stands under its own heading, so nothing has to be found or guessed.

A list whose head is another, or one of whose lines leaves out what ours always say, is read by `flat_reader`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from targets.domain.record import MONEY, PLAN, IndicatorRow, Record
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
AT = {name: at for at, name in enumerate(FIELDS)}
KINDS = {word: kind for kind, word in KIND_WORDS.items()}
SAME = ("code", "title", "department_code", "department_name", "unit", *MONEY)
"""What every line of a form says alike."""
CELLS = [(name, AT[name]) for name in FIELDS if name in IndicatorRow.__dataclass_fields__ and name != CONTINUES]
FIELD_OF = {heading: name for name, heading in HEADERS.items()}


@dataclass(slots=True)
class _Listed:
    """One form while its lines are gathered."""

    first: int
    said: tuple[str, ...]
    goal: str
    rows: list[IndicatorRow] = field(default_factory=list)


class _NotOurs(Exception):
    """The list is no longer as it was written."""


def read_own_list(grid: Grid, year: int | None) -> list[FormReading] | None:
    """The forms of a list that has our head and says everything that ours say; else None."""
    if not grid.height or grid.texts[0][: len(HEADINGS)] != HEADINGS or any(grid.texts[0][len(HEADINGS) :]):
        return None
    if grid.cleaned or grid.merge_from:
        return None
    try:
        return [_reading(grid, listed) for listed in _gathered(grid, year)]
    except _NotOurs:
        return None


def _gathered(grid: Grid, year: int | None) -> Iterator[_Listed]:
    listed: dict[tuple[str, ...], _Listed] = {}
    for row in range(1, grid.height):
        line = grid.texts[row]
        if not any(line):
            continue
        line = [*line, *[""] * (len(FIELDS) - len(line))]
        if any(line[len(FIELDS) :]) or not line[AT["title"]] or line[AT[KIND]] not in KINDS:
            raise _NotOurs
        if not line[AT[YEAR]].isdecimal() or year not in (None, int(line[AT[YEAR]])):
            raise _NotOurs
        said = (line[AT[KIND]], line[AT[YEAR]], *(_said(grid, row, line, name) for name in SAME))
        form = listed.get(said)
        if form is None:
            form = listed[said] = _Listed(row, said, line[AT["goal"]])
        elif line[AT["goal"]] not in ("", form.goal):
            raise _NotOurs
        _add(form, line)
    if len({one.said[:7] for one in listed.values()}) != len(listed):
        raise _NotOurs  # the same form with other amounts
    yield from listed.values()


def _said(grid: Grid, row: int, line: Sequence[str], name: str) -> str:
    text = line[AT[name]]
    return grid.exact.get((row, AT[name]), text) if name in MONEY else text


def _add(form: _Listed, line: Sequence[str]) -> None:
    cells = {name: line[at] for name, at in CELLS if line[at]}
    if line[AT[QUANTITY]] and not line[AT["target"]]:
        raise _NotOurs
    words = line[AT[CONTINUES]].split("、") if line[AT[CONTINUES]] else ()
    continues = tuple(FIELD_OF.get(word, "") for word in words)
    if not all(name in IndicatorRow.__dataclass_fields__ for name in continues):
        raise _NotOurs
    if cells:
        form.rows.append(IndicatorRow(**cells, continues=continues))


def _reading(grid: Grid, form: _Listed) -> FormReading:
    kind, year = KINDS[form.said[0]], int(form.said[1])
    said = dict(zip(SAME, form.said[2:], strict=True))
    if not FIRST_YEAR <= year <= LAST_YEAR or (kind == PLAN and any(said[name] for name in MONEY)):
        raise _NotOurs
    record = Record(
        kind=kind,
        year=year,
        title=said["title"],
        code=said["code"],
        department_code=said["department_code"],
        department_name=said["department_name"],
        unit=said["unit"],
        total=_amount(said["total"]),
        fiscal=_amount(said["fiscal"]),
        other=_amount(said["other"]),
        goal=form.goal,
        rows=tuple(form.rows),
    )
    place = address(form.first, AT["title"])
    return FormReading(record, kind, record.title, grid.name, place, (), refused=False)


def _amount(text: str) -> Decimal | None:
    found = read_amount(text, "元")
    if found.fault or found.guess:
        raise _NotOurs
    return found.value
