"""Public pages: what was published, for everybody, without log-in. Only frozen revisions are read, never a form's tables."""

from typing import Any
from urllib.parse import quote

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from targets.disclosure.public import (
    current_items,
    public_check_code,
    public_record,
    public_workbook,
    published_items,
    versions_of,
)
from targets.disclosure.summary import summary_of
from targets.filters import PublishedFilter
from targets.models import Disclosure, DisclosureItem
from targets.paper import paper_of

PER_PAGE = 30
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Items = QuerySet[DisclosureItem]
fresh = cache_control(no_cache=True)
"""Kept by browsers and caches but asked for anew each time: a publication shows at once."""


@require_safe
@conditional_page
@fresh
def published_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, current_items(), list(Disclosure.objects.published().order_by("-published_at", "-pk")))


@require_safe
@conditional_page
@fresh
def published_form(request: HttpRequest, pk: int) -> HttpResponse:
    return form_page(request, _published(pk))


@require_safe
@conditional_page
@fresh
def published_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    item = _published(pk)
    name = quote(f"{item.disclosure.year}年{item.title}.xlsx")
    disposition = f"attachment; filename=\"form-{item.pk}.xlsx\"; filename*=UTF-8''{name}"
    return HttpResponse(public_workbook(item), content_type=WORKBOOK, headers={"Content-Disposition": disposition})


def _published(pk: int) -> DisclosureItem:
    return get_object_or_404(with_texts(published_items()), pk=pk)


def with_texts(items: Items) -> Items:
    return items.select_related("disclosure", "revision", "department", "declaration__unit")


def list_page(
    request: HttpRequest, items: Items, disclosures: list[Disclosure], *, is_preview: bool = False
) -> HttpResponse:
    """The list; the admin shows the same of a set that is not public yet."""
    chosen = PublishedFilter(request.GET, items)
    found = chosen.qs
    year = chosen.form.cleaned_data.get("year")
    notice = next((one for one in disclosures if not year or str(one.year) == year), None)
    page, sentence = _page(request, found.select_related("department", "disclosure").defer("text").order_by(*ORDER))
    context: dict[str, Any] = {
        "filter": chosen,
        "ignored": [*chosen.ignored, *([sentence] if sentence else [])],
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "summary": summary_of(found),
        "notice": notice,
        "notice_summary": summary_of(DisclosureItem.objects.filter(disclosure=notice)),
        "is_only_notice": len(disclosures) == 1,
        "is_preview": is_preview,
    }
    return render(request, "public/list.html", context)


ORDER = ("-disclosure__year", "-disclosure__published_at", "-disclosure", "order", "pk")


def _page(request: HttpRequest, items: Items) -> tuple["Page[DisclosureItem]", str]:
    """The page asked for, or the nearest there is and a sentence about it."""
    asked = request.GET.get("page", "1")
    paginator = Paginator(items, PER_PAGE)
    page = paginator.get_page(asked)
    if asked == str(page.number):
        return page, ""
    shown = asked.replace("\0", "")[:10]
    return page, f"没有第“{shown}”页，下面是第 {page.number} 页（共 {paginator.num_pages} 页）。"


def form_page(request: HttpRequest, item: DisclosureItem, *, is_preview: bool = False) -> HttpResponse:
    """One form as on paper."""
    versions = [] if is_preview else versions_of(item)
    newest = versions[0] if versions else item
    context = {
        "item": item,
        "paper": paper_of(public_record(item)),
        "check_code": public_check_code(item),
        "versions": versions,
        "newer": newest if newest.pk != item.pk else None,
        "is_preview": is_preview,
    }
    return render(request, "public/form.html", context)
