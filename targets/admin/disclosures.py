"""绩效公开: one set on its way from choosing to the public, each deed a POST, each refusal a sentence on the page."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, ForeignKey, Model, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from departments.models import Division
from departments.roles import PERFORMANCE_REVIEWER
from departments.scoped_admin import ScopedAdmin, person
from targets.disclosure import desk
from targets.disclosure.concerns import concerns
from targets.disclosure.desk import DisclosureRefused
from targets.disclosure.summary import summarise, summary_of
from targets.models import BudgetYear, Disclosure, DisclosureItem
from targets.templatetags.targets_ui import money
from targets.views import form_page, list_page, with_texts

Deed = Callable[[Disclosure], str]
"""Does something and returns the sentence that says so."""


@admin.register(Disclosure)
class DisclosureAdmin(ScopedAdmin):
    change_roles = add_roles = frozenset({PERFORMANCE_REVIEWER})
    list_display = ("title", "year", "state", "form_count", "total", "reported_on")
    list_filter = ("year",)
    search_fields = ("title",)
    search_help_text = "标题"
    change_form_template = "targets/disclosure/change.html"

    @admin.display(description="公开", ordering="published_at")
    def state(self, disclosure: Disclosure) -> str:
        day = timezone.localdate(disclosure.published_at) if disclosure.published_at else None
        return f"{day:%Y-%m-%d} 公开" if day else "未公开"

    @admin.display(description="绩效目标表（张）", ordering="form_count")
    def form_count(self, disclosure: Any) -> int:
        return int(disclosure.form_count)

    @admin.display(description="项目金额（万元）", ordering="sum_of_totals")
    def total(self, disclosure: Any) -> str:
        return money(disclosure.sum_of_totals)

    # Rights and standard pages -------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)
        return found.annotate(form_count=Count("items"), sum_of_totals=Sum("items__total"))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if isinstance(obj, Disclosure):
            return not desk.why_not(obj, person(request))
        return super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The chosen forms are of its division and year."""
        return ("division_name", "year") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """As words: Django would link a chosen division to its page, which the performance office does not have."""
        return ("division_name" if obj else "division", "year", "title", "foreword")

    @admin.display(description="财政区划")
    def division_name(self, disclosure: Disclosure) -> str:
        return str(disclosure.division)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "division":
            kwargs["queryset"] = Division.objects.filter(pk__in=desk.divisions_of(person(request)))
            kwargs["empty_label"] = None
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The newest year that has something to choose: the year cannot be changed afterwards."""
        years = BudgetYear.objects.filter(division__in=desk.divisions_of(person(request)))
        newest = years.filter(declarations__approved_revision__isnull=False).first() or years.first()
        year = newest.year if newest else timezone.localdate().year
        return {"year": year, "title": f"{year}年预算重点项目及部门整体绩效公开"}

    def save_model(self, request: HttpRequest, obj: Disclosure, form: Any, change: bool) -> None:  # noqa: FBT001
        by = person(request)
        if change:
            desk.reword(obj, title=obj.title, foreword=obj.foreword, by=by)
        else:
            obj.created_by = by
            super().save_model(request, obj, form, change)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DisclosureRefused as refusal:
            messages.error(request, f"没有保存：{refusal}")
            return HttpResponseRedirect(request.path)

    def response_add(self, request: HttpRequest, obj: Disclosure, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(request, f"已建立“{obj}”。下一步：选表。")
        return HttpResponseRedirect(self._address("change", obj))

    def response_change(self, request: HttpRequest, obj: Disclosure) -> HttpResponse:
        messages.success(request, "已保存标题和编报说明。")
        return HttpResponseRedirect(self._address("change", obj))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        disclosure = self.get_object(request, object_id)
        refusal = desk.why_not(disclosure, person(request))
        if refusal and request.method == "POST":
            return self._refuse(request, disclosure, f"没有保存：{refusal}")
        items = disclosure.items.select_related("department")
        context = {
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            "subtitle": None,
            "title": disclosure.title,
            "items": items,
            "summary": summary_of(items),
            "today": timezone.localdate(),
            "may_act": not refusal,
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    # Pages and deeds of their own ----------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "choose": ("<int:pk>/choose/", self.choose_view),
            "offer_foreword": ("<int:pk>/foreword/", self.offer_foreword_view),
            "report": ("<int:pk>/report/", self.report_view),
            "publish": ("<int:pk>/publish/", self.publish_view),
            "preview": ("<int:pk>/preview/", self.preview_view),
            "preview_form": ("<int:pk>/preview/<int:item>/", self.preview_form_view),
        }
        own = [
            path(route, self.admin_site.admin_view(view), name=f"targets_disclosure_{name}")
            for name, (route, view) in views.items()
        ]
        return [*own, *super().get_urls()]

    def choose_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        disclosure = self.get_object(request, str(pk))
        by = person(request)
        if refusal := desk.why_not(disclosure, by):
            return self._refuse(request, disclosure, refusal)
        if request.method == "POST":
            return self._do(request, disclosure, lambda one: self._choose(request, one), stay="choose")
        found = desk.choices(disclosure, by)
        chosen = [choice for choice in found if choice.is_chosen]
        summary = summarise((choice.record.kind, choice.record.total) for choice in chosen)
        return self._page(request, disclosure, "choose", "选表", choices=found, summary=summary)

    def _choose(self, request: HttpRequest, disclosure: Disclosure) -> str:
        by = person(request)
        known = {str(form.pk): form for form in desk.choosable(disclosure, by)}
        ticked = dict.fromkeys(request.POST.getlist("form"))
        if unknown := [one for one in ticked if one not in known]:
            raise DisclosureRefused(f"所选的表有 {len(unknown)} 张现在不能选入，没有保存。请刷新后重新选择。")
        desk.choose(disclosure, [known[one] for one in ticked], by=by)
        return f"已保存选表：{summary_of(disclosure.items.all())}。"

    def offer_foreword_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        def offer(disclosure: Disclosure) -> str:
            desk.offer_foreword(disclosure, by=person(request))
            return "已按所选的表起草编报说明，请逐句核对修改后保存。"

        return self._do(request, self.get_object(request, str(pk)), offer)

    def report_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        def report(disclosure: Disclosure) -> str:
            typed = request.POST.get("reported_on", "").strip()
            try:
                day = date.fromisoformat(typed)
            except ValueError:
                raise DisclosureRefused(f"报人大日期“{typed[:20]}”不是日期，没有登记。请写成如 2023-01-10。") from None
            desk.report_to_congress(disclosure, day, by=person(request))
            return f"已登记报人大：{day:%Y-%m-%d}。"

        return self._do(request, self.get_object(request, str(pk)), report)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        disclosure = self.get_object(request, str(pk))

        def publish(one: Disclosure) -> str:
            desk.publish(one, by=person(request), seen=request.POST.get("seen", ""))
            return f"已公开：{summary_of(one.items.all())}。公开页面现在就能看到。"

        if request.method == "POST":
            return self._do(request, disclosure, publish)
        if refusal := desk.why_not(disclosure, person(request)):
            return self._refuse(request, disclosure, refusal)
        items = list(with_texts(disclosure.items.all()))
        context = {
            "items": items,
            "summary": summarise((item.kind, item.total) for item in items),
            "concerns": concerns(disclosure, items),
            "seen": desk.fingerprint(disclosure),
        }
        return self._page(request, disclosure, "publish", "公开前核对", **context)

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        disclosure = self.get_object(request, str(pk))
        if disclosure.is_published:
            return HttpResponseRedirect(f"{reverse('public:list')}?year={disclosure.year}")
        return list_page(request, disclosure.items.all(), [disclosure], is_preview=True)

    def preview_form_view(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        disclosure = self.get_object(request, str(pk))
        found: DisclosureItem = get_object_or_404(with_texts(disclosure.items.all()), pk=item)
        if disclosure.is_published:
            return HttpResponseRedirect(reverse("public:form", args=[found.pk]))
        return form_page(request, found, is_preview=True)

    def _address(self, name: str, disclosure: Disclosure) -> str:
        return reverse(f"admin:targets_disclosure_{name}", args=[disclosure.pk])

    def _page(
        self, request: HttpRequest, disclosure: Disclosure, template: str, title: str, **context: Any
    ) -> HttpResponse:
        frame = self.admin_site.each_context(request)
        about = {"opts": self.opts, "disclosure": disclosure, "title": f"{title}：{disclosure}"}
        return TemplateResponse(request, f"targets/disclosure/{template}.html", {**frame, **about, **context})

    def _refuse(self, request: HttpRequest, disclosure: Disclosure, refusal: str, stay: str = "change") -> HttpResponse:
        messages.error(request, refusal)
        return HttpResponseRedirect(self._address(stay, disclosure))

    def _do(self, request: HttpRequest, disclosure: Disclosure, deed: Deed, stay: str = "change") -> HttpResponse:
        """Do it and say so; a refusal leads back to the page `stay`."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            said = deed(disclosure)
        except DisclosureRefused as refusal:
            return self._refuse(request, disclosure, str(refusal), stay)
        self.log_change(request, disclosure, said)
        messages.success(request, said)
        return HttpResponseRedirect(self._address("change", disclosure))
