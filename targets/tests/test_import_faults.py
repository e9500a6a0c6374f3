"""What an upload is told that cannot go in, wholly or in part, and how its problems go back."""

import io
import time
from dataclasses import asdict, replace
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.http import content_disposition_header

from targets.domain.sheets.causes import Causes
from targets.domain.sheets.problems import GUESS, REFUSED, problem
from targets.models import Declaration, ImportBatch, ImportedFile
from targets.tests.uploads import GOOD_ROW, UPLOAD, actions, confirm, flat_list, page_text, upload, workbook
from targets.tests.world import World, client_of


def sheet_with(cells: dict[str, object]) -> bytes:
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


BAD_FILES = [
    ("text", "说明.txt", "这不是表格".encode(), "说明.txt"),
    ("text named xlsx", "表.xlsx", "这不是表格".encode(), "表.xlsx"),
    ("picture", "图.png", b"\x89PNG\r\n\x1a\n0000", "图.png"),
    ("empty workbook", "空.xlsx", sheet_with({}), "空.xlsx"),
    ("no form in it", "花名册.xlsx", sheet_with({"A1": "花名册", "A2": "姓名", "B2": "电话"}), "花名册.xlsx"),
    ("nothing at all", "零.xlsx", b"", ""),
]


@pytest.mark.parametrize(("what", "name", "content", "_"), BAD_FILES, ids=[row[0] for row in BAD_FILES])
def test_a_bad_file_is_refused_on_the_upload_page(world: World, what: str, name: str, content: bytes, _: str) -> None:
    page = upload(client_of(world.filler), content, name)
    errors = page.context["form"].errors["file"]
    assert len(errors) == 1
    assert errors[0].endswith("。")
    assert 'type="file"' in page_text(page)
    assert ImportBatch.objects.count() == 0


def test_no_file_chosen(world: World) -> None:
    page = client_of(world.filler).post(UPLOAD, {})
    assert page.context["form"].errors["file"] == [
        "还没有选择文件。请选择要导入的表格或 Word 文件，或把表格粘贴在下面。"
    ]


def test_a_copied_table_is_pasted(world: World) -> None:
    lines = openpyxl.load_workbook(io.BytesIO(workbook(world.record()))).worksheets[0].iter_rows(values_only=True)
    pasted = "\r\n".join("\t".join("" if value is None else str(value) for value in line) for line in lines)
    page = client_of(world.filler).post(UPLOAD, {"pasted": pasted}, follow=True)
    assert actions(page) == [("学前教育补助", "新增")]
    assert page.context["batch"].file_name == "粘贴的表格.txt"


def test_what_is_pasted_and_no_table_is_told_beside_it(world: World) -> None:
    client = client_of(world.filler)
    page = client.post(UPLOAD, {"pasted": "今天的会议记录"})
    (told,) = page.context["form"].errors["pasted"]
    assert told.endswith("。")
    assert "今天的会议记录" in page_text(page)
    both = client.post(UPLOAD, {"pasted": "表", "file": SimpleUploadedFile("表.xlsx", workbook(world.record()))})
    assert both.context["form"].errors == {"pasted": ["选了文件，又粘贴了表格。请只留一样，另一样再导入一次。"]}
    assert ImportBatch.objects.count() == 0


