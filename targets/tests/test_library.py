"""绩效指标库: gathered from approved forms, curated, found by name and pinyin, suggested while typing, in and out as a table."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Department, Division, Person
from targets.domain.edits import Change
from targets.domain.record import IndicatorRow
from targets.editing import apply_changes
from targets.library import LibraryRefused, build_library, merge_entries, suggestions
from targets.models import LibraryIndicator
from targets.tests.world import GOOD_ROWS, World, client_of

APPROVAL = ("submit", "forward", "forward", "pass", "approve")
CHANGELIST = "admin:targets_libraryindicator_changelist"
State = LibraryIndicator.State


def entry(world: World, name: str, *, level2: str = "", department: Department | None = None, **fields: Any) -> Any:
    level1 = {"数量指标": "产出指标", "社会效益指标": "效益指标"}.get(level2, "")
    values = {"state": State.ACCEPTED, "level1": level1, "level2": level2, "department": department} | fields
    return LibraryIndicator.objects.create(division=values.pop("division", world.division), name=name, **values)


def names() -> set[str]:
    return set(LibraryIndicator.objects.values_list("name", flat=True))


# Gathering ------------------------------------------------------------------------------------------------------------


def test_only_approved_text_is_gathered_and_waits_to_be_accepted(world: World) -> None:
    form = world.advance(world.declaration(), *APPROVAL, "adjust")
    apply_changes(form, [Change(form.record().rows[0].key, "name", "补助费用", "还没批复的名称")], by=world.filler)
    world.declaration(title="草稿", rows=(*GOOD_ROWS, IndicatorRow(level1="产出指标", name="草稿中的指标")))
    built = build_library(world.division)
    assert (built.forms, built.added, built.refreshed) == (1, 5, 0)
    assert names() == {row.name for row in GOOD_ROWS}
    one = LibraryIndicator.objects.get(name="补助到位率")
    assert (one.level1, one.level2, one.unit, one.usual, one.uses, one.last_used, one.department, one.state) == (
        *("产出指标", "质量指标", "%", "≥98%", 1, 2023),
        world.education,
        State.CANDIDATE,
    )


def test_gathering_again_adds_nothing_and_undoes_no_curating(world: World) -> None:
    world.advance(world.declaration(), *APPROVAL)
    build_library(world.division)
    one = LibraryIndicator.objects.get(name="家长满意度")
    one.name, one.advice, one.state, one.explanation = "学生家长满意度", "≥90%", State.ACCEPTED, "抽样调查"
    one.save()
    hidden = LibraryIndicator.objects.get(name="入园率")
    hidden.state = State.HIDDEN
    hidden.save()
    assert build_library(world.division).added == 0
    rows = tuple(row.with_cells(target="≥96%") if row.name == "家长满意度" else row for row in GOOD_ROWS)
    world.advance(world.declaration(title="第二个项目", rows=rows), *APPROVAL)
    assert build_library(world.division).added == 0
    one.refresh_from_db()
    hidden.refresh_from_db()
    assert (one.name, one.usual, one.state, one.explanation, one.uses) == (
        *("学生家长满意度", "≥90%", State.ACCEPTED, "抽样调查", 2),
    )
    assert (one.low, one.high) == (Decimal(95), Decimal(96))
    assert (hidden.state, hidden.uses) == (State.HIDDEN, 2)


def test_what_two_departments_use_is_common(world: World) -> None:
    world.advance(world.declaration(), *APPROVAL)
    build_library(world.division)
    other = world.advance(world.declaration(title="第二个项目"), *APPROVAL)
    type(other).objects.filter(pk=other.pk).update(department=world.health)
    build_library(world.division)
    assert {one.department for one in LibraryIndicator.objects.all()} == {None}


def test_merged_spellings_count_for_the_one_that_stays(world: World) -> None:
    rows = (*GOOD_ROWS, GOOD_ROWS[-1].with_cells(name="幼儿家长的满意度"))
    world.advance(world.declaration(rows=rows), *APPROVAL)
    build_library(world.division)
    keep, other = (LibraryIndicator.objects.get(name=name) for name in ("家长满意度", "幼儿家长的满意度"))
    assert merge_entries(keep, [keep, other]) == 1
    assert build_library(world.division).added == 0
    keep.refresh_from_db()
    other.refresh_from_db()
    assert (keep.uses, other.merged_into, other.state, other.uses) == (2, keep, State.HIDDEN, 0)
    with pytest.raises(LibraryRefused, match="至少要选两条"):
        merge_entries(keep, [keep])
    with pytest.raises(LibraryRefused, match="已经并入别的指标"):
        merge_entries(other, [keep])


def test_many_forms_are_gathered_with_as_many_queries_as_one(world: World) -> None:
    numbers = []
    for number in (1, 4):
        for place in range(number):
            world.advance(world.declaration(title=f"项目{number}-{place}"), *APPROVAL)
        with CaptureQueriesContext(connection) as captured:
            build_library(world.division)
        numbers.append(len(captured))
        LibraryIndicator.objects.all().delete()
    assert numbers[0] == numbers[1]


def test_by_command(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.advance(world.declaration(), *APPROVAL)
    call_command("build_library", "--division", world.division.code)
    assert capsys.readouterr().out == "淄川区：已从1张已批复的表汇集指标：新增5条（待确认），更新0条。\n"
    with pytest.raises(CommandError, match="没有代码为“1”的财政区划"):
        call_command("build_library", "--division", "1")


# Reading and suggesting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cjrkf", {"残疾人康复服务率"}),
        ("canjiren", {"残疾人康复服务率", "残疾人就业人数"}),
        ("can ji ren jiuye", {"残疾人就业人数"}),
        ("残疾人 人数", {"残疾人就业人数"}),
        ("ＣＪＲ", {"残疾人康复服务率", "残疾人就业人数"}),
        ("xqjy", {"学前教育入园率"}),
        ("教育%", {"学前教育入园率"}),
        ("'; drop", set()),
        ("", {"残疾人康复服务率", "残疾人就业人数", "学前教育入园率"}),
    ],
)
def test_found_as_written_in_pinyin_or_by_initials(world: World, words: str, found: set[str]) -> None:
    for name in ("残疾人康复服务率", "残疾人就业人数", "学前教育入园率"):
        entry(world, name)
    page = client_of(world.filler).get(reverse("admin:targets_library"), {"q": words})
    assert {one.name for one in page.context["page"]} == found


def test_the_list_is_narrowed_by_category_and_department(world: World) -> None:
    entry(world, "甲", level2="数量指标", department=world.education)
    entry(world, "乙", level2="社会效益指标", department=world.health)
    entry(world, "丙")
    client = client_of(world.filler)

    def shown(**asked: Any) -> set[str]:
        page = client.get(reverse("admin:targets_library"), asked)
        return {one.name for one in page.context["page"]}

    assert shown(category="产出指标／数量指标") == {"甲"}
    assert shown(category="效益指标") == {"乙"}
    assert shown(department="common") == {"丙"}
    assert shown(department=world.health.pk) == {"乙"}
    assert shown(category="没有的", department="x", page="x") == {"甲", "乙", "丙"}


def test_fillers_see_what_was_accepted_in_their_division(world: World) -> None:
    elsewhere = Division.objects.create(code="370303000", name="淄博市张店区", short_name="张店区")
    entry(world, "收录的")
    entry(world, "待确认的", state=State.CANDIDATE)
    entry(world, "隐藏的", state=State.HIDDEN)
    entry(world, "外区的", division=elsewhere)
    seen = {who: set(_visible(world.people[who])) for who in ("filler", "boss", "perf", "auditor", "root", "nobody")}
    ours = {"收录的", "待确认的", "隐藏的"}
    assert seen == {
        "filler": {"收录的"},
        "boss": {"收录的"},
        "nobody": set(),
        "perf": ours,
        "auditor": ours,
        "root": {*ours, "外区的"},
    }
    assert [one["name"] for one in suggestions(world.perf)] == ["收录的"]


def _visible(person: Person) -> list[str]:
    return list(LibraryIndicator.objects.visible_to(person).values_list("name", flat=True))


def test_suggestions_for_the_cell_one_is_typing_in(world: World) -> None:
    entry(
        world,
        "入园率",
        level2="社会效益指标",
        unit="%",
        operator="≥",
        advice="≥92%",
        explanation="入园人数/适龄人数",
        uses=3,
    )
    entry(world, "幼儿入园率", level2="社会效益指标", department=world.health, uses=9)
    entry(world, "毛入园率", department=world.education, uses=1)
    entry(world, "入园人数", level2="数量指标", uses=99)
    form = world.declaration()
    asked: dict[str, Any] = {"q": "ryl", "level2": "社会效益指标", "form": form.pk}
    answer = client_of(world.filler).get(reverse("admin:targets_library_suggest"), asked)
    found = answer.json()["suggestions"]
    # begins so; then one's own department's (no category fits everywhere); then another's
    assert [one["name"] for one in found] == ["毛入园率", "入园率", "幼儿入园率"]
    assert found[1] == {
        "name": "入园率",
        "level1": "效益指标",
        "level2": "社会效益指标",
        "unit": "%",
        "operator": "≥",
        "usual": "≥92%",
        "explanation": "入园人数/适龄人数",
        "department": "",
        "uses": 3,
        "last_used": None,
    }
    by_name = client_of(world.filler).get(reverse("admin:targets_library_suggest"), {"q": "入园", "limit": "1"})
    assert [one["name"] for one in by_name.json()["suggestions"]] == ["入园人数"]


def test_suggestions_are_few_and_scoped(world: World) -> None:
    for number in range(30):
        entry(world, f"指标{number}")
    address = reverse("admin:targets_library_suggest")
    numbers = {limit: len(client_of(world.filler).get(address, {"limit": limit}).json()["suggestions"]) for limit in
               ("", "3", "999", "x", "-1")}  # fmt: skip
    assert numbers == {"": 8, "3": 3, "999": 20, "x": 8, "-1": 8}
    foreign = world.declaration(unit=world.kindergarten)
    assert client_of(world.filler).get(address, {"form": foreign.pk}).status_code == 404
    assert client_of(world.filler).get(address, {"q": "a\0b" * 99}).json() == {"suggestions": []}
    assert client_of(world.filler).post(address).status_code == 405


@pytest.mark.parametrize(
    ("name", "who"),
    [("admin:targets_library", "filler"), ("admin:targets_library_suggest", "filler"), (CHANGELIST, "perf")],
)
def test_many_entries_ask_no_more_than_few(world: World, name: str, who: str) -> None:
    client = client_of(world.people[who])
    client.get(reverse(name))
    numbers = []
    for number in (2, 20):
        for place in range(number):
            unit = Department.objects.create(division=world.division, code=f"7{number:02}", name=f"{number}-{place}局") \
                if place == 0 else world.health  # fmt: skip
            entry(world, f"指标{number}-{place}", department=unit)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name)).status_code == 200
        numbers.append(len(captured))
    assert numbers[0] == numbers[1]


# Keeping --------------------------------------------------------------------------------------------------------------


def act(world: World, who: str, action: str, *entries: LibraryIndicator, **said: Any) -> Any:
    sent = {"action": action, "_selected_action": [one.pk for one in entries], **said}
    return client_of(world.people[who]).post(reverse(CHANGELIST), sent, follow=True)


def test_the_performance_office_accepts_and_hides(world: World) -> None:
    one, two = (entry(world, name, state=State.CANDIDATE) for name in ("甲", "乙"))
    assert "2条指标改为“已收录”" in act(world, "perf", "accept", one, two).content.decode()
    assert "1条指标改为“已隐藏”" in act(world, "perf", "hide", two).content.decode()
    act(world, "auditor", "hide", one)
    act(world, "filler", "hide", one)
    assert dict(LibraryIndicator.objects.values_list("name", "state")) == {"甲": "accepted", "乙": "hidden"}
    history = client_of(world.perf).get(reverse("admin:targets_libraryindicator_history", args=[two.pk]))
    assert "状态改为“已隐藏”" in history.content.decode()


def test_duplicates_are_merged_after_asking_which_one_stays(world: World) -> None:
    one, two = entry(world, "家长满意度", uses=1), entry(world, "学生家长满意度", uses=5, explanation="抽样")
    asked = act(world, "perf", "merge", one, two)
    assert [each.name for each in asked.context["entries"]] == ["学生家长满意度", "家长满意度"]
    done = act(world, "perf", "merge", one, two, keep=one.pk)
    assert "已把1条并入“家长满意度”" in done.content.decode()
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.uses, one.explanation, two.merged_into, two.state) == (6, "抽样", one, State.HIDDEN)
    assert "没有合并" in act(world, "perf", "merge", one).content.decode()


def test_an_entry_is_added_and_edited_on_its_page(world: World) -> None:
    client = client_of(world.perf)
    said = {
        "division": world.division.pk,
        "name": "残疾人 就业人数",
        "level1": "产出指标",
        "level2": "数量指标",
        "unit": "名",
        "advice": "",
        "explanation": "",
        "department": world.health.pk,
        "state": "accepted",
    }
    address = reverse("admin:targets_libraryindicator_add")
    assert client.post(address, said).status_code == 302
    one = LibraryIndicator.objects.get()
    assert (one.name, one.unit, one.initials, one.department) == ("残疾人 就业人数", "人", "cjrjyrs", world.health)
    assert "指标库中已有同名称、同分类、同计量单位的指标" in client.post(address, said).content.decode()
    assert "没有文字" in client.post(address, {**said, "name": "%%"}).content.decode()


def test_the_button_gathers(world: World) -> None:
    world.advance(world.declaration(), *APPROVAL)
    client = client_of(world.perf)
    assert "从已批复的表重新汇集" in client.get(reverse(CHANGELIST)).content.decode()
    page = client.post(reverse("admin:targets_libraryindicator_build"), follow=True)
    assert "新增5条（待确认）" in page.content.decode()
    assert client_of(world.filler).post(reverse("admin:targets_libraryindicator_build")).status_code == 404
