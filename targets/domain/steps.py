"""The review workflow: the table of steps IS the workflow; `targets.review` is the engine that walks it.

Who does what follows design.md; two finance signatures (业务科室, 绩效科) are seen in city forms of about 2018.
"""

from dataclasses import dataclass

from departments.roles import (
    ADMIN,
    BUDGET_OFFICE,
    DEPARTMENT_REVIEWER,
    FILLER,
    OFFICE_REVIEWER,
    PERFORMANCE_REVIEWER,
)

DRAFT = "draft"
DEPARTMENT_REVIEW = "department_review"
OFFICE_REVIEW = "office_review"
PERFORMANCE_REVIEW = "performance_review"
PASSED = "passed"
APPROVED = "approved"
RETURNED = "returned"
REJECTED = "rejected"
VOID = "void"

STATES: dict[str, str] = {
    DRAFT: "编制中",
    DEPARTMENT_REVIEW: "待主管部门审核",
    OFFICE_REVIEW: "待业务科室审核",
    PERFORMANCE_REVIEW: "待绩效科审核",
    PASSED: "审核通过",
    APPROVED: "已批复",
    RETURNED: "已退回（待修改）",
    REJECTED: "不予通过",
    VOID: "已作废",
}
REVIEW_LEVELS = (DEPARTMENT_REVIEW, OFFICE_REVIEW, PERFORMANCE_REVIEW)
"""In their order; a year may leave some out, the performance office's never."""
EDITABLE = frozenset({DRAFT, RETURNED})
UNITS_OWN = EDITABLE | {VOID}
"""What a form holds then is told to the unit's own people alone: it may never have been sent."""

NEXT_LEVEL = "next_level"
"""Target of a step that goes to the next review level in use (or, after the last, to passed)."""
LOWER_LEVEL = "lower_level"
"""Target of a return: `returned`, or a review level below the present one that the reviewer chose."""
SAME_STATE = "same_state"
"""Target of a step that says something and moves nothing."""

REQUEST_RETURN, REFUSE_REQUEST = "request_return", "refuse_request"
"""申请退回 and its refusal; granted it is by the usual return."""
OPEN_ALONE = "open_alone"
"""单独开放: one form may be typed into and sent although its round has closed."""
RETURN_BY_CEILING = "return_by_ceiling"
ASK_ADJUSTMENT = "ask_adjustment"
"""Of what is approved finance asks for an adjustment instead: it stays in force until then."""
BY_CEILING = frozenset({RETURN_BY_CEILING, ASK_ADJUSTMENT})
"""What becomes of a form whose money does not agree with its 控制数."""
RETURNS = ("return", RETURN_BY_CEILING)
"""Steps by which a form comes back with an opinion."""
ABANDON = "abandon"
"""撤销调整: the form is again as it was approved."""
UNDO_IMPORT = "undo_import"
"""What an import brought goes again; a file of hundreds takes as many such steps at once."""

ADJUSTMENT_ITEMS = {"content": "调整内容", "budget_effect": "对预算的影响"}
"""What an adjustment says besides its reason (调整事由): name of the input → label in the event."""

