"""Rows and columns of a form that nobody saw on the screen: they are read like any other, and told."""

from collections.abc import Iterator, Sequence

from targets.domain.sheets.cells import Cell, Grid, address, column_name

NAMED = 5
"""So many are named, then 等."""


def told_hidden(grid: Grid, rows: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Place and sentence, of rows and of columns."""
    if hidden := [row for row in rows if row in grid.hidden and any(grid.texts[row])]:
        sentence = (
            f"第{_named(str(row + 1) for row in hidden)}行是隐藏的，已照常读入，请核对。如不需要，请删除后重新上传。"
        )
        column = next(at for at, text in enumerate(grid.texts[hidden[0]]) if text)
        yield address(hidden[0], column), sentence
    if columns := [*filter(None, (_first_hidden(grid, column, rows) for column in grid.hidden_columns))]:
        names = _named(column_name(cell.column) for cell in columns)
        sentence = f"{names}列是隐藏的，其中的文字已照常读入，请核对。如不需要，请删除后重新上传。"
        yield columns[0].address, sentence


def _named(names: Iterator[str]) -> str:
    every = [*names]
    return "、".join(every[:NAMED]) + "等" * (len(every) > NAMED)


def _first_hidden(grid: Grid, column: int, rows: Sequence[int]) -> Cell | None:
    """The first text of a hidden column that is not merged into one that is shown."""
    for row in rows:
        if text := grid.text(row, column):
            cell = Cell(row, column, text)
            if {*range(column, grid.right_of(cell))}.issubset(grid.hidden_columns):
                return cell
    return None
