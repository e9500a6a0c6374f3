"""A database of its own for each benchmark, filled by seed, and processes that do one thing and say what it took.

Without DATABASE_URL it is a SQLite file in a folder that is removed afterwards; with it, a database made beside the
named one and dropped afterwards. Nothing that is there already is touched.
"""

import io
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import django
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
FOLDER = tempfile.TemporaryDirectory(prefix="benchmark")  # goes with the process

sys.path.insert(0, str(ROOT))
NAMED = os.environ.get("DATABASE_URL", "")
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(40))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/benchmark.sqlite3")
os.environ["TEST_DATABASE"] = f"benchmark_{os.getpid()}" if NAMED else f"{FOLDER.name}/filled.sqlite3"
django.setup()

from targets.intake.nursery import new_child  # noqa: E402


@contextmanager
def database() -> Iterator[str]:
    """A migrated, empty database; what it is called for people. The environment names it for child processes."""
    with redirect_stdout(io.StringIO()):  # Django says on its own that the cache table is there
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    made = str(connection.settings_dict["NAME"])
    os.environ["DATABASE_URL"] = f"{NAMED.rpartition('/')[0]}/{made}" if NAMED else f"sqlite:///{made}"
    try:
        yield "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    finally:
        connection.creation.destroy_test_db(made, verbosity=0)


def measured(deed: Callable[[], object]) -> None:
    """In a child process: do it once and print what it took."""
    connection.ensure_connection()
    start = time.perf_counter()
    deed()
    seconds = time.perf_counter() - start
    print("RESULT", json.dumps({"seconds": seconds, "peak_mb": peak_memory()}))


def peak_memory() -> float:
    """Megabytes; by `getrusage` a child would begin with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def in_turns(script: str, names: Sequence[str], repeat: int, *arguments: str) -> dict[str, dict[str, Any]]:
    """Each in a fresh process, one after the other, `repeat` times round: median seconds, all of them, largest memory."""
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(repeat):
        for name in names:
            command = [sys.executable, script, *arguments, "--child", name]
            said = subprocess.run(command, capture_output=True, text=True, check=False)
            if said.returncode:
                sys.exit(f"{name}: {said.stderr}")
            taken[name].append(json.loads(said.stdout.rpartition("RESULT ")[2]))
    return {
        name: {
            "median": statistics.median(one["seconds"] for one in runs),
            "seconds": sorted(one["seconds"] for one in runs),
            "peak_mb": max(one["peak_mb"] for one in runs),
            "processor": statistics.median(one.get("processor", 0) for one in runs),
        }
        for name, runs in taken.items()
    }


def told(name: str, result: dict[str, Any]) -> str:
    low, high = result["seconds"][0], result["seconds"][-1]
    return f"{name:<44} {low:8.3f} / {result['median']:8.3f} / {high:8.3f} s   peak {result['peak_mb']:6.1f} MB"


# Processes --------------------------------------------------------------------------------------------------------


def begin_nursery() -> None:
    with new_child() as child:
        child.kill()


def processor() -> float:
    """Seconds of work of this process and of all that came from it, living or ended; not of a database server."""
    used = os.times()
    ended = used.user + used.system + used.children_user + used.children_system
    return ended + sum(map(worked, descendants()))


def worked(process: str) -> float:
    """Seconds of a process and of its children that have ended."""
    try:
        said = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, said[11:15])) / os.sysconf("SC_CLK_TCK")


def descendants(process: str = "") -> list[str]:
    process = process or str(os.getpid())
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [one for child in children for one in (child, *descendants(child))]
