"""What both kinds of form pages share: labelled cells without a field, codes, strips above the form, the sheet to print."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from targets.domain.edits import Change
from targets.domain.record import PLAN
from targets.editing import apply_changes
from targets.guards import Order
from targets.models import Declaration
from targets.review import take_step
from targets.tests.test_plan_page import plan_row
from targets.tests.test_project_page import fields_of, opened, page, stored, told
from targets.tests.world import GOOD_ROWS, World

EXTRA = {"立项依据": "会议纪要第3号", "负责人（电话）": ""}


def sign_in(client: Client, world: World, who: str) -> None:
    client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")


def test_a_cell_that_has_only_a_label_is_typed(client: Client, world: World) -> None:
    form = world.declaration(extra=EXTRA)
    sent = opened(client, world.filler, form)
    response = client.post(page(form), sent | {"extra.负责人（电话）": "王某\r\n12345", "do": "save"}, follow=True)
    assert told(response) == ["已保存为第2稿：改动1处（负责人（电话））。"]
    assert stored(form).extra == EXTRA | {"负责人（电话）": "王某\n12345"}


def test_labelled_cells_of_a_plan_are_typed_and_read(client: Client, world: World) -> None:
    form = world.declaration(
        kind=PLAN, title="整体表", total=None, fiscal=None, other=None, rows=(plan_row(1),), extra=EXTRA
    )
    sign_in(client, world, "filler")
    address = reverse("admin:targets_departmentplan_change", args=[form.pk])
    sent = fields_of(client.get(address).content.decode())
    client.post(address, sent | {"extra.立项依据": "新的依据", "do": "save"})
    assert stored(form).extra == EXTRA | {"立项依据": "新的依据"}
    sign_in(client, world, "boss")
    assert "新的依据" in client.get(address).content.decode()


def test_two_people_in_one_labelled_cell_are_told(client: Client, world: World) -> None:
    form = world.declaration(extra=EXTRA)
    sent = opened(client, world.filler, form)
    apply_changes(form, [Change("", "extra.立项依据", EXTRA["立项依据"], "别人写的")], by=world.filler)
    response = client.post(page(form), sent | {"extra.立项依据": "我写的", "do": "save"})
    html = unescape(response.content.decode())
    assert "改为“别人写的”，您改为“我写的”" in html
    assert stored(form).extra["立项依据"] == "别人写的"


def test_a_line_break_pasted_into_the_name_is_not_kept(client: Client, world: World) -> None:
    form = world.declaration()
    sent = opened(client, world.filler, form)
    client.post(page(form), sent | {"title": "学前教育\r\n补助资金", "do": "save"})
    assert stored(form).title == "学前教育补助资金"


@pytest.mark.parametrize(
    ("unit", "holder"),
    [("school", "“校车运营补贴”"), ("kindergarten", "本部门其他单位的一张表")],
    ids=["own", "unseen"],
)
def test_a_code_that_is_taken_is_told_without_showing_what_one_may_not_see(
    client: Client, world: World, unit: str, holder: str
) -> None:
    world.declaration(title="校车运营补贴", code="ZC-1", unit=getattr(world, unit), by=world.sibling)
    form = world.declaration()
    sent = opened(client, world.filler, form)
    html = unescape(client.post(page(form), sent | {"code": "ZC-1", "do": "save"}).content.decode())
    assert f"项目代码“ZC-1”在2023年度已由{holder}使用，没有保存。请核对代码。" in html
    assert stored(form).code == ""


@pytest.mark.parametrize(
    ("way", "who", "words"),
    [
        (["submit", "forward", "return"], "filler", "退回意见"),
        (["submit", "forward", "reject"], "filler", "不予通过意见"),
        (["submit", "forward", "forward", "pass", "approve"], "auditor", "川财绩〔2023〕1号"),
        (["submit", "forward", "forward", "pass", "approve", "adjust"], "filler", "继续有效，调整稿批复后才替换它。"),
        (["submit", "forward", "forward", "pass", "approve", "adjust"], "perf", "调整的内容送审后可见。"),
    ],
)
def test_what_matters_stands_above_the_form(client: Client, world: World, way: list[str], who: str, words: str) -> None:
    form = world.advance(world.declaration(), *way)
    sign_in(client, world, who)
    assert words in client.get(page(form)).content.decode()


def test_a_voided_form_tells_why_and_is_no_longer_judged(client: Client, world: World) -> None:
    form = world.declaration(rows=())
    take_step(form, "void", by=world.boss, order=Order(opinion="重复建立"))
    sign_in(client, world, "filler")
    response = client.get(page(form))
    assert "重复建立" in response.content.decode()
    assert response.context["counts"] == {"error": 0, "warning": 0, "info": 0}


def test_findings_about_the_whole_form_stand_above_it(client: Client, world: World) -> None:
    form = world.declaration(rows=GOOD_ROWS[:2])
    sign_in(client, world, "filler")
    html = client.get(page(form)).content.decode()
    assert html.index("缺少“满意度指标”") < html.index("项目名称</label>")


@pytest.fixture
def corrected(world: World) -> Declaration:
    """Sent as revision 1, returned, and changed since in a draft nobody else may read."""
    form = world.advance(world.declaration(), "submit", "return")
    apply_changes(form, [Change("", "goal", form.goal, "还没有送审的目标")], by=world.filler)
    return form


@pytest.mark.parametrize(
    ("who", "reads_draft"), [("filler", True), ("boss", True), ("perf", False), ("auditor", False)]
)
def test_the_sheet_to_print_is_the_text_one_reads(
    client: Client, world: World, corrected: Declaration, who: str, reads_draft: bool
) -> None:
    sign_in(client, world, who)
    html = client.get(page(corrected, "paper")).content.decode()
    assert ("还没有送审的目标" in html, "填报单位（盖章）" in html, "nav-sidebar" in html) == (reads_draft, True, False)
    assert client.get(page(corrected, "revision_paper", 2)).status_code == (200 if reads_draft else 404)


def test_what_one_may_not_read_is_no_sheet(client: Client, world: World) -> None:
    form = world.declaration()
    for who, status in (("perf", 404), ("sibling", 404), ("filler", 200)):
        sign_in(client, world, who)
        assert client.get(page(form, "paper")).status_code == status
