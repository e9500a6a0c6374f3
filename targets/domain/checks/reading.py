"""What rules look at: a record with its rows numbered, its values parsed once and its places named for messages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache

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


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule yields; the engine adds rule and level."""

    row: str
    row_number: int
    field: str
    message: str
    evidence: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Line:
    """One row of the form with its number."""

    number: int
    row: IndicatorRow
    kind: str
    year: int
    _values: dict[str, IndicatorValue] = field(default_factory=dict)

    def value(self, name: str) -> IndicatorValue:
        """The cell as an indicator value."""
        if name not in self._values:
            self._values[name] = IndicatorValue.parse(getattr(self.row, name), self.year)
        return self._values[name]

    @property
    def target(self) -> IndicatorValue:
        return self.value("target")

    @property
    def name(self) -> str:
        return self.row.name.strip()

    @cached_property
    def category(self) -> Category | None:
        """Where the row stands, whichever generation of the form its words are from."""
        return _place(self.row.level1, self.row.level2)

    def stands_under(self, *level2_slugs: str) -> bool:
        return self.category is not None and self.category.level2_slug in level2_slugs

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
        place = f"第{self.number}行 {self.label(name)}："
        return Fault(self.row.key, self.number, name, place + sentence, evidence)


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
        return "\n".join(text for _, _, text in self.texts())

    def fault(self, name: str, sentence: str, /, *, place: str = "", **evidence: str) -> Fault:
        """Column of the head：sentence."""
        label = place or field_label(self.record.kind, name)
        return Fault("", 0, name, f"{label}：{sentence}", evidence)

    def fault_at(self, line: Line | None, name: str, sentence: str, /, **evidence: str) -> Fault:
        return line.fault(name, sentence, **evidence) if line else self.fault(name, sentence, **evidence)


RUNNING_TEXTS = (
    "duty_group", "duty", "duty_goal", "name", "explanation", "target", "standard_source", "history_source", "note",
    "activity", "budget_item", "office",
)  # fmt: skip

WAN = 10000


def in_wan(amount: Decimal) -> str:
    """元 → the 万元 that people read: 4943900 → 494.39 万元; more places only when two would lie."""
    wan = amount / WAN
    exact_in_two_places = Decimal(f"{wan:.2f}") == wan
    return f"{wan:,.2f} 万元" if exact_in_two_places else f"{wan.normalize():,f} 万元"
