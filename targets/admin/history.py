"""History of a form: its revisions and steps in one line of time, and any readable revision as paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from departments.scoped_admin import person
from targets.admin.comparing import compared_paper, comparison, old_text
from targets.admin.page import address, frame
from targets.admin.readable import readable_revision, readable_revisions, steps_of
from targets.domain import diff as diffs
from targets.domain.diff import Change, diff
from targets.domain.labels import field_label
from targets.domain.record import MONEY, Record, money_value
from targets.domain.steps import RETURNED, STATES
from targets.domain.words import SAME, Piece, pieces
from targets.models import Declaration, ReviewEvent, Revision
from targets.paper import paper_of
from targets.templatetags.targets_ui import money

PER_PAGE = 40
CHANGES_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Told:
    """One difference in words; `old` and `new` only where a text was changed."""

    place: str
    what: str = ""
    old: str = ""
    new: str = ""

    @property
    def pieces(self) -> Sequence[Piece]:
        """Words that went and came within one longer text; none for short values and for two different texts."""
        found = pieces(self.old, self.new)
        return found if any(piece.kind == SAME for piece in found) else ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A revision or an event; `changes` is what the revision changed against the readable one before."""

    at: datetime
    revision: Revision | None = None
    event: ReviewEvent | None = None
    changes: Sequence[Told] = ()
    more: int = 0
    is_first: bool = False
    result: str = ""


def history_page(request: HttpRequest, admin: ModelAdmin[Any], declaration: Declaration) -> HttpResponse:
    readable = readable_revisions(declaration, person(request))
    revisions = list(readable.defer("frozen"))
    moments = [Moment(revision.created_at, revision=revision) for revision in revisions]
    moments += [Moment(event.at, event=event, result=_result(event)) for event in steps_of(declaration)]
    moments.sort(key=lambda moment: (moment.at, moment.event is not None), reverse=True)
    page = Paginator(moments, PER_PAGE).get_page(request.GET.get("p"))
    context = {
        **admin.admin_site.each_context(request),
        **frame(declaration),
        "page": page,
        "moments": list(_with_changes(list(page.object_list), revisions, declaration)),
        "readable": {revision.pk for revision in revisions},
        "is_own": declaration.is_own_text_of(person(request)),
    }
    return TemplateResponse(request, "targets/declaration/history.html", context)


def _result(event: ReviewEvent) -> str:
    return "退回单位修改" if event.to_state == RETURNED else STATES[event.to_state]


def _with_changes(
    moments: Sequence[Moment], revisions: Sequence[Revision], declaration: Declaration
) -> Iterator[Moment]:
    """The texts of this page's revisions and of those before them are read at once."""
    before = dict(zip([one.pk for one in revisions], [None, *(one.pk for one in revisions)], strict=False))
    shown = [moment.revision.pk for moment in moments if moment.revision]
    wanted = {pk for one in shown for pk in (one, before[one]) if pk is not None}
    texts = {revision.pk: revision.record for revision in declaration.revisions.filter(pk__in=wanted)}
    for moment in moments:
        if moment.revision is None:
            yield moment
            continue
        earlier = before[moment.revision.pk]
        if earlier is None:
            yield Moment(moment.at, moment.revision, is_first=True)
            continue
        told = list(differences(texts[earlier], texts[moment.revision.pk]))
        yield Moment(moment.at, moment.revision, changes=told[:CHANGES_SHOWN], more=max(0, len(told) - CHANGES_SHOWN))


def differences(old: Record, new: Record) -> Iterator[Told]:
    """What changed, place by place, in the words of the form."""
    for change in diff(old, new).changes:
        place = f"第{change.row_number}行 {change.row_name}".strip() if change.row_number else ""
        match change.kind:
            case diffs.ADDED:
                yield Told(place, "新增一行")
            case diffs.REMOVED:
                yield Told(f"原{place}", "删除这一行")
            case diffs.MOVED:
                yield Told(place, f"由第{change.old}行移到第{change.new}行")
            case _:
                yield _changed_text(change, new.kind)


def _changed_text(change: Change, kind: str) -> Told:
    label = field_label(kind, change.field)
    place = f"第{change.row_number}行 {label}" if change.row_number else label
    if change.field == "continues":
        names = [field_label(kind, name) for name in change.new.split("、") if name]
        return Told(place, f"与上行合并：{'、'.join(names)}" if names else "不再与上行合并")
    if change.field in MONEY:
        return Told(f"{place}（万元）", old=money(money_value(change.old)), new=money(money_value(change.new)))
    return Told(place, old=change.old, new=change.new)


def revision_page(request: HttpRequest, admin: ModelAdmin[Any], declaration: Declaration, number: int) -> HttpResponse:
    """One readable revision as the paper form."""
    revision = readable_revision(declaration, person(request), number)
    beside = comparison(request, steps_of(declaration), before=revision.number)
    context = {
        **admin.admin_site.each_context(request),
        **frame(declaration),
        "revision": revision,
        "record": revision.record,
        **compared_paper(beside, old_text(declaration, beside), revision.record, ()),
    }
    return TemplateResponse(request, "targets/declaration/revision.html", context)


def paper_page(request: HttpRequest, declaration: Declaration, number: int | None = None) -> HttpResponse:
    """A sheet to print, sign and stamp: revision `number`, else the text this person reads on the form's page."""
    user = person(request)
    if number is not None:
        revision: Revision | None = readable_revision(declaration, user, number)
    elif declaration.is_own_text_of(user):
        revision = declaration.current_revision
    else:
        revision = declaration.submitted_revision
    if revision is None:
        raise Http404
    back = address(declaration) if number is None else address(declaration, "revision", number)
    paper = paper_of(revision.record)
    context = {"declaration": declaration, "revision": revision, "paper": paper, "back": back}
    return TemplateResponse(request, "targets/declaration/paper.html", context)
