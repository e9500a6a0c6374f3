"""A flat list becomes records, form by form, each when it is asked for."""

from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import groupby, pairwise, takewhile
from operator import itemgetter

from targets.domain.record import MONEY, PLAN, PROJECT, IndicatorRow
from targets.domain.sheets.amounts import read_amount, unit_in
from targets.domain.sheets.blanks import LEVELS
from targets.domain.sheets.both_levels import part_levels
from targets.domain.sheets.carried import Carried, continuing, outside_merges
from targets.domain.sheets.cells import Cell, Grid, address, label_key
from targets.domain.sheets.find import Block
from targets.domain.sheets.flat import FLAT, FLAT_PLAN, HEADINGS, KIND, QUANTITY, ROW_FIELDS, UNIT_CODE
from targets.domain.sheets.flat_lines import OF_PLANS, OF_PROJECTS, Lines, Listed, Page
from targets.domain.sheets.foot import read_foot
from targets.domain.sheets.form import Form, FormReading, read_form
from targets.domain.sheets.head import Head, add_extra, years_in
from targets.domain.sheets.heading_units import OF_TARGETS, give_units, told_units
from targets.domain.sheets.indicator import joined_target, settle
from targets.domain.sheets.layout import DEPARTMENT, DEPARTMENT_CODE, MEASUREMENT_UNIT, MONEY_UNIT, OPERATOR, YEAR
from targets.domain.sheets.level_column import take_level_columns
from targets.domain.sheets.list_shift import straighten_lines
from targets.domain.sheets.meant import meant_headings
from targets.domain.sheets.named_values import part_names_and_values
from targets.domain.sheets.names import split_department
from targets.domain.sheets.number_column import take_number_column
from targets.domain.sheets.percents import settle_fractions
from targets.domain.sheets.plan_v2 import PLAN_V2
from targets.domain.sheets.problems import GUESS, WARNING, Problem, problem, quoted, told_by_form
from targets.domain.sheets.project_v1 import PROJECT_V1
from targets.domain.sheets.sign_column import take_sign_column
from targets.domain.sheets.split import is_one
from targets.domain.sheets.straighten import Line, Told, split_lines
from targets.domain.sheets.table_found import Table

OwnLine = tuple[Page, int, dict[str, str], frozenset[str]]
"""Where a line stands, the texts of its indicator, and its fields that hang together with the line above."""
LEFT_TO_THE_FORM = (*MONEY, "goal", "code", "unit", DEPARTMENT, DEPARTMENT_CODE)
ORDERS = {
    layout.kind: tuple(column.field for column in layout.columns if column.field in ROW_FIELDS)
    for layout in (PROJECT_V1, PLAN_V2)
}


