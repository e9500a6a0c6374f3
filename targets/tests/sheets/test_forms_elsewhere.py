"""Forms of places whose words and columns differ from those of domain reference, section 8; names and numbers are made up."""

from decimal import Decimal

import pytest

from targets.tests.sheets.drawn import cells, read_drawn, told

LEVELS = ("level1", "level2", "name", "target")


def test_words_before_and_after_those_of_the_form_are_known_or_told():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表|<|<|<|<|<|<
        编制单位：|某区城管局|<|||单位：万元|<
        项目名称|市容整治|<|局业务主管部门|无关|<|<
        部门主管部门名称|某区城管局|<|项目分类|一般项目|<|<
        当年预算（万元）|350.5|<|上级安排|50.5|<|<
        年度绩效目标1|保持城区干净。|<|<|<|<|<
        年度绩效目标2|群众满意。|<|<|<|<|<
        绩效指标|指标名称|指标权重|计量单位|绩效指标性质|指标值|核心指标
        ^|清扫面积|20|万平方米|≥|320|是
        ^|群众满意度|10|%|≥|90|否
        """
    )
    record = form.record
    assert (record.department_name, record.total, record.goal) == (
        "某区城管局",
        Decimal("3505000.00"),
        "保持城区干净。\n群众满意。",
    )
    assert cells(form, "name", "target", "weight") == [("清扫面积", "≥320万平方米", "20"), ("群众满意度", "≥90%", "10")]
    assert (record.extra["局业务主管部门"], record.extra["上级安排"]) == ("无关", "50.5万元")
    assert told(form) == [
        ("E8", "表头“绩效指标性质”已读为“计算符号”，请核对。"),
        ("A4", "“部门主管部门名称”已读为“主管部门及代码”，请核对。"),
        ("A6", "“年度绩效目标1”已读为“年度总体绩效目标”，请核对。"),
    ]


def test_classes_of_indicators_are_their_second_level_where_they_have_no_other():
    (form,) = read_drawn(
        """
        某县2023年项目支出绩效目标公开表|<|<|<
        项目名称：|示范园建设|<|<
        项目主管部门：|某县农业农村局|项目实施单位：|某县农技中心
        预算安排金额（万元）：|1,200.00|其中：财政资金（万元）：|1,200.00
        绩效指标类别|指标名称|绩效目标值|备注
        数量指标|建设示范园|1个|
        经济效益|农户增收|≥3000元/户|核心区
        """
    )
    assert cells(form, "level2", "name", "target", "note") == [
        ("数量指标", "建设示范园", "1个", ""),
        ("经济效益", "农户增收", "≥3000元/户", "核心区"),
    ]
    assert (form.record.department_name, form.record.total) == ("某县农业农村局", Decimal("12000000.00"))
    assert told(form) == [("A5", "表头“绩效指标类别”已读为“二级指标”，请核对。")]


def test_a_table_of_two_levels_is_read_and_told():
    (form,) = read_drawn(
        """
        项目支出绩效目标表（2023年）|<|<|<
        项目名称|扶残助残|<|<
        年度资金总额|45万元|其中：财政拨款|45万元
        绩效指标|一级指标|二级指标|指标值
        ^|产出指标|帮扶人数|≥320人
        ^|^|补贴准确率|=100%
        ^|满意度指标|残疾人满意度|≥90%
        """
    )
    assert cells(form, "level1", "name", "target", "continues") == [
        ("产出指标", "帮扶人数", "≥320人", ()),
        ("产出指标", "补贴准确率", "=100%", ("level1",)),
        ("满意度指标", "残疾人满意度", "≥90%", ()),
    ]
    assert told(form) == [("B4", "表头没有“三级指标”，“二级指标”已读为三级指标，请核对。")]


def test_of_weights_beside_every_level_the_last_is_the_indicators_own():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表|<|<|<|<|<|<
        项目名称|校园足球|<|<|<|<|<
        一级指标|权重|二级指标|权重|三级指标|权重|指标值
        产出指标|50|数量指标|20|开展学校|20|≥30所
        ^|^|质量指标|30|达标率|30|≥95%
        """
    )
    assert cells(form, *LEVELS, "weight") == [
        ("产出指标", "数量指标", "开展学校", "≥30所", "20"),
        ("产出指标", "质量指标", "达标率", "≥95%", "30"),
    ]
    assert form.record.extra == {
        "一级指标权重（第1行）": "50",
        "二级指标权重（第1行）": "20",
        "二级指标权重（第2行）": "30",
    }
    assert form.problems == ()


