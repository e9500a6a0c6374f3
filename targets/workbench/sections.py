"""The sections of the workbench, one function each; every one takes a fixed number of queries, whatever the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone

from departments.models import Department, Deputation, Membership, Person
from departments.models.people import Scope
from departments.roles import FILLER, PERFORMANCE_REVIEWER
from targets.ceilings import disagreements, with_ceilings
from targets.domain.steps import (
    APPROVED,
    EDITABLE,
    PASSED,
    RETURNED,
    RETURNS,
    REVIEW_LEVELS,
    STATES,
    UNDO_IMPORT,
    UNITS_OWN,
)
from targets.links import form_url, waiting_url
from targets.models import BudgetYear, Campaign, Category, Declaration, Disclosure, ReviewEvent, Waiver
from targets.models.authorship import awaiting_confirmation
from targets.models.declaration import KIND_LABELS
from targets.models.review import done_by
from targets.progress import with_progress, with_requests
from targets.remarks import reviewing_role
from targets.review import whose_turn
from targets.workbench.facts import Fact, Group, by_department, days_since, total_of

ROWS_SHOWN = 50
TODOS_SHOWN = 50
EVENTS_SHOWN = 8
WAIVERS_SHOWN = 10

LIST_PARTS = ("unit", "unit__business_office", "department", "department__business_office")
LONG_TEXTS = ("goal", "extra")


@dataclass(frozen=True, slots=True)
class Todo:
    """A form that its filler has to work on, with the last return's opinion in full."""

    form: Declaration
    url: str
    returned: ReviewEvent | None
    awaits_confirmation: bool
    button: str
    ending: str
    """That its round has closed, or until when it may go on all the same, "" while the round runs."""
    ceilings: Sequence[str]
    """Why its money does not agree with its 控制数."""


@dataclass(frozen=True, slots=True)
class OwnForm:
    form: Declaration
    url: str
    filled: int
    turn: str
    is_mine: bool
    days: int


@dataclass(frozen=True, slots=True)
class Happening:
    """A step that was taken, as the lists of the right column tell it."""

    event: ReviewEvent
    url: str
    who: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing an administrator sets up: how much of it there is, and what is missing, "" when nothing."""

    label: str
    number: int
    url: str
    missing: str


def waiting_forms(person: Person) -> list[Declaration]:
    """Every form whose next move is this person's, the longest waiting first; one query."""
    found = Declaration.objects.visible_to(person).waiting_for(person)
    related = found.select_related(*LIST_PARTS, "budget_year").prefetch_related("budget_year__campaigns")
    return list(with_progress(with_ceilings(related.defer(*LONG_TEXTS), are_few=True)).order_by("state_since", "id"))


# Filler ---------------------------------------------------------------------------------------------------------------


def to_fill_in(waiting: Sequence[Declaration]) -> list[Declaration]:
    """Returned forms first, then drafts, last touched first."""
    forms = [form for form in waiting if form.state in EDITABLE]
    return sorted(forms, key=lambda form: (form.state != RETURNED, -form.updated_at.timestamp()))


def todos(forms: Sequence[Declaration]) -> list[Todo]:
    """What there is to do on these forms."""
    ids = [form.pk for form in forms]
    returns: dict[int, ReviewEvent] = {}
    for event in ReviewEvent.objects.filter(declaration__in=ids, to_state=RETURNED, step__in=RETURNS).order_by(
        "number"
    ):
        returns[event.declaration_id] = event
    unconfirmed = awaiting_confirmation(forms)
    return [
        Todo(
            form,
            form_url(form),
            returns.get(form.pk) if form.state == RETURNED else None,
            form.pk in unconfirmed,
            "去修改" if form.state == RETURNED else "去核对" if form.pk in unconfirmed else "继续填写",
            _ending(form),
            disagreements(form),
        )
        for form in forms
    ]


def left_over(forms: Sequence[Declaration]) -> list[tuple[int, str, str]]:
    """How many of each kind the page leaves to the lists of forms, with the address of that list."""
    kinds = ((label, [form for form in forms if form.kind == kind]) for kind, label in KIND_LABELS.items())
    return [(len(of_kind), label, waiting_url(of_kind)) for label, of_kind in kinds if of_kind]


def _ending(form: Declaration) -> str:
    if ended := form.round_ended:
        return f"{ended.ending}，不能再修改和送审。确需修改的请联系绩效科单独开放"
    if form.is_open_alone and form.open_until and form.version == 1:
        last_day = timezone.localdate(form.open_until)
        return f"批次截止后仍可修改和送审，至{last_day.month}月{last_day.day}日止"
    return ""


def asked_to_adjust(person: Person) -> list[Happening]:
    """按控制数要求调整 of approved forms that this person fills in, the oldest first."""
    mine = Declaration.objects.visible_to(person).filter(state=APPROVED, unit__in=person.scope.reach(FILLER))
    asked = ReviewEvent.objects.open_asks().filter(declaration__in=mine).select_related("declaration__unit")
    return [
        Happening(event, form_url(event.declaration), f"{event.get_role_display()} {event.signature}")
        for event in asked.defer("findings").order_by("at")
    ]


