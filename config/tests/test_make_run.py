"""`make run` keeps its worker running, whatever ends it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from config.demo import GIVEN_UP, MOST_QUICK_ENDS, Process, Worker

AGAIN = "后台任务进程意外结束，正在重新启动；原因见上方日志。"
ENDS = "pass"
GOES_ON = "input()"
ALWAYS = float("inf")


class Started:
    """Starts Python with a program, as often as it is asked."""

    def __init__(self, program: str) -> None:
        self.command = [sys.executable, "-c", program]
        self.processes: list[Process] = []

    def __call__(self) -> Process:
        self.processes.append(subprocess.Popen(self.command, stdin=subprocess.PIPE, start_new_session=True))
        return self.processes[-1]

    def end(self) -> None:
        self.processes[-1].kill()
        self.processes[-1].wait()


@pytest.fixture
def started() -> Iterator[list[Started]]:
    """What is put here is ended after the test."""
    all_of_them: list[Started] = []
    yield all_of_them
    for one in all_of_them:
        for process in one.processes:
            process.kill()
            process.communicate()


def test_a_worker_that_ends_is_started_again(started: list[Started], capsys: pytest.CaptureFixture[str]) -> None:
    start = Started(GOES_ON)
    started.append(start)
    worker = Worker(start, pause=0, quick=0)
    assert worker.keep()
    assert len(start.processes) == 1
    for number in range(MOST_QUICK_ENDS + 2):  # none of these ends counts as quick
        start.end()
        assert worker.keep()
        assert len(start.processes) == number + 2
    assert capsys.readouterr().err.splitlines() == [AGAIN] * (MOST_QUICK_ENDS + 2)


def test_a_worker_that_ends_at_once_each_time_is_given_up(
    started: list[Started], capsys: pytest.CaptureFixture[str]
) -> None:
    start = Started(ENDS)
    started.append(start)
    worker = Worker(start, pause=0, quick=ALWAYS)
    kept = []
    for number in range(MOST_QUICK_ENDS):
        start.processes[number].wait()
        kept.append(worker.keep())
    assert kept == [True] * (MOST_QUICK_ENDS - 1) + [False]
    assert len(start.processes) == MOST_QUICK_ENDS
    assert capsys.readouterr().err.splitlines() == [AGAIN] * (MOST_QUICK_ENDS - 1) + [GIVEN_UP]
