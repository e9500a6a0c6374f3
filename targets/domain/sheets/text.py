"""Tables as text: comma separated values, and what a spreadsheet or a published page gives when it is copied or saved.

Encodings: UTF-8 and UTF-16 with or without their marks, else GB18030, which is what a Chinese Excel writes.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from targets.domain.sheets.cells import MOST_SHARED

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = "\t,;"
QUOTED = re.compile(r'(?:^|(?<=[\t,;\n]))"(?:[^"]|"")*"(?=[\t,;\r\n]|$)')
SAMPLE = 200_000
"""Characters by which the separator is found."""
ENOUGH_TABS = 3
ENOUGH_COMMAS = 8
"""In the first line, where that is the head of a list: then tabs further down belong to its texts."""
MOST_ROWS = 1_048_576
"""As many as a spreadsheet has."""
MOST_LINES_IN_CELL = 200
"""A quoted cell with more lines was no quoted cell: the quotation mark belongs to the text."""
LONGEST_FIELD = 1_000_000

LIVE_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula when it opens a CSV file (OWASP, CSV injection)."""
MISREAD = re.compile(
    r"0\d+|\d{12,}|\d+([-/:])\d+(\1\d+)?|\d+\.\d*0|\d+\.(\d|\d{3,})%|\d+(\.\d+)?[eE][+-]?\d+", re.ASCII
)
"""What a spreadsheet takes for a number, a day or a time, and then shows and saves as another text: 00123, 370302230001, 1-2."""
LOOKED_AT = frozenset((*LIVE_SIGNS, "'", *"0123456789"))
DEAD = re.compile(r"-{1,3}|-[\d,.]*\d%?")
"""A dash for "nothing" and a negative number compute nothing: they stay as typed."""


class NotText(ValueError):
    """Bytes of no known encoding."""


class TooLarge(ValueError):
    """More cells than a form can have."""


def decode(content: bytes) -> str:
    for encoding in ("utf-16",) if content.startswith(UTF16_MARKS) else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotText


def read_text(content: bytes, *, box: int) -> tuple[list[list[str]], str]:
    """Rows of cells, and the mark between two of them. Raises `NotText` or `TooLarge`."""
    text = decode(content)
    if text.count("\x00") > len(text) // 20:
        raise NotText
    separator = _separator(text)
    if text.count("\n") + text.count("\r") > MOST_ROWS or text.count(separator) > box:
        raise TooLarge
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        rows = _quoted_rows(text, separator)
    except (csv.Error, _Implausible):
        rows = _taken(line.rstrip("\n").split(separator) for line in _lines(text))
    if len(rows) * max(map(len, rows), default=0) > box:
        raise TooLarge
    return rows, separator


def _separator(text: str) -> str:
    """A few lines with tabs decide, or the first line; else the mark that most lines have, outside quotation marks."""
    lines = QUOTED.sub("", text[:SAMPLE]).splitlines()
    first = lines[0] if lines else ""
    if first.count(",") >= ENOUGH_COMMAS and "\t" not in first:
        return ","
    counts = {mark: sum(mark in line for line in lines) for mark in SEPARATORS}
    return "\t" if counts["\t"] >= ENOUGH_TABS else max(counts, key=lambda mark: counts[mark])


class _Implausible(Exception):
    """The quotation marks are no marks of cells."""


class _Cells(dict[str, str]):
    """Cell of the file → its text, each found once: equal texts are one in memory."""

    def __missing__(self, cell: str) -> str:
        if cell.count("\n") >= MOST_LINES_IN_CELL:
            raise _Implausible
        if len(self) > MOST_SHARED:
            self.clear()
        self[cell] = text = as_typed(cell)
        return text


def _quoted_rows(text: str, separator: str) -> list[list[str]]:
    csv.field_size_limit(LONGEST_FIELD)
    return _taken(csv.reader(_lines(text), delimiter=separator, strict=True))


def _taken(rows: Iterable[list[str]]) -> list[list[str]]:
    cells = _Cells()
    return [[*map(cells.__getitem__, row)] for row in rows]


def _lines(text: str) -> Iterator[str]:
    """Each with its end; a reader of the whole text would hold it once more."""
    start = 0
    while end := text.find("\n", start) + 1:
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


@lru_cache(maxsize=4096)
def inert(text: str) -> str:
    """CSV knows no text cells, so an apostrophe keeps a spreadsheet from computing `=100%`, and a tab behind it, which nobody
    sees, from taking the code 00123 for 123. `as_typed` takes them off again."""
    if text[:1].isdecimal():
        return f"{text}\t" if MISREAD.fullmatch(text) else text
    if text.startswith("'"):
        return f"'{text}" if text.lstrip("'").startswith(LIVE_SIGNS) else text
    return f"'{text}" if text.startswith(LIVE_SIGNS) and not DEAD.fullmatch(text) else text


def as_typed(cell: str) -> str:
    """The reverse of `inert`."""
    if cell.endswith("\t"):
        return cell[:-1] if MISREAD.fullmatch(cell, 0, len(cell) - 1) else cell
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(LIVE_SIGNS) else cell
