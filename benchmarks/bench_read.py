"""Official workbooks coming in: our reader, bare calamine and openpyxl on the same files in turns; then a zip of them whole.

python benchmarks/bench_read.py [--forms 100] [--repeat 5] [--zip 500]

The files are official forms as any program writes them: the cells, nothing of ours beside them. Files of our own carry
their record, which is believed only after it has been compared with every cell; they are told apart.

The first part is what happens inside the child process, without its start, which is told apart too. The second is the
whole way of an upload: read, matched, kept, checked and stored.
"""

import argparse
import gc
import io
import os
import statistics
import time
import zipfile
from collections.abc import Callable

import forms
import scene
from peer import write
from peer.read import by_calamine, by_openpyxl, unzipped

from departments.models import Person
from targets.domain.sheets.reader import Reading, read_workbook
from targets.domain.sheets.writer import write_official
from targets.intake.batch import open_batch, read_batch
from targets.intake.nursery import new_child
from targets.intake.reading import read_upload
from targets.intake.storing import store_batch
from targets.models import Declaration

OURS, CARRIED, BARE, OPENPYXL, PARTS = (
    "ours, read and understood",
    "ours, of a file of our own",
    "bare calamine, merges filled",
    "openpyxl, merges filled",
    "unzip alone",
)
OURS_OTHER, BARE_OTHER = "ours, written by openpyxl", "bare calamine, of the same"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--zip", type=int, default=500)
    options = parser.parse_args()
    one_by_one(options.forms, options.repeat)
    start_of_the_child(options.repeat)
    with scene.database() as database:
        whole(database, options.zip)


def workbooks(count: int, by: Callable[[write.Script], bytes] = write.by_xlsxwriter) -> list[bytes]:
    return [by(write.Script.of(record)) for record in forms.records(count)]


def workbooks_of_ours(count: int) -> list[bytes]:
    return [write_official([record], check_codes=[record.code]) for record in forms.records(count)]


def one_by_one(count: int, repeat: int) -> None:
    files, own, others = workbooks(count), workbooks_of_ours(count), workbooks(count, write.by_openpyxl)
    deeds: dict[str, tuple[Callable[[bytes], object], list[bytes]]] = {
        OURS: (read_ours, files),
        CARRIED: (read_ours, own),
        BARE: (by_calamine, files),
        OURS_OTHER: (read_ours, others),
        BARE_OTHER: (by_calamine, others),
        PARTS: (unzipped, files),
        OPENPYXL: (by_openpyxl, files),
    }
    taken: dict[str, list[float]] = {name: [] for name in deeds}
    gc.disable()  # as in the child process; for all of them alike
    for _ in range(repeat):
        for name, (deed, contents) in deeds.items():
            start = time.process_time()
            for content in contents:
                deed(content)
            taken[name].append((time.process_time() - start) * 1000 / count)
        gc.collect()
    gc.enable()
    print(
        f"{count} forms of {forms.ROWS_OF_A_FORM} indicators, {os.cpu_count()} cores under load {os.getloadavg()[0]:.1f}; "
        "ms of processor for each: min / median / max"
    )
    for name, times in taken.items():
        print(f"{name:<34} {min(times):7.2f} / {statistics.median(times):7.2f} / {max(times):7.2f}")
    print(
        f"ours, when no text was met before: {taken[OURS][0]:.2f}, {taken[OURS][0] / taken[BARE][0]:.1f} times bare calamine"
    )
    middle = {name: statistics.median(times) for name, times in taken.items()}
    print(
        f"ours : bare calamine = {middle[OURS] / middle[BARE]:.1f}, written by openpyxl {middle[OURS_OTHER] / middle[BARE_OTHER]:.1f}"
    )
    print(f"openpyxl : ours = {middle[OPENPYXL] / middle[OURS]:.1f}")


def read_ours(content: bytes) -> Reading:
    return read_workbook(content, "form.xlsx")


def start_of_the_child(repeat: int) -> None:
    """What it costs to have a process at all: the nursery once for a server, a child for each upload."""
    for what in ("the nursery and its first child", *["a child"] * repeat):
        start = time.perf_counter()
        with new_child() as child:
            child.kill()
        print(f"start of {what}: {time.perf_counter() - start:.3f} s")


def whole(database: str, count: int) -> None:
    forms.fill(0)
    by = Person.objects.create_superuser("importer", name="导入")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number, content in enumerate(workbooks(count)):
            archive.writestr(f"{number}.xlsx", content)
    content = target.getvalue()
    used = time.perf_counter(), scene.processor()
    found = list(read_upload(content, "forms.zip", in_background=True))
    told(f"read alone, {len(found)} forms and remarks", used)
    used = time.perf_counter(), scene.processor()
    batch = open_batch(content, "forms.zip", by=by)
    read_batch(batch)
    store_batch(batch, by=by)
    told(f"{database}: {Declaration.objects.count()} forms read, compared, kept, checked, stored", used)


def told(what: str, since: tuple[float, float]) -> None:
    print(f"{what}: {time.perf_counter() - since[0]:.2f} s, processor {scene.processor() - since[1]:.2f} s")


if __name__ == "__main__":
    main()
