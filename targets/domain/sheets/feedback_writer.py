"""审核意见反馈表 as a workbook: one sheet for each department, to print, fill in, stamp and send back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import xlsxwriter

from targets.domain.sheets.list_sheet import SMALL, Styles, begin, sign, write_line
from targets.domain.sheets.table_writer import LONGEST_TEXT, NUMBER, CellTooLong, TableColumn
from targets.domain.sheets.writer import OPTIONS, sheet_names

COLUMNS = (
    TableColumn("序号", NUMBER, 6),
    TableColumn("项目", width=24),
    TableColumn("位置", width=17),
    TableColumn("要求", width=10),
    TableColumn("问题", width=34),
    TableColumn("修改建议", width=26),
    TableColumn("修改情况", width=34),
    TableColumn("编号", SMALL, 12),
)
SIGNATURES = ((0, "单位负责人（签字）："), (3, "填表人："), (4, "联系电话："), (6, "填报日期："))
NOTE = (
    "填写说明：只填“修改情况”一栏，写明怎样改的，或为何不改；可以排序、删行。“编号”用来认出每条意见，请勿改动。"
    "填好后在系统“审核意见反馈表”页上传。"
)


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """One remark as it is printed."""

    form: str
    place: str
    level: str
    question: str
    proposal: str
    answer: str
    tag: str


@dataclass(frozen=True, slots=True)
class FeedbackSheet:
    """The remarks to one department, or to one unit, in one year."""

    year: int
    name: str
    """As titles say it, without the code."""
    stamp: str
    rows: tuple[FeedbackRow, ...]

    @property
    def title(self) -> str:
        return f"{self.name}{self.year}年绩效目标审核意见反馈表"


def write_feedback(target: IO[bytes], sheets: Sequence[FeedbackSheet], *, date: str) -> None:
    """Raises CellTooLong for a text that no cell can hold."""
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        styles = Styles(book)
        for one, name in zip(sheets, sheet_names([one.name for one in sheets]), strict=True):
            sheet = book.add_worksheet(name)
            row = begin(
                sheet, styles, COLUMNS, title=one.title, left=f"部门（盖章）：{one.stamp}", right=f"印发日期：{date}"
            )
            for number, line in enumerate(one.rows, start=1):
                values = (
                    number,
                    line.form,
                    line.place,
                    line.level,
                    line.question,
                    line.proposal,
                    line.answer,
                    line.tag,
                )
                for column, value in zip(COLUMNS[1:], values[1:], strict=True):
                    if len(str(value).encode("utf-16-le")) // 2 > LONGEST_TEXT:
                        raise CellTooLong(column.header, str(value))
                write_line(sheet, styles, COLUMNS, row, values)
                row += 1
            sheet.merge_range(row, 0, row, len(COLUMNS) - 1, NOTE, styles.caption)
            sheet.set_row(row, 22)
            sign(sheet, styles, row + 1, SIGNATURES)
