"""After a round has closed its unit types and sends no more, whatever the door, until finance opens the form or returns it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from targets.attachments import attach
from targets.domain.edits import Change
from targets.domain.sheets.writer import write_official
from targets.editing import EditRefused, apply_changes, create_declaration
from targets.guards import Order, day_in_words, end_of
from targets.intake.batch import open_batch, read_batch
from targets.intake.storing import store_batch
from targets.intake.undo import undo_batch
from targets.models import BudgetYear, Campaign, Declaration, Waiver
from targets.remarks import answer
from targets.review import StepRefused, take_step
from targets.tests.test_autosave import cell, send
from targets.tests.test_home import home, text
from targets.tests.test_project_page import fields_of, opened, page, told
from targets.tests.test_steps_page import offered, sign_in
from targets.tests.test_undo import bring_in
from targets.tests.world import World
from targets.waivers import explain

TODAY = timezone.localdate
OPENING = reverse("admin:targets_opening")


def close(world: World) -> str:
    """The round ended yesterday; returns how that is said."""
    world.campaign.closes_at = timezone.now() - timedelta(days=1)
    world.campaign.save()
    local = timezone.localtime(world.campaign.closes_at)
    return f"“二上”已于{local.year}年{local.month}月{local.day}日{local:%H:%M}截止"


def fresh(form: Declaration) -> Declaration:
    return Declaration.objects.get(pk=form.pk)


def open_alone(form: Declaration, world: World, days: int = 5) -> None:
    order = Order(opinion="上级刚下达资金。", open_until=TODAY() + timedelta(days=days))
    take_step(form, "open_alone", by=world.perf, order=order)


@pytest.fixture
def form(world: World) -> Declaration:
    return world.declaration()


# What is shut ---------------------------------------------------------------------------------------------------------


def test_the_page_says_so_and_takes_nothing(client: Client, world: World, form: Declaration) -> None:
    typed = opened(client, world.filler, form)
    ending = close(world)
    html = client.get(page(form)).content.decode()
    assert f"{ending}，这张表不能再修改和送审。确需修改的，请联系财政局绩效科“单独开放”这张表。" in html
    assert "data-paper" not in html
    assert offered(html) == set()
    response = client.post(page(form), typed | {"goal": "截止后改的目标，为1200名幼儿发放补助100万元。", "do": "save"})
    assert f"{ending}，“学前教育补助”不能再修改和送审。" in response.content.decode()
    assert fresh(form).revisions.count() == 1


def test_cells_typed_after_the_end_are_refused(client: Client, world: World, form: Declaration) -> None:
    ending = close(world)
    response = send(client, world.filler, form, cell(form, 1, "≥1300人"))
    assert (response.status_code, ending in response.json()["refusal"]) == (409, True)
    assert fresh(form).open_sitting is None


def other_doors(world: World, form: Declaration) -> dict[str, Any]:
    """Every further way to change the text or send it, as something to call."""
    row = form.record().rows[0]
    remark = form.remarks.first()
    return {
        "edit": lambda: apply_changes(form, [Change(row.key, "target", row.target, "≤90万元")], by=world.filler),
        "paper": lambda: attach(form, b"%PDF-1.7 late", "依据.pdf", by=world.filler),
        "answer": lambda: answer(remark, "已改。", by=world.filler) if remark else None,
        "explain": lambda: explain(form, rule="R01", row="", field="", explanation="说明", by=world.filler),
        "submit": lambda: take_step(form, "submit", by=world.filler),
        "new": lambda: create_declaration(
            kind="project", budget_year=BudgetYear.objects.get(), unit=world.school, title="又一个", by=world.filler
        ),
    }


def test_no_other_door_is_open(world: World, form: Declaration) -> None:
    world.advance(form, "submit", "return")
    Declaration.objects.filter(pk=form.pk).update(open_until=None)  # as if it had come back long ago
    close(world)
    form = fresh(form)
    said = {}
    for name, deed in other_doors(world, form).items():
        with pytest.raises((EditRefused, StepRefused)) as refusal:
            deed()
        said[name] = "截止" in str(refusal.value) or "不能修改" in str(refusal.value)
    assert said == dict.fromkeys(said, True)
    assert (fresh(form).state, form.attachments.count(), Waiver.objects.count()) == ("returned", 0, 0)


def imported(world: World, who: str, *titles: str) -> list[tuple[str, str]]:
    records = [world.record(title=title, goal="另一个目标：为全区1200名幼儿发放补助100万元。") for title in titles]
    batch = open_batch(write_official(records), "表.xlsx", by=world.people[who])
    read_batch(batch)
    return [(one.action, "".join(fault["message"] for fault in one.problems)) for one in batch.forms.order_by("place")]


def test_the_unit_imports_neither_over_a_form_nor_a_new_one_but_finance_does(world: World, form: Declaration) -> None:
    ending = close(world)
    (over, why_over), (anew, why_anew) = imported(world, "filler", "学前教育补助", "新的项目")
    assert (over, anew) == ("refused", "refused")
    assert f"{ending}，“学前教育补助”不能再修改和送审。" in why_over
    assert f"{ending}，单位不能再新增，没有导入。" in why_anew
    assert [action for action, _ in imported(world, "office", "学前教育补助", "新的项目")] == ["update", "create"]


def test_an_end_between_preview_and_confirmation_counts(world: World, form: Declaration) -> None:
    records = [
        world.record(title=title, goal="另一个目标，发放补助100万元。") for title in ("学前教育补助", "新的项目")
    ]
    batch = open_batch(write_official(records), "表.xlsx", by=world.filler)
    read_batch(batch)
    ending = close(world)
    left_out = store_batch(batch, by=world.filler)
    assert [said.startswith(ending) for _, said in sorted(left_out.items())] == [True, True]
    assert Declaration.objects.count() == 1


def test_an_import_is_not_taken_back_after_the_end(world: World, form: Declaration) -> None:
    batch = bring_in(world, replace(form.record(), goal="另一个目标，为1200名幼儿发放补助100万元。"))
    close(world)
    assert [one.kept_because for one in undo_batch(batch, by=world.filler)] == ["批次已截止"]


def test_what_was_sent_is_not_taken_back_but_asked_for(client: Client, world: World, form: Declaration) -> None:
    world.advance(form, "submit")
    close(world)
    with pytest.raises(StepRefused, match="不能撤回：“二上”已于"):
        take_step(form, "withdraw", by=world.filler)
    sign_in(client, world, "filler")
    assert offered(client.get(page(form)).content.decode()) == {"request_return"}
    world.advance(form, "forward", "forward", "pass", "approve")  # reviewers go on
    assert fresh(form).state == "approved"


def test_many_at_once_are_told_and_not_ticked(client: Client, world: World, form: Declaration) -> None:
    ending = close(world)
    sign_in(client, world, "filler")
    html = client.get("/admin/day/").content.decode()
    assert "批次已截止，不能送审" in html
    assert " checked" not in html
    response = client.post("/admin/day/", {"form": form.pk}, follow=True)
    assert f"不能送审：{ending}。请联系财政局绩效科“单独开放”这张表。" in response.content.decode()
    assert fresh(form).state == "draft"


def test_at_home_the_form_is_told_as_closed(world: World, form: Declaration) -> None:
    ending = close(world)
    assert [todo.ending for todo in home(world.filler).context["todos"]] == [
        f"{ending}，不能再修改和送审。确需修改的请联系绩效科单独开放"
    ]
    assert ending in text(home(world.filler))


# What is not bound ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["no round", "another round", "a reminder", "to come", "adjustment", "closed year"])
def test_whom_the_end_does_not_bind(world: World, form: Declaration, case: str) -> None:
    if case == "adjustment":
        world.advance(form, "submit", "forward", "forward", "pass", "approve", "adjust")
    close(world)
    now = timezone.now()
    if case == "no round":
        Declaration.objects.update(campaign=None)
    elif case == "another round":
        Campaign.objects.create(budget_year=world.year, name="追加", opens_at=now, closes_at=now + timedelta(days=1))
    elif case == "a reminder":
        BudgetYear.objects.update(closes_strictly=False)
    elif case == "to come":
        Campaign.objects.update(opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=2))
    elif case == "closed year":
        BudgetYear.objects.update(is_closed=True)
    assert fresh(form).editable_by(world.filler)


def test_a_form_goes_up_in_the_round_that_is_open(world: World, form: Declaration) -> None:
    close(world)
    now = timezone.now()
    later = Campaign.objects.create(
        budget_year=world.year, name="三上", opens_at=now, closes_at=now + timedelta(days=9)
    )
    world.advance(form, "submit")
    assert fresh(form).campaign == later
    assert form.events.latest("number").particulars == {"编报批次": "三上"}


# 单独开放 ---------------------------------------------------------------------------------------------------------------


def test_finance_opens_one_form_until_a_day_with_a_reason(client: Client, world: World, form: Declaration) -> None:
    close(world)
    sign_in(client, world, "perf")
    day = TODAY() + timedelta(days=5)
    said = {"open_until": day.isoformat(), "opinion": "上级刚下达资金。"}
    client.post(page(form, "step", "open_alone"), said)
    event = form.events.latest("number")
    assert (event.step, event.opinion, event.particulars, event.to_state) == (
        "open_alone",
        "上级刚下达资金。",
        {"开放至": day_in_words(day)},
        "draft",
    )
    assert fresh(form).open_until == end_of(day)
    sign_in(client, world, "filler")
    html = client.get(page(form)).content.decode()
    until = f"{day.month}月{day.day}日"
    assert f"批次截止后可以修改和送审，至{until}止。理由：上级刚下达资金。" in html
    assert f"批次截止后仍可修改和送审，至{until}止" in text(home(world.filler))
    typed = fields_of(html) | {"goal": "开放后改的目标，为1200名幼儿发放补助100万元。", "do": "submit"}
    client.post(page(form), typed)
    assert (fresh(form).state, fresh(form).goal[:3]) == ("department_review", "开放后")
    assert f"开放至：{day_in_words(day)}" in client.get(page(form, "history")).content.decode()


def test_it_ends_by_itself(world: World, form: Declaration) -> None:
    close(world)
    open_alone(form, world)
    assert fresh(form).editable_by(world.filler)
    Declaration.objects.update(open_until=timezone.now() - timedelta(seconds=1))
    assert not fresh(form).editable_by(world.filler)


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [
        (None, "理由", "没有填写开放至哪一天"),
        (-1, "理由", "须在今天以后、366天以内"),
        (367, "理由", "须在今天以后、366天以内"),
        (5, " ", "没有办理“单独开放”：理由为空"),
    ],
)
def test_a_day_and_a_reason_are_needed(
    client: Client, world: World, form: Declaration, days: int | None, reason: str, words: str
) -> None:
    close(world)
    sign_in(client, world, "perf")
    day = "" if days is None else (TODAY() + timedelta(days=days)).isoformat()
    html = client.post(page(form, "step", "open_alone"), {"open_until": day, "opinion": reason}).content.decode()
    assert words in html
    assert fresh(form).open_until is None


def test_what_ends_earlier_than_the_round_opens_nothing(world: World, form: Declaration) -> None:
    with pytest.raises(StepRefused, match="才截止，无须开放至"):
        open_alone(form, world, days=5)
    open_alone(form, world, days=30)
    Declaration.objects.update(campaign=None)
    with pytest.raises(StepRefused, match="不受批次截止时间限制"):
        open_alone(fresh(form), world, days=30)


def test_several_from_the_list(client: Client, world: World, form: Declaration) -> None:
    second, sent = world.declaration(title="第二"), world.advance(world.declaration(title="已送"), "submit")
    close(world)
    sign_in(client, world, "perf")
    chosen = {"action": "open_chosen", "_selected_action": [form.pk, second.pk, sent.pk]}
    asked = client.post("/admin/targets/budgetproject/", chosen, follow=True)
    assert [line.split("：")[0] for line in told(asked)] == ["有1张不能单独开放"]
    assert {one.title for one in asked.context["forms"]} == {"学前教育补助", "第二"}
    said = {"form": [form.pk, second.pk, sent.pk], "open_until": "", "opinion": "会议推迟。"}
    refused = client.post(OPENING, said).content.decode()
    assert refused.count("没有填写开放至哪一天") == 1
    assert "（2张：“学前教育补助”、“第二”）" in refused
    said["open_until"] = (TODAY() + timedelta(days=3)).isoformat()
    done = client.post(OPENING, said, follow=True)
    assert [line.split("：")[0] for line in told(done)] == ["已单独开放2张"]
    assert {one.title: one.is_open_alone for one in Declaration.objects.all()} == {
        "学前教育补助": True,
        "第二": True,
        "已送": False,
    }


# Returned late --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("closes", "is_given"), [(-1, True), (5, True), (20, False)])
def test_a_form_returned_late_is_mendable_for_the_year_s_days(
    client: Client, world: World, form: Declaration, closes: int, is_given: bool
) -> None:
    world.advance(form, "submit", "forward")
    world.campaign.closes_at = timezone.now() + timedelta(days=closes)
    world.campaign.save()
    world.advance(form, "return")
    day = TODAY() + timedelta(days=10)
    assert fresh(form).open_until == (end_of(day) if is_given else None)
    assert form.events.latest("number").particulars == ({"修改期限": day_in_words(day)} if is_given else {})
    close(world)
    assert fresh(form).editable_by(world.filler) is is_given
    if is_given:
        sign_in(client, world, "filler")
        words = f"退回的表在批次截止后仍可修改，请在{day.month}月{day.day}日前送审。"
        assert words in client.get(page(form)).content.decode()


# Pages ----------------------------------------------------------------------------------------------------------------


def test_a_list_of_many_asks_no_more_than_one_of_few(client: Client, world: World, form: Declaration) -> None:
    close(world)

    def counted() -> list[int]:
        numbers = []
        for who, address in (("filler", "/admin/"), ("filler", "/admin/day/"), ("perf", OPENING)):
            sign_in(client, world, who)
            chosen = {"form": list(Declaration.objects.values_list("pk", flat=True))} if address == OPENING else {}
            client.get(address, chosen)
            with CaptureQueriesContext(connection) as captured:
                client.get(address, chosen)
            numbers.append(len(captured))
        return numbers

    few = counted()
    for number in range(4):
        world.declaration(title=f"又一张{number}")
    assert counted() == few


def test_planning_an_import_late_takes_as_many_statements_for_many(world: World) -> None:
    titles = [f"项目{number}" for number in range(6)]
    for title in titles:
        world.declaration(title=title)
    close(world)

    def statements(number: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            imported(world, "filler", *titles[:number])
        return len(captured)

    assert statements(2) == statements(6)
