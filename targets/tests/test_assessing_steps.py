"""The review form 审核表 goes along with its step: when it suggests, when it is asked for, what remains of it."""

import pytest
from django.db import transaction

from targets.guards import Order
from targets.models import Assessment, BudgetYear, Declaration, ReviewEvent, Revision
from targets.models.year import AssessmentNeed
from targets.review import StepRefused
from targets.review_many import Asked, lock_forms, take_together
from targets.storing import store
from targets.tests.test_assessing import FULL_POINTS, at, change, key, page_of, reader, step, values
from targets.tests.test_trail import past_the_triggers
from targets.tests.world import World, client_of
from targets.trail import verify


def test_a_weak_form_suggests_a_return_and_drafts_its_opinion(world: World) -> None:
    form = key(at(world, "submit", "forward"))
    there = reader("office").open(page_of(form))
    there.press(
        "保存审核表", **values("9", "9", "10", "7", "10", "9", "9", "9"), **{"note:4": "没有量化"}, opinion="须修改。"
    )
    there.open(change(form))
    assert "审核表：72分 中，建议退回" in there.page
    draft = there.fields()["opinion"][0]
    assert draft.splitlines() == [
        "须修改。",
        "1. 目标相关性（10分，满分15分）",
        "2. 指标科学性（7分，满分15分）：没有量化",
        "3. 绩效合理性（10分，满分15分）",
        "4. 资金匹配性（9分，满分15分）",
    ]
    there.press("退回")
    form.refresh_from_db()
    event = form.events.last()
    one = Assessment.objects.get()
    assert event
    assert (form.state, event.opinion, one.event) == ("returned", draft, event)
    assert event.particulars == {"审核表得分": "72", "综合评定等级": "中", "审核表摘要": one.fingerprint()}


def test_it_suggests_and_never_forces(world: World) -> None:
    form = at(world, "submit", "forward")
    world.judge(form, "fails")
    step(form, "forward", world.office)
    form.refresh_from_db()
    event = form.events.last()
    assert event
    assert (form.state, event.particulars["综合评定等级"]) == ("performance_review", "差")


def test_only_a_complete_form_of_this_text_goes_along(world: World) -> None:
    form = at(world, "submit", "forward")
    reader("office").open(page_of(form)).press("保存审核表", **values("meets"))
    assert "审核表：已填1项，共8项" in client_of(world.office).get(change(form)).content.decode()
    world.note(form, world.office)
    step(form, "return", world.office, "请改")
    event = form.events.last()
    assert event
    assert (event.particulars, Assessment.objects.get().event) == ({}, None)


def test_a_form_that_came_again_is_judged_again_from_what_was_said(world: World) -> None:
    form = at(world, "submit", "forward")
    world.judge(form, "fails", opinion="上次的意见", internal_note="只给自己看")
    step(form, "return", world.office, "请改")
    form.refresh_from_db()
    changed = world.record(goal="改过：为全区1200名幼儿发放补助100万元，提高保障水平，减轻家庭负担。")
    store([(form, changed)], by=world.filler, reason=Revision.Reason.EDIT)
    world.advance(form, "submit", "forward")
    there = reader("office").open(page_of(form))
    assert "这份审核表依据第1稿，现为第2稿" in there.page
    assert there.fields()["value:1"] == ["fails"]
    assert there.fields()["opinion"] == ["上次的意见"]
    there.press("保存审核表", **values(*["meets"] * 8))
    told = [(one.number, one.revision.number, one.result, one.event is not None) for one in form.assessments.all()]
    assert told == [(1, 1, "差", True), (2, 2, "优", False)]


def test_a_draft_of_an_older_text_says_so_and_stays_behind(world: World) -> None:
    form = at(world, "submit", "forward")
    reader("office").open(page_of(form)).press("保存审核表", **values(*["meets"] * 8))
    world.note(form, world.office)
    Assessment.objects.update(grade="", answers=[])  # not ready: the return leaves it behind
    step(form, "return", world.office, "请改")
    form.refresh_from_db()
    store([(form, world.record(title="改名"))], by=world.filler, reason=Revision.Reason.EDIT)
    world.advance(form, "submit", "forward")
    assert "审核表：依据第1稿，现为第2稿，请核对" in client_of(world.office).get(change(form)).content.decode()
    step(form, "forward", world.office)
    event = form.events.last()
    assert event
    assert event.particulars == {}


def test_a_return_with_a_weak_form_needs_no_other_place(world: World) -> None:
    form = at(world, "submit", "forward")
    form.refresh_from_db()
    with pytest.raises(StepRefused, match="没有系统校验问题，也没有修改意见"):
        step(form, "return", world.office, "请改")
    world.judge(form, "fails")
    step(form, "return", world.office, "请改")
    form.refresh_from_db()
    assert form.state == "returned"


@pytest.mark.parametrize(
    ("need", "is_key", "is_asked"),
    [
        (AssessmentNeed.NONE, True, False),
        (AssessmentNeed.KEY, False, False),
        (AssessmentNeed.KEY, True, True),
        (AssessmentNeed.ALL, False, True),
    ],
)
def test_a_year_may_demand_it_before_finance_passes(world: World, need: str, is_key: bool, is_asked: bool) -> None:
    BudgetYear.objects.update(assessment_need=need)
    form = at(world, "submit", "forward")  # the department is not asked
    Declaration.objects.update(is_key=is_key)
    page = reader("office").open(change(form))
    refused = "没有初审通过：这张表须先填审核表" in page.page
    assert refused == is_asked
    if is_asked:
        page.open(page_of(form)).press("保存审核表", **values(*(FULL_POINTS if is_key else ["meets"] * 8)))
        page.open(change(form))
    page.press("初审通过")
    form.refresh_from_db()
    assert form.state == "performance_review"


def test_many_steps_together_take_their_review_forms_along(world: World) -> None:
    forms = [at(world, "submit", "forward", title=f"项目{number}") for number in range(3)]
    judged = [world.judge(form, value) for form, value in zip(forms[:2], ("meets", "mostly"), strict=True)]
    with transaction.atomic():
        locked = lock_forms([form.pk for form in forms])
        orders = [Asked(locked[form.pk], "forward", world.office, Order(seen_revision=1)) for form in forms]
        assert take_together(orders) == ["", "", ""]
    for one in judged:
        one.refresh_from_db()
    events = {event.declaration_id: event for event in ReviewEvent.objects.filter(from_state="office_review")}
    assert [one.event for one in judged] == [events[form.pk] for form in forms[:2]]
    assert [events[form.pk].particulars.get("综合评定等级") for form in forms] == ["优", "良", None]
    assert verify().breaks == []


def test_a_change_after_the_step_is_seen(world: World) -> None:
    form = at(world, "submit")
    world.judge(form)
    world.advance(form, "forward")
    assert verify().breaks == []
    one = Assessment.objects.get()
    one.answers[0]["value"] = "fails"
    with past_the_triggers():
        one.save()
    [broken] = verify().breaks
    assert (broken.form, broken.what) == (
        form.pk,
        "第2次办理“报送财政”（boss某）所附的审核表与登记的摘要不符，被改动、换掉或删除。",
    )
