"""审核意见反馈表 on its way out: what was sent to a department or unit, with what it answered, as the reader may know it."""

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.timezone import localdate

from departments.models import Department, Person
from targets.domain.sheets.feedback import printed_tag
from targets.domain.sheets.feedback_writer import FeedbackRow, FeedbackSheet, write_feedback
from targets.domain.sheets.names import printed_department
from targets.domain.sheets.table_writer import CellTooLong
from targets.domain.steps import EDITABLE, VOID
from targets.models import Declaration, Remark, RemarkReply
from targets.outgoing.official import file_stem
from targets.outgoing.shapes import ExportRefused
from targets.outgoing.text import Outgoing, readable
from targets.remarks import UNITS_DEEDS, place_of, state_after, told, unsent_since

ADOPTED = "已采纳建议。"
NOTHING_SENT = "没有发给单位的修改意见，没有写出文件。审核人退回或通过时发出的意见才在表中。"


@dataclass(frozen=True, slots=True)
class Addressee:
    """How many remarks were sent to a department (`unit` is None) or one unit, and how many wait for an answer."""

    department: Department
    unit: Department | None
    remarks: int
    waiting: int


def sent_remarks(user: Person) -> QuerySet[Remark]:
    """What was sent to units, as far as this person reads it."""
    sent = Remark.objects.visible_to(user).filter(sent_at__isnull=False, audience=Remark.Audience.UNIT)
    return sent.exclude(declaration__state=VOID)


def years_of(remarks: QuerySet[Remark]) -> list[int]:
    """The latest first."""
    return list(remarks.order_by("-declaration__year").values_list("declaration__year", flat=True).distinct())


def addressees(remarks: QuerySet[Remark], user: Person) -> list[Addressee]:
    """Departments by code, each with its units if there are several; of a department that one does not reach, one's units alone.

    Two queries.
    """
    reached = user.scope.reach()
    counted = (
        remarks.annotate(replied_at=Subquery(_LAST_REPLY))
        .order_by()
        .values_list("declaration__department", "declaration__unit")
        .annotate(number=Count("pk"), waiting=Count("pk", filter=_waits_for(user)))
    )
    by_department: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for department, unit, number, waiting in counted:
        by_department[department].append((unit, number, waiting))
    ids = {pk for department, units in by_department.items() for pk in (department, *(unit for unit, _, _ in units))}
    known = Department.objects.in_bulk(ids)
    found = []
    for pk in sorted(by_department, key=lambda pk: _order(known[pk])):
        units = sorted(by_department[pk], key=lambda one: _order(known[one[0]]))
        is_reached = user.is_superuser or pk in reached
        if is_reached:
            found.append(Addressee(known[pk], None, sum(one[1] for one in units), sum(one[2] for one in units)))
        if len(units) > 1 or not is_reached:
            found += [Addressee(known[pk], known[unit], number, waiting) for unit, number, waiting in units]
    return found


def _order(department: Department) -> tuple[bool, str, str]:
    return not department.code, department.code, department.name


_LAST_REPLY = RemarkReply.objects.filter(remark=OuterRef("pk")).order_by("-pk").values("at")[:1]


def _waits_for(user: Person) -> Q:
    """Unanswered, as far as the reader knows: of an answer that was not sent yet only the unit knows."""
    unsent = Q(
        state=Remark.State.ANSWERED,
        declaration__state__in=EDITABLE,
        replied_at__gte=F("declaration__state_since"),
    ) & ~Q(declaration__unit__in=user.scope.own)
    return (Q(state=Remark.State.OPEN) | unsent) & ~Q(level=Remark.Level.NOTE)


def still_open(remarks: QuerySet[Remark], user: Person) -> QuerySet[Remark]:
    return remarks.annotate(replied_at=Subquery(_LAST_REPLY)).filter(_waits_for(user))


