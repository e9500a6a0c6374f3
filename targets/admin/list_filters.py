"""What lists of forms may be narrowed by; an address with anything else finds what it would find without it, and is told."""

import re
import unicodedata
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from departments.models import Department
from departments.scoped_admin import person
from targets.domain.sheets.amounts import WAN
from targets.domain.sheets.names import printed_department
from targets.domain.steps import EDITABLE, RETURNS, STATES, VOID
from targets.models import Campaign, DecidedForm, ReviewEvent
from targets.models.decision import SEE_HELD
from targets.models.review import done_by
from targets.progress import IS_ASKED_BACK


class Choice(admin.SimpleListFilter):
    """A drop-down in the one form that holds all filters of a list: short for many departments, and needs no script."""

    template = "targets/declaration/filter_select.html"

    def has_output(self) -> bool:
        """A filter with nothing to offer still says that a saved value is gone."""
        return bool(self.lookup_choices) or bool(self.value())

    @property
    def is_active(self) -> bool:
        return bool(self.value()) and self.is_offered

    @property
    def is_offered(self) -> bool:
        return any(self.value() == str(value) for value, _ in self.lookup_choices)

    @property
    def complaint(self) -> str:
        """A sentence for a value that cannot be followed (any more)."""
        if not self.value() or self.is_offered:
            return ""
        return f"“{self.title}”原来选的内容已经没有了，或者您看不到，这一项没有起作用。请重新选择。"

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return self.narrowed(request, queryset, self.value() or "") if self.is_active else queryset

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        """By a value that is offered."""
        raise NotImplementedError

    def choices(self, changelist: Any) -> Any:
        yield {"spec": self, "value": self.value() or ""}
        for value, label in self.lookup_choices:
            yield {"value": str(value), "display": label, "selected": str(value) == self.value()}


class FoundChoice(Choice):
    """Of what the forms that one sees have; where all have the same there is nothing to choose."""

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1 or bool(self.value())


class TableFilter(Choice):
    """A choice of fixed answers: value → (words, condition)."""

    answers: ClassVar[dict[str, tuple[str, Q]]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, words) for value, (words, _) in self.answers.items()]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        return self.readable(request, queryset).filter(self.answers[value][1])

    def readable(self, request: HttpRequest, queryset: Any) -> Any:
        """The forms of which the answer may be told to this person."""
        return queryset


def _text_is_told(request: HttpRequest) -> Q:
    """Amounts and findings belong to the text: of others' drafts they are not told, so such forms are not found by them."""
    return Q(unit__in=person(request).scope.own) | ~Q(state__in=EDITABLE)


class TurnFilter(Choice):
    """待办 and 已办, shown as tabs above the list (`targets.admin.worklist`)."""

    title = "轮到谁"
    parameter_name = "turn"
    template = "targets/declaration/filter_elsewhere.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", "待办"), ("done", "已办")]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        """已办: forms of which this person took a step, or a deputy in his name."""
        user = person(request)
        if value == "mine":
            return queryset.waiting_for(user)
        return queryset.filter(Exists(ReviewEvent.objects.filter(done_by(user), declaration=OuterRef("pk"))))


class StateFilter(TableFilter):
    title = "状态"
    parameter_name = "state__exact"
    answers: ClassVar[dict[str, tuple[str, Q]]] = {state: (words, Q(state=state)) for state, words in STATES.items()}


class YearFilter(FoundChoice):
    title = "年度"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = model_admin.get_queryset(request).order_by("-year").values_list("year", flat=True).distinct()
        return [(str(year), f"{year}年度") for year in years]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        return queryset.filter(year=value)


class DepartmentFilter(FoundChoice):
    """Only the departments whose forms the person sees."""

    title = "主管部门"
    parameter_name = "department"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = model_admin.get_queryset(request).order_by().values("department")
        found = Department.objects.filter(pk__in=seen).order_by("code", "name")
        return [(str(one.pk), printed_department(one.code, one.label)) for one in found]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        return queryset.filter(department=value)


