"""Read the rows of a table: values, cells merged with the cell above, and blanks that continue it in a file without merges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from targets.domain.record import IndicatorRow
from targets.domain.sheets.cells import Cell, Grid, address, label_key
from targets.domain.sheets.find import Block
from targets.domain.sheets.head import begins_foot
from targets.domain.sheets.header import Header
from targets.domain.sheets.layout import Layout


@dataclass(frozen=True, slots=True)
class Carried:
    """A blank cell that was read as the value above it."""

    field: str
    row: int
    column: int
    value: str


@dataclass(slots=True)
class Table:
    """What the blocks of one form hold below their heads."""

    rows: list[IndicatorRow] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """Sheet row of each indicator."""
    carried: list[Carried] = field(default_factory=list)
    foot: list[list[Cell]] = field(default_factory=list)
    strays: list[Cell] = field(default_factory=list)
    other_columns: list[tuple[str, int, str]] = field(default_factory=list)
    """Heading that the layout does not know, number of the indicator, text."""


def read_table(grid: Grid, layout: Layout, blocks: Sequence[Block]) -> Table:
    table = Table()
    proven = grid.has_tall_merge(blocks[0].top, blocks[-1].bottom)
    for number, block in enumerate(blocks):
        if block.header:
            _Page(grid, layout, block, block.header, table, may_carry=not proven, continues_page=number > 0).read()
    return table


@dataclass(slots=True)
class _Page:
    grid: Grid
    layout: Layout
    block: Block
    header: Header
    table: Table
    may_carry: bool
    """No merge in the form: blanks may be cells that have lost theirs."""
    continues_page: bool
    """The first row after a repeated head continues the page before, merged or not."""

    def read(self) -> None:
        in_foot = False
        side_end = self._side_end()
        first = True
        for row in range(self.header.bottom + 1, self.block.bottom):
            cells = self.grid.rows[row]
            if not cells:
                continue
            inside = [cell for cell in cells if cell.column in self.header.columns]
            begins = row > side_end and (begins_foot(cells[0]) or self._is_line_across(cells))
            in_foot = begins or in_foot and row > side_end and not self._is_indicator(row)
            if in_foot:
                self.table.foot.append(cells)
                continue
            self.table.strays += [
                c for c in cells if c not in inside and label_key(c.text) != label_key(self.layout.side)
            ]
            if any(True for _ in self._own(row)):
                self._add(row, after_head=first and self.continues_page)
                first = False
            self._add_unknown(row)

    def _side_end(self) -> int:
        """The last row beside which the side label is merged down: up to there nothing is a foot."""
        side = label_key(self.layout.side)
        for cell in self.grid.rows[self.header.top]:
            merge = self.grid.merge_from.get((cell.row, cell.column))
            if side and merge and label_key(cell.text) == side:
                return merge.bottom
        return self.header.bottom

    def _is_line_across(self, cells: list[Cell]) -> bool:
        """One text merged over most of the table is a remark."""
        width = self.grid.right_of(cells[0]) - cells[0].column
        return len(cells) == 1 and width > max(2, len(self.header.columns) // 2)

    def _is_indicator(self, row: int) -> bool:
        return all(name in self.header.fields and self._text(row, name) for name in ("name", "target"))

    def _text(self, row: int, name: str) -> str:
        first, last = self.header.fields[name]
        return next((text for column in range(first, last + 1) if (text := self.grid.text(row, column))), "")

    def _own(self, row: int) -> Iterator[str]:
        return (name for name in self.header.fields if self._text(row, name))

    def _add(self, row: int, *, after_head: bool) -> None:
        above = self.table.rows[-1] if self.table.rows else None
        texts: dict[str, str] = {}
        continues: list[str] = []
        for name, span in self.header.fields.items():
            texts[name] = self._text(row, name)
            merge = self.grid.hangs_from.get((row, span[0]))
            if merge and merge.top > self.header.bottom and span[0] <= merge.left <= span[1]:
                if above and self.table.places[-1] >= merge.top:
                    texts[name] = getattr(above, name)
                    continues.append(name)
                else:
                    texts[name] = self.grid.text(merge.top, merge.left)
        if above and (self.may_carry or after_head):
            continues += self._carry(row, above, texts, continues)
        ordered = tuple(column.field for column in self.layout.columns if column.field in continues)
        self.table.rows.append(IndicatorRow(**texts, continues=ordered))
        self.table.places.append(row)
        for cell in self.grid.rows[row]:
            self._stray_in_span(cell)

    def _carry(self, row: int, above: IndicatorRow, texts: dict[str, str], continues: list[str]) -> list[str]:
        """Fill blanks from the row above, outermost first, and only as long as the outer cells are the same."""
        carried = []
        for name in self.layout.nests:
            if name not in texts:
                continue
            before = getattr(above, name)
            if not texts[name] and before and name not in continues:
                texts[name] = before
                carried.append(name)
                self.table.carried.append(Carried(name, row, self.header.fields[name][0], before))
            if texts[name] != before:
                break
        return carried

    def _stray_in_span(self, cell: Cell) -> None:
        """A second text below one heading has no field of its own."""
        for name, (first, last) in self.header.fields.items():
            if first <= cell.column <= last and cell.text != self._text(cell.row, name):
                self.table.strays.append(cell)

    def _add_unknown(self, row: int) -> None:
        for heading, (first, last) in self.header.unknown.items():
            for column in range(first, last + 1):
                if text := self.grid.text(row, column):
                    self.table.other_columns.append((heading, len(self.table.rows), text))


def carried_runs(table: Table) -> list[tuple[str, str, str]]:
    """Field, place (`B8` or `B8:B10`) and value of each run of carried cells."""
    runs: list[list[Carried]] = []
    for cell in sorted(table.carried, key=lambda c: (c.column, c.row)):
        last = runs[-1][-1] if runs else None
        if last and last.field == cell.field and last.value == cell.value and cell.row - last.row <= 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return [(run[0].field, _range(run), run[0].value) for run in runs]


def _range(run: list[Carried]) -> str:
    first, last = (address(cell.row, cell.column) for cell in (run[0], run[-1]))
    return first if first == last else f"{first}:{last}"
