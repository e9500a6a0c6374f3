"""What is said of a sheet that was made of a document, said of the document's own tables and paragraphs."""

from collections.abc import Sequence
from dataclasses import replace

from targets.domain.sheets.form import FormReading
from targets.domain.sheets.origin import Origin, Spot
from targets.domain.sheets.problems import WARNING, Problem, moved, problem, quoted


def at_origin(form: FormReading, origin: Origin) -> FormReading:
    """The same form with places that a person finds in the document; that of a sheet as it is."""
    if not origin.spots:
        return form
    problems = tuple(_moved(found, origin) for found in form.problems)
    begins = origin.spot(form.cell) or Spot(form.sheet, form.cell)
    return replace(form, sheet=begins.sheet, cell=begins.cell, problems=problems)


def _moved(found: Problem, origin: Origin) -> Problem:
    spot = origin.spot(found.cell)
    return moved(found, spot.sheet, spot.cell) if spot else found


def left_out(prose: Sequence[tuple[Spot, str]]) -> list[Problem]:
    """One remark for all paragraphs that belong to no form."""
    if not prose:
        return []
    spot, text = prose[0]
    count = f"等 {len(prose)} 段文字" if len(prose) > 1 else "这段文字"
    sentence = f"{quoted(text)}{count}不属于任何表，没有读入。如需保留，请移到相应栏目。"
    return [problem(spot.sheet, spot.cell, WARNING, sentence)]
