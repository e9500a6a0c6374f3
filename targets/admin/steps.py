"""Steps and explanations: a step on one form, 批复 of many, 情况说明 decided by the performance office."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from departments.models import Department, Person
from departments.roles import BUDGET_OFFICE, PERFORMANCE_REVIEWER
from departments.scoped_admin import person
from targets.admin.page import Desk, address, show
from targets.domain.steps import PASSED, RETURNED
from targets.forms import Approval, StepOrder
from targets.models import Declaration, Waiver
from targets.review import Order, StepRefused, take_step, take_steps, whose_turn
from targets.waivers import decide, waive

PEOPLE_OF_WAIVERS = ("declaration__unit", "declaration__department", "asked_by")


def step_view(request: HttpRequest, admin: ModelAdmin[Any], declaration: Declaration, slug: str) -> HttpResponse:
    """Take one step; a refusal comes back on the form's page with everything that was typed."""
    if request.method != "POST":
        return HttpResponseRedirect(address(declaration))
    form = StepOrder(request.POST)
    if not form.is_valid():
        faults = [str(fault) for field in form.errors.values() for fault in field]
        return show(request, admin, declaration, Desk(error="".join(faults), said=request.POST.dict()))
    said = form.cleaned_data
    order = Order(
        opinion=said["opinion"],
        seen_revision=said["seen_revision"],
        to_level=said["to_level"] or RETURNED,
        document_number=said["document_number"],
        document_date=said["document_date"],
    )
    try:
        event = take_step(declaration, slug, by=person(request), order=order)
    except StepRefused as refusal:
        declaration.refresh_from_db()
        return show(request, admin, declaration, Desk(error=str(refusal), said=request.POST.dict()))
    turn = whose_turn(declaration)
    waits = "" if turn == "—" else f"，现在轮到：{turn}"
    messages.success(request, f"“{declaration.heading}”{event.label}已办理{waits}。")
    return HttpResponseRedirect(address(declaration))


# 批复 -----------------------------------------------------------------------------------------------------------------


def approve_view(request: HttpRequest, admin: ModelAdmin[Any]) -> HttpResponse:
    """Approve passed forms in one go, with one document; each is told."""
    user = person(request)
    if not user.scope.holds(BUDGET_OFFICE, PERFORMANCE_REVIEWER):
        raise Http404
    passed = _passed(user)
    form = Approval(request.POST or None)
    chosen = {int(number) for number in request.POST.getlist("form") if number.isdecimal() and len(number) < 18}
    if request.method == "POST" and not chosen:
        form.add_error(None, "没有批复：没有选中任何一张表。请勾选要批复的表。")
    if request.method == "POST" and form.is_valid():
        order = Order(**form.cleaned_data)
        _tell(request, take_steps(passed.filter(pk__in=chosen), "approve", by=user, order=order), len(chosen))
        return HttpResponseRedirect(request.get_full_path())
    year, department = (_number(request.GET.get(name, "")) for name in ("year", "department"))
    shown = passed.filter(year=year) if year else passed
    shown = shown.filter(department=department) if department else shown
    departments = Department.objects.filter(pk__in=passed.values("department")).order_by("code", "name")
    context = {
        **admin.admin_site.each_context(request),
        "title": "绩效目标批复",
        "opts": admin.opts,
        "forms": list(shown),
        "form": form,
        "chosen": chosen,
        "year": year,
        "department": department,
        "years": list(passed.order_by("-year").values_list("year", flat=True).distinct()),
        "departments": list(departments),
    }
    return TemplateResponse(request, "targets/declaration/approve.html", context)


def _passed(user: Person) -> QuerySet[Declaration]:
    reached = user.scope.reach(BUDGET_OFFICE, PERFORMANCE_REVIEWER)
    passed = Declaration.objects.visible_to(user).filter(state=PASSED, unit__in=reached)
    return passed.select_related("unit", "department", "budget_year").order_by(
        "-year", "department__code", "kind", "id"
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _tell(request: HttpRequest, told: list[tuple[Declaration, str]], asked: int) -> None:
    done = [declaration.heading for declaration, refusal in told if not refusal]
    if done:
        messages.success(request, f"已批复{len(done)}张：{'、'.join(done[:10])}{'等' if len(done) > 10 else ''}。")
    for declaration, refusal in told:
        if refusal:
            messages.error(request, f"“{declaration.heading}”{refusal}")
    if gone := asked - len(told):
        messages.warning(request, f"另有{gone}张没有批复：它们已不在“审核通过”，可能刚被他人办理。")


# 情况说明 -------------------------------------------------------------------------------------------------------------


def waivers_view(request: HttpRequest, admin: ModelAdmin[Any]) -> HttpResponse:
    """Explanations that wait for the performance office: the finding's sentence and the explanation, no other text."""
    user = person(request)
    if not user.scope.holds(PERFORMANCE_REVIEWER):
        raise Http404
    mine = Waiver.objects.filter(declaration__unit__in=user.scope.reach(PERFORMANCE_REVIEWER))
    if request.method == "POST":
        waiver = get_object_or_404(mine.select_related("declaration__unit"), pk=_number(request.POST.get("waiver", "")))
        refusal = _decide(request, waiver, user)
        if not refusal:
            return HttpResponseRedirect(reverse("admin:targets_waivers"))
        messages.error(request, refusal)
    asked = mine.filter(decision=Waiver.Decision.ASKED).select_related(*PEOPLE_OF_WAIVERS).order_by("asked_at")
    decided = mine.exclude(decision=Waiver.Decision.ASKED).select_related(*PEOPLE_OF_WAIVERS, "decided_by")
    context = {
        **admin.admin_site.each_context(request),
        "title": "情况说明",
        "opts": admin.opts,
        "asked": list(asked),
        "decided": list(decided.order_by("-decided_at")[:20]),
        "typed_waiver": _number(request.POST.get("waiver", "")),
        "typed_reason": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "targets/declaration/waivers.html", context)


def _decide(request: HttpRequest, waiver: Waiver, user: Person) -> str:
    """ "" when done, else why not."""
    granted = request.POST.get("decision") == "granted"
    try:
        decide(waiver, granted=granted, reason=request.POST.get("reason", ""), by=user)
    except StepRefused as refusal:
        return str(refusal)
    done = "已同意" if granted else "未同意"
    messages.success(request, f"“{waiver.declaration.heading}”的情况说明{done}。")
    return ""


def waive_view(request: HttpRequest, admin: ModelAdmin[Any], declaration: Declaration) -> HttpResponse:
    """On the form's page: the performance office accepts an error, or decides its explanation."""
    if request.method != "POST":
        return HttpResponseRedirect(address(declaration))
    user = person(request)
    place = {name: request.POST.get(name, "") for name in ("rule", "row", "field")}
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("decision") == "refused":
            asked = declaration.waivers.filter(rule=place["rule"], row_key=place["row"], field=place["field"]).first()
            if asked is None:
                raise StepRefused("这处错误没有情况说明，无须处理。")
            decide(asked, granted=False, reason=reason, by=user)
        else:
            waive(declaration, **place, reason=reason, by=user)
    except StepRefused as refusal:
        return show(request, admin, declaration, Desk(error=str(refusal)))
    messages.success(request, "已处理这处错误的情况说明。")
    return HttpResponseRedirect(address(declaration))
