"""控制数: forms that do not agree are marked where they are met, and go back with the difference named."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import Department
from targets.ceilings import off_ceilings, with_ceilings
from targets.decisions import release
from targets.models import BudgetYear, Ceiling, DecidedForm, Declaration
from targets.review import StepRefused, take_step
from targets.tests.test_home import home, text
from targets.tests.test_project_page import page, told
from targets.tests.test_steps_page import offered, sign_in
from targets.tests.test_worklist import found
from targets.tests.world import World
from targets.trail import verify

RETURNS = reverse("admin:targets_ceiling_returns")
LIST = reverse("admin:targets_budgetproject_changelist")
OFF = "控制数 80.00 万元，本表 100.00 万元，多 20.00 万元"
"""Forms of the world ask for 100 万元."""


def ceiling(world: World, wan: str, unit: Department | None = None, **of: Any) -> Ceiling:
    return Ceiling.objects.create(
        budget_year=world.year, unit=unit or world.school, amount=Decimal(wan) * 10000, entered_by=world.budget, **of
    )


@pytest.fixture
def sent(world: World) -> Declaration:
    return world.advance(world.declaration(), "submit")


def strips_of(client: Client, world: World, form: Declaration, who: str) -> list[str]:
    sign_in(client, world, who)
    return [strip.text for strip in client.get(page(form)).context["strips"] if strip.heading == "控制数不符"]


# What agrees -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "wan", "words"),
    [
        ({"title": "学前教育补助"}, "80", [f"{OFF}。"]),
        ({"title": "学前教育 补助"}, "120.5", ["控制数 120.50 万元，本表 100.00 万元，少 20.50 万元。"]),
        ({"title": "学前教育补助"}, "100", []),
        ({"title": "别的项目"}, "80", []),
        ({"code": "37030223T01", "title": "改过的名称"}, "80", [f"{OFF}。"]),
        ({"code": "37030223T99", "title": "学前教育补助"}, "80", []),
        (
            {},
            "150",
            ["单位淄川区实验学校控制数 150.00 万元，各项目合计 200.00 万元（本表 100.00 万元），超出 50.00 万元。"],
        ),
        ({}, "200", []),
        ({}, "500", []),
    ],
)
def test_a_form_beside_its_ceiling(
    client: Client, world: World, of: dict[str, Any], wan: str, words: list[str]
) -> None:
    form = world.advance(world.declaration(code="37030223T01"), "submit")
    world.advance(world.declaration(title="第二个项目"), "submit")
    world.declaration(title="还在编制")  # its money is told to nobody, so it is in no sum
    ceiling(world, wan, **of)
    assert strips_of(client, world, form, "boss") == words


def test_a_department_s_ceiling_is_for_all_its_units(client: Client, world: World, sent: Declaration) -> None:
    world.advance(world.declaration(title="幼儿园的项目", unit=world.kindergarten, by=world.sibling))
    Declaration.objects.filter(title="幼儿园的项目").update(state="department_review")
    ceiling(world, "150", world.education)
    (words,) = strips_of(client, world, sent, "boss")
    assert words == (
        "主管部门教育和体育局控制数 150.00 万元，各项目合计 200.00 万元（本表 100.00 万元），超出 50.00 万元。"
    )


@pytest.mark.parametrize("step", ["submit", ""])
def test_money_to_the_cent_that_meets_a_ceiling_is_not_over_it(world: World, sent: Declaration, step: str) -> None:
    """0.1 + 0.2 is more than 0.3 in binary."""
    other = world.declaration(title="第二个项目")
    if step:
        world.advance(other, step)
    for form, total in ((sent, "0.10"), (other, "0.20")):
        Declaration.objects.filter(pk=form.pk).update(total=Decimal(total))
    ceiling(world, "0.00003")
    assert off_ceilings([sent.pk, other.pk]) == {}


def test_a_form_stands_in_the_sum_once_sent_or_not(world: World, sent: Declaration) -> None:
    draft = world.declaration(title="还在编制")
    ceiling(world, "199")
    assert list(off_ceilings([sent.pk, draft.pk])) == [draft.pk]
    Ceiling.objects.update(amount=Decimal(2_000_000))
    assert off_ceilings([sent.pk, draft.pk]) == {}


def test_a_ceiling_of_another_year_or_unit_says_nothing(client: Client, world: World, sent: Declaration) -> None:
    other = BudgetYear.objects.create(division=world.division, year=2024)
    Ceiling.objects.create(budget_year=other, unit=world.school, title="学前教育补助", amount=1)
    ceiling(world, "1", world.kindergarten, title="学前教育补助")
    assert strips_of(client, world, sent, "boss") == []


def test_the_mark_goes_when_the_money_agrees(client: Client, world: World, sent: Declaration) -> None:
    one = ceiling(world, "80", title="学前教育补助")
    assert strips_of(client, world, sent, "boss") == [f"{OFF}。"]
    one.amount = 1000000
    one.save()
    assert strips_of(client, world, sent, "boss") == []


# Where it is met --------------------------------------------------------------------------------------------------------


def test_the_worklist_marks_and_finds_them(client: Client, world: World, sent: Declaration) -> None:
    world.advance(world.declaration(title="相符的"), "submit")
    ceiling(world, "80", title="学前教育补助")
    sign_in(client, world, "boss")
    assert found(client, ceiling="off") == {"学前教育补助"}
    assert client.get(LIST).content.decode().count('<span class="jx-tag">控制数不符</span>') == 1


def test_of_a_draft_s_money_its_unit_alone_is_told(client: Client, world: World) -> None:
    form = world.declaration()
    ceiling(world, "80", title="学前教育补助")
    shown = {}
    for who in ("filler", "perf", "budget"):
        strips = strips_of(client, world, form, who)
        shown[who] = (strips, found(client, ceiling="off"), "控制数不符</span>" in client.get(LIST).content.decode())
    assert shown == {
        "filler": ([f"{OFF}。"], {"学前教育补助"}, True),
        "perf": ([], set(), False),
        "budget": ([], set(), False),
    }


def test_the_home_page_counts_for_reviewers_and_tells_the_unit(world: World, sent: Declaration) -> None:
    world.declaration(title="草稿")
    ceiling(world, "80", title="学前教育补助")
    ceiling(world, "80", title="草稿")
    facts = [(fact.value, fact.words) for fact in home(world.boss).context["facts"] if "控制数" in fact.words]
    assert facts == [("1 张", "等您办理的表中控制数不符的")]
    assert f"控制数不符：{OFF}" in text(home(world.filler))


# 按控制数退回 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["budget", "perf"])
def test_the_marked_ones_go_back_together_each_with_its_difference(client: Client, world: World, who: str) -> None:
    ways = {"甲": ("submit",), "乙": ("submit", "forward", "forward", "pass"), "相符": ("submit",), "草稿": ()}
    forms = {title: world.advance(world.declaration(title=title), *way) for title, way in ways.items()}
    for title in ("甲", "乙", "草稿"):
        ceiling(world, "80", title=title)
    sign_in(client, world, who)
    assert {form.title for form, _ in client.get(RETURNS).context["lines"]} == {"甲", "乙"}
    ticked = [form.pk for form in forms.values()]
    response = client.post(RETURNS, {"form": ticked}, follow=True)
    said = told(response)
    assert said[0].startswith("已按控制数退回2张：")
    assert {line[:4] for line in said[1:]} == {"“相符”", "“草稿”"}
    states = dict(Declaration.objects.values_list("title", "state"))
    assert states == {"甲": "returned", "乙": "returned", "相符": "department_review", "草稿": "draft"}
    event = forms["乙"].events.latest("number")
    assert (event.step, event.opinion, event.person) == (
        "return_by_ceiling",
        f"{OFF}。请按控制数修改金额和绩效目标后重新送审。",
        world.people[who],
    )
    assert client.get(RETURNS).context["lines"] == []  # no form twice
    sign_in(client, world, "filler")
    assert OFF in text(home(world.filler))
    assert "退回意见" in client.get(page(forms["甲"])).content.decode()


def test_returned_by_its_ceiling_it_goes_up_in_the_new_round(client: Client, world: World, sent: Declaration) -> None:
    ceiling(world, "80", title="学前教育补助")
    sign_in(client, world, "perf")
    client.post(page(sent, "step", "return_by_ceiling"), {"opinion": "按一下控制数执行。"})
    assert sent.events.latest("number").opinion == f"{OFF}。按一下控制数执行。"
    now = timezone.now()
    world.year.campaigns.update(closes_at=now)
    later = world.year.campaigns.create(name="三上", opens_at=now, closes_at=now + timedelta(days=9))
    world.advance(sent, "submit")
    assert Declaration.objects.get(pk=sent.pk).campaign == later


NEXT_WEEK = timedelta(days=7)
APPROVED = ("submit", "forward", "forward", "pass", "approve")
ASKED = f"{OFF}。请按控制数办理“调整”，修改金额和绩效目标。已批复的一版在调整批复前继续有效。"


def test_what_is_approved_stays_in_force_and_its_unit_is_asked_for_an_adjustment(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), *APPROVED)
    approved = form.approved_revision
    one = ceiling(world, "80", title="学前教育补助")
    sign_in(client, world, "budget")
    assert [form.title for form, _ in client.get(RETURNS).context["lines"]] == ["学前教育补助"]
    assert told(client.post(RETURNS, {"form": [form.pk]}, follow=True)) == ["已要求按控制数调整1张：学前教育补助。"]
    form.refresh_from_db()
    assert (form.state, form.approved_revision, form.events.latest("number").opinion) == ("approved", approved, ASKED)
    again = client.get(RETURNS)
    assert (again.context["lines"], again.context["asked"]) == ([], 1)
    assert "另有 1 张已批复的表已经要求调整" in again.content.decode()
    with pytest.raises(StepRefused, match="要求单位调整，请等单位办理"):
        take_step(form, "ask_adjustment", by=world.perf)
    one.amount = 700000
    one.save()  # the ceiling changed again: so may be asked again
    assert take_step(form, "ask_adjustment", by=world.perf).opinion.startswith("控制数 70.00 万元")

    at_home = home(world.filler)
    assert [one.who for one in at_home.context["to_adjust"]] == ["绩效科审核人 perf某"]  # the latest alone
    assert "去调整" in text(at_home)
    assert "财政要求调整" in client.get(page(form)).content.decode()
    world.advance(form, "adjust")
    assert "财政要求调整" not in client.get(page(form)).content.decode()
    assert home(world.filler).context["to_adjust"] == []
    assert verify().breaks == []


def test_they_go_back_when_the_next_round_opens(client: Client, world: World) -> None:
    """Held in the name of who chose them; what agrees by then stays where it is."""
    ways = {"审核中": ("submit",), "改好的": ("submit",), "已批复": APPROVED}
    forms = {title: world.advance(world.declaration(title=title), *way) for title, way in ways.items()}
    for title in ways:
        ceiling(world, "80", title=title)
    sign_in(client, world, "budget")
    assert "开始时办理" not in client.get(RETURNS).content.decode()
    ticked = {"form": [form.pk for form in forms.values()]}
    assert set(told(client.post(RETURNS, ticked | {"later": "1"}, follow=True))) == {
        f"“{title}”没有拟定：2023年度没有还未开始的批次。请现在办理。" for title in ways
    }
    opens = timezone.now() + NEXT_WEEK
    world.year.campaigns.create(name="三上", opens_at=opens, closes_at=opens + NEXT_WEEK)
    assert "“三上”" in client.get(RETURNS).context["later"]
    said = told(client.post(RETURNS, ticked | {"later": "1", "opinion": "按二下执行。"}, follow=True))
    assert {line.split("“三上”")[1] for line in said} == {
        "开始时按控制数退回：审核中、改好的。此前可在“待下达决定”中撤回。",
        "开始时按控制数要求调整：已批复。此前可在“待下达决定”中撤回。",
    }
    assert {form.state for form in Declaration.objects.all()} == {
        "department_review",
        "approved",
    }  # nothing happened yet
    assert release(DecidedForm.objects.due(), by=None) == (0, 0)
    held_page = client.get("/admin/held/").content.decode()
    assert [held_page.count(words) >= 1 for words in ("按控制数退回", "按控制数要求调整")] == [True, True]

    Ceiling.objects.filter(title="改好的").update(amount=1000000)
    DecidedForm.objects.update(release_at=timezone.now())  # the day has come
    assert release(DecidedForm.objects.due(), by=None) == (2, 3)
    events = {title: form.events.latest("number") for title, form in forms.items()}
    assert {title: (event.step, event.person_name) for title, event in events.items()} == {
        "审核中": ("return_by_ceiling", "budget某"),
        "改好的": ("submit", "filler某"),
        "已批复": ("ask_adjustment", "budget某"),
    }
    assert events["已批复"].opinion == f"{OFF}。按二下执行。"
    stays = DecidedForm.objects.get(declaration=forms["改好的"])
    assert (stays.state, "这张表的金额与控制数相符" in stays.reason) == ("held", True)


@pytest.mark.parametrize(("who", "is_offered"), [("perf", True), ("budget", True), ("boss", False), ("filler", False)])
def test_the_button_is_there_for_whom_it_concerns(
    client: Client, world: World, sent: Declaration, who: str, is_offered: bool
) -> None:
    ceiling(world, "80", title="学前教育补助")
    sign_in(client, world, who)
    assert ("return_by_ceiling" in offered(client.get(page(sent)).content.decode())) is is_offered


# Queries ----------------------------------------------------------------------------------------------------------------


def test_marks_cost_no_more_for_many_forms(client: Client, world: World, sent: Declaration) -> None:
    def counted() -> list[int]:
        numbers = []
        for who, address in (("boss", LIST), ("perf", RETURNS), ("boss", "/admin/"), ("filler", "/admin/")):
            sign_in(client, world, who)
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            numbers.append(len(captured))
        return numbers

    ceiling(world, "80", title="学前教育补助")
    few = counted()
    for number in range(3):
        world.advance(world.declaration(title=f"项目{number}"), "submit")
        ceiling(world, "80", title=f"项目{number}")
    assert counted() == few


def test_in_years_without_ceilings_none_is_looked_up(world: World, sent: Declaration) -> None:
    ceiling(world, "80", title="学前教育补助")
    other = BudgetYear.objects.create(division=world.division, year=2024)
    off = with_ceilings(Declaration.objects.all()).filter(is_off=True).order_by()
    lookups(off)  # the first of a connection reads what tables there are
    spent = [lookups(off)]
    for year in (other, world.year):
        for number in range(20):
            form = world.declaration(title=f"{year.year}年项目{number}")
            Declaration.objects.filter(pk=form.pk).update(budget_year=year, year=year.year)
        spent.append(lookups(off))
    for_other_years, for_this_year = spent[1] - spent[0], spent[2] - spent[1]
    assert 0 <= for_other_years * 3 < for_this_year
    assert [form.pk for form in off.all()] == [sent.pk]


def lookups(forms: QuerySet[Declaration]) -> int:
    """How much is done for an answer: questions to the ceilings on PostgreSQL, steps of its machine on SQLite."""
    if connection.vendor == "postgresql":
        [told] = json.loads(forms.explain(analyze=True, format="json"))
        return sum(
            node["Actual Loops"] for node in _nodes(told["Plan"]) if node.get("Relation Name") == "targets_ceiling"
        )
    steps = count()
    connection.connection.set_progress_handler(lambda: next(steps) < 0, 1)
    list(forms.all())
    connection.connection.set_progress_handler(None, 1)
    return next(steps)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite compiles nothing")
def test_postgresql_compiles_no_query(world: World) -> None:
    """To compile the list of all years took two seconds, to answer it uncompiled takes one."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of few rows PostgreSQL reads all")
