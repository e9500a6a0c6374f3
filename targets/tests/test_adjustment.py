"""调整: what changes and what it does to the budget is said first; what was approved stays in force until the new one is, or for good."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from departments.models import Person
from targets.disclosure import desk
from targets.domain.edits import Change
from targets.editing import apply_changes
from targets.guards import Order
from targets.models import Declaration, Disclosure
from targets.outgoing.text import readable
from targets.review import StepRefused, take_step
from targets.tests.samples import APPROVAL
from targets.tests.test_project_page import page
from targets.tests.test_steps_page import offered, sign_in
from targets.tests.world import ADJUSTMENT, World
from targets.trail import verify

TOLD = {"调整内容": ADJUSTMENT["content"], "对预算的影响": ADJUSTMENT["budget_effect"]}


@pytest.fixture
def approved(world: World) -> Declaration:
    return world.advance(world.declaration(), *APPROVAL)


def change(world: World, form: Declaration, new: str = "≥1000人") -> None:
    row = form.record().rows[1]
    apply_changes(form, [Change(row.key, "target", row.target, new)], by=world.filler)


@pytest.fixture
def adjusted(world: World, approved: Declaration) -> Declaration:
    """Its second row says ≥1000人 instead of ≥1200人, not sent yet."""
    world.advance(approved, "adjust")
    change(world, approved)
    return fresh(approved)


def fresh(form: Declaration) -> Declaration:
    return Declaration.objects.get(pk=form.pk)


def targets_read_by(person: Person | None) -> list[str]:
    return [out.record.rows[1].target for out in readable(Declaration.objects.all(), person)]


# Asked and told -------------------------------------------------------------------------------------------------------


def test_three_things_are_asked_and_stand_in_the_trail(client: Client, world: World, approved: Declaration) -> None:
    sign_in(client, world, "filler")
    html = client.get(page(approved)).content.decode()
    assert [name in html for name in ("调整事由", 'name="content"', 'name="budget_effect"')] == [True] * 3
    client.post(page(approved, "step", "adjust"), {"opinion": "学生减少。", **ADJUSTMENT})
    event = approved.events.latest("number")
    assert (event.step, event.opinion, event.particulars) == ("adjust", "学生减少。", TOLD)
    assert (fresh(approved).state, fresh(approved).version) == ("draft", 2)


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ("opinion", "没有办理“调整”：理由为空"),
        ("content", "没有办理“调整”：调整内容为空"),
        ("budget_effect", "没有办理“调整”：对预算的影响为空。请填写；不影响预算的，写明“不影响预算”。"),
    ],
)
def test_each_of_them_is_needed_and_what_was_typed_comes_back(
    client: Client, world: World, approved: Declaration, left_out: str, words: str
) -> None:
    sign_in(client, world, "filler")
    said = {"opinion": "学生减少。", **ADJUSTMENT}
    html = client.post(page(approved, "step", "adjust"), said | {left_out: " "}).content.decode()
    assert words in html
    assert all(text in html for name, text in said.items() if name != left_out)
    assert fresh(approved).state == "approved"


@pytest.mark.parametrize(("way", "who"), [((), "filler"), (("submit",), "boss"), (("submit", "forward"), "office")])
def test_they_stand_above_the_form_while_it_runs(
    client: Client, world: World, adjusted: Declaration, way: tuple[str, ...], who: str
) -> None:
    world.advance(adjusted, *way)
    sign_in(client, world, who)
    (strip,) = [one for one in client.get(page(adjusted)).context["strips"] if one.heading == "调整中"]
    assert strip.text.startswith(
        "调整事由：请按意见修改。\n调整内容：补助人数由1200人改为1000人。\n对预算的影响：不影响预算。\n第2版。已批复的一版"
    )
    assert f"对预算的影响：{ADJUSTMENT['budget_effect']}" in client.get(page(adjusted, "history")).content.decode()


# The reviewer's comparison --------------------------------------------------------------------------------------------


def test_an_adjustment_is_read_beside_what_was_approved_unless_asked_otherwise(
    client: Client, world: World, adjusted: Declaration
) -> None:
    world.advance(adjusted, "submit")
    sign_in(client, world, "boss")
    shown = client.get(page(adjusted))
    assert (shown.context["comparison"].against.number, shown.context["compared"].cells) == (1, 1)
    html = shown.content.decode()
    assert "与批复稿比较" in html
    assert "<del>" in html
    whole = client.get(page(adjusted), {"against": ""})
    assert whole.context["comparison"].against is None


def test_before_sending_the_unit_sees_the_same_difference(client: Client, world: World, adjusted: Declaration) -> None:
    sign_in(client, world, "filler")
    assert client.get(page(adjusted, "before")).context["compared"].cells == 1


def test_a_form_that_was_never_approved_is_read_whole(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), "submit", "return", "submit")
    sign_in(client, world, "boss")
    assert client.get(page(form)).context["comparison"].against is None


# What stays in force --------------------------------------------------------------------------------------------------


@pytest.fixture
def published(world: World, approved: Declaration) -> Disclosure:
    made = Disclosure.objects.create(division=world.division, year=2023, title="批次", created_by=world.perf)
    desk.choose(made, [approved], by=world.perf)
    desk.publish(made, by=world.perf, seen=desk.fingerprint(made))
    return made


def public_target(disclosure: Disclosure) -> str:
    item = disclosure.items.get()
    html = Client().get(reverse("public:form", args=[item.pk])).content.decode()
    (found,) = [text for text in ("≥1200人", "≥1000人", "≥900人") if text in html]
    return found


@pytest.mark.parametrize("way", [(), ("submit",), ("submit", "return"), ("submit", "forward", "forward", "pass")])
def test_public_page_and_congress_pack_keep_the_approved_text_until_the_new_one_is(
    world: World, published: Disclosure, adjusted: Declaration, way: tuple[str, ...]
) -> None:
    world.advance(adjusted, *way)
    pack = Disclosure.objects.create(division=world.division, year=2023, title="报人大", created_by=world.perf)
    (choice,) = desk.choices(pack, world.perf)
    assert (choice.record.rows[1].target, choice.is_being_adjusted) == ("≥1200人", True)
    desk.choose(pack, [adjusted], by=world.perf)
    assert pack.items.get().revision == adjusted.approved_revision
    assert public_target(published) == "≥1200人"


def test_others_export_the_approved_text_until_the_new_one_is_sent(world: World, adjusted: Declaration) -> None:
    assert {who: targets_read_by(world.people[who]) for who in ("filler", "perf", "budget", "auditor")} == {
        "filler": ["≥1000人"],
        "perf": ["≥1200人"],
        "budget": ["≥1200人"],
        "auditor": ["≥1200人"],
    }


def test_the_new_approval_puts_the_new_text_in_force(world: World, adjusted: Declaration) -> None:
    world.advance(adjusted, *APPROVAL)
    form = fresh(adjusted)
    assert form.approved_revision is not None
    assert (form.state, form.approved_revision.record.rows[1].target) == ("approved", "≥1000人")


# 撤销调整 ---------------------------------------------------------------------------------------------------------------


def abandon(client: Client, world: World, form: Declaration, reason: str = "不再调整。") -> Any:
    sign_in(client, world, "filler")
    return client.post(page(form, "step", "abandon"), {"opinion": reason}, follow=True)


@pytest.mark.parametrize("way", [(), ("submit", "return"), ("submit", "forward", "reject")])
def test_abandoned_the_form_is_as_it_was_approved(
    client: Client, world: World, published: Disclosure, adjusted: Declaration, way: tuple[str, ...]
) -> None:
    before = adjusted.approved_revision
    world.advance(adjusted, *way)
    abandon(client, world, adjusted)
    form = fresh(adjusted)
    event = form.events.latest("number")
    assert (form.state, event.step, event.opinion, event.to_state) == ("approved", "abandon", "不再调整。", "approved")
    assert before is not None
    assert (form.record(), form.approved_revision, form.submitted_revision, form.passed_revision) == (
        before.record,
        before,
        before,
        before,
    )
    assert verify().breaks == []
    last = form.current_revision
    assert last is not None
    assert (last.reason, last.note, event.revision) == ("adjustment", "撤销调整，恢复已批复的第1稿", last)
    assert targets_read_by(world.perf) == targets_read_by(world.filler) == ["≥1200人"]
    assert public_target(published) == "≥1200人"
    pack = Disclosure.objects.create(division=world.division, year=2023, title="报人大", created_by=world.perf)
    (choice,) = desk.choices(pack, world.perf)
    assert (choice.record.rows[1].target, choice.is_being_adjusted) == ("≥1200人", False)
    sign_in(client, world, "filler")
    assert offered(client.get(page(form)).content.decode()) == {"adjust"}


def test_an_abandoned_adjustment_leaves_its_text_in_the_history_and_another_may_begin(
    client: Client, world: World, adjusted: Declaration
) -> None:
    abandon(client, world, adjusted)
    form = fresh(adjusted)
    assert [one.record.rows[1].target for one in form.revisions.order_by("number")] == ["≥1200人", "≥1000人", "≥1200人"]
    world.advance(form, "adjust")
    change(world, form, "≥900人")
    world.advance(form, *APPROVAL)
    form = fresh(form)
    assert form.approved_revision is not None
    assert (form.version, form.approved_revision.record.rows[1].target) == (3, "≥900人")


def test_without_a_change_there_is_no_revision_of_it(client: Client, world: World, approved: Declaration) -> None:
    world.advance(approved, "adjust")
    abandon(client, world, approved)
    assert (fresh(approved).state, approved.revisions.count()) == ("approved", 1)


@pytest.mark.parametrize("who", ["sibling", "boss", "perf", "admin", "root"])
def test_only_its_filler_abandons_it(world: World, adjusted: Declaration, who: str) -> None:
    with pytest.raises(StepRefused, match="这一步由单位经办人办理"):
        take_step(adjusted, "abandon", by=world.people[who], order=Order(opinion="不再调整。"))


def test_what_is_no_adjustment_is_not_abandoned(world: World) -> None:
    with pytest.raises(StepRefused, match="还没有批复过，没有调整可以撤销"):
        take_step(world.declaration(), "abandon", by=world.filler, order=Order(opinion="不再调整。"))


def test_a_reason_is_needed(client: Client, world: World, adjusted: Declaration) -> None:
    assert "没有办理“撤销调整”：理由为空" in abandon(client, world, adjusted, " ").content.decode()
    assert (fresh(adjusted).state, fresh(adjusted).record().rows[1].target) == ("draft", "≥1000人")
