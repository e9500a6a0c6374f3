"""Whose words a form's text is: asked of one form or of thousands, by the same few statements."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from django.db.models import FilteredRelation, Q

from targets.domain.signature import Signature
from targets.domain.steps import EDITABLE
from targets.models.review import ReviewEvent
from targets.models.revision import Revision


class Form(Protocol):
    pk: int
    version: int
    state: str


def authorship_of(forms: Iterable[Form]) -> dict[int, set[Signature]]:
    """By form, who stands behind the revisions of its version. One query."""
    versions = {form.pk: form.version for form in forms}
    confirm = FilteredRelation("events", condition=Q(events__step="confirm"))
    texts = Revision.objects.filter(declaration__in=versions).annotate(confirm=confirm).order_by("confirm__number")
    signed = texts.values_list(
        *("declaration", "version", "number", "by_finance", "confirm__version"),
        *("author", "author_name", "stood_in_for", "stood_in_for_name"),
        *(f"confirm__{name}" for name in ("person", "person_name", "stood_in_for", "stood_in_for_name")),
    )
    texts_of: dict[int, list[Text]] = {pk: [] for pk in versions}
    confirms_of: dict[int, list[Confirmed]] = {pk: [] for pk in versions}
    for pk, version, number, by_finance, of, *who in signed:
        if version == versions[pk]:
            texts_of[pk].append((number, by_finance, Signature(*who[:4])))
            if of == version:
                confirms_of[pk].append((number, Signature(*who[4:])))
    return {pk: behind(texts_of[pk], confirms_of[pk]) for pk in versions}


Text = tuple[int, bool, Signature]
"""Number of a revision, whether finance entered it, its author."""
Confirmed = tuple[int, Signature]
"""Number of the revision that was confirmed, and by whom."""


def behind(texts: Iterable[Text], confirms: Sequence[Confirmed]) -> set[Signature]:
    """Who stands behind the texts of one version; what is confirmed (the last of `confirms`) of a 代录 is its confirmer's."""
    since, confirmers = (confirms[-1][0], {confirms[-1][1]}) if confirms else (0, set())
    return confirmers | {author for number, by_finance, author in texts if not by_finance or number > since}


def awaiting_confirmation(forms: Iterable[Form]) -> set[int]:
    """Of these forms the editable ones with 代录: text that finance entered and the department has not confirmed."""
    versions = {form.pk: form.version for form in forms if form.state in EDITABLE}
    if not versions:
        return set()
    confirmations = ReviewEvent.objects.filter(declaration__in=versions, step="confirm").order_by("number")
    confirmed = dict(confirmations.values_list("declaration", "revision__number"))
    entered = Revision.objects.filter(declaration__in=versions, by_finance=True).order_by()
    return {
        pk
        for pk, number, version in entered.values_list("declaration", "number", "version")
        if version == versions[pk] and number > confirmed.get(pk, 0)
    }
