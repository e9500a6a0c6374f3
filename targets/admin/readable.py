"""Which texts of a form a person may read."""

from django.db.models import QuerySet
from django.http import Http404

from departments.models import Person
from targets.looks import marked
from targets.models import Declaration, ReviewEvent, Revision

SUBMITTING = ("submit", "adopt")
APPROVING = ("approve", "adopt")


def readable_revisions(declaration: Declaration, user: Person) -> QuerySet[Revision]:
    """One's own text wholly; of others' what was sent, approved or taken over, never a draft."""
    revisions = declaration.revisions.order_by("number")
    if declaration.is_own_text_of(user):
        return revisions
    sent = declaration.events.filter(step__in=SUBMITTING).values("revision")
    return revisions.filter(pk__in=sent)


def readable_revision(declaration: Declaration, user: Person, number: int) -> Revision:
    """Unseen and missing are the same."""
    revision = readable_revisions(declaration, user).filter(number=number).first()
    if revision is None:
        raise Http404
    return revision


def steps_of(declaration: Declaration, reader: Person | None = None) -> list[ReviewEvent]:
    """Every step taken, with the number of its text but without what makes it long; marked with what `reader` has looked at."""
    steps = declaration.events.select_related("revision").defer("findings", "revision__frozen")
    return list(steps if reader is None else marked(steps, reader))
