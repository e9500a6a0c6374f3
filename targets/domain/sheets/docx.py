"""A Word document as a sheet: its tables one below the other, cells at their places across the page, paragraphs between.

A form cut over two tables, or by a page, so stands as one; the lines above a table belong to the form below them.
"""

import io
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from targets.domain.sheets.cells import Merge
from targets.domain.sheets.docx_numbers import Numbering
from targets.domain.sheets.docx_parts import DocxParts
from targets.domain.sheets.docx_table import Tables, TooMuch, blocks, paragraphs_of
from targets.domain.sheets.docx_text import attribute, child, is_on, local, shown
from targets.domain.sheets.docx_words import is_prose, pieces
from targets.domain.sheets.origin import Origin, Spot

DEEPEST = 300
"""Elements within elements; a table in a table in a text box needs about sixty."""
NEAR = 120
"""Sides of two tables that are closer than this (two millimetres) are one."""
TOP, BOTTOM = "header", "footer"
PAGE = {TOP: "页眉", BOTTOM: "页脚"}


@dataclass(frozen=True, slots=True)
class DocxSheet:
    texts: list[list[str]]
    merges: list[Merge]
    origin: Origin
    prose: tuple[tuple[Spot, str], ...]
    """Paragraphs that belong to no form."""


def read_docx(parts: DocxParts, *, box: int, is_label: Callable[[str], bool]) -> DocxSheet:
    """`is_label` knows the words that make a long paragraph a part of a form.

    Raises `TooMuch` beyond the limits, `ParseError` for broken XML.
    """
    document = _Document(parts, is_label, Numbering(_parsed(parts.numbering) if parts.numbering else None))
    document.read()
    return document.sheet(box)


@dataclass(slots=True)
class _Document:
    parts: DocxParts
    is_label: Callable[[str], bool]
    numbering: Numbering
    tables: Tables = field(init=False)
    lines: dict[int, tuple[list[str], Spot]] = field(default_factory=dict)
    """Row → the pieces of a paragraph."""
    breaks: set[int] = field(default_factory=set)
    height: int = 0
    count: int = 0
    """Tables of the text itself, by whose number people find them."""
    waiting: list[str] = field(default_factory=list)
    """Paragraphs since the last table."""
    prose: list[tuple[Spot, str]] = field(default_factory=list)
    on_pages: set[str] = field(default_factory=set)
    """What was printed at the top or bottom of pages so far."""

    def __post_init__(self) -> None:
        self.tables = Tables(self._text)

    def read(self) -> None:
        body = child(_parsed(self.parts.document), "body")
        if body is None:
            return
        sections = list(_sections(body))
        for at, (first, last) in enumerate(sections):
            properties = _properties(body, sections, at)
            self._read_pages(properties, TOP)
            part = ET.Element("body")
            part.extend(body[first:last])
            for block in paragraphs_of(blocks(part), self._text):
                if isinstance(block, str):
                    self._wait(block)
                else:
                    self.count += 1
                    self._lay(block, f"表格{self.count}")
            self._read_pages(properties, BOTTOM)
        self._place_waiting(f"表格{self.count}" if self.count else "正文", "下方")

    def _text(self, paragraph: ET.Element) -> str:
        return self.numbering.label(paragraph) + shown(paragraph)

    def _wait(self, text: str) -> None:
        if text := text.strip():
            self.waiting.append(text)

    def _lay(self, table: ET.Element, name: str) -> None:
        self._place_waiting(name, "上方")
        self.breaks.add(self.height)
        self.height += self.tables.lay(table, name, self.height)

    def _place_waiting(self, sheet: str, where: str) -> None:
        for number, text in enumerate(self.waiting, start=1):
            spot = Spot(sheet, f"{where}第{number}段")
            if is_prose(text, self.is_label):
                self.prose.append((spot, text))
            else:
                self.lines[self.height] = pieces(text), spot
                self.height += 1
        self.waiting = []

    def _read_pages(self, properties: ET.Element | None, kind: str) -> None:
        """What every page of a section says at its top or bottom, once for all sections that say the same."""
        for reference in properties if properties is not None else ():
            if local(reference) != f"{kind}Reference" or not _is_used(reference, properties):
                continue
            content = self.parts.related.get(attribute(reference, "id"))
            if content is None:
                continue
            found = list(paragraphs_of(blocks(_parsed(content)), self._text))
            key = " ".join("".join(block.itertext()) if isinstance(block, ET.Element) else block for block in found)
            if key in self.on_pages:
                continue
            self.on_pages.add(key)
            for block in found:
                if isinstance(block, str):
                    self._wait(block)
                else:
                    self._lay(block, PAGE[kind])

    # The sheet

    def sheet(self, box: int) -> DocxSheet:
        columns = _common_sides(self.tables.edges)
        if self.height * max((max(own.values()) for own in columns), default=1) > box:
            raise TooMuch
        texts: list[list[str]] = [[] for _ in range(self.height)]
        spots: dict[int, list[tuple[int, Spot]]] = {}
        merges: list[Merge] = []
        for row, (found, spot) in self.lines.items():
            texts[row] = list(found)
            spots[row] = [(0, spot)]
        for placed in self.tables.boxes:
            own = columns[placed.table]
            first, last = own[placed.left], own[placed.right] - 1
            line = texts[placed.row]
            line += [""] * (first + 1 - len(line))
            line[first] = placed.text
            bottom = placed.row + placed.height - 1
            if last > first or bottom > placed.row:
                merges.append(Merge(placed.row, first, bottom, last))
                line += [""] * (last + 1 - len(line))
            for row in range(placed.row, bottom + 1):
                spots.setdefault(row, []).append((first, placed.spot))
        ordered = {row: tuple(sorted(cells, key=_column)) for row, cells in spots.items()}
        origin = Origin(ordered, frozenset(self.breaks), frozenset(self.lines))
        return DocxSheet(_squared(texts), merges, origin, tuple(self.prose))


