"""Small words of every page: amounts, state, steps, findings. Their looks are in static/targets/pieces.css."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from targets.ceilings import wan
from targets.domain.rules import ERROR, INFO, WARNING
from targets.domain.steps import (
    APPROVED,
    DEPARTMENT_REVIEW,
    DRAFT,
    OFFICE_REVIEW,
    PASSED,
    PERFORMANCE_REVIEW,
    RETURNED,
    REVIEW_LEVELS,
    STATES,
)
from targets.site import with_division

register = template.Library()

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Mark:
    character: str
    css: str
    title: str


MARKS: dict[str, Mark] = {
    ERROR: Mark("错", "e", "错误"),
    WARNING: Mark("警", "w", "警告"),
    INFO: Mark("示", "i", "提示"),
    "waived": Mark("错", "e said", "错误（已写情况说明）"),
    "remark": Mark("意", "r", "修改意见"),
    "must_fix": Mark("改", "r must", "必须修改"),
    "ok": Mark("对", "o", "已核对"),
    "stale": Mark("旧", "w", "未更新"),
}

GATES: tuple[tuple[str, str], ...] = (
    (DRAFT, "单位编制"),
    (DEPARTMENT_REVIEW, "主管部门"),
    (OFFICE_REVIEW, "业务科室"),
    (PERFORMANCE_REVIEW, "绩效科"),
    (PASSED, "批复"),
)
"""The state in which a form waits at a gate, and the gate's name. Refused and voided forms wait nowhere."""
AT_THE_START = {RETURNED: DRAFT}


@register.filter
def money(amount: Decimal | None) -> str:
    """元 → 万元 with commas: 7,899.67."""
    return NOTHING if amount is None else wan(amount)


@register.simple_tag
def state_chip(state: str) -> SafeString:
    """The state in its words, with four ticks for the four gates."""
    return format_html('<span class="jx-state" data-s="{}">{}</span>', state, STATES[state])


@register.inclusion_tag("targets/pieces/step_line.html")
def step_line(state: str, levels: Iterable[str] = REVIEW_LEVELS) -> dict[str, Any]:
    """Where the form stands on its way; `levels` are the review levels that the year uses."""
    ways = [(gate, label) for gate, label in GATES if gate not in REVIEW_LEVELS or gate in levels]
    order = {gate: place for place, (gate, _) in enumerate(ways)} | {APPROVED: len(ways)}
    present = AT_THE_START.get(state, state)
    reached = order.get(present, 0)
    return {
        "gates": [{"label": label, "is_done": order[gate] < reached, "is_now": gate == present} for gate, label in ways]
    }


@register.simple_tag
def finding_mark(level: str, *, is_waived: bool = False) -> SafeString:
    """One character for a finding or remark: `level` is one of MARKS; an explained error is drawn in outline."""
    mark = MARKS["waived" if is_waived and level == ERROR else level]
    return format_html('<span class="jx-f {}" title="{}">{}</span>', mark.css, mark.title, mark.character)


@register.simple_tag
def count_mark(level: str, number: int, *, is_waived: bool = False) -> SafeString:
    """A mark with how many there are; none turns grey, so that nothing alarms without cause."""
    zero = "" if number else " zero"
    return format_html(
        '<span class="jx-fn{}">{}<b>{}</b></span>', zero, finding_mark(level, is_waived=is_waived), number
    )


@register.simple_tag
def system_name(words: str) -> str:
    """`words` after the division's name, for pages outside the admin."""
    return with_division(words)
