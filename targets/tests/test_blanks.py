"""下载模板: what is printed beforehand, what is left to fill in, and that a template filled in is read without a doubt."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl.workbook import Workbook

from departments.models import Department, Duty, Person
from targets.demo import WORKBOOKS
from targets.domain.record import PLAN, IndicatorRow, Record
from targets.domain.sheets.blank_writer import write_blanks
from targets.domain.sheets.reader import read_workbook
from targets.outgoing.blanks import plan_of, project_of
from targets.tests.world import LEVELS, World, client_of
from targets.year_setup import set_up_year

PAGE = "/admin/blanks/"
ROWS = (
    ("成本指标", "经济成本指标", "补助费用", "=100万元"),
    ("产出指标", "数量指标", "补助人数", "≥1200人"),
    ("产出指标", "质量指标", "到位率", "=100%"),
)
READ_ROWS = tuple(IndicatorRow(level1=a, level2=b, name=c, target=d) for a, b, c, d in ROWS)


@pytest.fixture
def next_year(world: World) -> World:
    set_up_year(world.division, 2024, copy_from=world.year)
    return world


def download(person: Person, shape: str, **said: Any) -> Workbook:
    response = client_of(person).get(PAGE, {"year": 2024, "shape": shape, **said})
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    return openpyxl.load_workbook(io.BytesIO(response.content))


def typed(sheet: Any, address: str, text: Any) -> None:
    """Into a cell that is text, as all of a template's are."""
    assert sheet[address].number_format == "@"
    sheet[address] = text
    if isinstance(text, str):
        sheet[address].data_type = "s"


def read(book: Workbook) -> list[Record | None]:
    """The forms of a workbook about which nothing is to be said."""
    saved = io.BytesIO()
    book.save(saved)
    reading = read_workbook(saved.getvalue(), "a.xlsx")
    assert (reading.problems, [form.problems for form in reading.forms]) == ((), [()] * len(reading.forms))
    return [form.record for form in reading.forms]


def notes(sheet: Any) -> dict[str, str]:
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def fill_in_rows(sheet: Any, top: int) -> None:
    for row, texts in enumerate(ROWS, start=top):
        for column, text in zip("BCDF", texts, strict=True):
            typed(sheet, f"{column}{row}", text)


def test_an_empty_project_filled_in_is_read_without_a_doubt(next_year: World) -> None:
    world = next_year
    book = download(world.filler, "project", unit=world.school.pk)
    assert book.sheetnames == ["填写说明", "项目支出绩效目标表"]
    sheet = book["项目支出绩效目标表"]
    for address, text in {
        "B3": "新项目",
        "F3": "XM-1",
        "F5": "100",
        "F6": 100,
        "F7": "0",
        "B8": "为1200名幼儿补助。",
    }.items():
        typed(sheet, address, text)
    fill_in_rows(sheet, 10)
    assert read(book) == [
        world.record(year=2024, title="新项目", code="XM-1", goal="为1200名幼儿补助。", rows=READ_ROWS)
    ]
    lists = {str(rule.sqref): rule.formula1.strip('"').split(",") for rule in sheet.data_validations.dataValidation}
    assert lists == {"B10:B24": list(LEVELS), "C10:C24": [name for names in LEVELS.values() for name in names]}


def test_a_template_for_nobody_has_no_department(next_year: World) -> None:
    sheet = download(next_year.perf, "project")["项目支出绩效目标表"]
    assert (sheet["A2"].value, sheet["B4"].value, sheet["F4"].value) == ("填报单位（盖章）：", None, None)


