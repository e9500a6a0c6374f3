"""修改意见: a reviewer says what is to be changed and may propose the text; the unit answers or takes it over (采纳).

A remark is sent with the reviewer's next step (`targets.review` does that). Refusals are sentences: `StepRefused`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from departments.models import Person
from departments.roles import DEPARTMENT_REVIEWER, FILLER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER
from targets.background import Background
from targets.bulk import insert_many, update_many
from targets.domain.edits import HEAD_TEXTS, Change, head_value
from targets.domain.labels import field_label
from targets.domain.record import MONEY, ROW_TEXTS, Record
from targets.domain.steps import DEPARTMENT_REVIEW, EDITABLE, OFFICE_REVIEW, PASSED, PERFORMANCE_REVIEW
from targets.editing import EditRefused, apply_changes, why_not_editable
from targets.guards import why_not_judge
from targets.looks import note_look
from targets.models import Declaration, Remark, RemarkReply
from targets.review import StepRefused
from targets.signing import signed

REVIEWER_AT = {
    DEPARTMENT_REVIEW: DEPARTMENT_REVIEWER,
    OFFICE_REVIEW: OFFICE_REVIEWER,
    PERFORMANCE_REVIEW: PERFORMANCE_REVIEWER,
    PASSED: PERFORMANCE_REVIEWER,
}
"""Who may take the next step may remark: his remarks are sent with it."""
PROPOSABLE = frozenset(HEAD_TEXTS + ROW_TEXTS) - {"key"}
"""Fields whose text may be proposed; amounts are the budget's."""
LONGEST_ANSWER = 4000
MEANWHILE = "刚有人办理了这条意见，没有保存。请刷新后再看。"
UNITS_DEEDS = (RemarkReply.Deed.ANSWER, RemarkReply.Deed.ADOPT)


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer wrote. Without `row` it speaks of the form, without `field` of the row or form as a whole."""

    text: str
    row: str = ""
    field: str = ""
    level: str = Remark.Level.MUST
    audience: str = Remark.Audience.UNIT
    proposal: str = ""


def reviewing_role(declaration: Declaration, user: Person) -> str:
    """In which role this person may remark on the form now, "" for none."""
    role = REVIEWER_AT.get(declaration.state, "")
    return role if role and declaration.unit_id in user.scope.reach(role) else ""


def why_not_remark(declaration: Declaration, user: Person, background: Background | None = None) -> str:
    """`background` where the page has one."""
    if not reviewing_role(declaration, user):
        return "修改意见由正在审核这张表的人提出，现在不由您审核，没有保存。"
    return why_not_judge(declaration, user, "修改意见须由其他审核人提出。", background)


def why_not_close(declaration: Declaration, side: str, user: Person) -> str:
    """A colleague of the same side may accept or reopen what another asked, an author of the text may not."""
    if side != side_of(reviewing_role(declaration, user)):
        return f"这条意见由{Remark.Side(side).label}审核人提出，单位再次送审到他那里时由其认可或重新提出。"
    return why_not_judge(declaration, user, "须由其他审核人办理。")


def side_of(role: str) -> str:
    """On whose behalf a reviewer speaks; "" for nobody's."""
    if not role:
        return ""
    return Remark.Side.DEPARTMENT if role == DEPARTMENT_REVIEWER else Remark.Side.FINANCE


def remark(declaration: Declaration, said: Said, *, by: Person) -> Remark:
    """Say something of the submitted text; raises StepRefused."""
    if refusal := why_not_remark(declaration, by):
        raise StepRefused(refusal)
    revision = declaration.submitted_revision
    if revision is None:
        raise StepRefused("这张表还没有送审稿，没有保存修改意见。")
    text = said.text.strip()
    if not text and not said.proposal.strip():
        raise StepRefused("修改意见为空，没有保存。请写明问题，或写出建议的文字。")
    record = revision.record
    row = next((row for row in record.rows if row.key == said.row), None) if said.row else None
    if said.row and row is None:
        raise StepRefused("所指的这一行已不在送审稿中。请刷新页面后重新选择。")
    if said.field and said.field not in (ROW_TEXTS if row else (*HEAD_TEXTS, *MONEY)):
        raise StepRefused("没有这个栏目。请刷新页面后重新选择。")
    if said.proposal.strip() and said.field not in PROPOSABLE:
        raise StepRefused("建议修改须指明一个文字栏目。请选择栏目，或把建议写在问题中。")
    role = reviewing_role(declaration, by)
    note_look(declaration, revision, by=by)
    return Remark.objects.create(
        declaration=declaration,
        revision=revision,
        row_key=said.row,
        row_name=row.name[:200] if row else "",
        field=said.field,
        level=said.level,
        audience=said.audience,
        side=side_of(role),
        text=text or "建议改写。",
        quoted=cell_text(record, said.row, said.field) or "",
        proposal=said.proposal.strip(),
        author=by,
        author_name=signed(by, declaration.unit_id, role),
        role=role,
    )


