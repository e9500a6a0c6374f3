"""Steps on many forms, in a few statements whatever their number: looked at first, then taken, each form told."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Max

from departments.models import Person
from departments.roles import FILLER
from targets.access import record_refusals
from targets.background import Background
from targets.bulk import insert_many, no_garbage, update_many
from targets.domain.steps import SEEN_REVISION, Step
from targets.guards import Case, Order
from targets.models import DecidedForm, Declaration, Remark, ReviewEvent
from targets.review import (
    MOVED,
    SENDING,
    StepRefused,
    aim,
    find_step,
    label_of,
    move,
    send_papers,
    take_along,
)
from targets.storing import close_sittings

RELATED = ("unit", "department", "budget_year", "current_revision")
LONG = ("current_revision__frozen",)


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that somebody wants a form to take, and what he says with it."""

    form: Declaration
    slug: str
    by: Person
    order: Order


def lock_forms(ids: Collection[int]) -> dict[int, Declaration]:
    """These forms under their locks, which everybody takes in one order, so that no two people wait for each other."""
    list(Declaration.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    # read once the locks are held: the statement that waits for a lock may show the rows of before
    return read_forms(ids)


def read_forms(ids: Collection[int]) -> dict[int, Declaration]:
    """With what the guards look at."""
    forms = Declaration.objects.select_related(*RELATED).defer(*LONG)
    return forms.prefetch_related("budget_year__campaigns").in_bulk(list(ids))


def refusals_of(asked: Sequence[Asked]) -> list[str]:
    """What would be said if these steps were taken now, "" where nothing stands in the way. Nothing moves."""
    background = Background([one.form for one in asked])
    return [_why_not(one, background) for one in asked]


def _why_not(asked: Asked, background: Background) -> str:
    try:
        aim(_case(asked, background)[0])
    except StepRefused as refusal:
        return str(refusal)
    return ""


@transaction.atomic
@no_garbage()
def take_together(asked: Sequence[Asked]) -> list[str]:
    """As `take_step`, for forms under their locks (`lock_forms`). Returns for each why it may not move, or ""."""
    forms = [one.form for one in asked]
    ids = [form.pk for form in forms]
    close_sittings(forms)
    events = ReviewEvent.objects.filter(declaration__in=ids).order_by().values_list("declaration")
    last_number: dict[int, int] = dict(events.annotate(last=Max("number")))
    background = Background(forms)
    moved, taken, cases, refusals, sending, reviewed = [], [], [], [], [], []
    for one in asked:
        form = one.form
        try:
            case, role = _case(one, background)
            taken.append(move(case, role, last_number.get(form.pk, 0) + 1))
        except StepRefused as refusal:
            refusals.append(str(refusal))
            continue
        refusals.append("")
        moved.append(form)
        cases.append(case)
        if one.slug in SENDING:
            sending.append(form.pk)
        if case.step.is_review:
            reviewed.append(form.pk)
    update_many(moved, MOVED)
    if sending:
        send_papers(sending)
    if reviewed:
        Remark.objects.filter(declaration__in=reviewed, sent_at=None).update(sent_at=taken[-1].at)
    insert_many(taken)
    take_along(list(zip(cases, taken, strict=True)))
    DecidedForm.objects.overtake(taken)
    _record(asked, refusals)
    return refusals


def _case(asked: Asked, background: Background) -> tuple[Case, str]:
    step, role = find_step(asked.form, asked.slug, asked.by)
    return Case(asked.form, _bound_to_what_was_seen(step, asked.order), asked.by, asked.order, background), role


def _bound_to_what_was_seen(step: Step, order: Order) -> Step:
    """Who acts on others' text in bulk acts on what he saw, whatever the step; a unit's own text goes as it stands."""
    if order.seen_revision is None or FILLER in step.roles:
        return step
    return replace(step, needs=step.needs | {SEEN_REVISION})


def _record(asked: Sequence[Asked], refusals: Sequence[str]) -> None:
    refused: dict[tuple[str, Person], list[tuple[Declaration, str]]] = defaultdict(list)
    for one, said in zip(asked, refusals, strict=True):
        if said:
            refused[one.slug, one.by].append((one.form, said))
    for (slug, by), told in refused.items():
        record_refusals(told, label_of(slug), by)
