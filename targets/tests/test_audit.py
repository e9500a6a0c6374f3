"""留痕查询: who did what when; log-ins and refused steps are written down though nothing else changed."""

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from departments.models import Department, Division, Membership, Person
from departments.roles import AUDITOR
from targets.guards import Order
from targets.models import AccessRecord
from targets.review import StepRefused, take_step
from targets.tests.world import World, client_of

PAGE = "/admin/trail/"
LOGIN = "/admin/login/"
PASSWORD = "a good long one"


def records() -> list[tuple[str, str, str, str]]:
    found = AccessRecord.objects.order_by("pk")
    return list(found.values_list("deed", "username", "person_name", "sentence"))


def exported(client: Client, **asked: str) -> list[dict[str, str]]:
    answer = client.get(PAGE, {"as": "csv", **asked})
    assert answer["Content-Type"] == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def deeds(client: Client, **asked: str) -> list[tuple[str, str]]:
    """(姓名 or user name, 事项), newest first."""
    return [(line["姓名"] or line["用户名"], line["事项"]) for line in exported(client, **asked)]


# What is written down -------------------------------------------------------------------------------------------------


def test_log_ins_failures_and_log_outs_are_written_down(world: World) -> None:
    client = Client(REMOTE_ADDR="10.1.2.3")
    client.post(LOGIN, {"username": "filler", "password": "wrong"})
    client.post(LOGIN, {"username": "who=\0", "password": "wrong"})
    client.post(LOGIN, {"username": "nobody", "password": PASSWORD})
    client.post(LOGIN, {"username": "filler", "password": PASSWORD})
    client.get(LOGIN)
    client.post(reverse("admin:logout"))
    wrong = "用户名或密码不对，请重新输入（字母区分大小写）。"
    assert records() == [
        ("failed", "filler", "filler某", wrong),
        ("failed", "who=", "", "不允许是用空字符串。"),
        ("failed", "nobody", "nobody某", "这个账号现在没有任职，还不能使用。请联系系统管理员设置单位和角色。"),
        ("login", "filler", "filler某", ""),
        ("logout", "filler", "filler某", ""),
    ]
    assert set(AccessRecord.objects.values_list("address", flat=True)) == {"10.1.2.3"}


def test_who_is_locked_out_is_written_down(world: World, settings: Any) -> None:
    settings.AXES_ENABLED = True
    client = Client()
    for _ in range(6):
        client.post(LOGIN, {"username": "filler", "password": "wrong"})
    assert [deed for deed, *_ in records()][-1] == "locked"


def test_a_refused_step_stays_written_down_without_the_words_of_the_draft(world: World) -> None:
    form = world.declaration(goal="秘密的目标")
    for who, slug in ((world.filler, "submit"), (world.sibling, "submit"), (world.filler, "no such")):
        with pytest.raises(StepRefused):
            take_step(form, slug, by=who)
    assert form.events.count() == 0
    assert records() == [
        ("refused", "filler", "filler某", "送审：没有送审：还有1处错误须修改或作情况说明"),
        ("refused", "sibling", "sibling某", "送审：不能送审：这一步由单位经办人办理。"),
        ("refused", "filler", "filler某", "没有的步骤：没有这个办理步骤。请刷新页面后重试。"),
    ]


# The page -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def auditor(world: World) -> Client:
    """A form that was sent and returned, a refused step, another unit's form, a log-in."""
    Client().post(LOGIN, {"username": "sibling", "password": PASSWORD})
    world.declaration(title="幼儿园的", unit=world.kindergarten, by=world.sibling)
    form = world.advance(world.declaration(), "submit", "return")
    with pytest.raises(StepRefused):
        take_step(form, "forward", by=world.boss, order=Order(seen_revision=1))
    return client_of(world.auditor)


