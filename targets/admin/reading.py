"""A form to be read: the paper beside an earlier submission, with what belongs to each row in its margin."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, JSONField, Q, When
from django.http import HttpRequest

from departments.models import Person
from targets.admin.attachments import Paper as Attached
from targets.admin.comparing import Comparison, compared_paper, comparison
from targets.admin.margin import Margin, place_written, with_margin
from targets.admin.remark_notes import RemarkNote
from targets.domain.record import Record
from targets.domain.signature import Signature
from targets.domain.steps import APPROVED, PASSED, REVIEW_LEVELS
from targets.findings import Judged
from targets.last_year import last_year_of, texts_of_last_year
from targets.links import form_url
from targets.looks import last_look, may_look
from targets.models import Declaration, Remark, ReviewEvent, Revision
from targets.models.authorship import behind
from targets.paper import Paper

UNDER_REVIEW = frozenset({*REVIEW_LEVELS, PASSED})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page reads of a form: the text it is compared with, and texts of last year that may be its own."""

    comparison: Comparison
    old: Record | None
    last: Sequence[Revision]
    is_new: bool
    """Whether this reader, who reviews the form, has not yet looked at its text."""
    authorship: set[Signature]


def open_reading(
    request: HttpRequest, declaration: Declaration, user: Person, events: Sequence[ReviewEvent]
) -> Reading:
    """All texts in one query; the submitted one is put where the form looks for it."""
    sent = declaration.submitted_revision_id
    shown = _shown_number(declaration, user, events)
    looked = last_look(events, user)
    is_reviewed = declaration.state in UNDER_REVIEW
    chosen = comparison(
        request,
        events,
        before=shown,
        looked=looked if is_reviewed else 0,
        beside_approved=declaration.state != APPROVED,
    )
    wanted = {sent} if sent and not declaration.is_own_text_of(user) else set()
    if chosen.against:
        wanted.add(chosen.against.pk)
    found = _texts(declaration, user, wanted)
    revisions = [text for text in found.values() if text.declaration_id == declaration.pk]
    if sent in found:
        declaration.submitted_revision = found[sent]
    old = found[chosen.against.pk].record if chosen.against else None
    last = [text for text in found.values() if text.declaration_id != declaration.pk]
    is_new = is_reviewed and looked < shown and may_look(declaration, user)
    return Reading(chosen, old, last, is_new, _authorship(declaration, revisions, events))


def _texts(declaration: Declaration, user: Person, wanted: Collection[int]) -> dict[int, Revision]:
    """Every revision of the form, with its text where that is wanted, and texts of last year: one query."""
    own = Revision.objects.filter(declaration=declaration).order_by().values_list("pk", flat=True)
    is_read = Q(pk__in=wanted) | ~Q(declaration=declaration)
    found = (
        Revision.objects.filter(pk__in=own.union(texts_of_last_year(declaration, user)))
        .select_related("declaration")
        .defer("frozen", "declaration__goal", "declaration__extra", "declaration__stale")
        .annotate(text=Case(When(is_read, then="frozen"), default=None, output_field=JSONField()))
    )
    for revision in found:
        if revision.text is not None:
            revision.frozen = revision.text
    return {revision.pk: revision for revision in found}


def _authorship(
    declaration: Declaration, revisions: Iterable[Revision], events: Iterable[ReviewEvent]
) -> set[Signature]:
    version = declaration.version
    texts = [(one.number, one.by_finance, one.signature) for one in revisions if one.version == version]
    confirms = [
        (one.revision.number, one.signature) for one in events if (one.step, one.version) == ("confirm", version)
    ]
    return behind(texts, confirms)


def _shown_number(declaration: Declaration, user: Person, events: Sequence[ReviewEvent]) -> int:
    """Number of the revision that this person reads; what is being typed will be the next one."""
    if declaration.is_own_text_of(user):
        current = declaration.current_revision
        return (current.number if current else 0) + (declaration.open_sitting is not None)
    return next((one.revision.number for one in events if one.revision_id == declaration.submitted_revision_id), 0)


def _written(paper: Paper, asked: str) -> str:
    """Where the inputs for a new remark stand: beside a place of the paper, else above it, so that nothing typed is lost."""
    besides = [row.beside for row in paper.rows] + [cell.beside for cell in paper.head.values()]
    shown = {beside.place for beside in besides if beside}
    return asked if asked in shown or not asked else "form"


def _counted(notes: Sequence[RemarkNote]) -> list[tuple[str, int]]:
    words = (one.state_in_words if one.remark.sent_at else "未发出" for one in notes)
    return list(Counter(said or "不须答复" for said in words).items())


def reading_context(
    request: HttpRequest,
    reading: Reading,
    record: Record,
    *,
    judged: Sequence[Judged],
    notes: Sequence[RemarkNote],
    papers: Sequence[Attached],
    said: Mapping[str, Any],
) -> dict[str, Any]:
    living = {one.remark.row_key for one in notes if one.state != Remark.State.ACCEPTED}
    context = compared_paper(reading.comparison, reading.old, record, judged, keep=living)
    margin = Margin(
        notes,
        papers,
        last_year_of(record, reading.last),
        context["compared"].gone if "compared" in context else None,
        place_written(said, request.GET.get("row", "")),
    )
    paper, above = with_margin(context["paper"], margin)
    kept = request.GET.copy()
    kept.pop("row", None)
    against = reading.comparison.against
    if against:  # a remark counts as a look, and would turn the page he is at into the full text
        kept["against"] = str(against.number)
    return context | {
        "paper": paper,
        "remarks": above,
        "all_remarks": notes,
        "remark_counts": _counted(notes),
        "written": _written(paper, margin.writing),
        "last_year": margin.last,
        "last_year_url": form_url(margin.last.form) if margin.last else "",
        "query": f"?{kept.urlencode()}&" if kept else "?",
        "is_new": reading.is_new,
    }