def test_a_plan_lists_the_duties_of_the_year_with_the_rows_of_last_year_under_them(next_year: World) -> None:
    world = next_year
    for number, name in (("1", "办好学前教育"), ("2", "新增的职责")):
        Duty.objects.create(department=world.school, year=2024, number=number, group="教育", name=name, goal="目标")
    old = IndicatorRow(number="1", duty_group="教育", duty="办好学前教育", duty_goal="去年的目标")
    world.declaration(
        kind=PLAN,
        title="2023年整体绩效目标表",
        total=None,
        fiscal=None,
        other=None,
        goal="",
        rows=(
            old.with_cells(name="入园率", target="≥92%", last_year="91%", budget_item="幼教经费100万元"),
            IndicatorRow(number="9", duty="撤销的职责", name="旧指标", target="≥1个"),
        ),
    )
    sheet = (book := download(world.filler, "last_year", unit=world.school.pk))["部门整体绩效目标表"]
    assert sorted(notes(sheet).values()) == ["上年：≥1个", "上年：≥92%", "上年：幼教经费100万元"]
    duty = {"number": "1", "duty_group": "教育", "duty": "办好学前教育", "duty_goal": "目标"}
    under, hanging = IndicatorRow(**duty), tuple(duty)  # type: ignore[arg-type]  # all but `continues` are texts
    (record,) = read(book)
    assert record is not None
    assert record.title == "2024年整体绩效目标表"
    assert record.rows == (
        under.with_cells(name="入园率"),
        under.with_cells(number="2", duty="新增的职责"),
        IndicatorRow(number="9", duty="撤销的职责", name="旧指标"),
    )
    typed(sheet, "E8", "第二个指标")
    (record,) = read(book)
    assert record is not None
    assert record.rows[1] == under.with_cells(name="第二个指标", continues=hanging)


def test_last_years_forms_come_in_one_workbook_without_their_targets(next_year: World) -> None:
    world = next_year
    world.declaration(code="XM-1")
    other = world.declaration(title="校车运营补贴")
    book = download(world.filler, "last_year", unit=world.school.pk)
    assert book.sheetnames == ["填写说明", "学前教育补助", "校车运营补贴"]
    told = notes(book["学前教育补助"])
    assert told["B8"].startswith("上年：为全区1200名幼儿")
    assert [told[f"F{row}"] for row in range(10, 15)] == [
        "上年：≤100万元", "上年：≥1200人", "上年：≥98%", "上年：≥92%", "上年：≥95%",
    ]  # fmt: skip
    bare = tuple(IndicatorRow(level1=row.level1, level2=row.level2, name=row.name) for row in world.record().rows)
    empty = {"year": 2024, "total": None, "fiscal": None, "other": None, "goal": "", "rows": bare}
    assert read(book) == [world.record(**empty, code="XM-1"), world.record(**empty, title="校车运营补贴")]
    one = download(world.filler, "last_year", unit=world.school.pk, form=other.pk)
    assert one.sheetnames == ["填写说明", "校车运营补贴"]


def test_the_flat_template_takes_many_projects(next_year: World) -> None:
    world = next_year
    world.declaration(code="XM-1")
    book = download(world.filler, "flat", unit=world.school.pk)
    sheet = book["指标明细"]
    columns = {cell.value: cell.column_letter for cell in sheet[1]}
    assert [cell.value for cell in sheet[2]][:7] == [
        "2024", "XM-1", "学前教育补助", "202", "淄川区教育和体育局", "202001", "淄川区实验学校",
    ]  # fmt: skip
    assert notes(sheet) == {
        f"{columns['指标值']}{row}": f"上年：{one.target}" for row, one in enumerate(world.record().rows, start=2)
    }
    for row, one in enumerate(world.record().rows, start=2):
        typed(sheet, f"{columns['指标值']}{row}", one.target)
    typed(sheet, f"{columns['年度预算资金总额（万元）']}2", "100")
    typed(sheet, f"{columns['年度总体绩效目标']}2", "今年的目标")
    rows = tuple(
        IndicatorRow(level1=row.level1, level2=row.level2, name=row.name, target=row.target)
        for row in world.record().rows
    )
    said = {"year": 2024, "code": "XM-1", "goal": "今年的目标", "fiscal": None, "other": None, "rows": rows}
    assert read(book) == [world.record(**said)]


