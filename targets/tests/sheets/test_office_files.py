"""Files as offices send them, each with the fault that was found in reading one like it."""

from decimal import Decimal

import pytest

from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets import other_forms
from targets.tests.sheets.books import PLAN_HEAD, PLAN_MERGES, UNIT, one_sheet, project_lines
from targets.tests.sheets.files import as_text
from targets.tests.sheets.samples import (
    V3,
    V3_MERGES,
    V4,
    V4_MERGES,
    V8,
    V8_MERGES,
    V9,
    V9_MERGES,
    V9B,
    V9B_MERGES,
    form_book,
)

LIST_HEAD = [
    "序号",
    "年度",
    "主管部门",
    "实施单位",
    "项目名称",
    "总金额（元）",
    "其中：财政拨款",
    "其他资金",
    "绩效目标",
]
LIST_HEAD += ["一级指标", "二级指标", "三级指标", "指标值"]
GOAL = "目标1：更新12处供水站设备。\n目标2：水质达标。"
INDICATORS = (("产出指标", "数量指标", "更新供水站", "=12处"), ("产出指标", "质量指标", "水质合格率", "=100%"))


def the_list():
    said = ["2024", "河东县水利局", "河东县供水中心", "饮水工程维护", "3,568,000.00", "3000000", "568000", GOAL]
    return [LIST_HEAD, *([str(number), *said, *cells] for number, cells in enumerate(INDICATORS, start=1))]


@pytest.mark.parametrize(
    "write", [one_sheet, lambda rows: as_text(rows, ";", "gb18030"), lambda rows: as_text(rows, "\t", "utf-16")]
)
def test_a_list_repeats_a_goal_of_several_lines_and_names_its_unit_once(write):
    (form,) = read_workbook(write(the_list()), "清单.xls").forms
    assert form.record.goal == GOAL
    assert (form.record.total, form.record.fiscal, form.record.other) == (
        Decimal(3568000),
        Decimal(3000000),
        Decimal(568000),
    )
    assert [(row.level1, row.level2, row.name, row.target) for row in form.record.rows] == list(INDICATORS)
    assert form.problems == ()


def test_a_self_evaluation_copied_from_a_page_without_its_blanks():
    lines = [[cell for cell in line if cell != ""] for line in V9]
    (form,) = read_workbook(as_text(lines, "\t"), "自评表.txt").forms
    assert form.record.goal == "养护农村公路30公里。"
    assert form.record.extra["实际完成情况"] == "已养护30公里。"
    assert [(row.name, row.target, row.weight) for row in form.record.rows] == [
        ("养护里程", "≥30公里", "15"),
        ("验收合格率", "≥100百分比", "15"),
        ("每公里成本", "≤4万元", "20"),
        ("出行条件", "改善", "30"),
        ("群众满意度", "≥90%", "10"),
    ]
    said = " ".join(one.message for one in form.problems)
    assert "“养护农村公路30公里。”已按次序读入“预期目标”" in said
    assert "单元格与表头错开" in said


@pytest.mark.parametrize("step", [1, 2, -1, -2])
def test_one_row_of_a_plan_moved_while_the_form_has_kept_its_merges(step):
    """One of its cells may look like something else (汛前检查维护雨量站、广播站 like offices) where all others speak for their columns."""
    rows = [list(row) for row in other_forms.PLAN_ROWS]
    rows[2] = [""] * step + rows[2] if step > 0 else rows[2][-step:]
    head = [[*line, *[""] * (17 - len(line))] for line in PLAN_HEAD]
    merges = [*(_down(merge, 2) for merge in PLAN_MERGES), "A11:A12", "B11:B12", "C11:C12", "D11:D12"]
    lines = [["2024年整体绩效目标表"], [f"部门名称：{other_forms.PLAN_NAME}"], *head, *rows]
    (form,) = read_workbook(one_sheet(lines, merges=merges), "a.xlsx").forms
    wanted = other_forms.printed()[other_forms.PLAN_NAME]["rows"]
    assert [{name: getattr(row, name) for name in other_forms.FIELDS} for row in form.record.rows] == wanted
    assert any("错开" in one.message for one in form.problems)


def _down(merge, rows):
    return ":".join(f"{cell[0]}{int(cell[1:]) + rows}" for cell in merge.split(":"))


NUMBERED = {
    "项目名称": "一、项目名称",
    "主管部门及代码": "2.主管部门及代码",
    "实施单位": "3、实施单位",
    "年度总体绩效目标": "四、年度总体绩效目标",
}


@pytest.mark.parametrize(
    "heading", ["附表：2023年项目支出绩效目标表", "附件2:2023年度项目支出绩效目标表", "2023年项目支出绩效目标表"]
)
def test_labels_with_numbers_below_a_title_in_an_annex(heading):
    lines = [[NUMBERED.get(str(cell), cell) for cell in line] for line in project_lines(heading=heading)]
    (form,) = read_workbook(one_sheet(lines, merges=("A8:A13", "B9:B10", "C9:C10", "B11:B12")), "a.xlsx").forms
    record = form.record
    assert (record.year, record.title, record.department_code, record.unit) == (2023, "校车运营补贴", "202", UNIT)
    assert record.goal == "目标1：保障学生乘车。"
    assert (record.extra, form.problems) == ({}, ())


@pytest.mark.parametrize("step", [1, 2, -1, -2])
@pytest.mark.parametrize("row", [5, 6, 7, 8])
def test_a_line_of_a_list_beside_its_headings(row, step):
    lines = [list(line) for line in V3]
    lines[row] = [""] * step + lines[row] if step > 0 else lines[row][-step:]
    sound, moved = (read_workbook(form_book(rows, V3_MERGES[:1]), "清单.xlsx").forms for rows in (V3, lines))
    assert [form.record for form in moved] == [form.record for form in sound]
    assert any(f"{row + 1}：这一行的单元格与表头错开" in one.message for form in moved for one in form.problems)


@pytest.mark.parametrize(
    ("lines", "merges", "row"), [(V4, V4_MERGES, 9), (V8, V8_MERGES, 12), (V9, V9_MERGES, 13), (V9B, V9B_MERGES, 11)]
)
@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("step", [1, 2])
def test_a_row_slips_with_the_cells_under_headings_that_no_field_takes(lines, merges, row, kept, step):
    """绩效标准, 实际完成值, 得分 and the like move along with the indicator."""
    moved = [list(line) for line in lines]
    moved[row] = [""] * step + moved[row]
    left = [merge for merge in merges if kept and not row < int(merge.split(":")[1][1:]) < row + 3]
    (sound,), (form,) = (read_workbook(form_book(*book), "a.xlsx").forms for book in ((lines, merges), (moved, left)))
    assert [row.texts for row in form.record.rows] == [row.texts for row in sound.record.rows]
    assert form.record.extra == sound.record.extra
    assert any(f"{row + 1}：这一行的单元格与表头错开" in one.message for one in form.problems)
