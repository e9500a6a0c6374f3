"""A small register: a department with two units, another department, the finance bureau; and a second division."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from departments.models import Department, Division, Membership, Office, Person
from departments.roles import ADMIN, AUDITOR, DEPARTMENT_REVIEWER, FILLER


@dataclass
class Register:
    division: Division
    finance: Department
    education: Department
    school: Department
    health: Department
    elsewhere: Department
    people: dict[str, Person]

    def client(self, name: str) -> Client:
        client = Client()
        client.force_login(self.people[name])
        return client


@pytest.fixture
def register(db: Any) -> Register:
    division = Division.objects.create(code="370302000", name="淄博市淄川区", short_name="淄川区")
    other = Division.objects.create(code="370303000", name="淄博市张店区", short_name="张店区")
    finance = Department.objects.create(division=division, name="财政局", is_finance=True)
    office = Office.objects.create(department=finance, name="教科文科")
    education = Department.objects.create(
        division=division, code="202", name="教育和体育局", aliases=["区教体局"], business_office=office
    )
    school = Department.objects.create(division=division, code="202001", name="实验学校", parent=education)
    health = Department.objects.create(division=division, code="405", name="卫生健康局")
    elsewhere = Department.objects.create(division=other, code="202", name="张店区教育局")
    other_finance = Department.objects.create(division=other, name="张店区财政局", is_finance=True)
    posts = {
        "admin": (finance, ADMIN),
        "auditor": (finance, AUDITOR),
        "filler": (school, FILLER),
        "boss": (education, DEPARTMENT_REVIEWER),
        "other_admin": (other_finance, ADMIN),
    }
    people = {name: Person.objects.create_user(name, name=name) for name in posts}
    for name, (department, role) in posts.items():
        Membership.objects.create(person=people[name], department=department, role=role)
    people["root"] = Person.objects.create_superuser("root", name="root")
    return Register(division, finance, education, school, health, elsewhere, people)
