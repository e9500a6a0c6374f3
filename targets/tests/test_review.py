"""The workflow: what a step needs, what it leaves behind. Who may take which is the table of test_separation."""

from dataclasses import replace

import pytest
from django.utils import timezone

from departments.models import Membership, Person
from departments.roles import ROLES
from targets.domain.edits import Change
from targets.domain.record import PLAN, IndicatorRow
from targets.editing import apply_changes, fresh_declaration
from targets.guards import Order
from targets.models import Declaration, Revision
from targets.review import StepRefused, levels_to_return_to, open_steps, take_step, whose_turn
from targets.storing import store
from targets.tests.world import ADJUSTMENT, World

SAID = Order(
    opinion="请补充。",
    document_number="川财绩〔2023〕1号",
    document_date=timezone.localdate(),
    adjustment=ADJUSTMENT,
)
SEEN = Order(seen_revision=1)

PEOPLE = "filler sibling stranger boss office other_office perf perf2 budget admin auditor root nobody".split()


def test_confirming_passes_authorship_to_the_department(world: World) -> None:
    form = world.declaration(by=world.perf)
    assert form.awaits_confirmation
    assert form.authors() == {world.perf.pk}
    with pytest.raises(StepRefused, match="由财政代录"):
        take_step(form, "submit", by=world.filler)
    take_step(form, "confirm", by=world.filler)
    assert form.authors() == {world.filler.pk}
    assert not Declaration.objects.get(pk=form.pk).awaits_confirmation
    world.advance(form, "submit", "forward", "forward", "pass")
    assert form.state == "passed"


def test_the_whole_way_leaves_an_event_for_every_step(world: World) -> None:
    form = world.declaration()
    world.advance(form, "submit", "forward")
    world.note(form, world.office)
    take_step(form, "return", by=world.office, order=Order(opinion="指标值偏低。"))
    row = form.record().rows[1]
    apply_changes(form, [Change(row.key, "target", "≥1200人", "≥1300人")], by=world.filler)
    world.advance(form, "submit", "forward", "forward", "pass", "approve")
    told = [
        (
            event.number,
            event.step,
            event.from_state,
            event.to_state,
            event.person_name,
            event.role,
            event.opinion,
            event.revision.number,
        )
        for event in form.events.all()
    ]
    opinion = "请按意见修改。"
    assert told == [
        (1, "submit", "draft", "department_review", "filler某", "filler", opinion, 1),
        (2, "forward", "department_review", "office_review", "boss某", "department_reviewer", opinion, 1),
        (3, "return", "office_review", "returned", "office某", "office_reviewer", "指标值偏低。", 1),
        (4, "submit", "returned", "department_review", "filler某", "filler", opinion, 2),
        (5, "forward", "department_review", "office_review", "boss某", "department_reviewer", opinion, 2),
        (6, "forward", "office_review", "performance_review", "office某", "office_reviewer", opinion, 2),
        (7, "pass", "performance_review", "passed", "perf某", "performance_reviewer", opinion, 2),
        (8, "approve", "passed", "approved", "budget某", "budget_office", opinion, 2),
    ]
    form.refresh_from_db()
    second = form.revisions.get(number=2)
    assert (form.submitted_revision, form.passed_revision, form.approved_revision) == (second, second, second)


def test_needs_are_told_in_words(world: World) -> None:
    form = world.declaration()
    world.advance(form, "submit")
    with pytest.raises(StepRefused, match="审核意见为空"):
        take_step(form, "return", by=world.boss, order=Order())
    with pytest.raises(StepRefused, match="又有修改（现为第1稿）"):
        take_step(form, "forward", by=world.boss, order=Order(seen_revision=7))
    world.advance(form, "forward", "forward", "pass")
    with pytest.raises(StepRefused, match="请填写文号和发文日期"):
        take_step(form, "approve", by=world.budget, order=Order(document_number="川财绩〔2023〕1号"))
    with pytest.raises(StepRefused, match="没有这个办理步骤"):
        take_step(form, "nonsense", by=world.budget)


