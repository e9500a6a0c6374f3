"""Where every writing of text ends: rows, head, counts of findings and a frozen revision, for one form or for thousands."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from operator import attrgetter
from typing import Any, Self

from django.db import transaction
from django.db.models import Max, Model
from django.utils.timezone import now

from departments.models import Person
from targets.bulk import give_keys, insert_many, insert_values, new_keys, update_many, update_values
from targets.domain.checks.counted import Counted
from targets.domain.labels import field_label
from targets.domain.record import ROW_TEXTS, Record
from targets.domain.rules import ERROR, INFO, WARNING
from targets.domain.stale import untouched
from targets.domain.trail import REVISION, add_link
from targets.findings import Years, count_findings, waivers_of
from targets.models import Declaration, ImportBatch, Indicator, Revision, Sitting, Waiver
from targets.models.declaration import StoredRow, new_row_key, title_key
from targets.signing import whom_he_writes_for

HEAD_FIELDS = ("code", "title", "department_code", "department_name", "total", "fiscal", "other", "goal")
"""Fields of a declaration that stand under the same name in the record."""
COUNTS = {"error_count": ERROR, "warning_count": WARNING, "info_count": INFO}
"""Field of a declaration → level of the findings that it counts."""
DECLARATION_FIELDS = (
    *HEAD_FIELDS,
    *("title_key", "unit_name", "extra", "stale", *COUNTS, "row_count"),
    *("current_revision", "updated_at"),
)
TRAIL = ("trail_length", "trail_head")

Draft = tuple[Declaration, Record]


def _longest(model: type[Model], columns: Mapping[str, str]) -> dict[str, int]:
    """Field of the record → how many characters its column holds, for columns that end somewhere."""
    lengths = {column.name: column.max_length for column in model._meta.concrete_fields if column.max_length}
    return {name: lengths[column] for name, column in columns.items() if column in lengths}


LONGEST_HEAD = _longest(Declaration, {name: name for name in HEAD_FIELDS} | {"unit": "unit_name"})
LONGEST_CELL = _longest(Indicator, {name: name for name in ROW_TEXTS})
CELLS_THAT_END = [(attrgetter(name), longest) for name, longest in LONGEST_CELL.items()]


def too_long(record: Record) -> Iterator[str]:
    """What of the record its columns cannot hold, in words (PostgreSQL would refuse it, SQLite would not)."""
    for name, longest in LONGEST_HEAD.items():
        if len(getattr(record, name)) > longest:
            yield f"{field_label(record.kind, name)}有{len(getattr(record, name))}个字，最多{longest}个字"
    if all(max(map(len, map(cells, record.rows)), default=0) <= longest for cells, longest in CELLS_THAT_END):
        return
    for number, row in record.numbered_rows():
        for name, longest in LONGEST_CELL.items():
            if len(getattr(row, name)) > longest:
                yield f"第{number}行{field_label(record.kind, name)}有{len(getattr(row, name))}个字，最多{longest}个字"


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored of the forms so far, by the form's id; fetched for all of them at once."""

    rows: Mapping[int, Sequence[StoredRow]]
    ends: Mapping[int, tuple[int, int, str]]
    """Number of the last revision, length and head of the trail."""
    waivers: Mapping[int, Sequence[Waiver]]
    sittings: Mapping[int, Sitting]

    @classmethod
    def of(cls, ids: Sequence[int]) -> Self:
        if not ids:
            return cls({}, {}, {}, {})
        ends = Declaration.objects.filter(pk__in=ids).order_by().annotate(last=Max("revisions__number"))
        return cls(
            Indicator.objects.rows_of(ids),
            {pk: (last or 0, *end) for pk, last, *end in ends.values_list("pk", "last", *TRAIL)},
            waivers_of(ids),
            _sittings_of(ids),
        )