CODES_AND_NAMES = """
        2023年项目绩效目标表|<|<|<|<|<|<|<|<|<
        项目编码|项目名称|一级绩效指标|<|二级绩效指标|<|三级绩效指标|<|计算符号|指标值|计量单位
        ^|^|代码|名称|代码|名称|代码|名称|^|^|^
        3701|河道清淤|1|产出指标|11|数量指标|111|清淤长度|≥|12|公里
        3701|河道清淤|3|满意度指标|31|服务对象满意度指标|311|居民满意度|≥|90|%
        """


@pytest.mark.parametrize("picture", [CODES_AND_NAMES, CODES_AND_NAMES.replace("<", "").replace("^", "")])
def test_codes_and_names_below_a_shared_heading_of_the_exchange(picture):
    (form,) = read_drawn(picture)
    assert (form.record.code, form.record.title) == ("3701", "河道清淤")
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "清淤长度", "≥12公里"),
        ("满意度指标", "服务对象满意度指标", "居民满意度", "≥90%"),
    ]
    assert form.record.extra == {
        "一级绩效指标代码": "第1行 1\n第2行 3",
        "二级绩效指标代码": "第1行 11\n第2行 31",
        "三级绩效指标代码": "第1行 111\n第2行 311",
    }
    assert form.problems == ()


