"""The workbooks of fixtures/2023 hold exactly what the JSON beside them says, cell by cell."""

import io
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from targets.domain.record import ROW_TEXTS
from targets.domain.sheets.reader import read_workbook
from targets.domain.sheets.writer import write_official

FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "2023"
BOOKS = sorted(FOLDER.glob("*.xlsx"))
PROJECT_TEXTS = ("level1", "level2", "name", "target")


def read(path):
    return read_workbook(path.read_bytes(), path.name)


def source(name):
    return json.loads((FOLDER / "source" / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def records():
    forms = [form for path in BOOKS for form in read(path).forms]
    assert all(form.problems == () for form in forms)
    return [form.record for form in forms]


def test_projects_are_the_transcription(records):
    found = [record.as_json() for record in records if record.kind == "project"]
    head = ("kind", "year", "title", "department_code", "department_name", "unit", "total", "fiscal", "other", "goal")
    for form, printed in zip(found, source("2023-projects.json"), strict=True):
        assert {name: form[name] for name in head} == {name: printed[name] for name in head}
        assert [[row[name] for name in PROJECT_TEXTS] for row in form["rows"]] == [
            [row[name] for name in PROJECT_TEXTS] for row in printed["rows"]
        ]
        assert (form["code"], form["extra"]) == ("", {})


def test_plans_are_the_transcription(records):
    printed = {form["department_name"]: form for form in source("2023-departments.json")}
    found = {record.department_name: record.as_json() for record in records if record.kind == "plan"}
    assert found.keys() == printed.keys()
    for name, form in found.items():
        assert (form["year"], form["title"], form["unit"]) == (2023, "2023年整体绩效目标表", "")
        assert form["department_code"] == printed[name]["department_code"]
        assert [{text: row[text] for text in ROW_TEXTS if row[text]} for row in form["rows"]] == [
            {text: value for text, value in row.items() if value} for row in printed[name]["rows"]
        ]


def test_sums(records):
    projects = [record for record in records if record.kind == "project"]
    plans = [record for record in records if record.kind == "plan"]
    assert (len(projects), sum(len(record.rows) for record in projects)) == (8, 71)
    assert sum(record.total for record in projects) == Decimal("78996700.00")
    assert (len(plans), sum(len(record.rows) for record in plans)) == (4, 115)


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_export_of_what_was_imported_gives_the_same_cells_and_merges(path):
    again = write_official([form.record for form in read(path).forms])
    assert contents(again) == contents(path.read_bytes())


def contents(content):
    return [
        (
            sheet.title,
            [[(cell.value, cell.number_format) for cell in line] for line in sheet.iter_rows()],
            sorted(map(str, sheet.merged_cells.ranges)),
        )
        for sheet in openpyxl.load_workbook(io.BytesIO(content))
    ]


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_no_cell_is_a_formula(path):
    book = openpyxl.load_workbook(path)
    assert {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert b"<f>" not in path.read_bytes()


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_official_look(path):
    for sheet in openpyxl.load_workbook(path):
        is_plan = "整体" in path.name
        setup = sheet.page_setup
        assert (setup.orientation, int(setup.paperSize), setup.fitToHeight) == ("landscape", 8 if is_plan else 9, 0)
        assert sheet.print_title_rows == ("$2:$6" if is_plan else "$9:$9")
        assert "&P" in sheet.oddFooter.center.text
        texts = {str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value}
        assert {"单位负责人（签字）：", "填表人：", "联系电话：", "填报日期："} <= texts
        assert any(text.startswith("填报单位（盖章）：") for text in texts)
        table = sheet["A6"] if is_plan else sheet["A9"]
        assert table.border.left.style == "thin"
