"""审核表 as workbooks: read back, one form and a selection, what it says of text that looks like a formula."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from targets.domain.assessment import STANDARD_QUESTIONS
from targets.models import Assessment, Declaration
from targets.tests.world import World, client_of

LIST = reverse("admin:targets_budgetproject_changelist")


def rows_of(content: bytes) -> dict[str, list[list[object]]]:
    """Sheet → its lines, without the blanks between merged cells."""
    book = load_workbook(io.BytesIO(content))
    return {
        sheet.title: [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
        for sheet in book
    }


def printed(client: Client, one: Assessment) -> list[list[object]]:
    address = reverse("admin:targets_budgetproject_assessment_workbook", args=[one.declaration_id, one.number])
    response = client.get(address)
    assert response.status_code == 200
    [rows] = rows_of(response.content).values()
    return rows


def test_a_general_project_on_paper(world: World) -> None:
    form = world.advance(world.declaration(), "submit")
    one = world.judge(form, "mostly", opinion="=HYPERLINK(1)，总体可行。")
    rows = printed(client_of(world.boss), one)
    code = f"2023-202001-{form.pk:04d}-R1-S1"
    said = [[q.name, q.text, "基本符合"] for q in STANDARD_QUESTIONS]
    groups = {0: "完整性", 2: "相关性", 4: "适当性", 6: "可行性"}
    assert rows == [
        ["2023年项目支出绩效目标审核表"],
        ["（一般性项目）"],
        ["审核环节：主管部门", f"依据第1稿　校验码：{code}"],
        ["名称", "学前教育补助"],
        ["主管部门", "[202]淄川区教育和体育局"],
        ["实施单位", "淄川区实验学校"],
        ["年度资金总额（万元）", 100],
        ["审核内容", "审核要点", "具体问题", "审核结论", "说明"],
        *([groups[at], *line] if at in groups else line for at, line in enumerate(said)),
        ["综合评定等级", "☐优　　☑良　　☐中　　☐差"],
        ["总体意见", "=HYPERLINK(1)，总体可行。"],
        ["审核人（签字）：", "日期：　　　　年　　月　　日"],
        ["系统登记：boss某填写，草稿，尚未办理。"],
    ]


def test_a_key_project_on_paper_after_its_step(world: World) -> None:
    form = world.advance(world.declaration(), "submit", "forward")
    Declaration.objects.update(is_key=True)
    one = world.judge(form, "8.5", expert_opinion="专家：可行。")
    world.advance(form, "forward")
    one.refresh_from_db()
    rows = printed(client_of(world.filler), one)
    assert rows[1] == ["（重点项目）"]
    assert rows[8:10] == [
        ["完整性", "规范完整性", STANDARD_QUESTIONS[0].text, 10, 8.5],
        ["明确清晰性", STANDARD_QUESTIONS[1].text, 10, 8.5],
    ]
    assert rows[16:20] == [
        ["合计", 100, 68],
        ["综合评定等级", "☐优　　☐良　　☑中　　☐差"],
        ["总体意见", "请按意见修改。"],
        ["第三方或专家意见", "专家：可行。"],
    ]
    assert str(rows[-1][0]).startswith("系统登记：office某填写，office某20")
    assert str(rows[-1][0]).endswith("办理“初审通过”。")


def test_every_text_is_text_and_never_a_formula(world: World) -> None:
    form = world.advance(world.declaration(), "submit")
    one = world.judge(form, opinion="=1+1")
    address = reverse("admin:targets_budgetproject_assessment_workbook", args=[form.pk, one.number])
    book = load_workbook(io.BytesIO(client_of(world.boss).get(address).content))
    kinds = {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s", "n"}


def test_a_selection_leaves_with_the_newest_of_each_level_that_one_may_see(world: World) -> None:
    first = world.advance(world.declaration(title="甲"), "submit")
    world.judge(first)
    world.advance(first, "forward")
    world.judge(first, "fails")
    world.advance(first, "return", "submit")
    world.judge(first, "mostly")
    world.advance(first, "forward")
    world.judge(first)
    second = world.advance(world.declaration(title="乙"), "submit")
    world.judge(second)
    world.declaration(title="没有审核表的")

    def sheets(name: str) -> list[str]:
        chosen = list(Declaration.objects.visible_to(world.people[name]).values_list("pk", flat=True))
        sent = {"action": "export_review_forms", "_selected_action": chosen}
        return list(rows_of(client_of(world.people[name]).post(LIST, sent).content))

    assert {name: sheets(name) for name in ("boss", "office", "filler")} == {
        "boss": ["主管部门 乙", "主管部门 甲", "业务科室 甲"],
        "office": ["主管部门 甲", "业务科室 甲"],
        "filler": ["主管部门 甲", "业务科室 甲"],
    }


def test_nothing_to_export_is_told(world: World) -> None:
    form = world.declaration()
    sent = {"action": "export_review_forms", "_selected_action": [form.pk]}
    page = client_of(world.perf).post(LIST, sent, follow=True)
    assert "所选的表还没有您可以看到的审核表，没有导出" in page.content.decode()


@pytest.mark.parametrize("many", [1, 4])
def test_a_selection_of_many_asks_no_more_than_one_of_few(
    world: World, django_assert_max_num_queries: object, many: int
) -> None:
    for number in range(many):
        world.judge(world.advance(world.declaration(title=f"项目{number}"), "submit", "forward"))
    client = client_of(world.office)
    client.get(LIST)
    sent = {"action": "export_review_forms", "_selected_action": list(Declaration.objects.values_list("pk", flat=True))}
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        assert client.post(LIST, sent).status_code == 200
