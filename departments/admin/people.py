"""Screens of people and what they may do."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserCreationForm
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from departments.admin.managed import OVERSEERS, InForceFilter, Managed, RegisterAdmin
from departments.models import Membership, Person
from departments.roles import ADMIN
from departments.scoped_admin import ScopedAdmin, person
from departments.transfer import MembershipResource
from departments.transfer_admin import TransferAdmin


class PostsFormSet(forms.BaseInlineFormSet[Membership, Person, Any]):
    default_error_messages: ClassVar[dict[str, Any]] = {
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
        posts: Any = super().get_queryset(request)
        seen: QuerySet[Membership] = posts.visible_to(person(request)).select_related("department", "office")
        return seen

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


class ResetPasswordForm(AdminPasswordChangeForm):
    """Always a new password: there is no other way to log in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)


class AccountFilter(admin.SimpleListFilter):
    title = "账号"
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("active", "可以登录"), ("closed", "已停用")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(is_active=self.value() == "active") if self.value() else queryset


@admin.register(Person)
class PersonAdmin(ScopedAdmin, UserAdmin):
    """Accounts. An administrator reaches those of his own division only, superusers none but other superusers."""

    view_roles = OVERSEERS
    form = PersonForm
    add_form = NewPersonForm
    change_password_form = ResetPasswordForm
    inlines = (MembershipInline,)
    list_display = ("username", "name", "phone", "posts", "state", "rank", "last_login")
    list_filter = (AccountFilter,)
    search_fields = ("username", "name", "phone")
    search_help_text = "用户名、姓名、电话"
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("password_link", "last_login", "date_joined", "state", "rank")
    in_words: ClassVar[dict[str, str]] = {"is_active": "state", "is_superuser": "rank", "password_link": ""}
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

    @admin.display(description="账号", ordering="is_active")
    def state(self, obj: Person) -> str:
        return "可以登录" if obj.is_active else "已停用"

    @admin.display(description="超级管理员", ordering="is_superuser")
    def rank(self, obj: Person) -> str | None:
        return "是" if obj.is_superuser else None

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
        posts = Membership.objects.visible_to(user).in_force()
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """As choices they are called by person and department."""
        found: QuerySet[Membership] = super().get_queryset(request)
        return found.select_related("person", "department", "office")
