"""Find the forms of a sheet by the words of their labels and headings, wherever they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from targets.domain.record import PLAN, PROJECT
from targets.domain.sheets.cells import Grid, inside_brackets, label_key, split_label
from targets.domain.sheets.dressed import undressed_heading
from targets.domain.sheets.flat import FLAT, PLANS_BY_GOAL
from targets.domain.sheets.foot import begins_foot
from targets.domain.sheets.head import ANNEX, OTHER_FORM
from targets.domain.sheets.header import Header, are_column_numbers, read_header
from targets.domain.sheets.layout import Layout
from targets.domain.sheets.layouts import LAYOUTS, OFFICIAL
from targets.domain.sheets.remembered import remembered
from targets.domain.sheets.terms import is_term

TITLE_CELLS = 3
"""A row with more texts than this is no title."""
FEWEST_HEADINGS = 3
WHOLE = "整体"
"""In the title of a list of departments or over their goals; else a goal is that of a project."""
LISTS = (FLAT, PLANS_BY_GOAL)
NAMES_IN_LISTS = frozenset().union(*(layout.must_have[0] for layout in LISTS))
"""Headings of the columns that say of each line whose it is."""
ROWS_OF_A_HEAD = 4
"""Below its first one, blank ones among them."""
LABELS_OF_A_FORM = 3
"""A form without a table is one if it has this many labels of its head."""
HEADINGS = frozenset().union(*(layout.headings for layout in LAYOUTS))
LABELS = frozenset().union(*(layout.labels for layout in LAYOUTS))
"""Keys of the words of all layouts. Most rows of a sheet say none of them, and are passed over."""
NAMES = frozenset(key for layout in LAYOUTS for key, name in layout.labels.items() if name == layout.names_form)
"""Of these, the ones that begin a form."""


@dataclass(frozen=True, slots=True)
class Block:
    """One head and one table; a form printed on several pages has several. `bottom` is excluded."""

    layout: Layout
    top: int
    header: Header | None
    bottom: int
    is_named: bool
    """It has a title or an identifying label of its own, so it may be a new form."""

    @property
    def head_bottom(self) -> int:
        return self.header.top if self.header else self.bottom


@dataclass(slots=True)
class _Start:
    row: int
    layout: Layout
    has_label: bool


@dataclass(slots=True)
class _Search:
    grid: Grid
    found: list[tuple[Layout, int, Header | None, bool]] = field(default_factory=list)
    start: _Start | None = None

    @property
    def began(self) -> Layout | None:
        """The layout of the form that has begun; without one, of the form whose table may go on with another head."""
        if self.start:
            return self.start.layout
        return self.found[-1][0] if self.found else None

    def open(self, row: int, layout: Layout, *, has_label: bool) -> None:
        start = self.start
        if start and start.has_label:
            self.close_without_table(row)
        if self.start is None:
            self.start = _Start(row, layout, has_label)
        elif has_label and layout.kind == self.start.layout.kind:
            self.start.has_label, self.start.layout = True, layout

    def is_within(self, layout: Layout, said: Sequence[str]) -> bool:
        """Whether labels that begin another kind of form are but labels of the form that has begun."""
        start = self.start
        if start is None or start.layout.kind == layout.kind:
            return False
        names = (text for text in said if (label := layout.label_of(text)) and label.field == layout.names_form)
        return start.layout.label_of(said[0]) is not None or all(map(start.layout.label_of, names))

    def table(self, header: Header, layout: Layout) -> None:
        start = self.start
        self.found.append((layout, start.row if start else header.top, header, start is not None))
        self.start = None

    def close_without_table(self, bottom: int) -> None:
        start, self.start = self.start, None
        if not start or not start.has_label:
            return
        labels = {
            label[0]
            for row in self.grid.rows[start.row : bottom]
            for cell in row
            if (label := start.layout.label_of(cell.text)) and label[0]
        }
        if len(labels) >= LABELS_OF_A_FORM and not self._is_list(start, bottom):
            self.found.append((start.layout, start.row, None, True))

    def _is_list(self, start: _Start, bottom: int) -> bool:
        """Projects in lines, without indicators: the word that would name a form is a heading, and no label stands below it."""
        rows = [
            cells
            for cells in self.grid.rows[start.row : bottom]
            if cells and not are_column_numbers([cell.text for cell in cells])
        ]
        names = [
            at
            for at, cells in enumerate(rows)
            if any(
                (found := start.layout.label_of(cell.text)) and found[0] == start.layout.names_form for cell in cells
            )
        ]
        at = names[0] if names else len(rows)
        columns = {cell.column for cell in rows[at]} if names else set()
        below = rows[at + 1 : at + 3]
        return (
            len(columns) >= FEWEST_HEADINGS
            and bool(below)
            and all(len(columns.intersection(cell.column for cell in cells)) >= FEWEST_HEADINGS for cells in below)
            and not any(start.layout.label_of(cell.text) for cells in below for cell in cells)
        )


def find_blocks(grid: Grid) -> list[Block]:
    """Every head-and-table of the sheet, from top to bottom; nothing between two blocks is left out."""
    search = _Search(grid)
    below = 0
    listing: frozenset[str] = frozenset()
    for row, line in enumerate(grid.texts):
        if row < below or (listing and listing.isdisjoint(line) and len(line) - line.count("") > TITLE_CELLS):
            continue
        if not any(map(_may_begin, line)):
            continue
        said = [*filter(None, line)]
        keys = [*map(label_key, said)]
        headings = HEADINGS.intersection(keys) if len(keys) >= FEWEST_HEADINGS else frozenset()
        if headings and (
            layout := _table_layout(headings, keys, search.began) or _list_layout(grid, row, keys, search.began)
        ):
            header = read_header(grid, layout, _head_top(grid, layout, row, below))
            search.table(header, layout)
            below = header.bottom + 1
            listing = _headings(grid, header) if layout.is_list else frozenset()
        elif (keys[0] in LABELS or _has_colon(said[0])) and (layout := _named_layout(said, keys, search.start)):
            if not search.is_within(layout, said):
                search.open(row, layout, has_label=True)
        elif len(said) <= TITLE_CELLS and (layout := _titled_layout(said[0], keys[0])):
            search.open(row, layout, has_label=False)
    search.close_without_table(grid.height)
    return _with_ends(grid, search.found)


def _table_layout(headings: frozenset[str], keys: list[str], began: Layout | None) -> Layout | None:
    """The layout that knows most of the headings; of two that know them equally the one that the form began with."""
    if len({*keys}) < FEWEST_HEADINGS:
        return None
    fitting = _fitting(headings)
    if not fitting and (bare := HEADINGS.intersection(chain.from_iterable(map(undressed_heading, keys)))):
        fitting = _fitting(headings | bare)
    if not fitting:
        return None
    kind = began.kind if began else None
    meant = [found for found in fitting if _is_meant(found[1], keys, began)]
    return max(meant, key=lambda found: (found[0], found[1] is began, found[1].kind == kind), default=(0, None))[1]


def _is_meant(layout: Layout, words: Iterable[str], began: Layout | None) -> bool:
    """A goal beside the name of a unit is that of a project, if no word says otherwise."""
    return (
        layout is not PLANS_BY_GOAL or (began is not None and began.kind == PLAN) or any(WHOLE in key for key in words)
    )


@lru_cache(maxsize=256)
def _fitting(words: frozenset[str]) -> Sequence[tuple[int, Layout]]:
    """The layouts whose table head these headings are, and how many of them each knows."""
    return [
        (len(words & layout.headings), layout)
        for layout in LAYOUTS
        if len(words & layout.headings) >= layout.enough and all(words & need for need in layout.must_have)
    ]


def _head_top(grid: Grid, layout: Layout, row: int, below: int) -> int:
    """A table head may begin one row higher: 一级指标 there, with 中期指标 and 年度指标 over the headings of this row."""
    above = [label_key(cell.text) for cell in grid.rows[row - 1]] if row > below else []
    leading = layout.headings.intersection(above)
    if len(above) < 2 or leading.issubset([label_key(cell.text) for cell in grid.rows[row]]):
        return row
    return row - 1 if all(key in leading or key in layout.sides or is_term(key) for key in above) else row


def _list_layout(grid: Grid, row: int, keys: list[str], began: Layout | None) -> Layout | None:
    """A list whose head has more than one row: 项目名称 stands in the first, 三级指标 below 绩效指标 in the next."""
    if NAMES_IN_LISTS.isdisjoint(keys):
        return None
    layout = next(layout for layout in LISTS if not layout.must_have[0].isdisjoint(keys))
    if not _are_headings(layout, keys):
        return None
    words = {*keys}
    for cells in [*filter(None, grid.rows[row + 1 : row + 1 + ROWS_OF_A_HEAD])][:2]:
        said = [label_key(cell.text) for cell in cells]
        if not _are_headings(layout, said):
            break
        words.update(said)
    words = words.union(*map(undressed_heading, words))
    return layout if all(words & need for need in layout.must_have) and _is_meant(layout, words, began) else None


def _are_headings(layout: Layout, keys: Sequence[str]) -> bool:
    """Most of them."""
    return sum([key in layout.headings or key in layout.sides for key in keys]) * 2 > len(keys)


def _headings(grid: Grid, header: Header) -> frozenset[str]:
    """The words of a list's head: the rows of a long list are looked at only if they say one of them."""
    return frozenset(cell.text for row in grid.rows[header.top : header.bottom + 1] for cell in row)


