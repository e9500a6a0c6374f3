"""Damage as it is met in practice, done to sound forms at random: the same seed always does the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from openpyxl import Workbook

from targets.domain.sheets.cells import label_key

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Where the rows of a table stand: first and last row (excluded), first and last column (excluded)."""

    top: int
    bottom: int
    left: int
    right: int


def find_table(rows: Rows) -> Table:
    """Below the last row of the head, above the signatures."""
    heads = [at for at, row in enumerate(rows) if {label_key(text) for text in row} & {"指标值", "年度指标值"}]
    top = heads[0] + 1
    while {label_key(text) for text in rows[top]} & {"规划值", "标准值"}:
        top += 1
    left = 1 if any(label_key(text) == "一级指标" for text in rows[heads[0]]) else 0
    bottom = next(at for at in range(top, len(rows)) if any("单位负责人" in text for text in rows[at]))
    return Table(top, bottom, left, max(map(len, rows)))


def damaged(rows: Rows, seed: int, *, share: float = 0.25, glued: int = 1) -> Rows:
    """Rows moved one or two columns, cells moved from somewhere on, neighbouring indicators glued into one row."""
    random = Random(seed)  # noqa: S311 - damage need not be secret
    rows = [list(row) for row in rows]
    table = find_table(rows)
    for row in range(table.top, table.bottom):
        if random.random() < share:
            change = random.choice((_moved, _moved, _slipped))
            rows[row] = change(rows[row], table, random)
    for _ in range(glued):
        fitting = [row for row in range(table.top, find_table(rows).bottom - 1) if _may_be_glued(rows, row, table)]
        if not fitting:
            break
        row = random.choice(fitting)
        rows[row : row + 2] = [_glued(rows[row], rows[row + 1], random.choice(("\n", " ")))]
    return rows


def _moved(row: list[str], table: Table, random: Random) -> list[str]:
    """The whole row one or two columns to the left (as far as it begins with blanks) or to the right."""
    blanks = next((at for at, text in enumerate(row) if text), 0)
    steps = [step for step in (-2, -1, 1, 2) if step > 0 or -step <= blanks]
    step = random.choice(steps)
    return row[-step:] if step < 0 else [""] * step + row


def _slipped(row: list[str], table: Table, random: Random) -> list[str]:
    """A blank too many, or one that was lost, somewhere in the row."""
    at = random.randrange(table.left, len(row))
    blanks = [place for place in range(at, len(row)) if not row[place] and any(row[place:])]
    if blanks and random.random() < 0.5:
        return row[: blanks[0]] + row[blanks[0] + 1 :]
    return [*row[:at], "", *row[at:]]


def _may_be_glued(rows: Rows, row: int, table: Table) -> bool:
    """The second row begins where its merged cells are blank, and both fill the same columns of their own."""
    first, second = rows[row], rows[row + 1]
    shared = next((at for at, text in enumerate(second) if text), 0)
    same = [bool(text) for text in first[shared:]] == [bool(text) for text in second[shared:]]
    return (
        shared > table.left
        and len(first) == len(second)
        and same
        and all(first[at] for at in range(shared, shared + 2))
        and not any(" " in text or "\n" in text for text in (*first, *second))
    )


def _glued(first: Sequence[str], second: Sequence[str], mark: str) -> list[str]:
    return [one + mark + other if one and other else one or other for one, other in zip(first, second, strict=True)]


ALL_MERGES, MERGES_OF_ROWS, MERGES_OF_MOVED = "all", "rows", "moved"


def damaged_book(book: Workbook, seed: int, lost: str, *, share: float = 0.25) -> dict[str, Rows]:
    """The workbook itself with rows moved one or two columns and merges lost; what each of its sheets holds then."""
    left: dict[str, Rows] = {}
    for number, sheet in enumerate(book):
        random = Random(seed * 10 + number)  # noqa: S311 - damage need not be secret
        rows = [["" if cell.value is None else str(cell.value) for cell in line] for line in sheet.iter_rows()]
        table = find_table(rows)
        picked = [row for row in range(table.top, table.bottom) if random.random() < share]
        for merge in list(sheet.merged_cells.ranges):
            in_rows = merge.max_row > table.top and merge.min_row <= table.bottom and merge.min_col > table.left
            on_moved = any(merge.min_row <= row + 1 <= merge.max_row for row in picked)
            if lost == ALL_MERGES or (in_rows and (lost == MERGES_OF_ROWS or on_moved)):
                sheet.unmerge_cells(str(merge))
        for row in picked:
            for column in range(table.left, table.right):
                sheet.cell(row + 1, column + 1).value = None
            moved = _moved(rows[row][table.left :], Table(0, 0, 0, 0), random)
            for column, text in enumerate(moved, start=table.left + 1):
                if text:
                    sheet.cell(row + 1, column).value = text
                    sheet.cell(row + 1, column).data_type = "s"
        left[sheet.title] = [
            ["" if cell.value is None else str(cell.value) for cell in line] for line in sheet.iter_rows()
        ]
    return left
