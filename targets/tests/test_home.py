"""工作台: each role sees what waits for it and nothing that is not its business, in a fixed number of queries."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Department, Division, Membership, Person
from departments.roles import DEPARTMENT_REVIEWER, FILLER
from targets.guards import Order
from targets.intake.undo import undo_batch
from targets.models import Campaign, Declaration, Disclosure, Waiver
from targets.review import take_step
from targets.tests.test_undo import bring_in
from targets.tests.world import GOOD_ROWS, World

HOME = "/admin/"


def home(person: Person) -> Any:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(HOME)
    assert page.status_code == 200
    return page


def text(page: Any) -> str:
    return page.content.decode()


SECTIONS = ("todos", "own", "desk", "done", "to_approve", "waivers", "disclosures", "states", "settings")
SEEN_BY = {
    "filler": {"todos", "own"},
    "boss": {"own", "desk", "done"},
    "office": {"desk", "done"},
    "perf": {"desk", "done", "to_approve", "waivers", "disclosures"},
    "budget": {"done", "to_approve"},
    "admin": {"states", "settings"},
    "auditor": {"states"},
    "root": {"states", "settings"},
}


@pytest.mark.parametrize("name", SEEN_BY)
def test_each_role_has_its_sections(world: World, name: str) -> None:
    page = home(world.people[name])
    assert {section for section in SECTIONS if section in page.context} == SEEN_BY[name]
    assert "最近动态" in text(page)
    assert "常用" in text(page)


def test_several_roles_add_up(world: World) -> None:
    Membership.objects.create(person=world.filler, department=world.education, role=DEPARTMENT_REVIEWER)
    page = home(Person.objects.get(pk=world.filler.pk))
    assert {section for section in SECTIONS if section in page.context} == SEEN_BY["filler"] | SEEN_BY["boss"]


def test_nobody_without_a_role_comes_in(world: World) -> None:
    client = Client()
    client.force_login(world.nobody, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(HOME).status_code == 302


# Filler ---------------------------------------------------------------------------------------------------------------


def test_a_draft_waits_for_its_filler_only(world: World) -> None:
    form = world.declaration()
    page = home(world.filler)
    assert [(todo.form, todo.button) for todo in page.context["todos"]] == [(form, "继续填写")]
    assert f"/admin/targets/budgetproject/{form.pk}/change/" in text(page)
    for name in ("sibling", "stranger", "boss", "office", "perf"):
        assert form not in [todo.form for todo in home(world.people[name]).context.get("todos", [])]


def test_a_return_is_quoted_in_full(world: World) -> None:
    form = world.advance(world.declaration(), "submit", "forward")
    opinion = "第2行指标值“≥1200人”没有依据。\n请补充测算过程，并与上年实际数核对后再送审。"
    world.note(form, world.office)
    take_step(form, "return", by=world.office, order=Order(opinion=opinion))
    page = home(world.filler)
    (todo,) = page.context["todos"]
    assert (todo.button, todo.returned.opinion) == ("去修改", opinion)
    assert "第2行指标值“≥1200人”没有依据。\n请补充测算过程，并与上年实际数核对后再送审。" in text(page)
    assert "业务科室审核人 office某" in text(page)


def test_the_last_return_is_the_one_quoted(world: World) -> None:
    form = world.declaration()
    world.advance(form, "submit")
    world.note(form, world.boss)
    take_step(form, "return", by=world.boss, order=Order(opinion="先改题目。"))
    world.advance(form, "submit")
    world.note(form, world.boss)
    take_step(form, "return", by=world.boss, order=Order(opinion="再改目标。"))
    (todo,) = home(world.filler).context["todos"]
    assert todo.returned.opinion == "再改目标。"


def test_findings_are_told_in_words(world: World) -> None:
    world.declaration(total=Decimal("1200000.00"))
    form = Declaration.objects.get()
    page = home(world.filler)
    assert form.error_count + form.warning_count > 0
    if form.error_count:
        assert f"错误 {form.error_count} 处，须修改或作情况说明后才能送审" in text(page)
    if form.warning_count:
        assert f"警告 {form.warning_count} 处，请修改或在备注中说明" in text(page)


def test_text_entered_by_finance_is_to_be_confirmed(world: World) -> None:
    form = world.declaration(by=world.perf)
    page = home(world.filler)
    (todo,) = page.context["todos"]
    assert (todo.form, todo.awaits_confirmation, todo.button) == (form, True, "去核对")
    assert "确认代录" in text(page)
    take_step(form, "confirm", by=world.filler)
    (todo,) = home(world.filler).context["todos"]
    assert (todo.awaits_confirmation, todo.button) == (False, "继续填写")


def test_forms_of_the_unit_say_whose_turn_it_is_and_how_far_they_are(world: World) -> None:
    world.advance(world.declaration(), "submit")
    blank = (*GOOD_ROWS[:-1], GOOD_ROWS[-1].with_cells(target=""))
    world.declaration(title="校车运营补贴", rows=blank)
    world.declaration(title="别的单位的表", unit=world.kindergarten)
    page = home(world.filler)
    assert {(one.form.title, one.filled, one.is_mine) for one in page.context["own"]} == {
        ("学前教育补助", 5, False),
        ("校车运营补贴", 4, True),
    }
    assert "教育和体育局 主管部门审核人" in text(page)
    assert "4 / 5 行" in text(page)
    assert "别的单位的表" not in text(page)


def test_without_forms_a_filler_is_told_what_to_do(world: World) -> None:
    assert "还没有绩效目标表。请从右侧“常用”中导入 Excel 表格，或新建一张。" in text(home(world.filler))


# Reviewers ------------------------------------------------------------------------------------------------------------


def test_waiting_forms_by_department_the_longest_first(world: World) -> None:
    new = world.advance(world.declaration(title="新来的"), "submit", "forward", "forward")
    old = world.advance(world.declaration(title="等久的"), "submit", "forward", "forward")
    waiting_since = timezone.now() - timedelta(days=6)
    Declaration.objects.filter(pk=old.pk).update(state_since=waiting_since)
    page = home(world.perf)
    (group,) = page.context["desk"].groups
    assert (group.department, list(group.forms), group.amount, group.days) == (
        *(world.education, [old, new]),
        *(Decimal("2000000.00"), 6),
    )
    assert "从等得最久的开始" in text(page)
    assert group.first_url == f"/admin/targets/budgetproject/{old.pk}/change/"
    assert group.list_url == f"/admin/targets/budgetproject/?turn=mine&department={world.education.pk}"
    assert [fact.value for fact in page.context["facts"]][1:] == ["2 张", "200.00 万元", "6 天"]


def test_what_comes_again_after_a_return_is_counted(world: World) -> None:
    form = world.advance(world.declaration(), "submit", "return", "submit")
    assert form.state == "department_review"
    page = home(world.boss)
    assert page.context["desk"].resubmitted == [form]
    assert 'href="/admin/targets/budgetproject/?turn=mine&amp;again=again"' in text(page)


def test_each_level_sees_only_what_waits_for_it(world: World) -> None:
    world.advance(world.declaration(), "submit", "forward")
    waiting = {
        name: [form.title for group in home(world.people[name]).context["desk"].groups for form in group.forms]
        for name in ("boss", "office", "other_office", "perf")
    }
    assert waiting == {"boss": [], "office": ["学前教育补助"], "other_office": [], "perf": []}


def test_an_office_in_charge_of_nobody_is_told_why_nothing_comes(world: World) -> None:
    Department.objects.update(business_office=None)
    assert "还没有部门指定由您的科室负责审核" in text(home(Person.objects.get(username="office")))


def test_passed_forms_wait_for_the_approval(world: World) -> None:
    world.advance(world.declaration(), "submit", "forward", "forward", "pass")
    for name in ("budget", "perf"):
        (batch,) = home(world.people[name]).context["to_approve"]
        assert (batch.label, len(batch.forms), batch.amount) == ("项目支出绩效目标表", 1, Decimal("1000000.00"))


def test_explanations_wait_for_the_performance_office(world: World) -> None:
    form = world.declaration()
    Waiver.objects.create(declaration=form, rule="R01", message="第3行：指标值为空。", explanation="由上级统一核定。")
    page = home(world.perf)
    assert [waiver.explanation for waiver, _ in page.context["waivers"]] == ["由上级统一核定。"]
    assert "第3行：指标值为空。" in text(page)


def test_disclosures_in_preparation(world: World) -> None:
    shown = Disclosure.objects.create(division=world.division, year=2023, title="2023年公开", created_by=world.perf)
    Disclosure.objects.create(
        division=world.division, year=2022, title="2022年公开", created_by=world.perf, published_at=timezone.now()
    )
    assert home(world.perf).context["disclosures"] == [shown]


# Administrators and auditors ------------------------------------------------------------------------------------------


def test_counts_of_the_states_keep_the_amounts_of_drafts_to_their_unit(world: World) -> None:
    world.declaration(title="草稿")
    world.advance(world.declaration(title="送审"), "submit")
    for name in ("auditor", "admin"):
        states = home(world.people[name]).context["states"]
        assert [(row["state"], row["forms"], row["units"], row["amount"]) for row in states] == [
            ("draft", 1, 1, None),
            ("department_review", 1, 1, Decimal("1000000.00")),
        ]


def test_the_state_of_the_set_up_says_what_is_missing(world: World) -> None:
    Campaign.objects.all().delete()
    settings = {one.label: one.missing for one in home(world.admin).context["settings"]}
    assert settings["编报批次"] == "没有正在开放的编报批次"
    assert settings["部门和单位"] == ""
    Membership.objects.filter(role=FILLER).delete()
    settings = {one.label: one.missing for one in home(world.admin).context["settings"]}
    assert settings["任职"] == "还没有单位经办人，单位不能填报"


def test_a_new_system_leads_to_its_first_page(db: None) -> None:
    root = Person.objects.create_superuser("root", name="管理员")
    assert not Division.objects.exists()
    client = Client()
    client.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(HOME)
    assert response.status_code == 302
    assert "setup" in response["Location"]


# The strip and the right column ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "closes", "value"),
    [(-10, 3, "还有 3 天"), (-10, 0, "今天截止"), (2, 9, "尚未开始"), (-20, -1, "已截止")],
)
def test_the_round_comes_first(world: World, opens: int, closes: int, value: str) -> None:
    today = timezone.localtime().replace(hour=12, minute=0)
    evening = timezone.localtime().replace(hour=23, minute=59, second=59)
    world.campaign.opens_at = today + timedelta(days=opens)
    world.campaign.closes_at = evening + timedelta(days=closes)
    world.campaign.save()
    fact = home(world.filler).context["facts"][0]
    assert fact.value == value
    assert "二上" in fact.words


def test_without_a_round(world: World) -> None:
    Campaign.objects.all().delete()
    assert home(world.filler).context["facts"][0].value == "没有批次"


def test_events_of_forms_that_one_sees(world: World) -> None:
    world.advance(world.declaration(), "submit", "forward")
    told = [(row.event.label, row.who) for row in home(world.filler).context["happenings"]]
    assert told == [("报送财政", "主管部门审核人 boss某"), ("送审", "您")]
    assert home(world.stranger).context["happenings"] == []
    assert [row.event.label for row in home(world.boss).context["done"]] == ["报送财政"]


def test_an_import_that_was_taken_back_does_not_crowd_out_what_happened(world: World) -> None:
    world.advance(world.declaration(), "submit")
    undo_batch(bring_in(world, *(world.record(title=f"项目{n}") for n in range(9))), by=world.filler)
    page = home(world.filler)
    assert [row.event.label for row in page.context["happenings"]] == ["送审"]
    assert "项目1" not in text(page)


def test_usual_links_are_those_of_the_role(world: World) -> None:
    links = {name: dict(home(world.people[name]).context["errands"]) for name in ("filler", "boss", "perf", "auditor")}
    assert "导入 Excel 表格" in links["filler"]
    assert "新建项目支出绩效目标表" in links["filler"]
    assert "导入 Excel 表格" not in links["boss"]
    assert "公开批次" in links["perf"]
    assert set(links["auditor"]) == {"导出项目支出绩效目标表", "导出部门整体绩效目标表"}
    for name, addresses in links.items():
        client = Client()
        client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
        assert {address: client.get(address).status_code for address in addresses.values()} == dict.fromkeys(
            addresses.values(), 200
        )


@pytest.mark.parametrize("name", SEEN_BY)
def test_as_many_queries_for_many_forms_as_for_one(world: World, name: str) -> None:
    def make(number: int) -> None:
        for slugs in ((), ("submit",), ("submit", "forward"), ("submit", "forward", "forward"), ("submit", "return")):
            world.advance(world.declaration(title=f"{len(slugs)}{slugs[-1:]}第{number}个"), *slugs)
        passed = world.declaration(title=f"通过的第{number}个")
        world.advance(passed, "submit", "forward", "forward", "pass")
        Waiver.objects.create(declaration=passed, rule="R01", message="错误", explanation="说明")

    counts = []
    for number in (1, 2, 3):
        make(number)
        if number == 2:
            continue
        person = Person.objects.get(username=name)
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_of_hundreds_of_drafts_the_page_shows_the_first_and_leads_to_the_rest(world: World) -> None:
    def counted() -> tuple[Any, int]:
        person = Person.objects.get(username="filler")
        with CaptureQueriesContext(connection) as queries:
            page = home(person)
        return page, len(queries)

    first = world.declaration()
    _, few = counted()
    fields = [field.attname for field in Declaration._meta.concrete_fields if field.attname != "id"]
    like = {name: getattr(first, name) for name in fields} | {"current_revision_id": None}
    Declaration.objects.bulk_create(
        Declaration(**like | {"title": f"项目{n}", "title_key": f"项目{n}"}) for n in range(399)
    )
    page, many = counted()
    assert many == few
    assert len(page.context["todos"]) == 50
    assert page.context["todos_left"] == [(350, "项目支出绩效目标表", "/admin/targets/budgetproject/?turn=mine")]
    assert page.context["facts"][1].value == "400 张"
    assert '<a href="/admin/targets/budgetproject/?turn=mine">350 张项目支出绩效目标表</a>' in text(page)
    assert len(page.content) < 150_000
