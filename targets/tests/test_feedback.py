"""审核意见反馈表 filled in elsewhere, and in again with every line told."""

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Department
from targets.domain.sheets.feedback import printed_tag
from targets.domain.sheets.feedback_writer import COLUMNS
from targets.guards import Order
from targets.models import Declaration, Remark
from targets.remarks import Said, accept, answer, remark, reopen
from targets.review import take_step
from targets.tests.sheets.files import as_text
from targets.tests.world import World

PAGE = reverse("admin:targets_feedback")
WORKBOOK = reverse("admin:targets_feedback_workbook")
HEAD = [column.header for column in COLUMNS]
ANSWER, QUESTION, TAG = HEAD.index("修改情况"), HEAD.index("问题"), HEAD.index("编号")


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def returned(world: World, *questions: str, unit: Department | None = None, by: str = "office", **record: Any) -> Any:
    """A form sent back with these remarks on its second row."""
    form = world.declaration(unit=unit, by=world.sibling if unit == world.kindergarten else None, **record)
    filler = world.sibling if unit == world.kindergarten else world.filler
    take_step(form, "submit", by=filler)
    if by == "office":
        world.advance(form, "forward")
    form.refresh_from_db()
    for question in questions:
        remark(form, Said(question, row=form.record().rows[1].key, field="target"), by=world.people[by])
    take_step(form, "return", by=world.people[by], order=Order(opinion="请修改"))
    return form


def rows_of(content: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        sheet.title: [
            [cell.value for cell in row] for row in sheet.iter_rows(min_row=4) if isinstance(row[0].value, int)
        ]
        for sheet in book.worksheets
    }


def table(client: Client, **asked: Any) -> list[list[Any]]:
    """The only sheet that leaves."""
    (rows,) = rows_of(client.get(WORKBOOK, asked).content).values()
    return rows


def upload(client: Client, rows: list[list[Any]], name: str = "反馈.csv") -> Any:
    lines = [HEAD, *[["" if value is None else value for value in row] for row in rows]]
    return client.post(PAGE, {"file": SimpleUploadedFile(name, as_text(lines))})


def confirm(client: Client, preview: Any, **changed: str) -> Any:
    """What a browser sends when all stays ticked."""
    ready = preview.context["ready"]
    sent: dict[str, Any] = {"do": "confirm", "remark": [f"{line.remark.pk}-{line.seen}" for line, _ in ready]}
    sent |= {f"answer:{line.remark.pk}": line.answer for line, _ in ready}
    return client.post(PAGE, sent | changed)


def told(preview: Any) -> dict[str, str]:
    """Answer of the file → what stands now, or why it cannot go in."""
    ready = {line.answer: f"→{line.now}" for line, _ in preview.context["ready"]}
    return ready | {line.answer: line.refusal for line, _ in preview.context["refused"]}


def tag(one: Remark, replies: int = 0) -> str:
    return printed_tag(one.pk, replies, form=one.declaration_id, said_at=one.created_at)


def test_out_filled_in_previewed_and_in_again(world: World) -> None:
    form = returned(world, "甲", "乙", "丙")
    client = client_of(world, "filler")
    rows = table(client)
    for row, text in zip(rows, ("=改为1180人", "见附件，\n不改", None), strict=True):
        row[ANSWER] = text
    preview = upload(client, [rows[2], rows[0], rows[1]])
    assert "尚未保存任何答复" in preview.content.decode()
    assert told(preview) == {"=改为1180人": "→", "见附件，\n不改": "→"}
    assert (preview.context["plan"].unchanged, preview.context["plan"].empty) == (0, 1)
    assert [line.where for line, _ in preview.context["ready"]] == ["第2行 指标值"] * 2
    assert not form.remarks.exclude(state="open").exists()
    after = confirm(client, preview)
    assert "已保存 2 条答复" in after.content.decode()
    stored = {
        one.text: [(reply.deed, reply.text, reply.person) for reply in one.replies.all()] for one in form.remarks.all()
    }
    assert stored == {
        "甲": [("answer", "=改为1180人", world.filler)],
        "乙": [("answer", "见附件，\n不改", world.filler)],
        "丙": [],
    }
    again = upload(client, rows)
    assert (told(again), again.context["plan"].unchanged) == ({}, 2)
    late = confirm(client, preview).content.decode()
    assert "已保存 0 条答复" in late
    assert late.count("刚有人办理了这条意见，没有保存。请刷新后再看。") == 2
    assert table(client)[0][ANSWER] == "=改为1180人"


