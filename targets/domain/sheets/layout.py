"""The description of one official form: which words stand where, and which field of a record each of them is.

One description serves both ways. The writer prints the words at their places; the reader looks for the words wherever
they stand. A new layout of a known form is one more module with one more `Layout` (and a line in `layouts.py`).
"""

import re
from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from operator import attrgetter
from typing import NamedTuple

from targets.domain.record import IndicatorRow, Record
from targets.domain.sheets.cells import inside_brackets, label_key, split_label
from targets.domain.sheets.dressed import undated, undressed, undressed_heading
from targets.domain.sheets.remembered import Remembered

END = -1
"""The last sheet column of a form, wherever that is."""

OF_THAT = "其中"
LONGEST_REPORT = 12
REPORT = re.compile("(?:执行|支出|到位|使用|完成)(?:数|率|金额|额)(?:[AB])?(?:得分)?$")
"""Ends a heading of money that was spent: 1-7月执行数."""

DEPARTMENT = "department"
"""Code and name in one cell: `[202]淄博市淄川区教育和体育局`."""
STAMP = "stamp"
"""Who puts the stamp on the paper; repeats the unit or the department."""
YEAR = "year"
MONEY_UNIT = "money_unit"
NONE: frozenset[str] = frozenset()
HEADING = ""
"""A label over other labels, without a value of its own."""
DEPARTMENT_CODE = "department_code"
"""The code in a cell of its own (主管部门编码)."""
OVERALL_GOAL = "overall_goal"
"""A goal that is not said to be the year's: the year's if no other is, else a text beside it."""
EXTRA = "extra"
"""A label whose value no field takes; it is kept under its printed name. Known, so that it is never taken for a value."""
LONG_TERM_TOTAL = "long_term_total"
"""Money of all years together; what stands below it, beside that of the year, is its too."""
TASK = "task"
"""Heading of a table of tasks in the head of a plan."""
PART_OR_OTHER = "part_or_other"
"""其他: the last part of 自有资金, or the money that is neither 财政拨款 nor 自有资金."""
BUDGETED = "budgeted"
"""Heading of a money column of a self-evaluation that states the target's amounts."""
REPORTED = "reported"
"""Heading of a column beside it: what was spent, scores, rates."""
OPERATOR = "operator"
MEASUREMENT_UNIT = "measurement_unit"
"""Sign and unit of a target in columns of their own; read into its text."""
CORE = "core"
"""A column that marks core indicators 核心指标."""


MAY_BE_DRESSED = frozenset((DEPARTMENT, "unit", "title", "code", "total", "fiscal", "other", "goal", OVERALL_GOAL))


