"""情况说明 cover the fault they were written about: nothing less, nothing else, and a refusal leaves no trace."""

from dataclasses import replace
from decimal import Decimal

import pytest

from targets.domain.edits import Change, MoveRow
from targets.editing import apply_changes
from targets.findings import judge_declaration
from targets.models import Declaration, Waiver
from targets.review import StepRefused
from targets.tests.world import GOOD_ROWS, World
from targets.waivers import decide, explain, waive

BLANK = GOOD_ROWS[1].with_cells(target="")


def errors(form: Declaration) -> list[tuple[str, str, str, bool]]:
    found = [judged for judged in judge_declaration(form) if judged.finding.level == "error"]
    return [(one.finding.rule, one.finding.row, one.finding.field, one.is_waived) for one in found]


@pytest.mark.parametrize(("name", "reason"), [("filler", "理由"), ("boss", "理由"), ("perf", "  ")])
def test_a_refused_waiver_leaves_no_question_behind(world: World, name: str, reason: str) -> None:
    form = world.declaration(rows=(GOOD_ROWS[0], BLANK, *GOOD_ROWS[3:]))
    [(rule, row, field, _)] = errors(form)
    with pytest.raises(StepRefused):
        waive(form, rule=rule, row=row, field=field, reason=reason, by=world.people[name])
    assert not Waiver.objects.exists()


def test_it_lasts_while_the_row_moves_and_ends_with_another_fault_at_the_same_place(world: World) -> None:
    form = world.declaration(rows=(GOOD_ROWS[0], BLANK, *GOOD_ROWS[3:]))
    [(rule, row, field, _)] = errors(form)
    waive(form, rule=rule, row=row, field=field, reason="历史数据如此。", by=world.perf)
    assert errors(form) == [(rule, row, field, True)]
    apply_changes(form, [MoveRow(row, "")], by=world.filler)
    form.refresh_from_db()
    assert (errors(form), form.error_count) == ([(rule, row, field, True)], 0)
    apply_changes(form, [Change(row, "target", "", "——")], by=world.filler)
    form.refresh_from_db()
    assert (errors(form), form.error_count) == ([(rule, row, field, False)], 1)


def test_an_amount_that_changes_again_needs_another_explanation(world: World) -> None:
    form = world.declaration(total=Decimal("2000000.00"))
    [(rule, row, field, _)] = errors(form)
    asked = explain(form, rule=rule, row=row, field=field, explanation="上级资金未列。", by=world.filler)
    decide(asked, granted=True, reason="同意。", by=world.perf)
    assert errors(form) == [(rule, "", "total", True)]
    apply_changes(form, [Change("", "total", "2000000.00", "9000000.00")], by=world.filler)
    form.refresh_from_db()
    assert errors(form) == [(rule, "", "total", False)]
    waive(form, rule=rule, row=row, field=field, reason="已核对。", by=world.perf)
    assert errors(form) == [(rule, "", "total", True)]


def test_one_more_missing_class_is_not_covered_by_what_was_said_of_the_first(world: World) -> None:
    form = world.declaration(rows=GOOD_ROWS[:4])
    [place] = {one[:3] for one in errors(form)}
    waive(form, rule=place[0], row=place[1], field=place[2], reason="无服务对象。", by=world.perf)
    assert errors(form) == [(*place, True)]
    without = replace(form.record(), rows=form.record().rows[1:])
    assert [judged.is_waived for judged in judge_declaration(form, without) if judged.finding.rule == place[0]] == [
        False,
        False,
    ]
