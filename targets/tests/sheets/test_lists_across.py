"""Lists that print each category in columns of its own, as a whole province does: 产出指标 over 三级指标 and 指标值, 效益指标 over the same."""

from decimal import Decimal

import pytest

from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import book, fill, one_sheet
from targets.tests.sheets.drawn import cells, drawn, read_drawn, told

LEVELS = ("level1", "level2", "name", "target")
PICTURE = """
    2024年部门预算项目支出绩效目标表|<|<|<|<|<|<|<|<|<|<
    单位名称：某县财政局||||||||||单位：万元
    单位编码（项目编码）|项目单位（项目名称）|项目金额|<|绩效目标|<|<|<|<|<|备注
    ^|^|资金总额|财政拨款|产出指标|<|效益指标|<|满意度指标|<|^
    ^|^|^|^|三级指标|指标值|三级指标|指标值|三级指标|指标值|^
    020001|某县财政局|126|120|||||||
    411625240001|财政信息化运维|86|80|运维系统数|≥12个|业务办理效率|提升|用户满意度|≥90%|续建
    ^|^|^|^|故障修复及时率|≥98%|||||^
    411625240002|票据印制|40|40|印制票据|≥3万份|规范率|{rate}|用票单位满意度|≥95%|
    填表人：张三||||||||审核人：李四||
    """
SYSTEMS = [
    ("产出指标", "", "运维系统数", "≥12个"),
    ("产出指标", "", "故障修复及时率", "≥98%"),
    ("效益指标", "", "业务办理效率", "提升"),
    ("满意度指标", "", "用户满意度", "≥90%"),
]
TICKETS = [
    ("产出指标", "", "印制票据", "≥3万份"),
    ("效益指标", "", "规范率", "=100%"),
    ("满意度指标", "", "用票单位满意度", "≥95%"),
]


def head_of(form):
    record = form.record
    return form.cell, record.title, record.code, record.department_code, record.unit, record.total, record.fiscal


def test_each_indicator_is_a_line():
    first, second = read_drawn(PICTURE.format(rate="=100%"))
    unit = "020001", "[020001]某县财政局"
    assert head_of(first) == ("B7", "财政信息化运维", "411625240001", *unit, Decimal(860000), Decimal(800000))
    assert head_of(second) == ("B9", "票据印制", "411625240002", *unit, Decimal(400000), Decimal(400000))
    assert (cells(first, *LEVELS), cells(second, *LEVELS)) == (SYSTEMS, TICKETS)
    assert first.record.rows[0].note == "续建"
    assert first.record.extra == {"单位名称": "某县财政局", "填表人": "张三", "审核人": "李四"}
    assert told(first) == told(second) == []


def test_blank_columns_among_the_categories_and_blank_rows_in_the_head_belong_to_nobody():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表|||||||||
        项目名称|预算金额（元）|产出指标||||效益指标|||备注
        |||||||||
        ||三级指标||指标值||三级指标|指标值||
        河道保洁|860000|保洁里程||≥126公里|甲|水质|稳定||续建
        ||达标率||≥95%|||||
        """
    )
    assert cells(form, *LEVELS, "note") == [
        ("产出指标", "", "保洁里程", "≥126公里", "续建"),
        ("产出指标", "", "达标率", "≥95%", ""),
        ("效益指标", "", "水质", "稳定", ""),
    ]
    assert ("F5", "“甲”不属于任何栏目，已放在“其他栏目”的“表外文字”中。如属某一栏目，请移过去。") in told(form)


def test_what_is_told_names_the_cells_of_the_file():
    texts, merges = drawn(PICTURE.format(rate="=100%").replace("^|^|^|^|故障", "||||故障"))
    content = one_sheet(texts, merges=[merge for merge in merges if merge[1] not in "678"])
    first, second = read_workbook(content, "表.xlsx").forms
    assert (cells(first, *LEVELS), cells(second, *LEVELS)) == (SYSTEMS, TICKETS)
    assert told(first) == [("B8", "项目名称为空白，已按合并单元格照上一行读为“财政信息化运维”，请核对。")]


def test_formulas_and_exact_amounts_are_found_where_they_stood():
    texts, merges = drawn(PICTURE.format(rate=""))

    def draw(sheet):
        fill(sheet, texts)
        for merge in merges:
            sheet.merge_cells(merge)
        sheet["H9"] = "=50%+50%"
        sheet["D9"] = 39.123456
        sheet["D9"].number_format = "0.00"

    _, second = read_workbook(book(("Sheet1", draw)), "表.xlsx").forms
    assert cells(second, "name", "target")[1] == ("规范率", "=50%+50%")
    assert second.record.fiscal == Decimal("391234.56")
    assert told(second) == [("H9", "单元格是公式“=50%+50%”，没有可用的结果，已按文字读入，请核对。")]


def test_pages_repeat_the_head_and_second_levels_stand_below_the_categories():
    head = """
        项目名称|实施单位|预算金额（元）|产出指标|||效益指标||
        |||二级指标|三级指标|指标值|二级指标|三级指标|指标值"""
    first, second = read_drawn(
        f"""
        2024年项目支出绩效目标表||||||||{head}
        河道保洁|某所|860000|数量指标|保洁里程|≥126公里|生态效益指标|水质|稳定
        |||质量指标|达标率|≥95%|||{head}
        沟渠管护|某站|86000|数量指标|管护里程|≥26公里|||
        """
    )
    assert cells(first, *LEVELS) == [
        ("产出指标", "数量指标", "保洁里程", "≥126公里"),
        ("产出指标", "质量指标", "达标率", "≥95%"),
        ("效益指标", "生态效益指标", "水质", "稳定"),
    ]
    assert cells(second, *LEVELS) == [("产出指标", "数量指标", "管护里程", "≥26公里")]
    assert (first.record.total, second.record.total, second.record.unit) == (Decimal(860000), Decimal(86000), "某站")


@pytest.mark.parametrize(
    "picture",
    [
        """
        2024年项目支出绩效目标表|||||
        项目名称|河道保洁||||
        一级指标|二级指标|三级指标|中期指标值|三级指标|年度指标值
        产出指标|数量指标|保洁里程|≥300公里|保洁里程|≥126公里
        """,
        """
        2024年项目支出绩效目标表|||
        项目名称|一级指标|三级指标|指标值
        河道保洁|产出指标|保洁里程|≥126公里
        """,
    ],
    ids=["two terms", "a list"],
)
def test_other_tables_are_read_as_ever(picture):
    assert ("保洁里程", "≥126公里") in cells(read_drawn(picture)[0], "name", "target")
