"""Forms beside their 控制数: which do not agree, and by how much, in the query that reads them.

A project's own ceiling must be met exactly; a unit's or a department's is only exceeded, since projects may still come. In
their sums stand the forms that have been sent, and the one that is looked at: what others draft is told to nobody.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from targets.domain.record import PROJECT
from targets.domain.sheets.amounts import WAN
from targets.domain.steps import APPROVED, PASSED, REJECTED, REVIEW_LEVELS, VOID
from targets.models import Ceiling, Declaration

NOTHING = Value(Decimal(0), output_field=DecimalField(max_digits=18, decimal_places=2))

_YEARS = Ceiling.objects.filter(budget_year=OuterRef("budget_year"))
_PROJECTS = _YEARS.filter(Q(unit=OuterRef("unit")) | Q(unit=OuterRef("department"))).filter(
    Q(~Q(code=""), code=OuterRef("code")) | Q(~Q(title_key=""), code="", title_key=OuterRef("title_key"))
)
_SENT = Declaration.objects.filter(
    kind=PROJECT, budget_year=OuterRef("budget_year"), state__in=(*REVIEW_LEVELS, PASSED, APPROVED)
)
"""What the sums are made of: named by the states that count, so that an index leads past everybody's drafts."""


def _whole(place: str) -> Subquery:
    """The ceiling of all projects of the form's `unit` or `department`."""
    return Subquery(_YEARS.filter(unit=OuterRef(place), code="", title_key="").values("amount")[:1])


def _rest(place: str) -> Case:
    """What the other projects of the form's `unit` or `department` ask for; summed only where a ceiling asks for it."""
    others = _SENT.filter(**{place: OuterRef(place)}).exclude(pk=OuterRef("pk")).order_by().values(place)
    told = Coalesce(Subquery(others.annotate(all=Sum("total")).values("all")), NOTHING)
    return Case(When(**{f"{place}_ceiling__isnull": False}, then=told), default=NOTHING)


def with_ceilings(forms: QuerySet[Any]) -> QuerySet[Any]:
    """Each form with what `disagreements` tells of, and `is_off` when there is something to tell."""
    told = forms.annotate(
        own_ceiling=Subquery(_PROJECTS.order_by("title_key").values("amount")[:1]),
        unit_ceiling=_whole("unit"),
        department_ceiling=_whole("department"),
        asked=Coalesce(F("total"), NOTHING),
    ).annotate(unit_rest=_rest("unit"), department_rest=_rest("department"))
    off = (
        Q(own_ceiling__isnull=False) & ~Q(own_ceiling=F("asked"))
        | ~Q(unit=F("department")) & Q(unit_ceiling__lt=F("unit_rest") + F("asked"))
        | Q(department_ceiling__lt=F("department_rest") + F("asked"))
    )
    living = Q(kind=PROJECT) & ~Q(state__in=(VOID, REJECTED))
    return told.annotate(is_off=Case(When(living & off, then=True), default=False))


def disagreements(form: Any) -> list[str]:
    """Why a form of `with_ceilings` is marked, a sentence for each ceiling."""
    return list(_disagreements(form)) if form.is_off else []


def _disagreements(form: Any) -> Iterator[str]:
    if form.own_ceiling is not None and form.own_ceiling != form.asked:
        over = form.asked - form.own_ceiling
        more = f"多 {wan(over)}" if over > 0 else f"少 {wan(-over)}"
        yield f"控制数 {wan(form.own_ceiling)} 万元，本表 {wan(form.asked)} 万元，{more} 万元"
    wholes = [("主管部门", form.department.label, form.department_ceiling, form.department_rest)]
    if form.unit_id != form.department_id:
        wholes.append(("单位", form.unit.label, form.unit_ceiling, form.unit_rest))
    for word, name, ceiling, rest in wholes:
        together = rest + form.asked
        if ceiling is not None and together > ceiling:
            yield (
                f"{word}{name}控制数 {wan(ceiling)} 万元，各项目合计 {wan(together)} 万元"
                f"（本表 {wan(form.asked)} 万元），超出 {wan(together - ceiling)} 万元"
            )


def off_ceilings(ids: Iterable[int]) -> dict[int, list[str]]:
    """Of these forms those that are marked, with why; one query."""
    forms = with_ceilings(Declaration.objects.filter(pk__in=list(ids))).filter(is_off=True)
    return {form.pk: disagreements(form) for form in forms.select_related("unit", "department").defer("goal", "extra")}


def wan(amount: Decimal) -> str:
    """元 → 万元; more decimals only where two would hide a part."""
    shown = amount / WAN
    exponent = shown.normalize().as_tuple().exponent
    return f"{shown:,.{max(2, -exponent if isinstance(exponent, int) else 2)}f}"
