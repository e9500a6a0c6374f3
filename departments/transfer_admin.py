"""Import and export pages of the admin, in our words: one file field, the kind of file told from its content."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm
from import_export.results import Result, RowResult

from departments.change_log import differences, note
from departments.models import Person
from departments.scoped_admin import person
from departments.table_reader import FileRefused
from departments.tables import FORMATS

XLSX_FORMAT, CSV_FORMAT = range(len(FORMATS))
ZIP_SIGN = b"PK"


class TableImportForm(ImportForm):
    """Nobody has to say which kind of file it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
        self.fields["resource"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, min_value=0, max_value=0, initial=0
        )
        self.fields["import_file"].label = "文件（xlsx 或 csv）"
        self.fields["import_file"].widget.attrs = {"accept": ".xlsx,.csv"}

    @property
    def media(self) -> forms.Media:
        return forms.Media()  # the library's script guesses the kind from the name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if upload := cleaned.get("import_file"):
            cleaned["format"] = XLSX_FORMAT if upload.read(2) == ZIP_SIGN else CSV_FORMAT
            upload.seek(0)
        cleaned["resource"] = 0
        return cleaned


class TableConfirmForm(ConfirmImportForm):
    format = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=CSV_FORMAT)
    resource = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=0)


class TableExportForm(ExportForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].label = "文件格式"
        self.fields["format"].initial = str(XLSX_FORMAT)


class TransferAdmin(ImportExportMixin):
    """Mix in before ScopedAdmin: who may change may import; who may see may export what he sees."""

    formats = FORMATS
    import_form_class = TableImportForm
    confirm_form_class = TableConfirmForm
    export_form_class = TableExportForm
    skip_admin_log = False

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_change_permission(request) and self.has_add_permission(request))

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"person": person(request)}

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"person": person(request)}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        reason = str(e) if isinstance(e, FileRefused) else "无法读取这个文件。请另存为xlsx后重新上传。"
        form.add_error("import_file", reason)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().process_import(request, **kwargs)
        except FileRefused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse(f"admin:{'_'.join(self.get_model_info())}_import"))

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """The register may have changed since the preview: then nothing was stored, and the person is told why."""
        if not result.has_errors() and not result.has_validation_errors():
            return super().process_result(result, request)
        sentences = [str(error.error) for error in result.base_errors]
        sentences += [str(error.error) for _, errors in result.row_errors() for error in errors]
        sentences += [message for row in result.invalid_rows for message in row.error.messages]
        messages.error(request, f"没有导入任何数据。{sentences[0]}")
        return HttpResponseRedirect(reverse(f"admin:{'_'.join(self.get_model_info())}_import"))

    def _log_actions(self, result: Result, request: HttpRequest) -> None:
        """Each row in words; the library says only that it came from a file."""
        for row in result.rows:
            if row.import_type in (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE):
                is_new = row.import_type == RowResult.IMPORT_TYPE_NEW
                words = f"从文件导入：{differences(None if is_new else row.original, row.instance)}"
                note(person(request), [row.instance], words, absent=self._absent(request), is_new=is_new)

    def _absent(self, request: HttpRequest) -> Person | None:
        return person(request).scope.fills_in_for(*self.change_roles)

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        return f"{self.model._meta.verbose_name}_{timezone.localdate():%Y%m%d}.{file_format.get_extension()}"

    def _do_file_export(
        self, file_format: Any, request: HttpRequest, queryset: Any, export_form: Any = None
    ) -> HttpResponse:
        """The library writes the name raw; a Chinese one has to be told as every browser understands it (RFC 5987)."""
        response: HttpResponse = super()._do_file_export(file_format, request, queryset, export_form=export_form)
        name = self.get_export_filename(request, queryset, file_format)
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
        return response

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        new, updated, same = (
            result.totals[kind]
            for kind in (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE, RowResult.IMPORT_TYPE_SKIP)
        )
        label = self.model._meta.verbose_name_plural
        messages.success(request, f"{label}已导入：新增{new}条，更新{updated}条，无变化{same}条。")
