"""The page 导入: what is uploaded, shown, ticked and confirmed, and who sees it."""

import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from targets.domain.edits import Change
from targets.domain.words import CAME, GONE, SAME, Piece
from targets.editing import apply_changes
from targets.models import Declaration, ImportBatch, Revision
from targets.tasks import run_job
from targets.tests.sheets.files import as_xls, biff_sheet
from targets.tests.uploads import UPLOAD, actions, confirm, page_text, upload, workbook
from targets.tests.world import GOOD_ROWS, World, client_of


def test_upload_preview_confirm_result(world: World) -> None:
    client = client_of(world.filler)
    page = upload(client, workbook(world.record(), world.record(title="校车运营补贴")))
    assert actions(page) == [("学前教育补助", "新增"), ("校车运营补贴", "新增")]
    assert "尚未写入任何数据" in page_text(page)
    assert "确认导入 2 张" in page_text(page)
    assert Declaration.objects.count() == 0
    done = confirm(client, page)
    assert done.status_code == 200
    assert "已导入“绩效目标表.xlsx”：新增2张。" in page_text(done)
    forms = list(Declaration.objects.order_by("id"))
    assert [form.title for form in forms] == ["学前教育补助", "校车运营补贴"]
    for form in forms:
        assert f"/admin/targets/budgetproject/{form.pk}/change/" in page_text(done)


def as_old_et(content: bytes, stream: str) -> bytes:
    """As WPS saves it: cells of Excel 97, and what WPS itself notes beside them."""
    rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    lines = [["" if value is None else value for value in row] for row in rows]
    return as_xls(("表", biff_sheet(lines)), name=stream, beside=["ETExtData", "_VBA_PROJECT_CUR"])


@pytest.mark.parametrize("stream", ["", "Workbook", "WORKBOOK", "Book"])
def test_a_file_of_wps_is_imported_whichever_way_it_was_saved(world: World, stream: str) -> None:
    """A new .et is a zip like .xlsx, an old one a compound file."""
    client = client_of(world.filler)
    content = workbook(world.record())
    page = upload(client, as_old_et(content, stream) if stream else content, "绩效目标表.et")
    assert actions(page) == [("学前教育补助", "新增")]
    confirm(client, page)
    assert Declaration.objects.get().record().rows[1].target == "≥1200人"


def test_only_ticked_forms_go_in(world: World) -> None:
    client = client_of(world.filler)
    page = upload(client, workbook(world.record(), world.record(title="校车运营补贴")))
    done = confirm(client, page, without=(0,))
    assert [form.title for form in Declaration.objects.all()] == ["校车运营补贴"]
    assert "没有勾选" in page_text(done)
    assert [where for _, where, _, _ in done.context["left_out"]] == [""]  # the sheet is called as the form


def test_nothing_ticked_is_told_and_the_preview_stays(world: World) -> None:
    client = client_of(world.filler)
    page = upload(client, workbook(world.record()))
    again = confirm(client, page, without=(0,))
    assert "没有勾选任何表，没有写入数据" in page_text(again)
    assert actions(again) == [("学前教育补助", "新增")]
    assert ImportBatch.objects.get().state == "preview"


def test_a_second_confirmation_gets_a_sentence(world: World) -> None:
    client = client_of(world.filler)
    page = upload(client, workbook(world.record()))
    confirm(client, page)
    again = confirm(client, page)
    assert "这个文件已导入，没有再次导入" in page_text(again)
    assert (Declaration.objects.count(), Revision.objects.count()) == (1, 1)


def test_a_discarded_file_cannot_be_confirmed(world: World) -> None:
    client = client_of(world.filler)
    page = upload(client, workbook(world.record()))
    batch = page.context["batch"]
    dropped = client.post(reverse("admin:targets_importbatch_discard", args=[batch.pk]), follow=True)
    assert "没有写入任何数据" in page_text(dropped)
    assert "这个文件已放弃，没有再次导入" in page_text(confirm(client, page))
    assert Declaration.objects.count() == 0


@pytest.mark.parametrize("name", ["confirm", "discard"])
def test_deeds_are_posts(world: World, name: str) -> None:
    client = client_of(world.filler)
    batch = upload(client, workbook(world.record())).context["batch"]
    assert client.get(reverse(f"admin:targets_importbatch_{name}", args=[batch.pk])).status_code == 405


