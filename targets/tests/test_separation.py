"""职责分离: who may take which step in which state, for every role, state and relation to the text's authors.

What is expected is written out here by hand; it is what the table of steps must say, and is not taken from it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from departments.models import Department, Deputation, Division, Membership, Office, Person
from departments.models.register import today
from departments.roles import AUDITOR, DEPARTMENT_REVIEWER, FILLER, NOT_LENT, OFFICE_REVIEWER, ROLES
from targets.domain.steps import STEPS
from targets.editing import fresh_declaration
from targets.findings import judge_declaration
from targets.guards import Order
from targets.intake.batch import open_batch
from targets.models import Ceiling, Declaration, Revision
from targets.remarks import REVIEWER_AT
from targets.review import StepRefused, open_steps, take_step
from targets.review_many import Asked, lock_forms, refusals_of
from targets.storing import store
from targets.tests.world import ADJUSTMENT, World

MAY: dict[str, dict[str, str]] = {
    "draft": {"submit": "filler", "void": "department_reviewer admin", "open_alone": "performance_reviewer"},
    "draft entered by finance": {
        "confirm": "filler",
        "void": "department_reviewer admin",
        "open_alone": "performance_reviewer",
    },
    "draft of an adjustment": {"submit": "filler", "abandon": "filler"},
    "draft of an import": {
        "submit": "filler",
        "void": "department_reviewer admin",
        "undo_import": "filler office_reviewer performance_reviewer budget_office admin",
        "open_alone": "performance_reviewer",
    },
    "draft of a closed year": {"void": "department_reviewer admin", "adopt": "admin"},
    "department_review": {
        "forward": "department_reviewer",
        "return": "department_reviewer",
        "withdraw": "filler",
    },
    "office_review": {
        "forward": "office_reviewer",
        "return": "office_reviewer",
        "reject": "office_reviewer",
        "request_return": "filler",
    },
    "office_review asked back": {
        "forward": "office_reviewer",
        "return": "office_reviewer",
        "reject": "office_reviewer",
        "refuse_request": "office_reviewer",
    },
    "performance_review": {
        "pass": "performance_reviewer",
        "return": "performance_reviewer",
        "reject": "performance_reviewer",
        "request_return": "filler",
    },
    "passed": {
        "approve": "budget_office performance_reviewer",
        "return": "performance_reviewer",
        "request_return": "filler",
    },
    "approved": {"adjust": "filler"},
    "approved off its ceiling": {"adjust": "filler", "ask_adjustment": "budget_office performance_reviewer"},
    "approved and asked to adjust": {"adjust": "filler"},
    "office_review off its ceiling": {
        "forward": "office_reviewer",
        "return": "office_reviewer",
        "reject": "office_reviewer",
        "request_return": "filler",
        "return_by_ceiling": "budget_office performance_reviewer",
    },
    "returned": {"submit": "filler", "void": "department_reviewer admin", "open_alone": "performance_reviewer"},
    "returned entered by finance": {
        "confirm": "filler",
        "void": "department_reviewer admin",
        "open_alone": "performance_reviewer",
    },
    "rejected": {},
    "rejected adjustment": {"abandon": "filler"},
    "void": {},
}
"""Where the form stands → step → the roles that may take it there. Nobody else may, and nothing else may be taken."""

REVIEWS = {"forward", "pass", "return", "reject", "refuse_request"}
"""Barred to who is bound to the text. To approve is no review."""


@dataclass(frozen=True)
class Relation:
    """How somebody who acts in a role stands to the text and to the post."""

    is_bound: bool = False
    """To the text: he wrote it, or acts for one who did, or it was written in his name."""
    is_deputy: bool = False
    """The post is an absent colleague's."""
    is_superuser: bool = False
    """He has the system administrator's steps besides; they are no reviews."""
    is_here: bool = True


RELATIONS = {
    "not author": Relation(),
    "author": Relation(is_bound=True),
    "author in another's place": Relation(is_bound=True),
    "in whose name it was written": Relation(is_bound=True),
    "deputy of the author": Relation(is_bound=True),
    "standing in for one who is not author": Relation(is_deputy=True),
    "standing in for the author": Relation(is_bound=True, is_deputy=True),
    "superuser": Relation(is_superuser=True),
    "superuser and author": Relation(is_bound=True, is_superuser=True),
    "of another unit, office or district": Relation(is_here=False),
}


def expected(stands: str, slug: str, role: str, relation: Relation) -> bool:
    roles = MAY[stands].get(slug, "").split()
    if slug in REVIEWS and relation.is_bound:
        return False
    if relation.is_superuser and "admin" in roles:
        return True
    return role in roles and relation.is_here and not (relation.is_deputy and role in NOT_LENT)


# The people -----------------------------------------------------------------------------------------------------------


