"""Workbooks as other programs write them, built in memory with openpyxl."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

ROWS = (
    ("成本指标", "经济成本指标", "补助费用", "=384.39万元"),
    ("", "", "承运人责任险", "=110万元"),
    ("产出指标", "数量指标", "乘车学生数", "≥1.5万人"),
    ("", "质量指标", "运营达标率", "≥95%"),
    ("满意度指标", "服务对象满意度指标", "家长满意度", "≥95%"),
)
NAME = "[202]淄博市淄川区教育和体育局"
UNIT = "淄博市淄川区教育和体育局"


def text(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    """Text that begins with = is text here, as in Excel after an apostrophe."""
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str) and value.startswith("="):
        cell.data_type = "s"


def fill(sheet: Worksheet, lines: Sequence[Sequence[Any]], *, row: int = 1, column: int = 1) -> None:
    for down, line in enumerate(lines):
        for right, value in enumerate(line):
            if value not in ("", None):
                text(sheet, row + down, column + right, value)


def project_lines(**changes: Any) -> list[list[Any]]:
    """V1 without optional spaces: 5 sheet columns, blank cells where merges were."""
    said: dict[str, Any] = {
        "heading": "2023年项目支出绩效目标表",
        "title": "校车运营补贴",
        "department": NAME,
        "unit": UNIT,
        "money": "项目资金(万元)",
        "total": 494.39,
        "fiscal": 494.39,
        "other": 0,
        "goal": "目标1：保障学生乘车。",
        "rows": ROWS,
    } | changes
    return [
        [said["heading"]],
        ["项目名称", said["title"]],
        ["主管部门及代码", said["department"], "", "实施单位", said["unit"]],
        [said["money"], "年度预算资金总额:", "", "", said["total"]],
        ["", "其中:财政拨款", "", "", said["fiscal"]],
        ["", "其他资金", "", "", said["other"]],
        ["年度总体绩效目标", said["goal"]],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值"],
        *(["", *row] for row in said["rows"]),
    ]


PLAN_HEAD = (
    ("职责序号", "部门职责", "", "职责目标", "绩效指标", "指标解释", "年度指标值",
     "指标参考值", "", "", "", "", "",
     "备注（标准值和历史值均无的原因/其他需要说明的问题）", "工作活动", "预算项目", "对应科室"),
    ("", "", "", "", "", "", "", "标准值（规划目标、行业标准或其他明确标准）", "", "", "历史值（统计年鉴/统计公报/内部统计/其他需明确的来源）"),
    ("", "", "", "", "", "", "", "规划值", "当年标准值", "", "前三年均值", "上年值", "来源"),
    ("", "", "", "", "", "", "", "", "标准值", "来源"),
)  # fmt: skip
PLAN_MERGES = (
    "A1:A4", "B1:C4", "D1:D4", "E1:E4", "F1:F4", "G1:G4",
    "H1:M1", "H2:J2", "K2:M2", "H3:H4", "I3:J3", "K3:K4", "L3:L4", "M3:M4", "N1:N4", "O1:O4", "P1:P4", "Q1:Q4",
)  # fmt: skip
PLAN_ROWS = (
    ("1", "就业", "促进就业", "扩大就业", "新增就业", "反映就业", "≥10人", "≥10人", "≥9人", "上级要求",
     "8人", "9人", "内部统计", "-", "招聘会", "就业资金10万元", "就业科"),
    ("", "", "", "", "培训人次", "反映培训", "≥20人次", "≥20人次", "", "", "15人次", "16人次", "内部统计", "", "培训", "", ""),
    ("2", "社保", "参保", "扩面", "参保人数", "反映参保", "≥30人", "", "", "", "", "", "", "新业务", "宣传", "社保资金5万元", "社保科"),
)  # fmt: skip


def book(*sheets: tuple[str, Callable[[Worksheet], None]]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, draw in sheets:
        draw(workbook.create_sheet(name))
    return saved(workbook)


def one_sheet(lines: Sequence[Sequence[Any]], *, row: int = 1, column: int = 1, merges: Sequence[str] = ()) -> bytes:
    def draw(sheet: Worksheet) -> None:
        fill(sheet, lines, row=row, column=column)
        for merge in merges:
            sheet.merge_cells(merge)

    return book(("Sheet1", draw))


def saved(workbook: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()
