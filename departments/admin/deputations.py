"""岗位代理: the administrator's list, and the page where everybody arranges who stands in for himself."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import ForeignKey, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from departments.admin.managed import OVERSEERS, Managed, managed_departments
from departments.change_log import differences, note
from departments.models import Deputation, Membership, Person
from departments.models.register import today
from departments.roles import ADMIN, AUDITOR, NOT_LENT, ROLES
from departments.scoped_admin import ADMINS, ScopedAdmin, person


class DeputationForm(forms.ModelForm[Deputation]):
    """Under the locks of both people, so that two arrangements at once do not miss each other; call in a transaction."""

    class Meta:
        model = Deputation
        fields = ("post", "deputy", "valid_from", "valid_to", "reason")
        help_texts = {"reason": "如“出差”“休假”“培训”。"}
        error_messages = {
            "deputy": {"required": "没有选代理人。请选一个人。"},
            "valid_from": {"required": "没有填开始日期。", "invalid": "开始日期看不懂，请写成2026-11-25这样。"},
            "valid_to": {"required": "没有填结束日期。", "invalid": "结束日期看不懂，请写成2026-11-25这样。"},
            "reason": {"required": "没有写事由。请写明，如“出差”。"},
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        people = [self.instance.absent_id, *(one.pk for one in (said.get("absent"), said.get("deputy")) if one)]
        list(Person.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
        return said


# For anybody of the division ------------------------------------------------------------------------------------------


class DivisionsForm(DeputationForm):
    by: ClassVar[Person]
    """Set for each request by `DeputationAdmin.get_form`."""

    class Meta(DeputationForm.Meta):
        fields = ("absent", *DeputationForm.Meta.fields)  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        absent = said.get("absent")
        if absent and not said.get("post") and not self.by.is_superuser:
            beyond = absent.memberships.in_force().exclude(department__in=self.by.scope.reach(ADMIN))
            if beyond.exists():
                self.add_error("post", f"{absent}另有不由您管理的任职，不能代理全部任职。请选择要代理的任职。")
        return said


class StateFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("now", "代理中"), ("later", "未开始"), ("over", "已结束")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        to_come = Q(ended_at=None, valid_to__gte=today())
        wanted = {
            "now": to_come & Q(valid_from__lte=today()),
            "later": to_come & Q(valid_from__gt=today()),
            "over": ~to_come,
        }
        return queryset.filter(wanted.get(self.value() or "", Q()))


@admin.register(Deputation)
class DeputationAdmin(Managed, ScopedAdmin):
    """Arranged and ended, never changed: what was in force stays readable."""

    view_roles = OVERSEERS
    form = DivisionsForm
    list_display = ("absent", "posts", "deputy", "valid_from", "valid_to", "reason", "state", "arranged_by")
    list_select_related = ("absent", "deputy", "arranged_by", "post__department")
    list_filter = (StateFilter,)
    search_fields = ("absent__name", "absent__username", "deputy__name", "deputy__username", "reason")
    search_help_text = "姓名、用户名、事由"
    autocomplete_fields = ("absent", "post", "deputy")
    actions = ("end",)
    arranged: ClassVar[tuple[str, ...]] = ("absent", "posts", "deputy", "valid_from", "valid_to", "reason")
    noted: ClassVar[tuple[str, ...]] = ("state", "arranged_by", "arranged_at", "ended_by", "ended_at")

    @admin.display(description="任职")
    def posts(self, obj: Deputation) -> str:
        return obj.posts_in_words

    @admin.display(description="状态")
    def state(self, obj: Deputation) -> str:
        return obj.state

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": DivisionsForm.Meta.fields})]
        return [(None, {"fields": self.arranged}), ("安排和结束", {"fields": self.noted})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.arranged, *self.noted) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self._holds(request, ADMINS)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001  (Django's)
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": person(request)})

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "post":
            managed = managed_departments(person(request), ADMINS)
            kwargs["queryset"] = Membership.objects.filter(department__in=managed)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Deputation, form: Any, change: bool) -> None:  # noqa: FBT001  (Django's)
        obj.arranged_by = person(request)
        super().save_model(request, obj, form, change)

    @admin.action(description="提前结束选中的代理", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        by = person(request)
        managed = Membership.objects.filter(department__in=managed_departments(by, ADMINS)).order_by()
        mine = Deputation.objects.filter(pk__in=queryset.values("pk"), absent__in=managed.values("person"))
        ended = [one for one in mine.select_related("absent", "deputy") if one.end(by=by)]
        self.note(request, ended, "提前结束")
        if ended:
            messages.success(request, f"已提前结束{len(ended)}项代理：{'、'.join(map(str, ended[:10]))}。")
        else:
            messages.warning(request, "选中的代理都已结束，没有改动。")

    # For oneself

    def get_urls(self) -> list[URLPattern]:
        own = path("own/", self.admin_site.admin_view(own_page), name="departments_deputation_own")
        return [own, *super().get_urls()]


# For oneself ----------------------------------------------------------------------------------------------------------


class PostChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.department.label}{ROLES[obj.role]}"


class ColleagueChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        places = {post.office.name if post.office else post.department.label: None for post in obj.posts_today}
        return f"{obj.name}（{'、'.join(places)}）"


class OwnForm(DeputationForm):
    """`posts` are those that may be stood in for."""

    post = PostChoice(Membership.objects.none(), label="任职", required=False, empty_label="全部任职")
    deputy = ColleagueChoice(
        Person.objects.none(),
        label="代理人",
        empty_label="请选择",
        error_messages={"required": "没有选代理人。请选一位同事。"},
    )

    def __init__(self, *args: Any, posts: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("valid_from", "valid_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        mine = Membership.objects.filter(pk__in=[post.pk for post in posts]).select_related("department")
        self.fields["post"].queryset = mine  # type: ignore[attr-defined]
        self.fields["deputy"].queryset = colleagues(posts)  # type: ignore[attr-defined]
        if len(posts) == 1:
            del self.fields["post"]


def colleagues(posts: list[Membership]) -> QuerySet[Person]:
    """Who may come in today and works, not as auditor, in the same department or unit as one of these posts."""
    working = Membership.objects.in_force()
    beside = working.filter(department__in={post.department_id for post in posts}).order_by()
    auditors = working.filter(role=AUDITOR).order_by().values("person")
    found = Person.objects.filter(is_active=True, pk__in=beside.values("person")).exclude(pk__in=auditors)
    here = working.select_related("department", "office")
    return found.exclude(pk__in={post.person_id for post in posts}).prefetch_related(
        Prefetch("memberships", here, "posts_today")
    )


def own_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    posts = [post for post in user.posts if post.role not in NOT_LENT]
    made = Deputation(absent=user, arranged_by=user)
    is_new = request.method == "POST" and "end" not in request.POST
    with transaction.atomic():
        form = OwnForm(request.POST if is_new else None, instance=made, posts=posts)
        if is_new and posts and form.is_valid():
            form.save()
            note(user, [made], differences(None, made), is_new=True)
            messages.success(request, f"已安排：{made.days}由{made.deputy}代理您的岗位（{made.posts_in_words}）。")
            return HttpResponseRedirect(reverse("admin:departments_deputation_own"))
    if request.method == "POST" and not is_new:
        _end_own(request, user)
        return HttpResponseRedirect(reverse("admin:departments_deputation_own"))
    known = Deputation.objects.select_related("absent", "deputy", "arranged_by", "post__department")
    context = {
        **admin.site.each_context(request),
        "title": "岗位代理",
        "form": form,
        "posts": posts,
        "has_colleagues": bool(posts) and form.fields["deputy"].queryset.exists(),  # type: ignore[attr-defined]
        "mine": list(known.filter(absent=user)[:50]),
        "others": list(known.filter(deputy=user)[:50]),
    }
    return TemplateResponse(request, "departments/own_deputations.html", context)


def _end_own(request: HttpRequest, user: Person) -> None:
    number = request.POST["end"]
    mine = Deputation.objects.filter(absent=user).select_related("absent", "deputy")
    one = mine.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 18 else None
    if one is not None and one.end(by=user):
        note(user, [one], "提前结束")
        messages.success(request, f"已提前结束：{one}。{one.deputy}从现在起不再代理您的岗位。")
    else:
        messages.warning(request, "这项代理已经结束，没有改动。")
