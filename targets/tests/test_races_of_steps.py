"""Races of the steps: whoever comes second is told, nothing is half done, the trail holds. On both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from departments.models import Deputation, Membership, Person
from departments.models.register import today
from departments.roles import DEPARTMENT_REVIEWER, FILLER, OFFICE_REVIEWER
from targets.domain.edits import Change
from targets.domain.sheets.writer import write_official
from targets.editing import apply_changes
from targets.intake.batch import open_batch, read_batch
from targets.intake.storing import store_batch
from targets.models import Declaration
from targets.tests.threads import DONE, step, together
from targets.tests.world import World, make_world
from targets.trail import verify

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = range(3)


@pytest.fixture
def world() -> World:
    return make_world()


def colleague(world: World, role: str) -> Person:
    """A second person in the post of the first who has it."""
    post = Membership.objects.filter(role=role).order_by("pk")[0]
    person = Person.objects.create_user("colleague", password="a good long one", name="同事")
    Membership.objects.create(person=person, department=post.department, role=role, office=post.office)
    return person


def state_of(form: Declaration) -> str:
    """And of the trail: a form whose chain does not hold is in no state."""
    assert verify().breaks == []
    return Declaration.objects.get(pk=form.pk).state


# Two people of whom one can act: who acts, and how far the form has come → the steps, and where each leads
RIVALS = {
    "two of the department": (("submit",), ("boss", "forward", "office_review"), ("colleague", "return", "returned")),
    "two of the office": (
        ("submit", "forward"),
        ("office", "forward", "performance_review"),
        ("colleague", "reject", "rejected"),
    ),
    "two who forward": (
        ("submit", "forward"),
        ("office", "forward", "performance_review"),
        ("colleague", "forward", "performance_review"),
    ),
    "two of the performance office": (
        ("submit", "forward", "forward"),
        ("perf", "pass", "passed"),
        ("perf2", "reject", "rejected"),
    ),
    "two who pass": (
        ("submit", "forward", "forward"),
        ("perf", "pass", "passed"),
        ("perf2", "pass", "passed"),
    ),
    "an approval and a return": (
        ("submit", "forward", "forward", "pass"),
        ("budget", "approve", "approved"),
        ("perf", "return", "returned"),
    ),
    "two approvals": (
        ("submit", "forward", "forward", "pass"),
        ("budget", "approve", "approved"),
        ("perf", "approve", "approved"),
    ),
}


@pytest.mark.parametrize("attempt", TIMES)
@pytest.mark.parametrize("name", RIVALS)
def test_of_two_who_act_on_one_form_one_acts(world: World, name: str, attempt: int) -> None:
    way, *rivals = RIVALS[name]
    form = world.advance(world.declaration(), *way)
    if "colleague" in rivals[1]:
        role = DEPARTMENT_REVIEWER if "boss" in rivals[0] else OFFICE_REVIEWER
        world.people["colleague"] = colleague(world, role)
    world.note(form, world.people[rivals[1][0]])
    events = form.events.count()
    told = together(*(step(form, slug, world.people[who]) for who, slug, _ in rivals))
    winner = told.index(DONE)
    loser = told[1 - winner]
    assert state_of(form) == rivals[winner][2]
    assert "可能刚被他人办理。请刷新后再看。" in loser or "这一步由" in loser
    assert form.events.count() == events + 1


@pytest.mark.parametrize("attempt", TIMES)
@pytest.mark.parametrize(
    ("levels", "slug", "who"),
    [(["performance_review"], "pass", "perf"), (["office_review", "performance_review"], "forward", "office")],
)
def test_a_review_against_the_units_withdrawal(
    world: World, levels: list[str], slug: str, who: str, attempt: int
) -> None:
    """At the first level that the year uses; approving is further on, see below."""
    world.year.review_levels = levels
    world.year.save()
    form = world.advance(world.declaration(), "submit")
    told = together(step(form, slug, world.people[who]), step(form, "withdraw", world.filler))
    after = {"perf": "passed", "office": "performance_review", "boss": "office_review"}[who]
    assert sorted(one == DONE for one in told) == [False, True]
    assert state_of(form) == (after if told[0] == DONE else "draft")
    assert told[0] == DONE or "现在是“编制中”" in told[0]
    assert told[1] == DONE or "不能撤回：" in told[1]


@pytest.mark.parametrize("attempt", TIMES)
def test_a_pass_and_a_return_end_in_the_return(world: World, attempt: int) -> None:
    """What was passed may still be returned: where the return comes second, both are done."""
    form = world.advance(world.declaration(), "submit", "forward", "forward")
    world.note(form, world.perf2)
    told = together(step(form, "pass", world.perf), step(form, "return", world.perf2))
    assert told[1] == DONE
    assert told[0] == DONE or "现在是“已退回（待修改）”" in told[0]
    assert state_of(form) == "returned"


@pytest.mark.parametrize("attempt", TIMES)
def test_an_approval_is_not_hindered_by_a_withdrawal(world: World, attempt: int) -> None:
    form = world.advance(world.declaration(), "submit", "forward", "forward", "pass")
    told = together(step(form, "approve", world.budget), step(form, "withdraw", world.filler))
    assert told[0] == DONE
    assert "不能撤回：" in told[1]
    assert state_of(form) == "approved"


@pytest.mark.parametrize("attempt", TIMES)
def test_a_return_against_an_edit_of_the_unit(world: World, attempt: int) -> None:
    """The edit is refused while the form is away, or comes after the return: never into the text that was judged."""
    form = world.advance(world.declaration(), "submit")
    world.note(form, world.boss)
    row = form.record().rows[1]
    filler = Person.objects.get(pk=world.filler.pk)

    def edit() -> object:
        return apply_changes(form, [Change(row.key, "target", "≥1200人", "≥1300人")], by=filler)

    told = together(step(form, "return", world.boss), edit)
    assert told[0] == DONE
    assert told[1] == DONE or "待主管部门审核" in told[1]
    assert state_of(form) == "returned"
    form = Declaration.objects.get(pk=form.pk)
    judged = form.events.get(step="return").revision.record.rows[1].target
    assert (judged, form.record().rows[1].target) == ("≥1200人", "≥1300人" if told[1] == DONE else "≥1200人")


@pytest.mark.parametrize("attempt", TIMES)
def test_an_import_against_a_submission(world: World, attempt: int) -> None:
    """The import goes into what is then submitted, or is left out and told: never into a text under review."""
    form = world.declaration()
    record = replace(form.record(), goal="另一个目标：为全区1200名幼儿发放补助100万元。")
    batch = open_batch(write_official([record]), "项目.xlsx", by=world.filler)
    read_batch(batch)
    filler = Person.objects.get(pk=world.filler.pk)

    def bring_in() -> str:
        return "".join(store_batch(batch, by=filler).values())

    told = together(step(form, "submit", world.filler), bring_in)
    assert told[0] == DONE
    assert told[1] == DONE or "已变为“待主管部门审核”，没有导入。" in told[1]
    assert state_of(form) == "department_review"
    form = Declaration.objects.get(pk=form.pk)
    assert form.submitted_revision == form.current_revision
    assert form.current_revision is not None
    assert form.current_revision.record == form.record()
    assert form.goal.startswith("另一个目标" if told[1] == DONE else "为全区")


@pytest.mark.parametrize("attempt", TIMES)
def test_the_absent_person_and_his_deputy_at_once(world: World, attempt: int) -> None:
    form = world.advance(world.declaration(), "submit")
    days = {"valid_from": today(), "valid_to": today() + timedelta(days=7)}
    Deputation.objects.create(absent=world.boss, deputy=world.nobody, reason="出差", arranged_by=world.admin, **days)
    told = together(step(form, "forward", world.boss), step(form, "forward", world.nobody))
    assert sorted(one == DONE for one in told) == [False, True]
    assert state_of(form) == "office_review"
    signed = str(form.events.get(step="forward").signature)
    assert signed == ("boss某" if told[0] == DONE else "nobody某（代boss某）")


@pytest.mark.parametrize("attempt", TIMES)
def test_two_arrange_a_deputy_for_one_post_at_once(world: World, attempt: int) -> None:
    """The person himself and the administrator, on their pages: one deputy."""
    Membership.objects.create(person=world.nobody, department=world.school, role=FILLER)
    body = {"valid_from": today().isoformat(), "valid_to": today().isoformat(), "reason": "出差"}

    def post(who: Person, name: str, **said: object) -> Callable[[], str]:
        client = Client()
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")

        def deed() -> str:
            answer = client.post(reverse(f"admin:departments_deputation_{name}"), {**body, **said})
            return "" if answer.status_code == 302 else answer.content.decode()

        return deed

    told = together(
        post(world.filler, "own", deputy=world.nobody.pk),
        post(world.admin, "add", absent=world.filler.pk, deputy=world.sibling.pk, post=""),
    )
    assert sorted(one == DONE for one in told) == [False, True]
    assert "日期重叠" in told[0] + told[1]
    assert Deputation.objects.count() == 1