def test_units_and_projects_below_one_heading_in_brackets():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表|<|<|<|<|<|<|<
        单位代码|单位（专项）名称|资金总额（万元）|年度绩效目标|绩效指标|<|<|<
        ^|^|^|^|一级指标|二级指标|三级指标|指标值
        301001|某县水利局|45||||
        301001|河长制工作|45|落实河长制|产出指标|数量指标|巡河次数|≥1200次
        ^|^|^|^|满意度指标|服务对象满意度指标|群众满意度|≥90%
        """
    )
    record = form.record
    assert (record.title, record.unit, record.total, record.goal) == (
        "河长制工作",
        "某县水利局",
        Decimal("450000.00"),
        "落实河长制",
    )
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "巡河次数", "≥1200次"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥90%"),
    ]
    assert form.problems == ()


def test_values_of_last_year_and_this_stand_below_one_heading():
    (form,) = read_drawn(
        """
        项目支出绩效目标表（2023年）|<|<|<|<|<
        项目名称|公共文化服务|<|<|<|<
        项目属性|1.持续性项目 ☑  2.新增性项目 □|<|<|<|<
        一级指标|二级指标|指标名称|指标值|<|指标值确定依据
        ^|^|^|上年|今年|^
        产出指标|数量指标|开放天数|300天|≥320天|行业标准
        """
    )
    assert cells(form, *LEVELS) == [("产出指标", "数量指标", "开放天数", "≥320天")]
    assert form.record.extra == {
        "项目属性": "持续性项目",
        "指标值确定依据": "第1行 行业标准",
        "指标值上年": "第1行 300天",
    }


def test_money_of_the_whole_term_alone_is_the_forms_and_told():
    (form,) = read_drawn(
        """
        专项资金绩效目标表（2023年度）|<|<|<
        项目名称|饮水维修|<|<
        资金金额\\n（万元）|实施期资金总额：|60|<
        ^|其中：财政拨款|55|<
        ^|其他资金|5|<
        一级指标|二级指标|指标内容|指标值
        产出指标|数量指标|维修水厂|12处
        """
    )
    record = form.record
    assert (record.total, record.fiscal, record.other) == (Decimal(600000), Decimal(550000), Decimal(50000))
    assert told(form) == [("C3", "表中没有年度资金总额，已按“实施期资金总额”读入，请核对。")]


def test_what_was_spent_by_a_month_stands_beside_the_amounts():
    (form,) = read_drawn(
        """
        2023年度项目支出绩效目标监控表|<|<|<|<
        项目名称|水质监测|<|<|<
        项目资金（万元）|年初预算数|1-7月执行数|1-7月执行率|全年预计执行数
        年度资金总额：|120|60|50%|120
        其中：财政拨款|120|60|50%|120
        一级指标|二级指标|三级指标|年度指标值|1-7月执行情况
        产出指标|数量指标|监测点位|≥24个|12个
        """
    )
    record = form.record
    assert (record.total, record.fiscal) == (Decimal(1200000), Decimal(1200000))
    assert record.extra == {
        "年度资金总额 1-7月执行数": "60万元",
        "年度资金总额 1-7月执行率": "50%",
        "年度资金总额 全年预计执行数": "120万元",
        "其中 财政拨款 1-7月执行数": "60万元",
        "其中 财政拨款 1-7月执行率": "50%",
        "其中 财政拨款 全年预计执行数": "120万元",
        "1-7月执行情况": "第1行 12个",
    }


def test_a_star_alone_is_a_name():
    (form,) = read_drawn(
        """
        项目支出绩效目标表（2023年）|<|<|<
        项目名称|公共文化服务|<|<
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|★|3个
        """
    )
    assert cells(form, "name", "target") == [("★", "3个")]
    assert form.record.extra == {}


SIGN_APART = """
    2023年项目支出绩效目标表|<|<|<|<|<
    项目名称|图书采购|<|<|<|<
    一级指标|二级指标|三级指标|指标值|<|<
    产出指标|数量指标|采购图书|≥|10000|册
    ^|质量指标|完好率|=|100|%
    """


@pytest.mark.parametrize("picture", [SIGN_APART, SIGN_APART.replace("<", "").replace("^", "产出指标")])
def test_sign_number_and_unit_in_three_cells_below_one_heading(picture):
    (form,) = read_drawn(picture)
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "采购图书", "≥10000册"),
        ("产出指标", "质量指标", "完好率", "=100%"),
    ]
    assert told(form) == [
        ("D4", "“指标值”一栏下有几个单元格，已合并读为“≥10000册”，请核对。"),
        ("D5", "“指标值”一栏下有几个单元格，已合并读为“=100%”，请核对。"),
    ]


def test_forms_side_by_side_are_two():
    forms = read_drawn(
        """
        2023年项目支出绩效目标表|<|<|<||2023年项目支出绩效目标表|<|<|<
        项目名称|甲项目|<|<||项目名称|乙项目|<|<
        年度资金总额（万元）|10|<|<||年度资金总额（万元）|20|<|<
        一级指标|二级指标|三级指标|指标值||一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|甲一|≥1个||产出指标|数量指标|乙一|≥2个
        ^|质量指标|甲二|100%||满意度指标|服务对象满意度指标|乙二|90%
        """
    )
    assert [(form.record.title, form.record.total, form.cell) for form in forms] == [
        ("甲项目", Decimal(100000), "A1"),
        ("乙项目", Decimal(200000), "F1"),
    ]
    assert [cells(form, *LEVELS) for form in forms] == [
        [("产出指标", "数量指标", "甲一", "≥1个"), ("产出指标", "质量指标", "甲二", "100%")],
        [("产出指标", "数量指标", "乙一", "≥2个"), ("满意度指标", "服务对象满意度指标", "乙二", "90%")],
    ]
    assert [form.problems for form in forms] == [(), ()]


@pytest.mark.parametrize("above", ["<", ""])
def test_a_category_that_has_slipped_alone_stays_a_category(above):
    (form,) = read_drawn(
        f"""
        2023年项目支出绩效目标表|{above}|{above}|{above}
        项目名称|河道治理||
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|清淤长度|≥3公里
        ||效益指标|
        效益指标|生态效益指标|水质|改善
        """
    )
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "清淤长度", "≥3公里"),
        ("效益指标", "", "", ""),
        ("效益指标", "生态效益指标", "水质", "改善"),
    ]
    assert told(form) == [("C5", "这一行只有“效益指标”，与表头错开，已读入“一级指标”，请核对。")]


def test_labels_with_lines_to_write_on_levels_in_digits_and_amounts_in_words():
    (form,) = read_drawn(
        """
        2023年项目支出绩效目标表|<|<|<
        项目名称____|图书采购|<|<
        项目资金|年度资金总额|12.5（万元）|<
        ^|其中：财政拨款|人民币12.5万元整|<
        \u200b1级指标|2级指标|3级指标|指标值
        产出指标|\u200b数量指标|采购图书|500册
        """
    )
    record = form.record
    assert (record.title, record.total, record.fiscal) == ("图书采购", Decimal(125000), Decimal(125000))
    assert cells(form, *LEVELS) == [("产出指标", "数量指标", "采购图书", "500册")]
    assert [cell for cell, _ in told(form)] == ["A5", "B6"]


def test_categories_without_the_word_for_them_have_not_slipped():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表|<|<|<|<
        项目名称|智慧停车|<|<|<
        一级指标|二级指标|三级指标|指标值|指标说明
        产出|数量|泊位数|1000个|新建
        效益|社会效益|停车难缓解程度|明显缓解|
        满意度|满意度|市民满意度|较高|
        """
    )
    assert cells(form, *LEVELS) == [
        ("产出", "数量", "泊位数", "1000个"),
        ("效益", "社会效益", "停车难缓解程度", "明显缓解"),
        ("满意度", "满意度", "市民满意度", "较高"),
    ]
    assert told(form) == []


