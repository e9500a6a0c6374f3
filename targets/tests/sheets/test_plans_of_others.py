"""V2 as other programs write it: 17 columns under a head of four rows, pages with repeated heads, merges kept or lost."""

from collections.abc import Sequence

import pytest

from targets.domain.record import PLAN, IndicatorRow, Record
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import PLAN_HEAD, PLAN_MERGES, PLAN_ROWS, book, fill, one_sheet
from targets.tests.sheets.drawn import cells, read_drawn, told

FIELDS = (
    "number", "duty_group", "duty", "duty_goal", "name", "explanation", "target", "plan_value", "standard_value", "standard_source",
    "average_3y", "last_year", "history_source", "note", "activity", "budget_item", "office",
)  # fmt: skip
NEST = ("number", "duty_group", "duty", "duty_goal")


def row(values: Sequence[str], continues: tuple[str, ...] = ()) -> IndicatorRow:
    return IndicatorRow(**dict(zip(FIELDS, values, strict=True)), continues=continues)


FIRST, SECOND, THIRD = PLAN_ROWS
ROWS = (row(FIRST), row((*FIRST[:4], *SECOND[4:]), NEST), row(THIRD))
EXPECTED = Record(
    kind=PLAN,
    year=2023,
    title="2023年整体绩效目标表",
    department_code="202001",
    department_name="淄博市淄川区教育和体育局",
    rows=ROWS,
)
ABOVE = [["2023年整体绩效目标表"], ["部门名称：[202001]淄博市淄川区教育和体育局"]]


def only(content, **options):
    (form,) = read_workbook(content, "a.xlsx", **options).forms
    return form


def shifted(merge, rows):
    (left, top), (right, bottom) = ((part[0], int(part[1:])) for part in merge.split(":"))
    return f"{left}{top + rows}:{right}{bottom + rows}"


def merged(lines, *more):
    return one_sheet(lines, merges=[*(shifted(merge, 2) for merge in PLAN_MERGES), *more])


def test_official_form():
    form = only(merged([*ABOVE, *PLAN_HEAD, *PLAN_ROWS], "A7:A8", "B7:B8", "C7:C8", "D7:D8"))
    assert (form.record, form.problems) == (EXPECTED, ())


def test_lost_merges_are_carried_down_and_told():
    form = only(one_sheet([*ABOVE, *PLAN_HEAD, *PLAN_ROWS]))
    assert form.record == EXPECTED
    assert [(p.cell, p.level) for p in form.problems] == [(f"{letter}8", "guess") for letter in "ABCD"]


def test_blank_beside_merges_stays_blank():
    form = only(merged([*ABOVE, *PLAN_HEAD, *PLAN_ROWS]))
    assert form.record.rows == (row(FIRST), row(SECOND), row(THIRD))
    assert [(p.cell, p.level) for p in form.problems] == [("A8", "warning")]


def test_budget_and_office_continue_only_where_they_are_merged():
    lines = [*ABOVE, *PLAN_HEAD, *PLAN_ROWS]
    form = only(merged(lines, "A7:A8", "B7:B8", "C7:C8", "D7:D8", "P7:P8", "Q7:Q8"))
    assert form.record.rows[1] == row((*FIRST[:4], *SECOND[4:15], *FIRST[15:]), (*NEST, "budget_item", "office"))
    assert only(one_sheet(lines)).record.rows[1].office == ""


def test_pages_repeat_title_department_and_head():
    pages = [*ABOVE, *PLAN_HEAD, *PLAN_ROWS[:2], [], *ABOVE[1:], *PLAN_HEAD, *PLAN_ROWS[2:]]
    form = only(one_sheet(pages))
    assert form.record == EXPECTED


def test_first_row_of_a_page_continues_the_page_before_even_among_merges():
    lines = [*ABOVE, *PLAN_HEAD, PLAN_ROWS[0], *ABOVE[1:], *PLAN_HEAD, *PLAN_ROWS[1:]]
    form = only(merged(lines, "A8:Q8"))
    assert form.record == EXPECTED
    assert {p.level for p in form.problems} == {"guess"}


