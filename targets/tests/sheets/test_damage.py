"""Sound forms damaged at random: merges gone, rows and cells moved, indicators glued. What is wrong must be marked."""

import openpyxl
import pytest

from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets import other_forms
from targets.tests.sheets.books import PLAN_HEAD, one_sheet, saved
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
