"""Reading an upload in a child process with its own memory and time, so that no file can harm the server."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO

from django.conf import settings

from targets.domain.sheets.child import form_from_json
from targets.domain.sheets.problems import FileRefused, Problem, quoted
from targets.domain.sheets.reader import FormReading, Reading

logger = logging.getLogger("targets.intake")

Progress = Callable[[int, int, str], None]
"""Told how many things of how many are done, and what is being done; may raise to stop the work."""

COMMAND = (sys.executable, "-m", "targets.domain.sheets.child")
TOO_MUCH = "太大或内部结构异常，读取时超出了{limit}的上限，已停止。请拆成几个文件，或用 Excel、WPS 另存后重新上传。"
BACKGROUND_TIME = 10
"""How many times as long a file may take where nobody waits at a page for it."""


def nobody(done: int, total: int, doing: str) -> None:
    """Progress that nobody watches."""


def read_upload(
    content: bytes, name: str, *, year: int | None = None, progress: Progress = nobody, in_background: bool = False
) -> Reading:
    """`read_workbook` at arm's length, of one workbook or an archive of them.

    Raises FileRefused with a sentence, whatever becomes of the child.
    """
    seconds = settings.READING_SECONDS * (BACKGROUND_TIME if in_background else 1)
    order = {"name": name, "year": year, "memory": settings.READING_MEMORY_BYTES, "seconds": seconds}
    with subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
    ) as child:
        clock = threading.Timer(seconds * 2, child.kill)
        clock.start()
        try:
            _send(child.stdin, json.dumps(order).encode() + b"\n" + content)
            heard = _listen(child.stdout, progress)
        finally:
            clock.cancel()
            child.kill()
        complaint = child.stderr.read()[-2000:] if child.stderr else b""
    if heard is None:
        logger.warning(
            "reading of an upload ended early (%s): %s", child.returncode, complaint.decode(errors="replace")
        )
        limit = f"{settings.READING_MEMORY_BYTES // 1024 // 1024}MB内存或{seconds}秒"
        raise FileRefused(quoted(name, 80) + TOO_MUCH.format(limit=limit))
    return heard


def _send(pipe: IO[bytes] | None, content: bytes) -> None:
    if pipe is None:
        return
    try:
        pipe.write(content)
        pipe.close()
    except BrokenPipeError:  # it ended before it had read all: what it said, or did not say, tells why
        pass


def _listen(pipe: IO[bytes] | None, progress: Progress) -> Reading | None:
    """Everything the child said up to its last word; None if that did not come."""
    forms: list[FormReading] = []
    problems: list[Problem] = []
    for line in pipe or ():
        if not line.endswith(b"\n"):
            return None
        said = json.loads(line.decode("utf-8", "surrogatepass"))
        if "form" in said:
            forms.append(form_from_json(said["form"]))
        elif "problem" in said:
            problems.append(Problem(**said["problem"]))
        elif "progress" in said:
            done, total = said["progress"]
            progress(done, total, "正在读取文件")
        elif "refused" in said:
            raise FileRefused(said["refused"])
        else:
            return Reading(tuple(forms), tuple(problems))
    return None
