"""Lines of a list that stand one or two columns beside their headings, put right before they are read.

Its two columns of categories tell: what stands there is a category or the line has slipped. A blank too many is taken
out before the category, one that was lost is put in; where neither helps, the line is read as it stands and that is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from targets.domain.sheets.cells import Grid, address
from targets.domain.sheets.header import Header, are_column_numbers
from targets.domain.sheets.problems import GUESS, Problem, problem, quoted
from targets.domain.sheets.says import Says, at_first_sight
from targets.domain.sheets.shift import AGAINST_COLUMN, contradicts, fit
from targets.domain.sheets.straighten import MAY_HAVE_MOVED

STEPS = (1, -1, 2, -2)
IS_CATEGORY, IS_NO_NAME = 3.0, -2.0
NEEDED = ("level1", "level2", "name")
CATEGORY = Says.LEVEL1 | Says.LEVEL2
LONGEST_CATEGORY = 14
DUTIES = frozenset(("duty", "duty_goal"))
JUDGED = frozenset(AGAINST_COLUMN) - {"number", "level1", "level2"}


@dataclass(frozen=True, slots=True)
class _Places:
    """Columns of the head: its first one, those of the two categories and of the indicator's name."""

    no_name: float
    """So little or less says that a text is no name of an indicator."""
    first: int
    level1: int
    level2: int
    name: int


def straighten_lines(grid: Grid, header: Header, rows: Iterable[int]) -> list[Problem]:
    """Puts the texts of such lines where they belong, and says so."""
    if not all(name in header.fields for name in NEEDED):
        return _doubtful_lines(grid, header, rows) if header.fields.keys() & DUTIES else []
    spans = [*header.fields.values(), *header.unknown.values()]
    no_name = -inf if header.names_hold_values else IS_NO_NAME
    at = _Places(no_name, min(first for first, _ in spans), *(header.fields[name][0] for name in NEEDED))
    if not at.level1 < at.level2 < at.name:
        return []
    told: list[Problem] = []
    for row in rows:
        line = grid.texts[row]
        if _is_straight(line, at) or not any(line):
            continue
        step = next((step for step in STEPS if _stands_at(line, at, step)), 0)
        if step and (moved := _moved(line, at, step)):
            first = line[at.level1 + step]
            line[:] = moved
            sentence = f"这一行的单元格与表头错开，已按内容对齐各栏（{quoted(first)}已读入“一级指标”），请核对。"
            told.append(problem(grid.name, address(row, at.level1 + step), GUESS, sentence))
        elif _contradicts(line, at) and not are_column_numbers([*filter(None, line)]):
            told.append(problem(grid.name, address(row, at.level1), GUESS, MAY_HAVE_MOVED))
    return told


def _doubtful_lines(grid: Grid, header: Header, rows: Iterable[int]) -> list[Problem]:
    """A list of plans has no categories to go by: a line with a text that cannot belong to its column is told."""
    columns = [(name, first) for name, (first, _) in header.fields.items() if name in JUDGED]
    return [
        problem(grid.name, address(row, columns[0][1]), GUESS, MAY_HAVE_MOVED)
        for row in rows
        if any(contradicts(name, text) for name, column in columns if (text := _text(grid.texts[row], column)))
        and not are_column_numbers([*filter(None, grid.texts[row])])
    ]


def _text(line: list[str], at: int) -> str:
    return line[at] if 0 <= at < len(line) else ""


def _is_straight(line: list[str], at: _Places) -> bool:
    """A category stands in the second column, and none in the column of names."""
    return fit("level2", _text(line, at.level2)) >= IS_CATEGORY and fit("name", _text(line, at.name)) > at.no_name


def _stands_at(line: list[str], at: _Places, step: int) -> bool:
    """Whether both categories stand so far beside their columns, with the name of an indicator after them."""
    categories = (
        fit("level1", _text(line, at.level1 + step)) >= IS_CATEGORY
        and fit("level2", _text(line, at.level2 + step)) >= IS_CATEGORY
    )
    return categories and fit("name", _text(line, at.name + step)) > at.no_name and bool(_text(line, at.name + step))


def _moved(line: list[str], at: _Places, step: int) -> list[str]:
    """The line with so many blanks less (or more) before the category; [] if it has not as many."""
    if step < 0:
        lost = 0 if any(line[: at.first]) else at.level1 + step
        return [*line[:lost], *[""] * -step, *line[lost:]]
    blanks = [place for place in range(at.level1 + step) if not line[place]][-step:]
    if len(blanks) < step:
        return []
    return [text for place, text in enumerate(line) if place not in blanks] + [""] * step


def _contradicts(line: list[str], at: _Places) -> bool:
    """A category stands in no column of categories, or a value where the name belongs."""
    beside = (
        text
        for place, text in enumerate(line)
        if 0 < len(text) <= LONGEST_CATEGORY and place not in (at.level1, at.level2)
    )
    name = _text(line, at.name)
    return bool(name and fit("name", name) <= at.no_name) or any(at_first_sight(text) & CATEGORY for text in beside)
