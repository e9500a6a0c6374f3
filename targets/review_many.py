"""The same step on many forms: each by itself and told, or all of them together in a few statements."""

from collections.abc import Iterable, Sequence

from django.db.models import Max

from departments.models import Person
from targets.access import record_refusals
from targets.bulk import insert_many, update_many
from targets.findings import Years, judge, waivers_of
from targets.guards import Case, Order
from targets.models import Declaration, Indicator, ReviewEvent
from targets.review import (
    MOVED,
    SENDING,
    StepRefused,
    find_step,
    label_of,
    move,
    send_papers,
    take_step,
)
from targets.storing import close_sittings


def take_steps(
    declarations: Iterable[Declaration], slug: str, *, by: Person, order: Order
) -> list[tuple[Declaration, str]]:
    """The same step on many forms, each told: (form, "" or why not). What may not move stays."""
    told = []
    for declaration in declarations:
        try:
            take_step(declaration, slug, by=by, order=order)
            told.append((declaration, ""))
        except StepRefused as refusal:
            told.append((declaration, str(refusal)))
    return told


def take_step_together(locked: Sequence[Declaration], slug: str, *, by: Person, order: Order) -> list[str]:
    """As `take_step`, for thousands of forms: locked ones with their current revision, and a step whose guards look at the
    form alone. Statements do not grow with their number. Returns for each form why it may not move, or ""."""
    ids = [form.pk for form in locked]
    close_sittings(locked)
    rows, waivers = Indicator.objects.rows_of(ids), waivers_of(ids)
    events = ReviewEvent.objects.filter(declaration__in=ids).order_by().values_list("declaration")
    last_number: dict[int, int] = dict(events.annotate(last=Max("number")))
    years = Years()
    moved, taken, refusals = [], [], []
    for form in locked:
        record = form.record(line.row for line in rows[form.pk])
        try:
            step, role = find_step(form, slug, by)
            case = Case(form, step, by, order, judge(record, years.rules_of(form), waivers[form.pk]))
            taken.append(move(case, role, last_number.get(form.pk, 0) + 1))
        except StepRefused as refusal:
            refusals.append(str(refusal))
        else:
            moved.append(form)
            refusals.append("")
    update_many(moved, MOVED)
    if slug in SENDING:
        send_papers([form.pk for form in moved])
    insert_many(taken)
    refused = [(form, said) for form, said in zip(locked, refusals, strict=True) if said]
    record_refusals(refused, label_of(slug), by)
    return refusals
