"""修改意见 as a form's page shows them: each with its place, its answers, and what this person may do about it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from departments.models import Person
from targets.admin.numbers import number_in
from targets.background import Background
from targets.domain.edits import HEAD_TEXTS
from targets.domain.labels import field_label
from targets.domain.record import MONEY, PLAN, Record
from targets.models import Declaration, Remark, RemarkReply, StockPhrase
from targets.paper import PLAN_COLUMNS, PROJECT_COLUMNS
from targets.remarks import (
    adopt,
    answer,
    place_of,
    reviewing_role,
    side_of,
    state_after,
    told,
    unsent_since,
    why_not_remark,
)
from targets.review import StepRefused

REPLY = ("id", "deed", "text", "person_name", "at")
"""Fields of a reply that the page tells."""


ANSWER = "answer:"
"""Before the number of a remark: name of the input for its answer."""


@dataclass(frozen=True, slots=True)
class RemarkNote:
    remark: Remark
    place: str
    label: str
    """The field alone, for where the place is plain."""
    anchor: str
    replies: Sequence[RemarkReply]
    state: Remark.State
    may_answer: bool = False
    may_close: bool = False
    may_take_back: bool = False
    typed: str = ""
    """An answer that stood on a page which could not be stored."""

    @property
    def state_in_words(self) -> str:
        """ "" for what asks for no answer and got none: a note, or what reviewers keep to themselves."""
        asks = self.remark.level != Remark.Level.NOTE and self.remark.audience == Remark.Audience.UNIT
        return str(self.state.label) if asks or self.state != Remark.State.OPEN else ""

    @property
    def mark(self) -> str:
        is_open_must = self.remark.level == Remark.Level.MUST and self.state == Remark.State.OPEN
        return "must_fix" if is_open_must else "remark"


def remark_context(
    declaration: Declaration, record: Record, user: Person, background: Background, typed: Mapping[str, str]
) -> dict[str, Any]:
    """What the page needs of remarks; `typed` is what was sent and could not be stored."""
    if declaration.submitted_revision_id is None:
        return {"remarks": [], "remark_desk": None}
    may_remark = not why_not_remark(declaration, user, background)
    return {
        "remarks": remark_notes(declaration, record, user, may_remark=may_remark, typed=typed),
        "remark_desk": remark_desk(record, user) if may_remark else None,
    }


def remark_notes(
    declaration: Declaration, record: Record, user: Person, *, may_remark: bool, typed: Mapping[str, str] | None = None
) -> list[RemarkNote]:
    """What this person may read, in the order of the form; one query, however many there are."""
    replies: dict[int, list[RemarkReply]] = defaultdict(list)
    remarks: dict[int, Remark] = {}
    said = {f"reply_{name}": F(f"replies__{name}") for name in REPLY}
    found = declaration.remarks.visible_to(user).annotate(**said).order_by("pk", "replies__pk")
    for one in found:  # a remark comes once for each of its replies
        remarks[one.pk] = one
        reply = {name: getattr(one, f"reply_{name}") for name in REPLY}
        if reply["id"] is not None:
            replies[one.pk].append(RemarkReply(**reply))
    order = {row.key: number for number, row in record.numbered_rows()}
    editable = declaration.editable_by(user)
    closing = side_of(reviewing_role(declaration, user)) if may_remark else ""
    since = unsent_since(declaration, user)
    read = {one.pk: told(replies[one.pk], since) for one in remarks.values()}
    notes = [
        RemarkNote(
            one,
            place_of(one, record),
            field_label(record.kind, one.field) if one.field else "",
            _anchor(one, order),
            read[one.pk],
            state_after(read[one.pk]),
            may_answer=editable and one.sent_at is not None and one.state != Remark.State.ACCEPTED,
            may_close=one.sent_at is not None and one.side == closing,
            may_take_back=one.sent_at is None and one.author_id == user.pk,
            typed=(typed or {}).get(f"{ANSWER}{one.pk}", ""),
        )
        for one in remarks.values()
    ]
    return sorted(notes, key=lambda note: (order.get(note.remark.row_key, 0), note.remark.pk))


def _anchor(one: Remark, rows: Mapping[str, int]) -> str:
    if one.row_key in rows:
        return f"row-{one.row_key}"
    return f"f-{one.field}" if one.field and not one.row_key else "remarks"


def remark_desk(record: Record, user: Person) -> dict[str, Any]:
    """What the form for a new remark offers: fields of the whole form, and those of a row."""
    is_plan = record.kind == PLAN
    heads = () if is_plan else (*HEAD_TEXTS, *MONEY)
    columns = PLAN_COLUMNS if is_plan else PROJECT_COLUMNS
    return {
        "heads": [(name, field_label(record.kind, name)) for name in heads],
        "fields": [(column.field, field_label(record.kind, column.field)) for column in columns],
        "levels": Remark.Level.choices,
        "audiences": Remark.Audience.choices,
        "phrases": [phrase.text for phrase in StockPhrase.objects.visible_to(user).filter(is_used=True)],
    }


def answer_typed(declaration: Declaration, typed: Mapping[str, str], *, by: Person, but: str = "") -> int:
    """Every answer that stands on the unit's page, but for that of one remark, is stored with whatever button; how many.

    Raises StepRefused.
    """
    given = {name.removeprefix(ANSWER): text for name, text in typed.items() if name.startswith(ANSWER)}
    answers = {number: text for number, text in given.items() if text.strip() and number != but}
    for number, text in answers.items():
        reply(declaration, "answer", number, text, by=by)
    return len(answers)


def reply(declaration: Declaration, verb: str, number: str, text: str, *, by: Person) -> str:
    """The unit answers or adopts, from the form's own page; what is told then. Raises StepRefused."""
    one = declaration.remarks.filter(pk=number_in(number) or 0).first()
    if one is None:
        raise StepRefused("没有这条修改意见。请刷新页面。")
    if verb == "adopt":
        adopt(one, by=by)
        return "已采纳建议的文字并保存，这条修改意见记为已答复。"
    answer(one, text, by=by)
    return "答复已保存，送审后审核人可见。"
