"""Colour for single cells of a sheet: each keeps its own format and gets a fill on top."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from targets.domain.sheets.cells import column_name
from targets.domain.sheets.splice import CannotAnnotate, Tag, appended, first, needed, spliced, tags, with_attribute

Place = tuple[int, int]
"""Row and column, counted from 1."""
MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})["']""")
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
CELL = re.compile(rb"""<(?:\w+:)?c(?=[\s/>])(?:[^>]*?\sr\s*=\s*["']([A-Za-z]{1,3})[0-9]{1,7}["'])?""")
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


@dataclass(frozen=True, slots=True)
class _Row:
    """A row in which cells are wanted: its tag, where its cells end, where each begins, and the tags of those wanted."""

    number: int
    tag: Tag
    end: int
    starts: list[tuple[int, int]]
    wanted: dict[int, Tag]


@dataclass(slots=True)
class Cells:
    """Finds the wanted cells of a sheet, and writes where they are missing."""

    data: bytes
    wanted: Mapping[Place, str]
    """Place → level."""
    rows: list[_Row] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)
    """Number and beginning of every row."""

    def __post_init__(self) -> None:
        opening, end = self._bounds()
        columns: dict[int, set[int]] = {}
        for row, column in self.wanted:
            columns.setdefault(row, set()).add(column)
        number = 0
        for found in ROW.finditer(self.data, opening.end, end):
            tag = next(tags(self.data, found.start()))
            number = _whole_number(tag.get(b"r")) or number + 1
            self.starts.append((number, tag.start))
            if number in columns:
                self.rows.append(self._row(number, tag, columns[number]))

    def _row(self, number: int, tag: Tag, columns: Collection[int]) -> _Row:
        if tag.is_whole:
            return _Row(number, tag, tag.end, [], {})
        end = needed(first(self.data, b"row", closes=True, start=tag.end)).start
        column = 0
        starts, wanted = [], {}
        for found in CELL.finditer(self.data, tag.end, end):
            column = column_number(found[1].decode().upper()) if found[1] else column + 1
            starts.append((column, found.start()))
            if column in columns:
                wanted[column] = next(tags(self.data, found.start()))
        return _Row(number, tag, end, starts, wanted)

    def base_styles(self) -> dict[Place, int]:
        """The format of each wanted cell as it is; 0 for a cell that the sheet does not hold."""
        found = dict.fromkeys(self.wanted, 0)
        for row in self.rows:
            found.update({(row.number, column): _whole_number(tag.get(b"s")) for column, tag in row.wanted.items()})
        return found

    def coloured(self, styles: Mapping[Place, int]) -> bytes:
        """The sheet with these formats on its cells."""
        changes: list[tuple[int, int, bytes]] = []
        missing: dict[int, dict[int, int]] = {}
        for (number, column), style in sorted(styles.items()):
            missing.setdefault(number, {})[column] = style
        opening, end = self._bounds()
        for row in self.rows:
            new = missing.pop(row.number, {})
            for column, tag in row.wanted.items():
                changes.append((tag.start, tag.end, with_attribute(self.data, tag, b"s", new.pop(column))))
            changes += self._more_cells(row, new)
        for number, new in missing.items():
            before = next((start for at, start in self.starts if at > number), end)
            body = _cells(opening.prefix, number, new)
            changes.append(
                (before, before, b'<%srow r="%d">%s</%srow>' % (opening.prefix, number, body, opening.prefix))
            )
        if opening.is_whole and changes:
            body = b"".join(text for _, _, text in changes)
            text = self.data[opening.start : opening.end - 2] + b">" + body + b"</" + opening.prefix + b"sheetData>"
            changes = [(opening.start, opening.end, text)]
        return spliced(self.data, changes)

    def _more_cells(self, row: _Row, new: Mapping[int, int]) -> list[tuple[int, int, bytes]]:
        """Cells that the row does not hold yet, each at its place in the order."""
        p = row.tag.prefix
        if row.tag.is_whole and new:
            body = _cells(p, row.number, new)
            text = self.data[row.tag.start : row.tag.end - 2] + b">" + body + b"</" + p + b"row>"
            return [(row.tag.start, row.tag.end, text)]
        changes = []
        for column, style in new.items():
            before = next((start for at, start in row.starts if at > column), row.end)
            changes.append((before, before, _cells(p, row.number, {column: style})))
        return changes

    def _bounds(self) -> tuple[Tag, int]:
        opening = needed(first(self.data, b"sheetData"))
        if opening.is_whole:
            return opening, opening.end
        return opening, needed(first(self.data, b"sheetData", closes=True, start=opening.end)).start


def _cells(prefix: bytes, row: int, styles: Mapping[int, int]) -> bytes:
    return b"".join(
        b'<%sc r="%s%d" s="%d"/>' % (prefix, column_name(column - 1).encode(), row, style)
        for column, style in styles.items()
    )


def _whole_number(text: bytes) -> int:
    return int(text) if NUMBER.fullmatch(text) else 0
