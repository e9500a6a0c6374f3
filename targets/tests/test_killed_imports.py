"""kill -9 at every moment of an import: what it does is wholly done or not at all, and is done when begun anew."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from targets.domain.sheets.writer import write_official
from targets.intake.batch import open_batch, read_batch
from targets.models import Declaration, ImportBatch, Job
from targets.processes import is_gone, new_owner
from targets.tasks import READ, revive_jobs, start_job, start_storing, start_undoing
from targets.tests.killing import AFTER_COMMIT, COMMIT, NotKilled, killed_at_every_moment, killing
from targets.tests.test_undo import bring_in
from targets.tests.threads import DONE, together
from targets.tests.workers import three_workers
from targets.tests.world import World, make_world

GOAL = "为全区1200名幼儿发放补助100万元，提高普惠性幼儿园保障水平，减轻家庭负担。"
OTHER_GOAL = "另一个目标，为1200名幼儿发放补助100万元。"

BEFORE = {"甲": ("draft", GOAL, ["edit"])}
IMPORTED = {"甲": ("draft", OTHER_GOAL, ["edit", "import"]), "乙": ("draft", GOAL, ["import"])}
TAKEN_BACK = {"甲": ("draft", GOAL, ["edit", "import", "undo"]), "乙": ("void", GOAL, ["import"])}
OUT, IN, BACK = ("storing", BEFORE), ("stored", IMPORTED), ("undone", TAKEN_BACK)
NOT_BACK = ("undoing", IMPORTED)


def stands(batch: ImportBatch) -> tuple[str, dict[str, tuple[str, str, list[str]]]]:
    """The batch, and all forms by title: state, goal and why each of their revisions was made."""
    reasons = {form.pk: [one.reason for one in form.revisions.order_by("number")] for form in Declaration.objects.all()}
    forms = {form.title: (form.state, form.record().goal, reasons[form.pk]) for form in Declaration.objects.all()}
    return ImportBatch.objects.get(pk=batch.pk).state, forms


def begin_anew(job: int) -> None:
    """As when the lease has run out; it counts as a first attempt, for there are many."""
    past = timezone.now() - timedelta(seconds=1)
    assert Job.objects.filter(pk=job, state__in=("queued", "running")).update(lease_until=past, attempts=0) == 1
    assert revive_jobs() == 1


@pytest.fixture
def world(transactional_db: None, settings: Any) -> World:
    """Where two forms are many."""
    settings.BACKGROUND_FROM_FORMS = 1
    return make_world()


def two_forms(world: World) -> ImportBatch:
    """Read, and waiting to be confirmed: one is there already, the other new."""
    world.declaration(title="甲")
    records = [world.record(title="甲", goal=OTHER_GOAL), world.record(title="乙")]
    batch = open_batch(write_official(records), "表.xlsx", by=world.filler)
    read_batch(batch)
    return batch


def stored(world: World) -> ImportBatch:
    world.declaration(title="甲")
    return bring_in(world, world.record(title="甲", goal=OTHER_GOAL), world.record(title="乙"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "start", "before", "after"),
    [(two_forms, start_storing, OUT, IN), (stored, start_undoing, NOT_BACK, BACK)],
    ids=["stored", "undone"],
)
def test_killed_before_each_statement_an_import_is_wholly_done_or_not_at_all(
    world: World, made: Callable[..., ImportBatch], start: Callable[..., Job], before: Any, after: Any
) -> None:
    batch = made(world)
    job = start(batch, world.filler).pk
    seen: list[tuple[str, Any]] = []

    def look(last: str) -> None:
        seen.append((last, stands(batch)))
        begin_anew(job)

    killed_at_every_moment(job, look)
    found = [state for state, _ in groupby(state for _, state in seen)]
    assert found == [before, after]
    assert [state for last, state in seen if last == COMMIT] == [before]
    assert len(seen) > 15
    assert Job.objects.get(pk=job).state == "done"
    assert stands(batch) == after


@pytest.mark.slow
def test_killed_before_each_statement_a_file_is_wholly_read_or_being_read(world: World) -> None:
    records = [world.record(title="甲"), world.record(title="乙")]
    batch = open_batch(write_official(records), "表.xlsx", by=world.filler)
    job = start_job(READ, batch, world.filler).pk
    seen: list[tuple[str, int]] = []

    def look(_: str) -> None:
        seen.append((ImportBatch.objects.get(pk=batch.pk).state, batch.forms.count()))
        begin_anew(job)

    killed_at_every_moment(job, look)
    assert [state for state, _ in groupby(seen)] == [("reading", 0), ("preview", 2)]
    assert Job.objects.get(pk=job).state == "done"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "start", "before", "after"),
    [
        (two_forms, start_storing, "storing", ("preview", BEFORE)),
        (stored, start_undoing, "undoing", ("stored", IMPORTED)),
    ],
    ids=["stored", "undone"],
)
def test_killed_before_each_statement_a_job_that_is_stopped_gives_the_import_back(
    world: World, made: Callable[..., ImportBatch], start: Callable[..., Job], before: str, after: Any
) -> None:
    batch = made(world)
    job = start(batch, world.filler).pk
    Job.objects.filter(pk=job).update(cancel_asked=True)
    seen: list[str] = []

    def look(last: str) -> None:
        seen.append(last)
        assert ImportBatch.objects.get(pk=batch.pk).state == before
        begin_anew(job)

    killed_at_every_moment(job, look)
    assert seen[-1] == COMMIT
    assert Job.objects.get(pk=job).state == "cancelled"
    assert stands(batch) == after


@pytest.mark.slow
def test_a_moment_that_does_not_come_fails_the_test_that_waits_for_it(world: World) -> None:
    batch = two_forms(world)
    job = start_storing(batch, world.filler)
    assert job is not None
    with killing() as killed_before:
        assert killed_before(AFTER_COMMIT, job.pk).startswith('UPDATE "targets_job"')
        with pytest.raises(NotKilled):
            killed_before(COMMIT, job.pk)  # its worker is thought alive, so nobody takes the job up
    assert stands(batch) == IN


@pytest.mark.slow
def test_of_a_worker_killed_on_this_machine_the_lease_is_not_waited_for(world: World) -> None:
    """Once, whoever of several sees it first; while it lives nobody takes its job."""
    batch = two_forms(world)
    job = start_storing(batch, world.filler)
    assert job is not None
    seen: list[int] = []
    with killing() as killed_before:
        killed_before(COMMIT, job.pk)
    assert together(*[lambda: seen.append(revive_jobs())] * 3) == [DONE] * 3
    assert sorted(seen) == [0, 0, 1]
    assert stands(batch) == OUT
    three_workers(job)
    assert (job.state, job.attempts) == ("done", 2)
    assert stands(batch) == IN


def test_a_process_is_gone_when_its_number_is_nobodys_where_it_ran(world: World) -> None:
    tells = "from targets.processes import new_owner; print(new_owner(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", tells], cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        owner = process.stdout.readline().rstrip("\n")
        assert owner != new_owner()
        Job(kind="read", owner=owner, created_by=world.filler).clean_fields()
        assert not is_gone(owner)
        process.kill()
    place, number, own = owner.split("-")
    assert is_gone(owner)
    elsewhere = [f"{place[::-1]}-{number}-{own}", f"-{number}-{own}", f"{place}-0-{own}", f"{place}--{own}", place, ""]
    assert [is_gone(one) for one in (*elsewhere, new_owner())] == [False] * 7
