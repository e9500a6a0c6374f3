"""What is read of an upload, written down some forms at a time: a batch is `READING` until the last of them is kept."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import transaction

from targets.bulk import insert_many, update_many
from targets.domain.sheets.problems import REFUSED as PROBLEM_REFUSED
from targets.domain.sheets.problems import Problem, problem
from targets.domain.sheets.reader import Found
from targets.intake.plan import PlannedForm
from targets.models import ImportBatch, ImportedForm
from targets.models.intake import REFUSED

LINES_AT_ONCE, LINES_OF_A_FORM = 10_000, 4
"""Lines that are planned and kept at one time while a file is read; a form counts as some beside its own."""
REFUSED_AT_ONCE = 500


class Overtaken(Exception):
    """Another process, that thought this one dead, reads the same batch."""


def portions(reading: Iterable[Found | Problem], problems: list[Problem]) -> Iterator[list[Found]]:
    """Portions of so many lines, whether they are of few forms or of many; problems of the file are put aside."""
    portion: list[Found] = []
    lines = 0
    for found in reading:
        if isinstance(found, Problem):
            problems.append(found)
            continue
        portion.append(found)
        lines += LINES_OF_A_FORM + (len(found.form.record.rows) if found.form.record else 0)
        if lines >= LINES_AT_ONCE:
            yield portion
            portion, lines = [], 0
    if portion:
        yield portion


def begin(batch: ImportBatch) -> bool:
    """Whether the batch may be read: then nothing of an earlier reading is left."""
    with transaction.atomic():
        held = locked(batch)
        if held.state not in (ImportBatch.State.READING, ImportBatch.State.PREVIEW):
            return False
        held.forms.all().delete()
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.READING)
    return True


def keep_more(batch: ImportBatch, forms: Sequence[PlannedForm], before: int) -> None:
    """`before` forms were kept by this reading: another number says that another one has begun."""
    with transaction.atomic():
        held = locked(batch)
        if held.state != ImportBatch.State.READING or held.forms.count() != before:
            raise Overtaken
        insert_many([_kept(held, form) for form in forms])


def finish(
    batch: ImportBatch, kept: int, message: str, problems: Sequence[Problem], late_refusals: Mapping[int, str]
) -> None:
    """The file is read, or refused with a `message`: then nothing that came before counts."""
    with transaction.atomic():
        held = locked(batch)
        if held.state != ImportBatch.State.READING:
            return
        if message:
            held.forms.all().delete()
        elif held.forms.count() != kept:
            raise Overtaken
        else:
            _refuse_late(held, late_refusals)
        held.state = ImportBatch.State.UNREADABLE if message else ImportBatch.State.PREVIEW
        held.message = message
        held.problems = [problem_json(one) for one in problems]
        held.save(update_fields=["state", "message", "problems"])
    batch.refresh_from_db(fields=["state", "message", "problems"])


def _refuse_late(batch: ImportBatch, late: Mapping[int, str]) -> None:
    places = sorted(late)
    for start in range(0, len(places), REFUSED_AT_ONCE):
        refused = list(batch.forms.filter(place__in=places[start : start + REFUSED_AT_ONCE]).defer("frozen"))
        for form in refused:
            form.action, form.is_chosen = REFUSED, False
            form.declaration = form.seen = None
            form.problems += [problem_json(problem(form.sheet, form.cell, PROBLEM_REFUSED, late[form.place]))]
        update_many(refused, ["action", "is_chosen", "declaration", "seen", "problems"])


def _kept(batch: ImportBatch, form: PlannedForm) -> ImportedForm:
    return ImportedForm(
        batch=batch,
        place=form.place,
        kind=form.reading.kind,
        title=form.title[:200],
        sheet=form.reading.sheet[:255],
        cell=form.reading.cell,
        action=form.action,
        frozen=form.record.as_short_json() if form.record else None,
        problems=[problem_json(one) for one in form.problems],
        budget_year=form.budget_year,
        department=form.department,
        unit=form.unit,
        declaration=form.declaration,
        seen_id=form.declaration.current_revision_id if form.declaration else None,
        changes=len(form.difference.changes) if form.difference else 0,
        is_chosen=form.can_go_in,
    )


def locked(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update().defer("content").get(pk=batch.pk)


def problem_json(one: Problem) -> dict[str, str]:
    return {"sheet": one.sheet, "cell": one.cell, "level": one.level, "message": one.message}
