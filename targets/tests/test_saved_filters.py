"""常用筛选 and the way from form to form: what a person narrowed the list by stays his, by name, and leads on in its order."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from targets.models import Declaration, SavedFilter
from targets.tests.reader import Reader
from targets.tests.world import World

LIST = reverse("admin:targets_budgetproject_changelist")
PLANS = reverse("admin:targets_departmentplan_changelist")
FILTERS = reverse("admin:targets_budgetproject_filters")


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def saved(world: World) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in SavedFilter.objects.select_related("owner"):
        found.setdefault(one.owner.username, []).append((one.name, one.query))
    return found


def chips(client: Client, query: str = "", page: str = LIST) -> list[tuple[str, bool]]:
    context = client.get(f"{page}?{query}").context
    return [(chip.one.name, chip.is_current) for chip in context["chips"]]


def save(client: Client, name: str, query: str) -> str:
    return client.post(FILTERS, {"do": "save", "name": name, "query": query}, follow=True).content.decode()


def test_saved_used_renamed_and_removed_through_the_page(world: World) -> None:
    world.advance(world.declaration(title="甲"), "submit")
    boss = Reader().log_in("boss", "a good long one").open(f"{LIST}?turn=mine")
    assert "保存这次的筛选" not in boss.page
    boss.press("筛选", again="first", amount="50-200").press("保存", name="首报的小项目")
    assert "已保存常用筛选“首报的小项目”" in boss.page
    assert saved(world) == {"boss": [("首报的小项目", "again=first&amount=50-200&turn=mine")]}
    boss.open(LIST).follow("首报的小项目")
    assert boss.fields()["amount"] == ["50-200"]
    one = SavedFilter.objects.get()
    boss.press("改名", **{f"name:{one.pk}": "小项目"})
    assert chips(client_of(world, "boss"), "turn=mine&amount=50-200&again=first&p=1") == [("小项目", True)]
    boss.press("删去")
    assert "已删去常用筛选“小项目”" in boss.page
    assert saved(world) == {}


def test_only_what_the_list_may_be_narrowed_by_is_kept(world: World) -> None:
    perf = client_of(world, "perf")
    save(perf, "甲", "turn=mine&state__exact=&goal__contains=1200&p=3&q=补助&o=-3&year=2023&year=2022")
    assert saved(world) == {"perf": [("甲", "o=-3&q=%E8%A1%A5%E5%8A%A9&turn=mine&year=2022")]}


def test_they_are_one_s_own_and_of_one_list(world: World) -> None:
    perf, colleague = client_of(world, "perf"), client_of(world, "perf2")
    save(perf, "甲", "turn=mine")
    assert (chips(perf), chips(perf, page=PLANS), chips(colleague)) == ([("甲", False)], [], [])
    pk = SavedFilter.objects.get().pk
    for verb in ("rename", "remove"):
        assert colleague.post(FILTERS, {"do": f"{verb}:{pk}", f"name:{pk}": "乙"}).status_code == 404
        assert perf.post(reverse("admin:targets_departmentplan_filters"), {"do": f"{verb}:{pk}"}).status_code == 404
    assert perf.post(FILTERS, {"do": "remove:x"}).status_code == 404
    assert saved(world) == {"perf": [("甲", "turn=mine")]}


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        (" ", "turn=mine", "没有写名称，没有保存"),
        ("长" * 21, "turn=mine", "名称有21个字，最多20个字"),
        ("已有的", "turn=mine", "已有名为“已有的”的常用筛选，没有保存"),
        ("空的", "p=2&x=1&year=", "现在没有筛选条件，没有保存"),
        ("长的", f"q={'x' * 600}", "筛选条件过长"),
    ],
)
def test_what_cannot_be_saved_is_told(world: World, name: str, query: str, words: str) -> None:
    perf = client_of(world, "perf")
    save(perf, "已有的", "year=2023")
    assert words in save(perf, name, query)
    assert saved(world) == {"perf": [("已有的", "year=2023")]}


def test_there_are_not_too_many(world: World) -> None:
    perf = client_of(world, "perf")
    for number in range(20):
        save(perf, f"第{number}个", "year=2023")
    assert "已有20个常用筛选" in save(perf, "再一个", "turn=mine")
    assert SavedFilter.objects.count() == 20


def test_what_is_gone_says_so_and_the_rest_works(world: World) -> None:
    world.advance(world.declaration(title="甲"), "submit")
    world.advance(world.declaration(title="乙"), "submit", "forward")
    boss = client_of(world, "boss")
    gone = "department=99&campaign=99&year=1999&state__exact=x&amount=abc&findings=x&waiting=1&again=x"
    SavedFilter.objects.create(
        owner=world.boss, kind="project", name="旧的", query=f"turn=mine&{gone}&goal__contains=1"
    )
    (chip,) = boss.get(LIST).context["chips"]
    page = boss.get(f"{LIST}{chip.url}")
    assert [form.title for form in page.context["cl"].result_list] == ["甲"]
    told = page.context["complaints"]
    assert len(told) == 8
    assert "“主管部门”原来选的内容已经没有了，或者您看不到，这一项没有起作用。请重新选择。" in told
    assert "“金额”没有看懂，这一项没有起作用。请写成如 50-200、1000以上 或 50以下（万元）。" in told
    assert all(sentence in page.content.decode() for sentence in told)


def test_the_tabs_keep_the_filters(world: World) -> None:
    world.advance(world.declaration(title="甲"), "submit")
    page = client_of(world, "boss").get(f"{LIST}?turn=done&again=first&p=2")
    tabs = [(tab.label, tab.url, tab.is_current, tab.number) for tab in page.context["tabs"]]
    assert tabs == [
        ("待办", "?again=first&turn=mine", False, 1),
        ("已办", "?again=first&turn=done", True, None),
        ("全部", "?again=first", False, None),
    ]
    assert page.context["kinds"][1].url == f"{PLANS}?again=first&turn=done"


# From form to form ----------------------------------------------------------------------------------------------------


def titles(world: World, *names: str) -> None:
    for name in names:
        world.advance(world.declaration(title=name), "submit")


def test_the_next_is_the_next_of_the_list_one_came_from(world: World) -> None:
    titles(world, "丙一", "乙一", "甲二", "甲一")
    boss = Reader().log_in("boss", "a good long one").open(f"{LIST}?turn=mine&q=一&o=1")
    order = ["丙一", "乙一", "甲一"]
    boss.follow("丙一")
    seen = [_title(boss), *(_title(boss.follow("下一张")) for _ in order[1:])]
    assert (sorted(seen), "（列表中 3 张）" in boss.page, "下一张" in boss.page) == (sorted(order), True, False)
    assert _title(boss.follow("上一张")) == seen[1]
    assert _title(boss.press("报送财政").follow("下一张")) == seen[2]
    assert "（列表中 2 张）" in boss.page


def test_from_the_first_page_one_goes_through_all_that_waits(world: World) -> None:
    titles(world, "甲", "乙", "丙")
    boss = Reader().log_in("boss", "a good long one").open(f"{LIST}?q=丙").follow("丙")
    assert "下一张" not in boss.page
    boss.open(reverse("admin:index")).open(boss_form(world, "丙"))
    assert "（待办 3 张）" in boss.page


def boss_form(world: World, title: str) -> str:
    return reverse("admin:targets_budgetproject_change", args=[Declaration.objects.get(title=title).pk])


def _title(reader: Reader) -> str:
    return reader.page.partition("<h1>")[2].partition("</h1>")[0]


def test_a_list_that_is_no_longer_understood_leads_to_what_waits(world: World) -> None:
    titles(world, "甲", "乙")
    client = client_of(world, "boss")
    client.get(f"{LIST}?turn=mine")
    session = client.session
    session["list"] = {"kind": "project", "query": "goal__contains=1"}
    session.save()
    page = client.get(boss_form(world, "甲"))
    assert (page.status_code, page.context["neighbours"].number) == (200, 2)


def test_a_filler_goes_through_his_drafts_too(world: World) -> None:
    for title in ("甲", "乙"):
        world.declaration(title=title)
    filler = Reader().log_in("filler", "a good long one").open(f"{LIST}?state__exact=draft")
    filler.follow("甲")
    assert "（列表中 2 张）" in filler.page


def test_as_many_queries_for_a_long_list_as_for_a_short_one(world: World) -> None:
    def counted() -> list[int]:
        client, numbers = client_of(world, "boss"), []
        pages: list[Any] = [f"{LIST}?turn=mine&year=2023&findings=none", boss_form(world, "甲")]
        for page in (*pages, *pages):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page).status_code == 200
            numbers.append(len(captured))
        return numbers[2:]

    titles(world, "甲", "乙")
    SavedFilter.objects.create(owner=world.boss, kind="project", name="一", query="turn=mine")
    few = counted()
    titles(world, "丙", "丁", "戊")
    SavedFilter.objects.create(owner=world.boss, kind="project", name="二", query="turn=done")
    assert counted() == few