@dataclass(frozen=True, slots=True)
class Label:
    """A labelled cell of the head. `at` and `value_at` are first and last sheet column, counted from the form's left edge."""

    text: str
    field: str
    at: tuple[int, int] = (0, 0)
    value_at: tuple[int, int] = (1, END)
    aliases: tuple[str, ...] = ()
    aligned: str = "left"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the head. A group is a label merged down over the consecutive lines that name it."""

    labels: tuple[Label, ...]
    group: Label | None = None
    prints: Callable[[Record], bool] = lambda record: True
    """Some lines have two shapes; the writer takes the one that fits the record."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of text above or below the table: `填报单位（盖章）：某局`. Its value stands in the same cell."""

    text: str
    field: str
    at: tuple[int, int]
    aligned: str = "left"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table. `path` are the headings over it, outermost first; equal neighbours are printed as one cell."""

    field: str
    path: tuple[str, ...]
    widths: tuple[float, ...]
    """Millimetres on paper of each sheet column that it takes."""
    aliases: tuple[str, ...] = ()
    centred: bool = False
    optional: bool = False
    """Printed only if some row has a value."""

    @property
    def words(self) -> frozenset[str]:
        """Keys of the headings that mean this column."""
        return _keys((self.path[-1], *self.aliases))


@cache
def _keys(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(label_key(word) for word in words)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What other offices print on the same form; read, never written."""

    labels: tuple[Label, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field → further headings of its column; a field that the official form has not gets a column."""
    listed: tuple[str, ...] = ()
    """Headings of columns that no field takes; their texts are kept together, row by row."""
    reports: tuple[str, ...] = ()
    """Headings of such columns that say what became of a target."""
    sides: tuple[str, ...] = ()
    """Labels left of a table."""
    like: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field → headings that mean its column where it has no other; they mean something else elsewhere, so it is told."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Page and type, as in the printed mock-ups: XlsxWriter's paper number, points, millimetres."""

    size: int
    body_points: float
    title_points: float = 18
    body_font: str = "宋体"
    head_font: str = "宋体"
    title_font: str = "方正小标宋简体"


class Labelled(NamedTuple):
    """What a cell says that holds a label."""

    field: str
    value: str
    """What stands behind the label in the same cell."""
    is_dressed: bool = False
    """The label is known only without what stands before or after its word."""


@dataclass(frozen=True, eq=False)
class Layout:
    """All of one official form; there is but one of each."""

    slug: str
    kind: str
    title: Callable[[Record], str]
    title_words: re.Pattern[str]
    """Found in the key of a printed title."""
    captions: tuple[Caption, ...]
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    signatures: tuple[Caption, ...]
    paper: Paper
    names_form: str
    """The field whose label begins a new form in a sheet."""
    needs: tuple[frozenset[str], ...]
    """Of each of these sets of fields, one must have a heading in a row for it to be this layout's table head."""
    nests: tuple[str, ...]
    """Columns that are merged down, outermost first; when a file lost its merges their blanks continue the row above."""
    enough: int = 3
    """How many headings make a table head."""
    side: str = ""
    """A label left of the table, merged down over head and rows."""
    side_width: float = 0
    dialects: tuple[Dialect, ...] = ()
    is_list: bool = False
    """A plain list: its columns say of each line to which form it belongs."""
    remark: str = ""
    """What is to be told of every table that is read so, because its words mean something else elsewhere."""
    is_full: bool = False
    """Its columns are all that offices need: a heading that none of them has is told, for it may be one of them reworded."""
    repeats_head: bool = False
    """Each page begins with the captions and the table head again (else with the table head alone)."""

    @cached_property
    def labels(self) -> dict[str, str]:
        """Key of every word that labels a cell of the head → its field."""
        found = {label_key(self.side): HEADING} if self.side else {}
        every: list[Label | Caption] = [*self.captions]
        every += [label for dialect in self.dialects for label in dialect.labels]
        for line in self.lines:
            every += [*line.labels, *([line.group] if line.group else [])]
        for label in every:
            for word in (label.text, *label.aliases):
                if key := label_key(word):
                    found.setdefault(key, label.field)
        for side in self.sides:
            found.setdefault(side, HEADING)
        return found

    @cached_property
    def named(self) -> Mapping[str, str]:
        """Field → the word of the form for it, for messages."""
        found: dict[str, str] = {}
        for line in self.lines:
            for label in line.labels:
                found.setdefault(label.field, label.text.strip("：: ").removeprefix("其中："))
        for dialect in self.dialects:
            for label in dialect.labels:
                found.setdefault(label.field, label.text)
        return found

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Of the columns, in their order."""
        return tuple(column.field for column in self.columns)

    @cached_property
    def texts_of(self) -> Callable[[IndicatorRow], tuple[str, ...]]:
        """What a row says in these columns."""
        return attrgetter(*self.fields)

    def in_order(self, names: Collection[str]) -> tuple[str, ...]:
        """Fields in the order of their columns."""
        return tuple([name for name in self.fields if name in names]) if names else ()

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Field → place of its column among all that are read."""
        return {column.field: index for index, column in enumerate(self.read_columns)}

    @cached_property
    def signing(self) -> frozenset[str]:
        """Keys of the words of the lines to sign."""
        return frozenset(label_key(caption.text) for caption in self.signatures)

    @cached_property
    def headings_of(self) -> Mapping[str, str]:
        """Field → the lowest heading of its column, for messages."""
        return {column.field: column.path[-1] for column in self.read_columns}

    @cached_property
    def read_columns(self) -> tuple[Column, ...]:
        """The columns with every heading that is read for them."""
        words: dict[str, tuple[str, ...]] = {}
        for dialect in self.dialects:
            for name, more in dialect.columns.items():
                words[name] = (*words.get(name, ()), *more)
        known = [replace(c, aliases=(*c.aliases, *words.pop(c.field, ()))) for c in self.columns]
        return (*known, *(Column(name, (more[0],), (), aliases=more[1:]) for name, more in words.items()))

    @cached_property
    def columns_of(self) -> Mapping[str, tuple[Column, ...]]:
        """Key of a heading → the columns that it may stand over, in their order."""
        found: dict[str, tuple[Column, ...]] = {}
        for column in self.read_columns:
            for word in column.words:
                found[word] = (*found.get(word, ()), column)
        return found

    @cached_property
    def must_have(self) -> tuple[frozenset[str], ...]:
        """Of each of these sets of headings, one must be there for a row to be this layout's table head."""
        return tuple(
            frozenset[str]().union(*(column.words for column in self.read_columns if column.field in fields))
            for fields in self.needs
        )

    @cached_property
    def _like(self) -> Mapping[str, str]:
        """Key of a heading → the field that it may stand for where that has no other column."""
        return {
            label_key(word): name for dialect in self.dialects for name, words in dialect.like.items() for word in words
        }

    def column_like(self, key: str, taken: Container[str]) -> str:
        """The field that an unknown heading seems to mean; "" if none, or if that has its column."""
        if key in self.listed or key in self.sides:
            return ""
        bares = undressed_heading(key)
        known = [self._like.get(word, "") for word in (key, *bares)]
        known += [column.field for bare in bares for column in self.columns_of.get(bare, ())]
        return next((name for name in known if name and name not in taken), "")

    @cached_property
    def listed(self) -> frozenset[str]:
        """Keys of the headings of columns that no field takes."""
        return self.reports | {label_key(word) for dialect in self.dialects for word in dialect.listed}

    @cached_property
    def reports(self) -> frozenset[str]:
        """Keys of the headings of columns that only a form has which reports on targets."""
        return frozenset(label_key(word) for dialect in self.dialects for word in dialect.reports)

    @cached_property
    def sides(self) -> frozenset[str]:
        """Keys of the labels left of a table."""
        words = [word for dialect in self.dialects for word in dialect.sides]
        return frozenset(label_key(word) for word in (self.side, *words) if word)

    @cached_property
    def headings(self) -> frozenset[str]:
        """Keys of every word of the table head."""
        paths = {label_key(word) for column in self.read_columns for word in column.path}
        return frozenset(paths.union(self.listed, *(column.words for column in self.read_columns)))

    @cached_property
    def label_of(self) -> Callable[[str], Labelled | None]:
        """What a cell says as a label of this layout; None if it is none."""
        return Remembered(self._find_label).__getitem__

    def _find_label(self, text: str) -> Labelled | None:
        if (known := self._known(text)) is not None:
            return known
        word, value = split_label(inside_brackets(text))
        key = label_key(word or text)
        if len(key) <= LONGEST_REPORT and REPORT.search(key):
            return Labelled(REPORTED, value if word else "", is_dressed=True)
        meant = next(
            (name for bare in (*undressed(key), *undated(key)) if (name := self.labels.get(bare)) in MAY_BE_DRESSED),
            None,
        )
        return None if meant is None else Labelled(meant, value if word else "", is_dressed=True)

    def _known(self, text: str) -> Labelled | None:
        """A label in its very words, alone or with its value; 其中：财政拨款：800 is one too."""
        exact = self.labels.get(label_key(text))
        if exact is not None:
            return Labelled(exact, "")
        word, value = split_label(inside_brackets(text))
        if word == OF_THAT:
            word, value = split_label(value)
        glued = self.labels.get(label_key(word)) if word else None
        return None if glued is None else Labelled(glued, value)

    def columns_for(self, record: Record) -> tuple[Column, ...]:
        """The columns that a record needs on paper."""
        return tuple(c for c in self.columns if not c.optional or any(getattr(row, c.field) for row in record.rows))

    def printed_rows(self, record: Record) -> list[tuple[IndicatorRow, frozenset[str]]]:
        """Each row with the fields whose cell hangs together with the one above.

        A row without a cell of its own is an empty line of the form, not an indicator: neither written nor read.
        """
        printed: list[tuple[IndicatorRow, frozenset[str]]] = []
        for row in record.rows:
            above = printed[-1][0] if printed else None
            hanging = NONE
            if above and row.continues:
                hanging = frozenset([name for name in row.continues if getattr(row, name) == getattr(above, name)])
            texts = self.texts_of(row)
            if any(texts) and any(text for name, text in zip(self.fields, texts, strict=True) if name not in hanging):
                printed.append((row, hanging))
        return printed
