"""审核表 through its pages: answered, prefilled, taken along by a step, seen by whom, demanded where the year says so."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Person
from targets.assessing import Written, questions_of, save_assessment
from targets.domain.assessment import STANDARD_QUESTIONS
from targets.domain.record import PLAN
from targets.editing import fresh_declaration
from targets.guards import Order
from targets.models import Assessment, Declaration, ReviewEvent, Revision
from targets.review import StepRefused, take_step
from targets.storing import store
from targets.tests.reader import Reader
from targets.tests.world import GOOD_ROWS, World, client_of

NAMES = [one.name for one in STANDARD_QUESTIONS]
FULL_POINTS = [str(one.points) for one in STANDARD_QUESTIONS]


def page_of(form: Declaration, page: str = "assessment", *args: int) -> str:
    return reverse(f"admin:targets_budgetproject_{page}", args=[form.pk, *args])


def change(form: Declaration) -> str:
    return reverse("admin:targets_budgetproject_change", args=[form.pk])


def reader(name: str) -> Reader:
    return Reader().log_in(name, "a good long one")


def at(world: World, *steps: str, **changes: object) -> Declaration:
    return world.advance(world.declaration(**changes), *steps)  # type: ignore[arg-type]


def key(form: Declaration) -> Declaration:
    Declaration.objects.filter(pk=form.pk).update(is_key=True)
    form.refresh_from_db()
    return form


def values(*given: str) -> dict[str, str]:
    return {f"value:{number}": value for number, value in enumerate(given, start=1)}


def step(form: Declaration, slug: str, by: Person, opinion: str = "") -> ReviewEvent:
    form.refresh_from_db()
    assert form.current_revision
    return take_step(form, slug, by=by, order=Order(opinion=opinion, seen_revision=form.current_revision.number))


# Answering ------------------------------------------------------------------------------------------------------------


def test_a_general_project_gets_plain_answers_and_a_grade_that_may_be_chosen(world: World) -> None:
    form = at(world, "submit", "forward")
    there = reader("office").open(change(form)).follow("审核表")
    assert "2023年项目支出绩效目标审核表（一般性项目）" in there.page
    there.press("保存审核表", **values(*["meets"] * 7), opinion="总体可行。")
    assert "审核表已保存，还没有填完" in there.page
    there.press("保存审核表", **values(*["meets"] * 7, "mostly"), **{"note:8": "内控制度待补"})
    first = Assessment.objects.get()
    assert (first.result, first.total, first.opinion, first.level, first.saves) == (
        "良",
        None,
        "总体可行。",
        "office_review",
        2,
    )
    assert first.answers[7] == {
        "group": "可行性",
        "name": "条件充分性",
        "text": STANDARD_QUESTIONS[7].text,
        "points": 10,
        "value": "mostly",
        "note": "内控制度待补",
    }
    there.press("保存审核表", grade="fair")
    assert Assessment.objects.get().result == "中"
    assert there.fields()["grade"] == ["fair"]


def test_a_key_project_gets_points_a_total_and_its_grade(world: World) -> None:
    form = at(world, "submit", "forward")
    there = reader("office").open(page_of(form)).press("标为重点项目")
    assert "（重点项目）" in there.page
    there.press("保存审核表", **values("9", "9", "13.5", "10", "13", "12", "9", "9.5"), expert_opinion="专家组：可行。")
    one = Assessment.objects.get()
    assert (one.is_scored, one.result, one.expert_opinion, str(one.total)) == (
        True,
        "85分 良",
        "专家组：可行。",
        "85.00",
    )
    assert "审核表：85分 良，建议通过" in there.open(change(form)).page
    there.open(page_of(form)).press("改为一般性项目")
    assert "审核表：已改按一般性项目审核，请重新填写" in there.open(change(form)).page


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (["11"], "没有保存。规范完整性：“11”不在0到10之间。请填0到10的分数。"),
        (["8", "x"], "没有保存。明确清晰性：“x”不是数字。请填0到10的分数。"),
    ],
)
def test_points_that_cannot_be_are_told_and_stay_on_the_page(world: World, points: list[str], told: str) -> None:
    form = key(at(world, "submit", "forward"))
    there = reader("office").open(page_of(form)).press("保存审核表", **values(*points), opinion="意见还在")
    assert told in there.page
    assert there.fields()[f"value:{len(points)}"] == [points[-1]]
    assert there.fields()["opinion"] == ["\n意见还在".strip()]
    assert not Assessment.objects.exists()


def test_what_the_checks_found_stands_at_the_question_it_bears_on(world: World) -> None:
    rows = (*GOOD_ROWS, GOOD_ROWS[0])  # the same cost twice
    form = at(world, "submit", "forward", rows=rows, total=None, fiscal=None, other=None)
    page = client_of(world.office).get(page_of(form))
    found = {line.answer.name: [note.judged.finding.rule for note in line.notes] for line in page.context["lines"]}
    rules = {question.name: set(question.rules) for question in STANDARD_QUESTIONS}
    told = [finding["rule"] for finding in ReviewEvent.objects.filter(declaration=form).first().findings]  # type: ignore[union-attr]
    assert "R42" in found["规范完整性"]
    assert all(set(found[name]) <= rules[name] for name in found)
    assert sorted(rule for ones in found.values() for rule in ones) == sorted(told)
    first = page.context["lines"][0]
    assert first.checked == f"系统校验发现{len(first.notes)}处问题：警告{len(first.notes)}"


def test_a_finding_that_no_question_claims_is_listed_too(world: World) -> None:
    form = at(world, "submit", "forward", rows=(*GOOD_ROWS, GOOD_ROWS[0]))
    world.year.questions.filter(name="规范完整性").update(rules=[])
    page = client_of(world.office).get(page_of(form))
    assert "R42" in {note.judged.finding.rule for note in page.context["unclaimed"]}
    assert "其他系统校验" in page.content.decode()


def test_questions_and_points_are_the_year_s(world: World) -> None:
    form = key(at(world, "submit", "forward"))
    world.year.questions.exclude(name="规范完整性").delete()
    there = reader("office").open(page_of(form))
    assert "本年度各项分值合计10分，应为100分" in there.page
    there.press("保存审核表", **values("9"))
    assert Assessment.objects.get().result == "9分 差"
    world.year.questions.all().delete()
    assert "本年度没有设审核问题" in there.open(page_of(form)).press("保存审核表").page


def test_two_who_write_the_same_form_are_told(world: World) -> None:
    form = at(world, "submit", "forward", "forward")
    mine, theirs = reader("perf").open(page_of(form)), reader("perf2").open(page_of(form))
    theirs.press("保存审核表", **values("meets"))
    mine.press("保存审核表", **values("fails"))
    assert "没有保存：perf2某刚保存过这份审核表" in mine.page
    assert Assessment.objects.get().answers[0]["value"] == "meets"


# Who ------------------------------------------------------------------------------------------------------------------


def test_it_is_its_writers_until_the_step_and_then_everybodys_who_sees_the_form(world: World) -> None:
    form = at(world, "submit")
    names = sorted(world.people)

    def seen(number: int) -> set[str]:
        address = page_of(form, "assessment_read", number)
        return {name for name in names if client_of(world.people[name]).get(address).status_code == 200}

    finance = {"office", "perf", "perf2", "budget", "auditor", "admin", "root"}
    world.judge(form)
    drafts = [seen(1)]
    world.advance(form, "forward")
    world.judge(form)
    drafts.append(seen(2))
    world.advance(form, "forward")
    assert drafts == [{"boss", "root"}, finance]
    assert (seen(1), seen(2)) == (finance | {"boss", "filler"}, finance | {"boss", "filler"})


def test_notes_for_oneself_stay_with_one_s_side(world: World) -> None:
    form = at(world, "submit", "forward")
    world.judge(form, internal_note="内部看法", opinion="公开看法")
    world.advance(form, "forward")
    told = {
        name: ("公开看法" in page, "内部看法" in page)
        for name in ("filler", "boss", "office", "perf", "auditor")
        if (page := client_of(world.people[name]).get(page_of(form, "assessment_read", 1)).content.decode())
    }
    assert told == {
        "filler": (True, False),
        "boss": (True, False),
        "office": (True, True),
        "perf": (True, True),
        "auditor": (True, True),
    }


def test_whoever_wrote_the_text_does_not_judge_it(world: World) -> None:
    other = world.declaration(title="自己写的")
    store(
        [(other, world.record(title="自己写的", goal="代写：为全区1200名幼儿发放补助100万元。"))],
        by=world.boss,
        reason=Revision.Reason.EDIT,
    )
    world.advance(other, "submit")
    answers = {one.name: ("meets", "") for one in questions_of(other)}
    with pytest.raises(StepRefused, match="这一稿是您编制的，审核表须由其他审核人填写"):
        save_assessment(other, Written(2, 0, answers), by=world.boss)
    page = client_of(world.boss).get(page_of(other), follow=True)
    assert "这张表还没有审核表" in page.content.decode()


def test_a_plan_gets_plain_answers_always(world: World) -> None:
    record = world.record(
        kind=PLAN, title="2023年整体绩效目标表", total=None, fiscal=None, other=None, rows=(GOOD_ROWS[1],)
    )
    form = fresh_declaration(record, world.year, department=world.education.pk, unit=world.school.pk)
    form.save()
    store([(form, record)], by=world.filler, reason=Revision.Reason.EDIT)
    Declaration.objects.filter(pk=form.pk).update(state="office_review", submitted_revision=form.current_revision)
    address = reverse("admin:targets_departmentplan_assessment", args=[form.pk])
    there = reader("office").open(address)
    assert "2023年部门整体绩效目标审核表" in there.page
    assert "标为重点项目" not in there.page
    there.press("保存审核表", **values(*["meets"] * 8))
    assert Assessment.objects.get().result == "优"
    refused = client_of(world.office).post(address, {"do": "key"}, follow=True)
    assert "部门整体绩效目标表不分重点和一般，没有改动" in refused.content.decode()


def test_the_performance_office_marks_key_projects_in_the_list(world: World) -> None:
    forms = [world.declaration(title=f"项目{number}") for number in range(3)]
    address = reverse("admin:targets_budgetproject_changelist")
    client = client_of(world.perf)
    chosen = {"action": "mark_as_key", "_selected_action": [form.pk for form in forms[:2]]}
    assert "已将2张表标为重点项目" in client.post(address, chosen, follow=True).content.decode()
    found = {
        key: {one.title for one in client.get(address, {"key": key}).context["cl"].result_list}
        for key in ("key", "general")
    }
    assert found == {"key": {"项目0", "项目1"}, "general": {"项目2"}}


def test_the_page_asks_no_more_for_many_rows_and_many_review_forms(world: World) -> None:
    def queries(form: Declaration, page: str) -> int:
        client = client_of(world.perf)
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        return len(captured)

    few = at(world, "submit")
    world.judge(few)
    world.advance(few, "forward", "forward")
    world.judge(few)
    many = at(world, "submit", title="多次", rows=GOOD_ROWS * 6)
    for _ in range(3):
        world.judge(many)
        world.advance(many, "forward")
        world.judge(many, "fails")
        world.advance(many, "return", "submit")
    world.judge(many)
    world.advance(many, "forward", "forward")
    world.judge(many)
    for page in (page_of, change):
        assert queries(many, page(many)) == queries(few, page(few))
