"""The register of budget units. Names change by year; what was printed in a form never does."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Validity(models.Model):
    """A thing of the register that begins and ends; both days belong to it, blank means open."""

    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": "停用日期早于启用日期，请改为启用日期之后的一天。"})

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def valid_on(day: date, prefix: str = "", last: date | None = None) -> Q:
    """Filter for things of the register in force on `day`, or on any day from then until `last`."""
    begun = Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": last or day})
    not_ended = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": day})
    return begun & not_ended


class ScopedQuerySet(models.QuerySet[Any]):
    """Things that belong to a department: seen by whoever reaches it (`Scope.reach`), all of them by superusers."""

    scope_lookup = "department"

    def visible_to(self, user: Any) -> Any:
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        return self.filter(**{f"{self.scope_lookup}__in": user.scope.reach()})


class DepartmentQuerySet(ScopedQuerySet):
    scope_lookup = "pk"


class DivisionQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Any:
        if not user.is_authenticated or user.is_superuser:
            return super().visible_to(user)
        return self.filter(departments__in=user.scope.reach()).distinct()


class DivisionManager(models.Manager.from_queryset(DivisionQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, code: str) -> "Division":
        return self.get(code=code)


class Division(models.Model):
    """财政区划: one finance bureau's realm. The code has 9 digits: GB/T 2260's 6 and 3 more."""

    code = models.CharField(
        "财政区划代码", max_length=9, unique=True, validators=[RegexValidator(r"^\d{6}(\d{3})?$", "请填6位或9位数字。")]
    )
    name = models.CharField("区划名称", max_length=60, help_text="如“淄博市淄川区”")
    short_name = models.CharField("简称", max_length=20, help_text="如“淄川区”，用于页面标题")

    objects = DivisionManager()

    class Meta:
        verbose_name = verbose_name_plural = "财政区划"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.short_name or self.name

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class DepartmentManager(models.Manager.from_queryset(DepartmentQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, division: str, code: str, name: str) -> "Department":
        return self.get(division__code=division, code=code, name=name)


class Department(Validity):
    """主管部门 or the 预算单位 below it: code of 3 digits (202), of its units 6 (202001)."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="departments", verbose_name="财政区划")
    code = models.CharField(
        "单位代码",
        max_length=12,
        blank=True,
        validators=[RegexValidator(r"^\d{3}(\d{3})*$", "请填3位（主管部门）或6位（预算单位）数字。")],
        help_text="主管部门3位，预算单位6位且前3位与主管部门相同；尚无代码的可空。",
    )
    name = models.CharField("单位名称", max_length=120)
    short_name = models.CharField("简称", max_length=40, blank=True)
    aliases = models.JSONField("曾用名和别名", default=list, blank=True, help_text='如 ["区民政局", "淄川区民政局"]')
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="units", verbose_name="主管部门"
    )
    business_office = models.ForeignKey(
        "Office",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="departments_in_charge",
        verbose_name="财政业务科室",
        help_text="财政局内负责审核本部门的科室",
    )
    is_finance = models.BooleanField("财政部门", default=False)

    objects = DepartmentManager()

    class Meta:
        verbose_name = verbose_name_plural = "部门和单位"
        ordering = ["division", "code", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "code"],
                condition=~Q(code=""),
                name="one_department_per_code",
                violation_error_message="该区划内已有此单位代码，请核对代码。",
            ),
            models.UniqueConstraint(
                fields=["division", "code", "name"],
                name="one_department_per_code_and_name",
                violation_error_message="该区划内已有同代码同名称的单位。",
            ),
        ]

    def __str__(self) -> str:
        return f"[{self.code}]{self.name}" if self.code else self.name

    def natural_key(self) -> tuple[str, str, str]:
        return (self.division.code, self.code, self.name)

    natural_key.dependencies = ["departments.division"]  # type: ignore[attr-defined]

    @property
    def label(self) -> str:
        """For narrow places: the short name where there is one."""
        return self.short_name or self.name

    @property
    def department(self) -> "Department":
        """主管部门: the parent of a unit, a department itself."""
        return self.parent or self

    def clean(self) -> None:
        super().clean()
        errors: dict[str, str] = {}
        if self.parent is not None:
            if self.parent_id == self.pk or self.parent.parent_id is not None:
                errors["parent"] = "主管部门只能选没有上级的部门，请重新选择。"
            elif self.parent.division_id != self.division_id:
                errors["parent"] = "主管部门属于另一个财政区划，请重新选择。"
            elif self.code and self.parent.code and not self.code.startswith(self.parent.code):
                errors["code"] = f"单位代码“{self.code}”不以主管部门代码“{self.parent.code}”开头，请核对。"
        if not isinstance(self.aliases, list) or not all(isinstance(alias, str) for alias in self.aliases):
            errors["aliases"] = '请写成名称的列表，如 ["区民政局", "淄川区民政局"]。'
        if errors:
            raise ValidationError(errors)


class OfficeManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, division: str, code: str, department: str, name: str) -> "Office":
        return self.get(
            department__division__code=division, department__code=code, department__name=department, name=name
        )


class Office(Validity):
    """科室: of a department (责任科室 of a row) or of the finance bureau (财政业务科室)."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="offices", verbose_name="所属单位")
    name = models.CharField("科室名称", max_length=60)

    objects = OfficeManager()

    class Meta:
        verbose_name = verbose_name_plural = "科室"
        ordering = ["department", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"],
                name="one_office_per_name",
                violation_error_message="该单位已有同名科室。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, ...]:
        return (*self.department.natural_key(), self.name)

    natural_key.dependencies = ["departments.division", "departments.department"]  # type: ignore[attr-defined]


class DutyManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(
        self, division: str, code: str, department: str, year: int, number: str, name: str
    ) -> "Duty":
        return self.get(
            department__division__code=division,
            department__code=code,
            department__name=department,
            year=year,
            number=number,
            name=name,
        )


class Duty(models.Model):
    """部门职责 of one year: what the department form hangs its indicators on."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="duties", verbose_name="部门")
    year = models.PositiveSmallIntegerField("预算年度")
    number = models.CharField("职责序号", max_length=10, blank=True)
    group = models.CharField("部门职责（类）", max_length=200, blank=True)
    name = models.CharField("部门职责", max_length=1000, blank=True)
    goal = models.TextField("职责目标", blank=True)

    objects = DutyManager()

    class Meta:
        verbose_name = verbose_name_plural = "部门职责"
        ordering = ["department", "year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "year", "number", "name"],
                name="one_duty_per_number_and_name",
                violation_error_message="该部门本年度已有同序号同名的职责。",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.group

    def natural_key(self) -> tuple[Any, ...]:
        return (*self.department.natural_key(), self.year, self.number, self.name)

    natural_key.dependencies = ["departments.division", "departments.department"]  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        if not self.name and not self.group:
            raise ValidationError({"name": "职责名称为空，请填写。"})


def today() -> date:
    return timezone.localdate()
