"""Heads of other counties: amounts beside labels of their own, and headings that name a time or a year."""

from decimal import Decimal

import pytest

from targets.tests.sheets.drawn import KEPT_BESIDE, cells, read_drawn, told

HEAD = """
2024年项目支出绩效目标表||||||
项目名称|河道保洁|||||
{}
一级指标|二级指标|三级指标|指标值|||
产出指标|数量指标|保洁里程|≥126公里|||
"""

AMOUNTS = {
    "a heading with its amount": ("资金金额（万元）|12|||||", "120000", {}, []),
    "the unit beside the amount": ("资金金额|12万元|||||", "120000", {}, []),
    "another label after it": ("项目资金|12万元|项目负责人|张三|||", "120000", {"项目负责人": "张三"}, []),
    "another total": ("年度资金总额（万元）|12|资金金额（万元）|13|||", "120000", {"资金金额（万元）": "13万元"}, []),
    "a word of its own": (
        "项目经费（万元）|12|||||", "120000", {},
        [("A3", "“项目经费（万元）”已读为“年度预算资金总额”，请核对。")],
    ),
    "beside its parts": (
        "申报金额（万元）|12|上级资金（万元）|3|||", "120000", {"上级资金（万元）": "3万元"},
        [("A3", "“申报金额（万元）”已读为“年度预算资金总额”，请核对。")],
    ),
    "a part alone": ("上级补助经费（万元）|12|||||", None, {"上级补助经费（万元）": "12万元"}, []),
    "two of them": (
        "项目经费（万元）|12|设备经费（万元）|3|||", None,
        {"项目经费（万元）": "12万元", "设备经费（万元）": "3万元"}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "total", "extra", "remarks"), AMOUNTS.values(), ids=AMOUNTS)
def test_amount_of_a_form_beside_a_label_that_is_not_the_official_one(line, total, extra, remarks):
    (form,) = read_drawn(HEAD.format(line))
    assert (form.record.total, form.record.extra) == (total and Decimal(total), extra)
    assert told(form) == remarks


def test_amounts_in_the_cells_of_their_labels_get_the_unit_of_the_heading_over_them():
    (form,) = read_drawn(
        """
        2024年部门整体支出绩效目标申报表|||
        部门（单位）名称|某县水利局||
        年度预算申请（万元）|资金总额：5320.6||
        |公共财政拨款：5000|基本支出：3000|
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        """
    )
    assert form.record.extra == {"资金总额": "5320.6万元", "公共财政拨款": "5000万元", "基本支出": "3000万元"}


def test_amount_beside_a_heading_of_money_is_kept_in_a_plan():
    (form,) = read_drawn(
        """
        2024年部门整体支出绩效目标申报表|||
        部门（单位）名称|某县水利局||
        年度预算申请（万元）|5320.6||
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        """
    )
    assert (form.record.total, form.record.extra) == (None, {"年度预算申请（万元）": "5320.6"})


TIMES = {
    "上年 | 本年": ("一级指标|二级指标|三级指标|指标值||", "|||上年|本年|", "100公里|≥126公里|", "指标值上年"),
    "实施期 | 年度": ("一级指标|二级指标|三级指标|指标值||", "|||实施期|年度|", "≥300公里|≥126公里|", "实施期"),
    "本年 before 上年": ("一级指标|二级指标|三级指标|指标值||", "|||本年度|上年度|", "≥126公里|100公里|", "上年度"),
    "计划 | 实际": ("一级指标|二级指标|三级指标|指标值||", "|||上年实际|当年预期|", "100公里|≥126公里|", "上年实际"),
    "years": ("一级指标|二级指标|三级指标|指标值||", "|||2023年|2024年|2025年", "100公里|≥126公里|≥150公里", "2023年"),
    "another column": ("一级指标|二级指标|三级指标|指标值||备注", "|||上年|本年|", "100公里|≥126公里|新增", "指标值上年"),
    "one row": ("一级指标|二级指标|三级指标|2024年值||", "", "≥126公里||", ""),
    "several years": ("一级指标|二级指标|三级指标|2023年值|2024年值|2025年值", "", "100公里|≥126公里|≥150公里", "2025年值"),
    "a target of a year": ("一级指标|二级指标|三级指标|2023年完成值|2024年目标值|", "", "100公里|≥126公里|", "2023年完成值"),
    "a year alone": ("一级指标|二级指标|三级指标|2024年||", "", "≥126公里||", ""),
}  # fmt: skip


