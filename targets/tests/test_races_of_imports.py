"""Imports at the same moment as others, and as people who type. Real threads, on both databases."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection, transaction

from departments.models import Person
from targets.domain.edits import Change
from targets.domain.record import Record
from targets.domain.sheets.writer import write_official
from targets.editing import apply_changes
from targets.intake import kept
from targets.intake.batch import open_batch, read_batch
from targets.intake.storing import ImportRefused, store_batch
from targets.models import Declaration, ImportBatch
from targets.tests.threads import DONE, together, until_another_waits
from targets.tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)

TYPED_MEANWHILE = "预览之后有人修改了系统中的这张表，没有导入。请重新上传后再核对。"
JUST_MADE = "预览之后有人建立了同名的表，没有导入。请重新上传这个文件，与系统中的表核对不同之处后再确认。"


@pytest.fixture
def world() -> World:
    return make_world()


def read(world: World, *records: Record) -> ImportBatch:
    batch = open_batch(write_official(records), "表.xlsx", by=world.filler)
    read_batch(batch)
    return batch


def stored(batch: ImportBatch, by: Person) -> Callable[[], str]:
    person = Person.objects.get(pk=by.pk)

    def deed() -> str:
        try:
            return "".join(sorted(set(store_batch(batch, by=person).values())))
        except ImportRefused as refusal:
            return str(refusal)

    return deed


def test_what_is_typed_while_the_import_waits_for_it_is_not_overwritten(world: World) -> None:
    form = world.declaration()
    row = form.record().rows[1]
    batch = read(world, replace(form.record(), goal="另一个目标：为全区1200名幼儿发放补助100万元。"))
    typing, waits = threading.Event(), threading.Event()

    def note(statement: str) -> None:
        if statement.startswith("BEGIN"):
            waits.set()

    def typed() -> None:
        with transaction.atomic():
            apply_changes(form, [Change(row.key, "target", row.target, "≥1300人")], by=world.filler, is_sitting=True)
            typing.set()
            if connection.vendor == "postgresql":
                until_another_waits()
            else:
                waits.wait()

    def brought_in() -> str:
        deed = stored(batch, world.filler)
        connection.ensure_connection()
        if connection.vendor == "sqlite":  # where whoever begins to write waits
            connection.connection.set_trace_callback(note)
        typing.wait()
        return deed()

    assert together(typed, brought_in) == [DONE, TYPED_MEANWHILE]
    form = Declaration.objects.get(pk=form.pk)
    assert (form.record().rows[1].target, form.goal[:2], form.revisions.count()) == ("≥1300人", "为全", 1)


def in_two_orders(world: World, records: list[Record]) -> list[str]:
    """What is told of two files with these forms, the other way round in the second, stored at the same moment."""
    first = read(world, *(replace(one, goal=f"{one.goal}甲") for one in records))
    second = read(world, *(replace(one, goal=f"{one.goal}乙") for one in reversed(records)))
    told = together(stored(first, world.filler), stored(second, world.filler))
    assert {form.goal[-1] for form in Declaration.objects.all()} == {"甲" if told[0] == DONE else "乙"}
    return told


@pytest.mark.parametrize("attempt", range(3))
def test_two_files_with_the_same_forms_in_another_order_do_not_wait_for_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch, attempt: int
) -> None:
    """Of forms that are there, each goes in once; whoever comes second is told of each."""
    monkeypatch.setattr(kept, "LINES_AT_ONCE", 1)
    forms = [world.declaration(title=f"项目{n}") for n in range(12)]
    told = in_two_orders(world, [form.record() for form in forms])
    assert sorted(told) == sorted([DONE, TYPED_MEANWHILE])
    assert {form.revisions.count() for form in forms} == {2}


@pytest.mark.parametrize("attempt", range(3))
def test_two_files_with_the_same_new_forms_whoever_comes_second_is_told_of_each(
    world: World, monkeypatch: pytest.MonkeyPatch, attempt: int
) -> None:
    monkeypatch.setattr(kept, "LINES_AT_ONCE", 1)
    records = [world.record(title=f"项目{n}") for n in range(12)]
    told = in_two_orders(world, records)
    assert sorted(told) == sorted([DONE, JUST_MADE])
    assert Declaration.objects.count() == len(records)
    batches = ImportBatch.objects.values_list("state", "created", "refused")
    assert sorted(batches) == [("stored", 0, 12), ("stored", 12, 0)]


def test_of_two_files_with_one_new_form_in_common_all_others_go_in(world: World) -> None:
    first = read(world, *(world.record(title=title) for title in ("甲", "共有")))
    second = read(world, *(world.record(title=title) for title in ("共有", "乙")))
    told = together(stored(first, world.filler), stored(second, world.filler))
    assert sorted(told) == sorted([DONE, JUST_MADE])
    assert sorted(Declaration.objects.values_list("title", flat=True)) == ["乙", "共有", "甲"]
    assert sorted(ImportBatch.objects.values_list("created", "refused")) == [(1, 1), (2, 0)]
