"""The process from which the readers of uploads come: whatever becomes of it or of them, the next file is read."""

import io
import os
import signal
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from targets.domain.sheets.flat_writer import FlatForm, write_flat_workbook
from targets.domain.sheets.nursery import UNKNOWN
from targets.domain.sheets.problems import FileRefused, Problem
from targets.domain.sheets.reader import Found
from targets.intake import reading
from targets.intake.nursery import Nursery, new_child
from targets.intake.reading import TOO_MUCH, Ahead, Waiting, read_upload
from targets.tests.domain.examples import PROJECT


def flat(title: str, forms: int = 3) -> bytes:
    target = io.BytesIO()
    names = [f"{title}{number}" for number in range(forms)]
    write_flat_workbook(target, (FlatForm(replace(PROJECT, title=name, code=name)) for name in names))
    return target.getvalue()


def titles(read: Iterator[Found | Problem]) -> list[str]:
    return [found.form.title for found in read if isinstance(found, Found)]


def open_files() -> set[str]:
    """What is open in this process; of pipes and sockets each has a name of its own."""
    told = set()
    for one in list(Path("/proc/self/fd").iterdir()):
        with suppress(FileNotFoundError):  # closed by now, like the folder itself
            told.add(str(one.readlink()))
    return told


def test_each_upload_has_a_process_of_its_own_and_leaves_nothing_open() -> None:
    assert titles(read_upload(flat("甲"), "甲.xlsx")) == ["甲0", "甲1", "甲2"]
    before = open_files()
    with new_child() as one, new_child() as other:
        assert one.nursery is other.nursery
        assert one.number != other.number
        assert [one.kill(), one.kill(), other.kill()] == [-signal.SIGKILL, UNKNOWN, -signal.SIGKILL]
    begun = read_upload(flat("乙"), "乙.xlsx")
    next(begun)
    begun.close()
    with pytest.raises(FileRefused):
        titles(read_upload(b"PK\x03\x04", "坏.xlsx"))
    assert open_files() - before == set()  # what others left open may be closed meanwhile


def test_a_reader_that_takes_too_much_ends_alone(settings: Settings) -> None:
    settings.READING_MEMORY_BYTES, enough = 1024 * 1024, settings.READING_MEMORY_BYTES
    with pytest.raises(FileRefused, match="读取时超出了1MB内存或30秒的上限，已停止"):
        titles(read_upload(flat("甲", 5_000), "甲.xlsx"))
    settings.READING_MEMORY_BYTES = enough
    assert titles(read_upload(flat("甲"), "甲.xlsx")) == ["甲0", "甲1", "甲2"]


def test_a_reader_that_breaks_says_why() -> None:
    with new_child() as child:
        child.input.write(b"no order\n")
        child.input.close()
        assert child.output.read() == b""
        assert b"DecodeError" in child.errors.read()


def test_what_a_reader_has_said_waits_by_its_length() -> None:
    waiting = Waiting(10)
    for line in (b"1234567", b"8901234", b""):
        waiting.put(line, timeout=1)
        if waiting.full():
            assert waiting.get(timeout=1) == b"1234567"
    assert [waiting.get(timeout=1) for _ in range(2)] == [b"8901234", b""]
    assert waiting.empty()


def test_whoever_waits_for_a_silent_reader_may_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SILENT_SECONDS", 0.01)
    calls = iter((None, None, InterruptedError()))

    def stop_at_third() -> None:
        if stop := next(calls):
            raise stop

    from_it, tells = os.pipe()
    with os.fdopen(from_it, "rb") as output, os.fdopen(tells, "wb") as silent:
        ahead = Ahead(output)
        with pytest.raises(InterruptedError):
            list(ahead.lines(stop_at_third))
        silent.close()
        ahead.end()
    assert list(calls) == []


def says_a_text_ten_thousand_times() -> bytes:
    """Of some KB: its cells take a gigabyte."""
    cells = '<c t="s"><v>0</v></c>' * 10_000
    changes = {"</sheetData>": f'<row r="100">{cells}</row></sheetData>', "项目支出": "长" * 32_767}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(flat("坏"))) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            for before, after in changes.items():
                text = text.replace(before, after)
            new.writestr(name, text)
    return target.getvalue()


def test_a_member_that_ends_its_reader_does_not_end_the_archive() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("甲.xlsx", flat("甲"))
        archive.writestr("坏.xlsx", says_a_text_ten_thousand_times())
        archive.writestr("锁.xlsx", flat("锁"))
        archive.writestr("乙.xlsx", flat("乙"))
    content = packed.getvalue()
    locked = content.index("锁.xlsx".encode()) - 30
    listed = content.index("锁.xlsx".encode(), locked + 100) - 46
    broken = bytearray(content)
    broken[locked + 6] |= 1  # both say that it has a password
    broken[listed + 8] |= 1
    read = list(read_upload(bytes(broken), "全部.zip"))
    found = [one for one in read if isinstance(one, Found)]
    assert [one.form.title for one in found] == ["甲0", "甲1", "甲2", "乙0", "乙1", "乙2"]
    assert [one.place for one in found] == list(range(6))
    assert [(one.sheet, one.message) for one in read if isinstance(one, Problem)] == [
        (
            "坏.xlsx",
            "“坏.xlsx”" + TOO_MUCH.format(limit="700MB内存或30秒"),
        ),
        ("锁.xlsx", "“锁.xlsx”解不开（可能损坏或有密码）。请重新压缩为 zip 后上传。"),
    ]


def test_a_nursery_that_has_died_is_replaced_and_its_reader_finishes() -> None:
    begun = read_upload(flat("甲", 2_000), "甲.xlsx")
    next(begun)
    with new_child() as child:  # which finds nothing to do, and nobody to complain to
        nursery = child.nursery
    os.kill(nursery.process, signal.SIGKILL)
    assert titles(read_upload(flat("乙"), "乙.xlsx")) == ["乙0", "乙1", "乙2"]
    assert len(titles(begun)) == 1_999
    with new_child() as child:
        assert child.nursery is not nursery


def test_uploads_at_the_same_time_get_their_own_answers() -> None:
    read: dict[str, list[str]] = {}

    def run(title: str) -> None:
        read[title] = titles(read_upload(flat(title), f"{title}.xlsx"))

    threads = [threading.Thread(target=run, args=(title,)) for title in "甲乙丙丁"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == {title: [f"{title}{number}" for number in range(3)] for title in "甲乙丙丁"}


def test_no_reader_outlives_the_server() -> None:
    nursery = Nursery()
    with nursery.child() as child:
        nursery.end()
        assert child.output.read() == b""  # nobody holds the other end any more
        assert child.kill() is None
    with pytest.raises(ProcessLookupError):
        os.kill(nursery.process, 0)
