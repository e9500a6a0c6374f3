"""Findings of a stored form, each with the explanation (情况说明) that covers it, if any."""

from collections.abc import Iterable
from dataclasses import dataclass

from targets.domain.checks.engine import Finding, check
from targets.domain.record import Record
from targets.domain.rules import ERROR, YearRules
from targets.models import Declaration, Waiver


@dataclass(frozen=True, slots=True)
class Judged:
    finding: Finding
    waiver: Waiver | None = None

    @property
    def is_waived(self) -> bool:
        return self.waiver is not None and self.waiver.decision == Waiver.Decision.GRANTED

    @property
    def blocks(self) -> bool:
        """An error stops submission unless the performance office has accepted its explanation."""
        return self.finding.level == ERROR and not self.is_waived

    def as_json(self) -> dict[str, object]:
        """What an event remembers of it."""
        finding = self.finding
        return {
            "rule": finding.rule,
            "level": finding.level,
            "row": finding.row,
            "field": finding.field,
            "message": finding.message,
            "waived": self.is_waived,
        }


def judge(record: Record, rules: YearRules, waivers: Iterable[Waiver] = ()) -> list[Judged]:
    covers = {(waiver.rule, waiver.row_key, waiver.field): waiver for waiver in waivers}
    return [Judged(found, covers.get((found.rule, found.row, found.field))) for found in check(record, rules)]


def judge_declaration(declaration: Declaration, record: Record | None = None) -> list[Judged]:
    """For one form on a page: its text, its year's rules, its explanations."""
    text = declaration.record() if record is None else record
    return judge(text, declaration.budget_year.rules(), declaration.waivers.all())


def count_levels(judged: Iterable[Judged]) -> dict[str, int]:
    """Findings by level, explained errors left out: what the counts on lists mean."""
    counts = {"error": 0, "warning": 0, "info": 0}
    for one in judged:
        if not one.is_waived:
            counts[one.finding.level] += 1
    return counts
