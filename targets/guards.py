"""What a step needs besides role and state: each guard looks at one form and one person and says in words why not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from departments.models import Person
from targets.background import Background
from targets.domain import steps
from targets.domain.signature import Signature
from targets.domain.steps import OFFICE_REVIEW, RETURNED, Step
from targets.findings import Judged
from targets.models import Assessment, Declaration, ReviewEvent

OPEN_AT_MOST = 366
"""Days that a form may be open alone: who types a wrong year is asked again."""


def end_of(day: date) -> datetime:
    """The last moment of a day that is still given."""
    return timezone.make_aware(datetime.combine(day, time.max))


def day_in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Order:
    """What a person says when taking a step."""

    opinion: str = ""
    seen_revision: int | None = None
    """Number of the revision that was on the person's screen."""
    to_level: str = RETURNED
    document_number: str = ""
    document_date: date | None = None
    open_until: date | None = None
    """The last day of 单独开放."""
    adjustment: Mapping[str, str] = field(default_factory=dict)
    """By the names of `ADJUSTMENT_ITEMS`."""
    particulars: Mapping[str, str] = field(default_factory=dict)
    """Label → text: what the event says besides."""
    undoes_batch: int | None = None
    """The import whose undoing voids the form that it created (`targets.intake.undo` alone says this)."""


@dataclass(frozen=True, slots=True)
class Case:
    """One look at one form by one person, before the background of all the forms that are looked at together."""

    declaration: Declaration
    step: Step
    by: Person
    order: Order
    background: Background

    @property
    def judged(self) -> list[Judged]:
        return self.background.judged[self.declaration.pk]

    @property
    def assessment(self) -> Assessment | None:
        """审核表 that is ready to go with a review step; asked before the state changes."""
        return self.background.assessments.get(self.declaration.pk)

    @property
    def awaits_confirmation(self) -> bool:
        return self.declaration.pk in self.background.awaiting_confirmation

    @property
    def request(self) -> ReviewEvent | None:
        """The unit's 申请退回 that waits for an answer."""
        return self.background.requests.get(self.declaration.pk)

    @property
    def off_ceiling(self) -> str:
        """How far its money is from its 控制数, "" where it agrees."""
        return "；".join(self.background.off_ceilings.get(self.declaration.pk, ()))

    @property
    def granted(self) -> ReviewEvent | None:
        """The request that this return to the unit grants; it is the ground of the return."""
        return self.request if self.step.slug == "return" and self.order.to_level == RETURNED else None


AUTHORED = "这一稿是{}编制的"


def why_not_judge(declaration: Declaration, user: Person, cure: str, background: Background | None = None) -> str:
    """Why this person may not judge the text and who has to (`cure`), "" when he may: he, or one he stands in for, is behind it."""
    known = background or Background([declaration])
    own = _own_work(known.authorship[declaration.pk], user, AUTHORED)
    return f"{own}，{cure}" if own else ""


def _own_work(signed: Iterable[Signature], user: Person, told: str) -> str:
    """Whoever acts for somebody is held to what that person did, and he himself to what was done in his name."""
    works = sorted(signed, key=lambda one: (one.person_id, one.stood_in_for_id or 0))
    for who in (user, *user.scope.stands_in_for):
        if work := next((one for one in works if who.pk in one.people), None):
            by_proxy = "" if who.pk == user.pk else f"，您（{user}）正代理{who}"
            return f"{told.format(work.told_to(user.pk))}{by_proxy}"
    return ""


# Each says in words why not, or "" -------------------------------------------------------------------------------------


def _has_opinion(case: Case) -> str:
    if case.order.opinion.strip() or case.granted:
        return ""
    return f"没有{case.step.label}：审核意见为空。请写明原因后再{case.step.label}。"


def _has_reason(case: Case) -> str:
    return "" if case.order.opinion.strip() else f"没有办理“{case.step.label}”：理由为空。请写明理由。"


def _has_document(case: Case) -> str:
    if case.order.document_number.strip() and case.order.document_date:
        return ""
    return f"没有{case.step.label}：请填写文号和发文日期。"


def _has_no_errors(case: Case) -> str:
    blocking = [judged.finding for judged in case.judged if judged.blocks]
    if not blocking:
        return ""
    return f"没有送审：还有{len(blocking)}处错误须修改或作情况说明。第一处：{blocking[0].message}"


