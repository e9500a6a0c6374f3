"""Forms that stand side by side in one sheet, each with its own 项目名称 and its own table: the sheet is read as several."""

from collections.abc import Iterable, Sequence
from itertools import pairwise, zip_longest

from targets.domain.sheets.cells import Grid, Merge, label_key
from targets.domain.sheets.dressed import undressed_heading
from targets.domain.sheets.find import Block
from targets.domain.sheets.layout import Layout

LEAST_FORMS = 2


def apart(grid: Grid, blocks: Sequence[Block]) -> list[Grid]:
    """The sheet, or as many of it as forms stand beside each other, each with its own columns alone."""
    edges = {edge for block in blocks for edge in _edges(grid, block)} or {*_gaps(grid, blocks)}
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


def _gaps(grid: Grid, blocks: Sequence[Block]) -> list[int]:
    """Blank columns with a whole form on either side, whose rows need not stand beside each other."""
    if not blocks or any(block.layout.is_list for block in blocks):
        return []
    filled = {column for column, texts in enumerate(zip_longest(*grid.texts, fillvalue="")) if any(texts)}
    if not _starts(filled):
        return []
    starts = _starts(filled.union(*(range(merge.left, merge.right + 1) for merge in grid.merge_from.values())))
    layouts = {block.layout for block in blocks}
    found: list[int] = []
    left = 0
    for start in starts:
        end = next((other for other in starts if other > start), grid.width)
        if _is_form(grid, layouts, left, start) and _is_form(grid, layouts, start, end):
            found.append(start)
            left = start
    return found


def _starts(columns: Iterable[int]) -> list[int]:
    """Those with a gap before them."""
    return [after for before, after in pairwise(sorted(columns)) if after > before + 1]


def _is_form(grid: Grid, layouts: Iterable[Layout], first: int, end: int) -> bool:
    """Whether these columns hold the word that names a form and, in a row further down, the head of its table."""
    rows = [[*filter(None, line[first:end])] for line in grid.texts]
    for layout in layouts:
        labels = (map(layout.label_of, texts) for texts in rows)
        named = next(
            (row for row, found in enumerate(labels) if any(one and one.field == layout.names_form for one in found)),
            -1,
        )
        if named >= 0 and any(_is_head(texts, layout) for texts in rows[named:]):
            return True
    return False


def _is_head(texts: Sequence[str], layout: Layout) -> bool:
    keys = {*map(label_key, texts)}
    keys = keys.union(*map(undressed_heading, keys))
    return all(keys & need for need in layout.must_have)


def _part(grid: Grid, first: int, end: int) -> Grid:
    texts = [[text if first <= column < end else "" for column, text in enumerate(line)] for line in grid.texts]
    merges = [Merge(*merge) for (_, left), merge in grid.merge_from.items() if first <= left < end]
    part = Grid(grid.name, texts, merges, grid.exact, grid.origin)
    part.hidden, part.hidden_columns = grid.hidden, grid.hidden_columns
    return part
