"""What waits in the database when the program is renewed: migrated, and back again."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from targets.models import ImportBatch
from targets.tests.uploads import page_text
from targets.tests.world import client_of, make_world

BEFORE = [("targets", "0033_undoing_imports")]
AFTER = [("targets", "0034_causes_of_problems")]
MIGRATIONS = Path(__file__).parent.parent / "migrations"


@pytest.fixture
def migrate(transactional_db: None) -> Iterator[Callable[[list[tuple[str, str]]], Any]]:
    """Gives the models as they are then. In the end everything is as it was."""

    def migrate(wanted: list[tuple[str, str]]) -> Any:
        executor = MigrationExecutor(connection)
        executor.migrate(wanted)
        return executor.loader.project_state(wanted).apps

    yield migrate
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


def problem(cell: str, level: str, sentence: str) -> dict[str, str]:
    return {"sheet": "表", "cell": cell, "level": level, "message": f"表!{cell}：{sentence}"}


PROBLEMS_OF_FILE = [
    problem("A1", "warning", "这一行没有读入。"),
    {**problem("", "warning", ""), "message": "表：空的。"},
]
PROBLEMS_OF_FORM = [
    problem("A1", "warning", "这一行没有读入。"),
    problem("B2", "guess", "“约7”读作“7”。"),
    problem("B3", "guess", "“约8”读作“7”。"),
    problem("C1", "refused", "部门“火星局”没有登记。"),
]
CAUSES = {
    "causes": [
        {"level": "refused", "sentence": "部门“火星局”没有登记。", "number": 1, "cells": [["表", "C1"]]},
        {"level": "guess", "sentence": "“约7”等读作“7”。", "number": 2, "cells": [["表", "B2"], ["表", "B3"]]},
        {"level": "warning", "sentence": "这一行没有读入。", "number": 1, "cells": [["表", "A1"]]},
        {"level": "warning", "sentence": "空的。", "number": 1, "cells": [["表", ""]]},
    ],
    "others": 0,
}


def test_the_problems_of_a_preview_that_waits_are_counted_by_cause(migrate: Callable[..., Any]) -> None:
    world = make_world()
    old = migrate(BEFORE)
    batches, forms = (old.get_model("targets", name).objects for name in ("ImportBatch", "ImportedForm"))
    by = {"uploaded_by_id": world.filler.pk, "uploaded_name": "filler某", "sha256": "0" * 64}
    waiting, stored = (
        batches.create(file_name=f"{state}.xlsx", state=state, problems=PROBLEMS_OF_FILE, **by)
        for state in ("preview", "stored")
    )
    for place, problems in enumerate((PROBLEMS_OF_FORM, []), start=1):
        forms.create(batch=waiting, place=place, kind="project", title="甲", action="refused", problems=problems)
    for _ in range(2):
        migrate(AFTER)
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM targets_importedform")
            assert cursor.fetchone() == (2,)
        new = migrate(AFTER).get_model("targets", "ImportBatch").objects
        assert dict(new.values_list("file_name", "causes")) == {"preview.xlsx": CAUSES, "stored.xlsx": {}}
        back = migrate(BEFORE).get_model("targets", "ImportBatch").objects
        assert back.get(pk=waiting.pk).problems == PROBLEMS_OF_FILE
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert ImportBatch.objects.get(pk=stored.pk).causes == {}
    page = client_of(world.filler).get(reverse("admin:targets_importbatch_preview", args=[waiting.pk]))
    assert "“约7”等读作“7”。" in page_text(page)


LIVE = {
    "0001_initial": {"targets.models.year"},
    "0008_attachments": {"targets.models.attachment"},
    "0012_chains_of_old_forms": {"targets.domain.trail"},
    "0018_review_forms": {"targets.domain.assessment"},
}
"""Columns name what is stored where and by which name; a chain is made as it is verified; the questions are the standard's."""


def test_no_migration_leans_on_a_program_that_goes_on_to_change() -> None:
    found: dict[str, set[str]] = {}
    for path in MIGRATIONS.glob("0*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            found.setdefault(path.stem, set()).update(name for name in names if name.startswith("targets"))
    assert {name: modules for name, modules in found.items() if modules} == LIVE
