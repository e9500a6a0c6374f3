"""What comes after reading: forms kept, checked, stored, stored again changed, taken back; findings of a year; no file, no peer.

python benchmarks/bench_store.py [--forms 1000]                              # and with DATABASE_URL

For each step the seconds, the processor time of this process (not of PostgreSQL) and the statements. Findings are counted
alone as well, since every form that is stored pays for that.
"""

import argparse
import io
from collections.abc import Iterable
from dataclasses import replace

import forms
import scene
from bench_import import counted, importer
from django.core.management import call_command

from departments.models import Person
from targets.domain.checks.engine import check, count
from targets.domain.record import Record
from targets.domain.sheets.reader import FormReading, Found
from targets.intake.batch import Preview, keep, open_batch
from targets.intake.plan import Plan, plan_forms
from targets.intake.storing import store_batch
from targets.intake.undo import undo_batch
from targets.models import BudgetYear, ImportBatch
from targets.tasks import recheck_year


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", type=int, default=1_000)
    number = parser.parse_args().forms
    with scene.database() as database:
        forms.fill(0)
        Person.objects.create_superuser("importer", name="导入")
        print(f"{database}, {number} forms of {forms.ROWS_OF_A_FORM} rows")
        findings(number)
        records = [keyless(record) for record in forms.records(number)]
        stored(records, "new forms")
        changed = [replace(record, rows=tuple(row.with_cells(note="改") for row in record.rows)) for record in records]
        undone(stored(changed, "every row changed"), "every row changed")
        fresh = [replace(record, code=f"9{record.code}", title=f"再{record.title}") for record in records]
        undone(stored(fresh, "new forms"), "new forms")
        year = BudgetYear.objects.get()
        with counted("recheck_year"):
            recheck_year.func(year.pk)
        with counted("check_forms --json"):
            call_command("check_forms", json=True, stdout=io.StringIO())


def findings(number: int) -> None:
    rules, records = BudgetYear.objects.get().rules(), list(forms.records(number))
    for name, deed in (("count the findings", count), ("the same, texts met before", count), ("make them", check)):
        with counted(name):
            for record in records:
                deed(record, rules)


def keyless(record: Record) -> Record:
    """As a file has it."""
    return replace(record, rows=tuple(row.with_cells(key="") for row in record.rows))


def stored(records: Iterable[Record], what: str) -> ImportBatch:
    found = [
        Found(
            place,
            place,
            FormReading(
                sheet=f"表{place}",
                cell="A1",
                kind=record.kind,
                title=record.title,
                record=record,
                problems=(),
                refused=False,
            ),
        )
        for place, record in enumerate(records)
    ]
    by = importer()
    batch = open_batch(b"", "forms.xlsx", by=by)
    with counted(f"match: {what}"):
        planned = plan_forms(found, Plan(by))
    with counted(f"keep: {what}"):
        keep(batch, Preview("forms.xlsx", planned))
    with counted(f"check and store: {what}"):
        left_out = store_batch(batch, by=by)
    if left_out:
        raise ValueError(left_out)
    return batch


def undone(batch: ImportBatch, what: str) -> None:
    with counted(f"undo: {what}"):
        told = undo_batch(batch, by=importer())
    if any(one.kept_because for one in told):
        raise ValueError("forms were kept")


if __name__ == "__main__":
    main()
