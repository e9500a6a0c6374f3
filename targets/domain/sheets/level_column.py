"""Columns of nothing but categories under a heading that says something else: 指标类型 over 产出指标 and 效益指标."""

from targets.domain.sheets.cells import Grid, label_key
from targets.domain.sheets.header import Header
from targets.domain.sheets.layout import Layout
from targets.domain.sheets.says import Says, at_first_sight

NEIGHBOURS = frozenset(("level1", "level2", "target"))
LEVELS = (("level1", Says.LEVEL1), ("level2", Says.LEVEL2))


def take_level_columns(grid: Grid, layout: Layout, header: Header, bottom: int) -> None:
    """Texts prove what the heading does not. It is told as a heading that was meant."""
    rows = range(header.bottom + 1, bottom)
    for name, kind in LEVELS:
        if name in header.fields or name not in layout.order:
            continue
        for heading, (first, last) in header.unknown.items():
            if _holds_only(grid, first, rows, kind):
                del header.unknown[heading]
                header.fields[name] = (first, last)
                header.meant += ((heading, name, first),)
                break
    if "name" not in header.fields and header.fields.keys() >= NEIGHBOURS:
        _take_names(header)


def _take_names(header: Header) -> None:
    """The one column between the categories and the targets holds the indicators."""
    left = max(header.fields[name][1] for name, _ in LEVELS)
    right = header.fields["target"][0]
    between = [heading for heading, (first, last) in header.unknown.items() if left < first and last < right]
    if len(between) == 1:
        (heading,) = between
        header.fields["name"] = header.unknown.pop(heading)
        header.meant += ((heading, "name", header.fields["name"][0]),)


def _holds_only(grid: Grid, column: int, rows: range, kind: int) -> bool:
    """Some texts, each of this kind; in another column its first text says so."""
    found = False
    for row in rows:
        if text := grid.text(row, column):
            if not at_first_sight(label_key(text)) & kind:
                return False
            found = True
    return found
