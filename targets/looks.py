"""Up to which text a reviewer knows a form: what he acted upon, remarked on, or said he has looked at (看过了).

Opening a page is not counted: who is called away while reading would never be shown the changes again.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from departments.models import Person
from departments.roles import DEPARTMENT_REVIEWER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER
from targets.domain.steps import STEPS
from targets.models import Declaration, Look, ReviewEvent, Revision
from targets.review import StepRefused

REVIEW_STEPS = frozenset(step.slug for step in STEPS if step.is_review)


def may_look(declaration: Declaration, user: Person) -> bool:
    """Who reviews the form at any of its levels, once there is a text for him."""
    reach = user.scope.reach(DEPARTMENT_REVIEWER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER)
    reviews = user.scope.holds(DEPARTMENT_REVIEWER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER)
    return reviews and declaration.unit_id in reach and declaration.submitted_revision_id is not None


def note_look(declaration: Declaration, revision: Revision, *, by: Person) -> None:
    Look.objects.update_or_create(declaration=declaration, person=by, defaults={"revision": revision})


def look(declaration: Declaration, number: int | None, *, by: Person) -> Revision:
    """He has looked at submitted text `number`; raises StepRefused."""
    if not may_look(declaration, by):
        raise StepRefused("“看过了”由审核这张表的人注明，没有保存。")
    revision = declaration.submitted_revision
    if revision is None or revision.number != number:
        raise StepRefused("没有注明：您打开后单位又送审了新的一稿。请刷新后再看。")
    note_look(declaration, revision, by=by)
    return revision


def marked(events: QuerySet[ReviewEvent], user: Person) -> QuerySet[Any]:
    """Each event with `is_looked`: whether this person said that he has looked at its text."""
    said = Look.objects.filter(revision=OuterRef("revision"), person=user)
    return events.annotate(is_looked=Exists(said))


def last_look(events: Iterable[Any], user: Person) -> int:
    """Number of the latest text this person knows, 0 for none, by events that are `marked`."""
    known = (
        event.revision.number
        for event in events
        if event.is_looked or (event.person_id == user.pk and event.step in REVIEW_STEPS)
    )
    return max(known, default=0)
