"""绩效公开: a chosen set of approved revisions with its foreword; reported to the congress and published on dates."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from departments.models import Department, Division, Person
from departments.roles import DIVISION_ROLES
from targets.models.declaration import KIND_LABELS


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def published(self) -> "DisclosureQuerySet":
        return self.filter(published_at__lte=timezone.now())

    def visible_to(self, user: Person) -> "DisclosureQuerySet":
        """Who oversees a division sees its disclosures from the start, everybody else in it once they are published."""
        if user.is_superuser:
            return self
        overseen = Department.objects.filter(pk__in=user.scope.reach(*DIVISION_ROLES)).values("division")
        reached = Department.objects.filter(pk__in=user.scope.reach()).values("division")
        return self.filter(Q(division__in=overseen) | Q(division__in=reached, published_at__lte=timezone.now()))


class Disclosure(models.Model):
    """公开批次. Once published its items stay as they are (143号: published items stay online)."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="disclosures", verbose_name="财政区划")
    year = models.PositiveSmallIntegerField("预算年度")
    title = models.CharField("标题", max_length=120, help_text="如：2023年预算重点项目及部门整体绩效公开")
    foreword = models.TextField("编报说明", blank=True)
    reported_on = models.DateField("报人大日期", null=True, blank=True)
    published_at = models.DateTimeField("公开时间", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公开人"
    )
    published_name = models.CharField("公开人姓名", max_length=90, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="建立人")
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公开批次"
        ordering = ["-year", "-created_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class DisclosureItem(models.Model):
    """One form of the set: exactly the approved revision that was chosen."""

    disclosure = models.ForeignKey(Disclosure, models.CASCADE, related_name="items")
    declaration = models.ForeignKey("targets.Declaration", models.PROTECT, related_name="disclosure_items")
    revision = models.ForeignKey("targets.Revision", models.PROTECT, related_name="disclosure_items")
    order = models.PositiveSmallIntegerField("次序", default=0)

    # Taken from the revision when the form is chosen, so that the public list filters without opening records.
    kind = models.CharField("类型", max_length=8, choices=list(KIND_LABELS.items()))
    title = models.CharField("名称", max_length=200)
    department = models.ForeignKey(Department, models.PROTECT, related_name="disclosure_items", verbose_name="主管部门")
    total = models.DecimalField("金额（元）", max_digits=18, decimal_places=2, null=True)
    row_count = models.PositiveIntegerField("行数", default=0)
    text = models.TextField("检索文字", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公开的表"
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["disclosure", "declaration"], name="one_item_per_disclosure")]

    def __str__(self) -> str:
        return str(self.declaration)
