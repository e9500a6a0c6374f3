"""导入: upload → preview → confirm, and the record of what was imported."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from departments.models import Membership, Person
from departments.roles import ADMIN, FILLER, FINANCE_ROLES
from departments.scoped_admin import ScopedAdmin, person
from targets.admin.export import attachment
from targets.admin.intake_page import (
    Chosen,
    all_problems,
    causes,
    doubts,
    has_problems,
    page_of_forms,
    shown_forms,
    tiles,
    unread,
)
from targets.admin.intake_record import (
    FORMS_A_PAGE,
    is_there_to_undo,
    left_out_late,
    record_context,
    told,
    told_undone,
    why_stopped,
)
from targets.admin.numbers import number_in, numbers_in
from targets.admin.uploads import WorkbookField
from targets.domain.compose import MODES
from targets.domain.sheets.archive import is_archive
from targets.intake.annotated import annotated, may_be_annotated, problem_list
from targets.intake.batch import choose, discard_batch, open_batch
from targets.intake.storing import STORING
from targets.intake.undo import UNDOING, may_undo
from targets.jobs import ask_to_cancel
from targets.models import ImportBatch, Job
from targets.models.intake import ACTIONS, CREATE, UPDATE
from targets.outgoing.shapes import CONTENT_TYPES, XLSX
from targets.tasks import (
    READ,
    READ_AND_STORE,
    STORE,
    UNDER_WAY,
    read_at_once,
    revive_jobs,
    start_job,
    start_storing,
    start_undoing,
)

PASTED = "粘贴的表格.txt"
COUNTS = {"created": "新增", "updated": "更新", "unchanged": "无变化", "refused": "不能导入"}
FIRST_YEAR, LAST_YEAR = 2000, 2100
WORKED_ON = frozenset({ImportBatch.State.READING, *UNDER_WAY.values()})
"""While a batch is in these states a job is at it."""


class UploadForm(forms.Form):
    """A file, or what was copied from one: cells are pasted as text with tabs, which is read as a saved text is."""

    file = WorkbookField("Excel 或 Word 文件", "要导入的表格或 Word 文件，或把表格粘贴在下面", ".zip", required=False)
    pasted = forms.CharField(
        label="或粘贴表格",
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "cols": 90,
                "spellcheck": "false",
                "placeholder": "在 Excel、WPS 中选中整张表，复制后粘贴在这里",
            }
        ),
    )
    year = forms.IntegerField(
        label="预算年度",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages={
            "invalid": "预算年度要写成四位数字，如 2023；也可不填。",
            "min_value": "预算年度要写成四位数字，如 2023；也可不填。",
            "max_value": "预算年度要写成四位数字，如 2023；也可不填。",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "autocomplete": "off"}),
    )

    @property
    def came_as(self) -> str:
        """The field that holds what was sent."""
        return "pasted" if self.cleaned_data["pasted"].strip() else "file"

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        file, pasted = self.cleaned_data["file"], self.cleaned_data["pasted"]
        if pasted.strip() and file:
            self.add_error("pasted", "选了文件，又粘贴了表格。请只留一样，另一样再导入一次。")
        elif pasted.strip():
            self.cleaned_data["file"] = SimpleUploadedFile(PASTED, pasted.encode())
        elif not file:
            self.add_error("file", self.fields["file"].error_messages["required"])
        return self.cleaned_data


def _counted(name: str) -> Callable[[ImportBatch], str]:
    """A column of the list; before something is stored there is nothing to count."""

    @admin.display(description=COUNTS[name], ordering=name)
    def column(batch: ImportBatch) -> str:
        return str(getattr(batch, name)) if batch.stored_at else "—"

    column.__name__ = name
    return column


@admin.register(ImportBatch)
class ImportBatchAdmin(ScopedAdmin):
    """A person's own uploads; administrators see those of their division. Nothing is changed here by hand."""

    view_roles = frozenset({FILLER}) | FINANCE_ROLES
    change_roles = frozenset()
    add_roles = frozenset()
    list_display = ("file_name", "state", "uploaded_name", "uploaded_at", *map(_counted, COUNTS))
    list_filter = ("state",)
    search_fields = ("file_name", "uploaded_name")
    search_help_text = "文件名、导入人"
    actions = None
    change_list_template = "targets/intake/list.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._holds(request, self.view_roles)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        found = super().get_queryset(request)
        user = person(request)
        if user.is_superuser:
            return found
        overseen = Membership.objects.filter(department__in=user.scope.reach(ADMIN)).values("person")
        return found.filter(Q(uploaded_by=user) | Q(uploaded_by__in=overseen))

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[Callable[..., HttpResponse], str]] = {
            "upload/": (self.upload_view, "upload"),
            "<int:pk>/preview/": (self.preview_view, "preview"),
            "<int:pk>/problems/": (self.problems_view, "problems"),
            "<int:pk>/annotated/": (self.annotated_view, "annotated"),
            "<int:pk>/confirm/": (require_POST(self.confirm_view), "confirm"),
            "<int:pk>/discard/": (require_POST(self.discard_view), "discard"),
            "<int:pk>/cancel/": (require_POST(self.cancel_view), "cancel"),
            "<int:pk>/undo/": (require_POST(self.undo_view), "undo"),
        }
        own = [
            path(route, self.admin_site.admin_view(view), name=f"targets_importbatch_{name}")
            for route, (view, name) in pages.items()
        ]
        return own + super().get_urls()

    # upload -----------------------------------------------------------------------------------------------------------

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        user = self._importer(request)
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if form.is_valid():
            batch = _taken(form.cleaned_data["file"], user, form.cleaned_data["year"])
            if batch.state != ImportBatch.State.UNREADABLE:
                page = "preview" if batch.state == ImportBatch.State.PREVIEW else "change"
                return HttpResponseRedirect(reverse(f"admin:targets_importbatch_{page}", args=[batch.pk]))
            form.add_error(form.came_as, batch.message)
            batch.delete()  # nothing of it was kept, and who brought it has been told
        context = {"form": form}
        return self._page(request, "targets/intake/upload.html", "导入", context)

    # preview ----------------------------------------------------------------------------------------------------------

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One page of the forms; a POST keeps what was ticked on it and goes to another page."""
        user = self._importer(request)
        batch = self._own_batch(user, pk)
        if batch.state != ImportBatch.State.PREVIEW:
            return HttpResponseRedirect(reverse("admin:targets_importbatch_change", args=[pk]))
        show = request.GET.get("show", "")
        show = show if show in ACTIONS else ""
        opened = number_in(request.GET.get("open", ""))
        kept = f"show={show}&" if show else ""
        address = reverse("admin:targets_importbatch_preview", args=[pk])
        if request.method == "POST":
            _keep_choices(request, batch)
            wanted = number_in(request.POST.get("page", "")) or 1
            at = "" if opened is None else f"&open={opened}#form-{opened}"
            return HttpResponseRedirect(f"{address}?{kept}page={wanted}{at}")
        listed = batch.forms.filter(action=show) if show else batch.forms.all()
        page = Paginator(page_of_forms(listed), FORMS_A_PAGE).get_page(request.GET.get("page"))
        chosen = Chosen.of(batch)
        found, others = causes(batch)
        counted = tiles(batch, show)
        context = {
            "batch": batch,
            "page": page,
            "lines": shown_forms(list(page.object_list), user),
            "tiles": counted,
            "total": sum(one.number for one in counted),
            "any_goes_in": any(one.number for one in counted if one.action in (CREATE, UPDATE)),
            "address": address,
            "show": show,
            "kept": kept,
            "opened": opened,
            "chosen": chosen,
            "elsewhere": chosen.without(page.object_list),
            "modes": MODES,
            "causes": found,
            "other_problems": others,
            "doubts": doubts(found, others),
            "unread": unread(batch),
            **_mending(batch),
            "earlier": self._earlier(request, batch),
            "stopped": why_stopped(batch, STORE, READ_AND_STORE),
        }
        return self._page(request, "targets/intake/preview.html", "导入预览", context)

    def problems_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The problems as a table to hand to whoever mends the file."""
        batch = self._own_batch(self._importer(request), pk)
        return self._problem_list(batch)

    def annotated_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The file as it came with the problems marked in it; the list alone for a file that cannot be marked."""
        batch = self._own_batch(self._importer(request), pk)
        marked = annotated(bytes(batch.file.content), batch.file_name, all_problems(batch))
        if marked is None:
            return self._problem_list(batch)
        return attachment(marked, f"{_stem(batch)}_标注.xlsx", CONTENT_TYPES[XLSX])

    def _problem_list(self, batch: ImportBatch) -> HttpResponse:
        table = problem_list(all_problems(batch), batch.file_name)
        return attachment(table, f"问题清单_{_stem(batch)}.xlsx", CONTENT_TYPES[XLSX])

    def _earlier(self, request: HttpRequest, batch: ImportBatch) -> ImportBatch | None:
        """The last time that the very same bytes went in, as far as this person sees it."""
        same = self.get_queryset(request).filter(sha256=batch.sha256, state=ImportBatch.State.STORED)
        return same.order_by("-stored_at").first()

    # confirm, discard, undo -------------------------------------------------------------------------------------------

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = self._importer(request)
        batch = self._own_batch(user, pk)
        if batch.state == ImportBatch.State.PREVIEW:
            _keep_choices(request, batch)
            if not batch.forms.filter(is_chosen=True, action__in=(CREATE, UPDATE)).exists():
                messages.warning(request, "没有勾选任何表，没有写入数据。请至少勾选一张，或点“放弃”。")
                return HttpResponseRedirect(reverse("admin:targets_importbatch_preview", args=[pk]))
        job = start_storing(batch, user)
        if job is None:
            batch.refresh_from_db(fields=["state"])
            messages.warning(request, f"这个文件{batch.get_state_display()}，没有再次导入。")
        elif job.state == Job.State.DONE:
            is_whole = (batch.created or batch.updated) and not left_out_late(batch)
            tell = messages.success if is_whole else messages.warning
            tell(request, told(batch))
        return HttpResponseRedirect(reverse("admin:targets_importbatch_change", args=[pk]))

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """By whoever may undo the import: what may be taken back may be stopped."""
        batch = self._revocable_batch(request, self._importer(request), pk)
        job = batch.jobs.order_by("-pk").first()
        if job is None or not ask_to_cancel(job):
            messages.warning(request, "已经处理完，不能取消。")
        else:
            messages.info(request, "正在取消；已开始写入的会写完，写完后可以撤销导入。")
        return HttpResponseRedirect(reverse("admin:targets_importbatch_change", args=[pk]))

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self._own_batch(self._importer(request), pk)
        if batch.state == ImportBatch.State.PREVIEW:
            discard_batch(batch)
            messages.info(request, f"已放弃“{batch.file_name}”，没有写入任何数据。")
        else:
            messages.warning(request, f"这个文件{batch.get_state_display()}，不能再放弃。")
        return HttpResponseRedirect(reverse("admin:targets_importbatch_upload"))

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = self._importer(request)
        batch = self._revocable_batch(request, user, pk)
        job = start_undoing(batch, user)
        if job is None:
            batch.refresh_from_db(fields=["state"])
            messages.warning(request, f"这次导入{batch.get_state_display()}，不能撤销。")
        elif batch.state == ImportBatch.State.UNDONE:
            messages.success(request, told_undone(batch))
        return HttpResponseRedirect(reverse("admin:targets_importbatch_change", args=[pk]))

    # record -----------------------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What became of a file: its forms with links, and what was left out and why."""
        user = self._importer(request)
        batch = self.get_object(request, object_id)
        if batch.state in WORKED_ON:
            revive_jobs()
            job = batch.jobs.order_by("-pk").first()
            may_cancel = may_undo(batch, user) and not _is_written(job)
            context = {"batch": batch, "job": job, "may_cancel": may_cancel}
            return self._page(request, "targets/intake/progress.html", "导入", context)
        if batch.state == ImportBatch.State.PREVIEW and batch.uploaded_by_id == user.pk:
            return HttpResponseRedirect(reverse("admin:targets_importbatch_preview", args=[batch.pk]))
        context = {
            **record_context(batch, user, request.GET.get("page")),
            "unread": unread(batch),
            "may_undo": is_there_to_undo(batch) and may_undo(batch, user),
            **_mending(batch),
        }
        return self._page(request, "targets/intake/batch.html", "导入记录", context)

    # helpers ----------------------------------------------------------------------------------------------------------

    def _importer(self, request: HttpRequest) -> Person:
        """Whoever may import for somebody; for which form he may is decided form by form."""
        if not self.has_view_permission(request):
            raise Http404
        return person(request)

    def _own_batch(self, user: Person, pk: int) -> Any:
        """A preview shows what its uploader may see, so it is his alone."""
        own = ImportBatch.objects.select_related("uploaded_by")
        return get_object_or_404(own, pk=pk, uploaded_by=user)

    def _revocable_batch(self, request: HttpRequest, user: Person, pk: int) -> Any:
        batch = self.get_object(request, str(pk))
        if not may_undo(batch, user):
            raise Http404
        return batch

    def _page(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return render(request, template, frame | context)


def _taken(upload: UploadedFile, user: Person, year: int | None) -> ImportBatch:
    """A small file is read by now, a large one will be."""
    content = upload.read()
    with transaction.atomic():
        batch = open_batch(content, upload.name or "", by=user, year=year)
        if is_large := len(content) > settings.BACKGROUND_FROM_BYTES or is_archive(content):
            start_job(READ, batch, user)
    if not is_large:
        read_at_once(batch, user)
    return batch


def _keep_choices(request: HttpRequest, batch: ImportBatch) -> None:
    """What was ticked on the page that was posted, and the way chosen for each plan (`mode-3=append`)."""
    shown = set(numbers_in(request.POST.getlist("shown")))
    modes = {place: mode for place in shown if (mode := request.POST.get(f"mode-{place}", "")) in MODES}
    choose(batch, shown=shown, ticked=set(numbers_in(request.POST.getlist("form"))), modes=modes)


def _is_written(job: Job | None) -> bool:
    """Then it is too late to stop it, and on SQLite who tried would wait until it is over."""
    return job is not None and job.state == Job.State.RUNNING and job.doing in (STORING, UNDOING)


def _stem(batch: ImportBatch) -> str:
    return batch.file_name.rsplit(".", 1)[0]


def _mending(batch: ImportBatch) -> dict[str, bool]:
    """What the uploader may take away to mend his file."""
    return {"has_problems": has_problems(batch), "may_be_annotated": may_be_annotated(batch.file_name)}
