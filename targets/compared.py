"""Two texts of one form in the look of the form: what went struck through, what came underlined, moved rows told as moved."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from targets.domain import diff as diffs
from targets.domain.diff import Change, diff
from targets.domain.labels import field_label
from targets.domain.record import MONEY, IndicatorRow, Record, money_value
from targets.domain.words import pieces
from targets.findings import Judged
from targets.paper import Cell, Paper, Row, paper_of
from targets.templatetags.targets_ui import money

GONE, CAME, MOVED = "gone", "came", "moved"
SHOWN_AS_TEXT = ("title", "code", "goal", "department_name", "unit")


@dataclass(frozen=True, slots=True)
class Other:
    """A change that is told above the form: of an amount, or of a cell without a field of its own."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Compared:
    """`paper` is the new form with what was in the old one; counts say how much differs."""

    paper: Paper
    others: tuple[Other, ...]
    cells: int
    added: int
    removed: int
    moved: int
    gone: Mapping[str, str]
    """Key under which a removed row is drawn → its own key."""

    @property
    def in_words(self) -> str:
        """ "" for two texts that are the same."""
        told = (
            ("改动 {} 处", self.cells),
            ("新增 {} 行", self.added),
            ("删除 {} 行", self.removed),
            ("移动 {} 行", self.moved),
        )
        return "，".join(words.format(number) for words, number in told if number)

    @property
    def is_same(self) -> bool:
        return not self.in_words


def compared(
    old: Record, new: Record, judged: Iterable[Judged] = (), *, only_changes: bool = False, keep: Collection[str] = ()
) -> Compared:
    """`judged` are the findings of the new text; `only_changes` leaves out rows that are as they were, but for those to `keep`."""
    difference = diff(old, new)
    judged = list(judged)
    plain = paper_of(new, judged)
    keyed = {row.key: row for row in plain.rows}
    by_row: dict[str, list[Change]] = {}
    new_key = {old.rows[i].key or new.rows[j].key: new.rows[j].key for i, j in difference.matching.pairs}
    for change in difference.changes:
        if change.kind in (diffs.CELL, diffs.MOVED, diffs.ADDED):
            by_row.setdefault(new_key.get(change.row_key, change.row_key), []).append(change)
    rows = _with_removed(old, new, difference.matching)
    if only_changes:
        rows = [row for row in rows if row.key not in keyed or row.key in by_row or row.key in keep]
    drawn = paper_of(replace(new, rows=tuple(rows)), judged)
    told = tuple(_row(row, keyed.get(row.key), by_row.get(row.key, [])) for row in drawn.rows)
    heads = {change.field: change for change in difference.changes if change.kind == diffs.HEAD}
    head = {name: _cell(cell, heads.get(name)) if name in SHOWN_AS_TEXT else cell for name, cell in plain.head.items()}
    kinds = [change.kind for change in difference.changes]
    return Compared(
        replace(plain, rows=told, head=head),
        tuple(_other(new.kind, change) for name, change in heads.items() if name not in SHOWN_AS_TEXT),
        kinds.count(diffs.CELL) + kinds.count(diffs.HEAD),
        kinds.count(diffs.ADDED),
        kinds.count(diffs.REMOVED),
        kinds.count(diffs.MOVED),
        {_drawn_key(i): old.rows[i].key for i in difference.matching.removed},
    )


def _other(kind: str, change: Change) -> Other:
    label = field_label(kind, change.field)
    if change.field in MONEY:
        return Other(f"{label}（万元）", *(money(money_value(text)) for text in (change.old, change.new)))
    return Other(label, change.old, change.new)


def _with_removed(old: Record, new: Record, matching: diffs.Matching) -> list[IndicatorRow]:
    """The new rows, each removed one after the row that it stood below."""
    new_of = dict(matching.pairs)
    after: dict[int, list[IndicatorRow]] = {}
    for i in matching.removed:
        above = next((new_of[place] for place in range(i - 1, -1, -1) if place in new_of), -1)
        after.setdefault(above, []).append(old.rows[i].with_cells(key=_drawn_key(i), continues=()))
    rows = list(after.get(-1, []))
    for j, row in enumerate(new.rows):
        rows += [row, *after.get(j, [])]
    return rows


def _drawn_key(place: int) -> str:
    """A removed row may have the key of one that came back."""
    return f"{GONE}-{place + 1}"


def _row(row: Row, plain: Row | None, changes: list[Change]) -> Row:
    if plain is None:
        number = row.key.removeprefix(f"{GONE}-")
        cells = tuple(replace(cell, pieces=pieces(cell.text, "")) for cell in row.cells)
        return replace(row, number=0, cells=cells, change=GONE, mark=f"原第{number}行，已删除")
    by_field = {change.field: change for change in changes if change.kind == diffs.CELL}
    moved = next((change for change in changes if change.kind == diffs.MOVED), None)
    if any(change.kind == diffs.ADDED for change in changes):
        cells = tuple(replace(cell, pieces=pieces("", cell.text)) for cell in row.cells)
        return replace(row, number=plain.number, cells=cells, findings=plain.findings, change=CAME, mark="新增")
    cells = tuple(_cell(cell, by_field.get(cell.field)) for cell in row.cells)
    mark = f"移动，原第{moved.old}行" if moved else ""
    return replace(
        row, number=plain.number, cells=cells, findings=plain.findings, change=MOVED if moved else "", mark=mark
    )


def _cell(cell: Cell, change: Change | None) -> Cell:
    return replace(cell, pieces=pieces(change.old, change.new)) if change else cell
