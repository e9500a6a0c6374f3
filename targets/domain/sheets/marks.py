"""Boxes that are ticked on paper: of `新增项目□ 延续项目√` only 延续项目 was chosen."""

import re

EMPTY_BOXES = "□☐○〇"
TICKS = "☑☒■▣√✓✔✅●"
MARK = re.compile(f"[（(]\\s*[{EMPTY_BOXES}{TICKS}]?\\s*[)）]|[{EMPTY_BOXES}{TICKS}]+")
TICK = re.compile(f"[{TICKS}]")
BOX = re.compile("[□☐☑☒■√✓✔✅]")
NUMBERING = re.compile(r"^\s*[\d一二三四五六七八九十]+\s*[.．、]\s*|^[\s、，,；;/|]+|[\s、，,；;/|]+$")
LONGEST = 80
"""Longer text that holds a box is prose."""


def has_marks(text: str) -> bool:
    return len(text) <= LONGEST and BOX.search(text) is not None


def ticked(text: str) -> str:
    """What was chosen, "" when nothing was; text without boxes as it is.

    A box belongs to the word before it, unless the text begins with a box: `□新增 √延续`.
    """
    if not has_marks(text):
        return text
    marks = list(MARK.finditer(text))
    leads = marks[0].start() == 0 or not NUMBERING.sub("", text[: marks[0].start()])
    ends = [mark.start() for mark in marks]
    starts = [mark.end() for mark in marks]
    words = zip(*((starts, [*ends[1:], len(text)]) if leads else ([0, *starts[:-1]], ends)), strict=True)
    chosen = [
        NUMBERING.sub("", NUMBERING.sub("", text[start:end]))
        for mark, (start, end) in zip(marks, words, strict=True)
        if TICK.search(mark[0])
    ]
    return "、".join(word for word in chosen if word)
