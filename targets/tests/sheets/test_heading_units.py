"""A unit in brackets in the heading of values: bare numbers below it have that unit, told once for each column."""

import pytest

from targets.domain.sheets.indicator import Joined, joined_target
from targets.tests.sheets.drawn import cells, read_drawn, told

FORM = """
    2024年项目支出绩效目标表||||
    项目名称|河道保洁|||
    一级指标|二级指标|三级指标|{heading}|备注
    {rows}
    """
LIST = """
    2024年项目绩效目标明细表|||||
    项目名称|一级指标|二级指标|三级指标|{heading}|备注
    {rows}
    """
NAMES = "甲乙丙丁戊己"


def given(heading, unit, *rows):
    numbers = "、".join(map(str, rows))
    return f"表头{quoted(heading)}写有单位，第{numbers}行的数没有写单位，已按“{unit}”读入，请核对。"


def quoted(text):
    return f"“{text}”"


def read(heading, *values, is_list=False):
    first = "河道保洁|产出指标" if is_list else "产出指标"
    rows = "\n".join(f"{first}|质量指标|{name}类达标率|{value}|" for name, value in zip(NAMES, values, strict=False))
    (form,) = read_drawn((LIST if is_list else FORM).format(heading=heading, rows=rows))
    return form


@pytest.mark.parametrize("is_list", [False, True], ids=["a form", "a list"])
def test_bare_numbers_have_the_unit_of_their_heading(is_list):
    form = read("指标值（%）", "95", "≥90", "≥3‰", "良好", "2024年底前", "-", is_list=is_list)
    assert cells(form, "target") == [("95%",), ("≥90%",), ("≥3‰",), ("良好",), ("2024年底前",), ("-",)]
    first = 3 if is_list else 4
    assert told(form) == [(f"{'E' if is_list else 'D'}{first}", given("指标值（%）", "%", first, first + 1))]
    assert {problem.level for problem in form.problems} == {"guess"}


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("年度指标值（％）", "≥95%"),
        ("目标值(%)", "≥95%"),
        ("指标值（单位：万元）", "≥95万元"),
        ("指标值【万元】", "≥95万元"),
        ("指标值（计量单位:人次）", "≥95人次"),
        ("指标值（元/人）", "≥95元/人"),
        ("指标值（万元/户）", "≥95万元/户"),
        ("指标值（必填）", "≥95"),
        ("指标值（年）", "≥95"),
        ("指标值（万元或%）", "≥95"),
        ("指标值", "≥95"),
    ],
)
def test_words_in_brackets_that_are_a_unit(heading, target):
    assert cells(read(heading, "≥95"), "target") == [(target,)]


@pytest.mark.parametrize("is_list", [False, True], ids=["a form", "a list"])
def test_both_ends_of_a_range_have_the_unit_of_their_heading(is_list):
    form = read("指标值（%）", "90-95", "85~90", "90%-95%", is_list=is_list)
    assert cells(form, "target") == [("90-95%",), ("85~90%",), ("90%-95%",)]
    first = 3 if is_list else 4
    assert told(form) == [(f"{'E' if is_list else 'D'}{first}", given("指标值（%）", "%", first, first + 1))]


def test_two_years_are_no_range_of_a_unit():
    assert joined_target("", "2023-2024", "%") == Joined("2023-2024", "", "%")


