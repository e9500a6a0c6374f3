"""The server's side of the nursery (`targets.domain.sheets.nursery`): one for each server process, begun when it is first needed."""

import atexit
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Self

from django.conf import settings

from targets.domain.sheets.nursery import BIRTH, NUMBER

COMMAND = (sys.executable, "-m", "targets.domain.sheets.nursery")
ENVIRONMENT = {
    "PYTHONIOENCODING": "utf-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    # glibc gives back what the parser took for each piece of a long sheet, instead of keeping it for the next one
    "MALLOC_MMAP_THRESHOLD_": "4194304",
    "MALLOC_TRIM_THRESHOLD_": "8388608",
}
PIPE = 65_536
"""Bytes that a pipe holds: all that a child has said is taken at once, however seldom the taker's turn comes."""
PATIENCE = 60
"""Seconds for an answer, a start on a busy machine included."""


class Nursery:
    """A running nursery. Every method raises OSError when it is gone."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._asks = threading.Lock()
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(PATIENCE)
        with theirs:
            # a session of its own: Ctrl-C in a terminal is for the server, with which it ends anyway
            self._process = subprocess.Popen(
                COMMAND, stdin=theirs.fileno(), cwd=settings.BASE_DIR, env=ENVIRONMENT, start_new_session=True
            )

    @property
    def process(self) -> int:
        return self._process.pid

    def ask(self, number: int, *streams: int) -> int:
        with self._asks:
            socket.send_fds(self._socket, [NUMBER.pack(number)], streams)
            answer = self._socket.recv(NUMBER.size)
        if not answer:
            raise ConnectionResetError
        return int(NUMBER.unpack(answer)[0])

    def child(self) -> "Child":
        reads, to_it = os.pipe()
        from_it, tells = os.pipe()
        complaints, complains = os.pipe()
        streams = open(to_it, "wb"), open(from_it, "rb", PIPE), open(complaints, "rb")  # noqa: PTH123, SIM115
        try:
            return Child(self, self.ask(BIRTH, reads, tells, complains), *streams)
        except BaseException:
            for stream in streams:
                stream.close()
            raise
        finally:
            for theirs in (reads, tells, complains):
                os.close(theirs)

    def end(self) -> None:
        self._socket.close()
        if self.owner != os.getpid():
            return
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass(slots=True)
class Child:
    """A fresh process that reads one upload: what it is told, what it says."""

    nursery: Nursery
    number: int
    input: IO[bytes]
    output: IO[bytes]
    errors: IO[bytes]

    def kill(self) -> int | None:
        """Whatever it does; its exit status where that is still to be had."""
        with suppress(OSError):
            return self.nursery.ask(self.number)
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        for stream in (self.input, self.output, self.errors):
            with suppress(BrokenPipeError):
                stream.close()


class _Nurseries:
    """The one of this process, and another when that has ended."""

    def __init__(self) -> None:
        self._changes = threading.Lock()
        self._current: Nursery | None = None
        atexit.register(self.end)

    def current(self, *, instead_of: Nursery | None = None) -> Nursery:
        with self._changes:
            found = self._current
            if found is None or found is instead_of or found.owner != os.getpid():
                if found:
                    found.end()
                found = self._current = Nursery()
            return found

    def end(self) -> None:
        with self._changes:
            if self._current:
                self._current.end()
            self._current = None


_nurseries = _Nurseries()


def new_child() -> Child:
    """From the nursery, or from a new one where that is gone: it ends when it has been idle for long."""
    nursery = _nurseries.current()
    try:
        return nursery.child()
    except OSError:
        return _nurseries.current(instead_of=nursery).child()
