"""What of a disclosure the public sees: published revisions, nothing else of the tables."""

from dataclasses import replace

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from targets.domain.record import Record
from targets.domain.sheets.strays import BESIDE
from targets.domain.sheets.writer import write_official
from targets.models import DisclosureItem
from targets.outgoing.official import check_code

PERSONAL = ("电话", "手机", "联系", "负责人", "填表人", "填报人", "经办", "身份证", "账号", "邮箱", BESIDE)
"""Words in the label of a cell outside the form's own that name a person or how to reach him; nobody knows what a text without a label says."""


def published_items() -> "QuerySet[DisclosureItem]":
    return DisclosureItem.objects.filter(disclosure__published_at__lte=timezone.now())


def current_items() -> "QuerySet[DisclosureItem]":
    """Of a form that was published more than once, the latest; older ones stay reachable by their addresses."""
    later = Q(disclosure__published_at__gt=OuterRef("disclosure__published_at"))
    same_moment = Q(disclosure__published_at=OuterRef("disclosure__published_at"), pk__gt=OuterRef("pk"))
    newer = published_items().filter(later | same_moment, declaration=OuterRef("declaration"))
    return published_items().filter(~Exists(newer))


def public_record(item: DisclosureItem) -> Record:
    """The published text without the contact persons that sheets carry beside it (personal data stays out)."""
    record = item.revision.record
    kept = {label: text for label, text in record.extra.items() if not any(word in label for word in PERSONAL)}
    return replace(record, extra=kept)


def public_check_code(item: DisclosureItem) -> str:
    return check_code(item.declaration, item.revision)


def public_workbook(item: DisclosureItem) -> bytes:
    return write_official([public_record(item)], check_codes=[public_check_code(item)])


def versions_of(item: DisclosureItem) -> list[DisclosureItem]:
    """Every publication of the same form, the latest first."""
    same = published_items().filter(declaration=item.declaration_id).select_related("disclosure")
    return list(same.order_by("-disclosure__published_at", "-pk"))
