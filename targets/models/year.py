"""Year data: categories, rule levels, review levels and windows. Districts and years differ; a new year needs no release."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONArray
from django.utils import timezone

from departments.models import Department, Division
from targets.domain.assessment import Bands, bands_of
from targets.domain.rules import ERROR, INFO, OFF, WARNING, YearRules
from targets.domain.steps import PERFORMANCE_REVIEW, REVIEW_LEVELS, STATES

YEARS = range(2000, 2100)
LEVEL_LABELS = {ERROR: "错误（须修改）", WARNING: "警告（须说明）", INFO: "提示", OFF: "不检查"}


def all_review_levels() -> list[str]:
    return list(REVIEW_LEVELS)


class AssessmentNeed(models.TextChoices):
    """For which forms a finance office may not pass before its review form is filled in."""

    NONE = "", "不要求"
    KEY = "key", "重点项目须填"
    ALL = "all", "每张表都须填"


class BudgetYearManager(models.Manager["BudgetYear"]):
    def get_by_natural_key(self, division: str, year: int) -> "BudgetYear":
        return self.get(division__code=division, year=year)


class BudgetYear(models.Model):
    """预算年度 of a division, with what that year demands."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="years", verbose_name="财政区划")
    year = models.PositiveSmallIntegerField("预算年度")
    is_closed = models.BooleanField("已关账", default=False, help_text="关账的年度只接收历史数据，不再编报。")
    review_levels = models.JSONField(
        "启用的审核环节", default=all_review_levels, help_text="可去掉的环节：主管部门、业务科室；绩效科必有。"
    )
    two_signers = models.BooleanField(
        "业务科室与绩效科须不同人审核", default=True, help_text="启用后，初审通过的人不能再作绩效科审核。"
    )
    assessment_need = models.CharField(
        "通过前须填审核表",
        max_length=4,
        choices=AssessmentNeed.choices,
        default=AssessmentNeed.NONE,
        blank=True,
        help_text="业务科室初审通过、绩效科审核通过之前。",
    )
    closes_strictly = models.BooleanField(
        "批次截止后停止编报",
        default=True,
        help_text="截止后单位不能再修改和送审，除非绩效科单独开放；不选的，截止时间只作提醒。",
    )
    mending_days = models.PositiveSmallIntegerField(
        "退回后修改天数", default=10, help_text="退回时已截止或临近截止的，单位在这些天内仍可修改后送审。"
    )
    thresholds = models.JSONField("校验参数", default=dict, blank=True, help_text='如 {"goal_length": "10"}')

    objects = BudgetYearManager()
    lists: Mapping[str, Any] | None = None
    """What `rules` are made of, of a year that was asked for together with it."""

    class Meta:
        verbose_name = verbose_name_plural = "预算年度"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "year"],
                name="one_budget_year",
                violation_error_message="该区划已有这个预算年度。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年度"

    def natural_key(self) -> tuple[str, int]:
        return (self.division.code, self.year)

    natural_key.dependencies = ["departments.division"]  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        year: int | None = self.year  # blank when the form could not read it
        if year is not None and year not in YEARS:
            raise ValidationError({"year": f"“{self.year}”不是预算年度，请填4位年份，如2026。"})
        levels = self.review_levels
        is_known = isinstance(levels, list) and all(level in REVIEW_LEVELS for level in levels)
        if not is_known or PERFORMANCE_REVIEW not in levels:
            names = "、".join(f"{level}（{STATES[level]}）" for level in REVIEW_LEVELS)
            raise ValidationError({"review_levels": f"只能列出这些环节，且须有绩效科：{names}。"})
        if not isinstance(self.thresholds, dict):
            raise ValidationError({"thresholds": '请写成“名称: 数值”的形式，如 {"goal_length": "10"}。'})
        for name, value in self.thresholds.items():
            try:
                Decimal(str(value))
            except InvalidOperation:
                raise ValidationError({"thresholds": f"“{name}”的值“{value}”不是数字，请改为数字。"}) from None
        bands = self.bands
        if not bands.excellent > bands.good > bands.fair:
            raise ValidationError("审核表的优、良、中，最低分须依次降低，如90、80、60。请改正。")

    @property
    def bands(self) -> Bands:
        """优、良、中 of the review form."""
        return bands_of(self.thresholds)

    @cached_property
    def rounds(self) -> "list[Campaign]":
        """Its 编报批次; a page asks for them many times."""
        return list(self.campaigns.all())

    def open_round(self) -> "Campaign | None":
        """The round that is open now, of several the one that began last."""
        return max((one for one in self.rounds if one.is_open), key=lambda one: one.opens_at, default=None)

    def present_round(self) -> "Campaign | None":
        """The round now open, else the latest one announced."""
        return self.open_round() or max(self.rounds, key=lambda one: one.opens_at, default=None)

    def next_round(self) -> "Campaign | None":
        """The round that is announced next."""
        coming = [one for one in self.rounds if one.opens_at > timezone.now()]
        return min(coming, key=lambda one: one.opens_at, default=None)

    def round_ended(self, own: int | None, *, at: datetime | None = None) -> "Campaign | None":
        """The round of number `own` when its end binds the unit now (or at another moment); None while it runs or is to
        come, while another round of the year is open, and where a year takes the end for a reminder only."""
        if own is None or not self.closes_strictly or self.is_closed:
            return None
        moment = at or timezone.now()
        ended = next((one for one in self.rounds if one.pk == own and one.closes_at <= moment), None)
        return None if any(one.opens_at <= moment < one.closes_at for one in self.rounds) else ended

    def round_ended_for_new(self) -> "Campaign | None":
        """The round whose end keeps a unit from beginning forms."""
        present = self.present_round()
        return self.round_ended(present.pk) if present else None

    @property
    def levels_in_use(self) -> tuple[str, ...]:
        return tuple(level for level in REVIEW_LEVELS if level in self.review_levels)

    def rules(self) -> YearRules:
        """The year as plain data for the checks."""
        taxonomy: dict[str, list[str]] = {}
        required = set()
        lists: Mapping[str, Any] = self.lists or BudgetYear.objects.values(**_lists()).get(pk=self.pk)
        categories, levels, register = (lists[name] or () for name in LISTS)
        for _, _, name, level1, is_required in sorted(categories):
            if level1:
                taxonomy.setdefault(level1, []).append(name)
                continue
            taxonomy.setdefault(name, [])
            if is_required:
                required.add(name)
        return YearRules(
            year=self.year,
            taxonomy={level1: tuple(level2) for level1, level2 in taxonomy.items()},
            required_level1=frozenset(required),
            levels=dict(levels),
            thresholds={name: Decimal(str(value)) for name, value in self.thresholds.items()},
            departments=dict(register),
        )


