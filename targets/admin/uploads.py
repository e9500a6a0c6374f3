"""The field that takes a spreadsheet or Word file; whether it is one, the reading says (`targets.intake.reading`)."""

from typing import Any

from django import forms

TYPES = (".xlsx", ".xlsm", ".xls", ".et", ".ett", ".ods", ".csv", ".txt", ".docx")
"""What the file dialogue offers; a file is taken by its content."""


def workbook_field(label: str, wanted: str, *more: str) -> forms.FileField:
    """`wanted` is what the person is asked to choose, `more` what may be taken besides `TYPES`."""
    nothing = f"还没有选择文件。请选择{wanted}。"
    messages: dict[str, Any] = {
        "required": nothing,
        "missing": nothing,
        "empty": "所选文件是空的（0 字节）。请重新选择。",
        "invalid": "没有收到文件。请重新选择后上传。",
    }
    widget = forms.ClearableFileInput(attrs={"accept": ",".join((*TYPES, *more))})
    return forms.FileField(label=label, error_messages=messages, widget=widget)