def test_a_file_above_the_limit_is_refused_unread(world: World, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    page = upload(client_of(world.filler), b"x" * (1024 * 1024 + 1))
    assert page.context["form"].errors["file"] == ["“绩效目标表.xlsx”有1.0MB，超过1MB的上限。请拆成几个文件分别上传。"]


@pytest.mark.parametrize("year", ["二三年", "23", "99999"])
def test_a_year_that_is_none(world: World, year: str) -> None:
    page = upload(client_of(world.filler), workbook(world.record()), year=year)
    assert page.context["form"].errors["year"] == ["预算年度要写成四位数字，如 2023；也可不填。"]


def refusals(page: Any) -> list[str]:
    return [line.remark for line in page.context["lines"] if line.form.action == "refused"]


def test_the_year_of_the_title_contradicts_the_year_asked_for(world: World) -> None:
    page = upload(client_of(world.filler), workbook(world.record()), year="2024")
    assert actions(page) == [("学前教育补助", "不能导入")]
    assert "2024" in refusals(page)[0]


def test_forms_that_cannot_go_in_leave_the_good_ones(world: World) -> None:
    unknown = world.record(title="甲", department_code="", department_name="淄川区教育局体育局")
    contradictory = world.record(title="乙", department_code="405")
    client = client_of(world.filler)
    page = upload(client, workbook(world.record(), unknown, contradictory))
    assert actions(page) == [("学前教育补助", "新增"), ("甲", "不能导入"), ("乙", "不能导入")]
    first, second = refusals(page)
    assert first.startswith("部门“淄川区教育局体育局”没有登记，这张表没有导入。是不是：")
    assert second.startswith("代码“405”是淄川区卫生健康局")
    done = confirm(client, page)
    assert [form.title for form in Declaration.objects.all()] == ["学前教育补助"]
    assert "没有登记" in page_text(done)


@pytest.mark.parametrize("amount", ["一百三十三", "约700", "-5"])
def test_an_amount_that_is_none_names_its_cell(world: World, amount: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(world.record(), world.record(title="校车运营补贴"))))
    sheet = book.worksheets[0]
    label = next(cell for row in sheet.iter_rows() for cell in row if "资金总额" in str(cell.value))
    value = next(cell for cell in sheet[label.row][label.column :] if cell.value is not None)
    value.value = amount
    target = io.BytesIO()
    book.save(target)
    client = client_of(world.filler)
    page = upload(client, target.getvalue())
    assert actions(page) == [("学前教育补助", "不能导入"), ("校车运营补贴", "新增")]
    (cause,) = [cause for cause in page.context["causes"] if cause.level == "error"]
    assert cause.shown == f"{sheet.title}!{value.coordinate}"
    assert amount in cause.sentence
    confirm(client, page)
    assert [form.title for form in Declaration.objects.all()] == ["校车运营补贴"]


def test_markup_in_a_file_is_shown_as_text(world: World) -> None:
    page = upload(client_of(world.filler), workbook(world.record(title="<script>alert(1)</script>")))
    assert "<script>alert" not in page_text(page)


def test_a_page_stays_under_a_megabyte_whatever_a_file_holds(world: World) -> None:
    """Forms with many long changes, and a cause at thousands of cells of sheets with long names."""
    rows = tuple(GOOD_ROW.with_cells(name=f"指标{n}", explanation="旧" * 2000) for n in range(12))
    old = [world.record(title=f"{'长' * 150}{n}", rows=rows) for n in range(25)]
    client = client_of(world.filler)
    confirm(client, upload(client, flat_list(old)))
    new = [
        replace(one, goal="新" * 2000, rows=tuple(row.with_cells(explanation="新" * 2000) for row in rows))
        for one in old
    ]
    page = upload(client, flat_list(new))
    told = [problem(f"{'名' * 90}{n}.xlsx/{'表' * 31}", f"B{n}", GUESS, f"“{n}”已读入，请核对。") for n in range(3000)]
    batch = page.context["batch"]
    told_by_cause = Causes()
    told_by_cause.add(told)
    batch.causes = told_by_cause.as_json()
    batch.save(update_fields=["causes"])
    page = client.get(reverse("admin:targets_importbatch_preview", args=[batch.pk]))
    assert len(page.content) < 1_000_000
    assert all(len(line.changes) + line.more_changes == 13 and line.changes for line in page.context["lines"])
    (cause,) = page.context["causes"]
    assert (cause.number, cause.more > 2900) == (3000, True)


def test_a_preview_of_a_hundred_thousand_problems_opens_none_of_them(world: World) -> None:
    """They are counted by cause while the file is read; only the reasons of the refused forms of a page are looked up."""
    client = client_of(world.filler)
    page = upload(client, workbook(*(world.record(title=f"项目{n}", total=None) for n in range(3))))
    batch = page.context["batch"]
    many = [asdict(problem("表", f"B{n}", GUESS, f"“{n}”已读入，请核对。")) for n in range(40_000)]
    batch.forms.update(problems=many)
    address = reverse("admin:targets_importbatch_preview", args=[batch.pk])
    client.get(address)
    begin = time.process_time()
    page = client.get(address)
    assert time.process_time() - begin < 0.3
    assert len(page.content) < 100_000


