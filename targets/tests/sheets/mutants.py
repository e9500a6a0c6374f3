"""Files of every type and layout, changed at random as damage, other programs and ill will would: one seed, one file.

Three ways: the bytes of the file, the parts and values of its XML (so that it is not the zip that is found broken), and
the cells of a form before a file is made of them.
"""

import io
import re
import zipfile
from collections.abc import Callable
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
from targets.tests.sheets.other_forms import FIELDS, PLAN_ROWS
from targets.tests.sheets.words import as_tables

AWKWARD_BYTES = (
    b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b'"', b"\t", b"\n", b",", b"99999999", b"\xfe\xff\xff\xff", b"<", b"&", b"PK\x03\x04",
    b"PK\x01\x02", b"]]>", b"<!--",
)  # fmt: skip
AWKWARD_TEXTS = (
    "\x00", "\u202e表标目", "\ufeff", "\ud7ff", "长" * 32_767, "\n" * 300, "=1/0", "=HYPERLINK(\"http://a\")", "+1", "-100%", "@SUM(A1)", "'",
    "：", ":", "（", "）（", "★★★", "□√□", "〇", "95％", "≥≥≥", "1e308", "-1e308", "999999999999999999999", "0.0000001", "NaN", "Infinity", "2023年",
    "9999年", "0年", "2023年13月45日", "一级指标", "指标值", "项目名称", "合计", "填表人", "项目支出绩效目标表", "项目支出绩效自评表", "[202]", "[]", "１２３",
    "一" * 61, "a" * 3000, "😀" * 50, " ", "\u3000", "\r\n", "\x0b", "_x0000_", "&#0;", "0,0,0", "1,23,4", "亿", "万元", "负数", "页码 1/2", "第1页",
    "≥95% ≥96% ≥97%", "数量指标\n质量指标", "1 2 3 4 5 6 7 8 9 10 11 12 13",
)  # fmt: skip
AWKWARD_VALUES: tuple[Any, ...] = (
    *AWKWARD_TEXTS, 0, -1, 1, 2**63, 1e15 + 0.3, 1e-9, 1e300, True, False, Percent(0.95), Percent(-3.5), date(1900, 1, 1), date(9999, 12, 31),
    date(2023, 12, 31), Formula("=100%"), "", "",
)  # fmt: skip
NUMBERS = (
    b"0", b"-1", b"1e999", b"-1e999", b"nan", b"inf", b"4294967295", b"4294967296", b"18446744073709551616", b"99999999999999999999999", b"2958466",
    b"-693594", b"0.1e-320", b"1.7976931348623157e308", b"", b" ", b"x",
)  # fmt: skip
PLACES = (
    b"A1", b"XFD1048576", b"ZZZ1", b"A0", b"A1048577", b"B2:A1", b"A1:XFD1048576", b"A1:A1", b"A5:E5", b"B3:D9", b"AAAA1", b"1A", b"", b"a1", b"$A$1",
    b"A1:B", b"R1C1", b"A99999999999",
)  # fmt: skip
FORMATS = (
    b"0%", b"@", b"General", b'yyyy"\xe5\xb9\xb4"', b"[h]:mm", b";;;", b"0.00E+00", b"# ?/?", b"[$-804]yyyy", b'"', b"\\", b"[", b"0" * 300, b"_-* #", b"*",
    b"\xe5\xb9\xb4", b"0.0%;[Red]-0.0%", b"AM/PM", b"[>=100]0;0.0", b"",
)  # fmt: skip
NEW_ATTRIBUTES = (
    b' state="hidden"',
    b' state="veryHidden"',
    b' t="e"',
    b' t="b"',
    b' t="d"',
    b' t="inlineStr"',
    b' t="str"',
    b' hidden="1"',
)
CELL_VALUE = re.compile(rb"(?<=<v>)[^<]*|(?<=<t>)[^<]*|(?<=<text:p>)[^<]*|(?<=<w:t>)[^<]*")
NUMBER_SAID = re.compile(rb'(?<==")\d+(?:\.\d+)?(?=")')
PLACE_SAID = re.compile(rb'(?<=\br=")[A-Z]+\d+(?=")|(?<=ref=")[^"]*(?=")')
FORMAT_SAID = re.compile(rb'(?<=formatCode=")[^"]*')
TAG = re.compile(rb"<[\w:]+")

