"""One-click cures of a text: certain ones (markup, full-width figures, doubled blanks), and questions where only a person knows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from targets.domain.values import TEXT, IndicatorValue

_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,15}(?:\s[^<>]{0,300})?/?>")
_BREAK = re.compile(r"<br\s*/?>|</p>\s*<p[^<>]{0,300}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6});")
_BLANKS = re.compile(r"(?<=\S)[ \u3000\u00a0]{2,}(?=\S)")
_FULL_WIDTH = {ord("　"): " "} | {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
_FULL_WIDTH |= {ord(one): plain for one, plain in zip("％．＝＞＜＋－", "%.=><+-", strict=True)}
_FULL = re.compile(f"[{''.join(map(chr, _FULL_WIDTH))}]")
_NEGATIVE = re.compile(r"[-−－]\s*(\d[\d.,]*)(\s*\S{0,8})")
VALUES = frozenset({"target", "plan_value", "standard_value", "average_3y", "last_year", "weight"})
"""Cells with a value, where full-width figures and signs are only a slip of the input method."""


@dataclass(frozen=True, slots=True)
class Cure:
    """What the cell says afterwards; with a `question` a person decides whether that is what was meant."""

    label: str
    text: str
    question: str = ""


def cures_of(field: str, text: str) -> Iterator[Cure]:
    """The cures that this text of a cell wants."""
    if _TAG.search(text) or _ENTITY.search(text):
        yield Cure(
            "清除标签", _ENTITY.sub(lambda found: unescape(found[0]), _TAG.sub("", _BREAK.sub("\n", text))).strip()
        )
    if field in VALUES and _FULL.search(text):
        plain = text.translate(_FULL_WIDTH).strip()
        yield Cure(f"改为 {plain}", plain)
    if _BLANKS.search(text):
        yield Cure("去掉多余空格", _BLANKS.sub(" ", text))
    if field in VALUES and (found := _NEGATIVE.fullmatch(text.strip())):
        plain = f"{found[1]}{found[2]}"
        for sign in ("=", "≥", "≤"):
            yield Cure(f"改为 {sign}{plain}", f"{sign}{plain}", f"“{text.strip()}”前面的“-”是负号还是破折号？")


def in_words(text: str) -> str:
    """How a value was understood: `≥95%` → 大于等于 95 百分号; "" where nothing was typed."""
    value = IndicatorValue.parse(text)
    return "按文字理解，不作数值" if value.kind == TEXT else value.words