def test_both_ends_of_a_range_have_the_unit_of_its_own_column():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||
        项目名称|河道保洁|||
        一级指标|三级指标|指标性质|指标值|计量单位
        产出指标|达标率|定量|90-95|%
        产出指标|里程|=|15~20|公里
        """
    )
    assert (cells(form, "target"), form.record.extra) == ([("90-95%",), ("15~20公里",)], {"指标性质（第2行）": "="})


@pytest.mark.parametrize("heading", ["指标值（%或个）", "指标值（%/个）", "指标值（个、%）", "指标值（单位：万元或%）"])
@pytest.mark.parametrize("is_list", [False, True], ids=["a form", "a list"])
def test_several_units_in_a_heading_are_nobody_s_and_told(heading, is_list):
    form = read(heading, "95", "90-95", "12个", "良好", is_list=is_list)
    assert cells(form, "target") == [("95",), ("90-95",), ("12个",), ("良好",)]
    first = 3 if is_list else 4
    sentence = f"表头“{heading}”写有几个单位，第{first}、{first + 1}行的数没有写单位，已照原样读入，请补写单位。"
    assert told(form) == [(f"{'E' if is_list else 'D'}{first}", sentence)]


def test_several_units_in_a_heading_beside_a_column_of_units_say_nothing():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表|||
        项目名称|河道保洁||
        一级指标|三级指标|指标值（%或个）|计量单位
        产出指标|达标率|95|%
        """
    )
    assert (cells(form, "target"), told(form)) == ([("95%",)], [])


def test_numbers_of_a_list_have_the_unit_of_their_heading():
    (form,) = read_drawn(
        """
        2024年项目绩效目标明细表||||||
        项目名称|一级指标|二级指标|三级指标|计算符号|数值（%）|备注
        河道保洁|产出指标|质量指标|达标率|≥|95|
        河道保洁|产出指标|质量指标|保洁率|≥|0.9|
        河道保洁|产出指标|质量指标|控制率||90-95|
        河道保洁|效益指标|社会效益指标|出行条件||改善|
        """
    )
    assert cells(form, "target") == [("≥95%",), ("≥0.9%",), ("90-95%",), ("改善",)]
    assert told(form) == [
        ("F3", given("数值（%）", "%", 3, 4, 5)),
        ("F4", "“0.9”的单位是“%”，已照原样读入，请核对。如指90%，请改写后重新上传。"),
    ]


def test_a_unit_in_a_column_of_its_own_counts_more_and_a_sign_is_joined_as_ever():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||
        项目名称|河道保洁|||
        一级指标|三级指标|指标性质|指标值（%）|计量单位
        产出指标|达标率|≥|95|
        产出指标|里程|≥|126|公里
        """
    )
    assert cells(form, "target") == [("≥95%",), ("≥126公里",)]
    assert told(form) == [("D4", given("指标值（%）", "%", 4))]


def test_fractions_below_a_percentage_are_settled_as_beside_one():
    form = read("指标值（%）", "≥0.95", "≥90%")
    assert cells(form, "target") == [("≥95%",), ("≥90%",)]
    assert [place for place, _ in told(form)] == ["D4", "D4"]


def test_numbers_beside_words_have_the_unit_of_their_own_column():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||
        项目名称|河道保洁|||
        一级指标|三级指标|定性指标值|定量指标值（%）|备注
        产出指标|达标率||≥95|
        效益指标|出行条件|改善||
        """
    )
    assert cells(form, "target") == [("≥95%",), ("改善",)]
    assert told(form)[2:] == [("D4", given("定量指标值（%）", "%", 4))]


HISTORY = {
    "their own": "年度指标值（%）|指标参考值||\n||||前三年均值（%）|上年值（%）|",
    "the one above them": "年度指标值（%）|指标参考值（%）||\n||||前三年均值|上年值|",
}


@pytest.mark.parametrize("heads", HISTORY.values(), ids=HISTORY)
def test_values_of_other_years_have_the_units_of_their_headings(heads):
    (form,) = read_drawn(
        f"""
        2024年整体绩效目标表||||||
        部门名称：[205]某县水利局||||||
        部门职责|职责目标|绩效指标|{heads}
        防汛抗旱|安全度汛|完好率|≥98|96|97%|
        防汛抗旱|安全度汛|演练率|≥97|0.9|95|
        """
    )
    assert cells(form, "target", "average_3y", "last_year") == [("≥98%", "96%", "97%"), ("≥97%", "0.9", "95%")]
    assert [place for place, _ in told(form)] == ["D5", "E5", "F6"]
