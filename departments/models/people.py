"""People and their roles. What a person may do follows from memberships in force today, his own and those he stands in for."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from departments.models.register import Department, Office, ScopedQuerySet, Validity, today, valid_on
from departments.roles import ADMIN, AUDITOR, FINANCE_ROLES, NOT_LENT, OFFICE_REVIEWER, ROLES, UNIT_ROLES


@dataclass(frozen=True, slots=True)
class StandIn:
    """A post that a person fills for somebody absent; `departments` leaves out what a post of his own reaches in that role."""

    role: str
    departments: frozenset[int]
    absent: "Person"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person's memberships, and those he stands in for, reach today: role → ids of departments (with their units)."""

    departments: dict[str, frozenset[int]]
    is_superuser: bool = False
    stand_ins: tuple[StandIn, ...] = ()

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

    @property
    def stands_in_for(self) -> tuple["Person", ...]:
        return tuple({one.absent.pk: one.absent for one in self.stand_ins}.values())

    def acts_for(self, department: int, *roles: str) -> "Person | None":
        """Whose post lets him act there in `roles`; None when one of his own does, or none."""
        reached = [role for role in roles if department in self.departments.get(role, ())]
        whose = {one.role: one.absent for one in reversed(self.stand_ins) if department in one.departments}
        return whose[reached[0]] if reached and whose.keys() >= set(reached) else None

    def fills_in_for(self, *roles: str) -> "Person | None":
        """Whose post lets him act in `roles` where no department is concerned; None when one of his own does, or none."""
        lent = [one for one in self.stand_ins if one.role in roles]
        reached = self.reach(*(role for role in roles if role in self.departments)) if lent else frozenset()
        return lent[0].absent if lent and not reached - frozenset().union(*(one.departments for one in lent)) else None


class PersonManager(UserManager["Person"]):
    def visible_to(self, user: "Person") -> models.QuerySet["Person"]:
        """Who runs or audits a division sees those who hold or held a post in it, nobody else's people."""
        if user.is_superuser:
            return self.all()
        return self.filter(memberships__department__in=user.scope.reach(ADMIN, AUDITOR)).distinct()

    def watched_by(self, user: "Person") -> models.QuerySet["Person"]:
        """Whose deeds concern him who runs or audits a division: its people's, their deputies', and those of superusers."""
        if user.is_superuser:
            return self.all()
        posts = Membership.objects.filter(department__in=user.scope.reach(ADMIN, AUDITOR)).order_by().values("person")
        return self.filter(Q(pk__in=posts) | Q(deputed__absent__in=posts) | Q(is_superuser=True)).distinct()

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
    def filled_posts(self) -> list["Membership"]:
        """Posts that this person fills today, his own and those he stands in for; plain queries, for every page asks them."""
        posts = Membership.objects.in_force().select_related("department__division", "office", "person")
        own = _in_order(posts.filter(person=self))
        deputed = list(self.deputed.in_force().order_by())
        if not deputed or any(post.role == AUDITOR for post in own):  # who audits the others' work does none of it
            return own
        everything = [one.absent_id for one in deputed if one.post_id is None]
        single = [one.post_id for one in deputed if one.post_id is not None]
        lent = posts.filter(Q(person__in=everything) | Q(pk__in=single), person__is_active=True)
        lent = lent.exclude(role__in=NOT_LENT)
        return own + _in_order(lent)

    @property
    def posts(self) -> list["Membership"]:
        """His own memberships in force today."""
        return [post for post in self.filled_posts if post.person_id == self.pk]

    @cached_property
    def scope(self) -> Scope:
        """Three queries, and a fourth for whoever stands in for somebody."""
        if not self.is_active or not self.filled_posts:
            return Scope({}, self.is_superuser and self.is_active)
        own: dict[str, set[int]] = {}
        stand_ins = []
        reached = _reach(self.filled_posts)
        for post, ids in reached:
            if post.person_id == self.pk:
                own.setdefault(post.role, set()).update(ids)
        every = {role: set(ids) for role, ids in own.items()}
        for post, ids in reached:
            if post.person_id != self.pk:
                stand_ins.append(StandIn(post.role, frozenset(ids - own.get(post.role, set())), post.person))
                every.setdefault(post.role, set()).update(ids)
        return Scope({role: frozenset(ids) for role, ids in every.items()}, self.is_superuser, tuple(stand_ins))


def _in_order(posts: "MembershipQuerySet") -> list["Membership"]:
    """As lists show them. A few posts are sorted here in less time than Django takes to write their order over three tables."""

    def place(post: "Membership") -> tuple[str, ...]:
        department = post.department
        return post.person.username, department.division.code, department.code, department.name, post.role

    return sorted(posts.order_by(), key=place)


def _reach(posts: list["Membership"]) -> list[tuple["Membership", set[int]]]:
    """Each post with the ids of the departments and units that it reaches; one query for all of them."""
    divisions = {post.department.division_id for post in posts}
    columns = ("id", "parent_id", "business_office_id", "division_id")
    rows = list(Department.objects.filter(division__in=divisions).order_by().values_list(*columns))
    in_charge_of = {pk: office for pk, _, office, _ in rows}
    register = [(pk, parent, office or in_charge_of.get(parent), division) for pk, parent, office, division in rows]

    def reached(post: "Membership") -> set[int]:
        if post.role in UNIT_ROLES:
            return {pk for pk, parent, _, _ in register if post.department_id in (pk, parent)}
        if post.role == OFFICE_REVIEWER:
            return {
                pk for pk, _, in_charge, _ in register if post.office_id is not None and in_charge == post.office_id
            }
        return {pk for pk, _, _, division in register if division == post.department.division_id}

    return [(post, reached(post)) for post in posts]


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
