"""How many forms a set has and what they add up to: said on every page about it in the same words."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from targets.domain.record import PLAN, PROJECT
from targets.models import DisclosureItem

NOTHING = Decimal(0)
WAN = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Summary:
    """`total` is in 元 and counts the projects: a department's plan has no amount of its own."""

    projects: int = 0
    plans: int = 0
    total: Decimal = NOTHING

    @property
    def count(self) -> int:
        return self.projects + self.plans

    def __str__(self) -> str:
        parts = []
        if self.projects:
            parts.append(f"{self.projects} 个项目 {wan(self.total):,} 万元")
        if self.plans:
            parts.append(f"{self.plans} 个部门整体绩效目标表")
        return "，".join(parts) or "没有选入任何表"


def wan(amount: Decimal) -> Decimal:
    """元 → 万元: two decimals, more only where two would hide a part of the amount."""
    exact = amount / WAN
    smallest = exact.normalize().as_tuple().exponent
    decimals = max(2, -smallest if isinstance(smallest, int) else 2)
    return exact.quantize(Decimal(1).scaleb(-decimals))


def summarise(forms: Iterable[tuple[str, Decimal | None]]) -> Summary:
    """Of (kind, total) pairs."""
    known = list(forms)
    return Summary(
        projects=sum(kind == PROJECT for kind, _ in known),
        plans=sum(kind == PLAN for kind, _ in known),
        total=sum((total for _, total in known if total is not None), NOTHING),
    )


def summary_of(items: "QuerySet[DisclosureItem]") -> Summary:
    """The same by one query."""
    found = items.order_by().aggregate(
        projects=Count("pk", filter=Q(kind=PROJECT)), plans=Count("pk", filter=Q(kind=PLAN)), total=Sum("total")
    )
    return Summary(found["projects"], found["plans"], found["total"] or NOTHING)
