"""Which rows are the head of a table, and its cells as far as they can be told: also where the second row has lost its blanks."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from targets.domain.sheets.cells import Cell, Grid, label_key
from targets.domain.sheets.dressed import BEFORE_NOW, DATED, NOW, undressed_heading
from targets.domain.sheets.layout import Layout

MOST_ROWS = 8
MOST_BLANK = 2
"""Rows between two of a head."""
TIME = re.compile(
    f"(?:预[计期]|计划)?(?:{NOW}|{BEFORE_NOW}|前年|全年|上?半年|实施期|项目期|中长?期|长期|年度|20[0-9]{{2}}年)度?"
    "(?:计划|预期|预计|完成|实际|实现|目标|指标)*[值数]?"
)
"""Headings that only say of which time a value is: 上年 and 本年 below 指标值."""
PART_OF_VALUE = re.compile("定量|定性|数值|数字|文字|描述|[上下]限|最[低高小大]值")
FEWEST_TIMES = 2
FEWEST_HEADINGS = 3
LOOKED_AT = 8
"""Rows below a head that tell how many columns it has."""


class Heading(NamedTuple):
    """A cell of the head; rows are counted from its first one."""

    row: int
    column: int
    text: str
    bottom: int
    right: int
    """The last column of a merge over several, else -1."""


def heading(grid: Grid, cell: Cell, top: int) -> Heading:
    row, column, text = cell
    merge = grid.merge_from.get((row, column))
    if merge is None:
        return Heading(row - top, column, text, row - top, -1)
    return Heading(row - top, column, text, merge.bottom - top, merge.right if merge.right > merge.left else -1)


def bottom_of(grid: Grid, layout: Layout, top: int) -> int:
    """The last row of the head: as far as its cells are merged down, and while rows hold nothing but headings."""
    bottom = top
    for cell in grid.rows[top]:
        merge = grid.merge_from.get((cell.row, cell.column))
        if merge and merge.bottom - top < MOST_ROWS and label_key(cell.text) not in layout.sides:
            bottom = max(bottom, merge.bottom)
    while (below := _next_said(grid, bottom)) < grid.height and below - 1 - top < MOST_ROWS:
        keys = {label_key(cell.text) for cell in grid.rows[below]}
        if not (
            _are_headings(keys, layout)
            or _are_below(grid.rows[top], grid.rows[below], layout)
            or _are_times(grid.rows[top], grid.rows[below], layout)
        ) or (len(keys) > 1 and keys >= {label_key(c.text) for c in grid.rows[top]}):
            break
        bottom = below
    return bottom


def _next_said(grid: Grid, row: int) -> int:
    """The next row that says something: a line of a saved text may be blank within a head as well."""
    below = row + 1
    while below < grid.height and below - row <= MOST_BLANK and not any(grid.texts[below]):
        below += 1
    return below


def _are_below(above: Sequence[Cell], cells: Sequence[Cell], layout: Layout) -> bool:
    """Whether each of these cells makes a heading with the one that it stands below: 一级绩效指标 over 代码 and 名称."""
    for cell in cells:
        over = next((one.text for one in reversed(above) if one.column <= cell.column), "")
        key = label_key(cell.text)
        if not key or label_key(over) + key not in layout.headings:
            return False
    return True


def _are_headings(keys: Collection[str], layout: Layout) -> bool:
    """All of them are words of the layout, or most of several: 合计, 财政拨款, 一级指标, 二级指标."""
    known = sum(_is_heading(key, layout) for key in keys)
    return known == len(keys) or (known >= FEWEST_HEADINGS and known * 2 > len(keys))


def _is_heading(key: str, layout: Layout) -> bool:
    """A word of the layout, or one of its words with a year: 2024年指标值."""
    if key in layout.headings:
        return True
    return DATED.match(key) is not None and not layout.headings.isdisjoint(undressed_heading(key))


def _are_times(above: Sequence[Cell], cells: Sequence[Cell], layout: Layout) -> bool:
    """Whether these cells say of which time the values below are, and stand below the heading of the target or right of it."""
    return (
        len(cells) >= FEWEST_TIMES
        and all(TIME.fullmatch(label_key(cell.text)) for cell in cells)
        and any(
            column.field == "target"
            for cell in above
            if cell.column <= cells[0].column
            for column in layout.columns_of.get(label_key(cell.text), ())
        )
    )


def slipped_below(grid: Grid, layout: Layout, top: int) -> tuple[Heading, ...]:
    """The head, if its second row (上年 | 本年) has lost the blanks before it and the cells above it their merges; () if not.

    It belongs below the heading of the target, and those right of that belong as many columns further as the rows below are longer.
    """
    above, below = grid.rows[top], grid.rows[top + 1] if top + 1 < grid.height else []
    if len(below) < FEWEST_TIMES or not _may_be_part(below[0].text) or len(below) > len(above):
        return ()
    targets = [at for at, cell in enumerate(above) if "target" in fields_of(layout, cell.text)]
    over = above[targets[0]] if len(targets) == 1 else above[0]
    more, last = len(below) - 1, above[-1].column
    longest = max((cells[-1].column for cells in grid.rows[top + 2 : top + 2 + LOOKED_AT] if cells), default=0)
    if (
        below[0].column >= over.column
        or not last < longest <= last + more
        or any((top, cell.column) in grid.merge_from for cell in above)
        or not all(
            TIME.fullmatch(key := label_key(c.text)) or label_key(over.text) + key in layout.headings for c in below
        )
    ):
        return ()
    heads = [Heading(0, cell.column, cell.text, 1, -1) for cell in above[: targets[0]]]
    heads.append(Heading(0, over.column, over.text, 0, over.column + more))
    heads += [Heading(0, cell.column + more, cell.text, 1, -1) for cell in above[targets[0] + 1 :]]
    return (*heads, *(Heading(1, over.column + at, cell.text, 1, -1) for at, cell in enumerate(below)))


def fields_of(layout: Layout, text: str) -> set[str]:
    return {column.field for column in layout.columns_of.get(label_key(text), ())}


def _may_be_part(text: str) -> bool:
    return TIME.fullmatch(label_key(text)) is not None or PART_OF_VALUE.match(label_key(text)) is not None
