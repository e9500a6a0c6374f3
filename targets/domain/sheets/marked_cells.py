"""Colour for single cells of a sheet: each keeps its own format and gets a fill on top."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from targets.domain.sheets.cells import column_name
from targets.domain.sheets.splice import CannotAnnotate, Tag, appended, first, needed, spliced, tags, with_attribute

Place = tuple[int, int]
"""Row and column, counted from 1."""
MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})["']""")
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
MOST_ROWS, MOST_COLUMNS = 2_000, 100
"""Of a range; a form has none as large."""
NUMBER = re.compile(rb"[0-9]{1,7}")
FILL = (
    '<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="COLOUR"/><{p}bgColor indexed="64"/>'
    "</{p}patternFill></{p}fill>"
)


def place(address: str) -> Place:
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise CannotAnnotate
    return int(found[2]), column_number(found[1])


def places(cells: str) -> list[Place]:
    """`B27:B29` → its three cells; of a very large range the first ones."""
    start, _, end = cells.partition(":")
    (top, left), (bottom, right) = place(start), place(end or start)
    columns = range(left, min(right, left + MOST_COLUMNS) + 1)
    return [(row, column) for row in range(top, min(bottom, top + MOST_ROWS) + 1) for column in columns]


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def first_of_merge(sheet: bytes) -> Mapping[Place, Place]:
    """Each cell that merged cells hide → the one that is seen, for merges of a size that a form may have."""
    found: dict[Place, Place] = {}
    for cells in MERGE.findall(sheet):
        merged = places(cells.decode())
        found.update(dict.fromkeys(merged, merged[0]))
    return found


@dataclass(slots=True)
class Styles:
    """The style sheet of a workbook, with the fills and cell formats that the marks need."""

    data: bytes
    fills: Mapping[str, str]
    """Level → colour."""

    def add(self, wanted: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], int]:
        """(number of a cell format, level) → number of the same format with the level's colour."""
        number = self.add_entries(b"fills", b"fill", [FILL.replace("COLOUR", one) for one in self.fills.values()])
        fill_of = {level: number + at for at, level in enumerate(self.fills)}
        formats = needed(first(self.data, b"cellXfs"))
        own = self._formats(formats)
        if any(base >= len(own) for base, _ in wanted):
            raise CannotAnnotate
        added = b"".join(_filled(own[base], fill_of[level]) for base, level in wanted)
        self._extend(b"cellXfs", added, len(own) + len(wanted))
        return {key: len(own) + at for at, key in enumerate(wanted)}

    def add_entries(self, section: bytes, child: bytes, templates: Sequence[str]) -> int:
        """Entries of our own at the end of a section, `{p}` for the prefix of its names; returns the number of the first."""
        opening = needed(first(self.data, section))
        number = self._count(opening, child)
        texts = "".join(template.format(p=opening.prefix.decode()) for template in templates)
        self._extend(section, texts.encode(), number + len(templates))
        return number

    def _extend(self, section: bytes, added: bytes, count: int) -> None:
        self.data = appended(self.data, section, added)
        opening = needed(first(self.data, section))
        counted = with_attribute(self.data, opening, b"count", count)
        self.data = spliced(self.data, [(opening.start, opening.end, counted)])

    def _inside(self, opening: Tag) -> tuple[int, int]:
        if opening.is_whole:
            return opening.end, opening.end
        return opening.end, needed(first(self.data, opening.name, closes=True, start=opening.end)).start

    def _count(self, opening: Tag, child: bytes) -> int:
        return sum(tag.name == child and not tag.closes for tag in tags(self.data, *self._inside(opening)))

    def _formats(self, opening: Tag) -> list[bytes]:
        found, start = [], 0
        for tag in tags(self.data, *self._inside(opening)):
            if tag.name != b"xf":
                continue
            start = start if tag.closes else tag.start
            if tag.closes or tag.is_whole:
                found.append(self.data[start : tag.end])
        return found


def _filled(text: bytes, fill: int) -> bytes:
    tag = next(tags(text))
    text = with_attribute(text, tag, b"fillId", fill) + text[tag.end :]
    tag = next(tags(text))
    return with_attribute(text, tag, b"applyFill", 1) + text[tag.end :]


