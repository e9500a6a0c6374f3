"""控制数: typed or imported by finance; and what becomes of the forms whose money does not agree, now or when the next round opens."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import ForeignKey, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from departments.models import Person
from departments.roles import AUDITOR, BUDGET_OFFICE, PERFORMANCE_REVIEWER
from departments.scoped_admin import ScopedAdmin, person
from departments.transfer_admin import TransferAdmin
from targets.admin.numbers import numbers_in
from targets.ceilings import disagreements, wan, with_ceilings
from targets.decisions import carry_out, choose, confirm
from targets.domain.sheets.amounts import WAN
from targets.domain.steps import APPROVED, ASK_ADJUSTMENT, PASSED, RETURN_BY_CEILING, REVIEW_LEVELS
from targets.guards import Order
from targets.models import BudgetYear, Campaign, Ceiling, Declaration
from targets.models.ceiling import KEEPERS, THERE_ALREADY, key_of_project
from targets.review import label_of
from targets.review_many import LONG, RELATED, Asked, lock_forms, refusals_of, take_together
from targets.signing import signed
from targets.transfer import CeilingResource

AT_ONCE = 200
"""So many forms are listed, and returned in one request."""
RETURNERS = (BUDGET_OFFICE, PERFORMANCE_REVIEWER)


class CeilingForm(forms.ModelForm[Ceiling]):
    """Money is typed in 万元, as everywhere on screen."""

    wan = forms.DecimalField(label="控制数（万元）", min_value=Decimal(0), max_digits=14, decimal_places=6)

    class Meta:
        model = Ceiling
        fields = ("budget_year", "unit", "code", "title", "document_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["wan"] = wan(self.instance.amount).replace(",", "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("wan") is not None:
            self.instance.amount = cleaned["wan"] * WAN
        key = key_of_project(cleaned.get("code", ""), cleaned.get("title", ""))
        same = Ceiling.objects.filter(
            budget_year=cleaned.get("budget_year"),
            unit=cleaned.get("unit"),
            code=cleaned.get("code", ""),
            title_key=key,
        )
        if same.exclude(pk=self.instance.pk).exists():  # Django leaves out constraints of fields that the form has not
            self.add_error(None, THERE_ALREADY)
        return cleaned


@admin.register(Ceiling)
class CeilingAdmin(TransferAdmin, ScopedAdmin):
    resource_classes = [CeilingResource]
    view_roles = frozenset({*KEEPERS, AUDITOR})
    change_roles = add_roles = frozenset(KEEPERS)
    form = CeilingForm
    list_display = ("unit", "project", "year", "amount_column", "document", "entered")
    list_filter = ("budget_year",)
    list_select_related = ("unit", "budget_year")
    search_fields = ("unit__name", "unit__code", "code", "title", "document_number")
    search_help_text = "单位、项目、文号"
    autocomplete_fields = ("unit",)
    show_facets = admin.ShowFacets.NEVER
    in_words: ClassVar[dict[str, str]] = {"wan": "amount_column"}
    fieldsets = ((None, {"fields": ("budget_year", "unit", "code", "title", "wan", "document_number")}),)

    @admin.display(description="项目", ordering="title")
    def project(self, obj: Ceiling) -> str:
        return obj.project

    @admin.display(description="年度", ordering="budget_year__year")
    def year(self, obj: Ceiling) -> str:
        return f"{obj.budget_year.year}年"

    @admin.display(description="控制数（万元）", ordering="amount")
    def amount_column(self, obj: Ceiling) -> SafeString:
        return format_html('<div class="num">{}</div>', wan(obj.amount))

    @admin.display(description="录入", ordering="entered_at")
    def entered(self, obj: Ceiling) -> SafeString:
        day = f"{localtime(obj.entered_at):%Y-%m-%d}"
        return format_html('<span class="nw">{}<span class="sub">{}</span></span>', obj.entered_name, day)

    @admin.display(description="文号", ordering="document_number")
    def document(self, obj: Ceiling) -> SafeString:
        return format_html('<span class="nw">{}</span>', obj.document_number or "—")

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "budget_year":
            kept = person(request).scope.reach(*KEEPERS)
            years = BudgetYear.objects.filter(is_closed=False)
            found = years if person(request).is_superuser else years.filter(division__departments__in=kept).distinct()
            kwargs["queryset"] = found
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Ceiling, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        obj.entered_by = person(request)
        obj.entered_name = signed(obj.entered_by, obj.unit_id, *KEEPERS)
        super().save_model(request, obj, form, change)


# 按控制数退回 -----------------------------------------------------------------------------------------------------------


def step_of(form: Declaration) -> str:
    """What is approved is adjusted, the rest goes back."""
    return ASK_ADJUSTMENT if form.state == APPROVED else RETURN_BY_CEILING


def off_forms(user: Person) -> QuerySet[Any]:
    """Sent and approved forms whose money does not agree, of the units this person answers for."""
    sent = Declaration.objects.visible_to(user).filter(
        state__in=(*REVIEW_LEVELS, PASSED, APPROVED),
        unit__in=user.scope.reach(*RETURNERS),
        budget_year__is_closed=False,
    )
    found = with_ceilings(sent).filter(is_off=True).select_related("campaign", *RELATED).defer("goal", "extra", *LONG)
    light = found.prefetch_related("budget_year__campaigns")
    return light.order_by("-year", "department__code", "unit__code", "title_key", "pk")


def returns_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not user.scope.holds(*RETURNERS):
        raise Http404
    if request.method == "POST":
        _deal(request, user)
        return HttpResponseRedirect(request.get_full_path())
    found = list(off_forms(user)[: AT_ONCE + 1])
    listed = found[:AT_ONCE]
    refusals = refusals_of([Asked(form, step_of(form), user, Order()) for form in listed])
    open_to = [form for form, refusal in zip(listed, refusals, strict=True) if not refusal]
    context = {
        **admin.site.each_context(request),
        "title": "按控制数退回",
        "lines": [(form, disagreements(form)) for form in open_to],
        "asked": len(listed) - len(open_to),
        "later": "、".join(filter(None, dict.fromkeys(map(_opening, open_to)))),
        "has_more": len(found) > AT_ONCE,
    }
    return render(request, "targets/declaration/by_ceiling.html", context)


def _opening(form: Declaration) -> str:
    coming = form.budget_year.next_round()
    return f"“{coming.name}”（{date_format(localtime(coming.opens_at), 'n月j日 H:i')}）" if coming else ""


def _deal(request: HttpRequest, user: Person) -> None:
    """Together, each told: now, or held until the round to come opens."""
    ticked = numbers_in(request.POST.getlist("form"))[:AT_ONCE]
    forms = Declaration.objects.visible_to(user).filter(pk__in=ticked).select_related("budget_year")
    chosen = {form.pk: form for form in forms}
    if not chosen:
        messages.error(request, "没有办理：没有勾选任何一张表。请勾选。")
        return
    opinion = request.POST.get("opinion", "")
    if "later" in request.POST:
        _hold(request, user, chosen.values(), opinion)
        return
    with transaction.atomic():
        locked = lock_forms(list(chosen))
        asked = [Asked(form, step_of(form), user, Order(opinion=opinion)) for form in locked.values()]
        told = [(one.slug, one.form.heading, said) for one, said in zip(asked, take_together(asked), strict=True)]
    for slug, words in ((RETURN_BY_CEILING, "已按控制数退回"), (ASK_ADJUSTMENT, "已要求按控制数调整")):
        if done := [name for step, name, refusal in told if step == slug and not refusal]:
            messages.success(request, f"{words}{len(done)}张：{_names(done)}。")
    for _, name, refusal in told:
        if refusal:
            messages.error(request, f"“{name}”{refusal}")


def _hold(request: HttpRequest, user: Person, forms: Iterable[Declaration], opinion: str) -> None:
    """For each step and round a decision of its own, released by time in this person's name."""
    groups: dict[tuple[str, Campaign], list[Declaration]] = defaultdict(list)
    for form in forms:
        if coming := form.budget_year.next_round():
            groups[step_of(form), coming].append(form)
        else:
            messages.error(request, f"“{form.heading}”没有拟定：{form.budget_year}没有还未开始的批次。请现在办理。")
    for (slug, coming), of_round in groups.items():
        chosen = Declaration.objects.filter(pk__in=[form.pk for form in of_round])
        held = choose(chosen, by=user, step=slug, opinion=opinion, is_held=True, release_at=coming.opens_at)
        confirm(held)
        carry_out(held)
        lines = list(held.forms.select_related("declaration__unit"))
        if done := [line.declaration.heading for line in lines if not line.reason]:
            opens = date_format(localtime(coming.opens_at), "Y年n月j日 H:i")
            words = f"已拟定{len(done)}张，{opens}“{coming.name}”开始时{label_of(slug)}：{_names(done)}。"
            messages.success(request, f"{words}此前可在“待下达决定”中撤回。")
        for line in lines:
            if line.reason:
                messages.error(request, f"“{line.declaration.heading}”{line.reason}")


def _names(headings: Sequence[str]) -> str:
    return f"{'、'.join(headings[:10])}{'等' if len(headings) > 10 else ''}"


admin.site.add_page("ceilings/return/", returns_page, "targets_ceiling_returns")  # type: ignore[attr-defined]
