"""What leaves: the text of each form that a person may read, a few forms at a time, so that memory does not grow with their number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from departments.models import Person
from targets.bulk import no_garbage
from targets.domain.record import Record
from targets.models import Declaration, Indicator, Revision
from targets.models.declaration import DeclarationQuerySet

EXPORT_ORDER = ("year", "-kind", "department__code", "department_id", "unit__code", "title_key", "id")
FORMS_AT_ONCE = 100
"""About 2,000 lines of project forms; three statements each time."""

_FROZEN = ("current_revision__frozen", "submitted_revision__frozen")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A form with the text that leaves, and the revision which that text is."""

    declaration: Declaration
    record: Record
    revision: Revision | None


def readable(declarations: DeclarationQuerySet, reader: Person | None) -> Iterator[Outgoing]:
    """Of `declarations` (already scoped), those whose text the person may read, with the text he may read.

    It is the rule of `Declaration.record_for`. Without a person (commands of the server's operator) it is what the tables hold.
    """
    if reader is not None:
        declarations = declarations.readable_by(reader)
    chosen = list(declarations.order_by(*EXPORT_ORDER).values_list("pk", flat=True))
    for start in range(0, len(chosen), FORMS_AT_ONCE):
        yield from _read(chosen[start : start + FORMS_AT_ONCE], reader)


def _read(ids: Sequence[int], reader: Person | None) -> Iterator[Outgoing]:
    with no_garbage():
        related = ("department", "unit", "current_revision", "submitted_revision", "sitting")
        found = Declaration.objects.select_related(*related).defer(*_FROZEN).in_bulk(ids)
        forms = [found[pk] for pk in ids if pk in found]
        own = {form.pk for form in forms if reader is None or form.is_own_text_of(reader)}
        rows = Indicator.objects.rows_of(own)
        submitted = _frozen([form.submitted_revision_id for form in forms if form.pk not in own])
    for form in forms:
        if form.pk in own:
            yield Outgoing(form, form.record(line.row for line in rows[form.pk]), form.current_revision)
        elif form.submitted_revision_id is not None:
            yield Outgoing(form, Record.from_json(submitted[form.submitted_revision_id]), form.submitted_revision)


def _frozen(revisions: Sequence[int | None]) -> dict[int, Any]:
    wanted = [pk for pk in revisions if pk is not None]
    return dict(Revision.objects.filter(pk__in=wanted).values_list("pk", "frozen")) if wanted else {}
