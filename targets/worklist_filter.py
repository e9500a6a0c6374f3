"""What a list of forms may be narrowed by; what an address says besides is left out, and told."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import BoundField, CharField, TextInput
from django.utils import timezone
from django_filters import ChoiceFilter, Filter, FilterSet

from departments.models import Department, Person
from targets.domain.record import PLAN
from targets.domain.sheets.amounts import WAN
from targets.domain.sheets.names import printed_department
from targets.domain.spans import Span, span_of
from targets.domain.steps import RETURNS, STATES, UNITS_OWN
from targets.models import Campaign, DecidedForm, Declaration, ReviewEvent
from targets.models.decision import SEE_HELD
from targets.models.review import done_by
from targets.progress import IS_ASKED_BACK

TURN = "turn"
TURNS = (("mine", "待办"), ("done", "已办"))
USUAL_SPANS = ("50以下", "50-200", "200-1000", "1000以上")
OF_PROJECTS = frozenset({"amount", "ceiling", "key"})
"""Plans have no amount, and are no key projects."""
FOUND = frozenset({"department", "campaign", "year"})
"""Offered are those of the forms that one sees; where all have the same there is nothing to choose."""
NO_SPAN = "“金额”没有看懂，这一项没有起作用。请写成如 50-200、1000以上 或 50以下（万元）。"
ALL, ALL_LIVING = "全部", "全部（不含已作废）"
GONE = "“{label}”原来选的内容已经没有了，或者您看不到，这一项没有起作用。请重新选择。"

_RETURNED = Exists(
    ReviewEvent.objects.filter(declaration=OuterRef("pk"), version=OuterRef("version"), step__in=RETURNS)
)
ANSWERS: Mapping[str, Mapping[str, tuple[str, Q]]] = {
    "findings": {
        "error": ("有错误", Q(error_count__gt=0)),
        "warning": ("有警告", Q(warning_count__gt=0)),
        "none": ("没有错误和警告", Q(error_count=0, warning_count=0)),
    },
    "ceiling": {"off": ("控制数不符", Q(is_off=True))},
    "again": {"first": ("首次送审", ~Q(_RETURNED)), "again": ("退回后再次送审", Q(_RETURNED))},
    "asked": {"open": ("单位申请退回的", Q(IS_ASKED_BACK))},
    "key": {"key": ("重点项目", Q(is_key=True)), "general": ("一般性项目", Q(is_key=False))},
}
"""Name of a filter → its value → (words, condition)."""


def _choice(label: str, choices: Iterable[tuple[str, str]] = (), **more: Any) -> ChoiceFilter:
    return ChoiceFilter(label=label, choices=list(choices), **{"empty_label": ALL, **more})


def _answers(label: str, name: str, method: str) -> ChoiceFilter:
    return _choice(label, [(value, words) for value, (words, _) in ANSWERS[name].items()], method=method)


class SpanField(CharField):
    """A usual span of amounts, or any that is typed."""

    def clean(self, value: Any) -> Span | None:
        text = super().clean(value)
        span = span_of(text)
        if text and span is None:
            raise ValidationError(NO_SPAN)
        return span


class SpanFilter(Filter):
    field_class = SpanField


class WorklistFilter(FilterSet):
    """Of forms with `with_ceilings` and `with_requests`, for one person; nothing of others' drafts is told by what is found."""

    turn = _choice("轮到谁", TURNS, method="of_turn")
    department = _choice("主管部门")
    state__exact = _choice("状态", STATES.items(), field_name="state", empty_label=ALL_LIVING)
    amount = SpanFilter(
        label="金额（万元）",
        method="of_amount",
        max_length=30,
        widget=TextInput({"list": "amounts", "placeholder": "如 50-200", "autocomplete": "off"}),
    )
    ceiling = _answers("控制数", "ceiling", "answered_of_told")
    findings = _answers("系统校验", "findings", "answered_of_told")
    waiting = _choice("停留", [(str(days), f"超过{days}天") for days in (3, 7, 15)], method="of_waiting")
    again = _answers("送审次数", "again", "answered_of_sent")
    held = _choice("决定", [("yes", "已拟定待下达"), ("no", "未拟定")], method="of_held")
    asked = _answers("申请退回", "asked", "answered")
    campaign = _choice("编报批次")
    year = _choice("年度")
    key = _answers("重点项目", "key", "answered")

    class Meta:
        model = Declaration
        fields: list[str] = []

    def __init__(self, data: Mapping[str, str], forms: QuerySet[Any], *, user: Person, kind: str) -> None:
        super().__init__(data, forms)
        self.user = user
        for name in self.filters.keys() - names_of(kind):
            del self.filters[name]
        if not user.scope.holds(*SEE_HELD):  # of what is held others are not told
            del self.filters["held"]
        for name, choices in _found_in(forms).items():
            self.filters[name].extra["choices"] = choices
        self.form.auto_id = "filter-%s"

    # What is found ----------------------------------------------------------------------------------------------------

    def narrowed(self, forms: Any) -> Any:
        """Voided forms only for who asks for them: taking an import back leaves hundreds."""
        self.errors  # noqa: B018 -- cleans the data
        found = self.filter_queryset(forms)
        return found if self.form.cleaned_data.get("state__exact") else found.living()

    def of_turn(self, forms: Any, name: str, value: str) -> Any:
        """已办: forms of which this person took a step, or a deputy in his name."""
        if value == "mine":
            return forms.waiting_for(self.user)
        return forms.filter(Exists(ReviewEvent.objects.filter(done_by(self.user), declaration=OuterRef("pk"))))

    def of_amount(self, forms: Any, name: str, value: Span) -> Any:
        least, most = value
        found = self._told(forms)
        if least is not None:
            found = found.filter(total__gte=least * WAN)
        return found if most is None else found.filter(total__lte=most * WAN)

    def of_waiting(self, forms: Any, name: str, value: str) -> Any:
        return forms.filter(state_since__lt=timezone.now() - timedelta(days=int(value)))

    def of_held(self, forms: Any, name: str, value: str) -> Any:
        held = Exists(DecidedForm.objects.held().visible_to(self.user).filter(declaration=OuterRef("pk")))
        return forms.filter(held if value == "yes" else ~held)

    def answered(self, forms: Any, name: str, value: str) -> Any:
        return forms.filter(ANSWERS[name][value][1])

    def answered_of_told(self, forms: Any, name: str, value: str) -> Any:
        return self.answered(self._told(forms), name, value)

    def answered_of_sent(self, forms: Any, name: str, value: str) -> Any:
        return self.answered(forms.exclude(state__in=UNITS_OWN), name, value)

    def _told(self, forms: Any) -> Any:
        """Amounts and findings belong to the text: of others' drafts, and of voided forms, they are not told, so such forms are not found by them."""
        return forms.filter(Q(unit__in=self.user.scope.own) | ~Q(state__in=UNITS_OWN))

    # What the page shows ----------------------------------------------------------------------------------------------

    @property
    def active(self) -> dict[str, Any]:
        """Name → value of the filters that narrow the list."""
        self.errors  # noqa: B018 -- cleans the data
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def shown(self) -> list[BoundField]:
        """The inputs of the page; 待办 and 已办 are tabs. One with nothing to choose still says that a saved value is gone."""
        offers = {name: len(self.filters[name].extra["choices"]) > 1 for name in FOUND}
        return [
            self.form[name]
            for name in self.filters
            if name != TURN and (offers.get(name, True) or self.form[name].value())
        ]

    @property
    def complaints(self) -> list[str]:
        """A sentence for each value that cannot be followed (any more)."""
        return [NO_SPAN if name == "amount" else GONE.format(label=self.filters[name].label) for name in self.errors]


def names_of(kind: str) -> frozenset[str]:
    """The filters of a list of this kind."""
    return frozenset(WorklistFilter.base_filters) - (OF_PROJECTS if kind == PLAN else frozenset())


def _found_in(forms: QuerySet[Any]) -> dict[str, list[tuple[str, str]]]:
    """Name → choices of what the forms have; three queries."""
    seen = forms.order_by()
    departments = Department.objects.filter(pk__in=seen.values("department")).order_by("code", "name")
    campaigns = Campaign.objects.filter(pk__in=seen.values("campaign")).select_related("budget_year")
    years = seen.order_by("-year").values_list("year", flat=True).distinct()
    return {
        "department": [(str(one.pk), printed_department(one.code, one.label)) for one in departments],
        "campaign": [(str(one.pk), str(one)) for one in campaigns.order_by("-opens_at")],
        "year": [(str(year), f"{year}年度") for year in years],
    }
