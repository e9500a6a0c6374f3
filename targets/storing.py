"""Where every writing of text ends: rows, head, counts of findings and a frozen revision, for one form or for thousands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Max, Model
from django.utils.timezone import now

from departments.models import Person
from targets.bulk import insert_many, insert_values, update_many
from targets.domain.labels import field_label
from targets.domain.record import ROW_TEXTS, IndicatorRow, Record
from targets.domain.rules import YearRules
from targets.domain.stale import untouched
from targets.findings import count_levels, judge
from targets.models import Declaration, ImportBatch, Indicator, Revision, Waiver
from targets.models.declaration import new_row_key, title_key

HEAD_FIELDS = ("code", "title", "department_code", "department_name", "total", "fiscal", "other", "goal")
"""Fields of a declaration that stand under the same name in the record."""
INDICATOR_FIELDS = tuple(
    column.name for column in Indicator._meta.concrete_fields if column.name not in ("id", "declaration", "key")
)
DECLARATION_FIELDS = (
    *HEAD_FIELDS,
    *("title_key", "unit_name", "extra", "stale", "error_count", "warning_count", "info_count", "row_count"),
    *("current_revision", "updated_at"),
)

Draft = tuple[Declaration, Record]


def _longest(model: type[Model], columns: Mapping[str, str]) -> dict[str, int]:
    """Field of the record → how many characters its column holds, for columns that end somewhere."""
    lengths = {column.name: column.max_length for column in model._meta.concrete_fields if column.max_length}
    return {name: lengths[column] for name, column in columns.items() if column in lengths}


LONGEST_HEAD = _longest(Declaration, {name: name for name in HEAD_FIELDS} | {"unit": "unit_name"})
LONGEST_CELL = _longest(Indicator, {name: name for name in ROW_TEXTS})


def too_long(record: Record) -> Iterator[str]:
    """What of the record its columns cannot hold, in words (PostgreSQL would refuse it, SQLite would not)."""
    for name, longest in LONGEST_HEAD.items():
        if len(getattr(record, name)) > longest:
            yield f"{field_label(record.kind, name)}有{len(getattr(record, name))}个字，最多{longest}个字"
    for number, row in record.numbered_rows():
        for name, longest in LONGEST_CELL.items():
            if len(getattr(row, name)) > longest:
                yield f"第{number}行{field_label(record.kind, name)}有{len(getattr(row, name))}个字，最多{longest}个字"


@dataclass(slots=True)
class _Stored:
    """What is stored of the forms so far, by the form's id; fetched for all of them at once."""

    lines: dict[int, dict[str, Indicator]] = field(default_factory=dict)
    last_number: dict[int, int] = field(default_factory=dict)
    waivers: dict[int, list[Waiver]] = field(default_factory=dict)

    @classmethod
    def of(cls, ids: Sequence[int]) -> "_Stored":
        stored = cls({pk: {} for pk in ids}, waivers={pk: [] for pk in ids})
        for line in Indicator.objects.filter(declaration__in=ids):
            stored.lines[line.declaration_id][line.key] = line
        numbers = Revision.objects.filter(declaration__in=ids).order_by().values_list("declaration")
        stored.last_number = dict(numbers.annotate(last=Max("number")))
        for waiver in Waiver.objects.filter(declaration__in=ids):
            stored.waivers[waiver.declaration_id].append(waiver)
        return stored


@dataclass(slots=True)
class _Lines:
    """Rows to be added, changed and removed."""

    added: list[tuple[Any, ...]] = field(default_factory=list)
    """As `Indicator.values_of`."""
    changed: list[Indicator] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)

    def compare(self, declaration: Declaration, record: Record, known: dict[str, Indicator]) -> None:
        left = dict(known)
        for order, row in enumerate(record.rows, start=1):
            line = left.pop(row.key, None)
            if line is None:
                self.added.append(Indicator.values_of(declaration.pk, row, order))
            elif line.order != order or line.row() != row:
                self.changed.append(line)
                line.take(row, order)
        self.removed += [line.pk for line in left.values()]

    def write(self) -> None:
        Indicator.objects.filter(pk__in=self.removed).delete()
        update_many(self.changed, INDICATOR_FIELDS)
        insert_values(Indicator, Indicator.VALUES, self.added)


