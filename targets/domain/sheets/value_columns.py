"""Values over several columns: numbers and words each in their own (定量 | 定性), or the ends of a range (下限 | 上限)."""

import re
from collections.abc import Sequence

from targets.domain.sheets.cells import Grid
from targets.domain.sheets.header import Header
from targets.domain.sheets.layout import MEASUREMENT_UNIT
from targets.domain.sheets.problems import quoted
from targets.domain.sheets.straighten import Line, Told
from targets.domain.values import QUANTITY, IndicatorValue

LOWER, UPPER = re.compile("下限|最[低小]"), re.compile("上限|最[高大]")


def join_values(grid: Grid, header: Header, lines: Sequence[Line], told: list[Told]) -> None:
    """One target of each line, from all its columns of values; told where that is not just the text of one cell."""
    headings = {column: text for text, (first, last) in header.values for column in range(first, last + 1)}
    for line in lines:
        own = [cell for cell in grid.rows[line.row] if cell.column in headings]
        if not own:
            continue
        said = [(headings[cell.column], cell.text) for cell in own]
        line.others = [cell for cell in line.others if cell.column not in headings]
        whole = _range(said, line.texts) or " ".join(text for _, text in said)
        if whole != said[0][1]:
            cells = "、".join(f"{heading}{quoted(text, 20)}" for heading, text in said)
            told.append(Told(line.row, own[0].column, f"指标值分栏写的是{cells}，已合并读为{quoted(whole)}，请核对。"))
        line.texts["target"] = whole


def _range(said: Sequence[tuple[str, str]], texts: dict[str, str]) -> str:
    """What the two ends of a range say together, "" if these are none; an end alone gets its sign."""
    lower = next((text for heading, text in said if LOWER.search(heading)), "")
    upper = next((text for heading, text in said if UPPER.search(heading)), "")
    are_bare = all(map(_is_bare, filter(None, (lower, upper))))
    if not (lower and upper):
        return f"{'≥' if lower else '≤'}{lower or upper}" if (lower or upper) and are_bare else ""
    if not are_bare:
        return f"{lower}，{upper}"
    unit = "" if IndicatorValue.parse(upper).unit else texts.pop(MEASUREMENT_UNIT, "")
    return f"{lower}-{upper}{unit}"


def _is_bare(text: str) -> bool:
    value = IndicatorValue.parse(text)
    return value.kind == QUANTITY and not (value.operator or value.label)
