"""Sound forms damaged at random: merges gone, rows and cells moved, indicators glued. What is wrong must be marked."""

import openpyxl
import pytest

from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets import other_forms
from targets.tests.sheets.books import PLAN_HEAD, ROWS, one_sheet, project_lines, saved
from targets.tests.sheets.damage import ALL_MERGES, MERGES_OF_MOVED, MERGES_OF_ROWS, damaged, damaged_book
from targets.tests.sheets.exact import FOLDER, Count, compare, packed, shown_sheets, transcription
from targets.tests.sheets.files import as_text, as_xls, biff_sheet

SEEDS = range(24)
BOOKS = sorted(FOLDER.glob("*.xlsx"))
SHEETS = shown_sheets()
PRINTED = {form.get("title") or form["department_name"]: form for form in transcription()}
WRITERS = (
    one_sheet,
    lambda rows: as_text(rows, "\t"),
    lambda rows: as_text(rows, ",", "gb18030"),
    lambda rows: as_xls(("表", biff_sheet(rows))),
)


def read_damaged(seed, **how):
    total = Count(f"seed {seed}")
    for number, rows in enumerate(SHEETS):
        bad = damaged(rows, seed * 100 + number, **how)
        (form,) = read_workbook(WRITERS[(seed + number) % len(WRITERS)](bad), "a.xlsx", year=2023).forms
        printed = PRINTED[form.title if form.kind == "project" else form.record.department_name]
        total.add(compare(form, printed, [packed("".join(row)) for row in bad]))
    return total


def test_merges_removed_and_nothing_else():
    total = read_damaged(0, share=0.0, glued=0)
    assert total.differences == []


@pytest.mark.parametrize(("share", "glued"), [(0.25, 1), (0.6, 2)])
def test_damaged_forms_are_put_right_or_marked(share, glued):
    total = Count(f"{share:.0%} of the rows moved, {glued} pairs glued")
    for seed in SEEDS:
        count = read_damaged(seed, share=share, glued=glued)
        print(count)
        total.add(count)
    print(total, *total.differences[:40], sep="\n")
    assert total.rate >= 0.97
    assert total.silent <= total.cells * 0.01


WHOLE_ROWS = [
    ("成本指标", "经济成本指标", "补助费用", "=384.39万元"),
    ("成本指标", "经济成本指标", "承运人责任险", "=110万元"),
    ("产出指标", "数量指标", "乘车学生数", "≥1.5万人"),
    ("产出指标", "质量指标", "运营达标率", "≥95%"),
    ("满意度指标", "服务对象满意度指标", "家长满意度", "≥95%"),
]
HEAD = [[*line, *[""] * (17 - len(line))] for line in PLAN_HEAD]


@pytest.mark.parametrize(("share", "glued"), [(0.0, 0), (0.25, 1), (0.6, 2)])
def test_forms_of_an_invented_district(share, glued):
    total = Count(f"{share:.0%} of the rows moved, {glued} pairs glued")
    wanted = other_forms.printed()
    for seed in range(20):
        for number, rows in enumerate((other_forms.project_rows(), other_forms.plan_rows(HEAD))):
            bad = damaged(rows, seed * 100 + number, share=share, glued=glued)
            (form,) = read_workbook(WRITERS[(seed + number) % len(WRITERS)](bad), "a.xlsx").forms
            key = form.title if form.kind == "project" else form.record.department_name
            total.add(compare(form, wanted[key], [packed("".join(row)) for row in bad]))
    print(total, *total.differences[:60], sep="\n")
    assert total.rate >= (0.97 if share else 1)
    assert total.silent <= total.cells * 0.01


@pytest.mark.parametrize("lost", [ALL_MERGES, MERGES_OF_ROWS, MERGES_OF_MOVED])
def test_workbooks_that_have_lost_merges(lost):
    total = Count(f"merges lost: {lost}")
    for seed in range(3):
        for path in BOOKS:
            book = openpyxl.load_workbook(path)
            rows = damaged_book(book, seed, lost)
            for form in read_workbook(saved(book), path.name, year=2023).forms:
                printed = PRINTED[form.title if form.kind == "project" else form.record.department_name]
                total.add(compare(form, printed, [packed("".join(row)) for row in rows[form.sheet]]))
    print(total, *total.differences[:40], sep="\n")
    assert total.rate >= 0.97
    assert total.silent <= total.cells * (0.02 if lost == MERGES_OF_ROWS else 0.01)


@pytest.mark.parametrize(("row", "step"), [(8, 1), (8, 2), (9, 1), (9, 2), (9, -1)])
def test_one_row_moved_in_a_form_that_has_kept_its_other_merges(row, step):
    """The first row of two merged ones or the second; what its merge held is carried down, and told."""
    lines = project_lines()
    lines[row] = [""] * step + lines[row] if step > 0 else lines[row][-step:]
    (form,) = read_workbook(one_sheet(lines, merges=("A8:A13", "A4:A6", "B11:B12")), "a.xlsx").forms
    assert [(one.level1, one.level2, one.name, one.target) for one in form.record.rows] == WHOLE_ROWS
    assert any("错开" in one.message for one in form.problems)


def test_a_row_without_a_value_stays_as_it_is_in_a_form_that_has_kept_its_merges():
    rows = (*ROWS[:3], ("", "自定义类", "项目数", ""), *ROWS[4:])
    content = one_sheet(project_lines(rows=rows), merges=("A8:A13", "A4:A6", "B9:B10", "C9:C10", "B11:B12"))
    (form,) = read_workbook(content, "a.xlsx").forms
    read = form.record.rows[3]
    assert (read.level1, read.level2, read.name, read.target) == ("产出指标", "自定义类", "项目数", "")
