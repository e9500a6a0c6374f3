"""A step on many forms: chosen, looked at, confirmed, then taken in portions, or held and released together later.

Each portion is one transaction under the locks of its forms, and a form's line changes only there: whoever goes on after a
crash, or is at it twice, finds told what was told.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from departments.models import Person
from departments.roles import ROLES
from targets.bulk import insert_many, update_many
from targets.domain.steps import BY_CEILING, STEPS
from targets.guards import Order
from targets.models import DecidedForm, Decision, Declaration
from targets.models.decision import HOLDERS, SEE_HELD
from targets.review import StepRefused, find_step, label_of
from targets.review_many import Asked, lock_forms, read_forms, refusals_of, take_together
from targets.signing import signed, signed_for

BULK = ("submit", "confirm", "withdraw", "forward", "pass", "return", "reject", "approve")
"""Steps that are offered for many forms at once, in the order in which they are offered."""
HOLDABLE = frozenset({"pass", "return", "reject", "approve"})
"""What a page offers to hold. 按控制数退回 and its like are held by their own page, for the round to come."""
MOST = 2000
PORTION = 50
FORGOTTEN_AFTER = timedelta(days=2)
BY_THE_CLOCK = "系统定时下达"

Progress = Callable[[int, int, str], None]
State = DecidedForm.State


def nobody(done: int, total: int, doing: str) -> None:
    """Nobody waits to be told."""


def offered(user: Person) -> dict[str, str]:
    """Slug → label of the steps that this person's roles take on forms."""
    labels = {
        slug: dict.fromkeys(step.label for step in STEPS if step.slug == slug and user.scope.holds(*step.roles))
        for slug in BULK
    }
    return {slug: "／".join(found) for slug, found in labels.items() if found}


def label_for(user: Person, slug: str) -> str:
    """What this person calls the step: 报送财政 in the department, 初审通过 in the office."""
    return offered(user).get(slug) or label_of(slug)


def may_hold(user: Person) -> bool:
    return user.scope.holds(*HOLDERS)


# Chosen, looked at ----------------------------------------------------------------------------------------------------


@transaction.atomic
def choose(forms: QuerySet[Any], *, by: Person, seen: Mapping[int, int | None] | None = None, **said: Any) -> Decision:
    """Note the forms, in their order, and what is said; raises StepRefused. What was `seen` of a form that is not named
    there is the revision it stands at now."""
    numbers = forms.annotate(seen_number=Coalesce("current_revision__number", 0)).values_list("pk", "seen_number")
    chosen = list(numbers[: MOST + 1])
    if not chosen:
        raise StepRefused("没有办理：没有选中任何一张表。请勾选要办理的表。")
    if len(chosen) > MOST:
        raise StepRefused(f"没有办理：一次最多{MOST}张，您选了{forms.count()}张。请先按年度、部门等筛选，分几次办理。")
    decision = Decision.objects.create(person=by, **said)
    known = {pk: number for pk, number in (seen or {}).items() if number is not None}
    insert_many([DecidedForm(decision=decision, declaration_id=pk, seen=known.get(pk, now)) for pk, now in chosen])
    if decision.step:
        check(decision)
    return decision


@transaction.atomic
def say(decision: Decision, **said: Any) -> None:
    """What is wanted of the chosen forms, and by it a new look at them; nothing of one that is confirmed."""
    if Decision.objects.filter(pk=decision.pk, confirmed_at=None).update(**said):
        decision.refresh_from_db()
        check(decision)


def check(decision: Decision) -> None:
    """Ask the step's guards of every chosen form and note what they say; nothing moves."""
    lines = list(decision.forms.filter(state=State.CHOSEN))
    forms = read_forms([line.declaration_id for line in lines])
    asked = [_asked(line, forms, decision, decision.person) for line in lines]
    for line, reason in zip(lines, _refusals(decision, asked), strict=True):
        line.reason = reason
    update_many(lines, ["reason"])


