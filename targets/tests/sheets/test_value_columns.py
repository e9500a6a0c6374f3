"""Values over several columns, and their headings where these have lost the blanks before them."""

import pytest

from targets.tests.sheets.drawn import cells, read_drawn, told

TOP = "2024年项目支出绩效目标表|||||\n项目名称|河道保洁||||\n"


def read(*lines):
    (form,) = read_drawn(TOP + "\n".join(filter(None, lines)))
    assert {problem.level for problem in form.problems} <= {"guess"}
    return form


def meant(*headings):
    return [(place, f"表头“{heading}”已读为“指标值”，请核对。") for place, heading in headings]


TWO_KINDS = {
    "two headings": ("一级指标|二级指标|三级指标|定量指标值|定性指标值|备注", "", "定量指标值", "定性指标值"),
    "in brackets": ("一级指标|二级指标|三级指标|指标值（定量）|指标值（定性）|备注", "", "指标值（定量）", "指标值（定性）"),
    "below one": ("一级指标|二级指标|三级指标|指标值||备注", "|||定量|定性|", "定量", "定性"),
    "below one, merged": ("一级指标|二级指标|三级指标|指标值|<|备注", "^|^|^|定量|定性|^", "定量", "定性"),
    "words": ("一级指标|二级指标|三级指标|年度指标值||备注", "|||数值|文字描述|", "数值", "文字描述"),
    "words first": ("一级指标|二级指标|三级指标|目标值||备注", "|||文字描述|数值|", "文字描述", "数值"),
}  # fmt: skip


@pytest.mark.parametrize(("heads", "below", "first", "second"), TWO_KINDS.values(), ids=TWO_KINDS)
def test_numbers_and_words_in_columns_of_their_own(heads, below, first, second):
    form = read(
        heads,
        below,
        "产出指标|数量指标|保洁里程|≥126公里||新增",
        "产出指标|质量指标|达标率|≥95%||",
        "效益指标|社会效益指标|出行条件||改善|",
    )
    assert cells(form, "name", "target", "note") == [
        ("保洁里程", "≥126公里", "新增"),
        ("达标率", "≥95%", ""),
        ("出行条件", "改善", ""),
    ]
    assert (form.record.extra, told(form)) == ({}, meant(("D3", first), ("E3", second)))


def test_a_line_with_both_a_number_and_words():
    form = read("一级指标|二级指标|三级指标|定量指标值|定性指标值|备注", "产出指标|质量指标|达标率|≥95%|逐年提高|")
    assert cells(form, "name", "target") == [("达标率", "≥95% 逐年提高")]
    sentence = "指标值分栏写的是定量指标值“≥95%”、定性指标值“逐年提高”，已合并读为“≥95% 逐年提高”，请核对。"
    assert ("D4", sentence) in told(form)


@pytest.mark.parametrize(("lower", "upper"), [("下限", "上限"), ("最低值", "最高值"), ("下限值", "上限值")])
@pytest.mark.parametrize(
    ("low", "high", "whole"),
    [
        ("126公里", "130公里", "126公里-130公里"),
        ("95%", "", "≥95%"),
        ("", "1%", "≤1%"),
        ("≥80%", "≤90%", "≥80%，≤90%"),
        ("≥80%", "", "≥80%"),
        ("较好", "", "较好"),
    ],
)
def test_both_ends_of_a_range(lower, upper, low, high, whole):
    form = read(
        "一级指标|二级指标|三级指标|指标值||备注", f"|||{lower}|{upper}|", f"产出指标|质量指标|达标率|{low}|{high}|"
    )
    assert cells(form, "name", "target") == [("达标率", whole)]
    joined = [sentence for place, sentence in told(form) if place in ("D5", "E5")]
    assert [f"已合并读为“{whole}”" in sentence for sentence in joined] == ([True] if whole not in (low, high) else [])


def test_a_range_with_its_unit_in_a_column():
    form = read("一级指标|二级指标|三级指标|指标值||计量单位", "|||下限|上限|", "产出指标|数量指标|里程|126|130|公里")
    assert (cells(form, "target"), form.record.extra) == ([("126-130公里",)], {})


