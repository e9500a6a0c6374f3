"""Forms to fill in: the official look with empty lines, lists to choose from, and what is known already.

A form filled in here is read back without a guess: the same layouts print and read it, all cells are text, lines left
empty are no indicators, and the sheet 填写说明 has no word of a form.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from targets.domain.record import PLAN, PROJECT, IndicatorRow, Record
from targets.domain.sheets.flat_writer import HEAD_COLUMNS, ROW_COLUMNS
from targets.domain.sheets.layout import Layout
from targets.domain.sheets.layouts import OFFICIAL
from targets.domain.sheets.list_sheet import POINTS_OF_WIDTH
from targets.domain.sheets.paint import Painter, StyleBook, height_of
from targets.domain.sheets.table_writer import A3, A4
from targets.domain.sheets.writer import OPTIONS, set_page, sheet_names

GUIDE_NAME = "填写说明"
FLAT_NAME = "指标明细"
LONGEST_LIST = 255
"""Characters of a list that stands in the cell's rule itself."""
LONGEST_NOTE = 1_000
GUIDE_WIDTH, GUIDE_POINTS = 70, 11
"""Digits that stand beside each other on A4; a single column is made no smaller by every program."""
GOAL_HEIGHT = 90
"""Points; the goal of a form is a paragraph."""
FLAT_POINTS = 11
WIDEST = 30
FLAT_LINES = 2_000
"""Lines of the flat template that offer lists to choose from."""

COMMON_ADVICE = (
    "黑框中的文字是表样，请不要改动；只填写空白处。单元格都是文本格式，“=100%”“≥95%”照样输入即可，不会变成公式。",
    "导入时只读取填写了内容的行，多余的空行不必删除；行不够时，在空行中间插入行。",
    "表上已有的名称、分类、说明取自上年的表和本年度登记的职责，可以修改、删除。",
    (
        "上年的指标值写在批注里（鼠标停在右上角有红色三角的单元格上），供参考，不会被读入。本年的值、金额和年度目标请重新填写，不要照抄；"
        "“上年值”一栏填上年实际完成的数，不是上年的目标。"
    ),
    "填好后在系统“导入”中上传本文件，先看预览再确认。本工作表不会被读入。",
)
FORM_ADVICE = (
    "每一行都要选一级、二级分类（下拉选择），不要留空表示“同上”。",
    "金额单位是万元，只写数字。",
    "要报几个项目，就把工作表复制几份（按住 Ctrl 拖动下方标签），每份填一个项目。",
    "同一职责有几行的，职责几栏已合并；在合并的范围内插入行，会自动归入该职责。",
)
FLAT_ADVICE = (
    "每行一个指标；同一个项目的各行，年度、名称、部门、单位都要写上，金额和年度目标写在第一行即可。",
    "金额单位是万元，只写数字。一级、二级分类从下拉列表选择。",
)


@dataclass(frozen=True, slots=True)
class BlankForm:
    """What is printed into a form beforehand, and what is only told in notes beside it."""

    record: Record
    goal: str = ""
    """Last year's."""
    notes: Sequence[Mapping[str, str]] = ()
    """Of each row: field → last year's text."""


def write_blanks(forms: Sequence[BlankForm], taxonomy: Mapping[str, Sequence[str]]) -> bytes:
    """One sheet a form, after a sheet that says how to fill it in."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, OPTIONS)
    _guide(workbook, (*FORM_ADVICE, *COMMON_ADVICE))
    styles: dict[str, StyleBook] = {}
    names = sheet_names(_sheet_name(form.record) for form in forms)
    for form, name in zip(forms, names, strict=True):
        layout = blank_layout(form.record)
        sheet = workbook.add_worksheet(name)
        set_page(sheet, layout.paper)
        style = styles.setdefault(layout.slug, StyleBook(workbook, layout.paper))
        BlankPainter(sheet, layout, form.record, style, "", form=form, taxonomy=taxonomy).paint()
    if forms:
        workbook.get_worksheet_by_name(names[0]).activate()
    workbook.close()
    return target.getvalue()


def _sheet_name(record: Record) -> str:
    return "部门整体绩效目标表" if record.kind == PLAN else record.title or "项目支出绩效目标表"


def blank_layout(record: Record) -> Layout:
    """With a cell for the project's code even while there is none, and columns for what last year's form had."""
    layout = OFFICIAL[record.kind]
    coded = replace(record, code="-")
    lines = [replace(line, prints=lambda _: True) for line in layout.lines if line.prints(coded)]
    columns = [replace(column, optional=False) for column in layout.columns_for(record)]
    return replace(layout, lines=tuple(lines), columns=tuple(columns))


@dataclass
class BlankPainter(Painter):
    """Also the lines that are still empty, with lists and notes."""

    form: BlankForm = field(default_factory=lambda: BlankForm(Record(PROJECT, 0, "")))
    taxonomy: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def _printed_rows(self) -> list[tuple[IndicatorRow, frozenset[str]]]:
        return [(row, frozenset(row.continues)) for row in self.record.rows]

    def _rows(self) -> None:
        top = self.row
        super()._rows()
        at = {column.field: place[0] for column, place in self._places()}
        for field_name, words in choices(self.taxonomy).items():
            if field_name in at:
                offer(self.sheet, (top, at[field_name], self.row - 1, at[field_name]), words)
        for row, notes in enumerate(self.form.notes, start=top):
            for field_name, text in notes.items():
                if text and field_name in at:
                    _note(self.sheet, row, at[field_name], f"上年：{text}")

    def _head_line(self, line: Any) -> None:
        row = self.row
        super()._head_line(line)
        for label in line.labels:
            if label.field != "goal":
                continue
            self.sheet.set_row(row, GOAL_HEIGHT)
            if self.form.goal:
                _note(self.sheet, row, self._span(label.value_at)[0], f"上年：{self.form.goal}")


def choices(taxonomy: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Field → what may stand in it."""
    level2 = [name for names in taxonomy.values() for name in names]
    return {"level1": list(taxonomy), "level2": list(dict.fromkeys(level2))}


