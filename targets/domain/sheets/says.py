"""What the text of a cell says about the column it belongs to: a value, a category, an office, an amount, a source.

Only the kind of text counts, never a certain project, department or sentence.
"""

import re
import unicodedata
from functools import lru_cache

from targets.domain.sheets.cells import plain
from targets.domain.taxonomy import TAXONOMIES, stem
from targets.domain.units import is_sum_of_money
from targets.domain.values import BLANK_MARKS, EMPTY, TEXT, IndicatorValue, common


class Says:
    """Kinds of text, one bit each; one text may be several. Plain numbers, for every cell asks (`enum.Flag` is slow to answer)."""

    NOTHING = 0
    ANYTHING = -1

    ORDINAL = 1 << 0
    """A running number: 3, （三）."""
    LEVEL1 = 1 << 1
    LEVEL2 = 1 << 2
    LEVEL = 1 << 3
    """Looks like a category that no taxonomy knows: 过程指标."""
    SIGNED = 1 << 4
    """A value with a sign or a word for it: ≥95%."""
    VALUE = 1 << 5
    PAIRS = 1 << 6
    """Several names, each with its own sign and number: 小麦=5亩 玉米=13亩."""
    DASH = 1 << 7
    MONEY = 1 << 8
    """A bare amount: 430万元."""
    ITEM = 1 << 9
    """Something named with its amount at the end: 某某经费2万元."""
    FUND = 1 << 10
    """Speaks of money for something: 某某经费."""
    OFFICE = 1 << 11
    SOURCE = 1 << 12
    EXPLAINS = 1 << 13
    WORD = 1 << 14
    """A short answer: 提升."""
    PROSE = 1 << 15
    LONG = 1 << 16
    BARE1 = 1 << 17
    """A word that is a level 1 or the name of an indicator: 满意度."""
    BARE2 = 1 << 18
    """The same of a level 2: 社会效益."""


LONGEST_LEVEL = 14
LONGEST_VALUES = 120
LONGEST_LABEL = 4
"""Of a value without a sign: 小学25595人."""
LONGEST_UNIT = 4
LONGEST_WORD = 8
LONGEST_NAME = 60
LEVEL1_STEMS = {stem(level1) for taxonomy in TAXONOMIES.values() for level1 in taxonomy.level1} | {
    "投入",
    "效果",
    "过程",
}
PAIRS = tuple(pair for taxonomy in TAXONOMIES.values() for pair in (*taxonomy.pairs, *taxonomy.aliases))
LEVEL2_STEMS = {stem(level2) for _, level2 in PAIRS if level2} - LEVEL1_STEMS | {"服务对象满意度"}
BOTH_STEMS = {stem(level2) for _, level2 in PAIRS if level2} & LEVEL1_STEMS
"""成本 and 满意度 are a level 1 in one taxonomy and a level 2 in another."""
ALWAYS_LEVELS = ("成本", "产出", "效益")
"""Without 指标 the others may as well be the name of an indicator."""
BARE_LEVELS = LEVEL1_STEMS | LEVEL2_STEMS | BOTH_STEMS

BETWEEN_LEVELS = re.compile(r"\s*(?:[-—–/、:：·|>→]+|[（(]|\s)\s*")
LEAST_LEVELS, LONGEST_LEVELS = 5, 32

_ORDINAL = r"\(?(?:\d{1,3}|[一二三四五六七八九十]{1,3})\)?[.、]?"
ORDINAL = re.compile(rf"{_ORDINAL}(?:\s+{_ORDINAL})*")
LONGEST_ORDINAL = 3
"""Of one without a point or brackets: 二十三."""
COMMON_SIGNS = ("≥", "≤", "=")
DIGITS = re.compile("[0-9]{1,3}")
ENDS_OF_LEVELS = ("指标", "目标")
OFFICES = re.compile(r"[一-鿿()]{1,24}(?:科|室|中心|办|队|院|站|处|股|局|所|馆|部|组|总局|园|厅|委)")
OFFICE_SEPARATOR = re.compile(r"[\s、，,；;/]+")
ITEM = re.compile(r".*[^\d.\s≥≤=<>~-]\D{0,20}?\d[\d,.]*\s*(?:亿|万)?元\s*[。.]?", re.DOTALL)
FUND = re.compile(r"经费|资金|支出|补助|专项|预算|项目|奖补|补贴|助学金")
SOURCE = re.compile(
    r"(?:统计|年鉴|公报|年报|月报|报表|手册|台账|计划|规划|要求|文件|通知|办法|意见|方案|纲要|要点|标准|规定|调查|系统|预算|制定|条例|"
    r"数据|平台|记录|档案|报告|批复|合同|协议|指南|决定)(?:\(.{0,40}\)|表|等)?$|^《.*》|号\)?$",
    re.DOTALL,
)
EXPLAINS = re.compile(
    r"(?:反映|反应|考核|衡量|是指|指的是|用于)|.{2,40}?(?:是指|占.{2,60}(?:比例|比率|比重)$)", re.DOTALL
)
MAY_COUNT = re.compile(f"[百年季{re.escape(BLANK_MARKS)}]")
"""Words without any of these, and nothing but words, are no value."""
SIGNS = "≥≤=＝<>＜＞≧≦"


