"""A paragraph between tables: a line of a form (a title, `填报单位：某局　　单位：万元`), or prose that belongs to no form."""

import re
from collections.abc import Callable

from targets.domain.sheets.cells import label_key, split_label

LONGEST_LINE = 60
PROSE_END = "。；;，,"
GAP = re.compile(r"\t+|[ \u3000]{2,}|\n")
SHORTEST_PIECE = 3
"""`部　　门：某局` is one piece: the spaces stand inside its label."""


def is_prose(text: str, is_label: Callable[[str], bool]) -> bool:
    """Long text or a whole sentence, unless a label of a form begins it (`年度总体目标：……`)."""
    if len(text) <= LONGEST_LINE and text[-1] not in PROSE_END:
        return False
    word, value = split_label(text)
    return not (word and value and is_label(label_key(word)))


def pieces(text: str) -> list[str]:
    """What wide gaps tell apart, where each of the pieces can stand alone."""
    if len(text) > LONGEST_LINE * 2:
        return [text]
    found = [piece.strip() for piece in GAP.split(text) if piece.strip()]
    return found if all(len(piece) >= SHORTEST_PIECE for piece in found) else [" ".join(found)]
