"""The number formats of an .xlsx, cell by cell, its formulas and errors.

The parser drops them, so a cell that shows 95% arrives as 0.95. This module reads the few attributes it needs from the
unpacked sheet.
"""

import html
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from posixpath import join, normpath
from xml.etree import ElementTree as ET

from targets.domain.sheets.cells import address, column_number, position
from targets.domain.sheets.number_format import GENERAL, PLAIN, TRUTH, show
from targets.domain.sheets.plain import PlainSheet

BUILT_IN: Mapping[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 48: "##0.0E+0",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"',
    30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"',
    55: 'yyyy"年"m"月"', 56: 'm"月"d"日"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
"""Numbers of formats that files do not spell out, as a Chinese Excel shows them (ECMA-376 part 1, 18.8.30)."""

CELL = (
    rb"""<%bc(?! r="\w++"(?: s="\d++")?+(?: ?/| t="s"))(?=[\s>])(?![^>]*\bt="(?:s|inlineStr)")(?: r="([A-Z]{1,3})([0-9]{1,7})"(?=[\s>]))?+"""
    rb"""((?:[^>"']++|"[^"]*+"|'[^']*+')*+)(?<!/)>(?!</)"""
)
"""A cell with a value that is no text, its address (where that comes first) and its other attributes.

The first look ahead is but for speed: most cells are blank, or a text in the order in which all programs write it.
"""
IN_UTF8 = b'<?xml version="1.0" encoding="UTF-8"'
SHEET = re.compile(
    rb'<sheet name="([^"&<>\t\r\n]*)" sheetId="[0-9]+"(?: state="[a-zA-Z]+")? r:id="([^"&<>\t\r\n]*)" ?/>'
)
"""As office programs write it; others are read as XML."""
NUMBER = re.compile(rb'(?: s="([0-9]{1,9}+)")?+(?: t="n")?+><v>')
TEXT = re.compile(rb'(?: s="[0-9]++")?+(?:(?: t="n")?+(?: ?/>|></c>)| t="(?:s|inlineStr)">(?:<v>)?| t="str"><v>)')
"""What is said of a number (`Cells.said`), and of a text or a blank."""
NUMBER_CELL = rb'<c r="(%b)([0-9]++)"(?: s="([0-9]{1,9}+)")?+(?: t="n")?+><v>'
ADDRESS = re.compile(rb"[A-Z]{1,3}[1-9][0-9]{0,6}")
PREFIX = re.compile(rb"<(\w+:)?sheetData\b")
SAMPLE = "某"
FORMULA = re.compile(
    rb"\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v[^>]*>([^<]*)<)?"
)
HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row (?=[^>]*\bhidden="(?:1|true)")[^>]*\br="([0-9]{1,7})"')
COLUMNS = re.compile(rb"<(?:\w+:)?col ([^>]*)>")
MAY_HIDE = re.compile(rb"""hidden\s*=\s*["'](?:1|true)|width\s*=\s*["']0""")
COLUMN_SAYS = re.compile(rb"""\b(min|max|hidden|width)\s*=\s*["']([^"']*)["']""")
NO_WIDTH = re.compile(rb"0+(?:\.0*)?")
MOST_COLUMNS = 16_384
CELL_TAG = re.compile(rb"<(?:\w+:)?c ([^>]*)>")
TEXT_TYPES = (b"s", b"inlineStr", b"str")
ATTRIBUTE = re.compile(rb"""\b([rst])\s*=\s*["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class SheetFormats:
    """Of one sheet: number formats, and what was typed as a formula."""

    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """By row and column."""
    columns: Mapping[int, str] = field(default_factory=dict)
    """Of columns in which all numbers have the same."""
    formulas: Mapping[str, str] = field(default_factory=dict)
    """Address → `=…`."""
    errors: frozenset[str] = frozenset()
    """Addresses that show an error (#NAME?)."""
    hidden: frozenset[int] = frozenset()
    """Rows that are not shown."""
    hidden_columns: frozenset[int] = frozenset()


class WorkbookFormats:
    """Looks formats up in a workbook; what all sheets share is read once, and only if it is needed."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = parts
        self._told: dict[bytes, tuple[str, bool, bytes]] = {}

    @cached_property
    def _styles(self) -> bytes:
        return bytes(self._parts.get("xl/styles.xml", b""))

    @cached_property
    def _codes(self) -> dict[int, str]:
        return _style_codes(self._styles)

    @cached_property
    def _sheets(self) -> dict[str, str]:
        return sheet_parts(self._parts)

    def part_of(self, sheet: str) -> str:
        """The path of its part, "" if there is none."""
        part = self._sheets.get(sheet, "")
        return part if part in self._parts else ""

    def hidden_rows(self, data: bytes) -> frozenset[int]:
        """Of a sheet's part, from 0."""
        if b'hidden="' not in data or not (b'hidden="1"' in data or b'hidden="true"' in data):
            return frozenset()  # LibreOffice says of each row that it is not
        return frozenset(int(number) - 1 for number in HIDDEN_ROW.findall(data))

    def hidden_columns(self, data: bytes) -> frozenset[int]:
        """Of a sheet's part, from 0; of width 0 is hidden too."""
        return _hidden_columns(bytes(data[: max(data.find(b"sheetData"), 0)]))

    def of_texts(self, data: bytes) -> dict[tuple[int, int], str]:
        """Of the texts in a sheet's part that are shown with something before or after them, or not at all."""
        dressing = _dressing(self._styles)
        if not dressing:
            return {}
        found: dict[tuple[int, int], str] = {}
        for tag in CELL_TAG.findall(data):
            said = dict(ATTRIBUTE.findall(tag))
            place = said.get(b"r", b"").upper()
            if said.get(b"s") in dressing and said.get(b"t") in TEXT_TYPES and ADDRESS.fullmatch(place):
                found[position(place.decode())] = self._codes[int(said[b"s"])]
        return found

    def of_plain(self, sheet: PlainSheet, data: bytes) -> SheetFormats | None:
        """Of a plain sheet or some of its rows; None if some cells hold no text and no number (computed, true, an error)."""
        codes: defaultdict[bytes, set[str]] = defaultdict(set)
        for column, said in sheet.cells:
            if found := NUMBER.fullmatch(said):
                codes[column].add(self._code(found[1]))
            elif not TEXT.fullmatch(said):
                return None
        several = [column for column, some in codes.items() if len(some) > 1]
        columns = {_column(column): code for column, (code, *others) in codes.items() if not others}
        return SheetFormats(self._of_cells(data, several) if several else {}, columns)

    def _of_cells(self, data: bytes, columns: Sequence[bytes]) -> dict[tuple[int, int], str]:
        cells = re.findall(NUMBER_CELL % b"|".join(columns), data)
        return {
            (int(row) - 1, _column(letters)): code
            for letters, row, style in cells
            if (code := self._code(style)) != GENERAL
        }

    def _code(self, style: bytes | None) -> str:
        code = self._codes.get(int(style or 0), GENERAL)
        return GENERAL if code in PLAIN else code

    def of(self, data: bytes) -> SheetFormats:
        """Of any sheet's part, cell by cell."""
        formats: dict[tuple[int, int], str] = {}
        errors: set[str] = set()
        pattern = _cell_pattern(data)
        for letters, number, others in pattern.findall(data):
            code, is_error, named = self._read_once(others)
            if code == GENERAL and not is_error:
                continue
            if letters:
                place = int(number) - 1, _column(letters)
            elif named:
                place = position(named.decode())
            else:
                continue
            formats[place] = code
            if is_error:
                errors.add(address(*place))
        return SheetFormats(formats, {}, self._formulas(data, pattern) if _computes(data) else {}, frozenset(errors))

    def _formulas(self, data: bytes, pattern: re.Pattern[bytes]) -> dict[str, str]:
        formulas: dict[str, str] = {}
        for cell in pattern.finditer(data):
            letters, number, others = cell.groups(b"")
            place = (letters + number or self._told[others][2]).decode()
            found = FORMULA.match(data, cell.end())
            if place and found and found[1] is not None:
                formulas[place] = "=" + html.unescape(found[1].decode("utf-8", "replace"))
        return formulas

    def _read_once(self, attributes: bytes) -> tuple[str, bool, bytes]:
        if attributes not in self._told:
            self._told[attributes] = self._read(attributes)
        return self._told[attributes]

    def _read(self, attributes: bytes) -> tuple[str, bool, bytes]:
        """Format, whether the cell shows an error, address."""
        found = dict(ATTRIBUTE.findall(attributes))
        style = found.get(b"s", b"0")
        code = self._codes.get(int(style) if style.isdigit() else 0, GENERAL)
        if found.get(b"t") == b"b":
            code = TRUTH
        named = found.get(b"r", b"").upper()
        return code, found.get(b"t") == b"e", named if ADDRESS.fullmatch(named) else b""


@lru_cache(maxsize=1024)
def _column(letters: bytes) -> int:
    """From 0."""
    return column_number(letters.decode())


@lru_cache(maxsize=8)
def _hidden_columns(above: bytes) -> frozenset[int]:
    """What is said of columns stands above the rows, and in most forms of one office is the same."""
    spans: list[tuple[int, int]] = []
    for tag in COLUMNS.findall(above) if MAY_HIDE.search(above) else ():
        said = dict(COLUMN_SAYS.findall(tag))
        first, last = said.get(b"min", b""), said.get(b"max", b"")
        is_hidden = said.get(b"hidden") in (b"1", b"true") or NO_WIDTH.fullmatch(said.get(b"width", b""))
        if is_hidden and first.isdigit() and last.isdigit():
            spans.append((max(int(first[:7]) - 1, 0), min(int(last[:7]), MOST_COLUMNS)))
    hidden: set[int] = set()
    end = 0
    for start, stop in sorted(spans):  # each column once: a sheet may hide all of them thousands of times
        hidden.update(range(max(start, end), stop))
        end = max(end, stop)
    return frozenset(hidden)


def _computes(sheet: bytes) -> bool:
    """Whether some cell may be a formula or show an error; the parser tells neither."""
    return b"<f" in sheet or b":f" in sheet or b't="e"' in sheet


def _cell_pattern(sheet: bytes) -> re.Pattern[bytes]:
    prefix = PREFIX.search(sheet)
    return re.compile(CELL % re.escape((prefix[1] if prefix else b"") or b""))


def sheet_parts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Name of a sheet → path of its part."""
    targets = _targets(bytes(parts.get("xl/_rels/workbook.xml.rels", b"")))
    return {name: targets.get(identity, "") for name, identity in _sheet_ids(bytes(parts.get("xl/workbook.xml", b"")))}


@lru_cache(maxsize=8)
def _sheet_ids(workbook: bytes) -> Sequence[tuple[str, str]]:
    """Name and id of each sheet."""
    found = SHEET.findall(workbook)
    if workbook.startswith(IN_UTF8) and b"<!" not in workbook and len(found) == workbook.count(b"sheet "):
        return [(name.decode("utf-8", "replace"), identity.decode("utf-8", "replace")) for name, identity in found]
    return [
        (sheet.get("name", ""), next((value for key, value in sheet.attrib.items() if key.endswith("}id")), ""))
        for sheet in _elements(workbook, "sheet")
    ]


@lru_cache(maxsize=8)
def _targets(relations: bytes) -> Mapping[str, str]:
    """Id → path. As with the styles, the next workbook of the same program mostly says the same."""
    return {
        relation.get("Id", ""): normpath(join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in _elements(relations, "Relationship")
    }


@lru_cache(maxsize=8)
def _style_codes(styles: bytes) -> dict[int, str]:
    """Number of a cell style → its number format. Workbooks of one program mostly have the same styles."""
    elements = _elements(styles, "numFmt", "cellXfs")
    own = {_number(entry): entry.get("formatCode", GENERAL) for entry in elements if _name(entry) == "numFmt"}
    for cell_styles in elements:
        if _name(cell_styles) == "cellXfs":
            numbers = [_number(style) for style in cell_styles]
            return {index: own.get(number) or BUILT_IN.get(number, GENERAL) for index, number in enumerate(numbers)}
    return {}


@lru_cache(maxsize=8)
def _dressing(styles: bytes) -> frozenset[bytes]:
    """The cell styles, as sheets name them, under which a text gets something before or after it: `@"元"`."""
    if b"@" not in styles and b";;;" not in styles:
        return frozenset()
    return frozenset(str(number).encode() for number in dressed(_style_codes(styles)))


def dressed(codes: Mapping[int, str]) -> frozenset[int]:
    """Of the numbers of cell styles, those under which a text is not shown as it is."""
    return frozenset(number for number, code in codes.items() if show(SAMPLE, code) != SAMPLE)


def _number(element: ET.Element) -> int:
    number = element.get("numFmtId", "")
    return int(number[:9]) if number.isascii() and number.isdigit() else 0


def _elements(part: bytes, *names: str) -> list[ET.Element]:
    try:
        root = ET.fromstring(part)  # noqa: S314 - the guard refuses entities
    except (ET.ParseError, LookupError, ValueError):
        return []
    return [element for element in root.iter() if _name(element) in names]


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