@dataclass
class Cast:
    """One for each role and relation, with the absent colleagues; and a form that all the authors wrote."""

    world: World
    form: Declaration
    people: dict[tuple[str, str], Person]
    absent: dict[tuple[str, str], Person]


def newcomer(name: str) -> Person:
    return Person.objects.create_user(name, name=name[:40])


def employ(world: World, name: str, role: str, *, is_here: bool = True) -> Person:
    """A new person with one post."""
    person = newcomer(name)
    place(world, person, role, is_here=is_here)
    return person


def place(world: World, person: Person, role: str, *, is_here: bool = True) -> None:
    here = {FILLER: world.school, DEPARTMENT_REVIEWER: world.education}
    elsewhere = {FILLER: world.kindergarten, DEPARTMENT_REVIEWER: world.health, OFFICE_REVIEWER: world.finance}
    department = here.get(role, world.finance) if is_here else elsewhere.get(role, far_finance())
    office = Office.objects.get(name="教科文科" if is_here else "社会保障科") if role == OFFICE_REVIEWER else None
    Membership.objects.create(person=person, department=department, role=role, office=office)


def far_finance() -> Department:
    division, _ = Division.objects.get_or_create(code="370303000", name="淄博市张店区", short_name="张店区")
    return Department.objects.get_or_create(division=division, name="张店区财政局", is_finance=True)[0]


def depute(world: World, absent: Person, deputy: Person) -> Deputation:
    days = {"valid_from": today(), "valid_to": today() + timedelta(days=9)}
    made = Deputation(absent=absent, deputy=deputy, reason="休假", arranged_by=world.admin, **days)
    made.full_clean()
    made.save()
    return made


def write(form: Declaration, by: Person) -> None:
    """Change a word as a filler of the unit."""
    form = Declaration.objects.get(pk=form.pk)
    store(
        [(form, replace(form.record(), goal=f"{form.goal}稿"))],
        by=Person.objects.get(pk=by.pk),
        reason=Revision.Reason.EDIT,
    )


def moved(world: World, person: Person, role: str, *, is_here: bool = True) -> Person:
    """Was the unit's filler when he wrote, and has another post since."""
    person.memberships.all().delete()
    place(world, person, role, is_here=is_here)
    return person


def a_writer(world: World, form: Declaration, name: str, role: str, *, is_here: bool = True) -> Person:
    person = employ(world, name, FILLER)
    write(form, person)
    return moved(world, person, role, is_here=is_here)


@pytest.fixture
def cast(world: World) -> Cast:
    form = world.declaration()
    people, absent = {}, {}
    for role in ROLES:
        for name, relation in RELATIONS.items():
            key, label = (role, name), f"{role}, {name}"
            match name:
                case "author" | "superuser and author":
                    person = a_writer(world, form, label, role)
                case "author in another's place":
                    colleague, person = (
                        employ(world, f"for: {label}", FILLER),
                        newcomer(label),
                    )
                    deputation = depute(world, colleague, person)
                    write(form, person)
                    deputation.end(by=world.admin)
                    place(world, person, role)
                case "in whose name it was written":
                    person, deputy = employ(world, label, FILLER), newcomer(f"by: {label}")
                    deputation = depute(world, person, deputy)
                    write(form, deputy)
                    deputation.end(by=world.admin)
                    moved(world, person, role)
                case "deputy of the author":
                    person = employ(world, label, role)
                    writer = a_writer(world, form, f"written by: {label}", FILLER, is_here=False)
                    if role != AUDITOR:  # who audits is nobody's deputy
                        depute(world, writer, person)
                case "standing in for one who is not author" | "standing in for the author":
                    person = newcomer(label)
                    of = f"absent: {label}"
                    away = a_writer(world, form, of, role) if relation.is_bound else employ(world, of, role)
                    if role in NOT_LENT:  # a post besides, or nobody could be his deputy at all
                        place(world, away, FILLER, is_here=False)
                    depute(world, away, person)
                    absent[key] = away
                case _:
                    person = employ(world, label, role, is_here=relation.is_here)
            if relation.is_superuser:
                Person.objects.filter(pk=person.pk).update(is_superuser=True)
            people[key] = Person.objects.get(pk=person.pk)
    form.refresh_from_db()
    return Cast(world, form, people, absent)


# Where the form stands ------------------------------------------------------------------------------------------------

APPROVAL = ("submit", "forward", "forward", "pass", "approve")
WAY: dict[str, tuple[str, ...]] = {
    "draft": (),
    "department_review": ("submit",),
    "office_review": ("submit", "forward"),
    "office_review asked back": ("submit", "forward", "request_return"),
    "performance_review": ("submit", "forward", "forward"),
    "passed": ("submit", "forward", "forward", "pass"),
    "approved": APPROVAL,
    "draft of an adjustment": (*APPROVAL, "adjust"),
    "rejected adjustment": (*APPROVAL, "adjust", "submit", "forward", "reject"),
    "returned": ("submit", "return"),
    "rejected": ("submit", "forward", "reject"),
}


