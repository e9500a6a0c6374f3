"""The flat list of indicators: ours and django-import-export's on the same rows, in turns, each in a process of its own.

python benchmarks/bench_export.py [--rows 20000] [--small 10000] [--large 100000] [--repeat 3]
"""

import argparse
import csv
import os
import tempfile
from collections.abc import Callable

import forms
import scene
from peer import export as peer

from departments.models import Person
from targets.models import Declaration, Indicator
from targets.outgoing.shapes import BY_SLUG, written
from targets.outgoing.text import readable

DEFAULT, JOINED = "import-export default, xlsx", "import-export with joins, xlsx"
DEFAULT_CSV = "import-export default, csv"
TABLES, SUBMITTED, CSV, JSON = "ours, xlsx", "ours, xlsx, a reviewer's text", "ours, csv", "ours, json"
BARE = "rows and csv module alone"
RATIOS = ((DEFAULT, TABLES), (DEFAULT, SUBMITTED), (JOINED, TABLES), (DEFAULT_CSV, CSV), (TABLES, BARE))


def ours(shape: str, rows: int, reader: str = "") -> None:
    """All that a download does, from the choice of forms to the last byte of the file."""
    person = Person.objects.get(username=reader) if reader else None
    some = Declaration.objects.filter(pk__in=Declaration.objects.order_by("pk")[: rows // forms.ROWS_OF_A_FORM])
    written(BY_SLUG[shape], readable(some, person)).file.close()


def bare(rows: int) -> None:
    """The least that Python can do: columns of both tables joined, straight into a CSV file."""
    columns = [*(f"declaration__{name}" for name in peer.HEAD), *peer.LINE]
    with tempfile.TemporaryFile("w", newline="") as file:
        csv.writer(file).writerows(Indicator.objects.order_by("id").values_list(*columns)[:rows].iterator(2000))


def kept(content: bytes | str) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(content.encode() if isinstance(content, str) else content)


DEEDS: dict[str, Callable[[int], None]] = {
    TABLES: lambda rows: ours("flat", rows),
    SUBMITTED: lambda rows: ours("flat", rows, "reviewer"),
    CSV: lambda rows: ours("flat-csv", rows),
    JSON: lambda rows: ours("json", rows),
    BARE: bare,
    JOINED: lambda rows: kept(peer.joined(rows)),
    DEFAULT_CSV: lambda rows: kept(peer.default_csv(rows)),
    DEFAULT: lambda rows: kept(peer.default(rows)),
}
STREAMED = (TABLES, SUBMITTED, CSV)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000, help="beside the peer")
    parser.add_argument("--small", type=int, default=10_000, help="growth of memory: from so many rows")
    parser.add_argument("--large", type=int, default=100_000, help="to so many")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--child", choices=DEEDS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        scene.measured(lambda: DEEDS[options.child](options.rows))
        return
    with scene.database() as database:
        forms.fill(max(options.rows, options.large))
        beside_the_peer(database, options.rows, options.repeat)
        growth(options.small, options.large)


def beside_the_peer(database: str, rows: int, repeat: int) -> None:
    print(f"{database}, {rows} indicator rows, {os.cpu_count()} cores; min / median / max of {repeat} runs in turns")
    results = scene.in_turns(__file__, tuple(DEEDS), repeat, "--rows", str(rows))
    for name, result in results.items():
        print(scene.told(name, result))
    for slower, faster in RATIOS:
        print(f"{slower} : {faster} = {results[slower]['median'] / results[faster]['median']:.1f}")


def growth(small: int, large: int) -> None:
    for name in STREAMED:
        (few,) = scene.in_turns(__file__, (name,), 1, "--rows", str(small)).values()
        (many,) = scene.in_turns(__file__, (name,), 1, "--rows", str(large)).values()
        print(scene.told(f"{name}, {large} rows", many))
        print(f"  memory above {small} rows: {many['peak_mb'] - few['peak_mb']:+.1f} MB")


if __name__ == "__main__":
    main()