@pytest.mark.parametrize("book", sorted(Path(WORKBOOKS).glob("*.xlsx")), ids=lambda book: book.stem[-6:])
def test_the_real_forms_of_2023_filled_in_for_2024_are_read_without_a_doubt(book: Path) -> None:
    """With last year's targets typed again, as the notes tell them."""
    unit = Department(code="202", name="淄川区教育和体育局")
    last = [form.record for form in read_workbook(book.read_bytes(), book.name).forms if form.record]
    blanks = [plan_of(one, [], 2024, unit) if one.kind == PLAN else project_of(one, 2024, unit) for one in last]
    made = openpyxl.load_workbook(io.BytesIO(write_blanks(blanks, LEVELS)))
    assert len(read(made)) == len(last)
    for sheet in made.worksheets[1:]:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.comment):
            text = cell.comment.text.removeprefix("上年：")
            if not text.endswith("…"):
                typed(sheet, cell.coordinate, text)
    read_again = read(made)
    assert [one and one.title for one in read_again] == [one.record.title for one in blanks]
    for again, old in zip(read_again, last, strict=True):
        assert again is not None
        told = [(row.name, row.target) for row in old.rows if row.name or row.target]
        assert [(row.name, row.target) for row in again.rows if row.name or row.target] == told


def test_only_what_one_may_import_for_and_read_is_offered(next_year: World) -> None:
    world = next_year
    world.declaration()
    assert "学前教育补助" in client_of(world.filler).get(PAGE).content.decode()
    for person, unit, status in (
        (world.filler, world.school, 200),
        (world.sibling, world.kindergarten, 200),
        (world.boss, world.school, 404),
        (world.auditor, world.school, 404),
    ):
        assert client_of(person).get(PAGE, {"year": 2024, "unit": unit.pk}).status_code == status
    wanted = {"year": "2024", "unit": str(world.school.pk), "shape": "last_year"}
    foreign = client_of(world.sibling).get(PAGE, wanted)
    assert "没有这个单位，或您不能为它导入。" in foreign.content.decode()
    unread = client_of(world.perf).get(PAGE, wanted)
    assert unread.status_code == 404  # a draft's text is its unit's


@pytest.mark.parametrize(
    "said", [{"year": "1999"}, {"year": "x"}, {"year": "2024", "unit": "x"}, {"year": "2024", "form": "x"}]
)
def test_what_no_button_sends_is_told(next_year: World, said: dict[str, str]) -> None:
    assert client_of(next_year.filler).get(PAGE, {"shape": "project", **said}).status_code == 200


def test_many_forms_of_last_year_ask_no_more_of_the_database(next_year: World) -> None:
    world = next_year
    counts: list[int] = []
    client = client_of(world.filler)
    client.get(PAGE)
    for _ in range(2):
        world.declaration(title=f"项目{len(counts)}甲")
        world.declaration(title=f"项目{len(counts)}乙")
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE, {"year": 2024, "unit": world.school.pk})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_text_of_last_year_that_no_cell_holds_is_told(next_year: World) -> None:
    """Out of a csv or a document it came in."""
    world = next_year
    world.declaration(rows=(IndicatorRow(level1="产出指标", level2="数量指标", name="字" * 40_000, target="≥1人"),))
    page = client_of(world.filler).get(PAGE, {"year": "2024", "unit": str(world.school.pk), "shape": "last_year"})
    assert [str(told) for told in page.context["messages"]] == [
        f"上年的表里有一格文字超过 32767 个字，电子表格放不下，请先缩短：“{'字' * 30}…”。也可下载空白的模板。"
    ]


def test_how_to_fill_it_in_stands_on_one_page(next_year: World) -> None:
    """A program that has no 宋体 takes other letters, up to 9.5 pixels a digit."""
    sheet = download(next_year.filler, "project")["填写说明"]
    margins = sheet.page_margins.left + sheet.page_margins.right
    assert sheet.column_dimensions["A"].width * 9.5 / 96 < 8.27 - margins
    longest = max(range(1, sheet.max_row + 1), key=lambda row: len(sheet.cell(row, 1).value))
    assert sheet.row_dimensions[longest].height > 3 * 11


def test_the_list_to_fill_in_is_printed_with_its_names_on_every_page(next_year: World) -> None:
    sheet = download(next_year.filler, "flat", unit=next_year.school.pk)["指标明细"]
    assert (sheet.print_title_rows, sheet.print_title_cols, sheet.freeze_panes) == ("$1:$1", "$B:$C", "D2")
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (8, 2)
    assert (sheet["H1"].value, sheet.row_dimensions[1].height) == ("年度预算资金总额（万元）", 36)  # two lines
