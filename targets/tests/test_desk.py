"""The reading desk: what stands beside the rows, last year's value, and what changed since the reader last looked."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from targets.attachments import attach
from targets.domain.edits import AddRow, Change, Edit, MoveRow, RemoveRow
from targets.domain.record import PLAN, IndicatorRow, Record
from targets.editing import apply_changes, fresh_declaration
from targets.guards import Order
from targets.models import BudgetYear, Declaration, Look, Remark, Revision
from targets.remarks import Said, accept, answer, remark
from targets.review import take_step
from targets.storing import store
from targets.tests.reader import Reader
from targets.tests.world import GOOD_ROWS, World

PASSWORD = "a good long one"
NUMBER = 1
"""Place of the row that says ≥1200人."""


@pytest.fixture
def form(world: World) -> Declaration:
    return world.advance(world.declaration(), "submit", "forward")


def key_of(form: Declaration, place: int = NUMBER) -> str:
    return form.record().rows[place].key


def page(form: Declaration, name: str = "change") -> str:
    kind = "departmentplan" if form.is_plan else "budgetproject"
    return reverse(f"admin:targets_{kind}_{name}", args=[form.pk])


def seen_by(world: World, name: str, form: Declaration, **query: int) -> str:
    client = Client()
    client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(page(form), query)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def row_of(html: str, anchor: str) -> str:
    """The words of the table row with this anchor (or of the one that holds it), margin included."""
    rows = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    return words(next(row for row in rows if f'id="{anchor}"' in row))


def line_below(html: str, anchor: str) -> str:
    """The words of the line below a row of the wide grid."""
    rows = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    place = next(place for place, row in enumerate(rows) if f'id="{anchor}"' in row)
    below = rows[place + 1] if place + 1 < len(rows) else ""
    return words(below) if 'class="beside"' in below else ""


def section(html: str) -> str:
    """What is said above the form."""
    found = re.search(r'<section class="jx-remarks[^>]*id="remarks".*?</section>', html, re.DOTALL)
    return words(found.group()) if found else ""


def sent_back(world: World, form: Declaration) -> Declaration:
    form.refresh_from_db()
    take_step(form, "return", by=world.office, order=Order(opinion="请修改"))
    return form


def sent_again(world: World, form: Declaration, *edits: Edit) -> Declaration:
    """Changed by its unit, every must answered, and up to the business office again."""
    apply_changes(form, list(edits), by=world.filler)
    for one in form.remarks.unanswered_musts():
        answer(one, "已按意见修改。", by=world.filler)
    form.refresh_from_db()
    return world.advance(form, "submit", "forward")


# Beside the rows ------------------------------------------------------------------------------------------------------


def test_a_remark_stands_beside_its_row_or_its_field_and_the_form_s_own_above(world: World, form: Declaration) -> None:
    remark(form, Said("人数不符", row=key_of(form), field="target", proposal="≥1180人"), by=world.office)
    remark(form, Said("请精简", field="goal"), by=world.office)
    remark(form, Said("缺测算依据"), by=world.office)
    html = seen_by(world, "office", form)
    beside = row_of(html, f"row-{key_of(form)}")
    assert "改 指标值 人数不符 建议修改： ≥1200人 ≥1180人 业务科室审核人 office某" in beside
    assert "收回" in beside
    assert "改 年度总体绩效目标 请精简" in row_of(html, "f-goal")
    assert "缺测算依据" in section(html)
    assert ("人数不符" in section(html), "请精简" in section(html)) == (False, False)
    assert "修改意见 3 条：未发出 3" in words(html)


def test_the_unit_reads_answers_beside_the_rows_while_its_form_is_under_review(world: World, form: Declaration) -> None:
    remark(form, Said("人数不符", row=key_of(form)), by=world.office)
    sent_again(world, sent_back(world, form))
    beside = row_of(seen_by(world, "filler", form), f"row-{key_of(form)}")
    assert "人数不符" in beside
    assert "答复 ：已按意见修改。 filler某" in beside
    assert ("认可" in beside, "写意见" in beside) == (False, False)


def test_the_unit_s_own_page_to_type_into_keeps_all_remarks_above(world: World, form: Declaration) -> None:
    remark(form, Said("人数不符", row=key_of(form)), by=world.office)
    assert "第2行 人数不符" in section(seen_by(world, "filler", sent_back(world, form)))


def test_the_remark_of_a_removed_row_stands_above_and_beside_the_row_in_the_difference(
    world: World, form: Declaration
) -> None:
    key = key_of(form, 2)
    remark(form, Said("与第1行重复", row=key), by=world.office)
    sent_again(world, sent_back(world, form), RemoveRow(key))
    whole = seen_by(world, "office", form, against=0)
    assert "“补助到位率”（这一行已删除） 与第1行重复" in section(whole)
    compared = seen_by(world, "office", form)
    assert section(compared) == ""
    assert "原第3行，已删除" in row_of(compared, "row-gone-3")
    assert "与第1行重复" in row_of(compared, "row-gone-3")


def test_attachments_stand_beside_their_row(world: World) -> None:
    draft = world.declaration()
    attach(draft, b"%PDF-1.7 x", "人数.pdf", by=world.filler, row=key_of(draft))
    form = world.advance(draft, "submit", "forward")
    assert "附件 人数.pdf" in row_of(seen_by(world, "office", form), f"row-{key_of(form)}")


def plan_of(world: World, rows: tuple[IndicatorRow, ...], year: BudgetYear | None = None) -> Declaration:
    budget_year = year or world.year
    record = Record(
        kind=PLAN,
        year=budget_year.year,
        title=f"{budget_year.year}年整体绩效目标表",
        department_code=world.school.code,
        department_name=world.school.name,
        rows=rows,
    )
    plan = fresh_declaration(record, budget_year, department=world.education.pk, unit=world.school.pk)
    plan.save()
    store([(plan, record)], by=world.filler, reason=Revision.Reason.EDIT)
    plan.refresh_from_db()
    return plan


PLAN_ROWS = tuple(
    IndicatorRow(
        key=f"00000000000{number}",
        number="1",
        duty_group="教育",
        duty="义务教育",
        duty_goal="保障",
        name=f"指标{number}",
        target="≥95%",
        average_3y="94%",
        last_year="94%",
        history_source="内部统计",
        continues=("number", "duty_group", "duty", "duty_goal") if number else (),
    )
    for number in range(3)
)


def test_in_the_wide_grid_it_stands_in_a_line_below_and_merged_cells_reach_over_it(world: World) -> None:
    form = world.advance(plan_of(world, PLAN_ROWS), "submit", "forward")
    remark(form, Said("请说明口径", row="000000000001", field="name"), by=world.office)
    html = seen_by(world, "office", form)
    assert "改 绩效指标 请说明口径" in line_below(html, "row-000000000001")
    assert [line_below(html, f"row-00000000000{number}") for number in (0, 2)] == ["", ""]
    duty = re.search(r'<td id="c-000000000000-duty"[^>]*rowspan="(\d+)"', html)
    assert duty is not None
    assert int(duty.group(1)) == 4
    assert '<tr class="beside"><td colspan="13">' in html


# A new remark, without scripts ----------------------------------------------------------------------------------------


def test_written_answered_and_taken_back_in_the_margin(world: World, form: Declaration) -> None:
    office = Reader().log_in("office", PASSWORD).open(f"{page(form)}?row={key_of(form)}")
    assert "保存修改意见" in row_of(office.page, f"row-{key_of(form)}")
    office.press("保存修改意见", row=key_of(form), field="target", text="请核对")
    one = form.remarks.get()
    assert (one.row_key, one.field, one.text) == (key_of(form), "target", "请核对")
    assert "请核对" in row_of(office.page, f"row-{key_of(form)}")
    office.press("收回")
    assert not form.remarks.exists()


def test_after_it_the_page_opens_at_the_remark_with_the_same_choice(
    client: Client, world: World, form: Declaration
) -> None:
    sent_again(world, sent_back_with_a_remark(world, form), Change(key_of(form), "target", "≥1200人", "≥1250人"))
    client.force_login(world.office)
    said = {"do": "remark", "row": key_of(form), "field": "target", "level": "must", "audience": "unit", "text": "再核"}
    answered = client.post(f"{page(form, 'remark')}?against=1&only=1", said)
    new = form.remarks.get(text="再核")
    assert answered["Location"] == f"{page(form)}?against=1&only=1#remark-{new.pk}"


def test_a_remark_is_a_look_but_the_page_stays_with_the_difference(
    client: Client, world: World, form: Declaration
) -> None:
    sent_again(world, sent_back_with_a_remark(world, form), Change(key_of(form), "target", "≥1200人", "≥1250人"))
    html = seen_by(world, "office", form)
    action = f"{page(form, 'remark')}?against=1&"
    assert f'action="{action.replace("&", "&amp;")}"' in html
    client.force_login(world.office)
    said = {"do": "remark", "row": key_of(form), "level": "must", "audience": "unit", "text": "再核"}
    html = client.post(action, said, follow=True).content.decode()
    assert "<del>≥1200人</del><ins>≥1250人</ins>" in html


def test_what_asks_for_no_answer_is_not_said_to_wait_for_one(world: World, form: Declaration) -> None:
    for level, audience in (("must", "unit"), ("note", "unit"), ("question", "internal")):
        remark(form, Said("看", row=key_of(form), level=level, audience=audience), by=world.office)
    sent_again(world, sent_back(world, form))
    html = seen_by(world, "office", form)
    assert "修改意见 3 条：已答复 1，不须答复 2" in words(html)
    assert "待答复" not in words(html)


@pytest.mark.parametrize(("row", "where"), [(NUMBER, "beside"), (None, "above")])
def test_what_was_refused_stands_where_it_was_typed(
    client: Client, world: World, form: Declaration, row: int | None, where: str
) -> None:
    client.force_login(world.office)
    key = "" if row is None else key_of(form, row)
    said = {"do": "remark", "row": key, "field": "", "level": "must", "audience": "unit", "proposal": "改成这样"}
    html = client.post(page(form, "remark"), said).content.decode()
    assert "建议修改须指明一个文字栏目" in html
    assert ("改成这样" in row_of(html, f"row-{key_of(form)}")) == (where == "beside")
    assert html.count("改成这样") == 1
    assert html.count('href="#written"') == html.count('id="written"') == 1


def sent_back_with_a_remark(world: World, form: Declaration) -> Declaration:
    remark(form, Said("人数不符", row=key_of(form), field="target"), by=world.office)
    return sent_back(world, form)


# Last year ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def last(world: World) -> BudgetYear:
    return BudgetYear.objects.create(division=world.division, year=2022, is_closed=True)


def of_last_year(world: World, last: BudgetYear, *, adopted: bool = True, **changes: Any) -> Declaration:
    record = world.record(**{"year": 2022, **changes})
    form = fresh_declaration(record, last, department=world.education.pk, unit=world.school.pk)
    form.save()
    store([(form, record)], by=world.filler, reason=Revision.Reason.EDIT)
    form.refresh_from_db()
    if adopted:
        order = Order(document_number="川财预〔2022〕1号", document_date=form.created_at.date())
        take_step(form, "adopt", by=world.admin, order=order)
    return form


def with_target(text: str) -> tuple[IndicatorRow, ...]:
    return tuple(row.with_cells(target=text) if place == NUMBER else row for place, row in enumerate(GOOD_ROWS))


def test_last_year_s_value_stands_beside_the_row_and_leads_there(world: World, last: BudgetYear) -> None:
    old = of_last_year(world, last, rows=with_target("≥1100人"), total=900_000)
    form = world.advance(world.declaration(), "submit", "forward")
    html = seen_by(world, "office", form)
    assert "上年 ≥1100人" in row_of(html, f"row-{key_of(form)}")
    assert f'href="{page(old)}#row-{key_of(old)}"' in html
    assert "上年 90.00" in row_of(html, "f-total")
    assert "与上年相同" in row_of(html, f"row-{key_of(form, 0)}")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "上年 ≥1100人"),
        ({"title": "学前补助", "code": "370302"}, "上年 ≥1100人"),
        ({"title": "另一个项目"}, ""),
        ({"adopted": False}, ""),
        ({"rows": (*with_target("≥1100人"), GOOD_ROWS[NUMBER].with_cells(target="≥1300人"))}, ""),
    ],
    ids=["same name", "same code", "another project", "never sent", "two rows that may be it"],
)
def test_which_form_and_row_of_last_year_it_is(
    world: World, last: BudgetYear, changes: dict[str, Any], told: str
) -> None:
    of_last_year(world, last, **{"rows": with_target("≥1100人"), **changes})
    form = world.advance(world.declaration(code="370302"), "submit", "forward")
    beside = row_of(seen_by(world, "office", form), f"row-{key_of(form)}")
    assert ("上年 ≥1100人" if "上年" in beside else "") == told


def test_in_the_wide_grid_last_year_s_value_stands_in_the_cell(world: World, last: BudgetYear) -> None:
    old = plan_of(world, (PLAN_ROWS[0].with_cells(target="≥93%"),), last)
    order = Order(document_number="川财预〔2022〕1号", document_date=old.created_at.date())
    take_step(old, "adopt", by=world.admin, order=order)
    form = world.advance(plan_of(world, PLAN_ROWS), "submit", "forward")
    html = seen_by(world, "office", form)
    assert "≥95% 上年 ≥93%" in row_of(html, "row-000000000000")
    assert html.count("上年 <a") == 1


# Since one last looked ------------------------------------------------------------------------------------------------


def test_a_form_sent_again_shows_what_changed_since_one_looked(world: World, form: Declaration) -> None:
    key = key_of(form)
    fresh = IndicatorRow(key="00000000000a", level1="产出指标", level2="时效指标", name="按时发放", target="12月底前")
    edits = (
        Change(key, "target", "≥1200人", "≥1250人"),
        AddRow(fresh, key),
        MoveRow(key_of(form, 4), ""),
    )
    sent_again(world, sent_back_with_a_remark(world, form), *edits)
    html = seen_by(world, "office", form)
    assert "<del>≥1200人</del><ins>≥1250人</ins>" in html
    assert "您上次看的是第1稿" in words(html)
    assert "之后改动 1 处，新增 1 行，移动 1 行" in words(html)
    assert "移动，原第5行" in row_of(html, f"row-{key_of(form, 0)}")
    assert "<del>≥1200人</del>" not in seen_by(world, "office", form, against=0)
    assert "您上次看的" not in words(seen_by(world, "perf", form))


def test_only_changes_leaves_the_rows_that_something_is_still_said_of(world: World, form: Declaration) -> None:
    for place, text in ((0, "待看"), (3, "已了结")):
        remark(form, Said(text, row=key_of(form, place), level="question"), by=world.office)
    sent_again(world, sent_back_with_a_remark(world, form), Change(key_of(form), "target", "≥1200人", "≥1250人"))
    accept(form.remarks.get(text="已了结"), by=world.office)
    html = seen_by(world, "office", form, against=1, only=1)
    shown = [number for number in range(5) if f'id="row-{key_of(form, number)}"' in html]
    assert shown == [0, 1]


@pytest.mark.parametrize(
    ("how", "looked"), [("nothing", ""), ("button", "第1稿"), ("remark", "第1稿"), ("step", "第1稿")]
)
def test_what_counts_as_looking(world: World, how: str, looked: str) -> None:
    """A colleague returns the form each time; opening the page alone is not counted."""
    form = world.advance(world.declaration(), "submit", "forward", "forward")
    perf = Reader().log_in("perf", PASSWORD).open(page(form))
    by = world.perf if how == "step" else world.perf2
    if how == "button":
        perf.press("看过了")
        assert "已注明您看过第1稿" in perf.page
        assert ">看过了<" not in perf.page
    if how == "remark":
        remark(form, Said("请看", level="note"), by=world.perf)
    world.note(form, world.perf2)
    take_step(form, "return", by=by, order=Order(opinion="请修改"))
    sent_again(world, form, Change(key_of(form), "target", "≥1200人", "≥1250人"))
    world.advance(form, "forward")
    said = re.search(r"您上次看的是(第\d+稿)", words(perf.open(page(form)).page))
    assert (said.group(1) if said else "") == looked


def test_one_looks_at_the_text_that_is_there(client: Client, world: World, form: Declaration) -> None:
    client.force_login(world.office)
    for number in ("2", "", "x"):
        client.post(page(form, "looked"), {"seen_revision": number})
    assert not Look.objects.exists()
    client.post(page(form, "looked"), {"seen_revision": "1"})
    assert [(one.person, one.revision.number) for one in Look.objects.all()] == [(world.office, 1)]


def test_the_first_submission_can_always_be_chosen(world: World, form: Declaration) -> None:
    key = key_of(form)
    for old, new in (("≥1200人", "≥1210人"), ("≥1210人", "≥1220人"), ("≥1220人", "≥1230人")):
        world.note(form, world.office)
        sent_again(world, sent_back(world, form), Change(key, "target", old, new))
    html = seen_by(world, "office", form)
    assert [f"与第{number}次送审比较" in html for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert "<del>≥1220人</del><ins>≥1230人</ins>" in html
    assert "<del>≥1200人</del><ins>≥1230人</ins>" in seen_by(world, "office", form, against=1)


def test_the_department_sees_its_unit_s_draft_beside_what_was_sent(world: World, form: Declaration) -> None:
    sent_back_with_a_remark(world, form)
    apply_changes(form, [Change(key_of(form), "target", "≥1200人", "≥1250人")], by=world.filler)
    html = seen_by(world, "boss", form, against=1)
    assert "<del>≥1200人</del><ins>≥1250人</ins>" in html
    assert Remark.objects.get().text in row_of(html, f"row-{key_of(form)}")
