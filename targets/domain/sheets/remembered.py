"""What is found out about a text is remembered: the same words stand in every form."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

MOST, LONGEST = 8_192, 200
"""Texts that are remembered, and the characters of the longest: beyond them all are forgotten, or the text is asked about again."""


class Remembered(dict[str, T], Generic[T]):
    """Text → what `find` says of it. A look into a dictionary takes half of what `lru_cache` does, and long texts are not kept."""

    def __init__(self, find: Callable[[str], T]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, text: str) -> T:
        found = self._find(text)
        if len(text) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
            self[text] = found
        return found


def remembered(find: Callable[[str], T]) -> Callable[[str], T]:
    """The same function, asked once for each text of ordinary length."""
    return Remembered(find).__getitem__
