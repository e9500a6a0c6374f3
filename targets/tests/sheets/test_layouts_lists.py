"""Flat lists: V3, exchange files of other systems, and our own list, which comes back as it was."""

import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.domain.record import PLAN, PROJECT, IndicatorRow, Record
from targets.domain.sheets.flat_writer import FlatForm, write_flat_workbook
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import book, fill, one_sheet, project_lines
from targets.tests.sheets.samples import V3, V3_HEAD, V3_MERGES, V4, form_book, reordered


def read(content, **options):
    return read_workbook(content, "a.xlsx", **options).forms


def cells(form):
    return [(row.level1, row.name, row.target, row.weight) for row in form.record.rows]


FIRST = [
    ("效益指标", "治理水平", "提升", "20"),
    ("产出指标", "保障村数", "=12个", "30"),
    ("产出指标", "经费到位率", "≥95%", "20"),
    ("产出指标", "每村成本", "≤67,046.67元", "10"),
    ("满意度指标", "村民满意度", "≥90百分比", "10"),
]


@pytest.mark.parametrize("merges", [V3_MERGES, ()])
@pytest.mark.parametrize(("row", "column"), [(1, 1), (5, 3)])
def test_v3(merges, row, column):
    forms = read(form_book(V3, merges, row=row, column=column))
    assert [(form.title, form.record.total, form.record.goal) for form in forms] == [
        ("村级组织活动经费", Decimal("804560.00"), "保障村级组织运转。"),
        ("环境整治", Decimal("400000.00"), "改善人居环境。"),
    ]
    assert cells(forms[0]) == FIRST
    record = forms[0].record
    assert (record.department_code, record.department_name, record.unit) == (
        "820",
        "马踏镇部门",
        "820001-井研县马踏镇政府",
    )
    assert record.extra["指标方向性"].split("\n")[3] == "第4行 反向指标"
    assert {problem.level for form in forms for problem in form.problems} == (set() if merges else {"guess"})


def test_total_that_is_no_sum_is_told():
    lines = [list(line) for line in V3]
    lines[3][2] = "999.00"
    forms = read(form_book(lines, V3_MERGES))
    assert [(problem.cell, problem.level) for problem in forms[0].problems] == [("A4", "warning")]


def test_v3_columns_in_another_order_and_a_repeated_head():
    lines = reordered([*V3[:7], V3_HEAD, *V3[7:]], 2, [11, 8, 9, 7, 6, 5, 4, 1, 0, 10, 3, 2])
    assert cells(read(one_sheet(lines))[0]) == FIRST


def test_head_of_two_rows():
    top = ["单位名称", "项目名称", "预算数（万元）", "年度目标", "绩效指标"]
    low = ["", "", "", "", *V3_HEAD[4:]]
    lines = [V3[0], top, low, *V3[4:]]
    merges = ("A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:L2", "A4:A8", "B4:B8", "C4:C8", "D4:D8")
    for content in (form_book(lines, merges), form_book(lines)):
        forms = read(content)
        assert cells(forms[0]) == FIRST
        assert forms[0].record.total == Decimal("8045600000.00")


EXCHANGE = [
    ["预算年度", "项目代码", "项目名称", "主管部门", "单位", "资金总额（万元）", "财政拨款（万元）", "项目类别", "一级指标", "二级指标", "三级指标", "符号",
     "指标值", "计量单位", "权重", "三级指标代码"],
    ["2024", "370302240001", "校车补贴", "[202]教体局", "202001-实验小学", "100.5", "100.5", "特定目标类", "产出指标", "数量指标", "车辆数", "≥", "20",
     "辆", "10", "C1"],
    ["2024", "370302240002", "康复", "[305]残联", "[305]残联", "50", "50", "特定目标类", "产出指标", "数量指标", "人数", "≥", "300", "人", "20", "C2"],
    ["2024", "370302240001", "校车补贴", "[202]教体局", "202001-实验小学", "100.5", "100.5", "特定目标类", "效益指标", "社会效益指标", "便利", "定性",
     "提升", "", "10", "C3"],
]  # fmt: skip


def test_exchange_of_the_integrated_system():
    forms = read(one_sheet(EXCHANGE))
    expected = Record(
        kind=PROJECT,
        year=2024,
        title="校车补贴",
        code="370302240001",
        department_code="202",
        department_name="教体局",
        unit="202001-实验小学",
        total=Decimal("1005000.00"),
        fiscal=Decimal("1005000.00"),
        extra={"项目类别": "特定目标类", "三级指标代码": "第1行 C1\n第2行 C3"},
        rows=(
            IndicatorRow(level1="产出指标", level2="数量指标", name="车辆数", target="≥20辆", weight="10"),
            IndicatorRow(level1="效益指标", level2="社会效益指标", name="便利", target="提升", weight="10"),
        ),
    )
    assert [form.title for form in forms] == ["校车补贴", "康复"]
    assert (forms[0].record, forms[0].problems) == (expected, ())


