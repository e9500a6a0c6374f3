"""The money of a form in a row of labels with the amounts below it, its sum named 合计 or its parts in other words."""

from decimal import Decimal

import pytest

from targets.domain.sheets.amounts_below import amounts_below
from targets.domain.sheets.cells import Cell
from targets.domain.sheets.layout import EXTRA
from targets.tests.sheets.drawn import KEPT_BESIDE, read_drawn, told

FORM = """
    2025年度项目绩效目标表
    项目名称|河道清淤
    {}
    年度目标|清淤
    一级指标|二级指标|三级指标|指标值
    产出指标|数量指标|清淤条数|≥12条
    """
SUM = "“{}”已读为“年度预算资金总额”，请核对。"


@pytest.mark.parametrize(
    ("picture", "money", "extra", "remarks"),
    [
        (
            ["资金（万元）|合计|财政资金|单位资金", "|350.00|300.00|50.00"],
            ("3500000.00", "3000000.00", "500000.00"),
            {},
            [("B3", SUM.format("合计"))],
        ),
        (
            ["预算资金（元）|小计|中央|市县|其他", "^|1,000|600|300|100"],
            ("1000.00", None, "100.00"),
            {"中央": "600元", "市县": "300元"},
            [("B3", SUM.format("小计"))],
        ),
        (
            ["资金来源|一般公共预算|政府性基金|单位资金|合计", "金额（万元）|300|0|50|350"],
            ("3500000.00", None, "500000.00"),
            {"一般公共预算": "300万元", "政府性基金": "0万元"},
            [("E3", SUM.format("合计"))],
        ),
        (
            ["资金（万元）|合计|350", "^|财政拨款|300", "^|其他资金|50"],
            ("3500000.00", "3000000.00", "500000.00"),
            {},
            [("B3", SUM.format("合计"))],
        ),
        (
            ["项目资金（万元）|年度资金总额|财政拨款|其中：上级资金|合计", "|350|300|120|350"],
            ("3500000.00", "3000000.00", None),
            {"其中 上级资金": "120万元", "合计": "350万元"},
            [],
        ),
    ],
    ids=["a sum", "levels", "sources", "downwards", "a sum beside the total"],
)
def test_amounts_below_their_labels(picture, money, extra, remarks):
    (form,) = read_drawn(FORM.format("\n".join(picture)))
    record = form.record
    assert record
    assert (record.total, record.fiscal, record.other) == tuple(amount and Decimal(amount) for amount in money)
    assert record.extra == extra
    assert told(form) == remarks


def test_numbers_that_belong_to_nothing_are_told():
    (form,) = read_drawn(FORM.format("序列|甲类|乙类|丙类\n12|34|56"))
    assert form.record.extra == {"序列": "甲类", "乙类": "丙类", "12": "34", "表外文字": "56"}
    assert told(form) == [("C4", f"“56”{KEPT_BESIDE}")]


def row(*texts: str, at: int = 1) -> list[Cell]:
    return [Cell(at, column, text) for column, text in enumerate(texts) if text]


LABELS = [(Cell(0, 0, "资金"), "", 0), (Cell(0, 1, "合计"), "", 1), (Cell(0, 2, "财政拨款"), "fiscal", 2)]


@pytest.mark.parametrize(
    "below",
    [row("", "350"), row("", "350", "见附件"), row("", "350", "300", "50"), row("", "财政拨款", "其他资金")],
    ids=["one amount", "a word among them", "an amount below no label", "labels"],
)
def test_other_rows_are_no_amounts(below):
    assert amounts_below(LABELS, below) == ([], [])


def test_labels_that_do_not_speak_of_money_have_no_amounts_below():
    labels = [(Cell(0, 1, "项目类别"), EXTRA, 1), (Cell(0, 2, "合计"), "", 2)]
    assert amounts_below(labels, row("", "1", "2")) == ([], [])


def test_a_part_with_two_colons_and_a_sum_between_label_and_amount():
    picture = "项目资金（元）|资金总额：1,000\n|其中：财政拨款：800\n|其他资金：200"
    (form,) = read_drawn(FORM.format(picture))
    assert (form.record.total, form.record.fiscal, form.record.other) == (1000, 800, 200)
    (form,) = read_drawn(FORM.format("年度金额（元）|小计|1500|其中：上级|1000\n^||本级|500"))
    assert form.record.total == 1500
    assert form.record.extra == {"其中 上级": "1000", "本级": "500"}
    assert told(form) == []


def test_a_part_of_the_money_in_unknown_words_stays_a_row_of_the_table_of_amounts():
    picture = (
        "项目资金（万元）|资金来源|年初预算数|1-7月执行数|执行率\n|年度资金总额|120|70|58.33%\n"
        "|其中：本年一般公共预算拨款|110|65|59.09%\n|其他资金|10|5|50.00%"
    )
    (form,) = read_drawn(FORM.format(picture))
    assert (form.record.total, form.record.fiscal, form.record.other) == (1_200_000, None, 100_000)
    assert form.record.extra == {
        "年度资金总额 1-7月执行数": "70万元",
        "年度资金总额 执行率": "58.33%",
        "其中 本年一般公共预算拨款": "110万元",
        "其中 本年一般公共预算拨款 1-7月执行数": "65万元",
        "其中 本年一般公共预算拨款 执行率": "59.09%",
        "其他资金 1-7月执行数": "5万元",
        "其他资金 执行率": "50.00%",
    }
    assert told(form) == []
