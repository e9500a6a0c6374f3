"""How far forms have come, for lists: rows that have a target, and what of the reviewers' remarks waits for an answer."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from targets.models import Indicator, Remark


def with_progress(forms: QuerySet[Any]) -> QuerySet[Any]:
    """Each form with `filled`, `open_remarks` and, of these, `open_musts`; in the query that reads the forms."""
    waiting = Remark.objects.filter(state=Remark.State.OPEN, audience=Remark.Audience.UNIT, sent_at__isnull=False)
    return forms.annotate(
        filled=_number_of(Indicator.objects.exclude(target="")),
        open_remarks=_number_of(waiting),
        open_musts=_number_of(waiting.filter(level=Remark.Level.MUST)),
    )


def _number_of(parts: QuerySet[Any]) -> Coalesce:
    of_the_form = parts.filter(declaration=OuterRef("pk")).order_by().values("declaration")
    return Coalesce(Subquery(of_the_form.annotate(number=Count("pk")).values("number")), 0)
