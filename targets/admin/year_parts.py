"""Parts of a 预算年度 on its page: categories, rule levels, questions of the review form, rounds."""

import re
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest

from departments.models import Division, Person
from departments.roles import ADMIN, PERFORMANCE_REVIEWER
from departments.scoped_admin import person
from targets.domain.checks import RULES
from targets.models import BudgetYear, Campaign, Category, ReviewQuestion, RuleSetting
from targets.models.year import LEVEL_LABELS

YEAR_MANAGERS = frozenset({ADMIN, PERFORMANCE_REVIEWER})


def managed_divisions(user: Person) -> QuerySet[Division]:
    if user.is_superuser:
        return Division.objects.all()
    return Division.objects.filter(departments__in=user.scope.reach(*YEAR_MANAGERS)).distinct()


class YearPart(admin.TabularInline[Any, BudgetYear]):
    """A part of the year: whoever may change the year may change it."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or managed_divisions(person(request)).filter(pk=obj.division_id).exists()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_delete and self.has_change_permission(request, obj)


class CategoryInline(YearPart):
    model = Category
    ordering = ("order", "id")
    readonly_fields = ("needed",)
    verbose_name_plural = "指标分类（一级指标的“一级指标”栏留空；新增一级指标请先保存，再在其下添加二级指标）"

    @admin.display(description="必填")
    def needed(self, obj: Category) -> str:
        return "是" if obj.is_required else "—"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A tick is for those who may change it."""
        required = "is_required" if self.has_change_permission(request, obj) else "needed"
        return ("parent", "name", "order", required, "external_code")

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Level 1 of this very year, listed once and not once for each line."""
        match = request.resolver_match
        year = match.kwargs.get("object_id") if match else None
        top = Category.objects.filter(budget_year=year, parent=None).order_by("order", "id")
        field: Any = super().formfield_for_foreignkey(db_field, request, queryset=top, **kwargs)
        field.choices = [("", "（这是一级指标）"), *((one.pk, one.name) for one in top)]
        return field


def rule_choices() -> list[tuple[str, str]]:
    return [("", "请选规则")] + [
        (rule.id, f"{rule.id} {rule.title}（平时：{LEVEL_LABELS[rule.level]}）")
        for rule in sorted(RULES.values(), key=lambda rule: rule.id)
    ]


class RuleForm(forms.ModelForm[RuleSetting]):
    rule = forms.ChoiceField(label="规则", choices=rule_choices)

    class Meta:
        model = RuleSetting
        fields = ("rule", "level")


class RuleInline(YearPart):
    model = RuleSetting
    form = RuleForm
    verbose_name_plural = "校验规则级别（只列与平时不同的；未列的规则按平时的级别）"


RULE_IDS = re.compile(r"[\s、，,；;]+")


class QuestionForm(forms.ModelForm[ReviewQuestion]):
    """Rules are typed by their ids: a list of forty ticks for each question would hide the questions."""

    rules = forms.CharField(
        label="有关的校验规则",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 22}),
        help_text="如 R01、R10：这些规则查出的问题列在这一项旁边。",
    )

    class Meta:
        model = ReviewQuestion
        fields = ("order", "group", "name", "text", "points", "rules")
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "text": forms.Textarea(attrs={"rows": 2, "cols": 40}),
            "group": forms.TextInput(attrs={"size": 8}),
            "name": forms.TextInput(attrs={"size": 11}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["rules"] = "、".join(self.instance.rules)

    def clean_rules(self) -> list[str]:
        return [rule.upper() for rule in RULE_IDS.split(self.cleaned_data["rules"]) if rule]


class QuestionInline(YearPart):
    model = ReviewQuestion
    form = QuestionForm
    ordering = ("order", "id")
    readonly_fields = ("rules_in_words",)
    verbose_name_plural = "审核问题（审核表逐项所问；重点项目按分值打分，各项合计应为100分）"

    @admin.display(description="有关的校验规则")
    def rules_in_words(self, obj: ReviewQuestion) -> str:
        return "、".join(obj.rules)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        rules = "rules" if self.has_change_permission(request, obj) else "rules_in_words"
        return ("order", "group", "name", "text", "points", rules)


class CampaignInline(YearPart):
    model = Campaign
    fields = ("name", "opens_at", "closes_at", "notice")
    ordering = ("opens_at",)
    can_delete = False
