"""绩效目标表 and its lines. One table for both kinds; the proxies give each kind its own manager, admin and name."""

import json
import secrets
from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from departments.models import Department, Division, Person
from departments.roles import FILLER, FINANCE_ROLES
from targets.domain.names import name_key
from targets.domain.record import MONEY, PLAN, PROJECT, ROW_TEXTS, IndicatorRow, Record
from targets.domain.signature import Signature
from targets.domain.steps import DRAFT, EDITABLE, STATES, VOID, turns
from targets.domain.values import IndicatorValue
from targets.models.authorship import authorship_of, awaiting_confirmation
from targets.models.revision import Revision
from targets.models.year import AssessmentNeed, BudgetYear, Campaign

if TYPE_CHECKING:
    from targets.models.sitting import Sitting

TURN: dict[str, frozenset[str]] = turns()

KIND_LABELS = {PROJECT: "项目支出绩效目标表", PLAN: "部门整体绩效目标表"}


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def visible_to(self, user: Person | AnonymousUser) -> "DeclarationQuerySet":
        """The one rule of who sees that a form exists. What of its text he sees: `Declaration.record_for`."""
        if not isinstance(user, Person):
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(unit__in=user.scope.reach())

    def readable_by(self, user: Person) -> "DeclarationQuerySet":
        """Of many forms those for which `Declaration.record_for` gives a text, be it the present one or what was sent."""
        is_typed_by_another = Q(sitting__isnull=False) & ~Q(sitting__person=user)
        entered = Q(version=1, current_revision__author=user) & ~Q(current_revision__reason=Revision.Reason.UNDO)
        sent = Q(submitted_revision__isnull=False)
        return self.filter(Q(unit__in=user.scope.own) | sent | (entered & ~is_typed_by_another))

    def editable_by(self, user: Person) -> "DeclarationQuerySet":
        return self.filter(state__in=EDITABLE, unit__in=user.scope.reach(FILLER))

    def waiting_for(self, user: Person) -> "DeclarationQuerySet":
        """Forms whose next move is this person's, by role and state."""
        scope = user.scope
        turns = Q(pk__in=[])
        for state, roles in TURN.items():
            reached = scope.reach(*roles) if scope.holds(*roles) else frozenset()
            turns |= Q(state=state, unit__in=reached)
        return self.filter(turns)

    def living(self) -> "DeclarationQuerySet":
        return self.exclude(state=VOID)


