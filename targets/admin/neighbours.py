"""上一张 and 下一张: from one form that waits for this person to the next, longest waiting first, without the list between."""

from dataclasses import dataclass

from departments.models import Person
from targets.links import form_url
from targets.models import Declaration


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Addresses, "" for none; `waiting` counts all that wait. A form that is done with leads on to the first."""

    before: str
    after: str
    waiting: int


def neighbours(declaration: Declaration, user: Person) -> Neighbours | None:
    """One query of numbers; None when nothing else waits."""
    waiting = Declaration.objects.visible_to(user).waiting_for(user).order_by("state_since", "pk").only("pk", "kind")
    forms = list(waiting)
    place = next((place for place, one in enumerate(forms) if one.pk == declaration.pk), None)
    others = len(forms) - (place is not None)
    if not others:
        return None
    before = forms[place - 1] if place else None
    after = forms[0] if place is None else next(iter(forms[place + 1 :]), None)
    return Neighbours(form_url(before) if before else "", form_url(after) if after else "", len(forms))
