"""What last year's form of the same project or plan said, row by row: shown beside the rows of the one under review."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from departments.models import Person
from targets.domain.diff import match_rows
from targets.domain.record import IndicatorRow, Record
from targets.domain.steps import REJECTED, VOID
from targets.models import Declaration, Revision


@dataclass(frozen=True, slots=True)
class LastYear:
    """`rows`: key of a row of this year's form → the same row of last year's."""

    form: Declaration
    record: Record
    rows: Mapping[str, IndicatorRow]


def texts_of_last_year(declaration: Declaration, user: Person) -> QuerySet[Declaration, int]:
    """Revisions that may be last year's text of this form: as approved, else as submitted; within what the person sees."""
    same_name = Q(title_key=declaration.title_key)
    same_code = Q(code=declaration.code) & ~Q(code="")
    copied = Q(pk__in=Revision.objects.filter(pk=declaration.copied_from_id or 0).values("declaration"))
    found = Declaration.objects.visible_to(user).filter(
        same_name | same_code | copied,
        division=declaration.division_id,
        year=declaration.year - 1,
        kind=declaration.kind,
        unit=declaration.unit_id,
    )
    texts = found.exclude(state__in=(VOID, REJECTED)).order_by()
    return texts.annotate(text=Coalesce("approved_revision", "submitted_revision")).values_list("text", flat=True)


def last_year_of(record: Record, texts: Iterable[Revision]) -> LastYear | None:
    """The likeliest of `texts`: the form that shares most rows by key (a copy keeps them), else that of the same code."""
    keys = {row.key for row in record.rows}

    def likeness(text: tuple[Revision, Record]) -> tuple[int, bool]:
        before = text[1]
        return sum(row.key in keys for row in before.rows), bool(before.code) and before.code == record.code

    best = max(((text, text.record) for text in texts), key=likeness, default=None)
    if best is None:
        return None
    text, before = best
    matching = match_rows(before.rows, record.rows)
    unsure = {j for one in matching.ambiguous for j in one.new}
    rows = {record.rows[j].key: before.rows[i] for i, j in matching.pairs if j not in unsure}
    return LastYear(text.declaration, before, rows)
