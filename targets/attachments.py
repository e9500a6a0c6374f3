"""附件 are put to a form by its unit while it may be edited, and leave as downloads to whoever may see them."""

import hashlib

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from departments.models import Person
from targets.domain.file_kinds import NotAttachable, attachment_name, kind_of
from targets.domain.sheets.problems import quoted
from targets.editing import EditRefused, why_not_editable
from targets.models import Attachment, Declaration
from targets.signing import signed_as_writer

AT_MOST = 30
"""Attachments of one form."""


def attach(declaration: Declaration, content: bytes, name: str, *, by: Person, row: str = "") -> Attachment:
    """Keep a file with the form or one of its rows; raises EditRefused with a sentence."""
    shown = quoted(name, 80)
    refuse_too_large(len(content), name)
    try:
        kind = kind_of(content)
    except NotAttachable as reason:
        raise EditRefused(f"{shown}{reason}") from reason
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        locked = Declaration.objects.select_for_update().get(pk=declaration.pk)
        if not locked.editable_by(by):
            raise EditRefused(why_not_editable(locked, by))
        present = list(locked.attachments.present().values_list("sha256", "name", "row_key"))
        if len(present) >= AT_MOST:
            raise EditRefused(f"一张表最多{AT_MOST}个附件，没有上传。请合并或移除一些后重试。")
        same = next((name for sha256, name, key in present if (sha256, key) == (digest, row)), None)
        if same:
            raise EditRefused(f"{shown}与已有的附件“{same}”内容相同，没有重复上传。")
        line = locked.indicators.filter(key=row).first() if row else None
        if row and line is None:
            raise EditRefused("所选的这一行已经删除，没有上传。请刷新页面后重新选择。")
        return Attachment.objects.create(
            declaration=locked,
            row_key=row,
            row_name=line.name[:200] if line else "",
            file=ContentFile(content, name="file"),
            name=attachment_name(name, kind),
            content_type=kind.content_type,
            size=len(content),
            sha256=digest,
            uploaded_by=by,
            uploaded_name=signed_as_writer(by, locked.unit_id),
        )


def refuse_too_large(size: int, name: str) -> None:
    """Asked by the page before it reads the file, too: what is refused need not be in memory. Raises EditRefused."""
    if size > settings.MAX_ATTACHMENT_BYTES:
        most = settings.MAX_ATTACHMENT_BYTES // 1024 // 1024
        raise EditRefused(f"{quoted(name, 80)}超过{most}MB，没有上传。请压缩或分成几个文件。")


def detach(one: Attachment, *, by: Person) -> None:
    """Take it out of sight; the file stays for the record. Raises EditRefused."""
    with transaction.atomic():
        locked = Declaration.objects.select_for_update().get(pk=one.declaration_id)
        if not locked.editable_by(by):
            raise EditRefused(why_not_editable(locked, by))
        signature = signed_as_writer(by, locked.unit_id)
        present = Attachment.objects.present().filter(pk=one.pk)
        present.update(removed_at=timezone.now(), removed_by=by, removed_name=signature)
