"""Both levels in one column: 产出指标—数量指标 below 一级/二级指标."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from targets.domain.sheets.problems import quoted
from targets.domain.sheets.says import Says, at_first_sight, two_levels
from targets.domain.sheets.straighten import Line, Told

KIND = {"level1": Says.LEVEL1, "level2": Says.LEVEL2}
BOTH = Says.LEVEL1 | Says.LEVEL2
OTHER = {"level1": "level2", "level2": "level1"}


class Shared(NamedTuple):
    """A column that holds both levels."""

    name: str
    other: str
    """The level for which it stands as well."""
    alone: frozenset[int]
    """Rows that name the first level of the row above and no second: that stays blank."""


def other_level(columns: Mapping[str, int], texts_of: Callable[[int], Iterable[str]]) -> dict[str, int]:
    """The level that stands in the column of the other one, with that column, where some of its texts say both."""
    own = [name for name in KIND if name in columns]
    if len(own) != 1 or not any(map(two_levels, texts_of(columns[own[0]]))):
        return {}
    return {OTHER[own[0]]: columns[own[0]]}


def part_levels(columns: Mapping[str, int], lines: Sequence[Line], told: list[Told]) -> Shared | None:
    """Each level on its own, where a table has one column of levels; that column, if it was so."""
    own = [name for name in KIND if name in columns]
    if len(own) > 1 and not any("level1" in line.texts for line in lines):
        own = ["level2"]  # the other stands below a label left of the table and is blank
    if len(own) != 1:
        return None
    (name,) = own
    other = OTHER[name]
    parted = [(line, levels) for line in lines if (levels := two_levels(line.texts.get(name, "")))]
    if not parted:
        return None
    for line, levels in parted:
        text = line.texts[name]
        line.texts["level1"], line.texts["level2"] = levels
        sentence = (
            f"{quoted(text)}是两级指标，已分开读为一级指标{quoted(levels[0])}和二级指标{quoted(levels[1])}，请核对。"
        )
        told.append(Told(line.row, columns[name], sentence))
    for line in lines:
        if other not in line.texts and at_first_sight(line.texts.get(name, "")) & BOTH == KIND[other]:
            line.texts[other] = line.texts.pop(name)
    return Shared(name, other, _alone(columns[name], lines, told))


def _alone(column: int, lines: Sequence[Line], told: list[Told]) -> frozenset[int]:
    """产出指标 below 产出指标—数量指标: nobody says of which second level it is."""
    found: set[int] = set()
    above = ""
    for line in lines:
        first, second = (line.texts.get(level, "") for level in KIND)
        if first and first == above and not second:
            found.add(line.row)
            told.append(Told(line.row, column, f"{quoted(first)}没有写二级指标，已照空白读入，请核对。"))
        above = first or above
    return frozenset(found)
