"""Reading an upload in a child process with its own memory and time, so that no file can harm the server."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from django.conf import settings
from msgspec import structs

from targets.domain.rules import YearRules
from targets.domain.sheets.child import Order, Said, encoded, said_in
from targets.domain.sheets.feedback import FeedbackLine
from targets.domain.sheets.problems import REFUSED, FileRefused, Problem, quoted
from targets.domain.sheets.reader import Found
from targets.intake.nursery import new_child

logger = logging.getLogger("targets.intake")

Progress = Callable[[int, int, str], None]
"""Told how many things of how many are done (of 0: as many as before), and what is being done; may raise to stop the work."""

TOO_MUCH = "太大或内部结构异常，读取时超出了{limit}的上限，已停止。请拆成几个文件，或用 Excel、WPS 另存后重新上传。"
READING = "正在读取文件"
BYTES_AHEAD = 4 * 1024 * 1024
"""Of what the child has said, so much waits at most."""
SILENT_SECONDS = 2
"""So long without a word of the child, and whoever waits for it says that he still does."""
WAITING = 2
"""How many times its processor time a child may take of everybody's."""
BACKGROUND_TIME = 10
"""How many times as long a file may take where nobody waits at a page for it."""


def nobody(done: int, total: int, doing: str) -> None:
    """Progress that nobody watches."""


def read_upload(
    content: bytes,
    name: str,
    *,
    year: int | None = None,
    rules: Sequence[YearRules] = (),
    progress: Progress = nobody,
    in_background: bool = False,
) -> Generator[Found | Problem]:
    """`read_one_by_one` at arm's length, of one workbook or an archive of them; forms of years with `rules` come judged.

    Raises FileRefused with a sentence, whatever becomes of the child; it takes back what came before it. A member of an
    archive that ends its child is a problem of its own: another child reads on behind it, as long as there is time for all.
    """
    order = _order(name, year, times=BACKGROUND_TIME if in_background else 1, rules=rules)
    ends = time.monotonic() + order.seconds * WAITING
    while True:
        reading = _Reading(order.text, order.known)
        try:
            with closing(_told_by_child(order, content, progress)) as told:
                yield from reading.found(told)
        except _Silence:
            left = min(order.seconds, int((ends - time.monotonic()) / WAITING))
            if not reading.member or left < 1:
                raise _too_much(order, name) from None
            yield Problem(reading.member, "", REFUSED, str(_too_much(order, reading.member)))
            rest = {"first": reading.number + 1, "known": reading.known, "seconds": left, "text": reading.room}
            order = structs.replace(order, **rest)
        else:
            return


@dataclass(slots=True)
class _Reading:
    """How far a child has come."""

    room: int
    """Bytes that it may still say."""
    known: int
    """Forms of the file so far."""
    number: int = 0
    member: str = ""
    """Of an archive, the member that it reads."""

    def found(self, told: Iterator[Said]) -> Iterator[Found | Problem]:
        for said in told:
            if said.begun:
                self.number, self.member = said.begun
            elif said.found:
                self.known += 1
                self.room -= said.found.size
                yield said.found
            elif said.problem:
                yield said.problem


def read_answers(content: bytes, name: str) -> list[FeedbackLine]:
    """`read_feedback` at arm's length. Raises FileRefused with a sentence, whatever becomes of the child."""
    order = _order(name, None, is_feedback=True)
    try:
        return [said.answer for said in _told_by_child(order, content, nobody) if said.answer]
    except _Silence:
        raise _too_much(order, name) from None


def _too_much(order: Order, name: str) -> FileRefused:
    limit = f"{order.memory // 1024 // 1024}MB内存或{order.seconds}秒"
    return FileRefused(quoted(name, 80) + TOO_MUCH.format(limit=limit))


def _order(name: str, year: int | None, *, times: int = 1, **more: Any) -> Order:
    memory, text = settings.READING_MEMORY_BYTES, settings.READING_TEXT_BYTES
    return Order(name, year, settings.MAX_UPLOAD_BYTES, memory, settings.READING_SECONDS * times, text, **more)


def _told_by_child(order: Order, content: bytes, progress: Progress) -> Generator[Said]:
    """What it found, until its last word. Raises `_Silence` if that never comes."""
    with new_child() as child:
        clock = threading.Timer(order.seconds * WAITING, child.kill)
        clock.start()
        ahead = Ahead(child.output)
        try:
            _send(child.input, order, content)
            yield from _listen(ahead, progress)
        except _Silence as silence:
            status = child.kill()
            complaint = child.errors.read()[-2000:].decode(errors="replace")
            logger.warning("reading of an upload ended early (%s): %s %s", status, silence, complaint)
            raise
        finally:
            clock.cancel()
            child.kill()
            ahead.end()


class _Silence(Exception):
    """The child ended without its last word, or said something that is none of its words."""


class Waiting(queue.Queue[bytes]):
    """Full by the length of its lines, not by their number: a form may be of one line or of thousands."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self._length = 0

    def _qsize(self) -> int:
        return self._length

    def _put(self, line: bytes) -> None:
        super()._put(line)
        self._length += len(line) or 1

    def _get(self) -> bytes:
        line = super()._get()
        self._length -= len(line) or 1
        return line


class Ahead:
    """What the child says, taken down while what it said before is being worked on, so that neither waits for the other."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._lines = Waiting(BYTES_AHEAD)
        self._thread = threading.Thread(target=self._take, args=(pipe,), daemon=True)
        self._thread.start()

    def _take(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            self._lines.put(line)
        self._lines.put(b"")

    def lines(self, still_here: Callable[[], None]) -> Iterator[bytes]:
        """`still_here` is called again and again while the child says nothing; it may raise to stop the work."""
        while True:
            try:
                line = self._lines.get(timeout=SILENT_SECONDS)
            except queue.Empty:
                still_here()
                continue
            if not line:
                return
            yield line

    def end(self) -> None:
        """When the child is gone: nobody wants the rest."""
        while self._thread.is_alive():
            with suppress(queue.Empty):
                self._lines.get(timeout=0.05)


def _send(pipe: IO[bytes], order: Order, content: bytes) -> None:
    try:
        pipe.write(encoded(order) + b"\n")
        pipe.write(content)
        pipe.close()
    except BrokenPipeError:  # it ended before it had read all: what it said, or did not say, tells why
        pass


def _listen(ahead: Ahead, progress: Progress) -> Iterator[Said]:
    """Everything the child found, up to its last word."""
    for line in ahead.lines(partial(progress, 0, 0, READING)):
        try:
            said = said_in(line)
        except ValueError as error:
            raise _Silence(str(error)) from None
        if said.found:
            yield Said(found=said.found._replace(counted=said.counted, size=len(line)))
        elif said.problem or said.answer or said.begun:
            yield said
        elif said.progress:
            progress(*said.progress, READING)
        elif said.refused is not None:
            raise FileRefused(said.refused)
        elif said.end:
            return
        else:
            break
    raise _Silence
