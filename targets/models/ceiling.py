"""控制数: how much a project, a unit or a department may ask for, as the budget office has told it (一下)."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from departments.models import Department, Person
from departments.roles import ADMIN, AUDITOR, BUDGET_OFFICE, PERFORMANCE_REVIEWER
from targets.domain.record import PROJECT
from targets.models.declaration import title_key
from targets.models.year import BudgetYear

THERE_ALREADY = "该年度已有这个单位（或项目）的控制数，请直接修改那一条。"
KEEPERS = (BUDGET_OFFICE, PERFORMANCE_REVIEWER, ADMIN)


class CeilingQuerySet(models.QuerySet["Ceiling"]):
    def visible_to(self, user: Person) -> "CeilingQuerySet":
        """Units read theirs on their forms, not as a list."""
        if user.is_superuser:
            return self
        return self.filter(unit__in=user.scope.reach(*KEEPERS, AUDITOR))


class Ceiling(models.Model):
    """Of one project of `unit` (by code, else by name), or without either of all its projects together."""

    budget_year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="ceilings", verbose_name="预算年度")
    unit = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="ceilings",
        verbose_name="单位",
        help_text="主管部门的控制数管它和所属单位的全部项目。",
    )
    code = models.CharField("项目代码", max_length=40, blank=True)
    title = models.CharField(
        "项目名称", max_length=200, blank=True, help_text="代码和名称都空着，就是这个单位全部项目合计的控制数。"
    )
    title_key = models.CharField(max_length=200, blank=True, editable=False)
    """What of the title names the project; "" where the code does."""
    amount = models.DecimalField(
        "控制数（元）", max_digits=18, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    document_number = models.CharField("文号", max_length=60, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ceilings",
        verbose_name="录入人",
        editable=False,
    )
    entered_name = models.CharField("录入人姓名", max_length=90, blank=True, editable=False)
    entered_at = models.DateTimeField("录入时间", auto_now=True)

    objects = CeilingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "控制数"
        ordering = ["-budget_year__year", "unit__code", "code", "title_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["budget_year", "unit", "code", "title_key"],
                name="one_ceiling_for_each",
                violation_error_message=THERE_ALREADY,
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit.label} {self.project}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.title_key = key_of_project(self.code, self.title)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.title_key = key_of_project(self.code, self.title)

    @property
    def project(self) -> str:
        return self.title or self.code or "全部项目"


def key_of_project(code: str, title: str) -> str:
    """A code names a project by itself, whatever it is called."""
    return "" if code or not title else title_key(PROJECT, title)
