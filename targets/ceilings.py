"""Forms beside their 控制数: which do not agree, and by how much, in the query that reads them.

A project's own ceiling must be met exactly; a unit's or a department's is only exceeded, since projects may still come. In
their sums stand the forms that have been sent, and the one that is looked at: what others draft is told to nobody.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Round

from targets.domain.record import PROJECT
from targets.domain.sheets.amounts import WAN
from targets.domain.steps import APPROVED, PASSED, REJECTED, REVIEW_LEVELS, VOID
from targets.models import Ceiling, Declaration

NOTHING = Value(Decimal(0), output_field=DecimalField(max_digits=18, decimal_places=2))

_YEARS = Ceiling.objects.filter(budget_year=OuterRef("budget_year")).order_by()
_PROJECTS = (
    _YEARS.filter(code=OuterRef("code")).exclude(code=""),
    _YEARS.filter(code="", title_key=OuterRef("title_key")).exclude(title_key=""),
)
"""The ceiling of the form's own project, by its code, else by its name. Each is asked for by a whole key: a year may have one for
every form."""
_SENT = (*REVIEW_LEVELS, PASSED, APPROVED)
"""States of the forms that the sums are made of: named by those that count, so that an index leads past everybody's drafts."""


def _amount(found: QuerySet[Ceiling], place: str) -> Subquery:
    return Subquery(found.filter(unit=OuterRef(place)).values("amount")[:1])


def _own() -> Coalesce:
    return Coalesce(*(_amount(found, place) for found in _PROJECTS for place in ("unit", "department")))


def _whole(place: str) -> Subquery:
    """The ceiling of all projects of the form's `unit` or `department`."""
    return _amount(_YEARS.filter(code="", title_key=""), place)


class _AtOnce(Subquery):
    """The sums of groups as one JSON object. Nothing in it depends on a form, so databases work it out once for a query, where a
    sum that is asked for beside each form would be added up again for each."""

    template = '(SELECT %(function)s("key", "together") FROM (%(subquery)s) sums)'
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, function="json_group_object")

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, function="jsonb_object_agg")


class _Told(Func):
    """What such an object says of a key."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(
            compiler, connection, **more, template="json_extract(%(expressions)s)", arg_joiner=", '$.' || "
        )

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, function="jsonb_extract_path_text")


def _key(place: str) -> Concat:
    return Concat(Value("of_"), Cast(place, CharField()), Value("_in_"), Cast("budget_year", CharField()))


def _together(place: str, few: QuerySet[Any] | None) -> Round:
    """What all projects of the form's `unit` or `department` ask for, to the cent where a database adds in binary."""
    sent = Declaration.objects.filter(kind=PROJECT, state__in=_SENT).order_by()
    if few is not None:
        sent = sent.filter(**{f"{name}__in": few.order_by().values(name) for name in (place, "budget_year")})
    sums = sent.annotate(key=_key(place)).values("key").annotate(together=Sum("total"))
    of_sent = Coalesce(Cast(_Told(_AtOnce(sums), _key(place)), NOTHING.output_field), NOTHING)
    return Round(of_sent + Case(When(state__in=_SENT, then=NOTHING), default=F("asked")), precision=2)


def with_ceilings(forms: QuerySet[Any], *, are_few: bool = False) -> QuerySet[Any]:
    """Each form with what `disagreements` tells of, and `is_off` when there is something to tell. Where the forms `are_few`,
    sums are made for their units and years alone."""
    few = forms if are_few else None
    told = forms.annotate(
        own_ceiling=_own(),
        unit_ceiling=_whole("unit"),
        department_ceiling=_whole("department"),
        asked=Coalesce(F("total"), NOTHING),
    ).annotate(unit_together=_together("unit", few), department_together=_together("department", few))
    off = (
        ~Q(own_ceiling=F("asked"))
        | ~Q(unit=F("department")) & Q(unit_ceiling__lt=F("unit_together"))
        | Q(department_ceiling__lt=F("department_together"))
    )
    living = Q(kind=PROJECT) & ~Q(state__in=(VOID, REJECTED))
    has_any = Q(budget_year__in=Ceiling.objects.order_by().values("budget_year"))
    return told.annotate(is_off=Case(When(living & has_any & off, then=True), default=False))


def disagreements(form: Any) -> list[str]:
    """Why a form of `with_ceilings` is marked, a sentence for each ceiling."""
    return list(_disagreements(form)) if form.is_off else []


def _disagreements(form: Any) -> Iterator[str]:
    if form.own_ceiling is not None and form.own_ceiling != form.asked:
        over = form.asked - form.own_ceiling
        more = f"多 {wan(over)}" if over > 0 else f"少 {wan(-over)}"
        yield f"控制数 {wan(form.own_ceiling)} 万元，本表 {wan(form.asked)} 万元，{more} 万元"
    wholes = [("主管部门", form.department.label, form.department_ceiling, form.department_together)]
    if form.unit_id != form.department_id:
        wholes.append(("单位", form.unit.label, form.unit_ceiling, form.unit_together))
    for word, name, ceiling, together in wholes:
        if ceiling is not None and together > ceiling:
            yield (
                f"{word}{name}控制数 {wan(ceiling)} 万元，各项目合计 {wan(together)} 万元"
                f"（本表 {wan(form.asked)} 万元），超出 {wan(together - ceiling)} 万元"
            )


def off_ceilings(ids: Iterable[int]) -> dict[int, list[str]]:
    """Of these forms those that are marked, with why; one query."""
    forms = with_ceilings(Declaration.objects.filter(pk__in=list(ids)), are_few=True).filter(is_off=True)
    return {form.pk: disagreements(form) for form in forms.select_related("unit", "department").defer("goal", "extra")}


def wan(amount: Decimal) -> str:
    """元 → 万元; more decimals only where two would hide a part."""
    shown = amount / WAN
    exponent = shown.normalize().as_tuple().exponent
    return f"{shown:,.{max(2, -exponent if isinstance(exponent, int) else 2)}f}"