def _has_colon(text: str) -> bool:
    return "：" in text or ":" in text


def _named_layout(said: list[str], keys: list[str], start: _Start | None) -> Layout | None:
    """A row that begins with a label of the layout and holds the one that names a form."""
    if NAMES.isdisjoint(keys) and not any(map(_begins_with_name, filter(_has_colon, said))):
        return None
    first = [start.layout] if start else []
    for layout in (*first, *LAYOUTS):
        if layout.label_of(said[0]) is None:
            continue
        for text in said:
            label = layout.label_of(text)
            if label and label[0] == layout.names_form:
                return layout
    return None


@remembered
def _may_begin(text: str) -> bool:
    """Whether a form, its title or its table may begin in the row of this text: most rows of a sheet hold none such."""
    key = label_key(text)
    return key in HEADINGS or key in NAMES or key.endswith("表") or (_has_colon(text) and _begins_with_name(text))


@remembered
def _begins_with_name(text: str) -> bool:
    """项目名称：某项目 in one cell."""
    return label_key(split_label(inside_brackets(text))[0]) in NAMES


def _titled_layout(text: str, key: str) -> Layout | None:
    if not key.endswith("表"):
        return None
    word, value = split_label(text)
    if word and value and not ANNEX.fullmatch(label_key(word)):
        return None
    titled = next((layout for layout in LAYOUTS if layout.title_words.search(key)), None)
    if titled or not ("绩效" in key and OTHER_FORM.search(key)):
        return titled
    return OFFICIAL[PLAN if "整体" in key else PROJECT]


def _with_ends(grid: Grid, found: list[tuple[Layout, int, Header | None, bool]]) -> list[Block]:
    """Give each block its first and last row; lines such as 附件2 directly above a title belong to the form below them."""
    tops: list[int] = []
    for index, (_, start, _, _) in enumerate(found):
        top = start
        while index and top > 0 and _is_above_title(grid, top - 1):
            top -= 1
        tops.append(top if index else 0)
    ends = [*tops[1:], grid.height][: len(tops)]
    return [
        Block(layout, top, header, bottom, is_named)
        for (layout, _, header, is_named), top, bottom in zip(found, tops, ends, strict=True)
    ]


def _is_above_title(grid: Grid, row: int) -> bool:
    """附件2 above a title, or any line above a table of a document that is nothing to sign."""
    cells = grid.rows[row]
    if len(cells) != 1:
        return False
    if row in grid.origin.lines_of_text:
        return not begins_foot(cells[0].text)
    return ANNEX.match(label_key(cells[0].text)) is not None
