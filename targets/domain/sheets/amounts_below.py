"""Money across: 合计 | 财政拨款 | 其他资金 in one row, known words or not, and the amounts in the row below."""

from collections.abc import Sequence
from typing import NamedTuple

from targets.domain.record import MONEY
from targets.domain.sheets.amounts import is_amount
from targets.domain.sheets.cells import Cell, label_key
from targets.domain.sheets.layout import EXTRA, HEADING, PART_OR_OTHER

SUMS = ("合计", "总计", "总额", "小计")
"""What stands over (or before) the whole sum among the parts of the money; the first of them is the widest."""
SPEAK_OF_MONEY = frozenset((*MONEY, PART_OR_OTHER))
FEWEST = 2
CURRENCY = "¥￥人.+"
"""What an amount may begin with besides a digit."""

Ends = Sequence[tuple[Cell, str, int]]
"""Each label of the row with its field ("" if it is none) and the last column below it."""


class Amount(NamedTuple):
    """A label, the field that it means, and the amount below it."""

    label: Cell
    field: str
    value: Cell


def may_be_amounts(cells: Sequence[Cell]) -> bool:
    """Quick, and sure where it says no: the last two texts begin as amounts do."""
    return len(cells) >= FEWEST and all(cell.text[0].isdigit() or cell.text[0] in CURRENCY for cell in cells[-FEWEST:])


def amounts_below(labels: Ends, below: Sequence[Cell]) -> tuple[list[Amount], list[Cell]]:
    """The amounts of the row below with their labels, and the cells beside them that may name the unit; none if it is no such row."""
    amounts = [cell for cell in below if is_amount(cell.text)]
    beside = [cell for cell in below if not is_amount(cell.text)]
    if len(amounts) < FEWEST or len(beside) > 1 or any(is_amount(cell.text) for cell, _, _ in labels):
        return [], []
    if beside and beside[0].column > amounts[0].column:
        return [], []
    over = [next((label for label in labels if label[0].column <= cell.column <= label[2]), None) for cell in amounts]
    held = [label for label in over if label]
    if len(held) < len(amounts) or len({cell for cell, _, _ in held}) < len(held):
        return [], []
    names = [name for _, name, _ in held]
    if SPEAK_OF_MONEY.isdisjoint(names):
        return [], []
    sums = [cell for word in SUMS for cell, _, _ in held if label_key(cell.text) == word]
    whole = sums[0] if sums and "total" not in names else None
    found = [
        Amount(cell, "total" if cell == whole else name if name != HEADING else EXTRA, value)
        for (cell, name, _), value in zip(held, amounts, strict=True)
    ]
    groups = [cell for cell, _, _ in labels if all(cell != label.label for label in found)]
    return found, [*groups, *beside]
