"""Forms on their way out of the screens: what one may read, in the official look or as plain tables that compute nothing."""

import csv
import io
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from departments.models import Person
from targets.domain.edits import Change
from targets.domain.record import PLAN, IndicatorRow
from targets.domain.sheets.reader import read_workbook
from targets.editing import apply_changes
from targets.models import Declaration
from targets.tests.world import GOOD_ROWS, World
from targets.transfer import FORMATS, OfficialWorkbook, PlainCsv, PlainWorkbook

EXPORT = "/admin/targets/budgetproject/export/"
HEADS, LINES = 0, 1
ODD = IndicatorRow(level1="产出指标", level2="质量指标", name="合格率", target="=100%")


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def export(person: Person, form: type, table: int = HEADS, address: str = EXPORT) -> Any:
    return client_of(person).post(address, {"format": str(FORMATS.index(form)), "resource": str(table)})


def titles(response: Any) -> list[str]:
    """Titles of the forms in an official workbook."""
    return [form.title for form in read_workbook(response.content, "导出.xlsx").forms]


def rows_of(response: Any) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))


def csv_rows(response: Any) -> list[list[str]]:
    assert response.content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def name_of(response: Any) -> str:
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    return unquote(response["Content-Disposition"].split("''")[1])


def test_the_official_workbook_comes_back_as_it_went_out(world: World) -> None:
    form = world.declaration(rows=(*GOOD_ROWS, ODD))
    response = export(world.filler, OfficialWorkbook)
    (reading,) = read_workbook(response.content, "导出.xlsx").forms
    assert reading.record is not None
    stored = form.record()
    assert [row.target for row in reading.record.rows] == [row.target for row in stored.rows]
    assert (reading.record.title, reading.record.total) == (stored.title, stored.total)
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=100%"] == ["s"]


def test_the_export_page_offers_our_formats_only(world: World) -> None:
    world.declaration()
    page = client_of(world.filler).get(EXPORT)
    assert [label for _, label in page.context["form"].fields["format"].choices][1:] == [
        "官方样式（xlsx，可打印，可再导入）",
        "数据表（xlsx，用于统计）",
        "数据表（csv，用于其他系统）",
    ]


def test_forms_cannot_be_imported_past_the_import_page(world: World) -> None:
    for person in (world.filler, world.admin, world.root):
        assert client_of(person).get("/admin/targets/budgetproject/import/").status_code in (302, 404)


def test_a_line_for_each_form(world: World) -> None:
    world.declaration(goal="=1+1")
    header, line = rows_of(export(world.filler, PlainWorkbook))
    assert dict(zip(header, line, strict=True)) == {
        "预算年度": 2023,
        "类型": "项目支出绩效目标表",
        "项目代码": None,
        "名称": "学前教育补助",
        "主管部门代码": "202",
        "主管部门": "淄川区教育和体育局",
        "实施单位": "淄川区实验学校",
        "年度预算资金总额（元）": 1000000,
        "财政拨款（元）": 1000000,
        "其他资金（元）": 0,
        "年度总体绩效目标": "=1+1",
        "指标行数": 5,
        "状态": "编制中",
    }


def test_text_that_looks_like_a_formula_stays_text_in_every_table(world: World) -> None:
    world.declaration(rows=(*GOOD_ROWS, ODD, replace(ODD, name="下降率", target="-100%")))
    plain = openpyxl.load_workbook(io.BytesIO(export(world.filler, PlainWorkbook, LINES).content)).active
    assert [cell.data_type for row in plain.iter_rows() for cell in row if cell.value == "=100%"] == ["s"]
    header, *lines = csv_rows(export(world.filler, PlainCsv, LINES))
    assert [line[header.index("年度指标值")] for line in lines] == [
        *("≤100万元", "≥1200人", "≥98%", "≥92%", "≥95%", "'=100%", "-100%"),
    ]
    assert [line[header.index("行")] for line in lines] == ["1", "2", "3", "4", "5", "6", "7"]


# Who reads what -------------------------------------------------------------------------------------------------------


def test_a_draft_is_exported_by_its_own_people_only(world: World) -> None:
    form = world.declaration()
    addresses = (EXPORT, f"/admin/targets/budgetproject/{form.pk}/workbook/")
    readers = set()
    for name, person in world.people.items():
        by_page = export(person, OfficialWorkbook)
        alone = client_of(person).get(addresses[1])
        got = {response["Content-Type"].startswith("application/vnd") for response in (by_page, alone)}
        assert len(got) == 1, name
        if got == {True}:
            readers.add(name)
    assert readers == {"filler", "boss"}


