"""留痕查询: who did what when, for auditors and administrators; the same list as a file."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.scoped_admin import person
from departments.tables import FORMATS, Table
from targets.audit import DEEDS, Asked, Deed, found, may_audit, told

PER_PAGE = 50
SHOWN_DAYS = 30
"""How far back the list looks until somebody asks otherwise."""
ROWS_OF_A_FILE = 20_000
LONGEST_CELL = 30_000
"""A workbook's cell ends at 32,767 characters."""
DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
DAY_FAULTS = dict.fromkeys(("invalid", "min_value", "max_value"), "日期看不懂，请写成2026-11-25这样。")
HEADERS = ("时间", "姓名", "用户名", "代谁办理", "事项", "单位", "表编号", "表或数据", "稿次", "意见或说明", "地址")
FILES = {one.extension: one for one in FORMATS}


def _deeds() -> list[tuple[str, Any]]:
    groups = [
        (label, [(source, f"{label}：全部"), *((f"{source}:{code}", words) for code, words in deeds.items())])
        for source, (label, deeds) in DEEDS.items()
    ]
    return [("", "全部"), *groups]


class TrailSearch(forms.Form):
    person = forms.CharField(label="人员", max_length=60, required=False)
    unit = forms.CharField(label="单位", max_length=60, required=False)
    since = forms.DateField(label="从", required=False, validators=DAYS, error_messages=DAY_FAULTS)
    until = forms.DateField(label="到", required=False, validators=DAYS, error_messages=DAY_FAULTS)
    deed = forms.ChoiceField(
        label="事项",
        choices=_deeds,
        required=False,
        error_messages={"invalid_choice": "没有这种事项，请从列表中选择。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and since > until:
            raise forms.ValidationError("开始日期在结束日期之后，没有查询。请改正日期。")
        return said


@require_safe
def trail_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not may_audit(user):
        raise Http404
    usual = {"since": (timezone.localdate() - timedelta(days=SHOWN_DAYS)).isoformat()}
    asked_anything = any(name in request.GET for name in TrailSearch.base_fields)
    form = TrailSearch(request.GET if asked_anything else usual)
    rows = found(Asked(**form.cleaned_data), user) if form.is_valid() else None
    paginator: Paginator[Any] = Paginator(rows if rows is not None else list[Any](), PER_PAGE)
    wanted = FILES.get(request.GET.get("as", ""))
    if wanted and rows is not None:
        if paginator.count <= ROWS_OF_A_FILE:
            return _file(wanted(), rows)
        messages.error(
            request, f"没有导出：共{paginator.count}条，一次最多{ROWS_OF_A_FILE}条。请缩短日期，分几次导出。"
        )
    page = paginator.get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": "留痕查询",
        "form": form,
        "faults": [fault for field in form.errors.values() for fault in field],
        "is_narrowed": asked_anything,
        "page": page,
        "deeds": list(told(page.object_list)),
        "pages": paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "shown_days": SHOWN_DAYS,
        "files": FILES,
    }
    return render(request, "targets/trail.html", context)


def _file(kind: Any, rows: QuerySet[Any]) -> HttpResponse:
    table = Table(*(_cells(deed) for deed in told(rows.iterator(2000))), headers=HEADERS)
    answer = HttpResponse(kind.export_data(table), content_type=kind.content_type)
    answer["Content-Disposition"] = f'attachment; filename="trail-{timezone.localdate():%Y%m%d}.{kind.extension}"'
    return answer


def _cells(deed: Deed) -> tuple[Any, ...]:
    return (
        f"{timezone.localtime(deed.at):%Y-%m-%d %H:%M:%S}",
        deed.who,
        deed.account,
        deed.absent,
        deed.label,
        deed.unit,
        deed.form,
        deed.title,
        deed.number or "",
        deed.said[:LONGEST_CELL],
        deed.address,
    )


admin.site.add_page("trail/", trail_page, "targets_trail")  # type: ignore[attr-defined]