def _column(cell: tuple[int, Spot]) -> int:
    return cell[0]


def _squared(texts: list[list[str]]) -> list[list[str]]:
    """Cells that are merged to the right or downwards need their places."""
    width = max(map(len, texts), default=0)
    return [line + [""] * (width - len(line)) for line in texts]


def _parsed(content: bytes) -> ET.Element:
    depth = 0
    root: ET.Element | None = None
    for event, element in ET.iterparse(io.BytesIO(content), events=("start", "end")):  # noqa: S314 - the guard refuses entities
        root = element if root is None else root
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise TooMuch
    if root is None:
        raise ET.ParseError
    return root


def _sections(body: ET.Element) -> Iterator[tuple[int, int]]:
    """First and last (excluded) child of each section; its properties stand in its last paragraph, or at the end."""
    first = 0
    for at, block in enumerate(body, start=1):
        if child(block, "pPr", "sectPr") is not None:
            yield first, at
            first = at
    yield first, len(body)


def _properties(body: ET.Element, sections: Sequence[tuple[int, int]], at: int) -> ET.Element | None:
    if at + 1 < len(sections):
        return child(body[sections[at][1] - 1], "pPr", "sectPr")
    return child(body, "sectPr")


def _is_used(reference: ET.Element, properties: ET.Element | None) -> bool:
    """Other pages than the usual ones have their own only if the section says so."""
    kind = attribute(reference, "type")
    return kind == "default" or (kind == "first" and is_on(child(properties, "titlePg")))


def _common_sides(tables: Sequence[Sequence[int]]) -> list[dict[int, int]]:
    """For each table, the sheet column at each of its sides: tables share one where their sides are near each other.

    The sides of one table keep their order, and no two of them become one.
    """
    sides: list[int] = []
    found: list[dict[int, int]] = []
    for edges in tables:
        own: dict[int, int] = {}
        last = -1
        for edge in edges:
            free = bisect_right(sides, last)
            near = min(
                sides[free : free + 1] + _around(sides, edge, free), key=lambda side: abs(side - edge), default=None
            )
            if near is None or abs(near - edge) > NEAR:
                near = max(edge, last + 1)
                insort(sides, near)
            own[edge] = last = near
        found.append(own)
    number = {side: at for at, side in enumerate(sides)}
    return [{edge: number[side] for edge, side in own.items()} for own in found]


def _around(sides: Sequence[int], edge: int, free: int) -> list[int]:
    at = bisect_left(sides, edge)
    return list(sides[max(at - 1, free) : at + 1])
