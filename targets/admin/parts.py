"""Parts of a form's page that the checks fill, drawn anew while somebody types: the same templates as the page's own."""

from typing import Any

from django.template.loader import render_to_string

from departments.models import Person
from targets.admin.grid import judgement_of
from targets.admin.page import RARE, bar_of
from targets.findings import Judged, count_levels
from targets.models import Declaration
from targets.paper import HEAD_FIELDS, Paper
from targets.review import open_steps

NOTE = "targets/declaration/note.html"


def parts_of(declaration: Declaration, paper: Paper, judged: list[Judged], user: Person) -> dict[str, Any]:
    """What the checks say of cells and rows, and the parts by name."""
    offers = open_steps(declaration, user, judged=judged)
    bar = bar_of(declaration, [one for one in offers if one.step.slug not in RARE])
    form = {"paper": paper, "is_form": True, "opts": declaration._meta, "declaration": declaration}
    parts: dict[str, str] = {
        "counts": render_to_string("targets/declaration/counts.html", {"counts": count_levels(judged)}),
        "steps": render_to_string("targets/declaration/foot_steps.html", {"bar": bar}),
    }
    if declaration.is_plan:
        parts["list"] = render_to_string("targets/declaration/findings.html", form)
    else:
        parts["whole"] = render_to_string("targets/declaration/whole.html", form)
        parts |= {
            f"head-{name}": "".join(render_to_string(NOTE, {"note": note}) for note in paper.head[name].findings)
            for name in HEAD_FIELDS
        }
    heads = {name: paper.head[name].css for name in HEAD_FIELDS}
    return {**judgement_of(paper), "parts": parts, "heads": heads}
