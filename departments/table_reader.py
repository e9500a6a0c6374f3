"""The lines of a table in a file, as a process of its own: `python -m departments.table_reader KIND MEMORY SECONDS`.

A file of a few hundred kilobytes may take any amount of memory or time of whoever parses it; here it takes its own.
Knows nothing of Django. Standard input: the file. Standard output: JSON, `{"lines": [[…]]}` or `{"refused": "…"}`.
"""

import csv
import io
import json
import re
import resource
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl

XLSX, CSV = "xlsx", "csv"
ROWS_AT_MOST = 5000
COLUMNS_AT_MOST = 60
LETTERS_AT_MOST = 20_000_000
"""Of all cells together: one text may stand in each of them."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an .xls begins, and an encrypted .xlsx: they are no text, whatever they are called."""
LIVE_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula when it opens a CSV file."""
HARMFUL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Control characters that databases or XML refuse, and marks that turn the direction of what follows."""
NUMBERS = re.compile(r"0\d+|\d{12,}|\d+[-/:]\d+", re.ASCII)
"""00123, 370302230001 and 1-2: what it would show and save as 123, 3.70302E+11 and a day."""


class FileRefused(ValueError):
    """Why a file cannot be read, in words."""


def main() -> None:
    kind, memory, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    content = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        json.dump({"lines": limited(LINES[kind](content))}, sys.stdout, ensure_ascii=False)
    except FileRefused as refusal:
        json.dump({"refused": str(refusal)}, sys.stdout, ensure_ascii=False)


def lines_of_workbook(content: bytes) -> Iterable[list[str]]:
    """Of its first sheet, as text."""
    try:
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        for row in sheet.iter_rows(max_row=ROWS_AT_MOST + 2, max_col=COLUMNS_AT_MOST):
            yield [as_shown(cell) for cell in row]
    except MemoryError:
        raise
    except Exception:  # a broken workbook fails in as many ways as there are bytes
        raise FileRefused("这个文件不是能读取的Excel工作簿。请用Excel或WPS另存为xlsx后重新上传。") from None


def lines_of_csv(content: bytes) -> Iterable[list[str]]:
    try:
        for row in csv.reader(io.StringIO(decoded(content))):
            yield [unquoted(cell) for cell in row[:COLUMNS_AT_MOST]]
    except csv.Error:
        raise FileRefused("这个文件不是能读取的CSV文本。请另存为xlsx后重新上传。") from None


LINES: Mapping[str, Callable[[bytes], Iterable[list[str]]]] = {XLSX: lines_of_workbook, CSV: lines_of_csv}


def limited(lines: Iterable[list[str]]) -> list[list[str]]:
    read: list[list[str]] = []
    letters = 0
    for line in lines:
        read.append([text if text.isprintable() else HARMFUL.sub("", text) for text in line])
        letters += sum(map(len, line))
        if len(read) > ROWS_AT_MOST + 1:
            raise FileRefused(f"文件超过{ROWS_AT_MOST}行。请分成几个文件导入。")
        if letters > LETTERS_AT_MOST:
            raise FileRefused(
                f"文件中的文字超过{LETTERS_AT_MOST // 10_000}万个。请删去无关的内容，或分成几个文件导入。"
            )
    return read


def as_text(value: Any) -> str:
    """A cell as a person reads it: 202.0 → 202, a day without its midnight."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def as_shown(cell: Any) -> str:
    """Typed `95%` is kept by a spreadsheet as 0.95 that is shown in percent: what was on the screen counts."""
    value = cell.value
    if isinstance(value, float | int) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        shown = f"{Decimal(f'{value:.15g}') * 100:f}"
        return (shown.rstrip("0").rstrip(".") if "." in shown else shown) + "%"
    return as_text(value)


def decoded(content: bytes) -> str:
    if content.startswith(OLE):
        raise FileRefused(
            "这是旧版Excel文件（xls），或设有打开密码。请用Excel或WPS打开，另存为不设密码的xlsx后重新上传。"
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).replace("\x00", "")  # the parser stops at it
        except UnicodeDecodeError:
            continue
    raise FileRefused("无法识别这个文件的文字编码。请另存为xlsx后重新上传。")


def quoted(text: str) -> str:
    """What a spreadsheet would compute gets an apostrophe, what it would take for a number or a day a tab behind it."""
    if NUMBERS.fullmatch(text):
        return f"{text}\t"
    return f"'{text}" if text.startswith((*LIVE_SIGNS, "'")) else text


def unquoted(text: str) -> str:
    if text.endswith("\t") and NUMBERS.fullmatch(text, 0, len(text) - 1):
        return text[:-1]
    return text[1:] if text.startswith("'") and text[1:].startswith((*LIVE_SIGNS, "'")) else text


if __name__ == "__main__":
    main()
