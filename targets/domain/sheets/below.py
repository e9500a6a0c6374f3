"""Labels in one row, their values in the rows below: which value belongs to which label."""

from collections.abc import Sequence

from targets.domain.sheets.cells import Cell
from targets.domain.sheets.layout import OVERALL_GOAL

GOALS = ("goal", OVERALL_GOAL)
Above = tuple[Cell, str, int]
"""A label, its field, and the last column below it."""


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
