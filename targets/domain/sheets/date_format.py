"""Dates and times as a spreadsheet shows them under their number format (ECMA-376 part 1, 18.8.31)."""

import re
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import NamedTuple

from targets.domain.sheets.numerals import in_digits, in_words

TOKEN = re.compile(
    r'"([^"]*)"|[\\!](.)|_.|General|\*.|\[(?P<elapsed>h+|m+|s+)\]|\[[^\]]*\]|(?P<noon>AM/PM|A/P|上午/下午)'
    r"|(?P<part>y+|e+|m+|d+|h+|s+|a{3,4})|(?P<fraction>\.0+)|(.)",
    re.DOTALL | re.IGNORECASE,
)
DAYS = "一二三四五六日"
ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
NOON = 12
IN_CHINESE = re.compile(r"\[(dbnum[123])\]", re.IGNORECASE)
PLAIN_DATE, PLAIN_TIME, PLAIN_SPAN = "yyyy/m/d", "h:mm", "[h]:mm:ss"
SECONDS = {"h": 3600, "m": 60, "s": 1}


class Part(NamedTuple):
    """`kind` is a letter of the format; "minute" for an m that stands beside hours or seconds, "" for text."""

    kind: str
    text: str


def show_date(value: date | time | timedelta, code: str) -> str:
    """`show_date(date(2023, 12, 31), 'yyyy"年"m"月"')` → "2023年12月"; in its plain form if the format speaks of no date."""
    parts = _parts(code.split(";", maxsplit=1)[0])
    if not any(part.kind for part in parts):
        usual = PLAIN_SPAN if isinstance(value, timedelta) else PLAIN_TIME if isinstance(value, time) else PLAIN_DATE
        parts = _parts(usual)
    half = any(part.kind == "noon" for part in parts)
    found = IN_CHINESE.search(code)
    numerals = found[1].lower() if found else ""
    return "".join(_shown(part, value, half=half, numerals=numerals) for part in parts).strip()


def _parts(section: str) -> list[Part]:
    found: list[Part] = []
    for match in TOKEN.finditer(section):
        named = match.lastgroup
        if named == "elapsed":
            found.append(Part("span", match["elapsed"].lower()))
        elif named == "noon":
            found.append(Part("noon", match["noon"]))
        elif named == "part":
            found.append(Part(match["part"][0].lower(), match["part"].lower()))
        elif named != "fraction":
            found.append(Part("", match[1] or match[2] or match[match.lastindex or 0] if match.lastindex else ""))
    return [Part("minute", part.text) if _is_minute(found, at) else part for at, part in enumerate(found)]


def _is_minute(parts: Sequence[Part], at: int) -> bool:
    """An m is a month, unless hours stand before it or seconds after it."""
    if parts[at].kind != "m":
        return False
    before = next((part for part in reversed(parts[:at]) if part.kind and part.kind != "noon"), None)
    after = next((part for part in parts[at + 1 :] if part.kind), None)
    return (before is not None and (before.kind == "h" or before == Part("span", "h"))) or (
        after is not None and after.kind == "s"
    )


def _shown(part: Part, value: date | time | timedelta, *, half: bool, numerals: str) -> str:
    kind, text = part
    if not kind:
        return text
    if isinstance(value, timedelta):
        return _of_span(part, value)
    if kind == "span":
        return _padded(_number(value, text[0] if text[0] != "m" else "minute"), len(text))
    if kind == "noon":
        words = ("上午", "下午") if text.startswith("上午") else tuple(text.upper().split("/"))
        return words[_number(value, "h") >= NOON]
    if kind == "a" or (kind == "d" and len(text) > 2):
        return _weekday(value, text)
    if kind == "m" and len(text) > 2:
        name = MONTHS[_number(value, "m") - 1]
        return name[:3] if len(text) == 3 else name[0] if len(text) == 5 else name
    number = _number(value, kind)
    if kind in "ye":
        year = f"{number:04d}" if kind == "e" or len(text) > 2 else f"{number % 100:02d}"
        return in_digits(year, numerals)
    if kind == "h" and half:
        number = number % NOON or NOON
    return _in_chinese(number, numerals) if numerals else _padded(number, len(text))


def _of_span(part: Part, value: timedelta) -> str:
    """[h] is all the hours of a span of time, h those beyond its last day."""
    seconds = round(abs(value.total_seconds()))
    unit = SECONDS.get("m" if part.kind == "minute" else part.text[0], 0)
    if not unit:
        return ""
    whole = seconds // unit
    if part.kind != "span":
        whole %= 24 if unit == SECONDS["h"] else 60
    return _padded(whole, len(part.text))


def _weekday(value: date | time, text: str) -> str:
    if not isinstance(value, date):
        return ""
    day = value.weekday()
    if text[0] == "a":
        return ("星期" if len(text) > 3 else "周") + DAYS[day]
    return ENGLISH_DAYS[day] if len(text) > 3 else ENGLISH_DAYS[day][:3]


def _number(value: date | time, kind: str) -> int:
    names = {"y": "year", "e": "year", "m": "month", "d": "day", "h": "hour", "s": "second", "minute": "minute"}
    found: int = getattr(value, names[kind], 0)
    return found + (kind == "s" and getattr(value, "microsecond", 0) >= 500_000)


def _padded(number: int, length: int) -> str:
    return f"{number:02d}" if length > 1 else str(number)


def _in_chinese(number: int, numerals: str) -> str:
    """二十三 and 十二, as days and months are spoken; in a cheque's numerals 壹拾贰."""
    spoken = in_words(str(number), numerals)
    return spoken[1:] if spoken.startswith("一十") else spoken
