"""The trail of all forms: sealed once a day, verified link by link."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from targets.domain.record import Record
from targets.domain.steps import ABANDON, APPROVED, DRAFT, PASSED, STATES
from targets.domain.trail import EVENT, REVISION, SEAL, digest, facts
from targets.models import Assessment, Declaration, Indicator, ReviewEvent, Revision, Sitting, TrailSeal
from targets.models.assessment import FINGERPRINT
from targets.rolls import compare, counted

FORMS_AT_ONCE = 50
"""Forms that are locked while their chains are read: for some hundredths of a second."""
ROWS_AT_ONCE = 200
MARKED = {"submitted_revision": "送审稿", "passed_revision": "审核通过的稿", "approved_revision": "批复的稿"}


# Seals ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sealed:
    """The end of one chain as the last seal that names the form has it."""

    length: int
    head: str
    seal: int
    day: str


def seal_the_day() -> TrailSeal | None:
    """Today's seal, or None when it is there. Holds every chain that grew since the seal before."""
    day = timezone.localdate()
    if TrailSeal.objects.filter(day=day).exists():
        return None
    last = TrailSeal.objects.order_by("number").last()
    known = _sealed(TrailSeal.objects.iterator(1))
    ends = Declaration.objects.filter(trail_length__gt=0).order_by("pk")
    heads = {
        str(pk): [length, head]
        for pk, length, head in ends.values_list("pk", "trail_length", "trail_head").iterator(2000)
        if pk not in known or (known[pk].length, known[pk].head) != (length, head)
    }
    now = timezone.now()
    number, rolls = last.number + 1 if last else 1, counted(last, now)
    seal = TrailSeal(number=number, day=day, made_at=now, heads=heads, rolls=rolls)
    seal.digest = digest(last.digest if last else "", facts(seal, SEAL))
    try:
        with transaction.atomic():
            seal.save(force_insert=True)
    except IntegrityError:  # another machine's tick was quicker
        return None
    return seal


def _sealed(seals: Iterator[TrailSeal]) -> dict[int, Sealed]:
    return {
        int(pk): Sealed(length, head, seal.number, seal.day.isoformat())
        for seal in seals
        for pk, (length, head) in seal.heads.items()
    }


# Verifying ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Break:
    """The first link of a chain that does not hold. `form` is the key of the form, None for the chain of seals, or
    for one of the rolls that they seal (`title`)."""

    form: int | None
    title: str
    link: int
    what: str

    def __str__(self) -> str:
        place = (self.title or "每日封存") if self.form is None else f"“{self.title}”（编号{self.form}）的留痕"
        return f"{place}在第{self.link}环断开：{self.what}"


@dataclass(slots=True)
class Report:
    forms: int = 0
    links: int = 0
    seals: int = 0
    newest_seal: str = ""
    newest_digest: str = ""
    breaks: list[Break] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        told = [asdict(one) | {"sentence": str(one)} for one in self.breaks]
        return asdict(self) | {"holds": not self.breaks, "breaks": told}


def verify(*, noted: str = "") -> Report:
    """Every seal and every chain, read once, in portions; a form is locked while its chain is read.

    `noted` is the digest of a seal as somebody wrote it down outside: only that tells when all seals since were written anew.
    """
    report = Report()
    seals: list[TrailSeal] = []
    sealed = _sealed(_seals_in_order(report, seals))
    if noted and noted not in {seal.digest for seal in seals}:
        what = f"记下的摘要 {noted} 不在任何一次封存中，封存被改写或删除。"
        report.breaks.append(Break(None, "", report.seals, what))
    missing = set(sealed)
    after = 0
    while forms := _verify_portion(after, sealed, report):
        missing.difference_update(forms)
        after = forms[-1]
    for pk in sorted(missing):
        told = sealed[pk]
        what = f"第{told.seal}次封存（{told.day}）时有{told.length}环，现在连表都没有了。"
        report.breaks.append(Break(pk, "已不存在的表", told.length, what))
    report.breaks += [Break(None, torn.label, torn.seal, torn.what) for torn in compare(seals)]
    return report


def _seals_in_order(report: Report, kept: list[TrailSeal]) -> Iterator[TrailSeal]:
    """The seals, each checked against the one before and kept without its heads; the first that does not hold is reported."""
    previous, holds = "", True
    for expected, seal in enumerate(TrailSeal.objects.order_by("number").iterator(1), start=1):
        what = ""
        if seal.number != expected:
            what = "这一次封存不见了。"
        elif seal.digest != digest(previous, facts(seal, SEAL)):
            what = f"{seal}的内容与它的摘要不符，被改动或换掉了。"
        if what and holds:
            report.breaks.append(Break(None, "", expected, what))
            holds = False
        report.seals += 1
        report.newest_seal, report.newest_digest = str(seal), seal.digest
        previous = seal.digest
        yield seal
        seal.heads = {}
        kept.append(seal)