def own_forms(person: Person, waiting: Sequence[Declaration]) -> list[OwnForm]:
    """Forms of the units a person works in, the latest year first, with progress: rows that have a target."""
    mine = {form.pk for form in waiting}
    found = Declaration.objects.living().visible_to(person).filter(unit__in=person.scope.own)
    rows = with_progress(with_requests(found.select_related(*LIST_PARTS).defer(*LONG_TEXTS)))
    ordered = rows.order_by("-year", "unit__code", "-kind", "title_key", "id")[:ROWS_SHOWN]
    return [
        OwnForm(form, form_url(form), form.filled, whose_turn(form), form.pk in mine, days_since(form.state_since))
        for form in ordered
    ]


def filler_facts(todo: Sequence[Declaration], own: Sequence[OwnForm]) -> list[Fact]:
    returned = sum(form.state == RETURNED for form in todo)
    sent = [one for one in own if one.form.state in REVIEW_LEVELS]
    done = sum(one.form.state in (PASSED, APPROVED) for one in own)
    at = "、".join(dict.fromkeys(STATES[one.form.state] for one in sent))
    return [
        Fact(f"{len(todo)} 张", f"等您处理：{returned}张退回，{len(todo) - returned}张编制中"),
        Fact(f"{len(sent)} 张", f"已送出：{at}" if at else "已送出，正在审核"),
        Fact(f"{done} / {len(own)}", "已审核通过或批复 / 全部的表"),
    ]


# Reviewers ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for review, by department, with its totals."""

    groups: list[Group]
    whole: Group | None
    resubmitted: list[Declaration]


def desk(waiting: Sequence[Declaration]) -> Desk:
    forms = [form for form in waiting if form.state in REVIEW_LEVELS]
    groups = by_department(forms)
    again = ReviewEvent.objects.filter(declaration__in=[form.pk for form in forms], to_state=RETURNED)
    versions = {form.pk: form.version for form in forms}
    returned = {pk for pk, version in again.values_list("declaration", "version") if versions[pk] == version}
    resubmitted = [form for form in forms if form.pk in returned]
    return Desk(groups, Group(forms[0].department, forms) if forms else None, resubmitted)


def requests(person: Person, waiting: Sequence[Declaration]) -> list[Happening]:
    """申请退回 on forms that are this person's to return, the oldest first."""
    mine = [form.pk for form in waiting if reviewing_role(form, person)]
    asked = ReviewEvent.objects.open_requests().filter(declaration__in=mine).select_related("declaration__unit")
    return [
        Happening(event, form_url(event.declaration), event.declaration.unit.label)
        for event in asked.defer("findings").order_by("at")
    ]


def ceiling_facts(waiting: Sequence[Any]) -> list[Fact]:
    """Of the sent forms that wait for this person those that do not agree with their 控制数; nothing where all do."""
    off = [form for form in waiting if form.is_off and form.state not in EDITABLE]
    return [Fact(f"{len(off)} 张", "等您办理的表中控制数不符的", waiting_url(off, ceiling="off"))] if off else []


def review_facts(review: Desk) -> list[Fact]:
    if review.whole is None:
        return [Fact("0 张", "待审：没有等您审核的表")]
    forms = review.whole.forms
    oldest = min(forms, key=lambda form: form.state_since)
    days = days_since(oldest.state_since)
    levels = "、".join(dict.fromkeys(STATES[form.state] for form in forms))
    projects = sum(form.total is not None for form in forms)
    amount = total_of(forms)
    facts = [
        Fact(f"{len(forms)} 张", f"{levels}，{len(review.groups)}个部门"),
        Fact(f"{days} 天" if days else "今天", f"等待最久：{oldest.heading}", form_url(oldest)),
    ]
    if review.resubmitted:
        facts.append(
            Fact(f"{len(review.resubmitted)} 张", "退回后重新送来", waiting_url(review.resubmitted, again="again"))
        )
    if amount is not None:
        facts.insert(1, Fact(f"{amount / 10000:,.2f} 万元", f"{projects}个项目金额合计"))
    return facts


@dataclass(frozen=True, slots=True)
class Batch:
    """Passed forms of one kind that wait for 批复."""

    label: str
    forms: Sequence[Declaration]

    @property
    def amount(self) -> Any:
        return total_of(self.forms)


def to_approve(waiting: Sequence[Declaration]) -> list[Batch]:
    passed = [form for form in waiting if form.state == PASSED]
    batches = [Batch(label, [form for form in passed if form.kind == kind]) for kind, label in KIND_LABELS.items()]
    return [batch for batch in batches if batch.forms]


def approval_facts(batches: Sequence[Batch]) -> list[Fact]:
    return [Fact(f"{sum(len(batch.forms) for batch in batches)} 张", "待批复：绩效科已审核通过")]