def test_a_changed_form_shows_each_cell_before_and_after(world: World) -> None:
    world.declaration()
    client = client_of(world.filler)
    changed = GOOD_ROWS[1].with_cells(target="≥1500人")
    page = upload(client, workbook(world.record(rows=(GOOD_ROWS[0], changed, *GOOD_ROWS[2:]))))
    assert actions(page) == [("学前教育补助", "更新")]
    (line,) = page.context["lines"]
    (change,) = line.changes
    assert (change.place, change.old, change.new) == ("第2行 指标值", "≥1200人", "≥1500人")
    assert "与系统中的稿相比有1处不同" in page_text(page)
    confirm(client, page)
    assert [row.target for row in Declaration.objects.get().record().rows][1] == "≥1500人"


def test_finance_does_not_see_what_was_not_sent_to_it(world: World) -> None:
    world.declaration(goal="本单位尚未送审的目标，发放补助100万元给1200名幼儿。")
    page = upload(client_of(world.perf), workbook(world.record()))
    assert actions(page) == [("学前教育补助", "更新")]
    (line,) = page.context["lines"]
    assert [change.old for change in line.changes] == ["（尚未送审，不显示原值）"]
    assert "本单位尚未送审的目标" not in page_text(page)


def test_an_unchanged_form_has_no_box_to_tick(world: World) -> None:
    world.declaration()
    page = upload(client_of(world.filler), workbook(world.record()))
    assert actions(page) == [("学前教育补助", "无变化")]
    assert "没有可导入的表" in page_text(page)
    assert "data-confirm" not in page_text(page)


def test_a_form_worked_on_since_the_preview_is_not_overwritten(world: World) -> None:
    form = world.declaration()
    client = client_of(world.filler)
    page = upload(client, workbook(world.record(goal="为全区1200名幼儿发放补助100万元，导入的文字在这里。")))
    edit = Change("", "goal", form.goal, "为全区1200名幼儿发放补助100万元，刚刚改过的文字。")
    apply_changes(form, [edit], by=world.filler)
    done = confirm(client, page)
    assert "预览之后有人修改了系统中的这张表，没有导入" in page_text(done)
    assert [(one.level_tag, one.message) for one in done.context["messages"]] == [
        ("warning", "“绩效目标表.xlsx”中没有写入任何表，原因见下。")
    ]
    assert "刚刚改过的文字" in Declaration.objects.get().goal


@pytest.mark.parametrize(("code", "same"), [("", "同名"), ("X1", "项目代码相同")])
def test_a_new_form_that_somebody_made_since_the_preview_is_named_and_the_others_go_in(
    world: World, code: str, same: str
) -> None:
    client, other = client_of(world.filler), client_of(world.perf)
    page = upload(client, workbook(world.record(title="共有", code=code), world.record(title="自己的")))
    confirm(other, upload(other, workbook(world.record(title="共有", code=code))))
    done = confirm(client, page)
    assert [(one.level_tag, one.message) for one in done.context["messages"]] == [
        ("warning", "已导入“绩效目标表.xlsx”：新增1张。有1张在预览之后有变化，没有写入，原因见下。")
    ]
    assert [(form.title, reasons) for form, _, reasons, _ in done.context["left_out"]] == [
        (
            "共有",
            [
                f"共有!A1：预览之后有人建立了{same}的表，没有导入。请重新上传这个文件，与系统中的表核对不同之处后再确认。",
            ],
        )
    ]
    assert list(Declaration.objects.order_by("pk").values_list("title", "current_revision__author")) == [
        ("共有", world.perf.pk),
        ("自己的", world.filler.pk),
    ]


def test_what_was_refused_stands_before_what_is_as_stored(world: World) -> None:
    world.declaration(title="没变")
    records = [world.record(title="没变"), world.record(title="不勾选"), world.record(title="别处", unit="火星局")]
    client = client_of(world.filler)
    done = confirm(client, upload(client, workbook(*records, world.record(title="进去"))), without=(1,))
    assert [form.title for form, _, _, _ in done.context["left_out"]] == ["别处", "不勾选", "没变"]


def test_the_same_file_imported_before_is_told(world: World) -> None:
    client = client_of(world.filler)
    content = workbook(world.record())
    confirm(client, upload(client, content))
    page = upload(client, content)
    assert "同一个文件" in page_text(page)
    assert "filler某 导入过" in page_text(page)
    other = upload(client_of(world.perf), content)
    assert other.context["earlier"] is None


