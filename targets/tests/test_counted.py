"""Findings counted while a file is read: what is stored is what the checks say at that moment, whatever changed since the preview."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from targets.domain.checks.counted import FILES, Counted, Judge
from targets.domain.compose import APPEND
from targets.domain.record import PLAN, IndicatorRow
from targets.domain.rules import YearRules
from targets.domain.sheets.reader import Found
from targets.findings import count_levels, judge_declaration
from targets.intake.batch import choose_only, open_batch, read_batch
from targets.intake.plan import Plan
from targets.intake.reading import read_upload
from targets.intake.storing import store_batch
from targets.models import Declaration, ImportBatch, RuleSetting
from targets.tests.test_intake import workbook
from targets.tests.world import GOOD_ROWS, World
from targets.waivers import waive

FAULTY = (*GOOD_ROWS, IndicatorRow(level1="产出指标", level2="时效指标", name="发放及时率", target=""))


def read(world: World, **changes: object) -> ImportBatch:
    batch = open_batch(workbook(world.record(rows=FAULTY, **changes)), "表.xlsx", by=world.filler)
    read_batch(batch)
    return batch


def stored(world: World, batch: ImportBatch) -> Declaration:
    assert store_batch(batch, by=world.filler) == {}
    return Declaration.objects.get()


def counts(form: Declaration) -> dict[str, int]:
    return {"error": form.error_count, "warning": form.warning_count, "info": form.info_count}


def judged(form: Declaration) -> dict[str, int]:
    return count_levels(judge_declaration(form))


def nothing(world: World) -> None:
    pass


def another_level(world: World) -> None:
    RuleSetting.objects.create(budget_year=world.year, rule="R10", level="info")


def another_threshold(world: World) -> None:
    world.year.thresholds = {"goal_length": "1000"}
    world.year.save()


def basis(rules: YearRules) -> str:
    return Judge(rules).basis


@pytest.mark.parametrize("change", [nothing, another_level, another_threshold])
def test_an_import_is_judged_by_the_rules_of_the_moment_it_is_stored(
    world: World, change: Callable[[World], None]
) -> None:
    batch = read(world)
    change(world)
    form = stored(world, batch)
    assert counts(form) == judged(form)
    assert sum(counts(form).values()) > 0


def test_what_another_version_of_the_program_counted_is_counted_again(world: World) -> None:
    batch = read(world)
    kept = batch.forms.get()
    kept.findings = {"levels": {"error": 77}, "basis": "0" * 64}
    kept.save()
    form = stored(world, batch)
    assert counts(form) == judged(form)


def test_what_still_holds_is_not_counted_again(world: World) -> None:
    batch = read(world)
    kept = batch.forms.get()
    kept.findings = {"levels": {"error": 77}, "basis": basis(world.year.rules())}
    kept.save()
    assert counts(stored(world, batch)) == {"error": 77, "warning": 0, "info": 0}


def test_a_form_comes_judged_from_the_process_that_read_it(world: World) -> None:
    content, rules = workbook(world.record(rows=FAULTY)), world.year.rules()
    (judged,) = read_upload(content, "表.xlsx", rules=[rules])
    (alone,) = read_upload(content, "表.xlsx", rules=[replace(rules, year=2019)])
    assert isinstance(judged, Found)
    assert isinstance(alone, Found)
    assert judged.form.record is not None
    assert (judged.counted, alone.counted) == (Judge(rules).count(judged.form.record), None)


@pytest.mark.parametrize("counted", [None, Counted({"error": 77}, "0" * 64)])
def test_a_form_that_was_judged_by_other_rules_is_judged_by_the_server(world: World, counted: Counted | None) -> None:
    (found,) = read_upload(workbook(world.record(rows=FAULTY)), "表.xlsx")
    assert isinstance(found, Found)
    assert found.form.record is not None
    planned = Plan(world.filler).meet(found._replace(counted=counted))
    assert planned.counted == Judge(world.year.rules()).count(found.form.record)


def test_an_explained_error_is_not_counted(world: World) -> None:
    form = stored(world, read(world))
    fault = next(one.finding for one in judge_declaration(form) if one.finding.rule == "R10")
    waive(form, rule=fault.rule, row=fault.row, field=fault.field, reason="已核实。", by=world.perf)
    form = stored(world, read(world, goal="另一个目标，为1200名幼儿发放补助100万元。"))
    assert counts(form) == judged(form)
    assert judged(form)["error"] == 0


def test_a_code_that_only_the_stored_form_has_counts(world: World) -> None:
    world.declaration(code="X1")
    form = stored(world, read(world))
    assert (form.code, counts(form)) == ("X1", judged(form))


def test_rows_that_are_added_to_a_plan_are_judged_with_those_that_stay(world: World) -> None:
    plan: dict[str, Any] = {"kind": PLAN, "title": "2023年整体绩效目标表", "total": None, "fiscal": None, "other": None}
    head: dict[str, Any] = {"department_code": world.school.code, "department_name": world.school.name, "unit": ""}
    world.declaration(**plan, **head, rows=GOOD_ROWS[:3])
    batch = read(world, **plan, **head)
    choose_only(batch, mode=APPEND)
    form = stored(world, batch)
    assert (form.row_count, counts(form)) == (6, judged(form))


def test_the_basis_is_the_same_for_the_same_rules_and_another_for_others(world: World) -> None:
    rules = world.year.rules()
    assert basis(rules) == basis(world.year.rules())
    world.year.thresholds = {"goal_length": "11"}
    assert world.year.rules().thresholds == {"goal_length": Decimal(11)}
    assert basis(world.year.rules()) != basis(rules)


def test_the_basis_holds_every_module_that_checks_stand_on() -> None:
    """In a fresh interpreter: the modules of ours that judging brings along."""
    told = "import sys, targets.domain.checks; print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('targets.')))"
    said = subprocess.run(
        [sys.executable, "-c", told], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    own = {path for path in said.stdout.split() if not path.endswith("targets/__init__.py")}
    assert own <= {str(path) for path in FILES}
    assert len(own) > 10
