"""What an .xls says of itself, read record by record before the parser sees it ([MS-XLS]).

The parser reserves room for as many cells and strings as the file declares, and it reads the macros; so the declared
size is replaced by the real one here, and the macros are hidden from it. It also drops number formats: those are kept.
"""

import struct
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from targets.domain.sheets.cells import address
from targets.domain.sheets.formats import BUILT_IN, SheetFormats, dressed
from targets.domain.sheets.number_format import GENERAL
from targets.domain.sheets.ole import Broken, CompoundFile

BOUND_SHEET, SHARED_STRINGS, FORMAT, STYLE, LOCKED, BEGIN, END = 0x85, 0xFC, 0x41E, 0xE0, 0x2F, 0x809, 0x0A
OLD_FORMAT = 0x1E
ROW, IS_HIDDEN = 0x208, 0x20
COLUMNS, ARE_HIDDEN = 0x7D, 0x01
DIMENSIONS, MERGES, MANY_NUMBERS = 0x200, 0xE5, 0xBD
FORMULAS = frozenset((0x06, 0x206, 0x406))
CELLS = frozenset((0x203, 0x204, 0x205, 0x27E, 0xFD, 0xD6)) | FORMULAS
TEXT_CELLS = frozenset((0x204, 0xFD, 0xD6))
BIFF8 = 0x0600
MACROS = "_VBA_PROJECT_CUR"
STREAMS = ("Workbook", "WORKBOOK", "Book", "BOOK")


class Encrypted(Exception):
    """The workbook wants a password."""


@dataclass(slots=True)
class SheetFacts:
    """One sheet, measured."""

    name: str
    rows: int = 0
    columns: int = 0
    merges: int = 0
    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    errors: set[str] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    declared_at: list[tuple[int, int]] = field(default_factory=list)
    """Where its declared size stands in the stream, and how long that record is."""

    @property
    def box(self) -> int:
        return self.rows * self.columns


@dataclass(slots=True)
class Biff:
    """Facts of a whole workbook and the bytes that are safe to parse."""

    content: bytes
    sheets: list[SheetFacts]
    codes: dict[int, str]

    def of(self, number: int) -> SheetFormats:
        """Formats of the sheet with this number, in the order of the workbook."""
        if number >= len(self.sheets):
            return SheetFormats()
        facts = self.sheets[number]
        formats = {place: self.codes.get(style, GENERAL) for place, style in facts.styles.items()}
        hidden = frozenset(facts.hidden), frozenset(facts.hidden_columns)
        return SheetFormats(formats, {}, facts.formulas, frozenset(facts.errors), *hidden)


def read_biff(content: bytes) -> Biff:
    """Raises `Broken` for a file that contradicts itself, `Encrypted` for one with a password."""
    package = CompoundFile(content)
    stream, starts = package.stream(*STREAMS)
    names, codes = _globals(stream)
    dressing = dressed(codes)
    sheets = [_sheet(stream, at, name, dressing) for at, name in names]
    if sum(facts_size(stream, at) for at, _ in names) > 2 * len(stream):
        raise Broken
    safe = bytearray(content)
    piece = package.sector if len(stream) >= package.cutoff else package.mini
    for facts in sheets:
        for at, length in facts.declared_at:
            _write(safe, starts, piece, at, _size_record(facts, length))
    for entry in package.entries:
        if entry.name == MACROS:
            safe[entry.at : entry.at + 2] = "-".encode("utf-16-le")
    return Biff(bytes(safe), sheets, codes)


def facts_size(stream: bytes, at: int) -> int:
    """How many bytes the parser will read for a sheet that begins here."""
    end = at
    for _, start, length in _records(stream, at):
        end = start + length
    return end - at


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, start and length of each record up to the end mark."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > len(stream):
            raise Broken
        yield kind, at + 4, length
        if kind == END:
            return
        at += 4 + length


