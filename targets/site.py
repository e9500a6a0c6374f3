"""The admin site: who comes in, what the frame of every page says.

Not in `targets.admin`: Django imports this module while it sets `admin.site` up, and a package that registers admins
at import would register them on a second site, which is then thrown away.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from departments.models import Division, Person
from targets.access import record_access
from targets.first_steps import needs_first_steps
from targets.menu import Waiting, menu_for
from targets.models import AccessRecord, Campaign
from targets.workbench.page import context_for

SYSTEM_NAME = "预算绩效目标管理"
LIST = "list"
"""In a session: the list of forms that the person came from (`targets.admin.neighbours`)."""


class LoginForm(AuthenticationForm):
    """Lets in whom the site lets in: Django's own asks for `is_staff`, which nobody has here."""

    required_css_class = "required"
    error_messages = {
        "invalid_login": "用户名或密码不对，请重新输入（字母区分大小写）。",
        "inactive": "这个账号已停用。需要继续使用的，请联系系统管理员。",
    }

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not may_enter(user):
            raise ValidationError("这个账号现在没有任职，还不能使用。请联系系统管理员设置单位和角色。", code="no_role")


class ChoiceView(AutocompleteJsonView):
    """Choices as their screen names them (`choice_label`): an office with its department, a person with the user name."""

    def process_request(self, request: HttpRequest) -> Any:
        term, *found = super().process_request(request)
        return term.replace("\x00", ""), *found  # PostgreSQL takes none

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        label = getattr(self.model_admin, "choice_label", str)
        return {**super().serialize_result(obj, to_field_name), "text": label(obj)}


class PerformanceSite(AdminSite):
    login_form = LoginForm
    site_header = SYSTEM_NAME
    site_title = SYSTEM_NAME
    index_title = "工作台"
    enable_nav_sidebar = True
    empty_value_display = "—"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.pages: list[tuple[str, Callable[..., HttpResponse], str]] = []

    def add_page(self, route: str, view: Callable[..., HttpResponse], name: str) -> None:
        """A page of the admin that is no model's: `admin:name` under /admin/route, for whoever may enter."""
        self.pages.append((route, view, name))

    def get_urls(self) -> list[Any]:
        own = [path(route, self.admin_view(view), name=name) for route, view, name in self.pages]
        return [*own, *super().get_urls()]

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return ChoiceView.as_view(admin_site=self)(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """As Django's; who came in, who failed and who is locked out is written down."""
        response = super().login(request, extra_context)
        if request.method == "POST":
            self._record_login(request, response)
        return response

    def _record_login(self, request: HttpRequest, response: Any) -> None:
        deeds, typed = AccessRecord.Deed, request.POST.get("username", "").replace("\0", "")
        if response.status_code == HTTPStatus.FOUND:
            record_access(request, deeds.LOGIN, cast(Person, request.user), typed, "")
            return
        known = Person.objects.filter(username=typed).first()
        if getattr(request, "axes_locked_out", False):
            record_access(request, deeds.LOCKED, known, typed, "密码错误次数过多，暂时不能登录")
            return
        faults = [str(fault) for field in response.context_data["form"].errors.values() for fault in field]
        record_access(request, deeds.FAILED, known, typed, "".join(faults))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        who = request.user
        response = super().logout(request, extra_context)
        if request.method == "POST" and isinstance(who, Person):
            record_access(request, AccessRecord.Deed.LOGOUT, who, "", "")
        return response

    def has_permission(self, request: HttpRequest) -> bool:
        """Everybody with a role in force; `is_staff` means nothing here."""
        return may_enter(request.user)

    def each_context(self, request: HttpRequest, waiting: Waiting | None = None, campaign: str = "") -> dict[str, Any]:
        """What the page knows already: what waits for this person; the round (or year) that it is about."""
        context = super().each_context(request)
        if not self.has_permission(request):
            name = with_division(SYSTEM_NAME)
            return {**context, "site_header": name, "site_title": name}
        person = cast(Person, request.user)
        posts = person.filled_posts
        homes = {post.department.division.short_name for post in posts}
        name = f"{homes.pop()}{SYSTEM_NAME}" if len(homes) == 1 else with_division(SYSTEM_NAME)
        return context | {
            "site_header": name,
            "site_title": name,
            "menu": menu_for(request, person, waiting),
            "campaign": campaign or campaign_label({post.department.division_id for post in posts}),
            "person_name": str(person),
            "person_place": place_of(person),
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """No list of tables anywhere: the menu and 工作台 say what there is to do."""
        return []

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(reverse("admin:index"))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """工作台; before there is anything to work with, the guided first page."""
        person = cast(Person, request.user)
        if needs_first_steps(person):
            return HttpResponseRedirect(reverse("admin:targets_setup"))
        request.session.pop(LIST, None)  # from here one goes through what waits
        frame = {**self.each_context(request), "title": self.index_title, "subtitle": None}
        return render(request, "targets/home.html", frame | context_for(person) | (extra_context or {}))


def may_enter(person: Any) -> bool:
    return isinstance(person, Person) and person.is_active and (person.is_superuser or person.scope.holds_any)


def with_division(words: str) -> str:
    """`words` after the division's short name (淄川区…) where there is exactly one; several share one plain name."""
    names = list(Division.objects.values_list("short_name", flat=True)[:2])
    return f"{names[0]}{words}" if len(names) == 1 else words


def campaign_label(divisions: set[int]) -> str:
    """The round that is open in these divisions (in any for a superuser without a post), else the last one begun."""
    begun = Campaign.objects.filter(opens_at__lte=timezone.now()).select_related("budget_year")
    if divisions:
        begun = begun.filter(budget_year__division__in=divisions)
    latest = list(begun.order_by("-opens_at")[:20])
    campaign = next((one for one in latest if one.is_open), latest[0] if latest else None)
    return str(campaign) if campaign else ""


def place_of(person: Person) -> str:
    """Where the person works, as the header says it: the office in the finance bureau, else the department; and for whom."""
    places = {post.office.name if post.office else post.department.label: None for post in person.posts}
    works_in = "、".join(list(places)[:2]) + ("等" if len(places) > 2 else "")
    absent = "、".join(str(one) for one in person.scope.stands_in_for)
    return "，".join(
        filter(None, (works_in or ("系统管理" if person.is_superuser else ""), absent and f"代理{absent}"))
    )
