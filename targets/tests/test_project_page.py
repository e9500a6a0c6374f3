"""The project page as its filler uses it: typing, rows, two tabs, what others may not see."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Membership, Person
from departments.roles import FILLER
from targets.domain.record import IndicatorRow, Record
from targets.guards import Order
from targets.models import Declaration
from targets.review import take_step
from targets.tests.world import GOOD_ROWS, World

SECRET = "还不能让财政看见的目标文字"


def page(form: Declaration, name: str = "change", *args: Any) -> str:
    return reverse(f"admin:targets_budgetproject_{name}", args=[form.pk, *args])


def fields_of(html: str) -> dict[str, Any]:
    """What a browser without a script would send back from the form on the page."""
    form = html[html.index('id="paper"') : html.index("</form>", html.index('id="paper"'))]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            sent.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name_, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        sent.setdefault(name_, []).append(re.sub(r"\r?\n", "\r\n", unescape(text)))
    return {name: values if name == "row" else values[0] for name, values in sent.items()}


def opened(client: Client, person: Person, form: Declaration) -> dict[str, Any]:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return fields_of(client.get(page(form)).content.decode())


def texts(record: Record) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    return [(row.level1, row.level2, row.name, row.target, row.continues) for row in record.rows]


def stored(form: Declaration) -> Record:
    return Declaration.objects.get(pk=form.pk).record()


@pytest.fixture
def form(world: World) -> Declaration:
    return world.declaration()


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_saving_an_untouched_page_changes_nothing(client: Client, world: World) -> None:
    odd = IndicatorRow(level1="产出\n指标", level2="数量指标", name="\n首行空\r\n第二行 ", target="≥1；\n≤2")
    form = world.declaration(goal="第一段\r\n第二段\n", total=Decimal("4943900.01"), rows=(odd, *GOOD_ROWS))
    before = form.record()
    sent = opened(client, world.filler, form)
    response = client.post(page(form), sent | {"do": "save"}, follow=True)
    assert told(response) == ["内容没有改动，无须保存。"]
    assert stored(form) == before
    assert form.revisions.count() == 1


def test_typed_text_and_money_are_stored_and_told(client: Client, world: World, form: Declaration) -> None:
    sent = opened(client, world.filler, form)
    key = sent["row"][1]
    response = client.post(
        page(form), sent | {f"{key}.target": "≥1300人", "total": "123.456789", "do": "save"}, follow=True
    )
    assert response.redirect_chain == [(page(form), 302)]
    assert told(response) == ["已保存为第2稿：改动2处（年度预算资金总额、第2行 指标值）。"]
    assert stored(form).total == Decimal("1234567.89")
    assert stored(form).rows[1].target == "≥1300人"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("约七百", "年度预算资金总额：“约七百”不是数字。请只写数字（单位万元），如 494.39。"),
        ("-3", "年度预算资金总额：“-3”是负数。请只写数字（单位万元），如 494.39。"),
        ("1.0000001", "年度预算资金总额：“1.0000001”不能精确到分。请只写数字（单位万元），如 494.39。"),
    ],
)
def test_an_amount_that_cannot_be_stored_keeps_everything_typed(
    client: Client, world: World, form: Declaration, typed: str, words: str
) -> None:
    sent = opened(client, world.filler, form)
    response = client.post(page(form), sent | {"total": typed, "goal": "新写的目标", "do": "save"})
    html = unescape(response.content.decode())
    assert words in html
    again = fields_of(response.content.decode())
    assert (again["total"], again["goal"]) == (typed, "新写的目标")
    assert form.revisions.count() == 1


def test_a_cell_too_long_for_its_column_is_told_not_lost(client: Client, world: World, form: Declaration) -> None:
    sent = opened(client, world.filler, form)
    response = client.post(page(form), sent | {f"{sent['row'][0]}.level1": "长" * 201, "do": "save"})
    assert "第1行 一级指标：有201个字，最多200个字。请缩短。" in response.content.decode()
    assert form.revisions.count() == 1


def test_the_blank_row_at_the_end_is_ignored_and_a_filled_one_added_once(
    client: Client, world: World, form: Declaration
) -> None:
    sent = opened(client, world.filler, form)
    blank = sent["row"][-1]
    typed = sent | {f"{blank}.level1": "产出指标", f"{blank}.name": "新指标", f"{blank}.target": "≥1个", "do": "save"}
    for _ in range(2):  # a double click
        client.post(page(form), typed)
    assert [row.name for row in stored(form).rows] == [*(row.name for row in GOOD_ROWS), "新指标"]
    assert form.revisions.count() == 2


def rows_after(client: Client, form: Declaration, sent: dict[str, Any], *buttons: str) -> Record:
    for button in buttons:
        sent = fields_of(client.post(page(form), sent | {"do": button}).content.decode())
    client.post(page(form), sent | {"do": "save"})
    return stored(form)


A, B, C, D, E = ((r.level1, r.level2, r.name, r.target, r.continues) for r in GOOD_ROWS)


def alone(row: tuple[Any, ...], *continues: str) -> tuple[Any, ...]:
    return (*row[:4], continues)


@pytest.mark.parametrize(
    ("buttons", "rows"),
    [
        (["delete:{0}"], [B, C, D, E]),
        (["delete:{1}"], [A, alone(C), D, E]),
        (["delete:{2}"], [A, B, D, E]),
        (["up:{1}"], [B, C, A, D, E]),
        (["up:{3}"], [A, D, B, C, E]),
        (["up:{2}"], [A, alone(C), alone(B, "level1"), D, E]),
        (["down:{4}"], [A, B, C, D, E]),
        (["part:{2}:level1"], [A, B, alone(C), D, E]),
        (["merge:{2}:level2"], [A, B, ("产出指标", "数量指标", *C[2:4], ("level1", "level2")), D, E]),
        (["below:{1}"], [A, B, C, D, E]),
        (["down:{0}", "down:{0}", "up:{0}", "up:{0}"], [A, B, C, D, E]),
    ],
)
def test_row_buttons_work_without_a_script(
    client: Client, world: World, form: Declaration, buttons: list[str], rows: list[Any]
) -> None:
    sent = opened(client, world.filler, form)
    pressed = [button.format(*sent["row"]) for button in buttons]
    assert texts(rows_after(client, form, sent, *pressed)) == rows


def test_a_move_that_takes_its_group_along_says_so(client: Client, world: World, form: Declaration) -> None:
    client.force_login(world.filler, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(page(form)).content.decode()
    menus = html.split('class="jx-menu"')[1:]
    assert [re.findall("[上下]移(?:（整组）)?", menu)[:2] for menu in menus] == [
        ["下移（整组）"],
        ["上移（整组）", "下移"],
        ["上移", "下移（整组）"],
        ["上移（整组）", "下移"],
        ["上移", "下移"],
        ["上移"],
    ]


def test_row_buttons_keep_what_is_typed_and_store_nothing(client: Client, world: World, form: Declaration) -> None:
    sent = opened(client, world.filler, form)
    key = sent["row"][1]
    typed = sent | {f"{key}.name": "改了还没存", "total": "约七百", "goal": "改了还没存的目标"}
    again = fields_of(client.post(page(form), typed | {"do": f"up:{key}"}).content.decode())
    assert again["row"][:3] == [key, sent["row"][2], sent["row"][0]]
    assert (again[f"{key}.name"], again["total"], again["goal"]) == ("改了还没存", "约七百", "改了还没存的目标")
    assert form.revisions.count() == 1


def test_typing_into_a_merged_cell_changes_the_group(client: Client, world: World, form: Declaration) -> None:
    sent = opened(client, world.filler, form)
    assert f"{sent['row'][2]}.level1" not in sent
    client.post(page(form), sent | {f"{sent['row'][1]}.level1": "产出(50分)", "do": "save"})
    assert [(row.level1, row.continues) for row in stored(form).rows[1:3]] == [
        ("产出(50分)", ()),
        ("产出(50分)", ("level1",)),
    ]


def test_two_tabs_store_what_does_not_clash_and_ask_about_the_rest(
    client: Client, world: World, form: Declaration
) -> None:
    sent = opened(client, world.filler, form)
    key, other = sent["row"][1], sent["row"][4]
    client.post(page(form), sent | {f"{key}.target": "≥1300人", "do": "save"})
    stale = sent | {f"{key}.target": "≥1400人", f"{other}.target": "≥96%", "do": "save"}
    response = client.post(page(form), stale)
    html = unescape(response.content.decode())
    assert re.search(r"第2行 指标值：filler某 \d\d:\d\d 改为“≥1300人”，您改为“≥1400人”。", html)
    assert [row.target for row in stored(form).rows] == ["≤100万元", "≥1300人", "≥98%", "≥92%", "≥96%"]
    again = fields_of(response.content.decode())
    assert again[f"{key}.target"] == "≥1400人"
    clashes = {"clash": [f"theirs:{key}:target", f"theirs:{other}:target", "theirs::nonsense", "x"]}
    html = client.post(page(form), again | clashes | {"do": "add"}).content.decode()
    assert "第2行 指标值：对方写的是“≥1300人”，您写的是“≥1400人”。" in html
    taken = client.post(page(form), again | clashes | {"do": f"theirs:{key}:target"}).content.decode()
    assert fields_of(taken)[f"{key}.target"] == "≥1300人"
    assert "对方写的是" not in taken
    client.post(page(form), again | {"do": "save"})
    assert stored(form).rows[1].target == "≥1400人"


def test_a_row_deleted_meanwhile_comes_back_only_when_wanted(client: Client, world: World, form: Declaration) -> None:
    sent = opened(client, world.filler, form)
    key = sent["row"][3]
    rows_after(client, form, sent, f"delete:{key}")
    response = client.post(page(form), sent | {f"{key}.target": "≥93%", "do": "save"})
    assert "“入园率”已被filler某" in unescape(response.content.decode())
    assert len(stored(form).rows) == 4
    client.post(page(form), fields_of(response.content.decode()) | {"do": "save"})
    assert [(row.name, row.target) for row in stored(form).rows][3] == ("入园率", "≥93%")


def test_a_row_changed_meanwhile_is_not_deleted_unseen(client: Client, world: World, form: Declaration) -> None:
    sent = opened(client, world.filler, form)
    key = sent["row"][3]
    deleting = fields_of(client.post(page(form), sent | {"do": f"delete:{key}"}).content.decode())
    client.post(page(form), sent | {f"{key}.target": "≥94%", "do": "save"})
    response = client.post(page(form), deleting | {"do": "save"})
    assert "刚改过，没有删除" in response.content.decode()
    assert stored(form).rows[3].target == "≥94%"


def test_text_typed_while_somebody_submitted_stays_on_the_page(client: Client, world: World, form: Declaration) -> None:
    sent = opened(client, world.filler, form)
    take_step(form, "submit", by=world.filler)
    response = client.post(page(form), sent | {"goal": "来不及保存的目标", "do": "save"})
    html = unescape(response.content.decode())
    assert "现在是“待主管部门审核”，不能修改" in html
    assert "来不及保存的目标" in html
    assert 'value="save"' not in html
    assert form.revisions.count() == 1


def test_a_page_that_was_cut_off_on_its_way_deletes_no_rows(client: Client, world: World, form: Declaration) -> None:
    sent = opened(client, world.filler, form)
    del sent["end"]
    sent["row"] = sent["row"][:1]
    response = client.post(page(form), sent | {"do": "save"}, follow=True)
    assert told(response) == ["没有保存：表格内容没有全部送达。请刷新页面后重新填写。"]
    assert len(stored(form).rows) == 5


@pytest.mark.parametrize("revision", ["", "99", "x", "-1", "9" * 30])
def test_an_unknown_revision_is_refused(client: Client, world: World, form: Declaration, revision: str) -> None:
    sent = opened(client, world.filler, form)
    response = client.post(page(form), sent | {"revision": revision, "goal": "别的", "do": "save"})
    assert response.status_code == 302
    assert form.revisions.count() == 1


def test_submit_saves_first(client: Client, world: World, form: Declaration) -> None:
    sent = opened(client, world.filler, form)
    response = client.post(page(form), sent | {"goal": form.goal + "另加一句。", "do": "submit"}, follow=True)
    assert told(response)[0].startswith("已保存为第2稿")
    form.refresh_from_db()
    assert (form.state, form.submitted_revision.number) == ("department_review", 2)  # type: ignore[union-attr]


def test_submit_with_an_error_keeps_the_saved_text_and_says_why(
    client: Client, world: World, form: Declaration
) -> None:
    sent = opened(client, world.filler, form)
    response = client.post(page(form), sent | {f"{sent['row'][4]}.target": "", "do": "submit"}, follow=True)
    saved, refused = told(response)
    assert saved.startswith("已保存为第2稿")
    assert refused.startswith("没有送审：还有1处错误")
    assert "disabled" in response.content.decode()
    form.refresh_from_db()
    assert (form.state, form.record().rows[4].target) == ("draft", "")


def test_an_error_is_explained_on_the_page_after_saving(client: Client, world: World, form: Declaration) -> None:
    sent = opened(client, world.filler, form)
    key = sent["row"][4]
    client.post(page(form), sent | {f"{key}.target": "", "do": "save"})
    html = client.get(page(form)).content.decode()
    button = unescape(re.search(r'value="(explain:[^"]+)"', html)[1])  # type: ignore[index]
    name = button.replace("explain:", "explanation:")
    sent = fields_of(html)
    response = client.post(
        page(form), sent | {"goal": "顺手改的目标" * 5, name: "部门没有统计", "do": button}, follow=True
    )
    assert told(response)[1] == "情况说明已提交绩效科，待其确认。"
    waiver = form.waivers.get()
    assert (waiver.row_key, waiver.explanation, waiver.asked_by) == (key, "部门没有统计", world.filler)
    assert "部门没有统计" in response.content.decode()
    assert stored(form).goal == "顺手改的目标" * 5


@pytest.mark.parametrize(
    ("who", "status", "sees_text"),
    [
        ("filler", 200, True),
        ("boss", 200, True),
        ("sibling", 404, False),
        ("stranger", 404, False),
        ("other_office", 404, False),
        ("office", 200, False),
        ("perf", 200, False),
        ("budget", 200, False),
        ("auditor", 200, False),
        ("root", 200, False),
    ],
)
def test_who_sees_the_text_of_a_draft(client: Client, world: World, who: str, status: int, *, sees_text: bool) -> None:
    form = world.declaration(goal=SECRET, total=Decimal(98765400))
    client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
    seen = client.get(page(form))
    listed = client.get(reverse("admin:targets_budgetproject_changelist"))
    assert seen.status_code == status
    assert (SECRET in seen.content.decode(), "9,876.54" in listed.content.decode()) == (sees_text, sees_text)
    if status == 200 and not sees_text:
        assert "单位编制中，送审后可见" in seen.content.decode()
        refused = client.post(page(form), {"revision": 1, "end": 1, "goal": "冒充", "do": "save"}, follow=True)
        assert SECRET not in refused.content.decode()
    assert stored(form).goal == SECRET


def test_others_read_the_submitted_text_while_a_returned_form_is_mended(client: Client, world: World) -> None:
    form = world.declaration()
    world.advance(form, "submit")
    world.note(form, world.boss)
    take_step(form, "return", by=world.boss, order=Order(opinion="请补充依据"))
    sent = opened(client, world.filler, form)
    assert "请补充依据" in client.get(page(form)).content.decode()
    client.post(page(form), sent | {"goal": SECRET * 2, "do": "save"})
    client.force_login(world.perf, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(page(form)).content.decode()
    assert SECRET not in html
    assert form.goal in html
    assert "单位正在修改" in html


def test_the_page_asks_the_same_number_of_questions_for_many_rows(client: Client, world: World) -> None:
    many = tuple(
        IndicatorRow(level1="产出指标", level2="数量指标", name=f"指标{n}", target=f"≥{n}个") for n in range(60)
    )
    forms = [world.declaration(title="少", rows=GOOD_ROWS[:1]), world.declaration(title="多", rows=many)]
    client.force_login(world.filler, backend="django.contrib.auth.backends.ModelBackend")
    client.get(page(forms[0]))
    counts = []
    for form in forms:
        with CaptureQueriesContext(connection) as queries:
            client.get(page(form))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_asks_the_same_number_of_questions_for_many_forms(client: Client, world: World) -> None:
    client.force_login(world.perf, backend="django.contrib.auth.backends.ModelBackend")
    counts = []
    for number in range(3):
        for extra in range(4):
            world.declaration(title=f"项目{number}{extra}")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:targets_budgetproject_changelist"))
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_the_list_shows_what_waits_for_me(client: Client, world: World) -> None:
    world.declaration(title="还在编制")
    world.advance(world.declaration(title="等主管部门"), "submit")
    client.force_login(world.boss, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(reverse("admin:targets_budgetproject_changelist"), {"turn": "mine"}).content.decode()
    assert ("等主管部门" in html, "还在编制" in html) == (True, False)


def test_a_person_of_two_units_types_for_both(client: Client, world: World) -> None:
    Membership.objects.create(person=world.sibling, department=world.school, role=FILLER)
    form = world.declaration()
    sent = opened(client, Person.objects.get(pk=world.sibling.pk), form)
    client.post(page(form), sent | {"goal": "另一位经办人写的目标", "do": "save"})
    assert stored(form).goal == "另一位经办人写的目标"
