"""从上年复制: the forms of an earlier year begin again in the new one, each marked 未更新 until somebody has looked at it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils import timezone

from departments.models import Department, Person
from departments.roles import FILLER
from targets.bulk import update_many
from targets.domain.edits import Change
from targets.domain.history import YEARS_OF_MEAN, Past, carried_over, past_source
from targets.domain.names import name_key
from targets.domain.record import PLAN, IndicatorRow, Record
from targets.domain.stale import all_places
from targets.domain.steps import REJECTED, STATES, VOID
from targets.editing import EditRefused, Outcome, apply_changes, fresh_declaration, why_not_editable
from targets.models import BudgetYear, Declaration, Indicator, Revision
from targets.models.declaration import title_key
from targets.storing import LONGEST_HEAD, store

AT_ONCE = 200
"""So many forms are copied in one go."""
NOT_WORTH_COPYING = (VOID, REJECTED)
RELATED = ("unit__parent", "department", "approved_revision", "current_revision", "budget_year")


class CopyRefused(Exception):
    """Why nothing was copied, in words the page can show."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A form of an earlier year as the page offers it; `refusal` says why it cannot be copied, "" when it can."""

    form: Declaration
    refusal: str = ""


@dataclass(slots=True)
class Told:
    """What became of the chosen forms: copies, and those left with the reason."""

    copies: list[Declaration] = field(default_factory=list)
    refused: list[Candidate] = field(default_factory=list)


def open_years(user: Person) -> list[BudgetYear]:
    """Years of the person's units in which a round is open now, the latest first."""
    now = timezone.now()
    divisions = Department.objects.filter(pk__in=user.scope.reach(FILLER)).order_by().values("division")
    years = BudgetYear.objects.filter(
        division__in=divisions, is_closed=False, campaigns__opens_at__lte=now, campaigns__closes_at__gt=now
    )
    return list(years.distinct().order_by("-year"))


def next_year(declaration: Declaration, user: Person) -> BudgetYear | None:
    """The open year into which this person may copy the form; one query."""
    if declaration.state in NOT_WORTH_COPYING or declaration.unit_id not in user.scope.reach(FILLER):
        return None
    later = [year for year in open_years(user) if year.year > declaration.year]
    return next((year for year in reversed(later) if year.division_id == declaration.division_id), None)


def earlier_forms(user: Person, into: BudgetYear) -> "Sequence[Declaration]":
    """Everything of the units he fills in for that an earlier year holds (without its rows)."""
    return list(
        Declaration.objects.visible_to(user)
        .filter(unit__in=user.scope.reach(FILLER), division=into.division_id, year__lt=into.year)
        .exclude(state__in=NOT_WORTH_COPYING)
        .select_related("unit", "department")
        .defer("goal", "extra", "stale")
        .order_by("-year", "unit__code", "unit__name", "-kind", "title_key", "id")
    )


def not_yet_copied(user: Person) -> tuple[BudgetYear, int] | None:
    """The latest open year, and how many forms of the year before it has not yet; two queries. For 工作台."""
    years = open_years(user)
    if not years:
        return None
    into = years[0]
    there = Declaration.objects.living().filter(
        budget_year=into, unit=OuterRef("unit"), kind=OuterRef("kind"), title_key=OuterRef("title_key")
    )
    last = Declaration.objects.filter(
        unit__in=user.scope.reach(FILLER), division=into.division_id, year=into.year - 1
    ).exclude(state__in=NOT_WORTH_COPYING)
    return into, last.filter(~Exists(there)).count()


def candidates(forms: Iterable[Declaration], into: BudgetYear) -> list[Candidate]:
    """The forms, with why one cannot be copied; one query."""
    chosen = list(forms)
    taken = _taken(chosen, into)
    return [Candidate(form, _refusal(form, into, taken)) for form in chosen]


def _taken(forms: Iterable[Declaration], into: BudgetYear) -> set[tuple[int, str, str]]:
    there = Declaration.objects.living().filter(budget_year=into, unit__in={form.unit_id for form in forms})
    return set(there.values_list("unit", "kind", "title_key"))


