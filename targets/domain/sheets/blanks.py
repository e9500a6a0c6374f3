"""Blanks below a text in a form that kept its merges: read as blank, for the form shows that it has kept them, and told."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

from targets.domain.record import IndicatorRow
from targets.domain.sheets.cells import address
from targets.domain.sheets.header import SHARED
from targets.domain.sheets.layout import Layout
from targets.domain.sheets.origin import Origin

LEVELS = (SHARED, "level2")


def chains_of(
    layout: Layout, merged: Container[str], rows: Sequence[IndicatorRow], *, in_rows: bool
) -> list[tuple[str, ...]]:
    """Fields of a form whose blanks may have lost a merge, outermost first.

    An indicator has its levels. Where rows have merges of their own (`in_rows`) a duty may be blank, unless others of its
    column are `merged` or the whole column seems to have lost its merges; where they have none, each of them has its number.
    """
    duties = tuple(name for name in layout.nests if name not in LEVELS)
    if not in_rows:
        return [duties[:1], LEVELS]
    bare = _without_their_merges(duties, merged, rows)
    return [tuple(name for name in duties if name in merged or name in bare), LEVELS]


def _without_their_merges(duties: Sequence[str], merged: Container[str], rows: Sequence[IndicatorRow]) -> set[str]:
    """Duties with no merge in their column that are blank beside one merged with the one above, or in a row that names no duty."""
    found: set[str] = set()
    for at, name in enumerate(duties):
        if name in merged or all(map(attrgetter(name), rows)):
            continue
        for row in rows:
            if getattr(row, name):
                continue
            sides = reversed(duties[:at]), duties[at:]
            beside = [*filter(None, (next((other for other in side if getattr(row, other)), "") for side in sides))]
            if not beside or any(other in row.continues for other in beside):
                found.add(name)
                break
    return found


def blanks_below_text(rows: Sequence[IndicatorRow], chains: Iterable[tuple[str, ...]]) -> dict[str, list[int]]:
    """Field → numbers of the rows whose cell is blank, hangs from none, and stands below one of the same category that is not."""
    found: dict[str, list[int]] = {}
    for names in chains:
        if all(all(map(attrgetter(name), rows)) for name in names):
            continue
        above: dict[str, str] = {}
        for number, row in enumerate(rows):
            for name in names:
                text = getattr(row, name)
                if not text:
                    if name in above and name not in row.continues:
                        found.setdefault(name, []).append(number)
                elif text != above.get(name):
                    above = {outer: above[outer] for outer in names[: names.index(name)] if outer in above}
                    above[name] = text
    return found


def told_blanks(
    layout: Layout, blanks: Mapping[str, Sequence[int]], columns: Mapping[str, tuple[int, int]], origin: Origin
) -> Iterator[tuple[str, str]]:
    """Address and sentence, once for each column; `blanks` are rows of the sheet."""
    for name, rows in blanks.items():
        sentence = f"第{origin.lines(sorted({*rows}))}行的{layout.headings_of[name]}为空白，已照空白读入。如与上一行相同，请合并单元格或补填后重新上传。"
        yield address(rows[0], columns.get(name, (0, 0))[0]), sentence
