"""Forms that stand side by side in one sheet, each with its own 项目名称 and its own table: the sheet is read as several."""

from collections.abc import Sequence
from itertools import pairwise

from targets.domain.sheets.cells import Grid, Merge, label_key
from targets.domain.sheets.find import Block
from targets.domain.sheets.layout import Layout

LEAST_FORMS = 2


def apart(grid: Grid, blocks: Sequence[Block]) -> list[Grid]:
    """The sheet, or as many of it as forms stand beside each other, each with its own columns alone."""
    edges = {edge for block in blocks for edge in _edges(grid, block)}
    if not edges:
        return [grid]
    ends = [0, *sorted(edges), grid.width]
    return [_part(grid, first, end) for first, end in pairwise(ends)]


def _edges(grid: Grid, block: Block) -> list[int]:
    """The first columns of the second form and of those after it: there its name stands, and from there on a table head."""
    layout, header = block.layout, block.header
    if header is None or layout.is_list:
        return []
    head = grid.rows[header.top]
    if sum(label_key(cell.text) in layout.must_have[0] for cell in head) < LEAST_FORMS:
        return []
    for row in range(block.top, header.top):
        names = [
            cell.column
            for cell in grid.rows[row]
            if (label := layout.label_of(cell.text)) and label[0] == layout.names_form
        ]
        edges = [edge for edge in names[1:] if _is_head([cell.text for cell in head if cell.column >= edge], layout)]
        if (
            edges
            and len(edges) == len(names) - 1
            and _is_head([cell.text for cell in head if cell.column < edges[0]], layout)
        ):
            return edges
    return []


def _is_head(texts: Sequence[str], layout: Layout) -> bool:
    keys = {*map(label_key, texts)}
    return all(keys & need for need in layout.must_have)


def _part(grid: Grid, first: int, end: int) -> Grid:
    texts = [[text if first <= column < end else "" for column, text in enumerate(line)] for line in grid.texts]
    merges = [Merge(*merge) for (_, left), merge in grid.merge_from.items() if first <= left < end]
    part = Grid(grid.name, texts, merges, grid.exact, grid.origin)
    part.hidden, part.hidden_columns = grid.hidden, grid.hidden_columns
    return part