def test_withdrawing_ends_with_the_first_act_of_a_reviewer(world: World) -> None:
    form = world.declaration()
    world.advance(form, "submit", "forward")
    with pytest.raises(StepRefused, match="审核人已经办理"):
        take_step(form, "withdraw", by=world.filler)
    other = world.declaration(title="另一项目")
    world.advance(other, "submit", "withdraw")
    assert other.state == "draft"


def test_an_error_blocks_submission(world: World) -> None:
    form = world.declaration(rows=(IndicatorRow(level1="产出指标", level2="数量指标", name="人数", target=""),))
    with pytest.raises(StepRefused, match=r"还有\d+处错误须修改或作情况说明"):
        take_step(form, "submit", by=world.filler)
    assert form.state == "draft"


def test_who_does_not_say_what_he_saw_passes_nothing(world: World) -> None:
    form = world.advance(world.declaration(), "submit")
    with pytest.raises(StepRefused, match="没有说明您看的是第几稿"):
        take_step(form, "forward", by=world.boss)


def test_a_closed_year_takes_no_submission_and_no_adjustment(world: World) -> None:
    draft = world.declaration(title="未送审")
    approved = world.advance(world.declaration(), "submit", "forward", "forward", "pass", "approve")
    in_review = world.advance(world.declaration(title="在审"), "submit")
    world.year.is_closed = True
    world.year.save()
    for form, slug in ((draft, "submit"), (approved, "adjust")):
        with pytest.raises(StepRefused, match="2023年度已关账，不再编报"):
            take_step(Declaration.objects.get(pk=form.pk), slug, by=world.filler, order=SAID)
    assert world.advance(in_review, "forward", "forward", "pass", "approve").events.count() == 5


def test_an_adjustment_left_over_in_a_closed_year_is_no_historical_data(world: World) -> None:
    form = world.advance(world.declaration(), "submit", "forward", "forward", "pass", "approve", "adjust")
    world.year.is_closed = True
    world.year.save()
    with pytest.raises(StepRefused, match="上一版已批复并在执行中"):
        take_step(Declaration.objects.get(pk=form.pk), "adopt", by=world.admin, order=SAID)


def test_a_confirmation_takes_over_what_finance_entered_not_what_the_unit_wrote(world: World) -> None:
    form = world.declaration()
    store([(form, replace(form.record(), goal="代录的目标。"))], by=world.perf, reason=Revision.Reason.IMPORT)
    second = Person.objects.create_user("filler2", name="另一经办人")
    Membership.objects.create(person=second, department=world.school, role="filler")
    assert form.authors() == {world.filler.pk, world.perf.pk}
    take_step(form, "confirm", by=second)
    assert form.authors() == {world.filler.pk, second.pk}


def test_the_two_finance_signers_are_two_people(world: World) -> None:
    office = world.people["office"].memberships.get().office
    Membership.objects.create(person=world.perf, department=world.finance, role="office_reviewer", office=office)
    perf = type(world.perf).objects.get(pk=world.perf.pk)
    form = world.declaration()
    world.advance(form, "submit", "forward")
    take_step(form, "forward", by=perf, order=SEEN)
    with pytest.raises(StepRefused, match="须由另一人作绩效科审核"):
        take_step(form, "pass", by=perf, order=SEEN)
    world.year.two_signers = False
    world.year.save()
    take_step(Declaration.objects.get(pk=form.pk), "pass", by=perf, order=SEEN)
    form.refresh_from_db()
    assert form.state == "passed"


@pytest.mark.parametrize(
    ("in_use", "states"),
    [
        (
            ["department_review", "office_review", "performance_review"],
            ["department_review", "office_review", "performance_review", "passed"],
        ),
        (["office_review", "performance_review"], ["office_review", "performance_review", "passed"]),
        (["performance_review"], ["performance_review", "passed"]),
    ],
)
def test_a_level_that_the_year_does_not_use_is_skipped(world: World, in_use: list[str], states: list[str]) -> None:
    world.year.review_levels = in_use
    world.year.save()
    form = world.declaration()
    seen = []
    world.advance(form, "submit")
    seen.append(form.state)
    while form.state != "passed":
        world.advance(form, "pass" if form.state == "performance_review" else "forward")
        seen.append(form.state)
    assert seen == states


