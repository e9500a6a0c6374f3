"""What stands beside the rows of a form that is read: its remarks, its attachments, last year's value.

Beside a row of the project form it has a column of its own, under a row of the wide grid a line of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from targets.admin.attachments import Paper as Attached
from targets.admin.remark_notes import RemarkNote
from targets.domain.record import PLAN
from targets.last_year import LastYear
from targets.links import form_url
from targets.paper import MERGEABLE, Beside, Cell, Paper, Row
from targets.templatetags.targets_ui import money

HEAD, FORM = "f-", "form"
"""A place is named by the key of its row, by `f-` and its field in the head, or is the whole form."""


@dataclass(frozen=True, slots=True)
class Margin:
    """What there is to be put beside the rows, from wherever it was fetched."""

    notes: Sequence[RemarkNote] = ()
    papers: Sequence[Attached] = ()
    last: LastYear | None = None
    gone: Mapping[str, str] | None = None
    """Key under which a removed row is drawn → its own key."""
    writing: str = ""
    """Where the inputs for a new remark stand: key of a row, or a field of the head."""


def with_margin(paper: Paper, margin: Margin) -> tuple[Paper, list[RemarkNote]]:
    """The paper with what stands beside its rows, and the remarks that belong to none of them: they stand above it."""
    gone = margin.gone or {}
    drawn = {gone.get(row.key, row.key): row.key for row in paper.rows}
    heads = {} if paper.record.kind == PLAN else {f"{HEAD}{name}": f"{HEAD}{name}" for name in paper.head}
    places = heads | drawn
    hidden = {row.key for row in paper.record.rows} - set(drawn)
    notes: dict[str, list[RemarkNote]] = defaultdict(list)
    above = []
    for note in margin.notes:
        place = note.remark.row_key or f"{HEAD}{note.remark.field}"
        if place in places:
            notes[places[place]].append(note)
        elif place not in hidden:
            above.append(note)
    papers: dict[str, list[Attached]] = defaultdict(list)
    for one in margin.papers:
        papers[drawn.get(one.attachment.row_key, "")].append(one)
    beside = {
        place: Beside(
            place, tuple(notes[place]), tuple(papers[place]), *_last(margin.last, place), place == margin.writing
        )
        for place in places.values()
    }
    head = {name: replace(cell, beside=beside.get(f"{HEAD}{name}")) for name, cell in paper.head.items()}
    rows = [replace(row, beside=beside[row.key]) for row in paper.rows]
    return replace(paper, head=head, rows=tuple(_with_lines(rows) if paper.record.kind == PLAN else rows)), above


def _last(last: LastYear | None, place: str) -> tuple[str, str]:
    """Last year's value beside the place, and where it stands."""
    if last is None:
        return "", ""
    if place == f"{HEAD}total":
        return money(last.record.total), form_url(last.form)
    row = last.rows.get(place)
    return (row.target, f"{form_url(last.form)}#row-{row.key}") if row and row.target else ("", "")


def _with_lines(rows: Sequence[Row]) -> Iterable[Row]:
    """Rows of the wide grid, those of which there is something to say with a line below; merged cells reach over it."""
    lines = [bool(row.findings or (row.beside and row.beside.has_line)) for row in rows]

    def reaching(place: int, cell: Cell) -> Cell:
        if cell.field not in MERGEABLE[PLAN]:
            return cell
        return replace(cell, rowspan=cell.rowspan + sum(lines[place : place + cell.rowspan]))

    for place, row in enumerate(rows):
        cells = tuple(reaching(place, cell) for cell in row.cells)
        yield replace(row, cells=cells, has_line=lines[place])


def place_written(said: Mapping[str, Any], asked: str) -> str:
    """Where a new remark is being written: as a refused one said, else as the address asks."""
    if said.get("do") != "remark":
        return asked
    return said.get("row") or (f"{HEAD}{said['field']}" if said.get("field") else FORM)
