"""What waits in the database when the program is renewed: migrated, and back again."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Min
from django.urls import reverse

from targets.models import Declaration, ImportBatch
from targets.tests.uploads import confirm, flat_list, page_text, upload
from targets.tests.world import client_of, make_world

CAUSES_UNTOLD = [("targets", "0033_undoing_imports")]
CAUSES_TOLD = [("targets", "0034_causes_of_problems")]
IN_ONE_PIECE = [("targets", "0035_money_by_unit")]
IN_PORTIONS = [("targets", "0036_portions_of_imports")]
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
    old = migrate(CAUSES_UNTOLD)
    batches, forms = (old.get_model("targets", name).objects for name in ("ImportBatch", "ImportedForm"))
    by = {"uploaded_by_id": world.filler.pk, "uploaded_name": "filler某", "sha256": "0" * 64}
    waiting, stored = (
        batches.create(file_name=f"{state}.xlsx", state=state, problems=PROBLEMS_OF_FILE, **by)
        for state in ("preview", "stored")
    )
    for place, problems in enumerate((PROBLEMS_OF_FORM, []), start=1):
        forms.create(batch=waiting, place=place, kind="project", title="甲", action="refused", problems=problems)
    for _ in range(2):
        migrate(CAUSES_TOLD)
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM targets_importedform")
            assert cursor.fetchone() == (2,)
        new = migrate(CAUSES_TOLD).get_model("targets", "ImportBatch").objects
        assert dict(new.values_list("file_name", "causes")) == {"preview.xlsx": CAUSES, "stored.xlsx": {}}
        back = migrate(CAUSES_UNTOLD).get_model("targets", "ImportBatch").objects
        assert back.get(pk=waiting.pk).problems == PROBLEMS_OF_FILE
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert ImportBatch.objects.get(pk=stored.pk).causes == {}
    page = client_of(world.filler).get(reverse("admin:targets_importbatch_preview", args=[waiting.pk]))
    assert "“约7”等读作“7”。" in page_text(page)


def test_what_waits_is_stored_in_the_portions_in_which_it_would_have_been_kept(migrate: Callable[..., Any]) -> None:
    world = make_world()
    records = [world.record(title=f"项目{number}") for number in range(1, 121)]
    client = client_of(world.filler)
    preview = upload(client, flat_list(records)).context["batch"]
    others = [world.record(title=f"别的{number}") for number in range(1, 61)]
    stored = confirm(client, upload(client, flat_list(others))).context["batch"]
    counted = upload(client, flat_list(records[:51])).context["batch"]
    batches = migrate(IN_ONE_PIECE).get_model("targets", "ImportBatch").objects
    batches.exclude(pk=counted.pk).update(kept=0)  # as of those that were read before forms were counted
    for _ in range(2):
        new = migrate(IN_PORTIONS)
        kept = new.get_model("targets", "ImportBatch").objects.values_list("pk", "kept")
        assert dict(kept) == {preview.pk: 120, stored.pk: 0, counted.pk: 51}
        forms = new.get_model("targets", "ImportedForm").objects.order_by("batch", "portion")
        portions = forms.values_list("batch", "portion")
        assert list(portions.annotate(first=Min("place"), last=Max("place"))) == [
            (preview.pk, 0, 0, 49),
            (preview.pk, 1, 50, 99),
            (preview.pk, 2, 100, 119),
            (stored.pk, 0, 0, 59),
            (counted.pk, 0, 0, 49),
            (counted.pk, 1, 50, 50),
        ]
        migrate(IN_ONE_PIECE)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    page = confirm(client, client.get(reverse("admin:targets_importbatch_preview", args=[preview.pk])))
    assert (page.context["batch"].created, page.context["batch"].kept) == (120, 120)
    assert Declaration.objects.count() == 180


LIVE = {
    "0001_initial": {"targets.models.year"},
    "0008_attachments": {"targets.models.attachment"},
    "0012_chains_of_old_forms": {"targets.domain.trail"},
}
"""Columns name what is stored where and by which name; a chain is made as it is verified."""


def test_no_migration_leans_on_a_program_that_goes_on_to_change() -> None:
    found: dict[str, set[str]] = {}
    for path in MIGRATIONS.glob("0*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            found.setdefault(path.stem, set()).update(name for name in names if name.startswith("targets"))
    assert {name: modules for name, modules in found.items() if modules} == LIVE
