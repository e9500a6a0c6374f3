"""A large import is taken back by the worker: asked once, told how far, stopped before it writes, told when it cannot be."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from departments.models import Membership
from targets import jobs
from targets.domain.edits import Change
from targets.domain.sheets.writer import write_official
from targets.editing import apply_changes
from targets.intake.batch import open_batch, read_batch
from targets.intake.storing import store_batch
from targets.intake.undo import UNDOING, undo_batch
from targets.models import Declaration, ImportBatch, Job
from targets.tasks import KINDS, OF_UNDOING, UNDO, run_job, start_storing, start_undoing
from targets.tests.test_undo import bring_in
from targets.tests.workers import three_workers
from targets.tests.world import World, client_of, make_world

OTHER_GOAL = "另一个目标，为1200名幼儿发放补助100万元。"


@pytest.fixture
def batch(world: World, settings: Any) -> ImportBatch:
    """Of two forms, one of them there before, which are too many to be undone while somebody waits."""
    settings.BACKGROUND_FROM_FORMS = 1
    return of_two_forms(world)


def of_two_forms(world: World) -> ImportBatch:
    world.declaration(title="甲")
    return bring_in(world, world.record(title="甲", goal=OTHER_GOAL), world.record(title="乙"))


def post(client: Client, deed: str, batch: ImportBatch) -> str:
    return client.post(reverse(f"admin:targets_importbatch_{deed}", args=[batch.pk]), follow=True).content.decode()


def page(client: Client, batch: ImportBatch) -> str:
    return client.get(reverse("admin:targets_importbatch_change", args=[batch.pk])).content.decode()


def work(batch: ImportBatch) -> Job:
    job = batch.jobs.latest("pk")
    run_job.call(job.pk)
    job.refresh_from_db()
    batch.refresh_from_db()
    return job


def stands(batch: ImportBatch) -> tuple[str, dict[str, tuple[str, int]]]:
    """The batch, and its forms by title: state and number of revisions."""
    forms = Declaration.objects.filter(revisions__batch=batch)
    return (
        ImportBatch.objects.get(pk=batch.pk).state,
        {form.title: (form.state, form.revisions.count()) for form in forms},
    )


IMPORTED = {"甲": ("draft", 2), "乙": ("draft", 1)}
UNDONE = {"甲": ("draft", 3), "乙": ("void", 1)}


def test_many_forms_are_taken_back_by_the_worker(world: World, batch: ImportBatch) -> None:
    client = client_of(world.filler)
    first = post(client, "undo", batch)
    assert "正在撤销" in first
    assert "等后台程序接手" in first
    assert "正在撤销" in post(client, "undo", batch)  # a double click asks once
    assert stands(batch) == ("undoing", IMPORTED)
    job = work(batch)
    assert (job.kind, job.state, job.total, batch.jobs.count()) == (UNDO, "done", 2, 1)
    assert stands(batch) == ("undone", UNDONE)
    assert batch.undone_by == world.filler
    assert "撤销了这次导入：更新的表恢复到导入前的内容，新增的表已作废。" in page(client, batch)


def test_an_import_under_way_to_be_undone_is_left_alone_by_everybody_else(world: World, batch: ImportBatch) -> None:
    assert start_undoing(batch, world.filler) is not None
    assert start_undoing(batch, world.admin) is None
    client = client_of(world.filler)
    assert "这个文件正在撤销，没有再次导入。" in post(client, "confirm", batch)
    assert "这个文件正在撤销，不能再放弃。" in post(client, "discard", batch)
    with pytest.raises(CommandError, match="这次导入正在撤销，不能撤销"):
        call_command("undo_import", str(batch.pk))
    assert stands(batch) == ("undoing", IMPORTED)


def test_an_undo_that_takes_nothing_back_leaves_the_import_and_says_why(world: World, batch: ImportBatch) -> None:
    for form in Declaration.objects.all():
        apply_changes(form, [Change("", "goal", form.goal, "改写的目标。")], by=world.filler)
    before = stands(batch)
    client = client_of(world.filler)
    post(client, "undo", batch)
    assert work(batch).state == "done"
    assert stands(batch) == before
    assert (before[0], batch.undone_at) == ("stored", None)
    told = page(client, batch)
    assert "撤销时没有一张表能恢复到导入前，这次导入没有变动" in told
    assert told.count("<td>导入后又有修改</td>") == 2
    assert "撤销这次导入" in told
    with pytest.raises(CommandError, match="没有撤销：2张表都不能恢复到导入前，原因见上。"):
        call_command("undo_import", str(batch.pk))


def test_what_was_kept_once_is_told_no_more_when_it_is_taken_back(world: World, batch: ImportBatch) -> None:
    sent = world.advance(Declaration.objects.get(title="乙"), "submit")
    Membership.objects.filter(person=world.filler).update(role="department_reviewer")
    start_undoing(batch, world.filler)
    work(batch)
    reasons = batch.forms.order_by("place").values_list("kept_because", flat=True)
    assert list(reasons) == ["撤销的人现在不能为这个单位导入", "导入后已办理（送审或确认）"]
    assert batch.state == "stored"
    Membership.objects.filter(person=world.filler).update(role="filler")
    world.advance(sent, "withdraw")
    start_undoing(batch, world.filler)
    work(batch)
    assert batch.state == "undone"
    assert list(reasons.all()) == ["", "导入后已办理（送审或确认）"]


def test_rights_are_those_of_the_moment_when_it_is_done(world: World, batch: ImportBatch) -> None:
    client = client_of(world.filler)
    post(client, "undo", batch)
    Membership.objects.filter(person=world.filler).delete()
    assert work(batch).state == "done"
    assert stands(batch) == ("stored", IMPORTED)
    told = page(client_of(world.root), batch)
    assert told.count("<td>撤销的人现在不能为这个单位导入</td>") == 2


def test_until_it_writes_it_is_stopped_by_its_importer_or_an_administrator(world: World, batch: ImportBatch) -> None:
    for who in ("filler", "admin"):
        client = client_of(world.people[who])
        assert "取消</button>" in post(client, "undo", batch)
        assert "正在取消" in post(client, "cancel", batch)
        assert work(batch).state == "cancelled"
        assert stands(batch) == ("stored", IMPORTED)
        assert "已取消，没有撤销任何一张表。" in page(client, batch)
    assert "已经处理完，不能取消。" in post(client, "cancel", batch)


def test_once_it_writes_nobody_is_offered_to_stop_it(world: World, batch: ImportBatch) -> None:
    client = client_of(world.filler)
    post(client, "undo", batch)
    run = jobs.claim(batch.jobs.get().pk)
    assert run is not None
    assert "取消</button>" in page(client, batch)
    run.progress(0, 2, UNDOING)
    assert "取消</button>" not in page(client, batch)
    assert "共 2 张" in page(client, batch)


def test_an_undo_that_breaks_leaves_the_import_and_a_sentence(
    world: World, batch: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(run: jobs.Run) -> str:
        raise ZeroDivisionError

    client = client_of(world.filler)
    post(client, "undo", batch)
    with monkeypatch.context() as patched:
        patched.setitem(KINDS, UNDO, jobs.Kind(broken, OF_UNDOING))
        job = work(batch)
    assert (job.state, stands(batch)) == ("failed", ("stored", IMPORTED))
    assert f"撤销出错，没有撤销任何一张表。请再试一次；仍不行请把编号{job.pk}告诉系统管理员。" in page(client, batch)
    post(client, "undo", batch)
    work(batch)
    assert stands(batch) == ("undone", UNDONE)
    assert "撤销出错" not in page(client, batch)


def test_an_import_that_wrote_nothing_has_nothing_to_undo(world: World) -> None:
    first = bring_in(world, world.record())
    nothing = bring_in(world, world.record())
    assert (nothing.state, nothing.unchanged) == ("stored", 1)
    client = client_of(world.filler)
    assert "撤销这次导入</button>" not in page(client, nothing)
    assert "撤销这次导入</button>" in page(client, first)
    assert "这次导入没有写入任何表，没有要撤销的。" in post(client, "undo", nothing)
    assert stands(nothing) == ("stored", {})


def left_to_the_worker(settings: Any) -> tuple[ImportBatch, Job]:
    settings.BACKGROUND_FROM_FORMS = 1
    world = make_world()
    batch = of_two_forms(world)
    job = start_undoing(batch, world.filler)
    assert job is not None
    return batch, job


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_undo_one_import_twice(settings: Any) -> None:
    batch, job = left_to_the_worker(settings)
    three_workers(job)
    assert (job.state, job.attempts) == ("done", 1)
    assert stands(batch) == ("undone", UNDONE)


@pytest.mark.django_db(transaction=True)
def test_a_worker_thought_dead_that_is_slow_and_the_one_that_took_over_undo_it_once(settings: Any) -> None:
    batch, job = left_to_the_worker(settings)
    slow = jobs.claim(job.pk)
    assert slow is not None
    Job.objects.filter(pk=job.pk).update(state="queued", owner="")
    run_job.call(job.pk)
    assert stands(batch) == ("undone", UNDONE)
    with pytest.raises(jobs.LeaseLost):
        KINDS[UNDO].do(slow)
    assert stands(batch) == ("undone", UNDONE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("deed", "begin"), [(store_batch, start_storing), (undo_batch, start_undoing)])
def test_how_far_it_is_is_seen_while_its_transaction_is_open(
    settings: Any, monkeypatch: pytest.MonkeyPatch, deed: Callable[..., object], begin: Callable[..., Job]
) -> None:
    """On PostgreSQL; on SQLite only one writes at a time, and it is the transaction."""
    settings.BACKGROUND_FROM_FORMS = 1
    monkeypatch.setattr(jobs, "TELL_EVERY_SECONDS", 0)
    monkeypatch.setattr("targets.intake.kept.LINES_AT_ONCE", 1)
    monkeypatch.setattr("targets.intake.undo.FORMS_AT_ONCE", 1)
    world = make_world()
    batch = open_batch(write_official([world.record(title=title) for title in "甲乙"]), "表.xlsx", by=world.filler)
    read_batch(batch)
    if deed is undo_batch:
        store_batch(batch, by=world.filler)
    job = begin(batch, world.filler)
    run = jobs.claim(job.pk)
    assert run is not None
    seen = []

    def within(done: int, total: int, doing: str) -> None:
        run.within(done, total, doing)
        with closing(connection.copy()) as beside, beside.cursor() as cursor:
            cursor.execute("SELECT done, total FROM targets_job WHERE id = %s", [job.pk])
            seen.append(cursor.fetchone())

    deed(batch, by=world.filler, asked_in=batch.state, progress=run.progress, within=within)
    is_told = connection.vendor == "postgresql"
    assert seen == ([(1, 2), (2, 2)] if is_told else [(0, 2), (0, 2)])
