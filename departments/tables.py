"""Tables as files: XLSX and CSV whose cells are text, in and out. Formats of django-import-export; `targets` uses them too."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import xlsxwriter
from django.conf import settings
from import_export.formats.base_formats import Format
from tablib import Dataset

ROWS_AT_MOST = 5000
COLUMNS_AT_MOST = 60
UNPACKED_AT_MOST = 200 * 1024 * 1024
"""A workbook of 5000 rows unpacks to a few MB; what is far larger was made to fill the memory."""
LIVE_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula when it opens a CSV file."""


class FileRefused(ValueError):
    """Why a file cannot be read, in words."""


class Table(Dataset):
    """Remembers on which line of the file each row stood: blank lines are left out, messages name the line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line_numbers: list[int] = []


class SafeFormat(Format):
    """A table of text: the first line names the columns, every cell below is text in and out."""

    extension = ""
    title = ""
    content_type = ""

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding

    def get_title(self) -> str:
        return self.title

    def get_extension(self) -> str:
        return self.extension

    def get_content_type(self) -> str:
        return self.content_type

    def can_import(self) -> bool:
        return True

    def can_export(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes | None) -> Table:
        if in_stream is None:
            raise FileRefused("上传的文件已过期，没有导入。请重新上传。")
        if len(in_stream) > settings.MAX_UPLOAD_BYTES:
            raise FileRefused(f"文件超过{settings.MAX_UPLOAD_BYTES // 1024 // 1024}MB的上限。请拆成几个文件。")
        numbered = [(number, line) for number, line in enumerate(self.lines(in_stream), start=1) if any(line)]
        if len(numbered) < 2:
            raise FileRefused("文件中没有数据行。第1行须是列名，数据从第2行开始。")
        headers = [name.strip() for name in numbered[0][1]]
        while headers and not headers[-1]:
            headers.pop()
        doubled = {name for name in headers if headers.count(name) > 1}
        if doubled:
            raise FileRefused(f"第1行的列名“{'、'.join(sorted(doubled))}”出现不止一次。请每列只用一个列名。")
        dataset = Table(headers=headers)
        width = len(headers)
        for number, line in numbered[1:]:
            dataset.append((line + [""] * width)[:width])
            dataset.line_numbers.append(number)
        return dataset

    def lines(self, content: bytes) -> Iterator[list[str]]:
        raise NotImplementedError


class SafeXLSX(SafeFormat):
    """`00123` and `=100%` are text cells, written and read; a formula is never written and never computed."""

    extension = "xlsx"
    title = "Excel 工作簿（xlsx）"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def lines(self, content: bytes) -> Iterator[list[str]]:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                if sum(part.file_size for part in parts.infolist()) > UNPACKED_AT_MOST:
                    raise FileRefused("文件展开后过大，没有读取。请只保留需要导入的表后重新上传。")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            rows = sheet.iter_rows(max_row=ROWS_AT_MOST + 2, max_col=COLUMNS_AT_MOST)
            read = [[as_shown(cell) for cell in row] for row in rows]
        except FileRefused:
            raise
        except Exception:  # a broken workbook fails in as many ways as there are bytes
            raise FileRefused("这个文件不是能读取的Excel工作簿。请用Excel或WPS另存为xlsx后重新上传。") from None
        return limited(read)

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            sheet = book.add_worksheet("数据")
            heading = book.add_format({"bold": True, "bottom": 1})
            text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
            for column, name in enumerate(dataset.headers or ()):
                sheet.set_column(column, column, 18, text)
                sheet.write_string(0, column, str(name), heading)
            for line, row in enumerate(dataset, start=1):
                for column, value in enumerate(row):
                    sheet.write_string(line, column, as_text(value), text)
            sheet.freeze_panes(1, 0)
        return out.getvalue()


class SafeCSV(SafeFormat):
    """UTF-8 with a mark, as Excel wants it; GBK is read too. Formula signs are quoted on the way out, unquoted on the way in."""

    extension = "csv"
    title = "CSV 文本（csv）"
    content_type = "text/csv"

    def lines(self, content: bytes) -> Iterator[list[str]]:
        text = decoded(content)
        try:
            read = [[unquoted(cell) for cell in row[:COLUMNS_AT_MOST]] for row in csv.reader(io.StringIO(text))]
        except csv.Error:
            raise FileRefused("这个文件不是能读取的CSV文本。请另存为xlsx后重新上传。") from None
        return limited(read)

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(dataset.headers or ())
        writer.writerows([quoted(as_text(cell)) for cell in row] for row in dataset)
        return out.getvalue().encode("utf-8-sig")


FORMATS: list[type[SafeFormat]] = [SafeXLSX, SafeCSV]


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
    return str(value).replace("\x00", "")


def as_shown(cell: Any) -> str:
    """Typed `95%` is kept by a spreadsheet as 0.95 that is shown in percent: what was on the screen counts."""
    value = cell.value
    if isinstance(value, float | int) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        shown = f"{Decimal(f'{value:.15g}') * 100:f}"
        return (shown.rstrip("0").rstrip(".") if "." in shown else shown) + "%"
    return as_text(value)


def decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise FileRefused("无法识别这个文件的文字编码。请另存为xlsx后重新上传。")


def quoted(text: str) -> str:
    return f"'{text}" if text.startswith((*LIVE_SIGNS, "'")) else text


def unquoted(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith((*LIVE_SIGNS, "'")) else text


def limited(lines: list[list[str]]) -> Iterator[list[str]]:
    if len(lines) > ROWS_AT_MOST + 1:
        raise FileRefused(f"文件超过{ROWS_AT_MOST}行。请分成几个文件导入。")
    return iter(lines)
