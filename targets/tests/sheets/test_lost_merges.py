"""Some cells have lost their merges and others have not; or all have, and their text stands in every cell."""

from targets.tests.sheets.drawn import cells, read_drawn, told

LEVELS = ("level1", "level2", "name")
LEVEL1 = "一级指标为空白，已按合并单元格照上一行读为“产出指标”，请核对。"


def test_a_cell_of_a_list_merged_with_the_one_above_has_the_same_category_outside_of_it():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标汇总表|||||
        项目名称|主管部门|一级指标|二级指标|三级指标|指标值
        河道保洁|[202]某局|产出指标|数量指标|保洁里程|≥126公里
        ^|^||^|保洁人数|≥30人
        ^|^|效益指标|社会效益指标|知晓率|≥90%
        ^|^|^|^|覆盖率|≥90%
        """
    )
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "保洁里程"),
        ("产出指标", "数量指标", "保洁人数"),
        ("效益指标", "社会效益指标", "知晓率"),
        ("效益指标", "社会效益指标", "覆盖率"),
    ]
    assert told(form) == [("C4", LEVEL1)]


def test_a_list_of_merged_projects_whose_categories_are_not_merged():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标汇总表|||||
        项目名称|主管部门|一级指标|二级指标|三级指标|指标值
        河道保洁|[202]某局|产出指标|数量指标|保洁里程|≥126公里
        ^|^|||保洁人数|≥30人
        ^|^|效益指标|社会效益指标|知晓率|≥90%
        """
    )
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "保洁里程"),
        ("产出指标", "数量指标", "保洁人数"),
        ("效益指标", "社会效益指标", "知晓率"),
    ]
    assert told(form) == [
        ("C4", LEVEL1),
        ("D4", "二级指标为空白，已按合并单元格照上一行读为“数量指标”，请核对。"),
    ]


