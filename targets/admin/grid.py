"""What the grid's script needs of a form: its rows as data, and what the checks say of them as the templates would write it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.template.loader import get_template

from targets.domain.cures import cures_of, in_words
from targets.domain.record import PROJECT, IndicatorRow, Record
from targets.editing import ROWS_AT_MOST
from targets.forms import CELLS, HEAD, ONE_LINE, is_blank
from targets.paper import MERGEABLE, Note, Paper, worst_level


def grid_of(paper: Paper, stored: Record, taxonomy: Mapping[str, Any], stale: Sequence[str]) -> dict[str, Any]:
    """Rows are lists of key, continuing cells and texts in the order of the columns: half as long as with names.

    `stored` where the page shows typed rows that are not stored (but for the blank one at the end, which the script makes).
    """
    kind = paper.record.kind
    fields = [column.field for column in paper.columns]
    known = [_listed(row, fields) for row in stored.rows]
    keys = {row.key for row in stored.rows}
    shown = (row.source for row in paper.rows if row.key in keys or not is_blank(row.source, kind))
    rows = [_listed(row, fields) for row in shown]
    columns = [
        {"field": column.field, "label": column.label, "css": column.css, "group": column.group}
        for column in paper.columns
    ]
    return {
        "kind": kind,
        "columns": columns,
        "rows": rows,
        "stored": None if rows == known else known,
        "merges": MERGEABLE[kind],
        "oneLine": [column.field for column in paper.columns if column.field in ONE_LINE],
        "heads": HEAD[kind],
        "rowsAtMost": ROWS_AT_MOST,
        "stale": list(stale),
        "taxonomy": {level1: list(seconds) for level1, seconds in taxonomy.items()},
        **judgement_of(paper),
    }


def rows_of(record: Record) -> list[dict[str, Any]]:
    """Rows with names, for an answer to a grid that may show other columns."""
    return [
        {
            "key": row.key,
            "continues": list(row.continues),
            "texts": {name: getattr(row, name) for name in CELLS[record.kind]},
        }
        for row in record.rows
    ]


def _listed(row: IndicatorRow, fields: Sequence[str]) -> list[Any]:
    return [row.key, list(row.continues), *(getattr(row, name) for name in fields)]


def judgement_of(paper: Paper) -> dict[str, Any]:
    """What the checks say: of cells in a sentence, beside rows as the margin has it."""
    notes = {
        f"{row.key} {cell.field}": {"level": cell.worst or _mildest(cell.findings), "say": _said(cell.findings)}
        for row in paper.rows
        for cell in row.cells
        if cell.findings
    }
    margin = {}
    if paper.record.kind == PROJECT:
        template = get_template("targets/declaration/note.html")
        margin = {
            row.key: "".join(template.render({"note": note}) for note in row.findings)
            for row in paper.rows
            if row.findings
        }
    words = {text: in_words(text) for row in paper.rows if (text := row.source.target).strip()}
    return {"notes": notes, "margin": margin, "words": words, "cures": _cures(paper.record)}


def _cures(record: Record) -> dict[str, list[dict[str, str]]]:
    """Place ("KEY field", " goal" for the head) → what may be made of its text by one click."""
    texts = {f"{row.key} {name}": getattr(row, name) for row in record.rows for name in CELLS[record.kind]}
    texts |= {f" {name}": str(getattr(record, name)) for name in ("title", "goal")}
    return {
        place: [asdict(cure) for cure in cures]
        for place, text in texts.items()
        if text and (cures := list(cures_of(place.partition(" ")[2], text)))
    }


def _said(notes: tuple[Note, ...]) -> str:
    return "；".join(note.judged.finding.message for note in notes)


def _mildest(notes: tuple[Note, ...]) -> str:
    """A cell with nothing but hints is marked as one; one whose errors were all explained is not marked."""
    return "" if any(note.judged.is_waived for note in notes) or worst_level(notes) else "info"
