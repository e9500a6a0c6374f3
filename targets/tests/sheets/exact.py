"""How much of a reading is as the exact transcription says, cell by cell, and which wrong rows carry no remark."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from targets.domain.sheets.reader import FormReading

FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "2023"
HEAD = ("year", "title", "department_code", "department_name", "unit", "total", "fiscal", "other", "goal")
PROJECT_CELLS = ("level1", "level2", "name", "target")


def transcription() -> list[dict[str, Any]]:
    forms: list[dict[str, Any]] = []
    for name in ("2023-projects.json", "2023-departments.json"):
        forms += json.loads((FOLDER / "source" / name).read_text(encoding="utf-8"))
    return forms


def shown_sheets() -> list[list[list[str]]]:
    """Every sheet of the workbooks of 2023 as rows of text; cells that were merged are blank but for the first."""
    books = [openpyxl.load_workbook(path) for path in sorted(FOLDER.glob("*.xlsx"))]
    return [
        [["" if cell.value is None else str(cell.value) for cell in line] for line in sheet.iter_rows()]
        for book in books
        for sheet in book
    ]


def packed(text: object) -> str:
    """White space is ignored: in the publication it is where the page breaks its lines."""
    return "".join(str(text).split())


@dataclass(slots=True)
class Count:
    """Cells of one form or of many."""

    name: str = ""
    cells: int = 0
    wrong: int = 0
    silent: int = 0
    """Wrong cells in rows without a remark."""
    differences: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return 1 - self.wrong / self.cells

    def add(self, other: "Count") -> None:
        self.cells, self.wrong, self.silent = (
            self.cells + other.cells,
            self.wrong + other.wrong,
            self.silent + other.silent,
        )
        self.differences += other.differences

    def __str__(self) -> str:
        return f"{self.name}: {self.rate:.2%} of {self.cells} cells, {self.wrong} wrong, {self.silent} of them silent"


def compare(form: FormReading, printed: Mapping[str, Any], lines: Sequence[str]) -> Count:
    """`lines` are the lines of the sheet as text, to find the line of a row by its name."""
    count = Count(str(printed.get("department_name") if "duty" in printed["rows"][0] else printed["title"]))
    read = form.record.as_json() if form.record else {"rows": []}
    for name in HEAD:
        if name in printed:
            count.cells += 1
            if packed(read.get(name, "")) != packed(printed[name]):
                count.wrong += 1
                count.differences.append(f"{count.name} {name}: {read.get(name)!r} for {printed[name]!r}")
    fields = PROJECT_CELLS if "duty" not in printed["rows"][0] else tuple(printed["rows"][0])
    marked = {int("".join(char for char in problem.cell.split(":")[-1] if char.isdigit())) for problem in form.problems}
    marked |= {row for problem in form.problems if ":" in problem.cell for row in _rows(problem.cell)}
    for row, wanted in paired(read["rows"], printed["rows"]):
        wrong = [name for name in fields if packed(row.get(name, "")) != packed(wanted[name])]
        count.cells += len(fields)
        count.wrong += len(wrong)
        if wrong and not marked & set(places(lines, wanted["name"], wanted["target"])):
            count.silent += len(wrong)
        count.differences += [
            f"{count.name} {wanted['name']} {name}: {row.get(name)!r} for {wanted[name]!r}" for name in wrong
        ]
    return count


def _rows(cells: str) -> range:
    first, last = (int("".join(char for char in cell if char.isdigit())) for cell in cells.split(":"))
    return range(first, last + 1)


def places(lines: Sequence[str], name: str, target: str) -> Iterator[int]:
    """Numbers of the sheet rows that hold this indicator."""
    for number, line in enumerate(lines, start=1):
        if packed(name) in line and packed(target) in line:
            yield number


def paired(
    read: Sequence[Mapping[str, str]], printed: Sequence[Mapping[str, str]]
) -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Each printed row with the row that was read for it: equal names first, else the one at its place between them."""
    keys = [[packed(row["name"] + row.get("explanation", "")) for row in rows] for rows in (read, printed)]
    blocks = difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_matching_blocks()
    found = {block.b + at: block.a + at for block in blocks for at in range(block.size)}
    after = 0
    for number, wanted in enumerate(printed):
        after = found.get(number, after)
        yield (read[after] if after < len(read) else {}), wanted
        after += 1
