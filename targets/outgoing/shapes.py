"""In which shapes forms leave: one table, which the export page, the list's action and the command offer."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from django.utils.timezone import localdate

from targets.domain.sheets.flat_writer import COLUMNS, FlatForm, csv_chunks, flat_lines, write_flat_workbook
from targets.domain.sheets.paint import TextTooLong
from targets.domain.sheets.summary_writer import CSV_COLUMNS, SummaryForm, csv_lines, write_summary
from targets.domain.sheets.table_writer import CellTooLong, TooManyLines
from targets.models.declaration import KIND_LABELS
from targets.outgoing.official import TooManySheets, file_stem, write_single_workbooks, write_workbook
from targets.outgoing.text import Outgoing

OFFICIAL, FLAT, SUMMARY = "official", "flat", "summary"
LAYOUTS = {OFFICIAL: "官方样式", FLAT: "指标明细", SUMMARY: "汇总表"}
XLSX, CSV, JSON, ZIP = "xlsx", "csv", "json", "zip"
CONTENT_TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
    JSON: "application/json",
    ZIP: "application/zip",
}
SMALL = 4 * 1024 * 1024
"""Bytes of a file that may wait in memory; what is larger waits on disk."""


class ExportRefused(ValueError):
    """Why nothing was written, in words."""


class NothingWritten(ExportRefused):
    """None of the forms was there, or none may be read."""

    def __init__(self) -> None:
        super().__init__("没有可导出的表，没有写出文件。请放宽条件后再导出。")


Forms = Iterable[Outgoing]


@dataclass(frozen=True, slots=True)
class Shape:
    """`word` tells in a file's name what it is; the official look needs none."""

    slug: str
    layout: str
    format: str
    word: str
    title: str
    help: str
    write: Callable[[IO[bytes], Forms], object]

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.format]


@dataclass(frozen=True, slots=True)
class Written:
    """A file at its beginning, with what its name should say. Whoever takes it closes it."""

    shape: Shape
    file: IO[bytes]
    size: int
    count: int
    years: tuple[int, ...]
    kinds: frozenset[str]
    only: Outgoing | None
    """The form, if there is just one."""

    @property
    def name(self) -> str:
        """`2023年_教育和体育局_校车运营补贴.xlsx` for one form, `2023年项目支出绩效目标表_汇总表_8张_20231205.xlsx` for several."""
        year = f"{self.years[0]}年" if len(self.years) == 1 else f"{self.years[0]}-{self.years[-1]}年"
        if self.only:
            parts = [year, self.only.declaration.unit.label, self.only.record.title.removeprefix(year), self.shape.word]
        else:
            kind = KIND_LABELS[next(iter(self.kinds))] if len(self.kinds) == 1 else "绩效目标表"
            parts = [year + kind, self.shape.word, f"{self.count}张", f"{localdate():%Y%m%d}"]
        return f"{file_stem(parts)}.{self.shape.format}"


def written(shape: Shape, forms: Forms) -> Written:
    """The forms in a shape; raises ExportRefused when there are none or a spreadsheet cannot hold them.

    The whole file is made before its first byte leaves: a fault on the way is told instead of cutting it off. What is
    large waits on disk.
    """
    passed = _Passed()
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=SMALL)  # noqa: SIM115 - its reader closes it
    try:
        shape.write(file, passed.on(forms))
        if not passed.count:
            raise NothingWritten
    except (CellTooLong, TooManyLines) as refusal:
        file.close()
        raise ExportRefused(f"{refusal}请改选 csv 或 json。") from None
    except ExportRefused:
        file.close()
        raise
    except (TextTooLong, TooManySheets) as refusal:
        file.close()
        raise ExportRefused(str(refusal)) from None
    size = file.tell()
    file.seek(0)
    only = passed.first if passed.count == 1 else None
    return Written(shape, file, size, passed.count, tuple(sorted(passed.years)), frozenset(passed.kinds), only)


