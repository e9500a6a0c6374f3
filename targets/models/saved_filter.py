"""常用筛选: what a person narrows a list of forms by again and again, under a name of his own."""

from django.conf import settings
from django.db import models

from targets.domain.record import PLAN, PROJECT


class SavedFilter(models.Model):
    """`query` is the list's address without page number and blanks; what of it no longer fits is told when it is used."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_filters", verbose_name="谁的"
    )
    kind = models.CharField("列表", max_length=8, choices=[(PROJECT, "项目支出"), (PLAN, "部门整体")])
    name = models.CharField("名称", max_length=20)
    query = models.CharField("筛选条件", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "常用筛选"
        ordering = ["owner", "kind", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "name"], name="one_saved_filter_per_name")]

    def __str__(self) -> str:
        return self.name
