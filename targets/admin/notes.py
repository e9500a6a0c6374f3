"""What stands above a form in a strip: why it came back, that it is approved, that an adjustment is under way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime

from targets.admin.readable import APPROVING
from targets.domain.steps import (
    ABANDON,
    APPROVED,
    ASK_ADJUSTMENT,
    EDITABLE,
    OPEN_ALONE,
    PASSED,
    REFUSE_REQUEST,
    REQUEST_RETURN,
    RETURNS,
    REVIEW_LEVELS,
    UNITS_OWN,
    VOID,
)
from targets.editing import LATE_CURE
from targets.links import revision_url
from targets.models import Declaration, ReviewEvent

SENDING = ("submit", "forward", "pass", "approve", "adopt", "adjust", "withdraw", ABANDON)
"""After one of these the opinion of an earlier return is settled."""


@dataclass(frozen=True, slots=True)
class Strip:
    """`kind` is its look ("" for information, warn, ok); `url` leads to what `link` says."""

    text: str
    heading: str = ""
    who: str = ""
    kind: str = ""
    url: str = ""
    link: str = ""


def strips(declaration: Declaration, events: Sequence[ReviewEvent], *, is_own: bool) -> Iterator[Strip]:
    """The strips of a form whose text is shown; `is_own` when the text as it stands now is."""
    yield from _opinion(events)
    if declaration.state in (*REVIEW_LEVELS, PASSED):
        yield from _request(events)
        yield from _note_of_the_unit(events)
    approval = next((event for event in reversed(events) if event.step in APPROVING), None)
    if declaration.state == VOID and events:
        yield Strip(events[-1].opinion, "已作废", _signed(events[-1]))
    elif declaration.state == APPROVED and approval:
        yield from _asked_adjustment(events)
        yield Strip(
            f"{_document(approval)}。生效的是第{approval.revision.number}稿。", "已批复", _signed(approval), "ok"
        )
    elif approval:
        url = revision_url(declaration, approval.revision.number)
        yield Strip(
            _adjustment(declaration, approval, events, is_own=is_own), "调整中", "", "", url, "查看已批复的一版"
        )
    if declaration.stale and declaration.state not in UNITS_OWN:
        yield Strip(f"从上年复制的内容中有{len(declaration.stale)}处没有改过，单位也没有确认仍然适用。", "未更新")
    if declaration.state in EDITABLE and not is_own and not approval:
        yield Strip("单位正在修改。以下是上次送审的内容，修改后的内容送审后可见。")


def deadline(declaration: Declaration, events: Sequence[ReviewEvent]) -> Iterator[Strip]:
    """That the round has closed over a form that is still its unit's, or until when this one may go on all the same."""
    if declaration.state not in EDITABLE:
        return
    if ended := declaration.round_ended:
        yield Strip(f"{ended.ending}，这张表不能再修改和送审。{LATE_CURE}", "已截止", kind="warn")
    elif declaration.is_open_alone and declaration.open_until and declaration.version == 1:
        last_day = date_format(localtime(declaration.open_until), "n月j日")
        opened = next((one for one in reversed(events) if one.step in (OPEN_ALONE, *RETURNS)), None)
        if opened and opened.step == OPEN_ALONE:
            text = f"批次截止后可以修改和送审，至{last_day}止。理由：{opened.opinion}"
            yield Strip(text, "单独开放", _signed(opened), "ok")
        else:
            yield Strip(f"退回的表在批次截止后仍可修改，请在{last_day}前送审。", "修改期限")


def off_ceiling(
    declaration: Declaration, told: Iterable[str], events: Sequence[ReviewEvent], *, is_own: bool
) -> Iterator[Strip]:
    """控制数不符; of money in a draft its unit alone is told. What finance asked for stands in its own strip."""
    if declaration.is_plan or not (is_own or declaration.state not in UNITS_OWN):
        return
    asked = _open_ask(events)
    for words in (one for one in told if asked is None or one not in asked.opinion):
        yield Strip(f"{words}。", "控制数不符", kind="warn")


def _opinion(events: Sequence[ReviewEvent]) -> Iterator[Strip]:
    """The opinion with which the form came back (or was refused), while it is not yet sent on."""
    last = next((event for event in reversed(events) if event.step in (*SENDING, *RETURNS, "reject")), None)
    if last is None or last.step in SENDING:
        return
    if last.step == "reject":
        yield Strip(last.opinion, "不予通过意见", _signed(last), "warn")
    else:
        number = sum(event.step in RETURNS for event in events)
        yield Strip(last.opinion, "退回意见", f"{_signed(last)}　第 {number} 次退回", "warn")


def _request(events: Sequence[ReviewEvent]) -> Iterator[Strip]:
    """申请退回 of the unit, and that it was refused, until the form moves on."""
    asked = (REQUEST_RETURN, REFUSE_REQUEST)
    last = next(
        (event for event in reversed(events) if event.step in asked or event.from_state != event.to_state), None
    )
    if last is not None and last.step in asked:
        heading = "单位申请退回，等待办理" if last.step == REQUEST_RETURN else "没有同意退回申请"
        yield Strip(last.opinion, heading, _signed(last), "warn")


def _asked_adjustment(events: Sequence[ReviewEvent]) -> Iterator[Strip]:
    if asked := _open_ask(events):
        yield Strip(asked.opinion, "财政要求调整", _signed(asked), "warn")


def _open_ask(events: Sequence[ReviewEvent]) -> ReviewEvent | None:
    """按控制数要求调整, until the unit has begun one."""
    telling = (
        event for event in reversed(events) if event.from_state != event.to_state or event.step == ASK_ADJUSTMENT
    )
    last = next(telling, None)
    return last if last is not None and last.step == ASK_ADJUSTMENT else None


def _note_of_the_unit(events: Sequence[ReviewEvent]) -> Iterator[Strip]:
    """What the unit wrote to its reviewers when it sent this text."""
    sent = next((event for event in reversed(events) if event.step == "submit"), None)
    if sent and sent.opinion:
        yield Strip(sent.opinion, "给审核人的说明", _signed(sent))


def _adjustment(declaration: Declaration, approval: ReviewEvent, events: Sequence[ReviewEvent], *, is_own: bool) -> str:
    told = next(
        ({"调整事由": event.opinion, **event.particulars} for event in reversed(events) if event.step == "adjust"), {}
    )
    said = "".join(f"{label}：{text}\n" for label, text in told.items() if text)
    in_force = f"已批复的一版（{_document(approval)}）继续有效，调整稿批复后才替换它。"
    hidden = "以下是已批复的内容，调整的内容送审后可见。"
    return (
        f"{said}第{declaration.version}版。{in_force}{hidden if declaration.state in EDITABLE and not is_own else ''}"
    )


def _document(approval: ReviewEvent) -> str:
    date = date_format(approval.document_date, "Y年n月j日") if approval.document_date else ""
    return "，".join(part for part in (approval.document_number, date) if part)


def _signed(event: ReviewEvent) -> str:
    at = date_format(localtime(event.at), "n月j日 H:i")
    return f"{event.get_role_display()} {event.signature}　{at}"
