"""Read a flat list: its lines are gathered into forms by project, unit and year, wherever they stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from targets.domain.record import MONEY, PLAN, PROJECT, IndicatorRow
from targets.domain.sheets.amounts import read_amount, unit_in
from targets.domain.sheets.cells import Cell, Grid, address, label_key, plain
from targets.domain.sheets.find import Block
from targets.domain.sheets.flat import (
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
from targets.domain.sheets.form import Form, FormReading, read_form
from targets.domain.sheets.head import Head, add_extra, years_in
from targets.domain.sheets.header import Header
from targets.domain.sheets.indicator import joined_target, settled
from targets.domain.sheets.layout import DEPARTMENT, DEPARTMENT_CODE, MEASUREMENT_UNIT, OPERATOR, YEAR
from targets.domain.sheets.names import split_department
from targets.domain.sheets.plan_v2 import PLAN_V2
from targets.domain.sheets.problems import WARNING, Problem, problem, quoted
from targets.domain.sheets.project_v1 import PROJECT_V1
from targets.domain.sheets.table import TOTALS, Carried, Table

IDENTITY = (KIND, YEAR, "code", "title", "unit", DEPARTMENT)
"""Two lines that say the same of these belong to one form; what a line leaves blank it does not deny."""
OWN_TEXTS = ROW_FIELDS | {OPERATOR, QUANTITY, MEASUREMENT_UNIT}
ANSWERS = ROW_FIELDS - {"number", "key", "weight"}
NESTS = (*PROJECT_V1.nests, *PLAN_V2.nests)
LEFT_TO_THE_FORM = (*MONEY, "goal", "code", "unit", DEPARTMENT, DEPARTMENT_CODE)


@dataclass(slots=True, eq=False)
class _Listed:
    """One form of the list while its lines are gathered."""

    first: int
    said: dict[str, Cell]
    lines: list[tuple[int, dict[str, str], frozenset[str]]] = field(default_factory=list)
    """Sheet row, texts by field, fields that continue the line above."""
    others: list[tuple[str, int, str]] = field(default_factory=list)
    """Heading that the layout does not know, number of the indicator, text."""
    carried: list[Carried] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    last: int = 0

    def is_meant(self, said: Mapping[str, Cell]) -> bool:
        return all(name not in said or plain(said[name].text) == plain(self.text(name)) for name in IDENTITY)

    def text(self, name: str) -> str:
        return self.said[name].text if name in self.said else ""


def read_list(grid: Grid, form: Form, *, year: int | None, told: Sequence[Problem] = ()) -> list[FormReading]:
    """Every form of a list; repeated heads of its pages are no lines."""
    reader = _ListReader(grid, form)
    for block in form.blocks:
        if block.header:
            reader.read_block(block, block.header)
    return reader.forms(year, told)


@dataclass(slots=True)
class _ListReader:
    grid: Grid
    form: Form
    listed: list[_Listed] = field(default_factory=list)
    current: _Listed | None = None
    known: dict[tuple[str, ...], _Listed] = field(default_factory=dict)
    totals: list[tuple[dict[str, Cell], list[Cell]]] = field(default_factory=list)
    foot: list[list[Cell]] = field(default_factory=list)
    strays: list[Cell] = field(default_factory=list)
    headings: dict[str, Cell] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    may_carry: bool = True

    # Lines

    def read_block(self, block: Block, header: Header) -> None:
        self.headings |= {name: self._heading(header, first) for name, (first, _) in header.fields.items()}
        self.columns = {name: first for name, (first, _) in header.fields.items()}
        merged = self.grid.has_tall_merge(header.bottom + 1, block.bottom)
        self.may_carry = not merged and CONTINUES not in header.fields
        fields = [(name, first, last) for name, (first, last) in header.fields.items() if name not in IGNORED]
        unknown = [(heading, first, last) for heading, (first, last) in header.unknown.items()]
        for row in range(header.bottom + 1, block.bottom):
            if not any(self.grid.texts[row]):
                continue
            texts, hanging = self._texts(row, fields, header.bottom, merged=merged)
            others = [(word, text) for word, first, last in unknown if (text := self._text(row, first, last))]
            self._take(row, texts, hanging, others)

    def _heading(self, header: Header, column: int) -> Cell:
        """All headings over a column: the unit of an amount may stand in any of them."""
        rows = self.grid.rows[header.top : header.bottom + 1]
        over = [cell.text for row in rows for cell in row if cell.column <= column < self.grid.right_of(cell)]
        return Cell(header.top, column, " ".join(over))

    def _text(self, row: int, first: int, last: int) -> str:
        line = self.grid.texts[row]
        return next((line[at] for at in range(first, min(last + 1, len(line))) if line[at]), "")

    def _texts(
        self, row: int, fields: Sequence[tuple[str, int, int]], head: int, *, merged: bool
    ) -> tuple[dict[str, str], frozenset[str]]:
        texts: dict[str, str] = {}
        hanging: set[str] = set()
        line = self.grid.texts[row]
        width = len(line)
        for name, first, last in fields:
            text = line[first] if first < width else ""
            if not text and last > first:
                text = self._text(row, first, last)
            if merged and not text and (merge := self.grid.hangs_from.get((row, first))) and merge.top > head:
                text = self.grid.text(merge.top, merge.left)
                hanging.add(name)
            if text:
                texts[name] = text
        return texts, frozenset(hanging)

    def _take(self, row: int, texts: dict[str, str], hanging: frozenset[str], others: list[tuple[str, str]]) -> None:
        said = {name: Cell(row, self.columns[name], text) for name, text in texts.items() if name in FORM_FIELDS}
        own = {name: text for name, text in texts.items() if name in OWN_TEXTS}
        cells = self.grid.rows[row]
        names_form = "title" in said or "code" in said
        if label_key(said["title"].text if "title" in said else cells[0].text) in TOTALS or (
            not names_form and not ANSWERS & own.keys() and MONEY_SAID & said.keys()
        ):
            self.totals.append((said, cells))
        elif not names_form and (not own or begins_foot(cells[0])):
            if self.foot or begins_foot(cells[0]):
                self.foot.append(cells)
            else:
                self.strays += cells
        elif label_key(texts.get("name", "")) not in FLAT.must_have[1] or names_form:
            self._take_line(row, said, own, hanging, texts.get(CONTINUES, ""), others)

    def _take_line(
        self,
        row: int,
        said: dict[str, Cell],
        own: dict[str, str],
        hanging: frozenset[str],
        continuing: str,
        others: list[tuple[str, str]],
    ) -> None:
        current = self.current
        listed = self._form_of(row, said, current)
        if listed is None:
            self.strays += self.grid.rows[row]
            return
        self.current = listed
        above = listed.lines[-1][1] if listed.lines and listed is current else None
        self._complete(listed, said)
        listed.last = max(listed.last, row)
        continues = {name for name in hanging & ROW_FIELDS if above and above.get(name) == own.get(name)}
        continues |= {HEADINGS[word] for word in continuing.split("、") if word in HEADINGS}
        if above and self.may_carry and own:
            continues |= self._carry(listed, row, above, own)
        if own:
            listed.lines.append((row, own, frozenset(continues)))
        listed.others += [(heading, len(listed.lines), text) for heading, text in others]

    def _form_of(self, row: int, said: dict[str, Cell], current: _Listed | None) -> _Listed | None:
        """The form of a line: the one above if the line does not name another, one met before, or a new one."""
        if current and current.is_meant(said):
            if "title" not in said and "code" not in said and "title" in self.columns:
                current.carried.append(Carried("title", row, self.columns["title"], current.text("title")))
            return current
        if "title" not in said and "code" not in said:
            return None
        carried = []
        if current and self.may_carry:
            for name in (DEPARTMENT, "unit"):
                if name in self.columns and name not in said and name in current.said:
                    said[name] = Cell(row, self.columns[name], current.text(name))
                    carried.append(Carried(name, row, self.columns[name], current.text(name)))
        key = tuple(plain(said[name].text) if name in said else "" for name in IDENTITY)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = _Listed(row, {})
            self.listed.append(found)
        found.carried += carried
        return found

    def _complete(self, listed: _Listed, said: Mapping[str, Cell]) -> None:
        """Lines repeat what they say of their form; a goal may be written over several of them."""
        for name, cell in said.items():
            held = listed.said.get(name)
            if held is None:
                listed.said[name] = cell
            elif name == "goal" and cell.text not in held.text.split("\n"):
                listed.said[name] = held._replace(text=f"{held.text}\n{cell.text}")
            elif name in MONEY and plain(cell.text) != plain(held.text):
                sentence = (
                    f"同一项目的金额前后不一致：这里是{quoted(cell.text)}，已按前面的{quoted(held.text)}读入，请核对。"
                )
                listed.faults.append(problem(self.grid.name, cell.address, WARNING, sentence))

    def _carry(self, listed: _Listed, row: int, above: Mapping[str, str], own: dict[str, str]) -> set[str]:
        """Fill blanks from the line above, outermost first, and only as long as the outer cells are the same."""
        carried: set[str] = set()
        for name in NESTS:
            if name not in self.columns:
                continue
            before = above.get(name, "")
            if not own.get(name) and before:
                own[name] = before
                carried.add(name)
                listed.carried.append(Carried(name, row, self.columns[name], before))
            if own.get(name, "") != before:
                break
        return carried

    # Forms

    def forms(self, year: int | None, told: Sequence[Problem]) -> list[FormReading]:
        above = self.form.heads[0]
        foot = read_foot(FLAT, self.foot)
        told = (*told, *self._told_totals())
        readings: list[FormReading] = []
        tops = [self.form.blocks[0].top, *(listed.first for listed in self.listed[1:]), self.form.blocks[-1].bottom]
        for number, listed in enumerate(self.listed):
            head = self._head(listed, above)
            for name, text in (*above.extra.items(), *foot.extra.items()):
                add_extra(head.extra, name, text)
            if not number:
                head.strays += [*above.strays, *foot.strays, *self.strays]
            layout = FLAT_PLAN if _is_plan(listed) else FLAT
            bottom = max(tops[number + 1], listed.last + 1)
            block = Block(layout, tops[number], None, bottom, is_named=True)
            table = self._table(listed, head)
            readings.append(
                read_form(
                    self.grid,
                    Form(layout, (block,), (head,)),
                    year=year,
                    year_above=None,
                    told=(*told, *listed.faults),
                    table=table,
                )
            )
        return readings

    def _head(self, listed: _Listed, above: Head) -> Head:
        """What the lines say of their form, as if it stood above a table of its own."""
        head = Head(money_unit=above.money_unit, other_form=above.other_form)
        is_plan = _is_plan(listed)
        for name in LEFT_TO_THE_FORM:
            cell = listed.said.get(name) or above.values.get(name)
            if cell and not (is_plan and name in MONEY):
                head.values[name] = cell
                head.labels[name] = self.headings.get(name) or above.labels[name]
            elif cell:
                add_extra(head.extra, self.headings[name].text, cell.text)
        title = listed.said.get("title")
        if title:
            head.values["title"] = title
        head.first = title or Cell(listed.first, self.columns.get("title", 0), "")
        said_year = listed.said.get(YEAR)
        head.years = [(found, said_year) for found in _years(said_year.text)] if said_year else list(above.years)
        if is_plan and title:
            head.title = title
            head.years += [(found, title) for found in years_in(title.text)]
        self._find_department(listed, head)
        return head

    def _find_department(self, listed: _Listed, head: Head) -> None:
        """Without a column of its own: the one whose total the list states (code 820 for unit 820001), else the unit's own."""
        unit_code = listed.text(UNIT_CODE)
        if DEPARTMENT in head.values:
            return
        unit = head.values.get("unit")
        if not unit:
            return
        code = unit_code or split_department(unit.text)[0]
        for said, _ in self.totals:
            parent, name = split_department(said["unit"].text) if "unit" in said else ("", "")
            if parent and code.startswith(parent) and code != parent:
                head.values[DEPARTMENT] = unit._replace(text=f"[{parent}]{name}")
                return
        head.values[DEPARTMENT] = unit
        if unit_code and DEPARTMENT_CODE not in head.values:
            head.values[DEPARTMENT_CODE] = unit._replace(text=unit_code)

    def _table(self, listed: _Listed, head: Head) -> Table:
        table = Table(carried=listed.carried)
        numbers: dict[str, list[tuple[int, str]]] = {}
        for heading, number, text in listed.others:
            numbers.setdefault(heading, []).append((number, text))
        for heading, found in numbers.items():
            if self._is_of_the_form(heading, found, len(listed.lines)):
                add_extra(head.extra, heading, found[0][1])
            else:
                table.other_columns += [(heading, max(number, 1), text) for number, text in found]
        order = ORDERS[PLAN if _is_plan(listed) else PROJECT]
        for row, own, continues in listed.lines:
            if text := own.pop(QUANTITY, ""):
                own.setdefault("target", joined_target(own.get(OPERATOR, ""), text, own.get(MEASUREMENT_UNIT, "")).text)
            if QUANTITY in self.columns:
                own.pop(OPERATOR, None)
                own.pop(MEASUREMENT_UNIT, None)
            ready = settled(own)
            ordered = tuple(name for name in order if name in continues) if continues else ()
            table.rows.append(IndicatorRow(**ready.texts, continues=ordered))
            table.places.append(row)
            table.sides.append("")
            table.points.update(ready.points)
            table.other_columns += [(heading, len(table.rows), text) for heading, text in ready.left.items()]
            if ready.is_core:
                table.cores.append(ready.texts.get("name", ""))
        return table

    def _is_of_the_form(self, heading: str, found: Sequence[tuple[int, str]], lines: int) -> bool:
        """A column that says the same on every line, or on the first alone, speaks of the form, not of its indicators."""
        if label_key(heading) in FLAT.listed or len({text for _, text in found}) > 1:
            return False
        return len(found) >= lines or (len(found) == 1 and found[0][0] <= 1)

    def _told_totals(self) -> Iterator[Problem]:
        """A line with a total is no form; it is only held against the sum of the forms below it."""
        for said, cells in self.totals:
            stated = self._amount(said.get("total"))
            code = split_department(said["unit"].text)[0] if "unit" in said else ""
            parts = [
                amount
                for listed in self.listed
                if (listed.text(UNIT_CODE) or split_department(listed.text("unit"))[0]).startswith(code)
                and (amount := self._amount(listed.said.get("total"))) is not None
            ]
            if stated is not None and stated == sum(parts):
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


MONEY_SAID = frozenset(MONEY)
ORDERS = {
    layout.kind: tuple(column.field for column in layout.columns if column.field in ROW_FIELDS)
    for layout in (PROJECT_V1, PLAN_V2)
}


def _is_plan(listed: _Listed) -> bool:
    return "整体" in listed.text(KIND) or (KIND not in listed.said and listed.text("title").endswith("整体绩效目标表"))


def _years(text: str) -> set[int]:
    return years_in(text) or years_in(f"{text}年")
