"""Cells that were read as the value above them, and how they are told: run by run."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from targets.domain.sheets.cells import address


@dataclass(frozen=True, slots=True)
class Carried:
    """A blank cell that was read as the value above it."""

    field: str
    row: int
    column: int
    value: str


def continuing(nests: Iterable[str], above: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[str]:
    """Fields that are blank where the row above is not, outermost first, and only as long as the outer cells are the same."""
    for name in nests:
        before, text = above.get(name, ""), texts.get(name, "")
        if text and text != before:
            return
        if before and not text:
            yield name


def outside_merges(nests: Sequence[str], merged: Container[str]) -> Sequence[str]:
    """A cell that is merged with the one above has the same cells outside of it, merged or not: their fields."""
    inner = [at for at, name in enumerate(nests) if name in merged]
    return nests[: inner[-1]] if inner else ()


def carried_runs(cells: Iterable[Carried]) -> list[tuple[str, str, str]]:
    """Field, place (`B8` or `B8:B10`) and value of each run of carried cells."""
    runs: list[list[Carried]] = []
    for cell in sorted(cells, key=lambda c: (c.column, c.row)):
        last = runs[-1][-1] if runs else None
        if last and last.field == cell.field and last.value == cell.value and cell.row - last.row <= 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return [(run[0].field, _range(run), run[0].value) for run in runs]


def _range(run: list[Carried]) -> str:
    first, last = (address(cell.row, cell.column) for cell in (run[0], run[-1]))
    return first if first == last else f"{first}:{last}"
