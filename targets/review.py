"""The engine of the workflow: the only writer of state. The table it walks is `targets.domain.steps.STEPS`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from departments.models import Person
from departments.roles import ADMIN, ROLES
from targets.access import record_refusals
from targets.background import Background
from targets.domain import steps
from targets.domain.steps import (
    APPROVED,
    LOWER_LEVEL,
    NEXT_LEVEL,
    OFFICE_REVIEW,
    PASSED,
    REFUSE_REQUEST,
    REQUEST_RETURN,
    RETURNED,
    SAME_STATE,
    STATES,
    STEPS,
    Step,
    lower_levels,
    next_level,
)
from targets.domain.trail import EVENT, add_link
from targets.findings import Judged
from targets.guards import Case, Order, day_in_words, end_of, first_refusal
from targets.models import Assessment, Attachment, DecidedForm, Declaration, ReviewEvent, Revision
from targets.storing import close_sittings, store


class StepRefused(Exception):
    """Why a step was not taken, in words the page can show."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A step this person's role allows here and now; `refusal` says why it would not be taken, "" when it would."""

    step: Step
    role: str
    refusal: str = ""

    @property
    def is_open(self) -> bool:
        return not self.refusal


NO_BUTTON_WHEN_REFUSED = frozenset(
    {
        "withdraw",
        "confirm",
        "adopt",
        "void",
        steps.UNDO_IMPORT,
        REQUEST_RETURN,
        REFUSE_REQUEST,
        steps.OPEN_ALONE,
        steps.ABANDON,
        *steps.BY_CEILING,
    }
)
"""Steps that are nobody's duty here: a greyed button with a reason would only puzzle."""

RETURN_WORDS = {
    RETURNED: "退回单位修改",
    steps.DEPARTMENT_REVIEW: "退回主管部门",
    OFFICE_REVIEW: "退回业务科室",
    steps.PERFORMANCE_REVIEW: "退回绩效科",
}
"""Where a return may lead, in words."""

BY_CEILING_WORDS = {
    steps.RETURN_BY_CEILING: "请按控制数修改金额和绩效目标后重新送审。",
    steps.ASK_ADJUSTMENT: "请按控制数办理“调整”，修改金额和绩效目标。已批复的一版在调整批复前继续有效。",
}
"""What is asked of the unit where the person adds nothing."""

SAID_WITH_THE_STEP = frozenset(
    {steps.OPINION, steps.REMARKED, steps.REASON, steps.DOCUMENT, steps.UNTIL, steps.ADJUSTMENT}
)
"""Needs that the person fulfils in the act, so a button is offered before they are."""


# Questions ------------------------------------------------------------------------------------------------------------


def role_for(step: Step, declaration: Declaration, user: Person) -> str:
    """The role in which this person may take the step on this form, "" for none; a post of his own before a deputy's."""
    scope, unit = user.scope, declaration.unit_id
    held = [role for role in sorted(step.roles) if unit in scope.reach(role)]
    if held:
        return next((role for role in held if scope.acts_for(unit, role) is None), held[0])
    return ADMIN if ADMIN in step.roles and user.is_superuser else ""


def open_steps(
    declaration: Declaration,
    user: Person,
    *,
    judged: list[Judged] | None = None,
    background: Background | None = None,
) -> list[Offer]:
    """The steps this person may take now, with the reason where a guard would refuse; a page shares its background."""
    revision = declaration.current_revision
    order = Order(seen_revision=revision.number if revision else None)
    background = background or Background([declaration], None if judged is None else {declaration.pk: judged})
    offers = []
    for step in STEPS:
        role = role_for(step, declaration, user) if declaration.state in step.sources else ""
        if not role:
            continue
        case = Case(declaration, step, user, order, background)  # what one step's guards fetched goes on to the next
        if step.slug in NO_BUTTON_WHEN_REFUSED and first_refusal(case, SAID_WITH_THE_STEP):
            continue
        offers.append(Offer(step, role, first_refusal(case, SAID_WITH_THE_STEP)))
    return offers


def levels_to_return_to(declaration: Declaration) -> dict[str, str]:
    """State → words, the unit first."""
    in_use = declaration.budget_year.levels_in_use
    return {level: RETURN_WORDS[level] for level in lower_levels(declaration.state, in_use)}


