"""One text beside an earlier submission: `?against=NUMBER` on the pages of a form and of a revision, `&only=1` for changes alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from targets.admin.readable import APPROVING, SUBMITTING
from targets.compared import compared
from targets.domain.record import Record
from targets.findings import Judged
from targets.models import Declaration, ReviewEvent
from targets.paper import paper_of


@dataclass(frozen=True, slots=True)
class Submission:
    """`number` is that of the revision `pk`; `ordinal` counts submissions; the one that was approved is called by that."""

    pk: int
    number: int
    ordinal: int
    at: datetime
    is_in_force: bool = False

    @property
    def words(self) -> str:
        return "批复稿" if self.is_in_force else f"第{self.ordinal}次送审"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a page may be compared with, and what it is compared with now: as the address says, else with what the reader knows."""

    earlier: Sequence[Submission]
    looked: Submission | None
    """The latest text that the reader has seen, where a later one is shown."""
    against: Submission | None
    only_changes: bool


def submissions(events: Sequence[ReviewEvent], *, before: int) -> list[Submission]:
    """What was sent before revision `before`, the first one always among them; whoever sees the form may read them."""
    in_force = next((event.revision.number for event in reversed(events) if event.step in APPROVING), 0)
    found: dict[int, Submission] = {}
    for event in events:
        number = event.revision.number
        if event.step in SUBMITTING and number not in found:
            found[number] = Submission(event.revision_id, number, len(found) + 1, event.at, number == in_force)
    return [one for one in found.values() if one.number < before]


def comparison(
    request: HttpRequest,
    events: Sequence[ReviewEvent],
    *,
    before: int,
    looked: int = 0,
    beside_approved: bool = False,
) -> Comparison:
    """`before` is the number of the revision that the page shows, `looked` that of the text its reader knows.

    `beside_approved`: an adjustment is shown beside what is in force unless its reader knows a later text of it.
    """
    earlier = submissions(events, before=before)
    known = next((one for one in earlier if one.number == looked), None)
    asked = request.GET.get("against")
    if asked is not None:
        against = next((one for one in earlier if str(one.number) == asked), None)
    else:
        in_force = [one for one in earlier if one.is_in_force and beside_approved]
        against = max((one for one in (known, *in_force) if one), key=lambda one: one.number, default=None)
    return Comparison(earlier, known, against, request.GET.get("only") == "1")


def old_text(declaration: Declaration, beside: Comparison) -> Record | None:
    return declaration.revisions.get(pk=beside.against.pk).record if beside.against else None


def compared_paper(
    beside: Comparison,
    old: Record | None,
    record: Record,
    judged: Sequence[Judged],
    *,
    keep: Collection[str] = (),
) -> dict[str, Any]:
    """The paper of the page, compared with `old` if there is one; `keep` are rows that are shown though nothing changed."""
    context: dict[str, Any] = {"comparison": beside}
    if old is None:
        return context | {"paper": paper_of(record, judged)}
    found = compared(old, record, judged, only_changes=beside.only_changes, keep=keep)
    return context | {"paper": found.paper, "compared": found}