_OF_VALUES = Says.SIGNED | Says.VALUE | Says.PAIRS | Says.DASH | Says.MONEY
AT_FIRST_SIGHT = _OF_VALUES | Says.ORDINAL | Says.LEVEL1 | Says.LEVEL2 | Says.LEVEL | Says.BARE1 | Says.BARE2
"""What a text may be besides something named in words."""


@lru_cache(maxsize=16384)
def at_first_sight(text: str) -> int:
    """The kinds `AT_FIRST_SIGHT` of a text (and an item that ends in its amount): all that most cells are asked for."""
    if DIGITS.fullmatch(text):
        return Says.VALUE | Says.ORDINAL
    if text.startswith(COMMON_SIGNS) and common(text):
        return Says.SIGNED | Says.VALUE
    return Says.NOTHING if _is_name(text) else looked_at(text)


def looked_at(text: str) -> int:
    """The same of any text; most are known by their shape, and quicker."""
    folded = plain(text)
    found = _value(text, folded) | _level(text)
    return found | Says.ORDINAL if ORDINAL.fullmatch(folded) else found


@lru_cache(maxsize=16384)
def says(text: str) -> int:
    """Everything a text may be."""
    folded = plain(text)
    found = at_first_sight(text)
    value = found & (_OF_VALUES | Says.ITEM)
    if not found & (Says.VALUE | Says.DASH) or found & Says.MONEY:
        if _is_office(folded):
            found |= Says.OFFICE
        if not found & Says.MONEY and "元" in folded and ITEM.fullmatch(folded):
            found |= Says.ITEM
        if FUND.search(folded):
            found |= Says.FUND
        if SOURCE.search(folded):
            found |= Says.SOURCE
        if EXPLAINS.match(folded):
            found |= Says.EXPLAINS
        if not value:
            found |= Says.WORD if len(folded) <= LONGEST_WORD else Says.PROSE
            found |= Says.LONG if len(folded) > LONGEST_NAME else Says.NOTHING
    return found


def _is_name(text: str) -> bool:
    """Quick, and sure where it says yes: nothing but words, none of which is a number or ends a category."""
    return (
        len(text) > LONGEST_ORDINAL
        and text.isalpha()
        and not MAY_COUNT.search(text)
        and not text.endswith(ENDS_OF_LEVELS)
        and text not in BARE_LEVELS
        and unicodedata.is_normalized("NFKC", text)
    )


def _value(text: str, folded: str) -> int:
    if text.isalpha() and not MAY_COUNT.search(text):
        return Says.NOTHING
    value = IndicatorValue.parse(text) if len(folded) <= LONGEST_VALUES else None
    if value is None or value.kind == TEXT:
        tokens = folded.split() if len(folded) <= LONGEST_VALUES else []
        several = len(tokens) > 1 and all(says(token) & (Says.VALUE | Says.DASH) for token in tokens)
        return Says.VALUE if several else Says.NOTHING
    if value.kind == EMPTY:
        return Says.DASH
    parts = value.parts or (value,)
    named = [len(part.label) for part in parts]
    if any(sign in folded for sign in SIGNS):
        if len(parts) > 1 and all(named):
            return Says.PAIRS
        return Says.SIGNED | Says.VALUE if max(named) <= LONGEST_WORD else Says.NOTHING
    is_money = not value.parts and is_sum_of_money(value.unit)
    if is_money and named[0]:
        return Says.ITEM
    units = [word for part in parts for word in part.unit.split("/")]
    if max(named) > LONGEST_LABEL or max(map(len, units)) > LONGEST_UNIT:
        return Says.NOTHING
    return Says.VALUE | Says.MONEY if is_money else Says.VALUE


@lru_cache(maxsize=4096)
def two_levels(text: str) -> tuple[str, str] | None:
    """产出指标—数量指标 → the two; None for any other text."""
    if not LEAST_LEVELS <= len(text) <= LONGEST_LEVELS:
        return None
    first, *rest = BETWEEN_LEVELS.split(text.rstrip("）)"), maxsplit=1)
    if not rest or stem(first) not in LEVEL1_STEMS or BETWEEN_LEVELS.search(rest[0]):
        return None
    is_second = stem(rest[0]) in LEVEL2_STEMS | BOTH_STEMS or (rest[0].endswith("指标") and len(rest[0]) > len("指标"))
    return (first, rest[0]) if is_second else None


def _level(text: str) -> int:
    if two_levels(text):
        return Says.LEVEL1 | Says.LEVEL2
    if len(text) > LONGEST_LEVEL:
        return Says.NOTHING
    name = stem(text)
    if name == plain(text).strip() and name not in ALWAYS_LEVELS:
        return (Says.BARE1 if name in LEVEL1_STEMS else 0) | (Says.BARE2 if name in LEVEL2_STEMS | BOTH_STEMS else 0)
    if name in BOTH_STEMS:
        return Says.LEVEL1 | Says.LEVEL2
    if name in LEVEL1_STEMS:
        return Says.LEVEL1
    if name in LEVEL2_STEMS:
        return Says.LEVEL2
    return Says.LEVEL if plain(text).strip().endswith("指标") else Says.NOTHING


def _is_office(folded: str) -> bool:
    if len(folded) > LONGEST_NAME:
        return False
    parts = [part for part in OFFICE_SEPARATOR.split(folded) if part]
    return bool(parts) and all(OFFICES.fullmatch(part) for part in parts)
