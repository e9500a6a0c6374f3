"""What is read of an upload, written down some forms at a time: a batch is `READING` until the last of them is kept."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet

from targets.bulk import insert_many, update_many
from targets.domain.sheets.problems import REFUSED as PROBLEM_REFUSED
from targets.domain.sheets.problems import Problem, problem
from targets.domain.sheets.reader import Found
from targets.intake.plan import PlannedForm
from targets.models import ImportBatch, ImportedForm
from targets.models.intake import REFUSED

LINES_AT_ONCE, LINES_OF_A_FORM = 10_000, 4
"""Lines that are planned and kept at one time while a file is read; a form counts as some beside its own."""
BYTES_AT_ONCE = 8 * 1024 * 1024
"""Of their text, where lines are long."""
REFUSED_AT_ONCE = 500


class Overtaken(Exception):
    """Another process, that thought this one dead, reads the same batch."""


def portions(reading: Iterable[Found | Problem], problems: list[Problem]) -> Iterator[list[Found]]:
    """Portions of so many lines, whether they are of few forms or of many, long or short; problems of the file are put aside."""
    portion: list[Found] = []
    lines = size = 0
    for found in reading:
        if isinstance(found, Problem):
            problems.append(found)
            continue
        portion.append(found)
        lines += LINES_OF_A_FORM + (len(found.form.record.rows) if found.form.record else 0)
        size += found.size
        if lines >= LINES_AT_ONCE or size >= BYTES_AT_ONCE:
            yield portion
            portion, lines, size = [], 0, 0
    if portion:
        yield portion


def begin(batch: ImportBatch) -> bool:
    """Whether the batch may be read: then nothing of an earlier reading is left."""
    readable = ImportBatch.objects.filter(pk=batch.pk, state__in=(ImportBatch.State.READING, ImportBatch.State.PREVIEW))
    if not readable.update(state=ImportBatch.State.READING, kept=0):
        return False
    drop_forms(batch)
    return True


def drop_forms(batch: ImportBatch) -> None:
    """In one statement: nothing hangs from them."""
    batch.forms.all()._raw_delete(using=batch.forms.db)  # noqa: SLF001


def keep_more(batch: ImportBatch, forms: Sequence[PlannedForm], before: int) -> None:
    """`before` forms were kept by this reading: another number says that another one has begun."""
    with transaction.atomic():
        if not _reading(batch, before).update(kept=before + len(forms)):
            raise Overtaken
        insert_many([_kept(batch, form) for form in forms])


def finish(
    batch: ImportBatch, kept: int, message: str, problems: Sequence[Problem], late_refusals: Mapping[int, str]
) -> None:
    """The file is read, or refused with a `message`: then nothing that came before counts."""
    batch.state = ImportBatch.State.UNREADABLE if message else ImportBatch.State.PREVIEW
    batch.message = message
    batch.problems = [problem_json(one) for one in problems]
    with transaction.atomic():
        end = {name: getattr(batch, name) for name in ("state", "message", "problems")}
        if not _reading(batch, kept).update(**end):
            raise Overtaken
        if message:
            drop_forms(batch)
        else:
            _refuse_late(batch, late_refusals)


def _reading(batch: ImportBatch, kept: int) -> QuerySet[ImportBatch]:
    """The batch, if so many of its forms are kept and more may come."""
    return ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.READING, kept=kept)


def _refuse_late(batch: ImportBatch, late: Mapping[int, str]) -> None:
    places = sorted(late)
    for start in range(0, len(places), REFUSED_AT_ONCE):
        refused = list(batch.forms.filter(place__in=places[start : start + REFUSED_AT_ONCE]).defer("frozen"))
        for form in refused:
            form.action, form.is_chosen = REFUSED, False
            form.declaration, form.seen, form.changes = None, None, 0
            form.problems += [problem_json(problem(form.sheet, form.cell, PROBLEM_REFUSED, late[form.place]))]
        update_many(refused, ["action", "is_chosen", "declaration", "seen", "changes", "problems"])


def _kept(batch: ImportBatch, form: PlannedForm) -> ImportedForm:
    return ImportedForm(
        batch=batch,
        place=form.place,
        kind=form.reading.kind,
        title=form.title[:200],
        sheet=form.reading.sheet[:255],
        cell=form.reading.cell,
        action=form.action,
        amount=form.record.total if form.record else None,
        frozen=form.record.as_short_json() if form.record else None,
        size=form.size,
        problems=[problem_json(one) for one in form.problems],
        budget_year=form.budget_year,
        department=form.department,
        unit=form.unit,
        declaration=form.declaration,
        seen_id=form.declaration.current_revision_id if form.declaration else None,
        changes=len(form.difference.changes) if form.difference else 0,
        is_chosen=form.can_go_in,
    )


def problem_json(one: Problem) -> dict[str, str]:
    return {"sheet": one.sheet, "cell": one.cell, "level": one.level, "message": one.message}
