"""Tables in the head of a form, kept row by row as texts.

年度主要任务 of a plan: 任务名称, 主要内容, 预算金额 (总额, 财政拨款, 其他资金); and any other whose rows are counted: 序号, 支出内容, 金额.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from targets.domain.sheets.amounts import AMOUNT_WITHOUT_UNIT, MONEY_LABEL, unit_in
from targets.domain.sheets.cells import Cell, label_key, plain
from targets.domain.sheets.layout import HEADING, TASK

TASKS = "年度主要任务"
COUNTED, COUNT, FEWEST = "明细", "序号", 3
ENDS_OF_TOTALS = ("合计", "总计")
UNFILLED = re.compile(r"任务\s*\d*\s*[:：]?|…+|\.{3,}")


@dataclass(slots=True)
class TaskColumn:
    heading: str
    first: int
    last: int
    unit: str = ""


@dataclass(slots=True)
class Tasks:
    """The tables of tasks of one head; `labels` are the words that end one."""

    labels: Mapping[str, str]
    tables: list["TaskTable"] = field(default_factory=list)
    is_open: bool = False

    def take(self, cells: Sequence[Cell], fields: Sequence[str | None], ends: Sequence[int]) -> bool:
        """Whether a row belongs to such a table. `ends` are the last columns below each of its cells."""
        counted = is_counted(cells)
        if counted or list(fields).count(TASK) > 1:
            side = cells[0] if fields[0] == HEADING or (counted and not _is_count(cells[0])) else None
            columns = [
                TaskColumn(cell.text, cell.column, end, unit_in(cell.text))
                for cell, end in zip(cells, ends, strict=True)
                if cell is not side
            ]
            self.tables.append(TaskTable(columns, side, COUNTED if counted else TASKS))
            self.is_open = True
            return True
        table = self.tables[-1] if self.is_open else None
        if table is None:
            return False
        if table.has_headings(cells):
            table.divide(cells)
        elif table.goes_on(cells, self.labels):
            table.rows.append(list(cells))
        else:
            self.is_open = False
        return self.is_open

    def kept(self, money_unit: str) -> Iterator[tuple[str, str]]:
        """Name and text of each task, in the order of the sheet."""
        for table in self.tables:
            yield from table.kept(money_unit)


@dataclass(slots=True)
class TaskTable:
    """`side` is the label left of it, if it has one."""

    columns: list[TaskColumn]
    side: Cell | None
    name: str
    """What its rows are called where it has no such label."""
    rows: list[list[Cell]] = field(default_factory=list)

    def has_headings(self, cells: Sequence[Cell]) -> bool:
        """A second row of the head divides the last of its columns: 总额, 财政拨款, 其他资金."""
        last = self.columns[-1]
        divides = all(last.first <= cell.column <= last.last and not _is_amount(cell.text) for cell in cells)
        return not self.rows and len(cells) > 1 and divides

    def divide(self, cells: Sequence[Cell]) -> None:
        whole = self.columns.pop()
        ends = [*(cell.column - 1 for cell in cells[1:]), whole.last]
        self.columns += [
            TaskColumn(cell.text, cell.column, end, unit_in(cell.text) or whole.unit)
            for cell, end in zip(cells, ends, strict=True)
        ]

    def goes_on(self, cells: Sequence[Cell], labels: Mapping[str, str]) -> bool:
        """Whether a row is one more task: nothing stands left of the table, or no label of the form begins it."""
        if self.side:
            return cells[0].column > self.side.column
        key = label_key(cells[0].text)
        return cells[0].column >= self.columns[0].first and (key not in labels or MONEY_LABEL.search(key) is not None)

    def kept(self, money_unit: str) -> Iterator[tuple[str, str]]:
        """Name and text of each row."""
        name = (self.side.text.strip("：: ") if self.side else "") or self.name
        number = 0
        for cells in self.rows:
            begins, *rest = [self._said(cell, money_unit) for cell in cells]
            if not rest and UNFILLED.fullmatch(begins):
                continue
            first = cells[0]
            if label_key(first.text).endswith(ENDS_OF_TOTALS):
                yield f"{name} {first.text.strip('：: ')}", "；".join(rest)
                continue
            number += 1
            told = first.text if first.column <= self.columns[0].last else begins
            yield f"{name} {number}", told + ("：" if rest else "") + "；".join(rest)

    def _said(self, cell: Cell, money_unit: str) -> str:
        column = next((one for one in reversed(self.columns) if one.first <= cell.column), None)
        if column is None or column is self.columns[0]:
            return cell.text
        unit = (column.unit or money_unit) if _is_amount(cell.text) else ""
        return f"{column.heading.strip('：: ')} {cell.text}{unit}"


def is_counted(cells: Sequence[Cell]) -> bool:
    """序号 stands first, or behind the label left of the table, and two other headings at least behind it."""
    return any(_is_count(cell) and len(cells) - at >= FEWEST for at, cell in enumerate(cells[:2]))


def _is_count(cell: Cell) -> bool:
    return label_key(cell.text) == COUNT


def _is_amount(text: str) -> bool:
    return AMOUNT_WITHOUT_UNIT.fullmatch(plain(text)) is not None