def _globals(stream: bytes) -> tuple[list[tuple[int, str]], dict[int, str]]:
    sheets: list[tuple[int, str]] = []
    own: dict[int, str] = {}
    styles: list[int] = []
    is_new = True
    for kind, at, length in _records(stream, 0):
        if kind == LOCKED:
            raise Encrypted
        if kind == BEGIN and length >= 2:
            is_new = struct.unpack_from("<H", stream, at)[0] == BIFF8
        elif kind == BOUND_SHEET and length >= 8:
            place = struct.unpack_from("<I", stream, at)[0]
            if place >= len(stream):
                raise Broken
            sheets.append((place, _text(stream[at + 6 : at + length], 1, is_new=is_new)))
        elif kind == SHARED_STRINGS and length >= 8:
            if struct.unpack_from("<I", stream, at + 4)[0] > len(stream):
                raise Broken
        elif kind in (FORMAT, OLD_FORMAT) and length > 3:
            number = struct.unpack_from("<H", stream, at)[0]
            own[number] = _text(stream[at + 2 : at + length], 2 if is_new else 1, is_new=is_new)
        elif kind == STYLE and length >= 4:
            styles.append(struct.unpack_from("<H", stream, at + 2)[0])
    codes = {index: own.get(number) or BUILT_IN.get(number, GENERAL) for index, number in enumerate(styles)}
    return sheets, codes


def _text(data: bytes, width: int, *, is_new: bool) -> str:
    """A string that begins with its length in `width` bytes."""
    count = int.from_bytes(data[:width], "little")
    if not is_new:
        return data[width : width + count].decode("gb18030", "replace")
    is_wide = data[width : width + 1] not in (b"", b"\x00")
    start = width + 1
    return (
        data[start : start + count * 2].decode("utf-16-le", "replace")
        if is_wide
        else data[start : start + count].decode("latin-1")
    )


def _sheet(stream: bytes, start: int, name: str, dressing: Container[int]) -> SheetFacts:
    facts = SheetFacts(name)
    for kind, at, length in _records(stream, start):
        if kind == DIMENSIONS:
            facts.declared_at.append((at, length))
        elif kind == ROW and length >= 16:
            number, options = struct.unpack_from("<H", stream, at)[0], stream[at + 12]
            if options & IS_HIDDEN:
                facts.hidden.add(number)
        elif kind == MERGES and length >= 2:
            facts.merges += struct.unpack_from("<H", stream, at)[0]
        elif kind in CELLS and length >= 6:
            _cell(facts, stream, kind, at, length, dressing)
        elif kind == MANY_NUMBERS and length >= 6:
            row, first = struct.unpack_from("<HH", stream, at)
            last = struct.unpack_from("<H", stream, at + length - 2)[0]
            if (length - 6) // 6 != last - first + 1:
                raise Broken
            _reach(facts, row, last)
            for number in range(last - first + 1):
                facts.styles[row, first + number] = struct.unpack_from("<H", stream, at + 4 + number * 6)[0]
        elif kind == COLUMNS and length >= 10:
            first, last, width, _, options = struct.unpack_from("<HHHHH", stream, at)
            if options & ARE_HIDDEN or not width:
                facts.hidden_columns.update(range(first, last + 1))
    return facts


def _cell(facts: SheetFacts, stream: bytes, kind: int, at: int, length: int, dressing: Container[int]) -> None:
    row, column, style = struct.unpack_from("<HHH", stream, at)
    _reach(facts, row, column)
    if kind in TEXT_CELLS and style not in dressing:
        return
    facts.styles[row, column] = style
    if kind in FORMULAS and length >= 14:
        place = address(row, column)
        facts.formulas[place] = ""
        if stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2:
            facts.errors.add(place)


def _reach(facts: SheetFacts, row: int, column: int) -> None:
    facts.rows, facts.columns = max(facts.rows, row + 1), max(facts.columns, column + 1)


def _size_record(facts: SheetFacts, length: int) -> bytes:
    if length >= 14:
        return struct.pack("<IIHH", 0, facts.rows, 0, facts.columns)
    return struct.pack("<HHHH", 0, facts.rows, 0, facts.columns)[:length]


def _write(content: bytearray, starts: list[int], piece: int, at: int, data: bytes) -> None:
    """Write into a stream whose pieces lie scattered over the file."""
    for offset, byte in enumerate(data, at):
        content[starts[offset // piece] + offset % piece] = byte
