"""The flat list 指标明细: one line for each indicator, with the head of its form before it, for the integrated budget system.

Operator, number and unit of a value stand in columns of their own (domain reference, 9c and V13). The headings are the
words of the printed forms, so the list comes back by its headings whatever the order of its columns.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import IO

from targets.domain.record import PLAN, PROJECT, IndicatorRow, Record
from targets.domain.sheets.table_writer import A3, AMOUNT, NUMBER, Line, Printed, TableColumn, Value, write_table
from targets.domain.sheets.text import LOOKED_AT, inert
from targets.domain.values import RATIO, IndicatorValue

SHEET_NAME = "指标明细"
KIND_WORDS = {PROJECT: "项目支出", PLAN: "部门整体"}
"""What stands in the column 表种."""

YEAR, KIND, UNIT_CODE, STATE, PLACE = "year", "kind", "unit_code", "state", "place"
OPERATOR, QUANTITY, UNIT_OF_VALUE, CONTINUES = "operator", "quantity", "value_unit", "continues"

HEAD_COLUMNS: tuple[tuple[str, TableColumn], ...] = (
    (YEAR, TableColumn("预算年度", NUMBER, width=6)),
    (KIND, TableColumn("表种", width=9)),
    ("code", TableColumn("项目代码", width=24)),
    ("title", TableColumn("名称", width=22)),
    ("department_code", TableColumn("主管部门代码", width=9)),
    ("department_name", TableColumn("主管部门", width=26)),
    (UNIT_CODE, TableColumn("实施单位代码", width=10)),
    ("unit", TableColumn("实施单位", width=26)),
    ("total", TableColumn("年度预算资金总额（元）", AMOUNT, width=17)),
    ("fiscal", TableColumn("财政拨款（元）", AMOUNT, width=17)),
    ("other", TableColumn("其他资金（元）", AMOUNT, width=17)),
    ("goal", TableColumn("年度总体绩效目标", width=36)),
    (STATE, TableColumn("状态", width=15)),
)
"""Columns that say the same on every line of a form, but for the goal: it stands on the first line alone."""

ROW_COLUMNS: tuple[tuple[str, TableColumn], ...] = (
    (PLACE, TableColumn("行号", NUMBER, width=6)),
    ("level1", TableColumn("一级指标", width=11)),
    ("level2", TableColumn("二级指标", width=16)),
    ("number", TableColumn("职责序号", width=6)),
    ("duty_group", TableColumn("职责类别", width=14)),
    ("duty", TableColumn("部门职责", width=20)),
    ("duty_goal", TableColumn("职责目标", width=22)),
    ("name", TableColumn("指标名称", width=24)),
    ("explanation", TableColumn("指标解释", width=24)),
    ("target", TableColumn("指标值", width=14)),
    (OPERATOR, TableColumn("计算符号", width=6)),
    (QUANTITY, TableColumn("数值", NUMBER, width=11)),
    (UNIT_OF_VALUE, TableColumn("计量单位", width=9)),
    ("weight", TableColumn("权重", width=6)),
    ("plan_value", TableColumn("规划值", width=12)),
    ("standard_value", TableColumn("当年标准值", width=12)),
    ("standard_source", TableColumn("标准值来源", width=16)),
    ("average_3y", TableColumn("前三年均值", width=12)),
    ("last_year", TableColumn("上年值", width=12)),
    ("history_source", TableColumn("历史值来源", width=16)),
    ("note", TableColumn("备注", width=18)),
    ("activity", TableColumn("工作活动", width=25)),
    ("budget_item", TableColumn("预算项目", width=25)),
    ("office", TableColumn("责任科室", width=12)),
    ("key", TableColumn("行标识", width=14)),
    (CONTINUES, TableColumn("与上行合并", width=14)),
)
COLUMNS = tuple(column for _, column in (*HEAD_COLUMNS, *ROW_COLUMNS))
_FIELDS = [field for field, _ in (*HEAD_COLUMNS, *ROW_COLUMNS)]
PRINTED = Printed(paper=A3, pages=3, repeated=(_FIELDS.index("code"), _FIELDS.index("title")))
"""The form, its indicators with their values, what these are compared with: by the widths each takes about a page."""
HEADERS = {field: column.header for field, column in (*HEAD_COLUMNS, *ROW_COLUMNS)}

_VALUE_FIELDS = (OPERATOR, QUANTITY, UNIT_OF_VALUE)
_ROW_FIELDS = [field for field, _ in ROW_COLUMNS if field not in (PLACE, CONTINUES, *_VALUE_FIELDS)]
_AFTER_TARGET = _ROW_FIELDS.index("target") + 1
_row_start = attrgetter(*_ROW_FIELDS[:_AFTER_TARGET])
_row_end = attrgetter(*_ROW_FIELDS[_AFTER_TARGET:])
_GOAL = [field for field, _ in HEAD_COLUMNS].index("goal")
_NO_ROW = IndicatorRow()


@dataclass(frozen=True, slots=True)
class FlatForm:
    """A record and what the register knows beside it."""

    record: Record
    unit_code: str = ""
    state: str = ""


def flat_lines(forms: Iterable[FlatForm]) -> Iterator[tuple[Value, ...]]:
    """Values in the order of `COLUMNS`. A form without indicators has one line, so that it is not lost."""
    for form in forms:
        head = _head(form)
        later = (*head[:_GOAL], "", *head[_GOAL + 1 :])
        year = form.record.year
        if not form.record.rows:
            yield _line(head, None, _NO_ROW, year)
        for place, row in form.record.numbered_rows():
            yield _line(head if place == 1 else later, place, row, year)


def write_flat_workbook(target: IO[bytes], forms: Iterable[FlatForm]) -> int:
    """Raises ValueError in words when the lines or a text are too long for a sheet. Returns the number of lines."""
    return write_table(target, COLUMNS, flat_lines(forms), name=SHEET_NAME, printed=PRINTED)


def _head(form: FlatForm) -> tuple[Value, ...]:
    record = form.record
    known: dict[str, Value] = {
        YEAR: record.year,
        KIND: KIND_WORDS[record.kind],
        UNIT_CODE: form.unit_code,
        STATE: form.state,
    }
    return tuple(known[field] if field in known else getattr(record, field) for field, _ in HEAD_COLUMNS)


def _line(head: tuple[Value, ...], place: int | None, row: IndicatorRow, year: int) -> tuple[Value, ...]:
    hanging = "、".join(HEADERS[field] for field in row.continues) if row.continues else ""
    return (*head, place, *_row_start(row), *value_columns(row.target, year), *_row_end(row), hanging)


@lru_cache(maxsize=8192)
def value_columns(target: str, year: int) -> tuple[str, Decimal | str, str]:
    """Operator, number and unit of a value: `≥95%` → (≥, 95, %). A day, and a ratio, is text; several values have none."""
    value = IndicatorValue.parse(target, year)
    if value.kind == RATIO:
        return value.operator, value.number + value.unit, ""
    return value.operator, value.number if value.quantity is None else value.quantity, value.unit


# CSV ------------------------------------------------------------------------------------------------------------------

BYTE_ORDER_MARK = "\ufeff"
"""By it Excel and WPS know that the text is UTF-8."""
LINES_AT_ONCE = 500


def csv_chunks(columns: Iterable[TableColumn], lines: Iterable[Line]) -> Iterator[bytes]:
    """A CSV file piece by piece, in UTF-8 with its mark."""
    waiting = io.StringIO(newline="")
    writer = csv.writer(waiting)
    waiting.write(BYTE_ORDER_MARK)
    writer.writerow([column.header for column in columns])
    for number, line in enumerate(lines, start=1):
        writer.writerow([inert(value) if type(value) is str and value[:1] in LOOKED_AT else value for value in line])
        if number % LINES_AT_ONCE == 0:
            yield waiting.getvalue().encode()
            waiting.seek(0)
            waiting.truncate()
    yield waiting.getvalue().encode()
