"""Forms on their way out of the screens: what one may read, in the official look or as plain tables that compute nothing."""

import csv
import io
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from departments.models import Person
from targets.admin.export import NOTHING_TO_EXPORT
from targets.domain.edits import Change
from targets.domain.record import PLAN, IndicatorRow
from targets.domain.sheets.reader import read_workbook
from targets.editing import apply_changes
from targets.guards import Order
from targets.models import Declaration, Revision
from targets.outgoing.shapes import BY_SLUG
from targets.review import take_step
from targets.storing import store
from targets.tests.world import GOOD_ROWS, World, client_of

EXPORT = "/admin/targets/budgetproject/export/"
ODD = IndicatorRow(level1="产出指标", level2="质量指标", name="合格率", target="=100%")


def export(person: Person, shape: str, address: str = EXPORT, **sent: str) -> Any:
    return client_of(person).post(address, {"format": shape, **sent})


def content(response: Any) -> bytes:
    return response.getvalue() if response.streaming else response.content


def titles(response: Any) -> list[str]:
    """Titles of the forms in an official workbook."""
    return [form.title for form in read_workbook(content(response), "导出.xlsx").forms]


def table(response: Any) -> list[dict[str, Any]]:
    header, *lines = openpyxl.load_workbook(io.BytesIO(content(response))).active.iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def csv_table(response: Any) -> list[dict[str, str]]:
    written = content(response)
    assert written.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))


def name_of(response: Any) -> str:
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    return unquote(response["Content-Disposition"].split("''")[1])


def test_the_official_workbook_comes_back_as_it_went_out(world: World) -> None:
    form = world.declaration(rows=(*GOOD_ROWS, ODD))
    response = export(world.filler, "official")
    (reading,) = read_workbook(content(response), "导出.xlsx").forms
    assert reading.record is not None
    stored = form.record()
    assert [row.target for row in reading.record.rows] == [row.target for row in stored.rows]
    assert (reading.record.title, reading.record.total) == (stored.title, stored.total)
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content(response))).active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=100%"] == ["s"]


def test_the_export_page_offers_every_shape_in_chinese(world: World) -> None:
    world.declaration()
    page = client_of(world.filler).get(EXPORT)
    assert [label for _, label in page.context["form"].fields["format"].choices] == [
        "官方样式工作簿（xlsx）",
        "官方样式压缩包（zip）",
        "指标明细表（xlsx）",
        "指标明细表（csv）",
        "完整数据（json）",
        "汇总表（xlsx）",
        "汇总表（csv）",
    ]


def test_forms_cannot_be_imported_past_the_import_page(world: World) -> None:
    for person in (world.filler, world.admin, world.root):
        assert client_of(person).get("/admin/targets/budgetproject/import/").status_code in (302, 404)


def test_text_that_looks_like_a_formula_stays_text_in_every_table(world: World) -> None:
    world.declaration(rows=(*GOOD_ROWS, ODD, ODD.with_cells(name="下降率", target="-100%")), goal="=1+1")
    sheet = openpyxl.load_workbook(io.BytesIO(content(export(world.filler, "flat")))).active
    live = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row if str(cell.value)[:1] == "="}
    assert live == {"=100%": "s", "=1+1": "s", "=": "s"}
    lines = csv_table(export(world.filler, "flat-csv"))
    assert [(line["行号"], line["指标值"]) for line in lines] == [
        ("1", "≤100万元"),
        ("2", "≥1200人"),
        ("3", "≥98%"),
        ("4", "≥92%"),
        ("5", "≥95%"),
        ("6", "'=100%"),
        ("7", "-100%"),
    ]


@pytest.mark.parametrize("shape", BY_SLUG)
def test_every_shape_is_a_download_with_a_chinese_name(world: World, shape: str) -> None:
    for title in ("甲", "乙"):
        world.declaration(title=title)
    days = [localdate()]
    response = export(world.filler, shape)
    days.append(localdate())  # another at midnight
    word = {"official": "", "single": ""}.get(shape, f"_{BY_SLUG[shape].word}")
    names = [f"2023年项目支出绩效目标表{word}_2张_{day:%Y%m%d}.{BY_SLUG[shape].format}" for day in days]
    assert name_of(response) in names
    assert content(response)


