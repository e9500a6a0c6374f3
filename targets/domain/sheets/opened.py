"""A file of any type opened as sheets of shown text, one after the other."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PureWindowsPath
from xml.etree import ElementTree as ET

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from targets.domain.sheets.cells import Merge, address, label_key
from targets.domain.sheets.docx import read_docx
from targets.domain.sheets.docx_parts import SAVE_AGAIN, docx_parts
from targets.domain.sheets.docx_table import TooMuch
from targets.domain.sheets.formats import SheetFormats, Value, WorkbookFormats, show
from targets.domain.sheets.guard import CURE, DOCX, ODS, ODS_CONTENT, REFUSED_KINDS, TEXT, Limits, Package, too_far
from targets.domain.sheets.layouts import LAYOUTS
from targets.domain.sheets.ods import TooFar, read_ods
from targets.domain.sheets.origin import Origin, Spot
from targets.domain.sheets.problems import FileRefused, quoted
from targets.domain.sheets.signing import FOOT_WORDS, foot_key
from targets.domain.sheets.text import NotText, TooLarge, read_text

PARSER_ERRORS = (CalamineError, OSError, ValueError, ET.ParseError)
PANIC = "PanicException"
"""What the parser raises where it did not expect a file to be so broken; derived from `BaseException` and nowhere to import from."""
LONGEST_SHEET_NAME = 31
LABELS = frozenset().union(*(layout.labels for layout in LAYOUTS))

Texts = Sequence[Sequence[str]]
Wanted = Callable[[Sequence[Sequence[Value]]], bool]
"""Whether the values of a sheet are worth reading on."""


@dataclass(frozen=True, slots=True)
class OpenedSheet:
    """What the screen showed, where cells are merged, and what stood behind the text."""

    name: str
    is_visible: bool
    texts: list[list[str]]
    merges: Sequence[Merge] = ()
    exact: dict[tuple[int, int], str] = field(default_factory=dict)
    formats: SheetFormats = field(default_factory=SheetFormats)
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
    return _workbook(package, name, wanted)


@contextmanager
def _parser(name: str, cure: str = CURE) -> Iterator[None]:
    """Any failure of a parser on a file that passed the guard is the file's, and is told in words."""
    sentence = f"{quoted(name, 80)}的内部结构有误，读不了。{cure}"
    try:
        yield
    except PARSER_ERRORS as error:
        raise FileRefused(sentence) from error
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise FileRefused(sentence) from error


def _text(package: Package, name: str, wanted: Wanted, limits: Limits) -> Iterator[OpenedSheet]:
    try:
        rows = read_text(package.content, box=limits.box)
    except NotText as error:
        raise FileRefused(f"{quoted(name, 80)}{REFUSED_KINDS['unknown']}") from error
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
    for sheet in sheets:
        if wanted(sheet.texts):
            formats = SheetFormats({}, sheet.formulas, frozenset(sheet.errors))
            yield OpenedSheet(sheet.name, sheet.is_visible, sheet.texts, sheet.merges, sheet.exact, formats)


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


def _workbook(package: Package, name: str, wanted: Wanted) -> Iterator[OpenedSheet]:
    with _parser(name):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(package.content))
    formats = WorkbookFormats(package.parts)
    has_formulas = package.has_formulas
    for number, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        with _parser(name):
            source = workbook.get_sheet_by_name(metadata.name)
            values: list[list[Value]] = source.to_python(skip_empty_area=False)
        if not wanted(values):
            continue
        is_visible = metadata.visible == SheetVisibleEnum.Visible
        merges = _merges(source, name)
        if not has_formulas and not any(type(value) is not str for line in values for value in line):
            yield OpenedSheet(metadata.name, is_visible, values, merges)  # type: ignore[arg-type]
            continue
        own = package.biff.of(number) if package.biff else formats.of(metadata.name)
        texts, exact = _shown(values, own)
        yield OpenedSheet(metadata.name, is_visible, texts, merges, exact, own)


def _merges(sheet: CalamineSheet, name: str) -> list[Merge]:
    with _parser(name):
        return [Merge(*start, *end) for start, end in sheet.merged_cell_ranges or ()]


def _shown(
    values: Sequence[Sequence[Value]], formats: SheetFormats
) -> tuple[list[list[str]], dict[tuple[int, int], str]]:
    """Numbers and dates as on the screen, and the whole number behind each."""
    exact: dict[tuple[int, int], str] = {}
    texts: list[list[str]] = []
    for row, line in enumerate(values):
        shown: list[str] = []
        for column, value in enumerate(line):
            if type(value) is str:
                shown.append(value)
                continue
            shown.append(show(value, formats.formats.get(address(row, column), "")))
            if isinstance(value, float | int):
                exact[row, column] = show(value)
        texts.append(shown)
    return texts, exact
