"""A budget year as a division begins it: like an earlier one, else by one of the two taxonomies."""

from collections.abc import Sequence

from django.db import transaction

from departments.models import Division
from targets.domain.assessment import STANDARD_QUESTIONS, Question
from targets.domain.taxonomy import TAXONOMIES
from targets.models import BudgetYear, Category, ReviewQuestion, RuleSetting
from targets.models.year import YEARS

STANDARD = "2021"


class YearRefused(Exception):
    """Why a year was not set up, in words."""


def set_up_year(
    division: Division, year: int, taxonomy: str = STANDARD, *, copy_from: BudgetYear | None = None
) -> BudgetYear:
    """Make the year with its categories and rules, or raise YearRefused.

    From `copy_from` come categories, rule levels, review levels, deadlines, thresholds and the questions of the review form;
    campaigns are announced anew each year.
    """
    if year not in YEARS:
        raise YearRefused(f"“{year}”不是预算年度，请填4位年份，如2026。")
    if BudgetYear.objects.filter(division=division, year=year).exists():
        raise YearRefused(f"{division}已有{year}年度，没有重复建立。请直接打开该年度修改。")
    with transaction.atomic():
        made = BudgetYear(division=division, year=year)
        if copy_from is None:
            made.save()
            _categories_of(TAXONOMIES[taxonomy].tree, made)
        else:
            made.review_levels = list(copy_from.review_levels)
            made.two_signers = copy_from.two_signers
            made.assessment_need = copy_from.assessment_need
            made.closes_strictly = copy_from.closes_strictly
            made.mending_days = copy_from.mending_days
            made.thresholds = dict(copy_from.thresholds)
            made.save()
            _copy_rows(copy_from, made)
        asked = [one.as_question() for one in copy_from.questions.all()] if copy_from else []
        ask(made, asked or STANDARD_QUESTIONS)
    return made


def ask(year: BudgetYear, questions: Sequence[Question]) -> None:
    """Questions of the year's review form, in their order."""
    ReviewQuestion.objects.bulk_create(
        ReviewQuestion.of(year, one, order) for order, one in enumerate(questions, start=1)
    )


def _categories_of(tree: dict[str, tuple[str, ...]], made: BudgetYear) -> None:
    """All level 1 required: each of the eight projects of the 2023 publication has an indicator under all of them."""
    for place, (level1, level2) in enumerate(tree.items(), start=1):
        parent = Category.objects.create(budget_year=made, name=level1, order=place * 100, is_required=True)
        Category.objects.bulk_create(
            Category(budget_year=made, parent=parent, name=name, order=place * 100 + step * 10)
            for step, name in enumerate(level2, start=1)
        )


def _copy_rows(last: BudgetYear, made: BudgetYear) -> None:
    copies: dict[int | None, Category | None] = {None: None}
    for level in (last.categories.filter(parent=None), last.categories.exclude(parent=None)):
        originals = list(level.order_by("order", "id"))
        fresh = [
            Category(
                budget_year=made,
                parent=copies[one.parent_id],
                name=one.name,
                order=one.order,
                is_required=one.is_required,
                external_code=one.external_code,
            )
            for one in originals
        ]
        Category.objects.bulk_create(fresh)
        copies |= {one.pk: copy for one, copy in zip(originals, fresh, strict=True)}
    RuleSetting.objects.bulk_create(
        RuleSetting(budget_year=made, rule=one.rule, level=one.level) for one in last.rule_settings.all()
    )
