"""A file of any type opened as sheets of shown text, one after the other."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import repeat, starmap
from operator import concat
from xml.etree import ElementTree as ET

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from targets.domain.sheets.broken_lines import Joined, join_lines
from targets.domain.sheets.cells import FEW_ROWS, MOST_SHARED, Merge, address, label_key, split_label
from targets.domain.sheets.docx import read_docx
from targets.domain.sheets.docx_parts import SAVE_AGAIN, docx_parts
from targets.domain.sheets.docx_table import TooMuch
from targets.domain.sheets.formats import SheetFormats, WorkbookFormats
from targets.domain.sheets.guard import (
    CURE,
    ODS_CONTENT,
    REFUSED_KINDS,
    Limits,
    Package,
    too_deep,
    too_far,
    too_many_sheets,
)
from targets.domain.sheets.layouts import LAYOUTS
from targets.domain.sheets.number_format import GENERAL, Value, shown
from targets.domain.sheets.ods import TooDeep, TooFar, TooMany, read_ods
from targets.domain.sheets.origin import Origin, Spot
from targets.domain.sheets.pieces import cut, is_long
from targets.domain.sheets.problems import FileRefused, quoted, sheet_name, told_sheet
from targets.domain.sheets.signing import FOOT_WORDS, foot_key
from targets.domain.sheets.sniff import DOCX, ODS, TEXT
from targets.domain.sheets.text import NotText, TooLarge, read_text

PARSER_ERRORS = (CalamineError, OSError, ValueError, OverflowError, ET.ParseError)
PANIC = "PanicException"
"""What the parser raises where it did not expect a file to be so broken; derived from `BaseException` and nowhere to import from."""
ONLY_TEXT = frozenset({str})
LABELS = frozenset().union(*(layout.labels for layout in LAYOUTS))

Wanted = Callable[[Sequence[Sequence[Value]]], bool]
"""Whether the values of a sheet are worth reading on."""


@dataclass(frozen=True, slots=True)
class OpenedSheet:
    """What the screen showed, where cells are merged, and what stood behind the text."""

    name: str
    is_visible: bool
    texts: list[list[str]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    exact: dict[tuple[int, int], str] = field(default_factory=dict)
    """The whole number behind a cell that shows it otherwise."""
    formulas: dict[str, str] = field(default_factory=dict)
    """Address → `=…`."""
    errors: set[str] = field(default_factory=set)
    """Addresses that show an error."""
    hidden: set[int] = field(default_factory=set)
    """Rows that are not shown."""
    hidden_columns: set[int] = field(default_factory=set)
    joined: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Row → first and last line of a text of which it was made."""
    origin: Origin = field(default_factory=Origin)
    prose: tuple[tuple[Spot, str], ...] = ()
    """Paragraphs of a document that stand in no form."""


def open_sheets(package: Package, name: str, wanted: Wanted, limits: Limits) -> Iterator[OpenedSheet]:
    """Sheets in their order; those that are not `wanted` are left out."""
    if package.kind == TEXT:
        return _text(package, name, wanted, limits)
    if package.kind == ODS:
        return _ods(package, name, wanted, limits)
    if package.kind == DOCX:
        return _docx(package, name, wanted, limits)
    return _workbook(package, name, wanted, limits)


