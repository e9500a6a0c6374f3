"""A column of signs or units under a heading that says something else: 指标方向 over ≥ and ≤, 单位 over 公里 and %."""

import re
from collections.abc import Callable
from typing import NamedTuple

from targets.domain.sheets.cells import Grid, plain
from targets.domain.sheets.header import Header
from targets.domain.sheets.indicator import NO_SIGN
from targets.domain.sheets.layout import MEASUREMENT_UNIT, OPERATOR
from targets.domain.units import is_unit
from targets.domain.values import BLANK_MARKS

SIGNS = frozenset("≥ ≤ = > < >= <= ≧ ≦ ⩾ ⩽".split())


class _Kind(NamedTuple):
    field: str
    heading: re.Pattern[str]
    """Of which some word must be in the heading."""
    proves: Callable[[str], bool]
    beside: frozenset[str]
    """What else may stand among them."""


KINDS = (
    _Kind(OPERATOR, re.compile(""), SIGNS.__contains__, NO_SIGN),
    _Kind(MEASUREMENT_UNIT, re.compile("单位"), is_unit, frozenset(BLANK_MARKS)),
)


def take_sign_column(grid: Grid, header: Header, bottom: int) -> None:
    """Texts prove what the heading does not: signs and units belong to the targets beside them. It is told as a heading that was meant."""
    if "target" not in header.fields:
        return
    for kind in KINDS:
        if kind.field in header.fields:
            continue
        for heading, (first, last) in header.unknown.items():
            if kind.heading.search(heading) and _holds(grid, first, range(header.bottom + 1, bottom), kind):
                del header.unknown[heading]
                header.fields[kind.field] = (first, last)
                header.meant += ((heading, kind.field, first),)
                break


def _holds(grid: Grid, column: int, rows: range, kind: _Kind) -> bool:
    """Some of the kind, and nothing that cannot stand among them; in another column its first text says so."""
    found = False
    for row in rows:
        text = plain(grid.text(row, column))
        is_one = bool(text) and kind.proves(text)
        if text and not is_one and text not in kind.beside:
            return False
        found = found or is_one
    return found
