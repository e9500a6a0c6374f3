"""The plain picture of a declaration 绩效目标表: what a sheet says, what a check judges, what a revision freezes.

No Django here. A record is immutable; `dataclasses.replace` makes a changed one. Text is kept as typed; blank is "".
Rows come by the hundred thousand, so they are structures that are made, compared and put into JSON without Python's help.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from msgspec import Raw, Struct, convert, structs
from msgspec.json import Decoder, Encoder

PROJECT = "project"
PLAN = "plan"
KINDS = (PROJECT, PLAN)

SCHEMA = 1
"""Number of the JSON shape below; stored beside every frozen record so that old ones stay readable."""

NOTHING: Mapping[str, str] = MappingProxyType({})


class IndicatorRow(Struct, frozen=True, omit_defaults=True, gc=False):
    """One line of the paper form, of either kind. `continues` names the cells merged with the cell above."""

    key: str = ""
    level1: str = ""
    level2: str = ""
    number: str = ""
    duty_group: str = ""
    duty: str = ""
    duty_goal: str = ""
    name: str = ""
    explanation: str = ""
    target: str = ""
    weight: str = ""
    plan_value: str = ""
    standard_value: str = ""
    standard_source: str = ""
    average_3y: str = ""
    last_year: str = ""
    history_source: str = ""
    note: str = ""
    activity: str = ""
    budget_item: str = ""
    office: str = ""
    continues: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return dict(zip(ROW_TEXTS, self.texts, strict=True), continues=list(self.continues))

    @property
    def texts(self) -> tuple[str, ...]:
        """In the order of `ROW_TEXTS`."""
        return self.cells[:-1]

    @property
    def cells(self) -> tuple[Any, ...]:
        """The texts, and `continues` after them."""
        return structs.astuple(self)

    def with_cells(self, **cells: Any) -> "IndicatorRow":
        """The same row but for these cells."""
        return structs.replace(self, **cells)


ROW_TEXTS: tuple[str, ...] = tuple(name for name in IndicatorRow.__struct_fields__ if name != "continues")
"""Every text cell of a row, `key` first and in the order of the fields; `continues` is the last of them."""

MONEY = ("total", "fiscal", "other")


@dataclass(frozen=True, slots=True)
class Record:
    """One form. Money is in 元 with two decimals; None means that the form has no such cell or left it blank."""

    kind: str
    year: int
    title: str
    code: str = ""
    department_code: str = ""
    department_name: str = ""
    unit: str = ""
    total: Decimal | None = None
    fiscal: Decimal | None = None
    other: Decimal | None = None
    goal: str = ""
    extra: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    rows: tuple[IndicatorRow, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape that commands print and revisions store (money as text in 元, "" for none)."""
        return self.head_as_json() | {"rows": [row.as_json() for row in self.rows]}

    def as_short_json(self) -> dict[str, Any]:
        """The same for msgspec, which leaves out the blank cells of rows; `from_json` reads both."""
        return self.head_as_json() | {"rows": self.rows}

    def as_frozen(self) -> Raw:
        """The same as a text with its keys in order: what a revision keeps and what its digest is made of, written once for both."""
        return Raw(_canonical(self.as_short_json()))

    def head_as_json(self) -> dict[str, Any]:
        head: dict[str, Any] = {name: getattr(self, name) for name in ("kind", "year", "title", "code")}
        head |= {name: getattr(self, name) for name in ("department_code", "department_name", "unit")}
        head |= {name: money_text(getattr(self, name)) for name in MONEY}
        return head | {"goal": self.goal, "extra": dict(self.extra)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | Raw) -> "Record":
        """Raises ValueError for anything that is none."""
        return cls._thawed(_frozen_in(data) if isinstance(data, Raw) else convert(data, _Frozen))

    @classmethod
    def from_text(cls, data: str) -> "Record":
        """The same of JSON that nobody has read yet."""
        return cls._thawed(_frozen_in(data))

    @classmethod
    def _thawed(cls, frozen: "_Frozen") -> "Record":
        said = structs.asdict(frozen)
        return cls(**said | {name: money_value(said[name]) for name in MONEY})

    def numbered_rows(self) -> Iterator[tuple[int, IndicatorRow]]:
        """Rows with the number that messages call 第n行."""
        return enumerate(self.rows, start=1)


class _Frozen(Struct):
    """A record as JSON has it."""

    kind: str
    year: int
    title: str
    code: str = ""
    department_code: str = ""
    department_name: str = ""
    unit: str = ""
    total: str = ""
    fiscal: str = ""
    other: str = ""
    goal: str = ""
    extra: dict[str, str] = {}
    rows: tuple[IndicatorRow, ...] = ()


_frozen_in = Decoder(_Frozen).decode
_canonical = Encoder(order="sorted").encode


def money_text(amount: Decimal | None) -> str:
    """`Decimal("7280000")` → "7280000.00"; None → ""."""
    return "" if amount is None else f"{amount:.2f}"


def money_value(text: str) -> Decimal | None:
    """The reverse of `money_text`."""
    return Decimal(text) if text else None
