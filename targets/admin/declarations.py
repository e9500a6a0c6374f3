"""Lists of forms and the addresses of everything about one form; what is special to a kind is in projects.py, plans.py."""

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from departments.roles import FILLER
from departments.scoped_admin import EVERYBODY, ScopedAdmin, person
from targets.admin.assessment import assessment_view, assessment_workbook, export_assessments
from targets.admin.attachments import attach_view, detach_view, download_view
from targets.admin.before import before_view
from targets.admin.cells import cells_view
from targets.admin.decisions import decision_url
from targets.admin.export import OfficialExportMixin, export_forms
from targets.admin.history import history_page, paper_page, revision_page
from targets.admin.list_filters import Worklist
from targets.admin.neighbours import remember_list
from targets.admin.opening import AT_ONCE, may_open, openable
from targets.admin.page import address, form_page
from targets.admin.remarks import looked_view, remark_view
from targets.admin.stale import renewed_view
from targets.admin.steps import ADOPT, LISTED, step_view, waive_view
from targets.admin.worklist import filters_view, worklist_context
from targets.decisions import choose, offered
from targets.domain.steps import UNITS_OWN, VOID
from targets.editing import EditRefused, create_declaration
from targets.forms import NewDeclaration
from targets.models import DecidedForm, Declaration
from targets.models.decision import SEE_HELD
from targets.models.declaration import DeclarationQuerySet
from targets.progress import last_deed
from targets.review import StepRefused, label_of, whose_turn
from targets.templatetags.targets_ui import money, state_chip
from targets.workbench.facts import days_since
from targets.worklist_filter import TURN, names_of

TEXT_OF_REVISIONS = tuple(
    f"{name}__frozen" for name in ("current_revision", "submitted_revision", "passed_revision", "approved_revision")
)
RELATED = (
    "unit__business_office",
    "department__business_office",
    "budget_year",
    "campaign__budget_year",
    "current_revision",
    "sitting",
)