@dataclass(frozen=True, slots=True)
class _Lines:
    """Rows to be added and changed, as values for the tables, and keys of those to be removed."""

    added: list[Sequence[Any]] = field(default_factory=list)
    changed: list[Sequence[Any]] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)

    def compare(self, declaration: int, record: Record, stored: Sequence[StoredRow]) -> None:
        if not stored:
            self.added.extend(Indicator.values_of(declaration, row, order) for order, row in record.numbered_rows())
            return
        known = {line.row.key: line for line in stored}
        for order, row in record.numbered_rows():
            line = known.pop(row.key, None)
            if line is None:
                self.added.append(Indicator.values_of(declaration, row, order))
            elif line.order != order or line.row != row:
                self.changed.append((*Indicator.values_of(declaration, row, order), line.pk))
        self.removed.extend(line.pk for line in known.values())

    def write(self) -> None:
        if self.removed:
            Indicator.objects.filter(pk__in=self.removed).delete()
        update_values(Indicator, Indicator.VALUES, self.changed)
        if self.added:
            insert_values(Indicator, Indicator.VALUES, self.added)


@transaction.atomic(savepoint=False)
def store(
    drafts: Sequence[Draft],
    *,
    by: Person,
    reason: Revision.Reason,
    note: str = "",
    batch: ImportBatch | None = None,
    years: Years | None = None,
    counted: Sequence[Counted | None] = (),
) -> list[Revision]:
    """Write the records into their declarations, locked or not saved yet; statements do not grow with their number.

    Rows without a key get one. Call inside the transaction that locked the forms; who calls it several times there may pass
    the same `years`, who has counted the findings of the drafts before may pass what he `counted`, in their order: it is taken where
    it still holds. Returns the revisions in the order of the drafts.
    """
    if not drafts:
        return []
    fresh = [declaration for declaration, _ in drafts if declaration.is_new]
    known = [declaration for declaration, _ in drafts if not declaration.is_new]
    stored = _Stored.of([declaration.pk for declaration in known])
    keys = new_keys({Declaration: len(fresh), Revision: len(drafts) + len(stored.sittings)})
    give_keys(fresh, keys[Declaration])
    years, own, name = years or Years(), by.scope.own, str(by)
    lines = _Lines()
    typed, revisions = [], []
    trail: list[tuple[Declaration, Revision]] = []
    for (declaration, record), before in zip(drafts, counted or repeat(None, len(drafts)), strict=True):
        last, declaration.trail_length, declaration.trail_head = stored.ends.get(declaration.pk, (0, 0, ""))
        sitting = stored.sittings.get(declaration.pk)
        if sitting and not (sitting.person_id == by.pk and reason == Revision.Reason.EDIT):
            text = declaration.record(line.row for line in stored.rows[declaration.pk])
            if revision := _revision_of(sitting, declaration, text, last + 1):
                typed.append(revision)
                trail.append((declaration, revision))
                last += 1
        keyed = _take(declaration, record, stored, lines, years, before)
        revisions.append(
            Revision(
                declaration_id=declaration.pk,
                number=last + 1,
                version=declaration.version,
                frozen=keyed.as_frozen(),
                reason=reason.value,
                note=note,
                author_id=by.pk,
                author_name=name,
                **_in_place_of(whom_he_writes_for(by, declaration.unit_id)),
                by_finance=declaration.unit_id not in own,
                batch_id=batch.pk if batch else None,
            )
        )
        trail.append((declaration, revisions[-1]))
    give_keys([*typed, *revisions], keys[Revision])
    for declaration, revision in trail:
        add_link(declaration, revision, REVISION)
        declaration.current_revision = revision
    insert_many(fresh)
    update_many(known, (*DECLARATION_FIELDS, *TRAIL))
    lines.write()
    insert_many([*typed, *revisions])
    if stored.sittings:
        Sitting.objects.filter(declaration__in=stored.sittings).delete()
    return revisions


def _take(
    declaration: Declaration,
    record: Record,
    stored: _Stored,
    lines: _Lines,
    years: Years,
    counted: Counted | None = None,
) -> Record:
    """The declaration says what the record says; its lines are told what to write. Returns the record with keys."""
    keyed = _with_keys(record)
    rows = stored.rows.get(declaration.pk, ())
    if declaration.stale:
        declaration.stale = untouched(declaration.stale, declaration.record(line.row for line in rows), keyed)
    lines.compare(declaration.pk, keyed, rows)
    waivers = stored.waivers.get(declaration.pk, ())
    if counted and not waivers and years.holds(counted, declaration):
        counts = counted.levels
    else:
        counts = count_findings(keyed, years.rules_of(declaration), waivers)
    _take_head(declaration, keyed, counts)
    return keyed


# Sittings: text without a revision yet ----------------------------------------------------------------------------------