def whose_turn(declaration: Declaration) -> str:
    """In words, for lists: who has to act next."""
    match declaration.state:
        case steps.DRAFT | steps.RETURNED:
            return f"{declaration.unit.label} 单位经办人"
        case steps.DEPARTMENT_REVIEW:
            return f"{declaration.department.label} 主管部门审核人"
        case steps.OFFICE_REVIEW:
            office = declaration.unit.business_office or declaration.department.business_office
            return f"财政业务科室 {office}" if office else "财政业务科室（未指定）"
        case steps.PERFORMANCE_REVIEW:
            return "绩效科"
        case steps.PASSED:
            return "预算科（批复）"
        case _:
            return "—"


# The deed -------------------------------------------------------------------------------------------------------------


def take_step(declaration: Declaration, slug: str, *, by: Person, order: Order | None = None) -> ReviewEvent:
    """Move the form one step and write the event, or raise StepRefused and write nothing.

    Under the row's lock, in this order: role and source state, what is being typed becomes a revision, guards, state,
    marks of submission / passing / approval, remarks are sent, event, the review form is the event's.
    """
    said = order or Order()
    try:
        with transaction.atomic():
            locked = Declaration.objects.select_for_update().get(pk=declaration.pk)
            step, role = find_step(locked, slug, by)
            close_sittings([locked])
            number = locked.events.aggregate(last=Max("number"))["last"] or 0
            case = Case(locked, step, by, said, Background([locked]))
            event = move(case, role, number + 1)
            locked.save(update_fields=MOVED)
            if slug in SENDING:
                send_papers([locked.pk])
            if step.is_review:
                locked.remarks.filter(sent_at=None).update(sent_at=event.at)
            event.save()
            take_along([(case, event)])
            DecidedForm.objects.overtake([event])
    except StepRefused as refusal:
        record_refusals([(declaration, str(refusal))], label_of(slug), by)
        raise
    declaration.refresh_from_db()
    return event


def label_of(slug: str) -> str:
    """How the trail calls a step; an address may name one that there is not."""
    return "／".join(dict.fromkeys(step.label for step in STEPS if step.slug == slug)) or "没有的步骤"


def find_step(declaration: Declaration, slug: str, user: Person) -> tuple[Step, str]:
    named = [step for step in STEPS if step.slug == slug]
    if not named:
        raise StepRefused("没有这个办理步骤。请刷新页面后重试。")
    here = [step for step in named if declaration.state in step.sources]
    if not here:
        raise StepRefused(
            f"不能{named[0].label}：这张表现在是“{STATES[declaration.state]}”，可能刚被他人办理。请刷新后再看。"
        )
    for step in here:
        if role := role_for(step, declaration, user):
            return step, role
    roles = "、".join(ROLES[role] for role in sorted(here[0].roles))
    raise StepRefused(f"不能{here[0].label}：这一步由{roles}办理。")


def _target(case: Case) -> str:
    declaration, step = case.declaration, case.step
    in_use = declaration.budget_year.levels_in_use
    if step.target == NEXT_LEVEL:
        return next_level(declaration.state, in_use)
    if step.target == LOWER_LEVEL:
        if case.order.to_level not in lower_levels(declaration.state, in_use):
            raise StepRefused("不能退回到所选环节：它不在当前环节之前，或本年度未启用。请重新选择。")
        return case.order.to_level
    return declaration.state if step.target == SAME_STATE else step.target


def aim(case: Case) -> tuple[Revision, str]:
    """The text that the step would be taken on and the state it would lead to, or StepRefused by a guard; nothing moves."""
    if refusal := first_refusal(case):
        raise StepRefused(refusal)
    revision = case.declaration.current_revision
    if revision is None:
        raise StepRefused("这张表还没有内容。请先填写并保存。")
    return revision, _target(case)