def test_a_better_answer_replaces_an_earlier_one(world: World) -> None:
    form = returned(world, "甲")
    client = client_of(world, "filler")
    answer(form.remarks.get(), "已改", by=world.filler)
    (row,) = table(client)
    row[ANSWER] = "已改为1180人"
    preview = upload(client, [row])
    assert told(preview) == {"已改为1180人": "→已改"}
    confirm(client, preview)
    assert list(form.remarks.get().replies.values_list("text", flat=True)) == ["已改", "已改为1180人"]


def test_every_line_that_cannot_go_in_says_why(world: World) -> None:
    form = returned(world, "甲", "乙", "丙", "丁", "戊", "己")
    foreign = returned(world, "别人的", unit=world.kindergarten, title="幼儿园项目").remarks.get()
    client = client_of(world, "filler")
    first, second, third, fourth, fifth, sixth = table(client)
    answer(form.remarks.get(text="乙"), "页面上答复的", by=world.filler)
    Remark.objects.filter(text="丙").update(state="accepted")
    first[ANSWER], second[ANSWER], third[ANSWER], fourth[ANSWER] = "改1", "改2", "改3", "长" * 4001
    fifth[ANSWER], fifth[QUESTION] = "改5", "我改了问题"
    dragged = [*sixth]
    dragged[ANSWER], dragged[TAG] = "改6", sixth[TAG].replace("-0-", "-1-")
    theirs = [*sixth]
    theirs[ANSWER], theirs[TAG] = "改7", tag(foreign)
    unnamed = [*sixth]
    unnamed[ANSWER], unnamed[TAG] = "改8", ""
    swapped = [*sixth]
    swapped[ANSWER], swapped[QUESTION] = "改9", "甲"
    twice = [*first]
    preview = upload(client, [first, twice, second, third, fourth, fifth, dragged, theirs, unnamed, swapped])
    reasons = told(preview)
    assert re.sub(r"\d+月\d+日 \d\d:\d\d", "某时", reasons.pop("改2")) == (
        "下载这张表以后，filler某 某时 已答复：“页面上答复的”。请在表页上核对后再答复。"
    )
    assert reasons == {
        "改1": "→",
        "改3": "审核人已认可这条意见的处理，不用再答复。",
        "长" * 4001: "答复有4,001个字，最多4,000个字，没有保存。请缩短，详细材料可作为附件。",
        "改5": "→",
        "改6": f"没有编号为“{dragged[TAG]}”的意见，或不是发给您单位的。请核对编号是否改动过。",
        "改7": f"没有编号为“{theirs[TAG]}”的意见，或不是发给您单位的。请核对编号是否改动过。",
        "改8": "这一行没有编号，认不出答复的是哪一条意见。请在表页上答复。",
        "改9": "这一行的“问题”是另一条意见的，可能只移动或排序了一部分栏目。请整行核对。",
    }
    notes = {line.answer: line.note for line, _ in preview.context["ready"]}
    assert notes == {"改1": "", "改5": "“问题”一栏与系统中的不同，改动没有读入。"}
    twice[ANSWER] = "又一个"
    assert told(upload(client, [first, twice])) == dict.fromkeys(
        ("改1", "又一个"), "文件中有几行答复同一条意见，写的不一样。请只留一行。"
    )


def test_a_form_that_went_on_takes_no_answer(world: World) -> None:
    form = returned(world, "请说明")
    Remark.objects.update(level="question")
    client = client_of(world, "filler")
    (row,) = table(client)
    row[ANSWER] = "改"
    preview = upload(client, [row])
    world.advance(form, "submit")
    refusal = "“学前教育补助”现在是“待主管部门审核”，不能修改。需要修改请先撤回，或请审核人退回。"
    assert refusal in confirm(client, preview).content.decode()
    assert told(upload(client, [row])) == {"改": refusal}
    assert not form.remarks.get().replies.exists()


def test_asked_again_the_old_table_does_not_answer(world: World) -> None:
    form = returned(world, "甲")
    client = client_of(world, "filler")
    answer(form.remarks.get(), "已改", by=world.filler)
    (old,) = table(client)
    old[ANSWER] = "早已改好"
    world.advance(form, "submit", "forward")
    reopen(form.remarks.get(), "请附统计表", by=world.office)
    form.refresh_from_db()
    take_step(form, "return", by=world.office, order=Order(opinion="再改"))
    (reason,) = told(upload(client, [old])).values()
    assert "office某" in reason
    assert "已重新提出：“请附统计表”" in reason
    (new,) = table(client)
    assert (new[QUESTION], new[ANSWER]) == ("甲\n重新提出：请附统计表", None)
    new[ANSWER] = "已附"
    assert told(upload(client, [new])) == {"已附": "→"}