def test_two_departments_in_one_sheet_are_two_forms():
    other = [["2023年整体绩效目标表"], ["部门名称：淄川区民政局"]]
    content = one_sheet([*ABOVE, *PLAN_HEAD, *PLAN_ROWS, [], *other, *PLAN_HEAD, *PLAN_ROWS])
    forms = read_workbook(content, "a.xlsx").forms
    assert [(f.record.department_code, f.record.department_name, f.cell) for f in forms] == [
        ("202001", "淄博市淄川区教育和体育局", "A1"),
        ("", "淄川区民政局", "A11"),
    ]


@pytest.mark.parametrize(
    ("said", "code", "name"),
    [
        (["部门名称：中共淄川区委宣传部"], "", "中共淄川区委宣传部"),
        (["部门名称:", "[202001]某局"], "202001", "某局"),
        (["部门名称（盖章）：", "", "", "202001某局"], "202001", "某局"),
        (["部门名称", "", "某局", "", "填报单位（盖章）："], "", "某局"),
    ],
)
def test_department_line(said, code, name):
    record = only(one_sheet([ABOVE[0], said, *PLAN_HEAD, *PLAN_ROWS])).record
    assert (record.department_code, record.department_name, record.unit) == (code, name, "")


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("2023年整体绩效目标表", "2023年整体绩效目标表"),
        ("2023年部门整体支出绩效目标表", "2023年部门整体支出绩效目标表"),
        ("淄川区民政局2023年度整体绩效目标表", "淄川区民政局2023年度整体绩效目标表"),
    ],
)
def test_title_is_kept_as_printed(printed, kept):
    assert only(one_sheet([[printed], *ABOVE[1:], *PLAN_HEAD, *PLAN_ROWS])).title == kept


def test_title_without_year_is_completed():
    form = only(one_sheet([["部门整体绩效目标表"], *ABOVE[1:], *PLAN_HEAD, *PLAN_ROWS]), year=2024)
    assert (form.title, form.record.year) == ("2024年整体绩效目标表", 2024)


def test_head_of_one_row():
    head = [
        "职责序号",
        "部门职责",
        "部门职责",
        "职责目标",
        "绩效指标",
        "指标解释",
        "年度指标值",
        "规划值",
        "当年标准值",
        "来源",
    ]
    head += ["前三年均值", "上年值", "来源", "备注", "工作活动", "预算项目", "对应科室"]
    assert only(one_sheet([*ABOVE, head, *PLAN_ROWS])).record == EXPECTED


def test_blank_rows_within_the_head():
    parted = [*ABOVE, PLAN_HEAD[0], [], PLAN_HEAD[1], PLAN_HEAD[2], [], [], PLAN_HEAD[3], [], *PLAN_ROWS]
    form = only(one_sheet(parted))
    assert form.record == EXPECTED
    assert [(p.cell, p.level) for p in form.problems] == [(f"{letter}12", "guess") for letter in "ABCD"]


def test_columns_in_another_order_with_their_groups():
    order = [16, 14, 15, 13, 0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 7, 8, 9]
    head = [list(line) + [""] * (17 - len(line)) for line in PLAN_HEAD]
    head[0][10], head[0][7] = "指标参考值", ""
    head[0][7] = ""
    lines = [[line[column] for column in order] for line in (*head, *PLAN_ROWS)]
    assert only(one_sheet([*ABOVE, *lines])).record == EXPECTED


def test_a_column_that_is_not_there_is_blank():
    lines = [list(line)[:14] for line in (*PLAN_HEAD, *PLAN_ROWS)]
    rows = only(one_sheet([*ABOVE, *lines])).record.rows
    assert (rows[0].office, rows[0].note) == ("", "-")


def test_weights_beside_the_official_columns():
    head = [list(line) + [""] * (17 - len(line)) for line in PLAN_HEAD]
    head[0].append("权重")
    rows = [[*values, number] for values, number in zip(PLAN_ROWS, (10, 20, 30), strict=True)]
    assert [r.weight for r in only(one_sheet([*ABOVE, *head, *rows])).record.rows] == ["10", "20", "30"]


def test_signatures_are_no_row():
    foot = ["单位负责人（签字）：", "", "", "填表人：王某", "", "联系电话："]
    form = only(one_sheet([*ABOVE, *PLAN_HEAD, *PLAN_ROWS, foot]))
    assert (form.record.rows, form.record.extra) == (ROWS, {"填表人": "王某"})


