"""Lists whose lines hold several indicators: names with their values, or names in one cell and values in the next."""

from targets.tests.sheets.drawn import cells, read_drawn, told

LEVELS = ("level1", "level2", "name", "target")


def parted(count, *names):
    return f"一个单元格里写了 {count} 个指标，已分成 {count} 行读入（{'、'.join(f'“{name}”' for name in names)}），请核对。"


def apart(text, names, values):
    return f"“{text}”里写有指标值，已分开读为“{names}”和“{values}”，请核对。"


def test_names_with_their_values_in_one_column():
    first, second = read_drawn(
        """
        2024年项目支出绩效目标汇总表|||||
        项目名称|预算金额（万元）|一级指标|二级指标|三级指标及指标值|分管领导
        农村改厕|240|产出指标|数量指标|1.改厕户数≥1200户；2.培训人数≥300人次|两项
        ^|^|^|质量指标|（1）验收合格率≥98%\\n（2）达标率=100%|
        ^|^|效益指标|社会效益指标|群众满意度≥90%|
        垃圾清运|86.5|产出指标|数量指标|清运量≥3.2万吨；清运车次≥2000车次|
        """
    )
    assert cells(first, *LEVELS) == [
        ("产出指标", "数量指标", "改厕户数", "≥1200户"),
        ("产出指标", "数量指标", "培训人数", "≥300人次"),
        ("产出指标", "质量指标", "验收合格率", "≥98%"),
        ("产出指标", "质量指标", "达标率", "=100%"),
        ("效益指标", "社会效益指标", "群众满意度", "≥90%"),
    ]
    assert [row.continues for row in first.record.rows] == [(), (), ("level1",), ("level1",), ()]
    assert first.record.extra == {"分管领导": "两项"}
    assert told(first) == [
        ("E3", apart("1.改厕户数≥1200户；2.培训人数≥300人次", "改厕户数 培训人数", "≥1200户 ≥300人次")),
        ("E4", apart("（1）验收合格率≥98% （2）达标率=100%", "验收合格率 达标率", "≥98% =100%")),
        ("E5", apart("群众满意度≥90%", "群众满意度", "≥90%")),
        ("A3", parted(2, "改厕户数", "培训人数")),
        ("A4", parted(2, "验收合格率", "达标率")),
    ]
    assert cells(second, "name", "target") == [("清运量", "≥3.2万吨"), ("清运车次", "≥2000车次")]


def test_names_in_one_cell_and_their_values_in_the_next():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标汇总表|||||
        项目名称|一级指标|二级指标|三级指标|指标值|权重
        农村改厕|产出指标|数量指标|1.改厕户数；2.培训人数|1.≥1200户；2.≥300人次|20
        农村改厕|产出指标|质量指标|验收合格率≥98%，达标率=100%||10
        农村改厕|效益指标|社会效益指标|教育、就业水平|提升、改善|10
        """
    )
    assert cells(form, *LEVELS) == [
        ("产出指标", "数量指标", "改厕户数", "≥1200户"),
        ("产出指标", "数量指标", "培训人数", "≥300人次"),
        ("产出指标", "质量指标", "验收合格率", "≥98%"),
        ("产出指标", "质量指标", "达标率", "=100%"),
        ("效益指标", "社会效益指标", "教育、就业水平", "提升、改善"),
    ]
    several = "三级指标或绩效指标“教育、就业水平”与指标值“提升、改善”可能各写了几个指标，已照一行读入，请核对。"
    assert told(form) == [
        ("A3", parted(2, "改厕户数", "培训人数")),
        ("A4", parted(2, "验收合格率", "达标率")),
        ("A5", several),
    ]


def test_a_line_of_a_list_with_numbers_of_its_own_is_one():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标汇总表|||||
        项目名称|一级指标|二级指标|三级指标|指标值|数值
        农村改厕|产出指标|数量指标|改厕户数；培训人数|≥1200户；≥300人次|1200
        """
    )
    assert cells(form, "name", "target") == [("改厕户数；培训人数", "≥1200户；≥300人次")]