def test_of_the_reasons_of_a_form_left_out_some_are_listed_and_the_others_counted(world: World) -> None:
    client = client_of(world.filler)
    unknown = world.record(title="甲", department_code="", department_name="火星局")
    page = upload(client, workbook(world.record(), unknown))
    batch = page.context["batch"]
    many = [asdict(problem("表", f"B{n}", REFUSED, f"“{n}”不是数字。")) for n in range(3000)]
    batch.forms.filter(title="甲").update(problems=many)
    told = page_text(confirm(client, page))
    assert (told.count("不是数字。"), "另有2995处，见问题清单。" in told) == (5, True)


def test_of_long_texts_the_part_that_differs_is_shown(world: World) -> None:
    client = client_of(world.filler)
    goal = "共同的文字。" * 300
    confirm(client, upload(client, workbook(world.record(goal=f"{goal}旧的结尾"))))
    page = upload(client, workbook(world.record(goal=f"{goal}新的结尾")))
    (line,) = page.context["lines"]
    (change,) = line.changes
    assert (change.old[:1], change.old[-4:], change.new[-4:]) == ("…", "旧的结尾", "新的结尾")
    assert len(change.new) < 200


def test_the_problems_can_be_downloaded(world: World) -> None:
    client = client_of(world.filler)
    unknown = world.record(title="甲", department_code="", department_name="=火星局")
    batch = upload(client, workbook(unknown)).context["batch"]
    response = client.get(reverse("admin:targets_importbatch_problems", args=[batch.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert [[cell.value for cell in row] for row in sheet] == [
        ["文件", "工作表", "单元格", "级别", "原因", "问题", "办法"],
        [
            *("绩效目标表.xlsx", "甲", "A1", "不能导入"),
            "部门“…”没有登记，这张表没有导入。",
            "部门“=火星局”没有登记，这张表没有导入。",
            "请改正名称或代码，或请系统管理员登记该部门。",
        ],
    ]
    assert "filename*=utf-8''" in response["Content-Disposition"]


def test_the_file_can_be_downloaded_with_its_problems_marked(world: World) -> None:
    """From the preview and, when the rest is in, from the record of the import; the marks change nothing of what is read."""
    client = client_of(world.filler)
    bad = world.record(title="甲", department_code="", department_name="火星局")
    content = workbook(world.record(), bad)
    page = upload(client, content, "我的表.xlsx")
    address = reverse("admin:targets_importbatch_annotated", args=[page.context["batch"].pk])
    assert address in page_text(page)
    assert address in page_text(confirm(client, page))
    response = client.get(address)
    marked = openpyxl.load_workbook(io.BytesIO(response.content))
    assert marked.sheetnames == ["学前教育补助", "甲", "导入问题"]
    notes = {cell.coordinate: cell.comment.text for row in marked["甲"] for cell in row if cell.comment}
    assert list(notes) == ["A1"]
    assert "部门“火星局”没有登记" in notes["A1"]
    assert (
        content_disposition_header(as_attachment=True, filename="我的表_标注.xlsx") == response["Content-Disposition"]
    )
    again = upload(client, response.content, "我的表_标注.xlsx")
    assert actions(again) == [("学前教育补助", "无变化"), ("甲", "不能导入")]


def test_a_file_that_cannot_be_marked_comes_back_as_a_list(world: World) -> None:
    client = client_of(world.filler)
    batch = upload(client, workbook(world.record(department_name="火星局", department_code=""))).context["batch"]
    text = "项目名称\t一级指标\t二级指标\t三级指标\t指标值"
    ImportedFile.objects.filter(batch=batch).update(content=text.encode())
    response = client.get(reverse("admin:targets_importbatch_annotated", args=[batch.pk]))
    assert openpyxl.load_workbook(io.BytesIO(response.content)).active["A1"].value == "文件"


@pytest.mark.parametrize("junk", ["", "x", "-1", "9" * 5000, "0:0"])
def test_what_no_button_sends_is_taken_for_nothing(world: World, junk: str) -> None:
    client = client_of(world.filler)
    batch = upload(client, workbook(world.record())).context["batch"]
    address = reverse("admin:targets_importbatch_confirm", args=[batch.pk])
    page = client.post(address, {"form": [junk], "shown": [junk, "0"]}, follow=True)
    assert "没有勾选任何表" in page_text(page)
    assert Declaration.objects.count() == 0


@pytest.mark.parametrize(
    "page", ["999999/preview/", f"{'9' * 30}/preview/", "999999/change/", "x/change/", "1/history/"]
)
def test_batches_that_are_not_there(world: World, page: str) -> None:
    assert client_of(world.filler).get(f"/admin/targets/importbatch/{page}").status_code == 404
