"""A list whose categories stand side by side (成本指标 over 三级指标 and 指标值, 产出指标 over the same): a line for each indicator.

The sheet is laid out anew as the list that it means; each cell knows where it stood, so what is told names the places of the file.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from targets.domain.sheets.cells import Merge, address, label_key, position
from targets.domain.sheets.foot import begins_foot
from targets.domain.sheets.opened import OpenedSheet
from targets.domain.sheets.origin import Origin, Spot
from targets.domain.sheets.says import Says, at_first_sight

VALUES = frozenset(("指标值", "目标值", "年度指标值"))
LOOKED_AT = 40
"""Rows in which the head of a list stands."""
LEVEL1 = "一级指标"
MOST_CATEGORIES = 8
Source = tuple[int, Sequence[int]]
"""Row of the file and columns of it."""


@dataclass(frozen=True, slots=True)
class _Head:
    row: int
    """Of 三级指标 and 指标值."""
    over: int
    """That of the categories: the one above, but for blank ones."""
    groups: tuple[tuple[str, tuple[int, ...]], ...]
    """Each category and its columns."""

    @property
    def first(self) -> int:
        return self.groups[0][1][0]

    @property
    def end(self) -> int:
        return self.groups[-1][1][-1] + 1

    def beside(self, line: Sequence[str]) -> tuple[int, ...]:
        """The columns that are no category's: blank ones between these, and all that follow."""
        own = {at for _, columns in self.groups for at in columns}
        return tuple(at for at in range(self.first, len(line)) if at not in own)


def in_lines(sheet: OpenedSheet) -> OpenedSheet:
    """The sheet as it is, or as a list with a line for each indicator."""
    head = _head(sheet.texts)
    return _Unfolding(sheet, head).sheet() if head else sheet


def _head(texts: Sequence[Sequence[str]]) -> _Head | None:
    for row, says_none in enumerate(map(VALUES.isdisjoint, texts[:LOOKED_AT])):
        if says_none:
            continue
        line = texts[row]
        if any(line.count(word) > 1 for word in VALUES):
            over = next((above for above in range(row - 1, -1, -1) if any(texts[above])), row)
            if groups := _groups(texts[over], line):
                return _Head(row, over, groups)
    return None


