"""Texts that stand in no column and beside no label are kept in 表外文字 and told, once each."""

import io

import openpyxl
import pytest

from targets.domain.sheets.reader import read_workbook
from targets.domain.sheets.strays import BESIDE, LONGEST_KEPT
from targets.domain.sheets.writer import write_official
from targets.tests.sheets.books import saved
from targets.tests.sheets.drawn import KEPT_BESIDE, cells, read_drawn, told

FORM = """
    {above}
    2024年项目支出绩效目标表||||
    {head}
    项目名称|河道保洁|||
    一级指标|二级指标|三级指标|指标值|{heads}
    产出指标|数量指标|保洁里程|≥126公里|{beside}
    产出指标|质量指标|达标率|≥95%|
    {below}
    """


def form(*, above="", head="", heads="", beside="", below=""):
    (found,) = read_drawn(FORM.format(above=above, head=head, heads=heads, beside=beside, below=below))
    assert cells(found, "name", "target") == [("保洁里程", "≥126公里"), ("达标率", "≥95%")]
    return found


@pytest.mark.parametrize(
    ("places", "kept", "remarks"),
    [
        ({"above": "请各单位认真填写"}, "请各单位认真填写", [("A1", f"“请各单位认真填写”{KEPT_BESIDE}")]),
        ({"head": "|待局长办公会研究"}, "待局长办公会研究", [("B2", f"“待局长办公会研究”{KEPT_BESIDE}")]),
        ({"head": "2023年起按新标准执行"}, "2023年起按新标准执行", [("A2", f"“2023年起按新标准执行”{KEPT_BESIDE}")]),
        ({"heads": "金额单位为元，请核对"}, "金额单位为元，请核对", [("E4", f"“金额单位为元，请核对”{KEPT_BESIDE}")]),
        ({"below": "★为核心指标"}, "★为核心指标", [("A7", f"“★为核心指标”{KEPT_BESIDE}")]),
        ({"beside": "数据待核"}, "第1行 数据待核", [("E5", f"“数据待核”{KEPT_BESIDE}")]),
        ({"beside": "数据待核|张某某"}, "第1行 数据待核 张某某", [("E5", f"“数据待核”{KEPT_BESIDE}"), ("F5", f"“张某某”{KEPT_BESIDE}")]),
        ({"below": "填表人：\n请于月底前报送"}, "请于月底前报送", [("A8", f"“请于月底前报送”{KEPT_BESIDE}")]),
        (
            {"below": "填表人：\n请于月底前报送\n一式三份"},
            "请于月底前报送\n一式三份",
            [("A8", f"表前、表后的 2 行文字（“请于月底前报送”、“一式三份”）{KEPT_BESIDE}")],
        ),
    ],
    ids=["above", "in the head", "with a year", "beside the headings", "a footnote", "beside a row", "two beside a row", "below", "two below"],
)  # fmt: skip
def test_remarks_are_kept_and_told(places, kept, remarks):
    found = form(**places)
    assert (found.record.extra, told(found)) == ({BESIDE: kept}, remarks)


@pytest.mark.parametrize(
    "places",
    [
        {"above": "附件2"},
        {"head": "2024年部门预算"},
        {"head": "（2024年度）"},
        {"heads": "财政审核意见"},
        {"below": "第 1 页 共 2 页"},
        {"below": "- 3 -"},
        {"below": "填表人：||填报日期：  年  月  日"},
        {"below": "（盖章）|||年　月　日"},
        {"beside": "……"},
        {"beside": "/"},
    ],
)
def test_what_only_decorates_a_form_is_not_kept(places):
    found = form(**places)
    assert (found.record.extra, told(found)) == ({}, [])


def test_a_remark_on_every_page_is_kept_once():
    page = "一级指标|二级指标|三级指标|指标值\n产出指标|数量指标|{}|≥1个\n填表人：\n本页由项目单位填报"
    (found,) = read_drawn(f"2024年项目支出绩效目标表\n项目名称|河道保洁\n{page.format('桥')}\n{page.format('闸')}")
    assert cells(found, "name") == [("桥",), ("闸",)]
    assert found.record.extra == {BESIDE: "本页由项目单位填报"}


def test_long_remarks_are_kept_in_texts_that_a_cell_can_hold():
    remarks = [f"{number}" + "长" * 3_000 for number in range(10)]
    found = form(below="填表人：\n" + "\n".join(remarks))
    assert [*found.record.extra] == [BESIDE, f"{BESIDE}（2）", f"{BESIDE}（3）", f"{BESIDE}（4）"]
    assert max(map(len, found.record.extra.values())) <= LONGEST_KEPT
    assert "\n".join(found.record.extra.values()).split("\n") == remarks


@pytest.mark.parametrize("is_ours", [True, False], ids=["as we wrote it", "saved by another program"])
def test_what_was_kept_is_written_and_read_again(is_ours):
    record = form(beside="见：附表", below="填表人：李某\n请于月底前报送\n一式三份").record
    assert record.extra == {"填表人": "李某", BESIDE: "第1行 见：附表\n请于月底前报送\n一式三份"}
    content = write_official([record])
    if not is_ours:
        content = saved(openpyxl.load_workbook(io.BytesIO(content)))
    (again,) = read_workbook(content, "表.xlsx").forms
    assert (again.record, again.problems) == (record, ())


def test_remarks_of_a_list_stay_with_their_forms():
    forms = read_drawn(
        """
        2024年项目绩效目标明细表|||||
        项目名称|实施单位|一级指标|二级指标|三级指标|指标值
        一、基本项目|||||
        河道清淤|水利局|产出指标|数量指标|清淤长度|≥12公里|待核
        二、重点项目|||||
        道路养护|交通局|产出指标|数量指标|养护里程|≥9公里|
        道路养护|交通局|产出指标|数量指标|涵洞|≥2个|完
        """
    )
    assert [(one.title, one.record.extra, told(one)) for one in forms] == [
        (
            "河道清淤",
            {BESIDE: "一、基本项目\n第1行 待核"},
            [("A3", f"“一、基本项目”{KEPT_BESIDE}"), ("G4", f"“待核”{KEPT_BESIDE}")],
        ),
        (
            "道路养护",
            {BESIDE: "二、重点项目\n第2行 完"},
            [("A5", f"“二、重点项目”{KEPT_BESIDE}"), ("G7", f"“完”{KEPT_BESIDE}")],
        ),
    ]