def order_of(decision: Decision, seen: int, **more: Any) -> Order:
    return Order(
        opinion=decision.opinion,
        seen_revision=seen,
        to_level=decision.to_level,
        document_number=decision.document_number,
        document_date=decision.document_date,
        **more,
    )


def _asked(
    line: DecidedForm, forms: dict[int, Declaration], decision: Decision, by: Person, **particulars: str
) -> Asked:
    order = order_of(decision, line.seen, particulars=particulars)
    return Asked(forms[line.declaration_id], decision.step, by, order)


def _refusals(decision: Decision, asked: Sequence[Asked]) -> list[str]:
    refusals = refusals_of(asked)
    if not decision.is_held:
        return refusals
    held = DecidedForm.objects.held().filter(declaration__in=[one.form.pk for one in asked])
    deciders = dict(held.values_list("declaration", "decision__person_name"))
    return [said or _why_not_held(one, deciders.get(one.form.pk)) for one, said in zip(asked, refusals, strict=True)]


def _why_not_held(asked: Asked, decider: str | None) -> str:
    if decider is not None:
        return f"没有暂存：{decider}已拟定决定待下达。要改的，请先在“待下达决定”中撤回。"
    step, role = find_step(asked.form, asked.slug, asked.by)
    if step.slug in HOLDABLE | BY_CEILING and role in HOLDERS:
        return ""
    return f"没有暂存：{'、'.join(ROLES[one] for one in HOLDERS)}的审核通过、退回、不予通过和批复可以暂存，其他步骤请直接办理。"


