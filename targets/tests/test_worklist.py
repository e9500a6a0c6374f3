"""Lists of forms narrowed as a reviewer needs them; nothing of others' drafts is told by what is found."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from targets.domain.spans import span_of
from targets.guards import Order
from targets.models import Declaration
from targets.review import take_step
from targets.tests.world import GOOD_ROWS, World

LIST = reverse("admin:targets_budgetproject_changelist")


def found(client: Client, **narrowed: str) -> set[str]:
    return {form.title for form in client.get(LIST, narrowed).context["cl"].result_list}


@pytest.fixture
def forms(world: World) -> dict[str, Declaration]:
    wrong = (*GOOD_ROWS[:1], GOOD_ROWS[0], *GOOD_ROWS[1:])
    made = {
        "草稿": world.declaration(title="草稿", rows=wrong),
        "首次": world.advance(world.declaration(title="首次"), "submit"),
        "再次": world.advance(world.declaration(title="再次"), "submit", "return", "submit"),
        "久等": world.advance(world.declaration(title="久等"), "submit", "forward"),
    }
    take_step(world.declaration(title="作废"), "void", by=world.boss, order=Order(opinion="重复建立"))
    Declaration.objects.filter(title="久等").update(state_since=timezone.now() - timedelta(days=10))
    Declaration.objects.filter(title__in=("草稿", "首次")).update(warning_count=1)
    Declaration.objects.filter(title__in=("再次", "久等")).update(warning_count=0)
    return made


@pytest.mark.parametrize(
    ("narrowed", "titles"),
    [
        ({"turn": "mine"}, {"首次", "再次"}),
        ({"turn": "done"}, {"再次", "久等"}),
        ({"findings": "warning"}, {"草稿", "首次"}),
        ({"findings": "none"}, {"再次", "久等"}),
        ({"waiting": "7"}, {"久等"}),
        ({"waiting": "15"}, set()),
        ({"again": "again"}, {"再次"}),
        ({"again": "first"}, {"首次", "久等"}),
        ({"again": "first", "waiting": "3"}, {"久等"}),
        ({"turn": "done", "findings": "none", "waiting": "7", "amount": "100-100", "year": "2023"}, {"久等"}),
        ({"turn": "mine", "state__exact": "department_review", "again": "again"}, {"再次"}),
        ({"state__exact": "draft"}, {"草稿"}),
        ({"state__exact": "void"}, {"作废"}),
        ({"state__exact": "void", "turn": "done"}, {"作废"}),
        ({"waiting": "99", "findings": "x"}, {"草稿", "首次", "再次", "久等"}),
    ],
)
def test_the_department_s_reviewer(
    client: Client, world: World, forms: dict[str, Declaration], narrowed: dict[str, str], titles: set[str]
) -> None:
    client.force_login(world.boss)
    assert found(client, **narrowed) == titles


def test_findings_of_a_draft_do_not_find_it_for_finance(
    client: Client, world: World, forms: dict[str, Declaration]
) -> None:
    client.force_login(world.perf)
    assert found(client) == {"草稿", "首次", "再次", "久等"}
    assert found(client, findings="warning") == {"首次"}


def test_of_a_voided_form_its_unit_alone_is_told_the_amount(client: Client, world: World) -> None:
    """It was never sent."""
    take_step(world.declaration(title="甲"), "void", by=world.boss, order=Order(opinion="重复建立"))
    told = {}
    for name in ("filler", "boss", "perf", "admin", "auditor"):
        client.force_login(world.people[name])
        page = client.get(LIST, {"state__exact": "void"})
        assert [form.title for form in page.context["cl"].result_list] == ["甲"]
        told[name] = ("100.00" in page.content.decode(), found(client, state__exact="void", amount="100-100") == {"甲"})
    yes, no = (True, True), (False, False)
    assert told == {"filler": yes, "boss": yes, "perf": no, "admin": no, "auditor": no}


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("50-200", (50, 200)),
        ("50 ～ 1,200万元", (50, 1200)),
        ("５０至200.5万", (50, Decimal("200.5"))),
        ("1000以上", (1000, None)),
        ("50以下", (None, 50)),
        ("-50", (None, 50)),
        ("50-", (50, None)),
        ("50", None),
        ("-", None),
        ("五十以上", None),
        ("1e9-", None),
        ("9" * 30 + "以上", None),
    ],
)
def test_what_is_a_span_of_amounts(text: str, span: tuple[object, object] | None) -> None:
    assert span_of(text) == span


@pytest.mark.parametrize(
    ("amount", "titles"),
    [
        ("50以下", {"小"}),
        ("50-200", {"中"}),
        ("100-100", {"中"}),
        ("1000以上", {"大"}),
        ("x", {"小", "中", "大", "草稿"}),
    ],
)
def test_by_amount_and_never_by_that_of_others_drafts(
    client: Client, world: World, amount: str, titles: set[str]
) -> None:
    for title, yuan in (("小", 500_000), ("中", 1_000_000), ("大", 30_000_000)):
        Declaration.objects.filter(pk=world.advance(world.declaration(title=title), "submit").pk).update(total=yuan)
    Declaration.objects.filter(title="小").update(total=499_999)
    world.declaration(title="草稿")
    client.force_login(world.perf)
    assert found(client, amount=amount) == titles


def test_done_is_what_one_took_a_step_of_oneself(client: Client, world: World) -> None:
    """Not what one wrote, or what others did."""
    world.declaration(title="写的")
    world.advance(world.declaration(title="送的"), "submit", "forward", "return", "submit")
    client.force_login(world.filler)
    assert found(client, turn="done") == {"送的"}
    client.force_login(world.boss)
    assert found(client, turn="done") == {"送的"}
    client.force_login(world.perf)
    assert found(client, turn="done") == set()


def test_what_one_did_is_listed_latest_first_with_the_step(client: Client, world: World) -> None:
    first, second = (world.advance(world.declaration(title=title), "submit") for title in ("先", "后"))
    for form in (first, second):
        world.advance(form, "forward")
    world.advance(first, "return")  # by the business office
    client.force_login(world.boss)
    page = client.get(LIST, {"turn": "done"})
    assert [form.title for form in page.context["cl"].result_list] == ["后", "先"]
    assert page.content.decode().count("已办：报送财政，") == 2
    client.force_login(world.office)
    assert client.get(LIST, {"turn": "done"}).content.decode().count("已办：退回，") == 1


def test_what_waits_is_listed_longest_first_and_says_how_long(client: Client, world: World) -> None:
    for title, days in (("昨天", 1), ("久等", 10), ("今天", 0)):
        form = world.advance(world.declaration(title=title), "submit")
        Declaration.objects.filter(pk=form.pk).update(state_since=timezone.now() - timedelta(days=days))
    client.force_login(world.boss)
    page = client.get(LIST, {"turn": "mine"})
    assert [form.title for form in page.context["cl"].result_list] == ["久等", "昨天", "今天"]
    assert "教育和体育局 主管部门审核人，第\u00a011\u00a0天" in page.content.decode()


def test_where_all_have_the_same_there_is_nothing_to_choose(client: Client, world: World) -> None:
    world.declaration(title="甲")
    world.declaration(title="乙", unit=world.health, year=2022)
    client.force_login(world.filler)
    assert not {"year", "department", "campaign"} & offered(client)
    client.force_login(world.perf)
    assert {"year", "department"} <= offered(client)
    assert "campaign" in offered(client, campaign=str(world.campaign.pk))
    assert found(client, campaign=str(world.campaign.pk)) == {"甲", "乙"}


def offered(client: Client, **narrowed: str) -> set[str]:
    return {field.name for field, _ in client.get(LIST, narrowed).context["picks"]}


def test_by_round(client: Client, world: World, forms: dict[str, Declaration]) -> None:
    client.force_login(world.perf)
    Declaration.objects.filter(title="首次").update(campaign=None)
    assert found(client, campaign=str(world.campaign.pk)) == {"草稿", "再次", "久等"}
