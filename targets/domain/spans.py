"""A span of amounts as people type it: `50-200`, `1000以上`, `50以下`, in 万元 and both ends included."""

import re
import unicodedata
from decimal import Decimal

Span = tuple[Decimal | None, Decimal | None]
"""Least and most; None for no limit."""

_NUMBER = r"(\d{1,9}(?:\.\d{1,6})?)"
_FORMS = (
    (re.compile(rf"{_NUMBER}[-–—~至到]{_NUMBER}"), (0, 1)),
    (re.compile(rf"{_NUMBER}(?:以上|[-–—~至到])"), (0, None)),
    (re.compile(rf"{_NUMBER}以下|[-–—~至到]{_NUMBER}"), (None, 0)),
)
"""What is typed → which of its numbers is the least and which the most."""


def span_of(text: str) -> Span | None:
    """None for what is no span."""
    folded = "".join(unicodedata.normalize("NFKC", text).split()).replace(",", "").replace("万元", "").replace("万", "")
    for form, ends in _FORMS:
        if found := form.fullmatch(folded):
            numbers = [Decimal(number) for number in found.groups() if number]
            least, most = (None if at is None else numbers[at] for at in ends)
            return least, most
    return None
