"""Long work in the background: what is asked, how far it is, who is at it and until when he may be believed alive."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

SILENT = timedelta(seconds=30)
"""Most work says how far it is twice a second."""


class Job(models.Model):
    """One piece of long work. A worker holds it by a lease that it renews; a lease run out means that the worker is gone."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "正在处理"
        DONE = "done", "已完成"
        FAILED = "failed", "没有完成"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField("种类", max_length=20)
    batch = models.ForeignKey("targets.ImportBatch", models.CASCADE, null=True, blank=True, related_name="jobs")
    decision = models.ForeignKey("targets.Decision", models.CASCADE, null=True, blank=True, related_name="jobs")
    options = models.JSONField("要求", default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.QUEUED)
    doing = models.CharField("正在做", max_length=60, blank=True)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("共", default=0)
    message = models.TextField("结果", blank=True)
    cancel_asked = models.BooleanField("已请求取消", default=False)
    owner = models.CharField(max_length=36, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name="发起人")
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台工作"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "lease_until"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state not in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_silent(self) -> bool:
        """Nothing was heard of its worker for a while: at work in one long transaction, or gone."""
        if self.state != self.State.RUNNING or self.lease_until is None:
            return False
        heard = self.lease_until - timedelta(seconds=settings.JOB_LEASE_SECONDS)
        return timezone.now() - heard > SILENT
