"""Shapes in which forms leave: what each cell says, what a spreadsheet makes of it, and how it prints."""

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Person
from targets.domain.edits import Change
from targets.domain.record import PLAN, IndicatorRow, Record
from targets.domain.sheets.flat_writer import (
    COLUMNS,
    HEADERS,
    FlatForm,
    csv_chunks,
    flat_lines,
    value_columns,
    write_flat_workbook,
)
from targets.domain.sheets.summary_writer import SummaryForm, write_summary
from targets.domain.sheets.text import as_typed
from targets.editing import apply_changes
from targets.models import Declaration
from targets.outgoing.official import SHEETS_AT_MOST, file_stem, free_name
from targets.outgoing.shapes import BY_SLUG, ExportRefused, NothingWritten, written
from targets.outgoing.text import Outgoing, readable
from targets.tests.sheets.test_table_writer import cells_of, sheet_of
from targets.tests.world import GOOD_ROWS, World


def made(shape: str, forms: Iterable[Outgoing]) -> bytes:
    with written(BY_SLUG[shape], forms).file as file:
        return file.read()


def of_all(reader: Person | None = None) -> Iterable[Outgoing]:
    return readable(Declaration.objects.all(), reader)


def fits_one_page_wide(sheet: Any) -> bool:
    """As many pages long as it takes. One page wide is what a file says by saying nothing."""
    setup = sheet.page_setup
    return (setup.fitToWidth or 1, setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (1, 0, True)


# The flat list --------------------------------------------------------------------------------------------------------


def test_the_list_prints_on_pages_with_its_head() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(sheet_of(["甲"]))).active
    assert (sheet.print_title_rows, sheet.freeze_panes, sheet.page_setup.orientation) == ("$1:$1", "A2", "landscape")
    assert fits_one_page_wide(sheet)
    assert sheet.auto_filter.ref == "A1:A2"
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert sheet["A2"].number_format == "@"


