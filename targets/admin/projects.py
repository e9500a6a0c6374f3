"""项目支出绩效目标表: the list of projects, and the pages that concern forms of both kinds."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from targets.admin.declarations import DeclarationAdmin
from targets.admin.steps import adopt_view, approve_view, waivers_view
from targets.models import BudgetProject


@admin.register(BudgetProject)
class BudgetProjectAdmin(DeclarationAdmin):
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
