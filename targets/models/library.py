"""绩效指标库: what indicators are called, measured in and aimed at, from approved forms, kept by the performance office."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from departments.models import Department, Division, Person
from departments.roles import ADMIN, AUDITOR, PERFORMANCE_REVIEWER
from targets.domain.gathering import indicator_key
from targets.domain.names import name_key
from targets.domain.pinyin import pinyin_keys
from targets.domain.units import canonical_unit

OVERSEERS = (PERFORMANCE_REVIEWER, ADMIN, AUDITOR)


class LibraryQuerySet(models.QuerySet["LibraryIndicator"]):
    def visible_to(self, user: Person) -> "LibraryQuerySet":
        """What was accepted, of one's own divisions; those who keep or oversee the library see the rest of it too."""
        if user.is_superuser:
            return self
        overseen, mine = (
            Department.objects.filter(pk__in=reach).order_by().values("division")
            for reach in (user.scope.reach(*OVERSEERS), user.scope.reach())
        )
        return self.filter(Q(division__in=overseen) | Q(division__in=mine, state=LibraryIndicator.State.ACCEPTED))

    def accepted(self) -> "LibraryQuerySet":
        return self.filter(state=LibraryIndicator.State.ACCEPTED)

    def matching(self, words: str) -> "LibraryQuerySet":
        """Entries with every word in their name: as written, in pinyin or by initials."""
        found = self
        for word in words.split():
            key = name_key(word)
            if not key:
                continue
            named = Q(name_key__contains=key)
            if key.isascii():
                named |= Q(initials__contains=key) | Q(pinyin__contains=key)
            found = found.filter(named)
        return found


class LibraryIndicator(models.Model):
    """One indicator: distinct by name, category and unit. `source_key` says what it was gathered as, whatever it is called now."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", "待确认"
        ACCEPTED = "accepted", "已收录"
        HIDDEN = "hidden", "已隐藏"

    division = models.ForeignKey(Division, models.PROTECT, related_name="library", verbose_name="财政区划")
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="library",
        verbose_name="适用部门",
        help_text="空着为共性指标，各部门通用。",
    )
    name = models.CharField("指标名称", max_length=200)
    level1 = models.CharField("一级指标", max_length=40, blank=True)
    level2 = models.CharField("二级指标", max_length=40, blank=True)
    unit = models.CharField("计量单位", max_length=60, blank=True)
    operator = models.CharField("常用符号", max_length=2, blank=True)
    low = models.DecimalField("常用最小值", max_digits=30, decimal_places=8, null=True, blank=True)
    high = models.DecimalField("常用最大值", max_digits=30, decimal_places=8, null=True, blank=True)
    advice = models.CharField("建议取值", max_length=200, blank=True, help_text="如“≥95%”；空着则按已批复的表统计。")
    explanation = models.TextField("指标解释（怎样计量）", blank=True)
    uses = models.PositiveIntegerField("使用次数", default=0)
    last_used = models.PositiveSmallIntegerField("最近使用年度", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CANDIDATE)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入"
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    source_key = models.CharField(max_length=320, editable=False, blank=True)
    name_key = models.CharField(max_length=200, editable=False, blank=True)
    pinyin = models.CharField(max_length=1300, editable=False, blank=True)
    initials = models.CharField(max_length=200, editable=False, blank=True)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        verbose_name = "指标"
        verbose_name_plural = "绩效指标库"
        ordering = ["-uses", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "source_key"],
                name="one_library_indicator_per_key",
                violation_error_message="指标库中已有同名称、同分类、同计量单位的指标。",
            )
        ]
        indexes = [models.Index(fields=["division", "state", "-uses"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """What it is found by; what it was gathered as stays."""
        self.name = " ".join(self.name.split())
        self.unit = canonical_unit(self.unit)
        self.name_key = name_key(self.name)[:200]
        pinyin, initials = pinyin_keys(self.name)
        self.pinyin, self.initials = pinyin[:1300], initials[:200]
        self.source_key = self.source_key or indicator_key(self.name, self.level2, self.unit)

    def clean(self) -> None:
        super().clean()
        self.set_keys()
        if self.name and not self.name_key:
            raise ValidationError({"name": f"“{self.name}”没有文字，不能作指标名称。请填写名称。"})
        same = LibraryIndicator.objects.filter(division=self.division_id, source_key=self.source_key)
        if self.division_id and same.exclude(pk=self.pk).exists():
            raise ValidationError(
                "指标库中已有同名称、同分类、同计量单位的指标（可能已隐藏或并入）。请直接修改那一条。"
            )
        if self.department is not None and self.division_id and self.department.division_id != self.division_id:
            raise ValidationError({"department": "适用部门属于另一个财政区划，请重新选择。"})

    @property
    def usual(self) -> str:
        """取值: what the performance office advises, else what approved forms wrote (≥85～98%)."""
        if self.advice or self.low is None or self.high is None:
            return self.advice
        low, high = plain(self.low), plain(self.high)
        return f"{self.operator}{low}{self.unit}" if low == high else f"{self.operator}{low}～{high}{self.unit}"


def plain(number: Decimal) -> str:
    """Without zeros at the end, never as 1E+3."""
    return f"{number.normalize():f}"
