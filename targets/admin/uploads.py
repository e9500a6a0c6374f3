"""The fields that take a file to be read; whether it is what it should be, the reading says (`targets.intake.reading`)."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from targets.domain.sheets.problems import MEGABYTE, too_large

TYPES = (".xlsx", ".xlsm", ".xls", ".et", ".ett", ".ods", ".csv", ".txt", ".docx")
"""What the file dialogue offers; a file is taken by its content."""


class UploadField(forms.FileField):
    """A file of some types, refused before it is read if it has too many bytes. `wanted` is what a person is asked to choose."""

    def __init__(
        self, label: str, wanted: str, types: tuple[str, ...], most_bytes: int | None = None, *, required: bool = True
    ) -> None:
        nothing = f"还没有选择文件。请选择{wanted}。"
        messages: dict[str, Any] = {
            "required": nothing,
            "missing": nothing,
            "empty": "所选文件是空的（0 字节）。请重新选择。",
            "invalid": "没有收到文件。请重新选择后上传。",
        }
        widget = forms.ClearableFileInput(attrs={"accept": ",".join(types)})
        super().__init__(label=label, required=required, error_messages=messages, widget=widget)
        self._most_bytes = most_bytes

    @property
    def most_bytes(self) -> int:
        return self._most_bytes or settings.MAX_UPLOAD_BYTES

    @property
    def most_megabytes(self) -> str:
        """For the hint beside the field."""
        return f"{self.most_bytes / MEGABYTE:g}"

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        upload: UploadedFile | None = super().clean(data, initial)
        size = (upload and upload.size) or 0
        if upload and size > self.most_bytes:
            raise forms.ValidationError(too_large(upload.name or "", size, self.most_bytes))
        return upload


class WorkbookField(UploadField):
    """`more` is what may be taken besides `TYPES`."""

    def __init__(self, label: str, wanted: str, *more: str, required: bool = True) -> None:
        super().__init__(label, wanted, (*TYPES, *more), required=required)
