"""附件: put to a form by its unit, seen with its text, kept whatever happens."""

import hashlib

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from targets.attachments import AT_MOST, attach, detach
from targets.editing import EditRefused
from targets.models import Declaration
from targets.tests.world import World

PAPER = b"%PDF-1.7 the paper"


@pytest.fixture
def form(world: World) -> Declaration:
    return world.declaration()


def address(form: Declaration, page: str, *args: int) -> str:
    return reverse(f"admin:targets_budgetproject_{page}", args=[form.pk, *args])


def test_it_goes_up_through_the_page_and_comes_down_as_it_was(client: Client, world: World, form: Declaration) -> None:
    client.force_login(world.filler)
    key = form.record().rows[1].key
    upload = SimpleUploadedFile("测算依据.pdf", PAPER, content_type="text/html")
    told = client.post(address(form, "attach"), {"file": upload, "row": key}, follow=True).content.decode()
    assert "已上传附件“测算依据.pdf”。" in told
    assert "第2行 补助人数" in told
    one = form.attachments.get()
    assert (one.size, one.sha256, one.row_key, one.content_type) == (
        len(PAPER),
        hashlib.sha256(PAPER).hexdigest(),
        key,
        "application/pdf",
    )
    down = client.get(address(form, "attachment", one.pk))
    assert b"".join(down) == PAPER
    assert (down["Content-Type"], down["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert down["Content-Disposition"].startswith("attachment;")


def test_others_see_it_when_the_form_is_sent(world: World, form: Declaration) -> None:
    one = attach(form, PAPER, "依据.pdf", by=world.filler)

    def seen_by() -> set[str]:
        return {name for name, who in world.people.items() if form.attachments.visible_to(who).filter(pk=one.pk)}

    assert seen_by() == {"filler", "boss"}
    world.advance(form, "submit")
    assert seen_by() == {"filler", "boss", "office", "perf", "perf2", "budget", "admin", "auditor", "root"}


def test_removed_it_is_out_of_sight_and_its_file_stays(client: Client, world: World, form: Declaration) -> None:
    one = attach(form, PAPER, "依据.pdf", by=world.filler)
    client.force_login(world.filler)
    assert "已移除附件“依据.pdf”。" in client.post(address(form, "detach", one.pk), follow=True).content.decode()
    assert client.get(address(form, "attachment", one.pk)).status_code == 404
    one.refresh_from_db()
    assert (one.removed_by, one.file.read()) == (world.filler, PAPER)


@pytest.mark.parametrize("name", ["sibling", "boss", "office", "perf", "admin", "root"])
def test_only_the_unit_puts_it_there(world: World, form: Declaration, name: str) -> None:
    with pytest.raises(EditRefused, match="您不能修改"):
        attach(form, PAPER, "依据.pdf", by=world.people[name])


def test_a_sent_form_takes_and_loses_none(world: World, form: Declaration) -> None:
    one = attach(form, PAPER, "依据.pdf", by=world.filler)
    world.advance(form, "submit")
    with pytest.raises(EditRefused, match="不能修改"):
        attach(form, b"%PDF-1.7 another", "另一个.pdf", by=world.filler)
    with pytest.raises(EditRefused, match="不能修改"):
        detach(one, by=world.filler)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ\x90", "x.pdf", "“x.pdf”不是可以上传的附件。请转换为 pdf、docx、xlsx、png、jpg 后重新上传。"),
        (b"%PDF-1.7" + bytes(2000), "大.pdf", "“大.pdf”超过0MB，没有上传。请压缩或分成几个文件。"),
        (b"", "空.pdf", "这个文件是空的，请重新选择。"),
    ],
)
def test_what_is_not_taken_is_told_on_the_page(
    client: Client, world: World, form: Declaration, settings: object, content: bytes, name: str, words: str
) -> None:
    settings.MAX_ATTACHMENT_BYTES = 1000  # type: ignore[attr-defined]
    client.force_login(world.filler)
    told = client.post(address(form, "attach"), {"file": SimpleUploadedFile(name, content)}, follow=True)
    assert words in told.content.decode()
    assert not form.attachments.exists()


def test_the_same_paper_twice_and_too_many_are_refused(world: World, form: Declaration) -> None:
    attach(form, PAPER, "依据.pdf", by=world.filler)
    with pytest.raises(EditRefused, match=r"与已有的附件“依据\.pdf”内容相同"):
        attach(form, PAPER, "又一次.pdf", by=world.filler)
    for number in range(AT_MOST - 1):
        attach(form, b"%%PDF-1.7 %d" % number, f"{number}.pdf", by=world.filler)
    with pytest.raises(EditRefused, match=f"最多{AT_MOST}个附件"):
        attach(form, b"%PDF-1.7 last", "last.pdf", by=world.filler)


@pytest.mark.django_db
def test_the_database_is_a_storage_like_any_other() -> None:
    storage = storages["attachments"]
    name = storage.save("a/b", SimpleUploadedFile("x", PAPER))
    assert (storage.exists(name), storage.size(name), storage.open(name).read()) == (True, len(PAPER), PAPER)
    assert storage.save("a/b", SimpleUploadedFile("x", PAPER)) != name
    storage.delete(name)
    assert not storage.exists(name)
    with pytest.raises(FileNotFoundError):
        storage.open(name)
