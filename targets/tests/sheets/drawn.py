"""A form drawn as text: cells between bars, `<` merged with the cell to the left, `^` with the one above."""

from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import one_sheet

KEPT_BESIDE = "不属于任何栏目，已放在“其他栏目”的“表外文字”中。如属某一栏目，请移过去。"


def lines(picture: str) -> list[list[str]]:
    rows = [[cell.strip() for cell in line.split("|")] for line in picture.strip().split("\n")]
    return [[cell.replace("\\n", "\n") for cell in row] for row in rows]


def drawn(picture: str) -> tuple[list[list[str]], list[str]]:
    """The texts, and the merged ranges as `A1:B2`."""
    owners: dict[tuple[int, int], tuple[int, int]] = {}
    ends: dict[tuple[int, int], tuple[int, int]] = {}
    rows = lines(picture)
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            owner = (
                owners[row, column - 1] if text == "<" else owners[row - 1, column] if text == "^" else (row, column)
            )
            owners[row, column] = owner
            ends[owner] = row, column
    texts = [["" if text in ("<", "^") else text for text in cells] for cells in rows]
    return texts, [f"{_name(*owner)}:{_name(*end)}" for owner, end in ends.items() if owner != end]


def _name(row: int, column: int) -> str:
    return f"{chr(65 + column)}{row + 1}"


def read_drawn(picture: str, **options):
    """The forms of a workbook with this sheet."""
    texts, merges = drawn(picture)
    return read_workbook(one_sheet(texts, merges=merges), "表.xlsx", **options).forms


def cells(form, *names):
    return [tuple(getattr(row, name) for name in names) for row in form.record.rows]


def told(form):
    """Cell and sentence of each remark."""
    return [(found.cell, found.message.split("：", 1)[1]) for found in form.problems]
