"""The two kinds of form, each with an admin and permissions of its own; one table holds both."""

from django.db import models

from targets.domain.record import PLAN, PROJECT
from targets.models.declaration import KIND_LABELS, Declaration, DeclarationQuerySet


class KindManager(models.Manager.from_queryset(DeclarationQuerySet)):  # type: ignore[misc]
    """Only the forms of one kind."""

    def __init__(self, kind: str = "") -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> DeclarationQuerySet:
        return super().get_queryset().filter(kind=self.kind)


class BudgetProject(Declaration):
    objects = KindManager(PROJECT)  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = KIND_LABELS[PROJECT]


class DepartmentPlan(Declaration):
    objects = KindManager(PLAN)  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = KIND_LABELS[PLAN]
