"""What hangs on no form's chain is sealed by the day: log-ins, changed data, remarks and answers, papers, review forms, what was published.

A seal tells of each of these rolls how many rows came since the seal before, and a digest of all they say. Nothing waits for
anything when a row is written, and from its first seal on none can be changed, removed or slipped in unseen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet

from targets.domain.trail import digest, plain
from targets.models import (
    AccessRecord,
    Assessment,
    Attachment,
    Disclosure,
    DisclosureItem,
    Remark,
    RemarkReply,
    TrailSeal,
)

SETTLED_AFTER = timedelta(hours=1)
"""A row has its time before others can see it; what is younger waits for the next seal."""
UNTIL = "until"


@dataclass(frozen=True, slots=True)
class Roll:
    """Rows in the order of their time `at`, from which on they say the same for ever; `facts` is what they say."""

    label: str
    rows: QuerySet[Any]
    at: str
    facts: Sequence[str]

    def entries(self, bounds: Iterable[datetime]) -> Iterator[list[Any]]:
        """For each of the bounds in turn: how many rows came since the one before, and the digest of what they say."""
        names = (self.at, "pk", *self.facts)
        asked = self.rows.filter(**{f"{self.at}__isnull": False}).order_by(self.at, "pk")
        rows = asked.values_list(*names).iterator(2000)
        row = next(rows, None)
        for bound in bounds:
            number, head = 0, ""
            while row is not None and row[0] <= bound:
                number, head = number + 1, digest(head, dict(zip(names, map(plain, row), strict=True)))
                row = next(rows, None)
            yield [number, head]


ROLLS: Mapping[str, Roll] = {
    "access": Roll(
        *("登录和被拒记录", AccessRecord.objects.all(), "at"),
        ("deed", "person_id", "username", "person_name", "declaration_id", "sentence", "address"),
    ),
    "data": Roll(
        *("数据维护记录", LogEntry.objects.all(), "action_time"),
        ("user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message"),
    ),
    "remarks": Roll(
        *("已发出的修改意见", Remark.objects.all(), "sent_at"),
        (
            *("declaration_id", "revision_id", "row_key", "row_name", "field", "level", "audience", "side"),
            *("text", "quoted", "proposal", "author_id", "author_name", "role", "created_at"),
        ),
    ),
    "replies": Roll(
        *("修改意见的答复", RemarkReply.objects.all(), "at"), ("remark_id", "deed", "text", "person_id", "person_name")
    ),
    "papers": Roll(
        *("随表送审的附件", Attachment.objects.all(), "sent_at"),
        (
            *("declaration_id", "row_key", "row_name", "file", "name", "content_type", "size", "sha256"),
            *("uploaded_by_id", "uploaded_name", "uploaded_at"),
        ),
    ),
    "assessments": Roll(
        *("办理时所附的审核表", Assessment.objects.all(), "event__at"),
        ("declaration_id", "number", "event_id", "saves", "saved_at"),
    ),
    "disclosures": Roll(
        *("公开批次", Disclosure.objects.all(), "published_at"),
        ("division_id", "year", "title", "foreword", "published_by_id", "published_name"),
    ),
    "published": Roll(
        *("公开的表", DisclosureItem.objects.all(), "disclosure__published_at"),
        ("disclosure_id", "declaration_id", "revision_id", "order", "kind", "title", "department_id", "row_count"),
    ),
}
"""What a review form says is in its event (`Assessment.fingerprint`), the rest of it here. A later roll, or a later fact of one
under a new name, begins with all rows that there are."""


def counted(last: TrailSeal | None, made_at: datetime) -> dict[str, Any]:
    """What the seal made now says of the rolls."""
    until = made_at - SETTLED_AFTER
    before = _until(last)
    if before and before > until:
        until = before
    told: dict[str, Any] = {UNTIL: until.isoformat()}
    for name, roll in ROLLS.items():
        bounds = [before, until] if before and last and name in last.rolls else [until]
        told[name] = list(roll.entries(bounds))[-1]
    return told


def _until(seal: TrailSeal | None) -> datetime | None:
    said = seal.rolls.get(UNTIL) if seal else None
    return datetime.fromisoformat(said) if said else None


@dataclass(frozen=True, slots=True)
class Torn:
    """The first seal with which the rows of a roll do not agree."""

    label: str
    seal: int
    what: str


def compare(seals: Sequence[TrailSeal]) -> Iterator[Torn]:
    """Every roll with what the seals, in their order, say of it."""
    for name, roll in ROLLS.items():
        telling = [seal for seal in seals if name in seal.rolls]
        bounds = [bound for seal in telling if (bound := _until(seal))]
        for seal, found in zip(telling, roll.entries(bounds), strict=True):
            if found != seal.rolls[name]:
                number = seal.rolls[name][0]
                what = (
                    f"封存时有{number}条，现在有{found[0]}条" if number != found[0] else f"{number}条中有的被改动或换掉"
                )
                yield Torn(roll.label, seal.number, f"与{seal}不符：{what}。")
                break
