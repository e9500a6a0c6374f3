"""A submission beside an earlier one, in the look of the form, for the reviewer and for the unit."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from targets.compared import compared
from targets.domain.edits import AddRow, Change, Edit, MoveRow, RemoveRow
from targets.domain.record import IndicatorRow
from targets.editing import apply_changes
from targets.models import Declaration
from targets.tests.world import GOOD_ROWS, World

FRESH = IndicatorRow(key="00000000000a", level1="产出指标", level2="时效指标", name="按时发放", target="12月底前")


@pytest.fixture
def form(world: World) -> Declaration:
    """Sent (第1稿), returned, changed in every way, sent again."""
    form = world.advance(world.declaration(), "submit", "return")
    rows = form.record().rows
    edits: list[Edit] = [
        Change(rows[1].key, "target", "≥1200人", "≥1250人"),
        Change("", "total", "1000000.00", "1200000.00"),
        Change("", "fiscal", "1000000.00", "1200000.00"),
        RemoveRow(rows[2].key),
        AddRow(FRESH, rows[1].key),
        MoveRow(rows[4].key, ""),
    ]
    apply_changes(form, edits, by=world.filler)
    form.refresh_from_db()
    return world.advance(form, "submit")


def page(form: Declaration, name: str = "change", *args: int) -> str:
    return reverse(f"admin:targets_budgetproject_{name}", args=[form.pk, *args])


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_rows_are_told_as_changed_added_removed_and_moved(form: Declaration) -> None:
    old = form.revisions.get(number=1).record
    found = compared(old, form.record())
    assert (found.cells, found.added, found.removed, found.moved) == (3, 1, 1, 1)
    assert [(row.number, row.change, row.mark) for row in found.paper.rows] == [
        (1, "moved", "移动，原第5行"),
        (2, "", ""),
        (3, "", ""),
        (0, "gone", "原第3行，已删除"),
        (4, "came", "新增"),
        (5, "", ""),
    ]
    assert [(one.label, one.old, one.new) for one in found.others] == [
        ("年度预算资金总额（万元）", "100.00", "120.00"),
        ("财政拨款（万元）", "100.00", "120.00"),
    ]


def test_a_text_beside_itself_is_the_same(world: World) -> None:
    record = world.record()
    found = compared(record, record)
    assert (found.is_same, [row.change for row in found.paper.rows]) == (True, [""] * len(GOOD_ROWS))


def test_only_changes_leaves_out_what_is_as_it_was(world: World) -> None:
    record = world.declaration().record()
    rows = (*record.rows[:1], record.rows[1].with_cells(target="≥1250人"), *record.rows[2:])
    found = compared(record, replace(record, rows=rows), only_changes=True)
    assert [row.number for row in found.paper.rows] == [2]


@pytest.mark.parametrize("name", ["boss", "filler"])
def test_reviewer_and_unit_see_the_same_difference(client: Client, world: World, form: Declaration, name: str) -> None:
    client.force_login(world.people[name])
    html = client.get(page(form), {"against": 1}).content.decode()
    assert "与第1次送审比较" in html
    assert "<del>≥1200人</del><ins>≥1250人</ins>" in html
    assert "改动 3 处，新增 1 行，删除 1 行，移动 1 行" in words(html)
    assert "年度预算资金总额（万元）： 100.00 120.00" in words(html)


def test_the_one_last_acted_upon_is_named(client: Client, world: World, form: Declaration) -> None:
    client.force_login(world.boss)
    assert "与第1次送审比较（您上次看的）" in client.get(page(form)).content.decode()


def test_a_draft_is_compared_with_what_was_sent_by_its_unit_alone(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), "submit", "return")
    apply_changes(form, [Change("", "goal", form.goal, f"{form.goal}另发放补助。")], by=world.filler)
    client.force_login(world.filler)
    html = client.get(page(form, "revision", 2), {"against": 1}).content.decode()
    assert "<ins>另发放补助。</ins>" in html
    client.force_login(world.office)
    assert client.get(page(form, "revision", 2), {"against": 1}).status_code == 404


def test_an_unread_or_invented_number_compares_nothing(client: Client, world: World, form: Declaration) -> None:
    client.force_login(world.boss)
    for number in ("2", "99", "x", ""):
        html = client.get(page(form), {"against": number}).content.decode()
        assert "<del>" not in html