class ListForms:
    """Every form of a list, read when its turn comes; repeated heads of its pages are no lines."""

    def __init__(self, grid: Grid, form: Form, *, year: int | None, told: Sequence[Problem] = ()) -> None:
        self.grid, self.form = grid, form
        self._year, self._told = year, [*told]
        self._lines = Lines(grid, OF_PLANS if form.layout.kind == PLAN else OF_PROJECTS)
        for block in form.blocks:
            if block.header:
                take_sign_column(grid, block.header, block.bottom)
                take_level_columns(grid, form.layout, block.header, block.bottom)
                if form.layout.kind == PLAN:
                    take_number_column(grid, block.header, block.bottom)
                self._told += [
                    problem(grid.name, told.place, GUESS, told.sentence) for told in meant_headings(FLAT, block.header)
                ]
                self._told += straighten_lines(grid, block.header, range(block.header.bottom + 1, block.bottom))
                self._lines.read(Page(grid, block, block.header))

    def __len__(self) -> int:
        return len(self._lines.listed)

    def __iter__(self) -> Iterator[FormReading]:
        above, lines = self.form.heads[0], self._lines
        foot = read_foot(FLAT, lines.foot)
        rows = self._rows()
        told = told_by_form(rows, (*self._told, *lines.told, *self._told_totals()))
        strays = self._strays((*above.strays, *foot.strays, *lines.strays))
        for number, listed in enumerate(lines.listed):
            head = self._head(listed, above)
            for name, text in (*above.extra.items(), *foot.extra.items()):
                add_extra(head.extra, name, text)
            head.strays += strays.get(number, ())
            layout = FLAT_PLAN if self._is_plan(listed) else FLAT
            own = rows[number]
            block = Block(layout, own[0], self.form.blocks[0].header, own[-1] + 1, is_named=True)
            yield read_form(
                self.grid,
                Form(layout, (block,), (head,)),
                year=self._year,
                year_above=None,
                told=(*told[number], *listed.faults),
                table=self._table(listed, head),
                rows=own,
            )

    def _rows(self) -> list[Sequence[int]]:
        """The rows of each form: its lines, and what stands below them before the line of another form."""
        listed = self._lines.listed
        tops = [self.form.blocks[0].top, *(one.first for one in listed[1:]), self.form.blocks[-1].bottom]
        if not self._lines.apart:
            return [range(top, bottom) for top, bottom in pairwise(tops)]
        found: list[list[int]] = [[] for _ in listed]
        owner = 0
        for row in range(tops[0], tops[-1]):
            owner = self._owners.get(row, owner)
            found[owner].append(row)
        return [*found]

    @cached_property
    def _owners(self) -> dict[int, int]:
        """Row of a line → number of its form."""
        return {row: number for number, one in enumerate(self._lines.listed) for _, row in one.places()}

    def _strays(self, cells: Sequence[Cell]) -> dict[int, list[Cell]]:
        """Number of a form → texts of no column: those beside its lines, and those in lines of their own above it (or below all)."""
        found: dict[int, list[Cell]] = {}
        if cells:
            firsts = [one.first for one in self._lines.listed]
            for cell in cells:
                number = self._owners.get(cell.row, min(bisect_left(firsts, cell.row), len(firsts) - 1))
                found.setdefault(number, []).append(cell)
        return found

    def _head(self, listed: Listed, above: Head) -> Head:
        """What the lines say of their form, as if it stood above a table of its own."""
        head = Head(money_unit=unit_in(listed.text(MONEY_UNIT)) or above.money_unit, other_form=above.other_form)
        is_plan = self._is_plan(listed)
        beside = MONEY if self.form.layout.kind == PROJECT else (*MONEY, "goal")
        for name in LEFT_TO_THE_FORM:
            cell = listed.said.get(name) or above.values.get(name)
            if cell and not (is_plan and name in beside):
                head.values[name] = cell
                head.labels[name] = self._lines.headings.get(name) or above.labels.get(name, cell)
            elif cell:
                add_extra(head.extra, self._lines.headings[name].text, cell.text)
        title = listed.said.get("title")
        if title:
            head.values["title"] = title
        head.first = title or Cell(listed.first, listed.page.columns.get("title", 0), "")
        said_year = listed.said.get(YEAR)
        head.years = [(found, said_year) for found in _years(said_year.text)] if said_year else list(above.years)
        if is_plan and title:
            head.title = title
            head.years += [(found, title) for found in years_in(title.text)]
        self._find_department(listed, head)
        return head

    def _is_plan(self, listed: Listed) -> bool:
        if self.form.layout.kind == PLAN or "整体" in listed.text(KIND):
            return True
        return KIND not in listed.said and listed.text("title").endswith("整体绩效目标表")

    @cached_property
    def _totalled(self) -> list[tuple[str, str]]:
        """Code and name of each department for which the list states a total."""
        return [split_department(said["unit"].text) for said, _ in self._lines.totals if "unit" in said]

    def _find_department(self, listed: Listed, head: Head) -> None:
        """Without a column of its own: the one whose total the list states (code 820 for unit 820001), else the unit's own."""
        unit_code = listed.text(UNIT_CODE)
        if DEPARTMENT in head.values:
            return
        unit = head.values.get("unit")
        if not unit:
            return
        code = unit_code or split_department(unit.text)[0]
        for parent, name in self._totalled:
            if parent and code.startswith(parent) and code != parent:
                head.values[DEPARTMENT] = unit._replace(text=f"[{parent}]{name}")
                return
        head.values[DEPARTMENT] = unit
        if unit_code and DEPARTMENT_CODE not in head.values:
            head.values[DEPARTMENT_CODE] = unit._replace(text=unit_code)

    def _table(self, listed: Listed, head: Head) -> Table:
        table = Table(carried=listed.carried)
        order = ORDERS[PLAN if self._is_plan(listed) else PROJECT]
        others: dict[str, list[tuple[int, str]]] = {}
        above: dict[str, str] = {}
        lines = self._parted([(page, row, *page.own(row)) for page, row in listed.places()], table)
        self._put_right(listed, lines, table)
        row_above = -1
        for page, row, own, hanging in lines:
            if row in self._lines.apart:
                above = {}
            continues = {name for name in hanging & ROW_FIELDS if above and above.get(name) == own.get(name)}
            if words := page.continuing(row):
                continues |= {HEADINGS[word] for word in words.split("、") if word in HEADINGS}
            if above and own:
                continues.update(_carry(table, page, row, hanging, above, own))
            if own:
                above = own.copy()
                _add_row(table, page, row, own, tuple(name for name in order if name in continues) if continues else ())
            for heading, text in page.others(row) if row != row_above else ():
                others.setdefault(heading, []).append((len(table.rows), text))
            row_above = row
        kept = frozenset[str]().union(*(page.kept for page in listed.lines))
        if kept:
            table.note_blanks(tuple(name for name in nests if name in kept) for nests in (LEVELS, PLAN_V2.nests))
        left, table.other_columns = table.other_columns, []
        for heading, found in others.items():
            if _is_of_the_form(heading, found, len(table.rows)):
                add_extra(head.extra, heading, found[0][1])
            else:
                table.other_columns += [(heading, max(number, 1), text) for number, text in found]
        table.other_columns += left
        return table

    def _parted(self, lines: Sequence[OwnLine], table: Table) -> list[OwnLine]:
        """Names and values that share a cell apart, and several indicators of one line as lines of their own."""
        header = self.form.blocks[0].header
        blank = [Line(row, own) for _, row, own, _ in lines if "target" not in own and QUANTITY not in own]
        if header and blank:
            part_names_and_values(self.grid, header, blank, table.told)
        lines = [*self._with_both_levels(lines, table)] if any(page.shared for page, *_ in lines) else lines
        found: list[OwnLine] = []
        for line in lines:
            page, row, own, hanging = line
            if is_one(own) or not page.may_part:
                found.append(line)
            else:
                parts = split_lines([Line(row, own)], table.told)
                found += [(page, row, part.texts, hanging) for part in parts]
        return found

    def _with_both_levels(self, lines: Sequence[OwnLine], table: Table) -> Iterator[OwnLine]:
        """The levels of each page apart, where they share a column; a cell merged over several lines is told once."""
        for page, group in groupby(lines, key=itemgetter(0)):
            own_lines = [*group]
            told: list[Told] = []
            columns = {name: column for name, column in page.columns.items() if name not in page.shared}
            shared = part_levels(columns, [Line(row, own) for _, row, own, _ in own_lines], told)
            table.told += [one for one in told if self.grid.text(one.row, one.column)]
            if shared is None:
                yield from own_lines
                continue
            table.alone |= shared.alone
            for _, row, own, hanging in own_lines:
                yield page, row, own, hanging | {shared.other} if shared.name in hanging else hanging

    def _put_right(self, listed: Listed, lines: Sequence[OwnLine], table: Table) -> None:
        """Numbers whose unit their heading names or that are fractions of it."""
        for page, row, own, _ in lines:
            give_units(page.units, row, own, table.given)
        table.told += told_units(table.given, self.grid.origin)
        if MEASUREMENT_UNIT in listed.page.columns or not OF_TARGETS.isdisjoint(listed.page.units):
            values = ((row, own, "target" if "target" in own else QUANTITY) for _, row, own, _ in lines)
            column = listed.page.columns.get("target", listed.page.columns.get(QUANTITY, 0))
            settle_fractions(values, column, table.told)

    def _told_totals(self) -> Iterator[Problem]:
        """A line with a total is no form; it is only held against the sum of the forms below it."""
        if not self._lines.totals:
            return
        amounts = [
            (listed.text(UNIT_CODE) or split_department(listed.text("unit"))[0], amount)
            for listed in self._lines.listed
            if (amount := self._amount(listed.said.get("total"))) is not None
        ]
        for said, cells in self._lines.totals:
            stated = self._amount(said.get("total"))
            code = split_department(said["unit"].text)[0] if "unit" in said else ""
            if stated is not None and stated == sum(amount for own, amount in amounts if own.startswith(code)):
                continue
            texts = " ".join(cell.text for cell in cells)
            sentence = f"{quoted(texts)}是合计行，不是项目，没有读入；它与各项目预算数之和不一致或没有金额，请核对。"
            place = address(cells[0].row, cells[0].column)
            yield problem(self.grid.name, place, WARNING, sentence)

    def _amount(self, cell: Cell | None) -> Decimal | None:
        if cell is None:
            return None
        heading = self._lines.headings.get("total")
        unit = (unit_in(heading.text) if heading else "") or self.form.heads[0].money_unit or "万元"
        return read_amount(self.grid.exact.get((cell.row, cell.column), cell.text), unit).value


