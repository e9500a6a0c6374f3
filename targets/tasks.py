"""Background work, done by `manage.py db_worker`."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django_tasks import task

from departments.models import Person
from targets import jobs
from targets.decisions import carry_out, release
from targets.intake.batch import choose_only, read_batch
from targets.intake.storing import DoneMeanwhile, ImportRefused, store_batch
from targets.intake.undo import undo_batch
from targets.models import DecidedForm, Decision, Declaration, ImportBatch, ImportedForm, Job
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


READ, STORE, READ_AND_STORE, UNDO = "read", "store", "read_and_store", "undo"
AT_ONCE = 50
"""So many forms take a step, or are released, in the request that asks for it; more are left to the worker."""
TEXT_OF_A_FILE = 10
"""What is read of an ordinary workbook has so many times its bytes."""


def start_job(kind: str, batch: ImportBatch, by: Person, **options: Any) -> Job:
    """Ask for long work on a batch; it begins when the transaction around this ends."""
    return _hand_over(_job(kind, by, options, batch=batch))


def read_at_once(batch: ImportBatch, by: Person) -> None:
    """A small file in the request that brought it. It is a job as well: should the process end, the worker reads it."""
    run_job.call(_job(READ, by, {"at_once": True}, batch=batch).pk)
    batch.refresh_from_db(fields=["state", "message"])


def start_storing(batch: ImportBatch, by: Person) -> Job | None:
    """Store the chosen forms of a preview; None when the batch is none (any more), as for a second press."""
    return _start(STORE, batch, by, ImportBatch.State.PREVIEW, batch.forms.filter(is_chosen=True))


def start_undoing(batch: ImportBatch, by: Person) -> Job | None:
    """Take an import back; None when it is not there to be taken back (any more)."""
    return _start(UNDO, batch, by, ImportBatch.State.STORED, batch.forms.filter(is_stored=True))


def _start(
    kind: str, batch: ImportBatch, by: Person, asked_in: ImportBatch.State, forms: QuerySet[ImportedForm]
) -> Job | None:
    with transaction.atomic():
        if not ImportBatch.objects.filter(pk=batch.pk, state=asked_in).update(state=UNDER_WAY[kind]):
            return None
        found = forms.order_by().aggregate(count=Count("pk"), text=Sum("size", default=0))
        job = _job(kind, by, {}, batch=batch, total=found["count"])
    done = _do(job, is_large=_are_many(**found))
    batch.refresh_from_db()
    return done


def _are_many(count: int, text: int) -> bool:
    """Whether forms are too many, or too long, to be dealt with while somebody waits."""
    return count > settings.BACKGROUND_FROM_FORMS or text > settings.BACKGROUND_FROM_BYTES * TEXT_OF_A_FILE


def start_steps(decision: Decision) -> Job | None:
    """Go on with what of a confirmed decision is waiting; None when somebody is at it, or nothing is left."""
    with transaction.atomic():
        locked = Decision.objects.select_for_update().get(pk=decision.pk)
        number = locked.forms.filter(state=DecidedForm.State.WAITING).count()
        if not number or locked.jobs.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists():
            return None
        job = _job(jobs.STEPS, decision.person, {}, decision=decision)
    return _do(job, is_large=number > AT_ONCE)


def start_release(lines: Sequence[int], by: Person) -> Job:
    """Release these held decisions on behalf of `by`; what may not move stays held with its reason."""
    return _do(_job(jobs.RELEASE, by, {"lines": list(lines)}), is_large=len(lines) > AT_ONCE)


def _job(kind: str, by: Person, options: dict[str, Any], **of: Any) -> Job:
    return Job.objects.create(kind=kind, created_by=by, lease_until=jobs.lease_end(), options=options, **of)


def _do(job: Job, *, is_large: bool) -> Job:
    """What is small while the person waits. It is a job as well: should the process end, the worker takes it up."""
    if is_large:
        return _hand_over(job)
    run_job.call(job.pk)
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
    jobs.work_off(pk, KINDS, give_back)


def read(run: jobs.Run) -> str:
    batch = batch_of(run)
    if batch.state == ImportBatch.State.READING:
        read_batch(batch, run.progress, in_background=not run.job.options.get("at_once"))
    return ""


def store(run: jobs.Run) -> str:
    return _deal(run, store_batch)


def undo(run: jobs.Run) -> str:
    return _deal(run, undo_batch)


def _deal(run: jobs.Run, deed: Callable[..., object]) -> str:
    try:
        deed(
            batch_of(run),
            by=run.job.created_by,
            asked_in=UNDER_WAY[run.job.kind],
            progress=run.progress,
            within=run.within,
        )
    except DoneMeanwhile:  # by a worker that was thought dead
        pass
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
        titles = run.job.options.get("titles", ())
        if titles and not batch.forms.filter(title__in=titles).exists():
            raise jobs.Refused(f"文件里没有名称为“{'”“'.join(titles)}”的表，没有写入任何数据。请核对名称后再导入。")
        choose_only(batch, **run.job.options)
    ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.PREVIEW).update(state=ImportBatch.State.STORING)
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


UNDER_WAY = {
    STORE: ImportBatch.State.STORING,
    READ_AND_STORE: ImportBatch.State.STORING,
    UNDO: ImportBatch.State.UNDOING,
}
"""How a batch is while a job of this kind writes: whoever else asks for the same finds it so, and leaves it."""

OF_READING = jobs.Words(
    given_up="后台读取多次中断，已停止，没有写入任何数据。请把文件拆小后重新上传；仍不行请联系系统管理员。",
    broken="后台读取出错，没有写入任何数据。请重新上传；仍不行请把编号{number}告诉系统管理员。",
    cancelled="已取消，没有写入任何数据。",
)
OF_STORING = jobs.Words(
    given_up="后台写入多次中断，已停止，没有写入任何数据。预览还在，可以少勾选一些，分几次确认；仍不行请联系系统管理员。",
    broken="后台写入出错，没有写入任何数据。预览还在，可以再确认一次；仍不行请把编号{number}告诉系统管理员。",
    cancelled="已取消，没有写入任何数据。预览还在，可以再确认，也可以放弃。",
)
OF_READING_AND_STORING = jobs.Words(
    given_up="后台处理多次中断，已停止，没有写入任何数据。已有预览的可以分几次确认，没有的请把文件拆小后重新上传；仍不行请联系系统管理员。",
    broken="后台处理出错，没有写入任何数据。已有预览的可以再确认，没有的请重新上传；仍不行请把编号{number}告诉系统管理员。",
    cancelled="已取消，没有写入任何数据。",
)
OF_UNDOING = jobs.Words(
    given_up="后台撤销多次中断，已停止，没有撤销任何一张表。请稍后再撤销；仍不行请联系系统管理员。",
    broken="撤销出错，没有撤销任何一张表。请再试一次；仍不行请把编号{number}告诉系统管理员。",
    cancelled="已取消，没有撤销任何一张表。",
)
IN_PORTIONS = jobs.Words(
    given_up="后台办理多次中断，已停止。已办理的有效，其余没有办理，可以继续办理；仍不行请联系系统管理员。",
    broken="后台办理出错，已停止。已办理的有效，其余没有办理，可以继续办理；仍不行请把编号{number}告诉系统管理员。",
    cancelled="已取消：已办理的有效，其余没有办理。",
)
KINDS = {
    READ: jobs.Kind(read, OF_READING),
    STORE: jobs.Kind(store, OF_STORING),
    READ_AND_STORE: jobs.Kind(read_and_store, OF_READING_AND_STORING),
    UNDO: jobs.Kind(undo, OF_UNDOING),
    jobs.STEPS: jobs.Kind(take_steps, IN_PORTIONS),
    jobs.RELEASE: jobs.Kind(release_held, IN_PORTIONS),
}


def batch_of(run: jobs.Run) -> ImportBatch:
    batch = run.job.batch
    if batch is None:
        raise jobs.Refused("这项后台工作没有对应的文件。")
    return batch


def give_back(job: Job) -> None:
    """A batch whose job ended without result: what was not stored or undone is as before, not read is given up or
    unreadable."""
    batches = ImportBatch.objects.filter(jobs=job)
    batches.filter(state=ImportBatch.State.STORING).update(state=ImportBatch.State.PREVIEW)
    batches.filter(state=ImportBatch.State.UNDOING).update(state=ImportBatch.State.STORED)
    unread = batches.filter(state=ImportBatch.State.READING)
    if job.state == Job.State.CANCELLED:
        unread.update(state=ImportBatch.State.DISCARDED)
    else:
        unread.update(state=ImportBatch.State.UNREADABLE, message=job.message)
