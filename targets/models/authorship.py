"""Whose words a form's text is: asked of one form or of thousands, by the same few statements."""

from collections.abc import Iterable
from typing import Protocol

from targets.domain.signature import Signature
from targets.domain.steps import EDITABLE
from targets.models.review import ReviewEvent
from targets.models.revision import Revision


class Form(Protocol):
    pk: int
    version: int
    state: str


def authorship_of(forms: Iterable[Form]) -> dict[int, set[Signature]]:
    """By form, who stands behind the revisions of its version; a confirmed 代录 is its confirmer's."""
    versions = {form.pk: form.version for form in forms}
    events = ReviewEvent.objects.filter(declaration__in=versions, step="confirm").order_by("number")
    who = ("person", "person_name", "stood_in_for", "stood_in_for_name")
    confirmed = {
        pk: (number, Signature(*signed))
        for pk, version, number, *signed in events.values_list("declaration", "version", "revision__number", *who)
        if version == versions[pk]
    }
    found = {pk: {confirmed[pk][1]} if pk in confirmed else set() for pk in versions}
    texts = Revision.objects.filter(declaration__in=versions).order_by()
    who = ("author", "author_name", "stood_in_for", "stood_in_for_name")
    for pk, version, number, by_finance, *signed in texts.values_list(
        "declaration", "version", "number", "by_finance", *who
    ):
        since = confirmed[pk][0] if pk in confirmed else 0
        if version == versions[pk] and not (by_finance and number <= since):
            found[pk].add(Signature(*signed))
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
