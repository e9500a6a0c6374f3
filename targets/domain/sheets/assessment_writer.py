"""绩效目标审核表 as a workbook: one sheet a form, portrait A4, with lines to sign. Titles: one form for 一般性项目, one for 重点项目."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from targets.domain.assessment import GRADES, Answer
from targets.domain.sheets.amounts import WAN
from targets.domain.sheets.cells import clean_text
from targets.domain.sheets.list_sheet import set_page
from targets.domain.sheets.writer import OPTIONS, sheet_names

WIDTHS = (9, 12, 38, 8, 9, 26)
"""Characters: 审核内容 · 审核要点 · 具体问题 · 分值 · 得分 or 结论 · 说明."""
LAST = len(WIDTHS) - 1
LINE_POINTS = 15.0
TALLEST = 400.0
LONGEST = 32_000
TICKED, UNTICKED = "☑", "☐"

Value = str | Decimal | None
Cell = tuple[int, int, Value, Format]
"""First and last column, what stands there, its look."""


@dataclass(frozen=True, slots=True)
class AssessmentSheet:
    """What is printed of one review form."""

    title: str
    variant: str
    name: str
    code: str
    department: str
    unit: str
    total: Decimal | None
    level: str
    basis: str
    """The text that was judged: `第3稿`."""
    check_code: str
    is_scored: bool
    answers: tuple[Answer, ...]
    score: str
    grade: str
    opinion: str
    expert_opinion: str
    filled_in_by: str
    taken: str
    """What was done with it and when, or that nothing was yet."""


def write_assessments(target: IO[bytes], sheets: Sequence[AssessmentSheet]) -> None:
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        styles = _Styles(book)
        for sheet, name in zip(sheets, sheet_names([f"{one.level} {one.name}" for one in sheets]), strict=True):
            _Page(book.add_worksheet(name), styles, sheet).write()


class _Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        body = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter", "num_format": "@"}
        cell = body | {"border": 1, "text_wrap": True}
        head = {"font_name": "黑体", "align": "center"}
        self.title: Format = book.add_format(body | {"font_name": "方正小标宋简体", "font_size": 18, "align": "center"})
        self.under: Format = book.add_format(body | {"align": "center"})
        self.caption: Format = book.add_format(body)
        self.caption_end: Format = book.add_format(body | {"align": "right"})
        self.label: Format = book.add_format(cell | {"align": "center"})
        self.head: Format = book.add_format(cell | head)
        self.text: Format = book.add_format(cell)
        self.middle: Format = book.add_format(cell | {"align": "center"})
        self.bold: Format = book.add_format(cell | {"align": "center", "bold": True})
        self.number: Format = book.add_format(cell | {"align": "center", "num_format": "General"})
        self.amount: Format = book.add_format(cell | {"align": "left", "num_format": "#,##0.00####"})


class _Page:
    """From top to bottom; `row` is the next free one."""

    def __init__(self, sheet: Worksheet, styles: _Styles, form: AssessmentSheet) -> None:
        self.sheet, self.styles, self.form = sheet, styles, form
        self.row = 0

    def write(self) -> None:
        sheet = self.sheet
        sheet.set_portrait()
        set_page(sheet, WIDTHS)
        self._head()
        self._questions()
        self._result()
        self._foot()

    def _put(self, left: int, right: int, value: Value, style: Format, *, rows: int = 1) -> None:
        """A text is never a formula, whatever it begins with."""
        bottom = self.row + rows - 1
        if (left, self.row) != (right, bottom):
            self.sheet.merge_range(self.row, left, bottom, right, "", style)
        if isinstance(value, Decimal):
            self.sheet.write_number(self.row, left, float(value), style)
        elif value:
            self.sheet.write_string(self.row, left, clean_text(value)[0][:LONGEST], style)
        else:
            self.sheet.write_blank(self.row, left, None, style)

    def _line(self, *cells: Cell, height: float = 24) -> None:
        for left, right, value, style in cells:
            self._put(left, right, value, style)
        self.sheet.set_row(self.row, min(TALLEST, height))
        self.row += 1

    def _head(self) -> None:
        form, styles = self.form, self.styles
        self._line((0, LAST, form.title, styles.title), height=34)
        if form.variant:
            self._line((0, LAST, form.variant, styles.under), height=18)
        self._line(
            (0, 2, f"审核环节：{form.level}", styles.caption),
            (3, LAST, f"依据{form.basis}　校验码：{form.check_code}", styles.caption_end),
            height=22,
        )
        self._fact("名称", form.name)
        self._fact("项目代码", form.code)
        self._fact("主管部门", form.department)
        self._fact("实施单位", form.unit)
        if form.total is not None:
            label = (0, 1, "年度资金总额（万元）", styles.label)
            self._line(label, (2, LAST, form.total / WAN, styles.amount))

    def _fact(self, label: str, text: str) -> None:
        if text:
            height = max(24.0, _height(text, sum(WIDTHS[2:])))
            self._line((0, 1, label, self.styles.label), (2, LAST, text, self.styles.text), height=height)

    def _questions(self) -> None:
        form, styles = self.form, self.styles
        heads = ("审核内容", "审核要点", "具体问题", *(("分值", "得分") if form.is_scored else ("审核结论",)), "说明")
        spans = [(at, at) for at in range(LAST + 1)] if form.is_scored else [(0, 0), (1, 1), (2, 2), (3, 4), (5, 5)]
        self._line(*((left, right, words, styles.head) for (left, right), words in zip(spans, heads, strict=True)))
        self.sheet.repeat_rows(self.row - 1)
        for group, answers in groupby(form.answers, key=lambda answer: answer.group):
            of_group = list(answers)
            if len(of_group) > 1:
                self._put(0, 0, group, styles.middle, rows=len(of_group))
            for place, answer in enumerate(of_group):
                said: tuple[Cell, ...] = ((3, 4, answer.words, styles.middle),)
                if form.is_scored:
                    given = Decimal(answer.value) if answer.value else None
                    said = ((3, 3, Decimal(answer.points), styles.number), (4, 4, given, styles.number))
                alone = ((0, 0, group, styles.middle),) if len(of_group) == 1 and not place else ()
                self._line(
                    *alone,
                    (1, 1, answer.name, styles.middle),
                    (2, 2, answer.text, styles.text),
                    *said,
                    (5, 5, answer.note, styles.text),
                    height=max(32.0, _height(answer.text, WIDTHS[2]), _height(answer.note, WIDTHS[5])),
                )

    def _result(self) -> None:
        form, styles = self.form, self.styles
        if form.is_scored:
            self._line(
                (0, 2, "合计", styles.bold),
                (3, 3, Decimal(sum(answer.points for answer in form.answers)), styles.number),
                (4, 4, Decimal(form.score) if form.score else None, styles.number),
                (5, 5, "", styles.text),
            )
        ticks = "　　".join(f"{TICKED if grade == form.grade else UNTICKED}{word}" for grade, word in GRADES.items())
        self._line((0, 1, "综合评定等级", styles.label), (2, LAST, ticks, styles.middle))
        self._long("总体意见", form.opinion)
        if form.is_scored:
            self._long("第三方或专家意见", form.expert_opinion)

    def _long(self, label: str, text: str) -> None:
        height = max(54.0, _height(text, sum(WIDTHS[2:])))
        self._line((0, 1, label, self.styles.label), (2, LAST, text, self.styles.text), height=height)

    def _foot(self) -> None:
        form, styles = self.form, self.styles
        self._line(
            (0, 2, "审核人（签字）：", styles.caption),
            (3, LAST, "日期：　　　　年　　月　　日", styles.caption_end),
            height=40,
        )
        self._line((0, LAST, f"系统登记：{form.filled_in_by}填写，{form.taken}。", styles.caption), height=20)


def _height(text: str, width: float) -> float:
    """Points for a wrapped text: spreadsheets do not fit the height of merged cells by themselves."""
    lines = 0
    for paragraph in text.split("\n"):
        halves = 2 * len(paragraph) - len(paragraph.encode("ascii", "ignore"))
        lines += max(1, math.ceil(halves * 1.08 / (width - 1)))
    return lines * LINE_POINTS + 6
