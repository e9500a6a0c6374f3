"""What was done with a declaration: steps taken, and errors explained."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from departments.models import Person
from departments.roles import ROLES
from targets.domain.signature import Signature
from targets.domain.steps import ASK_ADJUSTMENT, REFUSE_REQUEST, REQUEST_RETURN, STATES


class ReviewEventQuerySet(models.QuerySet["ReviewEvent"]):
    def open_requests(self) -> "ReviewEventQuerySet":
        """申请退回 that waits for an answer: neither refused yet, nor has its form moved on."""
        settled = _later().filter(_MOVED | Q(step=REFUSE_REQUEST))
        return self.filter(~Exists(settled), step=REQUEST_RETURN)

    def open_asks(self) -> "ReviewEventQuerySet":
        """按控制数要求调整, the latest of each form, that its unit has not followed yet."""
        settled = _later().filter(_MOVED | Q(step=ASK_ADJUSTMENT))
        return self.filter(~Exists(settled), step=ASK_ADJUSTMENT)


_MOVED = ~Q(from_state=F("to_state"))


def _later() -> models.QuerySet["ReviewEvent"]:
    return ReviewEvent.objects.filter(declaration=OuterRef("declaration"), number__gt=OuterRef("number"))


def done_by(person: Person) -> Q:
    """Filter for the steps that he took, or a deputy in his place."""
    return Q(person=person) | Q(stood_in_for=person)


class ReviewEvent(models.Model):
    """A step that was taken, on which text, with which findings at that moment. Never changed, never deleted."""

    declaration = models.ForeignKey("targets.Declaration", models.PROTECT, related_name="events")
    number = models.PositiveIntegerField("序号")
    version = models.PositiveSmallIntegerField("版本")
    revision = models.ForeignKey("targets.Revision", models.PROTECT, related_name="events", verbose_name="所依据的稿")
    step = models.CharField("步骤代码", max_length=20)
    label = models.CharField("步骤", max_length=20)
    from_state = models.CharField("原状态", max_length=20, choices=list(STATES.items()))
    to_state = models.CharField("新状态", max_length=20, choices=list(STATES.items()))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="events", verbose_name="办理人")
    person_name = models.CharField("办理人姓名", max_length=40)
    stood_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events_by_deputy",
        verbose_name="代谁办理",
    )
    stood_in_for_name = models.CharField("被代理人姓名", max_length=40, blank=True)
    role = models.CharField("角色", max_length=24, choices=list(ROLES.items()))
    opinion = models.TextField("意见", blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    document_date = models.DateField("发文日期", null=True, blank=True)
    findings = models.JSONField("当时的系统校验", default=list, blank=True)
    particulars = models.JSONField("其他事项", default=dict, blank=True)
    """Label → text: what a step says besides its opinion, as an adjustment's effect on the budget."""
    at = models.DateTimeField("时间", default=timezone.now)
    link = models.PositiveIntegerField("留痕链上的序号")
    digest = models.CharField("摘要", max_length=64)

    objects = ReviewEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["declaration", "number"]
        indexes = [models.Index(fields=["at"], name="event_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "number"], name="one_event_per_number"),
            models.UniqueConstraint(fields=["declaration", "link"], name="one_event_per_link"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.signature}"

    @property
    def signature(self) -> Signature:
        return Signature(self.person_id, self.person_name, self.stood_in_for_id, self.stood_in_for_name)


class Waiver(models.Model):
    """情况说明: why one error need not be mended. The unit asks, the performance office decides with a reason.

    It holds for one rule on one cell (row key and field), whatever the row's number becomes.
    """

    class Decision(models.TextChoices):
        ASKED = "asked", "待绩效科确认"
        GRANTED = "granted", "已确认"
        REFUSED = "refused", "未同意"

    declaration = models.ForeignKey("targets.Declaration", models.PROTECT, related_name="waivers")
    rule = models.CharField("规则编号", max_length=8)
    row_key = models.CharField("行标识", max_length=16, blank=True)
    field = models.CharField("栏目", max_length=30, blank=True)
    message = models.TextField("系统校验", help_text="提出时的校验语句")
    explanation = models.TextField("情况说明", blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="waivers_asked",
        verbose_name="提出人",
    )
    asked_name = models.CharField("提出人姓名", max_length=90, blank=True)
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    decision = models.CharField("处理", max_length=8, choices=Decision.choices, default=Decision.ASKED)
    decision_reason = models.TextField("处理理由", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="waivers_decided",
        verbose_name="处理人",
    )
    decided_name = models.CharField("处理人姓名", max_length=90, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "情况说明"
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "rule", "row_key", "field"], name="one_waiver_per_finding")
        ]

    def __str__(self) -> str:
        return self.message
