"""撤销导入 brings back exactly the text from before, voids what it created, keeps and names what was touched since."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from targets.domain.edits import Change
from targets.domain.sheets.writer import write_official
from targets.editing import apply_changes
from targets.intake.batch import open_batch, read_batch
from targets.intake.storing import ImportRefused, store_batch
from targets.intake.undo import undo_batch
from targets.models import Declaration, ImportBatch
from targets.tests.uploads import confirm, page_text, upload, workbook
from targets.tests.world import World, client_of


def bring_in(world: World, *records: object, by: str = "filler") -> ImportBatch:
    batch = open_batch(write_official(records), "表.xlsx", by=world.people[by])  # type: ignore[arg-type]
    read_batch(batch)
    store_batch(batch, by=world.people[by])
    return batch


def test_an_update_is_taken_back_word_for_word(world: World) -> None:
    form = world.declaration()
    before = form.record()
    changed = replace(
        before,
        goal="另一个目标，为1200名幼儿发放补助100万元。",
        rows=(before.rows[1], before.rows[0], *before.rows[3:]),
    )
    batch = bring_in(world, changed)
    assert Declaration.objects.get().record() != before
    told = undo_batch(batch, by=world.filler)
    assert [(one.declaration.title, one.was_created, one.kept_because) for one in told] == [("学前教育补助", False, "")]
    form = Declaration.objects.get()
    assert form.record() == before
    assert [(one.number, one.reason) for one in form.revisions.all()] == [(1, "edit"), (2, "import"), (3, "undo")]
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by) == ("undone", world.filler)


def test_a_form_it_created_is_voided_and_may_come_again(world: World) -> None:
    batch = bring_in(world, world.record())
    undo_batch(batch, by=world.filler)
    form = Declaration.objects.get()
    assert form.state == "void"
    assert [event.step for event in form.events.all()] == ["undo_import"]
    bring_in(world, world.record())
    assert sorted(Declaration.objects.values_list("state", flat=True)) == ["draft", "void"]


def test_what_somebody_touched_since_is_kept_and_named(world: World) -> None:
    batch = bring_in(world, world.record(), world.record(title="第二"), world.record(title="第三"))
    edited, submitted = Declaration.objects.get(title="学前教育补助"), Declaration.objects.get(title="第二")
    row = edited.record().rows[0]
    apply_changes(edited, [Change(row.key, "target", row.target, "≤90万元")], by=world.filler)
    world.advance(submitted, "submit")
    told = {one.declaration.title: one.kept_because for one in undo_batch(batch, by=world.filler)}
    assert told == {"学前教育补助": "导入后又有修改", "第二": "导入后已办理（送审或确认）", "第三": ""}
    assert dict(Declaration.objects.values_list("title", "state")) == {
        "学前教育补助": "draft",
        "第二": "department_review",
        "第三": "void",
    }


def test_an_import_is_undone_once_and_by_its_importer(world: World) -> None:
    batch = bring_in(world, world.record())
    for name in ("sibling", "boss", "perf", "auditor"):
        with pytest.raises(ImportRefused, match="只有导入人或系统管理员"):
            undo_batch(batch, by=world.people[name])
    undo_batch(batch, by=world.admin)
    with pytest.raises(ImportRefused, match="这次导入已撤销，不能撤销"):
        undo_batch(batch, by=world.filler)


def test_many_forms_are_stored_and_taken_back_in_as_many_statements_as_a_few(world: World) -> None:
    def statements(*titles: str) -> tuple[int, int]:
        """To store and to undo an import that fills forms which are there and makes as many new ones."""
        for title in titles:
            world.declaration(title=title)
        again = [world.record(title=title, goal="另一个目标，为1200名幼儿发放补助100万元。") for title in titles]
        fresh = [world.record(title=f"再{title}") for title in titles]
        batch = open_batch(write_official([*again, *fresh]), "表.xlsx", by=world.filler)
        read_batch(batch)
        with CaptureQueriesContext(connection) as stored:
            store_batch(batch, by=world.filler)
        with CaptureQueriesContext(connection) as undone:
            assert [one.kept_because for one in undo_batch(batch, by=world.filler)] == [""] * 2 * len(titles)
        return len(stored), len(undone)

    assert statements("甲") == statements("乙", "丙", "丁")


def test_who_undoes_anothers_import_does_not_read_the_draft_by_it(world: World) -> None:
    form = world.declaration()
    batch = bring_in(world, world.record(goal="另一个目标，为1200名幼儿发放补助100万元。"))
    undo_batch(batch, by=world.admin)
    form.refresh_from_db()
    assert form.revisions.get(number=3).author == world.admin
    assert form.record_for(world.admin) is None
    assert form.record_for(world.filler) == form.record()


def test_an_import_is_undone_by_its_button(world: World) -> None:
    client = client_of(world.filler)
    done = confirm(client, upload(client, workbook(world.record(), world.record(title="校车运营补贴"))))
    touched = Declaration.objects.get(title="校车运营补贴")
    edit = Change("", "goal", touched.goal, "改写的目标，为1200名幼儿发放补助100万元。")
    apply_changes(touched, [edit], by=world.filler)
    batch = done.context["batch"]
    undone = client.post(reverse("admin:targets_importbatch_undo", args=[batch.pk]), follow=True)
    assert "已撤销导入：1张表恢复到导入前；另有1张没有撤销，原因见下表。" in page_text(undone)
    assert "导入后又有修改" in page_text(undone)
    assert dict(Declaration.objects.values_list("title", "state")) == {"学前教育补助": "void", "校车运营补贴": "draft"}
    judged = {one["form"].title: one["is_judged"] for one in undone.context["stored"]}
    assert judged == {"学前教育补助": False, "校车运营补贴": True}
    again = client.post(reverse("admin:targets_importbatch_undo", args=[batch.pk]), follow=True)
    assert "这次导入已撤销，不能撤销" in page_text(again)


def test_where_nothing_could_be_undone_nobody_is_told_of_a_success(world: World) -> None:
    client = client_of(world.filler)
    batch = confirm(client, upload(client, workbook(world.record()))).context["batch"]
    touched = Declaration.objects.get()
    apply_changes(touched, [Change("", "goal", touched.goal, "改写的目标。")], by=world.filler)
    undone = client.post(reverse("admin:targets_importbatch_undo", args=[batch.pk]), follow=True)
    assert list(undone.context["messages"]) == []
    assert "撤销时没有一张表能恢复到导入前，这次导入没有变动" in page_text(undone)
    assert "导入后又有修改" in page_text(undone)
    batch.refresh_from_db()
    assert (Declaration.objects.get().state, batch.state, batch.undone_at) == ("draft", "stored", None)


def test_somebody_elses_import_is_not_undone(world: World) -> None:
    client = client_of(world.filler)
    batch = confirm(client, upload(client, workbook(world.record()))).context["batch"]
    address = reverse("admin:targets_importbatch_undo", args=[batch.pk])
    assert [client_of(world.people[name]).post(address).status_code for name in ("sibling", "perf", "auditor")] == [
        404
    ] * 3
    undone = client_of(world.admin).post(address, follow=True)
    assert Declaration.objects.get().state == "void"
    assert "100.00" not in page_text(undone)  # its unit alone is told what was never sent
