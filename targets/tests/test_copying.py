"""从上年复制: whose forms, into which year, what is copied, what is marked, and how the marks go."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import Department, Person
from targets.copying import AT_ONCE, CopyRefused, confirm_stale, copy_forms, fill_means, not_yet_copied, open_years
from targets.domain.edits import AddRow, Change, Edit, RemoveRow
from targets.domain.record import PLAN, IndicatorRow, Record
from targets.editing import EditRefused, apply_changes, fresh_declaration
from targets.models import BudgetYear, Campaign, Declaration, Revision
from targets.storing import store
from targets.tests.world import World, client_of

APPROVAL = ("submit", "forward", "forward", "pass", "approve")


@pytest.fixture
def next_year(world: World) -> BudgetYear:
    """2024, whose round is open."""
    year = BudgetYear.objects.create(division=world.division, year=2024)
    now = timezone.now()
    Campaign.objects.create(
        budget_year=year, name="一上", opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9)
    )
    return year


def plan(world: World, year: int, *rows: IndicatorRow, unit: Department | None = None) -> Declaration:
    """A stored plan of the school for that year, as it stands in the system."""
    owner = unit or world.school
    budget_year, _ = BudgetYear.objects.get_or_create(division=world.division, year=year)
    record = Record(
        PLAN, year, f"{year}年整体绩效目标表", department_code=owner.code, department_name=owner.name, rows=rows
    )
    form = fresh_declaration(record, budget_year, department=owner.department.pk, unit=owner.pk)
    form.save()
    store([(form, record)], by=world.filler, reason=Revision.Reason.EDIT)
    return form


def row(key: str, name: str, last_year: str = "", **cells: Any) -> IndicatorRow:
    return IndicatorRow(
        key=key, number="1", name=name, target="≥92%", last_year=last_year, history_source="内部统计", **cells
    )


def copy_one(form: Declaration, into: BudgetYear, by: Person) -> Declaration:
    told = copy_forms([form.pk], into, by=by)
    assert told.refused == []
    return told.copies[0]


# What is copied -------------------------------------------------------------------------------------------------------


def test_a_project_is_copied_whole_but_for_state_and_code(world: World, next_year: BudgetYear) -> None:
    form = world.advance(world.declaration(code="370302001", extra={"立项依据": "文件"}), *APPROVAL)
    copy = copy_one(form, next_year, world.filler)
    copy.refresh_from_db()
    old = form.record()
    assert copy.record() == replace(old, year=2024, code="")
    assert (copy.state, copy.version, copy.year, copy.campaign) == ("draft", 1, 2024, next_year.campaigns.get())
    assert copy.copied_from == form.approved_revision
    revision = copy.current_revision
    assert revision is not None
    assert (revision.number, revision.reason, revision.note, revision.author) == (
        1,
        "copy",
        "从2023年度复制",
        world.filler,
    )
    assert copy.stale == ["money", "goal", "extra", *(one.key for one in old.rows)]


def test_what_is_copied_is_the_text_in_force_not_an_adjustment_under_way(world: World, next_year: BudgetYear) -> None:
    form = world.advance(world.declaration(), *APPROVAL, "adjust")
    apply_changes(form, [Change("", "goal", form.goal, "还没有批复的新目标")], by=world.filler)
    assert copy_one(form, next_year, world.filler).goal == world.record().goal


def test_a_code_is_taken_when_it_is_given(world: World, next_year: BudgetYear) -> None:
    form = world.declaration(code="OLD")
    told = copy_forms([form.pk], next_year, by=world.filler, codes={form.pk: " NEW "})
    assert [copy.code for copy in told.copies] == ["NEW"]


def test_a_plan_s_history_values_are_taken_anew(world: World, next_year: BudgetYear) -> None:
    """上年值 of the form of 2023 is of 2022: it is not 上年值 of 2024, and the target of 2023 is no actual value."""
    plan(world, 2022, row("aaaaaaaa", "入园率", "86%"), row("cccccccc", "巩固率", "97%"))
    form = plan(world, 2023, row("aaaaaaaa", "入园率", "88%", average_3y="85%"), row("bbbbbbbb", "巩固率", "98%"))
    copy = copy_one(form, next_year, world.filler)
    assert copy.title == "2024年整体绩效目标表"
    assert [(one.key, one.last_year, one.average_3y, one.target) for one in copy.record().rows] == [
        ("aaaaaaaa", "", "", "≥92%"),
        ("bbbbbbbb", "", "", "≥92%"),
    ]
    typed = [Change("aaaaaaaa", "last_year", "", "90%"), Change("bbbbbbbb", "last_year", "", "99%")]
    apply_changes(copy, typed, by=world.filler)
    outcome = fill_means(copy, by=world.filler)
    assert [(one.average_3y, one.history_source) for one in outcome.record.rows] == [
        ("88%", "内部统计"),  # 90, 88, 86 by the row's key
        ("98%", "内部统计"),  # 99, 98, 97 by its name, which stands once in each form
    ]
    assert fill_means(copy, by=world.filler).revision is None


# Whose, and when ------------------------------------------------------------------------------------------------------


def test_each_form_is_told(world: World, next_year: BudgetYear) -> None:
    good, there = world.declaration(title="甲"), world.declaration(title="乙")
    void, foreign = world.declaration(title="丙"), world.declaration(title="丁", unit=world.kindergarten)
    copy_one(there, next_year, world.filler)
    Declaration.objects.filter(pk=void.pk).update(state="void")
    told = copy_forms([good.pk, there.pk, void.pk, foreign.pk, 0], next_year, by=world.filler)
    assert [copy.title for copy in told.copies] == ["甲"]
    assert {one.form.title: one.refusal for one in told.refused} == {
        "乙": "2024年度已有这张表。",
        "丙": "这张表“已作废”，不再沿用。",
    }
    assert not Declaration.objects.filter(year=2024, unit=world.kindergarten).exists()


@pytest.mark.parametrize("who", ["sibling", "stranger", "boss", "office", "perf", "budget", "admin", "auditor", "root"])
def test_nobody_copies_for_a_unit_he_does_not_fill_in_for(world: World, next_year: BudgetYear, who: str) -> None:
    form = world.declaration()
    with suppress(CopyRefused):  # who fills in for nobody has no open year either
        told = copy_forms([form.pk], next_year, by=world.people[who])
        assert (told.copies, told.refused) == ([], [])
    assert not Declaration.objects.filter(year=2024).exists()


def test_only_into_a_year_whose_round_is_open(world: World, next_year: BudgetYear) -> None:
    form = world.declaration()
    assert open_years(world.filler) == [next_year, world.year]
    now = timezone.now()
    next_year.campaigns.update(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1))
    assert open_years(world.filler) == [world.year]
    with pytest.raises(CopyRefused, match="2024年度现在没有开放的编报批次"):
        copy_forms([form.pk], next_year, by=world.filler)
    told = copy_forms([form.pk], world.year, by=world.filler)
    assert [one.refusal for one in told.refused] == ["这张表不是2023年度以前的。"]


def test_a_code_in_use_and_too_many_at_once_are_refused_in_words(world: World, next_year: BudgetYear) -> None:
    one, two = world.declaration(title="甲"), world.declaration(title="乙")
    with pytest.raises(CopyRefused, match="填写的项目代码已被使用"):
        copy_forms([one.pk, two.pk], next_year, by=world.filler, codes={one.pk: "A1", two.pk: "A1"})
    with pytest.raises(CopyRefused, match=f"一次最多复制{AT_ONCE}张"):
        copy_forms(range(AT_ONCE + 1), next_year, by=world.filler)
    told = copy_forms([one.pk], next_year, by=world.filler, codes={one.pk: "A" * 41})
    assert [candidate.refusal for candidate in told.refused] == ["项目代码有41个字，最多40个字。"]
    assert not Declaration.objects.filter(year=2024).exists()


def test_many_forms_take_as_many_queries_as_two(world: World, next_year: BudgetYear) -> None:
    forms = [world.declaration(title=f"项目{number}") for number in range(8)]
    numbers = []
    for some in (forms[:2], forms[2:]):
        into = BudgetYear.objects.get(pk=next_year.pk)  # anew: a year remembers its rounds
        with CaptureQueriesContext(connection) as captured:
            assert len(copy_forms([form.pk for form in some], into, by=world.filler).copies) == len(some)
        numbers.append(len(captured))
    assert numbers[0] == numbers[1]


# Marks ----------------------------------------------------------------------------------------------------------------


def test_a_mark_goes_when_its_row_is_changed_and_stays_when_it_is_moved_or_others_are(
    world: World, next_year: BudgetYear
) -> None:
    copy = copy_one(world.declaration(), next_year, world.filler)
    keys = [one.key for one in copy.record().rows]
    changed = copy.record().rows[0]
    edits: list[Edit] = [
        Change(keys[0], "target", changed.target, "≤120万元"),
        RemoveRow(keys[1]),
        AddRow(IndicatorRow(key="eeeeeeee", name="新指标", target="≥1个")),
        Change("", "goal", copy.goal, f"{copy.goal}新年度。"),
    ]
    apply_changes(copy, edits, by=world.filler)
    copy.refresh_from_db()
    assert copy.stale == ["money", *keys[2:]]


def test_what_still_holds_is_confirmed_by_its_filler_only(world: World, next_year: BudgetYear) -> None:
    copy = copy_one(world.declaration(), next_year, world.filler)
    keys = [one.key for one in copy.record().rows]
    for who in ("sibling", "boss", "perf", "root"):
        with pytest.raises(EditRefused):
            confirm_stale(copy, None, by=world.people[who])
    assert confirm_stale(copy, [keys[0], "no such place"], by=world.filler) == ["money", "goal", *keys[1:]]
    assert confirm_stale(copy, None, by=world.filler) == []
    copy.refresh_from_db()
    assert (copy.stale, copy.revisions.count()) == ([], 1)


# Pages ----------------------------------------------------------------------------------------------------------------


def test_from_the_workbench_to_a_confirmed_copy(world: World, next_year: BudgetYear) -> None:
    plan(world, 2023, row("aaaaaaaa", "入园率", "88%"))
    world.declaration(title="甲")
    client = client_of(world.filler)
    assert not_yet_copied(world.filler) == (next_year, 2)
    assert "上年有 2 张表还没有沿用" in client.get("/admin/").content.decode()
    page = client.get(reverse("admin:targets_copy"))
    ticked = [one.form.pk for one in page.context["candidates"]]
    answer = client.post(reverse("admin:targets_copy"), {"into": next_year.pk, "form": ticked}, follow=True)
    text = answer.content.decode()
    assert "已复制2张到2024年度" in text
    assert "未更新 1 处" in text
    assert "还没有沿用" not in text
    copy = Declaration.objects.get(year=2024, kind=PLAN)
    address = reverse("admin:targets_departmentplan_change", args=[copy.pk])
    shown = client.get(address).content.decode()
    assert "上年值请填2023年的实际完成值：系统没有存的留空（上年的目标不是完成值）" in shown
    assert "上年值待填，已存2022年88%" in shown
    assert 'value="renewed:aaaaaaaa"' in shown


def sent(copy: Declaration, action: str, **typed: str) -> dict[str, Any]:
    return {"revision": 1, "end": 1, "do": action, "row": [one.key for one in copy.record().rows], **typed}


def test_the_button_saves_what_was_typed_and_confirms_its_place(world: World, next_year: BudgetYear) -> None:
    copy = copy_one(world.declaration(), next_year, world.filler)
    client = client_of(world.filler)
    address = reverse("admin:targets_budgetproject_change", args=[copy.pk])
    answer = client.post(
        address, sent(copy, "renewed:money", goal="新年度的目标，为1200名幼儿发放补助100万元。"), follow=True
    )
    assert "已确认仍然适用，还有5处未更新" in answer.content.decode()
    copy.refresh_from_db()
    assert (copy.goal[:6], copy.stale) == ("新年度的目标", [one.key for one in copy.record().rows])
    client.post(address, {**sent(copy, "renewed:"), "revision": 2})
    copy.refresh_from_db()
    assert copy.stale == []


def test_the_address_for_scripts(world: World, next_year: BudgetYear) -> None:
    copy = copy_one(world.declaration(), next_year, world.filler)
    keys = [one.key for one in copy.record().rows]
    address = reverse("admin:targets_budgetproject_renewed", args=[copy.pk])
    answer = client_of(world.filler).post(address, {"place": ["money", "goal", keys[0]]})
    assert answer.json() == {"stale": keys[1:]}
    refused = client_of(world.boss).post(address, {"place": keys})
    assert (refused.status_code, refused.json()["stale"]) == (409, keys[1:])
    assert client_of(world.stranger).post(address).status_code == 404


def test_reviewers_read_that_copied_text_was_never_looked_at(world: World, next_year: BudgetYear) -> None:
    copy = copy_one(world.declaration(), next_year, world.filler)
    goal = "为全区1200名幼儿发放补助100万元，提高2024年普惠性幼儿园保障水平，减轻家庭负担。"
    apply_changes(copy, [Change("", "goal", copy.goal, goal)], by=world.filler)
    next_year.review_levels = ["performance_review"]
    next_year.save()
    world.advance(copy, "submit")
    page = client_of(world.perf).get(reverse("admin:targets_budgetproject_change", args=[copy.pk]))
    assert "有6处没有改过，单位也没有确认仍然适用" in page.content.decode()


def test_an_old_form_leads_to_its_copy(world: World, next_year: BudgetYear) -> None:
    form = world.advance(world.declaration(), *APPROVAL)
    address = reverse("admin:targets_budgetproject_change", args=[form.pk])
    link = f"{reverse('admin:targets_copy')}?form={form.pk}"
    assert link in client_of(world.filler).get(address).content.decode()
    assert link not in client_of(world.boss).get(address).content.decode()
    page = client_of(world.filler).get(link)
    assert [one.form for one in page.context["candidates"]] == [form]
    assert client_of(world.stranger).get(link).status_code == 404
    done = client_of(world.filler).post(link, {"into": next_year.pk, "form": form.pk, f"code-{form.pk}": "X1"})
    copy = Declaration.objects.get(year=2024)
    assert (done["Location"], copy.code) == (reverse("admin:targets_budgetproject_change", args=[copy.pk]), "X1")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("", "没有您单位2024年度以前的表"), ("?from=1999&unit=x&into=x", "没有您单位2024年度以前的表")],
)
def test_with_nothing_to_copy_the_page_says_why(world: World, next_year: BudgetYear, path: str, sentence: str) -> None:
    assert sentence in client_of(world.filler).get(reverse("admin:targets_copy") + path).content.decode()
    Campaign.objects.all().delete()
    closed = client_of(world.filler).get(reverse("admin:targets_copy") + path)
    assert "没有开放的编报批次" in closed.content.decode()


def test_a_list_of_many_asks_no_more_than_one_of_few(world: World, next_year: BudgetYear) -> None:
    client = client_of(world.filler)
    client.get(reverse("admin:targets_copy"))
    numbers = []
    for number in (1, 6):
        for place in range(number):
            world.declaration(title=f"项目{number}-{place}")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("admin:targets_copy")).status_code == 200
        numbers.append(len(captured))
    assert numbers[0] == numbers[1]