def test_what_the_reviewer_accepted_stays_on_the_table(world: World) -> None:
    form = returned(world, "甲")
    answer(form.remarks.get(), "已改", by=world.filler)
    world.advance(form, "submit", "forward")
    accept(form.remarks.get(), by=world.office)
    (row,) = table(client_of(world, "office"))
    assert row[ANSWER] == "已改"


@pytest.mark.parametrize("who", ["boss", "office", "perf", "budget", "admin", "auditor", "root", "stranger", "sibling"])
def test_nobody_answers_for_the_unit(world: World, who: str) -> None:
    form = returned(world, "甲")
    (row,) = table(client_of(world, "filler"))
    row[ANSWER] = "改"
    one = form.remarks.get()
    client = client_of(world, who)
    preview = upload(client, [row])
    sent = {"do": "confirm", "remark": f"{one.pk}-0", f"answer:{one.pk}": "改"}
    after = client.post(PAGE, sent)
    if who in ("stranger", "sibling"):
        assert told(preview) == {"改": f"没有编号为“{row[TAG]}”的意见，或不是发给您单位的。请核对编号是否改动过。"}
        assert "另有 1 条没有保存：它们不是发给您单位的意见" in after.content.decode()
    else:
        assert (preview.status_code, after.status_code) == (404, 404)
    assert not one.replies.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.xlsx", b"", "所选文件是空的（0 字节）"),
        ("图.png", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "是图片，读不了"),
        ("坏.xlsx", b"PK\x03\x04 nothing", "坏.xlsx"),
        ("别的.csv", as_text([["序号", "问题", "修改情况"], ["1", "看", "已改"]]), "表头中没有“编号”一栏"),
        ("多.csv", as_text([HEAD, *[["", "", "", "", "", "", "改", "YJ1-0-ABCD"]] * 2500]), "超过2,000行"),
        (
            "长.csv",
            as_text([HEAD, *[["", "", "", "", "", "", "长" * 20_000, "YJ1-0-ABCD"]] * 60]),
            "合计超过1,000,000个字",
        ),
    ],
)
def test_what_is_no_such_table_gets_a_sentence(world: World, name: str, content: bytes, words: str) -> None:
    page = client_of(world, "filler").post(PAGE, {"file": SimpleUploadedFile(name, content)})
    assert page.status_code == 200
    assert words in page.content.decode()


def test_nothing_ticked_and_nonsense_store_nothing(world: World) -> None:
    form = returned(world, "甲")
    client = client_of(world, "filler")
    pk = form.remarks.get().pk
    for sent in (
        {},
        {"remark": "x"},
        {"remark": pk},
        {"remark": f"{pk}--1", f"answer:{pk}": "改"},
        {"remark": f"{'9' * 40}-0"},
    ):
        said = client.post(PAGE, {"do": "confirm"} | sent, follow=True).content.decode()
        assert "没有勾选任何一条，没有保存" in said
    said = client.post(PAGE, {"do": "confirm", "remark": f"{pk}-0"}).content.decode()
    assert "答复为空，没有保存" in said
    assert not form.remarks.get().replies.exists()


def test_as_many_queries_for_many_as_for_one(world: World) -> None:
    def counted() -> dict[str, int]:
        filler, numbers = client_of(world, "filler"), {}
        rows = table(filler)
        for row in rows:
            row[ANSWER] = f"改{row[QUESTION]}"
        calls: dict[str, Any] = {
            "page": lambda: client_of(world, "perf").get(PAGE),
            "out": lambda: client_of(world, "perf").get(WORKBOOK),
            "preview": lambda: upload(filler, rows),
        }
        for name, call in calls.items():
            call()
            with CaptureQueriesContext(connection) as captured:
                assert call().status_code == 200
            numbers[name] = len(captured)
        return numbers

    returned(world, "甲")
    few = counted()
    for number in range(3):
        form = returned(world, "乙", "丙", "丁", title=f"项目{number}")
        answer(form.remarks.get(text="乙"), "已改", by=world.filler)
    unit = Department.objects.create(division=world.division, code="202009", name="又一个学校", parent=world.education)
    Declaration.objects.filter(title="项目2").update(unit=unit)
    assert counted() == few
