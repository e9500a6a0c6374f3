"""岗位代理: whom one may let stand in, and what it gives."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Deputation, Membership, Office, Person
from departments.models.register import today
from departments.roles import ADMIN, AUDITOR, BUDGET_OFFICE, DEPARTMENT_REVIEWER, FILLER, OFFICE_REVIEWER

TOMORROW, NEXT_WEEK = timedelta(days=1), timedelta(days=7)


def deputation(register, absent, deputy, *, start=timedelta(), end=NEXT_WEEK, post=None):
    people = register.people
    return Deputation(
        absent=people[absent],
        deputy=people[deputy],
        post=post,
        valid_from=today() + start,
        valid_to=today() + end,
        reason="出差",
        arranged_by=people[absent],
    )


def arrange(register, *names, **days):
    made = deputation(register, *names, **days)
    made.full_clean()
    made.save()
    return made


def scope_of(register, name):
    return Person.objects.get(pk=register.people[name].pk).scope


def refusal(register, *names, **days):
    try:
        deputation(register, *names, **days).full_clean()
    except ValidationError as refused:
        return refused.message_dict
    return {}


@pytest.fixture
def colleagues(register):
    """Two more people: one without a post, one who fills in at the school too."""
    register.people["idle"] = Person.objects.create_user("idle", name="idle")
    register.people["second"] = Person.objects.create_user("second", name="second")
    Membership.objects.create(person=register.people["second"], department=register.school, role=FILLER)
    return register


def test_a_deputy_reaches_what_the_absent_person_reaches_and_it_is_known_whose_post_it_is(colleagues):
    arrange(colleagues, "boss", "filler")
    scope = scope_of(colleagues, "filler")
    both = {colleagues.education.pk, colleagues.school.pk}
    assert scope.departments == {FILLER: {colleagues.school.pk}, DEPARTMENT_REVIEWER: both}
    assert scope.stands_in_for == (colleagues.people["boss"],)
    told = {
        (role, unit): str(scope.acts_for(unit, role) or "")
        for role in (FILLER, DEPARTMENT_REVIEWER)
        for unit in sorted(both)
    }
    assert told == {
        (FILLER, colleagues.education.pk): "",
        (FILLER, colleagues.school.pk): "",
        (DEPARTMENT_REVIEWER, colleagues.education.pk): "boss",
        (DEPARTMENT_REVIEWER, colleagues.school.pk): "boss",
    }


def test_his_own_post_wins_over_the_same_one_that_he_stands_in_for(colleagues):
    arrange(colleagues, "filler", "second")
    scope = scope_of(colleagues, "second")
    assert scope.departments == {FILLER: {colleagues.school.pk}}
    assert scope.acts_for(colleagues.school.pk, FILLER) is None
    assert scope.stands_in_for == (colleagues.people["filler"],)  # and still he is held to what the absent one did


def test_the_absent_person_keeps_his_rights(colleagues):
    before = scope_of(colleagues, "boss")
    arrange(colleagues, "boss", "second")
    assert scope_of(colleagues, "boss") == before


def test_system_administration_is_not_stood_in_for(colleagues):
    people, finance = colleagues.people, colleagues.finance
    Membership.objects.create(
        person=people["admin"], department=finance, role=OFFICE_REVIEWER, office=Office.objects.get()
    )
    arrange(colleagues, "admin", "filler")
    assert scope_of(colleagues, "filler").roles == {FILLER, OFFICE_REVIEWER}
    post = people["admin"].memberships.get(role=ADMIN)
    assert refusal(colleagues, "admin", "idle", post=post) == {
        "post": ["系统管理员的职权不能代理。确需他人办理的，请系统管理员另设任职。"]
    }


def test_who_audits_stands_in_for_nobody_and_is_stood_in_for_by_nobody(colleagues):
    people = colleagues.people
    assert refusal(colleagues, "filler", "auditor") == {
        "deputy": ["auditor在这些天任审计查询，只查看，不代理他人办理。请另选一人。"]
    }
    audits = people["auditor"].memberships.get()
    assert refusal(colleagues, "auditor", "idle", post=audits) == {
        "post": ["审计查询（只读）的职权不能代理。确需他人办理的，请系统管理员另设任职。"]
    }
    Membership.objects.filter(pk=audits.pk).update(valid_to=today() - TOMORROW)
    assert refusal(colleagues, "filler", "auditor") == {}
    Membership.objects.filter(pk=audits.pk).update(valid_from=today() + NEXT_WEEK, valid_to=None)
    assert refusal(colleagues, "filler", "auditor").keys() == {"deputy"}
    assert refusal(colleagues, "filler", "auditor", end=TOMORROW) == {}


def test_a_deputy_who_becomes_an_auditor_does_nothing_more(colleagues):
    arrange(colleagues, "boss", "idle")
    assert scope_of(colleagues, "idle").roles == {DEPARTMENT_REVIEWER}
    Membership.objects.create(person=colleagues.people["idle"], department=colleagues.finance, role=AUDITOR)
    scope = scope_of(colleagues, "idle")
    assert (scope.roles, scope.stand_ins) == ({AUDITOR}, ())


def test_a_superuser_gives_his_deputy_his_posts_and_no_more(colleagues):
    Membership.objects.create(person=colleagues.people["root"], department=colleagues.finance, role=BUDGET_OFFICE)
    arrange(colleagues, "root", "filler")
    scope = scope_of(colleagues, "filler")
    assert (scope.roles, scope.is_superuser) == ({FILLER, BUDGET_OFFICE}, False)


def test_one_post_of_several(colleagues):
    boss = colleagues.people["boss"]
    post = Membership.objects.create(person=boss, department=colleagues.health, role=FILLER)
    arrange(colleagues, "boss", "idle", post=post)
    assert scope_of(colleagues, "idle").departments == {FILLER: {colleagues.health.pk}}


@pytest.mark.parametrize(
    ("start", "end", "gives"),
    [(timedelta(), timedelta(), True), (TOMORROW, NEXT_WEEK, False), (-NEXT_WEEK, -TOMORROW, False)],
)
def test_it_gives_something_on_its_days_only(colleagues, start, end, gives):
    deputation(colleagues, "boss", "idle", start=start, end=end).save()
    assert scope_of(colleagues, "idle").holds_any is gives


def test_an_end_before_the_day_is_an_end_at_once_and_once(colleagues):
    made = arrange(colleagues, "boss", "idle")
    told = [made.end(by=colleagues.people["admin"]), made.end(by=colleagues.people["boss"])]
    assert told == [True, False]
    assert (made.ended_by, made.state) == (colleagues.people["admin"], "已提前结束")
    assert not scope_of(colleagues, "idle").holds_any


def test_who_is_shut_out_has_no_deputy(colleagues):
    arrange(colleagues, "boss", "idle")
    Person.objects.filter(username="boss").update(is_active=False)
    assert not scope_of(colleagues, "idle").holds_any


def test_what_is_refused_and_why(colleagues):
    people = colleagues.people
    people["gone"] = Person.objects.create_user("gone", name="gone", is_active=False)
    arrange(colleagues, "boss", "second", start=TOMORROW)
    days = Deputation.objects.get().days
    foreign_post = people["filler"].memberships.get()
    cases = {
        "himself": refusal(colleagues, "filler", "filler"),
        "ends too early": refusal(colleagues, "filler", "idle", end=-TOMORROW),
        "begins in the past": refusal(colleagues, "filler", "idle", start=-TOMORROW),
        "inactive": refusal(colleagues, "filler", "gone"),
        "another's post": refusal(colleagues, "auditor", "idle", post=foreign_post),
        "no post": refusal(colleagues, "idle", "filler"),
        "the same post, overlapping": refusal(colleagues, "boss", "idle", post=people["boss"].memberships.get()),
        "a deputy of one who is away": refusal(colleagues, "filler", "boss"),
        "a deputy's deputy": refusal(colleagues, "second", "idle"),
    }
    assert cases == {
        "himself": {"deputy": ["代理人就是被代理人本人，请另选一人。"]},
        "ends too early": {"valid_to": ["结束日期早于开始日期，请改为开始日期当天或以后的一天。"]},
        "begins in the past": {"valid_from": ["开始日期已过，代理不能从以前算起。请填今天或以后的一天。"]},
        "inactive": {"deputy": ["gone的账号已停用，请另选一人。"]},
        "another's post": {"post": ["所选任职不是auditor的，请重新选择，或不选（代理全部任职）。"]},
        "no post": {"valid_from": ["idle在开始日期没有可以代理的任职，请先核对任职。"]},
        "the same post, overlapping": {
            "valid_from": [f"{days}已由second代理boss，日期重叠。请改日期，或先结束那项代理。"]
        },
        "a deputy of one who is away": {"deputy": [f"boss在{days}已由second代理，不能再代理他人。请另选一人。"]},
        "a deputy's deputy": {
            "valid_from": [f"second在{days}代理boss，不能再由他人代理。请改日期，或先结束那项代理。"]
        },
    }


def test_days_that_do_not_meet_and_posts_that_differ_are_two_matters(colleagues):
    boss = colleagues.people["boss"]
    post = Membership.objects.create(person=boss, department=colleagues.health, role=FILLER)
    arrange(colleagues, "boss", "second", post=post)
    assert refusal(colleagues, "boss", "idle", post=boss.memberships.get(role=DEPARTMENT_REVIEWER)) == {}
    assert refusal(colleagues, "boss", "idle", start=NEXT_WEEK + TOMORROW, end=2 * NEXT_WEEK) == {}


def test_a_reach_is_known_in_three_queries_and_a_deputys_in_four(colleagues):
    person = Person.objects.get(username="filler")
    with CaptureQueriesContext(connection) as captured:
        assert person.scope.roles == {FILLER}
    assert len(captured) == 3
    arrange(colleagues, "boss", "filler")
    arrange(colleagues, "second", "filler")
    person = Person.objects.get(username="filler")
    with CaptureQueriesContext(connection) as captured:
        assert person.scope.roles == {FILLER, DEPARTMENT_REVIEWER}
        assert [str(one) for one in person.scope.stands_in_for] == ["boss", "second"]
    assert len(captured) == 4


def test_who_sees_which_deputations(colleagues):
    arrange(colleagues, "boss", "second")
    seeing = {
        name for name in colleagues.people if Deputation.objects.visible_to(Person.objects.get(username=name)).exists()
    }
    assert seeing == {"boss", "second", "admin", "auditor", "root"}
