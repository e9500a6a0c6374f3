"""预算年度: what a year demands, on one page: review levels, thresholds, categories, rule levels, rounds."""

from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from departments.models import Division, Person
from departments.roles import AUDITOR
from departments.scoped_admin import ScopedAdmin, person
from targets.admin.year_parts import (
    YEAR_MANAGERS,
    CampaignInline,
    CategoryInline,
    QuestionInline,
    RuleInline,
    managed_divisions,
)
from targets.domain.assessment import DEFAULT_BANDS, FULL
from targets.domain.steps import PERFORMANCE_REVIEW, REVIEW_LEVELS
from targets.domain.taxonomy import TAXONOMIES
from targets.models import BudgetYear, Campaign, Category, RuleSetting
from targets.tasks import recheck_year
from targets.year_setup import STANDARD, set_up_year

YEAR_READERS = YEAR_MANAGERS | {AUDITOR}
LEVEL_CHOICES = list(zip(REVIEW_LEVELS, ("主管部门审核", "业务科室审核", "绩效科审核（必有）"), strict=True))
THRESHOLDS = {"goal_length": "10", "money_tolerance": "0.01", "source_age": "1"}
"""Numbers that rules read, named as in YearRules, with what holds where none is given."""
NUMBERS = THRESHOLDS | DEFAULT_BANDS
"""With the grades of the review form, which no rule reads."""
COPY = "copy"


def years_of(user: Person) -> QuerySet[BudgetYear]:
    """Years of the divisions whose register the person reaches as administrator, performance office or auditor."""
    if user.is_superuser:
        return BudgetYear.objects.all()
    return BudgetYear.objects.filter(division__in=divisions_of(user))


def divisions_of(user: Person) -> QuerySet[Division]:
    if user.is_superuser:
        return Division.objects.all()
    return Division.objects.filter(departments__in=user.scope.reach(*YEAR_READERS)).distinct()


class NewYearForm(forms.ModelForm[BudgetYear]):
    basis = forms.ChoiceField(
        label="按什么建立",
        choices=[(COPY, "照上一个年度（指标分类、规则级别、审核环节都相同）")]
        + [(taxonomy.key, taxonomy.title) for taxonomy in TAXONOMIES.values()],
        widget=forms.RadioSelect,
        initial=COPY,
        help_text="建立后都可以再改。还没有上一个年度时，按“照上一个年度”等于按2021年体系。",
    )

    class Meta:
        model = BudgetYear
        fields = ("division", "year")


NUMBER = forms.TextInput(attrs={"inputmode": "decimal", "size": 8})


def threshold_field(label: str, default: str, decimals: int) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        decimal_places=decimals,
        widget=NUMBER,
        help_text=f"不填则为{default}。",
    )


