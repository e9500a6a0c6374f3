"""YearRules: what one budget year of one district demands. Passed in, never looked up; stored as data by `models/year.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

ERROR, WARNING, INFO, OFF = "error", "warning", "info", "off"
LEVELS = (ERROR, WARNING, INFO, OFF)


@dataclass(frozen=True, slots=True)
class YearRules:
    """Everything a check may ask about the year. Names of categories are the printed ones (成本指标)."""

    year: int
    taxonomy: Mapping[str, tuple[str, ...]]
    """Level 1 name → names of its level 2, in printed order."""
    required_level1: frozenset[str] = frozenset()
    levels: Mapping[str, str] = field(default_factory=dict)
    """Rule id → level that replaces the rule's own; "off" silences it."""
    thresholds: Mapping[str, Decimal] = field(default_factory=dict)
    """Named numbers that rules read, e.g. {"goal_length": 10, "money_tolerance": 0.01}; a rule has its own default."""
    departments: Mapping[str, str] = field(default_factory=dict)
    """Register of the year: department code → name (for R48)."""

    def threshold(self, name: str, default: str) -> Decimal:
        return self.thresholds.get(name, Decimal(default))
