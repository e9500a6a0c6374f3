"""审核意见反馈表: one line for each 修改意见, sent to a department and read back with what it says it did (修改情况).

Its five columns (序号, 项目, 问题, 修改建议, 修改情况) are the trade's (domain reference, 9c). A line is found again by its
编号, never by its place: people sort, insert and remove lines, and move columns.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from targets.domain.sheets.cells import Grid, address, label_key
from targets.domain.sheets.foot import begins_foot
from targets.domain.sheets.guard import DEFAULT_LIMITS, Limits, inspect
from targets.domain.sheets.number_format import Value
from targets.domain.sheets.opened import OpenedSheet, open_sheets
from targets.domain.sheets.problems import FileRefused, quoted

MOST_LINES = 2000
"""Lines with a 编号 or an answer that one file may have."""
QUESTION, ANSWER, TAG = "question", "answer", "tag"
HEADINGS = {
    TAG: "编号 意见编号".split(),
    ANSWER: "修改情况 整改情况 落实情况 修改落实情况 修改说明 答复 单位答复 反馈情况".split(),
    QUESTION: "问题 存在问题 存在的问题 问题描述 审核意见 修改意见".split(),
}
FIELDS = {word: field for field, words in HEADINGS.items() for word in words}
ANSWER_WORDS = frozenset(HEADINGS[ANSWER])
WRITTEN = re.compile(r"YJ(\d{1,15})-(\d{1,6})-([A-Z]{4})")
WRONG_CELL = "“修改情况”是公式或显示为错误，没有读入。请改成文字。"


# 编号 -----------------------------------------------------------------------------------------------------------------


class Tag(NamedTuple):
    """The remark of a line, how many replies it had when the line was printed, and letters that only this remark's form has."""

    remark: int
    replies: int
    check: str


def printed_tag(remark: int, replies: int, *, form: int, said_at: datetime) -> str:
    """`YJ12-1-KXQM`: begins with a letter, so that no program takes it for a number or a date."""
    return f"YJ{remark}-{replies}-{check_of(remark, replies, form=form, said_at=said_at)}"


def check_of(remark: int, replies: int, *, form: int, said_at: datetime) -> str:
    """Differs for another form, a number that was dragged down the column, and a remark of another district's system."""
    number = int.from_bytes(
        sha256(f"{remark}:{replies}:{form}:{said_at.astimezone(UTC).isoformat()}".encode()).digest()
    )
    letters = []
    for _ in range(4):
        number, rest = divmod(number, 26)
        letters.append(chr(65 + rest))
    return "".join(letters)


def read_tag(text: str) -> Tag | None:
    """None for what is no 编号 of ours."""
    folded = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    found = WRITTEN.fullmatch(folded)
    return Tag(int(found[1]), int(found[2]), found[3]) if found else None


# Reading --------------------------------------------------------------------------------------------------------------


class FeedbackLine(NamedTuple):
    """A line of a table that came back; `fault` says why its answer could not be read."""

    place: str
    tag: str
    question: str
    answer: str
    fault: str = ""


def read_feedback(content: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[FeedbackLine]:
    """The lines of every table of a file, found by the words of its heads. Raises FileRefused with a sentence."""
    search = _Search()
    count = 0
    for opened in _opened(content, name, limits):
        if not opened.is_visible:
            continue
        for line in search.lines(opened):
            count += 1
            if count > MOST_LINES:
                raise FileRefused(
                    f"{quoted(name, 80)}超过{MOST_LINES:,}行，不像一个部门的审核意见反馈表。请删除无关的行，或分几个文件上传。"
                )
            yield line
    if not count:
        raise FileRefused(f"{quoted(name, 80)}{search.nothing}请用系统下载的审核意见反馈表填写后上传。")


def _opened(content: bytes, name: str, limits: Limits) -> Iterator[OpenedSheet]:
    """What is no table at all is refused in the words of this page: what is looked for here is no form."""
    try:
        yield from open_sheets(inspect(content, name, limits), name, _speaks_of_answers, limits)
    except FileRefused as refusal:
        shown = quoted(name, 80)
        sentence = str(refusal).removeprefix(shown).replace("绩效目标表", "审核意见反馈表")
        raise FileRefused(f"{shown}{sentence}") from refusal


def _speaks_of_answers(values: Sequence[Sequence[Value]]) -> bool:
    return any(type(value) is str and label_key(value) in ANSWER_WORDS for line in values for value in line)


@dataclass(slots=True)
class _Search:
    nothing: str = "中没有找到审核意见反馈表：没有“修改情况”一栏。"

    def lines(self, opened: OpenedSheet) -> Iterator[FeedbackLine]:
        columns: dict[str, int] = {}
        grid = Grid(opened.name, opened.texts, opened.merges, opened.exact, opened.origin)
        for row in range(grid.height):
            if found := self._head(grid, row):
                columns = found
            elif columns and (line := _line(grid, row, columns)):
                place = address(row, columns[ANSWER])
                is_wrong = place in opened.errors or (place in opened.formulas and not line.answer)
                yield line._replace(answer="", fault=WRONG_CELL) if is_wrong else line

    def _head(self, grid: Grid, row: int) -> dict[str, int]:
        """Field → column, if the row is a head."""
        found: dict[str, int] = {}
        for cell in grid.rows[row]:
            if field := FIELDS.get(label_key(cell.text)):
                found.setdefault(field, cell.column)
        if ANSWER in found and TAG not in found and QUESTION in found:
            self.nothing = "的表头中没有“编号”一栏，认不出各行答复的是哪一条意见。"
        return found if {ANSWER, TAG} <= found.keys() else {}


def _line(grid: Grid, row: int, columns: dict[str, int]) -> FeedbackLine | None:
    """None for lines without a word of ours: empty ones, and those to sign."""
    said = {field: _text(grid, row, column) for field, column in columns.items()}
    cells = grid.rows[row]
    if not said[TAG] and (not said[ANSWER] or any(begins_foot(cell.text) for cell in cells[:1])):
        return None
    at = address(row, columns[ANSWER])
    spot = grid.origin.spot(at)
    place = f"{spot.sheet}!{spot.cell}" if spot else f"{grid.name}!{at}"
    return FeedbackLine(place, said[TAG], said.get(QUESTION, ""), said[ANSWER])


def _text(grid: Grid, row: int, column: int) -> str:
    """One answer that is merged down over several lines is the answer to each of them."""
    merge = grid.hangs_from(row, column)
    return grid.text(merge.top, merge.left) if merge else grid.text(row, column)