def store(
    drafts: Sequence[Draft], *, by: Person, reason: Revision.Reason, note: str = "", batch: ImportBatch | None = None
) -> list[Revision]:
    """Write the records into their (locked or new, already saved) declarations; statements do not grow with their number.

    Rows without a key get one. Call inside a transaction. Returns the revisions in the order of the drafts.
    """
    if not drafts:
        return []
    ids = [declaration.pk for declaration, _ in drafts]
    stored = _Stored.of(ids)
    rules: dict[int, YearRules] = {}
    own = by.scope.own
    lines = _Lines()
    revisions = []
    for declaration, record in drafts:
        keyed = replace(record, rows=tuple(_with_keys(record.rows)))
        if declaration.stale:
            before = declaration.record(stored.lines[declaration.pk].values())
            declaration.stale = untouched(declaration.stale, before, keyed)
        lines.compare(declaration, keyed, stored.lines[declaration.pk])
        if declaration.budget_year_id not in rules:
            rules[declaration.budget_year_id] = declaration.budget_year.rules()
        judged = judge(keyed, rules[declaration.budget_year_id], stored.waivers[declaration.pk])
        _take_head(declaration, keyed, count_levels(judged))
        revisions.append(
            Revision(
                declaration=declaration,
                number=stored.last_number.get(declaration.pk, 0) + 1,
                version=declaration.version,
                frozen=keyed.as_json(),
                reason=reason.value,
                note=note,
                author=by,
                author_name=str(by),
                by_finance=declaration.unit_id not in own,
                batch=batch,
            )
        )
    lines.write()
    insert_many(revisions)
    _point_at([declaration for declaration, _ in drafts], revisions)
    update_many([declaration for declaration, _ in drafts], DECLARATION_FIELDS)
    return revisions


def _point_at(declarations: Sequence[Declaration], revisions: Sequence[Revision]) -> None:
    """Give the revisions their keys and make them the current ones."""
    numbers = {revision.declaration_id: revision.number for revision in revisions}
    found = Revision.objects.filter(declaration__in=numbers, number__in=set(numbers.values()))
    keys = {
        declaration: pk
        for pk, declaration, number in found.values_list("pk", "declaration", "number")
        if numbers[declaration] == number
    }
    for declaration, revision in zip(declarations, revisions, strict=True):
        revision.pk = keys[declaration.pk]
        revision._state.adding = False  # noqa: SLF001  (as `from_db` does)
        declaration.current_revision = revision


def _take_head(declaration: Declaration, record: Record, counts: dict[str, int]) -> None:
    for name in HEAD_FIELDS:
        setattr(declaration, name, getattr(record, name))
    declaration.title_key = title_key(record.kind, record.title)
    declaration.unit_name = record.unit
    declaration.extra = dict(record.extra)
    declaration.row_count = len(record.rows)
    declaration.error_count = counts["error"]
    declaration.warning_count = counts["warning"]
    declaration.info_count = counts["info"]
    declaration.updated_at = now()


def _with_keys(rows: Iterable[IndicatorRow]) -> Iterable[IndicatorRow]:
    for row in rows:
        yield row if row.key else row.with_key(new_row_key())


def recount(declaration: Declaration, rules: YearRules | None = None) -> None:
    """Refresh the counts on lists after an explanation was decided or a year's rules changed; no text changes.

    Under the form's lock and from its present text, so that no count of an older text remains.
    """
    with transaction.atomic():
        locked = Declaration.objects.select_for_update().get(pk=declaration.pk)
        judged = judge(locked.record(), rules or declaration.budget_year.rules(), locked.waivers.all())
        counts = count_levels(judged)
        Declaration.objects.filter(pk=locked.pk).update(
            error_count=counts["error"], warning_count=counts["warning"], info_count=counts["info"]
        )