@pytest.mark.parametrize(("heading", "below", "values", "kept"), TIMES.values(), ids=TIMES)
def test_headings_that_say_of_which_time_a_value_is_without_merges(heading, below, values, kept):
    lines = ["2024年项目支出绩效目标表|||||", "项目名称|河道保洁||||", heading, below]
    (form,) = read_drawn("\n".join(filter(None, [*lines, f"产出指标|数量指标|保洁里程|{values}"])))
    assert cells(form, "level1", "level2", "name", "target") == [("产出指标", "数量指标", "保洁里程", "≥126公里")]
    assert all(text in str(form.record) for text in values.split("|"))
    assert kept in str(form.record.extra)
    assert [problem.level for problem in form.problems] in ([], ["guess"])


def test_levels_without_the_word_for_indicator():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||
        项目名称|河道保洁|||
        绩效指标|一级|二级|三级|年度指标值
        |产出指标|数量指标|保洁里程|≥126公里
        """
    )
    assert cells(form, "level1", "level2", "name", "target") == [("产出指标", "数量指标", "保洁里程", "≥126公里")]
    assert form.problems == ()


def test_table_of_a_project_without_a_column_of_names_is_told():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||
        项目名称|河道保洁|||
        绩效指标|事项|内容|细项|年度指标值
        |保洁|河道|保洁里程|≥126公里
        """
    )
    assert "保洁里程" in str(form.record.extra)
    ((place, sentence),) = told(form)
    assert place == "B3"
    assert sentence.startswith("表中没有找到“三级指标”一栏；表头“事项”、“内容”、“细项”不是本表的栏目")


