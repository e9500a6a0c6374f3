"""The grammar of an indicator value 指标值: `≥95%` is an operator, a number and a unit.

The typed text is kept for ever; everything else here is derived from it for comparing, sorting and searching.
What the grammar cannot read with certainty is `text`: a wrong number would be worse than none.
Signs and their word forms follow common forms of 2015–2023; "以上、以下、以内" include the number itself (民法典第一千二百五十九条).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from targets.domain.dates import Span, may_be_date, read_span, read_span_range
from targets.domain.units import (
    COUNTING_UNITS,
    KNOWN_UNIT,
    LATIN_UNITS,
    ORDINAL_UNITS,
    PLAIN_UNITS,
    canonical_unit,
    split_scale,
)

QUANTITY, RATIO, DATE, COMPOUND, TEXT, EMPTY = "quantity", "ratio", "date", "compound", "text", "empty"

OPERATOR_WORDS = {"≥": "大于等于", "≤": "小于等于", "=": "等于", ">": "大于", "<": "小于"}

LONGEST_VALUE = 500
"""A longer cell is prose; the longest true value met (four crops in one cell) has about 100 characters."""

BLANK_MARKS = "-—–―─━－−_/／\\＼、"
"""Marks that stand for "nothing". "/" is one: staff put it where "-" would stand. "无" is not: it answers 重大事故？无."""

_SIGNS = {
    "≥": "≥", "≥=": "≥", ">=": "≥", "=>": "≥",
    "≤": "≤", "≤=": "≤", "<=": "≤", "=<": "≤",
    "=": "=", "==": "=", ">": ">", "<": "<",
}  # fmt: skip
_STRONG_WORDS = {
    "≥": "大于或等于 大于或者等于 大于等于 高于或等于 高于等于 多于等于 不得低于 不得少于 不能低于 不能少于 不低于 不少于 不小于 至少 最少 最低",
    "≤": "小于或等于 小于或者等于 小于等于 低于或等于 低于等于 少于等于 不得超过 不得高于 不能超过 不能高于 "
    "不高于 不超过 不大于 不多于 不超出 不超 至多 最多 最高 最迟 不晚于 不迟于",
    "=": "等于",
    ">": "大于 高于 多于 超过 超出",
    "<": "小于 低于 少于 不足 不满 未满",
}
_WEAK_WORDS = {"≥": "达到 达", "≤": "控制在 控制到 控制", "=": "为", "": "大约 约为 约 近 接近 保持在 维持在 稳定在"}
"""Verbs that give way to the end of the phrase: 控制在95%以上 is ≥."""

_WORDS = {word: (sign, True) for sign, words in _STRONG_WORDS.items() for word in words.split()} | {
    word: (sign, False) for sign, words in _WEAK_WORDS.items() for word in words.split()
}
_ENDINGS = {
    "及以上": "≥", "以上": "≥", "之上": "≥", "及以下": "≤", "以下": "≤", "以内": "≤", "之内": "≤", "之下": "≤",
    "左右": "", "上下": "",
}  # fmt: skip
_SAME_WAY = {"≥": "≥>=", "≤": "≤<="}

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LOOKALIKES = {
    "≧⩾≥": "≥", "≦⩽≤": "≤", "﹥〉": ">", "﹤〈": "<", "﹦": "=", "∶︰﹕": ":", "﹪": "%", "−–—―‐‑﹣": "-", "〜～∼": "~",
    "\u3000\xa0\u2002\u2003\u2009\t\r\n\v\f": " ",
}  # fmt: skip
_PLAIN = _FULL_WIDTH | {ord(odd): plain for odds, plain in _LOOKALIKES.items() for odd in odds}

_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}(?![0-9])|[0-9]{1,18}(?![0-9]))(?:\.[0-9]{1,10})?|\.[0-9]{1,10}"
_COMMON = re.compile(r"(?P<sign>[≥≤=]?)(?P<number>[0-9]{1,18}(?:\.[0-9]{1,10})?)(?P<unit>%|[\u4e00-\u9fff]{1,4})")
"""Nine values of ten. What follows would read them the same, four times as slowly."""
_SIGN = re.compile(r"[≥≤=<>]{1,2}")
_WORD = re.compile("(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")(?=\s*(?:[-+]?\.?[0-9]|百分之))")
_LEADING = re.compile(rf"\s*(?P<sign>[-+]?)(?P<number>{_NUMBER})\s*(?P<tail>.*)")
_PERCENT_WORDS = re.compile(rf"\s*百分之(?P<number>{_NUMBER}|百)(?P<tail>.*)")
_RATIO = re.compile(rf"\s*(?P<left>{_NUMBER})\s*(?P<colon>[:;比])\s*(?P<right>{_NUMBER})\s*")
_CLOCK = re.compile(r"[0-9]{1,2}:0[0-9]")
_RANGE = re.compile(
    rf"(?P<label>[\u4e00-\u9fff()·]{{0,8}})(?P<low>{_NUMBER})\s*(?P<unit>[^-~0-9至到≥≤=<>]{{0,10}}?)\s*(?:-{{1,2}}|~|至|到)\s*(?P<high>{_NUMBER})\s*(?P<tail>[^0-9].*)"
)
_BRACKETS = re.compile(r"\([^()]*\)")
_BARE_LABEL = re.compile(r"[\u4e00-\u9fff()·]{0,8}")
_LABEL_FILLERS = re.compile(r"(?:应当|应该|应|须|需|均|都|共计|合计|总计|共|预计|计划|力争|确保|保持在|达到|:|：|\s)+$")
_TIME_UNIT_WITHIN = re.compile(r"(?P<unit>(?:个)?(?:小时|分钟|秒|工作日|自然日|天|日|周|月|年|学年|季度|学期))内")
_SEPARATOR = re.compile(r"[;、。\s]+|且|(?<![0-9]),|,(?![0-9]{3}(?![0-9]))")
_GLUED = re.compile(rf"[0-9](?:{KNOWN_UNIT})(?=[^\s0-9;,、≥≤=<>]{{1,20}}[≥≤=<>])")
_FIRST_NUMBER = re.compile(r"[-+]?(?:\.?[0-9]|百分之)")
_UNIT = re.compile(r"(?:[^\W\d_]|[²³℃°㎡/·])(?:[^\W\d_的]|[²³℃°㎡/·.]|/[0-9]+|(?<=m)[23]){0,9}|")
_PROSE_AFTER_PERCENT = re.compile(r"[^0-9;,、。:*%]{0,30}")
_KNOWN_THEN_PROSE = re.compile(rf"(?P<unit>{KNOWN_UNIT})[^0-9;,、。:*]{{1,30}}")
_ORDINAL_UNIT = re.compile(ORDINAL_UNITS)
_UNITS_WITHOUT_SIGN = frozenset(unit for unit in PLAIN_UNITS if not _ORDINAL_UNIT.match(unit))
"""3级 may be the third as well as three; ≥3级 is three."""
_ORDINAL_LABELS = ("第", "前", "-")
_YEAR_NUMBER = re.compile(r"(?:19|20)[0-9]{2}")
_MAY_SAY_A_NUMBER = re.compile("[0-9０-９百年季]")
"""Nothing is a value without a digit, 百分之百, or a time of the year (年底前, 下半年, 第四季度)."""


@dataclass(frozen=True)
class IndicatorValue:
    """One value as typed and as understood. `number` is normalised text: "1000" for 1,000, ISO for a date, "" for none.

    Without slots, so that what a dozen rules ask of every cell is worked out once.
    """

    text: str
    operator: str = ""
    number: str = ""
    unit: str = ""
    kind: str = TEXT
    label: str = ""
    parts: tuple["IndicatorValue", ...] = ()

    @classmethod
    @lru_cache(maxsize=20_000)  # the same cells are judged by several rules, and ≥95% stands in every form
    def parse(cls, text: str, year: int | None = None) -> "IndicatorValue":
        """Read a cell; never raises. `year` is the budget year, for dates typed without one (6月底前)."""
        if year is not None and not may_be_date(text):
            return cls.parse(text)
        if found := common(text):
            return cls(text, found["sign"], found["number"], found["unit"], QUANTITY)
        if not text.strip().strip(BLANK_MARKS).strip():
            return cls(text=text, kind=EMPTY)
        if len(text) > LONGEST_VALUE or not _MAY_SAY_A_NUMBER.search(text):
            return cls(text=text)
        return _single(text, year) or _range(text) or _compound(text, year) or cls(text=text)

    @property
    def quantity(self) -> Decimal | None:
        """The number as a number; of a ratio its quotient; None for a date, a text or several numbers."""
        if self.kind == QUANTITY:
            return Decimal(self.number)
        if self.kind == RATIO and (right := Decimal(self.unit[1:])):
            return Decimal(self.number) / right
        return None

    @cached_property
    def in_base_unit(self) -> tuple[Decimal, str] | None:
        """`6万人` → (60000, 人), `728万元` → (7280000, 元); a ratio has no unit."""
        quantity = self.quantity
        if quantity is None:
            return None
        if self.kind == RATIO:
            return quantity, ""
        factor, base = split_scale(canonical_unit(self.unit))
        return quantity * factor, base

    @cached_property
    def is_percentage(self) -> bool:
        amount = self.in_base_unit
        return amount is not None and amount[1] == "%"

    @property
    def is_range(self) -> bool:
        """`3-5次` and `≥3且≤5次` are one condition with two ends, not two indicators."""
        if [part.operator for part in self.parts] != ["≥", "≤"]:
            return False
        low, high = self.parts
        return low.label == high.label and low.unit in ("", high.unit)

    @property
    def words(self) -> str:
        """For screens and for systems with separate columns: `≥95%` → `大于等于 95 百分号`."""
        if self.kind == EMPTY:
            return ""
        if self.kind == TEXT:
            return self.text.strip()
        if self.parts:
            return "；".join(part.words for part in self.parts)
        number, unit = (self.number + self.unit, "") if self.kind == RATIO else (self.number, self.unit)
        unit = "百分号" if canonical_unit(unit) == "%" else unit
        return " ".join(word for word in (self.label, OPERATOR_WORDS.get(self.operator, ""), number, unit) if word)


def common(text: str) -> re.Match[str] | None:
    """The sign (or none), number and unit of a value as most are written: `≥95%`. None does not say that it is no value."""
    found = _COMMON.fullmatch(text)
    return found if found and found["unit"] in (PLAIN_UNITS if found["sign"] else _UNITS_WITHOUT_SIGN) else None


def comparable(a: IndicatorValue, b: IndicatorValue) -> bool:
    """May the two numbers be held against each other? Same thing counted, same unit; 万 and 亿 are only scale."""
    if a.label and b.label and a.label != b.label:
        return False
    if DATE in (a.kind, b.kind):
        return a.kind == b.kind
    first, second = a.in_base_unit, b.in_base_unit
    return first is not None and second is not None and same_unit(first[1], second[1])


def same_unit(a: str, b: str) -> bool:
    """Canonical units that mean the same; 个 counts whatever 所, 处 or 家 count."""
    return a == b or ({a, b} <= COUNTING_UNITS and "个" in (a, b))


def _single(text: str, year: int | None) -> IndicatorValue | None:
    """One value: `label operator number unit`, a ratio, a date or a span of dates."""
    plain = text.translate(_PLAIN)
    start, end = _inner_bounds(plain)
    plain = plain[start:end]
    if len(_SIGN.findall(_BRACKETS.sub("", plain))) > 1:
        return None
    if found := _SIGN.search(plain):
        operator, firm = _SIGNS.get(found[0], ""), True
        if not operator:
            return None
    elif found := _WORD.search(plain):
        operator, firm = _WORDS[found[0]]
    else:
        return _without_operator(text, plain, start, year)
    label = _clean_label(text[start : start + found.start()])
    rest = plain[found.end() :]
    if span := read_span_range(rest, year) or read_span(rest, year):
        return _date(text, span, operator, label)
    return _ratio(text, rest, operator, label) or _quantity(text, rest, operator, label, firm=firm)


def _without_operator(text: str, plain: str, start: int, year: int | None) -> IndicatorValue | None:
    """`100.00%`, `小学25595人`, `80%以上`, `2023年12月底前`: more doubt, so a stricter label."""
    if span := read_span_range(plain, year) or read_span(plain, year):
        return _date(text, span, "", "")
    found = _FIRST_NUMBER.search(plain)
    if found is None:
        return None
    before, rest = plain[: found.start()], plain[found.start() :]
    if before and (found[0][0] in "+-" or not _BARE_LABEL.fullmatch(before) or before.endswith(_ORDINAL_LABELS)):
        return None
    label = text[start : start + found.start()].strip()
    return _ratio(text, rest, "", label) or _quantity(text, rest, "", label, firm=False)


def _inner_bounds(plain: str) -> tuple[int, int]:
    """Where the value stands without blanks, a full stop at its end and one pair of brackets around it."""
    start, end = len(plain) - len(plain.lstrip()), len(plain)
    while end > start and plain[end - 1] in "。;,、. ":
        end -= 1
    if plain[start:end].startswith("(") and plain[start:end].endswith(")") and plain.count("(") == 1:
        start, end = start + 1, end - 1
    return start, end


def _clean_label(label: str) -> str:
    return _LABEL_FILLERS.sub("", label).strip()


def _digits(number: str) -> str:
    plain = number.replace(",", "")
    return "0" + plain if plain.startswith(".") else plain


def _date(text: str, span: Span, operator: str, label: str) -> IndicatorValue:
    ends = (span.start, span.end) if span.is_range else ()
    parts = tuple(
        IndicatorValue(text=day.isoformat(), operator=sign, number=day.isoformat(), kind=DATE)
        for sign, day in zip("≥≤", ends, strict=False)
    )
    return IndicatorValue(text, operator or span.operator, span.end.isoformat(), "", DATE, label, parts)


def _ratio(text: str, rest: str, operator: str, label: str) -> IndicatorValue | None:
    """`1:20`, and `1.8；1` as the 2023 forms print it; 8:00 is a time of day, `60;55` two numbers."""
    found = _RATIO.fullmatch(rest)
    if found is None or _CLOCK.fullmatch(rest.strip()):
        return None
    left, right = _digits(found["left"]), _digits(found["right"])
    if found["colon"] == ";" and "1" not in (left, right):
        return None
    return IndicatorValue(text, operator, left, ":" + right, RATIO, label)


def _quantity(text: str, rest: str, operator: str, label: str, *, firm: bool) -> IndicatorValue | None:
    if found := _PERCENT_WORDS.fullmatch(rest):
        number = "100" if found["number"] == "百" else _digits(found["number"])
        unit, ending = _unit("%" + found["tail"])
    elif found := _LEADING.fullmatch(rest):
        number = ("-" if found["sign"] == "-" else "") + _digits(found["number"])
        unit, ending = _unit(found["tail"])
    else:
        return None
    if unit is None:
        return None
    if ending:
        if firm and operator not in _SAME_WAY[ending]:
            return None
        operator = operator if firm else ending
    if not operator and (_ORDINAL_UNIT.match(unit) or (unit.startswith("年") and _YEAR_NUMBER.fullmatch(number))):
        return None
    return IndicatorValue(text, operator, number, unit, QUANTITY, label)


def _unit(tail: str) -> tuple[str | None, str]:
    """What follows the number → unit (None when it is none) and the operator that its ending says (以上 → ≥)."""
    rest = _BRACKETS.sub("", tail).replace(" ", "").rstrip("。;,、.")
    rest = rest.removeprefix("余").removeprefix("多")
    ending = ""
    for word, operator in _ENDINGS.items():
        if rest.endswith(word):
            rest, ending = rest.removesuffix(word), operator
            break
    if found := _TIME_UNIT_WITHIN.fullmatch(rest):
        rest, ending = found["unit"], "≤"
    if rest.endswith(("前", "后")):
        return None, ""
    if rest[:1] in ("%", "‰", "‱"):
        return (rest[0], ending) if _PROSE_AFTER_PERCENT.fullmatch(rest[1:]) else (None, "")
    if rest[:1].isascii() and rest[:1].isalpha():
        return (rest, ending) if rest.split("/")[0] in LATIN_UNITS else (None, "")
    if _UNIT.fullmatch(rest):
        return rest, ending
    found = _KNOWN_THEN_PROSE.fullmatch(rest)
    return (found["unit"], ending) if found else (None, "")


def _range(text: str) -> IndicatorValue | None:
    """`3-5次`, `80%-90%`: at least the low end, at most the high one."""
    plain = text.translate(_PLAIN)
    start, end = _inner_bounds(plain)
    plain = plain[start:end]
    found = _RANGE.fullmatch(plain)
    if found is None or found["label"].endswith(_ORDINAL_LABELS):
        return None
    low, high = _digits(found["low"]), _digits(found["high"])
    unit, ending = _unit(found["tail"])
    before = found["unit"]
    if unit in (None, "", "月") or ending or _ORDINAL_UNIT.match(unit) or Decimal(low) > Decimal(high):
        return None
    if before and canonical_unit(before) != canonical_unit(unit):
        return None
    label = text[start : start + found.end("label")].strip()
    parts = tuple(
        IndicatorValue(text[start + found.start(name) : start + stop], operator, number, unit, QUANTITY, label)
        for name, operator, number, stop in (
            ("low", "≥", low, found.end("unit")),
            ("high", "≤", high, len(plain)),
        )
    )
    return IndicatorValue(text=text, kind=COMPOUND, parts=parts)


def _compound(text: str, year: int | None) -> IndicatorValue | None:
    """`小麦=56000亩 玉米=130000亩`: several values in one cell, each with a sign or a name of its own."""
    parts: list[IndicatorValue] = []
    for piece in _pieces(text):
        part = _single(piece, year) or _range(piece)
        if part is None or not (part.operator or part.label or part.parts):
            return None
        parts.append(part)
    return IndicatorValue(text=text, kind=COMPOUND, parts=tuple(parts)) if len(parts) > 1 else None


def _pieces(text: str) -> Iterator[str]:
    """Cut at separators; a piece without a digit is the name of the next one (`小麦 =56000亩`)."""
    plain = text.translate(_PLAIN)
    cuts = {(found.start(), found.end()) for found in _SEPARATOR.finditer(plain)}
    cuts |= {(found.end(), found.end()) for found in _GLUED.finditer(plain)}
    begin = 0
    for stop, next_begin in (*sorted(cuts), (len(text), len(text))):
        piece = text[begin:stop]
        if not piece.strip():
            begin = next_begin
        elif any(char in "0123456789" for char in plain[begin:stop]):
            yield piece
            begin = next_begin
    if text[begin:].strip():
        yield text[begin:]
