"""审核意见反馈表 on its way back: what the answers of a file would do, and their storing by the same way as on a form's page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime

from departments.models import Person
from targets.domain.sheets.cells import clean_text
from targets.domain.sheets.feedback import FeedbackLine, check_of, read_tag
from targets.domain.sheets.problems import quoted
from targets.models import Declaration, Indicator, Remark, RemarkReply
from targets.outgoing.feedback import answer_of, question_of, replies_of, sent_remarks
from targets.paper import lines_of
from targets.remarks import Answer, answer_together, place_of, why_not_answer

CHARACTERS_A_LINE = 26
CHANGED_QUESTION = "“问题”一栏与系统中的不同，改动没有读入。"
TWICE = "文件中有几行答复同一条意见，写的不一样。请只留一行。"
NO_TAG = "这一行没有编号，认不出答复的是哪一条意见。请在表页上答复。"
OTHER_QUESTION = "这一行的“问题”是另一条意见的，可能只移动或排序了一部分栏目。请整行核对。"


@dataclass(frozen=True, slots=True)
class PlannedAnswer:
    """One line of the file: what stands now, what would stand, or why not."""

    place: str
    answer: str
    remark: Remark | None = None
    where: str = ""
    now: str = ""
    seen: int = 0
    refusal: str = ""
    note: str = ""

    @property
    def height(self) -> int:
        """Lines of its input."""
        return lines_of(self.answer, CHARACTERS_A_LINE)


@dataclass(frozen=True, slots=True)
class AnswersPlan:
    """`empty` and `unchanged` are lines with nothing to do."""

    ready: Sequence[PlannedAnswer]
    refused: Sequence[PlannedAnswer]
    unchanged: int
    empty: int


def plan_answers(lines: Sequence[FeedbackLine], user: Person) -> AnswersPlan:
    """Writes nothing; a number of queries that does not grow with the lines."""
    written = [line for line in lines if line.answer or line.fault]
    asked = sent_remarks(user).filter(pk__in={tag.remark for line in written if (tag := read_tag(line.tag))})
    related = asked.select_related("declaration__unit").prefetch_related("declaration__budget_year__campaigns")
    remarks = {one.pk: one for one in related}
    replies = replies_of(asked)
    where = _places(remarks.values(), user)
    questions = {pk: question_of(one, replies[pk]) for pk, one in remarks.items()}
    every_question = set(map(_plain, questions.values()))
    meant = [(line, _meant(line, remarks)) for line in written]
    variants = Counter(pk for pk, _ in {(found[0].pk, _plain(line.answer)) for line, found in meant if found})
    ready: dict[int, PlannedAnswer] = {}
    refused: list[PlannedAnswer] = []
    unchanged = 0
    for line, found in meant:
        if found is None:
            refused.append(PlannedAnswer(line.place, line.answer, refusal=line.fault or _unknown(line)))
            continue
        one, seen = found
        known, asked_there = replies[one.pk], _plain(line.question)
        is_other = bool(asked_there) and asked_there != _plain(questions[one.pk])
        fault = line.fault or (TWICE if variants[one.pk] > 1 else "")
        if is_other and asked_there in every_question:
            fault = fault or OTHER_QUESTION
        now = answer_of(known)
        if not fault and _plain(now) == _plain(line.answer):
            unchanged += 1
            continue
        planned = PlannedAnswer(
            place=line.place,
            answer=line.answer,
            remark=one,
            where=where.get(one.pk, ""),
            now=now,
            seen=seen,
            refusal=fault or why_not_answer(one, user, line.answer) or _meanwhile(seen, known),
            note=CHANGED_QUESTION if is_other else "",
        )
        if planned.refusal:
            refused.append(planned)
        else:
            ready[one.pk] = planned
    return AnswersPlan(tuple(ready.values()), tuple(refused), unchanged, len(lines) - len(written))


def _meant(line: FeedbackLine, remarks: Mapping[int, Remark]) -> tuple[Remark, int] | None:
    """The remark of a line and how many replies it had when the line was printed, if its 编号 is that remark's."""
    tag = read_tag(line.tag)
    one = remarks.get(tag.remark) if tag else None
    return (one, tag.replies) if tag and one and tag.check == _check(one, tag.replies) else None


def _check(one: Remark, replies: int) -> str:
    return check_of(one.pk, replies, form=one.declaration_id, said_at=one.created_at)


def _unknown(line: FeedbackLine) -> str:
    """The same for a number that was changed, another unit's and none at all: nobody learns what others were told."""
    if not line.tag:
        return NO_TAG
    return f"没有编号为{quoted(line.tag)}的意见，或不是发给您单位的。请核对编号是否改动过。"


def _meanwhile(seen: int, replies: Sequence[RemarkReply]) -> str:
    """What happened since the table was printed."""
    if seen == len(replies) or not replies:
        return ""
    last = replies[-1]
    when = date_format(localtime(last.at), "n月j日 H:i")
    words = f"：{quoted(last.text)}" if last.text else ""
    return f"下载这张表以后，{last.person_name} {when} 已{last.get_deed_display()}{words}。请在表页上核对后再答复。"


def _plain(text: str) -> str:
    return "".join(text.split())


def _places(remarks: Iterable[Remark], user: Person) -> dict[int, str]:
    """Where each remark stands in its unit's text as it is now; one query."""
    forms = {one.declaration_id: one.declaration for one in remarks if one.declaration.is_own_text_of(user)}
    rows = Indicator.objects.rows_of(list(forms))
    records = {pk: form.record(line.row for line in rows[pk]) for pk, form in forms.items()}
    return {one.pk: place_of(one, records[one.declaration_id]) for one in remarks if one.declaration_id in records}


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer that was confirmed: to which remark, what, and how many replies it had when its table was printed."""

    remark: int
    text: str
    seen: int


def store_answers(given: Sequence[GivenAnswer], user: Person) -> list[tuple[Remark, str]]:
    """All in one transaction, each as on the form's page and told: (remark, "" or why not). Unknown ones are left out."""
    by_remark = {one.remark: one for one in given}
    asked = sent_remarks(user).filter(pk__in=by_remark)
    with transaction.atomic():
        forms = Declaration.objects.select_related("unit").prefetch_related("budget_year__campaigns")
        wanted = forms.filter(pk__in=asked.order_by().values("declaration")).order_by("pk")
        locked = {form.pk: form for form in wanted.select_for_update(of=("self",))}
        remarks = list(asked.filter(declaration__in=locked).order_by("declaration", "pk"))
        for one in remarks:
            one.declaration = locked[one.declaration_id]
        answers = [Answer(one, clean_text(by_remark[one.pk].text)[0], by_remark[one.pk].seen) for one in remarks]
        return list(zip(remarks, answer_together(answers, by=user), strict=True))
