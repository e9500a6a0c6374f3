"""Screens of the register: divisions, departments, offices, duties, people and what they may do."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.db.models import ForeignKey, Model, Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from departments.columns import names_in
from departments.models import Department, Division, Duty, Membership, Office, Person
from departments.models.register import today, valid_on
from departments.roles import ADMIN, AUDITOR, DEPARTMENT_REVIEWER, FILLER
from departments.scoped_admin import ScopedAdmin, person
from departments.transfer import DepartmentResource, DutyResource, MembershipResource, OfficeResource
from departments.transfer_admin import TransferAdmin

OVERSEERS = frozenset({ADMIN, AUDITOR})
LONGEST_KEY = 19
"""Digits of the largest 64-bit number."""


def managed_departments(user: Person, roles: frozenset[str]) -> QuerySet[Department]:
    """Whose register entries a person may write in these roles; seeing more than that gives no right to change it."""
    if user.is_superuser and ADMIN in roles:
        return Department.objects.all()
    return Department.objects.filter(pk__in=user.scope.reach(*roles))


class KeyChoice(AutocompleteSelect):
    """A forged choice is no choice; Django's own widget asks the database for whatever was sent as a key."""

    def optgroups(self, name: str, value: list[str], attr: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, [one for one in value if one.isdecimal() and len(one) < LONGEST_KEY], attr)


class Managed:
    """Narrows what may be changed, and the choices of a form, to the departments the person manages."""

    change_roles: ClassVar[frozenset[str]] = frozenset({ADMIN})

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        managed = managed_departments(person(request), self.change_roles)
        choices: dict[type[Model], QuerySet[Any]] = {
            Department: managed,
            Office: Office.objects.filter(department__in=managed).select_related("department"),
            Person: Person.objects.visible_to(person(request)),
        }
        if db_field.related_model in choices:
            kwargs["queryset"] = choices[db_field.related_model]
        if db_field.name in self.autocomplete_fields:  # type: ignore[attr-defined]
            kwargs["widget"] = KeyChoice(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A choice is a choice: no pencils and plus signs that open another form above this one."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False
        return field


class RegisterAdmin(Managed, ScopedAdmin):
    """Things that belong to a department (`department_path` leads to its id)."""

    department_path: ClassVar[str] = "department_id"
    list_per_page = 50

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or self.is_managed(request, obj)

    def is_managed(self, request: HttpRequest, obj: Any) -> bool:
        user = person(request)
        if user.is_superuser and ADMIN in self.change_roles:
            return True
        return getattr(obj, self.department_path) in user.scope.reach(*self.change_roles)


class InForceFilter(admin.SimpleListFilter):
    title = "是否在用"
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "在用"), ("no", "未启用或已停用")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(valid_on(today()))
        return queryset.exclude(valid_on(today())) if self.value() == "no" else queryset


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
    list_display = ("code", "name", "short_name", "parent", "business_office", "is_finance", "valid_to")
    list_display_links = ("code", "name")
    list_select_related = ("division", "parent", "business_office")
    list_filter = (LevelFilter, InForceFilter, "is_finance")
    search_fields = ("code", "name", "short_name")
    search_help_text = "代码、名称、简称、曾用名"
    autocomplete_fields = ("parent",)
    inlines = (OfficeInline,)
    fieldsets = (
        (None, {"fields": ("division", "code", "name", "short_name", "aliases")}),
        ("归口", {"fields": ("parent", "business_office", "is_finance")}),
        ("有效期", {"fields": ("valid_from", "valid_to")}),
    )

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


class PostsFormSet(forms.BaseInlineFormSet[Membership, Person, Any]):
    default_error_messages: ClassVar[dict[str, str]] = {
        **forms.BaseInlineFormSet.default_error_messages,
        "too_few_forms": "还没有任职。请为这个账号填写单位和角色，没有任职的账号不能登录。",
    }


