"""从上年复制: which forms of an earlier year begin again in the new one. For those who fill them in."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from departments.models import Department, Person
from departments.roles import FILLER
from departments.scoped_admin import person
from targets.admin.numbers import number_in, numbers_in
from targets.copying import AT_ONCE, CopyRefused, Told, candidates, copy_forms, earlier_forms, open_years
from targets.links import form_url
from targets.models import BudgetYear, Declaration

NAMED = 10
"""So many forms are named in a message; the list shows the rest."""


def copy_page(request: HttpRequest) -> HttpResponse:
    """GET lists the forms of an earlier year (`from`, `unit`; `form` for one alone), POST copies those that are ticked."""
    user = person(request)
    if not user.scope.holds(FILLER):
        raise Http404
    years = open_years(user)
    into = _chosen_year(years, request.POST.get("into") or request.GET.get("into", ""))
    if request.method == "POST" and into:
        return _copy(request, user, into)
    return _page(request, user, years, into)


def _chosen_year(years: Sequence[BudgetYear], asked: str) -> BudgetYear | None:
    return next((year for year in years if str(year.pk) == asked), years[0] if years else None)


def _copy(request: HttpRequest, user: Person, into: BudgetYear) -> HttpResponse:
    ticked = numbers_in(request.POST.getlist("form"))
    codes = {pk: request.POST.get(f"code-{pk}", "") for pk in ticked}
    back = HttpResponseRedirect(request.get_full_path())
    if not ticked:
        messages.error(request, "没有复制：没有勾选任何一张表。请勾选要复制的表。")
        return back
    try:
        told = copy_forms(ticked, into, by=user, codes=codes)
    except CopyRefused as refusal:
        messages.error(request, str(refusal))
        return back
    _tell(request, told, into)
    if len(ticked) == len(told.copies) == 1:
        return HttpResponseRedirect(form_url(told.copies[0]))
    return HttpResponseRedirect(reverse("admin:index")) if told.copies and not told.refused else back


def _tell(request: HttpRequest, told: Told, into: BudgetYear) -> None:
    if told.copies:
        names = "、".join(copy.heading for copy in told.copies[:NAMED])
        more = "等" if len(told.copies) > NAMED else ""
        messages.success(
            request,
            f"已复制{len(told.copies)}张到{into}：{names}{more}。复制来的内容都标为“未更新”，请逐处修改或确认仍然适用。",
        )
    for candidate in told.refused:
        messages.error(request, f"“{candidate.form.heading}”没有复制：{candidate.refusal}")


def _page(request: HttpRequest, user: Person, years: Sequence[BudgetYear], into: BudgetYear | None) -> HttpResponse:
    forms = earlier_forms(user, into) if into else []
    alone, unit = (number_in(request.GET.get(name, "")) for name in ("form", "unit"))
    if alone and not any(form.pk == alone for form in forms):
        raise Http404
    found_years = sorted({form.year for form in forms}, reverse=True)
    source = next((year for year in found_years if str(year) == request.GET.get("from")), None)
    shown = _of(forms, alone, source or (found_years[0] if found_years else None), unit)
    units = {form.unit_id: form.unit for form in forms}
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "从上年复制",
        "years": years,
        "into": into,
        "sources": found_years,
        "source": source or (found_years[0] if found_years else None),
        "units": sorted(units.values(), key=_by_code),
        "unit": unit,
        "alone": alone,
        "candidates": candidates(shown[:AT_ONCE], into) if into else [],
        "left_out": max(0, len(shown) - AT_ONCE),
        "at_once": AT_ONCE,
    }
    return render(request, "targets/copy.html", context)


def _of(forms: Sequence[Declaration], alone: int | None, source: int | None, unit: int | None) -> list[Declaration]:
    if alone:
        return [form for form in forms if form.pk == alone]
    return [form for form in forms if form.year == source and (not unit or form.unit_id == unit)]


def _by_code(unit: Department) -> tuple[str, str]:
    return unit.code, unit.name


admin.site.add_page("copy/", copy_page, "targets_copy")  # type: ignore[attr-defined]