def _musts_are_answered(case: Case) -> str:
    if case.declaration.submitted_revision_id is None:  # what nobody has reviewed yet has no remarks
        return ""
    musts = case.background.unanswered_musts[case.declaration.pk]
    if not musts:
        return ""
    first = musts[0].row_name or "整张表"
    return f"没有送审：还有{len(musts)}条“必须修改”未答复，第一条：{first}“{musts[0].text}”。请答复或采纳后再送审。"


def _says_what_is_wrong(case: Case) -> str:
    """A return without a place leaves the unit guessing."""
    if case.granted or case.declaration.pk in case.background.remarked or case.judged:
        return ""
    if case.assessment and case.assessment.suggests_return:
        return ""
    return f"没有{case.step.label}：这张表没有系统校验问题，也没有修改意见。请先在有问题的行写“修改意见”，再{case.step.label}。"


def _is_assessed(case: Case) -> str:
    if not case.declaration.must_be_assessed or case.assessment:
        return ""
    return f"没有{case.step.label}：这张表须先填审核表。请点“审核表”逐项填好、保存后再办理。"


def _saw_this_revision(case: Case) -> str:
    current = case.declaration.current_revision
    if current is None or case.order.seen_revision == current.number:
        return ""
    if case.order.seen_revision is None:
        return f"没有{case.step.label}：没有说明您看的是第几稿。请打开这张表看过后再办理。"
    return f"没有{case.step.label}：您打开后这张表又有修改（现为第{current.number}稿）。请刷新后重新审核。"


def _is_not_author(case: Case) -> str:
    own = _own_work(case.background.authorship[case.declaration.pk], case.by, AUTHORED)
    return f"不能{case.step.label}：{own}，须由其他审核人审核。" if own else ""


def _is_untouched(case: Case) -> str:
    if case.background.last_steps.get(case.declaration.pk) == "submit":
        return ""
    return "不能撤回：审核人已经办理。请联系审核人退回。"


def _is_dealt_with(case: Case) -> str:
    if _is_untouched(case) or _is_in_time(case):
        return ""
    return "审核人还没有办理，无须申请退回：请直接“撤回”。"


def _is_in_time(case: Case) -> str:
    ended = case.declaration.round_ended
    return f"不能{case.step.label}：{ended.ending}。请联系财政局绩效科“单独开放”这张表。" if ended else ""


def _is_bound_by_a_round(case: Case) -> str:
    """The end of its round concerns this form, be it past or to come."""
    form, year = case.declaration, case.declaration.budget_year
    if form.campaign_id and form.version == 1 and year.closes_strictly and not year.is_closed:
        return ""
    return f"不能{case.step.label}：这张表不受批次截止时间限制，单位现在就可以修改和送审。"


def _says_until_when(case: Case) -> str:
    day, today = case.order.open_until, timezone.localdate()
    if day is None:
        return f"没有{case.step.label}：没有填写开放至哪一天。请填写日期。"
    if not today <= day <= today + timedelta(days=OPEN_AT_MOST):
        return f"没有{case.step.label}：开放至{day_in_words(day)}不行，须在今天以后、{OPEN_AT_MOST}天以内。请改填日期。"
    campaign = case.declaration.campaign
    if campaign and end_of(day) <= campaign.closes_at:
        closes = day_in_words(timezone.localdate(campaign.closes_at))
        return f"没有{case.step.label}：批次“{campaign.name}”{closes}才截止，无须开放至{day_in_words(day)}。请填写更晚的日期。"
    return ""


def _has_no_request(case: Case) -> str:
    return "已经申请退回，请等审核人办理。" if case.request else ""


def _is_requested(case: Case) -> str:
    return "" if case.request else f"不能{case.step.label}：单位没有申请退回，或申请已经办理。请刷新后再看。"


def _is_confirmed(case: Case) -> str:
    return "没有送审：这张表由财政代录，请先核对并“确认代录”。" if case.awaits_confirmation else ""


def _was_entered_by_finance(case: Case) -> str:
    return "" if case.awaits_confirmation else "这张表不是财政代录的，无须确认。"


