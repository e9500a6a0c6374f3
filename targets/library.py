"""绩效指标库: gathered anew from approved forms, merged, and asked for suggestions. What people curated is never undone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Case, IntegerField, Value, When
from django.utils.timezone import now

from departments.models import Division, Person
from targets.bulk import insert_many, update_many
from targets.domain.gathering import Gathered, gather
from targets.domain.names import name_key
from targets.domain.record import Record
from targets.domain.steps import VOID
from targets.models import Declaration, LibraryIndicator
from targets.models.declaration import LARGEST
from targets.models.library import LibraryQuerySet

STATISTICS = ("uses", "last_used", "operator", "low", "high", "department", "explanation", "updated_at")
"""What gathering refreshes; an explanation only where there is none, a department only before it was accepted."""
SUGGESTED_AT_MOST = 20
State = LibraryIndicator.State


class LibraryRefused(Exception):
    """Why the library was not changed, in words the page can show."""


@dataclass(frozen=True, slots=True)
class Built:
    forms: int
    added: int
    refreshed: int

    @property
    def message(self) -> str:
        return f"已从{self.forms}张已批复的表汇集指标：新增{self.added}条（待确认），更新{self.refreshed}条。"


# Gathering ------------------------------------------------------------------------------------------------------------


def build_library(division: Division) -> Built:
    """Gather the indicators of all approved forms; again is the same as once. New ones wait to be accepted."""
    with transaction.atomic():
        Division.objects.select_for_update().get(pk=division.pk)  # two at once would add the same entries
        read: list[int] = []
        found = gather(_approved(division, read))
        stored = {one.source_key: one for one in LibraryIndicator.objects.filter(division=division)}
        _into_the_merged(found, stored)
        fresh = [_entry(division, key, one) for key, one in found.items() if key not in stored]
        changed = [one for key, one in stored.items() if _refresh(one, found.get(key))]
        insert_many(fresh)
        update_many(changed, STATISTICS)
    return Built(len(read), len(fresh), len(changed))


def _approved(division: Division, read: list[int]) -> Iterator[tuple[int, Record]]:
    """The text in force of every approved form, one at a time."""
    forms = Declaration.objects.filter(division=division, approved_revision__isnull=False).exclude(state=VOID)
    texts = forms.order_by("year", "pk").values_list("pk", "department", "approved_revision__frozen")
    for pk, department, frozen in texts.iterator(chunk_size=200):
        read.append(pk)
        yield department, Record.from_json(frozen)


def _into_the_merged(found: dict[str, Gathered], stored: dict[str, LibraryIndicator]) -> None:
    """Uses of a merged spelling count for the entry that stayed."""
    by_id = {one.pk: key for key, one in stored.items()}
    for key, one in stored.items():
        if one.merged_into_id and (gathered := found.pop(key, None)):
            main = found.setdefault(by_id[one.merged_into_id], Gathered(one.level1, one.level2, one.unit))
            main.uses += gathered.uses
            main.last_used = max(main.last_used, gathered.last_used)
            main.departments |= gathered.departments
            if gathered.unit == stored[by_id[one.merged_into_id]].unit:
                main.numbers += gathered.numbers
                main.operators += gathered.operators


def _entry(division: Division, key: str, gathered: Gathered) -> LibraryIndicator:
    made = LibraryIndicator(
        division=division,
        source_key=key,
        name=gathered.name,
        level1=gathered.level1,
        level2=gathered.level2,
        unit=gathered.unit,
        explanation=gathered.explanation,
        updated_at=now(),
    )
    made.set_keys()
    _refresh(made, gathered)
    return made


def _refresh(entry: LibraryIndicator, gathered: Gathered | None) -> bool:
    """Take the statistics in; True when any of them changed."""
    before = _statistics(entry)
    if gathered is None:
        entry.uses = 0
    else:
        entry.uses, entry.last_used, entry.operator = gathered.uses, gathered.last_used, gathered.operator
        entry.low, entry.high = (_storable(number) for number in gathered.usual or (None, None))
        entry.explanation = entry.explanation or gathered.explanation
        if entry.state == State.CANDIDATE:
            entry.department_id = gathered.department
    if before == _statistics(entry):
        return False
    entry.updated_at = now()
    return True


def _statistics(entry: LibraryIndicator) -> list[Any]:
    """Without reading the department itself: its number is enough."""
    names = (f"{name}_id" if name == "department" else name for name in STATISTICS if name != "updated_at")
    return [getattr(entry, name) for name in names]


def _storable(number: Decimal | None) -> Decimal | None:
    return None if number is None or abs(number) >= LARGEST else number.quantize(Decimal("0.00000001"))


# Curating -------------------------------------------------------------------------------------------------------------


def merge_entries(keep: LibraryIndicator, others: Iterable[LibraryIndicator]) -> int:
    """`others` become spellings of `keep`: hidden, and counted for it at the next gathering too."""
    merged = [one for one in others if one.pk != keep.pk]
    if not merged:
        raise LibraryRefused("没有合并：至少要选两条指标。请勾选重复的几条。")
    if any(one.division_id != keep.division_id for one in merged):
        raise LibraryRefused("没有合并：所选指标不属于同一个财政区划。请重新选择。")
    if keep.merged_into_id:
        raise LibraryRefused(f"没有合并：“{keep.name}”已经并入别的指标。请选保留的一条。")
    with transaction.atomic():
        ids = [one.pk for one in merged]
        LibraryIndicator.objects.filter(merged_into__in=ids).update(merged_into=keep)
        LibraryIndicator.objects.filter(pk__in=ids).update(merged_into=keep, state=State.HIDDEN, updated_at=now())
        years = [one.last_used for one in (keep, *merged) if one.last_used]
        keep.uses += sum(one.uses for one in merged)
        keep.last_used = max(years, default=None)
        keep.explanation = keep.explanation or next((one.explanation for one in merged if one.explanation), "")
        if {one.department_id for one in merged} != {keep.department_id}:
            keep.department = None
        keep.save()
    return len(merged)


# Suggestions ----------------------------------------------------------------------------------------------------------


def suggestions(
    user: Person,
    *,
    words: str = "",
    level1: str = "",
    level2: str = "",
    department: int | None = None,
    division: int | None = None,
    limit: int = 8,
) -> list[dict[str, Any]]:
    """Accepted indicators for the cell one is typing in: names that begin so first, then one's department's, then the usual."""
    found: LibraryQuerySet = LibraryIndicator.objects.visible_to(user).accepted().matching(words)
    if division:
        found = found.filter(division=division)
    for name, value in (("level1", level1), ("level2", level2)):
        if value:
            found = found.filter(**{f"{name}__in": ("", value)})  # plans have no categories: those fit everywhere
    key = name_key(words)
    begins = Case(When(name_key__startswith=key, then=0), default=1, output_field=IntegerField()) if key else Value(0)
    whose = Case(When(department=department, then=0), When(department=None, then=1), default=2)
    ordered = found.select_related("department").order_by(begins, whose, "-uses", "name", "pk")
    return [_suggestion(one) for one in ordered[: min(limit, SUGGESTED_AT_MOST)]]


def _suggestion(entry: LibraryIndicator) -> dict[str, Any]:
    return {
        "name": entry.name,
        "level1": entry.level1,
        "level2": entry.level2,
        "unit": entry.unit,
        "operator": entry.operator,
        "usual": entry.usual,
        "explanation": entry.explanation,
        "department": entry.department.label if entry.department else "",
        "uses": entry.uses,
        "last_used": entry.last_used,
    }
