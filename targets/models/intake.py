"""An upload: kept with its bytes, so that any web process can show its preview and store it."""

from django.conf import settings
from django.db import models


class ImportBatch(models.Model):
    """导入批次: one file, read and compared, then stored or given up."""

    class State(models.TextChoices):
        PREVIEW = "preview", "待确认"
        STORED = "stored", "已导入"
        DISCARDED = "discarded", "已放弃"
        UNDONE = "undone", "已撤销"

    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField("校验值", max_length=64, db_index=True)
    content = models.BinaryField("文件内容")
    year = models.PositiveSmallIntegerField("预算年度", null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="import_batches", verbose_name="导入人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PREVIEW)
    stored_at = models.DateTimeField("导入时间", null=True, blank=True)
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("无变化", default=0)
    refused = models.PositiveIntegerField("不能导入", default=0)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    report = models.JSONField("报告", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入记录"
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.file_name
