"""System checks 系统校验: rules are registered functions; `check` runs those of a record's kind at the year's levels."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from targets.domain.checks.reading import Fault, Form
from targets.domain.labels import field_label
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
        _finding(each.id, level, fault, record.kind)
        for each, level in _in_force(record, rules)
        for fault in each.faults(form)
    ]
    return tuple(sorted(findings, key=lambda finding: (finding.row_number, finding.rule)))


def count(record: Record, rules: YearRules) -> Counter[str]:
    """How many findings of each level `check` would make, without making them."""
    form = Form(record, rules)
    return Counter(level for each, level in _in_force(record, rules) for _ in each.faults(form))


def _in_force(record: Record, rules: YearRules) -> Iterator[tuple[Rule, str]]:
    """The rules for this kind of form with the level that the year gives them."""
    for each in RULES.values():
        if record.kind in each.kinds and (level := rules.levels.get(each.id, each.level)) != OFF:
            yield each, level


def _finding(rule_id: str, level: str, fault: Fault, kind: str) -> Finding:
    line, name = fault.line, fault.field
    label = fault.place or field_label(kind, name)
    if line is None:
        return Finding(rule_id, level, "", 0, name, f"{label}：{fault.sentence}", fault.evidence)
    message = f"第{line.number}行 {label}：{fault.sentence}"
    return Finding(rule_id, level, line.row.key, line.number, name, message, fault.evidence)
