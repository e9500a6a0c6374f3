"""The directory of a zip: which parts it has and where they stand."""

import io
import struct
import zipfile
from typing import NamedTuple

RECORD = struct.Struct("<4s6H3I5H2I")
"""Mark, versions made by and needed, marks, method, time, day, checksum, both sizes, lengths of name, extra and remark,
disk, two kinds of attributes, place of the part."""
END = struct.Struct("<4s4HIIH")
"""Mark, disks and counts, length and place of the directory, length of the remark."""
RECORD_MARK, END_MARK = b"PK\x01\x02", b"PK\x05\x06"
LOCKED = 1
NEWEST = 63
"""Of the versions that `zipfile` knows."""


class Entry(NamedTuple):
    """A part as the directory tells of it."""

    name: str
    marks: int
    method: int
    checksum: int
    packed_size: int
    size: int
    at: int
    """Where its own header stands."""

    @property
    def is_locked(self) -> bool:
        return bool(self.marks & LOCKED)


def entries_of(content: bytes) -> list[Entry]:
    """Every part, in the order of the directory. Raises what `zipfile` raises where a zip is broken."""
    found = _as_mostly_written(content)
    if found is not None:
        return found
    return [
        Entry(
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


def _as_mostly_written(content: bytes) -> list[Entry] | None:
    """Nothing before the zip or after it, plain names, nothing extra: as office programs write it. None of any other."""
    end = len(content) - END.size
    if end < 0:
        return None
    mark, *_, length, at, remark = END.unpack_from(content, end)
    if mark != END_MARK or remark or at + length != end:
        return None
    found: list[Entry] = []
    while at < end:
        begins = at + RECORD.size
        if begins > end:
            return None
        mark, _, needed, marks, method, _, _, checksum, packed_size, size, named, extra, remark, *_, part_at = (
            RECORD.unpack_from(content, at)
        )
        at = begins + named
        name = content[begins:at]
        if mark != RECORD_MARK or needed > NEWEST or extra or remark or at > end or not name.isascii() or 0 in name:
            return None
        found.append(Entry(name.decode("ascii"), marks, method, checksum, packed_size, size, part_at))
    return found