@dataclass(slots=True)
class _Passed:
    """Notes what passes by on its way into a file."""

    count: int = 0
    years: set[int] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    first: Outgoing | None = None

    def on(self, forms: Forms) -> Iterator[Outgoing]:
        for form in forms:
            self.first = self.first or form
            self.count += 1
            self.years.add(form.record.year)
            self.kinds.add(form.record.kind)
            yield form


def _flat(forms: Forms) -> Iterator[FlatForm]:
    for form in forms:
        declaration = form.declaration
        yield FlatForm(form.record, declaration.unit.code, declaration.get_state_display())


def _summary(forms: Forms) -> Iterator[SummaryForm]:
    for form in forms:
        declaration = form.declaration
        yield SummaryForm.of(
            form.record,
            department_code=declaration.department.code,
            department=declaration.department.name,
            unit=declaration.unit.name,
            state=declaration.get_state_display(),
        )


def _write_flat_xlsx(target: IO[bytes], forms: Forms) -> None:
    write_flat_workbook(target, _flat(forms))


def _write_flat_csv(target: IO[bytes], forms: Forms) -> None:
    _pour(csv_chunks(COLUMNS, flat_lines(_flat(forms))), target)


def _write_json(target: IO[bytes], forms: Forms) -> None:
    """A list of records, one on each line."""
    for number, form in enumerate(forms):
        target.write(b",\n" if number else b"[\n")
        target.write(json.dumps(form.record.as_json(), ensure_ascii=False).encode())
    target.write(b"\n]\n")


def _write_summary_xlsx(target: IO[bytes], forms: Forms) -> None:
    write_summary(target, _summary(forms))


def _write_summary_csv(target: IO[bytes], forms: Forms) -> None:
    _pour(csv_chunks(CSV_COLUMNS, csv_lines(_summary(forms))), target)


def _pour(chunks: Iterable[bytes], target: IO[bytes]) -> None:
    """Not `writelines`: a file that waits in memory would go to disk only after the last of them."""
    for chunk in chunks:
        target.write(chunk)


SHAPES: tuple[Shape, ...] = (
    Shape(
        OFFICIAL, OFFICIAL, XLSX, "", "官方样式工作簿（xlsx）",
        "与纸质表相同，每张表一个工作表；可直接打印、签字盖章，修改后可再导入。", write_workbook,
    ),
    Shape(
        "single", OFFICIAL, ZIP, "", "官方样式压缩包（zip）",
        "每张表一个文件，文件名为部门代码、部门和名称；适合分发给各单位。", write_single_workbooks,
    ),
    Shape(
        "flat", FLAT, XLSX, "指标明细", "指标明细表（xlsx）",
        "每个指标一行，项目代码、计算符号、数值、计量单位各占一列；用于预算管理一体化系统和统计，可再导入。", _write_flat_xlsx,
    ),
    Shape(
        "flat-csv", FLAT, CSV, "指标明细", "指标明细表（csv）",
        "内容同上，可用 Excel、WPS 打开；以等号等开头的文字前加一个撇号，会被当成数字或日期的代码等后加一个看不见的制表符，再导入时自动去掉。", _write_flat_csv,
    ),
    Shape("json", FLAT, JSON, "完整数据", "完整数据（json）", "每张表的全部内容，供其他系统读取。", _write_json),
    Shape(
        SUMMARY, SUMMARY, XLSX, "汇总表", "汇总表（xlsx）",
        "每个主管部门一个工作表，每张绩效目标表一行，有合计；可直接打印、签字盖章。", _write_summary_xlsx,
    ),
    Shape("summary-csv", SUMMARY, CSV, "汇总表", "汇总表（csv）", "每张绩效目标表一行，不含合计，金额单位为元。", _write_summary_csv),
)  # fmt: skip
BY_SLUG = {shape.slug: shape for shape in SHAPES}
