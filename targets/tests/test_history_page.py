"""History: who, when, why, what changed; of others' forms only what was sent."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from targets.admin.history import Told, differences
from targets.domain.edits import AddRow, Change, Edit, MoveRow, RemoveRow
from targets.domain.record import IndicatorRow
from targets.editing import apply_changes
from targets.guards import Order
from targets.models import Declaration
from targets.review import take_step
from targets.tests.test_project_page import SECRET, page
from targets.tests.world import World


def sign_in(client: Client, world: World, who: str) -> None:
    client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")


@pytest.fixture
def form(world: World) -> Declaration:
    """Revisions 1 (sent, returned), 2 (secret draft), 3 (sent again)."""
    form = world.advance(world.declaration(), "submit")
    world.note(form, world.boss)
    take_step(form, "return", by=world.boss, order=Order(opinion="请改指标值"))
    goal = form.goal
    apply_changes(form, [Change("", "goal", goal, SECRET * 2)], by=world.filler, note="试写")
    key = form.record().rows[1].key
    apply_changes(
        form,
        [Change("", "goal", SECRET * 2, goal), Change(key, "target", "≥1200人", "≥1300人")],
        by=world.filler,
        note="照意见修改",
    )
    return world.advance(form, "submit")


def test_differences_are_said_in_the_words_of_the_form(world: World) -> None:
    form = world.declaration()
    before = form.record()
    first, second, third, fourth, _ = (row.key for row in before.rows)
    edits: list[Edit] = [
        Change("", "total", "1000000.00", "1200000.00"),
        Change(second, "target", "≥1200人", ""),
        Change(third, "continues", "level1", ""),
        RemoveRow(fourth),
        MoveRow(first, second),
        AddRow(IndicatorRow(key="0a0b0c0d", name="新指标")),
    ]
    after = apply_changes(form, edits, by=world.filler).record
    assert set(differences(before, after)) == {
        Told("年度预算资金总额（万元）", old="100.00", new="120.00"),
        Told("第1行 指标值", old="≥1200人", new=""),
        Told("第3行 合并单元格", "不再与上行合并"),
        Told("原第4行 入园率", "删除这一行"),
        Told("第1行 补助人数", "由第2行移到第1行"),
        Told("第5行 新指标", "新增一行"),
    }


def test_a_long_text_is_told_by_its_words_and_a_short_one_whole() -> None:
    old = "为全区1200名幼儿发放补助100万元，提高普惠性幼儿园保障水平。"
    told = Told("年度总体绩效目标", old=old, new=old.replace("1200", "1250"))
    assert [(piece.kind, piece.text) for piece in told.pieces if piece.kind != "same"] == [
        ("gone", "1200"),
        ("came", "1250"),
    ]
    assert Told("第1行 指标值", old="≥1200人", new="≥1250人").pieces == ()


def numbers(html: str) -> list[str]:
    return re.findall(r"/revision/(\d+)/", html)


def test_the_unit_sees_every_revision_with_its_reason_and_the_steps(
    client: Client, world: World, form: Declaration
) -> None:
    sign_in(client, world, "filler")
    html = unescape(client.get(page(form, "history")).content.decode())
    assert numbers(html) == ["3", "2", "1"]
    for words in ("filler某", "照意见修改", "请改指标值", SECRET, "≥1300人", "退回单位修改"):
        assert words in html


def test_others_see_what_was_sent_and_what_changed_in_between(client: Client, world: World, form: Declaration) -> None:
    sign_in(client, world, "perf")
    html = unescape(client.get(page(form, "history")).content.decode())
    assert numbers(html) == ["3", "1"]
    assert SECRET not in html
    assert "<del>≥1200人</del> → <ins>≥1300人</ins>" in html


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("filler", [200, 200, 200, 404]),
        ("boss", [200, 200, 200, 404]),
        ("perf", [200, 404, 200, 404]),
        ("auditor", [200, 404, 200, 404]),
        ("sibling", [404, 404, 404, 404]),
    ],
)
def test_which_revisions_open_as_paper(
    client: Client, world: World, form: Declaration, who: str, statuses: list[int]
) -> None:
    sign_in(client, world, who)
    assert [client.get(page(form, "revision", number)).status_code for number in (1, 2, 3, 4)] == statuses
    assert client.get(page(form, "history")).status_code == (404 if who == "sibling" else 200)


def test_a_draft_never_sent_has_no_readable_history_for_finance(client: Client, world: World) -> None:
    form = world.declaration(goal=SECRET)
    sign_in(client, world, "perf")
    html = client.get(page(form, "history")).content.decode()
    assert (numbers(html), SECRET in html) == ([], False)


def test_a_long_history_costs_no_more_questions(client: Client, world: World) -> None:
    short, long = world.declaration(title="短"), world.declaration(title="长")
    goal = long.goal
    for number in range(50):
        apply_changes(long, [Change("", "goal", goal, f"目标{number}")], by=world.filler)
        goal = f"目标{number}"
    apply_changes(short, [Change("", "goal", short.goal, "目标")], by=world.filler)
    sign_in(client, world, "filler")
    client.get(page(short, "history"))
    counts = []
    for form in (short, long):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(page(form, "history"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "更早的记录" in response.content.decode()
    assert client.get(page(long, "history"), {"p": 2}).status_code == 200


def test_equal_texts_have_no_differences(world: World) -> None:
    record = world.record()
    assert list(differences(record, replace(record))) == []
