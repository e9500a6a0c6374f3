"""People and their roles. What a person may do follows from memberships in force today, from nothing else."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from departments.models.register import Department, Office, ScopedQuerySet, Validity, today, valid_on
from departments.roles import ADMIN, AUDITOR, DIVISION_ROLES, FINANCE_ROLES, OFFICE_REVIEWER, ROLES, UNIT_ROLES


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person's memberships reach today: role → ids of departments (with their units)."""

    departments: dict[str, frozenset[int]]
    is_superuser: bool = False

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.departments)

    @property
    def holds_any(self) -> bool:
        return bool(self.departments)

    def holds(self, *roles: str) -> bool:
        return any(role in self.departments for role in roles)

    def reach(self, *roles: str) -> frozenset[int]:
        """Ids of the departments and units reached in any of `roles` (in every role held when none is named)."""
        wanted = roles or tuple(self.departments)
        return frozenset().union(*(self.departments.get(role, frozenset()) for role in wanted))

    @property
    def own(self) -> frozenset[int]:
        """Departments and units the person works in (not those he oversees): their drafts are his business."""
        return self.reach(*UNIT_ROLES)

    @property
    def is_finance(self) -> bool:
        return self.holds(*FINANCE_ROLES)


class PersonManager(UserManager["Person"]):
    def visible_to(self, user: "Person") -> models.QuerySet["Person"]:
        """Who runs or audits a division sees those who hold or held a post in it, nobody else's people."""
        if user.is_superuser:
            return self.all()
        return self.filter(memberships__department__in=user.scope.reach(ADMIN, AUDITOR)).distinct()

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=username)


class Person(AbstractUser):
    """An account. Superusers set the system up; they hold no role in a form's way unless a membership gives it."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("联系电话", max_length=40, blank=True)

    objects: ClassVar[PersonManager] = PersonManager()

    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.name or self.username

    @cached_property
    def posts(self) -> list["Membership"]:
        """Memberships in force today, once for each loaded person (that is, once a request)."""
        return list(self.memberships.in_force().select_related("department__division", "office"))

    @cached_property
    def scope(self) -> Scope:
        """Two queries, as seldom."""
        if not self.is_active:
            return Scope({})
        memberships = [(one.role, one.department_id, one.department.division_id, one.office_id) for one in self.posts]
        return Scope(_reach(memberships), self.is_superuser) if memberships else Scope({}, self.is_superuser)


def _reach(memberships: list[tuple[str, int, int, int | None]]) -> dict[str, frozenset[int]]:
    divisions = {division for _, _, division, _ in memberships}
    rows = Department.objects.filter(division__in=divisions).values_list(
        "id", "parent_id", "parent__business_office_id", "business_office_id", "division_id"
    )
    register = [(pk, parent, office or parent_office, division) for pk, parent, parent_office, office, division in rows]
    reached: dict[str, set[int]] = {}
    for role, department, division, office in memberships:
        ids = reached.setdefault(role, set())
        if role in UNIT_ROLES:
            ids |= {pk for pk, parent, _, _ in register if department in (pk, parent)}
        elif role == OFFICE_REVIEWER:
            ids |= {pk for pk, _, in_charge, _ in register if office is not None and in_charge == office}
        elif role in DIVISION_ROLES:
            ids |= {pk for pk, _, _, its_division in register if its_division == division}
    return {role: frozenset(ids) for role, ids in reached.items()}


class MembershipQuerySet(ScopedQuerySet):
    def visible_to(self, user: Person) -> "MembershipQuerySet":
        """Posts are the business of those who run or audit the division, not of everybody in the department."""
        return self if user.is_superuser else self.filter(department__in=user.scope.reach(ADMIN, AUDITOR))

    def in_force(self) -> "MembershipQuerySet":
        return self.filter(valid_on(today()))


class MembershipManager(models.Manager.from_queryset(MembershipQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str, *rest: Any) -> "Membership":
        division, code, department, role = rest
        return self.get(
            person__username=username,
            department__division__code=division,
            department__code=code,
            department__name=department,
            role=role,
        )


class Membership(Validity):
    """A person's role in a department. Several may be held, also the same role in several units (代几个单位填报)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name="人员")
    department = models.ForeignKey(Department, models.PROTECT, related_name="memberships", verbose_name="单位")
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="科室",
        help_text="业务科室审核人必填：由此确定负责哪些部门。",
    )
    role = models.CharField("角色", max_length=24, choices=list(ROLES.items()))

    objects = MembershipManager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["person", "department", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "department", "role", "office"],
                name="one_membership_per_role",
                violation_error_message="此人在该单位已有这个角色。",
            ),
            models.UniqueConstraint(
                fields=["person", "department", "role"],
                condition=Q(office__isnull=True),
                name="one_membership_per_role_without_office",
                violation_error_message="此人在该单位已有这个角色。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}：{self.department.label}{self.get_role_display()}"

    def natural_key(self) -> tuple[str, ...]:
        return (self.person.username, *self.department.natural_key(), self.role)

    def clean(self) -> None:
        super().clean()
        errors: dict[str, str] = {}
        if self.role == OFFICE_REVIEWER and self.office_id is None:
            errors["office"] = "业务科室审核人须选科室，由此确定负责哪些部门。"
        if self.office is not None and self.department_id and self.office.department_id != self.department_id:
            errors["office"] = "所选科室不属于这个单位，请重新选择。"
        department = Department.objects.filter(pk=self.department_id).first()
        if department and self.role in FINANCE_ROLES and not department.is_finance:
            errors["role"] = f"“{ROLES[self.role]}”只能在财政部门任职，请改选单位或角色。"
        if errors:
            raise ValidationError(errors)
