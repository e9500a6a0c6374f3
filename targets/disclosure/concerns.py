"""What should be looked at before a set goes out for good. It asks; the performance office decides."""

from dataclasses import dataclass

from targets.disclosure.foreword import foreword_doubts
from targets.disclosure.public import public_record, published_items
from targets.disclosure.summary import summarise
from targets.domain.checks.engine import check
from targets.models import BudgetYear, Disclosure, DisclosureItem

TOLD_OF_THE_PUBLIC = frozenset({"R03", "R52"})
"""Left-over markup, and phone, id or account numbers: faults that the public reads."""


@dataclass(frozen=True, slots=True)
class Concern:
    """`item` is None when it concerns the set as a whole."""

    message: str
    item: DisclosureItem | None = None


def concerns(disclosure: Disclosure, items: list[DisclosureItem]) -> list[Concern]:
    """Of the set first, then form by form; the number of queries does not grow with the forms.

    `items` come with their revision and declaration.
    """
    found = [Concern(message) for message in _of_the_set(disclosure, items)]
    year = BudgetYear.objects.filter(division=disclosure.division_id, year=disclosure.year).first()
    rules = year.rules() if year else None
    out_already = set(
        published_items().filter(revision__in=[item.revision_id for item in items]).values_list("revision", flat=True)
    )
    for item in items:
        if item.declaration.approved_revision_id != item.revision_id:
            found.append(Concern("选入后又批复了新的一版，这里仍是原来那一版。要公开新版，请重新保存一次选表。", item))
        if item.revision_id in out_already:
            found.append(Concern("同样内容已经公开过一次，再次公开后列表只显示这一次。", item))
        if rules is not None:
            told = (one for one in check(public_record(item), rules) if one.rule in TOLD_OF_THE_PUBLIC)
            found += [Concern(finding.message, item) for finding in told]
    return found


def _of_the_set(disclosure: Disclosure, items: list[DisclosureItem]) -> list[str]:
    said = []
    if not disclosure.foreword.strip():
        said.append("编报说明为空，公开页面上会写“这一批没有编报说明”。")
    if disclosure.reported_on is None:
        said.append("还没有登记报人大日期。公开后不能再登记。")
    return said + foreword_doubts(disclosure.foreword, summarise((item.kind, item.total) for item in items))
