"""Forms on their way out of the screens: as official workbooks, and by django-import-export's page in other formats."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from import_export.admin import ExportMixin
from import_export.formats.base_formats import Format
from import_export.forms import ExportForm

from departments.scoped_admin import person
from targets.models.declaration import KIND_LABELS
from targets.transfer import FORMATS, RESOURCES, XLSX, OfficialWorkbook, Readable, official_workbook_of, readable

NOTHING_TO_EXPORT = "没有可导出的表：所选的表还没有送审，您暂时看不到内容。请在送审后再导出。"
NO_FORM_CHOSEN = "没有可导出的表。请放宽筛选条件后再导出。"
FORBIDDEN_IN_NAMES = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]+')


def export_forms(request: HttpRequest, declarations: QuerySet[Any], *, back: str = "") -> HttpResponse:
    """The chosen forms as one official workbook; those whose text the person may not read are left out.

    `declarations` must be scoped by `visible_to` (as a ScopedAdmin's queryset is). With nothing to export it leads to `back`.
    """
    forms = readable(declarations, person(request))
    if not forms:
        messages.warning(request, NOTHING_TO_EXPORT)
        return HttpResponseRedirect(back or reverse("admin:index"))
    return attachment(official_workbook_of(forms), file_name(forms, "xlsx"), XLSX)


def attachment(content: bytes | str, name: str, content_type: str) -> HttpResponse:
    """A download whose Chinese name every browser understands (RFC 5987)."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})


def file_name(forms: Sequence[Readable], extension: str) -> str:
    """`2023年_教育和体育局_校车运营补贴.xlsx` for one form, `2023年项目支出绩效目标表_8张_20231205.xlsx` for several."""
    years = sorted({form.record.year for form in forms})
    year = f"{years[0]}年" if len(years) == 1 else f"{years[0]}-{years[-1]}年"
    if len(forms) == 1:
        form = forms[0]
        stem = f"{year}_{form.declaration.unit.label}_{form.record.title.removeprefix(year)}"
    else:
        kinds = {form.record.kind for form in forms}
        word = KIND_LABELS[kinds.pop()] if len(kinds) == 1 else "绩效目标表"
        stem = f"{year}{word}_{len(forms)}张_{timezone.localdate():%Y%m%d}"
    return f"{FORBIDDEN_IN_NAMES.sub('', stem)[:80]}.{extension}"


class OfficialExportMixin(ExportMixin):
    """For admins of declarations: the page 导出 with the official layout and plain tables. Import is not offered here."""

    export_form_class = ExportForm
    export_template_name = "targets/export.html"
    resource_classes = RESOURCES
    export_formats = FORMATS

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_export_data(self, file_format: Format, request: HttpRequest, queryset: Any, **kwargs: Any) -> bytes:
        forms = readable(queryset, person(request))
        if not forms:
            raise ValueError(NOTHING_TO_EXPORT if queryset.exists() else NO_FORM_CHOSEN)
        if isinstance(file_format, OfficialWorkbook):
            return file_format.export_data(forms)
        return super().get_export_data(file_format, request, forms, **kwargs)

    def _do_file_export(
        self, file_format: Format, request: HttpRequest, queryset: Any, export_form: Any = None
    ) -> HttpResponse:
        content = self.get_export_data(file_format, request, queryset, export_form=export_form)
        return attachment(
            content, self.get_export_filename(request, queryset, file_format), file_format.get_content_type()
        )

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Format) -> str:
        stem = f"{self.opts.verbose_name}_{timezone.localdate():%Y%m%d}"
        return f"{stem}.{file_format.get_extension()}"
