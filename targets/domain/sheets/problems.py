"""What a person is told about a file: place, fault, cure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from string import ascii_uppercase

LONGEST_SHEET_NAME = 31
LONGEST_TOLD = 100
"""A broken or hostile workbook may call a sheet anything."""

MEGABYTE = 1024 * 1024

REFUSED = "refused"
"""The form cannot be stored."""
GUESS = "guess"
"""Read by a rule that may be wrong: please look."""
WARNING = "warning"
"""Read as it stands, or left out, and worth a look."""
NOT_IMPORTED = "这张表没有导入。"


class FileRefused(Exception):
    """The file as a whole cannot be read; the text is a sentence for the person who uploaded it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One remark on a cell. The message names the place itself, so that it can stand alone in a list or a mail."""

    sheet: str
    cell: str
    level: str
    message: str


def problem(sheet: str, cell: str, level: str, sentence: str) -> Problem:
    return Problem(sheet, cell, level, f"{sheet}!{cell}：{sentence}")


def moved(found: Problem, sheet: str, cell: str) -> Problem:
    """The same remark under another name of its place."""
    sentence = found.message.removeprefix(f"{found.sheet}!{found.cell}：")
    return problem(sheet, cell, found.level, sentence)


def told_by_form(rows: Sequence[Sequence[int]], told: Iterable[Problem]) -> list[list[Problem]]:
    """What is known of cells of a sheet, given row by row to the forms that have these rows."""
    found: list[list[Problem]] = [[] for _ in rows]
    owners: dict[int, int] = {}
    for one in sorted(told, key=_row):
        owners = owners or {row: number for number, own in enumerate(rows) for row in own}
        if (owner := owners.get(_row(one))) is not None:
            found[owner].append(one)
    return found


def _row(found: Problem) -> int:
    return int(found.cell.lstrip(ascii_uppercase)) - 1


def too_large(name: str, size: int, most: int) -> str:
    """The one sentence, at every door, about a file that has more bytes than are taken."""
    return f"{quoted(name, 80)}有{size / MEGABYTE:.1f}MB，超过{most / MEGABYTE:g}MB的上限。请拆成几个文件分别上传。"


def sheet_name(file: str) -> str:
    """What the only sheet of a file is called that has none of its own."""
    return PureWindowsPath(file).stem[:LONGEST_SHEET_NAME]


def told_sheet(name: str) -> str:
    """A sheet's name as messages and lists tell it: no control or direction characters, no longer than one can read."""
    shown = "".join(char for char in name if char.isprintable())
    return shown if len(shown) <= LONGEST_TOLD else f"{shown[:LONGEST_TOLD]}…"


def quoted(text: str, longest: int = 40) -> str:
    """A value as it is quoted in a message; long text is cut, the file itself holds the rest."""
    flat = " ".join(text.split())
    return f"“{flat if len(flat) <= longest else flat[:longest] + '…'}”"
