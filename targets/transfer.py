"""django-import-export meets the forms here and nowhere else: what goes out, in which formats. Nothing comes in by it.

Forms come in by the import page alone (`targets.intake`), which knows the official sheets and shows a preview.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import xlsxwriter
from django.db.models import QuerySet
from import_export.fields import Field
from import_export.formats.base_formats import Format
from import_export.resources import Resource
from import_export.widgets import NumberWidget
from tablib import Dataset

from departments.models import Person
from targets.domain.record import IndicatorRow, Record
from targets.domain.sheets.writer import write_official
from targets.models import Declaration, Revision
from targets.outgoing import check_code

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORT_ORDER = ("year", "-kind", "department__code", "unit__code", "title_key", "id")
LIVE_IN_CSV = ("=", "+", "-", "@", "\t", "\r")
PLAIN_NUMBER = re.compile(r"[+-]?[\d,.]*%?")


@dataclass(frozen=True, slots=True)
class Readable:
    """A form with the text that one person may read, and the revision which that text is."""

    declaration: Declaration
    record: Record
    revision: Revision | None


def readable(declarations: QuerySet[Any], user: Person) -> list[Readable]:
    """Of `declarations` (already scoped), those whose text the person may read; four queries, however many."""
    related = declarations.defer(None).select_related("department", "unit", "current_revision", "submitted_revision")
    found = related.defer("current_revision__frozen").prefetch_related("indicators")
    forms = []
    for declaration in found.order_by(*EXPORT_ORDER):
        record = declaration.record_for(user)
        if record is not None:
            own = declaration.is_own_text_of(user)
            revision = declaration.current_revision if own else declaration.submitted_revision
            forms.append(Readable(declaration, record, revision))
    return forms


def official_workbook_of(forms: Iterable[Readable]) -> bytes:
    """One official sheet a form, each with the check code of the text that is printed."""
    chosen = list(forms)
    codes = [check_code(form.declaration, form.revision) for form in chosen]
    return write_official([form.record for form in chosen], check_codes=codes)


# Tables: a line for each form, or for each indicator ------------------------------------------------------------------


def _text(path: str, label: str) -> Field:
    return Field(path, label)


def _number(path: str, label: str) -> Field:
    return Field(path, label, widget=NumberWidget(coerce_to_string=False))


class HeadResource(Resource):
    """One line for each form."""

    year = _number("record__year", "预算年度")
    kind = _text("declaration__get_kind_display", "类型")
    code = _text("record__code", "项目代码")
    title = _text("record__title", "名称")
    department_code = _text("declaration__department__code", "主管部门代码")
    department_name = _text("declaration__department__name", "主管部门")
    unit_name = _text("declaration__unit__name", "实施单位")
    total = _number("record__total", "年度预算资金总额（元）")
    fiscal = _number("record__fiscal", "财政拨款（元）")
    other = _number("record__other", "其他资金（元）")
    goal = _text("record__goal", "年度总体绩效目标")
    rows = _number("row_count", "指标行数")
    state = _text("declaration__get_state_display", "状态")

    @classmethod
    def get_display_name(cls) -> str:
        return "汇总表（每张表一行）"

    def iter_queryset(self, queryset: Iterable[Readable]) -> Iterable["Head"]:
        return (Head(form.declaration, form.record, len(form.record.rows)) for form in queryset)


@dataclass(frozen=True, slots=True)
class Head:
    declaration: Declaration
    record: Record
    row_count: int


@dataclass(frozen=True, slots=True)
class Line:
    declaration: Declaration
    record: Record
    number: int
    row: IndicatorRow


class LineResource(Resource):
    """One line for each indicator."""

    year = _number("record__year", "预算年度")
    kind = _text("declaration__get_kind_display", "类型")
    department_name = _text("declaration__department__name", "主管部门")
    unit_name = _text("declaration__unit__name", "实施单位")
    title = _text("record__title", "名称")
    place = _number("number", "行")
    level1 = _text("row__level1", "一级指标")
    level2 = _text("row__level2", "二级指标")
    duty_number = _text("row__number", "职责序号")
    duty_group = _text("row__duty_group", "部门职责（类）")
    duty = _text("row__duty", "部门职责")
    duty_goal = _text("row__duty_goal", "职责目标")
    name = _text("row__name", "绩效指标")
    explanation = _text("row__explanation", "指标解释")
    target = _text("row__target", "年度指标值")
    weight = _text("row__weight", "权重")
    plan_value = _text("row__plan_value", "规划值")
    standard_value = _text("row__standard_value", "当年标准值")
    standard_source = _text("row__standard_source", "标准值来源")
    average_3y = _text("row__average_3y", "前三年均值")
    last_year = _text("row__last_year", "上年值")
    history_source = _text("row__history_source", "历史值来源")
    note = _text("row__note", "备注")
    activity = _text("row__activity", "工作活动")
    budget_item = _text("row__budget_item", "预算项目")
    office = _text("row__office", "责任科室")

    @classmethod
    def get_display_name(cls) -> str:
        return "指标明细（每个指标一行）"

    def iter_queryset(self, queryset: Iterable[Readable]) -> Iterable[Line]:
        return (
            Line(form.declaration, form.record, number, row)
            for form in queryset
            for number, row in form.record.numbered_rows()
        )


RESOURCES: tuple[type[Resource], ...] = (HeadResource, LineResource)


# Formats --------------------------------------------------------------------------------------------------------------


class OutgoingFormat(Format):
    """A format that is offered for export only."""

    title: ClassVar[str]
    extension: ClassVar[str]
    content_type: ClassVar[str]

    def get_title(self) -> str:
        return self.title

    def get_extension(self) -> str:
        return self.extension

    def get_content_type(self) -> str:
        return self.content_type

    def can_export(self) -> bool:
        return True


class OfficialWorkbook(OutgoingFormat):
    """The paper form itself, one sheet each; it prints whole forms, so it takes them instead of a table."""

    title = "官方样式（xlsx，可打印，可再导入）"
    extension = "xlsx"
    content_type = XLSX

    def export_data(self, dataset: Sequence[Readable], **kwargs: Any) -> bytes:
        return official_workbook_of(dataset)


class PlainWorkbook(OutgoingFormat):
    """A flat table. Text is written as text: `=100%` is a target, never a formula."""

    title = "数据表（xlsx，用于统计）"
    extension = "xlsx"
    content_type = XLSX

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
            sheet = book.add_worksheet("导出")
            bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
            amount = book.add_format({"num_format": "#,##0.00"})
            for column, header in enumerate(dataset.headers):
                sheet.write_string(0, column, header, bold)
            for number, values in enumerate(dataset, start=1):
                for column, value in enumerate(values):
                    if isinstance(value, Decimal):
                        sheet.write_number(number, column, value, amount)
                    elif isinstance(value, int):
                        sheet.write_number(number, column, value)
                    elif value:
                        sheet.write_string(number, column, str(value)[:EXCEL_CELL])
            sheet.set_column(0, max(0, len(dataset.headers) - 1), 16)
            sheet.freeze_panes(1, 0)
        return target.getvalue()


class PlainCsv(OutgoingFormat):
    """The flat table for other systems: UTF-8 with the mark by which Excel and WPS know it."""

    title = "数据表（csv，用于其他系统）"
    extension = "csv"
    content_type = "text/csv; charset=utf-8"

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        target = io.StringIO()
        writer = csv.writer(target)
        writer.writerow(dataset.headers)
        writer.writerows([_inert(value) for value in values] for values in dataset)
        return target.getvalue().encode("utf-8-sig")


FORMATS: tuple[type[OutgoingFormat], ...] = (OfficialWorkbook, PlainWorkbook, PlainCsv)

EXCEL_CELL = 32767
"""Characters that a cell of a workbook can hold."""


def _inert(value: object) -> str:
    """CSV knows no text cells: an apostrophe keeps a spreadsheet from computing `=100%` (OWASP, CSV injection).

    A plain number such as `-100%` computes nothing and stays as it is.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(LIVE_IN_CSV) and not PLAIN_NUMBER.fullmatch(text) else text
