"""The compound file that an .xls lives in: its streams, read without trusting any number in it ([MS-CFB])."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

FREE = 0xFFFFFFFA
"""Sector numbers from here on are marks (end of chain, free, …), not sectors."""
END_OF_CHAIN = 0xFFFFFFFE
HEADER, ENTRY = 512, 128
IN_HEADER = 109
STORAGE, STREAM, ROOT = 1, 2, 5


NOBODY = 0xFFFFFFFF


class Broken(ValueError):
    """The file contradicts itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of the directory."""

    name: str
    kind: int
    start: int
    size: int
    at: int
    """Where its 128 bytes begin in the file."""


class CompoundFile:
    """Streams by name. Every chain is followed once, so a chain that bites its tail is found here and not by a parser."""

    def __init__(self, content: bytes) -> None:
        if len(content) < HEADER:
            raise Broken
        self.content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Broken
        self.sector, self.mini = 1 << shift, 1 << mini_shift
        self.sectors = max(0, (len(content) - 1) // self.sector)
        directory, self.cutoff, mini_fat = struct.unpack_from("<I4xII", content, 48)
        self.fat = self._numbers(self._fat_sectors())
        self.slots = dict(self._entries(directory))
        """By their numbers, by which entries name each other."""
        self.entries = list(self.slots.values())
        root = next((entry for entry in self.entries if entry.kind == ROOT), None)
        self.mini_fat = self._numbers(self._chain(mini_fat)) if mini_fat < FREE else ()
        self.mini_home = self._chain(root.start) if root and root.start < FREE else []
        self._check_streams()

    def stream(self, *names: str) -> tuple[bytes, list[int]]:
        """The first stream that has one of these names, and where in the file each of its pieces begins."""
        for name in names:
            for entry in self.entries:
                if entry.kind == STREAM and entry.name == name:
                    starts, size = self.pieces(entry)
                    return b"".join(self.content[at : at + size] for at in starts)[: entry.size], starts
        raise Broken

    def pieces(self, entry: Entry) -> tuple[list[int], int]:
        """Where the pieces of a stream begin, and how long each is."""
        if entry.size >= self.cutoff:
            return [self._place(number) for number in self._chain(entry.start)], self.sector
        per_sector = self.sector // self.mini
        starts = []
        for number in _follow(self.mini_fat, entry.start):
            home, within = divmod(number, per_sector)
            if home >= len(self.mini_home):
                raise Broken
            starts.append(self._place(self.mini_home[home]) + within * self.mini)
        return starts, self.mini

    def _place(self, number: int) -> int:
        if number >= self.sectors:
            raise Broken
        return (number + 1) * self.sector

    def _chain(self, start: int) -> list[int]:
        return list(_follow(self.fat, start))

    def _numbers(self, sectors: list[int]) -> tuple[int, ...]:
        data = b"".join(self.content[self._place(number) : self._place(number) + self.sector] for number in sectors)
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def _fat_sectors(self) -> list[int]:
        found = [number for number in struct.unpack_from(f"<{IN_HEADER}I", self.content, 76) if number < FREE]
        following, count = struct.unpack_from("<II", self.content, 68)
        seen: set[int] = set()
        while following < FREE and count:
            if following in seen:
                raise Broken
            seen.add(following)
            numbers = self._numbers([following])
            found += [number for number in numbers[:-1] if number < FREE]
            following = numbers[-1]
        if len(found) != len(set(found)) or len(found) > self.sectors:
            raise Broken
        return found

    def _entries(self, start: int) -> Iterator[tuple[int, Entry]]:
        per_sector = self.sector // ENTRY
        for order, number in enumerate(self._chain(start)):
            place = self._place(number)
            ends = min(place + self.sector, len(self.content) - ENTRY + 1)
            for slot, at in enumerate(range(place, ends, ENTRY), start=order * per_sector):
                length, kind = struct.unpack_from("<HB", self.content, at + 64)
                first, size = struct.unpack_from("<II", self.content, at + 116)
                if kind in (STORAGE, STREAM, ROOT) and 2 <= length <= 64:
                    name = self.content[at : at + length - 2].decode("utf-16-le", "replace")
                    yield slot, Entry(name, kind, first, size, at)

    def _check_streams(self) -> None:
        """Each chain ends, and together they are not longer than the file allows: no sector is read over and over."""
        total = 0
        for entry in self.entries:
            if entry.kind == STREAM and entry.size:
                starts, size = self.pieces(entry)
                total += len(starts) * size
                if len(starts) * size < entry.size or total > 2 * len(self.content):
                    raise Broken


def _follow(table: tuple[int, ...], start: int) -> Iterator[int]:
    seen: set[int] = set()
    number = start
    while number < FREE:
        if number >= len(table) or number in seen:
            raise Broken
        seen.add(number)
        yield number
        number = table[number]
    if number != END_OF_CHAIN:
        raise Broken


def root_names(content: bytes) -> frozenset[str]:
    """Names of the streams and storages at the root: its entries are a tree of brothers ([MS-CFB] 2.6.4)."""
    package = CompoundFile(content)
    root = next((number for number, entry in package.slots.items() if entry.kind == ROOT), NOBODY)
    names: set[str] = set()
    seen = {NOBODY}
    waiting = [_relatives(content, package.slots[root])[2]] if root != NOBODY else []
    while waiting:
        number = waiting.pop()
        entry = package.slots.get(number)
        if number in seen or entry is None:
            continue
        seen.add(number)
        names.add(entry.name)
        waiting += _relatives(content, entry)[:2]
    return frozenset(names)


def _relatives(content: bytes, entry: Entry) -> tuple[int, int, int]:
    """Numbers of the brothers on either side, and of the first child."""
    left, right, child = struct.unpack_from("<III", content, entry.at + 68)
    return left, right, child
