"""Reading an upload in a child process with its own memory and time, so that no file can harm the server."""

import json
import logging
import subprocess
import sys

from django.conf import settings

from targets.domain.sheets.child import reading_from_json
from targets.domain.sheets.problems import FileRefused, quoted
from targets.domain.sheets.reader import Reading

logger = logging.getLogger("targets.intake")

COMMAND = (sys.executable, "-m", "targets.domain.sheets.child")
TOO_MUCH = "太大或内部结构异常，读取时超出了{limit}的上限，已停止。请拆成几个文件，或用 Excel、WPS 另存后重新上传。"


def read_upload(content: bytes, name: str, *, year: int | None = None) -> Reading:
    """`read_workbook` at arm's length: raises FileRefused with a sentence, whatever becomes of the child."""
    order = {
        "name": name,
        "year": year,
        "memory": settings.READING_MEMORY_BYTES,
        "seconds": settings.READING_SECONDS,
    }
    try:
        done = subprocess.run(
            COMMAND,
            input=json.dumps(order).encode() + b"\n" + content,
            capture_output=True,
            timeout=settings.READING_SECONDS * 2,
            cwd=settings.BASE_DIR,
            env={"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FileRefused(quoted(name, 80) + TOO_MUCH.format(limit=f"{settings.READING_SECONDS}秒")) from None
    if done.returncode:
        logger.warning(
            "reading of an upload ended with %s: %s", done.returncode, done.stderr[-2000:].decode(errors="replace")
        )
        megabytes = settings.READING_MEMORY_BYTES // 1024 // 1024
        limit = f"{megabytes}MB内存或{settings.READING_SECONDS}秒"
        raise FileRefused(quoted(name, 80) + TOO_MUCH.format(limit=limit))
    answer = json.loads(done.stdout.decode("utf-8", "surrogatepass"))
    if "refused" in answer:
        raise FileRefused(answer["refused"])
    return reading_from_json(answer["reading"])
