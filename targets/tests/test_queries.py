"""Pages not counted in the tests of their own: as many queries for many forms, rows and steps as for one."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Department, Person
from targets.domain.record import PLAN, IndicatorRow
from targets.editing import fresh_declaration
from targets.models import Declaration, Revision, Waiver
from targets.storing import store
from targets.tests.world import GOOD_ROWS, World

REVIEWERS = ("boss", "office", "perf", "budget", "admin", "auditor", "root")
PASSING = ("submit", "forward", "forward", "pass")


def queries(person: Person, address: str) -> int:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def fill_the_lists(world: World, number: int) -> None:
    """Projects and plans of units of their own, at several stages, with explanations that wait."""
    unit = Department.objects.create(
        division=world.division, code=f"2021{number:02}", name=f"第{number}学校", parent=world.education
    )
    draft = world.declaration(title=f"编制中{number}", unit=unit)
    Waiver.objects.create(declaration=draft, rule="R01", message="错误", explanation="说明", asked_by=world.filler)
    world.advance(world.declaration(title=f"送审{number}"), "submit")
    world.advance(world.declaration(title=f"退回{number}"), "submit", "return")
    world.advance(world.declaration(title=f"通过{number}"), *PASSING)
    plan = world.record(
        kind=PLAN, title="2023年整体绩效目标表", department_code=unit.code, total=None, fiscal=None, other=None
    )
    form = fresh_declaration(plan, world.year, world.education, unit)
    form.save()
    store([(form, plan)], by=world.filler, reason=Revision.Reason.EDIT)


LISTS = {
    "admin:targets_budgetproject_changelist": ("filler", *REVIEWERS),
    "admin:targets_departmentplan_changelist": ("boss", "perf", "auditor"),
    "admin:targets_approve": ("perf", "budget"),
    "admin:targets_adopt": ("admin",),
    "admin:targets_day": ("filler", "boss"),
    "admin:targets_waivers": ("perf",),
    "admin:targets_trail": ("admin", "auditor", "root"),
    "admin:departments_person_changelist": ("admin",),
    "admin:departments_deputation_changelist": ("admin",),
    "admin:targets_disclosure_changelist": ("perf",),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_many_asks_no_more_than_one_of_few(world: World, name: str) -> None:
    def counted() -> dict[str, int]:
        return {who: queries(Person.objects.get(username=who), reverse(name)) for who in LISTS[name]}

    fill_the_lists(world, 1)
    few = counted()
    for number in range(2, 5):
        fill_the_lists(world, number)
    assert counted() == few


def read_page(world: World, form: Declaration) -> str:
    return reverse("admin:targets_budgetproject_change", args=[form.pk])


def history(world: World, form: Declaration) -> str:
    return reverse("admin:targets_budgetproject_history", args=[form.pk])


def revision(world: World, form: Declaration) -> str:
    return reverse("admin:targets_budgetproject_revision", args=[form.pk, 1])


def workbook(world: World, form: Declaration) -> str:
    return reverse("admin:targets_budgetproject_workbook", args=[form.pk])


@pytest.mark.parametrize("who", REVIEWERS)
@pytest.mark.parametrize("page", [read_page, history, revision, workbook])
def test_a_form_of_many_rows_sent_many_times_asks_no_more_than_a_new_one(
    world: World, page: Callable[[World, Declaration], str], who: str
) -> None:
    many = tuple(
        IndicatorRow(level1="产出指标", level2="数量指标", name=f"指标{n}", target="没有数") for n in range(40)
    )
    short = world.advance(world.declaration(title="短的"), "submit", "forward")
    long = world.declaration(title="长的", rows=(*GOOD_ROWS, *many))
    for _ in range(3):
        world.advance(long, "submit", "forward", "return")
    world.advance(long, "submit", "forward")
    person = world.people[who]
    assert queries(person, page(world, long)) == queries(person, page(world, short))
