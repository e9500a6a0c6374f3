"""Our own flat list, as a workbook and as text, is read exactly as it was written; one that was changed, as any other list."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from targets.domain.record import PLAN, PROJECT, IndicatorRow, Record
from targets.domain.sheets.flat_writer import COLUMNS, HEADERS, FlatForm, csv_chunks, flat_lines, write_flat_workbook
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import saved
from targets.tests.sheets.test_round_trip import any_record

FORM = Record(
    PROJECT,
    2023,
    "校车",
    department_code="202",
    department_name="某局",
    unit="某校",
    total=Decimal("1234567.89"),
    rows=(
        IndicatorRow("k1", "产出指标", "数量指标", name="里程", target="≥5公里"),
        IndicatorRow("k2", "产出指标", "质量指标", name="=100%", target="甲", continues=("level1",)),
    ),
)


def as_workbook(records):
    target = io.BytesIO()
    write_flat_workbook(target, map(FlatForm, records))
    return target.getvalue()


def as_csv(records):
    return b"".join(csv_chunks(COLUMNS, flat_lines(map(FlatForm, records))))


def listed(record):
    """What a list can hold: no labelled texts beside the fields, but the keys of the rows."""
    return replace(record, extra={}, rows=tuple(row.with_cells(key=f"{at:012x}") for at, row in enumerate(record.rows)))


@pytest.mark.parametrize("write", [as_workbook, as_csv])
@settings(max_examples=60)
@given(st.lists(any_record().map(listed), min_size=1, max_size=3, unique_by=lambda record: record.title))
@example(
    [FORM, replace(FORM, kind=PLAN, title="2023年整体绩效目标表", total=None), replace(FORM, title="合计", rows=())]
)
def test_a_list_of_ours_is_read_exactly(write, records):
    assert [form.record for form in read_workbook(write(records), "明细.xlsx").forms] == records


def changed(**cells):
    """The workbook with other values in its first line."""
    book = openpyxl.load_workbook(io.BytesIO(as_workbook([FORM])))
    sheet = book.active
    places = {cell.value: cell.column for cell in sheet[1]}
    for name, value in cells.items():
        sheet.cell(2, places[HEADERS[name]]).value = value
    return saved(book)


def test_a_list_that_was_filled_in_further():
    (form,) = read_workbook(changed(target="≥6公里"), "明细.xlsx").forms
    assert form.record == replace(FORM, rows=(FORM.rows[0].with_cells(target="≥6公里"), FORM.rows[1]))


@pytest.mark.parametrize("codes", [["#,##0", "#,##0"], ["#,##0", "0.0,"]], ids=["one in the column", "two"])
@pytest.mark.parametrize("lines", [1, 300])
def test_an_amount_that_is_shown_rounded_is_read_whole(codes, lines):
    forms = [replace(FORM, title=f"校车{number}", rows=FORM.rows * lines) for number in range(2)]
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(forms)))
    (column,) = [cell.column for cell in book.active[1] if cell.value == HEADERS["total"]]
    for row in range(2, book.active.max_row + 1):
        book.active.cell(row, column).number_format = codes[row % 2]
    assert [form.record.total for form in read_workbook(saved(book), "明细.xlsx").forms] == [FORM.total] * 2


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"total": 12.5}, "同一项目的金额前后不一致"),
        ({"title": None}, "“里程”不属于任何栏目，已放在“其他栏目”的“表外文字”中"),
        ({"year": 2022}, "写的是2022年"),
    ],
)
def test_a_line_that_does_not_say_what_ours_say_is_read_like_those_of_other_programs(cells, told):
    forms = read_workbook(changed(**cells), "明细.xlsx", year=2023).forms
    assert any(told in one.message for form in forms for one in form.problems)


def test_columns_in_another_order_are_read_by_their_headings():
    rows = list(csv.reader(io.StringIO(as_csv([FORM]).decode("utf-8-sig"), newline="")))
    turned = io.StringIO(newline="")
    csv.writer(turned).writerows(row[::-1] for row in rows)
    (form,) = read_workbook(turned.getvalue().encode("gb18030"), "明细.csv").forms
    assert (form.record.title, form.record.total, [row.target for row in form.record.rows]) == (
        "校车",
        FORM.total,
        ["≥5公里", "甲"],
    )


def test_apostrophes_of_a_csv_file_are_no_text_when_it_was_saved_as_a_workbook():
    """Excel keeps them as letters of the cells."""
    form = replace(FORM, rows=(*FORM.rows, IndicatorRow("k3", "产出指标", "质量指标", name="到位率", target="=100%")))
    book = openpyxl.Workbook()
    for line in csv.reader(io.StringIO(as_csv([form]).decode("utf-8-sig"), newline="")):
        book.active.append(line)
    assert "'=100%" in [cell.value for cell in book.active[4]]
    assert [one.record for one in read_workbook(saved(book), "明细.xlsx").forms] == [form]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("370302202300012345678", []),
        ("3703022023000120", []),
        ("3.70302E+20", ["refused"]),
        ("3.70302202300012E+020", ["refused"]),
        ("370302202300012000000", ["guess"]),
    ],
)
def test_a_code_that_lost_its_digits_as_a_number_is_told(code, told):
    (form,) = read_workbook(as_workbook([replace(FORM, code=code, rows=FORM.rows[:1])]), "明细.xlsx").forms
    assert [one.level for one in form.problems] == told
    assert form.refused == (told == ["refused"])
