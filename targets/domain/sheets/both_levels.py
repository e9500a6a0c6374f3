"""Both levels in one column: 产出指标—数量指标 below 一级/二级指标."""

from collections.abc import Mapping, Sequence

from targets.domain.sheets.problems import quoted
from targets.domain.sheets.says import two_levels
from targets.domain.sheets.straighten import Line, Told

LEVELS = frozenset(("level1", "level2"))


def part_levels(columns: Mapping[str, int], lines: Sequence[Line], told: list[Told]) -> tuple[str, str] | None:
    """Each level on its own, where a table has one column of levels; that column and the one it stands for as well, if it was so."""
    own = [name for name in LEVELS if name in columns]
    if len(own) != 1:
        return None
    (name,), (other,) = own, LEVELS.difference(own)
    found = False
    for line in lines:
        text = line.texts.get(name, "")
        if text and (levels := two_levels(text)):
            found = True
            line.texts["level1"], line.texts["level2"] = levels
            sentence = f"{quoted(text)}是两级指标，已分开读为一级指标{quoted(levels[0])}和二级指标{quoted(levels[1])}，请核对。"
            told.append(Told(line.row, columns[name], sentence))
    return (name, other) if found else None