def test_text_of_the_head_goes_on_in_the_next_line_without_merges():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表|||
        项目名称|河道保洁||
        年度目标|目标1：水清||
        |目标2：岸绿||
        |目标3：景美||
        项目概况|县内三条河||
        |每天两次||
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        """
    )
    assert form.record.goal == "目标1：水清\n目标2：岸绿\n目标3：景美"
    assert form.record.extra == {"项目概况": "县内三条河", "项目概况（2）": "每天两次"}
    assert [cell for cell, sentence in told(form) if "没有栏目名称，已接在上一行的" in sentence] == ["B4", "B5", "B7"]


def test_head_of_a_list_in_two_rows_without_merges_and_with_a_year():
    (form,) = read_drawn(
        """
        2024年度项目支出绩效目标汇总表|||||||
        预算单位|项目名称|预算金额（元）|绩效指标||||负责人
        |||一级指标|二级指标|三级指标|2024年指标值|
        某局|河道保洁|120,000|产出指标|数量指标|保洁里程|≥126公里|张三
        """
    )
    assert (form.title, form.record.total) == ("河道保洁", Decimal(120000))
    assert cells(form, "level1", "level2", "name", "target") == [("产出指标", "数量指标", "保洁里程", "≥126公里")]


def test_forms_side_by_side_whose_rows_do_not_match():
    first, second = read_drawn(
        """
        2024年项目支出绩效目标表||||||2024年项目支出绩效目标表|||
        项目名称|河道保洁|||||附件2|||
        一级指标|二级指标|三级指标|指标值|||项目名称：公厕管护|||
        产出指标|数量指标|保洁里程|≥126公里|||资金总额（万元）|7||
        |质量指标|达标率|≥95%|||一级指标|二级指标|三级指标|2024年指标值
        ||||||产出指标|数量指标|公厕数|≥30座
        """
    )
    assert [(first.title, first.record.total), (second.title, second.record.total)] == [
        ("河道保洁", None),
        ("公厕管护", Decimal(70000)),
    ]
    assert cells(first, "name", "target") == [("保洁里程", "≥126公里"), ("达标率", "≥95%")]
    assert cells(second, "level1", "name", "target") == [("产出指标", "公厕数", "≥30座")]


@pytest.mark.parametrize("headings", ["主要职责|职责", "职责名称|主要职责", "职责类别|职责"])
def test_two_headings_that_each_may_be_the_group_or_the_duty_stand_in_their_order(headings):
    (form,) = read_drawn(
        f"""
        2024年整体绩效目标表||||||
        部门名称：某局||||||
        序号|{headings}|职责目标|绩效指标|指标解释|年度指标值
        1|水资源|节水管理|少用水|用水量|反映用水|≤30万方
        """
    )
    assert cells(form, "duty_group", "duty", "duty_goal") == [("水资源", "节水管理", "少用水")]


def test_text_that_stands_in_every_cell_of_what_was_merged_counts_once_and_an_amount_is_no_year():
    (form,) = read_drawn(
        """
        项目支出绩效目标表|项目支出绩效目标表|项目支出绩效目标表|项目支出绩效目标表
        （2024年度）|（2024年度）|（2024年度）|（2024年度）
        项目名称|小型水库除险加固|小型水库除险加固|小型水库除险加固
        资金总额（万元）|614.2000|614.2000|614.2000
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        """
    )
    assert (form.record.year, form.title, form.record.total) == (2024, "小型水库除险加固", Decimal(6142000))
    assert (form.record.extra, form.problems) == ({}, ())


@pytest.mark.parametrize(
    ("cells_of_period", "kept"),
    [
        ("2024-01-01|2024-12-31", "2024-01-01 2024-12-31"),
        ("2024年1月|至|2024年12月", "2024年1月 至 2024年12月"),
        ("2024.1.1|项目负责人|张三", "2024.1.1"),
    ],
)
def test_last_day_of_a_period_in_a_cell_of_its_own_is_kept(cells_of_period, kept):
    (form,) = read_drawn(
        f"""
        2024年项目支出绩效目标表|||
        项目名称|河道保洁||
        起止时间|{cells_of_period}
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        """
    )
    assert form.record.extra["起止时间"] == kept


def test_group_over_a_sum_and_its_parts():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表|||
        项目名称|河道保洁||
        资金来源（万元）|合计|120|
        ^|财政拨款|100|
        ^|其他资金|20|
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        """
    )
    record = form.record
    assert (record.total, record.fiscal, record.other) == (Decimal(1200000), Decimal(1000000), Decimal(200000))


def test_remark_below_the_table_that_stands_in_every_cell_is_no_indicator():
    remark = "本表由项目单位填报。"
    (form,) = read_drawn(
        f"""
        2024年项目支出绩效目标表|||
        项目名称|河道保洁||
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        {remark}|{remark}|{remark}|{remark}
        """
    )
    assert cells(form, "name", "target") == [("保洁里程", "≥126公里")]
    assert form.record.extra == {"表外文字": remark}
    assert told(form) == [("A5", f"“{remark}”{KEPT_BESIDE}")]


def test_seals_below_the_table_are_no_indicator():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表|||
        项目名称|河道保洁||
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|保洁里程|≥126公里
        项目单位（公章）||主管部门（公章）|2024年9月30日
        """
    )
    assert cells(form, "name", "target") == [("保洁里程", "≥126公里")]
    assert "2024年9月30日" in str(form.record.extra)


@pytest.mark.parametrize("words", ["产出指标", "一、产出指标", "（一）产出指标（50分）"])
def test_categories_in_lines_of_their_own_above_their_indicators(words):
    (form,) = read_drawn(
        f"""
        2024年项目支出绩效目标表|||
        项目名称|河道保洁||
        二级指标|三级指标|年度指标值|分值
        {words}|<|<|<
        数量指标|保洁里程|≥126公里|10
        质量指标|达标率|≥95%|10
        效益指标|<|<|<
        社会效益指标|沿河环境|改善|10
        """
    )
    assert cells(form, "level1", "level2", "name", "target") == [
        ("产出指标", "数量指标", "保洁里程", "≥126公里"),
        ("产出指标", "质量指标", "达标率", "≥95%"),
        ("效益指标", "社会效益指标", "沿河环境", "改善"),
    ]
    assert told(form) == [
        ("A4", f"“{words}”单独成行，已读为下面各行的“一级指标”，请核对。"),
        ("A7", "“效益指标”单独成行，已读为下面各行的“一级指标”，请核对。"),
    ]


def test_sign_number_and_unit_below_one_heading_before_another_column():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||||
        项目名称|河道保洁|||||
        序号|一级指标|二级指标|三级指标|指标值|<|<|备注
        1|产出指标|数量指标|保洁里程|≥|126|公里|
        2||质量指标|达标率|≥|95|%|
        3|效益指标|社会效益指标|沿河环境|改善|<|<|
        """
    )
    assert cells(form, "level1", "name", "target", "note") == [
        ("产出指标", "保洁里程", "≥126公里", ""),
        ("产出指标", "达标率", "≥95%", ""),
        ("效益指标", "沿河环境", "改善", ""),
    ]


