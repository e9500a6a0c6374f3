"""The longer term and the year beside it: two halves of one table that share their first level (财预〔2015〕88号)."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from targets.domain.sheets.cells import Grid, label_key
from targets.domain.sheets.header import SHARED, Header
from targets.domain.sheets.project_adjusted import AFTER, BEFORE

LONG_TERM = re.compile(f"长期|中期|实施期|总目标|项目期|{'|'.join(BEFORE)}")
LONG_SIDE, YEAR_SIDE, SIDE_BEFORE = "中期绩效指标", "年度绩效指标", "调整前绩效指标"
NOT_SAID = "表头有两组“三级指标、指标值”，没有写明哪一组是中期、哪一组是年度，已按左边是中期、右边是年度读入，请核对。"


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two: the label that stands for its term, and its own columns."""

    side: str
    header: Header


@lru_cache(maxsize=256)
def is_long(label: str) -> bool:
    return LONG_TERM.search(label_key(label)) is not None


def is_term(key: str) -> bool:
    """A heading that names a term: 中期（2024—2026年）, 年度."""
    return LONG_TERM.match(key) is not None or key.startswith(("年度", "本年", "当年", *AFTER))


def halves(header: Header, twin: Header, *, long_is_right: bool | None) -> tuple[tuple[Half, Half], bool]:
    """The longer term first; and whether something says so. `long_is_right` is what the head of the form says."""
    said = [any(LONG_TERM.search(word) for word in part.over) for part in (header, twin)]
    if said[0] != said[1]:
        long_is_right = said[1]
    left, right = (header, twin) if not long_is_right else (twin, header)
    is_before = any(word in key for key in left.over for word in BEFORE)
    side = SIDE_BEFORE if is_before else LONG_SIDE
    return (Half(side, left), Half(YEAR_SIDE, right)), long_is_right is not None


def half_grid(grid: Grid, header: Header, rows: Sequence[int]) -> tuple[Grid, list[tuple[int, str]]]:
    """The sheet with nothing but the columns of one half, and what moved in it: row and text.

    A level 1 beside which this half is blank belongs to the next row that is not, as if it were merged down to it.
    """
    columns = {
        column
        for first, last in (*header.fields.values(), *header.unknown.values())
        for column in range(first, last + 1)
    }
    first, last = header.fields.get(SHARED, (-1, -1))
    texts = [[text if column in columns else "" for column, text in enumerate(line)] for line in grid.texts]
    moved: list[tuple[int, str]] = []
    waiting = ""
    for row in rows:
        line = texts[row]
        level = (
            next((line[at] for at in range(first, last + 1) if at < len(line) and line[at]), "") if first >= 0 else ""
        )
        if not _holds_more(line, range(first, last + 1)):
            waiting = level or waiting
            continue
        if waiting and not level and grid.hangs_from(row, first) is None:
            line[first] = waiting
            moved.append((row, waiting))
        waiting = ""
    merges = [merge for (_, left), merge in grid.merge_from.items() if left in columns]
    return Grid(grid.name, texts, merges, grid.exact, grid.origin), moved


def _holds_more(line: Sequence[str], shared: Collection[int]) -> bool:
    return any(text for column, text in enumerate(line) if column not in shared)
