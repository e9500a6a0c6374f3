"""Whether a cell beside a label of the head is its value, and how many cells that value takes."""

import re
from collections.abc import Sequence

from targets.domain.sheets.amounts import FACTORS, is_bare_amount, lacks_unit, unit_in
from targets.domain.sheets.cells import Cell, label_key, plain, split_label
from targets.domain.sheets.layout import DEPARTMENT, OF_THAT, Layout
from targets.domain.sheets.marks import has_marks
from targets.domain.sheets.remembered import remembered

NAMED_WITH_CODE = (DEPARTMENT, "unit")
CODE_ALONE = re.compile(r"[\[【〔(（［]?\s*[0-9A-Za-z]{2,20}\s*[\]】〕)）］]?")
BRACKETS = "[]【】〔〕()（）［］ "
YEAR_ALONE = re.compile(r"[(\[]?\s*(19|20)\d\d\s*年度?\s*[)\]]?")
_DATE = r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*日?|\s*月)?"
DATE = re.compile(_DATE)
PERIOD = re.compile(rf"{_DATE}|[-—–~至到]+")
"""What may follow the first day of a period in cells of its own: 至 and the last day."""
LONGEST_YEAR_LINE = 40
"""Longer text that mentions a year explains something; it does not name the year of the form."""

NAME = re.compile("[一-鿿（）()]{4,}")
MORE_THAN_A_YEAR = re.compile(r"[，。；！,;!]")
OF_TITLES = re.compile(r"预算|绩效|表$|年度?[)）\]]?$")


def whole_value(layout: Layout, cells: Sequence[Cell], at: int, name: str) -> tuple[Cell, int]:
    """A value and how many cells it takes.

    Choices with boxes, both ends of a period, an amount and its unit, or code and name of a department, each in its own cell.
    """
    value, end = cells[at], at + 1
    beside = cells[end] if end < len(cells) else None
    if beside and is_bare_amount(plain(value.text)) and plain(beside.text) in FACTORS:
        return value._replace(text=value.text + beside.text), 2
    if (
        beside
        and name in NAMED_WITH_CODE
        and CODE_ALONE.fullmatch(value.text)
        and layout.label_of(beside.text) is None
        and not is_year_alone(beside.text)
    ):
        return value._replace(text=f"[{value.text.strip(BRACKETS)}]{beside.text}"), 2
    if beside and DATE.fullmatch(plain(value.text)):
        while end < len(cells) and PERIOD.fullmatch(plain(cells[end].text)):
            value = value._replace(text=f"{value.text} {cells[end].text}")
            end += 1
    while end < len(cells) and has_marks(cells[end].text) and (has_marks(value.text) or len(value.text) <= 8):
        value = value._replace(text=f"{value.text} {cells[end].text}")
        end += 1
        if end < len(cells) and not has_marks(cells[end].text) and _is_choice(layout, cells, end):
            value = value._replace(text=f"{value.text} {cells[end].text}")
            end += 1
    return value, end - at


def _is_choice(layout: Layout, cells: Sequence[Cell], at: int) -> bool:
    """A word whose box stands in the cell after it."""
    return layout.label_of(cells[at].text) is None and at + 1 < len(cells) and has_marks(cells[at + 1].text)


def is_year_alone(text: str) -> bool:
    """It stands in the middle of its line, and is no value of the label before it."""
    return len(text) <= LONGEST_YEAR_LINE and YEAR_ALONE.fullmatch(plain(text)) is not None


def names_unit(label: str, text: str) -> bool:
    """单位：某局, where others write 单位：万元."""
    return label_key(label) == "单位" and NAME.fullmatch(text) is not None


def only_names_year(text: str) -> bool:
    """2024年部门预算: a line that names the year and else says nothing."""
    return OF_TITLES.search(text) is not None and not MORE_THAN_A_YEAR.search(text)


@remembered
def printed_label(text: str) -> str:
    """A label without the value in its cell; 其中：财政拨款 is one as a whole."""
    word = split_label(text)[0]
    return text if label_key(word) in ("", OF_THAT) else word


def with_unit(label: Cell, text: str, money_unit: str) -> str:
    """An amount beside a label of money gets the unit that its heading names: without it, it says nothing."""
    return text + (unit_in(label.text) or money_unit) if lacks_unit(printed_label(label.text), text) else text
