"""How one text became another, in pieces that a person can read: whole values, or words within a longer text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, CAME = "same", "gone", "came"
SHORT = 24
"""Values up to so many characters are shown whole, old and new: `≥20所 → ≥24所`."""
ALIKE = 0.35
"""Texts that share less than this are two texts."""
TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)*%?|[A-Za-z]+|\s+|.", re.DOTALL)
"""A number with its decimals is one word; so is every Chinese character."""
COMPARED_AT_MOST = 4000
"""Longer texts are shown whole: their comparison would cost more than it tells."""


@dataclass(frozen=True, slots=True)
class Piece:
    kind: str
    text: str


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """In reading order; the pieces that are not GONE make the new text, those that are not CAME the old one."""
    if old == new:
        return (Piece(SAME, new),) if new else ()
    if min(len(old), len(new)) <= SHORT or max(len(old), len(new)) > COMPARED_AT_MOST:
        return tuple(_whole(old, new))
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return tuple(_whole(old, new))
    found: list[Piece] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece(SAME, "".join(before[i:j])))
        else:
            found += _whole("".join(before[i:j]), "".join(after[k:m]))
    return tuple(found)


def _whole(old: str, new: str) -> Iterator[Piece]:
    if old:
        yield Piece(GONE, old)
    if new:
        yield Piece(CAME, new)