def test_row_that_holds_only_a_project_name_is_kept():
    lines = [*ABOVE, *PLAN_HEAD, *PLAN_ROWS, ["", "", "文明城市创建项目25万元"]]
    assert len(only(one_sheet(lines)).record.rows) == 4


def test_title_on_a_sheet_of_its_own_program():
    def draw(sheet):
        sheet.merge_cells("A1:Q1")
        fill(sheet, [*ABOVE, *PLAN_HEAD, *PLAN_ROWS])
        for merge in PLAN_MERGES:
            sheet.merge_cells(shifted(merge, 2))
        sheet.merge_cells("A7:A8")

    form = only(book(("随便", draw)))
    assert form.record.rows[1].number == "1"
    assert form.record.rows[1].continues == ("number",)


def test_headings_of_another_county():
    """Two levels of duties below one heading, years before words, other words for nearly every column."""
    (form,) = read_drawn(
        """
        临河县水利局2024年部门整体绩效目标申报表|||||||||||
        序号|主要职责|<|年度绩效目标|绩效指标|指标说明|2023年目标值|2024年目标值|2023年完成值|目标值依据|主要工作举措|预算安排项目及金额|承办股室
        ^|一级职责|二级职责|^|^|^|^|^|^|^|^|^|^
        1|防汛抗旱|水库管理|安全度汛|巡查次数|巡查情况|≥4000次|≥4800次|4720次|县预案|每日巡查|水库管护96万元|防御股
        """
    )
    (read,) = form.record.rows
    assert read == IndicatorRow(
        number="1",
        duty_group="防汛抗旱",
        duty="水库管理",
        duty_goal="安全度汛",
        name="巡查次数",
        explanation="巡查情况",
        target="≥4800次",
        last_year="4720次",
        standard_source="县预案",
        activity="每日巡查",
        budget_item="水库管护96万元",
        office="防御股",
    )
    assert form.record.extra == {"2023年目标值（第1行）": "≥4000次"}
    assert told(form) == [
        ("H2", "表头“2024年目标值”已读为“年度指标值”，请核对。"),
        ("I2", "表头“2023年完成值”已读为“上年值”，请核对。"),
        ("D2", "表头“年度绩效目标”已读为“职责目标”，请核对。"),
        (
            "G2",
            "表头“2023年目标值”不是本表的栏目，内容放在“其他栏目”中。如是本表的某一栏，请改用规定的栏目名称后重新上传。",
        ),
    ]


def test_duties_with_parts_and_the_project_named_as_one():
    (form,) = read_drawn(
        """
        2024年部门整体绩效目标表||||||
        部门（单位）名称：临河县农业农村局||||||
        职责编号|职责名称|子职责|职责绩效目标|指标名称|目标值|项目名称
        1|粮食生产|种植管理|稳定面积|播种面积|≥85万亩|粮食补贴200万元
        |^|技术推广|提高单产|良种覆盖率|≥98%|
        """
    )
    assert cells(form, "duty_group", "duty", "duty_goal", "budget_item") == [
        ("粮食生产", "种植管理", "稳定面积", "粮食补贴200万元"),
        ("粮食生产", "技术推广", "提高单产", ""),
    ]


def test_a_plan_without_a_column_of_values_is_told():
    (form,) = read_drawn(
        """
        2024年部门整体绩效目标表|||
        部门名称：临河县农业农村局|||
        职责序号|部门职责|绩效指标|预期
        1|粮食生产|播种面积|≥85万亩
        """
    )
    assert told(form)[0] == (
        "D3",
        "表中没有找到“年度指标值”一栏；表头“预期”不是本表的栏目，内容放在“其他栏目”中。如是本表的某一栏，请改用规定的栏目名称后重新上传。",
    )


def test_a_project_with_numbered_lines_and_offices_is_no_plan():
    (form,) = read_drawn(
        """
        2024年项目支出绩效目标表||||||
        项目名称|造林||||
        序号|一级指标|二级指标|指标名称|指标值|责任科室
        1|产出指标|数量指标|造林面积|≥1.2万亩|绿化科
        """
    )
    assert (form.kind, form.record.rows[0].name) == ("project", "造林面积")


