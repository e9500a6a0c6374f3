"""Rows of other people's tables that have slipped or were glued together: put right, or told."""

import pytest

from targets.tests.sheets.drawn import KEPT_BESIDE, cells, read_drawn, told

LEVELS = ("level1", "level2", "name", "target")
MAY_HAVE = "这一行的单元格可能与表头错开，已照原样读入，请核对。"


def test_what_became_of_glued_indicators_is_parted_as_they_are():
    (form,) = read_drawn(
        """
        2023年度项目支出绩效自评表||||||
        项目名称|冬季取暖|||||
        一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
        产出指标|数量指标|改造户数\\n改造面积|≥300户\\n≥2万平方米|310户\\n2.1万平方米|10\\n10|10\\n9
        """
    )
    assert cells(form, *LEVELS, "weight") == [
        ("产出指标", "数量指标", "改造户数", "≥300户", "10"),
        ("产出指标", "数量指标", "改造面积", "≥2万平方米", "10"),
    ]
    assert form.record.extra == {"实际完成值": "第1行 310户\n第2行 2.1万平方米", "得分": "第1行 10\n第2行 9"}


def test_a_row_of_a_self_evaluation_slips_with_what_became_of_it():
    (form,) = read_drawn(
        """
        2023年度项目支出绩效自评表||||||
        项目名称|冬季取暖|||||
        一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|原因
        产出指标|数量指标|改造户数|≥300户|310户|10|10|
        |||群众出行|明显改善|确有改善|5|5
        """
    )
    assert cells(form, *LEVELS, "weight") == [
        ("产出指标", "数量指标", "改造户数", "≥300户", "10"),
        ("产出指标", "数量指标", "群众出行", "明显改善", "5"),
    ]


def test_another_reading_that_is_hardly_better_is_told():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表||||
        项目名称|冬季取暖|||
        一级指标|二级指标|三级指标|指标值|备注
        产出指标|数量指标|改造户数|≥300户|
        效益指标|可持续影响指标||管护机制|健全
        """
    )
    assert cells(form, *LEVELS, "note")[1] == ("效益指标", "可持续影响指标", "", "管护机制", "健全")
    assert ("A5", MAY_HAVE) in told(form)


CODED = """
    2023年项目绩效目标表|||||||||
    项目编码|项目名称|一级绩效指标代码|一级绩效指标名称|二级绩效指标代码|二级绩效指标名称|三级绩效指标代码|三级绩效指标名称|指标值
    |3701|河道清淤|1|产出指标|11|数量指标|111|清淤长度|≥12公里
    3701|河道清淤|1|产出指标|11|质量指标|112|合格率|≥98%
    3701|河道清淤|1|产出指标|11|质量指标||113|返工率|≤2%
    """


def test_lines_of_a_list_with_codes_between_its_categories():
    (form,) = read_drawn(CODED)
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "清淤长度", "≥12公里"),
        ("产出指标", "质量指标", "合格率", "≥98%"),
        ("产出指标", "质量指标", "113", "返工率"),
    ]
    assert form.record.extra["表外文字"] == "第3行 ≤2%"
    assert told(form) == [
        ("J5", f"“≤2%”{KEPT_BESIDE}"),
        ("E3", "这一行的单元格与表头错开，已按内容对齐各栏（“产出指标”已读入“一级指标”），请核对。"),
        ("D5", MAY_HAVE),
    ]


def test_a_line_that_stands_left_of_its_headings_as_a_whole():
    lines = CODED.replace("\n    ", "\n    |").split("\n")
    lines[-3] = "    3701|河道清淤|1|产出指标|11|质量指标|112|合格率|≥98%"
    (form,) = read_drawn("\n".join(lines[:-2]))
    assert (form.record.code, form.record.title) == ("3701", "河道清淤")
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "清淤长度", "≥12公里"),
        ("产出指标", "质量指标", "合格率", "≥98%"),
    ]


def test_a_value_where_the_name_belongs_and_a_blank_category_are_told_in_a_form_with_merges():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表|<|<|<
        项目名称|冬季取暖|<|<
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|改造户数|≥300户
        ^|^|≥944人|
        |质量指标|合格率|≥90%
        """
    )
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "改造户数", "≥300户"),
        ("产出指标", "数量指标", "≥944人", ""),
        ("", "质量指标", "合格率", "≥90%"),
    ]
    assert told(form) == [
        ("A6", "第6行的一级指标为空白，已照空白读入。如与上一行相同，请合并单元格或补填后重新上传。"),
        ("C5", MAY_HAVE),
    ]


