"""Several indicators in one row: names glued together in one cell, values in another.

A row is split only if its name and its value have equally many parts; every other cell has as many, or is shared.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, pairwise
from math import comb

from targets.domain.sheets.indicator import LEVELS
from targets.domain.sheets.remembered import remembered
from targets.domain.sheets.says import SIGNS, Says, says
from targets.domain.units import is_unit
from targets.domain.values import IndicatorValue

MOST_PARTS = 12
MOST_CUTS = 10_000
"""Ways to cut words into parts; the evenest of more is no better than any other, and 12 parts of 36 words have 417 million."""
SHARED = frozenset(("number", "level1", "level2", "duty_group", "duty", "duty_goal", "office"))
"""Cells that are merged over several indicators; one text counts for all."""
PAIR = re.compile(rf"\s*([^{SIGNS}]*?[^{SIGNS}\s,，;；、])\s*([{SIGNS}]+\s*\d[^\s,，;；、{SIGNS}]*)[\s,，;；、]*")


MARKS = frozenset("；;、，,①")
COUNTED = re.compile(r"(?:^|(?<=[\s；;。，]))\s*(?:(\d{1,2})(?:、|\s*[.．)）](?!\d))|[（(](\d{1,2})[)）])|([①-⑫])")
"""1. 2、（3）④ before the parts of a cell."""
SHORTEST_NAME = 3
EACH_SIGN = tuple(SIGNS)


def is_one(texts: Mapping[str, str]) -> bool:
    """Most rows have one word in the cell of the value: they are one indicator."""
    target = texts.get("target", "")
    return _is_one_word(target) if target else not texts.get("name")


@remembered
def _is_one_word(target: str) -> bool:
    return len(target.split(None, 1)) == 1 and MARKS.isdisjoint(target)


def split_line(texts: Mapping[str, str]) -> list[dict[str, str]]:
    """One line or several, the parts of each cell in their order."""
    whole = dict(texts)
    name, target = whole.get("name", ""), whole.get("target", "")
    if name and not target:
        return _split_pairs(whole, name)
    if marked := _split_at_marks(whole, name, target):
        return marked
    if "\n" not in target and " " not in target.strip() and "\t" not in target:
        return [whole]
    values = target.split()
    count = len(values)
    if not 1 < count <= MOST_PARTS or _is_one_value(values):
        return [whole]
    if not all(says(value) & Says.VALUE for value in values) and not _are_answers(whole, values):
        return [whole]
    names = parts_of(name, count)
    if not names:
        return [whole]
    found = [dict(whole) for _ in range(count)]
    for field, text in whole.items():
        if field in SHARED and len(text.split()) != count:
            continue
        parts = values if field == "target" else names if field == "name" else parts_of(text, count)
        for row, part in zip(found, parts, strict=False):
            row[field] = part
    return found


def counted(text: str) -> list[str]:
    """`1.新建数\n2.改建数` → the texts behind the numbers, if they count from one."""
    found = [*COUNTED.finditer(text)]
    numbers = [int(one[1] or one[2] or ord(one[3]) - ord("①") + 1) for one in found]
    if numbers != [*range(1, len(found) + 1)] or not found or found[0].start():
        return []
    ends = [*(one.start() for one in found[1:]), len(text)]
    return [text[one.end() : end].strip(" \t\n；;，") for one, end in zip(found, ends, strict=True)]


def _at(marks: str) -> Callable[[str], list[str]]:
    return lambda text: [part.strip() for part in re.split(f"[{marks}]\\s*", text.strip(marks + " \n"))]


AT_COMMAS = _at("、")
CUTS: Sequence[Callable[[str], list[str]]] = (counted, _at("；;"), AT_COMMAS)
"""Ways to part a cell, the surest first."""
ANY_MARK = _at("；;、，,")


def _split_at_marks(whole: dict[str, str], name: str, target: str) -> list[dict[str, str]]:
    """Names and values with the same marks between them, as many of either; [] if there are none."""
    for cut in CUTS:
        names = cut(name)
        count = len(names)
        if not 1 < count <= MOST_PARTS:
            continue
        values = _parts(cut, target, count)
        if len(values) != count:
            continue
        # 教育、就业服务水平 is one name, and 提升、完善 may be one answer: only signs prove that 、 parts indicators
        wanted = Says.SIGNED if cut is AT_COMMAS else Says.VALUE | Says.WORD
        if min(map(len, names)) < SHORTEST_NAME or not all(says(value) & wanted for value in values):
            continue
        found = [dict(whole) for _ in range(count)]
        for field, text in whole.items():
            if field in SHARED and field not in LEVELS:
                continue
            parts = _parts(cut, text, count) or [text] * count
            for row, part in zip(found, parts, strict=True):
                row[field] = part
        return found
    return []


def _parts(cut: Callable[[str], list[str]], text: str, count: int) -> list[str]:
    """So many parts, or none. Beside counted names a line `1.26次` is the first of several, not a number with decimals."""
    parts = cut(text)
    if len(parts) != count and cut is counted:
        lines = text.split("\n")
        parts = [line.partition(".")[2].strip() for at, line in enumerate(lines, 1) if line.startswith(f"{at}.")]
    return parts if len(parts) == count else []


def _is_one_value(values: Sequence[str]) -> bool:
    """Line breaks inside one value: ≥1.5 and 万人, or ≥39 and 00人. A number without its unit goes on in the next line."""
    return any(
        not first.unit and first.number and (is_unit(below) or (first.operator and not second.operator and second.unit))
        for first, second, below in (
            (IndicatorValue.parse(above), IndicatorValue.parse(below), below) for above, below in pairwise(values)
        )
    )


def _are_answers(texts: Mapping[str, str], values: list[str]) -> bool:
    """提升 and 改善 are values of two indicators only where line breaks, or as many categories, part the names too."""
    count = len(values)
    if not all(says(value) & (Says.VALUE | Says.WORD) for value in values):
        return False
    lines = all(len(texts.get(name, "").split("\n")) == count for name in ("name", "target"))
    categories = texts.get("level2", "").split()
    return lines or (len(categories) == count and all(says(text) & Says.LEVEL2 for text in categories))


def may_be_several(texts: Mapping[str, str]) -> bool:
    """As many words in the name as in the value, which may be line breaks of one indicator or several indicators.

    Or several values with a sign each, which are not as many as the names; or as many parts between the same marks.
    """
    target = texts.get("target", "")
    if not texts.get("name"):
        return False
    values = target.split()
    if 1 < len(values) == len(texts.get("name", "").split()):
        are_values = all(says(value) & (Says.VALUE | Says.WORD) for value in values)
        return are_values and not (len(values) <= MOST_PARTS and _is_one_value(values) and any(map(is_unit, values)))
    signed = [cut(target) for cut in (counted, ANY_MARK)]
    if any(len(parts) > 1 and all(part.startswith(EACH_SIGN) for part in parts) for parts in signed):
        return True
    values = AT_COMMAS(target)
    return 1 < len(values) == len(AT_COMMAS(texts["name"])) and all(
        says(value) & (Says.VALUE | Says.WORD) for value in values
    )


def _split_pairs(whole: dict[str, str], name: str) -> list[dict[str, str]]:
    """小麦面积 =5亩 玉米面积 =13亩 in the cell of the name, and none for the value."""
    pairs = PAIR.findall(name)
    if (
        len(pairs) > 1
        and not PAIR.sub("", name).strip()
        and all(says(value.strip()) & Says.SIGNED for _, value in pairs)
    ):
        return [whole | {"name": label.strip(), "target": value.strip()} for label, value in pairs[:MOST_PARTS]]
    return [whole]


def parts_of(text: str, count: int) -> list[str]:
    """`text` cut at white space into `count` parts; one text alone is none: it is shared."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) == count:
        return lines
    words = text.split()
    if len(words) < count:
        return []
    if len(words) % count == 0:
        size = len(words) // count
        groups = [words[at : at + size] for at in range(0, len(words), size)]
        if size == 1 or all(group == groups[0] for group in groups):
            return [" ".join(group) for group in groups]
    if len(words) > 3 * count or comb(len(words) - 1, count - 1) > MOST_CUTS:
        return []
    return min(_cuts(words, count), key=_unevenness)


def _cuts(words: list[str], count: int) -> list[list[str]]:
    return [
        [" ".join(words[first:last]) for first, last in zip((0, *at), (*at, len(words)), strict=True)]
        for at in combinations(range(1, len(words)), count - 1)
    ]


def _unevenness(parts: list[str]) -> int:
    return max(map(len, parts)) - min(map(len, parts))