def _carry(
    table: Table, page: Page, row: int, merged: Container[str], above: Mapping[str, str], own: dict[str, str]
) -> list[str]:
    """Fill blanks from the line above."""
    may_carry = page.loose.union(outside_merges(page.nests, merged))
    carried = table.carried_into(row, takewhile(may_carry.__contains__, continuing(page.nests, above, own)))
    for name in carried:
        own[name] = above[name]
        table.carried.append(Carried(name, row, page.columns[name], above[name]))
    return carried


def _add_row(table: Table, page: Page, row: int, own: dict[str, str], continues: tuple[str, ...]) -> None:
    if text := own.pop(QUANTITY, ""):
        own.setdefault("target", joined_target(own.get(OPERATOR, ""), text, own.get(MEASUREMENT_UNIT, "")).text)
    if QUANTITY in page.columns:
        own.pop(OPERATOR, None)
        own.pop(MEASUREMENT_UNIT, None)
    beside = settle(own)
    table.rows.append(IndicatorRow(**own, continues=continues))
    table.places.append(row)
    table.sides.append("")
    if beside:
        table.keep(beside)


def _is_of_the_form(heading: str, found: Sequence[tuple[int, str]], lines: int) -> bool:
    """A column that says the same on every line, or on the first alone, speaks of the form, not of its indicators."""
    if label_key(heading) in FLAT.listed or len({text for _, text in found}) > 1:
        return False
    return len(found) >= lines or (len(found) == 1 and found[0][0] <= 1)


def _years(text: str) -> set[int]:
    return years_in(text) or years_in(f"{text}年")