# What a step needs besides role and state.
OPINION = "opinion"
REASON = "reason"
DOCUMENT = "document"
NO_ERRORS = "no_errors"
SEEN_REVISION = "seen_revision"
NOT_AUTHOR = "not_author"
UNTOUCHED = "untouched"
FIRST_VERSION = "first_version"
UNDOES_BATCH = "undoes_batch"
CONFIRMED = "confirmed"
ENTERED_BY_FINANCE = "entered_by_finance"
CLOSED_YEAR = "closed_year"
OPEN_YEAR = "open_year"
OTHER_SIGNER = "other_signer"
MUSTS_ANSWERED = "musts_answered"
REMARKED = "remarked"
ASSESSED = "assessed"
DEALT_WITH = "dealt_with"
NO_REQUEST = "no_request"
REQUESTED = "requested"
IN_TIME = "in_time"
BOUND = "bound"
UNTIL = "until"
OFF_CEILING = "off_ceiling"
NOT_ASKED = "not_asked"
ADJUSTMENT = "adjustment"
LATER_VERSION = "later_version"


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed move. `roles` are joined by or; `needs` by and."""

    slug: str
    label: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]
    needs: frozenset[str] = frozenset()
    is_review: bool = False
    """A review is barred to the authors of the text, superusers included."""


def _step(
    slug: str, label: str, sources: set[str], target: str, roles: set[str], *needs: str, review: bool = False
) -> Step:
    wanted = frozenset(needs) | ({NOT_AUTHOR} if review else frozenset())
    return Step(slug, label, frozenset(sources), target, frozenset(roles), wanted, review)


STEPS: tuple[Step, ...] = (
    _step(
        "submit",
        "送审",
        {DRAFT, RETURNED},
        NEXT_LEVEL,
        {FILLER},
        OPEN_YEAR,
        IN_TIME,
        MUSTS_ANSWERED,
        NO_ERRORS,
        CONFIRMED,
    ),
    _step("forward", "报送财政", {DEPARTMENT_REVIEW}, NEXT_LEVEL, {DEPARTMENT_REVIEWER}, SEEN_REVISION, review=True),
    _step("forward", "初审通过", {OFFICE_REVIEW}, NEXT_LEVEL, {OFFICE_REVIEWER}, SEEN_REVISION, ASSESSED, review=True),
    _step(
        "pass",
        "审核通过",
        {PERFORMANCE_REVIEW},
        PASSED,
        {PERFORMANCE_REVIEWER},
        SEEN_REVISION,
        OTHER_SIGNER,
        ASSESSED,
        review=True,
    ),
    _step("approve", "批复", {PASSED}, APPROVED, {BUDGET_OFFICE, PERFORMANCE_REVIEWER}, DOCUMENT),
    _step("return", "退回", {DEPARTMENT_REVIEW}, LOWER_LEVEL, {DEPARTMENT_REVIEWER}, OPINION, REMARKED, review=True),
    _step("return", "退回", {OFFICE_REVIEW}, LOWER_LEVEL, {OFFICE_REVIEWER}, OPINION, REMARKED, review=True),
    _step(
        "return",
        "退回",
        {PERFORMANCE_REVIEW, PASSED},
        LOWER_LEVEL,
        {PERFORMANCE_REVIEWER},
        OPINION,
        REMARKED,
        review=True,
    ),
    _step(
        RETURN_BY_CEILING,
        "按控制数退回",
        {*REVIEW_LEVELS, PASSED},
        RETURNED,
        {BUDGET_OFFICE, PERFORMANCE_REVIEWER},
        OFF_CEILING,
    ),
    _step(
        ASK_ADJUSTMENT,
        "按控制数要求调整",
        {APPROVED},
        SAME_STATE,
        {BUDGET_OFFICE, PERFORMANCE_REVIEWER},
        OPEN_YEAR,
        OFF_CEILING,
        NOT_ASKED,
    ),
    _step("reject", "不予通过", {OFFICE_REVIEW}, REJECTED, {OFFICE_REVIEWER}, OPINION, review=True),
    _step("reject", "不予通过", {PERFORMANCE_REVIEW}, REJECTED, {PERFORMANCE_REVIEWER}, OPINION, review=True),
    _step("withdraw", "撤回", set(REVIEW_LEVELS), DRAFT, {FILLER}, UNTOUCHED, IN_TIME),
    _step(OPEN_ALONE, "单独开放", {DRAFT, RETURNED}, SAME_STATE, {PERFORMANCE_REVIEWER}, BOUND, REASON, UNTIL),
    _step(
        REQUEST_RETURN,
        "申请退回",
        {*REVIEW_LEVELS, PASSED},
        SAME_STATE,
        {FILLER},
        DEALT_WITH,
        NO_REQUEST,
        REASON,
    ),
    *(
        _step(REFUSE_REQUEST, "不同意退回", states, SAME_STATE, {role}, REQUESTED, NOT_AUTHOR, REASON)
        for states, role in (
            ({DEPARTMENT_REVIEW}, DEPARTMENT_REVIEWER),
            ({OFFICE_REVIEW}, OFFICE_REVIEWER),
            ({PERFORMANCE_REVIEW, PASSED}, PERFORMANCE_REVIEWER),
        )
    ),
    _step("confirm", "确认代录", {DRAFT}, DRAFT, {FILLER}, ENTERED_BY_FINANCE),
    _step("confirm", "确认代录", {RETURNED}, RETURNED, {FILLER}, ENTERED_BY_FINANCE),
    _step("adjust", "调整", {APPROVED}, DRAFT, {FILLER}, OPEN_YEAR, REASON, ADJUSTMENT),
    _step(ABANDON, "撤销调整", {DRAFT, RETURNED, REJECTED}, APPROVED, {FILLER}, LATER_VERSION, REASON),
    _step("adopt", "历史数据接收", {DRAFT}, APPROVED, {ADMIN}, DOCUMENT, CLOSED_YEAR, FIRST_VERSION),
    _step(
        UNDO_IMPORT,
        "撤销导入",
        {DRAFT, RETURNED},
        VOID,
        {FILLER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER, BUDGET_OFFICE, ADMIN},
        UNDOES_BATCH,
        FIRST_VERSION,
    ),
    _step("void", "作废", {DRAFT, RETURNED}, VOID, {DEPARTMENT_REVIEWER, ADMIN}, REASON, FIRST_VERSION),
)


def next_level(state: str, in_use: tuple[str, ...]) -> str:
    """The first review level in use after `state`; `passed` after the last. From draft or returned all levels come again."""
    start = REVIEW_LEVELS.index(state) + 1 if state in REVIEW_LEVELS else 0
    return next((level for level in REVIEW_LEVELS[start:] if level in in_use), PASSED)


def turns() -> dict[str, frozenset[str]]:
    """State → roles whose move is awaited there (taking back, voiding and adjusting are nobody's duty)."""
    awaited = [step for step in STEPS if step.slug in ("submit", "forward", "pass", "approve")]
    return {
        state: frozenset().union(*(step.roles for step in awaited if state in step.sources))
        for state in STATES
        if any(state in step.sources for step in awaited)
    }


def lower_levels(state: str, in_use: tuple[str, ...]) -> tuple[str, ...]:
    """Where a return may go: always back to the unit, else to a used level below `state`."""
    end = REVIEW_LEVELS.index(state) if state in REVIEW_LEVELS else len(REVIEW_LEVELS)
    return (RETURNED, *(level for level in REVIEW_LEVELS[:end] if level in in_use))
