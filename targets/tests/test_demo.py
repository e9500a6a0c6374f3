"""The demo: one command on any database, quick the second time, refused outside demo mode."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum
from django.test import Client
from django.urls import reverse

from departments.models import Department, Membership, Person
from targets.demo import ACCOUNTS, PASSWORD, load_demo
from targets.models import BudgetYear, Campaign, Declaration, ImportBatch
from targets.review import take_step


@pytest.fixture
def demo_mode(settings):
    settings.DEMO = True


@pytest.fixture
def demo(db, demo_mode):
    return load_demo()


def test_outside_demo_mode_nothing_is_made(db, capsys):
    with pytest.raises(CommandError, match="只能在演示方式下"):
        call_command("load_demo")
    assert (Person.objects.count(), Department.objects.count()) == (0, 0)
    assert PASSWORD not in Client().get(reverse("admin:login")).content.decode()


def test_holds_the_whole_publication_of_2023(demo):
    projects = Declaration.objects.filter(kind="project")
    plans = Declaration.objects.filter(kind="plan")
    assert (
        projects.aggregate(forms=Count("pk"), rows=Sum("row_count"), money=Sum("total")),
        plans.aggregate(forms=Count("pk"), rows=Sum("row_count")),
    ) == ({"forms": 8, "rows": 71, "money": Decimal("78996700.00")}, {"forms": 4, "rows": 115})


def test_every_form_is_its_own_units_draft_and_can_go_its_whole_way(demo):
    roles = {"department_reviewer", "office_reviewer"}
    for form in Declaration.objects.select_related("unit", "current_revision__author"):
        author = form.current_revision.author
        assert (form.state, form.current_revision.by_finance, form.editable_by(author)) == ("draft", False, True)
        reached = {
            role for person in Person.objects.all() for role in roles if form.unit_id in person.scope.reach(role)
        }
        assert reached == roles, form


def test_the_bus_subsidy_can_be_submitted(demo):
    form = Declaration.objects.get(title="校车运营补贴")
    take_step(form, "submit", by=Person.objects.get(username="jingban"))
    form.refresh_from_db()
    assert form.state == "department_review"


def test_years_taxonomies_and_the_open_round(demo):
    years = {year.year: (year.is_closed, "成本指标" in year.rules().taxonomy) for year in BudgetYear.objects.all()}
    assert years == {2020: (True, False), 2022: (False, True), 2023: (False, True), 2024: (False, True)}
    campaign = Campaign.objects.get()
    assert (str(campaign), campaign.is_open, campaign.notice) == ("2023年度 · 二上", True, "")


def test_a_second_run_does_nothing_and_keeps_what_people_changed(demo, django_assert_max_num_queries):
    Department.objects.filter(code="401").update(short_name="我改的")
    person = Person.objects.get(username="jingban")
    person.set_password("bie-de-mima-1")
    person.save()
    with django_assert_max_num_queries(40):
        again = load_demo()
    assert (again.reference, again.accounts, again.forms, ImportBatch.objects.count()) == (0, 0, 0, 9)
    assert Department.objects.get(code="401").short_name == "我改的"
    assert Person.objects.get(username="jingban").check_password("bie-de-mima-1")


def test_accounts_are_told_on_the_console_and_the_login_page_and_work(demo, capsys):
    call_command("load_demo")
    console = capsys.readouterr().out
    page = Client().get(reverse("admin:login")).content.decode()
    assert all(account.username in console for account in ACCOUNTS)
    assert PASSWORD in console
    assert all(account.username in page for account in ACCOUNTS if account.is_main)
    assert PASSWORD in page
    assert Client().login(username="jingban", password=PASSWORD)
    assert Membership.objects.count() == len(ACCOUNTS)


def test_every_non_finance_department_has_its_business_office(demo):
    without = Department.objects.filter(parent=None, is_finance=False, business_office=None)
    assert not without.exists()
