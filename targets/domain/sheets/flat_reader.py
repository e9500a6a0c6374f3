"""Read a flat list: its lines are gathered into forms by project, unit and year, wherever they stand."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any

from targets.domain.record import MONEY, PLAN, PROJECT, IndicatorRow
from targets.domain.sheets.amounts import read_amount, unit_in
from targets.domain.sheets.cells import Cell, Grid, address, label_key, plain
from targets.domain.sheets.find import Block
from targets.domain.sheets.flat import (
    BOTH_NAMES,
    CONTINUES,
    FLAT,
    FLAT_PLAN,
    FORM_FIELDS,
    HEADINGS,
    IGNORED,
    KIND,
    QUANTITY,
    ROW_FIELDS,
    UNIT_CODE,
)
from targets.domain.sheets.foot import begins_foot, read_foot
from targets.domain.sheets.form import Form, FormReading, read_form, row_of
from targets.domain.sheets.head import Head, add_extra, years_in
from targets.domain.sheets.header import Header, Span, are_column_numbers
from targets.domain.sheets.indicator import joined_target, settle
from targets.domain.sheets.layout import DEPARTMENT, DEPARTMENT_CODE, MEASUREMENT_UNIT, OPERATOR, YEAR
from targets.domain.sheets.list_shift import straighten_lines
from targets.domain.sheets.names import split_department
from targets.domain.sheets.plan_v2 import PLAN_V2
from targets.domain.sheets.problems import GUESS, WARNING, Problem, problem, quoted
from targets.domain.sheets.project_v1 import PROJECT_V1
from targets.domain.sheets.table import TOTALS, Carried, Table, meant_headings

IDENTITY = (KIND, YEAR, "code", "title", "unit", DEPARTMENT)
"""Two lines that say the same of these belong to one form; what a line leaves blank it does not deny."""
OWN_TEXTS = ROW_FIELDS | {OPERATOR, QUANTITY, MEASUREMENT_UNIT}
ANSWERS = ROW_FIELDS - {"number", "key", "weight"}
UNITS_TOO = frozenset(map(label_key, BOTH_NAMES))
NESTS = (*PROJECT_V1.nests, *PLAN_V2.nests)
LEFT_TO_THE_FORM = (*MONEY, "goal", "code", "unit", DEPARTMENT, DEPARTMENT_CODE)


@dataclass(slots=True, eq=False)
class _Listed:
    """One form of the list: where its lines stand. Their texts stay in the sheet until the form is read."""

    page: "_Page"
    first: int
    said: dict[str, Cell]
    lines: list[int] = field(default_factory=list)
    """Sheet rows."""
    carried: list[Carried] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)

    def is_meant(self, said: Mapping[str, Cell]) -> bool:
        return all(name not in said or plain(said[name].text) == plain(self.text(name)) for name in IDENTITY)

    def text(self, name: str) -> str:
        return self.said[name].text if name in self.said else ""


class _Page:
    """The lines below one head of the list (a head may be repeated, with its columns in another order)."""

    def __init__(self, grid: Grid, block: Block, header: Header) -> None:
        self.grid = grid
        self.rows = range(header.bottom + 1, block.bottom)
        self.head = header.bottom
        self.merged = grid.has_tall_merge(self.rows.start, self.rows.stop)
        self.may_carry = not self.merged and CONTINUES not in header.fields
        self.columns = {name: first for name, (first, _) in header.fields.items()}
        self.headings = {name: self._heading(header, first) for name, first in self.columns.items()}
        spans = {name: span for name, span in header.fields.items() if name not in IGNORED}
        self.unknown = list(header.unknown.items())
        self.of_form = [(name, span) for name, span in spans.items() if name in FORM_FIELDS]
        self.of_row = [(name, span) for name, span in spans.items() if name in OWN_TEXTS]
        self.width = max(last for _, last in (*header.fields.values(), *header.unknown.values())) + 1
        self.simple = not self.merged and all(first == last for first, last in header.fields.values())
        """A field is a column, and a cell says what it shows."""
        self.several = [span for span in (*header.fields.values(), *header.unknown.values()) if span[0] < span[1]]
        """Headings over more than one column."""
        self.quick = [(name, first) for name, (first, _) in self.of_row]
        self.head_texts = itemgetter(*[first for _, (first, _) in self.of_form] or [0])

    def _heading(self, header: Header, column: int) -> Cell:
        """All headings over a column: the unit of an amount may stand in any of them."""
        rows = self.grid.rows[header.top : header.bottom + 1]
        over = [cell.text for row in rows for cell in row if cell.column <= column < self.grid.right_of(cell)]
        return Cell(header.top, column, " ".join(over))

    def beside(self, row: int) -> Iterator[Cell]:
        """Texts beyond the head, and those that stand beside another one below the same heading."""
        line = self.grid.texts[row]
        for first, last in self.several:
            filled = [at for at in range(first, min(last + 1, len(line))) if line[at]]
            yield from (Cell(row, at, line[at]) for at in filled[1:])
        yield from (Cell(row, at, text) for at, text in enumerate(line[self.width :], start=self.width) if text)

    def line(self, row: int) -> list[str]:
        """The texts of a row, as far as the head reaches."""
        line = self.grid.texts[row]
        return line if len(line) >= self.width else line + [""] * (self.width - len(line))

    def said(self, row: int) -> dict[str, Cell]:
        """What a line says of its form."""
        return {
            name: Cell(row, span[0], text) for name, span in self.of_form if (text := self._text(row, name, span)[0])
        }

    def own(self, row: int) -> tuple[dict[str, str], frozenset[str]]:
        """The texts of a line's indicator, and its fields that hang together with the line above."""
        if self.simple:
            line = self.line(row)
            return {name: text for name, column in self.quick if (text := line[column])}, NONE
        found = [(name, *self._text(row, name, span)) for name, span in self.of_row]
        return {name: text for name, text, _ in found if text}, frozenset(name for name, _, hangs in found if hangs)

    def continuing(self, row: int) -> str:
        """What the line says of its cells that continue the line above."""
        return self.line(row)[self.columns[CONTINUES]] if CONTINUES in self.columns else ""

    def others(self, row: int) -> list[tuple[str, str]]:
        """Heading and text of columns that the layout does not know."""
        return [(word, text) for word, span in self.unknown if (text := self._first(row, span))]

    def _text(self, row: int, name: str, span: Span) -> tuple[str, bool]:
        text = self._first(row, span)
        if self.merged and not text:
            merge = self.grid.hangs_from.get((row, span[0]))
            if merge and merge.top > self.head:
                return self.grid.text(merge.top, merge.left), True
        return text, False

    def _first(self, row: int, span: Span) -> str:
        first, last = span
        line = self.line(row)
        return line[first] or next((line[at] for at in range(first + 1, last + 1) if line[at]), "")


