"""A record frozen whenever its text changed: the only memory of old text."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from targets.domain.record import SCHEMA, Record
from targets.domain.signature import Signature


class Revision(models.Model):
    """One state of a declaration's text: who, when, why. Never changed, never deleted."""

    class Reason(models.TextChoices):
        EDIT = "edit", "编辑"
        IMPORT = "import", "导入"
        UNDO = "undo", "撤销导入"
        ADJUSTMENT = "adjustment", "调整"
        COPY = "copy", "从上年复制"

    declaration = models.ForeignKey("targets.Declaration", models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField("稿次")
    version = models.PositiveSmallIntegerField("版本")
    schema = models.PositiveSmallIntegerField(default=SCHEMA)
    frozen = models.JSONField("全文")
    reason = models.CharField("原因", max_length=12, choices=Reason.choices)
    note = models.CharField("说明", max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="revisions", verbose_name="修改人"
    )
    author_name = models.CharField("修改人姓名", max_length=40)
    stood_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions_by_deputy",
        verbose_name="代谁修改",
    )
    stood_in_for_name = models.CharField("被代理人姓名", max_length=40, blank=True)
    by_finance = models.BooleanField("财政代录", default=False)
    batch = models.ForeignKey("targets.ImportBatch", models.PROTECT, null=True, blank=True, related_name="revisions")
    created_at = models.DateTimeField("时间", default=timezone.now)
    link = models.PositiveIntegerField("留痕链上的序号")
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "修改记录"
        ordering = ["declaration", "number"]
        indexes = [models.Index(fields=["created_at"], name="revision_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "number"], name="one_revision_per_number"),
            models.UniqueConstraint(fields=["declaration", "link"], name="one_revision_per_link"),
        ]

    def __str__(self) -> str:
        return f"第{self.number}稿"

    @property
    def signature(self) -> Signature:
        return Signature(self.author_id, self.author_name, self.stood_in_for_id, self.stood_in_for_name)

    @property
    def record(self) -> Record:
        return Record.from_json(self.frozen)
