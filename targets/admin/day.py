"""成批送审: the forms of one's units that are still being filled in, how far each has come, and 送审 of many at once."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from departments.models import Person
from departments.roles import FILLER
from departments.scoped_admin import person
from targets.models import Campaign, Declaration
from targets.review import Order
from targets.review_many import take_steps
from targets.workbench.facts import campaign_fact

AT_ONCE = 200
"""So many forms are listed, and sent in one request."""


def day_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not user.scope.holds(FILLER):
        raise Http404
    waiting = _waiting(user)
    if request.method == "POST":
        _send(request, waiting, user)
        return HttpResponseRedirect(request.get_full_path())
    forms = list(waiting[:AT_ONCE])
    years = {form.budget_year_id for form in forms}
    context = {
        **admin.site.each_context(request),
        "title": "成批送审",
        "forms": forms,
        "ready": [form.pk for form in forms if not form.error_count and not form.stale and form.filled],
        "left_out": waiting.count() - len(forms),
        "deadline": campaign_fact(list(Campaign.objects.filter(budget_year__in=years))) if years else None,
    }
    return render(request, "targets/day.html", context)


def _waiting(user: Person) -> QuerySet[Any]:
    """Returned forms first; how many rows of each have a target."""
    found = Declaration.objects.visible_to(user).editable_by(user).filter(budget_year__is_closed=False)
    filled = Count("indicators", filter=~Q(indicators__target=""))
    with_progress = found.select_related("unit", "department", "budget_year").defer("goal", "extra")
    return with_progress.annotate(filled=filled).order_by("-state", "-year", "unit__code", "-kind", "title_key", "id")


def _send(request: HttpRequest, waiting: QuerySet[Any], user: Person) -> None:
    """Each form is told: sent, or why not."""
    ticked = {int(pk) for pk in request.POST.getlist("form") if pk.isdecimal() and len(pk) < 18}
    if not ticked:
        messages.error(request, "没有送审：没有勾选任何一张表。请勾选要送审的表。")
        return
    if len(ticked) > AT_ONCE:
        messages.error(request, f"没有送审：一次最多{AT_ONCE}张，您选了{len(ticked)}张。请分几次。")
        return
    told = take_steps(list(waiting.filter(pk__in=ticked)), "submit", by=user, order=Order())
    sent = [form.heading for form, refusal in told if not refusal]
    if sent:
        messages.success(request, f"已送审{len(sent)}张：{'、'.join(sent[:10])}{'等' if len(sent) > 10 else ''}。")
    for form, refusal in told:
        if refusal:
            messages.error(request, f"“{form.heading}”{refusal}")
    if gone := len(ticked) - len(told):
        messages.warning(request, f"另有{gone}张没有送审：它们已不在编制，可能刚被他人办理。")


admin.site.add_page("day/", day_page, "targets_day")  # type: ignore[attr-defined]