def test_every_cell_of_a_record_has_a_column() -> None:
    """A new field of the record wants a column here (or a place in the list of what the flat list leaves out)."""
    whole = {field.name for field in fields(Record)} | {*IndicatorRow.__struct_fields__}
    assert whole - set(HEADERS) == {"rows", "extra"}
    assert len({column.header for column in COLUMNS}) == len(COLUMNS)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("≥95%", ("≥", Decimal(95), "%")),
        ("=100%", ("=", Decimal(100), "%")),
        ("≤9510.6万元", ("≤", Decimal("9510.6"), "万元")),
        ("不少于1200人", ("≥", Decimal(1200), "人")),
        ("2023年12月31日前", ("≤", "2023-12-31", "")),
        ("显著提升", ("", "", "")),
        ("-", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_operator_number_and_unit_stand_apart(target: str, told: tuple[str, Any, str]) -> None:
    assert value_columns(target, 2023) == told


def test_a_line_of_the_list(world: World) -> None:
    form = world.declaration(code="370302230001", goal="目标")
    _, _, third, *_ = flat_lines([FlatForm(form.record(), "202001", "待主管部门审核")])
    line = dict(zip((column.header for column in COLUMNS), third, strict=True))
    assert {header: value for header, value in line.items() if value not in ("", None)} == {
        "预算年度": 2023,
        "表种": "项目支出",
        "项目代码": "370302230001",
        "名称": "学前教育补助",
        "主管部门代码": "202",
        "主管部门": "淄川区教育和体育局",
        "实施单位代码": "202001",
        "实施单位": "淄川区实验学校",
        "年度预算资金总额（元）": Decimal("1000000.00"),
        "财政拨款（元）": Decimal("1000000.00"),
        "其他资金（元）": Decimal("0.00"),
        "状态": "待主管部门审核",
        "行号": 3,
        "一级指标": "产出指标",
        "二级指标": "质量指标",
        "指标名称": "补助到位率",
        "指标值": "≥98%",
        "计算符号": "≥",
        "数值": Decimal(98),
        "计量单位": "%",
        "行标识": form.record().rows[2].key,
        "与上行合并": "一级指标",
    }


def test_the_goal_stands_on_the_first_line_of_a_form_and_a_form_without_rows_has_a_line() -> None:
    record = Record("project", 2023, "甲", goal="目标", rows=GOOD_ROWS)
    place = [column.header for column in COLUMNS].index(HEADERS["goal"])
    lines = list(flat_lines([FlatForm(record), FlatForm(replace(record, rows=()))]))
    assert [line[place] for line in lines] == ["目标", "", "", "", "", "目标"]


def test_the_workbook_has_the_lines_of_the_csv() -> None:
    forms = [FlatForm(Record("project", 2023, "甲", rows=(*GOOD_ROWS, IndicatorRow(name="率", target="=100%"))))]
    target = io.BytesIO()
    assert write_flat_workbook(target, forms) == 6
    by_csv = csv.reader(io.StringIO(b"".join(csv_chunks(COLUMNS, flat_lines(forms))).decode("utf-8-sig"), newline=""))
    in_workbook = [["" if cell is None else str(cell) for cell in row] for row in cells_of(target.getvalue())]
    assert in_workbook == [[as_typed(cell) for cell in line] for line in by_csv]


# The summary ----------------------------------------------------------------------------------------------------------


def summary_form(**changes: Any) -> SummaryForm:
    plain: dict[str, Any] = {
        "department_code": "202",
        "department": "教育局",
        "unit": "学校",
        "year": 2023,
        "kind": "project",
        "title": "甲",
        "total": Decimal("7280000.00"),
        "fiscal": Decimal("7280000.00"),
        "other": None,
        "rows": 9,
        "state": "编制中",
    }
    return SummaryForm(**(plain | changes))


def summary_of(*forms: SummaryForm) -> openpyxl.Workbook:
    target = io.BytesIO()
    write_summary(target, forms)
    return openpyxl.load_workbook(io.BytesIO(target.getvalue()))


def test_the_summary_of_a_department() -> None:
    other = summary_form(title="乙", total=Decimal("12345.67"), fiscal=Decimal(0), other=Decimal("12345.67"), rows=3)
    (sheet,) = summary_of(summary_form(), other).worksheets
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [
        ["2023年项目支出绩效目标汇总表", *[None] * 7],
        ["填报单位（盖章）：[202]教育局", *[None] * 5, "金额单位：万元", None],
        ["序号", "名称", "实施单位", "年度资金总额", "财政拨款", "其他资金", "指标数", "状态"],
        [1, "甲", "学校", 728, 728, None, 9, "编制中"],
        [2, "乙", "学校", 1.234567, 0, 1.234567, 3, "编制中"],
        [None, "合计", "2张", 729.234567, 728, 1.234567, 12, None],
        ["单位负责人（签字）：", None, "填表人：", "联系电话：", None, "填报日期：", None, None],
    ]
    assert sheet["D5"].number_format == "#,##0.00####"
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_summary_loses_no_digit_and_no_letter() -> None:
    """Fifteen digits are all that a number of a spreadsheet holds; a row has a greatest height, a caption the room beside it."""
    form = summary_form(department="名" * 40, title="甲" * 100, total=Decimal("99999999999999.99"))
    (sheet,) = summary_of(form, summary_form(department="名" * 40, title="乙" * 2000)).worksheets
    assert [(sheet[place].value, sheet[place].data_type) for place in ("D4", "D6")] == [
        ("9999999999.999999", "s"),
        ("10000000727.999999", "s"),
    ]
    assert [sheet[place].font.size for place in ("B4", "B5", "C5")] == [10.5, 5, 10.5]
    assert "A2:F2" in sheet.merged_cells


def test_the_summary_prints_with_its_head_on_each_page() -> None:
    (sheet,) = summary_of(summary_form()).worksheets
    assert (sheet.print_title_rows, sheet.page_setup.orientation, sheet.page_setup.paperSize) == (
        "$3:$3",
        "landscape",
        9,
    )
    assert fits_one_page_wide(sheet)
    assert "第 &P 页 共 &N 页" in sheet.oddFooter.center.text


def test_departments_and_years_have_sheets_of_their_own() -> None:
    book = summary_of(
        summary_form(kind=PLAN, department_code="", department="宣传部", total=None, fiscal=None),
        summary_form(),
        summary_form(department_code="405", department="=健康[局]"),
    )
    assert book.sheetnames == ["各部门合计", "教育局", "=健康 局", "宣传部"]
    assert [row[1:6] for row in book["各部门合计"].iter_rows(min_row=4, values_only=True)] == [
        ("[202]教育局", 1, 728, 728, None),
        ("[405]=健康[局]", 1, 728, 728, None),
        ("宣传部", 1, None, None, None),
        ("合计", 3, 1456, 1456, None),
        (None, "填表人：", "联系电话：", None, "填报日期："),
    ]
    assert summary_of(summary_form(), summary_form(year=2024)).sheetnames == [
        "各部门合计",
        "2023年教育局",
        "2024年教育局",
    ]


# The official forms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "paper"),
    [({}, 9), ({"kind": PLAN, "total": None, "fiscal": None, "other": None, "title": "2023年整体绩效目标表"}, 8)],
)
def test_an_official_form_prints_ready_to_sign(world: World, changes: dict[str, Any], paper: int) -> None:
    form = world.declaration(**changes)
    sheet = openpyxl.load_workbook(io.BytesIO(made("official", of_all()))).active
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (paper, "landscape")
    assert fits_one_page_wide(sheet)
    first, last = (int(part) for part in sheet.print_title_rows.replace("$", "").split(":"))
    heads = {str(cell.value) for row in sheet.iter_rows(min_row=first, max_row=last) for cell in row}
    assert heads & {"三级指标", "绩效指标"}
    assert "第 &P 页 共 &N 页" in sheet.oddFooter.center.text
    for words in ("填报单位（盖章）：", "单位负责人（签字）：", "填表人：", "联系电话：", "填报日期："):
        assert [text for text in texts if text.startswith(words)], words
    assert f"校验码：2023-202001-{form.pk:04d}-R1" in texts