def _refusal(form: Declaration, into: BudgetYear, taken: set[tuple[int, str, str]]) -> str:
    if form.state in NOT_WORTH_COPYING:
        return f"这张表“{STATES[form.state]}”，不再沿用。"
    if form.year >= into.year:
        return f"这张表不是{into}以前的。"
    if not form.unit.is_valid_on(timezone.localdate()):
        return f"{form.unit.label}已停用，不再编报。"
    if (form.unit_id, form.kind, form.title_key) in taken:
        return f"{into}已有这张表。"
    return ""


def copy_forms(forms: Iterable[int], into: BudgetYear, *, by: Person, codes: Mapping[int, str] | None = None) -> Told:
    """Copy forms (by id) into a year whose round is open; each is told. A code is given anew or not at all."""
    if into not in open_years(by):
        raise CopyRefused(f"{into}现在没有开放的编报批次，没有复制。请等批次开始后再复制。")
    ids = set(forms)
    if len(ids) > AT_ONCE:
        raise CopyRefused(f"一次最多复制{AT_ONCE}张，您选了{len(ids)}张，没有复制。请分几次。")
    visible = Declaration.objects.visible_to(by).filter(
        pk__in=ids, unit__in=by.scope.reach(FILLER), division=into.division_id
    )
    chosen = list(visible.select_related(*RELATED).prefetch_related("indicators").order_by("kind", "pk"))
    given = {pk: code.strip() for pk, code in (codes or {}).items()}
    try:
        with transaction.atomic():
            return _copy(chosen, into, by, given)
    except IntegrityError:
        raise CopyRefused(
            "没有复制：刚才有人在新年度建立了同名的表，或填写的项目代码已被使用。请刷新后核对再复制。"
        ) from None


def _copy(chosen: Sequence[Declaration], into: BudgetYear, by: Person, codes: Mapping[int, str]) -> Told:
    told = Told()
    prefetch_related_objects([into], "campaigns")  # each copy looks for the open round
    taken = _taken(chosen, into)
    pasts = pasts_of([form for form in chosen if form.is_plan], into)
    drafts: list[tuple[Declaration, Record]] = []
    for form in chosen:
        code = codes.get(form.pk, "")
        refusal = _refusal(form, into, taken) or _code_refusal(code)
        if refusal:
            told.refused.append(Candidate(form, refusal))
            continue
        record = _new_text(form, into, code, pasts.get(form.unit_id, {}))
        taken.add((form.unit_id, form.kind, title_key(form.kind, record.title)))
        copy = fresh_declaration(record, into, department=form.unit.department.pk, unit=form.unit_id)
        copy.copied_from = form.approved_revision or form.current_revision
        drafts.append((copy, record))
    told.copies = Declaration.objects.bulk_create(copy for copy, _ in drafts)
    years = sorted({form.year for form in chosen})
    note = f"从{'、'.join(map(str, years))}年度复制"
    store(drafts, by=by, reason=Revision.Reason.COPY, note=note)
    for copy, record in drafts:
        copy.stale = all_places(record)
    update_many(told.copies, ["stale"])
    return told


def _code_refusal(code: str) -> str:
    if len(code) > LONGEST_HEAD["code"]:
        return f"项目代码有{len(code)}个字，最多{LONGEST_HEAD['code']}个字。"
    return ""


def _new_text(form: Declaration, into: BudgetYear, code: str, pasts: Mapping[str, Past]) -> Record:
    """The text in force (else the present one) as the new year's: same rows with the same keys, so that years compare."""
    old = form.approved_revision.record if form.approved_revision else form.record()
    department, is_plan = form.unit.department, form.is_plan
    rows = (
        tuple(carried_over(row, pasts.get(row.key) or Past(into.year, {})) for row in old.rows) if is_plan else old.rows
    )
    return replace(
        old,
        year=into.year,
        title=f"{into.year}年整体绩效目标表" if is_plan else old.title,
        code=code,
        department_code=form.unit.code if is_plan else department.code,
        department_name=form.unit.name if is_plan else department.name,
        unit="" if is_plan else form.unit.name,
        rows=rows,
    )


