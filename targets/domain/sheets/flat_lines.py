"""The lines of a flat list, gathered into forms by project, unit and year, wherever they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from typing import Any

from targets.domain.record import MONEY
from targets.domain.sheets.both_levels import other_level
from targets.domain.sheets.carried import Carried
from targets.domain.sheets.cells import NUMBERED, Cell, Grid, label_key, plain
from targets.domain.sheets.find import Block
from targets.domain.sheets.flat import (
    BOTH_NAMES,
    CODES_OF_BOTH,
    CONTINUES,
    FLAT,
    FORM_FIELDS,
    IGNORED,
    KIND,
    QUANTITY,
    ROW_FIELDS,
    UNIT_CODE,
)
from targets.domain.sheets.foot import begins_foot, is_foot_alone
from targets.domain.sheets.head import is_page_number
from targets.domain.sheets.header import Header, Span, are_column_numbers
from targets.domain.sheets.heading_units import heading_units
from targets.domain.sheets.layout import DEPARTMENT, DEPARTMENT_CODE, MEASUREMENT_UNIT, OPERATOR, YEAR
from targets.domain.sheets.plan_v2 import PLAN_V2
from targets.domain.sheets.problems import GUESS, WARNING, Problem, problem, quoted
from targets.domain.sheets.project_v1 import PROJECT_V1
from targets.domain.sheets.table import SAMPLE, TOTALS

IDENTITY = (KIND, YEAR, "code", "title", "unit", DEPARTMENT)
"""Two lines that say the same of these belong to one form; what a line leaves blank it does not deny."""
OF_PROJECTS, OF_PLANS = ("title", "code"), (DEPARTMENT, DEPARTMENT_CODE)
OWN_TEXTS = ROW_FIELDS | {OPERATOR, QUANTITY, MEASUREMENT_UNIT}
ANSWERS = ROW_FIELDS - {"number", "key", "weight"}
UNITS_TOO = frozenset(map(label_key, BOTH_NAMES))
ENDS_OF_TOTALS = ("合计", "小计", "总计")
MONEY_SAID = frozenset(MONEY)
OF_UNIT = MONEY_SAID | {"title", UNIT_CODE}
NESTS = (*PROJECT_V1.nests, *PLAN_V2.nests)
NONE: frozenset[str] = frozenset()


class Page:
    """The lines below one head of the list (a head may be repeated, with its columns in another order)."""

    def __init__(self, grid: Grid, block: Block, header: Header) -> None:
        self.grid = grid
        self.rows = range(header.bottom + 1, block.bottom)
        self.head = header.bottom
        self.merged = grid.has_tall_merge(self.rows.start, self.rows.stop)
        self.may_carry = not self.merged and CONTINUES not in header.fields
        self.columns = {name: first for name, (first, _) in header.fields.items()}
        """Field → its first column."""
        self.shared = other_level(self.columns, self._first_texts)
        """A level that stands in the column of the other one (产出指标—数量指标)."""
        self.columns |= self.shared
        self.may_part = header.fields.keys().isdisjoint((CONTINUES, QUANTITY))
        """A list that says what continues the line above, or has numbers in a column of their own, has one indicator on each line."""
        self.nests = [name for name in NESTS if name in self.columns]
        """Fields that may be blank because they say what the line above says, outermost first."""
        silent: frozenset[str] = NONE if CONTINUES in header.fields else frozenset(self.nests)
        self.kept = frozenset(
            name for name in silent if self.merged and grid.has_hanging(self.columns[name], self.rows)
        )
        """Of these, the ones whose column has kept merges: a blank in it is told, for its cell may be the one that has lost its own."""
        self.loose = silent - self.kept
        """The others, whose column shows no merge: a blank in it may be a cell that has lost its own."""
        self.units = heading_units(header)
        if QUANTITY in header.fields:
            self.units.pop("target", None)  # of both, the unit is that of the number
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
        self._own_columns = [(name, first) for name, (first, _) in self.of_row]
        self._other_columns = [(word, first) for word, (first, last) in self.unknown if first == last]
        self._head_texts = itemgetter(*[first for _, (first, _) in self.of_form] or [0])

    def _first_texts(self, column: int) -> list[str]:
        """Of a column, as many as tell what it is for."""
        return [self.grid.text(row, column) for row in self.rows[:SAMPLE]]

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

    def heads(self, row: int) -> Any:
        """All that a line says of its form, to hold against the line above; None where cells may hang from others."""
        return self._head_texts(self.line(row)) if self.simple else None

    def said(self, row: int) -> dict[str, Cell]:
        """What a line says of its form."""
        return {
            name: Cell(row, span[0], text) for name, span in self.of_form if (text := self._text(row, name, span)[0])
        }

    def own(self, row: int) -> tuple[dict[str, str], frozenset[str]]:
        """The texts of a line's indicator, and its fields that hang together with the line above."""
        if self.simple:
            line = self.line(row)
            return {name: text for name, column in self._own_columns if (text := line[column])}, NONE
        found = [(name, *self._text(row, name, span)) for name, span in self.of_row]
        return {name: text for name, text, _ in found if text}, frozenset(name for name, _, hangs in found if hangs)

    def continuing(self, row: int) -> str:
        """What the line says of its cells that continue the line above."""
        return self.line(row)[self.columns[CONTINUES]] if CONTINUES in self.columns else ""

    def others(self, row: int) -> list[tuple[str, str]]:
        """Heading and text of columns that the layout does not know."""
        if len(self._other_columns) == len(self.unknown):
            line = self.line(row)
            return [(word, text) for word, column in self._other_columns if (text := line[column])]
        return [(word, text) for word, span in self.unknown if (text := self._first(row, span))]

    def _text(self, row: int, name: str, span: Span) -> tuple[str, bool]:
        text = self._first(row, span)
        if self.merged and not text:
            merge = self.grid.hangs_from(row, span[0])
            if merge and merge.top > self.head:
                return self.grid.text(merge.top, merge.left), True
        return text, False

    def _first(self, row: int, span: Span) -> str:
        first, last = span
        line = self.line(row)
        return line[first] or next((line[at] for at in range(first + 1, last + 1) if line[at]), "")


