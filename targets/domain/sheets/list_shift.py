"""Lines of a list that stand one or two columns beside their headings, put right before they are read.

Its two columns of categories tell: what stands there is a category or the line has slipped. A blank too many is taken
out before the category, one that was lost is put in.
"""

from collections.abc import Iterable

from targets.domain.sheets.cells import Grid, address
from targets.domain.sheets.header import Header
from targets.domain.sheets.problems import GUESS, Problem, problem, quoted
from targets.domain.sheets.shift import fit

STEPS = (1, -1, 2, -2)
IS_CATEGORY, IS_NO_NAME = 3.0, -3.0
LEVELS = ("level1", "level2")


def straighten_lines(grid: Grid, header: Header, rows: Iterable[int]) -> list[Problem]:
    """Puts the texts of such lines where they belong, and says so."""
    if not all(name in header.fields for name in LEVELS):
        return []
    at1, at2 = (header.fields[name][0] for name in LEVELS)
    if at2 != at1 + 1:
        return []
    told: list[Problem] = []
    for row in rows:
        line = grid.texts[row]
        if _is_straight(line, at2) or not any(line):
            continue
        step = next((step for step in STEPS if _stands_at(line, at1 + step)), 0)
        if step and (moved := _moved(line, at1, step)):
            first = line[at1 + step]
            line[:] = moved
            sentence = f"这一行的单元格与表头错开，已按内容对齐各栏（{quoted(first)}已读入“一级指标”），请核对。"
            told.append(problem(grid.name, address(row, at1 + step), GUESS, sentence))
    return told


def _text(line: list[str], at: int) -> str:
    return line[at] if 0 <= at < len(line) else ""


def _is_straight(line: list[str], at: int) -> bool:
    """A category stands in the second column, and none after it."""
    return fit("level2", _text(line, at)) >= IS_CATEGORY and fit("name", _text(line, at + 1)) > IS_NO_NAME


def _stands_at(line: list[str], at: int) -> bool:
    """Whether both categories stand here, one beside the other, with the name of an indicator after them."""
    categories = all(fit(name, _text(line, at + number)) >= IS_CATEGORY for number, name in enumerate(LEVELS))
    return categories and bool(_text(line, at + len(LEVELS)))


def _moved(line: list[str], at: int, step: int) -> list[str]:
    """The line with so many blanks less (or more) before the category; [] if it has not as many."""
    if step < 0:
        return [*line[: at + step], *[""] * -step, *line[at + step :]]
    blanks = [place for place in range(at + step) if not line[place]][-step:]
    if len(blanks) < step:
        return []
    return [text for place, text in enumerate(line) if place not in blanks] + [""] * step
