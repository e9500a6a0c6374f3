"""绩效公开 in the admin: who may do which deed, what goes in, and that a published set stays as it is."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Person
from targets.disclosure import desk
from targets.disclosure.concerns import concerns
from targets.disclosure.desk import DisclosureRefused
from targets.disclosure.foreword import foreword_doubts
from targets.disclosure.summary import Summary
from targets.domain.edits import Change
from targets.domain.record import PLAN, PROJECT, IndicatorRow
from targets.editing import apply_changes
from targets.models import Declaration, Disclosure
from targets.tests.world import World
from targets.views import with_texts

WAY = ("submit", "forward", "forward", "pass", "approve")
ROLES = ("filler", "sibling", "stranger", "boss", "office", "perf", "budget", "admin", "auditor", "root", "nobody")
OVERSEERS = {"perf", "budget", "admin", "auditor", "root"}


@pytest.fixture
def approved(world: World) -> Declaration:
    return world.advance(world.declaration(), *WAY)


@pytest.fixture
def disclosure(world: World) -> Disclosure:
    return Disclosure.objects.create(
        division=world.division, year=2023, title="2023年预算重点项目绩效公开", created_by=world.perf
    )


def page(person: Person, name: str, *args: int, method: str = "get", **data: object):
    client = Client()
    client.force_login(person)
    return getattr(client, method)(reverse(f"admin:targets_disclosure_{name}", args=args), data, follow=True)


def state_of(disclosure: Disclosure) -> tuple:
    disclosure.refresh_from_db()
    chosen = tuple(disclosure.items.values_list("declaration", flat=True))
    return chosen, disclosure.title, disclosure.foreword, disclosure.reported_on, disclosure.published_at


# Rights ---------------------------------------------------------------------------------------------------------------


def test_an_unpublished_set_is_there_for_those_who_oversee_the_division_only(world, approved, disclosure):
    desk.choose(disclosure, [approved], by=world.perf)
    item = disclosure.items.get()
    pages = (("change", disclosure.pk), ("preview", disclosure.pk), ("preview_form", disclosure.pk, item.pk))

    seen = {name: {page(world.people[name], *one).status_code for one in pages} for name in ROLES if name != "nobody"}

    assert seen == {name: {200 if name in OVERSEERS else 404} for name in seen}
    # who has no role at all stands at the log-in page
    assert "密码" in page(world.nobody, "change", disclosure.pk).content.decode()


def test_a_published_set_is_there_for_everybody(world, approved, disclosure):
    desk.choose(disclosure, [approved], by=world.perf)
    desk.publish(disclosure, by=world.perf)

    seen = {name: page(world.people[name], "change", disclosure.pk) for name in ROLES if name != "nobody"}

    told = {name: (one.status_code, "查看公开页面" in one.content.decode()) for name, one in seen.items()}
    assert told == dict.fromkeys(seen, (200, True))


DEEDS: tuple[tuple[str, Callable[[Declaration], dict[str, object]]], ...] = (
    ("choose", lambda form: {"form": [form.pk]}),
    ("offer_foreword", lambda form: {}),
    ("report", lambda form: {"reported_on": "2023-01-10"}),
    ("publish", lambda form: {}),
    ("change", lambda form: {"title": "改了标题", "foreword": "改了说明"}),
)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed[0])
def test_nobody_but_the_performance_office_does_any_deed(world, approved, disclosure, deed):
    slug, data = deed
    if slug != "choose":
        desk.choose(disclosure, [approved], by=world.perf)
    before = state_of(disclosure)

    for name in ROLES:
        if name == "perf":
            continue
        response = page(world.people[name], slug, disclosure.pk, method="post", **data(approved))

        assert state_of(disclosure) == before, name
        if name in OVERSEERS:
            assert "绩效公开由绩效科办理，您只能查看。" in response.content.decode(), name
        elif name != "nobody":
            assert response.status_code == 404, name


def test_only_the_performance_office_makes_a_set(world):
    data = {"division": world.division.pk, "year": 2023, "title": "公开", "foreword": ""}
    told = {name: page(world.people[name], "add", method="post", **data).status_code for name in OVERSEERS}

    assert told == {name: 200 if name == "perf" else 403 for name in OVERSEERS}
    assert [(one.title, one.created_by) for one in Disclosure.objects.all()] == [("公开", world.perf)]


@pytest.mark.parametrize("slug", ["report", "offer_foreword"])
def test_a_deed_is_never_a_link(world, disclosure, slug):
    assert page(world.perf, slug, disclosure.pk).status_code == 405


# Deeds ----------------------------------------------------------------------------------------------------------------


def test_the_whole_way_through_the_pages(world, approved):
    start = {"division": world.division.pk, "year": 2023, "title": "2023年预算重点项目绩效公开", "foreword": ""}
    page(world.perf, "add", method="post", **start)
    disclosure = Disclosure.objects.get()

    chosen = page(world.perf, "choose", disclosure.pk, method="post", form=[approved.pk])
    assert "已保存选表：1 个项目 100.00 万元。" in chosen.content.decode()
    page(world.perf, "offer_foreword", disclosure.pk, method="post")
    page(world.perf, "report", disclosure.pk, method="post", reported_on="2023-01-10")
    check = page(world.perf, "publish", disclosure.pk)
    text = check.content.decode()
    assert "1 张表的全文（1 个项目 100.00 万元）" in text
    assert "没有发现问题" in text
    done = page(world.perf, "publish", disclosure.pk, method="post", seen=check.context["seen"])

    assert "已公开：1 个项目 100.00 万元。" in done.content.decode()
    disclosure.refresh_from_db()
    assert disclosure.is_published
    assert "选择1个预算项目支出绩效目标表" in disclosure.foreword
    assert "1个项目预算金额100.00万元，主管部门为教育和体育局。" in disclosure.foreword
    assert str(disclosure.reported_on) == "2023-01-10"
    assert "已公开：1 个项目" in page(world.perf, "history", disclosure.pk).content.decode()


def test_a_published_set_stays_as_it_is(world, approved, disclosure):
    desk.choose(disclosure, [approved], by=world.perf)
    desk.publish(disclosure, by=world.perf)
    before = state_of(disclosure)

    for slug, data in DEEDS:
        response = page(world.perf, slug, disclosure.pk, method="post", **data(approved))
        assert "这个批次已经公开，内容不能再改。" in response.content.decode(), slug

    assert state_of(disclosure) == before


@pytest.mark.parametrize("way", [(), WAY[:1], WAY[:3], WAY[:4], ("submit", "return")])
def test_what_is_not_approved_cannot_go_in(world, disclosure, way):
    form = world.advance(world.declaration(), *way)

    response = page(world.perf, "choose", disclosure.pk, method="post", form=[form.pk])

    assert "现在不能选入，没有保存" in response.content.decode()
    assert not disclosure.items.exists()
    with pytest.raises(DisclosureRefused, match="请只选已批复的表"):
        desk.choose(disclosure, [form], by=world.perf)


@pytest.mark.parametrize("form", ["", "abc", "99999999999999999999", "\0"])
def test_nonsense_is_refused_in_words(world, approved, disclosure, form):
    response = page(world.perf, "choose", disclosure.pk, method="post", form=[form])

    assert response.status_code == 200
    assert "没有保存" in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "不是日期，没有登记"),
        ("2023年1月", "不是日期，没有登记"),
        ("2023-02-30", "不是日期，没有登记"),
        ("2999-01-01", "晚于今天，没有登记"),
    ],
)
def test_a_report_needs_a_day_that_has_come(world, approved, disclosure, typed, said):
    desk.choose(disclosure, [approved], by=world.perf)

    response = page(world.perf, "report", disclosure.pk, method="post", reported_on=typed)

    assert said in response.content.decode()
    disclosure.refresh_from_db()
    assert disclosure.reported_on is None


def test_an_empty_set_is_neither_reported_nor_published(world, disclosure):
    for slug, data in (("report", {"reported_on": "2023-01-10"}), ("publish", {})):
        response = page(world.perf, slug, disclosure.pk, method="post", **data)
        assert "还没有选入任何绩效目标表" in response.content.decode()


def test_what_was_confirmed_is_what_goes_out(world, approved, disclosure):
    desk.choose(disclosure, [approved], by=world.perf)
    seen = page(world.perf, "publish", disclosure.pk).context["seen"]
    desk.reword(disclosure, title=disclosure.title, foreword="另写的说明", by=world.perf2)

    response = page(world.perf, "publish", disclosure.pk, method="post", seen=seen)

    assert "没有公开：您打开后，选表、标题或编报说明又有改动。" in response.content.decode()
    disclosure.refresh_from_db()
    assert not disclosure.is_published


def test_written_words_are_not_replaced_by_a_draft(world, approved, disclosure):
    desk.choose(disclosure, [approved], by=world.perf)
    desk.reword(disclosure, title="标题", foreword="自己写的", by=world.perf)

    with pytest.raises(DisclosureRefused, match="编报说明已有内容"):
        desk.offer_foreword(disclosure, by=world.perf)


def test_the_approved_text_goes_in_while_an_adjustment_is_under_way(world, approved, disclosure):
    world.advance(approved, "adjust")
    apply_changes(approved, [Change("", "title", "学前教育补助", "调整中的名称")], by=world.filler)

    text = page(world.perf, "choose", disclosure.pk).content.decode()
    desk.choose(disclosure, [approved], by=world.perf)

    assert "正在调整" in text
    assert "调整中的名称" not in text
    assert [(item.title, item.revision_id) for item in disclosure.items.all()] == [
        ("学前教育补助", approved.approved_revision_id)
    ]


def test_a_plan_is_called_by_its_unit(world, disclosure):
    rows = (IndicatorRow(number="1", duty="统筹", name="培训次数", target="≥3次"),)
    money = {"total": None, "fiscal": None, "other": None}
    plan = world.declaration(kind=PLAN, title="2023年整体绩效目标表", rows=rows, **money)
    Declaration.objects.filter(pk=plan.pk).update(approved_revision=plan.current_revision_id, state="approved")

    desk.choose(disclosure, [plan], by=world.perf)

    item = disclosure.items.get()
    assert (item.kind, item.title, item.total, item.row_count) == (PLAN, "淄川区实验学校2023年整体绩效目标表", None, 1)


# What is asked before publication -----------------------------------------------------------------------------------------


def told(disclosure: Disclosure) -> list[str]:
    return [concern.message for concern in concerns(disclosure, list(with_texts(disclosure.items.all())))]


def test_the_check_before_publication_names_leftovers(world, disclosure):
    form = world.advance(
        world.declaration(goal="<p>为全区1200名幼儿发放补助100万元，提高保障水平，联系人电话13800138000。</p>"), *WAY
    )
    desk.choose(disclosure, [form], by=world.perf)
    desk.reword(disclosure, title="标题", foreword="选择2个项目，共200万元。", by=world.perf)

    text = "\n".join(told(disclosure))

    assert "还没有登记报人大日期" in text
    assert "编报说明中的金额没有一处等于所选项目的合计 100.00 万元" in text
    assert "编报说明写的是2个项目，所选的是 1 个" in text
    assert "<p>" in text
    assert "电话" in text


def test_the_check_before_publication_names_a_newer_approval_and_a_second_publication(world, approved, disclosure):
    desk.choose(disclosure, [approved], by=world.perf)
    desk.publish(disclosure, by=world.perf)
    second = Disclosure.objects.create(division=world.division, year=2023, title="更正", created_by=world.perf)
    desk.choose(second, [approved], by=world.perf)
    assert "同样内容已经公开过一次，再次公开后列表只显示这一次。" in told(second)

    world.advance(approved, "adjust")
    apply_changes(approved, [Change("", "goal", approved.goal, approved.goal + "全年受益。")], by=world.filler)
    world.advance(approved, *WAY)

    assert any("选入后又批复了新的一版" in message for message in told(second))


@pytest.mark.parametrize(
    ("foreword", "faults"),
    [
        ("择选8个区级预算项目支出绩效目标表和4个部门的部门整体绩效目标表。预算金额7899.67万元。4个部门分别为", 0),
        ("8个项目，7,899.67万元", 0),
        ("８个项目，７８９９．６７ 万元，４个部门", 0),
        ("8个项目，78996700元", 0),
        ("", 0),
        ("9个项目，7899.67万元", 1),
        ("8个项目，7899.76万元", 1),
        ("7个项目，3个部门，1万元", 3),
        (f"{'9' * 5000}个项目", 0),
    ],
)
def test_figures_of_the_foreword_are_compared_with_the_chosen_forms(foreword, faults):
    assert len(foreword_doubts(foreword, Summary(8, 4, Decimal("78996700.00")))) == faults


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        (Summary(), "没有选入任何表"),
        (Summary(8, 4, Decimal("78996700.00")), "8 个项目 7,899.67 万元，4 个部门整体绩效目标表"),
        (Summary(1, 0, Decimal("1234567.89")), "1 个项目 123.456789 万元"),
        (Summary(0, 2), "2 个部门整体绩效目标表"),
    ],
)
def test_a_set_is_summed_up_in_words(summary, words):
    assert str(summary) == words


@pytest.mark.parametrize("name", ["change", "choose", "publish", "preview"])
def test_pages_need_the_same_queries_for_one_form_and_for_many(world, approved, disclosure, name):
    client = Client()
    client.force_login(world.perf)
    address = reverse(f"admin:targets_disclosure_{name}", args=[disclosure.pk])

    def queries() -> int:
        desk.choose(disclosure, desk.choosable(disclosure, world.perf), by=world.perf)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    client.get(address)
    one = queries()
    for number in range(4):
        world.advance(world.declaration(title=f"另一个项目{number}"), *WAY)
    assert queries() == one
    assert disclosure.items.filter(kind=PROJECT).count() == 5
