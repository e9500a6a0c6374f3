from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.test import Client, RequestFactory
from django.utils import timezone

from departments.models import Division, Membership, Person
from departments.roles import ADMIN, AUDITOR, BUDGET_OFFICE, DEPARTMENT_REVIEWER, FILLER, PERFORMANCE_REVIEWER
from targets.domain.record import KINDS, PROJECT
from targets.domain.steps import DEPARTMENT_REVIEW, DRAFT, turns
from targets.menu import MENU, waiting_numbers
from targets.models import Campaign
from targets.site import campaign_label, with_division
from targets.tests.world import World


def frame(person: Person, path: str = "/admin/") -> dict[str, object]:
    request = RequestFactory().get(path)
    request.user = person
    return site.each_context(request)


def test_the_frame_says_which_system_which_round_and_who(world: World) -> None:
    shown = frame(world.filler)
    assert {name: shown[name] for name in ("site_header", "campaign", "person_name", "person_place")} == {
        "site_header": "淄川区预算绩效目标管理",
        "campaign": "2023年度 · 二上",
        "person_name": world.filler.name,
        "person_place": "淄川区实验学校",
    }


def test_several_divisions_share_one_plain_name(world: World) -> None:
    Division.objects.create(code="370303000", name="淄博市张店区", short_name="张店区")
    assert with_division("预算绩效目标公开") == "预算绩效目标公开"


def test_the_label_names_the_open_round_before_a_later_closed_one(world: World) -> None:
    now = timezone.now()
    Campaign.objects.create(
        budget_year=world.year, name="追加", opens_at=now - timedelta(days=2), closes_at=now - timedelta(days=1)
    )
    assert campaign_label({world.division.pk}) == "2023年度 · 二上"


def test_what_is_counted_in_the_menu_is_whose_turn_it_is(world: World) -> None:
    form = world.declaration()
    assert (waiting_numbers(world.filler), waiting_numbers(world.boss)) == ({(PROJECT, DRAFT): 1}, {})
    world.advance(form, "submit")
    assert (waiting_numbers(world.filler), waiting_numbers(world.boss)) == ({}, {(PROJECT, DEPARTMENT_REVIEW): 1})


def test_reference_data_leads_those_there_who_keep_it_up_or_audit_it() -> None:
    menu = {entry.label: entry.roles - {ADMIN} for entry in MENU if entry.group == "基础数据"}
    by_others = {"部门职责": {FILLER, DEPARTMENT_REVIEWER}, "预算年度": {PERFORMANCE_REVIEWER}}
    by_others |= {
        "编报批次": {PERFORMANCE_REVIEWER},
        "控制数": {BUDGET_OFFICE, PERFORMANCE_REVIEWER},
        "导入基础数据": set(),
    }
    assert menu == {
        label: frozenset(by_others.get(label, set()) | ({AUDITOR} if label != "导入基础数据" else set()))
        for label in menu
    }


def test_every_awaited_state_is_counted_somewhere_for_everyone_whose_turn_it_is() -> None:
    counted = {(entry.kind, state, role) for entry in MENU for state in entry.states for role in entry.roles}
    awaited = {(kind, state, role) for kind in KINDS for state, roles in turns().items() for role in roles}
    assert awaited - counted == set()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, None),
        ({"password": "wrong-password"}, "用户名或密码不对，请重新输入（字母区分大小写）。"),
        ({"no_role": True}, "这个账号现在没有任职，还不能使用。请联系系统管理员设置单位和角色。"),
    ],
)
def test_the_door(world: World, change: dict[str, object], said: str | None) -> None:
    person = world.filler
    person.set_password("right-password")
    person.save()
    if change.get("no_role"):
        Membership.objects.filter(person=person).delete()
    given = {"username": person.username, "password": change.get("password", "right-password")}
    answer = Client().post("/admin/login/?next=/admin/password_change/", given)
    if said is None:
        assert (answer.status_code, answer["Location"]) == (302, "/admin/password_change/")
    else:
        assert said in answer.content.decode()
