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
