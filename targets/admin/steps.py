"""Steps and explanations: a step on one form, 批复 of many, 情况说明 decided by the performance office."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from departments.models import Department, Person
from departments.roles import ADMIN, BUDGET_OFFICE, PERFORMANCE_REVIEWER
from departments.scoped_admin import person
from targets.admin.decisions import decision_url
from targets.admin.numbers import number_in, numbers_in
from targets.admin.page import Desk, address, show
from targets.decisions import choose, hold_one
from targets.domain.steps import ADJUSTMENT_ITEMS, DRAFT, PASSED, RETURNED
from targets.forms import Approval, StepOrder
from targets.guards import Order
from targets.models import Declaration, Waiver
from targets.progress import with_requests
from targets.review import StepRefused, take_step, whose_turn
from targets.waivers import decide, waive

FORMS_OF_WAIVERS = ("declaration__unit", "declaration__department")


def step_view(request: HttpRequest, admin: ModelAdmin[Any], declaration: Declaration, slug: str) -> HttpResponse:
    """Take one step; a refusal comes back on the form's page with everything that was typed."""
    if request.method != "POST":
        return HttpResponseRedirect(address(declaration))
    form = StepOrder(request.POST)
    if not form.is_valid():
        faults = [str(fault) for field in form.errors.values() for fault in field]
        return show(request, admin, declaration, Desk(error="".join(faults), said=request.POST.dict(), step=slug))
    said = form.cleaned_data
    order = Order(
        opinion=said["opinion"],
        seen_revision=said["seen_revision"],
        to_level=said["to_level"] or RETURNED,
        document_number=said["document_number"],
        document_date=said["document_date"],
        open_until=said["open_until"],
        adjustment={name: said[name] for name in ADJUSTMENT_ITEMS},
    )
    try:
        if "hold" in request.POST:
            hold_one(declaration, slug, by=person(request), order=order)
            messages.success(request, f"“{declaration.heading}”的决定已暂存，在“待下达决定”中统一下达。")
            return HttpResponseRedirect(address(declaration))
        event = take_step(declaration, slug, by=person(request), order=order)
    except StepRefused as refusal:
        declaration.refresh_from_db()
        return show(request, admin, declaration, Desk(error=str(refusal), said=request.POST.dict(), step=slug))
    turn = whose_turn(declaration)
    waits = "" if turn == "—" else f"，现在轮到：{turn}"
    messages.success(request, f"“{declaration.heading}”{event.label}已办理{waits}。")
    return HttpResponseRedirect(address(declaration))


# One step on many forms ----------------------------------------------------------------------------------------------

LISTED = 200
"""So many forms stand on the page; all that wait may be chosen."""


@dataclass(frozen=True, slots=True)
class Many:
    """A page that takes one step on many forms with one document: 批复, and 历史数据接收 of past years."""

    slug: str
    verb: str
    title: str
    roles: tuple[str, ...]
    state: str
    closed_years: bool
    since: str
    """Head of the column that says since when a form waits."""
    intro: str
    nothing: str

    def waiting(self, user: Person) -> QuerySet[Declaration]:
        found = Declaration.objects.visible_to(user).filter(state=self.state)
        if not (user.is_superuser and ADMIN in self.roles):
            found = found.filter(unit__in=user.scope.reach(*self.roles))
        if self.closed_years:
            found = found.filter(budget_year__is_closed=True, version=1)
        related = with_requests(found).select_related("unit", "department", "budget_year", "current_revision")
        return related.defer("current_revision__frozen", "goal", "extra").order_by(
            "-year", "department__code", "kind", "id"
        )

    def is_open_to(self, user: Person) -> bool:
        return user.scope.holds(*self.roles) or (ADMIN in self.roles and user.is_superuser)