def test_what_differs_is_shown_row_by_row(world: World) -> None:
    """Words within a long text, whole values, and a row that goes before the one that comes in its place."""
    goal = "为全区公办幼儿园拨付生均公用经费，支持扩大普惠性学前教育资源。"
    client = client_of(world.filler)
    confirm(client, upload(client, workbook(world.record(goal=goal))))
    first, second, *others = GOOD_ROWS
    new = second.with_cells(name="幼儿园所数", target="≥20所")
    page = upload(client, workbook(world.record(goal=f"{goal}年底前完成。", rows=(first, new, *others))))
    (line,) = page.context["lines"]
    shown = [(change.place, change.remark, change.was, change.becomes) for change in line.changes]
    above = f"{second.level1}／{second.level2}　"
    assert shown == [
        ("年度总体绩效目标", "", (Piece(SAME, goal),), (Piece(SAME, goal), Piece(CAME, "年底前完成。"))),
        ("原第2行", "文件中没有，将删除", (Piece(GONE, f"{above}{second.name}　{second.target}"),), ()),
        ("第2行", "新增一行", (), (Piece(CAME, f"{above}幼儿园所数　≥20所"),)),
    ]
    emptied = workbook(world.record(goal=goal, rows=(first.with_cells(target=""), second, *others)))
    (line,) = upload(client, emptied).context["lines"]
    (change,) = line.changes
    assert (change.place, change.remark) == ("第1行 指标值", first.name)
    assert (change.was, change.becomes) == ((Piece(GONE, first.target),), (Piece(SAME, "（空）"),))


def test_a_form_twice_in_a_file_is_no_fault(world: World) -> None:
    client = client_of(world.filler)
    page = upload(client, workbook(world.record(), world.record()))
    assert [(line.label, line.look) for line in page.context["lines"]] == [("新增", "new"), ("重复", "same")]
    assert page.context["lines"][1].remark == "与文件中的另一张表完全相同，按一张表处理。"
    assert "按一张表处理" in page_text(confirm(client, page))


# Who ------------------------------------------------------------------------------------------------------------------

IMPORTERS = {"filler", "sibling", "stranger", "office", "other_office", "perf", "perf2", "budget", "admin", "root"}


def test_who_may_import(world: World) -> None:
    assert {
        name for name, person in world.people.items() if client_of(person).get(UPLOAD).status_code == 200
    } == IMPORTERS


def test_a_preview_is_its_uploaders_alone(world: World) -> None:
    batch = upload(client_of(world.filler), workbook(world.record())).context["batch"]
    address = reverse("admin:targets_importbatch_preview", args=[batch.pk])
    assert {name for name, person in world.people.items() if client_of(person).get(address).status_code == 200} == {
        "filler"
    }
    deed = reverse("admin:targets_importbatch_confirm", args=[batch.pk])
    assert client_of(world.sibling).post(deed, {"form": ["0"]}).status_code == 404
    assert client_of(world.admin).post(deed, {"form": ["0"]}).status_code == 404
    assert Declaration.objects.count() == 0


def test_records_are_seen_by_the_uploader_and_administrators(world: World) -> None:
    client = client_of(world.filler)
    confirm(client, upload(client, workbook(world.record())))
    record = reverse("admin:targets_importbatch_change", args=[ImportBatch.objects.get().pk])
    assert {name for name, person in world.people.items() if client_of(person).get(record).status_code == 200} == {
        *("filler", "admin", "root")
    }


def test_only_what_was_stored_is_counted(world: World) -> None:
    client = client_of(world.filler)
    confirm(client, upload(client, workbook(world.record(), world.record(title="校车运营补贴")), "甲.xlsx"))
    waiting = upload(client, workbook(world.record(), world.record(title="冬季取暖")), "乙.xlsx").context["batch"]
    page = page_text(client.get("/admin/targets/importbatch/"))
    numbers = re.findall(r'class="field-(?:created|updated|unchanged|refused)">(.*?)</td>', page)
    assert numbers == ["—", "—", "—", "—", "2", "0", "0", "0"]
    record = page_text(client_of(world.admin).get(f"/admin/targets/importbatch/{waiting.pk}/change/"))
    assert "上传人还没有确认，尚未写入任何数据。" in record
    assert "0 张" not in record.replace("共 0 张", "")


def test_the_list_reads_no_file_and_its_queries_do_not_grow(world: World) -> None:
    client = client_of(world.filler)
    counts = []
    for number in (1, 3):
        while ImportBatch.objects.count() < number:
            upload(client, workbook(world.record(title=f"项目{ImportBatch.objects.count()}")))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get("/admin/targets/importbatch/")
        assert page.status_code == 200
        assert not any("importedfile" in query["sql"] for query in queries)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["filler", "perf"])
def test_preview_and_record_take_the_same_queries_for_many_forms(world: World, who: str) -> None:
    client = client_of(world.people[who])
    world.declaration(title="项目0")
    world.declaration(title="项目1")
    world.declaration(title="项目2")
    previews, records = [], []
    for number in (1, 3):
        forms = [world.record(title=f"项目{place}", total=Decimal(number * 100)) for place in range(number)]
        page = upload(client, workbook(*forms))
        batch = page.context["batch"]
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:targets_importbatch_preview", args=[batch.pk]))
        previews.append(len(queries))
        confirm(client, page)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:targets_importbatch_change", args=[batch.pk]))
        records.append(len(queries))
    assert previews[0] == previews[1]
    assert records[0] == records[1]