def forget_unconfirmed() -> None:
    """What was chosen and never confirmed has done nothing."""
    Decision.objects.filter(confirmed_at=None, created_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()


# Confirmed, taken or held ---------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(decision: Decision) -> bool:
    """From here on what was seen is to be done; False when it was confirmed before."""
    now = timezone.now()
    units = decision.forms.order_by().values_list("declaration__unit", flat=True).distinct()
    roles = {role for step in STEPS if step.slug == decision.step for role in step.roles}
    signature = signed_for(decision.person, units, *roles)
    waiting = Decision.objects.filter(pk=decision.pk, confirmed_at=None).exclude(step="")
    if not waiting.update(confirmed_at=now, person_name=signature):
        return False
    chosen = decision.forms.filter(state=State.CHOSEN)
    chosen.filter(reason="").update(state=State.WAITING)
    chosen.exclude(reason="").update(state=State.REFUSED, at=now)
    decision.refresh_from_db()
    return True


def carry_out(decision: Decision, progress: Progress = nobody) -> None:
    """Take or hold the step on what is waiting, portion after portion; `progress` may stop it between two."""
    total = decision.forms.count()
    waiting = decision.forms.filter(state=State.WAITING).order_by("declaration")
    lines = list(waiting.values_list("pk", "declaration"))
    done = total - len(lines)
    for portion in _portions(lines):
        progress(done, total, "正在暂存" if decision.is_held else "正在办理")
        _carry_out(decision, portion)
        done += len(portion)


@transaction.atomic
def _carry_out(decision: Decision, portion: Sequence[tuple[int, int]]) -> None:
    forms = lock_forms([form for _, form in portion])
    lines = list(decision.forms.filter(pk__in=[pk for pk, _ in portion], state=State.WAITING))
    asked = [_asked(line, forms, decision, decision.person) for line in lines]
    if decision.is_held:
        _tell(lines, _refusals(decision, asked), State.HELD, State.REFUSED)
        for line in lines:
            line.release_at = decision.release_at
    else:
        _tell(lines, take_together(asked), State.DONE, State.REFUSED)
    update_many(lines, ["state", "reason", "at", "release_at"])


def _tell(lines: Iterable[DecidedForm], refusals: Iterable[str], done: str, refused: str) -> None:
    """What becomes of each; the time of a held one is that of its release, when one is tried."""
    now = timezone.now()
    for line, reason in zip(lines, refusals, strict=True):
        line.state, line.reason = (refused if reason else done), reason
        line.at = None if line.state == State.HELD and not reason else now


def _portions(lines: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (lines[start : start + PORTION] for start in range(0, len(lines), PORTION))


def hold_one(declaration: Declaration, slug: str, *, by: Person, order: Order) -> Decision:
    """From a form's own page; raises StepRefused."""
    decision = choose(
        Declaration.objects.filter(pk=declaration.pk),
        by=by,
        seen={declaration.pk: order.seen_revision},
        step=slug,
        opinion=order.opinion,
        to_level=order.to_level,
        document_number=order.document_number,
        document_date=order.document_date,
        is_held=True,
    )
    confirm(decision)
    carry_out(decision)
    if reason := decision.forms.get().reason:
        raise StepRefused(reason)
    return decision


# Held, released together ----------------------------------------------------------------------------------------------


def release(held: QuerySet[DecidedForm], *, by: Person | None, progress: Progress = nobody) -> tuple[int, int]:
    """Take the held steps, each as its decider and on the text he saw; what may not move stays held with the reason.

    Without `by` it is time that releases. Returns how many were moved, and how many were tried.
    """
    lines = list(held.order_by("declaration").values_list("pk", "declaration"))
    moved = tried = 0
    for portion in _portions(lines):
        progress(tried, len(lines), "正在下达")
        moved += _release(portion, by)
        tried += len(portion)
    return moved, tried


@transaction.atomic
def _release(portion: Sequence[tuple[int, int]], by: Person | None) -> int:
    forms = lock_forms([form for _, form in portion])
    lines = list(DecidedForm.objects.held().filter(pk__in=[pk for pk, _ in portion]).select_related("decision"))
    deciders = Person.objects.in_bulk({line.decision.person_id for line in lines})
    asked = []
    for line in lines:
        decision, decider = line.decision, deciders[line.decision.person_id]
        decided = timezone.localtime(decision.confirmed_at).strftime("%Y-%m-%d %H:%M")
        releaser = signed(by, forms[line.declaration_id].unit_id, *HOLDERS) if by else BY_THE_CLOCK
        asked.append(_asked(line, forms, decision, decider, 决定时间=decided, 下达人=releaser))
    refusals = [
        f"按拟定人{one.by}的身份和所见的稿核对：{said}" if said else ""
        for one, said in zip(asked, take_together(asked), strict=True)
    ]
    _tell(lines, refusals, State.DONE, State.HELD)
    update_many(lines, ["state", "reason", "at"])
    return refusals.count("")


def held_on(declaration: Declaration, user: Person) -> DecidedForm | None:
    """What is decided of the form and held, for those who may know."""
    if not user.scope.holds(*SEE_HELD):
        return None
    held = DecidedForm.objects.held().visible_to(user).filter(declaration=declaration)
    return held.select_related("decision__person").first()


@transaction.atomic
def take_back(held: QuerySet[DecidedForm], *, by: Person) -> list[int]:
    """The held decisions end without a step. Returns the forms they were about."""
    found = dict(held.values_list("pk", "declaration"))
    forms = lock_forms(list(found.values()))
    lines = list(DecidedForm.objects.held().filter(pk__in=found))
    for line in lines:
        signature = signed(by, forms[line.declaration_id].unit_id, *HOLDERS)
        line.state, line.reason, line.at = State.TAKEN_BACK, f"{signature}撤回", timezone.now()
    update_many(lines, ["state", "reason", "at"])
    return [line.declaration_id for line in lines]


@transaction.atomic
def set_day(held: QuerySet[DecidedForm], moment: Any) -> int:
    """When these are released by time; None for by hand alone."""
    found = dict(held.values_list("pk", "declaration"))
    lock_forms(list(found.values()))
    return DecidedForm.objects.held().filter(pk__in=found).update(release_at=moment, at=None)
