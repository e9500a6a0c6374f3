"""What goes back to whoever has to mend a file: his own workbook with the problems marked in it, and the list of them."""

import io
import logging
import subprocess
import sys
from collections.abc import Sequence

from django.conf import settings
from msgspec.json import encode

from targets.domain.sheets.problem_list import listed, write_problem_list
from targets.domain.sheets.problems import Problem

logger = logging.getLogger("targets.intake")

COMMAND = (sys.executable, "-m", "targets.domain.sheets.annotate")
WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm")
"""Names of files that are worth a try; whether one is a workbook its content says."""


def may_be_annotated(name: str) -> bool:
    return name.lower().endswith(WORKBOOKS)


def annotated(content: bytes, name: str, problems: Sequence[Problem]) -> bytes | None:
    """The workbook with its problems marked, made at arm's length like the reading; None if that cannot be done."""
    order = {
        "name": name,
        "memory": settings.READING_MEMORY_BYTES,
        "seconds": settings.READING_SECONDS,
        "problems": problems,
    }
    try:
        done = subprocess.run(
            COMMAND,
            input=encode(order) + b"\n" + content,
            capture_output=True,
            cwd=settings.BASE_DIR,
            env={"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=settings.READING_SECONDS * 2,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        told = done.stderr[-2000:].decode(errors="replace")
        logger.info("no annotated workbook (%s): %s", done.returncode, told)
    return done.stdout if done.returncode == 0 else None


def problem_list(problems: Sequence[Problem], name: str) -> bytes:
    """All problems of a file as a workbook of one table."""
    target = io.BytesIO()
    write_problem_list(target, listed(problems, name))
    return target.getvalue()
