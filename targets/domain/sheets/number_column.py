"""序号 in a list of plans: it counts lines or departments, unless it stands and repeats as the duties beside it do."""

from targets.domain.sheets.cells import Grid
from targets.domain.sheets.header import Header

COUNT, NUMBER = "count", "number"
DUTIES = ("duty_group", "duty")


def take_number_column(grid: Grid, header: Header, bottom: int) -> None:
    """Texts prove that it numbers the duties. It is told as a heading that was meant."""
    duty = next((header.fields[name][0] for name in DUTIES if name in header.fields), -1)
    if duty < 0 or COUNT not in header.fields or NUMBER in header.fields:
        return
    column, _ = header.fields[COUNT]
    if _number_duties(grid, column, duty, range(header.bottom + 1, bottom)):
        header.meant += ((grid.text(header.top, column), NUMBER, column),)
        header.fields[NUMBER] = header.fields.pop(COUNT)


def _number_duties(grid: Grid, column: int, duty: int, rows: range) -> bool:
    """A duty has a number, several lines may share both, and no number is that of two duties below each other."""
    is_shared = False
    above = ("", "")
    for row in rows:
        said = grid.text(row, column), grid.text(row, duty)
        if not any(grid.texts[row]):
            continue
        if bool(said[0]) != bool(said[1]) or (said[0] and said[0] == above[0] and said[1] != above[1]):
            return False
        is_shared = is_shared or not said[0] or said == above
        above = said if said[0] else above
    return is_shared
