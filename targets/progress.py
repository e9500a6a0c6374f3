"""How far forms have come, for lists: rows that have a target, and what of the reviewers' remarks waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from departments.models import Person
from targets.domain.record import PLAN
from targets.domain.rules import INFO
from targets.domain.steps import REFUSE_REQUEST
from targets.findings import Years, judge
from targets.models import Declaration, Indicator, Remark, ReviewEvent
from targets.models.review import done_by


def with_progress(forms: QuerySet[Any]) -> QuerySet[Any]:
    """Each form with `filled`, `open_remarks` and, of these, `open_musts`; in the query that reads the forms."""
    waiting = Remark.objects.awaiting_answer()
    return forms.annotate(
        filled=_number_of(Indicator.objects.exclude(target="")),
        open_remarks=_number_of(waiting),
        open_musts=_number_of(waiting.filter(level=Remark.Level.MUST)),
    )


IS_ASKED_BACK = Exists(ReviewEvent.objects.open_requests().filter(declaration=OuterRef("pk")))
"""The unit has asked for the form's return and waits for an answer."""
_REFUSED = ReviewEvent.objects.filter(step=REFUSE_REQUEST, declaration=OuterRef("pk"), at__gte=OuterRef("state_since"))


def with_requests(forms: QuerySet[Any]) -> QuerySet[Any]:
    """Each form with `is_asked_back`, and `was_kept` when such a request was refused since the form came to where it is."""
    return forms.annotate(is_asked_back=IS_ASKED_BACK, was_kept=Exists(_REFUSED))


def last_deed(person: Person, column: str) -> Subquery:
    """Of the last step that this person took on each form, or a deputy in his name: its `column`."""
    mine = ReviewEvent.objects.filter(done_by(person), declaration=OuterRef("pk"))
    return Subquery(mine.order_by("-number").values(column)[:1])


def _number_of(parts: QuerySet[Any]) -> Coalesce:
    of_the_form = parts.filter(declaration=OuterRef("pk")).order_by().values("declaration")
    return Coalesce(Subquery(of_the_form.annotate(number=Count("pk")).values("number")), 0)


@dataclass(slots=True)
class OfficeProgress:
    """How far the rows are that were given out to one 科室, as the column 责任科室 names it."""

    office: str
    rows: int = 0
    filled: int = 0
    doubtful: int = 0

    @property
    def blank(self) -> int:
        return self.rows - self.filled


def offices_of(ids: Sequence[int]) -> list[tuple[Declaration, list[OfficeProgress]]]:
    """Of these forms the plans whose rows are given out to more than one 科室, offices in the order of the form.

    One query of forms and one of rows, however many there are.
    """
    plans = Declaration.objects.filter(pk__in=ids, kind=PLAN).select_related("unit", "budget_year").order_by("pk")
    lines = Indicator.objects.rows_of([plan.pk for plan in plans])
    years = Years()
    told = []
    for plan in plans:
        record = plan.record(line.row for line in lines[plan.pk])
        doubtful = {
            judged.finding.row for judged in judge(record, years.rules_of(plan)) if judged.finding.level != INFO
        }
        offices: dict[str, OfficeProgress] = {}
        for row in record.rows:
            name = " ".join(row.office.split())
            one = offices.setdefault(name, OfficeProgress(name))
            one.rows += 1
            one.filled += bool(row.target.strip())
            one.doubtful += row.key in doubtful
        if len(offices) > 1:
            told.append((plan, list(offices.values())))
    return told
