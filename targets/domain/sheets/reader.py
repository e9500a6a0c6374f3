"""A workbook becomes records: found by the words on its sheets, never by sheet name, file name or position."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from targets.domain.checks.counted import Counted
from targets.domain.sheets.across import in_lines
from targets.domain.sheets.beside import apart
from targets.domain.sheets.cells import LONGEST_LABEL, Grid, address, label_key, position, split_label
from targets.domain.sheets.find import Block, find_blocks
from targets.domain.sheets.flat_reader import ListForms
from targets.domain.sheets.form import FormReading, gather_forms, read_form
from targets.domain.sheets.guard import DEFAULT_LIMITS, Limits, inspect
from targets.domain.sheets.layouts import LAYOUTS
from targets.domain.sheets.number_format import Value
from targets.domain.sheets.opened import OpenedSheet, open_sheets
from targets.domain.sheets.own_list import OwnList, read_own_list, take_off_apostrophes
from targets.domain.sheets.placed import at_origin, left_out, with_prose
from targets.domain.sheets.problems import (
    GUESS,
    REFUSED,
    WARNING,
    FileRefused,
    Problem,
    problem,
    quoted,
    told_by_form,
    told_sheet,
)
from targets.domain.sheets.proof import Carried, carried_by, is_shown
from targets.domain.sheets.remembered import remembered

__all__ = ["FileRefused", "FormReading", "Problem", "Reading", "read_workbook"]

FORM_WORDS = frozenset().union(*(words for layout in LAYOUTS for words in layout.must_have)) | {
    key for layout in LAYOUTS for key, name in layout.labels.items() if name == layout.names_form
}


@dataclass(frozen=True, slots=True)
class Reading:
    """All forms of a file in their order, and what is to be said of the file itself."""

    forms: tuple[FormReading, ...]
    problems: tuple[Problem, ...]


SIGN_ALONE = "="
"""What some programs write as a formula without content: it was a text."""
HIDDEN_TOLD = 5
Forms = Sequence[FormReading] | ListForms | OwnList
"""Forms of one place; those of a list are read when their turn comes."""


class Found(NamedTuple):
    """A form, its place among those of the file and how many are known to be there (0 in an archive: its members tell)."""

    place: int
    known: int
    form: FormReading
    counted: Counted | None = None
    """What the checks say of it, where they were asked."""
    size: int = 0
    """Bytes that came from the process that read it."""


def read_workbook(content: bytes, name: str, *, year: int | None = None, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Read every form of a file; `year` is the budget year that was chosen, else the titles must name it.

    Raises `FileRefused` with a sentence when the file is no readable workbook or holds no form.
    """
    forms: list[Found] = []
    problems: list[Problem] = []
    for found in read_one_by_one(content, name, year=year, limits=limits):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            forms.append(found)
    return Reading(tuple(found.form for found in sorted(forms, key=attrgetter("place"))), tuple(problems))


def read_one_by_one(
    content: bytes, name: str, *, year: int | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Found | Problem]:
    """The same, each form as soon as it is read; those that are refused come last, for they say how many are not.

    A `FileRefused` takes back everything that came before it.
    """
    package = inspect(content, name, limits)
    known = 0
    refused: list[Found] = []
    hidden: list[str] = []
    first_sheet = ""
    own = {told_sheet(sheet): carried for sheet, carried in carried_by(package.parts).items()}
    for opened in map(in_lines, open_sheets(package, name, _speaks_of_forms, limits)):
        forms = _read_sheet(opened, own, year)
        count = sum(map(len, forms))
        if count and not opened.is_visible:
            hidden.append(opened.name)
            sentence = "工作表是隐藏的，里面的绩效目标表没有读入。如需导入，请取消隐藏后重新上传。"
            yield problem(opened.name, "A1", WARNING, sentence)
            continue
        yield from left_out(opened.prose) if count > 1 else ()
        known += count
        for place, form in enumerate(chain.from_iterable(forms), known - count):
            first_sheet = first_sheet or form.sheet
            placed = at_origin(form, opened.origin)
            found = Found(place, known, with_prose(placed, opened.prose) if opened.prose and count == 1 else placed)
            if form.refused:
                refused.append(found)
            else:
                yield found
    if not known:
        raise FileRefused(_nothing_found(name, hidden))
    if package.has_external_links:
        yield problem(first_sheet, "A1", WARNING, "工作簿引用了其他文件，已按其中保存的数值读入，请核对。")
    good = known - len(refused)
    for one in refused:
        yield one._replace(known=known, form=_with_the_rest(one.form, good))


def _proven(carried: Carried, opened: OpenedSheet, grid: Grid, year: int | None) -> FormReading | None:
    """The form of a sheet that is still as we printed it."""
    record = carried.record
    if not opened.is_visible or year not in (None, record.year) or not record.title:
        return None
    if not is_shown(carried, grid, opened.merges):
        return None
    return FormReading(record, record.kind, record.title, grid.name, "A1", (), refused=False)