def waivers_asked(person: Person) -> list[tuple[Waiver, str]]:
    """情况说明 that wait for the performance office, the oldest first."""
    asked = Waiver.objects.filter(
        decision=Waiver.Decision.ASKED,
        declaration__in=Declaration.objects.living().visible_to(person),
        declaration__unit__in=person.scope.reach(PERFORMANCE_REVIEWER),
    )
    found = asked.select_related("declaration__unit").order_by("asked_at")[:WAIVERS_SHOWN]
    return [(waiver, form_url(waiver.declaration)) for waiver in found]


def disclosures(person: Person) -> list[Disclosure]:
    """Sets that are being prepared for publication."""
    divisions = Department.objects.visible_to(person).values("division")
    return list(
        Disclosure.objects.filter(division__in=divisions, published_at=None).annotate(number=Count("items"))[:5]
    )


# Everybody ------------------------------------------------------------------------------------------------------------


def deputations(person: Person) -> list[Deputation]:
    """Who stands in for him today, and for whom he stands in."""
    mine = Deputation.objects.in_force().filter(Q(absent=person) | Q(deputy=person))
    return list(mine.select_related("absent", "deputy", "post__department"))


def happenings(person: Person) -> list[Happening]:
    """The latest steps on forms this person sees."""
    visible = Declaration.objects.visible_to(person)
    return _told(ReviewEvent.objects.filter(declaration__in=visible), person)


def done_so_far(person: Person) -> list[Happening]:
    visible = Declaration.objects.visible_to(person)
    return _told(ReviewEvent.objects.filter(done_by(person), declaration__in=visible), person)


def _told(events: Any, person: Person) -> list[Happening]:
    """Without imports that were taken back: hundreds of forms at once, told in the record of the import."""
    found = (
        events.exclude(step=UNDO_IMPORT)
        .select_related("declaration__unit")
        .defer("findings")
        .order_by("-pk")[:EVENTS_SHOWN]
    )
    return [
        Happening(
            event,
            form_url(event.declaration),
            "您" if _is_his_alone(event, person) else f"{event.get_role_display()} {event.signature}",
        )
        for event in found
    ]


def _is_his_alone(event: ReviewEvent, person: Person) -> bool:
    return event.person_id == person.pk and event.stood_in_for_id is None


def counts_by_state(person: Person) -> list[dict[str, Any]]:
    """How many forms stand in each state, in the order of the way, with the projects' amounts (of those sent)."""
    visible = Declaration.objects.visible_to(person).order_by()
    sent = Q(submitted_revision__isnull=False) & ~Q(state__in=UNITS_OWN)
    counted = visible.values("state").annotate(
        forms=Count("pk"), amount=Sum("total", filter=sent), units=Count("unit", distinct=True)
    )
    found: dict[str, dict[str, Any]] = {row["state"]: dict(row) for row in counted}
    return [found[state] for state in STATES if state in found]


def overview_facts(states: Sequence[dict[str, Any]]) -> list[Fact]:
    def number(*wanted: str) -> str:
        return f"{sum(row['forms'] for row in states if row['state'] in wanted)} 张"

    return [
        Fact(number(*EDITABLE), "编制中或已退回"),
        Fact(number(*REVIEW_LEVELS), "审核中"),
        Fact(number(PASSED), "审核通过，待批复"),
        Fact(number(APPROVED), "已批复"),
    ]


def settings_of(scope: Scope) -> list[Setting]:
    """What an administrator sets up, with what is still missing."""
    departments = (
        Department.objects.filter(pk__in=scope.reach()) if not scope.is_superuser else Department.objects.all()
    )
    divisions = departments.order_by().values("division")
    years = BudgetYear.objects.filter(division__in=divisions)
    people = Membership.objects.in_force().filter(department__in=departments)
    in_charge = Q(is_finance=True) | Q(business_office__isnull=False) | Q(parent__isnull=False)
    orphans = departments.exclude(in_charge).count()
    fillers = people.filter(role=FILLER).count()
    campaigns = list(Campaign.objects.filter(budget_year__in=years).order_by("-opens_at")[:20])
    is_open = any(campaign.is_open for campaign in campaigns)
    without_categories = years.exclude(pk__in=Category.objects.values("budget_year")).count()
    rows = (
        (
            "部门和单位",
            departments.count(),
            "departments_department",
            f"{orphans}个部门没有指定财政业务科室" if orphans else "",
        ),
        ("任职", people.count(), "departments_membership", "" if fillers else "还没有单位经办人，单位不能填报"),
        ("预算年度", years.count(), "targets_budgetyear", "" if years else "还没有预算年度，不能导入和填报"),
        ("编报批次", len(campaigns), "targets_campaign", "" if is_open else "没有正在开放的编报批次"),
        (
            "指标分类",
            Category.objects.filter(budget_year__in=years).count(),
            "targets_budgetyear",
            f"{without_categories}个年度没有指标分类" if without_categories else "",
        ),
    )
    return [
        Setting(label, number, reverse(f"admin:{model}_changelist"), missing) for label, number, model, missing in rows
    ]
