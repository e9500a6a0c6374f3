"""导入基础数据: a file of reference data, first shown field by field, then stored. For system administrators."""

import secrets
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from departments.models import Person
from departments.previews import keep_file
from departments.roles import ADMIN
from departments.scoped_admin import person
from targets.admin.uploads import UploadField
from targets.basics import preview_basics, store_basics
from targets.basics_file import BYTES_AT_MOST, KINDS

EXAMPLE = """[
 {"model": "departments.department",
  "fields": {"division": ["370302000"], "code": "202", "name": "教育和体育局"}}
]"""


class BasicsForm(forms.Form):
    file = UploadField("基础数据文件（JSON）", "JSON文件", (".json",), most_bytes=BYTES_AT_MOST)


def basics_page(request: HttpRequest) -> HttpResponse:
    """Upload → preview → confirm. Between the last two the file is in the shared cache, never on this machine's disk."""
    user = person(request)
    if not (user.is_superuser or user.scope.holds(ADMIN)):
        raise Http404
    context: dict[str, Any] = {
        "title": "导入基础数据",
        "form": BasicsForm(),
        "kinds": [kind.label for kind in KINDS.values()],
        "example": EXAMPLE,
    }
    if request.method == "POST" and "confirm" in request.POST:
        return _confirm(request, user, context)
    if request.method == "POST":
        form = BasicsForm(request.POST, request.FILES)
        context["form"] = form
        if form.is_valid():
            context |= _preview(user, form.cleaned_data["file"].read())
    return _page(request, context)


def _preview(user: Person, content: bytes) -> dict[str, Any]:
    outcome = preview_basics(content, by=user)
    token = ""
    if outcome.shown and not outcome.problems:
        token = secrets.token_urlsafe(24)
        keep_file(_address(user, token), content)
    return {"outcome": outcome, "token": token}


def _confirm(request: HttpRequest, user: Person, context: dict[str, Any]) -> HttpResponse:
    address = _address(user, request.POST.get("token", ""))
    content = cache.get(address)
    if content is None:
        messages.error(request, "预览已过期，没有写入任何数据。请重新上传文件。")
        return HttpResponseRedirect(reverse("admin:targets_basics"))
    outcome = store_basics(content, by=user, confirmed=request.POST.get("confirm", ""))
    if outcome.problems:
        again = _preview(user, content)
        if not again["outcome"].problems:
            messages.warning(request, outcome.problems[0])
        return _page(request, context | again)
    cache.delete(address)
    messages.success(
        request, f"基础数据已导入：新增{outcome.created}条，更新{outcome.updated}条，无变化{outcome.unchanged}条。"
    )
    return HttpResponseRedirect(reverse("admin:targets_basics"))


def _address(user: Person, token: str) -> str:
    """A person confirms only what he himself was shown."""
    return f"basics:{user.pk}:{''.join(char for char in token if char.isalnum() or char in '-_')[:64]}"


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "targets/basics.html", {**admin.site.each_context(request), **context})


admin.site.add_page("basics/", basics_page, "targets_basics")  # type: ignore[attr-defined]
