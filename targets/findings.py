"""Findings of a stored form, each with the explanation (情况说明) that covers it, if any."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet

from targets.domain.checks.counted import Counted, Judge
from targets.domain.checks.engine import Finding, check, count
from targets.domain.record import Record
from targets.domain.rules import ERROR, YearRules
from targets.models import BudgetYear, Declaration, Waiver
from targets.models.year import with_all_they_say


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


ROW_NUMBER = re.compile(r"第\d+行")

Place = tuple[str, str, str]
"""Rule, row key and field."""


def place_of(finding: Finding) -> Place:
    return finding.rule, finding.row, finding.field


def judge(record: Record, rules: YearRules, waivers: Iterable[Waiver] = ()) -> list[Judged]:
    """An explanation covers what the rule said when it was written; another fault at the same place needs another one."""
    found = check(record, rules)
    said = statements(found)
    covers = {}
    for waiver in waivers:
        place = (waiver.rule, waiver.row_key, waiver.field)
        if _unnumbered(said.get(place, "")) == _unnumbered(waiver.message):
            covers[place] = waiver
    return [Judged(one, covers.get(place_of(one))) for one in found]


def statements(findings: Iterable[Finding]) -> dict[Place, str]:
    """All that a rule says about one place: an explanation answers the whole of it."""
    said: dict[Place, list[str]] = defaultdict(list)
    for finding in findings:
        said[place_of(finding)].append(finding.message)
    return {place: "".join(messages) for place, messages in said.items()}


def _unnumbered(statement: str) -> str:
    """A row that moved is the same row."""
    return ROW_NUMBER.sub("", statement)


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


class Years:
    """A judge for each year that some forms belong to, looked up once for all of them."""

    def __init__(self) -> None:
        self.known: Mapping[int, BudgetYear] = {}
        """Years that were asked for together with their rounds and rules (`of`)."""
        self._judges: dict[int, Judge] = {}

    @classmethod
    def of(cls, years: QuerySet[BudgetYear]) -> Self:
        """What all of these say is asked for in one question."""
        judges = cls()
        judges.known = {year.pk: year for year in with_all_they_say(years)}
        return judges

    def judge_of(self, year: BudgetYear) -> Judge:
        if year.pk not in self._judges:
            self._judges[year.pk] = Judge(self.known.get(year.pk, year).rules())
        return self._judges[year.pk]

    def rules_of(self, declaration: Declaration) -> YearRules:
        return self._judge(declaration).rules

    def holds(self, counted: Counted, declaration: Declaration) -> bool:
        """Whether the form's year, and the program, are what they were when that was counted."""
        return counted.basis == self._judge(declaration).basis

    def _judge(self, declaration: Declaration) -> Judge:
        return self._judges.get(declaration.budget_year_id) or self.judge_of(declaration.budget_year)


def waivers_of(declarations: Iterable[int]) -> dict[int, list[Waiver]]:
    """The explanations of each of these forms."""
    found: dict[int, list[Waiver]] = {pk: [] for pk in declarations}
    for waiver in Waiver.objects.filter(declaration__in=found):
        found[waiver.declaration_id].append(waiver)
    return found


def count_findings(record: Record, rules: YearRules, waivers: Collection[Waiver] = ()) -> Mapping[str, int]:
    """`count_levels` of what `judge` finds. Explanations are rare: without them no finding has to be put into words."""
    return count_levels(judge(record, rules, waivers)) if waivers else count(record, rules)
