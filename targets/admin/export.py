"""Forms on their way out of the screens: chosen in the list or by its filters, in the shapes of `targets.outgoing.shapes`."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from import_export.admin import ExportMixin

from departments.scoped_admin import person
from targets.models.declaration import DeclarationQuerySet
from targets.outgoing.shapes import BY_SLUG, OFFICIAL, SHAPES, SMALL, ExportRefused, NothingWritten, Shape, written
from targets.outgoing.text import readable
from targets.worklist_filter import WorklistFilter

NOTHING_TO_EXPORT = "没有可导出的表：所选的表还没有送审，您暂时看不到内容。请在送审后再导出。"
NO_FORM_CHOSEN = "没有可导出的表。请放宽筛选条件后再导出。"


def export_forms(request: HttpRequest, declarations: DeclarationQuerySet, *, back: str = "") -> HttpResponseBase:
    """The chosen forms as one official workbook; with nothing to export it leads to `back`, and says why."""
    try:
        return download(request, BY_SLUG[OFFICIAL], declarations)
    except ExportRefused as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(back or reverse("admin:index"))


def download(request: HttpRequest, shape: Shape, declarations: DeclarationQuerySet) -> HttpResponseBase:
    """The forms in a shape; those whose text the person may not read are left out. Raises ExportRefused.

    `declarations` must be scoped by `visible_to` (as a ScopedAdmin's queryset is).
    """
    try:
        made = written(shape, readable(declarations, person(request)))
    except NothingWritten:
        raise ExportRefused(NOTHING_TO_EXPORT if declarations.exists() else NO_FORM_CHOSEN) from None
    if made.size > SMALL:
        return FileResponse(made.file, as_attachment=True, filename=made.name, content_type=shape.content_type)
    with made.file as file:
        return attachment(file.read(), made.name, shape.content_type)


def attachment(content: bytes | str, name: str, content_type: str) -> HttpResponse:
    """A download whose Chinese name every browser understands (RFC 5987)."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})


class ExportForm(forms.Form):
    """Which shape, and of which forms if some were ticked in the list."""

    format = forms.ChoiceField(
        label="导出内容",
        choices=[(shape.slug, shape.title) for shape in SHAPES],
        initial=OFFICIAL,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择导出内容。", "invalid_choice": "没有这种导出内容，请重新选择。"},
    )
    chosen = forms.RegexField(
        r"\A\d{1,18}(,\d{1,18})*\Z",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "没有读到所选的表。请返回列表重新勾选。"},
    )

    def choices_with_help(self) -> list[tuple[Any, str]]:
        """Each radio button with the sentence that says what it is for."""
        return [(button, shape.help) for button, shape in zip(self["format"], SHAPES, strict=True)]

    def ticked(self) -> list[int] | None:
        """None: all that the filters show."""
        chosen = self.cleaned_data.get("chosen") if self.is_bound else self.initial.get("chosen")
        return [int(pk) for pk in chosen.split(",")] if chosen else None


class OfficialExportMixin(ExportMixin):
    """For admins of declarations: the page 导出, for what the filters show or what was ticked. Import is not offered here."""

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        return actions | {"export_as": self.get_action("export_as")} if actions else actions

    @admin.action(description="导出为其他格式")
    def export_as(self, request: HttpRequest, queryset: DeclarationQuerySet) -> HttpResponse:
        chosen = ",".join(map(str, queryset.values_list("pk", flat=True)))
        return self._export_page(request, ExportForm(initial={"chosen": chosen}), queryset)

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_export_permission(request):
            raise PermissionDenied
        form = ExportForm(request.POST if request.method == "POST" else None)
        ticked = form.ticked() if form.is_valid() else None
        if ticked is None:
            declarations = self.get_export_queryset(request)
        else:
            declarations = self.get_queryset(request).filter(pk__in=ticked)
        if form.is_valid():
            try:
                return download(request, BY_SLUG[form.cleaned_data["format"]], declarations)
            except ExportRefused as refusal:
                form.add_error(None, str(refusal))
        return self._export_page(request, form, declarations)

    def _export_page(
        self, request: HttpRequest, form: ExportForm, declarations: DeclarationQuerySet
    ) -> TemplateResponse:
        user = person(request)
        narrowed = WorklistFilter(request.GET, self.get_queryset(request), user=user, kind=self.model.objects.kind)
        number = declarations.readable_by(user).count()
        context = {
            **self.admin_site.each_context(request),
            "title": "导出",
            "opts": self.opts,
            "form": form,
            "ticked": form.ticked(),
            "number": number,
            "hidden": declarations.count() - number,
            "complaints": narrowed.complaints,
            "faults": [sentence for of_field in form.errors.values() for sentence in of_field],
            "address": self._with_filters(request, "export"),
            "list": self._with_filters(request, "changelist"),
        }
        return TemplateResponse(request, "targets/export.html", context)

    def _with_filters(self, request: HttpRequest, page: str) -> str:
        return f"{reverse(f'admin:targets_{self.opts.model_name}_{page}')}?{request.GET.urlencode()}"