@contextmanager
def _parser(name: str, cure: str = CURE) -> Iterator[None]:
    """Any failure of a parser on a file that passed the guard is the file's, and is told in words."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, PARSER_ERRORS) and type(error).__name__ != PANIC:
            raise
        raise FileRefused(f"{quoted(name, 80)}的内部结构有误，读不了。{cure}") from error


def _text(package: Package, name: str, wanted: Wanted, limits: Limits) -> Iterator[OpenedSheet]:
    try:
        rows, separator = read_text(package.content, box=limits.box)
    except NotText as error:
        raise FileRefused(f"{quoted(name, 80)}{REFUSED_KINDS['undecoded']}") from error
    except TooLarge as error:
        raise too_far(name) from error
    if not wanted(rows):
        return
    sheet = sheet_name(name) or "文本"
    whole = join_lines(rows, _is_labelled) if separator == "\t" else None
    if whole is None:
        yield OpenedSheet(sheet, True, rows)
    else:
        yield OpenedSheet(sheet, True, whole.rows, joined=whole.lines, origin=_lines_of(whole, sheet))


def _lines_of(whole: Joined, sheet: str) -> Origin:
    """People find a row by the line of the text on which it begins."""
    spots = {
        row: tuple((column, Spot(sheet, address(first, column))) for column in range(len(whole.rows[row])))
        for row, first in enumerate(whole.firsts)
    }
    return Origin(spots)


def _ods(package: Package, name: str, wanted: Wanted, limits: Limits) -> Iterator[OpenedSheet]:
    try:
        with _parser(name):
            sheets = read_ods(package.parts[ODS_CONTENT], box=limits.box, merges=limits.merges, sheets=limits.sheets)
    except TooFar as error:
        raise too_far(name) from error
    except TooMany as error:
        raise too_many_sheets(name, limits) from error
    except TooDeep as error:
        raise too_deep(name) from error
    for sheet in sheets:
        if wanted(sheet.texts):
            shown_otherwise = (sheet.exact, sheet.formulas, sheet.errors, sheet.hidden, sheet.hidden_columns)
            yield OpenedSheet(told_sheet(sheet.name), sheet.is_visible, sheet.texts, sheet.merges, *shown_otherwise)


def _docx(package: Package, name: str, wanted: Wanted, limits: Limits) -> Iterator[OpenedSheet]:
    try:
        with _parser(name, SAVE_AGAIN):
            sheet = read_docx(docx_parts(package.parts), box=limits.box, is_label=_is_label)
    except TooMuch as error:
        sentence = f"{quoted(name, 80)}里的表格过多、过大或层层相套，不像绩效目标表。请删除无关内容后重新上传。"
        raise FileRefused(sentence) from error
    if wanted(sheet.texts):
        yield OpenedSheet(
            sheet_name(name) or "文档", True, sheet.texts, sheet.merges, origin=sheet.origin, prose=sheet.prose
        )


def _is_labelled(text: str) -> bool:
    return _is_label(split_label(text)[0] or text)


def _is_label(word: str) -> bool:
    return label_key(word) in LABELS or foot_key(word) in FOOT_WORDS


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows of a sheet from `first` on as the parser gives them; `part` is their XML if it is not the whole sheet's."""

    first: int
    values: list[list[Value]]
    merges: list[Merge]
    part: bytes = b""


def _workbook(package: Package, name: str, wanted: Wanted, limits: Limits) -> Iterator[OpenedSheet]:
    with _parser(name):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(package.for_parser()))
    if len(workbook.sheets_metadata) > limits.sheets:  # several may stand in one part
        raise too_many_sheets(name, limits)
    formats = WorkbookFormats(package.parts)
    for number, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = OpenedSheet(told_sheet(metadata.name), metadata.visible == SheetVisibleEnum.Visible)
        known = _Formats()
        is_wanted = False
        part = formats.part_of(metadata.name)
        at_once = limits.sheet_at_once
        if is_long(package, part, at_once):
            pieces = _cut(package, part, metadata.name, name, at_once)
        else:
            pieces = _whole(workbook, metadata.name, name)
        for piece in pieces:
            is_wanted = is_wanted or wanted(piece.values)
            if not (is_wanted or piece.part):
                continue
            _add(sheet, piece, _formats(package, formats, number, part, piece), known)
        if is_wanted:
            yield sheet


