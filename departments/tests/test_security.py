"""What a hostile or curious person may try: addresses, hidden fields, forged posts, the other division."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from departments.models import Department, Duty, Membership, Office, Person
from departments.roles import ADMIN, FILLER, PERFORMANCE_REVIEWER

PASSWORD = "zhang-dian-2023"
NO_ROWS = {f"{part}-{name}": "0" for part in ("memberships", "offices") for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
LISTS = ("division", "department", "office", "duty", "person", "membership")


def page(model, name="changelist", *args):
    return reverse(f"admin:departments_{model}_{name}", args=args)


@pytest.fixture
def neighbour(register):
    """The other division with everything that could show: names, telephone, duties, a person of both divisions."""
    other = register.elsewhere
    office = Office.objects.create(department=other, name="张店区办公室")
    Duty.objects.create(department=other, year=2031, name="张店区职责")
    fresh = Person.objects.create_user("zhangdian_new", name="张店区新人", phone="13911111111", password=PASSWORD)
    both = Person.objects.create_user("both", name="两边任职")
    for department, role in ((register.school, FILLER), (other, FILLER)):
        Membership.objects.create(person=both, department=department, role=role)
    register.people |= {"fresh": fresh, "both": both}
    return other, office


# The other division ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["admin", "auditor", "boss", "filler"])
def test_nothing_of_the_other_division_shows_on_any_list_or_form(register, neighbour, name):
    client = register.client(name)
    addresses = [page(model) for model in LISTS] + [page(model, "add") for model in LISTS]
    addresses += [page("person", part, register.people["both"].pk) for part in ("change", "history")]
    shown = {address: client.get(address) for address in addresses}
    words = ("张店", "13911111111", "zhangdian", "2031")
    said = {
        address: [word for word in words if word in response.content.decode()] for address, response in shown.items()
    }
    assert {address: found for address, found in said.items() if found} == {}


def test_an_account_without_a_post_is_the_business_of_superusers(register, neighbour):
    fresh = register.people["fresh"]
    reset = reverse("admin:auth_user_password_change", args=[fresh.pk])
    body = {"password1": "taken-over-2023", "password2": "taken-over-2023"}
    assert register.client("admin").post(reset, body).status_code == 404
    assert Person.objects.get(pk=fresh.pk).check_password(PASSWORD)
    assert register.client("root").get(page("person", "change", fresh.pk)).status_code == 200


def test_who_fills_in_here_and_administers_there_sees_the_people_of_there_only(register, neighbour):
    finance = Department.objects.get(name="张店区财政局")
    Membership.objects.create(person=register.people["filler"], department=finance, role=ADMIN)
    names = set(Person.objects.visible_to(Person.objects.get(username="filler")).values_list("username", flat=True))
    assert names == {"other_admin", "both", "filler"}


@pytest.mark.parametrize("part", ["change", "history", "delete"])
def test_entries_of_the_other_division_are_not_there(register, neighbour, part):
    other, office = neighbour
    post = other.memberships.first()
    duty = other.duties.get()
    addresses = [
        page(model, part, one.pk)
        for model, one in (("department", other), ("office", office), ("duty", duty), ("membership", post))
    ]
    assert {register.client("admin").get(address).status_code for address in addresses} == {404}


@pytest.mark.parametrize("field", ["person", "department", "office"])
def test_choices_hold_nothing_of_the_other_division(register, neighbour, field):
    query = {"app_label": "departments", "model_name": "membership", "field_name": field, "term": ""}
    found = register.client("admin").get(reverse("admin:autocomplete"), query).content.decode()
    assert "张店" not in found
    assert "root" not in found


def test_an_auditor_reads_in_words_which_posts_a_person_holds(register):
    html = register.client("auditor").get(page("person", "change", register.people["filler"].pk)).content.decode()
    assert ("实验学校" in html, "单位经办人" in html, "可以登录" in html) == (True, True, True)
    assert ("重置密码" in html, 'alt="True"' in html, 'alt="False"' in html) == (False, False, False)


@pytest.mark.parametrize(
    ("name", "other", "words"),
    [
        ("admin", "filler", {"重置密码": True, 'name="is_active"': True, 'name="is_superuser"': False}),
        ("admin", "admin", {"重置密码": True, 'name="is_active"': False, 'name="is_superuser"': False}),
        ("root", "filler", {"重置密码": True, 'name="is_active"': True, 'name="is_superuser"': True}),
        ("root", "root", {"重置密码": True, 'name="is_active"': False, 'name="is_superuser"': False}),
    ],
)
def test_an_account_offers_what_may_be_changed(register, name, other, words):
    html = register.client(name).get(page("person", "change", register.people[other].pk)).content.decode()
    assert {word: word in html for word in words} == words
    assert 'alt="True"' not in html
    assert 'alt="False"' not in html


# Forged posts ---------------------------------------------------------------------------------------------------------


def test_a_role_cannot_be_smuggled_into_the_other_division(register, neighbour):
    other, _ = neighbour
    row = {"memberships-0-department": other.pk, "memberships-0-role": FILLER, "memberships-TOTAL_FORMS": "1"}
    client = register.client("admin")
    own = client.post(page("person", "change", register.people["admin"].pk), {**NO_ROWS, **row, "username": "admin"})
    new = {"username": "wang", "name": "王某", "password1": PASSWORD, "password2": PASSWORD}
    made = client.post(page("person", "add"), {**NO_ROWS, **row, **new})
    assert (own.status_code, made.status_code) == (200, 200)
    assert not Person.objects.filter(username="wang").exists()
    assert other.memberships.count() == 1


def test_an_administrator_changes_neither_superusers_nor_people_with_posts_elsewhere(register, neighbour):
    Membership.objects.create(person=register.people["root"], department=register.finance, role=PERFORMANCE_REVIEWER)
    body = {**NO_ROWS, "username": "hijacked", "name": "某"}
    statuses = [
        register.client("admin").post(address, body).status_code
        for name in ("root", "both")
        for address in (
            page("person", "change", register.people[name].pk),
            reverse("admin:auth_user_password_change", args=[register.people[name].pk]),
        )
    ]
    assert statuses == [403] * 4
    assert not Person.objects.filter(username="hijacked").exists()


def test_departments_move_into_no_other_division(register, neighbour):
    other, office = neighbour
    body = {**NO_ROWS, "code": "405", "name": "卫生健康局", "aliases": "", "division": register.division.pk}
    forged = ({"division": other.division_id}, {"parent": other.pk}, {"business_office": office.pk})
    address = page("department", "change", register.health.pk)
    assert [register.client("admin").post(address, {**body, **one}).status_code for one in forged] == [200] * 3


def test_a_table_that_was_confirmed_stores_only_what_its_person_manages(register, neighbour):
    """The name of somebody else's upload in the confirmation gives no more rights than one's own upload."""
    table = "单位代码,单位名称,科室名称\n202,张店区教育局,保卫科\n".encode()
    body = {"resource": "0", "format": "", "import_file": SimpleUploadedFile("表.csv", table)}
    preview = register.client("other_admin").post(page("office", "import"), body)
    register.client("admin").post(page("office", "process_import"), preview.context["confirm_form"].initial)
    assert not Office.objects.filter(name="保卫科").exists()


def test_accounts_and_their_hashes_are_exported_nowhere(register):
    client = register.client("root")
    exported = client.post(page("membership", "export"), {"format": "1", "resource": "0"}).content.decode("utf-8-sig")
    assert exported.splitlines()[0] == "用户名,姓名,单位代码,单位名称,科室,角色,启用日期,停用日期"
    assert client.get("/admin/departments/person/export/").status_code in {302, 404}


# Addresses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "password__startswith=pbkdf2",
        "phone__startswith=139",
        "memberships__department=1",
        "_to_field=password",
        "id__in=1,2",
    ],
)
def test_a_list_of_people_answers_no_question_the_page_does_not_offer(register, query):
    response = register.client("admin").get(f"{page('person')}?{query}")
    assert (response.status_code, "这个地址无法处理" in response.content.decode()) == (400, True)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/departments/membership/?person__password__startswith=p",
        "/admin/departments/duty/?department=99999999999999999999999",
        "/admin/departments/person/add/?_popup=1&_to_field=password",
    ],
)
def test_crafted_addresses_are_refused_in_words(register, address):
    response = register.client("admin").get(address)
    assert (response.status_code, "这个地址无法处理" in response.content.decode()) == (400, True)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/departments/person/?o=99&p=abc&all=1",
        "/admin/departments/person/?q=%00",
        "/admin/departments/duty/?year=99999999999999999999",
        "/admin/departments/duty/?year=abc",
        "/admin/departments/department/?is_finance__exact=%00",
        "/admin/departments/person/?_popup=1",
        "/admin/departments/department/add/?division=zzz&name=%00",
        "/admin/departments/membership/add/?person=1&department=abc",
        "/admin/departments/person/abc/change/",
        "/admin/departments/person/99999999999999999999999/change/",
        "/admin/autocomplete/?app_label=departments&model_name=membership&field_name=person&term=%00",
        "/admin/autocomplete/?app_label=x",
        "/admin/jsi18n/",
        "/admin/r/1/1/",
        "/admin/doc/",
        "/admin/auth/group/",
        "/admin/django_tasks_database/dbtaskresult/",
    ],
)
def test_no_address_breaks_anything(register, address):
    assert register.client("admin").get(address).status_code in {200, 302, 403, 404}


@pytest.mark.parametrize("forged", ["9" * 30, "abc", "\x00", "-1", "①"])
def test_a_forged_choice_is_no_choice(register, forged):
    client = register.client("admin")
    body = {**NO_ROWS, "person": forged, "department": forged, "role": FILLER}
    assert [client.get(page("membership", "add"), body).status_code] == [200]
    refused = client.post(page("membership", "add"), body)
    assert (refused.status_code, set(refused.context["adminform"].form.errors)) == (200, {"person", "department"})


def test_log_in_leads_to_this_site_only(register):
    register.people["filler"].set_password(PASSWORD)
    register.people["filler"].save()
    body = {"username": "filler", "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post(reverse("admin:login"), body)["Location"] == reverse("admin:index")


def test_a_host_name_that_is_not_ours_is_refused(db):
    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_post_without_its_token_changes_nothing(register):
    client = Client(enforce_csrf_checks=True)
    client.force_login(register.people["admin"])
    body = {"department": register.school.pk, "year": "2023", "name": "职责"}
    assert (client.post(page("duty", "add"), body).status_code, Duty.objects.count()) == (403, 0)


def test_a_new_password_ends_the_other_sessions(register):
    client = register.client("filler")
    assert client.get(page("department")).status_code == 200
    reset = reverse("admin:auth_user_password_change", args=[register.people["filler"].pk])
    register.client("admin").post(reset, {"password1": PASSWORD, "password2": PASSWORD})
    assert client.get(page("department")).status_code == 302
