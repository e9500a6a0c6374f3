"""Parts of the money. Of a self-evaluation: rows 年度资金总额, 财政拨款 …, columns 年初预算数, 全年执行数, 得分 …"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from targets.domain.record import MONEY
from targets.domain.sheets.cells import Cell
from targets.domain.sheets.head import UNFILLED
from targets.domain.sheets.head_values import with_unit
from targets.domain.sheets.layout import BUDGETED, EXTRA, LONG_TERM_TOTAL, PART_OR_OTHER
from targets.domain.sheets.several import heads_money

MONEY_FIELDS = frozenset({*MONEY, EXTRA, PART_OR_OTHER, LONG_TERM_TOTAL})
OWN_INCOME = frozenset({"事业收入", "经营性收入", "经营收入"})


class MoneyColumn(NamedTuple):
    heading: Cell
    field: str
    last: int
    """Last sheet column below the heading."""


class MoneyRow(NamedTuple):
    label: Cell
    cells: dict[int, Cell]
    """Number of the money column → what stands in it."""


@dataclass(slots=True)
class MoneyTable:
    columns: Sequence[MoneyColumn]
    rows: list[MoneyRow] = field(default_factory=list)

    @property
    def first(self) -> int:
        return self.columns[0].heading.column

    def add(self, label: Cell, values: Sequence[Cell]) -> None:
        placed = {
            number: cell
            for cell in values
            for number, column in enumerate(self.columns)
            if column.heading.column <= cell.column <= column.last
        }
        self.rows.append(MoneyRow(label, placed))

    @property
    def amounts(self) -> int | None:
        """The column with the target's amounts: of those that state a budget, the first that is filled in."""
        for number, column in enumerate(self.columns):
            if column.field == BUDGETED and any(number in row.cells for row in self.rows):
                return number
        return None

    def amount_of(self, row: MoneyRow) -> Cell | None:
        return None if self.amounts is None else row.cells.get(self.amounts)

    def beside(self, row: MoneyRow, money_unit: str) -> Iterator[tuple[str, str]]:
        """Name and text of what a row says besides its amount."""
        printed = row.label.text.strip("：: ")
        for number, cell in row.cells.items():
            column = self.columns[number]
            heading = column.heading.text
            is_money = column.field == BUDGETED or heads_money(heading)
            text = with_unit(row.label, cell.text, money_unit) if is_money else cell.text
            if number != self.amounts and not UNFILLED.fullmatch(text):
                yield f"{printed} {heading}", text


def is_last_part(label: Cell, part: Cell | None, labels: Mapping[str, Cell]) -> bool:
    """其他 as the last part of 自有资金 stands in the column of its other parts or directly below them."""
    if part is None:
        return False
    whole = [labels[name].column for name in ("total", "fiscal") if name in labels]
    if label.column in whole and part.column not in whole:
        return False
    return label.column == part.column and (part.column not in whole or label.row == part.row + 1)
