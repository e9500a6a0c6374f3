"""Small things of the workbench: a fact of the strip, days and dates in words, amounts, grouping of waiting forms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from departments.models import Department
from targets.links import form_url, waiting_url
from targets.models import Campaign, Declaration

LONG_WAIT_DAYS = 5
"""From here on a waiting form is marked; an assumption of ours, no rule."""
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Fact:
    """One box of the strip: the number large, what it counts below; a link where it leads somewhere."""

    value: str
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Forms of one department that wait for the same person, those waiting longest first."""

    department: Department
    forms: Sequence[Declaration]

    @property
    def amount(self) -> Decimal | None:
        return total_of(self.forms)

    @property
    def days(self) -> int:
        return max(days_since(form.state_since) for form in self.forms)

    @property
    def is_long(self) -> bool:
        return self.days >= LONG_WAIT_DAYS

    @property
    def errors(self) -> int:
        return sum(form.error_count for form in self.forms)

    @property
    def warnings(self) -> int:
        return sum(form.warning_count for form in self.forms)

    @property
    def infos(self) -> int:
        return sum(form.info_count for form in self.forms)

    @property
    def first_url(self) -> str:
        return form_url(self.forms[0])

    @property
    def list_url(self) -> str:
        return waiting_url(self.forms, department=self.department.pk)


def by_department(forms: Iterable[Declaration]) -> list[Group]:
    """Groups in the order of their longest waiting form."""
    groups: dict[int, list[Declaration]] = {}
    for form in sorted(forms, key=lambda one: one.state_since):
        groups.setdefault(form.department_id, []).append(form)
    return [Group(forms[0].department, forms) for forms in groups.values()]


def total_of(forms: Iterable[Declaration]) -> Decimal | None:
    """Sum of the projects' amounts; None when no form has one (plans have none)."""
    amounts = [form.total for form in forms if form.total is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def days_since(moment: datetime) -> int:
    return (timezone.localdate() - timezone.localdate(moment)).days


def date_in_words(moment: datetime) -> str:
    """12月9日（周五）17:30"""
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日（周{WEEKDAYS[local.weekday()]}）{local:%H:%M}"


def campaign_fact(campaigns: Sequence[Campaign]) -> Fact:
    """The open round that closes first; else the next to open; else the last that closed."""
    now = timezone.now()
    is_open = sorted((one for one in campaigns if one.is_open), key=lambda one: one.closes_at)
    if is_open:
        first = is_open[0]
        left = f"还有 {first.days_left} 天" if first.days_left else "今天截止"
        return Fact(left, f"{first.name}截止：{date_in_words(first.closes_at)}")
    coming = sorted((one for one in campaigns if one.opens_at > now), key=lambda one: one.opens_at)
    if coming:
        return Fact("尚未开始", f"{coming[0].name}开始：{date_in_words(coming[0].opens_at)}")
    closed = sorted(campaigns, key=lambda one: one.closes_at)
    if closed:
        return Fact("已截止", f"{closed[-1].name}截止：{date_in_words(closed[-1].closes_at)}")
    return Fact("没有批次", "财政部门还没有建立编报批次")
