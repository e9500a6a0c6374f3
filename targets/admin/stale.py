"""未更新: the panel above a copied form, and what its buttons do."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from departments.models import Person
from departments.scoped_admin import person
from targets.copying import confirm_stale, fill_means, means_to_fill, pasts_of
from targets.domain.history import Past
from targets.domain.record import Record
from targets.domain.stale import HEAD, HEAD_LABELS
from targets.editing import EditRefused
from targets.models import Declaration

ANCHORS = {"money": "f-total", "goal": "f-goal", "extra": "paper"}
LISTED = 100
"""So many marks are listed one by one; the rest are in the form itself."""


@dataclass(frozen=True, slots=True)
class StalePlace:
    """One mark: where it is, what stands there, and what is known of the years before."""

    place: str
    anchor: str
    label: str
    text: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class StalePanel:
    source: str
    count: int
    year: int
    """The year whose actual values a plan is to be filled in with; 0 for a project, which has no such column."""
    places: tuple[StalePlace, ...]
    means: int

    @property
    def unlisted(self) -> int:
        return self.count - len(self.places)


def stale_panel(declaration: Declaration, record: Record) -> StalePanel | None:
    """For whoever fills the form in; None where nothing was copied or nothing is left to do."""
    if declaration.copied_from_id is None:
        return None
    pasts: Mapping[str, Past] = {}
    if declaration.is_plan:
        pasts = pasts_of([declaration], declaration.budget_year).get(declaration.unit_id, {})
    means = len(means_to_fill(record, pasts))
    marked = set(declaration.stale)
    if not marked and not means:
        return None
    places = [StalePlace(name, ANCHORS[name], HEAD_LABELS[name]) for name in HEAD if name in marked]
    for number, row in record.numbered_rows():
        if row.key in marked:
            remark = _remark(row.last_year, pasts.get(row.key)) if declaration.is_plan else ""
            places.append(StalePlace(row.key, f"row-{row.key}", f"第{number}行 {row.name}", row.target, remark))
    note = declaration.revisions.filter(reason="copy").values_list("note", flat=True).first() or ""
    year = record.year - 1 if declaration.is_plan else 0
    return StalePanel(note, len(marked), year, tuple(places[:LISTED]), means)


def _remark(last_year: str, past: Past | None) -> str:
    """What is stored of a row whose 上年值 is still to be filled in."""
    if last_year.strip():
        return ""
    return f"上年值待填，已存{past.told}" if past and past.actuals else "上年值待填"


def renew(request: HttpRequest, declaration: Declaration, place: str, user: Person) -> None:
    """「仍然适用」 on the form's page, after what was typed is saved: one place, or all of them for ""."""
    left = confirm_stale(declaration, [place] if place else None, by=user)
    messages.success(request, f"已确认仍然适用，还有{len(left)}处未更新。" if left else "已全部更新或确认仍然适用。")


def fill(request: HttpRequest, declaration: Declaration, user: Person) -> None:
    """「填入前三年均值」 on the form's page, after what was typed is saved."""
    outcome = fill_means(declaration, by=user)
    if outcome.revision:
        messages.success(request, f"已填入前三年均值，保存为第{outcome.revision.number}稿。")
    else:
        messages.info(request, "没有可填的前三年均值：三年的上年值还没有存全，或单位不同。")


def renewed_view(request: HttpRequest, declaration: Declaration, back: str) -> HttpResponse:
    """The same for scripts: `place` (repeated; none for all) → {"stale": [...]} or {"error": "…"}."""
    if request.method != "POST":
        return HttpResponseRedirect(back)
    try:
        left = confirm_stale(declaration, request.POST.getlist("place") or None, by=person(request))
    except EditRefused as refusal:
        return JsonResponse({"error": str(refusal), "stale": declaration.stale}, status=409)
    return JsonResponse({"stale": left})