def move(case: Case, role: str, number: int) -> ReviewEvent:
    """The form in its new state and the event of it, neither of them saved; or StepRefused by a guard."""
    declaration, step, order = case.declaration, case.step, case.order
    revision, target = aim(case)
    if step.slug == steps.ABANDON:
        revision = _restored(declaration, case.by) or revision
    source = declaration.state
    is_moved = target != source
    assessment = case.assessment if step.is_review else None
    if step.slug == "submit":
        declaration.submitted_revision = revision
    if target == PASSED and is_moved:
        declaration.passed_revision = revision
    if step.slug == steps.ABANDON:  # what is in force never ceased to be
        declaration.submitted_revision = declaration.passed_revision = declaration.approved_revision
    elif target == APPROVED and is_moved:
        declaration.approved_revision = declaration.submitted_revision = revision
    if step.slug == "adjust":
        declaration.version += 1
    particulars = _of_rounds(case, target)
    particulars |= order.particulars
    if steps.ADJUSTMENT in step.needs:
        particulars |= {label: order.adjustment[name].strip() for name, label in steps.ADJUSTMENT_ITEMS.items()}
    now, granted = timezone.now(), case.granted
    opinion = order.opinion.strip() or ("同意单位的退回申请。" if granted else "")
    if step.slug in steps.BY_CEILING:
        opinion = f"{case.off_ceiling}。{opinion or BY_CEILING_WORDS[step.slug]}"
    if assessment:
        particulars |= assessment.particulars()
    if granted:
        particulars["单位申请退回的理由"] = granted.opinion
    if is_moved:
        declaration.state, declaration.state_since = target, now
    absent = case.by.scope.acts_for(declaration.unit_id, role)
    event = ReviewEvent(
        declaration=declaration,
        number=number,
        version=declaration.version,
        revision=revision,
        step=step.slug,
        label=step.label,
        from_state=source,
        to_state=target,
        person=case.by,
        person_name=str(case.by),
        stood_in_for=absent,
        stood_in_for_name=str(absent) if absent else "",
        role=role,
        opinion=opinion,
        document_number=order.document_number.strip(),
        document_date=order.document_date,
        findings=[judged.as_json() for judged in case.judged],
        particulars=particulars,
        at=now,
    )
    add_link(declaration, event, EVENT)
    return event


def _restored(declaration: Declaration, by: Person) -> Revision | None:
    """The tables say again what was approved, in a revision of its own; what was typed for the adjustment stays in the history."""
    approved = declaration.approved_revision
    if approved is None or declaration.record() == approved.record:
        return None
    note = f"撤销调整，恢复已批复的第{approved.number}稿"
    (revision,) = store([(declaration, approved.record)], by=by, reason=Revision.Reason.ADJUSTMENT, note=note)
    return revision


def _of_rounds(case: Case, target: str) -> dict[str, str]:
    """What the step has to do with the year's rounds, done to the form and told in the event.

    A form goes up in the round that is open. One that comes back after its round, or shortly before the end, is mendable for
    some days; one that finance opens, as long as finance says.
    """
    form, order = case.declaration, case.order
    if case.step.slug == "submit" and form.version == 1 and (present := form.budget_year.open_round()):
        form.campaign = present
        return {"编报批次": present.name}
    if case.step.slug == steps.OPEN_ALONE and order.open_until:
        form.open_until = end_of(order.open_until)
        return {"开放至": day_in_words(order.open_until)}
    if case.step.slug in steps.RETURNS and target == RETURNED and form.version == 1:
        last_day = timezone.localdate() + timedelta(days=form.budget_year.mending_days)
        if form.budget_year.round_ended(form.campaign_id, at=end_of(last_day)):
            form.open_until = max(filter(None, (form.open_until, end_of(last_day))))
            return {"修改期限": day_in_words(timezone.localdate(form.open_until))}
    return {}


def send_papers(forms: Sequence[int]) -> None:
    """Attachments go up with their form."""
    Attachment.objects.filter(declaration__in=forms, sent_at=None).update(sent_at=timezone.now())


def take_along(taken: Sequence[tuple[Case, ReviewEvent]]) -> None:
    """Stored review steps keep the review forms that went with them; these cannot be changed any more."""
    kept = {
        (event.declaration_id, event.number): case.assessment
        for case, event in taken
        if case.step.is_review and case.assessment
    }
    if not kept:
        return
    events = ReviewEvent.objects.filter(declaration__in={form for form, _ in kept}).order_by()
    for pk, form, number in events.values_list("pk", "declaration_id", "number"):
        if assessment := kept.get((form, number)):
            assessment.event_id = pk
    Assessment.objects.bulk_update(filter(None, kept.values()), ["event"])


SENDING = frozenset({"submit", "adopt"})
"""Steps after which others than the unit read the form's text."""
MOVED = (
    *("submitted_revision", "passed_revision", "approved_revision", "state", "state_since", "version"),
    *("campaign", "open_until", "trail_length", "trail_head"),
)
"""Fields of a declaration that a step may change."""
