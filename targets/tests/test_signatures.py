"""What a deputy puts his name to is signed with both names, wherever a name is stored; and what was there before with one."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from departments.models import Membership, Person
from departments.roles import BUDGET_OFFICE, FILLER
from targets.attachments import attach, detach
from targets.decisions import hold_one, release, take_back
from targets.disclosure.desk import publish
from targets.domain.sheets.writer import write_official
from targets.guards import Order
from targets.intake.batch import open_batch, read_batch
from targets.intake.storing import store_batch
from targets.intake.undo import undo_batch
from targets.models import Attachment, Ceiling, DecidedForm, Decision, Disclosure, DisclosureItem, ImportBatch, Waiver
from targets.signing import signed_by_post
from targets.tests.test_deputies import again, an_error_of, newcomer, stand_in
from targets.tests.world import World, client_of
from targets.waivers import decide, explain

SEEN = Order(seen_revision=1, opinion="意见")
PDF = b"%PDF-1.7 the grounds"


def both(deputy: str, *absent: str) -> str:
    return f"{deputy}某（代{'、'.join(f'{one}某' for one in absent)}）"


@pytest.fixture
def deputies(world: World) -> World:
    """`nobody` stands in for the filler, `second` for the performance reviewer, `third` for the budget office."""
    stand_in(world, "filler", "nobody")
    for name, absent in (("second", "perf"), ("third", "budget")):
        newcomer(world, name)
        world.people[name] = stand_in(world, absent, name)
    world.people["nobody"] = again(world.nobody)
    return world


def test_explanations(deputies: World) -> None:
    form = deputies.declaration(rows=(), by=deputies.filler)
    waiver = explain(form, **an_error_of(form), explanation="没有指标。", by=deputies.nobody)
    decide(waiver, granted=False, reason="请补上。", by=deputies.second)
    assert (waiver.asked_name, waiver.decided_name) == (both("nobody", "filler"), both("second", "perf"))
    again_asked = explain(form, **an_error_of(form), explanation="确实没有。", by=deputies.filler)
    assert (again_asked.asked_name, again_asked.decided_name) == ("filler某", "")


def test_attachments(deputies: World) -> None:
    form = deputies.declaration()
    paper = attach(form, PDF, "依据.pdf", by=deputies.nobody)
    detach(paper, by=deputies.nobody)
    own = attach(form, PDF, "依据.pdf", by=deputies.filler)
    told = Attachment.objects.order_by("pk").values_list("uploaded_name", "removed_name")
    assert list(told) == [(both("nobody", "filler"), both("nobody", "filler")), ("filler某", "")]
    assert str(own.uploaded_by) == "filler某"


def test_an_import_names_all_in_whose_place_its_forms_went_in(deputies: World) -> None:
    """And nobody for those of his own unit."""
    stand_in(deputies, "sibling", "nobody")
    mine = Membership.objects.create(person=deputies.nobody, department=deputies.health, role=FILLER)
    by = again(deputies.nobody)

    def batch_of(*records: Any) -> ImportBatch:
        batch = open_batch(write_official(records), "表.xlsx", by=by)
        read_batch(batch)
        assert store_batch(batch, by=by) == {}
        return ImportBatch.objects.get(pk=batch.pk)

    health = {"department_code": "405", "department_name": deputies.health.name, "unit": deputies.health.name}
    two = batch_of(
        deputies.record(), deputies.record(title="第二", unit=deputies.kindergarten.name), deputies.record(**health)
    )
    assert two.uploaded_name == both("nobody", "filler", "sibling")
    assert batch_of(deputies.record(title="自己的", **health)).uploaded_name == "nobody某"
    undo_batch(two, by=by)
    assert two.undone_name == both("nobody", "filler", "sibling")
    assert mine.person_id == by.pk


def test_held_decisions_their_release_and_their_taking_back(deputies: World) -> None:
    forms = [
        deputies.advance(deputies.declaration(title=title), "submit", "forward", "forward") for title in ("一", "二")
    ]
    for form in forms:
        hold_one(form, "pass", by=deputies.second, order=SEEN)
    assert set(Decision.objects.values_list("person_name", flat=True)) == {both("second", "perf")}
    first, last = DecidedForm.objects.order_by("declaration")
    assert release(DecidedForm.objects.filter(pk=first.pk), by=deputies.third) == (1, 1)
    event = forms[0].events.get(step="pass")
    assert (str(event.signature), event.particulars["下达人"]) == (both("second", "perf"), both("third", "budget"))
    page = client_of(deputies.perf2).get("/admin/held/").content.decode()
    assert both("second", "perf") in page
    take_back(DecidedForm.objects.filter(pk=last.pk), by=deputies.third)
    last.refresh_from_db()
    assert last.reason == f"{both('third', 'budget')}撤回"


def test_ceilings_and_disclosures(deputies: World) -> None:
    asked = {"budget_year": deputies.year.pk, "unit": deputies.school.pk, "title": "项目", "wan": "10"}
    client_of(deputies.third).post("/admin/targets/ceiling/add/", asked)
    assert Ceiling.objects.get().entered_name == both("third", "budget")
    form = deputies.advance(deputies.declaration(), "submit", "forward", "forward", "pass", "approve")
    made = Disclosure.objects.create(division=deputies.division, year=2023, title="公开", created_by=deputies.perf)
    DisclosureItem.objects.create(
        disclosure=made, declaration=form, revision=form.revisions.get(), kind=form.kind, department=deputies.education
    )
    publish(made, by=deputies.second)
    made.refresh_from_db()
    assert made.published_name == both("second", "perf")


def test_without_a_unit_a_post_of_his_own_wins(deputies: World) -> None:
    assert signed_by_post(deputies.third, BUDGET_OFFICE, FILLER) == both("third", "budget")
    assert signed_by_post(deputies.budget, BUDGET_OFFICE) == "budget某"
    Membership.objects.create(person=deputies.people["third"], department=deputies.finance, role=BUDGET_OFFICE)
    assert signed_by_post(again(deputies.people["third"]), BUDGET_OFFICE) == "third某"


def test_what_was_stored_before_is_signed_with_its_persons_name(deputies: World) -> None:
    form = deputies.declaration(rows=())
    Person.objects.filter(pk=deputies.filler.pk).update(name="")
    explain(form, **an_error_of(form), explanation="没有指标。", by=deputies.filler)
    decision = Decision.objects.create(person=deputies.perf, step="pass", confirmed_at=timezone.now())
    Waiver.objects.update(asked_name="")
    import_module("targets.migrations.0028_signatures").sign(apps, None)
    decision.refresh_from_db()
    waiver = Waiver.objects.get()
    assert (decision.person_name, waiver.asked_name, waiver.decided_name) == ("perf某", "filler", "")
