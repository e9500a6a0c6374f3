"""One text beside an earlier submission: `?against=NUMBER` on the pages of a form and of a revision, `&only=1` for changes alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from departments.models import Person
from departments.scoped_admin import person
from targets.admin.readable import SUBMITTING, readable_revisions
from targets.compared import compared
from targets.domain.record import Record
from targets.findings import Judged
from targets.models import Declaration
from targets.paper import paper_of


@dataclass(frozen=True, slots=True)
class Submission:
    """`number` is the revision's; `ordinal` counts submissions. `is_mine`: the text this person acted upon last."""

    number: int
    ordinal: int
    at: datetime
    is_mine: bool = False


def submissions(declaration: Declaration, user: Person, *, before: int) -> list[Submission]:
    """What was sent before revision `before` and may be read by this person; the first one always among them."""
    acted = declaration.events.filter(person=user).exclude(step="submit").order_by("-number")
    mine = acted.values_list("revision__number", flat=True).first()
    sent = declaration.events.filter(step__in=SUBMITTING).order_by("number").values_list("revision__number", "at")
    readable = set(readable_revisions(declaration, user).values_list("number", flat=True))
    found: dict[int, Submission] = {}
    for number, at in sent:
        if number not in found:
            found[number] = Submission(number, len(found) + 1, at, number == mine)
    return [one for one in found.values() if one.number < before and one.number in readable]


def beside_an_earlier_text(
    request: HttpRequest, declaration: Declaration, record: Record, judged: Sequence[Judged], *, number: int
) -> dict[str, Any]:
    """The paper of the page, compared where the address says so; `number` is the revision that the page shows."""
    earlier = submissions(declaration, person(request), before=number)
    chosen = next((one for one in earlier if str(one.number) == request.GET.get("against")), None)
    context: dict[str, Any] = {"earlier": earlier, "against": chosen}
    if chosen is None:
        return context | {"paper": paper_of(record, judged)}
    only = request.GET.get("only") == "1"
    old = declaration.revisions.get(number=chosen.number).record
    found = compared(old, record, judged, only_changes=only)
    return context | {"paper": found.paper, "compared": found, "only_changes": only}
