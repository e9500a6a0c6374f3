"""What stands in the trail beside the forms' own rows: the daily seal; log-ins, and steps that were refused."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from departments.models import Person
from departments.roles import ADMIN, AUDITOR


class TrailSeal(models.Model):
    """封存: the ends of all chains on one day. Seals are a chain themselves, so no form's chain can be replaced unseen."""

    number = models.PositiveIntegerField("序号", unique=True)
    day = models.DateField("日期", unique=True)
    made_at = models.DateTimeField("封存时间")
    heads = models.JSONField("链头")
    """Key of each form whose chain grew since the seal before → its length and last digest."""
    rolls = models.JSONField("其他记录", default=dict)
    """Name of a roll (`targets.rolls`) → how many rows came since the seal before, and a digest of them."""
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "留痕封存"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"第{self.number}次封存（{self.day}）"


class AccessQuerySet(models.QuerySet["AccessRecord"]):
    def visible_to(self, user: Person) -> "AccessQuerySet":
        """For those who run or audit a division: what concerns its forms, and the comings and goings of its people."""
        if user.is_superuser:
            return self
        people = Person.objects.watched_by(user).order_by().values("pk")
        of_forms = models.Q(declaration__unit__in=user.scope.reach(ADMIN, AUDITOR))
        return self.filter(of_forms | models.Q(declaration=None, person__in=people))


class AccessRecord(models.Model):
    """进出和被拒: what leaves no mark on a form. Names are kept as text, an unknown user name too."""

    class Deed(models.TextChoices):
        LOGIN = "login", "登录"
        LOGOUT = "logout", "退出"
        FAILED = "failed", "登录失败"
        LOCKED = "locked", "登录被锁定"
        REFUSED = "refused", "办理被拒"

    at = models.DateTimeField("时间", default=timezone.now, db_index=True)
    deed = models.CharField("事项", max_length=8, choices=Deed.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="access_records", verbose_name="人员"
    )
    username = models.CharField("用户名", max_length=150)
    person_name = models.CharField("姓名", max_length=150, blank=True)
    declaration = models.ForeignKey("targets.Declaration", models.PROTECT, null=True, related_name="refusals")
    sentence = models.TextField("说明", blank=True)
    address = models.CharField("地址", max_length=45, blank=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "进出和被拒记录"
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_deed_display()} {self.username}"
