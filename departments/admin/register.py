"""Screens of the register: divisions, departments, offices, duties."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest

from departments.admin.managed import OVERSEERS, InForceFilter, Managed, RegisterAdmin, managed_departments
from departments.columns import names_in
from departments.models import Department, Division, Duty, Office
from departments.roles import ADMIN, DEPARTMENT_REVIEWER, FILLER
from departments.scoped_admin import ScopedAdmin, person
from departments.transfer import DepartmentResource, DutyResource, OfficeResource
from departments.transfer_admin import TransferAdmin


class LevelFilter(admin.SimpleListFilter):
    title = "层级"
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("top", "主管部门"), ("unit", "预算单位")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(parent__isnull=self.value() == "top") if self.value() else queryset


@admin.register(Division)
class DivisionAdmin(ScopedAdmin):
    list_display = ("code", "name", "short_name")
    search_fields = ("code", "name", "short_name")
    fields = ("code", "name", "short_name")
    view_roles = OVERSEERS

    def has_add_permission(self, request: HttpRequest) -> bool:
        return person(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = person(request)
        if obj is None or user.is_superuser:
            return super().has_change_permission(request, obj)
        return obj.departments.filter(pk__in=user.scope.reach(ADMIN)).exists()


class NamesField(forms.CharField):
    """A list of names, one a line."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 50})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return names_in(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or ()) != self.to_python(data)


class DepartmentForm(forms.ModelForm[Department]):
    aliases = NamesField(
        label="曾用名和别名",
        required=False,
        empty_value="",
        help_text="一行一个，如“区民政局”。导入的表上写这些名称时，认作本单位。",
    )

    class Meta:
        model = Department
        fields = (
            *("division", "code", "name", "short_name", "aliases", "parent", "business_office", "is_finance"),
            *("valid_from", "valid_to"),
        )


class OfficeInline(Managed, admin.TabularInline[Office, Department]):
    model = Office
    fields = ("name", "valid_from", "valid_to")
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = person(request)
        return user.is_superuser or (obj is not None and obj.pk in user.scope.reach(ADMIN))

    has_add_permission = has_change_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Department)
class DepartmentAdmin(TransferAdmin, RegisterAdmin):
    resource_classes = [DepartmentResource]
    form = DepartmentForm
    department_path = "pk"
    list_display = ("code", "name", "short_name", "parent", "business_office", "finance", "valid_to")
    list_display_links = ("code", "name")
    list_select_related = ("division", "parent", "business_office")
    list_filter = (LevelFilter, InForceFilter, "is_finance")
    search_fields = ("code", "name", "short_name")
    search_help_text = "代码、名称、简称、曾用名"
    autocomplete_fields = ("parent",)
    in_words: ClassVar[dict[str, str]] = {"is_finance": "finance", "aliases": "other_names"}
    inlines = (OfficeInline,)
    fieldsets = (
        (None, {"fields": ("division", "code", "name", "short_name", "aliases")}),
        ("归口", {"fields": ("parent", "business_office", "is_finance")}),
        ("有效期", {"fields": ("valid_from", "valid_to")}),
    )

    @admin.display(description="财政部门", ordering="is_finance")
    def finance(self, obj: Department) -> str | None:
        return "是" if obj.is_finance else None

    @admin.display(description="曾用名和别名")
    def other_names(self, obj: Department) -> str:
        return "、".join(obj.aliases)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Aliases too. They are matched here: SQLite stores them escaped, where LIKE finds no Chinese."""
        found, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            named = queryset.exclude(aliases=[]).values_list("pk", "aliases")
            wanted = [pk for pk, aliases in named if any(search_term.strip() in alias for alias in aliases)]
            found = found | queryset.filter(pk__in=wanted)
        return found, may_have_duplicates

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        managed = managed_departments(person(request), self.change_roles)
        if db_field.name == "business_office":
            field.queryset = Office.objects.filter(department__in=managed, department__is_finance=True)
        elif db_field.name == "division" and not person(request).is_superuser:
            field.queryset = Division.objects.filter(departments__in=managed).distinct()
        return field


@admin.register(Office)
class OfficeAdmin(TransferAdmin, RegisterAdmin):
    resource_classes = [OfficeResource]
    list_display = ("name", "department", "valid_from", "valid_to")
    list_select_related = ("department",)
    list_filter = (InForceFilter, ("department__is_finance", admin.BooleanFieldListFilter))
    search_fields = ("name", "department__name", "department__short_name", "department__code")
    search_help_text = "科室名称、单位名称或代码"
    autocomplete_fields = ("department",)
    fields = ("department", "name", "valid_from", "valid_to")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("department")

    def choice_label(self, obj: Office) -> str:
        """Every department has its 办公室."""
        return f"{obj.department.label} · {obj.name}"


@admin.register(Duty)
class DutyAdmin(TransferAdmin, RegisterAdmin):
    """A department keeps its own duties up."""

    resource_classes = [DutyResource]
    change_roles = add_roles = frozenset({ADMIN, DEPARTMENT_REVIEWER, FILLER})
    list_display = ("department", "year", "number", "group", "name")
    list_display_links = ("name", "group")
    list_select_related = ("department",)
    list_filter = ("year",)
    search_fields = ("name", "group", "goal", "department__name", "department__short_name", "department__code")
    search_help_text = "职责、目标、单位名称或代码"
    autocomplete_fields = ("department",)
    fields = ("department", "year", "number", "group", "name", "goal")