def feedback_file(remarks: QuerySet[Remark], user: Person, *, unit: Department | None = None) -> tuple[bytes, str]:
    """A workbook of these remarks, one sheet for each department (`unit`: for that unit), and its name.

    Raises ExportRefused. Forms are read a hundred at a time.
    """
    sheets = list(_sheets(remarks, user, unit))
    if not sheets:
        raise ExportRefused(NOTHING_SENT)
    today = localdate()
    target = io.BytesIO()
    try:
        write_feedback(target, sheets, date=date_format(today, "Y年n月j日"))
    except CellTooLong as refusal:
        raise ExportRefused(str(refusal)) from None
    word = sheets[0].title if len(sheets) == 1 else f"{sheets[0].year}年绩效目标审核意见反馈表"
    return target.getvalue(), f"{file_stem([word, date_format(today, 'Ymd')])}.xlsx"


def _sheets(remarks: QuerySet[Remark], user: Person, unit: Department | None) -> Iterator[FeedbackSheet]:
    of_form = _by_form(remarks)
    replies = replies_of(remarks)
    forms = Declaration.objects.visible_to(user).filter(pk__in=of_form)
    rows: dict[int, list[FeedbackRow]] = defaultdict(list)
    owners: dict[int, tuple[int, Department]] = {}
    for form in readable(forms, user):
        owner = unit or form.declaration.department
        if not (user.is_superuser or owner.pk in user.scope.reach()):
            owner = form.declaration.unit
        owners[owner.pk] = (form.declaration.year, owner)
        rows[owner.pk] += _rows(form, of_form[form.declaration.pk], replies, user)
    for pk, (year, owner) in sorted(owners.items(), key=lambda one: _order(one[1][1])):
        yield FeedbackSheet(year, owner.label, printed_department(owner.code, owner.name), tuple(rows[pk]))


def _by_form(remarks: QuerySet[Remark]) -> dict[int, list[Remark]]:
    found: dict[int, list[Remark]] = defaultdict(list)
    for one in remarks.order_by("pk"):
        found[one.declaration_id].append(one)
    return found


def replies_of(remarks: QuerySet[Remark]) -> dict[int, list[RemarkReply]]:
    found: dict[int, list[RemarkReply]] = defaultdict(list)
    for reply in RemarkReply.objects.filter(remark__in=remarks.order_by().values("pk")).order_by("pk"):
        found[reply.remark_id].append(reply)
    return found


def _rows(
    form: Outgoing, remarks: Sequence[Remark], replies: dict[int, list[RemarkReply]], user: Person
) -> Iterator[FeedbackRow]:
    """In the order of the form."""
    declaration, record = form.declaration, form.record
    order = {row.key: number for number, row in record.numbered_rows()}
    names = {row.key: row.name for row in record.rows}
    since = unsent_since(declaration, user)
    lines = [record.title, record.code, declaration.unit.label if _is_of_a_unit(declaration) else ""]
    for one in sorted(remarks, key=lambda one: (order.get(one.row_key, 0), one.pk)):
        known = told(replies[one.pk], since)
        yield FeedbackRow(
            form="\n".join(filter(None, lines)),
            place="\n".join(filter(None, (place_of(one, record), names.get(one.row_key, "")))),
            level=one.get_level_display(),
            question=question_of(one, known),
            proposal=one.proposal,
            answer=answer_of(known),
            tag=printed_tag(one.pk, len(known), form=declaration.pk, said_at=one.created_at),
        )


def _is_of_a_unit(declaration: Declaration) -> bool:
    return declaration.unit_id != declaration.department_id


def question_of(one: Remark, replies: Sequence[RemarkReply]) -> str:
    """What was asked, and what was asked again."""
    again = (f"重新提出：{reply.text}" for reply in replies if reply.deed == RemarkReply.Deed.REOPEN)
    return "\n".join((one.text, *again))


def answer_of(replies: Sequence[RemarkReply]) -> str:
    """What the unit last said; "" while an answer is awaited."""
    if state_after(replies) == Remark.State.OPEN:
        return ""
    last = next((reply for reply in reversed(replies) if reply.deed in UNITS_DEEDS), None)
    if last is None:
        return ""
    return ADOPTED if last.deed == RemarkReply.Deed.ADOPT else last.text
