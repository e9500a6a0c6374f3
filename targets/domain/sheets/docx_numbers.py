"""Numbers that Word puts before paragraphs by itself (ECMA-376 part 1, 17.9): shown, but no text of the paragraph."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from targets.domain.sheets.docx_text import attribute, child, local

CHINESE = "〇一二三四五六七八九"
FORMAL = "零壹贰叁肆伍陆柒捌玖"
STEMS = "甲乙丙丁戊己庚辛壬癸"
PLACE = re.compile(r"%([1-9])")
MOST = 9_999
CIRCLED = frozenset("decimalEnclosedCircle decimalEnclosedCircleChinese".split())
IN_CHINESE = frozenset(
    "chineseCounting chineseCountingThousand japaneseCounting taiwaneseCounting taiwaneseCountingThousand ideographDigital "
    "japaneseDigitalTenThousand taiwaneseDigital koreanDigital koreanCounting".split()
)
FORMALLY = frozenset("chineseLegalSimplified ideographLegalTraditional japaneseLegal".split())


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str


@dataclass(slots=True)
class Numbering:
    """Counts paragraphs in the order in which they are asked for."""

    definitions: ET.Element | None
    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    """Number of a list → its levels."""
    family: dict[str, str] = field(default_factory=dict)
    """Number of a list → the definition that it shares with others, and counts together with them."""
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.definitions is None:
            return
        shared = {
            attribute(one, "abstractNumId"): dict(_levels(one))
            for one in self.definitions
            if local(one) == "abstractNum"
        }
        for one in self.definitions:
            if local(one) != "num":
                continue
            number = attribute(one, "numId")
            abstract = attribute(child(one, "abstractNumId"), "val")
            restarts = [below for below in one if local(below) == "lvlOverride"]
            self.levels[number] = shared.get(abstract, {}) | dict(_restarted(restarts, shared.get(abstract, {})))
            self.family[number] = f"{number} of its own" if restarts else abstract

    def label(self, paragraph: ET.Element) -> str:
        """`一、`, `1.` or `（2）`; "" for a paragraph that is not counted or has a bullet."""
        properties = child(paragraph, "pPr", "numPr")
        if properties is None or not self.levels:
            return ""
        number = attribute(child(properties, "numId"), "val")
        depth = _whole(attribute(child(properties, "ilvl"), "val"), 0)
        levels = self.levels.get(number, {})
        if depth not in levels:
            return ""
        family = self.family[number]
        self.counts[family, depth] = self.counts.get((family, depth), levels[depth].start - 1) + 1
        for below in [key for key in self.counts if key[0] == family and key[1] > depth]:
            del self.counts[below]
        if levels[depth].format in ("bullet", "none"):
            return ""
        return PLACE.sub(lambda place: self._shown(family, levels, int(place[1]) - 1), levels[depth].text)

    def _shown(self, family: str, levels: dict[int, _Level], depth: int) -> str:
        level = levels.get(depth)
        if level is None:
            return ""
        return in_format(self.counts.get((family, depth), level.start), level.format)


def in_format(number: int, written: str) -> str:
    """A format that is not known is shown as a plain number."""
    if written in CIRCLED and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if written in ("upperLetter", "lowerLetter") and 1 <= number <= 26:
        return chr((65 if written == "upperLetter" else 97) + number - 1)
    if written in ("ideographTraditional", "ideographZodiac") and 1 <= number <= len(STEMS):
        return STEMS[number - 1]
    if written in IN_CHINESE:
        return _in_words(number, CHINESE, "十百千")
    if written in FORMALLY:
        return _in_words(number, FORMAL, "拾佰仟")
    return f"{number:02d}" if written == "decimalZero" else str(number)


def _in_words(number: int, digits: str, units: str) -> str:
    """12 → 十二, 105 → 一百〇五."""
    if not 0 < number <= MOST:
        return str(number)
    words, skipped = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if not digit:
            skipped = bool(words)
            continue
        words += (digits[0] if skipped else "") + digits[digit] + (units[power - 1] if power else "")
        skipped = False
    return words[1:] if words.startswith(digits[1] + units[0]) and digits == CHINESE else words


def _levels(definition: ET.Element) -> Iterable[tuple[int, _Level]]:
    for one in definition:
        if local(one) == "lvl":
            start = _whole(attribute(child(one, "start"), "val"), 1)
            written = attribute(child(one, "numFmt"), "val") or "decimal"
            text = attribute(child(one, "lvlText"), "val")
            yield _whole(attribute(one, "ilvl"), 0), _Level(start, written, text[:40])


def _restarted(overrides: Iterable[ET.Element], levels: dict[int, _Level]) -> Iterable[tuple[int, _Level]]:
    """A list that counts on its own, from another number or in other words."""
    for one in overrides:
        depth = _whole(attribute(one, "ilvl"), 0)
        own = dict(_levels(one)).get(depth) or levels.get(depth)
        if own:
            start = _whole(attribute(child(one, "startOverride"), "val"), own.start)
            yield depth, _Level(start, own.format, own.text)


def _whole(written: str, otherwise: int) -> int:
    return int(written[:6]) if written.isascii() and written.isdigit() else otherwise
