"""Headings that other counties print over the same columns, and amounts beside labels that head a table elsewhere."""

import pytest

from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import one_sheet

HEAD = [
    ["2024年项目支出绩效目标表"],
    ["项目名称", "河道保洁"],
    ["资金总额（万元）", "12"],
    ["年度目标", "水清岸绿"],
]


def read(*lines):
    (form,) = read_workbook(one_sheet([*HEAD, *lines]), "a.xlsx").forms
    return form


def said(form):
    return [(row.level1, row.level2, row.name, row.target) for row in form.record.rows]


@pytest.mark.parametrize("heading", ["指标方向", "指标值类型"])
def test_column_of_nothing_but_signs_is_one_whatever_its_heading(heading):
    form = read(
        ["一级指标", "二级指标", "三级指标", heading, "目标值", "计量单位"],
        ["产出指标", "数量指标", "保洁里程", "≥", "126", "公里"],
        ["效益指标", "社会效益指标", "沿河环境", "定性", "改善", ""],
    )
    assert said(form) == [
        ("产出指标", "数量指标", "保洁里程", "≥126公里"),
        ("效益指标", "社会效益指标", "沿河环境", "改善"),
    ]
    assert [(p.cell, p.level) for p in form.problems] == [("D5", "guess")]


def test_column_of_directions_is_no_column_of_signs():
    form = read(
        ["一级指标", "二级指标", "三级指标", "指标方向", "目标值"],
        ["产出指标", "数量指标", "保洁里程", "正向", "≥126公里"],
    )
    assert (said(form), form.problems) == ([("产出指标", "数量指标", "保洁里程", "≥126公里")], ())
    assert form.record.extra == {"指标方向": "第1行 正向"}


@pytest.mark.parametrize("below", [["半年（程）计划值", "全年（程）计划值"], ["上年", "本年计划数"]])
def test_value_of_the_whole_year_below_the_heading_of_targets_is_the_target(below):
    lines = [
        *HEAD,
        ["一级指标", "二级指标", "三级指标", "指标值", ""],
        ["", "", "", *below],
        ["产出指标", "数量指标", "保洁里程", "60公里", "≥126公里"],
    ]
    (form,) = read_workbook(one_sheet(lines, merges=("A5:A6", "B5:B6", "C5:C6", "D5:E5")), "a.xlsx").forms
    assert said(form) == [("产出指标", "数量指标", "保洁里程", "≥126公里")]
    assert "60公里" in str(form.record.extra)
    assert f"表头“{below[1]}”已读为“指标值”" in form.problems[0].message


def test_amount_spent_beside_its_label_alone_is_kept():
    form = read(
        ["上年预算执行数（元）", "1399800"],
        ["一级目标", "二级目标", "三级目标", "指标目标值"],
        ["产出指标", "数量指标", "保洁里程", "≥126公里"],
    )
    assert form.record.extra == {"上年预算执行数（元）": "1399800元"}
    assert said(form) == [("产出指标", "数量指标", "保洁里程", "≥126公里")]


def test_column_of_signs_is_found_in_a_list_too():
    lines = [
        ["2024年项目支出绩效目标表"],
        ["单位名称", "项目名称", "一级指标", "二级指标", "三级指标", "指标值", "度量单位", "指标值类型"],
        ["某局", "河道保洁", "产出指标", "数量指标", "保洁里程", "126", "公里", "≥"],
    ]
    (form,) = read_workbook(one_sheet(lines), "a.xlsx").forms
    assert said(form) == [("产出指标", "数量指标", "保洁里程", "≥126公里")]
    assert [p.message for p in form.problems] == ["Sheet1!H2：表头“指标值类型”已读为“计算符号”，请核对。"]


def plan(heading, *units):
    lines = [["2024年整体绩效目标表"], ["部门职责", "职责目标", "绩效指标", "年度指标值", heading, "对应科室"]]
    lines += [["防汛", "度汛", f"巡查{number}", "≥95", unit, "防御科"] for number, unit in enumerate(units, start=1)]
    (form,) = read_workbook(one_sheet(lines), "a.xlsx").forms
    return [row.target for row in form.record.rows], form


def test_column_of_units_of_a_plan_whose_heading_may_name_offices():
    targets, form = plan("单位", "次", "-", "%", "万元/座")
    assert targets == ["≥95次", "≥95", "≥95%", "≥95万元/座"]
    assert [p.message.split("：", 1)[1] for p in form.problems] == ["表头“单位”已读为“计量单位”，请核对。"]


def test_column_of_offices_is_no_column_of_units():
    targets, form = plan("单位", "水管所", "%")
    assert targets == ["≥95", "≥95"]
    assert form.record.extra == {"单位（第1行）": "水管所", "单位（第2行）": "%"}


def test_times_below_the_heading_of_targets_without_merges():
    form = read(
        ["一级指标", "二级指标", "三级指标", "指标值", "", "", "备注"],
        ["", "", "", "2022年", "2023年", "预计当年实现", ""],
        ["产出指标", "数量指标", "保洁里程", "118公里", "120公里", "≥126公里", "估算"],
    )
    assert said(form) == [("产出指标", "数量指标", "保洁里程", "≥126公里")]
    assert form.record.rows[0].note == "估算"