def _nothing_found(name: str, hidden: Sequence[str]) -> str:
    if hidden:
        some = "、".join(hidden[:HIDDEN_TOLD]) + (f"等{len(hidden)}个" if len(hidden) > HIDDEN_TOLD else "")
        return f"{quoted(name, 80)}中的绩效目标表都在隐藏的工作表里（{some}）。请取消隐藏后重新上传。"
    return (
        f"{quoted(name, 80)}中没有找到绩效目标表。项目支出绩效目标表应有“项目名称”和“一级指标、二级指标、三级指标、指标值”，"
        "部门整体绩效目标表应有“部门职责、职责目标、绩效指标、年度指标值”等表头。请核对文件后重新上传。"
    )


def _read_sheet(opened: OpenedSheet, own: Mapping[str, Carried], year: int | None) -> list[Forms]:
    problems = (*_formulas(opened), *_joined(opened))
    grid = Grid(opened.name, opened.texts, opened.merges, opened.exact, opened.origin)
    grid.hidden = opened.hidden
    grid.hidden_columns = sorted(column for column in opened.hidden_columns if column < grid.width)
    if (carried := own.get(opened.name)) and (form := _proven(carried, opened, grid, year)):
        return [[form]]
    return _read_forms(grid, problems, year)


def _speaks_of_forms(values: Sequence[Sequence[Value]]) -> bool:
    """Whether some text of a sheet is a word of a form."""
    return any(_speaks_of_a_form(value) for line in values for value in line if type(value) is str and value)


@remembered
def _speaks_of_a_form(text: str) -> bool:
    """Also a label with its value in one cell (部门名称：…) does."""
    if label_key(text) in FORM_WORDS:
        return True
    word, _ = split_label(text[:LONGEST_LABEL])
    return bool(word) and label_key(word) in FORM_WORDS


def _formulas(sheet: OpenedSheet) -> tuple[Problem, ...]:
    """`=100%` typed without an apostrophe is a formula for the spreadsheet: say what was made of it."""
    problems: list[Problem] = []
    texts = sheet.texts
    for place, formula in sheet.formulas.items():
        row, column = position(place)
        if row >= len(texts) or column >= len(texts[row]):
            continue
        shown = texts[row][column]
        named = quoted(formula) if formula else ""
        if shown and formula != SIGN_ALONE and place not in sheet.errors:
            sentence = f"单元格是公式{named}，已按显示的{quoted(shown)}读入，请核对。"
        else:
            texts[row][column] = formula
            sentence = f"单元格是公式{named}，没有可用的结果，已按文字读入，请核对。"
        problems.append(problem(sheet.name, place, GUESS, sentence))
    sentence = "单元格显示为公式错误（如 #REF!），已按空白读入。请改写后重新上传。"
    errors = sorted(sheet.errors - sheet.formulas.keys())
    problems += [problem(sheet.name, place, WARNING, sentence) for place in errors]
    return tuple(problems)


def _joined(sheet: OpenedSheet) -> Iterator[Problem]:
    """Lines of a text that were read as one row."""
    for row, (first, last) in sheet.joined.items():
        sentence = f"第{first + 1}至{last + 1}行是同一行（单元格里有换行），已合并读入，请核对。"
        yield problem(sheet.name, address(row, 0), GUESS, sentence)


def _read_forms(grid: Grid, problems: Sequence[Problem], year: int | None) -> list[Forms]:
    take_off_apostrophes(grid)
    if not problems and (own := read_own_list(grid, year)):
        return [own]
    blocks = find_blocks(grid)
    parts = apart(grid, blocks)
    if len(parts) > 1:
        return [form for part in parts for form in _read_blocks(part, find_blocks(part), _within(part, problems), year)]
    return _read_blocks(grid, blocks, problems, year)


def _within(grid: Grid, problems: Sequence[Problem]) -> list[Problem]:
    """Of what is known of a sheet, that which concerns a text of this part of it."""
    return [found for found in problems if grid.text(*position(found.cell))]


def _read_blocks(grid: Grid, blocks: Sequence[Block], problems: Sequence[Problem], year: int | None) -> list[Forms]:
    found: list[Forms] = []
    year_above: int | None = None
    forms = gather_forms(grid, blocks)
    for form, told in zip(forms, told_by_form([form.rows for form in forms], problems), strict=True):
        if form.layout.is_list:
            found.append(ListForms(grid, form, year=year, told=told))
            continue
        found.append([read_form(grid, form, year=year, year_above=year_above, told=told)])
        printed = form.heads[0].year()
        year_above = printed[0] if printed else year_above
    return found


def _with_the_rest(form: FormReading, good: int) -> FormReading:
    """Where a form is refused, say that the others are not touched by it."""
    if not good:
        return form
    return replace(form, problems=tuple(_add(found, f"其余 {good} 张不受影响。") for found in form.problems))


def _add(found: Problem, sentence: str) -> Problem:
    return replace(found, message=found.message + sentence) if found.level == REFUSED else found
