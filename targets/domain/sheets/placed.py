"""What is said of a sheet that was made of a document, said of the document's own tables and paragraphs."""

from collections.abc import Sequence
from dataclasses import replace

from targets.domain.sheets.form import FormReading
from targets.domain.sheets.head import add_extra
from targets.domain.sheets.origin import Origin, Spot
from targets.domain.sheets.problems import WARNING, Problem, moved, problem, quoted
from targets.domain.sheets.strays import WHERE, in_texts

LONGEST_PROSE = 1_000
"""Characters around a form that are a remark on it; more are a notice in which it stands."""


def at_origin(form: FormReading, origin: Origin) -> FormReading:
    """The same form with places that a person finds in the document; that of a sheet as it is."""
    if not origin.spots:
        return form
    problems = tuple(dict.fromkeys(_moved(found, origin) for found in form.problems))
    begins = origin.spot(form.cell) or Spot(form.sheet, form.cell)
    return replace(form, sheet=begins.sheet, cell=begins.cell, problems=problems)


def _moved(found: Problem, origin: Origin) -> Problem:
    spot = origin.spot(found.cell)
    return moved(found, spot.sheet, spot.cell) if spot else found


def with_prose(form: FormReading, prose: Sequence[tuple[Spot, str]]) -> FormReading:
    """The only form of a document keeps the paragraphs around it, unless they are a document of their own."""
    if form.record is None or sum(len(text) for _, text in prose) > LONGEST_PROSE:
        return replace(form, problems=(*form.problems, *left_out(prose)))
    extra = {**form.record.extra}
    for name, text in in_texts(text for _, text in prose):
        add_extra(extra, name, text)
    return replace(form, record=replace(form.record, extra=extra), problems=(*form.problems, _told(prose, WHERE)))


def left_out(prose: Sequence[tuple[Spot, str]]) -> list[Problem]:
    """One remark for all paragraphs that belong to no form."""
    return [_told(prose, "不属于任何表，没有读入。如需保留，请移到相应栏目。")] if prose else []


def _told(prose: Sequence[tuple[Spot, str]], said: str) -> Problem:
    spot, text = prose[0]
    count = f"等 {len(prose)} 段文字" if len(prose) > 1 else "这段文字"
    return problem(spot.sheet, spot.cell, WARNING, f"{quoted(text)}{count}{said}")