def _verify_portion(after: int, sealed: dict[int, Sealed], report: Report) -> list[int]:
    """The keys of the forms that were read; none at the end."""
    with transaction.atomic():
        locked = Declaration.objects.select_for_update(of=("self",)).select_related("unit")
        forms = list(locked.defer("stale").filter(pk__gt=after).order_by("pk")[:FORMS_AT_ONCE])
        ids = [form.pk for form in forms]
        judged = Assessment.objects.filter(declaration__in=ids, event__isnull=False)
        fingerprints = {one.event_id: one.fingerprint() for one in judged.iterator(ROWS_AT_ONCE)}
        walks = {form.pk: Walk(form, sealed.get(form.pk), fingerprints) for form in forms}
        rows_of, typed_into = Indicator.objects.rows_of(ids), Sitting.objects.filter(declaration__in=ids)
        being_typed = set(typed_into.values_list("declaration", flat=True))
        texts = Revision.objects.filter(declaration__in=walks).order_by("declaration_id", "link")
        steps = ReviewEvent.objects.filter(declaration__in=walks).order_by("declaration_id", "link")
        in_order = attrgetter("declaration_id", "link")
        rows: Iterator[Revision | ReviewEvent] = heapq.merge(
            texts.iterator(ROWS_AT_ONCE), steps.iterator(ROWS_AT_ONCE), key=in_order
        )
        for row in rows:
            walks[row.declaration_id].take(row)
            report.links += 1
    report.forms += len(forms)
    for pk, walk in walks.items():
        walk.end(None if pk in being_typed else walk.form.record(line.row for line in rows_of[pk]))
        if walk.broken:
            report.breaks.append(walk.broken)
    return list(walks)


@dataclass(slots=True)
class Walk:
    """Along the chain of one form, until it breaks."""

    form: Declaration
    sealed: Sealed | None
    fingerprints: Mapping[int | None, str]
    """Of the review forms, by the event that each went with."""
    length: int = 0
    head: str = ""
    text: Revision | None = None
    state: str = DRAFT
    version: int = 1
    marks: dict[str, int | None] = field(default_factory=lambda: dict.fromkeys(MARKED))
    """Which text was submitted, passed and approved last."""
    broken: Break | None = None

    def take(self, row: Revision | ReviewEvent) -> None:
        if self.broken:
            return
        expected = self.length + 1
        if row.link > expected:
            self._break(expected, f"这一环不见了（它后面是{_name(row)}），有记录被删除或移动。")
            return
        if row.link < expected:
            self._break(row.link, f"这一环有两条记录，其中之一是后来插入的：{_name(row)}。")
            return
        if row.digest != digest(self.head, facts(row, REVISION if isinstance(row, Revision) else EVENT)):
            self._break(expected, f"{_name(row)}与登记的摘要不符，它的内容、时间、人员或序号被改动，或不是原来的一条。")
            return
        self.length, self.head = expected, row.digest
        if isinstance(row, Revision):
            self.text = row
        else:
            self._follow(row)
            if row.particulars.get(FINGERPRINT) != self.fingerprints.get(row.pk):
                self._break(expected, f"{_name(row)}所附的审核表与登记的摘要不符，被改动、换掉或删除。")
                return
        if self.sealed and self.sealed.length == expected and self.sealed.head != row.digest:
            self._break(expected, f"与第{self.sealed.seal}次封存（{self.sealed.day}）不符，整条留痕被替换。")

    def _follow(self, event: ReviewEvent) -> None:
        """What the step did to the form (`targets.review.move`)."""
        is_moved = event.to_state != event.from_state
        self.state = event.to_state
        if event.step == ABANDON:
            self.marks = dict.fromkeys(MARKED, self.marks["approved_revision"])
        elif is_moved and event.to_state == APPROVED:
            self.marks |= dict.fromkeys(("submitted_revision", "approved_revision"), event.revision_id)
        elif event.step == "submit":
            self.marks["submitted_revision"] = event.revision_id
        if is_moved and event.to_state == PASSED:
            self.marks["passed_revision"] = event.revision_id
        if event.step == "adjust":
            self.version += 1

    def end(self, stands: Record | None) -> None:
        """The end of the chain against what the form and the last seal say of it; `stands` is the form's text in its
        tables, None while somebody is typing into it."""
        form, sealed = self.form, self.sealed
        if self.broken:
            return
        if sealed and self.length < sealed.length:
            what = f"第{sealed.seal}次封存（{sealed.day}）时有{sealed.length}环，后面的不见了。"
            self._break(self.length + 1, what)
        elif self.length < form.trail_length:
            self._break(self.length + 1, f"最新的记录不见了，表上登记有{form.trail_length}环。")
        elif self.length > form.trail_length:
            self._break(form.trail_length + 1, f"表上只登记了{form.trail_length}环，这一环是多出来的。")
        elif self.head != form.trail_head:
            self._break(self.length, "最后一环与表上登记的链头不符。")
        elif (self.text.pk if self.text else None) != form.current_revision_id:
            self._break(self.length, "表上的当前稿不是留痕中的最后一稿。")
        elif self.state != form.state:
            said, now = STATES[self.state], STATES.get(form.state, form.state)
            self._break(self.length, f"按办理记录应为“{said}”，表上却是“{now}”，状态被改动。")
        elif self.version != form.version:
            self._break(self.length, f"按办理记录应为第{self.version}版，表上却是第{form.version}版。")
        elif wrong := next((label for name, label in MARKED.items() if self.marks[name] != _mark(form, name)), ""):
            self._break(self.length, f"表上登记的{wrong}不是办理记录中的一稿。")
        elif self.text and stands and stands != self.text.record:
            self._break(self.length, f"表中现在的内容与最后一稿（{_name(self.text)}）不同，绕过系统被改动。")

    def _break(self, link: int, what: str) -> None:
        self.broken = Break(self.form.pk, self.form.heading, link, what)


def _mark(form: Declaration, name: str) -> int | None:
    pk: int | None = getattr(form, f"{name}_id")
    return pk


def _name(row: Revision | ReviewEvent) -> str:
    if isinstance(row, Revision):
        return f"第{row.number}稿（{row.signature}）"
    return f"第{row.number}次办理“{row.label}”（{row.signature}）"
