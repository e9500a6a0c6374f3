"""Steps, explanations and 批复 on their pages: offered as the table says, refused in words, nothing typed is lost."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from targets.domain.steps import STATES
from targets.findings import judge_declaration
from targets.guards import Order
from targets.models import Declaration, Waiver
from targets.review import take_step
from targets.tests.test_project_page import SECRET, page, told
from targets.tests.world import GOOD_ROWS, World
from targets.waivers import explain

APPROVE = "admin:targets_approve"
WAIVERS = "admin:targets_waivers"


def sign_in(client: Client, world: World, who: str) -> None:
    client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")


def offered(html: str) -> set[str]:
    """Steps whose button is on the page and not greyed."""
    buttons = re.findall(r"<button\b[^>]*>", html)
    live = [button for button in buttons if "disabled" not in button]
    by_form = {match[1] for button in live if (match := re.search(r"/step/([a-z_]+)/", button))}
    by_save = {match[1] for button in live if (match := re.search(r'value="(submit|confirm)"', button))}
    return by_form | by_save


@pytest.mark.parametrize(
    ("way", "who", "steps"),
    [
        ((), "filler", {"submit"}),
        ((), "boss", {"void"}),
        ((), "perf", {"open_alone"}),
        (("submit",), "filler", {"withdraw"}),
        (("submit",), "boss", {"forward", "return"}),
        (("submit",), "office", set()),
        (("submit", "forward"), "filler", {"request_return"}),
        (("submit", "forward", "request_return"), "filler", set()),
        (("submit", "forward", "request_return"), "office", {"forward", "return", "reject", "refuse_request"}),
        (("submit", "forward", "request_return"), "boss", set()),
        (("submit", "forward", "request_return", "refuse_request"), "filler", {"request_return"}),
        (("submit", "forward"), "office", {"forward", "return", "reject"}),
        (("submit", "forward", "forward"), "perf", {"pass", "return", "reject"}),
        (("submit", "forward", "forward", "pass"), "perf", {"approve", "return"}),
        (("submit", "forward", "forward", "pass"), "budget", {"approve"}),
        (("submit", "forward", "forward", "pass", "approve"), "filler", {"adjust"}),
        (("submit", "forward", "forward", "pass", "approve"), "auditor", set()),
    ],
)
def test_the_page_offers_exactly_the_steps_of_the_moment(
    client: Client, world: World, way: tuple[str, ...], who: str, steps: set[str]
) -> None:
    form = world.advance(world.declaration(), *way)
    sign_in(client, world, who)
    assert offered(client.get(page(form)).content.decode()) == steps


def test_a_step_is_taken_and_told(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), "submit")
    sign_in(client, world, "boss")
    response = client.post(page(form, "step", "forward"), {"seen_revision": 1, "opinion": "同意"}, follow=True)
    assert told(response) == ["“学前教育补助”报送财政已办理，现在轮到：财政业务科室 教科文科。"]
    event = form.events.last()
    assert event is not None
    assert (event.step, event.opinion, event.person) == ("forward", "同意", world.boss)


def test_a_return_asks_for_the_level_and_its_opinion_stands_above_the_form(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), "submit", "forward", "forward")
    sign_in(client, world, "perf")
    assert 'value="office_review"' in client.get(page(form)).content.decode()
    world.note(form, world.perf)
    said = {"seen_revision": 1, "opinion": "依据不足。\n请补充测算。", "to_level": "returned"}
    client.post(page(form, "step", "return"), said)
    form.refresh_from_db()
    assert form.state == "returned"
    sign_in(client, world, "filler")
    html = client.get(page(form)).content.decode()
    assert "依据不足。\n请补充测算。" in html
    assert "第 1 次退回" in html


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"opinion": ""}, "没有退回：审核意见为空。请写明原因后再退回。"),
        ({"opinion": "写了很久的意见", "to_level": "passed"}, "不能退回到所选环节"),
    ],
)
def test_a_refused_step_comes_back_with_what_was_typed(
    client: Client, world: World, said: dict[str, str], words: str
) -> None:
    form = world.advance(world.declaration(), "submit")
    world.note(form, world.boss)
    sign_in(client, world, "boss")
    html = client.post(page(form, "step", "return"), {"seen_revision": 1} | said).content.decode()
    assert words in html
    assert said["opinion"] in html
    form.refresh_from_db()
    assert form.state == "department_review"


def test_a_form_handled_by_another_meanwhile_is_told_with_the_opinion_kept(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), "submit")
    take_step(form, "withdraw", by=world.filler)
    sign_in(client, world, "boss")
    html = client.post(page(form, "step", "forward"), {"seen_revision": 1, "opinion": "同意报送"}).content.decode()
    assert "这张表现在是“编制中”，可能刚被他人办理" in html


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("step", {"opinion": "请补充测算依据。", "seen_revision": "1"}),
        ("remark", {"do": "remark", "row": "", "level": "must", "audience": "unit", "text": "请补充测算依据。"}),
    ],
)
def test_what_was_written_on_a_form_that_is_no_longer_one_s_own_to_review_can_be_copied(
    client: Client, world: World, address: str, said: dict[str, str]
) -> None:
    """Withdrawn meanwhile: 作废 is offered, but what was meant for the return is not put into its mouth."""
    form = world.advance(world.declaration(), "submit", "withdraw")
    sign_in(client, world, "boss")
    html = client.post(page(form, address, *(["return"] if address == "step" else [])), said).content.decode()
    assert "您写的内容留在下面，可以复制。" in html
    assert html.count("请补充测算依据。") == 1
    assert 'href="#written"' not in html
    assert "<summary>其他办理：作废</summary>" in html


def test_a_seldom_step_that_is_refused_opens_where_it_was_written(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), "submit", "forward", "forward", "pass", "approve")
    sign_in(client, world, "filler")
    html = client.post(page(form, "step", "adjust"), {"content": "人数改为1000人"}).content.decode()
    assert '<details class="jx-more no-print" id="rare" open>' in html
    assert '<a href="#rare">到您写的地方</a>' in html
    assert html.count("人数改为1000人") == 1


def test_the_date_of_a_document_that_is_no_date_is_told(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), "submit", "forward", "forward", "pass")
    sign_in(client, world, "budget")
    said = {"document_number": "川财绩〔2023〕1号", "document_date": "去年"}
    html = client.post(page(form, "step", "approve"), said).content.decode()
    assert "发文日期不是日期。请写成如 2023-01-15。" in html
    assert "川财绩〔2023〕1号" in html


@pytest.mark.parametrize("who", ["sibling", "stranger", "other_office"])
def test_a_step_on_an_unseen_form_is_not_there(client: Client, world: World, who: str) -> None:
    form = world.advance(world.declaration(), "submit")
    sign_in(client, world, who)
    assert client.post(page(form, "step", "forward"), {"seen_revision": 1}).status_code == 404


@pytest.mark.parametrize("slug", ["forward", "nonsense"])
def test_reading_the_address_of_a_step_takes_none(client: Client, world: World, slug: str) -> None:
    form = world.advance(world.declaration(), "submit")
    sign_in(client, world, "boss")
    assert client.get(page(form, "step", slug)).status_code == 302
    assert client.post(page(form, "step", slug if slug == "nonsense" else "pass")).status_code == 200
    form.refresh_from_db()
    assert form.state == "department_review"


# 批复 -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def passed(world: World) -> list[Declaration]:
    forms = [world.declaration(title=f"项目{number}") for number in range(3)]
    return [world.advance(form, "submit", "forward", "forward", "pass") for form in forms]


def states(forms: list[Declaration]) -> list[str]:
    return list(
        Declaration.objects.filter(pk__in=[form.pk for form in forms]).order_by("pk").values_list("state", flat=True)
    )


def test_the_chosen_forms_are_approved_with_one_document(
    client: Client, world: World, passed: list[Declaration]
) -> None:
    sign_in(client, world, "budget")
    said: dict[str, Any] = {"form": [passed[0].pk, passed[2].pk]}
    said |= {"document_number": "川财绩〔2023〕1号", "document_date": "2023-01-15"}
    check = client.post(reverse(APPROVE), said)["Location"]
    assert "确认批复 2 张" in client.get(check).content.decode()
    assert states(passed) == ["passed"] * 3
    client.post(check, {"do": "confirm"})
    assert states(passed) == ["approved", "passed", "approved"]
    event = passed[0].events.last()
    assert event is not None
    assert (event.document_number, event.document_date) == ("川财绩〔2023〕1号", date(2023, 1, 15))


def test_approval_without_document_or_choice_is_told_and_keeps_the_ticks(
    client: Client, world: World, passed: list[Declaration]
) -> None:
    sign_in(client, world, "budget")
    html = client.post(reverse(APPROVE), {"form": [passed[1].pk]}).content.decode()
    assert "没有批复：文号为空。请填写文号。" in html
    assert re.search(rf'value="{passed[1].pk}"[^>]* checked', html)
    html = client.post(reverse(APPROVE), {"document_number": "1号", "document_date": "2023-01-15"}).content.decode()
    assert "没有选中任何一张表" in html
    assert states(passed) == ["passed"] * 3


def test_a_form_that_left_meanwhile_is_told(client: Client, world: World, passed: list[Declaration]) -> None:
    world.note(passed[0], world.perf)
    take_step(passed[0], "return", by=world.perf, order=Order(opinion="重来"))
    sign_in(client, world, "budget")
    said = {"form": [form.pk for form in passed], "document_number": "1号", "document_date": "2023-01-15"}
    check = client.post(reverse(APPROVE), said, follow=True)
    assert "不能批复：这张表现在是“已退回（待修改）”，可能刚被他人办理。" in check.content.decode()
    client.post(check.redirect_chain[-1][0], {"do": "confirm"})
    assert states(passed) == ["returned", "approved", "approved"]


@pytest.mark.parametrize(
    ("who", "status"),
    [("filler", 404), ("boss", 404), ("office", 404), ("auditor", 404), ("perf", 200), ("budget", 200)],
)
def test_who_approves(client: Client, world: World, passed: list[Declaration], who: str, status: int) -> None:
    sign_in(client, world, who)
    assert client.get(reverse(APPROVE), {"year": 2023, "department": passed[0].department_id}).status_code == status


# 情况说明 -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(world: World) -> Waiver:
    rows = (*GOOD_ROWS[:-1],)
    form = world.declaration(goal=SECRET * 3, rows=rows)
    (error,) = [judged.finding for judged in errors_of(form)][:1]
    return explain(
        form, rule=error.rule, row=error.row, field=error.field, explanation="本项目没有服务对象", by=world.filler
    )


def errors_of(form: Declaration) -> list[Any]:
    return [judged for judged in judge_declaration(form) if judged.blocks]


def test_the_performance_office_decides_without_reading_the_draft(client: Client, world: World, asked: Waiver) -> None:
    sign_in(client, world, "perf")
    html = client.get(reverse(WAIVERS)).content.decode()
    assert ("本项目没有服务对象" in html, asked.message in html, SECRET in html) == (True, True, False)
    said = {"waiver": asked.pk, "decision": "granted", "reason": "情况属实"}
    response = client.post(reverse(WAIVERS), said, follow=True)
    assert told(response) == ["“学前教育补助”的情况说明已同意。"]
    asked.refresh_from_db()
    assert (asked.decision, asked.decided_by, asked.decision_reason) == ("granted", world.perf, "情况属实")
    sign_in(client, world, "filler")
    html = client.get(page(asked.declaration)).content.decode()
    assert "情况属实" in html
    assert "perf某" in html
    assert offered(html) == {"submit"}


def test_a_decision_without_reason_is_refused_in_words(client: Client, world: World, asked: Waiver) -> None:
    sign_in(client, world, "perf")
    html = client.post(reverse(WAIVERS), {"waiver": asked.pk, "decision": "refused", "reason": " "}).content.decode()
    assert "处理理由为空，没有保存。请写明理由。" in html
    asked.refresh_from_db()
    assert asked.decision == "asked"


@pytest.mark.parametrize("who", ["filler", "boss", "office", "budget", "auditor"])
def test_nobody_else_decides(client: Client, world: World, asked: Waiver, who: str) -> None:
    sign_in(client, world, who)
    assert client.post(reverse(WAIVERS), {"waiver": asked.pk, "decision": "granted", "reason": "好"}).status_code == 404
    response = client.post(
        page(asked.declaration, "waive"),
        {"rule": asked.rule, "row": asked.row_key, "field": asked.field, "reason": "好", "decision": "granted"},
    )
    assert response.status_code == 200
    assert SECRET not in response.content.decode() or who in ("filler", "boss")
    asked.refresh_from_db()
    assert asked.decision == "asked"


def test_every_state_has_a_page(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), "submit")
    sign_in(client, world, "boss")
    for state in STATES:
        Declaration.objects.filter(pk=form.pk).update(state=state)
        assert client.get(page(form)).status_code == 200