Change = Callable[[bytes, Random], bytes]


@dataclass(frozen=True, slots=True)
class Mutant:
    """`how` says of which file it was made and what was done to it."""

    content: bytes
    name: str
    how: str


# Bytes ----------------------------------------------------------------------------------------------------------------


def broken(content: bytes, random: Random) -> bytes:
    """A few bytes changed, cut out, doubled or put in."""
    data = bytearray(content)
    for _ in range(random.randint(1, 6)):
        if not data:
            return b""
        at = random.randrange(len(data))
        how = random.randrange(5)
        if how == 0:
            data[at] = random.randrange(256)
        elif how == 1:
            word = random.choice(AWKWARD_BYTES)
            data[at : at + len(word)] = word
        elif how == 2:
            del data[at : at + random.choice((1, 4, 100, 3000))]
        elif how == 3:
            data[at:at] = data[at : at + random.choice((1, 50, 2000))]
        else:
            data[at:at] = random.choice(AWKWARD_BYTES)
    return bytes(data)


def cut_short(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content))]


def with_a_tail(content: bytes, random: Random) -> bytes:
    return content + content[random.randrange(len(content)) :] + b"\x00" * random.choice((0, 100))


BYTE_CHANGES: tuple[Change, ...] = (broken, broken, broken, cut_short, with_a_tail)


# Parts of a zip -------------------------------------------------------------------------------------------------------


def replaced(data: bytes, pattern: re.Pattern[bytes], random: Random, *words: bytes) -> bytes:
    """One to four places of `pattern` say another word."""
    places = list(pattern.finditer(data))
    for place in sorted(
        random.sample(places, min(len(places), random.randint(1, 4))), key=re.Match.start, reverse=True
    ):
        data = data[: place.start()] + random.choice(words) + data[place.end() :]
    return data


def other_values(data: bytes, random: Random) -> bytes:
    texts = tuple(text.replace("&", "&amp;").replace("<", "&lt;").encode("utf-8", "replace") for text in AWKWARD_TEXTS)
    return replaced(data, CELL_VALUE, random, *NUMBERS, *texts)


def other_numbers(data: bytes, random: Random) -> bytes:
    return replaced(data, NUMBER_SAID, random, *NUMBERS, b"1", b"7", b"1048576", b"16384", b"300000")


def other_places(data: bytes, random: Random) -> bytes:
    own = [found[0] for found in PLACE_SAID.finditer(data)]
    return replaced(data, PLACE_SAID, random, *PLACES, *random.sample(own, min(len(own), 18)))


def other_formats(data: bytes, random: Random) -> bytes:
    return replaced(data, FORMAT_SAID, random, *FORMATS)


def other_attributes(data: bytes, random: Random) -> bytes:
    tags = list(TAG.finditer(data))
    if not tags:
        return data
    at = random.choice(tags).end()
    return data[:at] + random.choice(NEW_ATTRIBUTES) + data[at:]


def other_tags(data: bytes, random: Random) -> bytes:
    own = [found[0] for found in TAG.finditer(data)]
    return replaced(data, TAG, random, *(own or [b"<c"]))