@dataclass(slots=True)
class Cells:
    """Finds the wanted cells of a sheet, and writes where they are missing."""

    data: bytes
    wanted: Mapping[Place, str]
    """Place → level."""

    def base_styles(self) -> dict[Place, int]:
        """The format of each wanted cell as it is; 0 for a cell that the sheet does not hold."""
        found = dict.fromkeys(self.wanted, 0)
        for at, tag in self._cells():
            if at in found and tag is not None:
                found[at] = _whole_number(tag.get(b"s"))
        return found

    def coloured(self, styles: Mapping[Place, int]) -> bytes:
        """The sheet with these formats on its cells."""
        changes: list[tuple[int, int, bytes]] = []
        missing = dict(styles)
        for at, tag in self._cells():
            if at in missing and tag is not None:
                changes.append((tag.start, tag.end, with_attribute(self.data, tag, b"s", missing.pop(at))))
        changes += self._fill_in(missing)
        return spliced(self.data, changes)

    def _bounds(self) -> tuple[Tag, int]:
        opening = needed(first(self.data, b"sheetData"))
        if opening.is_whole:
            return opening, opening.end
        return opening, needed(first(self.data, b"sheetData", closes=True, start=opening.end)).start

    def _lines(self) -> "list[tuple[int, Tag, int, list[tuple[int, Tag]]]]":
        """Of each row of interest: number, its tag, where its cells end, and its cells with their columns."""
        opening, end = self._bounds()
        rows = {row for row, _ in self.wanted}
        found: list[tuple[int, Tag, int, list[tuple[int, Tag]]]] = []
        row = column = 0
        line: tuple[Tag, list[tuple[int, Tag]]] | None = None
        for tag in tags(self.data, opening.end, end):
            if tag.name == b"row":
                if tag.closes:
                    if line is not None:
                        found.append((row, line[0], tag.start, line[1]))
                    line = None
                    continue
                row, column = _whole_number(tag.get(b"r")) or row + 1, 0
                if tag.is_whole:
                    found.append((row, tag, tag.end, []))
                else:
                    line = (tag, [])
            elif tag.name == b"c" and not tag.closes:
                address = tag.get(b"r").decode("ascii", "replace").upper()
                column = place(address)[1] if address else column + 1
                if line is not None and row in rows:
                    line[1].append((column, tag))
        return found

    def _cells(self) -> "list[tuple[Place, Tag | None]]":
        return [((row, column), tag) for row, _, _, cells in self._lines() for column, tag in cells]

    def _fill_in(self, missing: Mapping[Place, int]) -> list[tuple[int, int, bytes]]:
        """Cells, and rows, that the sheet does not hold yet, each at its place in the order."""
        if not missing:
            return []
        opening, end = self._bounds()
        p = opening.prefix
        changes: list[tuple[int, int, bytes]] = []
        by_row: dict[int, list[tuple[int, int]]] = {}
        for (row, column), style in sorted(missing.items()):
            by_row.setdefault(row, []).append((column, style))
        lines = self._lines()
        for row, tag, stop, cells in lines:
            new = by_row.pop(row, [])
            if not new:
                continue
            if tag.is_whole:
                body = b"".join(_cell(p, row, column, style) for column, style in new)
                text = self.data[tag.start : tag.end - 2] + b">" + body + b"</" + p + b"row>"
                changes.append((tag.start, tag.end, text))
                continue
            for column, style in new:
                before = next((cell.start for at, cell in cells if at > column), stop)
                changes.append((before, before, _cell(p, row, column, style)))
        for row, new in by_row.items():
            before = next((tag.start for number, tag, _, _ in lines if number > row), end)
            body = b"".join(_cell(p, row, column, style) for column, style in new)
            changes.append((before, before, b'<%srow r="%d">%s</%srow>' % (p, row, body, p)))
        if opening.is_whole and changes:
            body = b"".join(text for _, _, text in changes)
            text = self.data[opening.start : opening.end - 2] + b">" + body + b"</" + p + b"sheetData>"
            return [(opening.start, opening.end, text)]
        return changes


def _cell(prefix: bytes, row: int, column: int, style: int) -> bytes:
    return b'<%sc r="%s%d" s="%d"/>' % (prefix, column_name(column - 1).encode(), row, style)


def _whole_number(text: bytes) -> int:
    return int(text) if NUMBER.fullmatch(text) else 0