def _groups(above: Sequence[str], line: Sequence[str]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Categories with the same headings below each of them; () if these are none. Blank columns belong to nobody."""
    firsts = [at for at, text in enumerate(above) if at_first_sight(label_key(text)) & Says.LEVEL1]
    if not 1 < len(firsts) <= MOST_CATEGORIES or firsts[0] == 0:
        return ()
    filled = [
        [at for at in range(first, end) if line[at : at + 1] != [""]] for first, end in pairwise((*firsts, len(line)))
    ]
    count = len(filled[0])
    columns = [tuple(own[:count]) for own in filled]
    if any(len(own) > count for own in filled[:-1]) or len({tuple(line[at] for at in own) for own in columns}) > 1:
        return ()
    return tuple((above[first], own) for first, own in zip(firsts, columns, strict=True))


class _Spots(Mapping[int, tuple[tuple[int, Spot], ...]]):
    """Line of the list → where its cells stood, found when it is asked for: a long list has more cells than remarks."""

    def __init__(self, old: OpenedSheet, sources: Sequence[Source]) -> None:
        self._old, self._sources = old, sources

    def __getitem__(self, line: int) -> tuple[tuple[int, Spot], ...]:
        if not 0 <= line < len(self._sources):
            raise KeyError(line)
        row, columns = self._sources[line]
        return tuple((at, self._spot(address(row, column))) for at, column in enumerate(columns))

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._sources)))

    def __len__(self) -> int:
        return len(self._sources)

    def _spot(self, cell: str) -> Spot:
        return self._old.origin.spot(cell) or Spot(self._old.name, cell)


@dataclass(slots=True)
class _Unfolding:
    old: OpenedSheet
    head: _Head
    texts: list[list[str]] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    """Of each line."""
    moved: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Place in the file → place in the list, for cells of which more is known than their text."""
    known: set[tuple[int, int]] = field(init=False)
    rows_known: set[int] = field(init=False)

    def __post_init__(self) -> None:
        old = self.old
        self.known = {*old.exact, *map(position, old.formulas), *map(position, old.errors)}
        self.rows_known = {row for row, _ in self.known}

    def sheet(self) -> OpenedSheet:
        for row in range(self.head.row + 1):
            self._copy(row)
        merged: dict[int, list[Merge]] = {}
        for merge in self.old.merges:
            merged.setdefault(merge.top, []).append(merge)
        for rows in self._blocks():
            self._take(rows, {merge.left for merge in merged.get(rows[0], ()) if merge.bottom >= rows[-1]})
        first_lines = {row: line for line, (row, _) in reversed([*enumerate(self.sources)])}
        formulas = {self._now(place): text for place, text in self.old.formulas.items()}
        return replace(
            self.old,
            texts=self.texts,
            merges=[m for m in self.old.merges if m.bottom <= self.head.row and m.right < self.head.first],
            exact={self.moved[place]: text for place, text in self.old.exact.items() if place in self.moved},
            formulas=formulas,
            errors={*map(self._now, self.old.errors)},
            hidden={line for line, (row, _) in enumerate(self.sources) if row in self.old.hidden},
            hidden_columns={column for column in self.old.hidden_columns if column < self.head.first},
            joined={line: self.old.joined[row] for row, line in first_lines.items() if row in self.old.joined},
            origin=Origin(_Spots(self.old, self.sources)),
        )

    def _now(self, place: str) -> str:
        return address(*self.moved.get(position(place), position(place)))

    def _blocks(self) -> Iterator[list[int]]:
        """Rows of one project: the first one names it, in those below it all cells left of the categories are blank.

        Rows that repeat those above the table are the tops of further pages.
        """
        tops = {tuple(line) for line in self.old.texts[: self.head.row + 1]}
        rows: list[int] = []
        for row in range(self.head.row + 1, len(self.old.texts)):
            line = self.old.texts[row]
            if tuple(line) in tops:
                continue
            if rows and any(line[: self.head.first]):
                yield rows
                rows = []
            rows.append(row)
        if rows:
            yield rows

    def _copy(self, row: int) -> None:
        """A row of the head, or one that holds no indicator; a caption or a line to sign stays in its columns."""
        head, line = self.head, self.old.texts[row]
        if not head.over <= row <= head.row:
            if any(line[head.first + 1 : head.end]) or _is_foot(line):
                self._put(line, row, range(len(line)))
                return
            own = line[head.first : head.first + 1]
        else:
            own = [LEVEL1, *_cells(self.old.texts[head.row], head.groups[0][1])] if row == head.over else []
        self._add(row, line[: head.first], own, head.groups[0][1], head.beside(line))

    def _take(self, rows: Sequence[int], merged: Container[int]) -> None:
        """The indicators of a project, category by category; what stands once for its first row stands in each line of that row.

        A cell that is `merged` down is that of the other rows too; one that is blank there stays so.
        """
        top, head = rows[0], self.head
        found = [
            (row, columns, [category, *own])
            for category, columns in head.groups
            for row in rows
            if any(own := _cells(self.old.texts[row], columns)) and not _is_foot(self.old.texts[row])
        ]
        with_indicators = {row for row, _, _ in found}
        if top not in with_indicators:
            self._copy(top)
        seen = {top} - with_indicators
        left = self.old.texts[top][: head.first]
        below = [text if column in merged else "" for column, text in enumerate(left)]
        for row, columns, own in found:
            rest = () if row in seen else head.beside(self.old.texts[row])
            self._add(row, left if row == top else below, own, columns, rest)
            seen.add(row)
        for row in rows:
            if row not in seen and any(self.old.texts[row]):
                self._copy(row)

    def _add(
        self, row: int, left: Sequence[str], own: Sequence[str], group: tuple[int, ...], rest: tuple[int, ...]
    ) -> None:
        """A line: what names the project, the cells of one category, and what stands right of all categories."""
        line = [*_filled(left, self.head.first), *_filled(own, len(group) + 1), *_cells(self.old.texts[row], rest)]
        self._put(line, row, _columns(self.head.first, group, rest))

    def _put(self, line: Sequence[str], row: int, columns: Sequence[int]) -> None:
        now = len(self.texts)
        self.texts.append([*line])
        self.sources.append((row, columns))
        if row in self.rows_known:
            for at in reversed(range(len(columns))):
                if (row, columns[at]) in self.known:
                    self.moved.setdefault((row, columns[at]), (now, at))


@lru_cache(maxsize=256)
def _columns(left: int, group: tuple[int, ...], rest: tuple[int, ...]) -> tuple[int, ...]:
    """Where the cells of a line stood; its category is that of its first cell."""
    return (*range(left), group[0], *group, *rest)


def _cells(line: Sequence[str], columns: Sequence[int]) -> list[str]:
    return [line[at] if at < len(line) else "" for at in columns]


def _is_foot(line: Sequence[str]) -> bool:
    return begins_foot(next(filter(None, line), ""))


def _filled(texts: Sequence[str], count: int) -> list[str]:
    return [*texts, *[""] * (count - len(texts))]
