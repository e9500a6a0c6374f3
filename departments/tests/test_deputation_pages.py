"""岗位代理 on screen: one's own page, and the administrator's list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Deputation, Membership, Person
from departments.models.register import today
from departments.roles import FILLER

OWN = reverse("admin:departments_deputation_own")
LIST = reverse("admin:departments_deputation_changelist")
ADD = reverse("admin:departments_deputation_add")


def week(**changes):
    last = today() + timedelta(days=6)
    return {"valid_from": today().isoformat(), "valid_to": last.isoformat(), "reason": "出差", **changes}


def arranged():
    return [
        (str(one.absent), str(one.deputy), one.post and one.post.role, str(one.arranged_by), one.state)
        for one in Deputation.objects.order_by("pk")
    ]


@pytest.fixture
def colleagues(register):
    for name, is_active in (("second", True), ("gone", False)):
        register.people[name] = Person.objects.create_user(name, name=name, is_active=is_active)
        Membership.objects.create(person=register.people[name], department=register.school, role=FILLER)
    return register


def test_one_arranges_a_colleague_and_ends_it_early(colleagues):
    client = colleagues.client("filler")
    offered = client.get(OWN).context["form"].fields["deputy"].queryset
    assert [str(one) for one in offered] == ["second"]
    told = client.post(OWN, week(deputy=colleagues.people["second"].pk), follow=True).content.decode()
    assert "由second代理您的岗位（全部任职）" in told
    assert arranged() == [("filler", "second", None, "filler", "代理中")]
    assert colleagues.client("second").get(OWN).content.decode().count("我代理谁的岗位") == 1
    told = client.post(OWN, {"end": Deputation.objects.get().pk}, follow=True).content.decode()
    assert "second从现在起不再代理您的岗位" in told
    assert arranged() == [("filler", "second", None, "filler", "已提前结束")]
    assert "没有改动" in client.post(OWN, {"end": Deputation.objects.get().pk}, follow=True).content.decode()


def test_a_deputy_ends_nothing_and_nobody_takes_a_stranger(colleagues):
    filler, second = colleagues.client("filler"), colleagues.client("second")
    refused = filler.post(OWN, week(deputy=colleagues.people["boss"].pk))
    assert refused.status_code == 200
    assert refused.context["form"].errors.keys() == {"deputy"}
    filler.post(OWN, week(deputy=colleagues.people["second"].pk))
    for number in (Deputation.objects.get().pk, "9" * 30, "x"):
        assert "没有改动" in second.post(OWN, {"end": number}, follow=True).content.decode()
    assert arranged() == [("filler", "second", None, "filler", "代理中")]


def test_faults_are_told_where_they_are(colleagues):
    client, second = colleagues.client("filler"), colleagues.people["second"].pk
    yesterday = (today() - timedelta(days=1)).isoformat()
    told = {
        name: client.post(OWN, body).context["form"].errors
        for name, body in {
            "nothing": {},
            "the past": week(deputy=second, valid_from=yesterday),
            "no day": week(deputy=second, valid_to="下周"),
        }.items()
    }
    assert told == {
        "nothing": {
            "deputy": ["没有选代理人。请选一位同事。"],
            "valid_from": ["没有填开始日期。"],
            "valid_to": ["没有填结束日期。"],
            "reason": ["没有写事由。请写明，如“出差”。"],
        },
        "the past": {"valid_from": ["开始日期已过，代理不能从以前算起。请填今天或以后的一天。"]},
        "no day": {"valid_to": ["结束日期看不懂，请写成2026-11-25这样。"]},
    }
    assert arranged() == []


@pytest.mark.parametrize(
    ("who", "words"),
    [("boss", "本单位没有其他人有账号"), ("admin", "您没有可以代理的任职"), ("root", "您没有可以代理的任职")],
)
def test_who_cannot_arrange_one_reads_why(register, who, words):
    client = register.client(who)
    assert words in client.get(OWN).content.decode()
    client.post(OWN, week(deputy=register.people["auditor"].pk))
    assert arranged() == []


def test_one_post_of_several_is_chosen(colleagues):
    filler = colleagues.people["filler"]
    post = Membership.objects.create(person=filler, department=colleagues.health, role=FILLER)
    colleagues.client("filler").post(OWN, week(deputy=colleagues.people["second"].pk, post=post.pk))
    assert [(one.post, one.posts_in_words) for one in Deputation.objects.all()] == [(post, "卫生健康局单位经办人")]


def test_the_administrator_arranges_for_anybody_of_the_division_and_ends_it(colleagues):
    client, people = colleagues.client("admin"), colleagues.people
    made = client.post(ADD, week(absent=people["boss"].pk, deputy=people["filler"].pk, post=""))
    assert made.status_code == 302, made.context["adminform"].form.errors
    assert arranged() == [("boss", "filler", None, "admin", "代理中")]
    page = client.get(LIST).content.decode()
    assert "全部任职" in page
    client.post(LIST, {"action": "end", "_selected_action": Deputation.objects.get().pk})
    assert (arranged(), Deputation.objects.get().ended_by) == (
        [("boss", "filler", None, "admin", "已提前结束")],
        people["admin"],
    )
    told = client.post(LIST, {"action": "end", "_selected_action": Deputation.objects.get().pk}, follow=True)
    assert "都已结束" in told.content.decode()


def test_posts_that_somebody_else_manages_are_not_his_to_give(colleagues):
    people = colleagues.people
    Membership.objects.create(person=people["boss"], department=colleagues.elsewhere, role=FILLER)
    body = week(absent=people["boss"].pk, deputy=people["filler"].pk)
    every = colleagues.client("admin").post(ADD, {**body, "post": ""})
    theirs = colleagues.client("admin").post(ADD, {**body, "post": people["boss"].memberships.get(role=FILLER).pk})
    foreign = colleagues.client("other_admin").post(ADD, {**body, "absent": people["filler"].pk, "post": ""})
    assert [answer.context["adminform"].form.errors.as_data().keys() for answer in (every, theirs, foreign)] == [
        {"post"},
        {"post"},
        {"absent", "deputy"},
    ]
    assert every.context["adminform"].form.errors == {
        "post": ["boss另有不由您管理的任职，不能代理全部任职。请选择要代理的任职。"]
    }
    assert arranged() == []
    own = colleagues.client("admin").post(
        ADD, {**body, "post": people["boss"].memberships.get(role="department_reviewer").pk}
    )
    assert own.status_code == 302


def test_states_are_filtered_and_an_end_is_told(colleagues):
    people = colleagues.people
    for start, end, deputy in ((0, 3, "filler"), (5, 9, "second"), (20, 30, "auditor")):
        Deputation.objects.create(
            absent=people["boss"],
            deputy=people[deputy],
            valid_from=today() + timedelta(days=start),
            valid_to=today() + timedelta(days=end),
            reason="学习",
            arranged_by=people["admin"],
        )
    Deputation.objects.get(deputy=people["auditor"]).end(by=people["root"])
    client = colleagues.client("auditor")
    shown = {
        state: [str(one.deputy) for one in client.get(LIST, {"state": state}).context["cl"].result_list]
        for state in ("now", "later", "over", "nonsense")
    }
    assert shown == {
        "now": ["filler"],
        "later": ["second"],
        "over": ["auditor"],
        "nonsense": ["auditor", "second", "filler"],
    }
    page = client.get(
        reverse("admin:departments_deputation_change", args=[Deputation.objects.get(deputy=people["auditor"]).pk])
    )
    assert "已提前结束" in page.content.decode()


def test_own_pages_queries_do_not_grow(colleagues):
    def count():
        client = colleagues.client("filler")
        client.get(OWN)
        with CaptureQueriesContext(connection) as captured:
            client.get(OWN)
        return len(captured)

    def add(number):
        person = Person.objects.create_user(f"p{number}", name="某")
        Membership.objects.create(person=person, department=colleagues.school, role=FILLER)
        day = today() + timedelta(days=number)
        ends = {"valid_from": day, "valid_to": day, "reason": "学习", "arranged_by": person}
        Deputation.objects.create(absent=colleagues.people["filler"], deputy=person, **ends)
        Deputation.objects.create(absent=person, deputy=colleagues.people["filler"], **ends)

    add(1)
    few = count()
    for number in range(2, 6):
        add(number)
    assert count() == few
