"""A long upload is compared and kept in portions while it is read: with the same result as at once, whole or not at all."""

import io
import threading
import zipfile
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from targets.domain.record import Record
from targets.domain.sheets.flat_writer import FlatForm, write_flat_workbook
from targets.domain.sheets.writer import write_official
from targets.intake import kept, reading
from targets.intake.batch import choose, keep, open_batch, preview, read_batch
from targets.intake.storing import READ_ANEW, ImportRefused, locked, store_batch
from targets.models import Declaration, ImportBatch
from targets.tasks import start_storing
from targets.tests.test_jobs import archive
from targets.tests.threads import until_another_waits
from targets.tests.world import World, make_world

OTHER = "另一个目标，为1200名幼儿发放补助100万元。"


def flat(*records: Record) -> bytes:
    target = io.BytesIO()
    write_flat_workbook(target, map(FlatForm, records))
    return target.getvalue()


def opened(world: World, content: bytes, name: str = "表.xlsx") -> ImportBatch:
    return open_batch(content, name, by=world.filler)


def written_down(batch: ImportBatch) -> list[dict[str, Any]]:
    """Every column of the forms of a batch, but for what another batch has of its own or cuts otherwise."""
    forms = batch.forms.order_by("place").values()
    return [
        {name: value for name, value in form.items() if name not in ("id", "batch_id", "portion")} for form in forms
    ]


def every_case(world: World) -> bytes:
    """New, changed and unchanged forms, doubles equal and different, rivals, and some that nobody can take."""
    world.declaration(title="已有", code="X1")
    world.declaration(title="没变")
    return write_official(
        [
            world.record(),
            world.record(title="已有", code="X1", goal=OTHER),
            world.record(title="两遍相同"),
            world.record(title="没变"),
            world.record(title="两遍不同"),
            world.record(title="甲", department_code="", department_name="火星局"),
            world.record(title="已有"),
            world.record(title="两遍相同"),
            world.record(title="两遍不同", goal=OTHER),
            world.record(title="丙", year=2019),
        ]
    )


