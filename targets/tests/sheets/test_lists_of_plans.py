"""Plans of departments as lists without duties: the goal of each department stands beside its name, as published budgets print it."""

import pytest

from targets.domain.record import PLAN, PROJECT
from targets.tests.sheets.drawn import cells, read_drawn, told

LEVELS = ("level1", "level2", "name", "target")


def whose(form):
    record = form.record
    return form.kind, record.department_code, record.department_name, record.goal


def test_departments_with_their_goals_under_a_head_of_three_rows():
    first, second = read_drawn(
        """
        整体支出绩效目标表|<|<|<|<|<|<|<|<|<
        单位：某县水利局|||||||||金额单位：万元
        单位代码|单位名称|年度预算申请|<|<|整体绩效目标|部门整体支出年度绩效目标|<|<|<
        ^|^|资金总额|按支出性质分|<|^|一级指标|三级指标|指标值|度量单位
        ^|^|^|基本支出|项目支出|^|^|^|^|^
        405|某县水利局|2960.4|960.4|2000|保障防洪安全。|产出指标|维修水库|≥20|座
        ^|^|^|^|^|^|效益指标|受益人口|≥3|万人
        406|某县林业局|800|300|500|国土绿化。|产出指标|造林面积|≥2|万亩
        """,
        year=2024,
    )
    assert whose(first) == (PLAN, "405", "某县水利局", "")
    assert first.record.extra == {
        "整体绩效目标": "保障防洪安全。", "资金总额": "2960.4", "基本支出": "960.4", "项目支出": "2000", "单位": "某县水利局",
    }  # fmt: skip
    assert cells(first, "level1", "name", "target") == [
        ("产出指标", "维修水库", "≥20座"),
        ("效益指标", "受益人口", "≥3万人"),
    ]
    assert whose(second) == (PLAN, "406", "某县林业局", "")
    assert cells(second, "name", "target") == [("造林面积", "≥2万亩")]
    assert told(first) == told(second) == []


def test_departments_with_their_goals_without_merges():
    first, second = read_drawn(
        """
        2024年部门整体支出绩效目标汇总表||||||
        单位编码|单位名称|部门整体绩效目标|一级指标|二级指标|三级指标|指标值
        405|某县水利局|保障防洪安全。|产出指标|数量指标|维修水库|≥20座
        405|某县水利局|保障防洪安全。|||除险水库|≥3座
        406|某县林业局|国土绿化。|产出指标|数量指标|造林面积|≥2万亩
        """
    )
    assert (whose(first), whose(second)) == ((PLAN, "405", "某县水利局", ""), (PLAN, "406", "某县林业局", ""))
    assert cells(first, *LEVELS) == [
        ("产出指标", "数量指标", "维修水库", "≥20座"),
        ("产出指标", "数量指标", "除险水库", "≥3座"),
    ]
    assert second.record.extra == {"部门整体绩效目标": "国土绿化。"}


def test_a_column_of_projects_makes_it_a_list_of_these():
    (form,) = read_drawn(
        """
        2024年项目绩效目标汇总表||||||
        单位名称|项目名称|整体绩效目标|一级指标|二级指标|三级指标|指标值
        某县水利局|水库除险|保障防洪安全。|产出指标|数量指标|除险水库|≥3座
        """
    )
    assert (whose(form), form.record.title) == ((PROJECT, "", "某县水利局", "保障防洪安全。"), "水库除险")


def test_a_title_says_that_goals_beside_departments_are_theirs():
    picture = """
        2024年{title}||||||
        部门名称|年度目标|一级指标|二级指标|三级指标|指标值|权重
        某县水利局|保障防洪安全。|产出指标|数量指标|除险水库|≥3座|10
        某县林业局|国土绿化。|产出指标|数量指标|造林面积|≥2万亩|10
        """
    forms = read_drawn(picture.format(title="部门整体支出绩效目标表"))
    assert [whose(form)[2] for form in forms] == ["某县水利局", "某县林业局"]
    assert [form.record.extra for form in forms] == [{"年度目标": "保障防洪安全。"}, {"年度目标": "国土绿化。"}]
    (form,) = read_drawn(picture.format(title="项目支出绩效目标表"))
    assert (form.kind, form.refused) == (PROJECT, True)


def test_pages_of_a_list_repeat_what_stands_above_it():
    first, second = read_drawn(
        """
        2024年项目支出绩效目标表||||||
        主管部门：某县水利局||||||单位：万元
        序号|项目名称|预算数|一级指标|二级指标|三级指标|指标值
        1|水库除险|800|产出指标|数量指标|除险水库|3座
        第1页 共2页||||||
        2024年项目支出绩效目标表||||||
        主管部门：某县水利局||||||单位：万元
        序号|项目名称|预算数|一级指标|二级指标|三级指标|指标值
        |||效益指标|社会效益指标|受益人口|3万人
        2|河长制|126|产出指标|数量指标|巡河里程|126公里
        合计||926||||
        第2页 共2页||||||
        """
    )
    assert cells(first, *LEVELS) == [
        ("产出指标", "数量指标", "除险水库", "3座"),
        ("效益指标", "社会效益指标", "受益人口", "3万人"),
    ]
    assert cells(second, *LEVELS) == [("产出指标", "数量指标", "巡河里程", "126公里")]
    assert told(first) == [("B9", "项目名称为空白，已按合并单元格照上一行读为“水库除险”，请核对。")]
    assert (told(second), first.record.extra, second.record.extra) == ([], {}, {})
    assert (whose(first)[2], whose(second)[2]) == ("某县水利局", "某县水利局")


WITH_DUTIES = """
    2024年部门整体绩效目标汇总表||||||
    部门名称|序号|部门职责|职责目标|绩效指标|年度指标值|对应科室
    某县教体局|{}|学前教育|普惠|普惠率|≥85%|学前科
    ^|{}|{}|普惠|新增学位|≥360个|学前科
    ^|{}|义务教育|均衡|巩固率|≥99%|基教科
    某县文旅局|{}|文化惠民|丰富|送戏场次|≥120场|文化科
    """
MEANT = "表头“序号”已读为“职责序号”，请核对。"


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        (("1", "^", "^", "2", "1"), ["1", "1", "2", "1"]),
        (("1", "1", "学前教育", "2", "1"), ["1", "1", "2", "1"]),
        (("1", "2", "学前教育", "3", "4"), ["", "", "", ""]),
        (("1", "2", "^", "3", "4"), ["", "", "", ""]),
        (("1", "1", "学前教育", "1", "2"), ["", "", "", ""]),
        (("1", "^", "^", "^", "2"), ["", "", "", ""]),
    ],
    ids=["merged", "repeated", "lines", "lines of merged duties", "departments", "merged departments"],
)
def test_numbers_of_duties_are_told_from_those_of_lines_and_departments(said, numbers):
    forms = read_drawn(WITH_DUTIES.format(*said))
    assert [row.number for form in forms for row in form.record.rows] == numbers
    assert [row.duty for form in forms for row in form.record.rows] == ["学前教育", "学前教育", "义务教育", "文化惠民"]
    assert [("B2", MEANT) in told(forms[0])] == [any(numbers)]
