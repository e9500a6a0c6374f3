"""What stood above (or below) a table: values by field, labelled texts that no field takes, titles and years."""

import re
from collections.abc import Container

from msgspec import Struct

from targets.domain.sheets.amounts import is_amount
from targets.domain.sheets.cells import Cell, plain, split_label
from targets.domain.sheets.layout import OVERALL_GOAL
from targets.domain.sheets.remembered import remembered
from targets.domain.sheets.signing import FOOT_WORDS, foot_key

YEAR_IN_TEXT = re.compile(r"(?<![\d.])((?:19|20)\d\d)\s*(?:年(?!\s*\d{1,2}\s*月)|$)")
CHINESE_YEAR = re.compile("[一二][〇○零Oo0一二三四五六七八九]{3}(?=年)")
CHINESE_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
PAGE_NUMBER = re.compile(
    r"第\s*\d*\s*页([\s,，/]*共\s*\d*\s*页)?|共\s*\d*\s*页([\s,，/]*第\s*\d*\s*页)?|[-—–]+\s*\d+\s*[-—–]+"
    r"|\d+\s*/\s*\d+\s*页?|(?i:page)\s*\d+(\s*(of|/)\s*\d+)?"
)
NOISE = re.compile(
    r"(预算)?\d+(-\d+)*\s*表|(预算)?公开表\s*\d+|(附件|附表|表)\s*[\d一二三四五六七八九十\-.]*$|[-—\s\d/.]+$|"
    + PAGE_NUMBER.pattern
)
"""Numbers of annexes and pages say nothing about the form."""
ANNEX = re.compile(r"(附件|附表)[\d一二三四五六七八九十\-.]*")
"""What may stand before a title in its own cell: 附表：某某表."""
UNFILLED = re.compile(r"[\s年月日/\-_—.．…（）()盖章签字]*")
OTHER_FORM = re.compile("(自评|评价|监控|审核|反馈|汇总).*表$")
"""Forms with the same headings that report on a target instead of setting it."""
COUNTED_GOAL = re.compile(r"目标\s*(?:\d{1,2}|[一二三四五六七八九十])\s*[：:]?")
LONGEST_UNKNOWN_LABEL = 25
SHORTEST_REPEATED = 4
ANY_SPACE = re.compile("[ \t　\n]")
SEVERAL_SPACES = re.compile(r"[ \t]{2,}|　+|\n")


class Head(Struct):
    """What stood above (or below) the table."""

    values: dict[str, Cell] = {}
    labels: dict[str, Cell] = {}
    extra: dict[str, str] = {}
    strays: list[Cell] = []
    guesses: list[tuple[Cell, str]] = []
    """Values that were read by a rule that may be wrong, and what to say of them."""
    years: list[tuple[int, Cell]] = []
    stated: list[tuple[int, Cell]] = []
    """Of these, the ones beside 预算年度."""
    dated: list[tuple[str, Cell, Cell]] = []
    """Field, label and value where the label names a year: the form's own if that is its year."""
    title: Cell | None = None
    other_form: Cell | None = None
    first: Cell | None = None
    money_unit: str = ""
    long_is_right: bool | None = None
    """Where labels of the longer term and of the year stand side by side: which of them is the right one."""

    def text(self, name: str) -> str:
        return self.values[name].text if name in self.values else ""

    def year(self) -> tuple[int, Cell] | None:
        """The one year that is printed; the title's or else the one beside 预算年度 when other lines name others."""
        for places in ([pair for pair in self.years if pair[1] == self.title], self.stated, self.years):
            if len({year for year, _ in places}) == 1:
                return places[0]
        return None

    def state_year(self, value: Cell) -> None:
        stated = [(year, value) for year in years_in(value.text)]
        self.years += stated
        self.stated += stated

    def settle_goals(self) -> None:
        """A goal that is not said to be the year's is the year's if the form has no other."""
        overall = self.values.pop(OVERALL_GOAL, None)
        if overall is None:
            return
        label = self.labels[OVERALL_GOAL]
        if "goal" in self.values:
            add_extra(self.extra, label.text.strip("：: "), overall.text)
        else:
            self.values["goal"] = overall
            self.labels["goal"] = label


@remembered
def is_page_number(text: str) -> bool:
    return PAGE_NUMBER.fullmatch(plain(text)) is not None


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


def without_repeats(cells: list[Cell]) -> list[Cell]:
    """A text that stands in every cell of what once was merged counts once; short texts and amounts may well be equal."""
    if len({cell.text for cell in cells}) == len(cells):
        return cells
    return [
        cell
        for at, cell in enumerate(cells)
        if not at or len(cell.text) < SHORTEST_REPEATED or cell.text != cells[at - 1].text or is_amount(cell.text)
    ]


def parted(cells: list[Cell], labels: Container[str]) -> list[Cell]:
    """`填报单位：某局　　单位：万元` in one cell, as it stands above and below many forms, is two labels with their values."""
    for cell in cells:
        if _may_be_parted(cell.text):
            cells = _with_counted_goals(cells)
            return [Cell(cell.row, cell.column, text) for cell in cells for text in _labelled(cell.text, labels)]
    return cells


@remembered
def _may_be_parted(text: str) -> bool:
    return _may_be_several(text) or COUNTED_GOAL.fullmatch(text) is not None


def _with_counted_goals(cells: list[Cell]) -> list[Cell]:
    """目标1 in a cell of its own is the number of the text beside it, no text itself."""
    for at, cell in enumerate(cells[:-1]):
        if COUNTED_GOAL.fullmatch(cell.text):
            text = f"{cell.text.rstrip('：: ')}：{cells[at + 1].text}"
            return [*cells[:at], cell._replace(text=text), *cells[at + 2 :]]
    return cells


@remembered
def _may_be_several(text: str) -> bool:
    return text.count("：") + text.count(":") > 1 and ANY_SPACE.search(text) is not None


def _labelled(text: str, labels: Container[str]) -> list[str]:
    if not _may_be_several(text):
        return [text]
    parts = [part.strip() for part in SEVERAL_SPACES.split(text) if part.strip()]
    keys = [foot_key(split_label(part)[0]) for part in parts]
    known = [key in labels or key in FOOT_WORDS for key in keys]
    in_one_line = "\n" not in text and all(len(part) <= LONGEST_UNKNOWN_LABEL * 2 for part in parts)
    return parts if all(keys) and (all(known) or (any(known) and in_one_line)) else [text]
