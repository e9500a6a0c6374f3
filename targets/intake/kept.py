"""What is read of an upload, written down some forms at a time: a batch is `READING` until the last of them is kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from targets.bulk import insert_values, update_many
from targets.domain.compose import REPLACE
from targets.domain.sheets.causes import Causes
from targets.domain.sheets.problems import Problem
from targets.intake.plan import LeftOut, PlannedForm
from targets.models import ImportBatch, ImportedForm

LINES_AT_ONCE, LINES_OF_A_FORM = 12_000, 4
"""Lines that are compared and kept at one time while a file is read, and stored at one time; a form counts as some beside its own."""
BYTES_AT_ONCE = 8 * 1024 * 1024
"""Of their text, where lines are long."""
LEFT_OUT_AT_ONCE = 500


class Overtaken(Exception):
    """Another process, that thought this one dead, reads the same batch."""


def begin(batch: ImportBatch) -> bool:
    """Whether the batch may be read: then nothing of an earlier reading is left.

    Of one that came in just now nothing is asked: that it is still so is looked at whenever something is written.
    """
    if batch.state == ImportBatch.State.READING and not batch.kept:
        return True
    readable = ImportBatch.objects.filter(pk=batch.pk, state__in=(ImportBatch.State.READING, ImportBatch.State.PREVIEW))
    if readable.filter(kept=0).update(state=ImportBatch.State.READING):
        return True
    with transaction.atomic():
        if not readable.update(state=ImportBatch.State.READING, kept=0):
            return False
        drop_forms(batch)
    return True


def drop_forms(batch: ImportBatch) -> None:
    """In one statement: nothing hangs from them."""
    batch.forms.all()._raw_delete(using=batch.forms.db)  # noqa: SLF001


class Keeper:
    """Writes planned forms down in portions of so many lines, whether these are of few forms or of many, long or short."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._kept = self._portion = self._lines = self._size = 0
        self._causes = Causes()
        self.waiting: list[PlannedForm] = []
        """Those of the next portion."""

    def take(self, form: PlannedForm) -> None:
        self.waiting.append(form)
        self._lines += LINES_OF_A_FORM + (len(form.record.rows) if form.record else 0)
        self._size += form.size

    @property
    def is_full(self) -> bool:
        return self._lines >= LINES_AT_ONCE or self._size >= BYTES_AT_ONCE

    def write(self) -> None:
        self._count()
        with transaction.atomic():
            self._write()

    def finish(self, message: str, problems: Sequence[Problem], left_out: Mapping[int, LeftOut]) -> None:
        """The file is read, or refused with a `message`: then nothing that came before counts."""
        batch, causes = self._batch, self._causes
        batch.state = ImportBatch.State.UNREADABLE if message else ImportBatch.State.PREVIEW
        batch.message = message
        batch.problems = [problem_json(one) for one in problems]
        if message:
            self.waiting = []
        self._count()
        causes.add(problems)
        batch.causes = {} if message else causes.as_json()
        with transaction.atomic():
            self._write(state=batch.state, message=batch.message, problems=batch.problems, causes=batch.causes)
            if message:
                drop_forms(batch)
            elif left_out:
                causes.add(_leave_out(batch, left_out))
                batch.causes = causes.as_json()
                ImportBatch.objects.filter(pk=batch.pk).update(causes=batch.causes)
        batch.kept = self._kept

    def _count(self) -> None:
        self._causes.add(one for form in self.waiting for one in form.problems)

    def _write(self, **end: Any) -> None:
        """Another number of forms than this reading has kept says that another reading has begun."""
        reading = ImportBatch.objects.filter(pk=self._batch.pk, state=ImportBatch.State.READING, kept=self._kept)
        self._kept += len(self.waiting)
        if not reading.update(kept=self._kept, **end):
            raise Overtaken
        kept = [_kept(self._batch, self._portion, form) for form in self.waiting]
        if kept:
            insert_values(ImportedForm, [*kept[0]], (form.values() for form in kept))
        self.waiting, self._lines, self._size = [], 0, 0
        self._portion += 1


def _leave_out(batch: ImportBatch, left_out: Mapping[int, LeftOut]) -> list[Problem]:
    told: list[Problem] = []
    places = sorted(left_out)
    for start in range(0, len(places), LEFT_OUT_AT_ONCE):
        found = list(batch.forms.filter(place__in=places[start : start + LEFT_OUT_AT_ONCE]).defer("frozen"))
        for form in found:
            late = left_out[form.place]
            form.action, form.is_chosen = late.action, False
            form.declaration, form.seen, form.changes = None, None, 0
            told.append(late.problem(form.sheet, form.cell))
            form.problems += [problem_json(told[-1])]
        update_many(found, ["action", "is_chosen", "declaration", "seen", "changes", "problems"])
    return told


def _kept(batch: ImportBatch, portion: int, form: PlannedForm) -> dict[str, Any]:
    """Every field of `ImportedForm` but its key."""
    record, counted, declaration = form.record, form.counted, form.declaration
    return {
        "batch": batch.pk,
        "place": form.place,
        "portion": portion,
        "kind": form.reading.kind,
        "title": form.title[:200],
        "sheet": form.reading.sheet[:255],
        "cell": form.reading.cell,
        "action": form.action,
        "amount": record.total if record else None,
        "frozen": record.as_short_json() if record else None,
        "size": form.size,
        "row_count": len(record.rows) if record else 0,
        "problems": [problem_json(one) for one in form.problems],
        "findings": {"levels": counted.levels, "basis": counted.basis} if counted else None,
        "budget_year": form.budget_year.pk if form.budget_year else None,
        "department": form.department.pk if form.department else None,
        "unit": form.unit.pk if form.unit else None,
        "declaration": declaration.pk if declaration else None,
        "seen": declaration.current_revision_id if declaration else None,
        "changes": len(form.difference.changes) if form.difference else 0,
        "is_chosen": form.can_go_in,
        "mode": REPLACE,
        "is_stored": False,
        "kept_because": "",
    }


def problem_json(one: Problem) -> dict[str, str]:
    return {"sheet": one.sheet, "cell": one.cell, "level": one.level, "message": one.message}
