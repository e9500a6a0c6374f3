"""Jobs: claimed by one worker at a time, renewed while it lives, taken over when it does not.

The task queue hands a job out once and never again, so a killed worker's job would be lost; and it may hand it out twice.
Here a claim is one conditional UPDATE, so two workers never do one job, and a lease run out, or the end of the worker's
process on this machine, lets another begin anew. What a job does must therefore be whole or not at all (one transaction)
and the same when done again. Steps on many forms are whole in each portion: whoever takes such a job up goes on with the
forms that were not told yet.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from departments.room import FULL, is_without_room
from targets.models import Job
from targets.processes import is_gone, new_owner

logger = logging.getLogger("targets.jobs")

TELL_EVERY_SECONDS = 0.5
TELL = """
UPDATE targets_job SET done = %s, total = %s, doing = %s, lease_until = %s
WHERE id = %s AND owner = %s AND state = 'running'
"""
ATTEMPTS = 3
STEPS, RELEASE = "steps", "release"


class Cancelled(Exception):
    """Somebody pressed 取消."""


class Refused(Exception):
    """The work cannot be done; the sentence is for the person who asked for it."""


class LeaseLost(Exception):
    """Another worker has the job: stop without a word."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a job that ended without result."""

    given_up: str
    """After too many workers that died of it."""
    broken: str
    """By a fault of the program; `{number}` is the job's, by which its log is found."""
    cancelled: str


class Run:
    """One worker's hold on one job."""

    def __init__(self, job: Job, owner: str) -> None:
        self.job = job
        self.owner = owner
        self._told = 0.0

    def progress(self, done: int, total: int, doing: str) -> None:
        """Say how far the work is and renew the lease; `total` 0 leaves the numbers. Raises Cancelled or LeaseLost."""
        now = time.monotonic()
        if now - self._told < TELL_EVERY_SECONDS and done < total:
            return
        self._told = now
        mine = self._mine().filter(cancel_asked=False)
        numbers = {"done": done, "total": total} if total else {}
        if not mine.update(**numbers, doing=doing, lease_until=lease_end()):
            raise Cancelled if self._mine().exists() else LeaseLost

    def within(self, done: int, total: int, doing: str) -> None:
        """How far it is, from within a transaction, which ends as it would have ended without: by a connection of its own,
        for nobody sees what the transaction writes; `total` 0 is what the job began with. Where only one writes at a time
        (SQLite) nothing can be told."""
        now = time.monotonic()
        if connection.vendor != "postgresql" or now - self._told < TELL_EVERY_SECONDS:
            return
        self._told = now
        with suppress(DatabaseError), closing(connection.copy()) as beside, beside.cursor() as cursor:
            cursor.execute(TELL, [done, total or self.job.total, doing, lease_end(), self.job.pk, self.owner])

    def end(self, state: Job.State, message: str = "") -> None:
        if not self._mine().update(state=state, message=message, finished_at=timezone.now(), lease_until=None):
            raise LeaseLost

    def _mine(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.job.pk, owner=self.owner, state=Job.State.RUNNING)


def claim(pk: int) -> Run | None:
    """Take the job if nobody has it (or whoever had it is gone); None if there is nothing to do."""
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=timezone.now())
    owner = new_owner()
    taken = Job.objects.filter(free, pk=pk).update(
        state=Job.State.RUNNING, owner=owner, lease_until=lease_end(), attempts=F("attempts") + 1
    )
    return (
        Run(Job.objects.select_related("batch__uploaded_by", "decision__person", "created_by").get(pk=pk), owner)
        if taken
        else None
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """What jobs of a kind do (returning what is to be said of it), and the words for those that end without result."""

    do: Callable[[Run], str]
    words: Words


def work_off(pk: int, kinds: Mapping[str, Kind], give_back: Callable[[Job], None]) -> None:
    """Claim and do the job. `give_back` is told of one that ended without result (its `state` says how)."""
    run = claim(pk)
    if run is None:
        return
    kind = kinds[run.job.kind]
    if run.job.attempts > ATTEMPTS:
        _stop(run, Job.State.FAILED, kind.words.given_up, give_back)
        return
    try:
        run.end(Job.State.DONE, kind.do(run))
    except LeaseLost:
        logger.warning("job %s was taken over by another worker", pk)
    except Cancelled:
        _stop(run, Job.State.CANCELLED, kind.words.cancelled, give_back)
    except Refused as refusal:
        _stop(run, Job.State.FAILED, str(refusal), give_back)
    except Exception as fault:
        logger.exception("job %s failed", pk)
        why = f"{FULL}：" if is_without_room(fault) else ""
        _stop(run, Job.State.FAILED, why + kind.words.broken.format(number=pk), give_back)


def _stop(run: Run, state: Job.State, message: str, give_back: Callable[[Job], None]) -> None:
    """Both or neither: a job that is over is never taken up again, and what it had would be nobody's."""
    with suppress(LeaseLost), transaction.atomic():
        run.end(state, message)
        run.job.refresh_from_db(fields=["state", "message"])
        give_back(run.job)


def ask_to_cancel(job: Job) -> bool:
    """Until its result is being stored a job may be cancelled; False when it is over."""
    going_on = Job.objects.filter(pk=job.pk, state__in=(Job.State.QUEUED, Job.State.RUNNING))
    return bool(going_on.update(cancel_asked=True))


def take_from_the_dead() -> list[int]:
    """Queue the jobs again whose worker is gone, or that were handed out and never begun; each once a lease, or once for a
    worker that is known to have ended."""
    running = Job.objects.filter(state=Job.State.RUNNING)
    left = {
        pk: Q(state=Job.State.RUNNING, owner=owner)
        for pk, owner in running.values_list("pk", "owner")
        if is_gone(owner)
    }
    left |= dict.fromkeys(Job.objects.filter(_expired()).values_list("pk", flat=True), _expired())
    again = {"state": Job.State.QUEUED, "owner": "", "lease_until": lease_end()}
    return [pk for pk, still in left.items() if Job.objects.filter(still, pk=pk).update(**again)]


def _expired() -> Q:
    return Q(state__in=(Job.State.QUEUED, Job.State.RUNNING), lease_until__lt=timezone.now())


def lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