class Declaration(models.Model):
    """One form of one budget unit in one budget year, with a state that only `targets.review` writes."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="declarations", verbose_name="财政区划")
    budget_year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="declarations", verbose_name="年度设置")
    year = models.PositiveSmallIntegerField("预算年度")
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="declarations", verbose_name="编报批次"
    )
    kind = models.CharField("类型", max_length=8, choices=list(KIND_LABELS.items()))
    department = models.ForeignKey(Department, models.PROTECT, related_name="declarations", verbose_name="主管部门")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="unit_declarations", verbose_name="实施单位")
    code = models.CharField("项目代码", max_length=40, blank=True)
    title = models.CharField("名称", max_length=200)
    title_key = models.CharField(max_length=200, editable=False)

    # Printed on the form and kept as printed, whatever the register says later.
    department_code = models.CharField("印制的部门代码", max_length=20, blank=True)
    department_name = models.CharField("印制的部门名称", max_length=200, blank=True)
    unit_name = models.CharField("印制的实施单位", max_length=200, blank=True)

    is_key = models.BooleanField("重点项目", default=False, help_text="由财政确定；审核表按重点项目打分。")

    total = models.DecimalField("年度预算资金总额（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    fiscal = models.DecimalField("财政拨款（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    other = models.DecimalField("其他资金（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    goal = models.TextField("年度总体绩效目标", blank=True)
    extra = models.JSONField("其他栏目", default=dict, blank=True)

    state = models.CharField("状态", max_length=20, choices=list(STATES.items()), default=DRAFT)
    state_since = models.DateTimeField("进入状态时间", auto_now_add=True)
    version = models.PositiveSmallIntegerField("版本", default=1)
    open_until = models.DateTimeField("单独开放至", null=True, blank=True)
    """After its round has closed the unit may go on until then: opened by finance, or given with a return."""
    current_revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+", verbose_name="当前稿")
    submitted_revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+", verbose_name="送审稿")
    passed_revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+", verbose_name="通过稿")
    approved_revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+", verbose_name="批复稿")

    copied_from = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="copies", verbose_name="复制自"
    )
    stale = models.JSONField("未更新", default=list, blank=True, editable=False)
    """Places of a copied form that nobody touched or confirmed yet (`targets.domain.stale`)."""

    trail_length = models.PositiveIntegerField("留痕环数", default=0, editable=False)
    trail_head = models.CharField("留痕链头", max_length=64, blank=True, editable=False)
    """How many revisions and events there are, and the digest of the last (`targets.domain.trail`)."""

    error_count = models.PositiveIntegerField("错误", default=0)
    warning_count = models.PositiveIntegerField("警告", default=0)
    info_count = models.PositiveIntegerField("提示", default=0)
    row_count = models.PositiveIntegerField("行数", default=0)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效目标表"
        ordering = ["-year", "department", "kind", "title_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "year", "department", "kind", "code"],
                condition=~Q(code="") & ~Q(state=VOID),
                name="one_declaration_per_code_and_year",
                violation_error_message="本年度该部门已有同一项目代码的表。",
            ),
            models.UniqueConstraint(
                fields=["division", "year", "unit", "kind", "title_key"],
                condition=Q(code="") & ~Q(state=VOID),
                name="one_declaration_per_title_and_year",
                violation_error_message="本年度该单位已有同名的表。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=PLAN) | Q(total=None, fiscal=None, other=None), name="a_plan_has_no_money_of_its_own"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__gte": 0}) | Q(**{name: None}), name=f"{name}_not_negative"
                )
                for name in MONEY
            ),
        ]
        indexes = [
            models.Index(fields=["year", "state"]),
            models.Index(fields=["unit", "year"]),
            # What all sent projects of a unit or a department ask for is summed from these alone (`targets.ceilings`).
            models.Index(fields=["unit", "budget_year", "kind", "state", "total"], name="money_of_a_unit"),
            models.Index(fields=["department", "budget_year", "kind", "state", "total"], name="money_of_a_department"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.title_key = title_key(self.kind, self.title)
        super().save(*args, **kwargs)

    @property
    def is_new(self) -> bool:
        """Not in the tables yet."""
        return self._state.adding

    @property
    def is_plan(self) -> bool:
        return self.kind == PLAN

    @property
    def is_scored(self) -> bool:
        """Its review form asks for points; that of a department's plan never does."""
        return self.is_key and not self.is_plan

    @property
    def must_be_assessed(self) -> bool:
        """Its year demands the review form before finance passes it."""
        need = self.budget_year.assessment_need
        return need == AssessmentNeed.ALL or (need == AssessmentNeed.KEY and self.is_scored)

    @property
    def heading(self) -> str:
        """How lists and messages call the form: a plan's printed title alone would be the same for everybody."""
        return f"{self.unit.label}{self.title}" if self.is_plan else self.title

    def record(self, rows: Iterable[IndicatorRow] | None = None) -> Record:
        """The form as it stands in the tables now (one query for the rows unless given)."""
        return Record(
            kind=self.kind,
            year=self.year,
            title=self.title,
            code=self.code,
            department_code=self.department_code,
            department_name=self.department_name,
            unit=self.unit_name,
            total=self.total,
            fiscal=self.fiscal,
            other=self.other,
            goal=self.goal,
            extra=dict(self.extra),
            rows=tuple(line.row() for line in self.indicators.all()) if rows is None else tuple(rows),
        )

    def is_own_text_of(self, user: Person) -> bool:
        """May he read the text before it is sent: his unit's form, or what he himself entered for the unit."""
        if self.unit_id in user.scope.own:
            return True
        return self.version == 1 and self.submitted_revision_id is None and self.is_entered_by(user)

    def is_entered_by(self, user: Person) -> bool:
        """Who undoes another's import brings back text that is not his."""
        current, sitting = self.current_revision, self.open_sitting
        if current is None or (sitting is not None and sitting.person_id != user.pk):
            return False
        return current.author_id == user.pk and current.reason != Revision.Reason.UNDO

    @property
    def open_sitting(self) -> "Sitting | None":
        """What is being typed and stands in no revision yet."""
        return getattr(self, "sitting", None)

    @property
    def text_state(self) -> str:
        """Names the text that stands in the tables: `3.0` is that of revision 3, `3.2` has been saved by itself twice since."""
        revision, sitting = self.current_revision, self.open_sitting
        return f"{revision.number if revision else 0}.{sitting.saves if sitting else 0}"

    def record_for(self, user: Person) -> Record | None:
        """The text this person may read: his own unit's as it stands, anybody else's as last submitted, or none yet."""
        if self.is_own_text_of(user):
            return self.record()
        return self.submitted_revision.record if self.submitted_revision else None

    def editable_by(self, user: Person) -> bool:
        is_its_filler = self.unit_id in user.scope.reach(FILLER) and user.scope.holds(FILLER)
        return self.state in EDITABLE and is_its_filler and self.round_ended is None

    @property
    def round_ended(self) -> Campaign | None:
        """The round whose end keeps the unit from typing and sending; an adjustment follows the budget's, not a round's."""
        if self.version > 1 or self.is_open_alone:
            return None
        return self.budget_year.round_ended(self.campaign_id)

    @property
    def is_open_alone(self) -> bool:
        return self.open_until is not None and timezone.now() < self.open_until

    def open_to_import_by(self, user: Person) -> bool:
        """Its filler may import over it, and finance for him (代录, which he then confirms); only while it is editable."""
        return self.state in EDITABLE and may_import_for(user, self.unit_id) and not self.is_late_for(user)

    def is_late_for(self, user: Person) -> bool:
        """The end of a round binds the unit; finance may still enter for it."""
        return not is_finance_for(user, self.unit_id) and self.round_ended is not None

    @property
    def awaits_confirmation(self) -> bool:
        return self.pk in awaiting_confirmation([self])

    def authorship(self) -> set[Signature]:
        return authorship_of([self])[self.pk]

    def authors(self) -> set[int]:
        """The people behind the text, and those they stood in for."""
        return {person for signature in self.authorship() for person in signature.people}


