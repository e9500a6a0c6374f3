"""Headings in the head of a form that tell years, or before and after an adjustment, apart: which of them is the form's own."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from targets.domain.sheets.amounts import NONE, is_amount, names_money
from targets.domain.sheets.amounts_below import SUMS
from targets.domain.sheets.below import CELLS_OF_A_REPORT, GOALS, heads_report
from targets.domain.sheets.cells import Cell, label_key, split_label
from targets.domain.sheets.head import Head
from targets.domain.sheets.layout import BUDGETED, EXTRA, REPORTED, Labelled
from targets.domain.sheets.project_adjusted import AFTER, BEFORE
from targets.domain.sheets.remembered import remembered

BEGIN = ("20", *AFTER, *BEFORE, "上年", "本年", "当年")
"""What such a heading begins with."""
OF_A_YEAR = re.compile("(20[0-9]{2}|上|本|当)年?度?(?:预算|计划|安排|申请|投入|执行|实际|决算|支出|资金)*[数额]?")
A_YEAR = re.compile("20[0-9]{2}(?=[年度—~至到-])")
OWN_YEAR = ("本", "当")
FEWEST = 2
PAIRS = frozenset(zip(BEFORE, AFTER, strict=True))
OF_NO_COLUMN = "金额按年度分列，没有一列写明是这张表的年度，没有读为金额，原文放在“其他栏目”中。请核对后填写金额。"

Labels = list[Labelled | None]


def meant_here(cells: list[Cell], labels: Labels, below: Sequence[Cell], head: Head) -> tuple[list[Cell], Labels]:
    """The cells of a row and what each of them means there; of most rows what it means elsewhere."""
    if len(cells) == CELLS_OF_A_REPORT and heads_report(cells, labels, below):
        return cells, [*labels[:-1], Labelled(EXTRA, "")]
    if len(cells) < FEWEST or sum([_begins(cell.text) for cell in cells]) < FEWEST:
        return cells, labels
    at = next((at for at, pair in enumerate(pairwise(map(_key, cells))) if pair in PAIRS), -1)
    if at >= 0:
        return _before_and_after(cells, labels, below, at)
    return cells, _of_years(cells, labels, head) if _is_row_of_money(below) else labels


@remembered
def _begins(text: str) -> bool:
    return text.startswith(BEGIN)


def heads_money(heading: str) -> bool:
    """Whether the numbers below a heading are money, and no scores or rates."""
    key = label_key(heading)
    return names_money(heading) or key in (*SUMS, *BEFORE) or OF_A_YEAR.fullmatch(key) is not None


@remembered
def years_of(label: str) -> frozenset[str]:
    """The years that a label begins with: 2024年预算数, 2024-2026年绩效目标."""
    is_dated = label.startswith("20")
    return frozenset(A_YEAR.findall(label_key(split_label(label)[0] or label)) if is_dated else ())


def settled_by_year(head: Head) -> Iterator[tuple[str, Cell, Cell]]:
    """The texts beside labels that name a year; without a field where that is another than the form's."""
    if not head.dated:
        return
    said = set[str]().union(*(years_of(label.text) for _, label, _ in head.dated))
    if head.year() is None and len(said) == 1:
        head.years += [(int(*said), head.dated[0][1])]
    own = head.year()
    for name, label, value in head.dated:
        yield name if own and years_of(label.text) == {str(own[0])} else "", label, value


def _key(cell: Cell) -> str:
    return label_key(cell.text)


def _before_and_after(cells: list[Cell], labels: Labels, below: Sequence[Cell], at: int) -> tuple[list[Cell], Labels]:
    """调整前 | 调整后 over goals or amounts, each named with the label that stands first in the row unless others stand below."""
    amounts = [cell for cell in below if is_amount(cell.text)]
    if at and labels[0] and labels[0].field in GOALS:
        meant = EXTRA, "goal"
    elif amounts:
        meant = (EXTRA, "total") if len(below) == len(amounts) else (REPORTED, BUDGETED)
    else:
        return cells, labels
    whole = cells[0].text.strip("：: ") if at and BUDGETED not in meant else ""
    named = [cell._replace(text=f"{whole} {cell.text}".strip()) for cell in cells[at : at + 2]]
    known = [Labelled(name, "", is_dressed=True) for name in meant]
    return [*cells[:at], *named, *cells[at + 2 :]], [*labels[:at], *known, *labels[at + 2 :]]


def _of_years(cells: Sequence[Cell], labels: Labels, head: Head) -> Labels:
    """2023年 | 2024年 | 合计 over rows of money: those of the form's year are its own, the others are told beside them."""
    years = [OF_A_YEAR.fullmatch(_key(cell)) for cell in cells]
    dated = [cell for cell, found in zip(cells, years, strict=True) if found]
    if len(dated) < FEWEST:
        return labels
    own = head.year()
    names = (*OWN_YEAR, str(own[0]) if own else "")
    fields = [found and (BUDGETED if found[1] in names else REPORTED) for found in years]
    if BUDGETED not in fields:
        head.guesses.append((dated[0], OF_NO_COLUMN))
    return [
        Labelled(name or REPORTED, "", is_dressed=True) if name or _key(cell) in SUMS else label
        for cell, label, name in zip(cells, labels, fields, strict=True)
    ]


def _is_row_of_money(cells: Sequence[Cell]) -> bool:
    """资金总额 | 500 | 860: a label of money and nothing but amounts after it."""
    words = [cell for cell in cells if not (is_amount(cell.text) or cell.text in NONE)]
    return 0 < len(words) <= len(cells) - FEWEST and words == [*cells[: len(words)]] and names_money(words[-1].text)
