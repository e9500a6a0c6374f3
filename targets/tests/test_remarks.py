"""修改意见: who says, reads, answers and closes them, and that they stay with their row."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from targets.domain.edits import AddRow, Change, MoveRow, RemoveRow
from targets.domain.record import IndicatorRow
from targets.editing import apply_changes
from targets.guards import Order
from targets.models import Declaration, Remark, Revision
from targets.remarks import Said, accept, adopt, answer, place_of, remark, reopen, take_back
from targets.review import StepRefused, take_step
from targets.storing import store
from targets.tests.test_whole_way import at_the_form, told
from targets.tests.world import World

NUMBER = 1
"""Place of the row that says ≥1200人."""


@pytest.fixture
def form(world: World) -> Declaration:
    return world.advance(world.declaration(), "submit", "forward")


def key_of(form: Declaration) -> str:
    return form.record().rows[NUMBER].key


def on_the_number(form: Declaration, **said: str) -> Said:
    return Said("与上年实际数不符", row=key_of(form), field="target", **said)


def sent_back(world: World, form: Declaration) -> Declaration:
    form.refresh_from_db()
    take_step(form, "return", by=world.office, order=Order(opinion="请修改"))
    return form


def readers(world: World, form: Declaration) -> set[str]:
    return {name for name, person in world.people.items() if form.remarks.visible_to(person).exists()}


@pytest.mark.parametrize(
    ("audience", "before", "after"),
    [
        (
            "unit",
            {"office", "perf", "perf2", "budget", "admin", "auditor", "root"},
            {"filler", "boss", "office", "perf", "perf2", "budget", "admin", "auditor", "root"},
        ),
        (
            "internal",
            {"office", "perf", "perf2", "budget", "admin", "auditor", "root"},
            {"office", "perf", "perf2", "budget", "admin", "auditor", "root"},
        ),
    ],
)
def test_the_unit_reads_what_is_for_it_once_the_step_is_taken(
    world: World, form: Declaration, audience: str, before: set[str], after: set[str]
) -> None:
    remark(form, on_the_number(form, audience=audience), by=world.office)
    assert readers(world, form) == before
    sent_back(world, form)
    assert readers(world, form) == after


@pytest.mark.parametrize("state", ["draft", "department_review", "office_review", "performance_review", "passed"])
def test_who_reviews_now_may_remark_and_nobody_else(world: World, state: str) -> None:
    ways = ("submit", "forward", "forward", "pass")
    states = ("draft", "department_review", "office_review", "performance_review", "passed")
    form = world.advance(world.declaration(), *ways[: states.index(state)])
    said = set()
    for name, person in world.people.items():
        try:
            remark(form, Said("请补充"), by=person)
            said.add(name)
        except StepRefused:
            continue
    assert (
        said
        == {
            "draft": set(),
            "department_review": {"boss"},
            "office_review": {"office"},
            "performance_review": {"perf", "perf2"},
            "passed": {"perf", "perf2"},
        }[state]
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said("  "), "修改意见为空"),
        (Said("看", row="0123456789ab"), "所指的这一行已不在送审稿中"),
        (Said("看", field="target"), "没有这个栏目"),
        (Said("看", proposal="改成这样"), "建议修改须指明一个文字栏目"),
        (Said("看", field="total", proposal="100"), "建议修改须指明一个文字栏目"),
    ],
)
def test_what_is_no_remark_is_refused_in_words(world: World, form: Declaration, said: Said, words: str) -> None:
    with pytest.raises(StepRefused, match=words):
        remark(form, said, by=world.office)
    assert not Remark.objects.exists()


def test_a_must_is_answered_before_the_form_goes_on(world: World, form: Declaration) -> None:
    one = remark(form, on_the_number(form), by=world.office)
    remark(form, on_the_number(form, level="question"), by=world.office)
    remark(form, on_the_number(form, audience="internal"), by=world.office)
    sent_back(world, form)
    with pytest.raises(StepRefused, match="还有1条“必须修改”未答复，第一条：补助人数“与上年实际数不符”"):
        take_step(form, "submit", by=world.filler)
    one.refresh_from_db()
    answer(one, "上年为1180人，已核对。", by=world.filler)
    world.advance(form, "submit", "forward")
    assert form.state == "office_review"


def test_typed_answers_are_stored_with_any_button(world: World, form: Declaration) -> None:
    first, second = (remark(form, on_the_number(form, level=level), by=world.office) for level in ("must", "question"))
    sent_back(world, form)
    filler = at_the_form(world, "filler")
    filler.press("保存", **{f"answer:{first.pk}": "已核对。", f"answer:{second.pk}": "见附件。"})
    assert "2条答复已保存，送审后审核人可见。" in told(filler)
    assert set(form.remarks.values_list("state", "replies__text")) == {
        ("answered", "已核对。"),
        ("answered", "见附件。"),
    }


def test_an_answer_stays_on_the_page_when_the_form_could_not_be_saved(world: World, form: Declaration) -> None:
    one = remark(form, on_the_number(form), by=world.office)
    sent_back(world, form)
    filler = at_the_form(world, "filler")
    filler.press("保存", total="约七百", **{f"answer:{one.pk}": "已核对。"})
    assert filler.page.count("已核对。") == 1
    assert set(form.remarks.values_list("state", flat=True)) == {"open"}


def test_an_answer_to_a_form_that_was_closed_meanwhile_can_be_copied(world: World, form: Declaration) -> None:
    one = remark(form, on_the_number(form), by=world.office)
    sent_back(world, form)
    filler = at_the_form(world, "filler")
    Declaration.objects.filter(pk=form.pk).update(state="void")
    filler.press("保存", title="新的名称", **{f"answer:{one.pk}": "已核对。"})
    assert "您写的内容留在下面，可以复制。" in filler.page
    assert filler.page.count("已核对。") == 1


def test_a_proposal_is_adopted_and_the_unit_is_its_author(world: World, form: Declaration) -> None:
    one = remark(form, on_the_number(form, proposal="≥1180人"), by=world.office)
    sent_back(world, form)
    one.refresh_from_db()
    adopt(one, by=world.filler)
    form.refresh_from_db()
    assert form.record().rows[NUMBER].target == "≥1180人"
    revision = form.current_revision
    assert revision is not None
    assert (revision.author, revision.note, form.authors()) == (world.filler, "采纳修改意见", {world.filler.pk})
    assert (one.state, [reply.deed for reply in one.replies.all()]) == ("answered", ["adopt"])


def test_a_cell_that_was_changed_since_is_not_overwritten(world: World, form: Declaration) -> None:
    one = remark(form, on_the_number(form, proposal="≥1180人"), by=world.office)
    sent_back(world, form)
    apply_changes(form, [Change(key_of(form), "target", "≥1200人", "≥1300人")], by=world.filler)
    one.refresh_from_db()
    with pytest.raises(StepRefused, match="这一格在提出建议后已改为“≥1300人”"):
        adopt(one, by=world.filler)
    assert (form.record().rows[NUMBER].target, one.state) == ("≥1300人", "open")


def test_it_stays_with_its_row_through_moves_edits_and_re_import(world: World, form: Declaration) -> None:
    one = remark(form, on_the_number(form), by=world.office)
    sent_back(world, form)
    key = key_of(form)
    fresh = IndicatorRow(key="00000000000a", level1="产出指标", level2="数量指标", name="新增", target="≥1人")
    apply_changes(
        form, [MoveRow(key, ""), AddRow(fresh, ""), Change(key, "name", "补助人数", "受助人数")], by=world.filler
    )
    form.refresh_from_db()
    assert place_of(one, form.record()) == "第2行 指标值"
    again = replace(form.record(), goal="重新导入的目标，为全区1200名幼儿发放补助100万元。")
    store([(form, again)], by=world.filler, reason=Revision.Reason.IMPORT)
    assert place_of(one, form.record()) == "第2行 指标值"
    apply_changes(form, [RemoveRow(key)], by=world.filler)
    assert place_of(one, form.record()) == "“补助人数”（这一行已删除） 指标值"


def test_accepted_and_reopened_by_a_reviewer_of_the_same_side(world: World, form: Declaration) -> None:
    one = remark(form, on_the_number(form), by=world.office)
    with pytest.raises(StepRefused, match="还没有发出"):
        accept(one, by=world.office)
    sent_back(world, form)
    one.refresh_from_db()
    answer(one, "已核对", by=world.filler)
    world.advance(form, "submit")
    one.refresh_from_db()
    with pytest.raises(StepRefused, match="由财政审核人提出"):
        accept(one, by=world.boss)
    world.advance(form, "forward")
    one.refresh_from_db()
    with pytest.raises(StepRefused, match="还须怎样修改"):
        reopen(one, " ", by=world.office)
    reopen(one, "请附统计表", by=world.office)
    sent_back(world, form)
    with pytest.raises(StepRefused, match="还有1条“必须修改”未答复"):
        take_step(form, "submit", by=world.filler)
    assert list(one.replies.values_list("deed", "text", "person_name")) == [
        ("answer", "已核对", "filler某"),
        ("reopen", "请附统计表", "office某"),
    ]


def test_taken_back_until_it_is_sent(world: World, form: Declaration) -> None:
    one = remark(form, on_the_number(form), by=world.office)
    with pytest.raises(StepRefused, match="不能收回"):
        take_back(one, by=world.perf)
    take_back(one, by=world.office)
    assert not Remark.objects.exists()
    sent = remark(form, on_the_number(form), by=world.office)
    sent_back(world, form)
    with pytest.raises(StepRefused, match="不能收回"):
        take_back(sent, by=world.office)


def test_a_return_names_a_place(world: World, form: Declaration) -> None:
    with pytest.raises(StepRefused, match="也没有修改意见"):
        take_step(form, "return", by=world.office, order=Order(opinion="请修改"))


def test_a_refused_remark_keeps_what_was_typed(client: Client, world: World, form: Declaration) -> None:
    client.force_login(world.office)
    page = reverse("admin:targets_budgetproject_remark", args=[form.pk])
    said = {"do": "remark", "row": "", "field": "", "level": "question", "audience": "internal", "text": "问"}
    html = client.post(page, said | {"proposal": "一段建议的文字"}).content.decode()
    assert "建议修改须指明一个文字栏目" in html
    assert "一段建议的文字" in html
    assert '<option value="question" selected>' in html


def test_a_remark_of_more_than_four_pages_is_refused_in_words_and_kept(
    client: Client, world: World, form: Declaration
) -> None:
    client.force_login(world.office)
    page = reverse("admin:targets_budgetproject_remark", args=[form.pk])
    said = {"do": "remark", "row": "", "level": "must", "audience": "unit", "text": "字" * 5000}
    html = client.post(page, said).content.decode()
    assert "没有保存：修改意见最多 4000 字，现在 5000 字。请删减，或分成几条。您写的还在本页。" in html
    assert "字" * 5000 in html
    assert not form.remarks.exists()


def test_phrases_are_one_s_own_unless_the_performance_office_shares_them(world: World) -> None:
    form = world.advance(world.declaration(), "submit", "forward")
    for name, text in (("office", "请附测算依据。"), ("perf", "请写可考核的结果。")):
        said = {"text": text, "is_used": "on", "is_shared": "on"}
        assert signed_in(world, name).post(reverse("admin:targets_stockphrase_add"), said).status_code == 302
    page = reverse("admin:targets_budgetproject_change", args=[form.pk])
    assert phrases_on(signed_in(world, "office"), page) == {"请附测算依据。", "请写可考核的结果。"}
    assert phrases_on(signed_in(world, "boss"), reverse("admin:targets_stockphrase_changelist")) == {
        "请写可考核的结果。"
    }


def signed_in(world: World, name: str) -> Client:
    client = Client()  # of his own: what was told to another waits in a cookie
    client.force_login(world.people[name])
    return client


def phrases_on(client: Client, page: str) -> set[str]:
    html = client.get(page).content.decode()
    return {text for text in ("请附测算依据。", "请写可考核的结果。") if text in html}


def test_an_answer_is_read_when_the_form_is_sent_again(world: World, form: Declaration) -> None:
    one = remark(form, on_the_number(form), by=world.office)
    sent_back(world, form)
    one.refresh_from_db()
    answer(one, "已改为上年实际数", by=world.filler)
    page = reverse("admin:targets_budgetproject_change", args=[form.pk])
    seen = {
        name: "已改为上年实际数" in signed_in(world, name).get(page).content.decode() for name in ("filler", "office")
    }
    assert seen == {"filler": True, "office": False}
    world.advance(form, "submit")
    assert "已改为上年实际数" in signed_in(world, "office").get(page).content.decode()
