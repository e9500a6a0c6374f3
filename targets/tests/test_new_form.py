"""新建: by fillers, for their own units, in years that are open."""

import pytest
from django.test import Client
from django.urls import reverse

from targets.models import BudgetProject, BudgetYear
from targets.tests.test_project_page import told
from targets.tests.world import World

ADD = "admin:targets_budgetproject_add"


def sign_in(client: Client, world: World, who: str) -> None:
    client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")


def test_a_filler_begins_a_form_and_lands_on_its_page(client: Client, world: World) -> None:
    sign_in(client, world, "filler")
    said = {"unit": world.school.pk, "budget_year": world.year.pk, "title": " 校舍维修 ", "code": "A1"}
    response = client.post(reverse(ADD), said, follow=True)
    form = BudgetProject.objects.get()
    assert response.redirect_chain == [(reverse("admin:targets_budgetproject_change", args=[form.pk]), 302)]
    assert told(response) == ["已新建“校舍维修”，请填写后保存。"]
    assert (form.unit, form.department, form.code, form.state) == (world.school, world.education, "A1", "draft")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "项目名称为空，没有新建。请填写项目名称。"),
        ({"title": "　"}, "项目名称为空，没有新建。请填写项目名称。"),
        ({"title": "学前教育补助"}, "已有“学前教育补助”，没有新建。请直接打开那一张填写。"),
    ],
)
def test_what_cannot_begin_is_told(client: Client, world: World, changes: dict[str, str], words: str) -> None:
    world.declaration()
    sign_in(client, world, "filler")
    said = {"unit": world.school.pk, "budget_year": world.year.pk, "title": "别的", "code": ""} | changes
    response = client.post(reverse(ADD), said)
    assert words in response.content.decode()
    assert BudgetProject.objects.count() == 1


def test_units_of_others_and_closed_years_are_no_choice(client: Client, world: World) -> None:
    closed = BudgetYear.objects.create(division=world.division, year=2022, is_closed=True)
    sign_in(client, world, "filler")
    html = client.get(reverse(ADD)).content.decode()
    assert ("淄川区实验学校" in html, "淄川区实验幼儿园" in html, "2022年度" in html) == (True, False, False)
    for unit, year in ((world.kindergarten.pk, world.year.pk), (world.school.pk, closed.pk)):
        assert client.post(reverse(ADD), {"unit": unit, "budget_year": year, "title": "冒名"}).status_code == 200
    assert not BudgetProject.objects.exists()


@pytest.mark.parametrize("who", ["boss", "office", "perf", "budget", "admin", "auditor", "root"])
def test_nobody_else_begins_a_form(client: Client, world: World, who: str) -> None:
    sign_in(client, world, who)
    response = client.post(reverse(ADD), {"unit": world.school.pk, "budget_year": world.year.pk, "title": "冒名"})
    assert response.status_code == 302
    assert not BudgetProject.objects.exists()