# History values -------------------------------------------------------------------------------------------------------


def pasts_of(plans: Iterable[Declaration], year: BudgetYear) -> dict[int, dict[str, Past]]:
    """Unit → key of a row → what is stored of its last three years; one query.

    A row of an older form is the same indicator when it has the same key, else the same name, which must be the only one.
    """
    units = {plan.unit_id for plan in plans}
    if not units:
        return {}
    first = year.year - YEARS_OF_MEAN + 1
    found = Indicator.objects.filter(
        declaration__unit__in=units,
        declaration__kind=PLAN,
        declaration__year__range=(first, year.year),
    ).exclude(declaration__state__in=NOT_WORTH_COPYING)
    names = ("declaration__unit", "declaration__year", "key", "name", "last_year", "history_source")
    told: dict[int, dict[int, list[IndicatorRow]]] = {}
    for unit, of_year, key, name, last_year, source in found.order_by("declaration", "order").values_list(*names):
        row = IndicatorRow(key=key, name=name, last_year=last_year, history_source=source)
        told.setdefault(unit, {}).setdefault(of_year, []).append(row)
    return {unit: _by_key(year.year, years) for unit, years in told.items()}


def _by_key(year: int, years: Mapping[int, Sequence[IndicatorRow]]) -> dict[str, Past]:
    keys = {of_year: {row.key: row for row in rows} for of_year, rows in years.items()}
    names = {of_year: _only_ones(rows) for of_year, rows in years.items()}
    wanted = {row.key: row for rows in years.values() for row in rows}
    pasts = {}
    for key, row in wanted.items():
        same = {of_year: keys[of_year].get(key) or names[of_year].get(name_key(row.name)) for of_year in years}
        pasts[key] = Past.of(year, {of_year: one for of_year, one in same.items() if one})
    return pasts


def _only_ones(rows: Sequence[IndicatorRow]) -> dict[str, IndicatorRow]:
    found: dict[str, list[IndicatorRow]] = {}
    for row in rows:
        found.setdefault(name_key(row.name), []).append(row)
    return {name: same[0] for name, same in found.items() if name and len(same) == 1}


def means_to_fill(record: Record, pasts: Mapping[str, Past]) -> dict[str, Past]:
    """Key of each row whose 前三年均值 is blank while all three years are stored (the last of them typed just now)."""
    return {
        row.key: past
        for row in record.rows
        if not row.average_3y.strip() and (past := pasts.get(row.key)) and past.mean
    }


def fill_means(declaration: Declaration, *, by: Person) -> Outcome:
    """Write the means that can be made from stored values, each with its source where the row names none."""
    record = declaration.record()
    pasts = pasts_of([declaration], declaration.budget_year).get(declaration.unit_id, {})
    filled = means_to_fill(record, pasts)
    edits = []
    for row in record.rows:
        if past := filled.get(row.key):
            edits.append(Change(row.key, "average_3y", row.average_3y, past.mean))
            if not row.history_source.strip():
                edits.append(Change(row.key, "history_source", row.history_source, past_source(past)))
    return apply_changes(declaration, edits, by=by, note="按已存上年值填入前三年均值")


# 仍然适用 -------------------------------------------------------------------------------------------------------------


def confirm_stale(declaration: Declaration, places: Iterable[str] | None, *, by: Person) -> list[str]:
    """Take the marks off these places (off all for None): somebody has looked, and the text still holds.

    Returns what is still marked; no text changes, so there is no revision. Raises EditRefused.
    """
    with transaction.atomic():
        locked = Declaration.objects.select_for_update(of=("self",)).select_related("unit").get(pk=declaration.pk)
        if not locked.editable_by(by):
            raise EditRefused(why_not_editable(locked, by))
        confirmed = set(locked.stale if places is None else places)
        locked.stale = [place for place in locked.stale if place not in confirmed]
        Declaration.objects.filter(pk=locked.pk).update(stale=locked.stale)
    declaration.stale = locked.stale
    return list(locked.stale)