def test_a_unit_in_one_line_with_a_label_that_is_unknown():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表|<|<|<
        编报处室：城建科　　　　金额单位：元|<|<|<
        项目名称|智慧停车|年度资金总额|1,200
        一级指标|二级指标|三级指标|指标值
        产出指标|数量指标|泊位数|1000个
        """
    )
    assert (form.record.total, form.record.extra) == (Decimal("1200.00"), {"编报处室": "城建科"})
    assert told(form) == []


def test_a_line_to_sign_in_the_columns_of_the_table_and_numbers_that_only_count():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||
        项目名称|移民扶持|||
        序号|一级指标|二级指标|三级指标|指标值
        1|产出指标|数量指标|扶持人数|1000人
        2|满意度指标|服务对象满意度指标|群众满意度|90%
        申报单位（盖章）：|某县移民局|填报人：|孙某|2024-01-15
        """
    )
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "扶持人数", "1000人"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "90%"),
    ]
    assert form.record.extra == {"申报单位（盖章）": "某县移民局", "填报人": "孙某", "日期": "2024-01-15"}
    assert told(form) == []


def test_tables_of_the_longer_term_and_of_the_year_below_each_other_each_with_the_name_of_its_goal():
    (form,) = read_drawn(
        """
        2026年项目支出绩效目标申报表|<|<|<|<|<|<
        项目名称|营养餐|<|<|<|<|<
        长期绩效目标表|<|<|<|<|<|<
        目标名称|一级指标|二级指标|三级指标|指标值|<|<
        长期绩效目标1|产出指标|数量指标|受益学生|5万人|<|<
        年度绩效目标表|<|<|<|<|<|<
        目标名称|一级指标|二级指标|三级指标|指标值|<|<
        ^|^|^|^|前年|上年|预计当年实现
        年度绩效目标1|产出指标|数量指标|受益学生数|4.8万人|4.9万人|5万人
        ^|满意度指标|服务对象满意度|家长满意度|90%|91%|92%
        """
    )
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "受益学生数", "5万人"),
        ("满意度指标", "服务对象满意度", "家长满意度", "92%"),
    ]
    assert form.record.extra == {
        "长期绩效目标表 1": "产出指标／数量指标／受益学生：5万人（目标名称 长期绩效目标1）",
        "目标名称（第1行）": "年度绩效目标1",
        "指标值前年": "第1行 4.8万人\n第2行 90%",
        "指标值上年": "第1行 4.9万人\n第2行 91%",
    }
    assert told(form) == []
