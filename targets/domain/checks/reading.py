"""What rules look at: a record with its rows numbered, its values parsed once and its places named for messages.

Thousands of forms are judged for their counts alone, so whatever several rules ask of a row or of the form is worked out
once here, and a fault is no more than its place and a sentence until somebody reads it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple

from targets.domain.checks.amounts import Amount, Product, products, sums_of_money
from targets.domain.labels import field_label
from targets.domain.record import PLAN, IndicatorRow, Record
from targets.domain.rules import YearRules
from targets.domain.taxonomy import TAXONOMIES, Category
from targets.domain.values import EMPTY, IndicatorValue

REFERENCES = ("plan_value", "standard_value", "average_3y", "last_year")
"""指标参考值 of the department form."""
HISTORY = ("average_3y", "last_year")
NONE_WORDS = frozenset(("无", "暂无", "没有", "不适用"))
"""In a reference cell these say that there is none, like "-"."""

_ANY_GENERATION = TAXONOMIES["2021"]


@lru_cache(maxsize=1024)
def _place(level1: str, level2: str) -> Category | None:
    return _ANY_GENERATION.place(level1, level2)


def words_in(pattern: str) -> Callable[[str], bool]:
    """A question to put to a name: are such words in it? Answers are remembered, the same names stand in thousands of rows."""
    search = re.compile(pattern).search

    @lru_cache(maxsize=4096)
    def ask(text: str) -> bool:
        return search(text) is not None

    return ask


class Fault(NamedTuple):
    """What a rule yields; the engine adds rule and level, and puts the place before the sentence."""

    line: "Line | None"
    """None for the form as a whole."""
    field: str
    place: str
    """Words for the place where these are not the field's own label."""
    sentence: str
    evidence: Mapping[str, str]


class Line:
    """One row of the form with its number."""

    __slots__ = ("category", "kind", "level1_slug", "level2_slug", "name", "number", "row", "target", "year")

    def __init__(self, number: int, row: IndicatorRow, kind: str, year: int) -> None:
        self.number, self.row, self.kind, self.year = number, row, kind, year
        self.name = row.name.strip()
        self.target = IndicatorValue.parse(row.target, year)
        self.category = _place(row.level1, row.level2)
        """Where the row stands, whichever generation of the form its words are from."""
        self.level1_slug = self.category.level1_slug if self.category else ""
        self.level2_slug = self.category.level2_slug if self.category else ""

    def value(self, name: str) -> IndicatorValue:
        """The cell as an indicator value."""
        if name == "target":
            return self.target
        return IndicatorValue.parse(getattr(self.row, name), self.year)

    def is_blank(self, name: str) -> bool:
        """Nothing typed, "-", or a word that says there is none."""
        text: str = getattr(self.row, name)
        return self.value(name).kind == EMPTY or text.strip() in NONE_WORDS

    def quoted(self, name: str) -> str:
        return f"“{getattr(self.row, name).strip()}”"

    def label(self, name: str) -> str:
        return field_label(self.kind, name)

    def labelled(self, names: tuple[str, ...] | list[str]) -> str:
        """规划值“≥6项”、上年值“6项”."""
        return "、".join(self.label(name) + self.quoted(name) for name in names)

    def fault(self, name: str, sentence: str, /, **evidence: str) -> Fault:
        """第n行 column：sentence."""
        return Fault(self, name, "", sentence, evidence)


@dataclass(frozen=True, eq=False)
class Form:
    """A record under the rules of its year."""

    record: Record
    rules: YearRules

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(
            Line(number, row, self.record.kind, self.record.year) for number, row in self.record.numbered_rows()
        )

    @cached_property
    def indicators(self) -> tuple[Line, ...]:
        """Rows that name an indicator or give it a value; a row may hold no more than a budget item."""
        return tuple(line for line in self.lines if line.name or line.target.kind != EMPTY)

    def under(self, level2_slug: str) -> Sequence[Line]:
        """Those of the indicators that stand in this place of the taxonomy."""
        return self._by_place.get(level2_slug, ())

    @cached_property
    def _by_place(self) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for line in self.indicators:
            found.setdefault(line.level2_slug, []).append(line)
        return found

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Those of `REFERENCES` in which any row of the form has something."""
        return tuple(name for name in REFERENCES if any(getattr(row, name) for row in self.record.rows))

    @property
    def is_plan(self) -> bool:
        return self.record.kind == PLAN

    def texts(self) -> Iterator[tuple[Line | None, str, str]]:
        """Every running text: (row or None for the form, field, text)."""
        yield None, "title", self.record.title
        yield None, "goal", self.record.goal
        for line in self.lines:
            for name in RUNNING_TEXTS:
                if text := getattr(line.row, name):
                    yield line, name, text

    @cached_property
    def whole_text(self) -> str:
        """All running texts, a line each: whoever looks for something rare looks here first."""
        record = self.record
        cells = [text for row in record.rows for text in _running_texts(row) if text]
        return "\n".join((record.title, record.goal, *cells))

    @cached_property
    def sums_in_goal(self) -> tuple[Amount, ...]:
        return tuple(sums_of_money(self.record.goal))

    @cached_property
    def products_in_goal(self) -> tuple[Product, ...]:
        return tuple(products(self.record.goal))

    def fault(self, name: str, sentence: str, /, *, place: str = "", **evidence: str) -> Fault:
        """Column of the head：sentence."""
        return Fault(None, name, place, sentence, evidence)

    def fault_at(self, line: Line | None, name: str, sentence: str, /, **evidence: str) -> Fault:
        return line.fault(name, sentence, **evidence) if line else self.fault(name, sentence, **evidence)


RUNNING_TEXTS = (
    "duty_group", "duty", "duty_goal", "name", "explanation", "target", "standard_source", "history_source", "note",
    "activity", "budget_item", "office",
)  # fmt: skip
_running_texts = attrgetter(*RUNNING_TEXTS)

WAN = 10000


def in_wan(amount: Decimal) -> str:
    """元 → the 万元 that people read: 4943900 → 494.39 万元; more places only when two would lie."""
    wan = amount / WAN
    exact_in_two_places = Decimal(f"{wan:.2f}") == wan
    return f"{wan:,.2f} 万元" if exact_in_two_places else f"{wan.normalize():,f} 万元"