class ListForms:
    """Every form of a list, read when it is asked for; repeated heads of its pages are no lines."""

    def __init__(self, grid: Grid, form: Form, *, year: int | None, told: Sequence[Problem] = ()) -> None:
        self._reader = _ListReader(grid, form)
        self._year, self._told = year, [*told]
        for block in form.blocks:
            if block.header:
                self._told += [
                    problem(grid.name, told.place, GUESS, told.sentence) for told in meant_headings(FLAT, block.header)
                ]
                self._told += straighten_lines(grid, block.header, range(block.header.bottom + 1, block.bottom))
                self._reader.read_page(_Page(grid, block, block.header))

    def __len__(self) -> int:
        return len(self._reader.listed)

    def __iter__(self) -> Iterator[FormReading]:
        return self._reader.forms(self._year, self._told)


@dataclass
class _ListReader:
    grid: Grid
    form: Form
    listed: list[_Listed] = field(default_factory=list)
    current: _Listed | None = None
    known: dict[tuple[str, ...], _Listed] = field(default_factory=dict)
    apart: set[int] = field(default_factory=set)
    """Rows of a form that was met before, below a row of another one."""
    totals: list[tuple[dict[str, Cell], list[Cell]]] = field(default_factory=list)
    foot: list[list[Cell]] = field(default_factory=list)
    strays: list[Cell] = field(default_factory=list)
    pages: list[_Page] = field(default_factory=list)
    headings: dict[str, Cell] = field(default_factory=dict)
    unit_above: Cell | None = None
    """Names the unit of the lines to come, in a list with one column for units and projects."""

    # Lines

    def read_page(self, page: _Page) -> None:
        self.pages.append(page)
        self.headings |= page.headings
        before: Any = None
        for row in page.rows:
            if not any(self.grid.texts[row]):
                continue
            heads = page.head_texts(page.line(row)) if page.simple else None
            if heads is not None and heads == before and self.current:
                self.current.lines.append(row)  # it says again what the line above said of the form
                if any(self.grid.texts[row][page.width :]):
                    self.strays += page.beside(row)
                continue
            before = heads if self._take(page, row) else None

    def _take(self, page: _Page, row: int) -> bool:
        """Whether it is a line of a form that it names, with which nothing is wrong."""
        said = page.said(row)
        own, _ = page.own(row)
        cells = self.grid.rows[row]
        if are_column_numbers([*filter(None, self.grid.texts[row])]):
            return False
        if (
            "title" in said
            and label_key(self.headings["title"].text) in UNITS_TOO
            and not own
            and said.keys() <= OF_UNIT
        ):
            self.unit_above = said["title"]
            if MONEY_SAID & said.keys():
                self.totals.append((said | {"unit": said["title"]}, cells))
            return False
        if self.unit_above and "title" in said:
            said.setdefault("unit", self.unit_above)
        names_form = "title" in said or "code" in said
        if label_key(said["title"].text if "title" in said else cells[0].text) in TOTALS or (
            not names_form and not ANSWERS & own.keys() and MONEY_SAID & said.keys()
        ):
            self.totals.append((said, cells))
        elif not names_form and (not own or begins_foot(cells[0].text)):
            if self.foot or begins_foot(cells[0].text):
                self.foot.append(cells)
            else:
                self.strays += cells
        elif label_key(own.get("name", "")) not in FLAT.must_have[1] or names_form:
            return self._take_line(page, row, said) and names_form
        return False

    def _take_line(self, page: _Page, row: int, said: dict[str, Cell]) -> bool:
        above = self.current
        listed = self._form_of(page, row, said)
        if listed is None:
            self.strays += self.grid.rows[row]
            return False
        self.strays += page.beside(row)
        if listed.lines and listed is not above:
            self.apart.add(row)
        self.current = listed
        listed.lines.append(row)
        return self._complete(listed, said)

    def _form_of(self, page: _Page, row: int, said: dict[str, Cell]) -> _Listed | None:
        """The form of a line: the one above if the line does not name another, one met before, or a new one."""
        current, columns = self.current, page.columns
        if current and current.is_meant(said):
            if "title" not in said and "code" not in said and "title" in columns:
                current.carried.append(Carried("title", row, columns["title"], current.text("title")))
            return current
        if "title" not in said and "code" not in said:
            return None
        carried = []
        if current and page.may_carry:
            for name in (DEPARTMENT, "unit"):
                if name in columns and name not in said and name in current.said:
                    said[name] = Cell(row, columns[name], current.text(name))
                    carried.append(Carried(name, row, columns[name], current.text(name)))
        key = tuple(plain(said[name].text) if name in said else "" for name in IDENTITY)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = _Listed(page, row, {})
            self.listed.append(found)
        found.carried += carried
        return found

    def _complete(self, listed: _Listed, said: Mapping[str, Cell]) -> bool:
        """Lines repeat what they say of their form; a goal may be written over several of them. False if they differ."""
        is_same = True
        for name, cell in said.items():
            held = listed.said.get(name)
            if held is None:
                listed.said[name] = cell
            elif name == "goal" and f"\n{cell.text}\n" not in f"\n{held.text}\n":
                listed.said[name] = held._replace(text=f"{held.text}\n{cell.text}")
            elif name in MONEY and plain(cell.text) != plain(held.text):
                is_same = False
                sentence = (
                    f"同一项目的金额前后不一致：这里是{quoted(cell.text)}，已按前面的{quoted(held.text)}读入，请核对。"
                )
                listed.faults.append(problem(self.grid.name, cell.address, WARNING, sentence))
        return is_same

    # Forms

    def forms(self, year: int | None, told: Sequence[Problem]) -> Iterator[FormReading]:
        above = self.form.heads[0]
        foot = read_foot(FLAT, self.foot)
        told = sorted((*told, *self._told_totals()), key=row_of)
        tops = [self.form.blocks[0].top, *(listed.first for listed in self.listed[1:]), self.form.blocks[-1].bottom]
        for number, listed in enumerate(self.listed):
            head = self._head(listed, above)
            for name, text in (*above.extra.items(), *foot.extra.items()):
                add_extra(head.extra, name, text)
            if not number:
                head.strays += [*above.strays, *foot.strays, *self.strays]
            layout = FLAT_PLAN if _is_plan(listed) else FLAT
            bottom = max(tops[number + 1], listed.lines[-1] + 1)
            block = Block(layout, tops[number], self.form.blocks[0].header, bottom, is_named=True)
            first, last = (bisect_left(told, row, key=row_of) for row in (block.top, block.bottom))
            yield read_form(
                self.grid,
                Form(layout, (block,), (head,)),
                year=year,
                year_above=None,
                told=(*told[first:last], *listed.faults),
                table=self._table(listed, head),
            )

    def _head(self, listed: _Listed, above: Head) -> Head:
        """What the lines say of their form, as if it stood above a table of its own."""
        head = Head(money_unit=above.money_unit, other_form=above.other_form)
        is_plan = _is_plan(listed)
        for name in LEFT_TO_THE_FORM:
            cell = listed.said.get(name) or above.values.get(name)
            if cell and not (is_plan and name in MONEY):
                head.values[name] = cell
                head.labels[name] = self.headings.get(name) or above.labels.get(name, cell)
            elif cell:
                add_extra(head.extra, self.headings[name].text, cell.text)
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

    @cached_property
    def _totalled(self) -> list[tuple[str, str]]:
        """Code and name of each department for which the list states a total."""
        return [split_department(said["unit"].text) for said, _ in self.totals if "unit" in said]

    def _find_department(self, listed: _Listed, head: Head) -> None:
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

    def _table(self, listed: _Listed, head: Head) -> Table:
        table = Table(carried=listed.carried)
        order = ORDERS[PLAN if _is_plan(listed) else PROJECT]
        numbers: dict[str, list[tuple[int, str]]] = {}
        above: dict[str, str] | None = None
        for row in listed.lines:
            page = self._page_of(row)
            own, hanging = page.own(row)
            if row in self.apart:
                above = None
            continues = {name for name in hanging & ROW_FIELDS if above and above.get(name) == own.get(name)}
            if words := page.continuing(row):
                continues |= {HEADINGS[word] for word in words.split("、") if word in HEADINGS}
            if page.may_carry and above and own:
                continues |= _carry(table, page, row, above, own)
            if own:
                above = dict(own)
                self._add_row(table, page, row, own, tuple(name for name in order if name in continues))
            for heading, text in page.others(row):
                numbers.setdefault(heading, []).append((len(table.rows), text))
        left, table.other_columns = table.other_columns, []
        for heading, found in numbers.items():
            if self._is_of_the_form(heading, found, len(table.rows)):
                add_extra(head.extra, heading, found[0][1])
            else:
                table.other_columns += [(heading, max(number, 1), text) for number, text in found]
        table.other_columns += left
        return table

    def _page_of(self, row: int) -> _Page:
        return next(page for page in self.pages if row in page.rows)

    def _add_row(self, table: Table, page: _Page, row: int, own: dict[str, str], continues: tuple[str, ...]) -> None:
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

    def _is_of_the_form(self, heading: str, found: Sequence[tuple[int, str]], lines: int) -> bool:
        """A column that says the same on every line, or on the first alone, speaks of the form, not of its indicators."""
        if label_key(heading) in FLAT.listed or len({text for _, text in found}) > 1:
            return False
        return len(found) >= lines or (len(found) == 1 and found[0][0] <= 1)

    def _told_totals(self) -> Iterator[Problem]:
        """A line with a total is no form; it is only held against the sum of the forms below it."""
        if not self.totals:
            return
        amounts = [
            (listed.text(UNIT_CODE) or split_department(listed.text("unit"))[0], amount)
            for listed in self.listed
            if (amount := self._amount(listed.said.get("total"))) is not None
        ]
        for said, cells in self.totals:
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
        heading = self.headings.get("total")
        unit = (unit_in(heading.text) if heading else "") or self.form.heads[0].money_unit or "万元"
        return read_amount(self.grid.exact.get((cell.row, cell.column), cell.text), unit).value


NONE: frozenset[str] = frozenset()
MONEY_SAID = frozenset(MONEY)
OF_UNIT = MONEY_SAID | {"title", UNIT_CODE}
"""What a line says that names the unit of the projects below it."""
ORDERS = {
    layout.kind: tuple(column.field for column in layout.columns if column.field in ROW_FIELDS)
    for layout in (PROJECT_V1, PLAN_V2)
}


def _carry(table: Table, page: _Page, row: int, above: Mapping[str, str], own: dict[str, str]) -> set[str]:
    """Fill blanks from the line above, outermost first, and only as long as the outer cells are the same."""
    carried: set[str] = set()
    for name in NESTS:
        if name not in page.columns:
            continue
        before = above.get(name, "")
        if not own.get(name) and before:
            own[name] = before
            carried.add(name)
            table.carried.append(Carried(name, row, page.columns[name], before))
        if own.get(name, "") != before:
            break
    return carried


def _is_plan(listed: _Listed) -> bool:
    return "整体" in listed.text(KIND) or (KIND not in listed.said and listed.text("title").endswith("整体绩效目标表"))


def _years(text: str) -> set[int]:
    return years_in(text) or years_in(f"{text}年")