class MembershipInline(Managed, admin.TabularInline[Membership, Person]):
    model = Membership
    formset = PostsFormSet
    fields = ("department", "role", "office", "valid_from", "valid_to")
    autocomplete_fields = ("department", "office")
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A new account belongs to the division of its first post: without one, every administrator would have it."""
        if obj is None and not person(request).is_superuser:
            kwargs |= {"min_num": 1, "validate_min": True}
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        managed = managed_departments(person(request), self.change_roles)
        return super().get_queryset(request).filter(department__in=managed).select_related("department", "office")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = person(request)
        return user.is_superuser or user.scope.holds(ADMIN)

    has_add_permission = has_change_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NewPersonForm(UserCreationForm[Person]):
    class Meta:
        model = Person
        fields = ("username", "name", "phone")


class PersonForm(forms.ModelForm[Person]):
    class Meta:
        model = Person
        fields = ("username", "name", "phone", "is_active", "is_superuser")
        labels = {"is_active": "可以登录", "is_superuser": "超级管理员"}
        help_texts = {
            "username": "登录用，建立后尽量不改。",
            "is_active": "不再使用的账号请去掉勾，其填报和审核记录照样保留。",
            "is_superuser": "设置整个系统的人，只给个别人；审核表仍须有任职。",
        }


@admin.register(Person)
class PersonAdmin(ScopedAdmin, UserAdmin):
    """Accounts. An administrator reaches those of his own division only, superusers none but other superusers."""

    view_roles = OVERSEERS
    form = PersonForm
    add_form = NewPersonForm
    inlines = (MembershipInline,)
    list_display = ("username", "name", "phone", "posts", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "name", "phone")
    search_help_text = "用户名、姓名、电话"
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("password_link", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "name", "phone", "password_link")}),
        ("账号", {"fields": ("is_active", "is_superuser", "last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "phone", "password1", "password2")}),)

    def choice_label(self, obj: Person) -> str:
        return f"{obj.name}（{obj.username}）"

    @admin.display(description="任职")
    def posts(self, obj: Any) -> str:
        return "、".join(f"{post.department.label}{post.get_role_display()}" for post in obj.posts_seen)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only reads accounts is offered no new password."""
        shown = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return shown
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name != "password_link"]})
            for title, options in shown
        ]

    @admin.display(description="密码")
    def password_link(self, obj: Person) -> str:
        url = reverse("admin:auth_user_password_change", args=[obj.pk])
        return format_html('<a class="button" href="{}">重置密码</a>', url)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        user = person(request)
        posts = Membership.objects.in_force().filter(department__in=Department.objects.visible_to(user))
        seen = Person.objects.filter(pk__in=Person.objects.visible_to(user).values("pk"))
        return seen.prefetch_related(
            Prefetch("memberships", posts.select_related("department"), "posts_seen")
        ).order_by("username")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user = person(request)
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or user.is_superuser:
            return True
        beyond = obj.memberships.exclude(department__in=user.scope.reach(ADMIN))
        return not obj.is_superuser and not beyond.exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nobody locks himself out; only superusers make superusers."""
        fields = tuple(self.readonly_fields)
        if not person(request).is_superuser or obj == request.user:
            fields += ("is_superuser",)
        return (*fields, "is_active") if obj == request.user else fields


@admin.register(Membership)
class MembershipAdmin(TransferAdmin, RegisterAdmin):
    resource_classes = [MembershipResource]
    view_roles = OVERSEERS
    list_display = ("person", "department", "office", "role", "valid_from", "valid_to")
    list_select_related = ("person", "department", "office")
    list_filter = ("role", InForceFilter)
    search_fields = (
        "person__username",
        "person__name",
        "department__name",
        "department__short_name",
        "department__code",
    )
    search_help_text = "姓名、用户名、单位名称或代码"
    autocomplete_fields = ("person", "department", "office")
    fields = ("person", "department", "role", "office", "valid_from", "valid_to")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        user = person(request)
        found = super().get_queryset(request)
        return found if user.is_superuser else found.filter(department__in=user.scope.reach(ADMIN, AUDITOR))