def test_each_category_with_a_table_of_its_own():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||
        项目名称|河道保洁|
        产出指标||
        二级指标|三级指标|指标值
        数量指标|保洁里程|≥126公里
        效益指标||
        二级指标|三级指标|指标值
        社会效益指标|沿河环境|改善
        """
    )
    assert cells(form, "level1", "level2", "name") == [
        ("产出指标", "数量指标", "保洁里程"),
        ("效益指标", "社会效益指标", "沿河环境"),
    ]
    assert [cell for cell, _ in told(form)] == ["A3", "A6"]


def test_values_below_their_labels_are_no_list():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||
        项目名称|主管部门|实施单位|项目负责人|联系电话
        河道保洁|某县水利局|某县河道所|张三|0533-12345
        一级指标|二级指标|三级指标|指标值|分值
        产出指标|数量指标|保洁里程|≥126公里|10
        """
    )
    assert (form.title, form.record.department_name, form.record.unit) == ("河道保洁", "某县水利局", "某县河道所")
    assert form.record.extra == {"项目负责人": "张三", "联系电话": "0533-12345"}
    assert cells(form, "level1", "name", "target", "weight") == [("产出指标", "保洁里程", "≥126公里", "10")]


def test_goal_whose_label_stands_beside_each_of_its_lines():
    (form,) = read_drawn(HEAD.format("年度目标|目标1：水清|||||\n年度目标|目标2：岸绿|||||"))
    assert (form.record.goal, form.record.extra) == ("目标1：水清\n目标2：岸绿", {})


SECTIONS = """
2024年度项目支出绩效目标汇总表||||||
项目名称|预算金额（万元）|年度目标|一级指标|二级指标|三级指标|指标值
一、某县水利局{}
河道保洁|12|水清|产出指标|数量指标|保洁里程|≥126公里
某县水利局小计|12|||||
二、某县民政局||||||
孤儿保障|13|安居|产出指标|数量指标|保障人数|≥26人
"""


@pytest.mark.parametrize("blank", ["|<|<|<|<|<|<", "||||||"])
def test_lines_of_a_list_that_name_the_unit_of_the_projects_below_them(blank):
    forms = read_drawn(SECTIONS.format(blank))
    assert [(form.title, form.record.unit, form.record.total) for form in forms] == [
        ("河道保洁", "某县水利局", Decimal(120000)),
        ("孤儿保障", "某县民政局", Decimal(130000)),
    ]
    remarks = [remark for form in forms for remark in told(form)]
    sentence = "“一、某县水利局”单独成行，不是项目，已把“某县水利局”读为下面各项目的实施单位，请核对。"
    assert ("A3", sentence) in remarks
    assert any(cell == "A6" for cell, _ in remarks)


def test_project_on_a_line_of_its_own_above_its_indicators_is_one():
    (form,) = read_drawn(
        """
        2024年度项目支出绩效目标汇总表|||||
        项目名称|年度目标|一级指标|二级指标|三级指标|指标值
        河道保洁|||||
        ||产出指标|数量指标|保洁里程|≥126公里
        """
    )
    assert (form.title, cells(form, "name")) == ("河道保洁", [("保洁里程",)])
