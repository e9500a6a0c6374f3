"""Texts that stand in no column and beside no label: kept together in a text of their own, so that nothing is dropped, and told."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import attrgetter

from targets.domain.sheets.cells import Cell, Grid
from targets.domain.sheets.header import Header
from targets.domain.sheets.problems import quoted

BESIDE = "表外文字"
"""The name under which they are kept."""
LONGEST_KEPT = 10_000
"""Characters of one such text: a cell of a workbook has room for three times as many."""
MOST_QUOTED = 5
WHERE = f"不属于任何栏目，已放在“其他栏目”的“{BESIDE}”中。如属某一栏目，请移过去。"
REMARK = re.compile(r"[，。；：！,;:!]|\d{7}")
"""Found in a text beside a table head that is a remark, no heading."""


def remarks_in_head(grid: Grid, header: Header, bottom: int) -> Iterator[Cell]:
    """What stands beside the headings of a table like one of them, over nothing."""
    remarks = {text: span for text, span in header.unknown.items() if REMARK.search(text)}
    for cell in chain.from_iterable(grid.rows[header.top : header.bottom + 1]) if remarks else ():
        first, last = remarks.get(cell.text, (-1, -1))
        rows = range(header.bottom + 1, bottom)
        if first == cell.column and not any(any(grid.texts[row][first : last + 1]) for row in rows):
            yield cell


def kept_strays(strays: Sequence[Cell], numbers: Mapping[int, int]) -> Iterator[tuple[str, str]]:
    """Name and text, line by line in the order of the sheet; `numbers` tells which row of the table stands in a row of the sheet."""
    lines = (
        (f"第{numbers[row]}行 " if row in numbers else "") + " ".join(cell.text for cell in cells)
        for row, cells in groupby(sorted(strays), key=attrgetter("row"))
    )
    yield from in_texts(lines)


def in_texts(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name and text, as many as it takes; what stands twice is kept once."""
    whole = ""
    for line in dict.fromkeys(lines):
        if whole and len(whole) + len(line) >= LONGEST_KEPT:
            yield BESIDE, whole
            whole = ""
        whole = f"{whole}\n{line}" if whole else line
    if whole:
        yield BESIDE, whole


def told_strays(grid: Grid, strays: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    """Address and sentence; lines of text alone are told together."""
    alone = [cell for cell in strays if grid.rows[cell.row] == [cell]]
    if len(alone) > 1:
        more = "等" if len(alone) > MOST_QUOTED else ""
        cells = "、".join(quoted(cell.text, 20) for cell in alone[:MOST_QUOTED]) + more
        yield alone[0].address, f"表前、表后的 {len(alone)} 行文字（{cells}）{WHERE}"
        strays = [cell for cell in strays if grid.rows[cell.row] != [cell]]
    for cell in strays:
        yield cell.address, f"{quoted(cell.text)}{WHERE}"
