"""Edits of a record, each saying what its author saw: nobody's words are overwritten unseen.

stored = old → write; stored = new → nothing; else a conflict to show. One rule for every door: plain form, grid, autosave, import.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from targets.domain.record import MONEY, ROW_TEXTS, IndicatorRow, Record, money_text, money_value

HEAD_TEXTS = ("title", "code", "unit", "goal")
EXTRA = "extra."
"""Before the label of a cell that has no field of its own: `extra.立项依据`."""
CONTINUES = "continues"
"""As a field of a change its value is the names of the continuing cells, joined by blanks."""


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of row `row` (its key; "" for the form's own fields). Money is text in 元 with two decimals."""

    row: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class AddRow:
    """A new row with its key; after the row `after`, at the top for "", at the end for None."""

    row: IndicatorRow
    after: str | None = None


@dataclass(frozen=True, slots=True)
class RemoveRow:
    """`seen` is the row as its author saw it; with None the row goes whatever it says."""

    key: str
    seen: IndicatorRow | None = None


@dataclass(frozen=True, slots=True)
class MoveRow:
    key: str
    after: str


Edit = Change | AddRow | RemoveRow | MoveRow


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that somebody else changed to something third (or whose row is gone: `stored` is None)."""

    change: Change
    stored: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """`kept_rows` are the keys of rows that were to go, but say something else than their remover saw."""

    record: Record
    conflicts: tuple[Conflict, ...] = ()
    kept_rows: tuple[str, ...] = ()


def merge(record: Record, edits: Iterable[Edit]) -> Merged:
    """The record with every edit that meets what its author saw, and the changes that do not."""
    draft = _Draft(record)
    for edit in edits:
        match edit:
            case Change(row=""):
                draft.change_head(edit)
            case Change():
                draft.change_cell(edit)
            case AddRow():
                draft.add(edit)
            case RemoveRow():
                draft.remove(edit)
            case MoveRow():
                draft.move(edit)
    return draft.merged()


class _Draft:
    """The record while edits are being taken in."""

    def __init__(self, record: Record) -> None:
        self.head = record
        self.rows = {row.key: row for row in record.rows}
        self.order = [row.key for row in record.rows]
        self.touched: set[tuple[str, str]] = set()
        self.conflicts: list[Conflict] = []
        self.kept_rows: list[str] = []

    def change_head(self, change: Change) -> None:
        stored = head_value(self.head, change.field)
        if stored == change.old:
            self.head = _with_head_value(self.head, change.field, change.new)
        elif stored != change.new:
            self.conflicts.append(Conflict(change, stored))

    def change_cell(self, change: Change) -> None:
        row = self.rows.get(change.row)
        stored = _cell(row, change.field) if row else None
        if row and stored == change.old:
            self.rows[change.row] = _with_cell(row, change.field, change.new)
            self.touched.add((change.row, change.field))
        elif stored != change.new:
            self.conflicts.append(Conflict(change, stored))

    def add(self, edit: AddRow) -> None:
        if edit.row.key not in self.rows:
            self.rows[edit.row.key] = edit.row
            self.order.insert(_place(self.order, edit.after), edit.row.key)

    def remove(self, edit: RemoveRow) -> None:
        stored = self.rows.get(edit.key)
        if stored is None:
            return
        if edit.seen not in (None, stored):
            self.kept_rows.append(edit.key)
            return
        del self.rows[edit.key]
        self.order.remove(edit.key)

    def move(self, edit: MoveRow) -> None:
        if edit.key in self.rows and edit.key != edit.after:
            self.order.remove(edit.key)
            self.order.insert(_place(self.order, edit.after), edit.key)

    def merged(self) -> Merged:
        rows = _follow([self.rows[key] for key in self.order], self.touched)
        return Merged(replace(self.head, rows=rows), tuple(self.conflicts), tuple(self.kept_rows))


def _place(order: list[str], after: str | None) -> int:
    if after == "":
        return 0
    return order.index(after) + 1 if after in order else len(order)


def head_value(record: Record, field: str) -> str:
    """What stands in a field of the form's head, as a change of it says it."""
    if field in MONEY:
        return money_text(getattr(record, field))
    if field in HEAD_TEXTS:
        return str(getattr(record, field))
    return record.extra.get(field.removeprefix(EXTRA), "")


def _with_head_value(record: Record, field: str, value: str) -> Record:
    if field in MONEY or field in HEAD_TEXTS:
        said: dict[str, Any] = {field: money_value(value) if field in MONEY else value}
        return replace(record, **said)
    return replace(record, extra={**record.extra, field.removeprefix(EXTRA): value})


def _cell(row: IndicatorRow, field: str) -> str:
    return " ".join(row.continues) if field == CONTINUES else str(getattr(row, field))


def _with_cell(row: IndicatorRow, field: str, value: str) -> IndicatorRow:
    if field == CONTINUES:
        return row.with_cells(continues=tuple(name for name in value.split() if name in ROW_TEXTS))
    return row.with_cells(**{field: value})


def _follow(rows: list[IndicatorRow], touched: set[tuple[str, str]]) -> tuple[IndicatorRow, ...]:
    """Merged cells stay one cell: a change of the first is theirs, a change of their own or a move parts them."""
    kept: list[IndicatorRow] = []
    changed: set[str] = set()
    for row in rows:
        above = kept[-1] if kept else None
        values: dict[str, str] = {}
        continues = []
        for field in row.continues:
            if above is None or field not in ROW_TEXTS:
                continue
            mine, theirs = getattr(row, field), getattr(above, field)
            if mine != theirs and field in changed and (row.key, field) not in touched:
                values[field] = theirs
            elif mine != theirs:
                continue
            continues.append(field)
        changed = {field for key, field in touched if key == row.key} | set(values)
        kept.append(row.with_cells(**values, continues=tuple(continues)))
    return tuple(kept)