def test_sums_are_looked_up_past_what_others_draft(world: World, sent: Declaration) -> None:
    plan = with_ceilings(Declaration.objects.all(), are_few=True).filter(is_off=True).explain()
    for place in ("unit", "department"):
        assert (
            f"USING COVERING INDEX money_of_a_{place} ({place}_id=? AND budget_year_id=? AND kind=? AND state=?)"
            in plan
        )


def test_sums_are_made_once_however_many_forms_stand_under_a_ceiling(world: World, sent: Declaration) -> None:
    for number in range(4):
        world.advance(world.declaration(title=f"项目{number}"), "submit")
    ceiling(world, "80")
    ceiling(world, "80", world.education)
    off = with_ceilings(Declaration.objects.all()).filter(is_off=True)
    assert off.count() == 5
    assert (made_for_each if connection.vendor == "sqlite" else made_again)(off) == []


def made_for_each(forms: QuerySet[Declaration]) -> list[str]:
    """Groups within a question that is put again for each form, by SQLite's plan: number, that of what it is part of, words."""
    steps = {}
    for line in forms.explain().splitlines():
        number, parent, _, words = line.split(" ", 3)
        steps[number] = (parent, words)
    groups = [number for number, (_, words) in steps.items() if "GROUP BY" in words]
    assert len(groups) > 1
    return [words for words in (_within(steps, number) for number in groups) if "CORRELATED" in words]


def _within(steps: dict[str, tuple[str, str]], number: str) -> str:
    parent, words = steps[number]
    return f"{_within(steps, parent)} > {words}" if parent in steps else words


def made_again(forms: QuerySet[Declaration]) -> list[dict[str, Any]]:
    """Sums that PostgreSQL made more than once."""
    [told] = json.loads(forms.explain(analyze=True, format="json"))
    sums = [node for node in _nodes(told["Plan"]) if node["Node Type"] == "Aggregate"]
    assert len(sums) > 1
    return [node for node in sums if node["Actual Loops"] > 1]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)