APPROVE = Many(
    "approve",
    "批复",
    "绩效目标批复",
    (BUDGET_OFFICE, PERFORMANCE_REVIEWER),
    PASSED,
    closed_years=False,
    since="审核通过时间",
    intro="审核通过、等待批复的表 {} 张。批复后这一稿生效，可以公开。",
    nothing="没有等待批复的表。",
)
ADOPT = Many(
    "adopt",
    "接收",
    "历史数据接收",
    (ADMIN,),
    DRAFT,
    closed_years=True,
    since="录入时间",
    intro="已关账年度中还在编制的表 {} 张。接收后直接记为“已批复”，可以公开、比较，新年度可以从它复制。",
    nothing="没有可接收的表。请先在“预算年度”中把往年设为已关账，再导入往年的表。",
)


def approve_view(request: HttpRequest, admin: ModelAdmin[Any]) -> HttpResponse:
    return many_view(request, admin, APPROVE)


def adopt_view(request: HttpRequest, admin: ModelAdmin[Any]) -> HttpResponse:
    return many_view(request, admin, ADOPT)


def many_view(request: HttpRequest, admin: ModelAdmin[Any], many: Many) -> HttpResponse:
    """Choose the forms that take the step with one document; what may be done is shown before it is."""
    user = person(request)
    if not many.is_open_to(user):
        raise Http404
    waiting = many.waiting(user)
    form = Approval(request.POST or None, label=many.verb)
    year, department, batch = (number_in(request.GET.get(name, "")) for name in ("year", "department", "batch"))
    shown = waiting.filter(year=year) if year else waiting
    shown = shown.filter(department=department) if department else shown
    shown = shown.filter(current_revision__batch=batch) if batch else shown
    asked = request.POST.getlist("form") or request.GET.getlist("form")
    chosen = set(numbers_in(asked))
    if request.method == "POST" and form.is_valid():
        ticked = Declaration.objects.visible_to(user).filter(pk__in=chosen)
        wanted = shown if "all" in request.POST else ticked  # what has left meanwhile is told in the check
        try:
            return HttpResponseRedirect(decision_url(choose(wanted, by=user, step=many.slug, **form.cleaned_data)))
        except StepRefused as refusal:
            form.add_error(None, str(refusal))
    if request.method == "GET" and chosen:
        shown = shown.filter(pk__in=chosen)
    count = shown.count()
    forms = list(shown[:LISTED])
    departments = Department.objects.filter(pk__in=waiting.order_by().values("department")).order_by("code", "name")
    context = {
        **admin.admin_site.each_context(request),
        "title": many.title,
        "opts": admin.opts,
        "many": many,
        "intro": many.intro.format(count),
        "lines": [(one, many is APPROVE or one.is_own_text_of(user)) for one in forms],
        "count": count,
        "left_out": count - len(forms),
        "form": form,
        "chosen": chosen,
        "year": year,
        "department": department,
        "batch": batch,
        "years": list(waiting.order_by("-year").values_list("year", flat=True).distinct()),
        "departments": list(departments),
    }
    return TemplateResponse(request, "targets/declaration/many.html", context)


# 情况说明 -------------------------------------------------------------------------------------------------------------


def waivers_view(request: HttpRequest, admin: ModelAdmin[Any]) -> HttpResponse:
    """Explanations that wait for the performance office: the finding's sentence and the explanation, no other text."""
    user = person(request)
    if not user.scope.holds(PERFORMANCE_REVIEWER):
        raise Http404
    mine = Waiver.objects.filter(declaration__unit__in=user.scope.reach(PERFORMANCE_REVIEWER))
    if request.method == "POST":
        waiver = get_object_or_404(
            mine.select_related("declaration__unit"), pk=number_in(request.POST.get("waiver", ""))
        )
        refusal = _decide(request, waiver, user)
        if not refusal:
            return HttpResponseRedirect(reverse("admin:targets_waivers"))
        messages.error(request, refusal)
    asked = mine.filter(decision=Waiver.Decision.ASKED).select_related(*FORMS_OF_WAIVERS).order_by("asked_at")
    decided = mine.exclude(decision=Waiver.Decision.ASKED).select_related(*FORMS_OF_WAIVERS)
    context = {
        **admin.admin_site.each_context(request),
        "title": "情况说明",
        "opts": admin.opts,
        "asked": list(asked),
        "decided": list(decided.order_by("-decided_at")[:20]),
        "typed_waiver": number_in(request.POST.get("waiver", "")),
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