@dataclass(slots=True, eq=False)
class Listed:
    """One form of the list: where its lines stand. Their texts stay in the sheet until the form is read."""

    page: Page
    """On which it begins."""
    first: int
    said: dict[str, Cell]
    lines: dict[Page, list[int]] = field(default_factory=dict)
    """Sheet rows, on each page."""
    carried: list[Carried] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)

    def is_meant(self, said: Mapping[str, Cell]) -> bool:
        return all(name not in said or plain(said[name].text) == plain(self.text(name)) for name in IDENTITY)

    def text(self, name: str) -> str:
        return self.said[name].text if name in self.said else ""

    def lines_on(self, page: Page) -> list[int]:
        return self.lines.setdefault(page, [])

    def places(self) -> Iterator[tuple[Page, int]]:
        for page, rows in self.lines.items():
            yield from zip(repeat(page), rows)

    @property
    def last(self) -> int:
        """Its last row."""
        return [*self.lines.values()][-1][-1]


@dataclass
class Lines:
    """What the pages of a list hold."""

    grid: Grid
    names: tuple[str, ...] = OF_PROJECTS
    """What a line says that names its form."""
    listed: list[Listed] = field(default_factory=list)
    current: Listed | None = None
    known: dict[tuple[str, ...], Listed] = field(default_factory=dict)
    apart: set[int] = field(default_factory=set)
    """Rows of a form that was met before, below a row of another one."""
    totals: list[tuple[dict[str, Cell], list[Cell]]] = field(default_factory=list)
    foot: list[list[Cell]] = field(default_factory=list)
    strays: list[Cell] = field(default_factory=list)
    headings: dict[str, Cell] = field(default_factory=dict)
    told: list[Problem] = field(default_factory=list)
    """Lines that stand between the forms."""
    unit_above: Cell | None = None
    """Names the unit of the lines to come, in a list with one column for units and projects."""

    def read(self, page: Page) -> None:
        self.headings |= page.headings
        before: Any = None
        lines: list[int] = []
        for row in page.rows:
            line = self.grid.texts[row]
            if not any(line):
                continue
            heads = page.heads(row)
            if heads is not None and heads == before:
                lines.append(row)  # it says again what the line above said of the form
                if any(line[page.width :]):
                    self.strays += page.beside(row)
            elif self._take(page, row) and self.current:
                before, lines = heads, self.current.lines_on(page)
            else:
                before = None

    def _take(self, page: Page, row: int) -> bool:
        """Whether it is a line of a form that it names, with which nothing is wrong."""
        said = page.said(row)
        own, _ = page.own(row)
        cells = self.grid.rows[row]
        texts = [*filter(None, self.grid.texts[row])]
        if are_column_numbers(texts) or all(map(is_page_number, texts)):
            return False
        if (
            "title" in said
            and label_key(self.headings["title"].text) in UNITS_TOO
            and not own
            and said.keys() <= self._of_unit
        ):
            self.unit_above = unit = _with_code(said["title"], said.get("code"))
            if MONEY_SAID & said.keys():
                self.totals.append((said | {"unit": unit}, cells))
            return False
        if len(cells) == 1 and "title" in said and self._is_section(page, row):
            self._begin_section(page, said["title"])
            return False
        if self.unit_above and "title" in said:
            said.setdefault("unit", self.unit_above)
        names_form = not said.keys().isdisjoint(self.names)
        if _is_total(said[self.names[0]].text if self.names[0] in said else cells[0].text, own) or (
            not names_form and not ANSWERS & own.keys() and MONEY_SAID & said.keys()
        ):
            self.totals.append((said, cells))
        elif (is_foot := all(map(is_foot_alone, texts))) or (not names_form and (not own or begins_foot(texts[0]))):
            if self.foot or is_foot or begins_foot(texts[0]):
                self.foot.append(cells)
            else:
                self.strays += cells
        elif label_key(own.get("name", "")) not in FLAT.must_have[1] or names_form:
            return self._take_line(page, row, said) and names_form
        return False

    @property
    def _of_unit(self) -> frozenset[str]:
        """What a line says that names the unit of the projects below it."""
        code = self.headings.get("code")
        return OF_UNIT | {"code"} if code and label_key(code.text) == CODES_OF_BOTH else OF_UNIT

    def _is_section(self, page: Page, row: int) -> bool:
        """A line with one text alone is no project if the next one names a project itself."""
        below = next((below for below in range(row + 1, page.rows.stop) if any(self.grid.texts[below])), 0)
        return below > 0 and "title" in page.said(below) and bool(page.own(below)[0])

    def _begin_section(self, page: Page, cell: Cell) -> None:
        """It names the unit of the lines below it, where they have no column for that."""
        if not page.columns.keys().isdisjoint(("unit", DEPARTMENT)):
            self.strays.append(cell)
            return
        self.unit_above = cell._replace(text=NUMBERED.sub("", cell.text))
        said = f"不是项目，已把{quoted(self.unit_above.text)}读为下面各项目的实施单位"
        sentence = f"{quoted(cell.text)}单独成行，{said}，请核对。"
        self.told.append(problem(self.grid.name, cell.address, GUESS, sentence))

    def _take_line(self, page: Page, row: int, said: dict[str, Cell]) -> bool:
        above = self.current
        listed = self._form_of(page, row, said)
        if listed is None:
            self.strays += self.grid.rows[row]
            return False
        self.strays += page.beside(row)
        if listed.lines and listed is not above:
            self.apart.add(row)
        self.current = listed
        listed.lines_on(page).append(row)
        return self._complete(listed, said)

    def _form_of(self, page: Page, row: int, said: dict[str, Cell]) -> Listed | None:
        """The form of a line: the one above if the line does not name another, one met before, or a new one."""
        current, columns = self.current, page.columns
        is_named = not said.keys().isdisjoint(self.names)
        if current and current.is_meant(said):
            name = self.names[0]
            if not is_named and name in columns:
                current.carried.append(Carried(name, row, columns[name], current.text(name)))
            return current
        if not is_named:
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
            found = self.known[key] = Listed(page, row, {})
            self.listed.append(found)
        found.carried += carried
        return found

    def _complete(self, listed: Listed, said: Mapping[str, Cell]) -> bool:
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


def _is_total(text: str, own: Mapping[str, str]) -> bool:
    """合计, and 某局小计 on a line without an indicator."""
    key = label_key(text)
    return key in TOTALS or (not own and key.endswith(ENDS_OF_TOTALS))


def _with_code(name: Cell, code: Cell | None) -> Cell:
    return name._replace(text=f"[{code.text}]{name.text}") if code else name
