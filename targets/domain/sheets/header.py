"""Read a table head of any number of rows: which sheet columns hold which field."""

from dataclasses import dataclass, field

from targets.domain.sheets.cells import Grid, label_key
from targets.domain.sheets.layout import Column, Layout

MOST_ROWS = 8

Span = tuple[int, int]


@dataclass(slots=True)
class Header:
    """Rows of a table head and the sheet columns (first, last) below each of its headings."""

    top: int
    bottom: int = 0
    fields: dict[str, Span] = field(default_factory=dict)
    unknown: dict[str, Span] = field(default_factory=dict)
    """Printed heading → columns, for headings that the layout does not know."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    text: str
    above: frozenset[str]
    span: Span


def read_header(grid: Grid, layout: Layout, top: int) -> Header:
    header = Header(top, _bottom(grid, layout, top))
    rows = range(top, header.bottom + 1)
    ends = [grid.right_of(cell) - 1 for row in rows for cell in grid.rows[row]]
    leaves = _leaves(grid, top, header.bottom, (0, max(ends)), frozenset(), "")
    _assign(header, layout, leaves)
    return header


def _bottom(grid: Grid, layout: Layout, top: int) -> int:
    """The last row of the head: as far as its cells are merged down, and while rows hold nothing but headings."""
    bottom = top
    for cell in grid.rows[top]:
        merge = grid.merge_from.get((cell.row, cell.column))
        if merge and merge.bottom - top < MOST_ROWS and label_key(cell.text) not in layout.sides:
            bottom = max(bottom, merge.bottom)
    while bottom + 1 < grid.height and bottom - top < MOST_ROWS:
        keys = {label_key(cell.text) for cell in grid.rows[bottom + 1]}
        if (
            not keys
            or not keys <= layout.headings
            or (len(keys) > 1 and keys >= {label_key(c.text) for c in grid.rows[top]})
        ):
            break
        bottom += 1
    return bottom


def _leaves(grid: Grid, row: int, bottom: int, within: Span, above: frozenset[str], own: str) -> list[_Leaf]:
    """The lowest headings inside `within`. A heading reaches as far as its merge, or else to the next one beside it."""
    first, last = within
    cells = []
    while row <= bottom and not (cells := [c for c in grid.rows[row] if first <= c.column <= last]):
        row += 1
    leaves: list[_Leaf] = []
    start = cells[0].column if cells else last + 1
    if own and start > first:
        leaves.append(_Leaf(own, above, (first, start - 1)))
    for index, cell in enumerate(cells):
        merge = grid.merge_from.get((cell.row, cell.column))
        beside = cells[index + 1].column - 1 if index + 1 < len(cells) else last
        span = (cell.column, min(merge.right if merge and merge.right > merge.left else beside, last))
        under = above | {label_key(own)} if own else above
        next_row = (merge.bottom if merge else row) + 1
        leaves += _leaves(grid, next_row, bottom, span, under, cell.text)
    return leaves


def _assign(header: Header, layout: Layout, leaves: list[_Leaf]) -> None:
    order = {column.field: index for index, column in enumerate(layout.read_columns)}
    before = -1
    for leaf in leaves:
        key = label_key(leaf.text)
        fitting = [c for c in layout.columns_of.get(key, ()) if c.field not in header.fields]
        if not fitting:
            if key not in layout.sides and leaf.text not in header.unknown:
                header.unknown[leaf.text] = leaf.span
            continue
        chosen = _best(fitting, leaf, order, before)
        before = order[chosen.field]
        twins = [c for c in fitting if c.path == chosen.path]
        _place(
            header,
            twins if len(twins) > 1 else [chosen],
            leaf,
            is_alone=sum(label_key(x.text) == key for x in leaves) == 1,
        )


def _best(fitting: list[Column], leaf: _Leaf, order: dict[str, int], before: int) -> Column:
    """Of several columns with one heading (来源), the one under the same headings, else the next after the column before."""

    def rank(column: Column) -> tuple[int, bool, int]:
        shared = len(leaf.above & {label_key(word) for word in column.path[:-1]})
        return -shared, order[column.field] < before, order[column.field]

    return min(fitting, key=rank)


def _place(header: Header, twins: list[Column], leaf: _Leaf, *, is_alone: bool) -> None:
    """Twins share one heading over several columns (部门职责): one sheet column for each, from the left; a single one is the last."""
    first, last = leaf.span
    if len(twins) == 1:
        header.fields[twins[0].field] = leaf.span
    elif first == last:
        header.fields[(twins[-1] if is_alone else twins[0]).field] = leaf.span
    else:
        for index, column in enumerate(twins[:-1]):
            header.fields[column.field] = (first + index, first + index)
        header.fields[twins[-1].field] = (first + len(twins) - 1, last)
