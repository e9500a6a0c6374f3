"""项目支出绩效目标表: the list of projects, and the pages that concern forms of both kinds."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from departments.roles import PERFORMANCE_REVIEWER
from departments.scoped_admin import person
from targets.admin.declarations import DeclarationAdmin
from targets.admin.steps import adopt_view, approve_view, waivers_view
from targets.assessing import KINDS_OF_PROJECTS, mark_key
from targets.models import BudgetProject


@admin.register(BudgetProject)
class BudgetProjectAdmin(DeclarationAdmin):
    actions: tuple[str, ...] = (*DeclarationAdmin.actions, "mark_as_key", "mark_as_general")

    def has_key_permission(self, request: HttpRequest) -> bool:
        return person(request).scope.holds(PERFORMANCE_REVIEWER)

    @admin.action(description="标为重点项目", permissions=["key"])
    def mark_as_key(self, request: HttpRequest, queryset: QuerySet[BudgetProject]) -> None:
        self._mark(request, queryset, is_key=True)

    @admin.action(description="改为一般性项目", permissions=["key"])
    def mark_as_general(self, request: HttpRequest, queryset: QuerySet[BudgetProject]) -> None:
        self._mark(request, queryset, is_key=False)

    def _mark(self, request: HttpRequest, queryset: QuerySet[BudgetProject], *, is_key: bool) -> None:
        """Which projects are key ones decides which review form they get."""
        marked = mark_key(queryset, is_key=is_key, by=person(request))
        messages.success(request, f"已将{marked}张表标为{KINDS_OF_PROJECTS[is_key]}。")
        if left := queryset.count() - marked:
            messages.warning(request, f"有{left}张没有改动：已作废，或不归您管理。")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("approve/", view(self.approve), name="targets_approve"),
            path("adopt/", view(self.adopt), name="targets_adopt"),
            path("waivers/", view(self.waivers), name="targets_waivers"),
            *super().get_urls(),
        ]

    def approve(self, request: HttpRequest) -> HttpResponse:
        return approve_view(request, self)

    def adopt(self, request: HttpRequest) -> HttpResponse:
        return adopt_view(request, self)

    def waivers(self, request: HttpRequest) -> HttpResponse:
        return waivers_view(request, self)
