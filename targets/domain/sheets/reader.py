"""A workbook becomes records: found by the words on its sheets, never by sheet name, file name or position."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from targets.domain.sheets.cells import LONGEST_LABEL, Grid, label_key, split_label
from targets.domain.sheets.find import find_blocks
from targets.domain.sheets.flat_reader import read_list
from targets.domain.sheets.form import FormReading, gather_forms, read_form
from targets.domain.sheets.formats import Value
from targets.domain.sheets.guard import DEFAULT_LIMITS, Limits, inspect
from targets.domain.sheets.layouts import LAYOUTS
from targets.domain.sheets.opened import OpenedSheet, open_sheets
from targets.domain.sheets.own_list import read_own_list
from targets.domain.sheets.placed import at_origin, left_out
from targets.domain.sheets.problems import GUESS, REFUSED, WARNING, FileRefused, Problem, problem, quoted
from targets.domain.sheets.proof import Carried, carried_by, is_shown

__all__ = ["FileRefused", "FormReading", "Problem", "Reading", "read_workbook"]

FORM_WORDS = frozenset().union(*(words for layout in LAYOUTS for words in layout.must_have)) | {
    key for layout in LAYOUTS for key, name in layout.labels.items() if name == layout.names_form
}


@dataclass(frozen=True, slots=True)
class Reading:
    """All forms of a file in their order, and what is to be said of the file itself."""

    forms: tuple[FormReading, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    grid: Grid
    problems: tuple[Problem, ...]


def read_workbook(content: bytes, name: str, *, year: int | None = None, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Read every form of a file; `year` is the budget year that was chosen, else the titles must name it.

    Raises `FileRefused` with a sentence when the file is no readable workbook or holds no form.
    """
    package = inspect(content, name, limits)
    forms: list[FormReading] = []
    problems: list[Problem] = []
    hidden: list[str] = []
    own = carried_by(package.parts)
    for opened in open_sheets(package, name, _speaks_of_forms, limits):
        sheet = _read_sheet(opened)
        if (carried := own.get(opened.name)) and (form := _proven(carried, opened, sheet.grid, year)):
            forms.append(form)
            continue
        found = [at_origin(form, opened.origin) for form in _read_forms(sheet, year)]
        problems += left_out(opened.prose) if found else []
        if found and not opened.is_visible:
            hidden.append(opened.name)
            problems.append(
                problem(
                    opened.name,
                    "A1",
                    WARNING,
                    "工作表是隐藏的，里面的绩效目标表没有读入。如需导入，请取消隐藏后重新上传。",
                )
            )
            continue
        forms += found
    if not forms:
        raise FileRefused(_nothing_found(name, hidden))
    if package.has_external_links:
        problems.append(
            problem(forms[0].sheet, "A1", WARNING, "工作簿引用了其他文件，已按其中保存的数值读入，请核对。")
        )
    return Reading(_with_the_rest(forms), tuple(problems))


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
        return f"{quoted(name, 80)}中的绩效目标表都在隐藏的工作表里（{'、'.join(hidden)}）。请取消隐藏后重新上传。"
    return (
        f"{quoted(name, 80)}中没有找到绩效目标表。项目支出绩效目标表应有“项目名称”和“一级指标、二级指标、三级指标、指标值”，"
        "部门整体绩效目标表应有“部门职责、职责目标、绩效指标、年度指标值”等表头。请核对文件后重新上传。"
    )


def _read_sheet(opened: OpenedSheet) -> _Sheet:
    problems = _formulas(opened)
    return _Sheet(Grid(opened.name, opened.texts, opened.merges, opened.exact, opened.origin), problems)


def _speaks_of_forms(values: Sequence[Sequence[Value]]) -> bool:
    """Whether some text of a sheet is a word of a form."""
    return any(_speaks_of_a_form(value) for line in values for value in line if type(value) is str and value)


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
        row, column = _position(place)
        if row >= len(texts) or column >= len(texts[row]):
            continue
        shown = texts[row][column]
        named = quoted(formula) if formula else ""
        if shown and place not in sheet.errors:
            sentence = f"单元格是公式{named}，已按显示的{quoted(shown)}读入，请核对。"
        else:
            texts[row][column] = formula
            sentence = f"单元格是公式{named}，没有可用的结果，已按文字读入，请核对。"
        problems.append(problem(sheet.name, place, GUESS, sentence))
    sentence = "单元格显示为公式错误（如 #REF!），已按空白读入。请改写后重新上传。"
    errors = sorted(sheet.errors - sheet.formulas.keys())
    problems += [problem(sheet.name, place, WARNING, sentence) for place in errors]
    return tuple(problems)


def _position(place: str) -> tuple[int, int]:
    letters = place.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(place[len(letters) :]) - 1, column - 1


def _read_forms(sheet: _Sheet, year: int | None) -> list[FormReading]:
    grid = sheet.grid
    if not sheet.problems and (own := read_own_list(grid, year)):
        return own
    forms = gather_forms(grid, find_blocks(grid))
    found: list[FormReading] = []
    year_above: int | None = None
    for form in forms:
        if form.layout.is_list:
            found += read_list(grid, form, year=year, told=sheet.problems)
            continue
        found.append(read_form(grid, form, year=year, year_above=year_above, told=sheet.problems))
        printed = form.heads[0].year()
        year_above = printed[0] if printed else year_above
    return found


def _with_the_rest(forms: Sequence[FormReading]) -> tuple[FormReading, ...]:
    """Where a form is refused, say that the others are not touched by it."""
    good = sum(not form.refused for form in forms)
    if not good:
        return tuple(forms)
    rest = f"其余 {good} 张不受影响。"
    return tuple(replace(form, problems=tuple(_add(found, rest) for found in form.problems)) for form in forms)


def _add(found: Problem, sentence: str) -> Problem:
    return replace(found, message=found.message + sentence) if found.level == REFUSED else found
