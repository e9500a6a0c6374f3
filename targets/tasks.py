"""Background work, done by `manage.py db_worker`."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django_tasks import task

from departments.models import Person
from targets import jobs
from targets.decisions import carry_out, release
from targets.intake.batch import ImportRefused, choose_only, read_batch, store_batch
from targets.models import DecidedForm, Decision, Declaration, ImportBatch, Job
from targets.storing import recount

RECOUNTED_AT_ONCE = 200
"""Forms that are locked, and in memory, at one time: about a tenth of a second."""


@task()
def recheck_year(budget_year: int) -> int:
    """Refresh the finding counts of a year's forms after its rules changed; safe to run twice. Returns how many."""
    forms = list(
        Declaration.objects.living().filter(budget_year=budget_year).order_by("pk").values_list("pk", flat=True)
    )
    for start in range(0, len(forms), RECOUNTED_AT_ONCE):
        recount(forms[start : start + RECOUNTED_AT_ONCE])
    return len(forms)


# Jobs -----------------------------------------------------------------------------------------------------------------


READ, STORE, READ_AND_STORE = "read", "store", "read_and_store"
AT_ONCE = 50
"""So many forms take a step, or are released, in the request that asks for it; more are left to the worker."""


def start_job(kind: str, batch: ImportBatch, by: Person, **options: Any) -> Job:
    """Ask for long work on a batch; it begins when the transaction around this ends."""
    return _hand_over(_job(kind, by, options, batch=batch))


def read_at_once(batch: ImportBatch, by: Person) -> None:
    """A small file in the request that brought it. It is a job as well: should the process end, the worker reads it."""
    jobs.work_off(_job(READ, by, {"at_once": True}, batch=batch).pk, HANDLERS, give_back)
    batch.refresh_from_db(fields=["state", "message"])


def start_steps(decision: Decision) -> Job | None:
    """Go on with what of a confirmed decision is waiting; None when somebody is at it, or nothing is left."""
    with transaction.atomic():
        locked = Decision.objects.select_for_update().get(pk=decision.pk)
        number = locked.forms.filter(state=DecidedForm.State.WAITING).count()
        if not number or locked.jobs.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists():
            return None
        job = _job(jobs.STEPS, decision.person, {}, decision=decision)
    return _do(job, number)


def start_release(lines: Sequence[int], by: Person) -> Job:
    """Release these held decisions on behalf of `by`; what may not move stays held with its reason."""
    return _do(_job(jobs.RELEASE, by, {"lines": list(lines)}), len(lines))


def _job(kind: str, by: Person, options: dict[str, Any], **of: Any) -> Job:
    return Job.objects.create(kind=kind, created_by=by, lease_until=jobs.lease_end(), options=options, **of)


def _do(job: Job, number: int) -> Job:
    if number > AT_ONCE:
        return _hand_over(job)
    jobs.work_off(job.pk, HANDLERS, give_back)
    job.refresh_from_db()
    return job


def _hand_over(job: Job) -> Job:
    transaction.on_commit(lambda: run_job.enqueue(job.pk))
    return job


def revive_jobs() -> int:
    """Hand out anew what a dead worker left; asked by `manage.py tick` and by every page that waits for a job."""
    taken = jobs.take_from_the_dead()
    for pk in taken:
        run_job.enqueue(pk)
    return len(taken)


@task()
def run_job(pk: int) -> None:
    jobs.work_off(pk, HANDLERS, give_back)


def read(run: jobs.Run) -> str:
    batch = batch_of(run)
    if batch.state == ImportBatch.State.READING:
        read_batch(batch, run.progress, in_background=not run.job.options.get("at_once"))
    return ""


def store(run: jobs.Run) -> str:
    batch = batch_of(run)
    if batch.state == ImportBatch.State.STORING:  # else a worker thought dead had done it after all
        try:
            store_batch(batch, by=run.job.created_by, progress=run.progress)
        except ImportRefused as refusal:
            raise jobs.Refused(str(refusal)) from None
    return ""


def read_and_store(run: jobs.Run) -> str:
    """For the command line, where nobody looks at a preview: whatever was named and can go in goes in."""
    batch = batch_of(run)
    if batch.state == ImportBatch.State.READING:
        read_batch(batch, run.progress)
    if batch.state == ImportBatch.State.UNREADABLE:
        raise jobs.Refused(batch.message)
    if batch.state == ImportBatch.State.PREVIEW:
        choose_only(batch, **run.job.options)
    ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.PREVIEW).update(state=ImportBatch.State.STORING)
    batch.refresh_from_db(fields=["state"])
    return store(run)


def take_steps(run: jobs.Run) -> str:
    if run.job.decision is None:
        raise jobs.Refused("这项后台工作没有对应的成批办理。")
    carry_out(run.job.decision, run.progress)
    return ""


def release_held(run: jobs.Run) -> str:
    lines = DecidedForm.objects.releasable_by(run.job.created_by).filter(pk__in=run.job.options["lines"])
    moved, tried = release(lines, by=run.job.created_by, progress=run.progress)
    return f"已下达{moved}张，{tried - moved}张仍在待下达中。" if tried > moved else f"已下达{moved}张。"


HANDLERS = {
    READ: read,
    STORE: store,
    READ_AND_STORE: read_and_store,
    jobs.STEPS: take_steps,
    jobs.RELEASE: release_held,
}


def batch_of(run: jobs.Run) -> ImportBatch:
    batch = run.job.batch
    if batch is None:
        raise jobs.Refused("这项后台工作没有对应的文件。")
    return batch


def give_back(job: Job) -> None:
    """A batch whose job ended without result: not stored is a preview again, not read is given up or unreadable."""
    batches = ImportBatch.objects.filter(jobs=job)
    batches.filter(state=ImportBatch.State.STORING).update(state=ImportBatch.State.PREVIEW)
    unread = batches.filter(state=ImportBatch.State.READING)
    if job.state == Job.State.CANCELLED:
        unread.update(state=ImportBatch.State.DISCARDED)
    else:
        unread.update(state=ImportBatch.State.UNREADABLE, message=job.message)
