"""报送函: the covering letter with which a department hands its forms of a year to the finance bureau; to print and stamp."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from departments.models import Department, Person
from departments.roles import DEPARTMENT_REVIEWER, FILLER
from departments.scoped_admin import person
from targets.domain.steps import REJECTED
from targets.models import Declaration


def letter_page(request: HttpRequest) -> HttpResponse:
    """Of the latest year and the first department, or those that the address names; of one's own units only."""
    user = person(request)
    if not user.scope.holds(FILLER, DEPARTMENT_REVIEWER):
        raise Http404
    forms = _own_forms(user)
    choices = list(
        forms.order_by("-year", "department__code", "department").values_list("year", "department").distinct()
    )
    asked = (request.GET.get("year", ""), request.GET.get("department", ""))
    chosen = next((choice for choice in choices if tuple(map(str, choice)) == asked), choices[0] if choices else None)
    context: dict[str, Any] = {"title": "报送函"}
    if chosen:
        year, department = chosen
        context |= _letter(list(forms.filter(year=year, department=department)), user)
        names = {one.pk: one.label for one in Department.objects.filter(pk__in={pk for _, pk in choices})}
        context["choices"] = [(year, pk, names[pk], (year, pk) == chosen) for year, pk in choices]
    return render(request, "targets/letter.html", context)


def _own_forms(user: Person) -> QuerySet[Declaration]:
    found = Declaration.objects.visible_to(user).living().filter(unit__in=user.scope.own).exclude(state=REJECTED)
    related = found.select_related("unit", "department", "division", "budget_year", "campaign")
    return related.defer("goal", "extra").order_by("-kind", "unit__code", "title_key", "id")


def _letter(forms: Sequence[Declaration], user: Person) -> dict[str, Any]:
    first = forms[0]
    projects = [form for form in forms if not form.is_plan]
    finance = Department.objects.filter(division=first.division, is_finance=True).order_by("pk").first()
    return {
        "forms": forms,
        "year": first.year,
        "sender": first.department,
        "receiver": finance.name if finance else f"{first.division}财政局",
        "campaign": first.campaign,
        "projects": len(projects),
        "plans": len(forms) - len(projects),
        "total": sum((form.total or Decimal(0) for form in projects), Decimal(0)),
        "writer": user,
    }


admin.site.add_page("day/letter/", letter_page, "targets_day_letter")  # type: ignore[attr-defined]