class CategoryManager(models.Manager["Category"]):
    def get_by_natural_key(self, division: str, year: int, parent: str, name: str) -> "Category":
        found = self.filter(budget_year__division__code=division, budget_year__year=year, name=name)
        return found.get(parent__name=parent) if parent else found.get(parent__isnull=True)


class Category(models.Model):
    """指标分类 of a year: level 1 (no parent) or level 2."""

    budget_year = models.ForeignKey(BudgetYear, models.CASCADE, related_name="categories", verbose_name="预算年度")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name="一级指标"
    )
    name = models.CharField("名称", max_length=40)
    order = models.PositiveSmallIntegerField("次序", default=0)
    is_required = models.BooleanField("必填", default=False, help_text="只对一级指标：项目表缺少该类指标时报错误。")
    external_code = models.CharField("一体化编码", max_length=20, blank=True)

    objects = CategoryManager()

    class Meta:
        verbose_name = verbose_name_plural = "指标分类"
        ordering = ["budget_year", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["budget_year", "parent", "name"],
                name="one_category_per_parent",
                violation_error_message="该一级指标下已有同名分类。",
            ),
            models.UniqueConstraint(
                fields=["budget_year", "name"],
                condition=models.Q(parent__isnull=True),
                name="one_level1_category",
                violation_error_message="该年度已有同名一级指标。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent.name}/{self.name}" if self.parent else self.name

    def natural_key(self) -> tuple[Any, ...]:
        return (*self.budget_year.natural_key(), self.parent.name if self.parent else "", self.name)

    natural_key.dependencies = ["targets.budgetyear"]  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        if self.parent and (self.parent.parent_id or self.parent.budget_year_id != self.budget_year_id):
            raise ValidationError({"parent": "请选同一年度的一级指标。"})


class RuleSettingManager(models.Manager["RuleSetting"]):
    def get_by_natural_key(self, division: str, year: int, rule: str) -> "RuleSetting":
        return self.get(budget_year__division__code=division, budget_year__year=year, rule=rule)


class RuleSetting(models.Model):
    """How strictly a year takes a rule; without a row the rule's own level holds."""

    budget_year = models.ForeignKey(BudgetYear, models.CASCADE, related_name="rule_settings", verbose_name="预算年度")
    rule = models.CharField("规则编号", max_length=8)
    level = models.CharField("级别", max_length=8, choices=list(LEVEL_LABELS.items()))

    objects = RuleSettingManager()

    class Meta:
        verbose_name = verbose_name_plural = "校验规则级别"
        ordering = ["budget_year", "rule"]
        constraints = [
            models.UniqueConstraint(
                fields=["budget_year", "rule"],
                name="one_setting_per_rule",
                violation_error_message="该年度已设过这条规则。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.get_level_display()}"

    def natural_key(self) -> tuple[Any, ...]:
        return (*self.budget_year.natural_key(), self.rule)

    natural_key.dependencies = ["targets.budgetyear"]  # type: ignore[attr-defined]


class CampaignManager(models.Manager["Campaign"]):
    def get_by_natural_key(self, division: str, year: int, name: str) -> "Campaign":
        return self.get(budget_year__division__code=division, budget_year__year=year, name=name)


class Campaign(models.Model):
    """编报批次 (一上, 二上, 追加, 调整) with its window and notice."""

    budget_year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="campaigns", verbose_name="预算年度")
    name = models.CharField("批次", max_length=20, help_text="如：一上、二上、追加、调整")
    opens_at = models.DateTimeField("开始时间")
    closes_at = models.DateTimeField("截止时间")
    notice = models.CharField("通知文号", max_length=60, blank=True)

    objects = CampaignManager()

    class Meta:
        verbose_name = verbose_name_plural = "编报批次"
        ordering = ["-budget_year__year", "-opens_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["budget_year", "name"],
                name="one_campaign_per_name",
                violation_error_message="该年度已有这个编报批次。",
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="campaign_closes_after_it_opens",
                violation_error_message="截止时间须晚于开始时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_year.year}年度 · {self.name}"

    def natural_key(self) -> tuple[Any, ...]:
        return (*self.budget_year.natural_key(), self.name)

    natural_key.dependencies = ["targets.budgetyear"]  # type: ignore[attr-defined]

    @property
    def is_open(self) -> bool:
        return self.opens_at <= timezone.now() < self.closes_at

    @property
    def ending(self) -> str:
        """`“二上”已于12月9日18:00截止`, once it has closed."""
        local = timezone.localtime(self.closes_at)
        return f"“{self.name}”已于{local.year}年{local.month}月{local.day}日{local:%H:%M}截止"

    @property
    def days_left(self) -> int:
        """Whole days until the window closes; negative when it has."""
        return (timezone.localdate(self.closes_at) - timezone.localdate()).days


# Years and what belongs to them, in one question ------------------------------------------------------------------------


def with_all_they_say(years: models.QuerySet[BudgetYear]) -> list[BudgetYear]:
    """These years with their rounds and with what their rules are made of."""
    names = [field.attname for field in Campaign._meta.concrete_fields]
    rounds = {f"round_{name}": F(f"campaigns__{name}") for name in names}
    found: dict[int, BudgetYear] = {}
    for line in years.annotate(**rounds, **_lists()).order_by("pk", "-campaigns__opens_at"):  # one for each round
        said = vars(line)
        year = found.setdefault(line.pk, line)
        if year is line:
            year.rounds, year.lists = [], {name: said.pop(name) for name in LISTS}
        one = Campaign.from_db(years.db, names, [said.pop(name) for name in rounds])
        if one.pk:
            one.budget_year = year
            year.rounds.append(one)
    return list(found.values())


LISTS = ("categories_said", "levels_said", "codes_said")


def _lists() -> dict[str, Subquery]:
    """Categories, levels of rules and codes of departments of a year: three short lists, asked for on every page of a form."""
    year = OuterRef("pk")
    departments = Department.objects.filter(division=OuterRef("division")).exclude(code="")
    return {
        "categories_said": _list(
            Category.objects.filter(budget_year=year), "order", "pk", "name", "parent__name", "is_required"
        ),
        "levels_said": _list(RuleSetting.objects.filter(budget_year=year), "rule", "level"),
        "codes_said": _list(departments, "code", "name"),
    }


def _list(things: models.QuerySet[Any], *names: str) -> Subquery:
    """A list of lists; on PostgreSQL None where there is nothing."""
    lines = things.order_by().annotate(line=_Together(JSONArray(*names), output_field=models.JSONField()))
    return Subquery(lines.values("line"))


class _Together(models.Func):
    """All lines of a subquery as one value."""

    function = "JSON_GROUP_ARRAY"

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **more)
