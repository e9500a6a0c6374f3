"""送审前核对: the form as its reviewer will see it, what still keeps it here, and a note that goes up with it."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from departments.models import Person
from departments.scoped_admin import person
from targets.admin.attachments import attachment_panel
from targets.admin.comparing import compared_paper, comparison, old_text
from targets.admin.page import address, frame
from targets.admin.readable import steps_of
from targets.domain.record import Record
from targets.editing import why_not_editable
from targets.findings import count_levels, judge
from targets.forms import StepOrder
from targets.guards import Order
from targets.models import Declaration
from targets.remarks import place_of
from targets.review import StepRefused, open_steps, take_step, whose_turn

CHANGED_MEANWHILE = "没有送审：您打开后这张表又有修改，下面是现在的内容。请重新核对后再送审。"


def before_view(request: HttpRequest, admin: ModelAdmin[Any], declaration: Declaration) -> HttpResponse:
    """For whoever fills the form in; a refusal comes back with the note as it was typed."""
    user = person(request)
    if not declaration.editable_by(user):
        messages.error(request, why_not_editable(declaration, user))
        return HttpResponseRedirect(address(declaration))
    error = ""
    if request.method == "POST":
        error = _send(request, declaration, user)
        if not error:
            return HttpResponseRedirect(address(declaration))
        declaration.refresh_from_db()
        if not declaration.editable_by(user):
            messages.error(request, error)
            return HttpResponseRedirect(address(declaration))
    context = {
        **admin.admin_site.each_context(request),
        **frame(declaration),
        **_looked_over(request, declaration, user),
        "error": error,
        "opinion": request.POST.get("opinion", ""),
        "text_state": declaration.text_state,
    }
    return TemplateResponse(request, "targets/declaration/before.html", context)


def _send(request: HttpRequest, declaration: Declaration, user: Person) -> str:
    """ "" when sent, else why not."""
    said = StepOrder(request.POST)
    if not said.is_valid():
        return "".join(str(fault) for faults in said.errors.values() for fault in faults)
    if request.POST.get("state") != declaration.text_state:
        return CHANGED_MEANWHILE
    try:
        event = take_step(declaration, "submit", by=user, order=Order(opinion=said.cleaned_data["opinion"]))
    except StepRefused as refusal:
        return str(refusal)
    messages.success(request, f"{event.label}已办理，现在轮到：{whose_turn(declaration)}。")
    return ""


def _looked_over(request: HttpRequest, declaration: Declaration, user: Person) -> dict[str, Any]:
    """The text as it stands, and what is missing."""
    record = declaration.record()
    judged = judge(record, declaration.budget_year.rules(), declaration.waivers.all())
    number = declaration.current_revision.number if declaration.current_revision else 0
    comparing = comparison(request, steps_of(declaration), before=number, beside_approved=True)
    beside = compared_paper(comparing, old_text(declaration, comparing), record, judged)
    offers = open_steps(declaration, user, judged=judged)
    return {
        **beside,
        "record": record,
        "counts": count_levels(judged),
        "blocking": [note for note in beside["paper"].findings if note.judged.blocks],
        "musts": _unanswered(declaration, record),
        "attachments": attachment_panel(declaration, record, user),
        "submit": next((offer for offer in offers if offer.step.slug == "submit"), None),
    }


def _unanswered(declaration: Declaration, record: Record) -> list[tuple[int, str, str]]:
    """必须修改 without an answer: number of the remark, place, what it asks."""
    if declaration.submitted_revision_id is None:  # what nobody has reviewed yet has no remarks
        return []
    return [(one.pk, place_of(one, record), one.text) for one in declaration.remarks.unanswered_musts()]
