"""The official workbook: sheet names, print settings, and cells that must not turn into something else."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest

from targets.domain.record import PLAN, PROJECT, IndicatorRow, Record
from targets.domain.sheets.reader import read_workbook
from targets.domain.sheets.writer import sheet_names, write_official


def book(*records, **options):
    return openpyxl.load_workbook(io.BytesIO(write_official(records, **options)))


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["校车"], ["校车"]),
        (["校车", "校车", "校车"], ["校车", "校车(2)", "校车(3)"]),
        (["A", "a"], ["A", "a(2)"]),
        (["2021/2022[一]:*?\\"], ["2021 2022 一"]),
        ([""], ["绩效目标表"]),
        (["'引'"], ["引"]),
        (["History"], ["History(2)"]),
        (["长" * 40, "长" * 40], ["长" * 31, "长" * 28 + "(2)"]),
        (["😀" * 20], ["😀" * 15]),
    ],
)
def test_sheet_names_are_safe_and_unique(wanted, names):
    assert sheet_names(wanted) == names


def test_nothing_is_a_formula_a_link_or_a_number():
    row = IndicatorRow(level1="=1+1", name="http://a.cn", target="=100%", level2="00123")
    sheet = book(Record(PROJECT, 2023, "=cmd|' /C calc'!A0", goal="+1", rows=(row,))).active
    assert {(cell.data_type, cell.hyperlink) for line in sheet.iter_rows() for cell in line if cell.value} == {
        ("s", None)
    }
    assert [cell.number_format for cell in sheet[10] if cell.value] == ["@"] * 4


def test_amounts_are_numbers_in_wan():
    sheet = book(Record(PROJECT, 2023, "校车", total=Decimal("4943900.00"), fiscal=Decimal("12345.67"))).active
    assert [(sheet.cell(row, 6).value, sheet.cell(row, 6).number_format) for row in (5, 6, 7)] == [
        (494.39, "#,##0.00"),
        (1.234567, "#,##0.00####"),
        (None, "@"),
    ]


def test_amount_with_more_digits_than_a_number_holds_is_text():
    record = Record(PROJECT, 2023, "校车", total=Decimal("9999999999999999.99"))
    assert read_workbook(write_official([record]), "a.xlsx").forms[0].record == record


def test_project_code_has_its_cells_only_when_there_is_one():
    for code, said in (("", ["项目名称", "校车"]), ("2023-1", ["项目名称", "校车", "项目代码", "2023-1"])):
        sheet = book(Record(PROJECT, 2023, "校车", code=code)).active
        assert [cell.value for cell in sheet[3] if cell.value] == said


def test_check_code_stands_above_the_table():
    records = [Record(PROJECT, 2023, "甲"), Record(PLAN, 2023, "2023年整体绩效目标表", department_name="某局")]
    for codes in (["2023-202-0002-R5", "X"], {0: "2023-202-0002-R5", 1: "X"}):
        first, second = book(*records, check_codes=codes)
        assert (first["E2"].value, second["M2"].value) == ("校验码：2023-202-0002-R5", "校验码：X")
    content = write_official(records, check_codes={1: "X"})
    assert [form.record for form in read_workbook(content, "a.xlsx").forms] == records


def test_every_page_says_what_it_is_of():
    """At the foot where the head does not come again on the second page; a plan's does."""
    project, long, plan = Record(PROJECT, 2023, "甲&乙"), Record(PROJECT, 2023, "长" * 50), Record(PLAN, 2023, "")
    sheets = book(project, long, plan, check_codes=["2023-1-R1", "", "2023-2-R1"]).worksheets
    feet = [(sheet.oddFooter.left.text, sheet.oddFooter.right.text) for sheet in sheets]
    assert feet == [
        ("项目名称：甲&&乙", "校验码：2023-1-R1"),
        (f"项目名称：{'长' * 40}…", None),
        (None, None),
    ]
    assert {sheet.oddFooter.center.text for sheet in sheets} == {"第 &P 页 共 &N 页"}
    assert [sheet.print_title_rows for sheet in sheets] == ["$9:$9", "$9:$9", "$2:$6"]