class DeclarationAdmin(OfficialExportMixin, ScopedAdmin):
    """Forms of one kind. Everything is declared here; the page itself is `targets.admin.page`."""

    view_roles = EVERYBODY
    change_roles: ClassVar[frozenset[str]] = frozenset({FILLER})
    add_roles: ClassVar[frozenset[str]] = frozenset({FILLER})
    list_filter = (Worklist,)
    change_list_template = "targets/declaration/list.html"
    search_fields = ("title", "code", "unit__name", "unit__short_name", "unit__code", "department__name")
    search_help_text = "名称、代码、单位"
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    actions: tuple[str, ...] = ("take_steps", "export_official", "export_review_forms", "adopt_chosen", "open_chosen")

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["targets/edit.css"]}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in names_of(self.model.objects.kind)

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """What waits for a person: the longest first; what he has done: the latest first."""
        match request.GET.get(TURN):
            case "mine":
                return ("state_since", "pk")
            case "done":
                return (last_deed(person(request), "at").desc(), "-pk")
            case _:
                return ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Declaration]:
        found = super().get_queryset(request).select_related(*RELATED).defer(*TEXT_OF_REVISIONS)
        user = person(request)
        if request.GET.get(TURN) == "done":
            found = found.annotate(done_at=last_deed(user, "at"), done_label=last_deed(user, "label"))
        if not user.scope.holds(*SEE_HELD):
            return found
        held = DecidedForm.objects.held().visible_to(user).filter(declaration=OuterRef("pk"))
        return found.annotate(held_step=Subquery(held.values("decision__step")[:1]))

    # Columns; money and findings of a draft belong to its text, which others read only after it was sent.

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        user = person(request)

        def readable(declaration: Declaration) -> bool:
            return declaration.state not in UNITS_OWN or declaration.is_own_text_of(user)

        told = Case(
            When(Q(unit__in=user.scope.own) | ~Q(state__in=UNITS_OWN), then="total")
        )  # the order would tell too

        @admin.display(description="金额（万元）", ordering=told)
        def amount(declaration: Any) -> SafeString:
            if not readable(declaration):
                return format_html('<div class="num">{}</div>', "—")
            off = format_html('<br><span class="jx-tag">{}</span>', "控制数不符") if declaration.is_off else ""
            return format_html('<div class="num">{}{}</div>', money(declaration.total), off)

        @admin.display(description="系统校验")
        def findings(declaration: Declaration) -> str:
            if not readable(declaration) or declaration.state == VOID:
                return "—"
            return render_to_string("targets/pieces/counts.html", {"form": declaration})

        return self.columns(amount, findings)

    def columns(self, amount: Callable[..., Any], findings: Callable[..., Any]) -> tuple[Any, ...]:
        return ("heading_column", "place", amount, "state_column", findings, "changed")

    @admin.display(description="名称", ordering="title")
    def heading_column(self, declaration: Declaration) -> str:
        return declaration.title

    @admin.display(description="主管部门／实施单位", ordering="department__code")
    def place(self, declaration: Declaration) -> SafeString | str:
        if declaration.unit_id == declaration.department_id:
            return declaration.unit.label
        return format_html('{}<span class="sub">{}</span>', declaration.department.label, declaration.unit.label)

    @admin.display(description="状态／轮到谁", ordering="state")
    def state_column(self, declaration: Any) -> SafeString:
        turn = whose_turn(declaration)
        asked = format_html(' <span class="jx-tag">{}</span>', "申请退回") if declaration.is_asked_back else ""
        held = getattr(declaration, "held_step", None)  # of a list for finance's reviewers alone
        days = days_since(declaration.state_since)
        waits = f"{turn}，第\u00a0{days + 1}\u00a0天" if days else turn
        shown = f"已拟定：{label_of(held)}" if held else "" if turn == "—" else waits
        done = getattr(declaration, "done_at", None)  # of 已办
        deed = f"已办：{declaration.done_label}，{date_format(localtime(done), 'n月j日 H:i')}" if done else ""
        lines = format_html_join("", '<span class="sub">{}</span>', ((line,) for line in (shown, deed) if line))
        return format_html("{}{}{}", state_chip(declaration.state), asked, lines)

    @admin.display(description="修改时间", ordering="updated_at")
    def changed(self, declaration: Declaration) -> SafeString:
        return format_html('<span class="nw">{}</span>', date_format(localtime(declaration.updated_at), "n月j日 H:i"))

    @admin.action(description="导出官方表", permissions=["view"])
    def export_official(self, request: HttpRequest, queryset: DeclarationQuerySet) -> HttpResponseBase:
        user = person(request)
        hidden = [one.heading for one in queryset.exclude(pk__in=queryset.readable_by(user).values("pk"))]
        if hidden and len(hidden) < queryset.count():
            names = "、".join(hidden[:10])
            messages.warning(request, f"刚才导出的文件中没有这{len(hidden)}张：{names}。单位编制中，送审后可见。")
        return export_forms(request, queryset, back=request.get_full_path())

    @admin.action(description="导出审核表", permissions=["view"])
    def export_review_forms(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase:
        return export_assessments(request, queryset)

    def has_steps_permission(self, request: HttpRequest) -> bool:
        return bool(offered(person(request)))

    @admin.action(description="成批办理（先核对）", permissions=["steps"])
    def take_steps(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Leads to the page that asks what is wanted of these forms."""
        try:
            decision = choose(queryset, by=person(request))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(decision_url(decision))

    def has_adopt_permission(self, request: HttpRequest) -> bool:
        return ADOPT.is_open_to(person(request))

    @admin.action(description="历史数据接收（往年的表）", permissions=["adopt"])
    def adopt_chosen(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Leads to the page that asks for the document, with these forms ticked."""
        ready = list(ADOPT.waiting(person(request)).filter(pk__in=queryset).values_list("pk", flat=True)[:LISTED])
        left = queryset.count() - len(ready)
        if left:
            messages.warning(request, f"有{left}张不能接收：只接收已关账年度中“编制中”的表，一次最多{LISTED}张。")
        if not ready:
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(f"{reverse('admin:targets_adopt')}?{urlencode({'form': ready}, doseq=True)}")

    def has_open_permission(self, request: HttpRequest) -> bool:
        return may_open(person(request))

    @admin.action(description="单独开放…（批次截止后）", permissions=["open"])
    def open_chosen(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Leads to the page that asks until when and why, with these forms ticked."""
        ready = list(openable(person(request)).filter(pk__in=queryset).values_list("pk", flat=True)[:AT_ONCE])
        left = queryset.count() - len(ready)
        if left:
            messages.warning(
                request, f"有{left}张不能单独开放：只开放有编报批次的“编制中”“已退回”的表，一次最多{AT_ONCE}张。"
            )
        if not ready:
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(f"{reverse('admin:targets_opening')}?{urlencode({'form': ready}, doseq=True)}")

    # Pages

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)
        context = response.context_data if isinstance(response, TemplateResponse) else None
        if context and "cl" in context:
            context |= worklist_context(request, self, context["cl"])
            remember_list(request, self.model.objects.kind, context["query"])
        return response

    def filters(self, request: HttpRequest) -> HttpResponse:
        return filters_view(request, self)

    def get_urls(self) -> list[URLPattern]:
        name = f"targets_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("filters/", view(self.filters), name=f"{name}_filters"),
            path("<int:pk>/step/<slug:slug>/", view(self.step), name=f"{name}_step"),
            path("<int:pk>/before/", view(self.before), name=f"{name}_before"),
            path("<int:pk>/waive/", view(self.waive), name=f"{name}_waive"),
            path("<int:pk>/cells/", view(self.cells), name=f"{name}_cells"),
            path("<int:pk>/renewed/", view(self.renewed), name=f"{name}_renewed"),
            path("<int:pk>/attach/", view(self.attach), name=f"{name}_attach"),
            path("<int:pk>/attachment/<int:attachment>/", view(self.attachment), name=f"{name}_attachment"),
            path("<int:pk>/attachment/<int:attachment>/remove/", view(self.detach), name=f"{name}_detach"),
            path("<int:pk>/remark/", view(self.remark), name=f"{name}_remark"),
            path("<int:pk>/assessment/", view(self.assessment), name=f"{name}_assessment"),
            path("<int:pk>/assessment/<int:number>/", view(self.assessment), name=f"{name}_assessment_read"),
            path(
                "<int:pk>/assessment/<int:number>/workbook/",
                view(self.assessment_workbook),
                name=f"{name}_assessment_workbook",
            ),
            path("<int:pk>/looked/", view(self.looked), name=f"{name}_looked"),
            path("<int:pk>/revision/<int:number>/", view(self.revision), name=f"{name}_revision"),
            path("<int:pk>/revision/<int:number>/paper/", view(self.paper), name=f"{name}_revision_paper"),
            path("<int:pk>/paper/", view(self.paper), name=f"{name}_paper"),
            path("<int:pk>/workbook/", view(self.workbook), name=f"{name}_workbook"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return form_page(request, self, self.get_object(request, object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return history_page(request, self, self.get_object(request, object_id))

    def step(self, request: HttpRequest, pk: int, slug: str) -> HttpResponse:
        return step_view(request, self, self.get_object(request, str(pk)), slug)

    def before(self, request: HttpRequest, pk: int) -> HttpResponse:
        return before_view(request, self, self.get_object(request, str(pk)))

    def waive(self, request: HttpRequest, pk: int) -> HttpResponse:
        return waive_view(request, self, self.get_object(request, str(pk)))

    def cells(self, request: HttpRequest, pk: int) -> HttpResponse:
        declaration = self.get_object(request, str(pk))
        return cells_view(request, declaration, address(declaration))

    def renewed(self, request: HttpRequest, pk: int) -> HttpResponse:
        declaration = self.get_object(request, str(pk))
        return renewed_view(request, declaration, address(declaration))

    def attach(self, request: HttpRequest, pk: int) -> HttpResponse:
        return attach_view(request, self.get_object(request, str(pk)))

    def attachment(self, request: HttpRequest, pk: int, attachment: int) -> HttpResponseBase:
        return download_view(request, self.get_object(request, str(pk)), attachment)

    def detach(self, request: HttpRequest, pk: int, attachment: int) -> HttpResponse:
        return detach_view(request, self.get_object(request, str(pk)), attachment)

    def remark(self, request: HttpRequest, pk: int) -> HttpResponse:
        return remark_view(request, self, self.get_object(request, str(pk)))

    def assessment(self, request: HttpRequest, pk: int, number: int | None = None) -> HttpResponse:
        return assessment_view(request, self, self.get_object(request, str(pk)), number)

    def assessment_workbook(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        return assessment_workbook(request, self.get_object(request, str(pk)), number)

    def looked(self, request: HttpRequest, pk: int) -> HttpResponse:
        return looked_view(request, self.get_object(request, str(pk)))

    def revision(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        return revision_page(request, self, self.get_object(request, str(pk)), number)

    def paper(self, request: HttpRequest, pk: int, number: int | None = None) -> HttpResponse:
        return paper_page(request, self.get_object(request, str(pk)), number)

    def workbook(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        declaration = self.get_object(request, str(pk))
        chosen = Declaration.objects.visible_to(person(request)).filter(pk=declaration.pk)
        return export_forms(request, chosen, back=address(declaration))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        user = person(request)
        if not self.has_add_permission(request):
            messages.error(request, "绩效目标表由单位经办人新建，您可以查看和办理已有的表。")
            return HttpResponseRedirect(reverse(f"admin:targets_{self.opts.model_name}_changelist"))
        kind = self.model.objects.kind
        form = NewDeclaration(request.POST or None, kind=kind, user=user)
        if request.method == "POST" and form.is_valid():
            said = {"title": "", **form.cleaned_data}
            try:
                fresh = create_declaration(kind=kind, by=user, **said)
            except EditRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"已新建“{fresh.heading}”，请填写后保存。")
                return HttpResponseRedirect(reverse(f"admin:targets_{self.opts.model_name}_change", args=[fresh.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"新建{self.opts.verbose_name}",
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "targets/declaration/new.html", context)
