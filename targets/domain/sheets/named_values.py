"""Names that hold their value too: 达标率：95% beside a blank cell, or in a column for both (三级指标及指标值)."""

import re
from collections.abc import Sequence

from targets.domain.sheets.cells import Grid
from targets.domain.sheets.header import Header
from targets.domain.sheets.problems import quoted
from targets.domain.sheets.remembered import remembered
from targets.domain.sheets.says import SIGNS, Says, says
from targets.domain.sheets.split import counted
from targets.domain.sheets.straighten import Line, Told
from targets.domain.units import is_unit
from targets.domain.values import QUANTITY, IndicatorValue

LONGEST_ODD_UNIT = 3
"""Characters of a unit that nobody has heard of."""

SIGNED = re.compile(rf"([^{SIGNS}]+?)\s*[:：（(]?\s*([{SIGNS}]{{1,2}}[^{SIGNS}()（）]*)[)）]?", re.DOTALL)
"""A name and a value that begins with its sign."""
APART = re.compile(rf"([^{SIGNS}]+?)\s*(?:[:：]|[—–]+|[\s（(])\s*([^:：—–\s（(]+?)[)）]?", re.DOTALL)
"""A name, what parts it from its value, and the value: 达标率：95%, 达标率（≥95%）."""
SURE = re.compile(r"[:：≥≤=＝<>＜＞≧≦%％]")
"""Found where a text is beyond doubt a name with its value."""
COLON = re.compile("[:：]")
ANSWER = re.compile(
    "(?:显著|明显|有效|持续|进一步|不断|逐步|大幅|稳步|得到)*(?:提升|提高|改善|增强|促进|保障|完善|健全|稳定|减少|降低|下降|增加|增长|优化|优秀?|良好?|较?好|较?高|显著|明显|有效|满意|合格|达标|完成|及时)"
)
"""Values in words."""
GOES_ON = re.compile(r"[%％](?!\s*(?:及?以[上下内]|左右|[-~～—至到且，,、；;]|$))")
"""Found in a text that goes on behind a percentage."""
EACH = re.compile(r"[\n；;]")
COUNTED = re.compile(r"((?:指标|目标)\s*\d+\s*[:：]\s*)(.+)", re.DOTALL)
"""What empty forms print before a name: 指标1：."""
NO_NAME = re.compile(r"(?:指标|目标)?\s*\d*|.*\d")


def part_names_and_values(grid: Grid, header: Header, lines: Sequence[Line], told: list[Told]) -> None:
    """Name and value of a line apart, where the cell of the other is blank or there is none; several at once stay for `split`."""
    is_for_both = header.names_hold_values
    for line in lines:
        if "target" in line.texts:
            if "name" not in line.texts and COLON.search(line.texts["target"]):
                _take_name_from_value(grid, header, line, told)
            continue
        if "name" not in line.texts:
            continue
        name = line.texts["name"]
        if not (is_for_both or SURE.search(name)):
            continue
        pairs = [*map(named_value, counted(name) or filter(None, map(str.strip, EACH.split(name))))]
        if len(pairs) < 2 or not all(pairs):
            pairs = [named_value(name)]
        place = line.row, header.fields["name"][0]
        if found := [*filter(None, pairs)]:
            names, values = ("\n".join(parts) for parts in zip(*found, strict=True))
            line.texts["name"], line.texts["target"] = names, values
            told.append(
                Told(*place, f"{quoted(name)}里写有指标值，已分开读为{quoted(names)}和{quoted(values)}，请核对。")
            )
        elif is_for_both:
            told.append(Told(*place, f"{quoted(name)}里没有找到指标值，已全部读为三级指标，请核对。"))


def _take_name_from_value(grid: Grid, header: Header, line: Line, told: list[Told]) -> None:
    text = line.texts["target"]
    if (pair := named_value(text)) and not (
        "name" in header.fields and grid.hangs_from(line.row, header.fields["name"][0])
    ):
        line.texts["name"], line.texts["target"] = pair
        told.append(
            Told(
                line.row,
                header.fields["target"][0],
                f"{quoted(text)}里写有三级指标，已分开读为{quoted(pair[0])}和{quoted(pair[1])}，请核对。",
            )
        )


@remembered
def named_value(text: str) -> tuple[str, str] | None:
    """`达标率：95%` → 达标率 and 95%; None if it is no name with its value."""
    if counted := COUNTED.fullmatch(text):
        pair = named_value(counted[2])
        return pair and (counted[1] + pair[0], pair[1])
    for way, kind in ((SIGNED, Says.SIGNED), (APART, Says.VALUE)):
        parts = way.fullmatch(text)
        if parts and not NO_NAME.fullmatch(parts[1]) and (_is_value(parts[2], kind) or _is_answer(text, parts[2])):
            return parts[1], parts[2]
    value = IndicatorValue.parse(text)
    if value.kind == QUANTITY and value.label and text.startswith(value.label) and not NO_NAME.fullmatch(value.label):
        rest = text.removeprefix(value.label).lstrip()
        return (value.label, rest) if _is_value(rest, Says.ANYTHING) else None
    return None


def _is_value(text: str, kind: int) -> bool:
    """A value to its end: of 退职40%救济补助率 the number only stands in the middle of a name."""
    value = IndicatorValue.parse(text)
    units = [part.unit for part in value.parts or (value,)]
    if GOES_ON.search(text) or not says(text) & kind:
        return False
    return all(not unit or is_unit(unit) or len(unit) <= LONGEST_ODD_UNIT for unit in units)


def _is_answer(text: str, value: str) -> bool:
    """出行条件：明显改善; without the colon it is a name as well."""
    return COLON.search(text) is not None and ANSWER.fullmatch(value) is not None
