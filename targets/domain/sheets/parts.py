"""The parts of a zip as the guard has seen them, and the zip that a parser gets: those parts and nothing else."""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import cast

from targets.domain.sheets.directory import END, END_MARK, RECORD_MARK, Entry
from targets.domain.sheets.problems import FileRefused, quoted

CURE_OF_ANY = "请用 Excel、Word 或 WPS 打开，表格另存为“.xlsx”，文档另存为“.docx”，再重新上传。"
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
AT_ONCE = 256 * 1024
"""Bytes unpacked in one go."""
KEPT_UNPACKED = 1024 * 1024
"""Larger parts are unpacked each time that they are asked for."""
SHORT, SHORT_UNPACKED = 4 * 1024, 32 * 1024
"""Parts so short are remembered, for the next file may have the same."""

VERSION, NAME_IN_UTF8, DAY_OF_NONE = 20, 1 << 11, (0, 0x21)
ENTRY = struct.Struct("<5HIIIHH")
"""Version, marks, method, time, day, checksum, both sizes, lengths of name and extra: alike at a part and in the directory."""
IN_DIRECTORY = struct.Struct("<HHHII")
"""What follows it in the directory, the place of the part last."""
LOCAL, LOCAL_MARK = struct.Struct("<4s22xHH"), b"PK\x03\x04"
"""Of the header of a part: its mark, and the lengths of name and extra."""


class Parts(Mapping[str, bytes]):
    """The parts of a zip, unpacked when they are asked for; large ones are not kept."""

    def __init__(self, content: bytes, entries: Mapping[str, Entry], name: str) -> None:
        self._content = content
        self._entries = entries
        self._name = name
        self._kept: dict[str, bytes] = {}

    def __getitem__(self, part: str) -> bytes:
        if part in self._kept:
            return self._kept[part]
        if self.size(part) <= KEPT_UNPACKED:
            return self._kept.setdefault(part, self._at_once(part))
        data = bytearray()  # grows in place: never twice in memory
        for piece in self.stream(part):
            data += piece
        return cast("bytes", data)  # for all who only read it; whoever remembers it makes bytes of it

    def __contains__(self, part: object) -> bool:
        return part in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def size(self, part: str) -> int:
        return self._entries[part].size

    def _at_once(self, part: str) -> bytes:
        """A small part; like `stream`, no byte more or less than it was declared to be."""
        entry = self._entries[part]
        packed = self._packed(entry)
        if entry.method == STORED:
            data = bytes(packed)
        elif entry.method == DEFLATED:
            is_short = entry.packed_size <= SHORT and entry.size <= SHORT_UNPACKED
            try:
                data = _known(bytes(packed), entry.size) if is_short else _inflated(packed, entry.size)
            except zlib.error as error:
                raise damaged(self._name) from error
        else:
            raise damaged(self._name)
        if len(data) != entry.size:
            raise damaged(self._name)
        return data

    def stream(self, part: str) -> Iterator[bytes]:
        """A part piece by piece. Its declared size is insisted on: a parser that trusts the data must find the same."""
        left = self._entries[part].size
        for piece in self._unpacked(self._entries[part]):
            left -= len(piece)
            if left < 0:
                break
            yield piece
        if left:
            raise damaged(self._name)

    def as_zip(self, *, without: tuple[str, ...] = ()) -> bytes:
        """The same zip written anew, but for parts whose names begin so: parts that are unpacked already as they are, the others as they were packed.

        So a parser that finds its way through a zip otherwise than we do still sees what has been checked.
        """
        written: list[bytes | memoryview] = []
        directory: list[bytes] = []
        at = 0
        entries = {part: entry for part, entry in self._entries.items() if not part.startswith(without)}
        for part, entry in entries.items():
            kept = self._kept.get(part)
            method, data = (entry.method, self._packed(entry)) if kept is None else (STORED, kept)
            name = part.encode()
            sizes = (entry.checksum, len(data), entry.size, len(name), 0)
            head = ENTRY.pack(VERSION, NAME_IN_UTF8, method, *DAY_OF_NONE, *sizes)
            written += (LOCAL_MARK, head, name, data)
            directory += (RECORD_MARK, VERSION.to_bytes(2, "little"), head, IN_DIRECTORY.pack(0, 0, 0, 0, at), name)
            at += 4 + len(head) + len(name) + len(data)
        length, count = sum(map(len, directory)), len(entries)
        return b"".join((*written, *directory, END.pack(END_MARK, 0, 0, count, count, length, at, 0)))

    def _unpacked(self, entry: Entry) -> Iterator[bytes]:
        packed = self._packed(entry)
        feeds = (packed[at : at + AT_ONCE] for at in range(0, len(packed), AT_ONCE))
        if entry.method == STORED:
            yield from map(bytes, feeds)
            return
        if entry.method != DEFLATED:
            raise damaged(self._name)
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for feed in feeds:
                left: bytes | memoryview = feed
                while piece := unpacking.decompress(left, AT_ONCE):
                    yield piece
                    left = unpacking.unconsumed_tail
        except zlib.error as error:
            raise damaged(self._name) from error

    def _packed(self, entry: Entry) -> memoryview:
        if not 0 <= entry.at <= len(self._content) - LOCAL.size:
            raise damaged(self._name)
        mark, named, extra = LOCAL.unpack_from(self._content, entry.at)
        if mark != LOCAL_MARK:
            raise damaged(self._name)
        start = entry.at + LOCAL.size + named + extra
        return memoryview(self._content)[start : start + entry.packed_size]


def _inflated(packed: bytes | memoryview, size: int) -> bytes:
    """One byte more than `size` where there are more."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)


_known = lru_cache(maxsize=64)(_inflated)
"""Styles, theme and relations are the same to the byte in all workbooks of one program."""


def damaged(name: str) -> FileRefused:
    return FileRefused(f"{quoted(name, 80)}已损坏或没有传完整。{CURE_OF_ANY}")
