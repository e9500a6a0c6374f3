"""Writing text: revisions, conflicts, refusals, and that the number of statements does not grow with the forms."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from targets.domain.edits import AddRow, Change, Conflict, RemoveRow
from targets.domain.record import PLAN, IndicatorRow, Record
from targets.editing import EditRefused, apply_changes, create_declaration, fresh_declaration
from targets.models import Declaration, Indicator, Revision
from targets.storing import store
from targets.tests.world import GOOD_ROWS, World


def test_a_change_becomes_a_revision_that_remembers_who_and_what(world: World) -> None:
    form = world.declaration()
    before = form.record()
    row = before.rows[1]
    outcome = apply_changes(form, [Change(row.key, "target", "≥1200人", "≥1300人")], by=world.filler, note="按计划调整")
    assert outcome.revision is not None
    assert outcome.conflicts == ()
    told = [
        (revision.number, revision.reason, revision.author_name, revision.note, revision.record)
        for revision in form.revisions.all()
    ]
    after = replace(before, rows=(before.rows[0], row.with_cells(target="≥1300人"), *before.rows[2:]))
    assert told == [(1, "edit", "filler某", "", before), (2, "edit", "filler某", "按计划调整", after)]
    assert Declaration.objects.get(pk=form.pk).record() == after


def test_what_a_target_means_is_stored_beside_it(world: World) -> None:
    form = world.declaration()
    line = Indicator.objects.get(declaration=form, name="补助人数")
    assert (line.target, line.target_operator, line.target_number, line.target_unit, line.target_kind) == (
        "≥1200人",
        "≥",
        Decimal(1200),
        "人",
        "quantity",
    )


def test_nothing_changed_makes_no_revision(world: World) -> None:
    form = world.declaration()
    row = form.record().rows[1]
    outcome = apply_changes(form, [Change(row.key, "target", "≥1200人", "≥1200人")], by=world.filler)
    assert (outcome.revision, form.revisions.count()) == (None, 1)


def test_two_people_on_different_cells_both_win_and_on_one_cell_the_second_is_asked(world: World) -> None:
    form = world.declaration()
    first, second = form.record().rows[0], form.record().rows[1]
    apply_changes(form, [Change(first.key, "target", "≤100万元", "≤90万元")], by=world.filler)
    late = [Change(second.key, "target", "≥1200人", "≥1300人"), Change(first.key, "target", "≤100万元", "≤80万元")]
    outcome = apply_changes(form, late, by=world.filler)
    assert [row.target for row in outcome.record.rows[:2]] == ["≤90万元", "≥1300人"]
    assert outcome.conflicts == (Conflict(late[1], "≤90万元"),)


@pytest.mark.parametrize(
    "name", ["sibling", "stranger", "boss", "office", "perf", "admin", "auditor", "root", "nobody"]
)
def test_only_its_filler_types_in_a_form(world: World, name: str) -> None:
    form = world.declaration()
    with pytest.raises(EditRefused, match="由淄川区实验学校的单位经办人填写"):
        apply_changes(form, [Change("", "goal", form.goal, "改")], by=world.people[name])
    assert form.revisions.count() == 1


def test_a_submitted_form_is_not_changed(world: World) -> None:
    form = world.declaration()
    world.advance(form, "submit")
    with pytest.raises(EditRefused, match="现在是“待主管部门审核”，不能修改"):
        apply_changes(form, [Change("", "goal", form.goal, "改")], by=world.filler)


def test_a_title_another_form_has_is_refused_and_nothing_is_half_stored(world: World) -> None:
    world.declaration(title="校车运营补贴")
    form = world.declaration()
    row = form.record().rows[0]
    edits = [Change("", "title", form.title, "校车 运营补贴"), Change(row.key, "target", row.target, "≤1万元")]
    with pytest.raises(EditRefused, match="已有“校车 运营补贴”，没有保存"):
        apply_changes(form, edits, by=world.filler)
    assert Declaration.objects.get(pk=form.pk).record() == form.record()
    assert form.revisions.count() == 1


def test_rows_are_added_removed_and_keep_their_keys(world: World) -> None:
    form = world.declaration()
    rows = form.record().rows
    new = IndicatorRow(key="new", level1="产出指标", level2="时效指标", name="发放及时率", target="≥95%")
    apply_changes(form, [AddRow(new, after=rows[2].key), RemoveRow(rows[0].key)], by=world.filler)
    assert [row.key for row in form.record().rows] == [rows[1].key, rows[2].key, "new", rows[3].key, rows[4].key]


def test_too_many_rows_are_refused_in_words(world: World) -> None:
    form = world.declaration()
    with pytest.raises(EditRefused, match="最多2000行"):
        apply_changes(form, [AddRow(IndicatorRow(key=f"k{n}")) for n in range(2001)], by=world.filler)


def test_creating_a_form_by_hand(world: World) -> None:
    form = create_declaration(
        kind="project", budget_year=world.year, unit=world.school, title=" 校车运营补贴 ", by=world.filler
    )
    assert form.record() == Record(
        kind="project",
        year=2023,
        title="校车运营补贴",
        department_code="202",
        department_name="淄川区教育和体育局",
        unit="淄川区实验学校",
    )
    with pytest.raises(EditRefused, match="已有“校车运营补贴”"):
        create_declaration(
            kind="project", budget_year=world.year, unit=world.school, title="校车运营补贴", by=world.filler
        )
    with pytest.raises(EditRefused, match="项目名称为空"):
        create_declaration(kind="project", budget_year=world.year, unit=world.school, title=" ", by=world.filler)
    with pytest.raises(EditRefused, match="您不是淄川区实验幼儿园的单位经办人"):
        create_declaration(kind="project", budget_year=world.year, unit=world.kindergarten, title="甲", by=world.filler)
    plan = create_declaration(kind=PLAN, budget_year=world.year, unit=world.school, title="", by=world.filler)
    assert (plan.title, plan.department_code, plan.record().unit) == ("2023年整体绩效目标表", "202001", "")


def test_storing_many_forms_takes_as_many_statements_as_one(world: World) -> None:
    def statements(count: int, prefix: str) -> int:
        forms = []
        for number in range(count):
            record = world.record(title=f"{prefix}{number}", rows=GOOD_ROWS[:1])
            form = fresh_declaration(record, world.year, department=world.education.pk, unit=world.school.pk)
            form.save()
            forms.append((form, record))
        with CaptureQueriesContext(connection) as queries:
            store(forms, by=world.filler, reason=Revision.Reason.IMPORT)
        return len(queries)

    assert world.filler.scope.holds("filler")  # fetched once a request, not by the storing
    assert statements(1, "一") == statements(20, "多")