def is_finance_for(user: Person, unit: int) -> bool:
    finance = FINANCE_ROLES & user.scope.roles
    return user.is_superuser or (bool(finance) and unit in user.scope.reach(*finance))


def may_import_for(user: Person, unit: int) -> bool:
    scope = user.scope
    return is_finance_for(user, unit) or (scope.holds(FILLER) and unit in scope.reach(FILLER))


def may_import_into(year: BudgetYear, user: Person) -> bool:
    """A closed year takes historical data only, and only from finance."""
    return not year.is_closed or user.is_superuser or user.scope.is_finance


def title_key(kind: str, title: str) -> str:
    """What of the title tells forms of one unit apart; a unit has one plan a year."""
    return PLAN if kind == PLAN else name_key(title)[:200]


class StoredRow(NamedTuple):
    """A line of the tables as what it says, with the key and the order it has there."""

    pk: int
    order: int
    row: IndicatorRow


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def rows_of(self, declarations: Collection[int]) -> dict[int, list[StoredRow]]:
        """The lines of each of these forms, in order; straight from the columns, since objects of thousands of lines take
        most of the time of whatever is done with them."""
        found: dict[int, list[StoredRow]] = {pk: [] for pk in declarations}
        if not found:
            return found
        lines = self.filter(declaration__in=found).order_by("declaration_id", "order")
        as_text = lines.annotate(hanging=Cast("continues", models.TextField()))
        for declaration, pk, order, *texts, hanging in as_text.values_list(
            "declaration_id", "pk", "order", *ROW_TEXTS, "hanging"
        ).iterator(chunk_size=2000):
            cells: list[Any] = [*texts, _hanging(hanging)]
            found[declaration].append(StoredRow(pk, order, IndicatorRow(*cells)))
        return found