def test_a_return_may_go_to_a_lower_level_in_use(world: World) -> None:
    form = world.declaration()
    world.advance(form, "submit", "forward", "forward")
    assert list(levels_to_return_to(form)) == ["returned", "department_review", "office_review"]
    world.note(form, world.perf)
    with pytest.raises(StepRefused, match="不能退回到所选环节"):
        take_step(form, "return", by=world.perf, order=Order(opinion="再看", to_level="performance_review"))
    take_step(form, "return", by=world.perf, order=Order(opinion="请业务科室再看", to_level="office_review"))
    assert form.state == "office_review"


def test_an_adjustment_leaves_the_approved_version_in_force(world: World) -> None:
    form = world.declaration()
    world.advance(form, "submit", "forward", "forward", "pass", "approve", "adjust")
    approved = form.approved_revision
    assert (form.state, form.version) == ("draft", 2)
    assert approved is not None
    row = form.record().rows[1]
    apply_changes(form, [Change(row.key, "target", "≥1200人", "≥1000人")], by=world.filler)
    form.refresh_from_db()
    assert form.approved_revision == approved
    assert approved.record.rows[1].target == "≥1200人"
    with pytest.raises(StepRefused, match="上一版已批复并在执行中"):
        take_step(form, "void", by=world.boss, order=SAID)


def test_past_years_are_adopted_only_when_closed(world: World) -> None:
    form = world.declaration(by=world.admin)
    with pytest.raises(StepRefused, match="未关账"):
        take_step(form, "adopt", by=world.admin, order=SAID)
    world.year.is_closed = True
    world.year.save()
    take_step(Declaration.objects.get(pk=form.pk), "adopt", by=world.admin, order=SAID)
    form.refresh_from_db()
    assert form.state == "approved"


def test_whose_turn_is_said_in_words(world: World) -> None:
    form = world.declaration()
    said = [whose_turn(form)]
    for slug in ("submit", "forward", "forward", "pass", "approve"):
        world.advance(form, slug)
        said.append(whose_turn(form))
    assert said == [
        "淄川区实验学校 单位经办人",
        "教育和体育局 主管部门审核人",
        "财政业务科室 教科文科",
        "绩效科",
        "预算科（批复）",
        "—",
    ]


def test_who_sees_a_form_and_who_reads_its_draft(world: World) -> None:
    form = world.declaration()
    seeing = {name for name in PEOPLE if Declaration.objects.visible_to(world.people[name]).exists()}
    reading = {name for name in PEOPLE if form.record_for(world.people[name])}
    assert seeing == {"filler", "boss", "office", "perf", "perf2", "budget", "admin", "auditor", "root"}
    assert reading == {"filler", "boss"}
    world.advance(form, "submit")
    form.refresh_from_db()
    assert {name for name in seeing if form.record_for(world.people[name])} == seeing


def test_after_a_return_others_read_what_was_submitted(world: World) -> None:
    form = world.declaration()
    world.advance(form, "submit", "return")
    row = form.record().rows[1]
    apply_changes(form, [Change(row.key, "target", "≥1200人", "≥1300人")], by=world.filler)
    form.refresh_from_db()
    seen = {name: form.record_for(world.people[name]).rows[1].target for name in ("filler", "boss", "perf", "auditor")}  # type: ignore[union-attr]
    assert seen == {"filler": "≥1300人", "boss": "≥1300人", "perf": "≥1200人", "auditor": "≥1200人"}


def test_a_plan_goes_the_same_way(world: World) -> None:
    record = world.record(
        kind=PLAN, title="2023年整体绩效目标表", unit="", total=None, fiscal=None, other=None, goal="", rows=()
    )
    form = fresh_declaration(record, world.year, department=world.education.pk, unit=world.school.pk)
    form.save()
    store([(form, record)], by=world.filler, reason=Revision.Reason.EDIT)
    assert form.heading == "淄川区实验学校2023年整体绩效目标表"
    assert set(ROLES) >= {offer.role for offer in open_steps(form, world.filler)}
