"""System checks 系统校验: rules are registered functions; `check` runs those of a record's kind at the year's levels."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping

from targets.domain.checks.reading import Fault, Form
from targets.domain.record import KINDS, Record
from targets.domain.rules import OFF, YearRules

RuleFunction = Callable[[Form], Iterator[Fault]]


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about a record. It states and asks; a person decides."""

    rule: str
    level: str
    row: str
    """Key of the row; "" for the form and for a row without a key."""
    row_number: int
    """第n行; 0 for the form as a whole."""
    field: str
    message: str
    evidence: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One registered rule with its level unless the year says otherwise."""

    id: str
    level: str
    title: str
    kinds: tuple[str, ...]
    faults: RuleFunction


RULES: dict[str, Rule] = {}


def rule(
    rule_id: str, level: str, title: str, *, kinds: tuple[str, ...] = KINDS
) -> Callable[[RuleFunction], RuleFunction]:
    """Register a rule: a function from a form to its faults."""

    def register(faults: RuleFunction) -> RuleFunction:
        if rule_id in RULES:
            raise ValueError(f"two rules are called {rule_id}")
        RULES[rule_id] = Rule(rule_id, level, title, kinds, faults)
        return faults

    return register


def check(record: Record, rules: YearRules) -> tuple[Finding, ...]:
    """Every finding on the record, those of the form first, then row by row, then by rule."""
    form = Form(record, rules)
    findings = [
        Finding(each.id, level, fault.row, fault.row_number, fault.field, fault.message, fault.evidence)
        for each in RULES.values()
        if record.kind in each.kinds and (level := rules.levels.get(each.id, each.level)) != OFF
        for fault in each.faults(form)
    ]
    return tuple(sorted(findings, key=lambda finding: (finding.row_number, finding.rule)))
