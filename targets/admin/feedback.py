"""审核意见反馈表: the tables to send out, by department and unit, and the upload of those that were filled in."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from departments.models import Department, Person
from departments.roles import FILLER
from departments.scoped_admin import person
from targets.admin.export import attachment
from targets.admin.uploads import WorkbookField
from targets.domain.sheets.feedback import MOST_LINES
from targets.domain.sheets.problems import FileRefused
from targets.feedback import GivenAnswer, PlannedAnswer, plan_answers, store_answers
from targets.intake.reading import read_answers
from targets.links import form_url
from targets.models import Remark
from targets.outgoing.feedback import addressees, feedback_file, sent_remarks, still_open, years_of
from targets.outgoing.shapes import CONTENT_TYPES, XLSX, ExportRefused

TICKED = re.compile(r"([0-9]{1,15})-([0-9]{1,8})")
"""A remark, and how many replies it had when its table was printed."""
LETTERS_AT_MOST = 1_000_000
"""Of all answers of one file: they go to the page and come back with the confirmation."""


class FeedbackForm(forms.Form):
    file = WorkbookField("填好的反馈表", "填好的审核意见反馈表")


def feedback_page(request: HttpRequest) -> HttpResponse:
    """What was sent to whom; with a file, what its answers would do; confirmed, what became of each."""
    user = person(request)
    is_filler = user.scope.holds(FILLER)
    if request.method != "POST":
        return _page(request, user, FeedbackForm())
    if not is_filler:
        raise Http404
    if request.POST.get("do") == "confirm":
        return _confirmed(request, user)
    form = FeedbackForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            lines = read_answers(upload.read(), upload.name or "")
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            if sum(len(line.answer) for line in lines) <= LETTERS_AT_MOST:
                plan = plan_answers(lines, user)
                context = {"plan": plan, "file_name": upload.name, "ready": _linked(plan.ready)}
                return _render(request, "targets/feedback/preview.html", context | {"refused": _linked(plan.refused)})
            form.add_error("file", f"“修改情况”合计超过{LETTERS_AT_MOST:,}个字。请缩短，或分几个文件上传。")
    return _page(request, user, form)


def _page(request: HttpRequest, user: Person, form: FeedbackForm) -> HttpResponse:
    remarks = sent_remarks(user)
    years = years_of(remarks)
    year = _asked(request, years, "year") or (years[0] if years else None)
    found = addressees(remarks.filter(declaration__year=year), user) if year else []
    context = {
        "form": form,
        "is_filler": user.scope.holds(FILLER),
        "years": years,
        "year": year,
        "addressees": found,
        "has_several": len({one.department.pk for one in found}) > 1,
    }
    return _render(request, "targets/feedback/page.html", context)


def _asked(request: HttpRequest, known: Sequence[int], name: str) -> int | None:
    """The number that the address names, if it is one of these."""
    return next((one for one in known if str(one) == request.GET.get(name, "")), None)


def _linked(planned: Sequence[PlannedAnswer]) -> list[tuple[PlannedAnswer, str]]:
    """With the address of each remark on its form's page."""
    return [(one, _url(one.remark)) for one in planned]


def _url(remark: Remark | None) -> str:
    return f"{form_url(remark.declaration)}#remark-{remark.pk}" if remark else ""


def _confirmed(request: HttpRequest, user: Person) -> HttpResponse:
    ticked = filter(None, map(TICKED.fullmatch, request.POST.getlist("remark")[:MOST_LINES]))
    seen = {one[1]: one[2] for one in ticked}
    given = [GivenAnswer(int(pk), request.POST.get(f"answer:{pk}", ""), int(replies)) for pk, replies in seen.items()]
    if not given:
        messages.error(request, "没有勾选任何一条，没有保存。请重新上传，勾选要答复的意见。")
        return HttpResponseRedirect(reverse("admin:targets_feedback"))
    told = store_answers(given, user)
    context = {
        "stored": [(one, _url(one)) for one, refusal in told if not refusal],
        "refused": [(one, _url(one), refusal) for one, refusal in told if refusal],
        "gone": len(given) - len(told),
    }
    return _render(request, "targets/feedback/told.html", context)


def feedback_workbook(request: HttpRequest) -> HttpResponse:
    """Of one department, one unit, or (a sheet each) of all that one sees; `waiting`: only what is not answered."""
    user = person(request)
    remarks = sent_remarks(user)
    years = years_of(remarks)
    year = _asked(request, years, "year") or (years[0] if years else None)
    chosen = remarks.filter(declaration__year=year) if year else remarks.none()
    unit = _one_of(request, "unit", chosen.order_by().values("declaration__unit"))
    department = _one_of(request, "department", chosen.order_by().values("declaration__department"))
    if unit:
        chosen = chosen.filter(declaration__unit=unit)
    elif department:
        chosen = chosen.filter(declaration__department=department)
    if "waiting" in request.GET:
        chosen = still_open(chosen, user)
    try:
        content, name = feedback_file(chosen, user, unit=unit)
    except ExportRefused as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:targets_feedback"))
    return attachment(content, name, CONTENT_TYPES[XLSX])


def _one_of(request: HttpRequest, name: str, known: QuerySet[Any, Any]) -> Department | None:
    """Raises Http404 for a number that is none of them."""
    asked = request.GET.get(name)
    if asked is None:
        return None
    found = Department.objects.filter(pk__in=known, pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None
    if found is None:
        raise Http404
    return found


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), "title": "审核意见反馈表", **context})


admin.site.add_page("feedback/workbook/", feedback_workbook, "targets_feedback_workbook")  # type: ignore[attr-defined]
admin.site.add_page("feedback/", feedback_page, "targets_feedback")  # type: ignore[attr-defined]
