"""What happened in earlier years, as later forms tell it: 上年值 of the form of 2024 is the actual value of 2023.

A target is no actual: what the form of 2023 wanted for 2023 is never taken for what came of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from targets.domain.record import IndicatorRow
from targets.domain.units import canonical_unit
from targets.domain.values import QUANTITY, IndicatorValue

YEARS_OF_MEAN = 3


@dataclass(frozen=True, slots=True)
class Actual:
    """What came of an indicator in `year`, told by the form of the year after; `source` as that form names it."""

    year: int
    text: str
    source: str = ""

    @property
    def value(self) -> IndicatorValue:
        return IndicatorValue.parse(self.text)


def _is_actual(text: str) -> bool:
    """“≥2000条” in 上年值 is a target written in the wrong place: what happened is a number."""
    value = IndicatorValue.parse(text)
    return value.kind == QUANTITY and value.operator in ("", "=")


@dataclass(frozen=True, slots=True)
class Past:
    """The three years before a budget year, as far as they are known."""

    year: int
    actuals: Mapping[int, Actual]

    @classmethod
    def of(cls, year: int, told: Mapping[int, IndicatorRow]) -> "Past":
        """`told`: year of a form → its row for this indicator. A row may be that of the budget year itself."""
        known = {
            form - 1: Actual(form - 1, row.last_year.strip(), row.history_source.strip())
            for form, row in told.items()
            if year - YEARS_OF_MEAN < form <= year and _is_actual(row.last_year)
        }
        return cls(year, dict(sorted(known.items(), reverse=True)))

    @property
    def last(self) -> Actual | None:
        return self.actuals.get(self.year - 1)

    @property
    def missing(self) -> tuple[int, ...]:
        """Years of the mean whose actual value is not stored, latest first."""
        return tuple(year for year in self._years if year not in self.actuals)

    @property
    def mean(self) -> str:
        """前三年均值 in the words of the latest year (its unit); "" unless all three are known and in one unit."""
        values = [self.actuals[year].value for year in self._years if year in self.actuals]
        if len(values) < YEARS_OF_MEAN or len({canonical_unit(value.unit) for value in values}) > 1:
            return ""
        if len({value.label for value in values if value.label}) > 1:
            return ""
        numbers = [Decimal(value.number) for value in values]
        return f"{_rounded(sum(numbers, Decimal()) / len(numbers), numbers)}{values[0].unit}"

    @property
    def told(self) -> str:
        """2022年90%、2021年88%"""
        return "、".join(f"{one.year}年{one.text}" for one in self.actuals.values())

    @property
    def _years(self) -> range:
        return range(self.year - 1, self.year - 1 - YEARS_OF_MEAN, -1)


def _rounded(mean: Decimal, numbers: list[Decimal]) -> str:
    """One decimal more than the longest of the three, without zeros at the end."""
    places = max(-int(number.as_tuple().exponent) for number in numbers)
    rounded = mean.quantize(Decimal(1).scaleb(-max(places, 0) - 1), rounding=ROUND_HALF_UP)
    return f"{rounded.normalize():f}"


def carried_over(row: IndicatorRow, past: Past) -> IndicatorRow:
    """The row of last year's form in this year's: its history values are of other years now, so they are taken anew.

    What is not stored is left blank, to be filled in, rather than left as a figure of the wrong year.
    """
    last = past.last
    source = past_source(past) if past.mean else (last.source if last else row.history_source)
    return row.with_cells(last_year=last.text if last else "", average_3y=past.mean, history_source=source)


def past_source(past: Past) -> str:
    """历史值来源 of a mean made from stored values: the sources they were given, and the forms they stand in."""
    sources = "、".join(dict.fromkeys(one.source for one in past.actuals.values() if one.source))
    forms = f"{min(past.actuals) + 1}—{max(past.actuals) + 1}年整体绩效目标表上年值"
    return f"{sources}（{forms}）" if sources else forms
