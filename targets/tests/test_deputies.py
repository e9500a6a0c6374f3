"""岗位代理 on the forms' way: both names on what a deputy does, and what he may not judge."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.models import Department, Deputation, Membership, Person
from departments.models.register import today
from departments.roles import DEPARTMENT_REVIEWER, FILLER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER
from targets.decisions import hold_one, release
from targets.domain.edits import Change
from targets.domain.trail import REVISION, facts
from targets.editing import apply_changes, end_sittings
from targets.findings import judge_declaration
from targets.guards import Order
from targets.models import DecidedForm, Declaration, Revision
from targets.remarks import Said, answer, remark
from targets.review import StepRefused, take_step
from targets.review_many import Asked, lock_forms, take_together
from targets.storing import store
from targets.tests.world import World
from targets.trail import verify
from targets.waivers import waive

SEEN = Order(seen_revision=1, opinion="意见")


def again(person: Person) -> Person:
    """The person as at the next request."""
    return Person.objects.get(pk=person.pk)


def stand_in(world: World, absent: str, deputy: str) -> Person:
    """The deputy, from today on."""
    made = Deputation(
        absent=world.people[absent],
        deputy=world.people[deputy],
        valid_from=today(),
        valid_to=today() + timedelta(days=7),
        reason="出差",
        arranged_by=world.admin,
    )
    made.full_clean()
    made.save()
    return again(world.people[deputy])


def give(person: Person, department: Department, role: str) -> Person:
    office = Membership.objects.filter(role=role).values_list("office", flat=True).first()
    Membership.objects.create(person=person, department=department, role=role, office_id=office)
    return again(person)


def newcomer(world: World, name: str) -> Person:
    world.people[name] = Person.objects.create_user(name, password="a good long one", name=f"{name}某")
    return world.people[name]


def signatures(form: Declaration) -> list[str]:
    return [str(event.signature) for event in form.events.order_by("number")]


def test_a_step_of_a_deputy_names_both_and_the_chain_holds(world: World) -> None:
    form = world.declaration()
    deputy = stand_in(world, "filler", "nobody")
    take_step(form, "submit", by=deputy, order=SEEN)
    take_step(form, "forward", by=world.boss, order=SEEN)
    told = [
        (event.person, event.stood_in_for, event.stood_in_for_name, event.role) for event in form.events.order_by("pk")
    ]
    assert told == [
        (world.nobody, world.filler, "filler某", FILLER),
        (world.boss, None, "", DEPARTMENT_REVIEWER),
    ]
    assert signatures(form) == ["nobody某（代filler某）", "boss某"]
    assert verify().breaks == []


def test_a_text_of_a_deputy_names_both_in_the_chain(world: World) -> None:
    told = world.declaration(by=stand_in(world, "filler", "nobody")).revisions.get()
    assert (told.author, told.stood_in_for, str(told.signature)) == (
        world.nobody,
        world.filler,
        "nobody某（代filler某）",
    )
    in_the_digest = facts(told, REVISION)
    assert (in_the_digest["stood_in_for_id"], in_the_digest["stood_in_for_name"]) == (world.filler.pk, "filler某")
    assert verify().breaks == []


def test_an_own_post_wins_in_the_event_too(world: World) -> None:
    newcomer(world, "second")
    give(world.people["second"], world.finance, PERFORMANCE_REVIEWER)
    deputy = stand_in(world, "budget", "second")
    form = world.advance(world.declaration(), "submit", "forward", "forward", "pass")
    order = Order(document_number="川财绩〔2023〕1号", document_date=timezone.localdate())
    event = take_step(form, "approve", by=deputy, order=order)
    assert (event.role, event.stood_in_for) == (PERFORMANCE_REVIEWER, None)


def test_many_together_name_both(world: World) -> None:
    for number in range(2):
        world.declaration(title=f"项目{number}")
    forms = list(lock_forms(Declaration.objects.values_list("pk", flat=True)).values())
    deputy = stand_in(world, "filler", "nobody")
    refused = take_together([Asked(form, "submit", deputy, Order()) for form in forms])
    assert refused == ["", ""]
    assert [signatures(form) for form in forms] == [["nobody某（代filler某）"]] * 2
    assert verify().breaks == []


def test_what_a_deputy_types_is_his_and_the_absent_fillers(world: World) -> None:
    form = world.declaration()
    deputy = stand_in(world, "filler", "nobody")
    row = form.record().rows[1]
    apply_changes(form, [Change(row.key, "target", "≥1200人", "≥1300人")], by=deputy, is_sitting=True)
    Deputation.objects.get().end(by=world.admin)
    end_sittings(idle=timedelta(0))
    assert [str(one.signature) for one in form.revisions.all()] == ["filler某", "nobody某（代filler某）"]
    assert form.authors() == {world.filler.pk, world.nobody.pk}
    assert verify().breaks == []


def test_finance_enters_for_a_unit_as_deputy_of_its_importer(world: World) -> None:
    deputy = stand_in(world, "perf", "nobody")
    form = world.declaration(by=deputy)
    only = form.revisions.get()
    assert (str(only.signature), only.by_finance) == ("nobody某（代perf某）", True)
    assert form.authors() == {world.nobody.pk, world.perf.pk}
    take_step(form, "confirm", by=stand_in(world, "filler", "sibling"))
    assert form.authors() == {world.filler.pk, world.sibling.pk}


BARRED = {
    "the author's deputy, in a post of his own": "这一稿是filler某编制的，您（boss某）正代理filler某",
    "an author in the place of an absent reviewer": "这一稿是您编制的",
    "in the place of a reviewer who is an author": "这一稿是boss某编制的，您（nobody某）正代理boss某",
    "who wrote as a deputy": "这一稿是您代filler某编制的",
    "in whose name it was written": "这一稿是nobody某代您编制的",
    "the deputy of one in whose name it was written": "这一稿是nobody某代filler某编制的，您（boss某）正代理filler某",
}


def at_the_department(world: World, who: str) -> tuple[Declaration, Person]:
    """A form that waits for the department, and somebody who reviews there but is bound to its text."""
    match who:
        case "the author's deputy, in a post of his own":
            form = world.declaration()
            return world.advance(form, "submit"), stand_in(world, "filler", "boss")
        case "an author in the place of an absent reviewer":
            form = world.declaration()
            return world.advance(form, "submit"), stand_in(world, "boss", "filler")
        case "in the place of a reviewer who is an author":
            form = world.declaration()
            store(
                [(form, replace(form.record(), goal="改写的目标，惠及1200人。"))],
                by=world.boss,
                reason=Revision.Reason.EDIT,
            )
            return world.advance(form, "submit"), stand_in(world, "boss", "nobody")
        case "who wrote as a deputy":
            form = world.declaration(by=stand_in(world, "filler", "nobody"))
            Deputation.objects.get().end(by=world.admin)
            return world.advance(form, "submit"), give(world.nobody, world.education, DEPARTMENT_REVIEWER)
        case "in whose name it was written":
            form = world.declaration(by=stand_in(world, "filler", "nobody"))
            return world.advance(form, "submit"), give(world.filler, world.education, DEPARTMENT_REVIEWER)
        case _:
            form = world.declaration(by=stand_in(world, "filler", "nobody"))
            Deputation.objects.get().end(by=world.admin)
            return world.advance(form, "submit"), stand_in(world, "filler", "boss")


@pytest.mark.parametrize("who", BARRED)
def test_who_is_bound_to_a_text_does_not_judge_it(world: World, who: str) -> None:
    form, reviewer = at_the_department(world, who)
    order = replace(SEEN, seen_revision=form.revisions.count())
    told = set()
    for slug in ("forward", "return"):
        with pytest.raises(StepRefused) as refused:
            take_step(form, slug, by=reviewer, order=order)
        told.add(str(refused.value).split("：", 1)[1])
    assert told == {f"{BARRED[who]}，须由其他审核人审核。"}
    with pytest.raises(StepRefused) as refused:
        remark(form, Said("请改"), by=reviewer)
    assert str(refused.value) == f"{BARRED[who]}，修改意见须由其他审核人提出。"


def test_a_reviewer_whose_deputation_is_over_judges_again(world: World) -> None:
    form = world.advance(world.declaration(), "submit")
    boss = stand_in(world, "filler", "boss")
    with pytest.raises(StepRefused, match="正代理filler某"):
        take_step(form, "forward", by=boss, order=SEEN)
    Deputation.objects.get().end(by=world.admin)
    assert take_step(form, "forward", by=again(boss), order=SEEN).stood_in_for is None


def test_an_explanation_is_not_decided_by_the_deputy_of_an_author(world: World) -> None:
    form = world.declaration(rows=())
    deputy = stand_in(world, "filler", "perf")
    with pytest.raises(
        StepRefused, match=r"这一稿是filler某编制的，您（perf某）正代理filler某，情况说明须由其他绩效科审核人确认"
    ):
        waive(form, **an_error_of(form), reason="可以", by=deputy)


def an_error_of(form: Declaration) -> dict[str, str]:
    first = next(one.finding for one in judge_declaration(form) if one.blocks)
    return {"rule": first.rule, "row": first.row, "field": first.field}


SIGNERS = {
    "the same person": "业务科室初审是您办理的",
    "the first signer's deputy": "业务科室初审是office某办理的，您（perf某）正代理office某",
    "the first signer in the place of the second": "业务科室初审是您办理的",
    "who signed in the first one's place": "业务科室初审是您代office某办理的",
    "in whose place was signed": "业务科室初审是nobody某代您办理的",
    "somebody else": "",
}


def at_the_second_signature(world: World, who: str) -> tuple[Declaration, Person]:
    form = world.advance(world.declaration(), "submit", "forward")

    def first(by: Person) -> None:
        take_step(form, "forward", by=by, order=SEEN)

    match who:
        case "the same person":
            reviewer = give(world.perf, world.finance, OFFICE_REVIEWER)
            first(reviewer)
            return form, reviewer
        case "the first signer's deputy":
            first(world.office)
            return form, stand_in(world, "office", "perf")
        case "the first signer in the place of the second":
            first(world.office)
            return form, stand_in(world, "perf", "office")
        case "who signed in the first one's place":
            first(stand_in(world, "office", "nobody"))
            Deputation.objects.get().end(by=world.admin)
            return form, give(world.nobody, world.finance, PERFORMANCE_REVIEWER)
        case "in whose place was signed":
            first(stand_in(world, "office", "nobody"))
            return form, give(world.office, world.finance, PERFORMANCE_REVIEWER)
        case _:
            first(world.office)
            return form, stand_in(world, "perf", "nobody")


@pytest.mark.parametrize("who", SIGNERS)
def test_two_finance_signatures_are_of_two_people_whoever_holds_the_pen(world: World, who: str) -> None:
    form, reviewer = at_the_second_signature(world, who)
    if not SIGNERS[who]:
        assert take_step(form, "pass", by=reviewer, order=SEEN).to_state == "passed"
        return
    with pytest.raises(StepRefused) as refused:
        take_step(form, "pass", by=reviewer, order=SEEN)
    assert str(refused.value) == f"不能审核通过：{SIGNERS[who]}，须由另一人作绩效科审核。"
    world.year.two_signers = False
    world.year.save()
    assert take_step(Declaration.objects.get(pk=form.pk), "pass", by=reviewer, order=SEEN).to_state == "passed"


# On screen ------------------------------------------------------------------------------------------------------------

BOTH = "nobody某（代boss某）"


def page(reader: Person, name: str, *args: object, **asked: str) -> str:
    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(f"admin:{name}", args=args), asked).content.decode()


@pytest.fixture
def returned(world: World) -> Declaration:
    """Written by a deputy of the filler, returned by a deputy of the reviewer."""
    form = world.declaration(by=stand_in(world, "filler", "sibling"))
    world.advance(form, "submit")
    deputy = stand_in(world, "boss", "nobody")
    remark(form, Said("请改"), by=deputy)
    take_step(form, "return", by=deputy, order=SEEN)
    return form


def test_both_names_stand_wherever_the_deed_is_told(world: World, returned: Declaration) -> None:
    history = page(world.filler, "targets_budgetproject_history", returned.pk)
    assert [f"主管部门审核人 {BOTH}" in history, "sibling某（代filler某）" in history] == [True, True]
    form = page(world.filler, "targets_budgetproject_change", returned.pk)
    assert f"主管部门审核人 {BOTH}　" in form  # the strip with the opinion
    assert f"主管部门审核人 {BOTH}" in form.split("请改")[1]  # the remark
    home = page(world.filler, "index")
    assert home.count(f"主管部门审核人 {BOTH}") == 2  # what waits, and what happened
    assert "sibling某（代filler某）" in page(world.filler, "targets_budgetproject_revision", returned.pk, 1)
    for who in (world.boss, world.nobody):  # what was done in one's name is among what one has done
        assert page(who, "index").split("我的已办")[1].count(f"主管部门审核人 {BOTH}") == 1
        assert returned.title in page(who, "targets_budgetproject_changelist", turn="done")


def test_the_trail_finds_a_deed_by_either_name_and_files_both(world: World, returned: Declaration) -> None:
    for word in ("boss某", "nobody某"):
        assert f"{BOTH}<span" in page(world.auditor, "targets_trail", person=word, deed="event:return")
    lines = page(world.auditor, "targets_trail", person="boss某", deed="event:return").count("<tr><td")
    assert lines == 1
    table = page(world.auditor, "targets_trail", deed="event", **{"as": "csv"})
    head, first, *_ = csv.reader(io.StringIO(table.lstrip("\ufeff")))
    told = dict(zip(head, first, strict=True))
    assert {name: told[name] for name in ("姓名", "用户名", "代谁办理", "事项")} == {
        "姓名": "nobody某",
        "用户名": "nobody",
        "代谁办理": "boss某",
        "事项": "退回",
    }


def test_the_workbench_tells_the_deputy_and_the_absent_person(world: World) -> None:
    deputy = stand_in(world, "perf", "other_office")
    days = Deputation.objects.get().days
    told = page(deputy, "index")
    assert f"您正代理<b>perf某</b>（全部任职），{days}" in told
    assert "other_office某</strong>（社会保障科，代理perf某）" in told
    assert f"您的岗位（全部任职）正由<b>other_office某</b>代理，{days}" in page(world.perf, "index")
    assert "代理<b>" not in page(world.perf2, "index")


def test_a_deputy_without_a_post_of_his_own_comes_in_while_it_lasts(world: World) -> None:
    stand_in(world, "filler", "nobody")
    form = world.declaration()
    assert form.title in page(world.nobody, "index")
    Deputation.objects.get().end(by=world.filler)
    client = Client()
    client.force_login(again(world.nobody), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("admin:index")).status_code == 302


def test_what_is_said_in_answer_names_both(world: World) -> None:
    form = world.advance(world.declaration(), "submit")
    note = remark(form, Said("请改", level="must"), by=world.boss)
    take_step(form, "return", by=world.boss, order=SEEN)
    note.refresh_from_db()
    reply = answer(note, "已改", by=stand_in(world, "filler", "nobody"))
    assert reply.person_name == "nobody某（代filler某）"


@pytest.mark.parametrize("is_over", [False, True])
def test_a_decision_held_by_a_deputy_is_released_in_his_colleagues_name_while_he_stands_in(
    world: World, is_over: bool
) -> None:
    form = world.advance(world.declaration(), "submit", "forward", "forward")
    hold_one(form, "pass", by=stand_in(world, "perf", "nobody"), order=SEEN)
    if is_over:
        Deputation.objects.get().end(by=world.perf)
    told = release(DecidedForm.objects.held(), by=world.perf2)
    if is_over:
        assert (told, form.events.count()) == ((0, 1), 3)
        assert (
            "按拟定人nobody某的身份和所见的稿核对：不能审核通过：这一步由绩效科审核人办理。"
            in DecidedForm.objects.get().reason
        )
    else:
        assert (told, signatures(form)[-1]) == ((1, 1), "nobody某（代perf某）")
    assert verify().breaks == []
