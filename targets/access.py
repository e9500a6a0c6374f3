"""Writes down what leaves no mark on a form: who came in or was kept out, and which steps were refused."""

import re
from collections.abc import Iterable

from axes.helpers import get_client_ip_address
from django.http import HttpRequest

from departments.models import Person
from targets.bulk import insert_many
from targets.models import AccessRecord, Declaration

_FROM_HERE_WORDS_OF_THE_FORM = re.compile(r"[，。]?第一[处条]：")


def record_refusals(refused: Iterable[tuple[Declaration, str]], slug_label: str, by: Person) -> None:
    """Steps that were not taken, each with why. Called when the transaction that failed is over, so that it stays.

    The words of a draft are its unit's alone: what a sentence quotes of them is left out.
    """
    insert_many(
        [
            AccessRecord(
                deed=AccessRecord.Deed.REFUSED.value,
                person=by,
                username=by.username,
                person_name=str(by),
                declaration=declaration,
                sentence=f"{slug_label}：{_FROM_HERE_WORDS_OF_THE_FORM.split(sentence)[0]}",
            )
            for declaration, sentence in refused
        ]
    )


def record_access(request: HttpRequest, deed: AccessRecord.Deed, person: Person | None, typed: str, said: str) -> None:
    """`typed` is the user name as it was typed; it may be nobody's."""
    AccessRecord.objects.create(
        deed=deed,
        person=person,
        username=person.username if person else typed.replace("\0", "")[:150],
        person_name=str(person) if person else "",
        sentence=said,
        address=get_client_ip_address(request) or "",
    )