def take_back(one: Remark, *, by: Person) -> None:
    """What is not sent yet is its author's to take back; raises StepRefused."""
    gone, _ = Remark.objects.filter(pk=one.pk, author=by, sent_at=None).delete()
    if not gone:
        raise StepRefused("这条修改意见已经发出，不能收回。可以注明“已认可”。")


def answer(one: Remark, text: str, *, by: Person) -> RemarkReply:
    """The unit says what it did, or why not; raises StepRefused."""
    if refusal := _no_answer(text) or why_not_answer(one, by, text):
        raise StepRefused(refusal)
    return _reply(one, RemarkReply.Deed.ANSWER, by, text)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the unit says of a remark that it read elsewhere, when there were `seen` replies to it."""

    remark: Remark
    text: str
    seen: int


@transaction.atomic
def answer_together(answers: Sequence[Answer], *, by: Person) -> list[str]:
    """As `answer`, for many in a few statements, under the locks of their forms. Returns for each why not, or ""."""
    ids = [one.remark.pk for one in answers]
    locked = Remark.objects.select_for_update(of=("self",)).order_by("pk").in_bulk(ids)
    replies = RemarkReply.objects.filter(remark__in=ids).order_by().values_list("remark")
    known: dict[int, int] = dict(replies.annotate(number=Count("pk")))
    refusals, given, changed = [], [], []
    for one in answers:
        stored = locked[one.remark.pk]
        stored.declaration = one.remark.declaration
        refusal = _no_answer(one.text) or why_not_answer(stored, by, one.text)
        refusals.append(refusal or (MEANWHILE if one.seen != known.get(stored.pk, 0) else ""))
        if not refusals[-1]:
            given.append(_said(stored, RemarkReply.Deed.ANSWER, by, one.text))
            changed.append(stored)
    insert_many(given)
    update_many(changed, ["state"])
    return refusals


def _no_answer(text: str) -> str:
    return "" if text.strip() else "答复为空，没有保存。请写明怎样修改，或为何不改。"


def adopt(one: Remark, *, by: Person) -> RemarkReply:
    """采纳: the proposed text goes into the cell, and whoever takes it over is its author; raises StepRefused."""
    if refusal := why_not_answer(one, by):
        raise StepRefused(refusal)
    form = one.declaration
    if not one.proposal:
        raise StepRefused("这条意见没有写建议的文字，请自行修改后答复。")
    stored = cell_text(form.record(), one.row_key, one.field)
    if stored is None:
        raise StepRefused("这一行已经删除，没有采纳。请自行修改后答复。")
    if stored not in (one.quoted, one.proposal):
        now = stored or "空白"
        raise StepRefused(f"没有采纳：这一格在提出建议后已改为“{now}”。请自行核对修改后答复。")
    with transaction.atomic():
        try:
            outcome = apply_changes(
                form, [Change(one.row_key, one.field, stored, one.proposal)], by=by, note="采纳修改意见"
            )
        except EditRefused as refusal:
            raise StepRefused(str(refusal)) from None
        if outcome.conflicts:
            raise StepRefused("没有采纳：刚有人修改了这一格。请刷新后核对。")
        return _reply(one, RemarkReply.Deed.ADOPT, by)


def accept(one: Remark, *, by: Person) -> RemarkReply:
    """The reviewer is content; raises StepRefused."""
    _must_be_a_reviewers(one, by)
    if one.state == Remark.State.ACCEPTED:
        raise StepRefused("这条意见已经认可，无须再办理。")
    return _reply(one, RemarkReply.Deed.ACCEPT, by)


def reopen(one: Remark, text: str, *, by: Person) -> RemarkReply:
    """The reviewer asks again, with a reason; raises StepRefused."""
    _must_be_a_reviewers(one, by)
    if one.state == Remark.State.OPEN:
        raise StepRefused("这条意见还在待答复，无须重新提出。")
    if not text.strip():
        raise StepRefused("没有写明还须怎样修改，没有保存。请写明后重新提出。")
    return _reply(one, RemarkReply.Deed.REOPEN, by, text)


def cell_text(record: Record, row: str, field: str) -> str | None:
    """What stands in the place that a remark speaks of; "" of a whole row or form, None when the row is gone."""
    if not row:
        return head_value(record, field) if field else ""
    line = next((line for line in record.rows if line.key == row), None)
    if line is None:
        return None
    return str(getattr(line, field)) if field else ""


def unsent_since(form: Declaration, user: Person) -> datetime | None:
    """What the unit answers goes up with its text: from then on a reviewer does not read its answers yet. None for the unit."""
    return form.state_since if form.state in EDITABLE and not form.is_own_text_of(user) else None


def told(replies: Sequence[RemarkReply], since: datetime | None) -> list[RemarkReply]:
    """The replies that one may read for whom `unsent_since` is `since`."""
    if since is None:
        return list(replies)
    return [reply for reply in replies if reply.deed not in UNITS_DEEDS or reply.at < since]


def state_after(replies: Sequence[RemarkReply]) -> Remark.State:
    return STATE_AFTER[replies[-1].deed] if replies else Remark.State.OPEN


def place_of(one: Remark, record: Record) -> str:
    """`第2行 指标值`, by where the row stands now; a row that is gone is called by its name."""
    label = field_label(record.kind, one.field) if one.field else ""
    if not one.row_key:
        return label or "整张表"
    number = next((number for number, row in record.numbered_rows() if row.key == one.row_key), None)
    where = f"第{number}行" if number else f"“{one.row_name}”（这一行已删除）"
    return f"{where} {label}".strip()


def why_not_answer(one: Remark, user: Person, text: str = "") -> str:
    """Why this person may not say that of a remark now."""
    form = one.declaration
    if not form.editable_by(user):
        return why_not_editable(form, user)
    if one.sent_at is None or one.audience != Remark.Audience.UNIT:
        return "没有这条修改意见。请刷新页面。"
    if one.state == Remark.State.ACCEPTED:
        return "审核人已认可这条意见的处理，不用再答复。"
    if len(text.strip()) > LONGEST_ANSWER:
        return f"答复有{len(text.strip()):,}个字，最多{LONGEST_ANSWER:,}个字，没有保存。请缩短，详细材料可作为附件。"
    return ""


def _must_be_a_reviewers(one: Remark, user: Person) -> None:
    if refusal := why_not_close(one.declaration, one.side, user):
        raise StepRefused(refusal)
    if one.sent_at is None:
        raise StepRefused("这条意见还没有发出。要改请收回后重写。")


STATE_AFTER: dict[str, Remark.State] = {
    RemarkReply.Deed.ANSWER: Remark.State.ANSWERED,
    RemarkReply.Deed.ADOPT: Remark.State.ANSWERED,
    RemarkReply.Deed.ACCEPT: Remark.State.ACCEPTED,
    RemarkReply.Deed.REOPEN: Remark.State.OPEN,
}


def _reply(one: Remark, deed: RemarkReply.Deed, by: Person, text: str = "") -> RemarkReply:
    with transaction.atomic():
        locked = Remark.objects.select_for_update().get(pk=one.pk)
        locked.declaration = one.declaration
        reply = _said(locked, deed, by, text)
        reply.save()
        locked.save(update_fields=["state"])
    one.state = locked.state
    return reply


def _said(one: Remark, deed: RemarkReply.Deed, by: Person, text: str) -> RemarkReply:
    """The reply, and the remark in its new state; neither of them saved."""
    one.state = STATE_AFTER[deed]
    name = signed(by, one.declaration.unit_id, reviewing_role(one.declaration, by) or FILLER)
    return RemarkReply(remark=one, deed=deed, text=text.strip(), person=by, person_name=name)
