"""What is found in a table: its indicators with their places, and all that is said beside them."""

from collections.abc import Iterable

from msgspec import Struct

from targets.domain.record import IndicatorRow
from targets.domain.sheets.blanks import blanks_below_text
from targets.domain.sheets.carried import Carried
from targets.domain.sheets.cells import Cell
from targets.domain.sheets.heading_units import Given
from targets.domain.sheets.indicator import Beside
from targets.domain.sheets.straighten import Told


class Table(Struct):
    """What the blocks of one form hold below their heads."""

    rows: list[IndicatorRow] = []
    places: list[int] = []
    """Sheet row of each indicator."""
    carried: list[Carried] = []
    foot: list[list[Cell]] = []
    strays: list[Cell] = []
    other_columns: list[tuple[str, int, str]] = []
    """Heading that the layout does not know, number of the indicator, text."""
    side: str = ""
    """The label left of the rows that are being read."""
    sides: list[str] = []
    """That label for each indicator."""
    last_of: dict[str, int] = {}
    """The last indicator beside each such label."""
    cores: list[str] = []
    """Names of the indicators that are marked as core ones."""
    points: dict[str, str] = {}
    """Level → points that stand in its cell."""
    totals: list[list[Cell]] = []
    alone: frozenset[int] = frozenset()
    """Rows that name a first level alone in a column that holds both."""
    blanks: dict[str, list[int]] = {}
    """Field → rows that may have lost a merge, in a table whose head has kept its own."""
    long_is_right: bool | None = None
    given: Given = {}
    told: list[Told] = []
    """What was put right in rows whose cells had moved or were glued together."""

    def carried_into(self, row: int, names: Iterable[str]) -> list[str]:
        """Of the fields that go on from the row above, those that do so here: the second level of a row that names its first alone does not."""
        return [name for name in names if name != "level2" or row not in self.alone]

    def note_blanks(self, chains: Iterable[tuple[str, ...]]) -> None:
        """Those of `blanks_below_text`, but for rows of which it is told already that they have no second level."""
        found = blanks_below_text(self.rows, chains)
        rows = {name: [self.places[number] for number in numbers] for name, numbers in found.items()}
        left = {name: [row for row in own if row not in self.alone] for name, own in rows.items()}
        self.blanks = {name: own for name, own in left.items() if own}

    def keep(self, beside: Beside) -> None:
        """What the last row says beside its texts."""
        self.points.update(beside.points)
        self.other_columns += [(heading, len(self.rows), text) for heading, text in beside.left.items()]
        if beside.is_core:
            self.cores.append(self.rows[-1].name)