def test_others_get_the_text_that_was_submitted(world: World) -> None:
    form = world.advance(world.declaration(), "submit", "return")
    edit = Change("", "goal", form.goal, "退回以后改写、尚未重新送审的目标，发放补助100万元。")
    apply_changes(form, [edit], by=world.filler)
    goals = {}
    for name in ("filler", "boss", "perf", "auditor", "root"):
        response = export(world.people[name], PlainWorkbook)
        header, line = rows_of(response)
        goals[name] = line[header.index("年度总体绩效目标")].startswith("退回以后")
    assert goals == {"filler": True, "boss": True, "perf": False, "auditor": False, "root": False}


def test_the_check_code_names_the_text_that_is_printed(world: World) -> None:
    form = world.advance(world.declaration(), "submit", "return")
    apply_changes(form, [Change("", "goal", form.goal, "改写的目标，为1200名幼儿发放补助100万元。")], by=world.filler)

    def code(person: Person) -> str:
        cells = openpyxl.load_workbook(io.BytesIO(export(person, OfficialWorkbook).content)).active.iter_rows()
        return next(str(cell.value) for row in cells for cell in row if "校验码" in str(cell.value))

    assert code(world.filler).endswith("R2")
    assert code(world.perf).endswith("R1")


def test_nothing_readable_is_told_in_words(world: World) -> None:
    world.declaration()
    page = export(world.perf, OfficialWorkbook)
    assert page.status_code == 200
    assert "所选的表还没有送审，您暂时看不到内容" in page.content.decode()
    empty = export(world.stranger, OfficialWorkbook)
    assert "没有可导出的表。请放宽筛选条件后再导出。" in empty.content.decode()


def test_a_form_one_does_not_see_is_not_there(world: World) -> None:
    form = world.declaration()
    assert client_of(world.sibling).get(f"/admin/targets/budgetproject/{form.pk}/workbook/").status_code == 404


def test_the_list_exports_what_is_ticked(world: World) -> None:
    first = world.declaration(title="甲")
    world.declaration(title="乙")
    third = world.declaration(title="丙")
    response = client_of(world.filler).post(
        "/admin/targets/budgetproject/", {"action": "export_official", "_selected_action": [first.pk, third.pk]}
    )
    assert sorted(titles(response)) == ["丙", "甲"]


def test_ticking_what_one_does_not_see_exports_nothing_of_it(world: World) -> None:
    mine, other = world.declaration(title="甲"), world.declaration(title="乙", unit=world.kindergarten)
    response = client_of(world.filler).post(
        "/admin/targets/budgetproject/", {"action": "export_official", "_selected_action": [mine.pk, other.pk]}
    )
    assert titles(response) == ["甲"]


def test_filters_of_the_list_hold_for_the_export(world: World) -> None:
    world.declaration(title="甲")
    world.advance(world.declaration(title="乙"), "submit")
    response = export(world.filler, OfficialWorkbook, address=f"{EXPORT}?state__exact=department_review")
    assert titles(response) == ["乙"]


# Names and scale ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("学前教育补助", "2023年_淄川区实验学校_学前教育补助.xlsx"),
        ("2023年校舍维修", "2023年_淄川区实验学校_校舍维修.xlsx"),
        ('a/b\\c:d*e?f"g<h>i|j k', "2023年_淄川区实验学校_abcdefghijk.xlsx"),
    ],
)
def test_file_names_are_chinese_and_safe(world: World, title: str, name: str) -> None:
    form = world.declaration(title=title)
    response = client_of(world.filler).get(f"/admin/targets/budgetproject/{form.pk}/workbook/")
    assert name_of(response) == name


def test_a_selection_is_named_by_kind_and_number(world: World) -> None:
    for title in ("甲", "乙"):
        world.declaration(title=title)
    ids = list(Declaration.objects.values_list("pk", flat=True))
    response = client_of(world.filler).post(
        "/admin/targets/budgetproject/", {"action": "export_official", "_selected_action": ids}
    )
    assert name_of(response).startswith("2023年项目支出绩效目标表_2张_")


def test_plans_have_their_own_export(world: World) -> None:
    world.declaration(kind=PLAN, title="2023年整体绩效目标表", total=None, fiscal=None, other=None, unit=world.school)
    response = export(world.filler, OfficialWorkbook, address="/admin/targets/departmentplan/export/")
    assert len(titles(response)) == 1


@pytest.mark.parametrize("name", ["filler", "perf"])
def test_as_many_queries_for_many_forms_as_for_one(world: World, name: str) -> None:
    counts = []
    for number in (1, 3):
        while Declaration.objects.count() < number:
            world.advance(world.declaration(title=f"项目{Declaration.objects.count()}"), "submit")
        client = client_of(Person.objects.get(username=name))
        with CaptureQueriesContext(connection) as queries:
            client.post(EXPORT, {"format": "0", "resource": "0"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
