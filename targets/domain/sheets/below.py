"""Labels over others and over values: how far each reaches, and which value in the rows below belongs to which label."""

from collections.abc import Iterator, Sequence

from targets.domain.sheets.cells import Cell, Grid
from targets.domain.sheets.head import LONGEST_UNKNOWN_LABEL
from targets.domain.sheets.layout import EXTRA, OVERALL_GOAL, Labelled, Layout

GOALS = ("goal", OVERALL_GOAL)
LONG_TEXTS = frozenset({*GOALS, EXTRA})
CELLS_OF_A_REPORT = 3
Above = tuple[Cell, str, int]
"""A label, its field, and the last column below it."""


def with_ends(grid: Grid, cells: Sequence[Cell], fields: Sequence[str | None]) -> Iterator[Above]:
    """Each label with the last column it covers: its merge's, or up to the next cell of its row."""
    for at, (cell, name) in enumerate(zip(cells, fields, strict=True)):
        merged = grid.right_of(cell) - 1
        beside = cells[at + 1].column - 1 if at + 1 < len(cells) else grid.width
        yield cell, name or "", max(merged, cell.column) if merged > cell.column else beside


def is_said_above(above: Sequence[Above], cell: Cell) -> bool:
    """A label that was merged down over values below the labels beside it, and now stands in each row."""
    return any(cell == label._replace(row=label.row + 1) for label, _, _ in above)


def is_group(grid: Grid, layout: Layout, cell: Cell) -> bool:
    """An unknown label over other labels: merged down, or with nothing below it while its neighbours go on."""
    merge = grid.merge_from.get((cell.row, cell.column))
    if merge:
        return merge.bottom > merge.top
    below = grid.rows[cell.row + 1] if cell.row + 1 < grid.height else []
    if len(below) < 2 or below[0].column <= cell.column:
        return False
    return layout.label_of(below[0].text) is not None or len(below[0].text) <= LONGEST_UNKNOWN_LABEL


def heads_report(cells: Sequence[Cell], labels: Sequence[Labelled | None], below: Sequence[Cell]) -> bool:
    """Of so many cells: whether the last text of 年度总体目标 | 预期目标 | 实现情况综述 heads a text below it, as 预期目标 does, and is no goal itself."""
    if labels[2] is not None:
        return False
    goals = [label.field for label in labels if label and label.field in GOALS and not label.value]
    return len(goals) == 2 and [cell.column for cell in below[-2:]] == [cell.column for cell in cells[1:]]


def labels_of(above: Sequence[Above], values: Sequence[Cell]) -> tuple[list[tuple[Above, Cell]], bool]:
    """Each value with the label over it, and whether they were matched by their order because they stand elsewhere."""
    over = [next((label for label in reversed(above) if _is_over(label, value)), None) for value in values]
    found = [(label, value) for label, value in zip(over, values, strict=True) if label]
    if len(found) == len(values) and not _begin_too_early(above, values):
        return found, False
    return _in_order(above, values), True


def _is_over(label: Above, value: Cell) -> bool:
    return label[0].column <= value.column <= label[2]


def _begin_too_early(above: Sequence[Above], values: Sequence[Cell]) -> bool:
    """年度总体目标 | 预期目标 | 实际完成情况, and below them two texts that begin under the first, which stands over the others."""
    (first, name, _), *others = above
    return (
        name in GOALS
        and first.column == values[0].column
        and 1 < len(values) == len(others)
        and any(other in GOALS for _, other, _ in others)
    )


def _in_order(above: Sequence[Above], values: Sequence[Cell]) -> list[tuple[Above, Cell]]:
    """A blank before the values was lost (a page that was copied): they belong to the last labels of the row above."""
    labels = [label for label in above if label[0].row == values[0].row - 1]
    if not 1 < len(values) <= len(labels):
        return []
    return list(zip(labels[-len(values) :], values, strict=True))
