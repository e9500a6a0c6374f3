"""What somebody is typing: in the rows already, in no revision yet."""

from django.conf import settings
from django.db import models

from targets.models.declaration import Declaration


class Sitting(models.Model):
    """One at a time on a form; it becomes a revision when saved, left alone, stepped, or when somebody else writes."""

    declaration = models.OneToOneField(Declaration, models.CASCADE, related_name="sitting")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sittings")
    stood_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="sittings_by_deputy", verbose_name="代谁填写"
    )
    by_finance = models.BooleanField("财政代录", default=False)
    saves = models.PositiveIntegerField("自动保存次数", default=0)
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    touched_at = models.DateTimeField("最近修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "正在填写"
        indexes = [models.Index(fields=["touched_at"])]

    def __str__(self) -> str:
        return f"{self.person} {self.declaration_id}"
