"""What the grid's script needs of a form: its rows as data, and what the checks say of them as the templates would write it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import get_template

from targets.domain.record import PROJECT
from targets.editing import ROWS_AT_MOST
from targets.forms import ONE_LINE
from targets.paper import MERGEABLE, Note, Paper, worst_level


def grid_of(paper: Paper, taxonomy: Mapping[str, Any], stale: Sequence[str]) -> dict[str, Any]:
    """Rows are lists of key, continuing cells and texts in the order of the columns: half as long as with names."""
    kind = paper.record.kind
    columns = [
        {"field": column.field, "label": column.label, "css": column.css, "group": column.group}
        for column in paper.columns
    ]
    rows = [
        [row.key, list(row.source.continues), *(getattr(row.source, column.field) for column in paper.columns)]
        for row in paper.rows
    ]
    return {
        "kind": kind,
        "columns": columns,
        "rows": rows,
        "merges": MERGEABLE[kind],
        "oneLine": [column.field for column in paper.columns if column.field in ONE_LINE],
        "rowsAtMost": ROWS_AT_MOST,
        "stale": list(stale),
        "taxonomy": {level1: list(seconds) for level1, seconds in taxonomy.items()},
        **judgement_of(paper),
    }


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
    return {"notes": notes, "margin": margin}


def _said(notes: tuple[Note, ...]) -> str:
    return "；".join(note.judged.finding.message for note in notes)


def _mildest(notes: tuple[Note, ...]) -> str:
    """A cell with nothing but hints is marked as one; one whose errors were all explained is not marked."""
    return "" if any(note.judged.is_waived for note in notes) or worst_level(notes) else "info"
