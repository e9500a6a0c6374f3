"""Columns and cells that hold two fields at once are parted, each time as a guess that names its cell."""

import pytest

from targets.domain.sheets.named_values import named_value
from targets.domain.sheets.says import two_levels
from targets.tests.sheets.drawn import cells, read_drawn, told

LEVELS = ("level1", "level2", "name", "target")
ROWS = [
    ("产出指标", "数量指标", "保洁里程", "≥126公里"),
    ("产出指标", "质量指标", "达标率", "≥95%"),
    ("满意度指标", "服务对象满意度指标", "满意率", "≥90%"),
]


def read(*lines):
    (form,) = read_drawn("\n".join(["2024年项目支出绩效目标表|||", "项目名称|河道保洁||", *lines]))
    assert {problem.level for problem in form.problems} <= {"guess"}
    return form


def of_levels(text, first, second):
    return f"“{text}”是两级指标，已分开读为一级指标“{first}”和二级指标“{second}”，请核对。"


def of_value(text, name, value):
    return f"“{text}”里写有指标值，已分开读为“{name}”和“{value}”，请核对。"


@pytest.mark.parametrize(
    "heading",
    ["一级/二级指标", "一级二级指标", "一级指标、二级指标", "一级、二级指标", "一级指标\\n（二级指标）", "一级指标"],
)
@pytest.mark.parametrize("between", ["—", "-", "/", "：", "、", " ", "\\n", "（{}）", "——"])
def test_one_column_for_both_levels(heading, between):
    joined = [
        (between if "{" in between else between + "{}").join((first, "")).format(second) for first, second, *_ in ROWS
    ]
    form = read(
        f"{heading}|三级指标|指标值",
        *(f"{text}|{name}|{value}" for text, (_, _, name, value) in zip(joined, ROWS, strict=True)),
    )
    assert cells(form, *LEVELS) == ROWS
    shown = [text.replace("\\n", " ") for text in joined]
    assert told(form) == [
        (f"A{at}", of_levels(text, *row[:2])) for at, (text, row) in enumerate(zip(shown, ROWS, strict=True), 4)
    ]


def test_one_column_for_both_levels_beside_the_label_of_the_table():
    form = read(
        "绩效指标|一级/二级指标|三级指标|指标值",
        "^|产出指标—数量指标|里程|≥126公里",
        "^|^|桥梁|≥2座",
        "^|效益指标|出行条件|改善",
    )
    assert cells(form, "level1", "level2", "name", "continues") == [
        ("产出指标", "数量指标", "里程", ()),
        ("产出指标", "数量指标", "桥梁", ("level1", "level2")),
        ("效益指标", "", "出行条件", ()),
    ]
    assert ("B4", of_levels("产出指标—数量指标", "产出指标", "数量指标")) in told(form)


@pytest.mark.parametrize("blank", ["^", ""], ids=["merged", "lost its merge"])
def test_one_column_for_both_levels_goes_on_below(blank):
    form = read(
        "一级/二级指标|三级指标|指标值", "产出-数量|里程|≥126公里", f"{blank}|桥梁|≥2座", "产出-质量|达标率|≥95%"
    )
    assert cells(form, *LEVELS, "continues") == [
        ("产出", "数量", "里程", "≥126公里", ()),
        ("产出", "数量", "桥梁", "≥2座", ("level1", "level2")),
        ("产出", "质量", "达标率", "≥95%", ()),
    ]


def no_second(text):
    return f"“{text}”没有写二级指标，已照空白读入，请核对。"


def test_a_first_level_alone_does_not_take_the_second_level_of_the_row_above():
    form = read(
        "一级/二级指标|三级指标|指标值",
        "产出指标—数量指标|里程|≥126公里",
        "|桥梁|≥2座",
        "产出指标|工期|12个月",
        "|标段|=3个",
        "产出指标—质量指标|达标率|≥95%",
        "效益指标|出行条件|改善",
    )
    assert cells(form, *LEVELS[:3], "continues") == [
        ("产出指标", "数量指标", "里程", ()),
        ("产出指标", "数量指标", "桥梁", ("level1", "level2")),
        ("产出指标", "", "工期", ()),
        ("产出指标", "", "标段", ("level1",)),
        ("产出指标", "质量指标", "达标率", ()),
        ("效益指标", "", "出行条件", ()),
    ]
    assert [(place, sentence) for place, sentence in told(form) if place in ("A6", "A9")] == [
        ("A6", no_second("产出指标"))
    ]


@pytest.mark.parametrize("heading", ["一级/二级指标", "指标类别", "一级指标"])
@pytest.mark.parametrize("is_merged", [True, False], ids=["merged", "lost its merges"])
def test_one_column_for_both_levels_of_a_list(heading, is_merged):
    picture = f"""
        2024年项目支出绩效目标表|||
        项目名称|{heading}|三级指标|指标值
        河道保洁|产出指标—数量指标|里程|≥126公里
        ^|^|桥梁|≥2座
        ^|产出指标|工期|12个月
        垃圾清运|产出指标—质量指标|达标率|≥95%
        ^|满意度指标—服务对象满意度指标|满意率|≥90%
        """
    first, second = read_drawn(picture if is_merged else picture.replace("^", ""))
    assert cells(first, *LEVELS[:3], "continues") == [
        ("产出指标", "数量指标", "里程", ()),
        ("产出指标", "数量指标", "桥梁", ("level1", "level2")),
        ("产出指标", "", "工期", ()),
    ]
    assert cells(second, *LEVELS) == ROWS[1:]
    parted = of_levels("产出指标—数量指标", "产出指标", "数量指标")
    assert [one for one in told(first) if one[1] in (parted, no_second("产出指标"))] == [
        ("B3", parted),
        ("B5", no_second("产出指标")),
    ]
    assert {problem.level for problem in (*first.problems, *second.problems)} == {"guess"}


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("成本指标-经济成本指标", ("成本指标", "经济成本指标")),
        ("满意度 > 服务对象满意度", ("满意度", "服务对象满意度")),
        ("效益指标（可持续影响指标）", ("效益指标", "可持续影响指标")),
        ("产出指标—工作量指标", ("产出指标", "工作量指标")),
        ("产出指标 数量指标 质量指标", None),
        ("产出指标（50分）", None),
        ("产出指标", None),
        ("社会效益指标", None),
        ("数量-质量", None),
        ("≥95%-98%", None),
    ],
)
def test_two_levels_in_a_text(text, levels):
    assert two_levels(text) == levels


