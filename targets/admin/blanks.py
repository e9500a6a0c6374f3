"""下载模板: forms to fill in outside the system, empty or with what is known of a unit, to be imported again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from departments.models import Department, Person
from departments.roles import FILLER, FINANCE_ROLES
from departments.scoped_admin import person
from targets.admin.export import attachment
from targets.domain.record import PLAN, PROJECT, Record
from targets.domain.sheets.paint import TextTooLong
from targets.forms import UnitChoice
from targets.models import BudgetYear, Declaration
from targets.models.declaration import KIND_LABELS
from targets.outgoing.blanks import duties_of, empty_workbook, flat_workbook, prefilled_workbook
from targets.outgoing.official import SHEETS_AT_MOST, file_stem
from targets.outgoing.shapes import CONTENT_TYPES, XLSX
from targets.outgoing.text import Outgoing, readable

LAST_YEAR, FLAT = "last_year", "flat"
SHAPES = (PROJECT, PLAN, LAST_YEAR, FLAT)


class BlanksForm(forms.Form):
    """For which unit and year; without one, forms without a name on them."""

    unit = UnitChoice(
        Department.objects.none(),
        label="实施单位",
        required=False,
        empty_label="（不填单位）",
        error_messages={"invalid_choice": "没有这个单位，或您不能为它导入。请重新选择。"},
    )
    year = forms.TypedChoiceField(
        label="预算年度", coerce=int, error_messages={"invalid_choice": "没有这个预算年度。请重新选择。"}
    )
    shape = forms.ChoiceField(choices=[(shape, shape) for shape in SHAPES], required=False)
    form = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.years = years_for(user)
        self.fields["unit"].queryset = units_for(user)  # type: ignore[attr-defined]
        known = sorted({year.year for year in self.years}, reverse=True)
        self.fields["year"].choices = [(year, f"{year}年度") for year in known]  # type: ignore[attr-defined]

    def budget_year(self) -> BudgetYear | None:
        """The year of the unit's own division."""
        unit, number = self.cleaned_data["unit"], self.cleaned_data["year"]
        fitting = [
            year for year in self.years if year.year == number and (not unit or year.division_id == unit.division_id)
        ]
        return fitting[0] if fitting else None


def units_for(user: Person) -> QuerySet[Department]:
    """Those that the person may import for (`may_import_for`)."""
    found = Department.objects.select_related("parent", "division")
    return found if user.is_superuser else found.filter(pk__in=user.scope.reach(FILLER, *FINANCE_ROLES))


def years_for(user: Person) -> list[BudgetYear]:
    """Those that the person may import into (`may_import_into`), the latest first."""
    found = BudgetYear.objects.filter(division__departments__in=units_for(user)).distinct().order_by("-year")
    return list(found if user.is_superuser or user.scope.is_finance else found.filter(is_closed=False))


def blanks_page(request: HttpRequest) -> HttpResponse:
    """The choice of templates; with `shape` the template itself."""
    user = person(request)
    if not (user.is_superuser or user.scope.holds(FILLER, *FINANCE_ROLES)):
        raise Http404
    form = BlanksForm(request.GET if "year" in request.GET else _first_choice(user), user=user)
    if not form.is_valid():
        return _page(request, form, {})
    unit, year = form.cleaned_data["unit"], form.budget_year()
    if year is None:
        form.add_error("year", "这个单位所在的区划没有这个预算年度。请重新选择。")
        return _page(request, form, {})
    last = _last_year(user, unit, year)
    shape, chosen = form.cleaned_data["shape"], form.cleaned_data["form"]
    if chosen:
        last = [one for one in last if one.declaration.pk == chosen]
    if not shape:
        return _page(request, form, {"unit": unit, "year": year, "last": last, **_plan_facts(unit, year)})
    if shape == LAST_YEAR and (not last or unit is None):
        raise Http404
    if shape == LAST_YEAR and len(last) > SHEETS_AT_MOST:
        messages.warning(request, f"上年有{len(last)}张表，一个工作簿最多放{SHEETS_AT_MOST}张。请改用指标明细模板。")
        return _page(request, form, {"unit": unit, "year": year, "last": last, **_plan_facts(unit, year)})
    try:
        content = _made(shape, [one.record for one in last], year, unit)
    except TextTooLong as refusal:
        messages.warning(request, f"上年的表里{refusal}。也可下载空白的模板。")
        return _page(request, form, {"unit": unit, "year": year, "last": last, **_plan_facts(unit, year)})
    word = last[0].record.title if chosen and last else WORDS[shape]
    parts = [f"{year.year}年", unit.label if unit else "", word.removeprefix(f"{year.year - 1}年"), "模板"]
    return attachment(content, f"{file_stem(parts)}.xlsx", CONTENT_TYPES[XLSX])


WORDS = {**KIND_LABELS, LAST_YEAR: "绩效目标表", FLAT: "指标明细"}


def _made(shape: str, last: list[Record], year: BudgetYear, unit: Department | None) -> bytes:
    if shape == FLAT:
        return flat_workbook(last, year, unit)
    if shape == LAST_YEAR and unit is not None:
        return prefilled_workbook(last, year, unit)
    return empty_workbook(shape, year, unit)


def _last_year(user: Person, unit: Department | None, year: BudgetYear) -> list[Outgoing]:
    """The unit's forms of the year before, as far as the person may read them."""
    if unit is None:
        return []
    forms = Declaration.objects.visible_to(user).living().filter(unit=unit, year=year.year - 1)
    return list(readable(forms, user))


def _plan_facts(unit: Department | None, year: BudgetYear) -> dict[str, Any]:
    return {"duties": len(duties_of(unit, year.year)) if unit else 0}


def _first_choice(user: Person) -> dict[str, Any]:
    """Of a person with one unit that unit; the latest year."""
    units, years = list(units_for(user)[:2]), years_for(user)
    return {"unit": units[0].pk if len(units) == 1 else "", "year": years[0].year if years else ""}


def _page(request: HttpRequest, form: BlanksForm, context: dict[str, Any]) -> HttpResponse:
    return render(
        request,
        "targets/blanks.html",
        {**admin.site.each_context(request), "title": "下载模板", "form": form, **context},
    )


admin.site.add_page("blanks/", blanks_page, "targets_blanks")  # type: ignore[attr-defined]
