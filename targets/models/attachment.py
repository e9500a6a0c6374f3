"""附件（立项依据、测算依据）: papers behind a form or one of its rows."""

import secrets

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from departments.models import Person


def attachment_storage() -> Storage:
    return storages["attachments"]


def stored_as(attachment: "Attachment", name: str) -> str:
    """A name that says nothing and can be guessed by nobody."""
    return f"attachments/{secrets.token_hex(16)}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Person) -> "AttachmentQuerySet":
        """The unit sees all of its own; others what was sent with the form."""
        scope = user.scope
        seen = self.present().filter(Q(declaration__unit__in=scope.own) | Q(sent_at__isnull=False))
        return seen if user.is_superuser else seen.filter(declaration__unit__in=scope.reach())

    def present(self) -> "AttachmentQuerySet":
        return self.filter(removed_at=None)


class Attachment(models.Model):
    """Never deleted: one that was taken out is out of sight, and its file stays."""

    declaration = models.ForeignKey("targets.Declaration", models.PROTECT, related_name="attachments")
    row_key = models.CharField("行标识", max_length=16, blank=True)
    row_name = models.CharField("指标名称", max_length=200, blank=True)
    file = models.FileField("文件", upload_to=stored_as, storage=attachment_storage, max_length=255)
    name = models.CharField("文件名", max_length=160)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField("校验值", max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_name = models.CharField("上传人姓名", max_length=90, blank=True)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    sent_at = models.DateTimeField("随表送审时间", null=True, blank=True)
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="移除人"
    )
    removed_name = models.CharField("移除人姓名", max_length=90, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["declaration", "id"]

    def __str__(self) -> str:
        return self.name
