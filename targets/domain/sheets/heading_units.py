"""Units that a heading names for the numbers below it: 指标值（%） over 95."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from targets.domain.sheets.cells import plain
from targets.domain.sheets.header import Header
from targets.domain.sheets.indicator import joined_target
from targets.domain.sheets.layout import MEASUREMENT_UNIT
from targets.domain.sheets.origin import Origin
from targets.domain.sheets.percents import PERCENT, REFERENCES, is_fraction, lacks_unit
from targets.domain.sheets.problems import quoted
from targets.domain.sheets.remembered import remembered
from targets.domain.sheets.straighten import Told
from targets.domain.units import is_unit
from targets.domain.values import IndicatorValue

IN_BRACKETS = re.compile(r"[(\[【〔]\s*(?:(?:计量|度量)?单位\s*:?)?\s*([^()\[\]【】〔〕]+?)\s*[)\]】〕]")
TIMES = frozenset("年月日")
"""指标值（年） says how often it is counted."""


class HeadingUnit(NamedTuple):
    """A column with such a heading."""

    column: int
    heading: str
    unit: str


Given = dict[HeadingUnit, list[int]]
"""The rows in which a number took the unit of its heading."""


def heading_units(header: Header) -> dict[str, HeadingUnit]:
    """Field of a value → its column, where the heading over it, or the one above that, names a unit."""
    found: dict[str, HeadingUnit] = {}
    columns = [(name, header.fields[name][0]) for name in ("target", *REFERENCES) if name in header.fields]
    columns += [("target", first) for _, (first, _) in header.values]
    for name, column in columns:
        for heading in header.printed.get(column, ()):
            if name not in found and (unit := _unit_in(heading)):
                found[name] = HeadingUnit(column, heading, unit)
    return found


def give_units(units: Mapping[str, HeadingUnit], row: int, texts: dict[str, str], given: Given) -> None:
    """That of a target is put beside it, as if it stood in a column of its own: there a fraction may yet become a percentage."""
    for name, named in units.items():
        value = IndicatorValue.parse(texts.get(name, ""))
        is_bare = lacks_unit(value)
        if name == "target" and MEASUREMENT_UNIT not in texts and (is_bare or value.unit == named.unit):
            texts[MEASUREMENT_UNIT] = named.unit
        elif name != "target" and is_bare and not (named.unit == PERCENT and is_fraction(value)):
            texts[name] = joined_target("", texts[name], named.unit).text
        else:
            continue
        if is_bare:
            given.setdefault(named, []).append(row)


def told_units(given: Given, origin: Origin) -> Iterator[Told]:
    """Once for each column."""
    for (column, heading, unit), rows in given.items():
        sentence = f"表头{quoted(heading)}写有单位，第{origin.lines([*dict.fromkeys(rows)])}行的数没有写单位，已按{quoted(unit)}读入，请核对。"
        yield Told(rows[0], column, sentence)


@remembered
def _unit_in(heading: str) -> str:
    said: Iterable[str] = IN_BRACKETS.findall(plain(heading))
    return next((unit for unit in said if is_unit(unit) and unit not in TIMES), "")