def test_list_and_forms_in_one_workbook_and_one_sheet():
    content = book(("清单", lambda s: fill(s, EXCHANGE)), ("表", lambda s: fill(s, V4)))
    assert [form.title for form in read(content)] == ["校车补贴", "康复", "市级河湖管护经费"]
    together = one_sheet([*EXCHANGE, [], *project_lines()])
    assert [form.title for form in read(together)] == ["校车补贴", "康复", "校车运营补贴"]


def test_foot_and_total_at_the_end_are_no_indicators():
    lines = [*EXCHANGE[:3], ["合计", "", "", "", "", "150.5"], [], ["填表人：王某"]]
    forms = read(one_sheet(lines))
    assert [len(form.record.rows) for form in forms] == [1, 1]
    assert forms[0].record.extra["填表人"] == "王某"
    assert forms[0].problems == ()


def test_amounts_that_differ_on_two_lines_are_told():
    lines = [list(line) for line in EXCHANGE]
    lines[3][5] = "99"
    form = read(one_sheet(lines))[0]
    assert form.record.total == Decimal("1005000.00")
    assert [(problem.cell, problem.level) for problem in form.problems] == [("F4", "warning")]


def test_amount_that_is_none_refuses_its_project_alone():
    lines = [list(line) for line in EXCHANGE]
    lines[2][5] = "约五十"
    assert [form.refused for form in read(one_sheet(lines))] == [False, True]


texts = st.sampled_from(
    (
        "",
        "≥95%",
        "=100%",
        "提升",
        "小学≥26495人",
        "2023年12月底前",
        "1.8；1",
        "第一\n第二",
        "-",
        "0.00",
        "≤12.5元/人·月",
    )
)
words = st.sampled_from(("甲", "乙项", "丙（二）", "丁", "戊五"))


@st.composite
def listed(draw):
    kind = draw(st.sampled_from((PROJECT, PLAN)))
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        row = IndicatorRow(name=draw(words), target=draw(texts), level1=draw(st.sampled_from(("产出指标", "效益指标"))))
        more = {"explanation": draw(texts), "note": draw(texts), "weight": draw(st.sampled_from(("", "10")))}
        if kind == PLAN:
            more |= {"duty": draw(words), "number": draw(st.sampled_from(("1", "2"))), "budget_item": draw(texts)}
        row = row.with_cells(**more)
        same = tuple(
            n for n in ("level1", "duty") if rows and getattr(row, n) and getattr(row, n) == getattr(rows[-1], n)
        )
        rows.append(
            row.with_cells(continues=("duty", "level1")[2 - len(same) :] if same == ("level1", "duty") else same)
        )
    money = st.none() | st.integers(0, 10**12).map(lambda fen: Decimal(fen) / 100)
    year = draw(st.integers(2015, 2030))
    return Record(
        kind=kind,
        year=year,
        title=f"{year}年整体绩效目标表" if kind == PLAN else draw(words) + "项目",
        department_code="202",
        department_name=draw(words) + "局",
        unit=draw(words) + "中心",
        total=draw(money) if kind == PROJECT else None,
        goal=draw(st.sampled_from(("", "目标一", "一\n二"))) if kind == PROJECT else "",
        rows=tuple(rows),
    )


@settings(max_examples=60)
@given(
    st.lists(listed(), min_size=1, max_size=3, unique_by=lambda r: (r.kind, r.year, r.title, r.unit, r.department_name))
)
def test_our_own_list_comes_back_as_it_was(records):
    target = io.BytesIO()
    write_flat_workbook(target, [FlatForm(record, unit_code="202001", state="编制中") for record in records])
    assert [form.record for form in read(target.getvalue())] == records


def test_what_is_told_of_a_line_is_told_to_its_form_alone():
    """A list in the order of its indicators: the lines of a project stand among those of the others."""

    def draw(sheet):
        lines = [[f"项目{line % 3}", "产出指标", f"达标率\u200b{line}"] for line in range(6)]
        fill(sheet, [["2023年"], ["项目名称", "一级指标", "三级指标", "指标值"], *lines])
        for row in range(3, 9):
            sheet.cell(row, 4).value = "=95%"
        sheet.row_dimensions[7].hidden = True

    told = {form.title: [one.cell for one in form.problems] for form in read(book(("表", draw)))}
    assert told == {
        "项目0": ["D3", "D6", "C3", "C6"],
        "项目1": ["A7", "D4", "D7", "C4", "C7"],
        "项目2": ["D5", "D8", "C5", "C8"],
    }
