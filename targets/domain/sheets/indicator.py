"""The cells of one indicator as offices write them: sign and unit in columns of their own, stars, points of a level."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from targets.domain.sheets.cells import plain
from targets.domain.sheets.layout import CORE, MEASUREMENT_UNIT, OPERATOR
from targets.domain.units import canonical_unit
from targets.domain.values import BLANK_MARKS, QUANTITY, TEXT, IndicatorValue

STARS = ("★", "☆")
ANY_STAR = "".join(STARS)
CLOSING = ")）"
MARKS = frozenset((*STARS, *CLOSING, "\n"))
"""Without these in it a text is kept as it is."""
POINTS = re.compile(r"\s*[（(]\s*(?:权重|分值)?\s*[:：]?\s*(\d+(?:\.\d+)?\s*分|\d{1,2}(?:\.\d+)?\s*[%％]?)\s*[)）]\s*$")
NO_SIGN = frozenset("定性 定性指标 定量 定量指标 文字 文本 其他 其它 无".split())
"""What stands in a column of signs where no sign belongs."""
YES = frozenset("是 有 √ ✓ ✔ ☑ ★ 核心 核心指标 Y y 1".split())
UNFILLED_NAME = re.compile(r"指标\s*\d+\s*[:：]?|\d{1,2}\s*[.、．:：]|…{2,}|\.{6}")
YEARS = re.compile(r"(?:19|20)\d\d\D")
OF_NO_TEXT = frozenset((OPERATOR, MEASUREMENT_UNIT, CORE))
LEVELS = frozenset(("level1", "level2"))
STARRED = ("level1", "level2", "name")


@dataclass(frozen=True, slots=True)
class Joined:
    """A target as people write it, and what of sign and unit is not in it."""

    text: str
    sign: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the cells of one row say that is no text of an indicator."""

    is_core: bool
    points: Mapping[str, str]
    """Level → its points: 产出指标(50分)."""
    left: Mapping[str, str]
    """Heading → text that found no place in the target."""


def settle(texts: dict[str, str]) -> Beside | None:
    """Put the cells of a row right, in place; most rows are but words, need nothing and say nothing beside."""
    words = texts.get("level1", "") + texts.get("level2", "") + texts.get("name", "")
    if MARKS.isdisjoint(words) and OF_NO_TEXT.isdisjoint(texts):
        return None
    is_core = False
    left: dict[str, str] = {}
    points: dict[str, str] = {}
    if OPERATOR in texts or MEASUREMENT_UNIT in texts:
        joined = joined_target(texts.pop(OPERATOR, ""), texts.get("target", ""), texts.pop(MEASUREMENT_UNIT, ""))
        texts["target"] = joined.text
        left = {name: text for name, text in (("指标性质", joined.sign), ("计量单位", joined.unit)) if text}
    if CORE in texts:
        is_core = texts.pop(CORE) in YES
    for name in STARRED:
        text = texts.get(name)
        if not text:
            continue
        if name in LEVELS:
            if "\n" in text:
                texts[name] = text = _across(text)
            if text[-1] in CLOSING and (found := POINTS.search(text)):
                texts[name] = text = text[: found.start()]
                points[text] = found[1] if found[1].endswith(("分", "%", "％")) else f"{found[1]}分"
        if text.startswith(STARS) and (bare := text.lstrip(ANY_STAR).lstrip()):
            texts[name] = bare
            is_core = True
    return Beside(is_core, points, left) if is_core or points or left else None


def is_unfilled(texts: Mapping[str, str]) -> bool:
    """A line of the empty form, which has no value: `指标1：` or `……`."""
    return UNFILLED_NAME.fullmatch(texts.get("name") or texts.get("level2", "")) is not None


def _across(text: str) -> str:
    """A category written downwards in a narrow column, a character a line."""
    lines = text.split("\n")
    return "".join(lines) if all(len(line) <= 1 for line in lines) else text


@lru_cache(maxsize=4096)
def joined_target(sign: str, value: str, unit: str) -> Joined:
    """≥ · 95 · % → `≥95%`; 定性 · 显著提升 → `显著提升`. The text reads back as the same sign, number and unit."""
    mark, spare_sign = _operator(sign)
    unit = unit.strip(BLANK_MARKS + " ")
    said = IndicatorValue.parse(value)
    if is_bare_range(value, unit):
        return Joined(value + unit, spare_sign or mark)
    if not value or (said.kind == TEXT and not said.number):
        return Joined(value, spare_sign or mark, unit)
    start = "" if said.operator else mark
    end = "" if said.unit and canonical_unit(said.unit) == canonical_unit(unit) else unit
    if end and (said.unit or said.kind != QUANTITY):
        return Joined(start + value, spare_sign, unit)
    text = start + value + end
    read = IndicatorValue.parse(text)
    lost_sign = mark if mark and read.operator != mark else ""
    lost_unit = unit if unit and canonical_unit(read.unit) != canonical_unit(unit) else ""
    return Joined(text, spare_sign or lost_sign, lost_unit)


def is_bare_range(value: str, unit: str) -> bool:
    """90-95 beside %: two ends, and the unit of either stands elsewhere."""
    if not unit or not value[-1:].isdigit() or YEARS.match(value) or IndicatorValue.parse(value).kind != TEXT:
        return False
    whole = IndicatorValue.parse(value + unit)
    return whole.is_range and not whole.parts[0].label


@lru_cache(maxsize=256)
def _operator(sign: str) -> tuple[str, str]:
    """The sign that a cell stands for; a cell that says something else is kept as it is."""
    word = plain(sign).strip(BLANK_MARKS + " ")
    if not word or word in NO_SIGN:
        return "", ""
    read = IndicatorValue.parse(f"{word}1")
    if read.kind == QUANTITY and read.number == "1" and read.operator and not read.label:
        return read.operator, ""
    return "", sign
