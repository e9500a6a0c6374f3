"""申请退回: the unit asks for a form that is beyond 撤回, the level that holds it grants or refuses, everybody sees what came of it."""

import re
from typing import Any

import pytest
from django.test import Client

from targets.guards import Order
from targets.models import Declaration
from targets.review import StepRefused, take_step
from targets.tests.test_home import home, text
from targets.tests.test_project_page import page, told
from targets.tests.test_worklist import found
from targets.tests.world import World

REASON = "漏填受益人数，须补正。"
WAYS = {
    "department_review": ("submit", "forward", "back to the department"),
    "office_review": ("submit", "forward"),
    "performance_review": ("submit", "forward", "forward"),
    "passed": ("submit", "forward", "forward", "pass"),
}
HOLDERS = {"department_review": "boss", "office_review": "office", "performance_review": "perf", "passed": "perf"}


def bring(world: World, form: Declaration, state: str) -> None:
    """To a state in which somebody has dealt with it, so that 撤回 is too late."""
    for slug in WAYS[state]:
        if slug == "back to the department":
            world.note(form, world.office)
            take_step(form, "return", by=world.office, order=Order(opinion="请补审", to_level="department_review"))
        else:
            world.advance(form, slug)
    assert form.state == state


@pytest.fixture
def sent(world: World) -> Declaration:
    """Waits for the business office."""
    return world.advance(world.declaration(), "submit", "forward")


def ask(client: Client, world: World, form: Declaration, reason: str = REASON) -> Any:
    client.force_login(world.filler)
    return client.post(page(form, "step", "request_return"), {"opinion": reason}, follow=True)


def strips_of(client: Client, world: World, form: Declaration, who: str) -> list[tuple[str, str]]:
    client.force_login(world.people[who])
    return [(strip.heading, strip.text) for strip in client.get(page(form)).context["strips"]]


def test_the_unit_asks_with_a_reason_and_nothing_moves(client: Client, world: World, sent: Declaration) -> None:
    since = sent.state_since
    assert told(ask(client, world, sent)) == ["“学前教育补助”申请退回已办理，现在轮到：财政业务科室 教科文科。"]
    event = sent.events.latest("number")
    assert (event.step, event.opinion, event.from_state, event.to_state, event.person) == (
        "request_return",
        REASON,
        "office_review",
        "office_review",
        world.filler,
    )
    sent.refresh_from_db()
    assert (sent.state, sent.state_since) == ("office_review", since)


@pytest.mark.parametrize(
    ("way", "reason", "words"),
    [
        (("submit",), REASON, "审核人还没有办理，无须申请退回：请直接“撤回”。"),
        (("submit", "forward"), "  ", "没有办理“申请退回”：理由为空。请写明理由。"),
        (("submit", "forward", "request_return"), REASON, "已经申请退回，请等审核人办理。"),
        ((), REASON, "不能申请退回：这张表现在是“编制中”"),
    ],
)
def test_what_is_not_asked_for(client: Client, world: World, way: tuple[str, ...], reason: str, words: str) -> None:
    form = world.advance(world.declaration(), *way)
    before = form.events.count()
    assert words in ask(client, world, form, reason).content.decode()
    assert form.events.count() == before


@pytest.mark.parametrize("state", HOLDERS)
def test_whoever_holds_the_form_sees_the_request_in_list_on_page_and_at_home(
    client: Client, world: World, state: str
) -> None:
    form, other = world.declaration(), world.declaration(title="没有申请的")
    for one in (form, other):
        bring(world, one, state)
    ask(client, world, form)
    holder = HOLDERS[state]
    assert ("单位申请退回，等待办理", REASON) in strips_of(client, world, form, holder)
    assert found(client, asked="open") == {"学前教育补助"}
    assert '<span class="jx-tag">申请退回</span>' in client.get("/admin/targets/budgetproject/").content.decode()
    asked = home(world.people[holder]).context["requests"]
    assert [(one.event.declaration, one.event.opinion) for one in asked] == [(form, REASON)]


