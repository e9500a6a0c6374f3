"""Whose words a form's text is: asked of one form or of thousands, by the same few statements."""

from collections.abc import Iterable
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
    """By form, who stands behind the revisions of its version; a confirmed 代录 is its confirmer's. One query."""
    versions = {form.pk: form.version for form in forms}
    confirm = FilteredRelation("events", condition=Q(events__step="confirm"))
    texts = Revision.objects.filter(declaration__in=versions).annotate(confirm=confirm).order_by("confirm__number")
    signed = texts.values_list(
        *("declaration", "version", "number", "by_finance", "confirm__version"),
        *("author", "author_name", "stood_in_for", "stood_in_for_name"),
        *(f"confirm__{name}" for name in ("person", "person_name", "stood_in_for", "stood_in_for_name")),
    )
    lines = [
        (pk, number, by_finance, of == version, Signature(*who[:4]), Signature(*who[4:]))
        for pk, version, number, by_finance, of, *who in signed
        if version == versions[pk]
    ]
    confirmed = {pk: (number, by) for pk, number, _, is_confirmed, _, by in lines if is_confirmed}
    found = {pk: {confirmed[pk][1]} if pk in confirmed else set() for pk in versions}
    for pk, number, by_finance, _, author, _ in lines:
        since = confirmed[pk][0] if pk in confirmed else 0
        if not (by_finance and number <= since):
            found[pk].add(author)
    return found


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
