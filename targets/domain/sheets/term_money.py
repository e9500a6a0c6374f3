"""Money of the longer term beside (or above) that of the year: 中期资金总额, 其中：财政拨款, 其他资金, and the same for the year."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from targets.domain.record import MONEY
from targets.domain.sheets.cells import Cell, label_key
from targets.domain.sheets.head import Head
from targets.domain.sheets.layout import LONG_TERM_TOTAL, PART_OR_OTHER
from targets.domain.sheets.problems import quoted
from targets.domain.sheets.terms import is_long

PARTS = frozenset(("fiscal", "other", PART_OR_OTHER))
YEARS = frozenset(("total", "goal"))
TOTALS_AND_GOAL = YEARS | {LONG_TERM_TOTAL}


@dataclass(slots=True)
class TermMoney:
    """The two labels of a total as they were met."""

    long: Cell | None = None
    year: Cell | None = None
    is_paired: bool = False
    """Some part of the money stood twice in a row."""
    long_is_right: bool | None = None
    """Where a label of the longer term stood beside one of the year: which of them is the right one, in the table too."""

    money: dict[str, tuple[Cell, Cell]] = field(default_factory=dict)
    """Field → label and value of the longer term."""

    def settle(self, head: Head) -> None:
        """A form that states the money of its whole term alone (实施期资金总额) means that of the year."""
        label, value = self.money.get("total", (None, None))
        if label is None or value is None or label != self.long or "total" in head.values:
            return
        for name in MONEY:
            if name in self.money:
                head.labels[name], head.values[name] = self.money[name]
        said = quoted(label.text.strip("：: "), 20)
        head.guesses.append((value, f"表中没有年度资金总额，已按{said}读入，请核对。"))

    def see(self, cells: Sequence[Cell], fields: Sequence[str | None]) -> None:
        if TOTALS_AND_GOAL.isdisjoint(fields):
            return
        for cell, name in zip(cells, fields, strict=True):
            if name == LONG_TERM_TOTAL:
                self.long = cell
            elif name == "total":
                self.year = cell
        if any(name in YEARS for name in fields):
            year = next(cell.column for cell, name in zip(cells, fields, strict=True) if name in YEARS)
            labels = [cell for cell, name in zip(cells, fields, strict=True) if name is not None]
            self.long_is_right = next((cell.column > year for cell in labels if is_long(cell.text)), self.long_is_right)

    def long_parts(self, cells: Sequence[Cell], fields: Sequence[str | None]) -> frozenset[Cell]:
        """The labels of a row that speak of the longer term's money."""
        long, year = self.long, self.year
        if long is None or PARTS.isdisjoint(fields):
            return frozenset()
        parts = [(cell, name) for cell, name in zip(cells, fields, strict=True) if name in PARTS]
        if year is None or year.row < long.row:
            return frozenset(cell for cell, _ in parts)
        if year.row > long.row:
            return frozenset()
        self.is_paired = self.is_paired or len({name for _, name in parts}) < len(parts)
        if not self.is_paired:
            return frozenset()
        return frozenset(cell for cell, _ in parts if abs(cell.column - long.column) < abs(cell.column - year.column))

    def printed(self, label: str) -> str:
        """`其中：财政拨款` below 中期资金总额 → `中期资金 财政拨款`."""
        whole = label_key(self.long.text) if self.long else ""
        return f"{whole.removesuffix('总额')} {label_key(label).removeprefix('其中')}"
