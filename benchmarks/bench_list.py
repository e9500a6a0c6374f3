"""A list in the child process alone, and the parser with nothing around it: processor time, in turns, a process for each.

python benchmarks/bench_list.py [--rows 5000] [--repeat 5]

Ours is everything from the bytes of the file to the last line that the child says: guard, parser, number formats, forms, JSON. The
list with its columns turned round is read as one of another program. The modules are there before the clock runs, as in the nursery.
"""

import argparse
import gc
import io
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import forms
import scene
from python_calamine import CalamineWorkbook

from targets.domain.sheets.child import Order, encoded
from targets.domain.sheets.child import main as read
from targets.domain.sheets.flat_writer import COLUMNS, FlatForm, csv_chunks, flat_lines, write_flat_workbook
from targets.domain.sheets.table_writer import Printed, write_table

OWN, TURNED, TEXT = "list.xlsx", "turned.xlsx", "list.csv"
MEGABYTE = 1024 * 1024


def ours(folder: Path, name: str) -> None:
    order = Order(name, None, 40 * MEGABYTE, 2048 * MEGABYTE, seconds=600)
    with Path(os.devnull).open("wb") as told:
        read(io.BytesIO(encoded(order) + b"\n" + (folder / name).read_bytes()), told)


def bare(folder: Path) -> None:
    CalamineWorkbook.from_path(folder / OWN).get_sheet_by_index(0).to_python()


DEEDS: dict[str, Callable[[Path], None]] = {
    "our list": lambda folder: ours(folder, OWN),
    "columns turned round": lambda folder: ours(folder, TURNED),
    "our list, csv": lambda folder: ours(folder, TEXT),
    "bare calamine": bare,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--child", choices=DEEDS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        once(DEEDS[options.child], options.folder)
        return
    folder = Path(scene.FOLDER.name)
    write_files(folder, options.rows)
    print(f"{options.rows} rows, load {os.getloadavg()[0]:.1f}, median of {options.repeat} runs in turns")
    for name, result in scene.in_turns(__file__, [*DEEDS], options.repeat, "--folder", str(folder)).items():
        print(f"{name:<22} processor {result['processor']:7.3f} s")


def write_files(folder: Path, rows: int) -> None:
    made = [FlatForm(record) for record in forms.records(rows // forms.ROWS_OF_A_FORM)]
    with (folder / OWN).open("wb") as own, (folder / TURNED).open("wb") as turned, (folder / TEXT).open("wb") as text:
        write_flat_workbook(own, made)
        write_table(turned, COLUMNS[::-1], (line[::-1] for line in flat_lines(made)), name="指标", printed=Printed())
        text.writelines(csv_chunks(COLUMNS, flat_lines(made)))


def once(deed: Callable[[Path], None], folder: Path) -> None:
    gc.collect()
    gc.freeze()
    start, worked = time.perf_counter(), time.process_time()
    deed(folder)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    print("RESULT", json.dumps({"seconds": seconds, "processor": worked, "peak_mb": 0}))  # with Django it says nothing


if __name__ == "__main__":
    main()
