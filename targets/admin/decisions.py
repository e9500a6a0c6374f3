"""成批办理: what is wanted of the chosen forms, the check, the progress and what became of each."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from departments.models import Person
from departments.scoped_admin import person
from targets import jobs
from targets.admin.numbers import numbers_in
from targets.decisions import HOLDABLE, MOST, confirm, label_for, may_hold, offered, say
from targets.domain.steps import DOCUMENT, RETURNED, STATES, STEPS, lower_levels
from targets.links import form_url
from targets.models import BudgetYear, DecidedForm, Decision, Declaration
from targets.review import RETURN_WORDS
from targets.tasks import revive_jobs, start_steps

FORMS_A_PAGE = 100
TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
"""As a browser sends a time, and as people type one."""
ONWARD = frozenset({"submit", "forward", "pass", "approve"})
"""Of these one may stand chosen before the person chooses; nothing is sent back by default."""
State = DecidedForm.State


class Wish(forms.Form):
    """What is wanted of the chosen forms; what a step needs besides, its guards say in the check."""

    step = forms.ChoiceField(
        label="办理", widget=forms.RadioSelect, error_messages={"required": "没有核对：还没有选择办理哪一步。请选择。"}
    )
    opinion = forms.CharField(label="审核意见", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 3}))
    to_level = forms.ChoiceField(label="退回到", required=False)
    document_number = forms.CharField(label="批复文号", max_length=60, required=False)
    document_date = forms.DateField(
        label="发文日期",
        required=False,
        error_messages={"invalid": "发文日期不是日期。请写成如 2023-01-15。"},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    is_held = forms.BooleanField(label="暂存决定，统一下达", required=False)
    release_at = forms.DateTimeField(
        label="定时下达",
        required=False,
        input_formats=TIMES,
        error_messages={"invalid": "定时下达的时间不是时间。请写成如 2023-01-15 09:00。"},
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, steps: dict[str, str], levels: dict[str, str], user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = list(steps.items())  # type: ignore[attr-defined]
        self.fields["to_level"].choices = list(levels.items())  # type: ignore[attr-defined]
        needs = [step.needs for step in STEPS if step.slug in steps]
        if not any(DOCUMENT in one for one in needs):
            del self.fields["document_number"], self.fields["document_date"]
        if "return" not in steps:
            del self.fields["to_level"]
        if not any(step.is_review for step in STEPS if step.slug in steps):
            del self.fields["opinion"]
        if not may_hold(user) or not HOLDABLE & set(steps):
            del self.fields["is_held"], self.fields["release_at"]

    def clean_to_level(self) -> str:
        return str(self.cleaned_data["to_level"] or RETURNED)

    def clean_release_at(self) -> datetime | None:
        return clean_later(self.cleaned_data["release_at"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("release_at") and not said.get("is_held"):
            self.add_error("release_at", "填了下达时间，没有勾选“暂存决定，统一下达”。请勾选，或清空时间。")
        return said


def clean_later(moment: datetime | None) -> datetime | None:
    if moment and moment <= timezone.now():
        raise forms.ValidationError("定时下达的时间已过。请选以后的时间，或不填、由人统一下达。")
    return moment


def ticked_forms(request: HttpRequest) -> list[int]:
    return numbers_in(request.POST.getlist("form"))


def decision_url(decision: Decision) -> str:
    return reverse("admin:targets_decision", args=[decision.pk])


def decisions_page(request: HttpRequest) -> HttpResponse:
    """What this person asked for in bulk, the latest first."""
    user = person(request)
    if not offered(user):
        raise Http404
    numbers = {state: Count("forms", filter=Q(forms__state=state)) for state in State.values}
    own = Decision.objects.filter(person=user).exclude(confirmed_at=None).annotate(**numbers)
    page = Paginator(own.order_by("-confirmed_at"), FORMS_A_PAGE).get_page(request.GET.get("page"))
    lines = [
        {"decision": one, "label": label_for(user, one.step), "told": _in_words({s: getattr(one, s) for s in State})}
        for one in page.object_list
    ]
    return bulk_page(request, "list", "成批办理记录", {"page": page, "lines": lines})


def decision_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Its asker's alone: to say what is wanted, then the check, then how far it is, then what became of each form."""
    user = person(request)
    decision = get_object_or_404(Decision.objects.filter(person=user).select_related("person"), pk=pk)
    if request.method == "POST" and request.POST.get("do") in DEEDS:
        DEEDS[request.POST["do"]](request, decision)
        return HttpResponseRedirect(decision_url(decision))
    if decision.confirmed_at is not None:
        return _result(request, decision, user)
    if request.method == "POST" or not decision.step or "edit" in request.GET:
        return _ask(request, decision, user)
    lines = _lines(decision, user)
    number = lines.filter(reason="").count()
    context = _said(decision, user) | _paged(request, lines)
    context |= {"able": number, "unable": context["page"].paginator.count - number}
    context["held_before"] = _held_before(decision, user) if not decision.is_held else 0
    return bulk_page(request, "check", f"{context['label']}：核对", context)


