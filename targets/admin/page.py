"""The page of one form: read, typed into, saved, stepped. What it shows follows from who looks (`record_for`, `editable_by`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from departments.models import Person
from departments.roles import FILLER
from departments.scoped_admin import person
from targets.admin.attachments import attachment_panel
from targets.admin.grid import grid_of
from targets.admin.neighbours import neighbours, neighbours_in_list, numbers, waiting_forms
from targets.admin.notes import deadline, off_ceiling, strips
from targets.admin.readable import steps_of
from targets.admin.reading import open_reading, reading_context
from targets.admin.remark_notes import ANSWER, answer_typed, remark_context, reply
from targets.admin.saving import Clash, Saved, save, still_open
from targets.admin.stale import fill, renew, stale_panel
from targets.assessing import hint
from targets.background import Background
from targets.copying import next_year
from targets.decisions import HOLDABLE, held_on
from targets.domain import steps
from targets.domain.edits import EXTRA
from targets.domain.labels import field_label
from targets.domain.record import Record
from targets.domain.steps import VOID
from targets.editing import EditRefused, why_not_editable
from targets.findings import Judged, count_levels, judge
from targets.forms import PAGE_ROWS, Typed, is_blank, is_complete, page_from, press, read_typed, shown
from targets.guards import Order
from targets.models import Declaration, Revision
from targets.models.decision import HOLDERS
from targets.paper import GOAL_WIDTH, MERGEABLE, TITLE_WIDTH, Paper, lines_of, paper_of
from targets.review import Offer, StepRefused, label_of, levels_to_return_to, open_steps, take_step, whose_turn
from targets.row_buttons import blank_row, move_words
from targets.site import PerformanceSite
from targets.waivers import explain, may_decide

CUT_OFF = "没有保存：表格内容没有全部送达。请刷新页面后重新填写。"
GRID = "grid"
"""Among the fields sent: a script has stored the rows already, so none are there."""
SEEN = "text on a form's page"
WITH_THE_FORM = frozenset({"submit", "confirm"})
"""Steps whose button saves the form first."""
AFTERWARDS = {"before": "before"}
"""Buttons that lead to another page of the form once it is saved."""
RARE = frozenset({"void", "adopt", "adjust", steps.REQUEST_RETURN, steps.OPEN_ALONE, steps.ABANDON})
"""Steps that do not lie ready at the foot of the page."""
LOOKS = {"reject": "refuse", **dict.fromkeys(("forward", "pass", "approve", "submit", "confirm"), "default")}
PLACES = ("refuse", "line", "default")
"""The main button stands last, the one that ends a form farthest from it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands on the page beside the stored form: typed text, what came of it, and what was said with a step."""

    typed: Typed | None = None
    base: int = 0
    seen: Record | None = None
    """What was typed over, where that is not the text that stands in the tables now."""
    error: str = ""
    clashes: Sequence[Clash] = ()
    is_dirty: bool = False
    said: dict[str, Any] = field(default_factory=dict)
    step: str = ""
    """Slug of the step that was refused."""


def form_page(request: HttpRequest, admin: ModelAdmin[Any], declaration: Declaration) -> HttpResponse:
    if request.method == "POST":
        return _receive(request, admin, declaration)
    return show(request, admin, declaration)


def address(declaration: Declaration, page: str = "change", *args: Any) -> str:
    return reverse(f"admin:targets_{declaration._meta.model_name}_{page}", args=[declaration.pk, *args])


# Typed text comes in --------------------------------------------------------------------------------------------------


def _receive(request: HttpRequest, admin: ModelAdmin[Any], declaration: Declaration) -> HttpResponse:
    user = person(request)
    if declaration.unit_id not in user.scope.reach(FILLER) or not user.scope.holds(FILLER):
        messages.error(request, why_not_editable(declaration, user))
        return HttpResponseRedirect(address(declaration))
    number = request.POST.get("revision", "")
    base = declaration.revisions.filter(number=int(number)).first() if number.isdecimal() and len(number) < 9 else None
    if base is None or not is_complete(request.POST):
        messages.error(request, CUT_OFF)
        return HttpResponseRedirect(address(declaration))
    seen = _seen(request, declaration, base)
    said = request.POST.dict()
    typed = shown(seen) if GRID in request.POST else read_typed(request.POST, seen)
    action = request.POST.get("do", "save")
    pressed = press(typed, action, seen)
    if pressed is not None:
        clashes = still_open(request.POST.getlist("clash"), seen, pressed)
        error = "下列各处有人同时修改，请逐处选定后再点“保存”。" if clashes else ""
        return show(
            request, admin, declaration, Desk(pressed, base.number, seen, error, clashes, is_dirty=True, said=said)
        )
    if typed.faults:
        error = "没有保存：请先改正下列内容，您填写的都还在本页。"
        return show(request, admin, declaration, Desk(typed, base.number, seen, error, is_dirty=True, said=said))
    try:
        saved = save(declaration, base, seen, typed, by=user)
    except EditRefused as refusal:
        declaration.refresh_from_db()
        error = f"{refusal}您填写的内容还在本页，可以复制。"
        return show(request, admin, declaration, Desk(typed, base.number, seen, error, is_dirty=True, said=said))
    declaration.refresh_from_db()
    if saved.clashes:
        error = "有人同时修改了这张表。没有冲突的内容已经保存；下列各处没有保存，请逐处选定后再点“保存”。"
        desk = Desk(saved.typed, saved.number, None, error, saved.clashes, is_dirty=True, said=said)
        return show(request, admin, declaration, desk)
    _go_on(request, declaration, action, saved, user)
    return HttpResponseRedirect(address(declaration, AFTERWARDS.get(action, "change")))


def _seen(request: HttpRequest, declaration: Declaration, base: Revision) -> Record:
    """The text that stood on the page: a revision, or what was being typed when the page went out. A grid has sent all of it."""
    if GRID in request.POST:
        return declaration.record()
    try:
        return Record.from_json(signing.loads(request.POST.get("seen", ""), salt=SEEN))
    except signing.BadSignature:
        return base.record


def _go_on(request: HttpRequest, declaration: Declaration, action: str, saved: Saved, user: Person) -> None:
    """After the text is safe: tell what was saved, then do what the button said besides."""
    verb, _, rest = action.partition(":")
    if saved.message or verb == "save":
        messages.success(request, saved.message or "内容没有改动，无须保存。")
    try:
        answered = answer_typed(declaration, request.POST, by=user, but=rest if verb == "adopt" else "")
        if answered:
            messages.success(request, f"{'' if answered == 1 else f'{answered}条'}答复已保存，送审后审核人可见。")
        if verb in WITH_THE_FORM:
            event = take_step(declaration, verb, by=user, order=Order(seen_revision=saved.number))
            messages.success(request, f"{event.label}已办理，现在轮到：{whose_turn(declaration)}。")
        elif verb == "explain":
            rule, row, name = (*rest.split(":"), "", "", "")[:3]
            text = request.POST.get(f"explanation:{rest}", "")
            explain(declaration, rule=rule, row=row, field=name, explanation=text, by=user)
            messages.success(request, "情况说明已提交绩效科，待其确认。")
        elif verb == "renewed":
            renew(request, declaration, rest, user)
        elif verb == "means":
            fill(request, declaration, user)
        elif verb == "adopt" or (verb == "answer" and not answered):  # an empty answer is refused
            messages.success(request, reply(declaration, verb, rest, "", by=user))
    except (StepRefused, EditRefused) as refusal:
        messages.error(request, str(refusal))


# The page goes out ----------------------------------------------------------------------------------------------------


def show(
    request: HttpRequest, admin: ModelAdmin[Any], declaration: Declaration, desk: Desk | None = None
) -> TemplateResponse:
    desk = desk or Desk()
    user = person(request)
    is_editable = declaration.editable_by(user)
    is_form = is_editable or desk.typed is not None
    events = steps_of(declaration, user)
    reading = None if is_form else open_reading(request, declaration, user, events)
    record = declaration.record() if is_form else declaration.record_for(user)
    rules = declaration.budget_year.rules()
    waivers = declaration.waivers.all()
    judged = judge(record, rules, waivers) if record and declaration.state != VOID else []
    is_own = declaration.is_own_text_of(user)
    is_current = is_form or is_own
    background = Background(
        [declaration],
        {declaration.pk: judged} if is_current and record else None,
        events,
        {declaration.pk: reading.authorship} if reading else None,
    )
    offers = open_steps(declaration, user, background=background)
    waiting = None if is_form else waiting_forms(user)
    context = {
        **cast(PerformanceSite, admin.admin_site).each_context(
            request,
            waiting=None if waiting is None else numbers(waiting),
            campaign=str(declaration.campaign or declaration.budget_year),
        ),
        **frame(declaration),
        "record": record,
        "counts": count_levels(judged),
        "error": desk.error,
        "said": desk.said,
        **_said(desk),
        "may_decide": may_decide(declaration, user),
        "strips": [
            *deadline(declaration, events),
            *off_ceiling(declaration, background.off_ceilings.get(declaration.pk, ()), events, is_own=is_own),
            *(strips(declaration, events, is_own=is_own) if record else ()),
        ],
        "last_event": events[-1] if events else None,
        "bar": bar_of(declaration, [one for one in offers if one.step.slug not in RARE]),
        "rare": bar_of(declaration, [one for one in offers if one.step.slug in RARE]),
        "held": (held := held_on(declaration, user) if getattr(declaration, "held_step", None) else None),
        "held_words": label_of(held.decision.step) if held else "",
    }
    if record is not None:
        context["attachments"] = attachment_panel(declaration, record, user)
        context["assessment"] = hint(declaration, user)
        context |= remark_context(declaration, record, user, background, desk.said)
    context["left_over"] = _left_over(desk, context, is_editable=is_editable)
    if is_form and record is not None:
        typed = desk.typed or page_from(shown(record), _first_row(request))
        context |= _inputs(declaration, record, _with_blank_end(typed, is_editable=is_editable), judged, desk)
        context |= {"taxonomy": rules.taxonomy, "is_locked": not is_editable}
        context["grid"] = _grid(declaration, context["paper"], record, rules.taxonomy, user) if is_editable else None
        context["stale"] = stale_panel(declaration, record) if is_editable else None
    elif record is not None and reading is not None:
        papers = context["attachments"]["papers"] if context["attachments"] else ()
        context |= reading_context(
            *(request, reading, record),
            judged=judged,
            notes=context["remarks"],
            papers=papers,
            said=desk.said,
        )
        context["next_year"] = next_year(declaration, user)
    context["neighbours"] = neighbours_in_list(request, admin, declaration) or (
        neighbours(declaration, waiting) if waiting else None
    )
    return TemplateResponse(request, "targets/declaration/page.html", context)


def _said(desk: Desk) -> dict[str, Any]:
    """What was said with a refused step stands in the inputs of that step, not in those of another."""
    is_rare = bool(desk.error) and desk.step in RARE
    return {
        "is_rare_refused": is_rare,
        "bar_said": {} if is_rare else desk.said,
        "rare_said": desk.said if is_rare else {},
    }


def _left_over(desk: Desk, context: Mapping[str, Any], *, is_editable: bool) -> list[str]:
    """Texts that were written while somebody else moved the form, and for which there is no input any more."""
    bar = context["rare" if desk.step in RARE else "bar"]
    inputs = {
        "opinion": bar["asks_opinion"],
        **dict.fromkeys(steps.ADJUSTMENT_ITEMS, bool(bar["items_asked"])),
        **dict.fromkeys(("text", "proposal"), context.get("remark_desk")),
        **dict.fromkeys((name for name in desk.said if name.startswith(ANSWER)), is_editable),
    }
    texts = (desk.said.get(name, "").strip() for name, is_there in inputs.items() if not is_there)
    return [text for text in texts if text]


def frame(declaration: Declaration) -> dict[str, Any]:
    """What the head of every page about a form needs."""
    return {
        "declaration": declaration,
        "opts": declaration._meta,
        "title": declaration.heading,
        "levels": declaration.budget_year.levels_in_use,
        "whose_turn": whose_turn(declaration),
        "here": address(declaration),
    }


def _grid(
    declaration: Declaration, paper: Paper, stored: Record, taxonomy: Mapping[str, Any], user: Person
) -> dict[str, Any]:
    """The rows with where to send what is typed, and as whom."""
    return {
        **grid_of(paper, stored, taxonomy, declaration.stale),
        "send": address(declaration, "cells"),
        "login": reverse("admin:login"),
        "by": user.pk,
        "form": declaration.pk,
        "state": declaration.text_state,
    }


def _sealed(seen: Record) -> str:
    return signing.dumps(seen.as_json(), salt=SEEN, compress=True)


def _first_row(request: HttpRequest) -> int:
    number = request.GET.get("from", "")
    return int(number) if number.isdecimal() and len(number) < 6 else 1


def _inputs(declaration: Declaration, record: Record, typed: Typed, judged: list[Judged], desk: Desk) -> dict[str, Any]:
    paper: Paper = paper_of(replace(record, rows=typed.rows), judged)
    words = move_words(typed.rows, record.kind)
    revision = declaration.current_revision
    start, stop, _ = typed.page.indices(len(typed.rows))
    return {
        "paper": paper,
        "lines": list(zip(paper.rows, words, [*words, ""][1:], strict=True))[start:stop],
        "before": " ".join(row.key for row in typed.rows[:start]),
        "after": " ".join(row.key for row in typed.rows[stop:]),
        "pages": _pages(len(typed.rows), start),
        "typed": typed,
        "is_form": True,
        "is_dirty": desk.is_dirty,
        "clashes": desk.clashes,
        "seen": _sealed(desk.seen or record) if desk.seen or declaration.open_sitting else "",
        "revision_number": desk.base or (revision.number if revision else 0),
        "merge_fields": [(name, field_label(record.kind, name)) for name in MERGEABLE[record.kind]],
        "goal_lines": max(2, lines_of(typed.head.get("goal", ""), GOAL_WIDTH)),
        "title_lines": lines_of(typed.head.get("title", ""), TITLE_WIDTH),
        "extra_cells": [
            (name, name.removeprefix(EXTRA), text, lines_of(text, GOAL_WIDTH))
            for name, text in typed.head.items()
            if name.startswith(EXTRA)
        ],
    }


def _pages(rows: int, start: int) -> list[tuple[int, int, bool]]:
    """First row, last row and whether it is this one, of every page of inputs; none where one holds all."""
    if rows <= PAGE_ROWS + 1:
        return []
    firsts = range(1, rows + 1, PAGE_ROWS)
    return [(first, min(first + PAGE_ROWS - 1, rows), first - 1 <= start < first - 1 + PAGE_ROWS) for first in firsts]


def _with_blank_end(typed: Typed, *, is_editable: bool) -> Typed:
    """A blank row waits after the last one; on a page of inputs that does not show the last row, there is none."""
    start, stop, _ = typed.page.indices(len(typed.rows))
    if not is_editable or stop < len(typed.rows) or (typed.rows and is_blank(typed.rows[-1], typed.kind)):
        return typed
    return replace(typed, rows=(*typed.rows, blank_row()), page=slice(start, stop + 1))


def _button(offer: Offer) -> dict[str, Any]:
    slug = offer.step.slug
    look = LOOKS.get(slug, "line") if offer.is_open else "line"
    return {"slug": slug, "label": offer.step.label, "look": look, "refusal": offer.refusal}


def bar_of(declaration: Declaration, offers: Sequence[Offer]) -> dict[str, Any]:
    """Buttons of these steps with the inputs they need."""
    needs = frozenset[str]().union(*(offer.step.needs for offer in offers))
    is_review = any(offer.step.is_review for offer in offers)
    revision: Revision | None = declaration.current_revision
    returns = any(offer.step.slug == "return" for offer in offers)
    return {
        "steps": sorted(map(_button, offers), key=lambda button: PLACES.index(LOOKS.get(button["slug"], "line"))),
        "revision": revision.number if revision else 0,
        "asks_opinion": is_review or bool(needs & {steps.OPINION, steps.REASON}),
        "opinion_label": "审核意见" if is_review else "调整事由" if steps.ADJUSTMENT in needs else "理由",
        "items_asked": list(steps.ADJUSTMENT_ITEMS.items()) if steps.ADJUSTMENT in needs else [],
        "is_requested": any(offer.step.slug == steps.REFUSE_REQUEST for offer in offers),
        "asks_document": steps.DOCUMENT in needs,
        "asks_until": steps.UNTIL in needs,
        "return_levels": levels_to_return_to(declaration) if returns else {},
        "may_hold": any(offer.step.slug in HOLDABLE and offer.role in HOLDERS for offer in offers),
    }
