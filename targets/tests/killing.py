"""A worker of its own on the test's database that dies, as by kill -9, at the moment that the test names."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.conf import settings
from django.db import connection

from targets.tasks import run_job

Moment = int | str
"""Before the n-th statement, or before the first that has these words, or right after the first COMMIT, which counts as one.
What only tells how far the job is does not count: how often that is said goes by the clock, so the n-th statement of a
slow worker would be another than that of a quick one, and some would never be the last."""
COMMIT, AFTER_COMMIT = "COMMIT", "after COMMIT"
TELLS_PROGRESS = '"doing" = '

WORKSHOP = """
import django
django.setup()
from targets.tests.killing import workshop
workshop()
"""
OTHERS_AT_WORK = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
AND pid <> pg_backend_pid() AND state <> 'idle')
"""


class NotKilled(AssertionError):
    """The worker did its job and was not killed: the moment never came, and nothing is proved."""


@contextmanager
def killing() -> Iterator[Callable[[Moment, int], str]]:
    """Gives `killed_before(moment, job)`: a worker takes the job up and is killed; returned is what it would have done next.

    The database knows by then that it is gone. Workers are forked from one program that has imported what they need.
    """
    with subprocess.Popen(
        [sys.executable, "-c", WORKSHOP],
        env=_environment(),
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as program:
        asked, told = program.stdin, program.stdout
        assert asked is not None
        assert told is not None

        def killed_before(moment: Moment, job: int) -> str:
            print(job, moment, file=asked)
            fate, _, last = told.readline().rstrip("\n").partition(" ")
            while connection.vendor == "postgresql" and _others_at_work():
                time.sleep(0.01)
            if fate != "killed":
                raise NotKilled(f"{moment}: {fate}")
            return last

        yield killed_before
        asked.close()


def killed_at_every_moment(job: int, after_each: Callable[[str], None]) -> None:
    """Kill one worker after the other, each one statement later, until a worker gets through. `after_each` is told what
    the worker died before, and has the job begun anew."""
    with killing() as killed_before:
        for moment in count(1):
            try:
                last = killed_before(moment, job)
            except NotKilled:
                return
            after_each(last)


def _others_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS_AT_WORK)
        return bool(cursor.fetchone()[0])


def _environment() -> dict[str, str]:
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"]
    database = f"sqlite:///{name}" if connection.vendor == "sqlite" else f"{url.rsplit('/', 1)[0]}/{name}"
    return {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings"}


# In the other process -------------------------------------------------------------------------------------------------


def workshop() -> None:
    """For each line (job and moment) a child that does the job and dies at that moment; tells how it ended."""
    for line in sys.stdin:
        job, _, moment = line.rstrip("\n").partition(" ")
        told, telling = os.pipe()
        child = os.fork()
        if not child:
            _die_before(int(moment) if moment.isdecimal() else moment, telling)
            run_job.call(int(job))
            os._exit(0)
        os.close(telling)
        _, status = os.waitpid(child, 0)
        with os.fdopen(told) as last_words:
            is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            print("killed" if is_killed else "alive", last_words.read(), flush=True)


def _die_before(moment: Moment, telling: int) -> None:
    passed: list[str] = []

    def pass_or_die(statement: str) -> None:
        if TELLS_PROGRESS in statement:
            return
        passed.append(statement)
        is_due = moment in statement if isinstance(moment, str) else moment == len(passed)
        if is_due or (moment == AFTER_COMMIT and COMMIT in passed[:-1]):
            os.write(telling, " ".join(statement.split())[:200].encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def around(execute: Any, statement: str, *args: Any) -> Any:
        pass_or_die(statement)
        return execute(statement, *args)

    commit = connection.commit

    def committing() -> None:
        pass_or_die(COMMIT)
        commit()

    connection.execute_wrappers.append(around)
    connection.commit = committing  # type: ignore[method-assign]  # no wrapper hears of it
