"""Whose names stand under a deed: the person's, and the absent colleague's whose post lets him do it.

What is stored is these words, as they were: names change and deputations end.
"""

from collections.abc import Iterable

from departments.models import Person
from departments.roles import FILLER, FINANCE_ROLES
from targets.domain.signature import Signature

LONGEST = 200
"""Letters of a stored signature; one of a batch may name several absent colleagues."""


def signature(by: Person, unit: int, *roles: str) -> Signature:
    """Of what he does for a unit in one of these roles."""
    return _of(by, by.scope.acts_for(unit, *roles))


def signed(by: Person, unit: int, *roles: str) -> str:
    return str(signature(by, unit, *roles))


def whom_he_writes_for(by: Person, unit: int) -> Person | None:
    """In whose place he writes: as the unit's filler where he is one, else as finance that enters for it."""
    return by.scope.acts_for(unit, *([FILLER] if unit in by.scope.reach(FILLER) else FINANCE_ROLES))


def signed_as_writer(by: Person, *units: int) -> str:
    """Of what he writes for one unit, or for several together: `李四（代张三、王五）`."""
    return _together(by, (whom_he_writes_for(by, unit) for unit in set(units)))


def signed_for(by: Person, units: Iterable[int], *roles: str) -> str:
    """Of one deed for several units."""
    return _together(by, (by.scope.acts_for(unit, *roles) for unit in set(units)))


def signed_by_post(by: Person, *roles: str) -> str:
    """Of what concerns no unit."""
    return str(_of(by, by.scope.fills_in_for(*roles)))


def _of(by: Person, absent: Person | None) -> Signature:
    return Signature(by.pk, str(by), absent.pk, str(absent)) if absent else Signature(by.pk, str(by))


def _together(by: Person, absent: Iterable[Person | None]) -> str:
    names = sorted({str(one) for one in absent if one})
    return str(Signature(by.pk, str(by), None, "、".join(names)))[:LONGEST]
