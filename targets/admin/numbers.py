"""Numbers that an address or a form sends: what a page of ours would send, anything else counts as nothing."""

from collections.abc import Iterable

KEY_DIGITS = 17
"""As long as a key may be for every database."""
COUNT_DIGITS = 8
"""As long as a number of a revision or the like may be."""


def number_in(text: str, digits: int = KEY_DIGITS) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= digits else None


def numbers_in(texts: Iterable[str]) -> list[int]:
    return [number for text in texts if (number := number_in(text)) is not None]
