"""部门整体绩效目标表: one a unit and year, so the list speaks of units and not of titles."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin

from targets.admin.declarations import DeclarationAdmin
from targets.models import Declaration, DepartmentPlan


@admin.register(DepartmentPlan)
class DepartmentPlanAdmin(DeclarationAdmin):
    def columns(self, amount: Callable[..., Any], findings: Callable[..., Any]) -> tuple[Any, ...]:
        return ("heading_column", "place", "rows", "state_column", findings, "changed")

    @admin.display(description="名称", ordering="unit__code")
    def heading_column(self, declaration: Declaration) -> str:
        return declaration.heading

    @admin.display(description="指标行数", ordering="row_count")
    def rows(self, declaration: Declaration) -> int:
        return declaration.row_count