@contextmanager
def standing(cast: Cast, stands: str) -> Iterator[Declaration]:
    """The form there; afterwards everything is as it was."""
    world = cast.world
    with transaction.atomic():
        match stands:
            case "draft entered by finance" | "returned entered by finance":
                form = cast.form
                if stands.startswith("returned"):
                    world.advance(form, "submit", "return")
                write(form, world.perf)
            case "draft of an import":
                batch = open_batch(b"", "项目.xlsx", by=world.filler)
                record = world.record(title="导入的项目")
                form = fresh_declaration(record, world.year, department=world.education.pk, unit=world.school.pk)
                store([(form, record)], by=world.filler, reason=Revision.Reason.IMPORT, batch=batch)
            case "draft of a closed year":
                world.year.is_closed = True
                world.year.save()
                form = cast.form
            case "office_review off its ceiling" | "approved off its ceiling" | "approved and asked to adjust":
                form = world.advance(cast.form, *WAY[stands.split(maxsplit=1)[0]])
                Ceiling.objects.create(budget_year=world.year, unit=world.school, title=form.title, amount=1)
                if stands.endswith("asked to adjust"):
                    take_step(form, "ask_adjustment", by=world.budget)
            case "void":
                form = cast.form
                take_step(form, "void", by=world.boss, order=Order(opinion="重复"))
            case _:
                form = world.advance(cast.form, *WAY[stands])
        form = lock_forms([form.pk])[form.pk]
        if form.state in REVIEWER_AT:
            world.note(form, world.actor(form, "return"))
        yield form
        transaction.set_rollback(True)
    cast.form.refresh_from_db()
    world.year.is_closed = False


def said(form: Declaration) -> Order:
    """With everything that any step may need."""
    revision = form.current_revision
    assert revision is not None
    return Order(
        opinion="意见",
        seen_revision=revision.number,
        document_number="川财绩〔2023〕1号",
        document_date=timezone.localdate(),
        undoes_batch=revision.batch_id,
        open_until=timezone.localdate() + timedelta(days=30),
        adjustment=ADJUSTMENT,
    )


SLUGS = sorted({step.slug for step in STEPS})
Cell = tuple[str, str, str, str]


def table(cast: Cast) -> dict[Cell, bool]:
    return {
        (stands, slug, role, name): expected(stands, slug, role, RELATIONS[name])
        for stands in MAY
        for slug in SLUGS
        for role, name in cast.people
    }


def test_every_role_step_state_and_relation(cast: Cast) -> None:
    """What would be said to each of them, for each step, wherever the form may stand."""
    told: dict[Cell, str] = {}
    for stands in MAY:
        with standing(cast, stands) as form:
            asked = {
                (stands, slug, *key): Asked(form, slug, person, said(form))
                for slug in SLUGS
                for key, person in cast.people.items()
            }
            told |= dict(zip(asked, refusals_of(list(asked.values())), strict=True))
    assert {cell for cell, refusal in told.items() if not refusal} == {cell for cell, may in table(cast).items() if may}


def test_steps_are_taken_and_refused_as_was_said_and_events_name_both(cast: Cast) -> None:
    """Every step by everybody whose role it is: taken in the end, or refused with the authors named."""
    wrong = {}
    for stands, steps in MAY.items():
        with standing(cast, stands) as form:
            for slug, roles in steps.items():
                for (role, name), person in cast.people.items():
                    if role not in roles.split() or not RELATIONS[name].is_here:
                        continue
                    may = expected(stands, slug, role, RELATIONS[name])
                    happened = attempt(form, slug, person)
                    should = (
                        (cast.absent.get((role, name)) if may else "编制的") if may or slug in REVIEWS else "这一步由"
                    )
                    if happened != should and not (isinstance(should, str) and should in str(happened)):
                        wrong[stands, slug, role, name] = happened
    assert wrong == {}


def attempt(form: Declaration, slug: str, person: Person) -> Person | str | None:
    """Whom the event says he stood in for, or the refusal; nothing remains of it."""
    fresh = Declaration.objects.get(pk=form.pk)
    untouched = transaction.savepoint()
    try:
        return take_step(fresh, slug, by=person, order=said(form)).stood_in_for
    except StepRefused as refusal:
        return str(refusal)
    finally:
        transaction.savepoint_rollback(untouched)


def test_buttons_are_exactly_the_steps_that_may_be_taken(cast: Cast) -> None:
    """Undoing an import has its button on the import."""
    offered = set()
    for stands in MAY:
        with standing(cast, stands) as form:
            judged = judge_declaration(form)
            for (role, name), person in cast.people.items():
                offers = open_steps(form, person, judged=judged)
                offered |= {(stands, offer.step.slug, role, name) for offer in offers if offer.is_open}
    assert offered == {cell for cell, may in table(cast).items() if may and cell[1] != "undo_import"}