def keep(declaration: Declaration, record: Record, *, by: Person) -> None:
    """Write what `by` is typing into the (locked) declaration without a revision; what somebody else typed becomes one first."""
    sitting = _sittings_of([declaration.pk]).get(declaration.pk)
    if sitting is not None and sitting.person_id != by.pk:
        close_sittings([declaration])
        sitting = None
    lines = _Lines()
    ids = [declaration.pk]
    _take(declaration, record, _Stored(Indicator.objects.rows_of(ids), {}, waivers_of(ids), {}), lines, Years())
    lines.write()
    update_many([declaration], DECLARATION_FIELDS)
    sitting = sitting or Sitting(
        declaration=declaration,
        person=by,
        stood_in_for=whom_he_writes_for(by, declaration.unit_id),
        by_finance=declaration.unit_id not in by.scope.own,
    )
    sitting.saves += 1
    sitting.save()


def close_sittings(declarations: Iterable[Declaration]) -> list[Revision]:
    """Freeze what was typed since the last revision, under the forms' locks; nothing where it was taken back again."""
    forms = {declaration.pk: declaration for declaration in declarations}
    revisions = []
    for pk, sitting in _sittings_of(list(forms)).items():
        declaration = forms[pk]
        sitting.delete()
        declaration._state.fields_cache.pop("sitting", None)  # noqa: SLF001  (what it remembers is gone)
        last = declaration.revisions.aggregate(last=Max("number"))["last"] or 0
        if revision := _revision_of(sitting, declaration, declaration.record(), last + 1):
            give_keys([revision])
            add_link(declaration, revision, REVISION)
            insert_many([revision])
            declaration.current_revision = revision
            update_many([declaration], ("current_revision", *TRAIL))
            revisions.append(revision)
    return revisions


def _sittings_of(ids: Sequence[int]) -> dict[int, Sitting]:
    found = Sitting.objects.filter(declaration__in=ids).select_related("person", "stood_in_for")
    return {sitting.declaration_id: sitting for sitting in found}


def _revision_of(sitting: Sitting, declaration: Declaration, text: Record, number: int) -> Revision | None:
    current = declaration.current_revision
    if current is not None and current.record == text:
        return None
    return Revision(
        declaration_id=declaration.pk,
        number=number,
        version=declaration.version,
        frozen=text.as_frozen(),
        reason=Revision.Reason.EDIT.value,
        author_id=sitting.person_id,
        author_name=str(sitting.person),
        **_in_place_of(sitting.stood_in_for),
        by_finance=sitting.by_finance,
    )


def _in_place_of(absent: Person | None) -> dict[str, Any]:
    return {"stood_in_for_id": absent.pk, "stood_in_for_name": str(absent)} if absent else {}


def _take_head(declaration: Declaration, record: Record, counts: Mapping[str, int]) -> None:
    for name in HEAD_FIELDS:
        setattr(declaration, name, getattr(record, name))
    declaration.title_key = title_key(record.kind, record.title)
    declaration.unit_name = record.unit
    declaration.extra = dict(record.extra)
    declaration.row_count = len(record.rows)
    _take_counts(declaration, counts)
    declaration.updated_at = now()


def _take_counts(declaration: Declaration, counts: Mapping[str, int]) -> None:
    for name, level in COUNTS.items():
        setattr(declaration, name, counts.get(level, 0))


_key_of = attrgetter("key")


def _with_keys(record: Record) -> Record:
    if all(map(_key_of, record.rows)):
        return record
    return replace(record, rows=tuple(row if row.key else row.with_cells(key=new_row_key()) for row in record.rows))


def recount(declarations: Collection[int]) -> None:
    """Refresh the counts on lists after an explanation was decided or a year's rules changed; no text changes.

    Under the forms' locks and from their present text, so that no count of an older text remains.
    """
    years = Years()
    with transaction.atomic():
        locked = Declaration.objects.select_for_update(of=("self",)).select_related("budget_year").order_by("pk")
        forms = list(locked.filter(pk__in=declarations))
        rows, waivers = Indicator.objects.rows_of(declarations), waivers_of(declarations)
        for form in forms:
            record = form.record(line.row for line in rows[form.pk])
            _take_counts(form, count_findings(record, years.rules_of(form), waivers[form.pk]))
        update_many(forms, tuple(COUNTS))
