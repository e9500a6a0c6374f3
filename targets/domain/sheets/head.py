"""Read the labelled cells above a table (and below it): pairs of label and value, in any order and at any place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from targets.domain.sheets.amounts import unit_in
from targets.domain.sheets.cells import Cell, Grid, label_key, plain, split_label
from targets.domain.sheets.layout import HEADING, MONEY_UNIT, YEAR, Layout

YEAR_IN_TEXT = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:年(?!\s*\d{1,2}\s*月)|$)")
LONGEST_YEAR_LINE = 40
"""Longer text that mentions a year explains something; it does not name the year of the form."""
YEAR_ALONE = re.compile(r"[(\[]?\s*(19|20)\d\d\s*年度?\s*[)\]]?")
CHINESE_YEAR = re.compile("[一二][〇○零Oo0一二三四五六七八九]{3}(?=年)")
CHINESE_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
NOISE = re.compile(r"(附件|附表|表)\s*[\d一二三四五六七八九十\-.]*$|第\s*\d*\s*页.*|共\s*\d*\s*页|[-—\s\d/.]+$")
"""Numbers of annexes and pages say nothing about the form."""
UNFILLED = re.compile(r"[\s年月日/\-_—.．…（）()盖章签字]*")
LONGEST_UNKNOWN_LABEL = 25
OTHER_FORM = re.compile("(自评|评价|监控|审核|反馈|汇总).*表$")
"""Forms with the same headings that report on a target instead of setting it."""


@dataclass(slots=True)
class Head:
    """What stood above (or below) the table."""

    values: dict[str, Cell] = field(default_factory=dict)
    labels: dict[str, Cell] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    strays: list[Cell] = field(default_factory=list)
    years: list[tuple[int, Cell]] = field(default_factory=list)
    title: Cell | None = None
    other_form: Cell | None = None
    first: Cell | None = None
    money_unit: str = ""

    def text(self, name: str) -> str:
        return self.values[name].text if name in self.values else ""

    def year(self) -> tuple[int, Cell] | None:
        """The one year that is printed; the title's when other lines name others, none when that is not one either."""
        for places in ([pair for pair in self.years if pair[1] == self.title], self.years):
            if len({year for year, _ in places}) == 1:
                return places[0]
        return None


def years_in(text: str) -> set[int]:
    folded = plain(text)
    folded = CHINESE_YEAR.sub(lambda found: found[0].translate(CHINESE_DIGITS), folded)
    return {int(found) for found in YEAR_IN_TEXT.findall(folded.strip("()"))}


def add_extra(extra: dict[str, str], name: str, value: str) -> None:
    """Keep a labelled value that no field takes; a second one of the same name gets a number."""
    name = " ".join(name.replace("：", " ").replace(":", " ").split())
    if extra.get(name) == value:
        return
    free, number = name, 2
    while free in extra:
        free, number = f"{name}（{number}）", number + 1
    extra[free] = value


def read_head(grid: Grid, layout: Layout, top: int, bottom: int) -> Head:
    head = Head()
    for row in range(top, bottom):
        cells = grid.rows[row]
        if cells and head.first is None and not all(NOISE.fullmatch(plain(cell.text)) for cell in cells):
            head.first = cells[0]
        at = 0
        while at < len(cells):
            at += _read_pair(layout, head, cells, at)
    return head


def _read_pair(layout: Layout, head: Head, cells: list[Cell], at: int) -> int:
    """Take the label at `at` with its value, the next filled cell that is no label; return how many cells that was."""
    cell = cells[at]
    beside = cells[at + 1] if at + 1 < len(cells) else None
    label = layout.label_of(cell.text)
    value = beside if beside and _may_be_value(layout, beside.text, of=label[0] if label else "") else None
    if label is None:
        return _read_other(layout, head, cell, value)
    name, glued = label
    if name == HEADING:
        head.money_unit = unit_in(cell.text) or head.money_unit
        return 1
    head.labels.setdefault(name, cell)
    if glued:
        value = Cell(cell.row, cell.column, glued)
    if value:
        _keep(head, name, cell, value)
    return 1 if glued or not value else 2