def more_merges(data: bytes, random: Random) -> bytes:
    """Overlapping, reversed, huge, or laid over what is there."""
    columns = "ABCDEFGHIJKLMNOPQ"
    refs = []
    for _ in range(random.randint(1, 5)):
        left, right = random.choice(columns), random.choice((*columns, "XFD"))
        top, bottom = random.randint(1, 30), random.choice((random.randint(1, 40), 1_048_576))
        refs.append(f'<mergeCell ref="{left}{top}:{right}{bottom}"/>')
    merges = "".join(refs).encode()
    if b"</mergeCells>" in data:
        return data.replace(b"</mergeCells>", merges + b"</mergeCells>")
    return data.replace(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>")


def spans(data: bytes, random: Random) -> bytes:
    """The same in an .ods."""
    number = random.choice((b"0", b"2", b"40", b"1048576", b"-3", b"x"))
    what = random.choice(
        (b"number-columns-spanned", b"number-rows-spanned", b"number-columns-repeated", b"number-rows-repeated")
    )
    where = random.choice((b"<table:table-cell", b"<table:table-row"))
    places = [found.end() for found in re.finditer(where, data)]
    if not places:
        return data
    at = random.choice(places)
    return data[:at] + b" table:" + what + b'="' + number + b'"' + data[at:]


def word_spans(data: bytes, random: Random) -> bytes:
    """And in a .docx: cells merged downwards or across, at random."""
    words = (
        b"<w:vMerge/>",
        b'<w:vMerge w:val="restart"/>',
        b'<w:gridSpan w:val="3"/>',
        b'<w:gridSpan w:val="-1"/>',
        b'<w:gridSpan w:val="99999"/>',
    )
    places = [found.end() for found in re.finditer(b"<w:tcPr>", data)]
    if not places:
        return data
    at = random.choice(places)
    return data[:at] + random.choice(words) + data[at:]


def far_cell(data: bytes, random: Random) -> bytes:
    place = random.choice((b"XFD1048576", b"A1048576", b"XFD1", b"ZZ9000", b"AD200"))
    row = place.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    cell = b'<row r="' + row + b'"><c r="' + place + b'"><v>1</v></c></row></sheetData>'
    return data.replace(b"</sheetData>", cell)


PART_CHANGES: tuple[Change, ...] = (
    broken, other_values, other_values, other_numbers, other_places, other_places, other_formats, other_attributes, other_tags, more_merges, more_merges,
    spans, word_spans, word_spans, far_cell,
)  # fmt: skip


def rezipped(content: bytes, random: Random) -> tuple[bytes, str]:
    """One part changed, left out, renamed, written twice or exchanged for another."""
    source = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: source.read(name) for name in source.namelist()}
    chosen = _chosen(list(parts), random)
    written = list(parts.items())
    how = random.choice(("changed",) * 12 + ("left out", "renamed", "twice", "exchanged", "emptied", "wide"))
    if how == "changed":
        change = random.choice(PART_CHANGES)
        how = change.__name__
        parts[chosen] = change(parts[chosen], random)
        written = list(parts.items())
    elif how == "left out":
        written = [(name, data) for name, data in written if name != chosen]
    elif how == "renamed":
        other = random.choice(
            ("x.xml", chosen.upper(), "../" + chosen, "/" + chosen, "a\\b.xml", random.choice(list(parts)))
        )
        written = [(other if name == chosen else name, data) for name, data in written]
    elif how == "twice":
        written.append((chosen, broken(parts[chosen], random)))
    elif how == "exchanged":
        parts[chosen] = parts[random.choice(list(parts))]
        written = list(parts.items())
    elif how == "emptied":
        parts[chosen] = b""
        written = list(parts.items())
    else:
        parts[chosen] = parts[chosen].decode("utf-8", "replace").encode("utf-16")
        written = list(parts.items())
    return _zipped(written), f"{chosen} {how}"


def _chosen(names: list[str], random: Random) -> str:
    """Mostly a part that speaks of cells."""
    telling = [name for name in names if re.search(r"sheet|Strings|styles|workbook|content|document|\.xlsx$", name)]
    return random.choice(telling or names) if random.random() < 0.85 else random.choice(names)


def _zipped(parts: list[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        taken: set[str] = set()
        for name, data in parts:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name in taken:  # the module warns of a name that comes twice, which is what is wanted
                new.NameToInfo.pop(name, None)
            taken.add(name)
            new.writestr(info, data)
    return target.getvalue()


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
        ("全部.zip", _zipped([("甲/表.xlsx", official), ("乙/表.xlsx", one_sheet(lines)), ("说明.txt", b"x")])),
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
