"""Lines among and below indicators that are none: heads of the next page, page numbers, who filled it in, sums."""

import pytest

from targets.domain.record import IndicatorRow
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import one_sheet, project_lines
from targets.tests.sheets.drawn import cells, read_drawn

LEVELS = ("level1", "level2", "name", "target")
LIST = """
    2024年项目支出绩效目标汇总表|||||
    备注|项目名称|主管部门|一级指标|三级指标|指标值
    |河道保洁|[202]某局|产出指标|保洁里程|≥126公里
    |公厕管护|[202]某局|产出指标|管护座数|≥30座
    """


def test_the_second_page_of_a_plan_with_the_table_of_a_project():
    (form,) = read_drawn(
        """
        2024年部门整体支出绩效目标申报表|<|<|<
        部门名称|[202]某局|<|<
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        一级指标|二级指标|三级指标|指标值
        效益指标|社会效益指标|知晓率|≥90%
        """
    )
    assert (form.kind, cells(form, *LEVELS)) == (
        "plan",
        [("产出指标", "数量指标", "保洁里程", "≥126公里"), ("效益指标", "社会效益指标", "知晓率", "≥90%")],
    )


@pytest.mark.parametrize("line", ["第 2 页", "|||第2页", "第1页|||共3页", "- 2 -"])
def test_a_page_number_in_any_column_is_no_indicator(line):
    lines = [
        "2024年项目支出绩效目标表|||",
        "项目名称|河道保洁||",
        "一级指标|二级指标|三级指标|指标值",
        "产出指标|数量指标|保洁里程|≥126公里",
        line,
        "产出指标|质量指标|达标率|≥95%",
    ]
    (form,) = read_drawn("\n".join(lines))
    assert cells(form, "name", "target") == [("保洁里程", "≥126公里"), ("达标率", "≥95%")]
    assert (form.record.extra, form.problems) == ({}, ())


@pytest.mark.parametrize(
    "line",
    [
        "第 2 页",
        "|||第 2 页",
        "|备注：满意度不低于90%。",
        "单位负责人：|财务负责人：||||经办人：",
        "|||||制表时间：2024-01-10 15:32:11",
    ],
)
def test_a_line_below_a_list_names_no_project_and_is_no_indicator(line):
    forms = read_drawn(f"{LIST.strip()}\n{line}")
    assert [(form.record.title, cells(form, "name", "target")) for form in forms] == [
        ("河道保洁", [("保洁里程", "≥126公里")]),
        ("公厕管护", [("管护座数", "≥30座")]),
    ]


def test_when_a_form_was_printed_is_no_indicator_whichever_column_it_stands_in():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表|||
        项目名称|河道保洁||
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        |||制表时间：2024-01-10 15:32:11
        """
    )
    assert cells(form, *LEVELS) == [("产出指标", "数量指标", "保洁里程", "≥126公里")]
    assert form.record.extra == {"制表时间": "2024-01-10 15:32:11"}


def test_a_time_beside_its_name_in_one_cell_stays_an_indicator():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表|||
        项目名称|河道保洁||
        一级指标|二级指标|三级指标|指标值
        产出指标|时效指标|开工时间|2024年3月
        ||完工时间：2024年12月|
        """
    )
    assert [row.level2 for row in form.record.rows] == ["时效指标", "时效指标"]


def test_the_sum_of_a_self_evaluation_that_is_written_into_each_cell_it_was_merged_over():
    (form,) = read_drawn(
        """
        2024年项目支出绩效自评表|||||
        项目名称|河道保洁||||
        一级指标|二级指标|三级指标|年度指标值|分值|得分
        产出指标|数量指标|保洁里程|≥126公里|90|90
        总分|总分|总分|总分|100|100
        """
    )
    assert cells(form, *LEVELS) == [("产出指标", "数量指标", "保洁里程", "≥126公里")]


def test_a_task_whose_name_speaks_of_sums_is_a_task():
    (form,) = read_drawn(
        """
        2024年部门整体支出绩效目标申报表|<|<|<
        部门名称|[202]某局|<|<
        年度主要任务|任务名称|主要内容|预算金额（万元）
        ^|财务合计核算|开展核算|12
        ^|金额合计||12
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        """
    )
    assert {name: text for name, text in form.record.extra.items() if name.startswith("年度主要任务")} == {
        "年度主要任务 1": "财务合计核算：主要内容 开展核算；预算金额（万元） 12万元",
        "年度主要任务 金额合计": "预算金额（万元） 12万元",
    }


def test_a_title_alone_over_the_rest_of_the_table_is_the_next_page():
    lines = project_lines()
    more = [["2023年项目支出绩效目标表（续）"], lines[7], ["", "效益指标", "社会效益指标", "受益", "提高"]]
    (form,) = read_workbook(one_sheet([*lines, *more]), "a.xlsx").forms
    assert form.record.rows[-1] == IndicatorRow(level1="效益指标", level2="社会效益指标", name="受益", target="提高")
    assert [problem.message for problem in form.problems if "续页" in problem.message] == [
        f"Sheet1!A{len(lines) + 1}：这里只重复了标题，没有项目名称，已作为上面“校车运营补贴”的续页读入，请核对。"
    ]


def test_a_form_without_a_name_below_another_is_still_refused():
    lines = project_lines()
    nameless = [line if line[0] != "项目名称" else ["项目名称"] for line in lines]
    first, second = read_workbook(one_sheet([*lines, *nameless]), "a.xlsx").forms
    assert (first.refused, second.refused) == (False, True)
