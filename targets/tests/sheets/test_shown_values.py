"""What is read is what the screen showed: formats, formulas, exact amounts behind rounded ones, hidden characters."""

import io
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from targets.tests.sheets.books import (
    book,
    fill,
    one_sheet,
    project_lines,
    saved,
)  # fmt: skip
from targets.tests.sheets.test_projects_of_others import MERGES, only


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.95, "0%", "95%"),
        (1, "0%", "100%"),
        (1, "0.00%", "100.00%"),
        (728, "0.00", "728.00"),
        (12689, "#,##0", "12,689"),
        (95, "General", "95"),
        (100.0, "General", "100"),
        (0.5, "General", "0.5"),
        (0.1 + 0.2, "General", "0.3"),
        (384.39, '0.00"万元"', "384.39万元"),
        (95, '"≥"0"%"', "≥95%"),
        (45291, 'yyyy"年"m"月"d"日"', "2023年12月31日"),
        (45291, "yyyy-mm-dd", "2023-12-31"),
        (True, "General", "TRUE"),
    ],
)
def test_value_is_what_the_screen_showed(value, number_format, shown):
    def draw(sheet):
        fill(sheet, project_lines())
        cell = sheet.cell(9, 5)
        cell.value, cell.number_format = value, number_format

    assert only(book(("Sheet1", draw))).record.rows[0].target == shown


def test_formula_without_result_is_the_text_that_was_typed():
    workbook = openpyxl.load_workbook(io.BytesIO(one_sheet(project_lines(), merges=MERGES)))
    workbook.active["E9"] = "=100%"
    form = only(saved(workbook))
    assert form.record.rows[0].target == "=100%"
    assert [(p.cell, p.level) for p in form.problems] == [("E9", "guess")]


def test_formula_with_a_result_is_what_the_screen_showed():
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    sheet = workbook.add_worksheet("校车")
    percent = workbook.add_format({"num_format": "0%"})
    for row, line in enumerate(project_lines()):
        for column, value in enumerate(line):
            sheet.write(row, column, value)
    sheet.write_formula("E9", "=100%", percent, 1)
    sheet.write_formula("E4", "=E5+E6", None, 494.39)
    sheet.write_formula("E10", "=NAME", None, "#NAME?")
    workbook.close()
    form = only(target.getvalue())
    assert (form.record.total, form.record.rows[0].target) == (Decimal("4943900.00"), "100%")
    assert {p.cell for p in form.problems if "公式" in p.message} == {"E4", "E9", "E10"}


def test_amount_is_the_exact_number_behind_the_rounded_one():
    def draw(sheet):
        fill(sheet, project_lines(total=133.0312))
        sheet["E4"].number_format = "0.00"
        fill(sheet, [[2.333333333]], row=5, column=5)
        sheet["E5"].number_format = "0.00"

    form = only(book(("Sheet1", draw)))
    assert (form.record.total, form.record.fiscal) == (Decimal("1330312.00"), Decimal("23300.00"))
    assert [p.cell for p in form.problems if "不能精确到分" in p.message] == ["E5"]


@pytest.mark.parametrize(
    ("heading", "number", "number_format", "yuan", "remark"),
    [
        ("资金总额", 320.504, '#,##0.00"万元"', "3205040.00", ""),
        ("资金总额（万元）", 3205000, '#,##0.00"元"', "3205000.00", "“3,205,000.00元”已按 320.50 万元读入，请核对。"),
        ("资金总额（万元）", 3205000, '0!.0,"万元"', "3205000.00", ""),
        ("资金总额（元）", 320.5, '0.0"万元"', "3205000.00", "“320.5万元”已按 320.50 万元读入，请核对。"),
    ],
)
def test_a_unit_that_the_format_shows_counts(heading, number, number_format, yuan, remark):
    def draw(sheet):
        lines = [["2023年项目支出绩效目标表"], ["项目名称", "校车"], [heading, number], *project_lines()[7:]]
        fill(sheet, lines)
        sheet["B3"].number_format = number_format

    form = only(book(("Sheet1", draw)))
    assert form.record.total == Decimal(yuan)
    told = [problem.message.removeprefix("Sheet1!B3：") for problem in form.problems if problem.cell == "B3"]
    assert told == ([remark] if remark else [])


def test_control_characters_are_taken_out_and_told():
    form = only(one_sheet(project_lines(goal="目标\u202e1"), merges=MERGES))
    assert form.record.goal == "目标1"
    assert [(p.cell, p.level) for p in form.problems] == [("B7", "warning")]


def test_text_below_a_merged_cell_is_not_on_the_screen():
    def draw(sheet):
        sheet.merge_cells("B9:B10")
        fill(sheet, project_lines())
        sheet._cells[10, 2] = openpyxl.cell.cell.Cell(sheet, 10, 2, "看不见")

    assert only(book(("Sheet1", draw))).record.rows[1].level1 == "成本指标"