def offer(sheet: Worksheet, area: tuple[int, int, int, int], words: Sequence[str]) -> None:
    """A list to choose from; anything else may be typed after a question."""
    if not words or len(",".join(words)) > LONGEST_LIST:
        return
    rule = {
        "validate": "list",
        "source": list(words),
        "error_type": "warning",
        "error_title": "不在名单中",
        "error_message": "这个名称不在本年度的名单中，请从下拉列表选择。",
    }
    sheet.data_validation(*area, rule)


def _note(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cut = text if len(text) <= LONGEST_NOTE else text[:LONGEST_NOTE] + "…"
    lines = 1 + len(cut) // 20
    sheet.write_comment(row, column, cut, {"width": 280, "height": min(300, 24 + 18 * lines), "font_size": 9})


def _guide(workbook: Any, advice: Sequence[str]) -> None:
    sheet = workbook.add_worksheet(GUIDE_NAME)
    heading = workbook.add_format({"bold": True, "font_size": 14, "font_name": "宋体"})
    text = workbook.add_format({"text_wrap": True, "valign": "top", "font_size": GUIDE_POINTS, "font_name": "宋体"})
    sheet.set_column(0, 0, GUIDE_WIDTH)
    sheet.hide_gridlines(2)
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.5)
    sheet.write_string(0, 0, "怎样填写", heading)
    for row, sentence in enumerate(advice, start=1):
        numbered = f"{row}. {sentence}"
        sheet.write_string(row, 0, numbered, text)
        sheet.set_row(row, height_of(numbered, GUIDE_WIDTH * POINTS_OF_WIDTH, GUIDE_POINTS))


# The flat template ----------------------------------------------------------------------------------------------------

FLAT_FIELDS = frozenset(
    (
        *(
            "year",
            "code",
            "title",
            "department_code",
            "department_name",
            "unit_code",
            "unit",
            "total",
            "fiscal",
            "other",
        ),
        *("goal", "level1", "level2", "name", "explanation", "target", "weight", "note"),
    )
)
"""Columns of a project's form; what the system fills in itself, and what only a plan has, is not asked for."""
MONEY_WORDS = {"total": "年度预算资金总额（万元）", "fiscal": "财政拨款（万元）", "other": "其他资金（万元）"}
Line = Mapping[str, str]


def write_flat_blank(lines: Sequence[tuple[Line, Mapping[str, str]]], taxonomy: Mapping[str, Sequence[str]]) -> bytes:
    """One line for each indicator: what is known of it, and last year's texts as notes."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, OPTIONS)
    _guide(workbook, (*FLAT_ADVICE, *COMMON_ADVICE))
    sheet = workbook.add_worksheet(FLAT_NAME)
    head = workbook.add_format(
        {"bold": True, "border": 1, "bg_color": "#EAEFF4", "text_wrap": True, "valign": "vcenter", "num_format": "@"}
    )
    text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    columns = [(name, column) for name, column in (*HEAD_COLUMNS, *ROW_COLUMNS) if name in FLAT_FIELDS]
    offered = choices(taxonomy)
    head_height = 0.0
    for at, (name, column) in enumerate(columns):
        width, words = min(column.width, WIDEST), MONEY_WORDS.get(name, column.header)
        sheet.set_column(at, at, width, text)
        sheet.write_string(0, at, words, head)
        head_height = max(head_height, height_of(words, width * POINTS_OF_WIDTH, FLAT_POINTS))
        offer(sheet, (1, at, FLAT_LINES, at), offered.get(name, ()))
        for row, (line, notes) in enumerate(lines, start=1):
            sheet.write(row, at, line.get(name, ""), text)
            if notes.get(name):
                _note(sheet, row, at, f"上年：{notes[name]}")
    names = [name for name, _ in columns]
    sheet.freeze_panes(1, names.index("title") + 1)
    sheet.set_row(0, head_height)
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(2, 0)
    sheet.print_across()
    sheet.repeat_rows(0)
    sheet.repeat_columns(names.index("code"), names.index("title"))
    sheet.activate()
    workbook.close()
    return target.getvalue()
