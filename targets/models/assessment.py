"""绩效目标审核表: what a year asks of a form under review, and what a reviewer answered at one level."""

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from departments.models import Person
from departments.roles import DEPARTMENT_REVIEWER, ROLES
from targets.domain.assessment import GRADES, RETURNING, Answer, Question, is_complete, plain_number
from targets.domain.checks import RULES
from targets.domain.steps import DEPARTMENT_REVIEW, OFFICE_REVIEW, PASSED, PERFORMANCE_REVIEW
from targets.models.declaration import Declaration
from targets.models.remark import FINANCE_SIDE
from targets.models.year import BudgetYear

LEVELS = {DEPARTMENT_REVIEW: "主管部门", OFFICE_REVIEW: "业务科室", PERFORMANCE_REVIEW: "绩效科"}
LEVEL_AT = {level: level for level in LEVELS} | {PASSED: PERFORMANCE_REVIEW}
"""State of a form → at which level it is judged; a passed one is still the performance office's to return."""
SCORE, GRADE, FINGERPRINT = "审核表得分", "综合评定等级", "审核表摘要"


class ReviewQuestionManager(models.Manager["ReviewQuestion"]):
    def get_by_natural_key(self, division: str, year: int, name: str) -> "ReviewQuestion":
        return self.get(budget_year__division__code=division, budget_year__year=year, name=name)


class ReviewQuestion(models.Model):
    """审核问题 of a year's review form."""

    budget_year = models.ForeignKey(BudgetYear, models.CASCADE, related_name="questions", verbose_name="预算年度")
    group = models.CharField("审核内容", max_length=20, help_text="如：完整性")
    name = models.CharField("审核要点", max_length=20, help_text="如：规范完整性")
    text = models.CharField("具体问题", max_length=300)
    points = models.PositiveSmallIntegerField("分值", help_text="重点项目的满分")
    order = models.PositiveSmallIntegerField("次序", default=0)
    rules = models.JSONField("有关的校验规则", default=list, blank=True)

    objects = ReviewQuestionManager()

    class Meta:
        verbose_name = verbose_name_plural = "审核问题"
        ordering = ["budget_year", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["budget_year", "name"],
                name="one_question_per_name",
                violation_error_message="该年度已有这个审核要点。",
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0), name="a_question_has_points", violation_error_message="分值须大于0。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}/{self.name}"

    def natural_key(self) -> tuple[Any, ...]:
        return (*self.budget_year.natural_key(), self.name)

    natural_key.dependencies = ["targets.budgetyear"]  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        if not isinstance(self.rules, list) or any(rule not in RULES for rule in self.rules):
            unknown = [str(one) for one in self.rules if one not in RULES] if isinstance(self.rules, list) else []
            said = f"没有这些规则：{'、'.join(unknown)}。" if unknown else ""
            raise ValidationError({"rules": f"{said}请写规则编号，如 R01、R10。"})

    def as_question(self) -> Question:
        return Question(self.group, self.name, self.text, self.points, tuple(self.rules))

    @classmethod
    def of(cls, year: BudgetYear, question: Question, order: int) -> "ReviewQuestion":
        return cls(
            budget_year=year,
            group=question.group,
            name=question.name,
            text=question.text,
            points=question.points,
            order=order,
            rules=list(question.rules),
        )


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: Person) -> "AssessmentQuerySet":
        """Whoever sees the form, once the step was taken with it; before, only the side that writes it."""
        if user.is_superuser:
            return self
        scope = user.scope
        seen = Q(event__isnull=False)
        seen |= Q(level=DEPARTMENT_REVIEW, declaration__unit__in=scope.reach(DEPARTMENT_REVIEWER))
        seen |= ~Q(level=DEPARTMENT_REVIEW) & Q(declaration__unit__in=scope.reach(*FINANCE_SIDE))
        return self.filter(seen, declaration__unit__in=scope.reach())


class Assessment(models.Model):
    """审核表 of one form at one level. A draft until the step is taken with it; the event then holds its fingerprint.

    Questions stand in the answers as they were put, whatever the year asks later.
    """

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="assessments")
    number = models.PositiveSmallIntegerField("序号")
    revision = models.ForeignKey("targets.Revision", models.PROTECT, related_name="+", verbose_name="所依据的稿")
    level = models.CharField("审核环节", max_length=20, choices=list(LEVELS.items()))
    is_scored = models.BooleanField("按重点项目打分", default=False)
    answers = models.JSONField("各项审核", default=list)
    total = models.DecimalField("得分", max_digits=7, decimal_places=2, null=True, blank=True)
    grade = models.CharField("综合评定等级", max_length=10, choices=list(GRADES.items()), blank=True)
    opinion = models.TextField("总体意见", blank=True)
    expert_opinion = models.TextField("第三方或专家意见", blank=True)
    internal_note = models.TextField("内部备注", blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assessments", verbose_name="填写人"
    )
    person_name = models.CharField("填写人姓名", max_length=90)
    role = models.CharField("角色", max_length=24, choices=list(ROLES.items()))
    saves = models.PositiveIntegerField("保存次数", default=0)
    saved_at = models.DateTimeField("保存时间", default=timezone.now)
    event = models.OneToOneField(
        "targets.ReviewEvent", models.PROTECT, null=True, blank=True, related_name="assessment", verbose_name="办理记录"
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效目标审核表"
        ordering = ["declaration", "number"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "number"], name="one_assessment_per_number"),
            models.UniqueConstraint(
                fields=["declaration", "level"],
                condition=Q(event__isnull=True),
                name="one_open_assessment_per_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}审核表"

    @property
    def answered(self) -> tuple[Answer, ...]:
        return tuple(Answer(**said) for said in self.answers)

    @property
    def is_complete(self) -> bool:
        return is_complete(self.answered)

    def is_ready(self, declaration: Declaration) -> bool:
        is_current = self.revision_id == declaration.current_revision_id
        return is_current and self.is_complete and self.is_scored == declaration.is_scored

    @property
    def suggests_return(self) -> bool:
        return self.grade in RETURNING

    @property
    def result(self) -> str:
        """`72分 中`, `良`; "" while something is not answered."""
        points = f"{self.score}分 " if self.total is not None and self.grade else ""
        return f"{points}{GRADES.get(self.grade, '')}"

    @property
    def score(self) -> str:
        return "" if self.total is None else plain_number(self.total)

    @property
    def overall(self) -> str:
        """总体意见; where none was written, what was said with the step."""
        return self.opinion or (self.event.opinion if self.event else "")

    def fingerprint(self) -> str:
        """Of everything it says; the event of its step holds it, so that a later change is seen."""
        names = ("number", "revision_id", "level", "is_scored", "answers", "grade", "opinion", "expert_opinion")
        said = {name: getattr(self, name) for name in (*names, "internal_note", "person_id", "person_name", "role")}
        said["total"] = None if self.total is None else f"{Decimal(self.total):.2f}"
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    def particulars(self) -> dict[str, str]:
        """What the event of the step says of it."""
        score = {SCORE: self.score} if self.is_scored else {}
        return {**score, GRADE: GRADES[self.grade], FINGERPRINT: self.fingerprint()}