# Paging, parts, undoing -----------------------------------------------------------------------------------------------


def test_a_long_preview_has_pages_that_remember_what_was_ticked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("targets.admin.intake.FORMS_A_PAGE", 2)
    client = client_of(world.filler)
    page = upload(client, workbook(*(world.record(title=f"项目{place}") for place in range(3))))
    batch = page.context["batch"]
    assert [line.form.title for line in page.context["lines"]] == ["项目0", "项目1"]
    assert "第 1 页，共 2 页" in page_text(page)
    address = reverse("admin:targets_importbatch_preview", args=[batch.pk])
    second = client.post(address, {"shown": ["0", "1"], "form": ["1"], "page": "2"}, follow=True)
    assert [line.form.title for line in second.context["lines"]] == ["项目2"]
    assert "确认导入 2 张" in page_text(second)
    confirm(client, second)
    assert sorted(Declaration.objects.values_list("title", flat=True)) == ["项目1", "项目2"]


def test_a_long_preview_lists_the_forms_of_one_kind_and_remembers_what_was_ticked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("targets.admin.intake.FORMS_A_PAGE", 2)
    world.declaration(title="已有")
    client = client_of(world.filler)
    titles = ("新一", "新二", "已有", "新三")
    records = [world.record(title=title, goal="另一个目标，为1200名幼儿发放补助。") for title in titles]
    page = upload(client, workbook(*records, world.record(title="别处", unit="火星局")))
    assert [(one.number, one.label, one.is_shown) for one in page.context["tiles"]] == [
        (3, "新增", False),
        (1, "更新", False),
        (0, "无变化或重复，跳过", False),
        (1, "不能导入，原因见下", False),
    ]
    address = page.context["address"]
    updated = client.post(f"{address}?show=update", {"shown": ["0", "1"], "form": ["1"], "page": "1"}, follow=True)
    assert [line.form.title for line in updated.context["lines"]] == ["已有"]
    assert "确认导入 3 张" in page_text(updated)
    new = client.post(f"{address}?show=create", {"shown": ["2"], "page": "2"}, follow=True)
    assert [line.form.title for line in new.context["lines"]] == ["新三"]
    assert "?show=create&amp;" in page_text(new)  # the other page is one of these as well
    confirm(client, new)
    assert set(Declaration.objects.values_list("title", flat=True)) == {"已有", "新二", "新三"}
    assert "另一个" not in Declaration.objects.get(title="已有").goal


def test_a_doubtful_form_says_so_in_its_line(world: World) -> None:
    """Of what is as stored, or refused, nothing is left to look at."""
    world.declaration(title="没变")
    elsewhere = {"department_code": "", "department_name": "火星局", "unit": "火星局"}
    page = upload(
        client_of(world.perf),
        workbook(
            world.record(title="可疑", unit="火星局"),
            world.record(title="没变"),
            world.record(title="别处", **elsewhere),
            world.record(title="清楚"),
        ),
    )
    doubts = [(line.form.title, line.form.get_action_display(), line.doubts) for line in page.context["lines"]]
    assert doubts == [("可疑", "新增", 1), ("没变", "无变化", 0), ("别处", "不能导入", 0), ("清楚", "新增", 0)]
    assert page.context["doubts"] == 1
    assert page_text(page).count("读取时有1处存疑，请核对") == 1


def test_files_of_an_archive_that_were_not_read_are_named_above_the_forms_and_in_the_record(world: World) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("甲.xlsx", workbook(world.record()))
        for name in ("一.txt", "二.txt", "三.txt", "四.txt", "五.txt", "六.txt"):
            archive.writestr(name, "没有表")
    client = client_of(world.filler)
    upload(client, packed.getvalue(), "一批.zip")
    batch = ImportBatch.objects.get()
    run_job.call(batch.jobs.get().pk)
    page = client.get(reverse("admin:targets_importbatch_preview", args=[batch.pk]))
    told = "压缩包中有6个文件没有读入：一.txt、二.txt、三.txt、四.txt、五.txt等。原因见"
    assert f'{told}<a href="#problems">“读取时发现的问题”</a>。' in page_text(page)
    assert f"{told}问题清单。" in page_text(confirm(client, page))
    record = client_of(world.admin).get(reverse("admin:targets_importbatch_change", args=[batch.pk]))
    assert told not in page_text(record)  # what is in a file only its uploader knows
