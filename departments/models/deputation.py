"""岗位代理（AB岗）: who stands in for whom, at which posts, from which day until which."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from departments.models.people import Membership, Person
from departments.models.register import today, valid_on
from departments.roles import ADMIN, AUDITOR, NOT_LENT, ROLES


class DeputationQuerySet(models.QuerySet["Deputation"]):
    def visible_to(self, user: Person) -> "DeputationQuerySet":
        """One's own, from either side, and those of the people whose posts one runs or audits."""
        if user.is_superuser:
            return self
        posts = Membership.objects.filter(department__in=user.scope.reach(ADMIN, AUDITOR)).order_by()
        return self.filter(Q(absent=user) | Q(deputy=user) | Q(absent__in=posts.values("person")))

    def in_force(self) -> "DeputationQuerySet":
        return self.filter(valid_on(today()), ended_at=None)

    def to_come(self) -> "DeputationQuerySet":
        """In force or about to be."""
        return self.filter(ended_at=None, valid_to__gte=today())

    def beside(self, other: "Deputation") -> "DeputationQuerySet":
        """Those of the same days."""
        days = Q(valid_from__lte=other.valid_to, valid_to__gte=other.valid_from)
        return self.filter(days, ended_at=None).exclude(pk=other.pk)


class Deputation(models.Model):
    """An absence with somebody who stands in. Never deleted, only ended; the absent person keeps his own rights meanwhile.

    What it gives is in `Person.scope`: the reach of the absent person's posts, `NOT_LENT` excepted. An auditor stands in for nobody.
    """

    absent = models.ForeignKey(Person, models.PROTECT, related_name="deputations", verbose_name="被代理人")
    post = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputations",
        verbose_name="任职",
        help_text="不选即代理其全部任职（系统管理员、审计查询除外）。",
    )
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="deputed", verbose_name="代理人")
    valid_from = models.DateField("开始日期")
    valid_to = models.DateField("结束日期")
    reason = models.CharField("事由", max_length=200)
    arranged_by = models.ForeignKey(
        Person, models.PROTECT, related_name="deputations_arranged", verbose_name="安排人", editable=False
    )
    arranged_at = models.DateTimeField("安排时间", default=timezone.now, editable=False)
    ended_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputations_ended",
        verbose_name="提前结束人",
        editable=False,
    )
    ended_at = models.DateTimeField("提前结束时间", null=True, blank=True, editable=False)

    objects = DeputationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位代理"
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=models.F("valid_from")), name="a_deputation_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(absent=models.F("deputy")), name="nobody_stands_in_for_himself"),
        ]

    def __str__(self) -> str:
        return f"{self.deputy}代{self.absent}（{self.days}）"

    @property
    def days(self) -> str:
        same_year = self.valid_from.year == self.valid_to.year
        end = date_format(self.valid_to, "n月j日" if same_year else "Y年n月j日")
        return f"{date_format(self.valid_from, 'Y年n月j日')}至{end}"

    @property
    def posts_in_words(self) -> str:
        return f"{self.post.department.label}{self.post.get_role_display()}" if self.post else "全部任职"

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None or self.valid_to < today()

    @property
    def state(self) -> str:
        if self.ended_at is not None:
            return "已提前结束"
        if self.is_over:
            return "已到期"
        return "未开始" if self.valid_from > today() else "代理中"

    def end(self, *, by: Person) -> bool:
        """From this moment on; False when it was over already."""
        ended = Deputation.objects.to_come().filter(pk=self.pk).update(ended_by=by, ended_at=timezone.now())
        self.refresh_from_db()
        return bool(ended)

    def clean(self) -> None:
        super().clean()
        if not all((self.absent_id, self.deputy_id, self.valid_from, self.valid_to)):
            return  # each field says for itself that it is missing
        if errors := self._faults():
            raise ValidationError(errors)

    def _faults(self) -> dict[str, str]:
        if self.absent_id == self.deputy_id:
            return {"deputy": "代理人就是被代理人本人，请另选一人。"}
        if self.valid_to < self.valid_from:
            return {"valid_to": "结束日期早于开始日期，请改为开始日期当天或以后的一天。"}
        if self._state.adding and self.valid_from < today():
            return {"valid_from": "开始日期已过，代理不能从以前算起。请填今天或以后的一天。"}
        for name in ("absent", "deputy"):
            who: Person = getattr(self, name)
            if not who.is_active:
                return {name: f"{who}的账号已停用，请另选一人。"}
        if self.deputy.memberships.filter(valid_on(self.valid_from, last=self.valid_to), role=AUDITOR).exists():
            return {"deputy": f"{self.deputy}在这些天任审计查询，只查看，不代理他人办理。请另选一人。"}
        return self._faults_of_the_post() or self._faults_beside_others()

    def _faults_of_the_post(self) -> dict[str, str]:
        if self.post is not None and self.post.person_id != self.absent_id:
            return {"post": f"所选任职不是{self.absent}的，请重新选择，或不选（代理全部任职）。"}
        if self.post is not None and self.post.role in NOT_LENT:
            return {"post": f"{ROLES[self.post.role]}的职权不能代理。确需他人办理的，请系统管理员另设任职。"}
        posts: Any = self.absent.memberships.filter(valid_on(self.valid_from)).exclude(role__in=NOT_LENT)
        if not (posts.filter(pk=self.post_id) if self.post else posts).exists():
            return {"post" if self.post else "valid_from": f"{self.absent}在开始日期没有可以代理的任职，请先核对任职。"}
        return {}

    def _faults_beside_others(self) -> dict[str, str]:
        beside = Deputation.objects.beside(self).select_related("absent", "deputy")
        same_post = Q() if self.post is None else Q(post=None) | Q(post=self.post)
        if taken := beside.filter(same_post, absent=self.absent).first():
            return {
                "valid_from": f"{taken.days}已由{taken.deputy}代理{self.absent}，日期重叠。请改日期，或先结束那项代理。"
            }
        if away := beside.filter(absent=self.deputy).first():
            return {"deputy": f"{self.deputy}在{away.days}已由{away.deputy}代理，不能再代理他人。请另选一人。"}
        if busy := beside.filter(deputy=self.absent).first():
            return {
                "valid_from": f"{self.absent}在{busy.days}代理{busy.absent}，不能再由他人代理。请改日期，或先结束那项代理。"
            }
        return {}
