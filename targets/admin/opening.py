"""单独开放 of several forms at once, from their list: until which day, and why; each form is told."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from departments.models import Person
from departments.roles import PERFORMANCE_REVIEWER
from departments.scoped_admin import person
from targets.admin.numbers import numbers_in
from targets.domain.steps import EDITABLE, OPEN_ALONE
from targets.forms import StepOrder
from targets.guards import Order
from targets.models import Declaration
from targets.review_many import Asked, lock_forms, take_together

AT_ONCE = 200
"""So many forms are opened in one request."""
NAMED = 3
"""So many of them are named in a sentence; all stand in the list."""


def may_open(user: Person) -> bool:
    return user.scope.holds(PERFORMANCE_REVIEWER)


def openable(user: Person) -> QuerySet[Declaration]:
    """Forms that are their unit's and belong to a round."""
    found = Declaration.objects.visible_to(user).filter(
        state__in=EDITABLE, unit__in=user.scope.reach(PERFORMANCE_REVIEWER), campaign__isnull=False, version=1
    )
    return (
        found.select_related("unit", "department", "campaign")
        .defer("goal", "extra")
        .order_by("-year", "unit__code", "pk")
    )


def opening_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not may_open(user):
        raise Http404
    asked = request.POST.getlist("form") or request.GET.getlist("form")
    chosen = numbers_in(asked)[:AT_ONCE]
    said = StepOrder(request.POST or None)
    faults: list[str] = []
    if request.method == "POST":
        faults = [str(fault) for field in said.errors.values() for fault in field]
        if not chosen:
            faults.append("没有单独开放：没有勾选任何一张表。请勾选要开放的表。")
        if not faults:
            faults = _open(request, openable(user).filter(pk__in=chosen), said.cleaned_data, user)
        if not faults:
            return HttpResponseRedirect(request.get_full_path())
    context = {
        **admin.site.each_context(request),
        "title": "单独开放",
        "forms": list(openable(user).filter(pk__in=chosen)),
        "chosen": set(chosen),
        "faults": faults,
        "said": request.POST,
    }
    return render(request, "targets/declaration/opening.html", context)


def _open(request: HttpRequest, forms: QuerySet[Declaration], said: dict[str, Any], user: Person) -> list[str]:
    """Tells what was opened; what was not comes back, each reason once with the forms that it keeps closed."""
    order = Order(opinion=said["opinion"], open_until=said["open_until"])
    with transaction.atomic():
        locked = lock_forms(list(forms.values_list("pk", flat=True))).values()
        refusals = take_together([Asked(form, OPEN_ALONE, user, order) for form in locked])
    told = list(zip(locked, refusals, strict=True))
    done = [form.heading for form, refusal in told if not refusal]
    if done:
        messages.success(request, f"已单独开放{len(done)}张：{_some(done)}。")
    kept: dict[str, list[str]] = defaultdict(list)
    for form, refusal in told:
        if refusal:
            kept[refusal].append(form.heading)
    return [f"{refusal}（{len(names)}张：{_some(names)}）" for refusal, names in kept.items()]


def _some(names: Sequence[str]) -> str:
    shown = "、".join(f"“{name}”" for name in names[:NAMED])
    return f"{shown}等" if len(names) > NAMED else shown


admin.site.add_page("opening/", opening_page, "targets_opening")  # type: ignore[attr-defined]