SLIPPED = {
    "two times": ("上年|本年", "100公里|126公里", "126公里", {"指标值上年": "第1行 100公里"}),
    "the year first": ("本年|上年", "126公里|100公里", "126公里", {"指标值上年": "第1行 100公里"}),
    "three times": ("前年|上年|预计当年实现", "90公里|100公里|126公里", "126公里", {"指标值前年": "第1行 90公里", "指标值上年": "第1行 100公里"}),
    "kinds of values": ("定量|定性", "126公里|", "126公里", {}),
    "ends of a range": ("下限|上限", "126公里|130公里", "126公里-130公里", {}),
}  # fmt: skip


@pytest.mark.parametrize(("slipped", "values", "target", "extra"), SLIPPED.values(), ids=SLIPPED)
def test_second_row_of_a_head_that_lost_its_blanks(slipped, values, target, extra):
    form = read("一级指标|二级指标|三级指标|指标值|备注", slipped, f"产出指标|数量指标|里程|{values}|新增")
    assert cells(form, "level1", "level2", "name", "target", "note") == [
        ("产出指标", "数量指标", "里程", target, "新增")
    ]
    assert form.record.extra == extra
    assert f"表头“{slipped.replace('|', '、')}”已读为“指标值”，请核对。" in [sentence for _, sentence in told(form)]


def test_row_of_times_over_rows_as_long_as_the_head_is_no_row_of_it():
    form = read("一级指标|二级指标|三级指标|指标值|备注", "上年|本年", "产出指标|数量指标|里程|126公里|新增")
    assert cells(form, "name", "target", "note")[-1] == ("里程", "126公里", "新增")
    assert told(form) != []


@pytest.mark.parametrize(
    ("last", "this"), [("上年", "本年"), ("上年度", "本年度"), ("去年值", "今年值"), ("上年数", "当年数")]
)
def test_two_times_without_a_heading_above_them(last, this):
    for heads, values in ((f"{last}|{this}", "100公里|126公里"), (f"{this}|{last}", "126公里|100公里")):
        form = read(f"一级指标|二级指标|三级指标|{heads}|备注", f"产出指标|数量指标|里程|{values}|新增")
        assert cells(form, "name", "target", "note") == [("里程", "126公里", "新增")]
        assert form.record.extra == {f"{last}（第1行）": "100公里"}
        assert told(form) == meant((f"{'DE'[heads.startswith(last)]}3", this))


TIMES_OF_PLANS = {
    "a plan": (
        """
        2024年整体绩效目标表|||||
        部门名称：[205]某县水利局|||||
        部门职责|职责目标|绩效指标|上年|本年|责任科室
        防汛抗旱|安全度汛|完好率|97%|≥98%|防御科
        """,
        "年度指标值",
    ),
    "a list": (
        """
        2024年部门整体绩效目标汇总表||||||
        单位名称|部门职责|职责目标|绩效指标|上年|本年|责任科室
        [205]某县水利局|防汛抗旱|安全度汛|完好率|97%|≥98%|防御科
        """,
        "指标值",
    ),
}


@pytest.mark.parametrize(("picture", "target"), TIMES_OF_PLANS.values(), ids=TIMES_OF_PLANS)
def test_two_times_of_a_plan_which_has_a_column_for_the_year_before(picture, target):
    (form,) = read_drawn(picture)
    assert cells(form, "duty", "name", "target", "last_year", "office") == [
        ("防汛抗旱", "完好率", "≥98%", "97%", "防御科")
    ]
    assert {sentence for _, sentence in told(form)} == {
        "表头“上年”已读为“上年值”，请核对。",
        f"表头“本年”已读为“{target}”，请核对。",
    }


SIGN_NUMBER_UNIT = """
    2024年整体绩效目标表|<|<|<|<|<|<
    部门职责|职责目标|绩效指标|{value}|<|<|对应科室
    ^|^|^|{sign}|数值|{unit}|^
    防汛|度汛|巡查次数|≥|4800|次|防御科
    供水|饮水|普及率|≥|96|%|农水科
    节水|节约|风气|定性|改善||农水科
    """


@pytest.mark.parametrize(
    ("value", "sign", "unit"),
    [("年度指标值", "符号", "单位"), ("指标值", "计算符号", "计量单位"), ("目标值", "性质", "单位")],
)
def test_sign_number_and_unit_below_the_heading_of_targets_of_a_plan(value, sign, unit):
    (form,) = read_drawn(SIGN_NUMBER_UNIT.format(value=value, sign=sign, unit=unit))
    assert cells(form, "target", "office") == [("≥4800次", "防御科"), ("≥96%", "农水科"), ("改善", "农水科")]
    assert (form.record.extra, told(form)) == ({}, [])
