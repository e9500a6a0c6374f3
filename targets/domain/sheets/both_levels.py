"""Both levels in one column: 产出指标—数量指标 below 一级/二级指标."""

from collections.abc import Mapping, Sequence

from targets.domain.sheets.problems import quoted
from targets.domain.sheets.says import Says, at_first_sight, two_levels
from targets.domain.sheets.straighten import Line, Told

KIND = {"level1": Says.LEVEL1, "level2": Says.LEVEL2}
BOTH = Says.LEVEL1 | Says.LEVEL2


def part_levels(columns: Mapping[str, int], lines: Sequence[Line], told: list[Told]) -> tuple[str, str] | None:
    """Each level on its own, where a table has one column of levels; that column and the one it stands for as well, if it was so."""
    own = [name for name in KIND if name in columns]
    if len(own) > 1 and not any("level1" in line.texts for line in lines):
        own = ["level2"]  # the other stands below a label left of the table and is blank
    if len(own) != 1:
        return None
    (name,) = own
    other = "level1" if name == "level2" else "level2"
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
    return name, other
