"""修改意见: what a reviewer says about one cell, one row or the whole form, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from departments.models import Person
from departments.roles import AUDITOR, DEPARTMENT_REVIEWER, FINANCE_ROLES, ROLES

FINANCE_SIDE = FINANCE_ROLES | {AUDITOR}
"""Who reads what finance keeps to itself."""


class RemarkQuerySet(models.QuerySet["Remark"]):
    def visible_to(self, user: Person) -> "RemarkQuerySet":
        """The unit reads what was sent to it; a reviewer also what his own side has not sent, or keeps to itself."""
        if user.is_superuser:
            return self
        scope = user.scope
        seen = Q(sent_at__isnull=False, audience=Remark.Audience.UNIT)
        seen |= Q(side=Remark.Side.FINANCE, declaration__unit__in=scope.reach(*FINANCE_SIDE))
        seen |= Q(side=Remark.Side.DEPARTMENT, declaration__unit__in=scope.reach(DEPARTMENT_REVIEWER))
        return self.filter(seen, declaration__unit__in=scope.reach())

    def awaiting_answer(self) -> "RemarkQuerySet":
        """What the unit was sent and has not answered; a note asks for nothing."""
        waiting = self.filter(state=Remark.State.OPEN, audience=Remark.Audience.UNIT, sent_at__isnull=False)
        return waiting.exclude(level=Remark.Level.NOTE)

    def unanswered_musts(self) -> "RemarkQuerySet":
        """What the unit must answer before it may send the form on again."""
        return self.awaiting_answer().filter(level=Remark.Level.MUST)


class Remark(models.Model):
    """Anchored to a row's key and a field, so it survives edits, moves and re-import. Once sent it is never deleted.

    It is sent with the reviewer's next step: until then only his side sees it, and he may take it back.
    """

    class Level(models.TextChoices):
        MUST = "must", "必须修改"
        QUESTION = "question", "疑问"
        NOTE = "note", "说明"

    class State(models.TextChoices):
        OPEN = "open", "待答复"
        ANSWERED = "answered", "已答复"
        ACCEPTED = "accepted", "已认可"

    class Audience(models.TextChoices):
        UNIT = "unit", "单位可见"
        INTERNAL = "internal", "仅审核人可见"

    class Side(models.TextChoices):
        DEPARTMENT = "department", "主管部门"
        FINANCE = "finance", "财政"

    declaration = models.ForeignKey("targets.Declaration", models.PROTECT, related_name="remarks")
    revision = models.ForeignKey("targets.Revision", models.PROTECT, related_name="+", verbose_name="所依据的稿")
    row_key = models.CharField("行标识", max_length=16, blank=True)
    row_name = models.CharField("指标名称", max_length=200, blank=True, help_text="提出时的名称，行删除后仍可辨认")
    field = models.CharField("栏目", max_length=30, blank=True)
    level = models.CharField("要求", max_length=8, choices=Level.choices, default=Level.MUST)
    audience = models.CharField("可见范围", max_length=8, choices=Audience.choices, default=Audience.UNIT)
    side = models.CharField("提出方", max_length=10, choices=Side.choices)
    text = models.TextField("问题")
    quoted = models.TextField("提出时的内容", blank=True)
    proposal = models.TextField("建议修改为", blank=True)
    state = models.CharField("处理", max_length=8, choices=State.choices, default=State.OPEN)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="remarks", verbose_name="提出人")
    author_name = models.CharField("提出人姓名", max_length=90)
    role = models.CharField("角色", max_length=24, choices=list(ROLES.items()))
    created_at = models.DateTimeField("提出时间", auto_now_add=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "修改意见"
        ordering = ["declaration", "id"]
        indexes = [models.Index(fields=["declaration", "state"])]

    def __str__(self) -> str:
        return self.text


class RemarkReply(models.Model):
    """What was said of a remark afterwards, in its order. Never changed, never deleted."""

    class Deed(models.TextChoices):
        ANSWER = "answer", "答复"
        ADOPT = "adopt", "采纳建议"
        ACCEPT = "accept", "认可"
        REOPEN = "reopen", "重新提出"

    remark = models.ForeignKey(Remark, models.PROTECT, related_name="replies")
    deed = models.CharField("办理", max_length=8, choices=Deed.choices)
    text = models.TextField("内容", blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    person_name = models.CharField("办理人姓名", max_length=90)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "意见的答复"
        ordering = ["remark", "id"]

    def __str__(self) -> str:
        return f"{self.get_deed_display()} {self.person_name}"
