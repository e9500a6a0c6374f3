"""成批送审 and 成批报送财政: the forms that wait for a unit's filler or its department's reviewer, many sent on at once."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from departments.models import Person
from departments.roles import DEPARTMENT_REVIEWER, FILLER
from departments.scoped_admin import person
from targets.admin.decisions import decision_url, ticked_forms
from targets.admin.export import download
from targets.admin.numbers import COUNT_DIGITS, number_in
from targets.decisions import choose, offered
from targets.domain.steps import DEPARTMENT_REVIEW
from targets.models import Campaign, Declaration
from targets.outgoing.shapes import BY_SLUG, SUMMARY, ExportRefused
from targets.progress import offices_of, with_progress
from targets.review import StepRefused
from targets.workbench.facts import campaign_fact

LISTED = 200
"""So many forms stand on the page; all that wait may be sent."""


def day_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not user.scope.holds(FILLER, DEPARTMENT_REVIEWER):
        raise Http404
    waiting = {"submit": _being_filled_in(user), "forward": _to_be_forwarded(user)}
    if request.method == "POST":
        step = "forward" if request.POST.get("do") == "forward" else "submit"
        if step not in offered(user):
            raise Http404
        return _choose(request, step, waiting[step], user)
    forms, sent = (list(found[:LISTED]) for found in waiting.values())
    years = {form.budget_year_id for form in (*forms, *sent)}
    context = {
        **admin.site.each_context(request),
        "title": "成批送审" if user.scope.holds(FILLER) else "成批报送财政",
        "is_filler": user.scope.holds(FILLER),
        "is_reviewer": user.scope.holds(DEPARTMENT_REVIEWER),
        "forms": forms,
        "sent": sent,
        "ready": [form.pk for form in forms if _is_ready(form)],
        "offices": offices_of([form.pk for form in forms]),
        "left_out": waiting["submit"].count() - len(forms),
        "sent_left_out": waiting["forward"].count() - len(sent),
        "deadline": campaign_fact(list(Campaign.objects.filter(budget_year__in=years))) if years else None,
    }
    return render(request, "targets/day.html", context)


def _is_ready(form: Any) -> bool:
    return bool(form.filled) and not (form.error_count or form.stale or form.open_musts or form.round_ended)


def _listed(forms: QuerySet[Any]) -> QuerySet[Any]:
    related = forms.select_related("unit", "department", "budget_year", "current_revision").prefetch_related(
        "budget_year__campaigns"
    )
    return with_progress(related.defer("goal", "extra", "current_revision__frozen"))


def _being_filled_in(user: Person) -> QuerySet[Any]:
    """Returned forms first."""
    found = Declaration.objects.visible_to(user).editable_by(user).filter(budget_year__is_closed=False)
    return _listed(found).order_by("-state", "-year", "unit__code", "-kind", "title_key", "id")


def _to_be_forwarded(user: Person) -> QuerySet[Any]:
    reached = user.scope.reach(DEPARTMENT_REVIEWER) if user.scope.holds(DEPARTMENT_REVIEWER) else ()
    found = Declaration.objects.visible_to(user).filter(state=DEPARTMENT_REVIEW, unit__in=reached)
    return _listed(found).order_by("unit__code", "-year", "-kind", "title_key", "id")


def _choose(request: HttpRequest, step: str, waiting: QuerySet[Any], user: Person) -> HttpResponse:
    """To the check of what was ticked, or of all that waits. A reviewer's list says of each form which revision stood in it."""
    seen = {pk: number_in(request.POST.get(f"seen:{pk}", ""), COUNT_DIGITS) for pk in ticked_forms(request)}
    ticked = Declaration.objects.visible_to(user).filter(pk__in=seen).order_by("unit__code", "title_key", "id")
    forms = waiting if "all" in request.POST else ticked  # what has left meanwhile is told in the check
    try:
        decision = choose(forms, by=user, seen=seen, step=step)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(request.get_full_path())
    return HttpResponseRedirect(decision_url(decision))


def summary(request: HttpRequest) -> HttpResponseBase:
    """汇总表 of the latest year (or `?year=`): the forms of both kinds that this person sees, a sheet for each department."""
    user = person(request)
    if not user.scope.holds(FILLER, DEPARTMENT_REVIEWER):
        raise Http404
    forms = Declaration.objects.living().visible_to(user)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else forms.aggregate(last=Max("year"))["last"]
    try:
        return download(request, BY_SLUG[SUMMARY], forms.filter(year=year))
    except ExportRefused as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:targets_day"))


admin.site.add_page("day/summary/", summary, "targets_day_summary")  # type: ignore[attr-defined]
admin.site.add_page("day/", day_page, "targets_day")  # type: ignore[attr-defined]