def test_blank_categories_of_each_level_are_told_in_a_form_with_merges():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表|<|<|<
        项目名称|冬季取暖|<|<
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|改造户数|≥300户
        ^||新建管网|≥944米
        ^|质量指标|合格率|≥90%
        ||返修率|≤2%
        效益指标||投诉|下降
        ^|社会效益指标|取暖条件|改善
        """
    )
    assert cells(form, "level1", "level2") == [
        ("产出指标", "数量指标"),
        ("产出指标", ""),
        ("产出指标", "质量指标"),
        ("", ""),
        ("效益指标", ""),
        ("效益指标", "社会效益指标"),
    ]
    assert told(form) == [
        ("B5", "第5、7行的二级指标为空白，已照空白读入。如与上一行相同，请合并单元格或补填后重新上传。"),
        ("A7", "第7行的一级指标为空白，已照空白读入。如与上一行相同，请合并单元格或补填后重新上传。"),
    ]


@pytest.mark.parametrize("value", ["≥3900\n人", "≥1.5\n万人", "≥39\n00人", "=2800\n元/生/年"])
def test_a_line_break_inside_a_name_and_inside_its_value_makes_no_two_indicators(value):
    written = value.replace("\n", "\\n")
    (form,) = read_drawn(
        f"""
        2023年项目支出绩效目标表||||
        项目名称|冬季取暖|||
        绩效指标|一级指标|二级指标|三级指标|指标值
        |产出指标|数量指标|新增就业\\n人数|{written}
        """
    )
    assert cells(form, "name", "target") == [("新增就业\n人数", value)]


GLUED = {
    "semicolons": ("改造户数；改造面积", "≥300户；≥2万平方米", "反映户数；反映面积"),
    "numbers": ("1.改造户数\\n2.改造面积", "1.≥300户\\n2.≥2万平方米", "1.反映户数\\n2.反映面积"),
    "numbers in a line": ("1、改造户数；2、改造面积", "1、≥300户；2、≥2万平方米", "1、反映户数；2、反映面积"),
    "brackets": ("（1）改造户数\\n（2）改造面积", "（1）≥300户\\n（2）≥2万平方米", "（1）反映户数\\n（2）反映面积"),
    "circles": ("①改造户数②改造面积", "①≥300户②≥2万平方米", "①反映户数②反映面积"),
    "commas": ("改造户数、改造面积", "≥300户、≥2万平方米", "反映户数、反映面积"),
}


@pytest.mark.parametrize("how", GLUED)
def test_indicators_glued_with_marks_between_them(how):
    name, target, explanation = GLUED[how]
    (form,) = read_drawn(
        f"""
        2023年项目支出绩效目标表||||
        项目名称|冬季取暖|||
        一级指标|二级指标|三级指标|指标值|指标解释
        产出指标|数量指标|{name}|{target}|{explanation}
        """
    )
    assert cells(form, *LEVELS, "explanation") == [
        ("产出指标", "数量指标", "改造户数", "≥300户", "反映户数"),
        ("产出指标", "数量指标", "改造面积", "≥2万平方米", "反映面积"),
    ]
    assert [cell for cell, said in told(form) if "写了 2 个指标" in said] == ["A4"]


def test_values_that_are_counted_without_signs():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表||||
        项目名称|冬季取暖|||
        一级指标|二级指标|三级指标|指标值|备注
        产出指标|数量指标|1.改造户数\\n2.改造面积|1.26户\\n2.3万平方米|年底
        """
    )
    assert cells(form, "name", "target", "note") == [("改造户数", "26户", "年底"), ("改造面积", "3万平方米", "年底")]


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("公办、民办幼儿园覆盖率", "=100%"),
        ("小麦和玉米面积", "小麦=5亩；玉米=13亩"),
        ("户均补贴", "≥1,200元"),
        ("男女比例", "1.8；1"),
        ("1.5万亩示范区", "≥1.5万亩"),
        ("评估；验收", "合格"),
    ],
)
def test_marks_inside_one_indicator_part_nothing(name, target):
    (form,) = read_drawn(
        f"""
        2023年项目支出绩效目标表|||
        项目名称|冬季取暖||
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|{name}|{target}
        """
    )
    assert cells(form, "name", "target") == [(name, target)]
    assert told(form) == []


def test_more_values_than_names_are_told():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表|||
        项目名称|冬季取暖||
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|改造户数和面积|≥300户；≥2万平方米
        """
    )
    assert cells(form, "name", "target") == [("改造户数和面积", "≥300户；≥2万平方米")]
    assert [cell for cell, said in told(form) if "可能各写了几个指标" in said] == ["A4"]


def test_several_values_without_a_name_are_read_as_they_stand():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表|||
        项目名称|冬季取暖||
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标||≥300户；≥2万平方米
        """
    )
    assert cells(form, *LEVELS) == [("产出指标", "数量指标", "", "≥300户；≥2万平方米")]
