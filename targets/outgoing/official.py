"""The paper forms: all in one workbook, or each in a workbook of its own, packed together."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from django.utils.timezone import localtime

from targets.domain.sheets.writer import write_official
from targets.models import Declaration, Revision
from targets.outgoing.text import Outgoing

SHEETS_AT_MOST = 300
"""As many as one file that comes in may have (`targets.domain.sheets.guard`), so that what goes out can come back."""
FORBIDDEN_IN_NAMES = re.compile(r'[\\/:*?"<>|\s\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
LONGEST_NAME = 70
"""Characters; a Chinese one takes three bytes of the 255 that file systems allow."""


class TooManySheets(ValueError):
    def __init__(self, count: int) -> None:
        super().__init__(f"一个工作簿最多放{SHEETS_AT_MOST}张表，所选有{count}张。请改选压缩包，或缩小范围后再导出。")


def check_code(declaration: Declaration, revision: Revision | None = None) -> str:
    """校验码 on a print-out: names the form and the revision (the current one unless given), so that paper and system can be compared."""
    owner = declaration.unit.code or f"D{declaration.unit_id}"
    revision = revision or declaration.current_revision
    return f"{declaration.year}-{owner}-{declaration.pk:04d}-R{revision.number if revision else 0}"


def write_workbook(target: IO[bytes], forms: Iterable[Outgoing]) -> None:
    """One sheet a form, each with the check code of the text that is printed."""
    chosen = list(forms)
    if len(chosen) > SHEETS_AT_MOST:
        raise TooManySheets(len(chosen))
    target.write(_workbook(chosen))


def write_single_workbooks(target: IO[bytes], forms: Iterable[Outgoing]) -> None:
    """A zip with one workbook for each form, named by department and title."""
    taken: set[str] = set()
    now = localtime().timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for form in forms:
            entry = zipfile.ZipInfo(free_name(file_stem(_name_parts(form)), taken) + ".xlsx", now)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, _workbook([form]))


def file_stem(parts: Iterable[str]) -> str:
    """Parts of a file name joined so that every system takes it."""
    safe = (FORBIDDEN_IN_NAMES.sub("", part) for part in parts)
    return "_".join(part for part in safe if part)[:LONGEST_NAME].strip(".") or "绩效目标表"


def free_name(stem: str, taken: set[str]) -> str:
    """The name, numbered if it is taken whatever the case."""
    name, number = stem, 2
    while name.casefold() in taken:
        name, number = f"{stem}({number})", number + 1
    taken.add(name.casefold())
    return name


def _workbook(forms: list[Outgoing]) -> bytes:
    codes = [check_code(form.declaration, form.revision) for form in forms]
    return write_official([form.record for form in forms], check_codes=codes)


def _name_parts(form: Outgoing) -> Iterator[str]:
    declaration = form.declaration
    yield declaration.department.code + declaration.department.label
    if declaration.unit_id != declaration.department_id:
        yield declaration.unit.label
    yield form.record.title
