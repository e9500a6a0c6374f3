"""One text beside an earlier submission: `?against=NUMBER` on the pages of a form and of a revision, `&only=1` for changes alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from departments.models import Person
from departments.scoped_admin import person
from targets.admin.readable import APPROVING, SUBMITTING
from targets.compared import compared
from targets.domain.record import Record
from targets.domain.steps import APPROVED
from targets.findings import Judged
from targets.models import Declaration, ReviewEvent
from targets.paper import paper_of


@dataclass(frozen=True, slots=True)
class Submission:
    """`number` is the revision's; `ordinal` counts submissions. `is_mine`: the text this person acted upon last.

    `is_in_force`: the one that was approved, in the words of which it is called.
    """

    number: int
    ordinal: int
    at: datetime
    is_mine: bool = False
    is_in_force: bool = False

    @property
    def words(self) -> str:
        return "批复稿" if self.is_in_force else f"第{self.ordinal}次送审"


def submissions(events: Sequence[ReviewEvent], user: Person, *, before: int) -> list[Submission]:
    """What was sent before revision `before`, the first one always among them; whoever sees the form may read them."""
    mine = next(
        (event.revision.number for event in reversed(events) if event.person_id == user.pk and event.step != "submit"),
        0,
    )
    in_force = next((event.revision.number for event in reversed(events) if event.step in APPROVING), 0)
    found: dict[int, Submission] = {}
    for event in events:
        number = event.revision.number
        if event.step in SUBMITTING and number not in found:
            found[number] = Submission(number, len(found) + 1, event.at, number == mine, number == in_force)
    return [one for one in found.values() if one.number < before]


def beside_an_earlier_text(
    request: HttpRequest,
    declaration: Declaration,
    record: Record,
    judged: Sequence[Judged],
    *,
    number: int,
    events: Sequence[ReviewEvent],
    beside_approved: bool = False,
) -> dict[str, Any]:
    """The paper of the page, compared where the address says so; `number` is the revision that the page shows.

    `beside_approved`: an adjustment is shown beside what is in force unless something else is asked for.
    """
    earlier = submissions(events, person(request), before=number)
    asked = request.GET.get("against")
    chosen = next((one for one in earlier if str(one.number) == asked), None)
    if asked is None and beside_approved and declaration.state != APPROVED:
        chosen = next((one for one in earlier if one.is_in_force), None)
    context: dict[str, Any] = {"earlier": earlier, "against": chosen}
    if chosen is None:
        return context | {"paper": paper_of(record, judged)}
    only = request.GET.get("only") == "1"
    old = declaration.revisions.get(number=chosen.number).record
    found = compared(old, record, judged, only_changes=only)
    return context | {"paper": found.paper, "compared": found, "only_changes": only}
