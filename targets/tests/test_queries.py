"""Pages not counted in the tests of their own: as many queries for many forms, rows and steps as for one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Department, Person
from targets.attachments import attach
from targets.domain.edits import Change
from targets.domain.record import PLAN, PROJECT, IndicatorRow
from targets.domain.steps import PERFORMANCE_REVIEW, VOID
from targets.editing import apply_changes, fresh_declaration
from targets.findings import judge_declaration
from targets.guards import Order
from targets.links import form_url
from targets.models import BudgetYear, Declaration, Revision, StockPhrase, Waiver
from targets.remarks import Said, answer, remark
from targets.review import take_step
from targets.storing import store
from targets.tests.world import GOOD_ROWS, World
from targets.waivers import decide, explain

REVIEWERS = ("boss", "office", "perf", "budget", "admin", "auditor", "root")
PASSING = ("submit", "forward", "forward", "pass")


def queries(person: Person, address: str) -> int:
    """Those of the page: that the session goes on, and the numbers of content types, are written and known before."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.get(reverse("admin:jsi18n"))
    ContentType.objects.get_for_models(*apps.get_models())
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
    form = fresh_declaration(plan, world.year, department=world.education.pk, unit=unit.pk)
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


def test_a_list_of_many_asks_no_more_than_one_of_few(world: World) -> None:
    def counted() -> dict[tuple[str, str], int]:
        people = {person.username: person for person in Person.objects.all()}
        return {(name, who): queries(people[who], reverse(name)) for name, names in LISTS.items() for who in names}

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


PAGES: tuple[Callable[[World, Declaration], str], ...] = (read_page, history, revision, workbook)


def test_a_form_of_many_rows_sent_many_times_asks_no_more_than_a_new_one(world: World) -> None:
    many = tuple(
        IndicatorRow(level1="产出指标", level2="数量指标", name=f"指标{n}", target="没有数") for n in range(40)
    )
    short = world.advance(world.declaration(title="短的"), "submit", "forward")
    long = world.declaration(title="长的", rows=(*GOOD_ROWS, *many))
    for _ in range(3):
        world.advance(long, "submit", "forward", "return")
    world.advance(long, "submit", "forward")

    def counted(form: Declaration) -> dict[tuple[str, str], int]:
        return {
            (page.__name__, who): queries(world.people[who], page(world, form)) for page in PAGES for who in REVIEWERS
        }

    assert counted(long) == counted(short)


DESK = 16
"""So many queries make the page on which a form is reviewed, session, person and menu among them."""


def reviewed(world: World, kind: str, rows: int) -> Declaration:
    """A form with everything its reviewer may find: findings, explanations, remarks with answers, phrases, attachments, an
    earlier submission, last year's form, others that wait."""
    last = BudgetYear.objects.get_or_create(division=world.division, year=2022, is_closed=True)[0]
    many = tuple(
        IndicatorRow(**CATEGORIES[kind], name=f"指标{n}", target="≥95%" if n else "", last_year="97%")
        for n in range(rows)
    )
    is_plan = kind == PLAN
    head = {"kind": kind, "rows": many if is_plan else (*GOOD_ROWS, *many)} | (OF_A_PLAN if is_plan else {})
    old, form = (world.record(**head | {"year": year, "title": f"{year}年{kind}{rows}"}) for year in (2022, 2023))
    old = replace(old, title=form.title)
    forms = []
    for record, year in ((old, last), (form, world.year)):
        fresh = fresh_declaration(record, year, department=world.education.pk, unit=world.school.pk)
        fresh.save()
        store([(fresh, record)], by=world.filler, reason=Revision.Reason.EDIT)
        fresh.refresh_from_db()
        forms.append(fresh)
    before, now = forms
    document = Order(document_number="川财预〔2022〕1号", document_date=before.created_at.date())
    take_step(before, "adopt", by=world.admin, order=document)
    explained(world, now)
    keys = [row.key for row in now.record().rows]
    attach(now, f"%PDF-1.7 {kind}{rows}".encode(), "依据.pdf", by=world.filler, row=keys[0])
    world.advance(now, "submit", "forward")
    for key in keys[:6]:
        remark(now, Said("不对", row=key, field="target"), by=world.office)
    take_step(now, "return", by=world.office, order=Order(opinion="请修改"))
    for one in now.remarks.all():
        answer(one, "改了", by=world.filler)
    apply_changes(now, [Change(keys[0], "note", "", "已核对")], by=world.filler)
    world.advance(now, "submit", "forward")
    return now


CATEGORIES: dict[str, dict[str, Any]] = {
    PROJECT: {"level1": "产出指标", "level2": "数量指标"},
    PLAN: {"duty_group": "教育", "duty": "义务教育", "duty_goal": "保障", "history_source": "内部统计"},
}
OF_A_PLAN = {"department_code": "202001", "unit": "", "total": None, "fiscal": None, "other": None, "goal": ""}


def explained(world: World, form: Declaration) -> None:
    """Every error of the form, its explanation accepted."""
    places = {(one.finding.rule, one.finding.row, one.finding.field) for one in judge_declaration(form) if one.blocks}
    for rule, row, name in places:
        asked = explain(form, rule=rule, row=row, field=name, explanation="无法量化", by=world.filler)
        decide(asked, granted=True, reason="属实", by=world.perf)


@pytest.mark.parametrize("kind", [PROJECT, PLAN])
def test_the_reading_desk_of_any_number_of_rows_asks_as_much(world: World, kind: str) -> None:
    StockPhrase.objects.create(division=world.division, text="请附测算依据。")
    told = {}
    for rows in (1, 100, 300):
        form = reviewed(world, kind, rows)
        address = form_url(form)
        asked = [queries(world.office, address), queries(world.office, f"{address}?against=1&only=1")]
        Declaration.objects.filter(pk=form.pk).update(state=PERFORMANCE_REVIEW)
        told[rows] = [*asked, queries(world.perf, address)]
        Declaration.objects.filter(kind=PLAN).update(state=VOID)  # a unit has one plan a year
    assert told == dict.fromkeys((1, 100, 300), [DESK] * 3)
