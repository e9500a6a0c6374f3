"""The problems of a file as a table to hand to whoever mends it: place, level, cause, sentence, cure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO

from targets.domain.sheets.problems import GUESS, REFUSED, WARNING, Problem
from targets.domain.sheets.table_writer import Printed, TableColumn, write_table

SHEET_NAME = "导入问题"
LEVELS = {REFUSED: "不能导入", GUESS: "请核对", WARNING: "提醒"}
ORDER = {level: number for number, level in enumerate(LEVELS)}
COLUMNS = (
    TableColumn("文件", width=22),
    TableColumn("工作表", width=16),
    TableColumn("单元格", width=8),
    TableColumn("级别", width=10),
    TableColumn("原因", width=32),
    TableColumn("问题", width=48),
    TableColumn("办法", width=36),
)
VARYING = re.compile(r"“[^”]*”|(?<=第)[\d、]+等?(?=行)")
"""A quoted value, or rows by their numbers."""
CURE = re.compile("(?<=[。，；])(?:请|需要|是不是)|(?<=。)如")
"""Where a sentence turns from what is wrong to what to do."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One problem, in the columns of the list."""

    file: str
    sheet: str
    cell: str
    level: str
    cause: str
    sentence: str
    cure: str

    @property
    def word(self) -> str:
        return LEVELS[self.level]


def place_of(problem: Problem) -> str:
    return f"{problem.sheet}!{problem.cell}" if problem.cell else problem.sheet


def without_place(problem: Problem) -> str:
    """The sentence alone, for lists that name the cell in a column of their own."""
    return problem.message.removeprefix(place_of(problem)).removeprefix("：")


def cause_of(sentence: str) -> str:
    """Problems that differ only in the quoted value, or in the rows that they name, have one cause."""
    return VARYING.sub(lambda found: "“…”" if found[0].startswith("“") else "…", sentence)


def listed(problems: Iterable[Problem], file: str) -> list[Listed]:
    """Grouped by cause, what keeps a form out first, then the most frequent; inside a cause as in the file.

    A sheet of an archive is called `file/sheet`: no sheet of a workbook has a slash in its name.
    """
    found = []
    for problem in problems:
        whole = without_place(problem)
        turn = CURE.search(whole)
        sentence, cure = (whole[: turn.start()], whole[turn.start() :]) if turn else (whole, "")
        member, _, sheet = problem.sheet.rpartition("/") if problem.cell else (problem.sheet or file, "", "")
        if turn and sentence.endswith(("，", "；")):
            sentence = f"{sentence[:-1]}。"
        found.append(Listed(member or file, sheet, problem.cell, problem.level, cause_of(sentence), sentence, cure))
    often = Counter((one.level, one.cause) for one in found)
    return sorted(found, key=lambda one: (ORDER[one.level], -often[one.level, one.cause], one.cause))


def write_problem_list(target: IO[bytes], problems: Sequence[Listed]) -> int:
    lines = ((one.file, one.sheet, one.cell, one.word, one.cause, one.sentence, one.cure) for one in problems)
    return write_table(target, COLUMNS, lines, name=SHEET_NAME, printed=Printed())