def _formats(package: Package, formats: WorkbookFormats, number: int, part: str, piece: _Piece) -> SheetFormats:
    """The number formats of a piece."""
    if package.biff:
        return package.biff.of(number)
    data = piece.part or package.parts.get(part, b"")
    found = formats.of_plain(package.plain[part], data) if part in package.plain else None
    if found is None:
        found = formats.of(data)
    if texts := formats.of_texts(data):
        found = replace(found, formats={**found.formats, **texts})
    hidden, hidden_columns = formats.hidden_rows(data), formats.hidden_columns(data)
    return replace(found, hidden=hidden, hidden_columns=hidden_columns) if hidden or hidden_columns else found


def _whole(workbook: CalamineWorkbook, sheet: str, name: str) -> Iterator[_Piece]:
    with _parser(name):
        source = workbook.get_sheet_by_name(sheet)
        piece = _Piece(0, source.to_python(skip_empty_area=False), _merges(source))
    yield piece


def _cut(package: Package, part: str, sheet: str, name: str, at_once: int) -> Iterator[_Piece]:
    for content, rows in cut(package, part, at_once):
        with _parser(name):
            source = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet)
            first, left = source.start or (0, 0)
            values = source.to_python()
            piece = _Piece(first, [[""] * left + line for line in values] if left else values, _merges(source), rows)
        yield piece


_new_merge: Callable[[type[Merge], Sequence[int]], Merge] = tuple.__new__
"""Quicker than the constructor of a named tuple."""


def _merges(sheet: CalamineSheet) -> list[Merge]:
    return [*map(_new_merge, repeat(Merge), starmap(concat, sheet.merged_cell_ranges or ()))]


class _Shown(dict[Value, str]):
    """Value of a cell → the text that it shows in one number format; equal texts are one in memory."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code
        self._exact: dict[Value, str] = {}
        """Value → the whole number, where it shows another."""

    def __missing__(self, value: Value) -> str:
        if type(value) is str:
            self[value] = value
            return value
        text, exact = shown(value, self._code)
        if exact:
            self._exact[value] = exact
        if type(value) is not bool:  # or 0 would be FALSE, for they are equal; the other way round the format tells
            self[value] = text
        return text

    def of(self, column: Sequence[Value]) -> list[str]:
        if len(self) > MOST_SHARED:
            self.clear()
            self._exact.clear()
        return [*map(self.__getitem__, column)]

    def exact(self, column: Sequence[Value]) -> Iterator[tuple[int, str]]:
        """Of values that were shown just now: place in the column and whole number of each that shows another."""
        exact = self._exact
        if exact and not exact.keys().isdisjoint(column):
            yield from ((at, exact[value]) for at, value in enumerate(column) if value in exact)


class _Formats(dict[str, _Shown]):
    """Number format → what values show in it."""

    def __missing__(self, code: str) -> _Shown:
        self[code] = shown = _Shown(code)
        return shown


def _add(sheet: OpenedSheet, piece: _Piece, found: SheetFormats, known: _Formats) -> None:
    """Numbers and dates as on the screen."""
    first, values, texts = piece.first, piece.values, sheet.texts
    is_short = len(values) <= FEW_ROWS
    columns: list[Sequence[str]] = []
    for at, column in enumerate(zip(*values, strict=True)):
        if is_short and ONLY_TEXT.issuperset(map(type, column)):
            columns.append(column)
            continue
        shown_there = known[found.columns.get(at, GENERAL)]
        columns.append(shown_there.of(column))
        sheet.exact.update(((first + row, at), exact) for row, exact in shown_there.exact(column))
    texts += [[] for _ in range(first - len(texts))]
    texts += map(list, zip(*columns, strict=True))
    for (row, at), code in found.formats.items():
        line = values[row - first] if 0 <= row - first < len(values) else []
        if at < len(line):
            texts[row][at], exact = shown(line[at], code)
            if exact:
                sheet.exact[row, at] = exact
    sheet.merges.extend(piece.merges)
    sheet.formulas.update(found.formulas)
    sheet.errors.update(found.errors)
    sheet.hidden.update(found.hidden)
    sheet.hidden_columns.update(found.hidden_columns)