def test_the_check_code_names_the_revision_that_is_printed(world: World) -> None:
    form = world.advance(world.declaration(), "submit", "return")
    apply_changes(form, [Change("", "goal", form.goal, "改写的目标，为1200名幼儿发放补助100万元。")], by=world.filler)
    codes = {}
    for name, reader in (("operator", None), ("filler", world.filler), ("perf", world.perf)):
        cells = openpyxl.load_workbook(io.BytesIO(made("official", of_all(reader)))).active.iter_rows()
        (codes[name],) = [str(cell.value)[-2:] for row in cells for cell in row if "校验码" in str(cell.value)]
    assert codes == {"operator": "R2", "filler": "R2", "perf": "R1"}


def test_more_sheets_than_may_come_in_do_not_go_out(world: World) -> None:
    form = next(iter(readable(Declaration.objects.filter(pk=world.declaration().pk), None)))
    with pytest.raises(ExportRefused, match="一个工作簿最多放300张表，所选有301张。请改选压缩包"):
        made("official", [form] * (SHEETS_AT_MOST + 1))


# A workbook for each --------------------------------------------------------------------------------------------------


def test_names_in_a_zip_are_safe_unique_and_marked_as_utf_8(world: World) -> None:
    for unit in (world.school, world.kindergarten, world.health):
        world.declaration(title="../../etc/补助", unit=unit, code="1" if unit == world.school else "")
    world.declaration(title="..\\..\\etc\\补助")
    with zipfile.ZipFile(io.BytesIO(made("single", of_all()))) as packed:
        assert sorted(packed.namelist()) == [
            "202教育和体育局_淄川区实验学校_....etc补助(2).xlsx",
            "202教育和体育局_淄川区实验学校_....etc补助.xlsx",
            "202教育和体育局_淄川区实验幼儿园_....etc补助.xlsx",
            "405淄川区卫生健康局_....etc补助.xlsx",
        ]
        assert {bool(one.flag_bits & 0x800) for one in packed.infolist()} == {True}


@pytest.mark.parametrize(
    ("parts", "stem"),
    [
        (("202教育局", "甲/乙:丙"), "202教育局_甲乙丙"),
        (("", "  "), "绩效目标表"),
        (("...",), "绩效目标表"),
        (("甲\u202exslx", "乙\x00"), "甲xslx_乙"),
        (("长" * 300,), "长" * 70),
    ],
)
def test_a_file_name_is_taken_by_every_system(parts: tuple[str, ...], stem: str) -> None:
    assert file_stem(parts) == stem


def test_names_that_differ_by_case_alone_are_numbered() -> None:
    taken: set[str] = set()
    assert [free_name(name, taken) for name in ("A", "a", "A", "a(2)")] == ["A", "a(2)", "A(3)", "a(2)(2)"]


# Who reads what, and how much work it is ------------------------------------------------------------------------------


def test_what_leaves_is_what_record_for_says(world: World) -> None:
    sent = world.advance(world.declaration(title="送审"), "submit", "return")
    apply_changes(sent, [Change("", "goal", sent.goal, "退回以后改写的目标，发放补助100万元。")], by=world.filler)
    world.declaration(title="草稿")
    world.declaration(title="别的单位", unit=world.kindergarten, by=world.sibling)
    for name, person in world.people.items():
        seen = Declaration.objects.visible_to(person)
        told = {form.pk: record for form in seen if (record := form.record_for(person)) is not None}
        assert {one.declaration.pk: one.record for one in readable(seen, person)} == told, name
    everything = {form.pk: form.record() for form in Declaration.objects.all()}
    assert {one.declaration.pk: one.record for one in of_all()} == everything


def test_statements_do_not_grow_with_the_forms(world: World) -> None:
    counts = {}
    for number in (1, 3):
        while Declaration.objects.count() < number:
            world.advance(world.declaration(title=f"项目{Declaration.objects.count()}"), "submit")
        for name, reader in (("operator", None), ("perf", world.perf)):
            list(of_all(reader))  # the person's scope is asked once
            with CaptureQueriesContext(connection) as queries:
                assert len(list(of_all(reader))) == number
            counts[name, number] = len(queries)
    assert set(counts.values()) == {3}


def test_nothing_to_write_is_told_in_every_shape(db: None) -> None:
    for shape in BY_SLUG:
        with pytest.raises(NothingWritten):
            made(shape, of_all())