ALL = [
    ("boss某", "办理被拒"), ("boss某", "退回"), ("filler某", "送审"), ("filler某", "修改（编辑）"),
    ("sibling某", "修改（编辑）"), ("sibling某", "登录"),
]  # fmt: skip
SEARCHES: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "nothing": ({}, ALL),
    "a name": ({"person": "boss"}, ALL[:2]),
    "a part of a unit's name takes the log-ins of its people too": ({"unit": "幼儿园"}, ALL[4:]),
    "a department's code, with its units": ({"unit": "202"}, ALL[:5]),
    "one kind of deed": ({"deed": "event:return"}, ALL[1:2]),
    "all changes": ({"deed": "revision"}, ALL[3:5]),
    "what was refused": ({"deed": "access:refused"}, ALL[:1]),
    "today": ({"since": 0, "until": 0}, ALL),
    "yesterday": ({"until": -1}, []),
    "all together": ({"person": "filler", "unit": "学校", "deed": "event"}, ALL[2:3]),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_searching(auditor: Client, name: str) -> None:
    said, found = SEARCHES[name]
    asked = {key: one if isinstance(one, str) else f"{localdate() + timedelta(days=one)}" for key, one in said.items()}
    assert deeds(auditor, **asked) == found


def test_the_page_shows_and_pages_what_the_file_holds(world: World, auditor: Client) -> None:
    page = auditor.get(PAGE)
    words = page.content.decode()
    assert "共 6 条" in words
    assert "请按意见修改。" in words
    assert reverse("admin:targets_budgetproject_history", args=[world.filler.revisions.get().declaration_id]) in words
    for number in range(60):
        AccessRecord.objects.create(deed="login", username="sibling", person=world.sibling, person_name=f"第{number}次")
    assert "第59次" in auditor.get(PAGE).content.decode()
    second = auditor.get(PAGE, {"page": "2"}).content.decode()
    assert "共 66 条" in second
    assert "第59次" not in second
    assert "请按意见修改。" in second


def test_what_cannot_be_understood_is_said(auditor: Client) -> None:
    for asked, words in (
        ({"since": "昨天"}, "日期看不懂"),
        ({"until": "0001-01-01"}, "日期看不懂"),
        ({"since": "2023-02-01", "until": "2023-01-01"}, "开始日期在结束日期之后"),
        ({"deed": "x:y"}, "没有这种事项"),
        ({"person": "\0"}, "空字符"),
    ):
        page = auditor.get(PAGE, asked).content.decode()
        assert words in page, asked
        assert "共 0 条" in page


def test_only_those_of_the_division_are_seen(world: World, auditor: Client) -> None:
    """Who audits another district sees nothing of this one; an unknown user name belongs to none."""
    other = Division.objects.create(code="370303000", name="淄博市张店区", short_name="张店区")
    elsewhere = Department.objects.create(division=other, name="张店区财政局", is_finance=True)
    person = Person.objects.create_user("far", name="远", password=PASSWORD)
    Membership.objects.create(person=person, department=elsewhere, role=AUDITOR)
    Client().post(LOGIN, {"username": "far", "password": PASSWORD})
    Client().post(LOGIN, {"username": "unknown", "password": "wrong"})
    assert deeds(client_of(person)) == [("远", "登录")]
    assert deeds(auditor) == ALL
    assert deeds(client_of(world.root)) == [("unknown", "登录失败"), ("远", "登录"), *ALL]


def test_files_compute_nothing(world: World, auditor: Client) -> None:
    form = world.declaration(title="=1+1")
    world.advance(form, "submit")
    world.note(form, world.boss)
    take_step(form, "return", by=world.boss, order=Order(opinion="=HYPERLINK(1)", seen_revision=1))
    line = exported(auditor)[0]
    assert (line["表或数据"], line["意见或说明"]) == ("'=1+1", "'=HYPERLINK(1)")
    sheet = openpyxl.load_workbook(io.BytesIO(auditor.get(PAGE, {"as": "xlsx"}).content)).worksheets[0]
    head, first = list(sheet.iter_rows(max_row=2))
    cells = {name.value: cell for name, cell in zip(head, first, strict=True)}
    assert (cells["意见或说明"].value, cells["意见或说明"].data_type) == ("=HYPERLINK(1)", "s")
