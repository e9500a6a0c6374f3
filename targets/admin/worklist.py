"""The list of forms as a worklist: 待办 and 已办 as tabs, all filters in one form, 常用筛选 as chips."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from departments.scoped_admin import person
from targets.admin.numbers import number_in
from targets.domain.record import PLAN, PROJECT
from targets.links import ADMINS
from targets.models import SavedFilter
from targets.models.declaration import KIND_LABELS
from targets.saved_filters import FilterRefused, filters_of, kept_query, rename_filter, save_filter
from targets.worklist_filter import OF_PROJECTS, TURN, TURNS, USUAL_SPANS, WorklistFilter, names_of

TABS = (*TURNS, ("", "全部"))


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    is_current: bool
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    one: SavedFilter
    url: str
    is_current: bool


def known_parameters(modeladmin: ModelAdmin[Any]) -> frozenset[str]:
    return names_of(modeladmin.model._default_manager.kind) | {SEARCH_VAR, ORDER_VAR}


def worklist_context(request: HttpRequest, modeladmin: ModelAdmin[Any], cl: Any) -> dict[str, Any]:
    """What the page says besides the list; two queries."""
    user = person(request)
    kind = modeladmin.model._default_manager.kind
    query = kept_query(request.GET.urlencode(), known_parameters(modeladmin))
    chips = _chips(filters_of(user, kind), query, modeladmin)
    filters: WorklistFilter = cl.filter_specs[0].filters
    active = filters.active
    return {
        "tabs": _tabs(cl, active.get(TURN, ""), cl.root_queryset.order_by().waiting_for(user).count()),
        "kinds": _kinds(kind, cl),
        "picks": [(field, field.name in active) for field in filters.shown],
        "spans": USUAL_SPANS,
        "complaints": filters.complaints,
        "is_narrowed": bool(cl.query) or bool(active.keys() - {TURN}),
        "others": [(name, cl.params[name]) for name in (TURN, ORDER_VAR) if cl.params.get(name)],
        "cleared": cl.get_query_string(remove=[SEARCH_VAR, PAGE_VAR, *(filters.filters.keys() - {TURN})]),
        "chips": chips,
        "query": query,
        "is_saved": any(chip.is_current for chip in chips),
        "filters_url": reverse(f"admin:{ADMINS[kind]}_filters"),
    }


def _tabs(cl: Any, now: str, waiting: int) -> list[Tab]:
    """The other filters stay; one begins again at the first page."""
    return [
        Tab(
            label,
            cl.get_query_string({TURN: value or None}, [PAGE_VAR]),
            value == now,
            waiting if value == "mine" else None,
        )
        for value, label in TABS
    ]


def _kinds(kind: str, cl: Any) -> list[Tab]:
    """The lists of both kinds; what both may be narrowed by goes with."""
    told = cl.get_query_string(remove=[PAGE_VAR, ORDER_VAR, *OF_PROJECTS])
    return [
        Tab(KIND_LABELS[one].removesuffix("绩效目标表"), reverse(f"admin:{ADMINS[one]}_changelist") + told, one == kind)
        for one in (PROJECT, PLAN)
    ]


def _chips(saved: Sequence[SavedFilter] | Any, query: str, modeladmin: ModelAdmin[Any]) -> list[Chip]:
    """A part of a saved address that the list no longer knows is left out."""
    known = known_parameters(modeladmin)
    kept = [(one, kept_query(one.query, known)) for one in saved]
    return [Chip(one, f"?{said}", said == query) for one, said in kept]


def filters_view(request: HttpRequest, modeladmin: ModelAdmin[Any]) -> HttpResponse:
    """Save the filters of the list, rename or remove one's own; then back to the list as it was."""
    user = person(request)
    kind = modeladmin.model._default_manager.kind
    query = kept_query(request.POST.get("query", ""), known_parameters(modeladmin))
    back = HttpResponseRedirect(f"{reverse(f'admin:{ADMINS[kind]}_changelist')}{f'?{query}' if query else ''}")
    if request.method != "POST":
        return back
    verb, _, number = request.POST.get("do", "").partition(":")
    try:
        if verb == "save":
            saved = save_filter(user, kind, request.POST.get("name", ""), query)
            messages.success(request, f"已保存常用筛选“{saved.name}”。")
            return back
        one = _own(filters_of(user, kind), number)
        if verb == "rename":
            rename_filter(one, request.POST.get(f"name:{one.pk}", ""))
            messages.success(request, f"已改名为“{one.name}”。")
        elif verb == "remove":
            one.delete()
            messages.success(request, f"已删去常用筛选“{one.name}”。")
    except FilterRefused as refusal:
        messages.error(request, str(refusal))
    return back


def _own(saved: Any, number: str) -> SavedFilter:
    found = saved.filter(pk=number_in(number) or 0).first()
    if found is None:
        raise Http404
    one: SavedFilter = found
    return one
