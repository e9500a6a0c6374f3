"""Screens of the register: who sees and changes what; accounts cannot be used to climb."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Department, Duty, Membership, Office, Person
from departments.roles import ADMIN, FILLER

CHANGELISTS = {
    "division": {"root", "admin", "auditor"},
    "department": {"root", "admin", "auditor", "boss", "filler"},
    "office": {"root", "admin", "auditor", "boss", "filler"},
    "duty": {"root", "admin", "auditor", "boss", "filler"},
    "person": {"root", "admin", "auditor"},
    "membership": {"root", "admin", "auditor"},
}
MAY_ADD = {
    "division": {"root"},
    "department": {"root", "admin"},
    "office": {"root", "admin"},
    "duty": {"root", "admin", "boss", "filler"},
    "person": {"root", "admin"},
    "membership": {"root", "admin"},
}
PEOPLE = ("root", "admin", "auditor", "boss", "filler")
EMPTY_INLINE = {
    f"{prefix}-{name}": "0" for prefix in ("memberships", "offices") for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}


def first_post(department, role):
    return {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-department": department,
        "memberships-0-role": role,
    }


def address(model, page, *args):
    return reverse(f"admin:departments_{model}_{page}", args=args)


@pytest.mark.parametrize("model", CHANGELISTS)
def test_lists_and_add_pages_open_for_the_right_people(register, model):
    def open_to(page):
        return {name for name in PEOPLE if register.client(name).get(address(model, page)).status_code == 200}

    assert (open_to("changelist"), open_to("add")) == (CHANGELISTS[model], MAY_ADD[model])


@pytest.mark.parametrize("model", CHANGELISTS)
def test_a_list_takes_the_same_number_of_queries_for_many_rows(register, model, django_assert_num_queries):
    client = register.client("root")
    client.get(address(model, "changelist"))
    with CaptureQueriesContext(connection) as few:
        assert client.get(address(model, "changelist")).status_code == 200
    for number in range(4):
        unit = Department.objects.create(
            division=register.division, code=f"20210{number}", name=f"单位{number}", parent=register.education
        )
        Office.objects.create(department=unit, name="办公室")
        Duty.objects.create(department=unit, year=2023, name="职责")
        person = Person.objects.create_user(f"p{number}", name="某")
        Membership.objects.create(person=person, department=unit, role=FILLER)
    with django_assert_num_queries(len(few)):
        assert client.get(address(model, "changelist")).status_code == 200


def test_what_is_not_ones_own_is_404(register):
    assert [
        register.client(name).get(address("department", "change", pk)).status_code
        for name, pk in (
            ("filler", register.school.pk),
            ("filler", register.health.pk),
            ("boss", register.health.pk),
            ("admin", register.elsewhere.pk),
            ("other_admin", register.elsewhere.pk),
            ("admin", 10**9),
        )
    ] == [200, 404, 404, 404, 200, 404]


def test_departments_are_found_by_alias_and_code(register):
    found = [
        register.client("admin").get(address("department", "changelist"), {"q": term}).context["cl"].result_list
        for term in ("区教体", "405", "无此单位")
    ]
    assert [[one.name for one in rows] for rows in found] == [["教育和体育局"], ["卫生健康局"], []]


def test_aliases_are_written_one_a_line(register):
    body = {
        **EMPTY_INLINE,
        "division": register.division.pk,
        "code": "405",
        "name": "卫生健康局",
        "aliases": "区卫健局\r\n卫健局\n\n区卫健局",
    }
    response = register.client("admin").post(address("department", "change", register.health.pk), body)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert Department.objects.get(pk=register.health.pk).aliases == ["区卫健局", "卫健局"]


def test_a_filler_keeps_the_duties_of_his_unit_only(register):
    client = register.client("filler")
    body = {"year": "2023", "name": "义务教育"}
    own = client.post(address("duty", "add"), {**body, "department": register.school.pk})
    foreign = client.post(address("duty", "add"), {**body, "department": register.health.pk})
    assert (own.status_code, foreign.status_code) == (302, 200)
    assert list(Duty.objects.values_list("department", "name")) == [(register.school.pk, "义务教育")]


def test_a_new_account_needs_a_good_password_and_a_post(register):
    client = register.client("admin")

    def make(password, **changes):
        body = {**EMPTY_INLINE, **first_post(register.school.pk, FILLER), "username": "wang", "name": "王某"}
        return client.post(address("person", "add"), {**body, "password1": password, "password2": password, **changes})

    weak = make("12345678")
    idle = make("jiaoyu-2023-x", **{"memberships-TOTAL_FORMS": "0"})
    good = make("jiaoyu-2023-x", is_superuser="on")
    assert (weak.status_code, idle.status_code, good.status_code) == (200, 200, 302)
    assert "还没有任职" in idle.content.decode()
    made = Person.objects.get(username="wang")
    assert (made.check_password("jiaoyu-2023-x"), made.is_staff, made.is_superuser) == (True, False, False)
    assert [(post.department, post.role) for post in made.memberships.all()] == [(register.school, FILLER)]


def test_an_administrator_resets_passwords_of_his_own_people_only(register):
    def reset(by, name):
        page = reverse("admin:auth_user_password_change", args=[register.people[name].pk])
        body = {"password1": "xin-mima-2023", "password2": "xin-mima-2023"}
        status = register.client(by).post(page, body).status_code
        return status, Person.objects.get(username=name).check_password("xin-mima-2023")

    assert reset("admin", "filler") == (302, True)
    assert reset("admin", "root") == (404, False)
    assert reset("admin", "other_admin") == (404, False)
    assert reset("boss", "filler") == (404, True)
    assert reset("root", "other_admin") == (302, True)


def test_no_administrator_makes_a_superuser_or_shuts_himself_out(register):
    body = {**EMPTY_INLINE, "username": "filler", "name": "某", "is_active": "on", "is_superuser": "on"}
    response = register.client("admin").post(address("person", "change", register.people["filler"].pk), body)
    assert response.status_code == 302
    assert not Person.objects.get(username="filler").is_superuser
    own = {**EMPTY_INLINE, "username": "admin", "name": "某"}
    register.client("admin").post(address("person", "change", register.people["admin"].pk), own)
    assert Person.objects.get(username="admin").is_active


def test_a_deactivated_account_is_out(register):
    client = register.client("filler")
    body = {**EMPTY_INLINE, "username": "filler", "name": "某"}
    register.client("admin").post(address("person", "change", register.people["filler"].pk), body)
    assert client.get(address("department", "changelist")).status_code == 302


def test_roles_are_given_inside_ones_own_division(register):
    client = register.client("admin")
    body = {"person": register.people["filler"].pk, "role": ADMIN}
    inside = client.post(address("membership", "add"), {**body, "department": register.finance.pk})
    outside = client.post(address("membership", "add"), {**body, "role": FILLER, "department": register.elsewhere.pk})
    assert (inside.status_code, outside.status_code) == (302, 200)
    assert outside.context["adminform"].form.errors.keys() == {"department"}


def test_nothing_of_the_register_is_deleted(register):
    page = address("department", "delete", register.health.pk)
    assert register.client("root").post(page, {"post": "yes"}).status_code == 403


def test_choices_name_what_would_be_mistaken(register):
    def choices(field):
        query = {"app_label": "departments", "model_name": "membership", "field_name": field, "term": ""}
        found = register.client("admin").get(reverse("admin:autocomplete"), query).json()["results"]
        return {one["text"] for one in found}

    assert choices("office") == {"财政局 · 教科文科"}
    assert "filler（filler）" in choices("person")
    assert choices("department") == {"财政局", "[202]教育和体育局", "[202001]实验学校", "[405]卫生健康局"}
