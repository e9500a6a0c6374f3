"""自动保存: cells sent by a script, the sitting they belong to, and how it becomes a revision."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import Membership, Person
from departments.roles import FILLER
from targets.domain.edits import Change
from targets.domain.record import PLAN
from targets.editing import EditRefused, apply_changes, end_sittings
from targets.guards import Order
from targets.models import Declaration, Revision, Sitting
from targets.review import take_step
from targets.storing import store
from targets.tests.test_plan_page import plan, plan_row
from targets.tests.test_project_page import fields_of, page, stored, told
from targets.tests.world import GOOD_ROWS, World
from targets.trail import verify


@pytest.fixture
def form(world: World) -> Declaration:
    return world.declaration()


@pytest.fixture
def colleague(world: World) -> Person:
    person = Person.objects.create_user("colleague", password="a good long one", name="孙某")
    Membership.objects.create(person=person, department=world.school, role=FILLER)
    return person


def sit(form: Declaration, person: Person, *edits: Any) -> None:
    apply_changes(form, edits, by=person, is_sitting=True)


def change(form: Declaration, place: int, new: str, field: str = "target") -> Change:
    row = stored(form).rows[place]
    return Change(row.key, field, getattr(row, field), new)


def authors(form: Declaration) -> list[tuple[int, str, str]]:
    """Number, author and target of the second row, of every revision."""
    return [(one.number, one.author_name, one.record.rows[1].target) for one in form.revisions.order_by("number")]


def send(client: Client, person: Person, form: Declaration, *edits: dict[str, Any], **said: Any) -> Any:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    name = "departmentplan" if form.is_plan else "budgetproject"
    body = {"by": person.pk, "state": "1.0", "keep": True, "edits": list(edits)} | said
    address = reverse(f"admin:targets_{name}_cells", args=[form.pk])
    return client.post(address, json.dumps(body), content_type="application/json")


def cell(form: Declaration, place: int, new: str, field: str = "target", old: str | None = None) -> dict[str, str]:
    row = stored(form).rows[place]
    return {"row": row.key, "field": field, "old": getattr(row, field) if old is None else old, "new": new}


def test_a_sitting_of_many_saves_is_one_revision(world: World, form: Declaration) -> None:
    for new in ("≥1", "≥13", "≥1300人"):
        sit(form, world.filler, change(form, 1, new))
    assert stored(form).rows[1].target == "≥1300人"
    assert authors(form) == [(1, "filler某", "≥1200人")]
    assert Declaration.objects.get(pk=form.pk).text_state == "1.3"
    outcome = apply_changes(form, [], by=world.filler)
    assert outcome.revision is not None
    assert authors(form) == [(1, "filler某", "≥1200人"), (2, "filler某", "≥1300人")]
    form.refresh_from_db()
    assert (form.current_revision, form.text_state) == (outcome.revision, "2.0")
    assert stored(form) == outcome.revision.record


def test_what_was_typed_and_taken_back_makes_no_revision(world: World, form: Declaration) -> None:
    sit(form, world.filler, change(form, 1, "≥1300人"))
    sit(form, world.filler, change(form, 1, "≥1200人"))
    assert apply_changes(form, [], by=world.filler).revision is None
    assert (form.revisions.count(), Sitting.objects.count()) == (1, 0)


def test_another_writer_ends_the_sitting_first(world: World, form: Declaration, colleague: Person) -> None:
    sit(form, world.filler, change(form, 1, "≥1300人"))
    sit(form, colleague, change(form, 0, "≤90万元"))
    assert authors(form) == [(1, "filler某", "≥1200人"), (2, "filler某", "≥1300人")]
    apply_changes(form, [change(form, 2, "≥99%")], by=world.filler)
    assert [(one.number, one.author_name) for one in form.revisions.order_by("number")] == [
        (1, "filler某"), (2, "filler某"), (3, "孙某"), (4, "filler某"),
    ]  # fmt: skip
    assert [row.target for row in stored(form).rows[:3]] == ["≤90万元", "≥1300人", "≥99%"]
    assert verify().breaks == []


def test_an_import_over_a_sitting_keeps_what_was_typed_in_the_history(world: World, form: Declaration) -> None:
    sit(form, world.filler, change(form, 1, "≥1300人"))
    locked = Declaration.objects.get(pk=form.pk)
    store([(locked, world.record(rows=GOOD_ROWS))], by=world.filler, reason=Revision.Reason.IMPORT)
    assert [(number, target) for number, _, target in authors(form)] == [(1, "≥1200人"), (2, "≥1300人"), (3, "≥1200人")]
    assert verify().breaks == []


def test_a_step_is_about_what_was_typed_last(world: World, form: Declaration) -> None:
    sit(form, world.filler, change(form, 1, "≥1300人"))
    take_step(form, "submit", by=world.filler, order=Order(seen_revision=1))
    form.refresh_from_db()
    assert form.submitted_revision is not None
    assert (form.submitted_revision.number, form.submitted_revision.record) == (2, stored(form))
    with pytest.raises(EditRefused):
        sit(form, world.filler, change(form, 1, "≥1400人"))


def test_a_sitting_left_alone_ends_by_itself(world: World, form: Declaration) -> None:
    sit(form, world.filler, change(form, 1, "≥1300人"))
    assert end_sittings(idle=timedelta(minutes=30)) == 0
    Sitting.objects.update(touched_at=timezone.now() - timedelta(minutes=31))
    call_command("tick", verbosity=0)
    assert authors(form) == [(1, "filler某", "≥1200人"), (2, "filler某", "≥1300人")]
    assert Sitting.objects.count() == 0


def test_counts_follow_what_is_typed(world: World, form: Declaration) -> None:
    sit(form, world.filler, change(form, 1, ""))
    form.refresh_from_db()
    assert form.error_count == 1
    sit(form, world.filler, change(form, 1, "≥1200人"))
    form.refresh_from_db()
    assert form.error_count == 0


def test_who_entered_a_form_for_a_unit_does_not_read_what_the_unit_types(world: World) -> None:
    form = world.declaration(by=world.office)
    assert form.is_own_text_of(world.office)
    sit(form, world.filler, change(form, 1, "还不能让财政看见"))
    seen = Declaration.objects.select_related("sitting").get(pk=form.pk)
    assert not seen.is_own_text_of(world.office)
    assert seen.record_for(world.office) is None


# Through the page's address ---------------------------------------------------------------------------------------------


def test_changed_cells_are_stored_and_answered(client: Client, world: World, form: Declaration) -> None:
    key = stored(form).rows[-1].key
    answer = send(
        client,
        world.filler,
        form,
        {"row": "", "field": "total", "old": "100.00", "new": "123.45"},
        cell(form, 1, "≥1300人"),
        {"add": {"key": "abcdef012345", "continues": [], "texts": {"name": "新指标", "target": "≥1个"}}, "after": key},
        {"move": "abcdef012345", "after": ""},
    ).json()
    assert (answer["state"], answer["faults"], answer["conflicts"], answer["kept"]) == ("1.1", [], [], [])
    assert "rows" not in answer
    record = stored(form)
    assert f"{record.total}" == "1234500.00"
    assert [(row.name, row.target) for row in record.rows[:3]] == [
        ("新指标", "≥1个"),
        ("补助费用", "≤100万元"),
        ("补助人数", "≥1300人"),
    ]
    client.post(page(form), {"grid": 1, "revision": 1, "end": 1, "do": "save"})
    assert form.revisions.count() == 2


def test_the_page_saves_a_sitting_and_tells_all_of_it(client: Client, world: World, form: Declaration) -> None:
    send(client, world.filler, form, cell(form, 1, "≥1300人"))
    send(client, world.filler, form, cell(form, 0, "≤90万元"), state="1.1")
    response = client.post(page(form), {"grid": 1, "revision": 1, "end": 1, "do": "save"}, follow=True)
    assert told(response) == ["已保存为第2稿：改动2处（第1行 指标值、第2行 指标值）。"]


def test_the_same_sent_twice_is_stored_once(client: Client, world: World, form: Declaration) -> None:
    edits: list[dict[str, Any]] = [
        cell(form, 1, "≥1300人"),
        {"add": {"key": "abcdef012345", "continues": [], "texts": {"name": "新"}}, "after": ""},
    ]
    for _ in range(2):
        answer = send(client, world.filler, form, *edits).json()
        assert answer["conflicts"] == []
    assert [row.name for row in stored(form).rows].count("新") == 1


def test_two_people_on_different_cells_both_win_and_hear_of_each_other(
    client: Client, world: World, form: Declaration, colleague: Person
) -> None:
    send(client, colleague, form, cell(form, 0, "≤90万元"))
    answer = send(client, world.filler, form, cell(form, 1, "≥1300人")).json()
    assert answer["conflicts"] == []
    assert [row["texts"]["target"] for row in answer["rows"][:2]] == ["≤90万元", "≥1300人"]
    assert [row.target for row in stored(form).rows[:2]] == ["≤90万元", "≥1300人"]


def test_the_later_one_on_the_same_cell_sees_both_values(
    client: Client, world: World, form: Declaration, colleague: Person
) -> None:
    mine = cell(form, 1, "≥1400人")
    send(client, colleague, form, cell(form, 1, "≥1300人"))
    at = timezone.localtime(Sitting.objects.get().touched_at)
    answer = send(
        client, world.filler, form, mine, {"row": "", "field": "fiscal", "old": "100.00", "new": "100"}
    ).json()
    assert answer["conflicts"] == [
        {
            "row": mine["row"],
            "field": "target",
            "stored": "≥1300人",
            "message": f"第2行 指标值：孙某 {at:%H:%M} 改为“≥1300人”，您改为“≥1400人”。请选用哪一个。",
        }
    ]
    assert stored(form).rows[1].target == "≥1300人"
    send(client, world.filler, form, mine | {"old": "≥1300人"}, state=answer["state"])
    assert stored(form).rows[1].target == "≥1400人"


def test_a_row_deleted_meanwhile_is_told_and_can_come_back(
    client: Client, world: World, form: Declaration, colleague: Person
) -> None:
    row = stored(form).rows[1]
    mine = cell(form, 1, "≥1400人")
    texts = {"level1": row.level1, "level2": row.level2, "name": row.name, "target": row.target}
    send(client, colleague, form, {"remove": row.key, "seen": {"key": row.key, "continues": [], "texts": texts}})
    (conflict,) = send(client, world.filler, form, mine).json()["conflicts"]
    assert (conflict["row"], conflict["stored"]) == (row.key, None)
    assert "这一行已被孙某" in conflict["message"]
    back = {"add": {"key": row.key, "continues": [], "texts": texts | {"target": "≥1400人"}}, "after": ""}
    send(client, world.filler, form, back)
    assert stored(form).rows[0].target == "≥1400人"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"row": "", "field": "total", "old": "100.00", "new": "约七百"}, "年度预算资金总额：“约七百”不是数字"),
        ({"row": "", "field": "title", "old": "学前教育补助", "new": " "}, "项目名称：为空，没有保存。"),
        ({"row": "", "field": "title", "old": "学前教育补助", "new": "已有的"}, "已有“已有的”，没有保存"),
        (
            {"row": "KEY", "field": "level1", "old": "成本指标", "new": "长" * 201},
            "一级指标：有201个字，最多200个字。请缩短。",
        ),
    ],
)
def test_what_cannot_be_stored_keeps_nothing_else_back(
    client: Client, world: World, form: Declaration, edit: dict[str, str], message: str
) -> None:
    world.declaration(title="已有的")
    row = stored(form).rows[0]
    edit = edit | {"row": row.key if edit["row"] else ""}
    answer = send(client, world.filler, form, edit, cell(form, 1, "≥1300人")).json()
    (fault,) = answer["faults"]
    assert message in fault["message"]
    assert stored(form).rows[1].target == "≥1300人"
    assert stored(form).title == "学前教育补助"


def test_the_checks_answer_what_is_typed_and_nothing_is_stored(client: Client, world: World, form: Declaration) -> None:
    before = stored(form)
    typed = [
        cell(form, 1, "-100%"),
        cell(form, 2, "≥９８％"),
        {"row": "", "field": "goal", "old": before.goal, "new": "<p>目标</p>"},
    ]
    answer = send(client, world.filler, form, *typed, keep=False).json()
    first, second = before.rows[1].key, before.rows[2].key
    assert answer["notes"][f"{first} target"]["level"] == "error"
    assert "-100%" in answer["margin"][first]
    assert answer["words"]["≥９８％"] == "大于等于 98 百分号"
    assert [cure["text"] for cure in answer["cures"][f"{second} target"]] == ["≥98%"]
    assert [(cure["text"], bool(cure["question"])) for cure in answer["cures"][f"{first} target"]] == [
        ("=100%", True), ("≥100%", True), ("≤100%", True),
    ]  # fmt: skip
    assert [cure["text"] for cure in answer["cures"][" goal"]] == ["目标"]
    assert "夹有网页标签" in answer["parts"]["head-goal"]
    assert "没有送审" in answer["parts"]["steps"]
    assert stored(form) == before
    assert Sitting.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"by": null}',
        b'{"by": BY, "state": "1.0", "keep": true, "edits": [{"row": "", "field": "state", "old": "", "new": "passed"}]}',
        b'{"by": BY, "state": "1.0", "keep": true, "edits": [{"row": "x", "field": "name", "old": "", "new": ""}]}',
        b'{"by": BY, "state": "1.0", "keep": true, "edits": [{"add": {"key": "", "continues": [], "texts": {}}, "after": ""}]}',
        b'{"by": BY, "state": "1.0", "keep": true, "edits": [1]}',
        b'{"by": BY, "state": "1.0", "keep": true, "edits": [{"row": "", "field": "goal", "old": 1, "new": 2}]}',
    ],
)
def test_what_no_page_of_ours_sends_is_refused(client: Client, world: World, form: Declaration, body: bytes) -> None:
    client.force_login(world.filler, backend="django.contrib.auth.backends.ModelBackend")
    before = stored(form)
    address = reverse("admin:targets_budgetproject_cells", args=[form.pk])
    said = body.replace(b"BY", str(world.filler.pk).encode())
    response = client.post(address, said, content_type="application/json")
    assert response.status_code in (400, 409)
    assert response.json()["refusal"]
    assert stored(form) == before


def test_a_form_sent_meanwhile_and_another_log_in_are_said(
    client: Client, world: World, form: Declaration, colleague: Person
) -> None:
    edit = cell(form, 1, "≥1300人")
    response = send(client, colleague, form, edit, by=world.filler.pk)
    assert (response.status_code, "现在登录的是孙某" in response.json()["refusal"]) == (409, True)
    world.advance(form, "submit")
    response = send(client, world.filler, form, edit)
    assert (response.status_code, "不能修改" in response.json()["refusal"]) == (409, True)
    assert stored(form).rows[1].target == "≥1200人"


def test_nobody_else_writes_by_this_door(client: Client, world: World) -> None:
    wrote = set()
    for place, (name, person) in enumerate(world.people.items()):
        form = world.declaration(title=f"第{place}张")
        send(client, person, form, cell(form, 1, "≥1300人"))
        if stored(form).rows[1].target == "≥1300人":
            wrote.add(name)
    assert wrote == {"filler"}


def test_four_hundred_rows_of_seventeen_columns_are_stored(client: Client, world: World) -> None:
    form = plan(world)
    rows = [plan_row(place) for place in range(400)]
    adds = [
        {
            "add": {
                "key": f"{place:012x}",
                "continues": [],
                "texts": {
                    name: getattr(row, name) for name in ("number", "duty", "name", "target", "activity", "office")
                },
            },
            "after": f"{place - 1:012x}" if place else "",
        }
        for place, row in enumerate(rows)
    ]
    answer = send(client, world.filler, form, *adds).json()
    assert (answer["faults"], answer["conflicts"]) == ([], [])
    assert [row.activity for row in stored(form).rows] == [row.activity for row in rows]


def test_an_autosave_asks_as_much_for_many_rows_as_for_few(client: Client, world: World) -> None:
    asked = []
    for number in (1, 100):
        Declaration.objects.filter(kind=PLAN).update(state="void")
        form = plan(world, *(plan_row(place) for place in range(number)))
        send(client, world.filler, form, cell(form, 0, "≥1个"))
        edit = cell(form, 0, "≥2个")
        with CaptureQueriesContext(connection) as captured:
            send(client, world.filler, form, edit, state="1.1")
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_a_page_without_scripts_opened_during_a_sitting_is_compared_with_what_it_showed(
    client: Client, world: World, form: Declaration, colleague: Person
) -> None:
    sit(form, colleague, change(form, 1, "≥1300人"))
    client.force_login(world.filler, backend="django.contrib.auth.backends.ModelBackend")
    sent = fields_of(client.get(page(form)).content.decode())
    sit(form, colleague, change(form, 0, "≤90万元"))
    client.post(page(form), sent | {f"{sent['row'][2]}.target": "≥99%", "do": "save"})
    assert [row.target for row in stored(form).rows[:3]] == ["≤90万元", "≥1300人", "≥99%"]
    assert [number for number, _, _ in authors(form)] == [1, 2, 3]
