"""A file of any type opened as sheets of shown text, one after the other."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice, repeat
from pathlib import PureWindowsPath
from xml.etree import ElementTree as ET

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from targets.domain.sheets.cells import FEW_ROWS, MOST_SHARED, Merge, label_key
from targets.domain.sheets.docx import read_docx
from targets.domain.sheets.docx_parts import SAVE_AGAIN, docx_parts
from targets.domain.sheets.docx_table import TooMuch
from targets.domain.sheets.formats import SheetFormats, WorkbookFormats, computes
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
from targets.domain.sheets.number_format import Value, show, shown
from targets.domain.sheets.ods import TooDeep, TooFar, TooMany, read_ods
from targets.domain.sheets.origin import Origin, Spot
from targets.domain.sheets.pieces import cut, is_long
from targets.domain.sheets.problems import FileRefused, quoted
from targets.domain.sheets.signing import FOOT_WORDS, foot_key
from targets.domain.sheets.sniff import DOCX, ODS, TEXT
from targets.domain.sheets.text import NotText, TooLarge, read_text

PARSER_ERRORS = (CalamineError, OSError, ValueError, ET.ParseError)
PANIC = "PanicException"
"""What the parser raises where it did not expect a file to be so broken; derived from `BaseException` and nowhere to import from."""
LONGEST_SHEET_NAME = 31
ONLY_TEXT = frozenset({str})
FEW_NUMBERS = 40
LABELS = frozenset().union(*(layout.labels for layout in LAYOUTS))

Texts = Sequence[Sequence[str]]
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
        rows = read_text(package.content, box=limits.box)
    except NotText as error:
        raise FileRefused(f"{quoted(name, 80)}{REFUSED_KINDS['undecoded']}") from error
    except TooLarge as error:
        raise too_far(name) from error
    if wanted(rows):
        yield OpenedSheet(PureWindowsPath(name).stem[:LONGEST_SHEET_NAME] or "文本", True, rows)


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
            shown_otherwise = (sheet.exact, sheet.formulas, sheet.errors)
            yield OpenedSheet(sheet.name, sheet.is_visible, sheet.texts, sheet.merges, *shown_otherwise)


def _docx(package: Package, name: str, wanted: Wanted, limits: Limits) -> Iterator[OpenedSheet]:
    try:
        with _parser(name, SAVE_AGAIN):
            sheet = read_docx(docx_parts(package.parts), box=limits.box, is_label=_is_label)
    except TooMuch as error:
        sentence = f"{quoted(name, 80)}里的表格过多、过大或层层相套，不像绩效目标表。请删除无关内容后重新上传。"
        raise FileRefused(sentence) from error
    if wanted(sheet.texts):
        stem = PureWindowsPath(name).stem[:LONGEST_SHEET_NAME] or "文档"
        yield OpenedSheet(stem, True, sheet.texts, sheet.merges, origin=sheet.origin, prose=sheet.prose)


def _is_label(word: str) -> bool:
    return label_key(word) in LABELS or foot_key(word) in FOOT_WORDS


@dataclass(slots=True)
class _Piece:
    """Rows of a sheet from `first` on as the parser gives them; `part` is their XML if it is not the whole sheet's."""

    first: int
    values: list[list[Value]]
    merges: list[Merge]
    part: bytes = b""
    mixed: list[int] = field(init=False)
    """Its lines that hold more than texts."""

    def __post_init__(self) -> None:
        self.mixed = [at for at, line in enumerate(self.values) if not ONLY_TEXT.issuperset(map(type, line))]


def _workbook(package: Package, name: str, wanted: Wanted, limits: Limits) -> Iterator[OpenedSheet]:
    with _parser(name):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(package.for_parser()))
    formats = WorkbookFormats(package.parts)
    for number, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = OpenedSheet(metadata.name, metadata.visible == SheetVisibleEnum.Visible)
        known = _Shown()
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
            found = _formats(package, formats, number, part, piece)
            dressed = formats.of_texts(piece.part or package.parts.get(part, b""))
            _add(sheet, piece, replace(found, formats={**found.formats, **dressed}) if dressed else found, known)
        if is_wanted:
            yield sheet


def _formats(package: Package, formats: WorkbookFormats, number: int, part: str, piece: _Piece) -> SheetFormats:
    """The number formats of a piece; most forms hold a few numbers among their texts, or none."""
    data = piece.part or package.parts.get(part, b"")
    is_computed = part not in package.usual and computes(data)
    if not (piece.mixed or is_computed):
        return SheetFormats()
    if package.biff:
        return package.biff.of(number)
    if part in package.plain and not is_computed and (few := _few_numbers(piece)):
        return formats.of_few(data, few) or formats.of(data, is_computed=is_computed)
    return formats.of(data, is_computed=is_computed)


def _few_numbers(piece: _Piece) -> list[tuple[int, int]]:
    """Places of what is no text; none if there are many."""
    found = (
        (piece.first + at, column)
        for at in piece.mixed
        for column, value in enumerate(piece.values[at])
        if type(value) is not str
    )
    places = [*islice(found, FEW_NUMBERS + 1)]
    return places if len(places) <= FEW_NUMBERS else []


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


_new_merge: Callable[[type[Merge], tuple[int, int, int, int]], Merge] = tuple.__new__
"""Quicker than the constructor of a named tuple."""


def _merges(sheet: CalamineSheet) -> list[Merge]:
    ends = [(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
    return [*map(_new_merge, repeat(Merge), ends)]


class _Shown(dict[Value, str]):
    """Value of a cell → the text that it shows where no number format says otherwise; equal texts are one in memory."""

    def __missing__(self, value: Value) -> str:
        self[value] = text = show(value)
        return text

    def of(self, line: list[Value]) -> Iterator[str]:
        if len(self) > MOST_SHARED:
            self.clear()
        if ONLY_TEXT.issuperset(map(type, line)):
            return map(self.setdefault, line, line)  # type: ignore[arg-type]  # texts all
        return map(self.__getitem__, line)


def _add(sheet: OpenedSheet, piece: _Piece, found: SheetFormats, known: _Shown) -> None:
    """Numbers and dates as on the screen."""
    texts = sheet.texts
    texts += [[] for _ in range(piece.first - len(texts))]
    for (row, column), code in found.formats.items():
        line = piece.values[row - piece.first] if 0 <= row - piece.first < len(piece.values) else []
        if column < len(line):
            line[column], exact = shown(line[column], code)
            if exact:
                sheet.exact[row, column] = exact
    for line in piece.values if len(piece.values) > FEW_ROWS else [piece.values[at] for at in piece.mixed]:
        line[:] = known.of(line)  # in place: never twice in memory
    texts += piece.values  # type: ignore[arg-type]  # texts by now
    sheet.merges.extend(piece.merges)
    sheet.formulas.update(found.formulas)
    sheet.errors.update(found.errors)