class CampaignFilter(FoundChoice):
    title = "编报批次"
    parameter_name = "campaign"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = model_admin.get_queryset(request).order_by().values("campaign")
        found = Campaign.objects.filter(pk__in=seen).select_related("budget_year").order_by("-opens_at")
        return [(str(one.pk), str(one)) for one in found]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        return queryset.filter(campaign=value)


class AmountFilter(Choice):
    """A usual span, or any that is typed: `50-200`, `1000以上`, `50以下`, in 万元 and both ends included."""

    title = "金额（万元）"
    parameter_name = "amount"
    template = "targets/declaration/filter_amount.html"
    spans: ClassVar[tuple[str, ...]] = ("50以下", "50-200", "200-1000", "1000以上")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(span, span) for span in self.spans]

    @property
    def is_offered(self) -> bool:
        return span_of(self.value() or "") is not None

    @property
    def complaint(self) -> str:
        if not self.value() or self.is_offered:
            return ""
        return "“金额”没有看懂，这一项没有起作用。请写成如 50-200、1000以上 或 50以下（万元）。"

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        least, most = span_of(value) or (None, None)
        found = queryset.filter(_text_is_told(request))
        if least is not None:
            found = found.filter(total__gte=least * WAN)
        return found if most is None else found.filter(total__lte=most * WAN)


NUMBER = r"(\d{1,9}(?:\.\d{1,6})?)"
SPANS = (
    (re.compile(rf"{NUMBER}[-–—~至到]{NUMBER}"), (0, 1)),
    (re.compile(rf"{NUMBER}(?:以上|[-–—~至到])"), (0, None)),
    (re.compile(rf"{NUMBER}以下|[-–—~至到]{NUMBER}"), (None, 0)),
)
"""What is typed → which of its numbers is the least and which the most."""


def span_of(text: str) -> tuple[Decimal | None, Decimal | None] | None:
    """Least and most in 万元; None for what is no span."""
    folded = "".join(unicodedata.normalize("NFKC", text).split()).replace(",", "").replace("万元", "").replace("万", "")
    for pattern, ends in SPANS:
        if found := pattern.fullmatch(folded):
            numbers = [Decimal(number) for number in found.groups() if number]
            least, most = (None if at is None else numbers[at] for at in ends)
            return least, most
    return None


class FindingsFilter(TableFilter):
    title = "系统校验"
    parameter_name = "findings"
    answers: ClassVar[dict[str, tuple[str, Q]]] = {
        "error": ("有错误", Q(error_count__gt=0)),
        "warning": ("有警告", Q(warning_count__gt=0)),
        "none": ("没有错误和警告", Q(error_count=0, warning_count=0)),
    }

    def readable(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(_text_is_told(request))


class CeilingFilter(FindingsFilter):
    """As findings: of money in others' drafts nothing is told."""

    title = "控制数"
    parameter_name = "ceiling"
    answers: ClassVar[dict[str, tuple[str, Q]]] = {"off": ("控制数不符", Q(is_off=True))}


class WaitingFilter(Choice):
    title = "停留"
    parameter_name = "waiting"
    days: ClassVar[tuple[int, ...]] = (3, 7, 15)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(days), f"超过{days}天") for days in self.days]

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        return queryset.filter(state_since__lt=timezone.now() - timedelta(days=int(value)))


RETURNED_BEFORE = ReviewEvent.objects.filter(declaration=OuterRef("pk"), version=OuterRef("version"), step__in=RETURNS)


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

    def narrowed(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        held = Exists(DecidedForm.objects.held().visible_to(person(request)).filter(declaration=OuterRef("pk")))
        return queryset.filter(held if value == "yes" else ~held)


WORKLIST = (
    TurnFilter, DepartmentFilter, StateFilter, FindingsFilter, WaitingFilter, AgainFilter, HeldFilter, RequestFilter, CampaignFilter,
    YearFilter,
)  # fmt: skip
WORKLIST_OF_PROJECTS = (*WORKLIST[:3], AmountFilter, CeilingFilter, *WORKLIST[3:], KeyFilter)
"""Plans have no amount."""
