"""Distinct indicators gathered from the rows of many forms: what they are usually called, measured in and aimed at."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from targets.domain.names import name_key
from targets.domain.record import Record
from targets.domain.taxonomy import TAXONOMIES
from targets.domain.units import canonical_unit
from targets.domain.values import QUANTITY, IndicatorValue

LONGEST_NAME = 200
"""What is longer is prose in the column of names."""
USUAL_FROM = 10
"""From so many values on, one in ten at either end counts as odd and does not widen the usual range."""
_ANY_GENERATION = TAXONOMIES["2021"]


def indicator_key(name: str, level2: str, unit: str) -> str:
    """What makes two indicators one: name, category and unit of measure, however they are spelled."""
    return f"{name_key(name)}|{name_key(level2)}|{unit}"[:320]


@dataclass(slots=True)
class Gathered:
    """One indicator in all its uses; `department` is None as soon as a second one uses it (共性指标)."""

    level1: str
    level2: str
    unit: str
    departments: set[int] = field(default_factory=set)
    names: Counter[str] = field(default_factory=Counter)
    operators: Counter[str] = field(default_factory=Counter)
    numbers: list[Decimal] = field(default_factory=list)
    explanation: str = ""
    explained_in: int = 0
    last_used: int = 0
    uses: int = 0

    @property
    def name(self) -> str:
        """The most frequent spelling, of equals the first met."""
        return self.names.most_common(1)[0][0]

    @property
    def operator(self) -> str:
        return self.operators.most_common(1)[0][0] if self.operators else ""

    @property
    def usual(self) -> tuple[Decimal, Decimal] | None:
        """From and to; one odd value among many does not count."""
        if not self.numbers:
            return None
        ordered = sorted(self.numbers)
        odd = len(ordered) // USUAL_FROM
        return ordered[odd], ordered[-1 - odd]

    @property
    def department(self) -> int | None:
        return next(iter(self.departments)) if len(self.departments) == 1 else None


def gather(forms: Iterable[tuple[int, Record]]) -> dict[str, Gathered]:
    """(department, form)s → key → indicator."""
    found: dict[str, Gathered] = {}
    for department, record in forms:
        for row in record.rows:
            name = " ".join(row.name.split()).lstrip("★☆*")
            if not name_key(name) or len(name) > LONGEST_NAME:
                continue
            value = IndicatorValue.parse(row.target, record.year)
            unit = canonical_unit(value.unit) if value.kind == QUANTITY else ""
            category = _ANY_GENERATION.place(row.level1, row.level2)
            level1, level2 = (
                (category.level1, category.level2) if category else (row.level1.strip(), row.level2.strip())
            )
            key = indicator_key(name, level2, unit)
            one = found.setdefault(key, Gathered(level1[:40], level2[:40], unit[:60]))
            one.uses += 1
            one.departments.add(department)
            one.names[name] += 1
            one.last_used = max(one.last_used, record.year)
            if value.kind == QUANTITY and (
                value.operator or not value.number.startswith("-")
            ):  # -100% is a misread =100%
                one.operators[value.operator] += 1
                one.numbers.append(Decimal(value.number))
            explanation = row.explanation.strip()
            if explanation and record.year >= one.explained_in:
                one.explanation, one.explained_in = explanation, record.year
    return found
