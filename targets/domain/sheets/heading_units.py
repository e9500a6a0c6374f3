"""Units that a heading names for the numbers below it: 指标值（%） over 95; of several units (指标值（%或个）) nobody knows which."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from targets.domain.sheets.cells import plain
from targets.domain.sheets.flat import QUANTITY
from targets.domain.sheets.header import Header
from targets.domain.sheets.indicator import is_bare_range, joined_target
from targets.domain.sheets.layout import MEASUREMENT_UNIT
from targets.domain.sheets.origin import Origin
from targets.domain.sheets.percents import PERCENT, REFERENCES, is_fraction, lacks_unit
from targets.domain.sheets.problems import quoted
from targets.domain.sheets.remembered import remembered
from targets.domain.sheets.straighten import Told
from targets.domain.units import is_unit
from targets.domain.values import IndicatorValue

IN_BRACKETS = re.compile(r"[(\[【〔]\s*(?:(?:计量|度量)?单位\s*:?)?\s*([^()\[\]【】〔〕]+?)\s*[)\]】〕]")
EITHER = re.compile("或者?|[、,，/及和]")
TIMES = frozenset("年月日")
"""指标值（年） says how often it is counted."""
OF_TARGETS = frozenset(("target", QUANTITY))


class HeadingUnit(NamedTuple):
    """A column with such a heading."""

    column: int
    heading: str
    unit: str
    """"" if it names several."""


Given = dict[HeadingUnit, list[int]]
"""The rows in which a number took the unit of its heading."""


def heading_units(header: Header) -> dict[str, HeadingUnit]:
    """Field of a value → its column, where the heading over it, or the one above that, names a unit."""
    found: dict[str, HeadingUnit] = {}
    columns = [(name, header.fields[name][0]) for name in ("target", QUANTITY, *REFERENCES) if name in header.fields]
    columns += [("target", first) for _, (first, _) in header.values]
    for name, column in columns:
        for heading in header.printed.get(column, ()):
            if name not in found and (units := _units_in(heading)):
                found[name] = HeadingUnit(column, heading, units[0] if len(units) == 1 else "")
    return found


def give_units(units: Mapping[str, HeadingUnit], row: int, texts: dict[str, str], given: Given) -> None:
    """That of a target is put beside it, as if it stood in a column of its own: there a fraction may yet become a percentage."""
    for name, named in units.items():
        text = texts.get(name, "")
        value = IndicatorValue.parse(text)
        is_target = name in OF_TARGETS
        is_bare = lacks_unit(value) or is_bare_range(text, named.unit or PERCENT)
        if not named.unit:
            is_bare = is_bare and not (is_target and MEASUREMENT_UNIT in texts)
        elif is_target and MEASUREMENT_UNIT not in texts and (is_bare or value.unit == named.unit):
            texts[MEASUREMENT_UNIT] = named.unit
        elif not is_target and is_bare and not (named.unit == PERCENT and is_fraction(value)):
            texts[name] = joined_target("", text, named.unit).text
        else:
            continue
        if is_bare:
            given.setdefault(named, []).append(row)


def told_units(given: Given, origin: Origin) -> Iterator[Told]:
    """Once for each column."""
    for (column, heading, unit), rows in given.items():
        said = f"第{origin.lines([*dict.fromkeys(rows)])}行的数没有写单位"
        if unit:
            sentence = f"表头{quoted(heading)}写有单位，{said}，已按{quoted(unit)}读入，请核对。"
        else:
            sentence = f"表头{quoted(heading)}写有几个单位，{said}，已照原样读入，请补写单位。"
        yield Told(rows[0], column, sentence)


@remembered
def _units_in(heading: str) -> list[str]:
    """Of the first brackets that hold a unit, or nothing but units."""
    said: Iterable[str] = IN_BRACKETS.findall(plain(heading))
    for text in said:
        is_one = is_unit(text) and not text.startswith(f"{PERCENT}/")
        units = [text] if is_one else [unit.strip() for unit in EITHER.split(text)]
        if all(is_unit(unit) and unit not in TIMES for unit in units):
            return units
    return []
