"""Tables as files: XLSX and CSV whose cells are text, in and out. Formats of django-import-export; `targets` uses them too."""

import csv
import io
import json
import logging
import subprocess
import sys
from typing import Any

import xlsxwriter
from django.conf import settings
from import_export.formats.base_formats import Format
from tablib import Dataset

from departments.table_reader import CSV, XLSX, FileRefused, as_text, quoted

logger = logging.getLogger(__name__)

TOO_MUCH = (
    "文件太大或内部结构异常，读取时超出了上限，已停止，没有导入。请只保留需要导入的表，用Excel或WPS另存后重新上传。"
)
READER = (sys.executable, "-m", "departments.table_reader")


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
        numbered = [
            (number, line) for number, line in enumerate(_lines(in_stream, self.extension), start=1) if any(line)
        ]
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


class SafeXLSX(SafeFormat):
    """`00123` and `=100%` are text cells, written and read; a formula is never written and never computed."""

    extension = XLSX
    title = "Excel 工作簿（xlsx）"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

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

    extension = CSV
    title = "CSV 文本（csv）"
    content_type = "text/csv"

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(dataset.headers or ())
        writer.writerows([quoted(as_text(cell)) for cell in row] for row in dataset)
        return out.getvalue().encode("utf-8-sig")


FORMATS: list[type[SafeFormat]] = [SafeXLSX, SafeCSV]


def _lines(content: bytes, kind: str) -> list[list[str]]:
    """What the file says line by line, read at arm's length: whatever it is, it takes nothing of the server."""
    limits = (str(settings.READING_MEMORY_BYTES), str(settings.READING_SECONDS))
    environment = {"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            (*READER, kind, *limits),
            input=content,
            capture_output=True,
            cwd=settings.BASE_DIR,
            env=environment,
            timeout=settings.READING_SECONDS * 2,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FileRefused(TOO_MUCH) from None
    if done.returncode:
        complaint = done.stderr[-2000:].decode(errors="replace")
        logger.warning("reading of a table ended early (%s): %s", done.returncode, complaint)
        raise FileRefused(TOO_MUCH)
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise FileRefused(answer["refused"])
    lines: list[list[str]] = answer["lines"]
    return lines
