"""Signatures, dates and remarks below a table."""

import re
from collections.abc import Iterable

from targets.domain.sheets.cells import Cell, label_key, plain, split_label
from targets.domain.sheets.head import NOISE, UNFILLED, Head, add_extra, parted
from targets.domain.sheets.layout import Layout
from targets.domain.sheets.marks import ticked
from targets.domain.sheets.remembered import remembered
from targets.domain.sheets.signing import FOOT_WORDS, foot_key

SIGNED_HERE = re.compile(r"[（(](?:单位)?(?:公章|盖章|签章|签字|签名|印章|签字盖章)[)）]\s*[：:]?$")
"""Ends a text that waits for a signature or a seal: 项目单位（公章）."""
DATE_ALONE = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?|月)?")
DATE_OR_TIME = re.compile(DATE_ALONE.pattern + r"(?:\s+\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?")


@remembered
def begins_foot(text: str) -> bool:
    """Whether a row that starts with this text is a line to sign or a remark below the table."""
    word, _ = split_label(text)
    return foot_key(word or text) in FOOT_WORDS or SIGNED_HERE.search(text) is not None


@remembered
def is_foot_alone(text: str) -> bool:
    """Whether nothing of a row is in this text, whichever column it stands in: 经办人：, 制表时间：2023-01-10 15:32:11."""
    word, said = split_label(text)
    return begins_foot(text) or (bool(word) and DATE_OR_TIME.fullmatch(said) is not None)


def read_foot(layout: Layout, rows: Iterable[list[Cell]]) -> Head:
    """Only what somebody wrote is kept; empty lines to sign are not."""
    head = Head()
    for row in rows:
        cells = parted(row, layout.labels)
        at = 0
        while at < len(cells):
            at += _read_cell(layout, head, cells, at)
    return head


def _read_cell(layout: Layout, head: Head, cells: list[Cell], at: int) -> int:
    cell = cells[at]
    beside = cells[at + 1] if at + 1 < len(cells) else None
    word, glued = split_label(cell.text)
    is_label = (
        begins_foot(cell.text) or label_key(cell.text) in layout.signing or layout.label_of(cell.text) is not None
    )
    if is_label and not (word and glued):
        if beside and not begins_foot(beside.text) and layout.label_of(beside.text) is None:
            if not UNFILLED.fullmatch(beside.text):
                add_extra(head.extra, cell.text.rstrip("：: "), ticked(beside.text))
            return 2
    elif word:
        if not UNFILLED.fullmatch(glued):
            add_extra(head.extra, word, ticked(glued))
    elif DATE_ALONE.fullmatch(cell.text):
        add_extra(head.extra, "日期", cell.text)
    elif not UNFILLED.fullmatch(cell.text) and not NOISE.fullmatch(plain(cell.text)):
        head.strays.append(cell)
    return 1
