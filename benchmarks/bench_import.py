"""The flat list going in: ours, django-import-export and the bare limit on the same rows, in turns, a process for each.

python benchmarks/bench_import.py [--rows 5000] [--repeat 3] [--source flat|official] [--only ours limit …]

Ours is everything from the bytes of an upload to the last row: guard and reading in the child process, matching with the
register, comparison, the batch with every form as it was read, then checks, rows and revisions of all of them. `--source`
says what ours is given: the flat list itself, or the same forms as a zip of official workbooks. The nursery, from which the
child comes, runs before the clock does, as it does in a server. Processor time (of the process and of all that came from
it, not of PostgreSQL) is told as well: on a busy machine it is the fairer of the two.
"""

import argparse
import json
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

import forms
import psycopg
import scene
from django.core.management.color import no_style
from django.db import connection
from peer import limit, load

from departments.models import Person
from targets.domain.sheets.flat_writer import FlatForm, write_flat_workbook
from targets.domain.sheets.reader import Found
from targets.domain.sheets.writer import write_official
from targets.intake.batch import open_batch, read_batch
from targets.intake.reading import read_upload
from targets.intake.storing import store_batch
from targets.models import Declaration, ImportBatch, ImportedFile, ImportedForm, Indicator, Revision

FILLED = (ImportedFile, ImportedForm, Revision, Indicator, Declaration, ImportBatch)
FORMS_OF_A_WORKBOOK = 50
FLAT, OFFICIAL = "flat.xlsx", "official.zip"
SOURCES = {"flat": FLAT, "official": OFFICIAL}

OURS = "ours"
DEFAULT, TUNED = "import-export default", "import-export tuned"
LIMIT, LIMIT_OF_ROWS = "limit, all that is kept", "limit, forms and rows alone"
RATIOS = ((DEFAULT, OURS), (TUNED, OURS), (OURS, LIMIT), (OURS, LIMIT_OF_ROWS))


def ours(folder: Path, source: str) -> None:
    batch = open_batch((folder / source).read_bytes(), source, by=importer())
    read_batch(batch)
    store_batch(batch, by=importer())