def test_others_who_wait_for_nothing_are_not_asked(client: Client, world: World, sent: Declaration) -> None:
    ask(client, world, sent)
    shown = {
        who: len(home(world.people[who]).context["requests"]) for who in ("boss", "office", "other_office", "perf")
    }
    assert shown == {"boss": 0, "office": 1, "other_office": 0, "perf": 0}


def test_granted_by_a_return_whose_ground_it_is(client: Client, world: World, sent: Declaration) -> None:
    ask(client, world, sent)
    client.force_login(world.office)
    client.post(page(sent, "step", "return"), {"seen_revision": 1, "opinion": "", "to_level": "returned"})
    sent.refresh_from_db()
    event = sent.events.latest("number")
    assert (sent.state, event.step, event.opinion, event.particulars) == (
        "returned",
        "return",
        "同意单位的退回申请。",
        {"单位申请退回的理由": REASON},
    )
    assert ("退回意见", "同意单位的退回申请。") in strips_of(client, world, sent, "filler")
    assert f"单位申请退回的理由：{REASON}" in client.get(page(sent, "history")).content.decode()
    assert home(world.office).context["requests"] == []


def test_a_request_is_no_ground_for_another_level(world: World, sent: Declaration) -> None:
    take_step(sent, "request_return", by=world.filler, order=Order(opinion=REASON))
    with pytest.raises(StepRefused, match="审核意见为空"):
        take_step(sent, "return", by=world.office, order=Order(to_level="department_review"))
    world.advance(sent, "forward")
    with pytest.raises(StepRefused, match="审核意见为空"):  # it ended when the form moved on
        take_step(sent, "return", by=world.perf, order=Order())


def test_refused_with_a_reason_that_the_unit_reads(client: Client, world: World, sent: Declaration) -> None:
    ask(client, world, sent)
    client.force_login(world.office)
    refused = client.post(page(sent, "step", "refuse_request"), {"opinion": ""}).content.decode()
    assert "没有办理“不同意退回”：理由为空。请写明理由。" in refused
    client.post(page(sent, "step", "refuse_request"), {"opinion": "即将报人大，来不及。"})
    sent.refresh_from_db()
    assert sent.state == "office_review"
    assert ("没有同意退回申请", "即将报人大，来不及。") in strips_of(client, world, sent, "filler")
    own = {one.form.title: (one.form.is_asked_back, one.form.was_kept) for one in home(world.filler).context["own"]}
    assert own == {"学前教育补助": (False, True)}
    assert "退回申请没有同意" in text(home(world.filler))
    assert found(client, asked="open") == set()


@pytest.mark.parametrize("who", ["boss", "perf", "other_office", "budget", "admin", "filler", "auditor"])
def test_only_the_level_that_holds_it_refuses(world: World, sent: Declaration, who: str) -> None:
    take_step(sent, "request_return", by=world.filler, order=Order(opinion=REASON))
    with pytest.raises(StepRefused, match="这一步由业务科室审核人办理"):
        take_step(sent, "refuse_request", by=world.people[who], order=Order(opinion="不同意"))


@pytest.mark.parametrize("after", ["forward", "return", "reject"])
def test_it_ends_by_itself_when_the_form_moves_on(client: Client, world: World, sent: Declaration, after: str) -> None:
    ask(client, world, sent)
    world.advance(sent, after)
    assert not sent.events.open_requests()
    for who in ("office", "perf", "filler"):
        assert "单位申请退回，等待办理" not in [heading for heading, _ in strips_of(client, world, sent, who)]


def test_a_form_about_to_be_approved_with_many_is_marked(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), *WAYS["passed"])
    world.advance(world.declaration(title="没有申请的"), *WAYS["passed"])
    ask(client, world, form)
    client.force_login(world.budget)
    html = client.get("/admin/targets/budgetproject/approve/").content.decode()
    rows = re.findall(r"<tr><td><input type=\"checkbox\".*?</tr>", html, re.DOTALL)
    assert {("学前教育补助" in row): ("申请退回" in row) for row in rows} == {True: True, False: False}


def test_the_request_is_asked_for_where_seldom_things_are(client: Client, world: World, sent: Declaration) -> None:
    client.force_login(world.filler)
    html = client.get(page(sent)).content.decode()
    assert "request_return" in html[html.index("其他办理") : html.index("submit-row")]