def _may_be_value(layout: Layout, text: str, *, of: str) -> bool:
    """Not the next label, and not the year that stands in the middle of its line."""
    return layout.label_of(text) is None and (of == YEAR or not YEAR_ALONE.fullmatch(plain(text)))


def _keep(head: Head, name: str, label: Cell, value: Cell) -> None:
    if name == MONEY_UNIT:
        unit = unit_in(value.text)
        if unit and len(value.text) <= LONGEST_UNKNOWN_LABEL:
            head.money_unit = head.money_unit or unit
        else:
            add_extra(head.extra, label.text.split("：")[0].split(":")[0], value.text)
    elif name == YEAR:
        head.years += [(year, value) for year in years_in(value.text)]
    elif name not in head.values:
        head.values[name] = value
    elif head.values[name].text != value.text:
        head.strays.append(value)


def _read_other(layout: Layout, head: Head, cell: Cell, value: Cell | None) -> int:
    """A cell that is no label of the layout: a title, a year, a labelled cell of another form, or a remark."""
    key = label_key(cell.text)
    word, glued = split_label(cell.text)
    if layout.title_words.search(key):
        head.title = head.title or cell
        head.years += [(year, cell) for year in years_in(cell.text)]
        return 1
    if OTHER_FORM.search(key):
        head.other_form = cell
        return 1
    if word and len(word) <= LONGEST_UNKNOWN_LABEL:
        if not UNFILLED.fullmatch(glued):
            add_extra(head.extra, word, glued)
            return 1
        if glued or value is None:
            return 1
    if len(cell.text) <= LONGEST_YEAR_LINE and (years := years_in(cell.text)):
        head.years += [(year, cell) for year in years]
        return 1
    if NOISE.fullmatch(plain(cell.text)) or (not key and unit_in(cell.text)):
        return 1
    if value and len(cell.text) <= LONGEST_UNKNOWN_LABEL:
        if not UNFILLED.fullmatch(value.text):
            add_extra(head.extra, (word or cell.text).strip("：: "), value.text)
        return 2
    head.strays.append(cell)
    return 1


def read_foot(layout: Layout, rows: Iterable[list[Cell]]) -> Head:
    """Signatures, dates and remarks below the table. Only what somebody wrote is kept; empty lines to sign are not."""
    head = Head()
    bare = frozenset(label_key(caption.text) for caption in layout.signatures)
    for cells in rows:
        at = 0
        while at < len(cells):
            cell = cells[at]
            beside = cells[at + 1] if at + 1 < len(cells) else None
            word, glued = split_label(cell.text)
            if label_key(cell.text) in bare | FOOT_WORDS and not (word and glued):
                name = cell.text.rstrip("：: ")
                if beside and not _is_foot_label(beside.text):
                    if not UNFILLED.fullmatch(beside.text):
                        add_extra(head.extra, name, beside.text)
                    at += 1
            elif word:
                if not UNFILLED.fullmatch(glued):
                    add_extra(head.extra, word, glued)
            elif not UNFILLED.fullmatch(cell.text) and not NOISE.fullmatch(plain(cell.text)):
                head.strays.append(cell)
            at += 1
    return head


FOOT_WORDS = frozenset(
    "单位负责人 部门负责人 主要负责人 分管领导 分管负责人 财务负责人 负责人 填表人 填报人 制表人 编制人 经办人 审核人 复核人 联系人"
    " 联系电话 电话 填报日期 填表日期 日期 备注 注 说明 填表说明 主管部门审核意见 财政部门审核意见 审核意见 单位 盖章".split()
)


def _is_foot_label(text: str) -> bool:
    word, _ = split_label(text)
    return label_key(word or text) in FOOT_WORDS


def begins_foot(cell: Cell) -> bool:
    """Whether a row that starts with this cell is a line to sign or a remark below the table."""
    return _is_foot_label(cell.text)