def test_a_large_file_leaves_from_disk(world: World) -> None:
    world.declaration()
    rows = [ODD.with_cells(name="甲" * 500, target=f"≥{number}个", note=str(number) * 400) for number in range(1, 1500)]
    world.declaration(title="大", rows=tuple(rows))
    response = export(world.filler, "flat-csv")
    assert (response.streaming, response["Content-Length"]) == (True, str(len(whole := content(response))))
    assert len(whole.decode("utf-8-sig").splitlines()) == 1 + len(GOOD_ROWS) + len(rows)


def test_a_shape_that_is_not_there_is_told(world: World) -> None:
    world.declaration()
    for sent, sentence in (("pdf", "没有这种导出内容，请重新选择。"), ("", "请选择导出内容。")):
        assert sentence in export(world.filler, sent).content.decode()


# Who reads what -------------------------------------------------------------------------------------------------------


def test_a_draft_is_exported_by_its_own_people_only(world: World) -> None:
    form = world.declaration()
    addresses = (EXPORT, f"/admin/targets/budgetproject/{form.pk}/workbook/")
    readers = set()
    for name, person in world.people.items():
        by_page = export(person, "official")
        alone = client_of(person).get(addresses[1])
        got = {response["Content-Type"].startswith("application/vnd") for response in (by_page, alone)}
        assert len(got) == 1, name
        if got == {True}:
            readers.add(name)
    assert readers == {"filler", "boss"}


def test_the_page_counts_what_will_be_in_the_file(world: World) -> None:
    sent, draft = world.advance(world.declaration(title="甲"), "submit"), world.declaration(title="乙")
    world.declaration(title="丙", unit=world.kindergarten, by=world.sibling)
    ticked = {"action": "export_as", "_selected_action": [sent.pk, draft.pk]}
    said = {}
    for name in ("filler", "boss", "perf", "stranger"):
        client = client_of(world.people[name])
        pages = client.get(EXPORT), client.post("/admin/targets/budgetproject/", ticked, follow=True)
        said[name] = [(page.context.get("number"), page.context.get("hidden")) for page in pages]
    assert said == {
        "filler": [(2, 0), (2, 0)],
        "boss": [(3, 0), (2, 0)],
        "perf": [(1, 2), (1, 1)],
        "stranger": [(0, 0), (0, 0)],
    }
    sentence = "所选的表，可以导出 1 张；另有 1 张还没有送审，您看不到内容，不写入文件<"
    assert sentence in client_of(world.perf).post("/admin/targets/budgetproject/", ticked).content.decode()


def test_those_of_many_whose_text_one_reads_are_those_that_give_one_a_text(world: World) -> None:
    world.advance(world.declaration(title="送审"), "submit")
    again = world.advance(world.declaration(title="退回"), "submit", "return")
    apply_changes(again, [Change("", "goal", again.goal, "退回以后改写的目标。")], by=world.filler)
    for title, person in (("编制", world.filler), ("代录", world.perf), ("别人正在填写", world.perf)):
        world.declaration(title=title, by=person)
    for title, person in (("别人正在填写", world.filler), ("编制", world.filler)):
        form = Declaration.objects.get(title=title)
        edit = Change("", "goal", form.goal, "正在填写的目标。")
        apply_changes(form, [edit], by=person, is_sitting=True)
    undone = world.declaration(title="撤销", by=world.perf)
    store([(undone, undone.record())], by=world.perf, reason=Revision.Reason.UNDO)
    world.declaration(title="下级", unit=world.kindergarten, by=world.sibling)
    told, found = {}, {}
    for name, person in world.people.items():
        forms = Declaration.objects.visible_to(person)
        told[name] = {form.title for form in forms if form.record_for(person) is not None}
        found[name] = set(forms.readable_by(person).values_list("title", flat=True))
    assert found == told
    assert found["perf"] == {"送审", "退回", "代录"}
    assert found["perf2"] == {"送审", "退回"}


def test_others_get_the_text_that_was_submitted(world: World) -> None:
    form = world.advance(world.declaration(), "submit", "return")
    edit = Change("", "goal", form.goal, "退回以后改写、尚未重新送审的目标，发放补助100万元。")
    apply_changes(form, [edit], by=world.filler)
    goals = {}
    for name in ("filler", "boss", "perf", "auditor", "root"):
        first, *_ = table(export(world.people[name], "flat"))
        goals[name] = first["年度总体绩效目标"].startswith("退回以后")
    assert goals == {"filler": True, "boss": True, "perf": False, "auditor": False, "root": False}


