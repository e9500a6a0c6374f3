"""What lists of forms may be narrowed by; an address with anything else finds what it would find without it."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from departments.models import Department
from departments.scoped_admin import person
from targets.domain.steps import EDITABLE, VOID
from targets.models import Campaign, DecidedForm, ReviewEvent
from targets.models.decision import SEE_HELD
from targets.models.review import done_by
from targets.progress import IS_ASKED_BACK


class Choice(admin.SimpleListFilter):
    """A filter as a drop-down with its own button: short for many departments, and needs no script."""

    template = "targets/declaration/filter_select.html"

    def choices(self, changelist: Any) -> Any:
        others = [(name, value) for name, value in changelist.params.items() if name != self.parameter_name]
        yield {"parameter": self.parameter_name, "others": others, "value": self.value() or "", "display": ""}
        for value, label in self.lookup_choices:
            yield {"value": str(value), "display": label, "selected": str(value) == self.value()}


class TurnFilter(admin.SimpleListFilter):
    title = "轮到谁"
    parameter_name = "turn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "等我办理"), ("done", "我办过的")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        user = person(request)
        if self.value() == "mine":
            return queryset.waiting_for(user)
        return queryset.filter(done_by(user, "events__")).distinct() if self.value() == "done" else queryset


class YearFilter(Choice):
    title = "年度"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = model_admin.get_queryset(request).order_by("-year").values_list("year", flat=True).distinct()
        return [(str(year), f"{year}年度") for year in years]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value() or ""
        return queryset.filter(year=value) if value.isdecimal() and len(value) == 4 else queryset


class DepartmentFilter(Choice):
    """Only the departments whose forms the person sees."""

    title = "主管部门"
    parameter_name = "department"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = model_admin.get_queryset(request).order_by().values("department")
        return [(str(one.pk), str(one)) for one in Department.objects.filter(pk__in=seen).order_by("code", "name")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value() or ""
        return queryset.filter(department=value) if value.isdecimal() and len(value) < 10 else queryset


class TableFilter(Choice):
    """A choice of fixed answers: value → (words, condition)."""

    answers: ClassVar[dict[str, tuple[str, Q]]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, words) for value, (words, _) in self.answers.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        _, condition = self.answers.get(self.value() or "", ("", Q()))
        return self.readable(request, queryset).filter(condition) if condition else queryset

    def readable(self, request: HttpRequest, queryset: Any) -> Any:
        """The forms of which the answer may be told to this person."""
        return queryset


class FindingsFilter(TableFilter):
    """Findings belong to the text: of others' drafts they are not told, so such forms are not found by them."""

    title = "系统校验"
    parameter_name = "findings"
    answers: ClassVar[dict[str, tuple[str, Q]]] = {
        "error": ("有错误", Q(error_count__gt=0)),
        "warning": ("有警告", Q(warning_count__gt=0)),
        "none": ("没有错误和警告", Q(error_count=0, warning_count=0)),
    }

    def readable(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(Q(unit__in=person(request).scope.own) | ~Q(state__in=EDITABLE))


class WaitingFilter(Choice):
    title = "停留"
    parameter_name = "waiting"
    days: ClassVar[tuple[int, ...]] = (3, 7, 15)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(days), f"超过{days}天") for days in self.days]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value() or ""
        if value not in {str(days) for days in self.days}:
            return queryset
        return queryset.filter(state_since__lt=timezone.now() - timedelta(days=int(value)))


RETURNED_BEFORE = ReviewEvent.objects.filter(declaration=OuterRef("pk"), version=OuterRef("version"), step="return")


class AgainFilter(TableFilter):
    title = "送审次数"
    parameter_name = "again"
    answers: ClassVar[dict[str, tuple[str, Q]]] = {
        "first": ("首次送审", ~Q(Exists(RETURNED_BEFORE))),
        "again": ("退回后再次送审", Q(Exists(RETURNED_BEFORE))),
    }

    def readable(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.exclude(state__in=(*EDITABLE, VOID))


class KeyFilter(TableFilter):
    title = "重点项目"
    parameter_name = "key"
    answers: ClassVar[dict[str, tuple[str, Q]]] = {
        "key": ("重点项目", Q(is_key=True)),
        "general": ("一般性项目", Q(is_key=False)),
    }


class CampaignFilter(Choice):
    title = "编报批次"
    parameter_name = "campaign"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = model_admin.get_queryset(request).order_by().values("campaign")
        found = Campaign.objects.filter(pk__in=seen).select_related("budget_year").order_by("-opens_at")
        return [(str(one.pk), str(one)) for one in found]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value() or ""
        return queryset.filter(campaign=value) if value.isdecimal() and len(value) < 10 else queryset


class RequestFilter(TableFilter):
    title = "申请退回"
    parameter_name = "asked"
    answers: ClassVar[dict[str, tuple[str, Q]]] = {"open": ("单位申请退回的", Q(IS_ASKED_BACK))}


class HeldFilter(Choice):
    """Of what is held only finance's reviewers are told, so for others it is no filter."""

    title = "决定"
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        is_told = person(request).scope.holds(*SEE_HELD)
        return [("yes", "已拟定待下达"), ("no", "未拟定")] if is_told else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        user = person(request)
        held = Exists(DecidedForm.objects.held().visible_to(user).filter(declaration=OuterRef("pk")))
        if not user.scope.holds(*SEE_HELD) or self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(held if self.value() == "yes" else ~held)


WORKLIST = (
    TurnFilter, HeldFilter, "state", YearFilter, CampaignFilter, DepartmentFilter, FindingsFilter, WaitingFilter, AgainFilter,
    RequestFilter,
)  # fmt: skip
