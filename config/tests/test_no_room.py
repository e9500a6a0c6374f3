"""A full disk, for real: a file system of a megabyte, a limit to files, a database that has no page left. Nothing is pretended."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from departments.models import Department
from departments.room import NotKept, is_without_room
from targets.models import Attachment, ImportBatch, ImportedFile, Job
from targets.tests.uploads import UPLOAD, confirm, upload, workbook
from targets.tests.world import client_of, make_world

MEGABYTE = 1024 * 1024
LARGE = os.urandom(8 * MEGABYTE)
"""Django takes what is larger than 2.5 MB to the disk."""
FULL = "服务器的磁盘已满，这次操作没有完成"


def tiny_file_system(folder: Path) -> Iterator[None]:
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield
    subprocess.run(["/bin/umount", "--lazy", folder], check=True)


def limit_to_files(folder: Path, most: int = 5 * MEGABYTE) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(params=[tiny_file_system, limit_to_files], ids=["full", "limited"])
def temporary(request: pytest.FixtureRequest, tmp_path: Path, settings) -> Iterator[Path]:
    """The folder of temporary files, where there is no room for `LARGE`."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    limit = request.param(tmp_path)
    next(limit)
    yield tmp_path
    next(limit, None)


def send(server: LiveServer, client: Client, page: str, fields: Mapping[str, object]) -> tuple[int, str]:
    """As a browser does: all of it, and only then the answer is read."""
    http = HTTPConnection(server.thread.host, server.thread.port, timeout=60)
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
    token = client.cookies["csrftoken"].value
    body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": token, **fields})
    http.request("POST", page, body, {"Content-Type": MULTIPART_CONTENT, "Cookie": cookies})
    answer = http.getresponse()
    told = answer.status, answer.read().decode()
    http.close()
    return told


def signed_in(person) -> Client:
    client = client_of(person)
    client.get(UPLOAD)  # hands out the token that forms send back
    client.get(reverse("admin:targets_basics"))
    return client


DOORS: list[tuple[str, str, str]] = [
    ("filler", UPLOAD, "file"),
    ("filler", "/admin/targets/declaration/{form}/attach/", "file"),
    ("filler", "/admin/feedback/", "file"),
    ("admin", "/admin/basics/", "file"),
    ("admin", "/admin/departments/department/import/", "import_file"),
    ("admin", "/admin/targets/libraryindicator/import/", "import_file"),
]


@pytest.mark.django_db(transaction=True)
def test_at_every_door_a_file_that_finds_no_room_is_told_and_leaves_nothing(
    live_server: LiveServer, temporary: Path, caplog
) -> None:
    world = make_world()
    form = world.declaration()
    for who, page, field in DOORS:
        client = signed_in(getattr(world, who))
        page = page.format(form=form.pk)
        status, told = send(live_server, client, page, {field: SimpleUploadedFile("表.xlsx", LARGE)})
        assert (page, status, FULL in told) == (page, 507, True)
        assert list(temporary.iterdir()) == []
        logged = [record.getMessage() for record in caplog.records if record.name == "config.faults"]
        assert "no room left" in logged[-1]
        assert page in logged[-1]
    assert len(logged) == len(DOORS)
    assert (ImportBatch.objects.count(), Attachment.objects.count()) == (0, 0)
    small = {"file": SimpleUploadedFile("表.xlsx", workbook(world.record()))}
    assert send(live_server, signed_in(world.filler), UPLOAD, small)[0] == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("megabytes", [11, 40])
def test_what_is_pasted_beyond_the_limit_is_told_as_too_much(live_server: LiveServer, megabytes: int) -> None:
    client = signed_in(make_world().filler)
    status, told = send(live_server, client, UPLOAD, {"pasted": "x" * megabytes * MEGABYTE})
    assert (status, "文字超过了10MB" in told) == (413, True)
    assert ImportBatch.objects.count() == 0


# A database that has no room -------------------------------------------------------------------------------------------

