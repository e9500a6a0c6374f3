"""The reading as a process of its own: `python -m targets.domain.sheets.child`, file on standard input, JSON lines out.

A spreadsheet parser may take any amount of memory or end its process outright; here it ends only itself. The parent is
`targets.intake.reading`. No Django: the start costs about a tenth of a second.

Standard input: one line of JSON (name, year, bytes of the largest file, memory in bytes, seconds of processor time), then the bytes of the file.
Standard output, a line each: {"form": …, "place": …, "known": …} (its place in the file, and how many forms are known to
be there) · {"progress": [done, total]} · {"problem": …} · {"refused": "sentence"} · {"end": true}.
"""

import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from targets.domain.record import IndicatorRow, Record
from targets.domain.sheets.archive import is_archive, members
from targets.domain.sheets.guard import DEFAULT_LIMITS, Limits
from targets.domain.sheets.problems import REFUSED, FileRefused, Problem
from targets.domain.sheets.reader import FormReading, Found, Reading, read_one_by_one, read_workbook


def main() -> None:
    header, _, content = sys.stdin.buffer.read().partition(b"\n")
    order = json.loads(header)
    limit_process(order["memory"], order["seconds"])
    try:
        for line in lines(content, order["name"], order["year"], Limits(file_bytes=order["bytes"])):
            tell(line)
    except FileRefused as refusal:
        tell({"refused": str(refusal)})
    tell({"end": True})


def limit_process(memory: int, seconds: int) -> None:
    """No more memory and processor time than this, and no file; there is no way back."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tell(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
    sys.stdout.buffer.flush()


def lines(content: bytes, name: str, year: int | None, limits: Limits = DEFAULT_LIMITS) -> Iterator[dict[str, Any]]:
    if not is_archive(content):
        yield from map(line_of, read_one_by_one(content, name, year=year, limits=limits))
        return
    known = 0
    for member, member_content, number, total in members(content, name):
        try:
            reading = placed_in(member, read_workbook(member_content, member, year=year, limits=limits))
        except FileRefused as refusal:
            yield line_of(Problem(member, "", REFUSED, str(refusal)))
        else:
            forms, known = enumerate(reading.forms, known), known + len(reading.forms)
            yield from (line_of(Found(place, known, form)) for place, form in forms)
            yield from map(line_of, reading.problems)
        yield {"progress": [number, total]}


def line_of(said: Found | Problem) -> dict[str, Any]:
    if isinstance(said, Problem):
        return {"problem": problem_to_json(said)}
    return {"form": form_to_json(said.form), "place": said.place, "known": said.known}


def found_in(line: dict[str, Any]) -> Found | Problem:
    """The reverse of `line_of`. Raises ValueError, TypeError or LookupError for anything else."""
    if "problem" in line:
        return Problem(**line["problem"])
    return Found(int(line["place"]), int(line["known"]), form_from_json(line["form"]))


def placed_in(member: str, reading: Reading) -> Reading:
    """The same with the file's name before every sheet, so that 500 sheets called Sheet1 can be told apart."""

    def placed(problem: Problem) -> Problem:
        sheet = f"{member}/{problem.sheet}"
        sentence = problem.message.removeprefix(f"{problem.sheet}!{problem.cell}：")
        return replace(problem, sheet=sheet, message=f"{sheet}!{problem.cell}：{sentence}")

    forms = tuple(
        replace(form, sheet=f"{member}/{form.sheet}", problems=tuple(placed(problem) for problem in form.problems))
        for form in reading.forms
    )
    return Reading(forms, tuple(placed(problem) for problem in reading.problems))


def form_to_json(form: FormReading) -> dict[str, Any]:
    return {
        "record": record_to_json(form.record) if form.record else None,
        "kind": form.kind,
        "title": form.title,
        "sheet": form.sheet,
        "cell": form.cell,
        "refused": form.refused,
        "problems": [problem_to_json(problem) for problem in form.problems],
    }


def form_from_json(form: dict[str, Any]) -> FormReading:
    return FormReading(
        record=record_from_json(form["record"]) if form["record"] else None,
        kind=form["kind"],
        title=form["title"],
        sheet=form["sheet"],
        cell=form["cell"],
        problems=tuple(Problem(**problem) for problem in form["problems"]),
        refused=form["refused"],
    )


def record_to_json(record: Record) -> dict[str, Any]:
    """Rows as lists: names that every row repeats would be most of what is handed over."""
    return record.head_as_json() | {"rows": [[*row.texts, list(row.continues)] for row in record.rows]}


def record_from_json(data: dict[str, Any]) -> Record:
    rows = data.pop("rows")
    return replace(Record.from_json(data), rows=tuple(map(row_from_json, rows)))


def row_from_json(cells: list[Any]) -> IndicatorRow:
    *texts, continues = cells
    checked: list[Any] = [*map(str, texts), tuple(map(str, continues))]
    return IndicatorRow(*checked)


def problem_to_json(problem: Problem) -> dict[str, str]:
    return {"sheet": problem.sheet, "cell": problem.cell, "level": problem.level, "message": problem.message}


if __name__ == "__main__":
    main()
