"""A column of signs under a heading that says something else: 指标方向 over ≥ ≤, 指标值类型 over ≥ 定性."""

from targets.domain.sheets.cells import Grid, plain
from targets.domain.sheets.header import Header
from targets.domain.sheets.indicator import NO_SIGN
from targets.domain.sheets.layout import OPERATOR

SIGNS = frozenset("≥ ≤ = > < >= <= ≧ ≦ ⩾ ⩽".split())
MAY_STAND_AMONG = SIGNS | NO_SIGN


def take_sign_column(grid: Grid, header: Header, bottom: int) -> None:
    """Texts prove what the heading does not: signs alone belong to the targets beside them. It is told as a heading that was meant."""
    if OPERATOR in header.fields or "target" not in header.fields:
        return
    for heading, (first, last) in header.unknown.items():
        if _holds_signs(grid, first, range(header.bottom + 1, bottom)):
            del header.unknown[heading]
            header.fields[OPERATOR] = (first, last)
            header.meant += ((heading, OPERATOR, first),)
            return


def _holds_signs(grid: Grid, column: int, rows: range) -> bool:
    """Some signs, and nothing that cannot stand among them; in another column its first text says so."""
    has_sign = False
    for row in rows:
        text = plain(grid.text(row, column))
        if text and text not in MAY_STAND_AMONG:
            return False
        has_sign = has_sign or text in SIGNS
    return has_sign
