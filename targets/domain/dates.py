"""Dates as staff type them in a target: 2023年12月底前, 6月底前, 第四季度, 2023.07-2024.01."""

import calendar
import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Span:
    """The days a phrase covers. `operator` is ≤ for 前 and 内, ≥ for 起 and 后, "" when only the time is named."""

    start: date
    end: date
    operator: str = ""
    is_range: bool = False
    """Typed with two ends (2023.07-2024.01)."""


_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9])"
_BEFORE = r"(?P<before>之前|以前|前)?"
_END = r"(?:底|末|内|中旬|上旬|下旬|份)?"
_AFTER = r"(?P<after>起|之后|以后|后)?"
_DONE = r"(?:完成|完工|竣工|建成|验收|开工|到位|发放|支付|结束|实施|投入使用|拨付)"
_FINISH = rf"(?:{_DONE}[^0-9≥≤=<>%]{{0,12}}|[^0-9≥≤=<>%]{{0,6}}{_DONE})?"
_TAIL = _BEFORE + _AFTER + _FINISH
_LEAD = (
    r"(?:(?:计划|预计|完成|截止|办结|竣工|支付|发放)?(?:时间|时限|日期|期限)?:?(?:于|在|至|截至|截止|截止到|到|为)?)?"
)
_QUARTER_NUMBER = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}

_PATTERNS = tuple(
    re.compile(_LEAD + core + _TAIL)
    for core in (
        rf"{_YEAR}年度?(?:{_MONTH}月份?(?:{_DAY}[日号]?)?)?(?P<part>{_END})",
        rf"{_YEAR}(?P<mark>[-./]){_MONTH}(?P=mark){_DAY}日?(?P<part>内)?",
        rf"{_YEAR}[-./]{_MONTH}月?(?P<part>底|末|(?=之?前|以前))",
        rf"{_MONTH}月份?(?:{_DAY}[日号])?(?P<part>{_END})",
        r"(?P<this>本年度?|当年度?|年)(?P<part>底|末|内)",
        rf"(?:{_YEAR}年|本年度?|当年)?第?(?P<quarter>[一二三四1-4])季度(?P<part>{_END})",
        rf"(?:{_YEAR}年|本年度?|当年)?(?P<half>上半年|下半年)(?P<part>底|末|内)?",
    )
)
_BARE_MONTH = re.compile(rf"{_YEAR}[-./]{_MONTH}")
_TENS = {"上旬": (1, 10), "中旬": (11, 20)}
_RANGE_MARK = re.compile(r"至|到|~|--")
LONGEST = 40
_SIGN_OF_DATE = re.compile(r"[年月季]|[0-9０-９](?:\s*[0-9０-９]){3}\s*[^\w\s]")


def may_be_date(text: str) -> bool:
    """False when no phrase in the text can be one: most cells hold numbers, and a dozen patterns need not look at them."""
    return _SIGN_OF_DATE.search(text) is not None


def read_span(phrase: str, year: int | None) -> Span | None:
    """One date; without a year in the phrase the budget year is taken, and without that either there is no date."""
    plain = phrase.replace(" ", "")
    if len(plain) > LONGEST or not may_be_date(plain):
        return None
    for pattern in _PATTERNS:
        if found := pattern.fullmatch(plain):
            return _span(found.groupdict(), year)
    if (found := _BARE_MONTH.fullmatch(plain)) and found["year"] == str(year):
        return _span(found.groupdict(), year)
    return None


def read_span_range(phrase: str, year: int | None) -> Span | None:
    """Two dates: 2023.07-2024.01, 2023年1-12月, 2023年1月1日至2023年12月31日."""
    plain = phrase.replace(" ", "")
    if len(plain) > LONGEST or not may_be_date(plain):
        return None
    ends = _RANGE_MARK.split(plain)
    if len(ends) == 1:
        ends = plain.split("-")
    if len(ends) != 2 or not all(ends):
        return None
    left, right = ends
    if right[-1] in "年月日" and left[-1].isdigit():
        left += right[-1]
    first = _end_of_range(left, year)
    last = _end_of_range(right, first.start.year if first else year)
    if first is None or last is None or first.operator or last.operator or first.start > last.end:
        return None
    return Span(first.start, last.end, is_range=True)


def _end_of_range(phrase: str, year: int | None) -> Span | None:
    if found := _BARE_MONTH.fullmatch(phrase):
        return _span(found.groupdict(), year)
    return read_span(phrase, year)


def _span(found: dict[str, str | None], year: int | None) -> Span | None:
    typed = found.get("year")
    in_year = int(typed) if typed else year
    if in_year is None or not 1 <= in_year <= 9999:
        return None
    days = _days(found, in_year)
    if days is None:
        return None
    within = found.get("before") or found.get("part") == "内"
    return Span(*days, operator="≤" if within else "≥" if found.get("after") else "")


def _days(found: dict[str, str | None], year: int) -> tuple[date, date] | None:
    """First and last day; None for a day that the month does not have."""
    first_month, last_month = 1, 12
    if half := found.get("half"):
        first_month, last_month = (1, 6) if half == "上半年" else (7, 12)
    elif quarter := found.get("quarter"):
        last_month = 3 * _QUARTER_NUMBER[quarter]
        first_month = last_month - 2
    elif month := found.get("month"):
        first_month = last_month = int(month)
    last_day = calendar.monthrange(year, last_month)[1]
    if day := found.get("day"):
        if int(day) > last_day:
            return None
        return date(year, first_month, int(day)), date(year, first_month, int(day))
    start_day, end_day = _TENS.get(found.get("part") or "", (1, last_day))
    return date(year, first_month, start_day), date(year, last_month, end_day)