@pytest.mark.parametrize(
    "heading", ["三级指标及指标值", "三级指标和目标值", "三级指标/指标值", "指标名称及指标值", "绩效指标、指标值"]
)
def test_one_column_for_name_and_value(heading):
    form = read(
        f"一级指标|二级指标|{heading}",
        "产出指标|数量指标|保洁里程≥126公里",
        "产出指标|数量指标|桥梁：2座",
        "产出指标|质量指标|达标率95%",
        "效益指标|社会效益指标|出行条件改善",
    )
    assert cells(form, "name", "target") == [
        ("保洁里程", "≥126公里"),
        ("桥梁", "2座"),
        ("达标率", "95%"),
        ("出行条件改善", ""),
    ]
    assert told(form) == [
        ("C4", of_value("保洁里程≥126公里", "保洁里程", "≥126公里")),
        ("C5", of_value("桥梁：2座", "桥梁", "2座")),
        ("C6", of_value("达标率95%", "达标率", "95%")),
        ("C7", "“出行条件改善”里没有找到指标值，已全部读为三级指标，请核对。"),
    ]


def test_value_in_the_cell_of_the_name():
    form = read(
        "一级指标|二级指标|三级指标|指标值",
        "产出指标|数量指标|保洁里程|≥126公里",
        "产出指标|质量指标|达标率：95%|",
        "产出指标|时效指标|创建5A级景区|",
        "效益指标|社会效益指标|小学入学率：99%\\n初中入学率：98%|",
    )
    assert cells(form, "name", "target") == [
        ("保洁里程", "≥126公里"),
        ("达标率", "95%"),
        ("创建5A级景区", ""),
        ("小学入学率", "99%"),
        ("初中入学率", "98%"),
    ]
    assert told(form)[:2] == [
        ("C5", of_value("达标率：95%", "达标率", "95%")),
        ("C7", of_value("小学入学率：99% 初中入学率：98%", "小学入学率 初中入学率", "99% 98%")),
    ]


def test_value_in_the_cell_of_the_name_in_a_list():
    (form,) = read_drawn(
        """
        2024年项目绩效目标明细表|||||
        项目名称|实施单位|一级指标|二级指标|三级指标|指标值
        河道清淤|水利局|产出指标|数量指标|清淤长度|≥12公里
        河道清淤|水利局|产出指标|质量指标|达标率：95%|
        """
    )
    assert cells(form, "name", "target") == [("清淤长度", "≥12公里"), ("达标率", "95%")]
    assert told(form) == [("E4", of_value("达标率：95%", "达标率", "95%"))]


def test_name_in_the_cell_of_the_value():
    form = read(
        "一级指标|二级指标|三级指标|指标值",
        "产出指标|数量指标|在校学生|小学：95人",
        "^|^|^|初中：90人",
        "产出指标|质量指标||达标率：95%",
    )
    assert cells(form, "name", "target") == [("在校学生", "小学：95人"), ("在校学生", "初中：90人"), ("达标率", "95%")]
    assert told(form) == [("D6", "“达标率：95%”里写有三级指标，已分开读为“达标率”和“95%”，请核对。")]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("达标率：≥95%", ("达标率", "≥95%")),
        ("达标率（≥95%）", ("达标率", "≥95%")),
        ("达标率 95%", ("达标率", "95%")),
        ("达标率——95%", ("达标率", "95%")),
        ("达标率不低于95%", ("达标率", "不低于95%")),
        ("维修里程 ≥ 126公里", ("维修里程", "≥ 126公里")),
        ("满意度（服务对象）：≥95%", ("满意度（服务对象）", "≥95%")),
        ("指标1：达标率≥95%", ("指标1：达标率", "≥95%")),
        ("完成时间：2024年12月底前", ("完成时间", "2024年12月底前")),
        ("精简退职40%救济生活补助率", None),
        ("增长率≥6%目标完成情况", None),
        ("重点工作：3项以上任务完成率", None),
        ("指标1：", None),
        ("指标1：2座", None),
        ("≥95%", None),
        ("满意度：较高", ("满意度", "较高")),
        ("群众出行：明显改善", ("群众出行", "明显改善")),
        ("道路养护：大修", None),
        ("群众出行明显改善", None),
        ("里程（公里）", None),
        ("小学≥1人 中学≥2人", None),
        ("A级景区创建", None),
    ],
)
def test_name_with_its_value(text, pair):
    assert named_value(text) == pair


def test_first_levels_alone_below_each_other_all_leave_the_second_blank():
    form = read(
        "一级/二级指标|三级指标|指标值",
        "产出指标—数量指标|里程|≥126公里",
        "产出指标|工期|12个月",
        "产出指标|标段|=3个",
        "产出指标—质量指标|达标率|≥95%",
    )
    assert cells(form, *LEVELS[:3]) == [
        ("产出指标", "数量指标", "里程"),
        ("产出指标", "", "工期"),
        ("产出指标", "", "标段"),
        ("产出指标", "质量指标", "达标率"),
    ]