DEEDS: dict[str, Callable[[Path, str], None]] = {
    OURS: ours,
    LIMIT: lambda folder, _: limit.imported((folder / FLAT).read_bytes(), keeps=True),
    LIMIT_OF_ROWS: lambda folder, _: limit.imported((folder / FLAT).read_bytes(), keeps=False),
    TUNED: lambda folder, _: load.imported(load.TunedLineResource, (folder / FLAT).read_bytes()),
    DEFAULT: lambda folder, _: load.imported(load.LineResource, (folder / FLAT).read_bytes()),
}
PEERS = (TUNED, DEFAULT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--source", choices=SOURCES, default="flat")
    parser.add_argument("--only", nargs="+", choices=DEEDS, default=list(DEEDS))
    parser.add_argument("--child", choices=DEEDS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    source = SOURCES[options.source]
    if options.child:
        once(options.child, options.folder, source, options.rows)
        return
    folder = Path(scene.FOLDER.name)
    write_files(folder, options.rows)
    with scene.database() as database:
        forms.fill(0)
        Person.objects.create_superuser("importer", name="导入")
        print(
            f"{database}, {options.rows} rows from {source}, {os.cpu_count()} cores under load {os.getloadavg()[0]:.1f}; "
            f"min / median / max of {options.repeat} runs in turns",
            flush=True,
        )
        told = ("--rows", str(options.rows), "--source", options.source, "--folder", str(folder))
        results = scene.in_turns(__file__, options.only, options.repeat, *told)
        for name, result in results.items():
            print(scene.told(name, result), f"  processor {result['processor']:7.3f} s")
        for slower, faster in RATIOS:
            if slower in results and faster in results:
                by_clock, by_processor = (
                    results[slower][key] / results[faster][key] for key in ("median", "processor")
                )
                print(f"{slower} : {faster} = {by_clock:.1f} by the clock, {by_processor:.1f} by processor time")
        if OURS in results:
            by_steps(folder, source, options.rows)


def write_files(folder: Path, rows: int) -> None:
    made = list(forms.records(rows // forms.ROWS_OF_A_FORM))
    with (folder / FLAT).open("wb") as file:
        write_flat_workbook(file, (FlatForm(record) for record in made))
    with zipfile.ZipFile(folder / OFFICIAL, "w") as archive:
        for start in range(0, len(made), FORMS_OF_A_WORKBOOK):
            some = made[start : start + FORMS_OF_A_WORKBOOK]
            archive.writestr(f"{start}.xlsx", write_official(some, check_codes=[record.code for record in some]))


def importer() -> Person:
    return Person.objects.get(username="importer")


# One run --------------------------------------------------------------------------------------------------------------


def once(name: str, folder: Path, source: str, rows: int) -> None:
    """In a process of its own: from empty tables to full ones, and what it took."""
    empty(folder, name)
    if name == OURS:
        scene.begin_nursery()
    with Memory() as memory:
        start, worked = time.perf_counter(), scene.processor()
        DEEDS[name](folder, source)
        seconds, worked = time.perf_counter() - start, scene.processor() - worked - memory.worked
    if (count := Indicator.objects.count()) != rows:
        raise ValueError(f"{count} rows are stored, not {rows}")
    print("RESULT", json.dumps({"seconds": seconds, "peak_mb": memory.peak, "processor": worked}))


def empty(folder: Path, name: str) -> None:
    """No forms; for the peer, forms without lines, since it makes none."""
    tables = [model._meta.db_table for model in FILLED]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables, allow_cascade=True))
    if name in PEERS:
        limit.imported((folder / FLAT).read_bytes(), keeps=False)
        Indicator.objects.all().delete()


class Memory:
    """The largest resident memory of this process and all that came from it together, looked at ten times a second.

    A look takes some milliseconds of processor, more where there are more processes: they are told apart (`worked`)."""

    def __init__(self) -> None:
        self.peak = self.worked = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self.peak = max(self.peak, sum(resident(process) for process in (str(os.getpid()), *scene.descendants())))
            self.worked = time.thread_time()


def resident(process: str) -> float:
    """Megabytes, of shared ones its share; none when it has just ended."""
    try:
        status = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    found = status.partition("Pss:")[2].split()
    return int(found[0]) / 1024 if found else 0


# Where the time goes --------------------------------------------------------------------------------------------------


def by_steps(folder: Path, source: str, rows: int) -> None:
    """Ours once more, step by step: seconds and statements of each."""
    empty(folder, OURS)
    by, content = importer(), (folder / source).read_bytes()
    batch = open_batch(content, source, by=by)
    print("step by step, one run:")
    scene.begin_nursery()
    with counted("read in the child process"):
        forms = sum(isinstance(found, Found) for found in read_upload(content, source, in_background=True))
    with counted(f"read, compare and keep {forms} forms") as kept:
        read_batch(batch)
    with counted("check, store, revisions") as stored:
        store_batch(batch, by=by)
    whole = kept.statements + stored.statements
    print(f"  {whole} statements to compare, keep and store; 10 + 3 for each 2,000 rows are {10 + 3 * rows // 2000}")


@dataclass(slots=True)
class Count:
    """Statements as the driver is handed them: one COPY, or one statement run for many rows, is one."""

    statements: int = 0
    repeated: int = 0
    """Sets of values for the statements that were run for many rows."""

    def __call__(self, execute: Any, statement: str, values: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        self.statements += 1
        self.repeated += len(values) if many else 0
        return execute(statement, values, many, context)


@contextmanager
def counted(step: str) -> Iterator[Count]:
    count = Count()
    copy = psycopg.Cursor.copy

    def counted_copy(*arguments: Any, **options: Any) -> Any:
        count.statements += 1
        return copy(*arguments, **options)

    start, worked = time.perf_counter(), scene.processor()
    with connection.execute_wrapper(count), patch.object(psycopg.Cursor, "copy", counted_copy):
        yield count
    seconds, worked = time.perf_counter() - start, scene.processor() - worked
    print(
        f"  {step:<42} {seconds:7.3f} s, processor {worked:7.3f} s  {count.statements:4} statements, {count.repeated} repetitions"
    )


if __name__ == "__main__":
    main()