def _is_closed_year(case: Case) -> str:
    year = case.declaration.budget_year
    return "" if year.is_closed else f"{year}未关账，不能按历史数据接收。请按程序送审。"


def _is_open_year(case: Case) -> str:
    year = case.declaration.budget_year
    return f"不能{case.step.label}：{year}已关账，不再编报。确需办理的请联系绩效科。" if year.is_closed else ""


def _is_other_signer(case: Case) -> str:
    declaration = case.declaration
    year = declaration.budget_year
    if not year.two_signers or OFFICE_REVIEW not in year.levels_in_use:
        return ""
    first = case.background.first_signers.get(declaration.pk)
    own = _own_work([first], case.by, "业务科室初审是{}办理的") if first else ""
    return f"不能审核通过：{own}，须由另一人作绩效科审核。" if own else ""


def _is_first_version(case: Case) -> str:
    if case.declaration.version == 1:
        return ""
    return f"不能{case.step.label}：上一版已批复并在执行中。不再调整的，请单位“撤销调整”。"


def _is_later_version(case: Case) -> str:
    return "" if case.declaration.version > 1 else f"不能{case.step.label}：这张表还没有批复过，没有调整可以撤销。"


def _is_off_its_ceiling(case: Case) -> str:
    if case.off_ceiling:
        return ""
    return f"不能{case.step.label}：这张表的金额与控制数相符，或没有登记控制数。"


def _is_not_asked(case: Case) -> str:
    asked = case.background.asked_adjustments.get(case.declaration.pk)
    if asked is None or case.off_ceiling not in asked.opinion:  # the ceiling has changed again
        return ""
    return f"已于{day_in_words(timezone.localdate(asked.at))}要求单位调整，请等单位办理。"


def _tells_the_adjustment(case: Case) -> str:
    missing = [
        label for name, label in steps.ADJUSTMENT_ITEMS.items() if not case.order.adjustment.get(name, "").strip()
    ]
    if not missing:
        return ""
    return f"没有办理“{case.step.label}”：{'、'.join(missing)}为空。请填写；不影响预算的，写明“不影响预算”。"


def _is_of_the_batch(case: Case) -> str:
    only = case.declaration.current_revision
    if only is not None and only.number == 1 and only.batch_id and only.batch_id == case.order.undoes_batch:
        return ""
    return "不能撤销导入：这张表不是这次导入新建的，或导入后又有修改。"


GUARDS: dict[str, Callable[[Case], str]] = {
    steps.NOT_AUTHOR: _is_not_author,
    steps.OTHER_SIGNER: _is_other_signer,
    steps.SEEN_REVISION: _saw_this_revision,
    steps.UNTOUCHED: _is_untouched,
    steps.DEALT_WITH: _is_dealt_with,
    steps.NO_REQUEST: _has_no_request,
    steps.REQUESTED: _is_requested,
    steps.ENTERED_BY_FINANCE: _was_entered_by_finance,
    steps.CONFIRMED: _is_confirmed,
    steps.CLOSED_YEAR: _is_closed_year,
    steps.BOUND: _is_bound_by_a_round,
    steps.IN_TIME: _is_in_time,
    steps.OPEN_YEAR: _is_open_year,
    steps.FIRST_VERSION: _is_first_version,
    steps.OFF_CEILING: _is_off_its_ceiling,
    steps.NOT_ASKED: _is_not_asked,
    steps.LATER_VERSION: _is_later_version,
    steps.UNDOES_BATCH: _is_of_the_batch,
    steps.MUSTS_ANSWERED: _musts_are_answered,
    steps.NO_ERRORS: _has_no_errors,
    steps.ASSESSED: _is_assessed,
    steps.OPINION: _has_opinion,
    steps.REMARKED: _says_what_is_wrong,
    steps.REASON: _has_reason,
    steps.ADJUSTMENT: _tells_the_adjustment,
    steps.UNTIL: _says_until_when,
    steps.DOCUMENT: _has_document,
}
"""In the order in which they are asked."""


def first_refusal(case: Case, leave_out: frozenset[str] = frozenset()) -> str:
    for need, guard in GUARDS.items():
        if need in case.step.needs and need not in leave_out and (refusal := guard(case)):
            return refusal
    return ""
