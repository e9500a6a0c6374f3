"""What a step needs besides role and state: each guard looks at one form and one person and says in words why not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from departments.models import Person
from targets.background import Background
from targets.domain import steps
from targets.domain.signature import Signature
from targets.domain.steps import OFFICE_REVIEW, RETURNED, Step
from targets.findings import Judged
from targets.models import Assessment, Declaration


@dataclass(frozen=True, slots=True)
class Order:
    """What a person says when taking a step."""

    opinion: str = ""
    seen_revision: int | None = None
    """Number of the revision that was on the person's screen."""
    to_level: str = RETURNED
    document_number: str = ""
    document_date: date | None = None
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


AUTHORED = "这一稿是{}编制的"


def own_text(declaration: Declaration, user: Person, background: Background | None = None) -> str:
    """Why this person may not judge the text, "" when he may: he, or one he stands in for, is behind it."""
    known = background or Background([declaration])
    return _own_work(known.authorship[declaration.pk], user, AUTHORED)


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
    return (
        "" if case.order.opinion.strip() else f"没有{case.step.label}：审核意见为空。请写明原因后再{case.step.label}。"
    )


def _has_reason(case: Case) -> str:
    return "" if case.order.opinion.strip() else f"没有{case.step.label}：理由为空。请写明理由。"


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
    if case.declaration.pk in case.background.remarked or case.judged:
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
    return f"不能{case.step.label}：上一版已批复并在执行中。不再调整的，请撤销本次修改后联系绩效科。"


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
    steps.ENTERED_BY_FINANCE: _was_entered_by_finance,
    steps.CONFIRMED: _is_confirmed,
    steps.CLOSED_YEAR: _is_closed_year,
    steps.OPEN_YEAR: _is_open_year,
    steps.FIRST_VERSION: _is_first_version,
    steps.UNDOES_BATCH: _is_of_the_batch,
    steps.MUSTS_ANSWERED: _musts_are_answered,
    steps.NO_ERRORS: _has_no_errors,
    steps.ASSESSED: _is_assessed,
    steps.OPINION: _has_opinion,
    steps.REMARKED: _says_what_is_wrong,
    steps.REASON: _has_reason,
    steps.DOCUMENT: _has_document,
}
"""In the order in which they are asked."""


def first_refusal(case: Case, leave_out: frozenset[str] = frozenset()) -> str:
    for need, guard in GUARDS.items():
        if need in case.step.needs and need not in leave_out and (refusal := guard(case)):
            return refusal
    return ""