@lru_cache(maxsize=1024)
def _hanging(stored: str) -> tuple[str, ...]:
    """The same few lists of columns on every line: read once instead of a hundred thousand times."""
    return tuple(json.loads(stored))


class Indicator(models.Model):
    """绩效指标: one line of the paper form. The typed text is kept; what the target means is derived beside it."""

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="indicators")
    order = models.PositiveIntegerField("次序")
    key = models.CharField("行标识", max_length=16)
    level1 = models.CharField("一级指标", max_length=200, blank=True)
    level2 = models.CharField("二级指标", max_length=200, blank=True)
    number = models.CharField("职责序号", max_length=200, blank=True)
    duty_group = models.TextField("部门职责（类）", blank=True)
    duty = models.TextField("部门职责", blank=True)
    duty_goal = models.TextField("职责目标", blank=True)
    name = models.TextField("指标名称", blank=True)
    explanation = models.TextField("指标解释", blank=True)
    target = models.TextField("年度指标值", blank=True)
    weight = models.TextField("权重", blank=True)
    plan_value = models.TextField("规划值", blank=True)
    standard_value = models.TextField("当年标准值", blank=True)
    standard_source = models.TextField("标准值来源", blank=True)
    average_3y = models.TextField("前三年均值", blank=True)
    last_year = models.TextField("上年值", blank=True)
    history_source = models.TextField("历史值来源", blank=True)
    note = models.TextField("备注", blank=True)
    activity = models.TextField("工作活动", blank=True)
    budget_item = models.TextField("预算项目", blank=True)
    office = models.TextField("责任科室", blank=True)
    continues = models.JSONField("与上行合并的栏目", default=list, blank=True)

    target_operator = models.CharField("符号", max_length=2, blank=True, editable=False)
    target_number = models.DecimalField("数值", max_digits=30, decimal_places=8, null=True, blank=True, editable=False)
    target_unit = models.CharField("计量单位", max_length=60, blank=True, editable=False)
    target_kind = models.CharField("值类型", max_length=10, blank=True, editable=False)

    DERIVED: ClassVar[tuple[str, ...]] = ("target_operator", "target_number", "target_unit", "target_kind")
    VALUES: ClassVar[tuple[str, ...]] = ("declaration", "order", *ROW_TEXTS, "continues", *DERIVED)
    """Every field but the key, in the order of `values_of`."""

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效指标"
        ordering = ["declaration", "order"]
        constraints = [models.UniqueConstraint(fields=["declaration", "key"], name="one_indicator_per_key")]

    def __str__(self) -> str:
        return self.name

    def row(self) -> IndicatorRow:
        return IndicatorRow(**{name: getattr(self, name) for name in ROW_TEXTS}, continues=tuple(self.continues))

    @staticmethod
    def values_of(declaration: int, row: IndicatorRow, order: int) -> tuple[Any, ...]:
        """The row as a line of that form, with what its target means; thousands are written without an object for each."""
        return (declaration, order, *row.cells, *_derived(row.target))


@lru_cache(maxsize=20_000)
def _derived(target: str) -> tuple[str, Decimal | None, str, str]:
    """The values of `Indicator.DERIVED`."""
    value = IndicatorValue.parse(target)
    return value.operator, _storable(value.quantity), value.unit[:60], value.kind


LARGEST = Decimal(10) ** 22


def _storable(number: Decimal | None) -> Decimal | None:
    """A number too long for its column is left out of search and sorting; the text stays whole."""
    if number is None or abs(number) >= LARGEST:
        return None
    return number.quantize(Decimal("0.00000001"))


def new_row_key() -> str:
    """Names a row for ever, through moves, edits and re-imports."""
    return secrets.token_hex(6)