class YearForm(forms.ModelForm[BudgetYear]):
    """Lists and dictionaries of the model as ticks and numbers."""

    review_levels = forms.MultipleChoiceField(
        label="启用的审核环节",
        choices=LEVEL_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不启用的环节自动跳过。",
    )

    class Meta:
        model = BudgetYear
        fields = ("is_closed", "review_levels", "two_signers", "assessment_need", "closes_strictly", "mending_days")

    goal_length = threshold_field("总体目标最少字数", THRESHOLDS["goal_length"], 0)
    money_tolerance = threshold_field("资金误差（万元）", THRESHOLDS["money_tolerance"], 4)
    source_age = threshold_field("来源最多早几年", THRESHOLDS["source_age"], 0)
    grade_excellent = threshold_field("优的最低分", DEFAULT_BANDS["grade_excellent"], 2)
    grade_good = threshold_field("良的最低分", DEFAULT_BANDS["grade_good"], 2)
    grade_fair = threshold_field("中的最低分", DEFAULT_BANDS["grade_fair"], 2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NUMBERS:
            self.initial[name] = self.instance.thresholds.get(name)

    def clean_review_levels(self) -> list[str]:
        chosen = {*self.cleaned_data["review_levels"], PERFORMANCE_REVIEW}
        return [level for level in REVIEW_LEVELS if level in chosen]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        thresholds = dict(self.instance.thresholds)
        for name in NUMBERS:
            thresholds.pop(name, None)
            if cleaned.get(name) is not None:
                thresholds[name] = str(cleaned[name])
        self.instance.thresholds = thresholds
        return cleaned


@admin.register(BudgetYear)
class BudgetYearAdmin(ScopedAdmin):
    view_roles = YEAR_READERS
    change_roles = add_roles = YEAR_MANAGERS
    form = YearForm
    list_display = ("year", "division", "state", "levels", "rule_count", "campaign_names")
    list_filter = ("is_closed",)
    ordering = ("-year", "division")
    in_words: ClassVar[dict[str, str]] = {
        "is_closed": "state",
        "review_levels": "levels",
        "two_signers": "signers",
        "closes_strictly": "ending",
        "mending_days": "",
        "goal_length": "numbers",
        "money_tolerance": "",
        "source_age": "",
        "assessment_need": "need",
        "grade_excellent": "grades",
        "grade_good": "",
        "grade_fair": "",
    }
    inlines = (CategoryInline, RuleInline, QuestionInline, CampaignInline)
    fieldsets = (
        (None, {"fields": ("is_closed",)}),
        ("审核", {"fields": ("review_levels", "two_signers")}),
        ("审核表", {"fields": ("assessment_need", *DEFAULT_BANDS)}),
        ("截止", {"fields": ("closes_strictly", "mending_days")}),
        ("校验参数", {"fields": tuple(THRESHOLDS)}),
    )
    add_fieldsets: ClassVar[Any] = ((None, {"fields": ("division", "year", "basis")}),)

    @admin.display(description="状态", ordering="is_closed")
    def state(self, obj: BudgetYear) -> str:
        return "已关账" if obj.is_closed else "编报"

    @admin.display(description="审核环节")
    def levels(self, obj: BudgetYear) -> str:
        names = dict(LEVEL_CHOICES)
        return " → ".join(names[level].partition("（")[0].removesuffix("审核") for level in obj.levels_in_use)

    @admin.display(description="业务科室与绩效科")
    def signers(self, obj: BudgetYear) -> str:
        return "须不同人审核" if obj.two_signers else "可以同一人审核"

    @admin.display(description="批次截止后")
    def ending(self, obj: BudgetYear) -> str:
        words = "停止编报" if obj.closes_strictly else "只作提醒"
        return f"{words}，退回后可修改{obj.mending_days}天"

    @admin.display(description="总体目标最少字数；资金误差（万元）；来源最多早几年")
    def numbers(self, obj: BudgetYear) -> str:
        return "；".join(str(obj.thresholds.get(name, default)) for name, default in THRESHOLDS.items())

    @admin.display(description="通过前须填审核表")
    def need(self, obj: BudgetYear) -> str:
        return obj.get_assessment_need_display()

    @admin.display(description="优、良、中的最低分")
    def grades(self, obj: BudgetYear) -> str:
        return "、".join(str(obj.thresholds.get(name, default)) for name, default in DEFAULT_BANDS.items())

    @admin.display(description="另定级别的规则")
    def rule_count(self, obj: Any) -> int:
        return int(obj.rules_set)

    @admin.display(description="编报批次")
    def campaign_names(self, obj: BudgetYear) -> str:
        return "、".join(campaign.name for campaign in obj.campaigns.all())

    def get_queryset(self, request: HttpRequest) -> QuerySet[BudgetYear]:
        years = years_of(person(request)).select_related("division").prefetch_related("campaigns")
        return years.annotate(rules_set=Count("rule_settings")).order_by(*self.ordering)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or managed_divisions(person(request)).filter(pk=obj.division_id).exists()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001 - Django's signature
        if obj is None:
            kwargs["form"] = NewYearForm
            kwargs["fields"] = ("division", "year")
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.add_fieldsets if obj is None else super().get_fieldsets(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return () if obj is None else super().get_inlines(request, obj)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "division":
            kwargs["queryset"] = managed_divisions(person(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: BudgetYear, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        if change:
            super().save_model(request, obj, form, change)
            return
        basis = form.cleaned_data["basis"]
        last = obj.division.years.filter(year__lt=obj.year).order_by("-year").first() if basis == COPY else None
        made = set_up_year(obj.division, obj.year, STANDARD if basis == COPY else basis, copy_from=last)
        obj.__dict__.update(made.__dict__)

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(request, f"{obj}已建立。请核对以下内容，并添加编报批次。")
        return HttpResponseRedirect(reverse("admin:targets_budgetyear_change", args=[obj.pk]))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Counts on lists follow the rules in the background, for all forms of the year."""
        super().save_related(request, form, formsets, change)
        about_rules = [formset for formset in formsets if formset.model in (Category, RuleSetting)]
        if change and (set(THRESHOLDS) & set(form.changed_data) or any(map(_changed, about_rules))):
            transaction.on_commit(partial(recheck_year.enqueue, form.instance.pk))
            messages.info(request, "校验规则有变化，各表的系统校验结果正在后台更新。")
        points = sum(form.instance.questions.values_list("points", flat=True))
        if change and points != FULL:
            messages.warning(request, f"审核问题的分值合计{points}分，应为{FULL}分。请核对各项分值。")


class RoundYearFilter(admin.SimpleListFilter):
    """Years whose rounds the person sees; Django's own filter would list those of every division."""

    title = "预算年度"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = (
            model_admin.get_queryset(request).order_by("-budget_year__year").values_list("budget_year__year", flat=True)
        )
        return [(str(year), f"{year}年度") for year in years.distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        years = [value for value, _ in self.lookup_choices]
        return queryset.filter(budget_year__year=self.value()) if self.value() in years else queryset


@admin.register(Campaign)
class CampaignAdmin(ScopedAdmin):
    """Rounds of all years in one list; their forms keep them, so none is removed."""

    view_roles = YEAR_READERS
    change_roles = add_roles = YEAR_MANAGERS
    list_display = ("budget_year", "name", "opens_at", "closes_at", "notice")
    list_display_links = ("budget_year", "name")
    list_filter = (RoundYearFilter,)
    list_select_related = ("budget_year",)
    search_fields = ("name", "notice")
    search_help_text = "批次、通知文号"
    fields = ("budget_year", "name", "opens_at", "closes_at", "notice")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        return super().get_queryset(request).filter(budget_year__in=years_of(person(request)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or managed_divisions(person(request)).filter(pk=obj.budget_year.division_id).exists()

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = BudgetYear.objects.filter(division__in=managed_divisions(person(request)))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def _changed(formset: Any) -> bool:
    return bool(formset.new_objects or formset.changed_objects or formset.deleted_objects)