def test_a_list_of_the_plans_of_several_departments():
    """A line says whose it is; blanks continue the line above; the list may be called 汇总表."""
    forms = read_drawn(
        """
        2024年部门整体绩效目标汇总表|||||||||
        单位名称|职责序号|部门职责|<|职责目标|绩效指标|年度指标值|上年值|项目名称|责任科室
        [205]某县农业农村局|1|粮食生产|种植|稳定面积|播种面积|≥85万亩|84.6万亩|粮食补贴200万元|种植业股
        |||||机收面积|≥60万亩|58万亩||农机站
        ||2|动物防疫||无重大疫情|免疫率|=100%|100%|
        某县水利局|1|防汛抗旱||安全度汛|巡查次数|≥4800次|4720次|水库管护96万元|防御科
        """.replace("||2|动物防疫||无", "|2|动物防疫||无")
    )
    assert [
        (form.kind, form.record.year, form.record.department_code, form.record.department_name) for form in forms
    ] == [
        ("plan", 2024, "205", "某县农业农村局"),
        ("plan", 2024, "", "某县水利局"),
    ]
    names = ("number", "duty_group", "duty", "duty_goal", "name", "target", "last_year", "budget_item", "office")
    assert [cells(form, *names) for form in forms] == [
        [
            ("1", "粮食生产", "种植", "稳定面积", "播种面积", "≥85万亩", "84.6万亩", "粮食补贴200万元", "种植业股"),
            ("1", "粮食生产", "种植", "稳定面积", "机收面积", "≥60万亩", "58万亩", "", "农机站"),
            ("2", "动物防疫", "", "无重大疫情", "免疫率", "=100%", "100%", "", ""),
        ],
        [("1", "防汛抗旱", "", "安全度汛", "巡查次数", "≥4800次", "4720次", "水库管护96万元", "防御科")],
    ]
    assert {(cell, said.split("为空白")[0]) for cell, said in told(forms[0])} == {
        ("A4:A5", "主管部门"), ("B4", "职责序号"), ("C4", "部门职责"), ("D4", "部门职责"), ("E4", "职责目标"),
    }  # fmt: skip


def test_a_list_of_plans_with_merged_departments_years_and_a_repeated_head():
    forms = read_drawn(
        """
        预算年度|部门编码|部门名称|主要职责|职责目标|指标名称|目标值|度量单位
        2024|205|某县农业农村局|粮食生产|稳定面积|播种面积|≥85|万亩
        ^|^|^|动物防疫|无重大疫情|免疫率|=100|%
        预算年度|部门编码|部门名称|主要职责|职责目标|指标名称|目标值|度量单位
        2024|206|某县水利局|防汛抗旱|安全度汛|演练|≥2|次
        注：本表由财政局汇总|||||||
        """
    )
    assert [form.record.department_code for form in forms] == ["205", "206"]
    assert [cells(form, "duty", "duty_goal", "name", "target") for form in forms] == [
        [("粮食生产", "稳定面积", "播种面积", "≥85万亩"), ("动物防疫", "无重大疫情", "免疫率", "=100%")],
        [("防汛抗旱", "安全度汛", "演练", "≥2次")],
    ]


def test_units_of_measurement_in_a_column_of_a_plan():
    (form,) = read_drawn(
        """
        2024年部门整体绩效目标表|||||
        部门名称：某县水利局|||||
        部门职责|职责目标|绩效指标|年度指标值|计量单位|责任部门
        防汛抗旱|安全度汛|巡查次数|≥4800|次|防御科
        """
    )
    assert (form.record.rows[0].target, form.record.rows[0].office, told(form)) == ("≥4800次", "防御科", [])


def test_a_line_of_a_list_of_plans_that_has_slipped_is_told():
    (form,) = read_drawn(
        """
        部门名称|职责序号|部门职责|职责目标|绩效指标|年度指标值|上年值|责任科室
        某县水利局|1|防汛抗旱|安全度汛|巡查次数|≥4800次|4720次|防御科
        某县水利局||2|农村供水|喝上放心水|自来水普及率|≥96%|95%
        """,
        year=2024,
    )
    assert told(form)[1:] == [("C3", "这一行的单元格可能与表头错开，已照原样读入，请核对。")]