def test_portions_end_as_the_whole_does(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    content = every_case(world)
    at_once, in_portions, previewed = (opened(world, content) for _ in range(3))
    read_batch(at_once)
    keep(previewed, preview(content, "表.xlsx", by=world.filler))
    monkeypatch.setattr(kept, "LINES_AT_ONCE", 1)
    read_batch(in_portions)
    actions = [form["action"] for form in written_down(at_once)]
    assert actions == [
        *("create", "refused", "create", "unchanged", "refused"),
        *("refused", "refused", "unchanged", "refused", "refused"),
    ]
    assert written_down(in_portions) == written_down(at_once) == written_down(previewed)
    assert store_batch(in_portions, by=world.filler) == {}
    assert Declaration.objects.filter(title__in=["学前教育补助", "两遍相同", "两遍不同"]).count() == 2


def test_portions_are_short_where_texts_are_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [world.record(title=f"项目{number}", goal="长" * 20_000) for number in range(4)]
    batch = opened(world, flat(*records))
    monkeypatch.setattr(kept, "BYTES_AT_ONCE", 100_000)
    told: list[tuple[int, int]] = []
    with CaptureQueriesContext(connection) as queries:
        read_batch(batch, lambda done, total, doing: told.append((done, total)))
    kept_so_far = [query for query in queries if 'UPDATE "targets_importbatch" SET "kept"' in str(query["sql"])]
    assert len(kept_so_far) == 3  # two portions and the end
    assert [one for one in told if one[1]] == [(done, 4) for done in range(5)]
    with CaptureQueriesContext(connection) as queries:
        assert store_batch(batch, by=world.filler) == {}
    assert sum('"frozen"' in str(query["sql"]) for query in queries if "SELECT" in str(query["sql"])) == 2
    assert sorted(Declaration.objects.values_list("title", flat=True)) == [record.title for record in records]


def test_forms_that_are_gone_while_they_go_in_are_not_stored_in_part(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LINES_AT_ONCE", 1)
    batch = opened(world, flat(*(world.record(title=f"项目{number}") for number in range(2))))
    read_batch(batch)

    def read_anew(done: int, total: int, doing: str) -> None:
        batch.forms.filter(portion=1).delete()

    with pytest.raises(ImportRefused, match="刚被重新读取"):
        store_batch(batch, by=world.filler, within=read_anew)
    assert (Declaration.objects.count(), batch.forms.count()) == (0, 2)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="on SQLite whoever writes is alone")
@pytest.mark.django_db(transaction=True)
def test_forms_read_anew_while_the_lock_was_waited_for_are_not_stored() -> None:
    world = make_world()
    batch = opened(world, flat(world.record()))
    read_batch(batch)

    def read_anew() -> None:
        with transaction.atomic():
            form = locked(batch).forms.get()
            other.start()
            until_another_waits()
            form.delete()
            form.pk = None
            form.save()

    def store_it() -> None:
        try:
            store_batch(batch, by=world.filler)
        except ImportRefused as refusal:
            told.append(str(refusal))
        finally:
            connections.close_all()

    told: list[str] = []
    other = threading.Thread(target=store_it)
    read_anew()
    other.join()
    assert told == [READ_ANEW]
    assert not Declaration.objects.exists()


def test_progress_is_told_in_forms(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LINES_AT_ONCE", 1)
    monkeypatch.setattr(reading, "SILENT_SECONDS", threading.TIMEOUT_MAX)  # a slow reader is no progress
    told: list[tuple[int, int]] = []
    content = flat(*(world.record(title=f"项目{number}") for number in range(3)))
    read_batch(opened(world, content), lambda done, total, doing: told.append((done, total)))
    assert told == [(0, 0), (0, 3), (1, 3), (2, 3), (3, 3)]


def test_progress_of_storing_counts_the_ticked_forms(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LINES_AT_ONCE", 1)
    content = flat(*(world.record(title=f"项目{number}") for number in range(5)))
    told: list[int] = []
    batches = [opened(world, content), opened(world, content)]
    for batch in batches:
        read_batch(batch)
        choose(batch, shown=range(5), ticked={1, 4}, modes={})
    store_batch(batches[0], by=world.filler, within=lambda done, total, doing: told.append(done))
    assert told == [0, 1, 1, 1, 2]
    job = start_storing(batches[1], world.filler)
    assert job is not None
    assert job.total == 2


def test_progress_of_an_archive_is_told_in_files(world: World) -> None:
    told: list[tuple[int, int]] = []
    forms = [world.record(title=f"项目{number}") for number in range(3)]
    content = archive(forms[0], forms[1], **{"空.txt": b"", "说明.txt": "没有表".encode()})
    read_batch(opened(world, content, "一批.zip"), lambda done, total, doing: told.append((done, total)))
    assert [one for one in told if one != (0, 0)] == [(1, 4), (2, 4), (3, 4), (4, 4), (2, 2)]


class Stopped(Exception):
    """Somebody pressed 取消."""


def test_a_reading_that_was_stopped_begins_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LINES_AT_ONCE", 1)
    batch = opened(world, flat(*(world.record(title=f"项目{number}") for number in range(4))))

    def stop(done: int, total: int, doing: str) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        read_batch(batch, stop)
    batch.refresh_from_db()
    assert (batch.state, batch.kept, batch.forms.count()) == ("reading", 2, 2)
    read_batch(batch)
    assert (batch.state, [form["title"] for form in written_down(batch)]) == (
        "preview",
        ["项目0", "项目1", "项目2", "项目3"],
    )


@pytest.mark.parametrize("overtaken_at", [0, 2, 4])
def test_of_two_who_read_one_batch_only_the_later_writes(
    world: World, monkeypatch: pytest.MonkeyPatch, overtaken_at: int
) -> None:
    monkeypatch.setattr(kept, "LINES_AT_ONCE", 1)
    batch = opened(world, flat(*(world.record(title=f"项目{number}") for number in range(4))))

    def overtake(done: int, total: int, doing: str) -> None:
        if total and done == overtaken_at:
            read_batch(ImportBatch.objects.get(pk=batch.pk))

    with pytest.raises(kept.Overtaken):
        read_batch(batch, overtake)
    batch.refresh_from_db()
    assert (batch.state, batch.kept, batch.forms.count()) == ("preview", 4, 4)


def test_a_file_that_is_refused_in_its_midst_leaves_no_form(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second sheet cannot be parsed when the form of the first is kept already."""
    monkeypatch.setattr(kept, "LINES_AT_ONCE", 1)
    whole = write_official([world.record(title="甲"), world.record(title="乙")])
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(broken, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            new.writestr(part, data.replace(b"</sheetData>", b"</sheetDat>") if part.endswith("sheet2.xml") else data)
    batch = opened(world, broken.getvalue())
    read_batch(batch)
    assert (batch.state, batch.forms.count()) == ("unreadable", 0)
    assert batch.message.startswith("“表.xlsx”")


def test_reading_takes_as_many_statements_for_many_forms_as_for_one(world: World) -> None:
    def statements(count: int) -> int:
        batch = opened(world, flat(*(world.record(title=f"项目{number}") for number in range(count))))
        with CaptureQueriesContext(connection) as queries:
            read_batch(batch)
        return len([query for query in queries if "SAVEPOINT" not in query["sql"]])

    statements(1)  # what the person may do is asked once
    assert statements(1) == statements(60) == 5
