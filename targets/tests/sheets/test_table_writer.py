"""A table written line by line, and text for spreadsheets: any cell comes back as it was, none is a formula."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.sheets import table_writer
from targets.domain.sheets.cells import HARMFUL
from targets.domain.sheets.flat_writer import COLUMNS, PRINTED, csv_chunks
from targets.domain.sheets.table_writer import (
    A3,
    AMOUNT,
    NUMBER,
    ROW_HEIGHT,
    CellTooLong,
    Printed,
    TableColumn,
    TooManyLines,
    write_table,
)
from targets.domain.sheets.text import as_typed, inert

HOSTILE = ("=100%", "=1+1", "=cmd|'/c calc'!A1", "+1", "-1+1", "@x", "\t=1", "\r=1", "＝1+1", "'=1", "''x", "'")
PEACEFUL = ("", "-", "--", "-100%", "-1,200.5", "≥95%", "2023年12月", "95%", "一\n二", "a,b", 'a"b', "'引号'")


def sheet_of(*lines: Iterable[Any], columns: tuple[TableColumn, ...] = (TableColumn("甲"),)) -> bytes:
    target = io.BytesIO()
    write_table(target, columns, [tuple(line) for line in lines], name="导出", printed=Printed())
    return target.getvalue()


def cells_of(content: bytes) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_csv_begins_like_a_formula(text: str) -> None:
    assert inert(text).startswith("'")
    assert as_typed(inert(text)) == text


@pytest.mark.parametrize("text", PEACEFUL)
def test_what_computes_nothing_stays_as_typed(text: str) -> None:
    assert (inert(text), as_typed(text)) == (text, text)


@pytest.mark.parametrize(
    ("text", "is_misread"),
    [
        *(
            (text, True)
            for text in ("00123", "370302230001", "1-2", "1/2", "2023-12-31", "1:2", "1.10", "95.5%", "1e5", "1E+10")
        ),
        *(
            (text, False)
            for text in ("202001", "0", "95", "95%", "95.50%", "0.5", "1-2人", "2023年12月", "2023-1号", "１２", "")
        ),
    ],
)
def test_what_a_spreadsheet_takes_for_another_number_has_a_tab_behind_it(text: str, is_misread: bool) -> None:
    """It would show and save 123, 3.70302E+11, 1月2日."""
    assert inert(text) == (f"{text}\t" if is_misread else text)
    assert as_typed(inert(text)) == text


@given(st.text())
def test_the_apostrophe_is_taken_off_again(text: str) -> None:
    assert as_typed(inert(text)) == text


@given(st.lists(st.text(), min_size=1))
def test_any_text_comes_back_from_csv(texts: list[str]) -> None:
    encodable = [text for text in texts if text.isprintable()]
    content = b"".join(csv_chunks((TableColumn("甲"), TableColumn("乙")), [(text, "x") for text in encodable]))
    _, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert [as_typed(first) for first, _ in lines] == encodable


@given(st.lists(st.text(), min_size=1))
def test_any_text_comes_back_from_a_workbook_and_none_is_a_formula(texts: list[str]) -> None:
    cells = [text for text in (HARMFUL.sub("", text) for text in texts) if text.isprintable() and text]
    content = sheet_of(*([text] for text in cells))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2) if row[0].value is not None] == cells
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


@pytest.mark.parametrize("text", [*HOSTILE, *PEACEFUL, "_x0041_", "<b>&amp;</b>", "  空格  ", "𠮷", "长" * 101])
def test_two_programs_read_the_same_text(text: str) -> None:
    content = sheet_of([text, "末"], columns=(TableColumn("甲"), TableColumn("乙")))
    by_calamine = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    shown = text.replace("\r", "\n")
    assert (by_calamine[1][0], cells_of(content)[1][0] or "") == (shown, shown)


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (2023, NUMBER, 2023),
        (Decimal("7280000.00"), AMOUNT, 7280000),
        (Decimal("0.08"), NUMBER, 0.08),
        (Decimal(-1), NUMBER, -1),
        (Decimal("0E-8"), NUMBER, 0),
        (Decimal("1E+3"), NUMBER, 1000),
        (Decimal("9999999999999999.99"), AMOUNT, "9999999999999999.99"),
        (None, AMOUNT, None),
    ],
)
def test_numbers_are_numbers_unless_a_spreadsheet_would_round_them(value: Any, kind: str, shown: Any) -> None:
    content = sheet_of(["x", value], columns=(TableColumn("甲"), TableColumn("乙", kind)))
    assert cells_of(content)[1] == ["x", shown]


def test_a_text_that_no_cell_holds_is_told_and_not_cut() -> None:
    assert len(cells_of(sheet_of(["长" * 32_767]))[1][0]) == 32_767
    with pytest.raises(CellTooLong, match="“甲”一栏有一格文字超过32767个字"):
        sheet_of(["长" * 32_768])
    with pytest.raises(CellTooLong):
        sheet_of(["𠮷" * 16_384])


def test_more_lines_than_a_sheet_has_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_writer, "MOST_ROWS", 3)
    assert len(cells_of(sheet_of(["1"], ["2"]))) == 3
    with pytest.raises(TooManyLines):
        sheet_of(["1"], ["2"], ["3"])


# On paper -------------------------------------------------------------------------------------------------------------


def test_a_table_stands_on_paper_with_its_head_and_its_names_on_every_page() -> None:
    target = io.BytesIO()
    columns = (TableColumn("年度", NUMBER, 6), TableColumn("代码"), TableColumn("名称"), TableColumn("目标", width=20))
    printed = Printed(paper=A3, pages=3, repeated=(1, 2))
    write_table(target, columns, [(2023, "1", "甲", "长" * 41), (2023, "2", "乙", "短")], name="导出", printed=printed)
    sheet = openpyxl.load_workbook(target).active
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$B:$C")
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (A3, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.page_setup.pageOrder) == (
        (3, 0, "overThenDown")
    )
    assert sheet.freeze_panes == "D2"
    assert {cell.alignment.wrap_text for cell in (sheet["D1"], sheet["D2"])} == {True}


@pytest.mark.parametrize(
    ("text", "lines"), [("短", 1), ("长" * 9, 1), ("长" * 41, 4), ("一\n二\n三", 3), ("a" * 18, 1)]
)
def test_a_row_is_as_high_as_its_longest_text(text: str, lines: int) -> None:
    content = sheet_of(["x", text], columns=(TableColumn("甲"), TableColumn("乙", width=20)))
    height = openpyxl.load_workbook(io.BytesIO(content)).active.row_dimensions[2].height or ROW_HEIGHT
    assert round(height / ROW_HEIGHT - 0.2) == lines


def test_the_list_of_indicators_takes_three_pages_side_by_side() -> None:
    """The form, its indicators, what these are compared with: however wide a digit is."""
    first, last = PRINTED.repeated or (0, 0)
    again = sum(column.width for column in COLUMNS[first : last + 1])
    headers = [column.header for column in COLUMNS]
    starts = [0, headers.index("行号"), headers.index("规划值"), len(COLUMNS)]
    widths = [sum(column.width for column in COLUMNS[start:end]) for start, end in pairwise(starts)]
    pages = [widths[0], *(again + width for width in widths[1:])]
    assert [column.header for column in COLUMNS[first : last + 1]] == ["项目代码", "名称"]
    assert (len(pages), max(pages) - min(pages) < 6) == (PRINTED.pages, True)
