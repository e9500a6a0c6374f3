"""附件 on a form's page: the list, and uploading, removing, downloading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat

from departments.models import Person
from departments.scoped_admin import person
from targets.attachments import attach, detach, refuse_too_large
from targets.domain.file_kinds import READ_KINDS
from targets.domain.record import Record
from targets.editing import EditRefused
from targets.links import form_url
from targets.models import Attachment, Declaration


@dataclass(frozen=True, slots=True)
class Paper:
    """One attachment as the page tells it."""

    attachment: Attachment
    place: str
    size: str


class AttachmentForm(forms.Form):
    file = forms.FileField(
        max_length=255,
        error_messages={
            "required": "还没有选择文件。请选择文件后再上传。",
            "missing": "还没有选择文件。请选择文件后再上传。",
            "invalid": "没有收到文件，请重新选择。",
            "empty": "这个文件是空的，请重新选择。",
            "max_length": "文件名过长，请改短后重新上传。",
        },
    )
    row = forms.CharField(required=False, max_length=16)


def attachment_panel(declaration: Declaration, record: Record, user: Person) -> dict[str, Any] | None:
    """What the page shows of attachments, one query; None where there are none and none can be added."""
    numbers = {row.key: number for number, row in record.numbered_rows()}
    found = declaration.attachments.visible_to(user).order_by("pk")
    papers = [Paper(one, _place(one, numbers), filesizeformat(one.size)) for one in found]
    editable = declaration.editable_by(user)
    if not papers and not editable:
        return None
    rows: Sequence[tuple[str, str]] = (
        [(row.key, f"第{number}行 {row.name[:18]}") for number, row in record.numbered_rows()] if editable else []
    )
    most = settings.MAX_ATTACHMENT_BYTES // 1024 // 1024
    return {"papers": papers, "is_editable": editable, "rows": rows, "kinds": READ_KINDS, "most": most}


def _place(one: Attachment, numbers: Mapping[str, int]) -> str:
    if not one.row_key:
        return "整张表"
    number = numbers.get(one.row_key)
    return f"第{number}行 {one.row_name}" if number else f"“{one.row_name}”（这一行已删除）"


def attach_view(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    back = HttpResponseRedirect(f"{form_url(declaration)}#attachments")
    if request.method != "POST":
        return back
    form = AttachmentForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise EditRefused("".join(str(fault) for faults in form.errors.values() for fault in faults))
        upload = form.cleaned_data["file"]
        refuse_too_large(upload.size, upload.name)
        kept = attach(declaration, upload.read(), upload.name, by=person(request), row=form.cleaned_data["row"])
    except EditRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已上传附件“{kept.name}”。")
    return back


def detach_view(request: HttpRequest, declaration: Declaration, number: int) -> HttpResponse:
    back = HttpResponseRedirect(f"{form_url(declaration)}#attachments")
    if request.method != "POST":
        return back
    one = _visible(request, declaration, number)
    try:
        detach(one, by=person(request))
    except EditRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已移除附件“{one.name}”。")
    return back


def download_view(request: HttpRequest, declaration: Declaration, number: int) -> HttpResponseBase:
    """Always as a download: what others uploaded is never shown inside our own pages."""
    one = _visible(request, declaration, number)
    return FileResponse(one.file.open("rb"), as_attachment=True, filename=one.name, content_type=one.content_type)


def _visible(request: HttpRequest, declaration: Declaration, number: int) -> Attachment:
    one = declaration.attachments.visible_to(person(request)).filter(pk=number).first()
    if one is None:
        raise Http404
    return one