def test_goals_of_both_terms_when_the_label_beside_them_stands_in_each_row():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标申报表|2024年项目支出绩效目标申报表|2024年项目支出绩效目标申报表
        项目名称|河道保洁|河道保洁
        总体目标|中期目标（2024年—2026年）|年度目标
        总体目标|三年内河道全部清洁|年内清洁三条河道
        一级指标|三级指标|指标值
        产出指标|保洁里程|≥126公里
        """
    )
    assert (form.record.goal, form.record.extra) == (
        "年内清洁三条河道",
        {"中期目标（2024年—2026年）": "三年内河道全部清洁"},
    )


DUTIES = ("number", "duty_group", "duty", "duty_goal")
PLAN = """
    2024年整体绩效目标表|||||
    部门名称：[205]某县水利局|||||
    职责序号|部门职责|<|职责目标|绩效指标|年度指标值
    {rows}
    """


def blank(heading, *rows):
    numbers = "、".join(map(str, rows))
    return f"第{numbers}行的{heading}为空白，已照空白读入。如与上一行相同，请合并单元格或补填后重新上传。"


def test_blank_duties_beside_merged_ones_are_told():
    rows = """
    1|防汛抗旱|水库管理|安全度汛|巡查次数|≥4800次
    ^|^|^||除险座数|=3座
    ||山洪防治|提升预警|完好率|≥98%
    ^|^|^|^|演练场次|≥12场
    2|农村供水|饮水安全|喝放心水|普及率|≥96%
    ^|^||^|合格率|≥95%
    ^|^||^|投诉|下降
    """
    (form,) = read_drawn(PLAN.format(rows=rows.strip()))
    assert cells(form, *DUTIES) == [
        ("1", "防汛抗旱", "水库管理", "安全度汛"),
        ("1", "防汛抗旱", "水库管理", ""),
        ("", "", "山洪防治", "提升预警"),
        ("", "", "山洪防治", "提升预警"),
        ("2", "农村供水", "饮水安全", "喝放心水"),
        ("2", "农村供水", "", "喝放心水"),
        ("2", "农村供水", "", "喝放心水"),
    ]
    assert told(form) == [
        ("D5", blank("职责目标", 5)),
        ("A6", blank("职责序号", 6)),
        ("B6", blank("部门职责", 6)),
        ("C9", blank("部门职责", 9, 10)),
    ]
    assert {problem.level for problem in form.problems} == {"warning"}


def test_a_blank_of_a_plan_that_is_merged_or_says_nothing_of_the_cell_above_is_not_told():
    rows = """
    1|防汛抗旱|水库管理|安全度汛|巡查次数|≥4800次
    ^|^|^|^|除险座数|=3座
    ^|^|山洪防治||完好率|≥98%
    ^|^|^|^|演练场次|≥12场
    2||饮水安全|喝放心水|普及率|≥96%
    """
    (form,) = read_drawn(PLAN.format(rows=rows.strip()))
    assert cells(form, *DUTIES)[2:] == [("1", "防汛抗旱", "山洪防治", "")] * 2 + [("2", "", "饮水安全", "喝放心水")]
    assert told(form) == []


def test_blank_duties_of_a_column_without_merges_are_not_told():
    rows = """
    1|防汛抗旱|水库管理|安全度汛|巡查次数|≥4800次
    ^|^|山洪防治|提升预警|完好率|≥98%
    ^|^|山洪防治||演练场次|≥12场
    """
    (form,) = read_drawn(PLAN.format(rows=rows.strip()))
    assert told(form) == []


def test_merges_in_the_second_column_below_a_wide_heading():
    (form,) = read_drawn(
        """
        2024年整体绩效目标表||||||
        职责序号|部门职责|<|<|职责目标|绩效指标|年度指标值
        1|防汛抗旱||水库管理|安全度汛|巡查次数|≥4800次
        ^|^||^|^|除险座数|=3座
        2|农村供水||饮水安全|喝放心水|普及率|≥96%
        """
    )
    assert cells(form, *DUTIES, "continues") == [
        ("1", "防汛抗旱", "水库管理", "安全度汛", ()),
        ("1", "防汛抗旱", "水库管理", "安全度汛", DUTIES),
        ("2", "农村供水", "饮水安全", "喝放心水", ()),
    ]
    assert told(form) == []


def test_a_column_of_duties_that_lost_all_its_merges_is_told_once():
    rows = """
    1|防汛抗旱|水库管理|安全度汛|巡查次数|≥4800次
    ^|^||安全度汛|除险座数|=3座
    ^|^|山洪防治||完好率|≥98%
    ^|^|||演练场次|≥12场
    2|农村供水|饮水安全|喝放心水|普及率|≥96%
    ^|^|||合格率|≥95%
    """
    (form,) = read_drawn(PLAN.format(rows=rows.strip()))
    assert cells(form, "duty", "duty_goal") == [
        ("水库管理", "安全度汛"),
        ("", "安全度汛"),
        ("山洪防治", ""),
        ("", ""),
        ("饮水安全", "喝放心水"),
        ("", ""),
    ]
    assert told(form) == [("C5", blank("部门职责", 5, 7, 9)), ("D9", blank("职责目标", 9))]
    assert {problem.level for problem in form.problems} == {"warning"}


def test_rows_that_name_no_duty_are_told_where_other_cells_are_merged():
    rows = """
    1|防汛抗旱|水库管理|安全度汛|巡查次数|≥4800次
    ||||除险座数|^
    2|农村供水|饮水安全|喝放心水|普及率|≥96%
    """
    (form,) = read_drawn(PLAN.format(rows=rows.strip()))
    assert cells(form, *DUTIES)[1] == ("", "", "", "")
    assert told(form) == [
        ("A5", blank("职责序号", 5)),
        ("B5", blank("部门职责", 5)),
        ("C5", blank("部门职责", 5)),
        ("D5", blank("职责目标", 5)),
    ]


LIST_OF_PLANS = """
    2024年部门整体绩效目标汇总表||||||
    部门名称|职责序号|部门职责|职责目标|绩效指标|年度指标值|上年值
    [205]某县水利局|1|防汛抗旱|安全度汛|巡查次数|≥4800次|4720次
    ^|^|^||除险座数|=3座|2座
    ^||供水|喝放心水|普及率|≥96%|95%
    ^|2|节水|^|下降率|≥3%|2%
    """


def test_blank_duties_of_a_list_beside_merged_ones_are_told():
    (form,) = read_drawn(LIST_OF_PLANS)
    assert cells(form, "number", "duty", "duty_goal") == [
        ("1", "防汛抗旱", "安全度汛"),
        ("1", "防汛抗旱", ""),
        ("", "供水", "喝放心水"),
        ("2", "节水", "喝放心水"),
    ]
    assert told(form) == [("D4", blank("职责目标", 4)), ("B5", blank("职责序号", 5))]


def test_blank_categories_of_a_list_beside_merged_ones_are_told_for_each_form():
    first, second = read_drawn(
        """
        2024年项目支出绩效目标汇总表|||||
        项目名称|主管部门|一级指标|二级指标|三级指标|指标值
        河道保洁|[202]某局|产出指标|数量指标|保洁里程|≥126公里
        ^|^|^|^|保洁人数|≥30人
        ^|^|||保洁车辆|≥3辆
        ^|^|||保洁船|≥2条
        植树|[202]某局|产出指标|数量指标|植树|≥1万株
        ^|^||质量指标|成活率|≥90%
        """
    )
    assert cells(first, *LEVELS)[2:] == [("", "", "保洁车辆"), ("", "", "保洁船")]
    assert told(first) == [("C5", blank("一级指标", 5, 6)), ("D5", blank("二级指标", 5, 6))]
    assert cells(second, *LEVELS) == [("产出指标", "数量指标", "植树"), ("", "质量指标", "成活率")]
    assert told(second) == [("C8", blank("一级指标", 8))]