def _ask(request: HttpRequest, decision: Decision, user: Person) -> HttpResponse:
    states = dict(_lines(decision, user).order_by().values_list("declaration__state").annotate(number=Count("pk")))
    fitting = {
        slug: sum(states.get(state, 0) for step in STEPS if step.slug == slug for state in step.sources)
        for slug in _steps_of(decision, user)
    }
    steps = {slug: f"{label}（状态相符 {fitting[slug]} 张）" for slug, label in _steps_of(decision, user).items()}
    years = BudgetYear.objects.filter(declarations__decisions__decision=decision).distinct()
    in_use = {level for year in years for level in year.levels_in_use}
    lower = {level for state in states for level in lower_levels(state, tuple(in_use))}
    levels = {level: words for level, words in RETURN_WORDS.items() if level in lower}
    likely = max(ONWARD & fitting.keys(), key=lambda slug: fitting[slug], default="")
    initial = {name: getattr(decision, name) for name in Wish.base_fields} | {"step": decision.step or likely}
    form = Wish(request.POST or None, initial=initial, steps=steps, levels=levels, user=user)
    if request.method == "POST" and form.is_valid():
        say(decision, **form.cleaned_data)
        return HttpResponseRedirect(decision_url(decision))
    told = [(STATES[state], number) for state, number in states.items()]
    context = {"decision": decision, "form": form, "states": told, "number": sum(states.values()), "most": MOST}
    return bulk_page(request, "ask", "成批办理", context)


def _steps_of(decision: Decision, user: Person) -> dict[str, str]:
    """What may be asked here: what the person's roles take, and what a page of its own began with."""
    begun = {decision.step: label_for(user, decision.step)} if decision.step else {}
    return offered(user) | begun


def _said(decision: Decision, user: Person) -> dict[str, Any]:
    return {
        "decision": decision,
        "label": label_for(user, decision.step),
        "returns_to": RETURN_WORDS.get(decision.to_level, "") if decision.step == "return" else "",
    }


def _result(request: HttpRequest, decision: Decision, user: Person) -> HttpResponse:
    job = decision.jobs.order_by("-pk").first()
    context = _said(decision, user) | {"job": job, "doing": "暂存" if decision.is_held else "办理"}
    if job is not None and not job.is_over:
        revive_jobs()
        return bulk_page(request, "progress", f"{context['label']}：正在办理", context)
    states = Counter(dict(_lines(decision, user).order_by().values_list("state").annotate(number=Count("pk"))))
    context |= _paged(request, _lines(decision, user))
    context |= {"counts": [(State(one).label, states[one]) for one in State.values if states[one]]}
    context["left"] = states[State.WAITING]
    return bulk_page(request, "result", f"{context['label']}：结果", context)


def _lines(decision: Decision, user: Person) -> QuerySet[DecidedForm]:
    """What stays first, with why; as far as the person sees the forms today."""
    seen = decision.forms.filter(declaration__in=Declaration.objects.visible_to(user))
    stays = Case(When(reason="", then=Value(1)), default=Value(0))
    return seen.order_by(stays, "id")


def _paged(request: HttpRequest, lines: QuerySet[DecidedForm]) -> dict[str, Any]:
    related = lines.select_related("declaration__unit", "declaration__department", "declaration__current_revision")
    light = related.defer("declaration__goal", "declaration__extra", "declaration__current_revision__frozen")
    page = Paginator(light, FORMS_A_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "lines": [(line, form_url(line.declaration)) for line in page.object_list]}


def _held_before(decision: Decision, user: Person) -> int:
    forms = decision.forms.filter(reason="").values("declaration")
    return DecidedForm.objects.held().visible_to(user).filter(declaration__in=forms).count()


def _in_words(numbers: dict[Any, int]) -> str:
    return "，".join(f"{State(state).label} {number} 张" for state, number in numbers.items() if number)


# Deeds ----------------------------------------------------------------------------------------------------------------


def _confirm(request: HttpRequest, decision: Decision) -> None:
    if not decision.step:
        messages.error(request, "没有办理：还没有核对。请先选择办理事项并核对。")
        return
    confirm(decision)
    start_steps(decision)


def _continue(request: HttpRequest, decision: Decision) -> None:
    if decision.confirmed_at is None or start_steps(decision) is None:
        messages.warning(request, "没有要继续办理的表，或正在办理。")


def _cancel(request: HttpRequest, decision: Decision) -> None:
    job = decision.jobs.order_by("-pk").first()
    if job is None or not jobs.ask_to_cancel(job):
        messages.warning(request, "已经办理完，不能取消。")
    else:
        messages.info(request, "正在取消：已办理的有效，其余不再办理。")


DEEDS: dict[str, Callable[[HttpRequest, Decision], None]] = {
    "confirm": _confirm,
    "continue": _continue,
    "cancel": _cancel,
}


def bulk_page(request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
    frame = {**admin.site.each_context(request), "title": title}
    return render(request, f"targets/decision/{name}.html", frame | context)


admin.site.add_page("bulk/", decisions_page, "targets_decisions")  # type: ignore[attr-defined]
admin.site.add_page("bulk/<int:pk>/", decision_page, "targets_decision")  # type: ignore[attr-defined]
