"""Files of every type and layout, changed at random as damage, other programs and ill will would: one seed, one file.

Three ways: the bytes of the file, the parts and values of its XML (so that it is not the zip that is found broken), and
the cells of a form before a file is made of them.
"""

import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from targets.domain.record import PLAN, PROJECT, IndicatorRow, Record
from targets.domain.sheets.flat_writer import COLUMNS, FlatForm, csv_chunks, flat_lines, write_flat_workbook
from targets.domain.sheets.writer import write_official
from targets.tests.sheets import samples
from targets.tests.sheets.books import ROWS, book, fill, one_sheet, project_lines
from targets.tests.sheets.exact import FOLDER
from targets.tests.sheets.files import (
    Formula,
    Percent,
    as_ods,
    as_text,
    as_xls,
    biff_sheet,
    ods_table,
)
from targets.tests.sheets.mutated_bytes import AWKWARD_TEXTS, BYTE_CHANGES, rezipped, zipped
from targets.tests.sheets.other_forms import FIELDS, PLAN_ROWS
from targets.tests.sheets.words import as_tables

AWKWARD_VALUES: tuple[Any, ...] = (
    *AWKWARD_TEXTS, 0, -1, 1, 2**63, 1e15 + 0.3, 1e-9, 1e300, True, False, Percent(0.95), Percent(-3.5), date(1900, 1, 1), date(9999, 12, 31),
    date(2023, 12, 31), Formula("=100%"), "", "",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """`how` says of which file it was made and what was done to it."""

    content: bytes
    name: str
    how: str


# Cells ----------------------------------------------------------------------------------------------------------------

Rows = list[list[Any]]
FORMS: tuple[tuple[str, Rows], ...] = (
    ("V1", project_lines(department="[202]淄川区教育和体育局", unit="淄川区实验学校")),
    ("V3", samples.V3),
    ("V4", samples.V4),
    ("V5", samples.V5),
    ("V7", samples.V7),
    ("V8", samples.V8),
    ("V9", samples.V9),
    ("V9b", samples.V9B),
)


def changed_cells(rows: Rows, random: Random) -> tuple[Rows, str]:
    rows = [list(row) for row in rows]
    done = []
    for _ in range(random.randint(1, 5)):
        change = random.choice(CELL_CHANGES)
        change(rows, random)
        done.append(change.__name__.strip("_"))
    return rows, "+".join(done)


def _place(rows: Rows, random: Random) -> tuple[list[Any], int]:
    row = random.choice([row for row in rows if row] or [[""]])
    return row, random.randrange(len(row))


def _exchange(rows: Rows, random: Random) -> None:
    row, at = _place(rows, random)
    row[at] = random.choice(AWKWARD_VALUES)


def _add_to(rows: Rows, random: Random) -> None:
    row, at = _place(rows, random)
    word = random.choice(AWKWARD_TEXTS)
    row[at] = f"{row[at]}{word}" if random.random() < 0.5 else f"{word}{row[at]}"


def _swap(rows: Rows, random: Random) -> None:
    (one, at), (other, there) = _place(rows, random), _place(rows, random)
    one[at], other[there] = other[there], one[at]


def _move_row(rows: Rows, random: Random) -> None:
    rows.insert(random.randrange(len(rows)), rows.pop(random.randrange(len(rows))))


def _repeat_rows(rows: Rows, random: Random) -> None:
    at = random.randrange(len(rows))
    rows[random.randrange(len(rows)) : 0] = [list(row) for row in rows[at : at + random.randint(1, len(rows))]]


def _drop_row(rows: Rows, random: Random) -> None:
    if len(rows) > 1:
        del rows[random.randrange(len(rows))]


def _shift_row(rows: Rows, random: Random) -> None:
    row, at = _place(rows, random)
    row[at:at] = [""] * random.choice((1, 1, 2, 5, 60))


def _drop_cell(rows: Rows, random: Random) -> None:
    row, at = _place(rows, random)
    if len(row) > 1:
        del row[at]


def _blank_row(rows: Rows, random: Random) -> None:
    rows.insert(random.randrange(len(rows)), [""] * random.choice((0, 3)))


def _join_cells(rows: Rows, random: Random) -> None:
    row, at = _place(rows, random)
    row[at : at + 3] = [random.choice(("\n", " ", "　　", "：")).join(map(str, row[at : at + 3]))]


CELL_CHANGES = (
    _exchange,
    _exchange,
    _exchange,
    _add_to,
    _swap,
    _move_row,
    _repeat_rows,
    _drop_row,
    _shift_row,
    _drop_cell,
    _blank_row,
    _join_cells,
)


def _as_xlsx(rows: Rows, random: Random) -> bytes:
    """Texts that the format holds; also with merges anywhere."""

    def draw(sheet: Any) -> None:
        fill(sheet, [[_storable(value) for value in row] for row in rows])
        for _ in range(random.choice((0, 0, 1, 4))):
            top, left = random.randint(1, 20), random.randint(1, 6)
            sheet.merge_cells(start_row=top, start_column=left, end_row=top + random.randint(0, 4), end_column=left + random.randint(0, 2))  # fmt: skip

    return book(("Sheet1", draw))


def _storable(value: Any) -> Any:
    if isinstance(value, Percent):
        return float(value)
    if isinstance(value, str):
        return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", str(value))[:32_767]
    return value if not isinstance(value, int) or abs(value) < 2**63 else float(value)


def _for_bytes(rows: Rows) -> Rows:
    """What the byte-by-byte writers hold: no datetime, no text longer than a record."""

    def fitting(value: Any) -> Any:
        if isinstance(value, bool | datetime) or (isinstance(value, int) and abs(value) > 2**52):
            return str(value)
        if isinstance(value, str) and not isinstance(value, Formula):
            return value[:2000].replace("\x00", "")
        return value

    return [[fitting(value) for value in row] or [""] for row in rows]


def _written(rows: Rows, random: Random) -> tuple[bytes, str]:
    kind = random.choice(("xlsx", "xlsx", "xls", "ods", "csv", "tab", "gb18030"))
    if kind == "xlsx":
        return _as_xlsx(rows, random), kind
    if kind == "xls":
        return as_xls(("表", biff_sheet(_for_bytes(rows)))), kind
    if kind == "ods":
        return as_ods(ods_table("表", _for_bytes(rows))), kind
    separator = {"csv": ",", "tab": "\t", "gb18030": ";"}[kind]
    text = as_text(rows, separator, "utf-8").decode()
    return text.encode("gb18030" if kind == "gb18030" else "utf-8"), kind


# Files ----------------------------------------------------------------------------------------------------------------


def _records() -> list[Record]:
    """A project and a plan of the department that the tests' district has, with merged cells."""
    own: dict[str, Any] = {"year": 2023, "department_code": "202", "department_name": "淄川区教育和体育局"}
    money: dict[str, Any] = {name: Decimal("4943900.00") for name in ("total", "fiscal")}
    project = [dict(zip(("level1", "level2", "name", "target"), row, strict=True)) for row in ROWS]
    plan = [dict(zip(FIELDS, row, strict=True)) for row in PLAN_ROWS]
    return [
        Record(
            PROJECT,
            title="校车运营补贴",
            unit="淄川区实验学校",
            goal="保障学生乘车。",
            rows=_joined(project),
            **own,
            **money,
        ),
        Record(PLAN, title="2023年整体绩效目标表", rows=_joined(plan), **own),
    ]


def _joined(lines: list[dict[str, str]]) -> tuple[IndicatorRow, ...]:
    """Blank outer cells are merged with the cell above."""
    rows: list[IndicatorRow] = []
    for line in lines:
        outer = [name for name in ("level1", "level2", "number", "duty_group", "duty", "duty_goal") if name in line]
        blank = tuple(name for name in outer if not line[name])
        above = {name: getattr(rows[-1], name) for name in blank} if rows else {}
        rows.append(IndicatorRow(**(line | above), continues=blank))
    return tuple(rows)


def _sheets(content: bytes) -> list[Worksheet]:
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets


@cache
def bases() -> tuple[tuple[str, bytes], ...]:
    """Sound files of every type and layout; the department of some is one that the tests' district has."""
    found = [(path.name, path.read_bytes()) for path in sorted(FOLDER.glob("*.xlsx"))]
    own = _records()
    official = write_official(own)
    flat = io.BytesIO()
    forms = [FlatForm(record) for record in own]
    write_flat_workbook(flat, forms)
    lines = project_lines()
    texts = [[str(value) for value in line] for line in lines]
    found += [
        ("官方格式.xlsx", official),
        ("官方格式.xlsx", official),
        ("明细.xlsx", flat.getvalue()),
        ("明细.csv", b"".join(csv_chunks(COLUMNS, flat_lines(forms)))),
        ("V1.xlsx", one_sheet(lines, merges=("A8:A13", "B9:B10", "A4:A6"))),
        ("V4.xlsx", samples.form_book(samples.V4, samples.V4_MERGES)),
        ("V9.xlsx", samples.form_book(samples.V9, samples.V9_MERGES)),
        ("V3.xlsx", samples.form_book(samples.V3, samples.V3_MERGES)),
        ("老格式.xls", as_xls(("表", biff_sheet(lines, merges=[(7, 12, 0, 0)])), macros=True)),
        ("开放格式.ods", as_ods(ods_table("表", lines))),
        ("文档.docx", as_tables(*_sheets(samples.form_book(samples.V4, samples.V4_MERGES)))),
        ("文档.docx", as_tables(*_sheets(official))),
        ("国标码.csv", as_text(texts, ",", "gb18030")),
        ("宽字符.txt", as_text(texts, "\t", "utf-16")),
        ("公开.txt", (FOLDER / "source" / "2023-disclosure.txt").read_bytes()[:20_000]),
        ("全部.zip", zipped([("甲/表.xlsx", official), ("乙/表.xlsx", one_sheet(lines)), ("说明.txt", b"x")])),
    ]
    return tuple(found)


def mutant(seed: int) -> Mutant:
    """One file of a kind of its own for each seed."""
    random = Random(seed)  # noqa: S311 - damage need not be secret
    if seed % 3 == 0:
        form, rows = random.choice(FORMS)
        rows, how = changed_cells(rows, random)
        content, kind = _written(rows, random)
        return Mutant(content, f"{form}.{kind}", f"{form} as {kind}: {how}")
    name, content = random.choice(bases())
    if content.startswith(b"PK") and random.random() < 0.8:
        content, how = rezipped(content, random)
    else:
        change = random.choice(BYTE_CHANGES)
        content, how = change(content, random), change.__name__
    return Mutant(content, name, f"{name}: {how}")
