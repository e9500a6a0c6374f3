"""控制数: typed or imported by finance; and 按控制数退回 of the forms whose money does not agree."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import ForeignKey, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from departments.models import Person
from departments.roles import AUDITOR, BUDGET_OFFICE, PERFORMANCE_REVIEWER
from departments.scoped_admin import ScopedAdmin, person
from departments.transfer_admin import TransferAdmin
from targets.admin.numbers import numbers_in
from targets.ceilings import WAN, disagreements, wan, with_ceilings
from targets.domain.steps import PASSED, RETURN_BY_CEILING, REVIEW_LEVELS
from targets.guards import Order
from targets.models import BudgetYear, Ceiling, Declaration
from targets.models.ceiling import KEEPERS, THERE_ALREADY, key_of_project
from targets.review_many import Asked, lock_forms, take_together
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
    list_select_related = ("unit", "budget_year", "entered_by")
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
        return format_html('<span class="nw">{}<span class="sub">{}</span></span>', obj.entered_by or "", day)

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
        super().save_model(request, obj, form, change)


# 按控制数退回 -----------------------------------------------------------------------------------------------------------


def returnable(user: Person) -> QuerySet[Any]:
    """Sent forms whose money does not agree, of the units this person answers for."""
    sent = Declaration.objects.visible_to(user).filter(
        state__in=(*REVIEW_LEVELS, PASSED), unit__in=user.scope.reach(*RETURNERS)
    )
    found = with_ceilings(sent).filter(is_off=True).select_related("unit", "department", "campaign")
    return found.defer("goal", "extra").order_by("-year", "department__code", "unit__code", "title_key", "pk")


def returns_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not user.scope.holds(*RETURNERS):
        raise Http404
    if request.method == "POST":
        _return(request, user)
        return HttpResponseRedirect(request.get_full_path())
    found = returnable(user)
    listed = list(found[: AT_ONCE + 1])
    context = {
        **admin.site.each_context(request),
        "title": "按控制数退回",
        "lines": [(form, disagreements(form)) for form in listed[:AT_ONCE]],
        "has_more": len(listed) > AT_ONCE,
    }
    return render(request, "targets/declaration/by_ceiling.html", context)


def _return(request: HttpRequest, user: Person) -> None:
    """Together, each told."""
    ticked = numbers_in(request.POST.getlist("form"))[:AT_ONCE]
    ids = list(Declaration.objects.visible_to(user).filter(pk__in=ticked).values_list("pk", flat=True))
    if not ids:
        messages.error(request, "没有退回：没有勾选任何一张表。请勾选要退回的表。")
        return
    order = Order(opinion=request.POST.get("opinion", ""))
    with transaction.atomic():
        locked = lock_forms(ids)
        asked = [Asked(form, RETURN_BY_CEILING, user, order) for form in locked.values()]
        told = list(zip(locked.values(), take_together(asked), strict=True))
    done = [form.heading for form, refusal in told if not refusal]
    if done:
        messages.success(
            request, f"已按控制数退回{len(done)}张：{'、'.join(done[:10])}{'等' if len(done) > 10 else ''}。"
        )
    for form, refusal in told:
        if refusal:
            messages.error(request, f"“{form.heading}”{refusal}")


admin.site.add_page("ceilings/return/", returns_page, "targets_ceiling_returns")  # type: ignore[attr-defined]
