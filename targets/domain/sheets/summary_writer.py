"""The summary table 汇总表: one sheet for each department, one line for each form, with totals, to print, stamp and sign.

A covering list for each department goes with the stamped forms (domain reference, 9c). Amounts are printed in 万元, as on the forms.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import IO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from targets.domain.record import MONEY, PLAN, PROJECT, Record
from targets.domain.sheets.amounts import WAN
from targets.domain.sheets.list_sheet import Styles, begin, sign, write_line
from targets.domain.sheets.names import printed_department
from targets.domain.sheets.table_writer import AMOUNT, NUMBER, TableColumn, Value
from targets.domain.sheets.writer import OPTIONS, sheet_names

TITLES = {PROJECT: "项目支出绩效目标汇总表", PLAN: "部门整体绩效目标汇总表"}
BOTH_KINDS = "绩效目标汇总表"
ALL_DEPARTMENTS = "各部门合计"
TOTAL = "合计"
SIGNATURES = ((0, "单位负责人（签字）："), (2, "填表人："), (3, "联系电话："), (5, "填报日期："))
"""Column and words of the line to sign, as under the forms."""

FORM_COLUMNS = (
    TableColumn("序号", NUMBER, 6),
    TableColumn("名称", width=40),
    TableColumn("实施单位", width=28),
    TableColumn("年度资金总额", AMOUNT, 16),
    TableColumn("财政拨款", AMOUNT, 16),
    TableColumn("其他资金", AMOUNT, 16),
    TableColumn("指标数", NUMBER, 8),
    TableColumn("状态", width=18),
)
DEPARTMENT_COLUMNS = (
    FORM_COLUMNS[0],
    TableColumn("主管部门", width=40),
    TableColumn("表数", NUMBER, 28),
    *FORM_COLUMNS[3:7],
)
CSV_COLUMNS = (
    TableColumn("预算年度", NUMBER),
    TableColumn("主管部门代码"),
    TableColumn("主管部门"),
    *FORM_COLUMNS[:3],
    *(TableColumn(f"{column.header}（元）", AMOUNT) for column in FORM_COLUMNS[3:6]),
    *FORM_COLUMNS[6:],
)


@dataclass(frozen=True, slots=True)
class SummaryForm:
    """What the summary says of one form. `department` is the one in charge by the register, which a plan of a unit does not print."""

    department_code: str
    department: str
    unit: str
    year: int
    kind: str
    title: str
    total: Decimal | None
    fiscal: Decimal | None
    other: Decimal | None
    rows: int
    state: str

    @classmethod
    def of(cls, record: Record, *, department_code: str, department: str, unit: str, state: str) -> "SummaryForm":
        return cls(
            department_code=department_code,
            department=department,
            unit=unit,
            year=record.year,
            kind=record.kind,
            title=record.title,
            total=record.total,
            fiscal=record.fiscal,
            other=record.other,
            rows=len(record.rows),
            state=state,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """The forms of one department in one year: one sheet."""

    year: int
    department_code: str
    department: str
    forms: tuple[SummaryForm, ...]

    @property
    def title(self) -> str:
        return f"{self.year}年{_title_of(self.forms)}"


def write_summary(target: IO[bytes], forms: Iterable[SummaryForm]) -> None:
    """A sheet for each year and department, and before them one that adds up the departments, if there are several."""
    parts = parts_of(forms)
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        styles = Styles(book)
        several = len(parts) > 1
        years = {part.year for part in parts}
        labels = [f"{part.year}年{part.department}" if len(years) > 1 else part.department for part in parts]
        names = sheet_names([ALL_DEPARTMENTS, *labels] if several else labels)
        if several:
            _department_totals(book.add_worksheet(names.pop(0)), styles, parts)
        for part, name in zip(parts, names, strict=True):
            _department(book.add_worksheet(name), styles, part)


def parts_of(forms: Iterable[SummaryForm]) -> list[Part]:
    """By year and department, those without a code last; the forms of one stay in the order in which they came."""
    ordered = sorted(forms, key=_group)
    return [Part(year, code, name, tuple(some)) for (year, _, code, name), some in groupby(ordered, key=_group)]


def csv_lines(forms: Iterable[SummaryForm]) -> list[Sequence[Value]]:
    """The same lines for a CSV file, without totals, amounts in 元."""
    return [
        (part.year, part.department_code, part.department, number, form.title, form.unit, *_of(form))
        for part in parts_of(forms)
        for number, form in enumerate(part.forms, start=1)
    ]


def added(forms: Iterable[SummaryForm], field: str) -> Decimal | None:
    """The sum of an amount in 元; None when no form has one."""
    amounts = [amount for form in forms if (amount := getattr(form, field)) is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def _of(form: SummaryForm) -> tuple[Value, ...]:
    return form.total, form.fiscal, form.other, form.rows, form.state


def _group(form: SummaryForm) -> tuple[int, bool, str, str]:
    return form.year, not form.department_code, form.department_code, form.department


def _title_of(forms: Iterable[SummaryForm]) -> str:
    kinds = {form.kind for form in forms}
    return TITLES[kinds.pop()] if len(kinds) == 1 else BOTH_KINDS


# On the sheet ---------------------------------------------------------------------------------------------------------


def _department(sheet: Worksheet, styles: Styles, part: Part) -> None:
    stamp = printed_department(part.department_code, part.department)
    row = _begin(sheet, styles, FORM_COLUMNS, part.title, stamp)
    for number, form in enumerate(part.forms, start=1):
        amounts = [_wan(getattr(form, field)) for field in MONEY]
        write_line(sheet, styles, FORM_COLUMNS, row, (number, form.title, form.unit, *amounts, form.rows, form.state))
        row += 1
    sums = [_wan(added(part.forms, field)) for field in MONEY]
    rows = sum(form.rows for form in part.forms)
    write_line(sheet, styles, FORM_COLUMNS, row, (None, TOTAL, f"{len(part.forms)}张", *sums, rows, ""), total=True)
    sign(sheet, styles, row + 1, SIGNATURES)


def _department_totals(sheet: Worksheet, styles: Styles, parts: Sequence[Part]) -> None:
    every = [form for part in parts for form in part.forms]
    years = sorted({part.year for part in parts})
    span = f"{years[0]}年" if len(years) == 1 else f"{years[0]}—{years[-1]}年"
    row = _begin(sheet, styles, DEPARTMENT_COLUMNS, f"{span}{_title_of(every)}", "")
    for number, part in enumerate(parts, start=1):
        name = printed_department(part.department_code, part.department)
        name = name if len(years) == 1 else f"{name}（{part.year}年）"
        write_line(sheet, styles, DEPARTMENT_COLUMNS, row, (number, name, len(part.forms), *_sums(part.forms)))
        row += 1
    write_line(sheet, styles, DEPARTMENT_COLUMNS, row, (None, TOTAL, len(every), *_sums(every)), total=True)
    sign(sheet, styles, row + 1, SIGNATURES)


def _sums(forms: Sequence[SummaryForm]) -> tuple[Value, ...]:
    return (*(_wan(added(forms, field)) for field in MONEY), sum(form.rows for form in forms))


def _begin(sheet: Worksheet, styles: Styles, columns: Sequence[TableColumn], title: str, stamp: str) -> int:
    return begin(sheet, styles, columns, title=title, left=f"填报单位（盖章）：{stamp}", right="金额单位：万元")


def _wan(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount / WAN
