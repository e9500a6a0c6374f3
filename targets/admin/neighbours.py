"""上一张 and 下一张: from one form that waits for this person to the next, longest waiting first, without the list between."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from departments.models import Person
from targets.links import form_url
from targets.menu import Waiting
from targets.models import Declaration


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Addresses, "" for none; `waiting` counts all that wait. A form that is done with leads on to the first."""

    before: str
    after: str
    waiting: int


def waiting_forms(user: Person) -> list[Declaration]:
    """All that waits for this person, longest waiting first, with nothing but what leads there; one query."""
    waiting = Declaration.objects.visible_to(user).waiting_for(user).order_by("state_since", "pk")
    return list(waiting.only("pk", "kind", "state"))


def numbers(forms: Sequence[Declaration]) -> Waiting:
    """The same as the menu counts it."""
    return Counter((one.kind, one.state) for one in forms)


def neighbours(declaration: Declaration, forms: Sequence[Declaration]) -> Neighbours | None:
    """`forms` are those that wait; None when nothing else does."""
    place = next((place for place, one in enumerate(forms) if one.pk == declaration.pk), None)
    others = len(forms) - (place is not None)
    if not others:
        return None
    before = forms[place - 1] if place else None
    after = forms[0] if place is None else next(iter(forms[place + 1 :]), None)
    return Neighbours(form_url(before) if before else "", form_url(after) if after else "", len(forms))
