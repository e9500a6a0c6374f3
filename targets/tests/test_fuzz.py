"""Files changed at random: every one is read or refused in a sentence, at once, and none is stored by halves.

A failure names its number: `mutant(1234)` makes that file again. `make fuzz` goes through thousands.
"""

import time
from dataclasses import replace
from typing import Any

import pytest
from django.db.models import Model

from departments.models import Department
from targets.domain.record import Record
from targets.domain.sheets.child import encoded, read
from targets.domain.sheets.problems import FileRefused
from targets.domain.sheets.reader import FormReading
from targets.intake.batch import open_batch, read_batch
from targets.intake.storing import store_batch
from targets.models import BudgetYear, Declaration, ImportBatch, Indicator, Revision
from targets.tests.sheets.mutants import mutant
from targets.tests.world import World

SECONDS = 20
"""Of processor time; nearly all take a few thousandths, a sheet just within the limits some seconds."""
AT_ONCE = 25
DEPARTMENTS = (
    "淄川区民政局 残疾人联合会 中共淄川区委宣传部 淄博市淄川区人力资源和社会保障局 淄博市淄川区农业农村局 马踏镇部门 井研县马踏镇政府"
    " 湘潭市水利局 佳县农业局 澧县水利局 贵池区棠溪镇 贵池区棠溪镇人民政府 中江县水利局"
).split()
"""So many of the files that they find someone to store them for."""
STORED: tuple[type[Model], ...] = (Declaration, Indicator, Revision)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for option in ("mutants", "imported"):
        if option in metafunc.fixturenames:
            count = metafunc.config.getoption(option)
            portions = [range(start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE)]
            metafunc.parametrize(option, portions, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")


def is_a_sentence(text: str) -> bool:
    return text.endswith("。") and any("一" <= char <= "鿿" for char in text)


def test_every_file_is_read_or_refused_in_words(mutants: range) -> None:
    for seed in mutants:
        made = mutant(seed)
        begin = time.process_time()
        forms: list[FormReading] = []
        sentences: list[str] = []
        try:
            for said in read(made.content, made.name, 2023):
                encoded(said)
                forms += [said.found.form] if said.found else []
                sentences += [said.problem.message] if said.problem else []
        except FileRefused as refusal:
            sentences.append(str(refusal))
        assert forms or sentences, (seed, made.how)
        for form in forms:
            assert (form.record is None) == form.refused, (seed, made.how)
            sentences += [problem.message for problem in form.problems]
        assert [text for text in sentences if not is_a_sentence(text)] == [], (seed, made.how)
        assert time.process_time() - begin < SECONDS, (seed, made.how)


@pytest.fixture
def district(world: World) -> World:
    for name in DEPARTMENTS:
        Department.objects.create(division=world.division, name=name)
    for year in (2016, 2021, 2022):
        BudgetYear.objects.create(division=world.division, year=year)
    return world


def everything() -> list[list[tuple[Any, ...]]]:
    return [list(model._default_manager.order_by("pk").values_list()) for model in STORED]


def said_of(record: Record) -> Record:
    """Without the keys that rows are given when they are stored, and names as the register knows them."""
    rows = tuple(row.with_cells(key="") for row in record.rows)
    return replace(record, rows=rows, extra=dict(record.extra))


def test_a_file_is_stored_whole_or_not_at_all(district: World, imported: range) -> None:
    for seed in imported:
        made = mutant(seed)
        before = everything()
        batch = open_batch(made.content, made.name, by=district.perf)
        read_batch(batch)
        assert everything() == before, (seed, made.how)
        if batch.message:
            assert is_a_sentence(batch.message), (seed, made.how)
            assert batch.state == ImportBatch.State.UNREADABLE
            continue
        assert store_batch(batch, by=district.perf) == {}, (seed, made.how)
        going_in = [form for form in batch.forms.order_by("place") if form.is_stored]
        assert len(going_in) == batch.created + batch.updated, (seed, made.how)
        if not going_in:
            assert everything() == before, (seed, made.how)
        for form in going_in:
            assert form.declaration is not None
            assert said_of(form.declaration.record()) == said_of(Record.from_json(form.frozen or {})), (seed, made.how)
        assert Declaration.objects.count() - len(before[0]) == batch.created, (seed, made.how)