NO_ROOM_IN_TABLE = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER no_room BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION no_room();
"""


@pytest.fixture
def fill() -> Iterator[Callable[[str], None]]:
    """`fill(table)`: from now on the database has no page left (SQLite), or none for this table (PostgreSQL)."""
    filled: list[str] = []

    def fill(table: str) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("VACUUM")  # no page that is free
                cursor.execute("PRAGMA page_count")
                cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + 3}")
            else:
                cursor.execute(NO_ROOM_IN_TABLE.format(table))
        filled.append(table)

    yield fill
    with connection.cursor() as cursor:
        for table in filled:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA max_page_count = 4294967294")
            else:
                cursor.execute(f"DROP TRIGGER no_room ON {table}; DROP FUNCTION no_room()")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("came_as", ["file", "pasted"])
def test_a_batch_whose_file_finds_no_room_in_the_database_is_none(fill, came_as: str) -> None:
    client = client_of(make_world().filler)
    client.raise_request_exception = False
    fill(ImportedFile._meta.db_table)
    text = "表\t1\n" * 100_000
    sent = SimpleUploadedFile("表.txt", text.encode()) if came_as == "file" else text
    page = client.post(UPLOAD, {came_as: sent})
    assert (page.status_code, FULL in page.content.decode()) == (507, True)
    assert (ImportBatch.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_an_import_that_finds_no_room_says_so_and_can_be_confirmed_again(fill) -> None:
    world = make_world()
    client = client_of(world.filler)
    page = upload(client, workbook(*(world.record(title=f"项目{n}", goal="长" * 5000) for n in range(20))))
    fill("targets_declaration")
    told = confirm(client, page)
    assert "服务器的磁盘已满（或超出了配额）：" in told.content.decode()
    assert ImportBatch.objects.get().state == "preview"


BLANK = "\n" * 100_000
BASICS = """[{"model": "departments.department",
 "fields": {"division": ["370302000"], "code": "501", "name": "自然资源局"}}]"""
DEPARTMENTS = "财政区划,单位代码,单位名称\n淄川区,501,自然资源局\n"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("page", "field", "content"),
    [
        ("/admin/basics/", "file", BASICS),
        ("/admin/departments/department/import/", "import_file", DEPARTMENTS),
    ],
)
def test_a_preview_that_the_shared_cache_cannot_keep_is_told_at_once(fill, page: str, field: str, content: str) -> None:
    client = client_of(make_world().admin)
    client.raise_request_exception = False
    fill("cache_entry")
    sent = SimpleUploadedFile("表.csv", f"{content}{BLANK}".encode())
    told = client.post(page, {field: sent, "resource": "0", "format": ""})
    assert (told.status_code, FULL in told.content.decode()) == (507, True)
    assert not Department.objects.filter(code="501").exists()


# Commands, and what is taken for a full disk ----------------------------------------------------------------------------


def test_a_command_that_finds_no_room_ends_with_one_sentence(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    ended = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env={**os.environ, "DATABASE_URL": database},
        cwd=configured.BASE_DIR,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    (told,) = ended.stderr.splitlines()
    assert told.startswith("服务器的磁盘已满（或超出了配额），这次操作没有完成，没有写入任何数据。")


@pytest.mark.django_db
def test_an_export_that_finds_no_room_says_so_and_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    make_world().declaration()
    target = tmp_path / "表.xlsx"
    limited = limit_to_files(tmp_path, 1000)
    next(limited)
    with pytest.raises(CommandError, match="：服务器的磁盘已满（或超出了配额）。请换一个位置。"):
        call_command("export_forms", output=str(target))
    next(limited, None)
    assert not target.exists()


def fault_of(*causes: Exception) -> Exception:
    """The last, that the ones before it led to."""
    for earlier, later in pairwise(causes):
        later.__cause__ = earlier
    return causes[-1]


@pytest.mark.parametrize(
    ("fault", "is_full"),
    [
        (OSError(28, "No space left on device"), True),
        (OSError(122, "Disk quota exceeded"), True),
        (fault_of(OSError(27, "File too large"), ValueError("x")), True),
        (FileNotFoundError(2, "No usable temporary directory found in ['/tmp']"), True),
        (NotKept("3 bytes"), True),
        (FileNotFoundError(2, "No such file or directory"), False),
        (PermissionError(13, "Permission denied"), False),
        (OperationalError("database is locked"), False),
    ],
)
def test_what_is_taken_for_a_full_disk(fault: Exception, is_full: bool) -> None:
    assert is_without_room(fault) is is_full


@pytest.mark.django_db
def test_a_fault_of_any_other_kind_keeps_its_page() -> None:
    client = client_of(make_world().filler)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE targets_importbatch RENAME TO gone")
    page = client.get(reverse("admin:targets_importbatch_changelist"))
    assert (page.status_code, "系统出错，这次操作没有完成" in page.content.decode()) == (500, True)
