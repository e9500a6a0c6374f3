"""The reading as a process of its own: `python -m targets.domain.sheets.child`, file on standard input, JSON on standard output.

A spreadsheet parser may take any amount of memory or end its process outright; here it ends only itself. The parent is
`targets.intake.reading`. No Django: the start costs about a tenth of a second.

Standard input: one line of JSON (name, year, memory in bytes, seconds of processor time), then the bytes of the file.
Standard output: {"reading": …} or {"refused": "sentence"}.
"""

import json
import resource
import sys
from typing import Any

from targets.domain.record import Record
from targets.domain.sheets.problems import FileRefused, Problem
from targets.domain.sheets.reader import FormReading, Reading, read_workbook


def main() -> None:
    header, _, content = sys.stdin.buffer.read().partition(b"\n")
    order = json.loads(header)
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer: dict[str, Any] = {"reading": reading_to_json(read_workbook(content, order["name"], year=order["year"]))}
    except FileRefused as refusal:
        answer = {"refused": str(refusal)}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def reading_to_json(reading: Reading) -> dict[str, Any]:
    return {
        "forms": [
            {
                "record": form.record.as_json() if form.record else None,
                "kind": form.kind,
                "title": form.title,
                "sheet": form.sheet,
                "cell": form.cell,
                "refused": form.refused,
                "problems": [problem_to_json(problem) for problem in form.problems],
            }
            for form in reading.forms
        ],
        "problems": [problem_to_json(problem) for problem in reading.problems],
    }


def reading_from_json(data: dict[str, Any]) -> Reading:
    forms = tuple(
        FormReading(
            record=Record.from_json(form["record"]) if form["record"] else None,
            kind=form["kind"],
            title=form["title"],
            sheet=form["sheet"],
            cell=form["cell"],
            problems=tuple(Problem(**problem) for problem in form["problems"]),
            refused=form["refused"],
        )
        for form in data["forms"]
    )
    return Reading(forms, tuple(Problem(**problem) for problem in data["problems"]))


def problem_to_json(problem: Problem) -> dict[str, str]:
    return {"sheet": problem.sheet, "cell": problem.cell, "level": problem.level, "message": problem.message}


if __name__ == "__main__":
    main()
