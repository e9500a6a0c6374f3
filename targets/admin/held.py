"""待下达决定: what finance's reviewers decided and hold, released together by hand or by time, taken back or decided anew."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from departments.scoped_admin import person
from targets import jobs
from targets.admin.decisions import FORMS_A_PAGE, TIMES, bulk_page, clean_later, decision_url
from targets.admin.numbers import numbers_in
from targets.decisions import HOLDABLE, choose, may_hold, set_day, take_back
from targets.domain.steps import BY_CEILING
from targets.links import form_url
from targets.models import DecidedForm, Declaration, Job
from targets.models.decision import SEE_HELD
from targets.review import RETURN_WORDS, label_of
from targets.tasks import revive_jobs, start_release

ENDED_SHOWN = 20
RELATED = ("decision__person", "declaration__unit", "declaration__department")
LIGHT = ("declaration__goal", "declaration__extra")
HELD = HOLDABLE | BY_CEILING
State = DecidedForm.State


class Day(forms.Form):
    release_at = forms.DateTimeField(
        input_formats=TIMES,
        error_messages={
            "required": "没有定时：下达时间为空。请填写。",
            "invalid": "没有定时：下达时间不是时间。请写成如 2023-01-15 09:00。",
        },
    )

    def clean_release_at(self) -> Any:
        return clean_later(self.cleaned_data["release_at"])


def held_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not user.scope.holds(*SEE_HELD):
        raise Http404
    step = request.GET.get("step", "")
    step = step if step in HELD else ""
    shown = DecidedForm.objects.held().visible_to(user)
    shown = shown.filter(decision__step=step) if step else shown
    if request.method == "POST":
        return _deal(request, shown)
    ended = DecidedForm.objects.visible_to(user).filter(state__in=(State.OVERTAKEN, State.TAKEN_BACK))
    page = Paginator(_readable(shown).order_by("decision__step", "declaration", "pk"), FORMS_A_PAGE)
    lines = page.get_page(request.GET.get("page"))
    context = {
        "page": lines,
        "query": f"step={step}&" if step else "",
        "lines": [(line, form_url(line.declaration), _words(line)) for line in lines.object_list],
        "ended": [
            (one, form_url(one.declaration), _words(one)) for one in _readable(ended).order_by("-at")[:ENDED_SHOWN]
        ],
        "steps": [(slug, label_of(slug)) for slug in sorted(HELD)],
        "step": step,
        "may_release": may_hold(user),
        "number": page.count,
    }
    return bulk_page(request, "held", "待下达决定", context)


def _readable(lines: QuerySet[DecidedForm]) -> QuerySet[DecidedForm]:
    return lines.select_related(*RELATED).defer(*LIGHT)


def _words(line: DecidedForm) -> str:
    """What is decided, with where a return leads."""
    decision = line.decision
    where = RETURN_WORDS.get(decision.to_level, "") if decision.step == "return" else ""
    return where or label_of(decision.step)


# Deeds ----------------------------------------------------------------------------------------------------------------


def _deal(request: HttpRequest, shown: QuerySet[DecidedForm]) -> HttpResponse:
    """With the ticked lines, or all that the page's filter shows, as far as this person may release them."""
    deed = DEEDS.get(request.POST.get("do", ""))
    mine = shown & DecidedForm.objects.releasable_by(person(request))
    if "all" not in request.POST:
        ticked = set(numbers_in(request.POST.getlist("line")))
        mine = mine.filter(pk__in=ticked)
    here = HttpResponseRedirect(request.get_full_path())
    if deed is None or not mine.exists():
        messages.error(request, "没有办理：没有勾选您可以下达的决定。请勾选。")
        return here
    return deed(request, mine) or here


def _release(request: HttpRequest, lines: QuerySet[DecidedForm]) -> HttpResponse:
    job = start_release(list(lines.order_by("pk").values_list("pk", flat=True)), person(request))
    return HttpResponseRedirect(reverse("admin:targets_released", args=[job.pk]))


def _take_back(request: HttpRequest, lines: QuerySet[DecidedForm]) -> None:
    messages.success(request, f"已撤回{len(take_back(lines, by=person(request)))}张的决定，都没有下达。")


def _decide_anew(request: HttpRequest, lines: QuerySet[DecidedForm]) -> HttpResponse:
    """Taken back, and the same forms chosen again."""
    user = person(request)
    taken = take_back(lines, by=user)
    decision = choose(Declaration.objects.visible_to(user).filter(pk__in=taken), by=user, is_held=True)
    messages.success(request, f"已撤回{len(taken)}张的决定，请重新拟定。")
    return HttpResponseRedirect(decision_url(decision))


def _set_day(request: HttpRequest, lines: QuerySet[DecidedForm]) -> None:
    form = Day(request.POST)
    if not form.is_valid():
        messages.error(request, "".join(str(fault) for faults in form.errors.values() for fault in faults))
        return
    moment = form.cleaned_data["release_at"]
    messages.success(request, f"{set_day(lines, moment)}张的决定将于{moment:%Y年%-m月%-d日 %H:%M}下达。")


DEEDS: dict[str, Callable[[HttpRequest, QuerySet[DecidedForm]], HttpResponse | None]] = {
    "release": _release,
    "take_back": _take_back,
    "anew": _decide_anew,
    "day": _set_day,
}


def released_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a release is, and what became of each: its releaser's alone."""
    user = person(request)
    job = get_object_or_404(Job, pk=pk, kind=jobs.RELEASE, created_by=user)
    if request.method == "POST":
        if not jobs.ask_to_cancel(job):
            messages.warning(request, "已经下达完，不能取消。")
        return HttpResponseRedirect(request.path)
    if not job.is_over:
        revive_jobs()
        return bulk_page(request, "releasing", "正在下达", {"job": job})
    lines = _readable(DecidedForm.objects.visible_to(user).filter(pk__in=job.options["lines"]))
    page = Paginator(lines.order_by("-state", "pk"), FORMS_A_PAGE).get_page(request.GET.get("page"))
    told = [(line, form_url(line.declaration), _words(line)) for line in page.object_list]
    return bulk_page(request, "released", "统一下达：结果", {"job": job, "page": page, "lines": told})


admin.site.add_page("held/", held_page, "targets_held")  # type: ignore[attr-defined]
admin.site.add_page("held/<int:pk>/", released_page, "targets_released")  # type: ignore[attr-defined]
