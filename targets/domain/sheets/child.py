"""The reading as a process of its own: `python -m targets.domain.sheets.child`, file on standard input, JSON lines out.

A spreadsheet parser may take any amount of memory or end its process outright; here it ends only itself. The parent is
`targets.intake.reading`. No Django: the start costs about a tenth of a second.

Standard input: one line of JSON (name, year, memory in bytes, seconds of processor time), then the bytes of the file.
Standard output, a line each: {"progress": [done, total]} · {"form": …} · {"problem": …} · {"refused": "sentence"} · {"end": true}.
"""

import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from targets.domain.record import Record
from targets.domain.sheets.archive import is_archive, members
from targets.domain.sheets.problems import REFUSED, FileRefused, Problem
from targets.domain.sheets.reader import FormReading, Reading, read_workbook


def main() -> None:
    header, _, content = sys.stdin.buffer.read().partition(b"\n")
    order = json.loads(header)
    limit_process(order["memory"], order["seconds"])
    try:
        for line in lines(content, order["name"], order["year"]):
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


def lines(content: bytes, name: str, year: int | None) -> Iterator[dict[str, Any]]:
    if not is_archive(content):
        yield from lines_of(read_workbook(content, name, year=year))
        return
    for member, member_content, number, total in members(content, name):
        try:
            yield from lines_of(placed_in(member, read_workbook(member_content, member, year=year)))
        except FileRefused as refusal:
            yield {"problem": problem_to_json(Problem(member, "", REFUSED, str(refusal)))}
        yield {"progress": [number, total]}


def lines_of(reading: Reading) -> Iterator[dict[str, Any]]:
    yield from ({"form": form_to_json(form)} for form in reading.forms)
    yield from ({"problem": problem_to_json(problem)} for problem in reading.problems)


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
        "record": form.record.as_json() if form.record else None,
        "kind": form.kind,
        "title": form.title,
        "sheet": form.sheet,
        "cell": form.cell,
        "refused": form.refused,
        "problems": [problem_to_json(problem) for problem in form.problems],
    }


def form_from_json(form: dict[str, Any]) -> FormReading:
    return FormReading(
        record=Record.from_json(form["record"]) if form["record"] else None,
        kind=form["kind"],
        title=form["title"],
        sheet=form["sheet"],
        cell=form["cell"],
        problems=tuple(Problem(**problem) for problem in form["problems"]),
        refused=form["refused"],
    )


def problem_to_json(problem: Problem) -> dict[str, str]:
    return {"sheet": problem.sheet, "cell": problem.cell, "level": problem.level, "message": problem.message}


if __name__ == "__main__":
    main()
