"""One Word table as texts at their places: rows counted from the top of the document, sides measured across the page.

A table inside a cell takes rows of its own; the cells beside it then stand beside all of them, as if they were merged.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from xml.etree import ElementTree as ET

from targets.domain.sheets.cells import column_name
from targets.domain.sheets.docx_text import attribute, child, is_on, joins_next, local, text_boxes, within
from targets.domain.sheets.origin import Spot

DEEPEST_TABLE = 8
MOST_COLUMNS = 400
"""Word itself has at most 63."""
MOST_TABLES = 3_000
WIDTH = 1_000
"""Of a column that does not say how wide it is, in twentieths of a point."""
WIDEST = 32_000

TextOf = Callable[[ET.Element], str]


class TooMuch(Exception):
    """More tables, columns or cells than a form can have, or tables too deep in tables."""


@dataclass(slots=True)
class Box:
    """A text at its place; `left` and `right` in twentieths of a point."""

    row: int
    left: int
    right: int
    text: str
    spot: Spot
    table: int
    """Number of its table among all."""
    height: int = 1


@dataclass(slots=True)
class _Cell:
    element: ET.Element
    first: int
    last: int
    """Columns of the table, the last excluded."""
    letter: str
    merge: str
    """"restart", "continue" or "" for the merge with the row above."""


def blocks(element: ET.Element) -> Iterator[ET.Element]:
    """Paragraphs and tables in the order in which they are shown; what stands in a text box follows its paragraph."""
    for below in within(element):
        name = local(below)
        if name == "tbl":
            yield below
        elif name == "p":
            yield below
            for content in text_boxes(below):
                yield from blocks(content)


def paragraphs_of(found: Iterator[ET.Element], text_of: TextOf) -> Iterator[str | ET.Element]:
    """Texts and tables; a paragraph whose end was deleted goes on in the next."""
    begun = ""
    for block in found:
        if local(block) == "tbl":
            if begun:
                yield begun
            yield block
            begun = ""
            continue
        begun += text_of(block)
        if not joins_next(block):
            yield begun
            begun = ""
    if begun:
        yield begun


@dataclass(slots=True)
class Tables:
    """Lays tables out, one after the other."""

    text_of: TextOf
    boxes: list[Box] = field(default_factory=list)
    edges: list[Sequence[int]] = field(default_factory=list)
    """Sides of the columns of each table."""

    def lay(self, table: ET.Element, name: str, top: int, left: int = 0, room: int = 0, depth: int = 1) -> int:
        """Add the boxes of a table whose first row is `top`; the number of rows that it takes. `room` is the width of its cell."""
        if len(self.edges) >= MOST_TABLES or depth > DEEPEST_TABLE:
            raise TooMuch
        rows = [list(_cells(row)) for row in within(table) if local(row) == "tr" and not _is_gone(row)]
        columns = max((row[-1].last for row in rows if row), default=0)
        edges = _edges(table, columns, left, room)
        at_home = len(self.edges)
        self.edges.append(edges)
        height = 0
        merged: dict[int, Box] = {}
        """First column → the cell that is merged down so far."""
        for number, cells in enumerate(rows, start=1):
            at, taken = top + height, 1
            placed: list[Box] = []
            for cell in cells:
                above = merged.get(cell.first) if cell.merge == "continue" else None
                box = above or Box(
                    at, edges[cell.first], edges[cell.last], "", Spot(name, f"{cell.letter}{number}"), at_home
                )
                if above is None:
                    taken = max(taken, self._fill(cell, box, depth))
                placed.append(box)
            for cell, box in zip(cells, placed, strict=True):
                box.height = at + taken - box.row
                if cell.merge:
                    merged[cell.first] = box
                else:
                    merged.pop(cell.first, None)
            height += taken
        return height

    def _fill(self, cell: _Cell, box: Box, depth: int) -> int:
        """Put the texts and tables of a cell below each other; the rows that they take."""
        content = list(paragraphs_of(blocks(cell.element), self.text_of))
        if all(isinstance(part, str) for part in content):
            box.text = "\n".join(str(part) for part in content).strip()
            self.boxes.append(box)
            return 1
        taken = 0
        for part in content:
            if not isinstance(part, str):
                inner = f"{box.spot.sheet}·{box.spot.cell}内表"
                taken += self.lay(part, inner, box.row + taken, box.left, box.right - box.left, depth + 1)
            elif part.strip():
                self.boxes.append(Box(box.row + taken, box.left, box.right, part.strip(), box.spot, box.table))
                taken += 1
        return max(taken, 1)


def _cells(row: ET.Element) -> Iterator[_Cell]:
    """The cells of a row; one that is merged with the cell before it only makes that one wider."""
    column = _number(child(row, "trPr", "gridBefore"), 0)
    pending: _Cell | None = None
    for number, element in enumerate(tc for tc in within(row) if local(tc) == "tc"):
        properties = child(element, "tcPr")
        last = column + max(_number(child(properties, "gridSpan"), 1), 1)
        if last > MOST_COLUMNS:
            raise TooMuch
        if pending and attribute(child(properties, "hMerge"), "val") == "continue":
            pending.last = last
        else:
            if pending:
                yield pending
            down = child(properties, "vMerge")
            merge = "" if down is None else attribute(down, "val") or "continue"
            pending = _Cell(element, column, last, column_name(number), merge)
        column = last
    if pending:
        yield pending


def _is_gone(row: ET.Element) -> bool:
    properties = child(row, "trPr")
    return child(properties, "del") is not None or is_on(child(properties, "hidden"))


def _number(element: ET.Element | None, otherwise: int) -> int:
    written = attribute(element, "val")
    return min(int(written[:9]), MOST_COLUMNS + 1) if written.isascii() and written.isdigit() else otherwise


def _edges(table: ET.Element, columns: int, left: int, room: int) -> list[int]:
    """Where each column begins, and where the last one ends."""
    grid = child(table, "tblGrid")
    widths = [_width(column) for column in (grid if grid is not None else ()) if local(column) == "gridCol"][:columns]
    widths += [WIDTH] * (columns - len(widths))
    edges = list(accumulate(widths, initial=0))
    scale = room / edges[-1] if room and edges[-1] else 1
    return [left + max(round(edge * scale), at) for at, edge in enumerate(edges)]


def _width(column: ET.Element) -> int:
    written = attribute(column, "w").partition(".")[0]
    known = int(written[:6]) if written.isascii() and written.isdigit() else 0
    return min(known, WIDEST) or WIDTH