def test_long_goal_takes_several_rows_so_that_it_prints_whole():
    record = Record(PROJECT, 2023, "校车", goal="目标" * 2000, rows=(IndicatorRow(name="a"),))
    sheet = book(record).active
    (goal,) = (merged for merged in sheet.merged_cells.ranges if merged.coord.startswith("B8:"))
    assert goal.size["rows"] > 1
    assert max(dimension.height or 0 for dimension in sheet.row_dimensions.values()) <= 409
    assert read_workbook(write_official([record]), "a.xlsx").forms[0].record == record


def test_text_longer_than_a_cell_is_an_error_and_not_cut():
    with pytest.raises(ValueError, match="32767"):
        write_official([Record(PROJECT, 2023, "校车", goal="长" * 32_768)])


def test_page():
    sheet = book(Record(PROJECT, 2023, "校车")).active
    margins = sheet.page_margins
    millimetres = [round(inches * 25.4) for inches in (margins.left, margins.right, margins.top, margins.bottom)]
    assert millimetres == [15, 15, 12, 14]
    assert (sheet["A1"].font.name, sheet["A1"].font.size) == ("方正小标宋简体", 18)
    assert (sheet["B3"].font.name, sheet["B3"].font.size) == ("宋体", 10.5)


def test_same_records_give_the_same_bytes():
    record = Record(PROJECT, 2023, "校车")
    day = datetime(2023, 1, 1, tzinfo=UTC)
    assert write_official([record], created=day) == write_official([record], created=day)


def test_what_is_too_long_for_its_place_above_or_below_the_table_takes_several_lines():
    """Without them its neighbour would cut it off, or LibreOffice would make the whole page as small as it takes."""
    unit, basis = "淄川区某某服务中心" * 5, "依据" * 3000
    extra = {"填报日期": "2023年12月31日（星期日）下午填报完成", "立项依据": basis, "说明": "一句"}
    record = Record(PROJECT, 2023, "校车", unit=unit, extra=extra)
    sheet = book(record).active
    told = {cell.value: cell for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)}
    below = [told[text] for text in (f"填报日期：{extra['填报日期']}", f"立项依据：{basis}", "说明：一句")]
    cells = [told[f"填报单位（盖章）：{unit}"], told["（2023年度）"], told["填表人："], *below]
    assert [cell.alignment.wrap_text or False for cell in cells] == [True, False, False, True, True, True]
    heights = [sheet.row_dimensions[cell.row].height for cell in cells[:4]]
    assert heights[0] == heights[1] > 30
    assert heights[2] == heights[3] > 30
    (area,) = (merged for merged in sheet.merged_cells.ranges if merged.coord.startswith(cells[4].coordinate + ":"))
    assert area.size == {"columns": 6, "rows": 3}
    assert read_workbook(write_official([record]), "a.xlsx").forms[0].record == record


def test_a_cell_too_tall_for_any_row_has_smaller_letters():
    texts = ["释" * 100, "释" * 400, "释" * 900, "释" * 3000]
    sheet = book(Record(PLAN, 2023, "", rows=tuple(IndicatorRow(name="率", explanation=text) for text in texts))).active
    sizes = {cell.value: cell.font.size for line in sheet.iter_rows() for cell in line if cell.value in texts}
    assert [sizes[text] for text in texts] == [9, 7, 5, 5]


def test_a_tall_cell_of_several_rows_stretches_as_many_of_them_as_it_takes():
    first = IndicatorRow(duty="职责" * 350, name="一")
    rows = (first, *(first.with_cells(name=name, continues=("duty",)) for name in "二三"))
    sheet = book(Record(PLAN, 2023, "", rows=rows)).active
    (duty,) = (cell for line in sheet.iter_rows() for cell in line if cell.value == first.duty)
    heights = [sheet.row_dimensions[duty.row + at].height for at in range(3)]
    assert (duty.font.size, heights[1:]) == (9, [399.75, 399.75])
    assert 20 < heights[0] < 399
