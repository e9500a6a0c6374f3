"""Read a table head of any number of rows: which sheet columns hold which field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from targets.domain.sheets.amounts_below import SUMS
from targets.domain.sheets.cells import Grid, label_key, plain
from targets.domain.sheets.dressed import DATED, NOW
from targets.domain.sheets.head import years_in
from targets.domain.sheets.head_rows import PART_OF_VALUE, Heading, bottom_of, fields_of, heading, slipped_below
from targets.domain.sheets.head_values import YEAR_ALONE
from targets.domain.sheets.layout import Column, Layout

LONGEST_HEAD = 1_000
"""Characters of a head that is remembered."""
COUNTING = ("栏次", "列次", "行次", "序号")
FIRST_NUMBERS = frozenset(("1", "１", "(1)", "（1）", *COUNTING))
FEWEST_NUMBERS = 3

SHARED = "level1"
TWINNED = frozenset(("name", "target"))
GROUPED = TWINNED | {SHARED, "level2"}
LONG_TARGETS = frozenset("中期指标值 实施期指标值 长期指标值 中期目标值 总体指标值 总指标值 中长期指标值".split())

OF_THE_YEAR = re.compile(f"全年|{NOW}|(?<![上前])年度")
ROWS_UP_TO_TITLE = 40

Span = tuple[int, int]


@dataclass(slots=True)
class Header:
    """Rows of a table head and the sheet columns (first, last) below each of its headings."""

    top: int
    bottom: int = 0
    fields: dict[str, Span] = field(default_factory=dict)
    unknown: dict[str, Span] = field(default_factory=dict)
    """Printed heading → columns, for headings that the layout does not know."""
    over: frozenset[str] = frozenset()
    """Keys of the headings over its indicators and targets, their own included."""
    meant: tuple[tuple[str, str, int], ...] = ()
    """Printed heading, field and column where a heading was only taken to mean the field."""
    twin: "Header | None" = None
    """A second group of the same headings beside the first (the longer term and the year)."""
    names_hold_values: bool = False
    """One column is for both: 三级指标及指标值."""
    values: tuple[tuple[str, Span], ...] = ()
    """Printed headings over the parts of a value, where it has several: 定量 and 定性."""
    printed: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """First column of each lowest heading → that as it is printed, and the one above it."""
    year: str = ""
    """The year of the form, where headings name years."""

    def at(self, top: int) -> "Header":
        """The same head `top` rows further down."""
        twin = self.twin.at(top) if self.twin else None
        fields, unknown = {**self.fields}, {**self.unknown}
        more = self.over, self.meant, twin, self.names_hold_values, self.values, self.printed
        return Header(self.top + top, self.bottom + top, fields, unknown, *more)


@dataclass(frozen=True, slots=True)
class _Leaf:
    text: str
    over: str
    """The heading directly above it."""
    above: frozenset[str]
    span: Span


def read_header(grid: Grid, layout: Layout, top: int) -> Header:
    if cells := slipped_below(grid, layout, top):
        header = _understood(layout, 1, cells, "").at(top)
        parts = "、".join(cell.text for cell in grid.rows[top + 1])
        header.meant += ((parts, "target", header.fields["target"][0]),)
        return header
    bottom = bottom_of(grid, layout, top)
    cells = tuple([heading(grid, cell, top) for cells in grid.rows[top : bottom + 1] for cell in cells])
    is_short = sum(len(cell.text) for cell in cells) <= LONGEST_HEAD
    year = _year_above(grid, top) if any(DATED.match(label_key(cell.text)) for cell in cells) else ""
    return (_known if is_short else _understood)(layout, bottom - top, cells, year).at(top)


def _year_above(grid: Grid, top: int) -> str:
    """The year that the title nearest above a table names; "" if none does."""
    for row in range(top - 1, max(-1, top - ROWS_UP_TO_TITLE), -1):
        for cell in grid.rows[row]:
            years = years_in(cell.text) if YEAR_ALONE.fullmatch(plain(cell.text)) or _is_title(cell.text) else ()
            if len(years) == 1:
                return str(*years)
    return ""


def _is_title(text: str) -> bool:
    return label_key(text).endswith("表")


def _understood(layout: Layout, bottom: int, cells: tuple[Heading, ...], year: str) -> Header:
    header = Header(0, bottom, year=year)
    last = max(max(cell.column, cell.right) for cell in cells)
    leaves = _leaves(cells, 0, bottom, (0, last), frozenset(), "")
    _assign(header, layout, leaves)
    for part in filter(None, (header, header.twin)):
        part.printed = {leaf.span[0]: (leaf.text, leaf.over) for leaf in leaves}
    return header


_known = lru_cache(maxsize=256)(_understood)
"""Forms of one office have the same head, text for text."""


def are_column_numbers(said: Sequence[str]) -> bool:
    """A row below the headings that counts the columns: 栏次 1 2 3 4."""
    if len(said) < FEWEST_NUMBERS or said[0] not in FIRST_NUMBERS:
        return False
    texts = [plain(text).strip("()") for text in said]
    if texts and texts[0] in COUNTING:
        texts = texts[1:]
    return len(texts) >= FEWEST_NUMBERS and texts == [str(number) for number in range(1, len(texts) + 1)]


def _leaves(
    every: Sequence[Heading], row: int, bottom: int, within: Span, above: frozenset[str], own: str, over: str = ""
) -> list[_Leaf]:
    """The lowest headings inside `within`. A heading reaches as far as its merge, or else to the next one beside it."""
    first, last = within
    cells: list[Heading] = []
    while row <= bottom and not (cells := [c for c in every if c.row == row and first <= c.column <= last]):
        row += 1
    leaves: list[_Leaf] = []
    start = cells[0].column if cells else last + 1
    if own and start > first:
        leaves.append(_Leaf(own, over, above, (first, start - 1)))
    for index, cell in enumerate(cells):
        beside = cells[index + 1].column - 1 if index + 1 < len(cells) else last
        span = (cell.column, min(beside if cell.right < 0 else cell.right, last))
        under = above | {label_key(own)} if own else above
        leaves += _leaves(every, cell.bottom + 1, bottom, span, under, cell.text, own)
    return leaves


def _assign(header: Header, layout: Layout, leaves: list[_Leaf]) -> None:
    start = _second_group(layout, leaves)
    if start:
        left, right = (Header(header.top, header.bottom, year=header.year) for _ in range(2))
        _assign_group(left, layout, leaves[:start])
        _assign_group(right, layout, leaves[start:])
        for part in (left, right):
            _take_long_target(part)
        if all(part.fields.keys() >= TWINNED for part in (left, right)):
            for part, other in ((left, right), (right, left)):
                if SHARED in other.fields:
                    part.fields.setdefault(SHARED, other.fields[SHARED])
            header.fields, header.unknown, header.over, header.twin = left.fields, left.unknown, left.over, right
            header.meant = left.meant + right.meant
            return
    _assign_group(header, layout, leaves)
    has_level1 = any(column.field == SHARED for column in layout.columns)
    if has_level1 and SHARED not in header.fields and {"level2", "name"} <= header.fields.keys():
        side = next((leaf.span for leaf in leaves if label_key(leaf.text) in layout.sides), None)
        if side:  # a first level without a heading stands below that label
            header.fields[SHARED] = side


def _second_group(layout: Layout, leaves: list[_Leaf]) -> int:
    """Where a heading comes again after a 三级指标: there a second group begins. 0 if none does."""
    seen: set[str] = set()
    for at, leaf in enumerate(leaves):
        fields = {column.field for column in layout.columns_of.get(label_key(leaf.text), ())}
        if len(fields) != 1 or not fields <= GROUPED:
            continue
        if fields <= seen and "name" in seen:
            return at
        seen |= fields
    return 0


def _take_long_target(part: Header) -> None:
    """中期指标值 is a target in a group that has no other."""
    if "target" not in part.fields:
        word = next((word for word in part.unknown if label_key(word) in LONG_TARGETS), "")
        if word:
            part.fields["target"] = part.unknown.pop(word)
            part.over |= {label_key(word)}


def _assign_group(header: Header, layout: Layout, leaves: list[_Leaf]) -> None:
    order = layout.order
    keys = [_key(layout, leaf) for leaf in leaves]
    early = _of_levels_above(layout, keys)
    before = -1
    for at, (leaf, key) in enumerate(zip(leaves, keys, strict=True)):
        fitting = [c for c in layout.columns_of.get(key, ()) if c.field not in header.fields and at not in early]
        if not fitting:
            if header.values and PART_OF_VALUE.search(leaf.text) and "target" in fields_of(layout, key):
                header.values += ((leaf.text, leaf.span),)
            elif key not in layout.sides:
                header.unknown.setdefault(_name(header, leaves, keys, at), leaf.span)
            continue
        chosen = _best(fitting, leaf, order, before) if len(fitting) > 1 else fitting[0]
        header.names_hold_values |= {column.field for column in fitting} >= TWINNED
        if chosen.field in TWINNED:
            header.over |= {*leaf.above, key}
        if chosen.field == "target" and PART_OF_VALUE.search(leaf.text):
            header.values = ((leaf.text, leaf.span),)
        before = order[chosen.field]
        twins = [c for c in fitting if c.path == chosen.path]
        _place(
            header,
            twins if len(twins) > 1 else [chosen],
            leaf,
            is_alone=len(twins) > 1 and _is_alone(layout, keys, twins),
        )

    if len(header.values) > 1:
        header.meant += tuple((text, "target", first) for text, (first, _) in header.values)
    _take_what_is_meant(header, layout)
    _take_target_of_the_year(header, layout, leaves)


def _is_alone(layout: Layout, keys: Sequence[str], twins: Sequence[Column]) -> bool:
    """Whether one heading stands for several columns and nothing else does: 职责, not 主要职责 and 职责 nor 职责 and 子职责."""
    fields = {column.field for column in twins}
    alike = [key for key in keys if fields <= {column.field for column in layout.columns_of.get(key, ())}]
    return len(alike) == 1 and not _has_own(layout, keys, twins[-1].field)


def _has_own(layout: Layout, keys: Sequence[str], name: str) -> bool:
    """Whether a heading means this field and no other: 子职责 beside 职责."""
    return any([column.field for column in layout.columns_of.get(key, ())] == [name] for key in keys)


def _key(layout: Layout, leaf: _Leaf) -> str:
    """合计 below 项目资金 is that itself; 名称 below 三级绩效指标 is 三级绩效指标名称, where that is a heading of the layout."""
    own = label_key(leaf.text)
    if own in SUMS and label_key(leaf.over) in layout.columns_of:
        return label_key(leaf.over)
    joined = label_key(leaf.over) + own
    is_better = joined in layout.columns_of or (joined in layout.listed and own not in layout.columns_of)
    return joined if leaf.over and is_better else own


def _name(header: Header, leaves: Sequence[_Leaf], keys: Sequence[str], at: int) -> str:
    """The printed heading of a column that no field takes; one that comes again is named with the heading above or before it."""
    leaf = leaves[at]
    if keys[at] != label_key(leaf.text):
        return leaf.over + leaf.text
    if leaf.text not in header.unknown and keys.count(keys[at]) == 1:
        return leaf.text
    return (leaf.over or (leaves[at - 1].text if at else "")) + leaf.text


def _of_levels_above(layout: Layout, keys: Sequence[str]) -> frozenset[int]:
    """Where every level has weights beside it, those before the indicator are not its own."""
    fields = [{column.field for column in layout.columns_of.get(key, ())} for key in keys]
    weights = [at for at, names in enumerate(fields) if "weight" in names]
    name = next((at for at, names in enumerate(fields) if "name" in names), 0)
    return frozenset(at for at in weights if at < name) if any(at > name for at in weights) else frozenset()


def _take_what_is_meant(header: Header, layout: Layout) -> None:
    """Headings that are nearly words of the layout stand for the fields that have no column yet."""
    for text, span in sorted(header.unknown.items(), key=lambda one: _by_year(one[0], header.year), reverse=True):
        if name := layout.column_like(label_key(text), header.fields):
            header.fields[name] = header.unknown.pop(text)
            header.meant += ((text, name, span[0]),)


def _take_target_of_the_year(header: Header, layout: Layout, leaves: Sequence[_Leaf]) -> None:
    """指标值 over 半年计划值 and 全年计划值, or over 前年, 上年 and 预计当年实现: that of the whole year is the target."""
    if "target" in header.fields:
        return
    for leaf in leaves:
        below = {column.field for column in layout.columns_of.get(label_key(leaf.over), ())} == {"target"}
        if below and OF_THE_YEAR.search(label_key(leaf.text)) and leaf.text in header.unknown:
            header.fields["target"] = header.unknown.pop(leaf.text)
            header.meant += ((leaf.text, "target", leaf.span[0]),)
            return


def _by_year(heading: str, year: str) -> tuple[bool, str]:
    """The year of the form counts most, then the latest one; headings without a year stay in their order."""
    found = DATED.match(label_key(heading))
    return (found is not None and found[0].rstrip("年度") == year), found[0] if found else ""


def _best(fitting: list[Column], leaf: _Leaf, order: Mapping[str, int], before: int) -> Column:
    """Of several columns with one heading (来源), the one under the same headings, else the next after the column before."""

    def rank(column: Column) -> tuple[int, bool, int]:
        shared = len(leaf.above & {label_key(word) for word in column.path[:-1]})
        return -shared, order[column.field] < before, order[column.field]

    return min(fitting, key=rank)


def _place(header: Header, twins: list[Column], leaf: _Leaf, *, is_alone: bool) -> None:
    """Twins share one heading over several columns (部门职责): one sheet column for each, from the left; a single one is the last."""
    first, last = leaf.span
    if len(twins) == 1:
        header.fields[twins[0].field] = leaf.span
    elif first == last:
        header.fields[(twins[-1] if is_alone else twins[0]).field] = leaf.span
    else:
        for index, column in enumerate(twins[:-1]):
            header.fields[column.field] = (first + index, first + index)
        header.fields[twins[-1].field] = (first + len(twins) - 1, last)
