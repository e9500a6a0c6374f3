"""What changed between two records, said row by row and cell by cell. Pure: import, history and review all ask here."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from targets.domain.names import name_key
from targets.domain.record import MONEY, ROW_TEXTS, IndicatorRow, Record, money_text

HEAD, ADDED, REMOVED, MOVED, CELL = "head", "added", "removed", "moved", "cell"

Sameness = str | tuple[str, ...]
"""What two rows must share to be paired; "" pairs nothing."""

HEAD_FIELDS = (
    "kind", "year", "title", "code", "department_code", "department_name", "unit", "total", "fiscal", "other", "goal",
)  # fmt: skip
CELLS = ROW_TEXTS[1:]
"""All but the key."""

IDENTITY = ("level1", "level2", "duty_group", "duty", "name", "explanation")
"""Cells that tell one indicator from another; 职责序号 is not one, it shifts when a duty is put in."""


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Rows that could be paired in more than one way (indexes from 0). They were paired in their order."""

    old: tuple[int, ...]
    new: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """Which row of the new list is which row of the old one (indexes from 0)."""

    pairs: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    added: tuple[int, ...]
    ambiguous: tuple[Ambiguity, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. For a moved row `old` and `new` are row numbers; for an added or removed one they hold its name."""

    row_key: str
    field: str
    old: str
    new: str
    kind: str
    row_number: int = 0
    """第n行 of the new record, of the old one for a removed row; 0 for the head of the form."""
    row_name: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes in the order of the form, with the pairing they rest on."""

    changes: tuple[Change, ...]
    matching: Matching

    @property
    def is_empty(self) -> bool:
        return not self.changes

    @property
    def ambiguous(self) -> tuple[Ambiguity, ...]:
        return self.matching.ambiguous


def diff(old: Record, new: Record) -> Difference:
    """Compare two records. Row keys pair the rows but are no content: records that differ only in keys are equal."""
    matching = match_rows(old.rows, new.rows)
    changes = (*_head_changes(old, new), *_row_changes(old, new, matching))
    return Difference(changes, matching)


def match_rows(old_rows: Sequence[IndicatorRow], new_rows: Sequence[IndicatorRow]) -> Matching:
    """Pair rows: by key, else all cells equal, else all identity cells, else name and order; the rest is new or gone."""
    old_left, new_left = dict(enumerate(old_rows)), dict(enumerate(new_rows))
    pairs: list[tuple[int, int]] = []
    ambiguous: list[Ambiguity] = []
    for sameness, certain in _SAMENESS:
        old_groups, new_groups = _grouped(old_left, sameness), _grouped(new_left, sameness)
        for same, old_group in old_groups.items():
            new_group = new_groups.get(same, [])
            if not new_group:
                continue
            several = len(old_group) > 1 or len(new_group) > 1
            if several and not (certain and len(old_group) == len(new_group)):
                ambiguous.append(Ambiguity(tuple(old_group), tuple(new_group)))
            for i, j in zip(old_group, new_group, strict=False):
                pairs.append((i, j))
                del old_left[i], new_left[j]
    return Matching(tuple(sorted(pairs, key=lambda pair: pair[1])), tuple(old_left), tuple(new_left), tuple(ambiguous))


def _key(row: IndicatorRow) -> Sameness:
    return row.key


def _cells(row: IndicatorRow) -> tuple[str, ...]:
    return row.texts[1:]


def _identity(row: IndicatorRow) -> Sameness:
    return tuple(_bare(getattr(row, name)) for name in IDENTITY) if name_key(row.name) else ""


def category_and_name(row: IndicatorRow) -> Sameness:
    return (
        (_bare(row.level1), _bare(row.level2), _bare(row.duty_group), name_key(row.name)) if name_key(row.name) else ""
    )


def _name(row: IndicatorRow) -> Sameness:
    return name_key(row.name)


_SAMENESS: tuple[tuple[Callable[[IndicatorRow], Sameness], bool], ...] = (
    (_key, True),
    (_cells, True),
    (_identity, False),
    (category_and_name, False),
    (_name, False),
)
"""From surest to weakest; True where pairing equal groups in their order loses nothing."""


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    return "".join(text.split())


def _grouped(rows: dict[int, IndicatorRow], sameness: Callable[[IndicatorRow], Sameness]) -> dict[Sameness, list[int]]:
    groups: dict[Sameness, list[int]] = defaultdict(list)
    for index, row in rows.items():
        if same := sameness(row):
            groups[same].append(index)
    return groups


def _head_changes(old: Record, new: Record) -> Iterator[Change]:
    for field in HEAD_FIELDS:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            text = money_text if field in MONEY else str
            yield Change("", field, text(before), text(after), HEAD)
    for label in dict.fromkeys((*old.extra, *new.extra)):
        before, after = old.extra.get(label), new.extra.get(label)
        if before != after:
            yield Change("", f"extra.{label}", before or "", after or "", HEAD)


def _row_changes(old: Record, new: Record, matching: Matching) -> Iterator[Change]:
    old_of = {j: i for i, j in matching.pairs}
    moved = _moved(matching.pairs)
    for j, row in enumerate(new.rows):
        if j not in old_of:
            yield Change(row.key, "", "", row.name, ADDED, j + 1, row.name)
            continue
        before = old.rows[old_of[j]]
        key = before.key or row.key
        if j in moved:
            yield Change(key, "", str(old_of[j] + 1), str(j + 1), MOVED, j + 1, row.name)
        for field, old_text, new_text in zip(CELLS, _cells(before), _cells(row), strict=True):
            if old_text != new_text:
                yield Change(key, field, old_text, new_text, CELL, j + 1, row.name)
        if before.continues != row.continues:
            yield Change(key, "continues", "、".join(before.continues), "、".join(row.continues), CELL, j + 1, row.name)
    for i in matching.removed:
        row = old.rows[i]
        yield Change(row.key, "", row.name, "", REMOVED, i + 1, row.name)


def _moved(pairs: Sequence[tuple[int, int]]) -> set[int]:
    """New indexes outside the longest run that kept its order: the fewest rows one must call moved."""
    tails: list[int] = []
    tail_of: list[int] = []
    previous: dict[int, int | None] = {}
    new_of = dict(pairs)
    for i, _ in pairs:
        place = bisect_left(tails, i)
        previous[i] = tail_of[place - 1] if place else None
        tails[place : place + 1] = [i]
        tail_of[place : place + 1] = [i]
    kept: set[int] = set()
    last: int | None = tail_of[-1] if tail_of else None
    while last is not None:
        kept.add(new_of[last])
        last = previous[last]
    return {j for _, j in pairs} - kept