def test_the_check_code_names_the_text_that_is_printed(world: World) -> None:
    form = world.advance(world.declaration(), "submit", "return")
    apply_changes(form, [Change("", "goal", form.goal, "改写的目标，为1200名幼儿发放补助100万元。")], by=world.filler)

    def code(person: Person) -> str:
        cells = openpyxl.load_workbook(io.BytesIO(content(export(person, "official")))).active.iter_rows()
        return next(str(cell.value) for row in cells for cell in row if "校验码" in str(cell.value))

    assert code(world.filler).endswith("R2")
    assert code(world.perf).endswith("R1")


def test_nothing_readable_is_told_in_words(world: World) -> None:
    world.declaration()
    page = export(world.perf, "official")
    assert page.status_code == 200
    assert page.context["faults"] == [NOTHING_TO_EXPORT]
    empty = export(world.stranger, "official")
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


def test_what_is_ticked_leaves_in_any_shape(world: World) -> None:
    mine, other = world.declaration(title="甲"), world.declaration(title="乙", unit=world.kindergarten)
    world.declaration(title="丙")
    client = client_of(world.filler)
    ticked = {"action": "export_as", "_selected_action": [mine.pk, other.pk]}
    page = client.post("/admin/targets/budgetproject/?state__exact=draft", ticked)
    assert page.context["form"].ticked() == [mine.pk]
    chosen = f"{mine.pk},{other.pk}"
    lines = csv_table(client.post(page.context["address"], {"format": "summary-csv", "chosen": chosen}))
    assert [line["名称"] for line in lines] == ["甲"]


@pytest.mark.parametrize("chosen", ["x", "1,", "1;2", "9" * 30, "1\n"])
def test_a_choice_that_no_list_sends_is_told(world: World, chosen: str) -> None:
    world.declaration()
    page = export(world.filler, "flat", chosen=chosen)
    assert page.status_code == 200
    assert "请返回列表重新勾选" in page.content.decode() or "没有可导出的表" in page.content.decode()


def test_filters_of_the_list_hold_for_the_export(world: World) -> None:
    world.declaration(title="甲")
    world.advance(world.declaration(title="乙"), "submit")
    response = export(world.filler, "official", address=f"{EXPORT}?state__exact=department_review")
    assert titles(response) == ["乙"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_the_list_refuses_is_refused_in_words(world: World, method: str) -> None:
    world.declaration()
    client = client_of(world.filler)
    refused = getattr(client, method)(f"{EXPORT}?state=draft", {"format": "official"} if method == "post" else {})
    assert refused.status_code == 400
    assert "地址中的查询条件不对" in refused.content.decode()


def test_what_the_list_leaves_out_of_its_filters_is_told_before_the_export(world: World) -> None:
    world.declaration()
    page = client_of(world.filler).get(f"{EXPORT}?state__exact=x&year=1999").content.decode()
    assert "“状态”原来选的内容已经没有了" in page
    assert "“年度”原来选的内容已经没有了" in page
    assert "按列表现有的筛选条件，可以导出 1 张<" in page
    assert 'href="/admin/targets/budgetproject/?state__exact=x&amp;year=1999">返回列表' in page


def test_voided_forms_leave_when_they_are_asked_for(world: World) -> None:
    world.declaration(title="甲")
    take_step(world.declaration(title="乙"), "void", by=world.boss, order=Order(opinion="重复建立"))
    assert titles(export(world.filler, "official")) == ["甲"]
    assert titles(export(world.filler, "official", address=f"{EXPORT}?state__exact=void")) == ["乙"]


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
    response = export(world.filler, "official", address="/admin/targets/departmentplan/export/")
    assert len(titles(response)) == 1


@pytest.mark.parametrize("name", ["filler", "perf"])
def test_as_many_queries_for_many_forms_as_for_one(world: World, name: str) -> None:
    counts = []
    for number in (1, 3):
        while Declaration.objects.count() < 2 * number:
            world.advance(world.declaration(title=f"项目{Declaration.objects.count()}"), "submit")
            world.declaration(title=f"代录{Declaration.objects.count()}", by=world.perf)
        client = client_of(Person.objects.get(username=name))
        with CaptureQueriesContext(connection) as queries:
            client.post(EXPORT, {"format": "flat"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
