"""The directory of a zip at a look, and as `zipfile` reads it: no two opinions on what a file holds."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.sheets.directory import _as_mostly_written, entries_of
from targets.tests.sheets.test_guard import GOOD


def zipped(*names: str, remark: bytes = b"", extra: bytes = b"") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.comment = remark
        for name in names:
            info = zipfile.ZipInfo(name)
            info.extra = extra
            archive.writestr(info, name * 3, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def as_zipfile_reads(content: bytes) -> list[tuple[object, ...]]:
    return [
        (
            part.filename,
            part.flag_bits,
            part.compress_type,
            part.CRC,
            part.compress_size,
            part.file_size,
            part.header_offset,
        )
        for part in zipfile.ZipFile(io.BytesIO(content)).infolist()
    ]


PLAIN = zipped("a.xml", "xl/b.xml")


@pytest.mark.parametrize(
    ("content", "at_a_look"),
    [
        (GOOD, True),
        (PLAIN, True),
        (zipped(), True),
        (zipped("表.xml"), False),
        (zipped("a.xml", remark=b"made by nobody"), False),
        (zipped("a.xml", extra=struct.pack("<HH2s", 0xCAFE, 2, b"ab")), False),
        (b"before" + PLAIN, False),
        (PLAIN.replace(b"a.xml", b"a\0xml"), False),
        (PLAIN.replace(b"a.xml", b"\x80.xml"), False),
    ],
    ids=["ours", "plain", "empty", "Chinese", "remark", "extra", "something before", "zero in a name", "old letters"],
)
def test_a_directory_is_read_as_zipfile_reads_it(content: bytes, at_a_look: bool) -> None:
    assert [tuple(entry) for entry in entries_of(content)] == as_zipfile_reads(content)
    assert (_as_mostly_written(content) is not None) is at_a_look


@given(st.integers(min_value=PLAIN.index(b"PK\x01\x02"), max_value=len(PLAIN) - 1), st.integers(0, 255))
def test_a_broken_directory_is_one_for_both(at: int, byte: int) -> None:
    broken = PLAIN[:at] + bytes([byte]) + PLAIN[at + 1 :]
    try:
        wanted = as_zipfile_reads(broken)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        with pytest.raises((zipfile.BadZipFile, ValueError, NotImplementedError)):
            entries_of(broken)
    else:
        assert [tuple(entry) for entry in entries_of(broken)] == wanted
