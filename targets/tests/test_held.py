"""待下达决定: decided now, released together later; until then nobody outside finance's review knows of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.models import Membership
from targets.decisions import carry_out, choose, confirm, release
from targets.domain.edits import Change
from targets.editing import apply_changes
from targets.guards import Order
from targets.models import DecidedForm, Decision, Declaration, Remark, ReviewEvent
from targets.review import take_step, whose_turn
from targets.tasks import run_job
from targets.tests.reader import Reader
from targets.tests.test_project_page import page, told
from targets.tests.test_queries import queries
from targets.tests.world import World

HELD = "admin:targets_held"
PROJECTS = "admin:targets_budgetproject_changelist"
TO_PERFORMANCE = ("submit", "forward", "forward")
TO_PASSED = (*TO_PERFORMANCE, "pass")
SECRET = "只在暂存的意见里的话"


def sign_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def reader(who: str) -> Reader:
    return Reader().log_in(who, "a good long one")


def forms(world: World, number: int, *way: str) -> list[Declaration]:
    made = [world.declaration(title=f"项目{place}") for place in range(number)]
    return [world.advance(form, *way) for form in made]


def hold(world: World, chosen: list[Declaration], slug: str = "pass", who: str = "perf", **said: Any) -> Decision:
    pks = [form.pk for form in chosen]
    decision = choose(
        Declaration.objects.filter(pk__in=pks).order_by("pk"), by=world.people[who], step=slug, is_held=True, **said
    )
    confirm(decision)
    carry_out(decision)
    return decision


def lines(**of: Any) -> dict[str, tuple[str, str]]:
    found = DecidedForm.objects.filter(**of).select_related("declaration")
    return {line.declaration.title: (line.state, line.reason) for line in found}


def states() -> dict[str, str]:
    return dict(Declaration.objects.values_list("title", "state"))


def test_decided_in_bulk_held_and_released_together(world: World) -> None:
    made = forms(world, 3, *TO_PERFORMANCE)
    who = reader("perf").open(reverse(PROJECTS))
    who.press("执行", _selected_action=[form.pk for form in made], action="take_steps")
    who.press("核对", step="pass", opinion="同意", is_held="on").press("暂存审核通过 3 张")
    assert "已拟定待下达" in who.page
    assert states() == dict.fromkeys(["项目0", "项目1", "项目2"], "performance_review")
    assert ReviewEvent.objects.filter(step="pass").count() == 0
    budget = reader("budget").open(reverse(HELD))
    keys = {line.declaration.title: line.pk for line in DecidedForm.objects.all()}
    budget.press("统一下达勾选的决定", line=[keys["项目0"], keys["项目2"]])
    assert "已下达2张。" in budget.page
    assert states() == {"项目0": "passed", "项目1": "performance_review", "项目2": "passed"}
    event = made[0].events.latest("number")
    decided = timezone.localtime(Decision.objects.get().confirmed_at).strftime("%Y-%m-%d %H:%M")
    assert (event.person, event.opinion, event.particulars) == (
        world.perf,
        "同意",
        {"决定时间": decided, "下达人": "budget某"},
    )
    assert lines() == {"项目0": ("done", ""), "项目1": ("held", ""), "项目2": ("done", "")}
    call_command("verify_trail")


def test_from_the_form_s_own_page(world: World) -> None:
    form = forms(world, 1, *TO_PERFORMANCE)[0]
    client = sign_in(world, "perf")
    assert 'name="hold"' in client.get(page(form)).content.decode()
    response = client.post(page(form, "step", "pass"), {"seen_revision": 1, "hold": "1"}, follow=True)
    assert told(response) == ["“项目0”的决定已暂存，在“待下达决定”中统一下达。"]
    assert "已拟定：审核通过，待统一下达" in response.content.decode()
    again = client.post(page(form, "step", "pass"), {"seen_revision": 1, "hold": "1"}).content.decode()
    assert "没有暂存：perf某已拟定决定待下达。" in again
    assert 'name="hold"' not in sign_in(world, "office").get(page(form)).content.decode()
    assert states() == {"项目0": "performance_review"}


@pytest.mark.parametrize(
    ("slug", "way", "who", "said", "state"),
    [
        ("return", TO_PERFORMANCE, "perf", {"opinion": SECRET, "to_level": "department_review"}, "department_review"),
        ("reject", TO_PERFORMANCE, "perf", {"opinion": SECRET}, "rejected"),
        ("approve", TO_PASSED, "budget", {"document_number": "1号", "document_date": date(2023, 1, 15)}, "approved"),
    ],
)
def test_every_held_step_is_released(
    world: World, slug: str, way: tuple[str, ...], who: str, said: dict[str, Any], state: str
) -> None:
    form = forms(world, 1, *way)[0]
    remark = world.note(form, world.perf)
    hold(world, [form], slug, who, **said)
    assert Remark.objects.get(pk=remark.pk).sent_at is None
    assert release(DecidedForm.objects.held(), by=world.perf2) == (1, 1)
    assert states() == {"项目0": state}
    assert (Remark.objects.get(pk=remark.pk).sent_at is None) == (slug == "approve")


def test_until_it_is_released_only_finance_s_reviewers_know(world: World) -> None:
    form = forms(world, 1, *TO_PERFORMANCE)[0]
    world.note(form, world.perf)
    before = {who: seen_by(world, form, who) for who in ("filler", "boss", "admin", "auditor", "root")}
    turn = whose_turn(form)
    hold(world, [form], "return", opinion=SECRET)
    assert {who: seen_by(world, form, who) for who in before} == before
    form.refresh_from_db()
    assert whose_turn(form) == turn
    for who in ("office", "perf", "perf2", "budget"):
        text = "".join(seen_by(world, form, who))
        assert ("已拟定：退回" in text, sign_in(world, who).get(reverse(HELD)).status_code) == (True, 200)
        assert SECRET in sign_in(world, who).get(reverse(HELD)).content.decode()
    other = sign_in(world, "other_office").get(reverse(HELD)).content.decode()
    assert (SECRET in other, "没有待下达的决定" in other) == (False, True)
    for who in before:
        assert sign_in(world, who).get(reverse(HELD)).status_code == 404


def seen_by(world: World, form: Declaration, who: str) -> list[str]:
    """Every page of the form and every list it stands in, without what differs each time."""
    client = sign_in(world, who)
    addresses = [page(form), page(form, "history"), reverse("admin:index"), reverse(PROJECTS)]
    addresses += [f"{reverse(PROJECTS)}?held=yes", f"{reverse(PROJECTS)}?held=no"]
    return [without_tokens(client.get(address).content.decode()) for address in addresses]


def without_tokens(html: str) -> str:
    return "\n".join(line for line in html.splitlines() if "csrfmiddlewaretoken" not in line)


def test_the_worklist_marks_and_finds_what_is_held(world: World) -> None:
    hold(world, forms(world, 2, *TO_PERFORMANCE)[:1])
    client = sign_in(world, "perf")
    listed = {
        value: [form.title for form in client.get(reverse(PROJECTS), {"held": value}).context["cl"].result_list]
        for value in ("yes", "no", "other")
    }
    assert listed == {"yes": ["项目0"], "no": ["项目1"], "other": ["项目0", "项目1"]}
    assert "已拟定：审核通过</span>" in client.get(reverse(PROJECTS)).content.decode()


def test_taken_back_and_decided_anew_until_release(world: World) -> None:
    form = forms(world, 1, *TO_PERFORMANCE)[0]
    world.note(form, world.perf)
    hold(world, [form])
    who = reader("perf").open(reverse(HELD))
    who.press("撤回并重新拟定", line=DecidedForm.objects.get().pk)
    who.press("核对", step="return", opinion="还是退回", is_held="on").press("暂存退回 1 张")
    assert [(line.decision.step, line.state, line.reason) for line in DecidedForm.objects.order_by("pk")] == [
        ("pass", "taken_back", "perf某撤回"),
        ("return", "held", ""),
    ]
    who.open(reverse(HELD)).press("撤回决定", line=DecidedForm.objects.latest("pk").pk)
    assert "没有待下达的决定" in who.page
    assert release(DecidedForm.objects.all().held(), by=world.perf) == (0, 0)
    assert states() == {"项目0": "performance_review"}


def test_another_step_taken_meanwhile_ends_it(world: World) -> None:
    form = forms(world, 1, *TO_PERFORMANCE)[0]
    hold(world, [form])
    world.note(form, world.perf2)
    take_step(form, "return", by=world.perf2, order=Order(opinion="先退回"))
    assert lines() == {"项目0": ("overtaken", "perf2某已办理“退回”")}
    assert "perf2某已办理“退回”" in sign_in(world, "perf").get(reverse(HELD)).content.decode()
    world.advance(form, *TO_PERFORMANCE)
    hold(world, [form], who="perf2")
    assert release(DecidedForm.objects.held(), by=world.perf) == (1, 1)


def test_what_may_no_longer_move_stays_held_and_the_releaser_is_told(world: World) -> None:
    changed, gone, good = forms(world, 3, *TO_PERFORMANCE)
    decision = hold(world, [changed])
    hold(world, [gone], who="perf2")
    hold(world, [good])
    DecidedForm.objects.filter(decision=decision).update(seen=7)  # a text that is not the one there
    Membership.objects.filter(person=world.perf2).update(valid_to=timezone.localdate() - timedelta(days=1))
    who = reader("budget").open(reverse(HELD))
    who.press("统一下达勾选的决定", line=list(DecidedForm.objects.values_list("pk", flat=True)))
    assert "已下达1张，2张仍在待下达中。" in who.page
    text = "按拟定人{}的身份和所见的稿核对："
    expected = {
        "项目0": (
            "held",
            text.format("perf某") + "没有审核通过：您打开后这张表又有修改（现为第1稿）。请刷新后重新审核。",
        ),
        "项目1": ("held", text.format("perf2某") + "不能审核通过：这一步由绩效科审核人办理。"),
        "项目2": ("done", ""),
    }
    assert lines() == expected
    assert expected["项目1"][1] in who.page
    assert expected["项目1"][1] in who.open(reverse(HELD)).page


def test_an_author_s_held_decision_is_no_way_around_the_guards(world: World) -> None:
    """Two finance signers: who passed it on at 业务科室 cannot hold a pass either."""
    form = world.advance(world.declaration(), "submit", "forward")
    take_step(form, "forward", by=world.office, order=Order(seen_revision=1))
    Membership.objects.create(person=world.office, department=world.finance, role="performance_reviewer")
    office = type(world.office).objects.get(pk=world.office.pk)
    decision = choose(Declaration.objects.all(), by=office, step="pass", is_held=True)
    assert "业务科室初审是您办理的" in decision.forms.get().reason


@pytest.mark.parametrize(("way", "who"), [(("submit", "forward"), "office"), (("submit",), "boss")])
def test_only_the_performance_and_the_budget_office_hold(world: World, way: tuple[str, ...], who: str) -> None:
    form = world.advance(world.declaration(), *way)
    client = sign_in(world, who)
    assert 'name="hold"' not in client.get(page(form)).content.decode()
    answer = client.post(page(form, "step", "forward"), {"seen_revision": 1, "hold": "1"}).content.decode()
    assert "没有暂存：绩效科审核人、预算科的审核通过、退回、不予通过和批复可以暂存" in answer
    assert not DecidedForm.objects.held().exists()


def test_whom_the_page_is_open_to_and_who_releases(world: World) -> None:
    form = forms(world, 1, *TO_PERFORMANCE)[0]
    hold(world, [form])
    said = {"do": "release", "line": DecidedForm.objects.get().pk}
    for who in ("filler", "boss", "office", "other_office", "admin", "root"):
        sign_in(world, who).post(reverse(HELD), said)
    assert states() == {"项目0": "performance_review"}
    sign_in(world, "perf2").post(reverse(HELD), said)
    assert states() == {"项目0": "passed"}


# By time --------------------------------------------------------------------------------------------------------------


def test_what_is_due_is_released_by_time_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    due, later, stuck = forms(world, 3, *TO_PERFORMANCE)
    now = timezone.now()
    hold(world, [due, stuck], release_at=now + timedelta(hours=1))
    hold(world, [later], release_at=now + timedelta(days=1))
    DecidedForm.objects.filter(declaration=stuck).update(seen=7)
    call_command("tick")
    assert set(states().values()) == {"performance_review"}
    DecidedForm.objects.exclude(declaration=later).update(release_at=now - timedelta(minutes=1))
    call_command("tick")
    assert "定时下达：已下达1张，1张不能办理，仍在待下达中。" in capsys.readouterr().out
    assert states() == {"项目0": "passed", "项目1": "performance_review", "项目2": "performance_review"}
    assert due.events.latest("number").particulars["下达人"] == "系统定时下达"
    call_command("tick")
    assert "定时下达" not in capsys.readouterr().out


def test_a_day_is_set_for_what_is_held(world: World) -> None:
    hold(world, forms(world, 2, *TO_PERFORMANCE))
    who = reader("perf").open(reverse(HELD))
    keys = list(DecidedForm.objects.order_by("pk").values_list("pk", flat=True))
    who.press("定时下达", line=keys, release_at="2020-01-01T09:00")
    assert "定时下达的时间已过。" in who.page
    who.press("定时下达", line=keys, release_at="")
    assert "没有定时：下达时间为空。请填写。" in who.page
    who.press("定时下达", line=keys[0], release_at="2099-12-01T09:00")
    assert "1张的决定将于2099年12月1日 09:00下达。" in who.page
    first, second = DecidedForm.objects.order_by("pk").values_list("release_at", flat=True)
    assert (str(first), second) == ("2099-12-01 01:00:00+00:00", None)


def test_many_are_released_by_the_worker(world: World) -> None:
    made = [world.declaration(title=f"项目{place}") for place in range(60)]
    for slug, name in (("submit", "filler"), ("forward", "boss"), ("forward", "office")):
        moved = choose(Declaration.objects.all(), by=world.people[name], step=slug)
        confirm(moved)
        carry_out(moved)
    hold(world, made)
    who = reader("perf").open(reverse(HELD))
    who.press("统一下达勾选的决定", all="1")
    assert "正在下达" in who.page
    run_job.call(world.perf.jobs.get().pk)
    assert "已下达60张。" in who.open(who.address).page
    assert set(states().values()) == {"passed"}


def test_the_pages_of_many_ask_as_much_as_of_one(world: World) -> None:
    made = forms(world, 4, *TO_PERFORMANCE)
    hold(world, made[:1])
    few = {name: queries(world.perf, reverse(name)) for name in (HELD, PROJECTS)}
    hold(world, made[1:3], who="perf2")
    hold(world, made[3:])
    assert {name: queries(world.perf, reverse(name)) for name in few} == few


def test_a_text_changed_after_the_decision_is_not_decided(world: World) -> None:
    """Withdrawn, changed and sent again, the form is another one; the decision ended with the first step."""
    form = world.advance(world.declaration(), *TO_PERFORMANCE)
    hold(world, [form])
    world.advance(form, "return")
    form.refresh_from_db()
    apply_changes(form, [Change("", "goal", form.goal, f"{form.goal}又改。")], by=world.filler)
    world.advance(form, *TO_PERFORMANCE)
    assert release(DecidedForm.objects.all().held(), by=world.perf) == (0, 0)
    assert set(states().values()) == {"performance_review"}
