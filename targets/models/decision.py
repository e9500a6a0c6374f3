"""办理: a step that somebody wants some forms to take, looked at first, then taken at once or held for a common release."""

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from departments.models import Person
from departments.roles import BUDGET_OFFICE, OFFICE_REVIEWER, PERFORMANCE_REVIEWER
from targets.domain.steps import RETURNED
from targets.models.review import ReviewEvent

SEE_HELD = (OFFICE_REVIEWER, PERFORMANCE_REVIEWER, BUDGET_OFFICE)
"""Finance's reviewers; what is held does not exist for anybody else, the system's administrators included."""
HOLDERS = (PERFORMANCE_REVIEWER, BUDGET_OFFICE)
"""Who may hold a decision, release it and take it back."""


class Decision(models.Model):
    """Who, which step, in which words; its forms say what became of each. Nothing happens before `confirmed_at`."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions", verbose_name="办理人"
    )
    person_name = models.CharField("办理人姓名", max_length=200, blank=True)
    """As it is signed, from the confirmation on."""
    step = models.CharField("步骤代码", max_length=20, blank=True)
    opinion = models.TextField("意见", blank=True)
    to_level = models.CharField("退回到", max_length=20, default=RETURNED)
    document_number = models.CharField("文号", max_length=60, blank=True)
    document_date = models.DateField("发文日期", null=True, blank=True)
    is_held = models.BooleanField("暂存决定，统一下达", default=False)
    release_at = models.DateTimeField("定时下达", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "成批办理"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.step} {self.pk}"


class DecidedFormQuerySet(models.QuerySet["DecidedForm"]):
    def held(self) -> "DecidedFormQuerySet":
        return self.filter(state=DecidedForm.State.HELD)

    def visible_to(self, user: Person) -> "DecidedFormQuerySet":
        """What is or was held, as far as this person is one of finance's reviewers of the form."""
        reached = user.scope.reach(*SEE_HELD) if user.scope.holds(*SEE_HELD) else ()
        return self.filter(decision__is_held=True, declaration__unit__in=reached)

    def releasable_by(self, user: Person) -> "DecidedFormQuerySet":
        reached = user.scope.reach(*HOLDERS) if user.scope.holds(*HOLDERS) else ()
        return self.held().filter(declaration__unit__in=reached)

    def due(self) -> "DecidedFormQuerySet":
        """What its time has come for; a release that was refused at that time is not tried again every minute."""
        untried = Q(at=None) | Q(at__lt=F("release_at"))
        return self.held().filter(untried, release_at__lte=timezone.now())

    def overtake(self, events: Iterable[ReviewEvent]) -> None:
        """A held decision ends when its form goes elsewhere first. Called under the forms' locks."""
        forms = defaultdict(list)
        for event in events:
            if event.from_state == event.to_state:  # asked or told something, gone nowhere
                continue
            forms[f"{event.signature}已办理“{event.label}”"].append(event.declaration_id)
        for words, moved in forms.items():
            overtaken = self.held().filter(declaration__in=moved)
            overtaken.update(state=DecidedForm.State.OVERTAKEN, reason=words, at=timezone.now())


class DecidedForm(models.Model):
    """One form of a decision: which revision was seen, and what became of it. Its state changes under the form's lock."""

    class State(models.TextChoices):
        CHOSEN = "chosen", "待确认"
        WAITING = "waiting", "未办理"
        HELD = "held", "已拟定待下达"
        DONE = "done", "已办理"
        REFUSED = "refused", "不能办理"
        OVERTAKEN = "overtaken", "已失效"
        TAKEN_BACK = "taken_back", "已撤回"

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="forms")
    declaration = models.ForeignKey("targets.Declaration", models.PROTECT, related_name="decisions")
    seen = models.PositiveIntegerField("所见的稿")
    state = models.CharField("处理", max_length=10, choices=State.choices, default=State.CHOSEN)
    reason = models.TextField("原因", blank=True)
    release_at = models.DateTimeField("定时下达", null=True, blank=True)
    """Of a held one; what its decision said unless a day was set for it since."""
    at = models.DateTimeField("处理时间", null=True, blank=True)

    objects = DecidedFormQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "成批办理的表"
        ordering = ["decision", "id"]
        indexes = [models.Index(fields=["decision", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["decision", "declaration"], name="one_form_per_decision"),
            models.UniqueConstraint(
                fields=["declaration"], condition=Q(state="held"), name="one_held_decision_per_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.declaration_id}"
