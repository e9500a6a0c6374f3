"""Attached files are told by their content, their names made safe."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.file_kinds import (
    DOCX,
    JPEG,
    LONGEST_NAME,
    PDF,
    PNG,
    XLSX,
    FileKind,
    NotAttachable,
    attachment_name,
    kind_of,
)


def package(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n...", PDF),
        (b"\x89PNG\r\n\x1a\n....", PNG),
        (b"\xff\xd8\xff\xe0....", JPEG),
        (package("[Content_Types].xml", "word/document.xml"), DOCX),
        (package("[Content_Types].xml", "xl/workbook.xml"), XLSX),
    ],
)
def test_what_a_file_is(content: bytes, kind: FileKind) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "是空文件"),
        (b"MZ\x90\x00", "不是可以上传的附件"),
        (b"<html><script>", "不是可以上传的附件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "不是可以上传的附件"),
        (package("a.pdf"), "是压缩包"),
        (package("xl/workbook.xml", "xl/vbaProject.bin"), "含有宏"),
        (b"PK\x03\x04 cut off", "已损坏"),
    ],
)
def test_what_is_not_taken(content: bytes, words: str) -> None:
    with pytest.raises(NotAttachable, match=words):
        kind_of(content)


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("立项依据.pdf", PDF, "立项依据.pdf"),
        (r"C:\文件\依据.PDF", PDF, "依据.pdf"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("照片.jpeg", JPEG, "照片.jpg"),
        ("报告.exe", PDF, "报告.pdf"),
        ("财预〔2015〕88号. 通知全文", PDF, "财预〔2015〕88号.pdf"),
        ("依据\u202egpj.exe", PDF, "依据gpj.pdf"),
        ("", PDF, "附件.pdf"),
        ("...", DOCX, "附件.docx"),
    ],
)
def test_names_are_safe_and_end_as_the_content_says(name: str, kind: FileKind, safe: str) -> None:
    assert attachment_name(name, kind) == safe


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_any_disk_takes(name: str) -> None:
    safe = attachment_name(name, XLSX)
    stem = safe.removesuffix(".xlsx")
    assert stem
    assert safe != stem
    assert len(stem) <= LONGEST_NAME
    assert not set(safe) & set('/\\<>:"|?*\0\r\n')
