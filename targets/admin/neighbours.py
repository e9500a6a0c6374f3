"""上一张 and 下一张: from one form to the next without the list between, in the order of the list that one came from.

Without one it is what waits for this person, longest waiting first.
"""

from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict

from departments.models import Person
from targets.links import form_url
from targets.menu import Waiting
from targets.models import Declaration
from targets.site import LIST

LONGEST_LIST = 5000


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Addresses, "" for none; `number` counts all that stand in `where`. A form that is done with leads on."""

    before: str
    after: str
    number: int
    where: str = "待办"


def waiting_forms(user: Person) -> list[Declaration]:
    """All that waits for this person, longest waiting first, with nothing but what leads there; one query."""
    waiting = Declaration.objects.visible_to(user).waiting_for(user).order_by("state_since", "pk")
    return list(waiting.only("pk", "kind", "state"))


def numbers(forms: Sequence[Declaration]) -> Waiting:
    """The same as the menu counts it."""
    return Counter((one.kind, one.state) for one in forms)


def neighbours(declaration: Declaration, forms: Sequence[Declaration], where: str = "待办") -> Neighbours | None:
    """None when there is nothing else."""
    place = next((place for place, one in enumerate(forms) if one.pk == declaration.pk), None)
    others = len(forms) - (place is not None)
    if not others:
        return None
    before = forms[place - 1] if place else None
    after = forms[0] if place is None else next(iter(forms[place + 1 :]), None)
    return Neighbours(form_url(before) if before else "", form_url(after) if after else "", len(forms), where)


# The list one came from -----------------------------------------------------------------------------------------------


def remember_list(request: HttpRequest, kind: str, query: str) -> None:
    """The last list that was narrowed; what is not is forgotten."""
    now = {"kind": kind, "query": query} if query else None
    if request.session.get(LIST) != now:
        request.session[LIST] = now


def neighbours_in_list(
    request: HttpRequest, modeladmin: ModelAdmin[Any], declaration: Declaration
) -> Neighbours | None:
    """In the list as its filters find it now; None when one came from no list.

    What was done with and left the list leads on to where it stood: the form after it is remembered while it is looked at.
    """
    came = request.session.get(LIST)
    if not came or came["kind"] != declaration.kind:
        return None
    forms = _listed(request, modeladmin, came["query"])
    found = neighbours(declaration, forms, "列表中")
    place = next((place for place, one in enumerate(forms) if one.pk == declaration.pk), None)
    if place is not None:
        after = forms[place + 1].pk if place + 1 < len(forms) else None
        if (came.get("at"), came.get("after")) != (declaration.pk, after):
            request.session[LIST] = {**came, "at": declaration.pk, "after": after}
    elif found and came.get("at") == declaration.pk:
        following = next((one for one in forms if one.pk == came.get("after")), forms[0])
        return Neighbours("", form_url(following), len(forms), "列表中")
    return found


def _listed(request: HttpRequest, modeladmin: ModelAdmin[Any], query: str) -> list[Declaration]:
    asked = copy(request)
    asked.GET = QueryDict(query)
    try:
        found = modeladmin.get_changelist_instance(asked).queryset
    except (IncorrectLookupParameters, SuspiciousOperation):  # of a list as it was before a new version of it
        return []
    return list(found.select_related(None).only("pk", "kind")[:LONGEST_LIST])
