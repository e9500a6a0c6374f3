"""绩效指标库: read by everybody who works with forms, kept by the performance office, asked by the form pages."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.paginator import Paginator
from django.db.models import ForeignKey, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from departments.models import Department, Division
from departments.roles import ADMIN, AUDITOR, PERFORMANCE_REVIEWER
from departments.scoped_admin import ScopedAdmin, person
from departments.transfer_admin import TransferAdmin
from targets.admin.numbers import number_in
from targets.filters import COMMON, LibraryFilter, category_choices, department_choices, of_category, of_department
from targets.library import LibraryRefused, build_library, merge_entries, suggestions
from targets.models import Declaration, LibraryIndicator
from targets.transfer import LibraryResource

KEEPERS = frozenset({PERFORMANCE_REVIEWER})
PER_PAGE = 50
LONGEST_QUERY = 100
State = LibraryIndicator.State


# Reading --------------------------------------------------------------------------------------------------------------


@require_safe
def library_page(request: HttpRequest) -> HttpResponse:
    """What was accepted, with filters; a fixed number of queries."""
    user = person(request)
    chosen = LibraryFilter(request.GET, LibraryIndicator.objects.visible_to(user).accepted())
    paginator = Paginator(chosen.qs.select_related("department"), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": "绩效指标库",
        "filter": chosen,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "may_keep": user.scope.holds(PERFORMANCE_REVIEWER),
    }
    return render(request, "targets/library/list.html", context)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """`q`, `level1`, `level2`, `form` (id of the form being filled in), `limit` → {"suggestions": […]}."""
    user = person(request)
    asked = {name: request.GET.get(name, "").replace("\0", "")[:LONGEST_QUERY] for name in ("q", "level1", "level2")}
    form = None
    if number := number_in(request.GET.get("form", "")):
        form = get_object_or_404(Declaration.objects.visible_to(user).only("department", "division"), pk=number)
    found = suggestions(
        user,
        words=asked["q"],
        level1=asked["level1"],
        level2=asked["level2"],
        department=form.department_id if form else None,
        division=form.division_id if form else None,
        limit=number_in(request.GET.get("limit", "")) or 8,
    )
    answer = JsonResponse({"suggestions": found}, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "private, max-age=60"
    return answer


admin.site.add_page("library/", library_page, "targets_library")  # type: ignore[attr-defined]
admin.site.add_page("library/suggest/", suggest, "targets_library_suggest")  # type: ignore[attr-defined]


class CategoryFilter(admin.SimpleListFilter):
    title = "指标分类"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return category_choices(model_admin.get_queryset(request))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return of_category(queryset, value) if value else queryset


class WhoseFilter(admin.SimpleListFilter):
    title = "适用部门"
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return department_choices(model_admin.get_queryset(request))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value() or ""
        is_offered = value == COMMON or (value.isdecimal() and len(value) < 10)
        return of_department(queryset, value) if is_offered else queryset


# Keeping --------------------------------------------------------------------------------------------------------------


@admin.register(LibraryIndicator)
class LibraryAdmin(TransferAdmin, ScopedAdmin):
    resource_classes = [LibraryResource]
    view_roles = frozenset({PERFORMANCE_REVIEWER, ADMIN, AUDITOR})
    change_roles = add_roles = KEEPERS
    change_list_template = "targets/library/change_list.html"
    list_display = ("name", "category", "unit", "usual_column", "whose", "uses", "last_used", "state_column")
    list_filter = ("state", CategoryFilter, WhoseFilter)
    search_fields = ("name",)
    search_help_text = "名称、拼音、首字母（如 cjrkf）"
    list_per_page = PER_PAGE
    show_facets = admin.ShowFacets.NEVER
    actions = ("accept", "hide", "merge")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "division",
                    "name",
                    "level1",
                    "level2",
                    "unit",
                    "advice",
                    "explanation",
                    "department",
                    "state",
                )
            },
        ),
        ("按已批复的表统计", {"fields": ("usual_column", "uses", "last_used", "merged_into")}),
    )
    readonly_fields = ("usual_column", "uses", "last_used", "merged_into")

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["targets/edit.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        page: HttpResponse = super().changelist_view(request, {"title": "维护绩效指标库", **(extra_context or {})})
        return page

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("department", "division")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "division") if obj else self.readonly_fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.matching(search_term[:LONGEST_QUERY]), False  # type: ignore[attr-defined]

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        kept = Department.objects.filter(pk__in=person(request).scope.reach(*KEEPERS))
        if db_field.name == "department":
            kwargs["queryset"] = kept.filter(parent=None).order_by("code", "name")
            kwargs["empty_label"] = "共性指标（各部门通用）"
        elif db_field.name == "division":
            kwargs["queryset"] = Division.objects.filter(departments__in=kept).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A choice is a choice: no pencils and plus signs that open another form above this one."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False
        return field

    @admin.display(description="指标分类", ordering="level1")
    def category(self, obj: LibraryIndicator) -> str:
        return "／".join(filter(None, (obj.level1, obj.level2))) or "—"

    @admin.display(description="取值")
    def usual_column(self, obj: LibraryIndicator) -> SafeString:
        return format_html('<span class="nw">{}</span>', obj.usual or "—")

    @admin.display(description="适用部门", ordering="department__code")
    def whose(self, obj: LibraryIndicator) -> str:
        return obj.department.label if obj.department else "共性"

    @admin.display(description="状态", ordering="state")
    def state_column(self, obj: LibraryIndicator) -> str:
        return "已并入别的指标" if obj.merged_into_id else obj.get_state_display()

    # Deeds

    @admin.action(description="收录选中的指标", permissions=["change"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_state(request, queryset, State.ACCEPTED)

    @admin.action(description="隐藏选中的指标", permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._set_state(request, queryset, State.HIDDEN)

    def _set_state(self, request: HttpRequest, queryset: QuerySet[Any], state: State) -> None:
        changing = queryset.filter(merged_into=None).exclude(state=state)
        chosen = list(changing.order_by("pk").values_list("pk", flat=True))
        LibraryIndicator.objects.filter(pk__in=queryset.filter(merged_into=None).values("pk")).update(state=state)
        self.note(request, LibraryIndicator.objects.filter(pk__in=chosen), f"状态改为“{state.label}”")
        messages.success(request, f"{len(chosen)}条指标改为“{state.label}”。")

    @admin.action(description="合并重复的指标…", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Asks which one stays, then merges."""
        entries = list(queryset.order_by("-uses", "pk")[:50])
        keep = next((one for one in entries if str(one.pk) == request.POST.get("keep")), None)
        if keep is None and len(entries) > 1:
            context = {
                **self.admin_site.each_context(request),
                "title": "合并重复的指标",
                "opts": self.opts,
                "entries": entries,
            }
            return TemplateResponse(request, "targets/library/merge.html", context)
        try:
            number = merge_entries(keep or queryset.get(), entries)
        except LibraryRefused as refusal:
            messages.error(request, str(refusal))
        else:
            merged = [one for one in entries if one != keep]
            self.note(request, merged, f"并入“{keep}”")
            messages.success(request, f"已把{number}条并入“{keep}”；以后汇集时也算在它名下。")
        return None

    # Gathering

    def get_urls(self) -> list[URLPattern]:
        build = path("build/", self.admin_site.admin_view(self.build), name="targets_libraryindicator_build")
        return [build, *super().get_urls()]

    def build(self, request: HttpRequest) -> HttpResponse:
        """「重新汇集」: from the approved forms of every division the person keeps a library for."""
        if not self.has_change_permission(request):
            raise Http404
        if request.method == "POST":
            kept = Department.objects.filter(pk__in=person(request).scope.reach(*KEEPERS)).order_by()
            for division in Division.objects.filter(pk__in=kept.values("division")):
                messages.success(request, build_library(division).message)
        return HttpResponseRedirect(reverse("admin:targets_libraryindicator_changelist"))
