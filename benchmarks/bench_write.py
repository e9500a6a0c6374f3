"""Official workbooks: our writer, the same cells through XlsxWriter with nothing around it, and through openpyxl, in turns.

python benchmarks/bench_write.py [--forms 100] [--repeat 5]    (no database)
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

import forms
import scene
from peer.write import Script, by_openpyxl, by_xlsxwriter

from targets.domain.record import Record
from targets.domain.sheets.writer import write_official

OURS, BARE, OPENPYXL = "ours", "bare XlsxWriter, the same cells", "openpyxl, the same cells"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    records = list(forms.records(options.forms))
    scripts = [Script.of(record) for record in records]
    deeds: dict[str, Callable[[], object]] = {
        OURS: lambda: [ours(record) for record in records],
        BARE: lambda: [by_xlsxwriter(script) for script in scripts],
        OPENPYXL: lambda: [by_openpyxl(script) for script in scripts],
    }
    taken: dict[str, list[float]] = {name: [] for name in deeds}
    for _ in range(options.repeat):
        for name, deed in deeds.items():
            start = time.process_time()
            deed()
            taken[name].append((time.process_time() - start) * 1000 / options.forms)
    print(
        f"{options.forms} forms of {forms.ROWS_OF_A_FORM} indicators, {os.cpu_count()} cores; ms of processor for each: min / median / max"
    )
    for name, times in taken.items():
        print(f"{name:<34} {min(times):7.2f} / {statistics.median(times):7.2f} / {max(times):7.2f}")
    middle = {name: statistics.median(times) for name, times in taken.items()}
    print(f"ours : bare XlsxWriter = {middle[OURS] / middle[BARE]:.2f}")
    print(f"openpyxl : ours = {middle[OPENPYXL] / middle[OURS]:.1f}")
    print(f"peak memory {scene.peak_memory():.0f} MB")


def ours(record: Record) -> bytes:
    return write_official([record], check_codes=["2023-100-0001-R1"])


if __name__ == "__main__":
    main()
