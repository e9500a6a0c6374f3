"""Read the labelled cells above a table: pairs of label and value, in any order, at any place, beside or below each other."""

from dataclasses import dataclass, field

from targets.domain.record import MONEY, PROJECT
from targets.domain.sheets.amounts import is_amount, is_bare_amount, names_money, unit_in
from targets.domain.sheets.amounts_below import SUMS, amounts_below, may_be_amounts
from targets.domain.sheets.below import GOALS, LONG_TEXTS, Above, is_group, is_said_above, labels_of, with_ends
from targets.domain.sheets.cells import Cell, Grid, label_key, plain, split_label
from targets.domain.sheets.head import (
    ANNEX,
    LONGEST_UNKNOWN_LABEL,
    NOISE,
    OTHER_FORM,
    UNFILLED,
    Head,
    add_extra,
    parted,
    without_repeats,
    years_in,
)
from targets.domain.sheets.head_values import (
    LONGEST_YEAR_LINE,
    is_year_alone,
    names_unit,
    only_names_year,
    printed_label,
    whole_value,
    with_unit,
)
from targets.domain.sheets.layout import (
    BUDGETED,
    EXTRA,
    HEADING,
    LONG_TERM_TOTAL,
    MAY_BE_DRESSED,
    MONEY_UNIT,
    OF_THAT,
    PART_OR_OTHER,
    REPORTED,
    STAMP,
    TASK,
    YEAR,
    Labelled,
    Layout,
)
from targets.domain.sheets.marks import ticked
from targets.domain.sheets.money_table import MONEY_FIELDS, OWN_INCOME, MoneyColumn, MoneyTable, is_last_part
from targets.domain.sheets.problems import quoted
from targets.domain.sheets.several import meant_here, settled_by_year, years_of
from targets.domain.sheets.sole_amount import is_alone, is_money, sole_amount
from targets.domain.sheets.task_table import Tasks, is_counted
from targets.domain.sheets.term_money import TermMoney

NEVER_ABOVE = frozenset({STAMP, YEAR, MONEY_UNIT, HEADING, BUDGETED, REPORTED})
"""Labels whose value does not stand below them."""


def read_head(grid: Grid, layout: Layout, top: int, bottom: int) -> Head:
    return _HeadReader(grid, layout).read(top, bottom)


@dataclass(slots=True)
class _HeadReader:
    grid: Grid
    layout: Layout
    head: Head = field(default_factory=Head)
    above: list[Above] = field(default_factory=list)
    """Labels without a value in the rows above: cell, field, last column below it. Their values may follow below."""
    last_pair: tuple[Cell, str, Cell] | None = None
    """Label, field and value of the row above, if it was a row of one long text."""
    tables: list[MoneyTable] = field(default_factory=list)
    in_money: bool = False
    part: Cell | None = None
    """The label of the last part of 自有资金."""
    terms: TermMoney = field(default_factory=TermMoney)
    long_parts: frozenset[Cell] = frozenset()
    """Labels of this row that speak of the money of a longer term."""
    taken: set[int] = field(default_factory=set)
    """Rows that were read with the one above."""
    amounts: list[tuple[Cell, str, Cell]] = field(default_factory=list)
    """Amounts beside labels that the layout does not know, with the printed word."""
    tasks: Tasks = field(init=False)

    def __post_init__(self) -> None:
        self.tasks = Tasks(self.layout.labels)

    def read(self, top: int, bottom: int) -> Head:
        head = self.head
        for row in range(top, bottom):
            cells = self.grid.rows[row]
            if not cells:
                continue
            if head.first is None and not all(NOISE.fullmatch(plain(cell.text)) for cell in cells):
                head.first = cells[0]
            if row in self.taken:
                continue
            below = self.grid.rows[row + 1] if row + 1 < bottom else []
            self._read_row(parted(without_repeats(cells), self.layout.labels), below)
        for table in self.tables:
            self._settle_money(table)
        self._settle_amounts()
        for name, label, value in settled_by_year(head):
            if name and name not in head.values:
                self._keep_first(name, label, value)
            else:
                self._keep_extra(label, printed_label(label.text), value.text)
        head.long_is_right = self.terms.long_is_right
        for name, text in self.tasks.kept(head.money_unit):
            add_extra(head.extra, name, text)
        head.settle_goals()
        self.terms.settle(head)
        return head

    def _read_row(self, cells: list[Cell], below: list[Cell]) -> None:
        if len(cells) > 1 and is_said_above(self.above, cells[0]):
            cells = cells[1:]
        labels = [self.layout.label_of(cell.text) for cell in cells]
        cells, labels = meant_here(cells, labels, below, self.head)
        fields = [label and label.field for label in labels]
        if (self.tasks.is_open or TASK in fields or is_counted(cells)) and self._read_task(cells, fields):
            return
        self.terms.see(cells, fields)
        self.long_parts = self.terms.long_parts(cells, fields)
        if fields.count(BUDGETED) + fields.count(REPORTED) > 1:
            self._begin_money(cells, fields)
            return
        if self.in_money and self._read_money_row(cells, fields):
            return
        if may_be_amounts(below) and self._read_amounts(cells, fields, below):
            return
        if fields.count(None) == len(fields) and (self._read_below(cells) or self._read_on(cells)):
            return
        self.last_pair = None
        self._read_pairs(cells, labels)
        if len(cells) == 2 and fields[0] in LONG_TEXTS and fields[1] is None:
            self.last_pair = (cells[0], fields[0] or "", cells[1])
        if all(label and not label.value for label in labels):
            self.above += [found for found in with_ends(self.grid, cells, fields) if found[1] not in NEVER_ABOVE]
        else:
            self.above = []

    def _read_amounts(self, cells: list[Cell], fields: list[str | None], below: list[Cell]) -> bool:
        found, beside = amounts_below([*with_ends(self.grid, cells, fields)], below)
        if found:
            self._keep_unit(beside, [None] * len(beside))
            self.above, self.last_pair = [], None
            self.taken.add(below[0].row)
        for label, name, value in found:
            if name == EXTRA:
                unit = unit_in(label.text) or self.head.money_unit
                add_extra(self.head.extra, label.text, value.text + unit * is_bare_amount(value.text))
                continue
            self.head.labels.setdefault(name, label)
            self._keep(name, label, value)
        return bool(found)

    def _read_task(self, cells: list[Cell], fields: list[str | None]) -> bool:
        is_task = self.tasks.take(cells, fields, [last for _, _, last in with_ends(self.grid, cells, fields)])
        if is_task:
            self._keep_unit(cells, fields)
        return is_task

    # Values below their labels

    def _read_below(self, cells: list[Cell]) -> bool:
        """Labels in one row, their values in the rows below: 预期目标 | 实际完成情况."""
        if not self.above or (len(self.above) == 1 and (self.above[0][1] not in LONG_TEXTS or len(cells) > 1)):
            return False
        found, in_order = labels_of(self.above, cells)
        for label, cell in found:
            if in_order:
                sentence = (
                    f"与上一行的栏目错开，{quoted(cell.text)}已按次序读入“{label[0].text.strip('：: ')}”，请核对。"
                )
                self.head.guesses.append((cell, sentence))
            self._keep_below(label[1], label[0], cell)
        return bool(found)

    def _keep_below(self, name: str, label: Cell, value: Cell) -> None:
        """A goal written over several rows is one text; other texts below one label are told apart by a number."""
        held = self.head.values.get(name)
        if held and name in LONG_TEXTS and name != EXTRA:
            self.head.values[name] = held._replace(text=f"{held.text}\n{value.text}")
        else:
            self.head.labels.setdefault(name, label)
            self._keep(name, label, value)

    def _read_on(self, cells: list[Cell]) -> bool:
        """A long text goes on in the row below, beside its label that is merged down or was before it lost its merge."""
        if not self.last_pair or len(cells) != 1:
            return False
        label, name, value = self.last_pair
        merge = self.grid.merge_from.get((label.row, label.column))
        is_merged = merge is not None and merge.bottom >= cells[0].row and cells[0].column >= value.column
        if not is_merged and (cells[0].column, cells[0].row) != (value.column, value.row + 1):
            return False
        if not is_merged:
            sentence = (
                f"这一行没有栏目名称，已接在上一行的“{printed_label(label.text).strip('：: ')}”后面读入，请核对。"
            )
            self.head.guesses.append((cells[0], sentence))
            self.last_pair = label, name, cells[0]
        if name == EXTRA:
            add_extra(self.head.extra, label.text, cells[0].text)
        elif held := self.head.values.get(name):
            self.head.values[name] = held._replace(text=f"{held.text}\n{cells[0].text}")
        return True

    # Money of a self-evaluation

    def _begin_money(self, cells: list[Cell], fields: list[str | None]) -> None:
        columns = [found for found in with_ends(self.grid, cells, fields) if found[1] in (BUDGETED, REPORTED)]
        self.tables.append(MoneyTable([MoneyColumn(*column) for column in columns]))
        self.in_money = True
        self._keep_unit(cells, fields)

    def _read_money_row(self, cells: list[Cell], fields: list[str | None]) -> bool:
        table = self.tables[-1]
        labels = [cell for cell in cells if cell.column < table.first]
        values = cells[len(labels) :]
        name = fields[len(labels) - 1] or ""
        is_row = bool(labels) and not any(fields[len(labels) :])
        is_row = is_row and (name in MONEY_FIELDS if name else names_money(labels[-1].text))
        if is_row:
            self._keep_unit(cells, fields)
            table.add(labels[-1], values)
        self.in_money = is_row
        return is_row

    def _keep_unit(self, cells: list[Cell], fields: list[str | None]) -> None:
        """The unit of a heading over labels of money, known or not."""
        for cell, name in zip(cells, fields, strict=True):
            if name in (HEADING, None) and label_key(cell.text):
                self.head.money_unit = unit_in(cell.text) or self.head.money_unit

    def _settle_money(self, table: MoneyTable) -> None:
        for row in table.rows:
            label = self.layout.label_of(row.label.text)
            name = label.field if label else EXTRA
            if cell := table.amount_of(row):
                self.head.labels.setdefault(name, row.label)
                self._keep(name, row.label, cell)
            for heading, text in table.beside(row, self.head.money_unit):
                add_extra(self.head.extra, heading, text)

    def _keep_unknown(self, label: Cell, printed: str, value: Cell) -> None:
        """Amounts wait until the whole head is read."""
        if is_money(printed, value.text):
            self.amounts.append((label, printed, value))
        else:
            self._keep_extra(label, printed, value.text)

    def _settle_amounts(self) -> None:
        known = {*self.head.values, *self.terms.money}
        sole = sole_amount(self.amounts, known) if self.layout.kind == PROJECT else None
        for label, printed, value in self.amounts:
            if sole and label == sole[0]:
                self._keep("total", label, value)
            else:
                self._keep_extra(label, printed, value.text)

    # Pairs

    def _read_pairs(self, cells: list[Cell], labels: list[Labelled | None]) -> None:
        at = 0
        if len(cells) > 2 and labels[0] is None and is_group(self.grid, self.layout, cells[0]):
            self._keep_unit(cells[:1], [None])
            at = 1
        while at < len(cells):
            at += self._read_pair(cells, labels, at)

    def _read_pair(self, cells: list[Cell], labels: list[Labelled | None], at: int) -> int:
        """Take the label at `at` with its value, the next filled cell that is no label; return how many cells that was."""
        cell, label = cells[at], labels[at]
        value = cells[at + 1] if at + 1 < len(cells) and labels[at + 1] is None else None
        if value and is_year_alone(value.text) and not (label and label.field == YEAR):
            value = None  # it stands in the middle of its line
        if label is None:
            return self._read_other(cells, at, value)
        name, glued, _ = label
        if name == HEADING:
            self.head.money_unit = unit_in(cell.text) or self.head.money_unit
            if value is None or not is_alone(cells[at:]):
                # else an amount directly beside 项目资金, without the parts that this heading usually stands over
                return 1
            name = "total" if self.layout.kind == PROJECT else EXTRA
        if cell not in self.long_parts:
            self.head.labels.setdefault(name, cell)
        used = 1
        if glued:
            value = Cell(cell.row, cell.column, glued)
        elif value:
            after = cells[at + 2].text if at + 2 < len(cells) else ""
            if label_key(value.text) in SUMS and is_amount(after):
                if name == EXTRA:
                    return 1  # 资金来源 stands over 合计 | 150 and the parts below it
                used += name in MONEY  # 项目资金 | 小计 | 150
            value, more = whole_value(self.layout, cells, at + used, name)
            used += more
            while at + used < len(cells) and cells[at + used].text == value.text:
                used += 1  # in every cell of what once was merged
        if value:
            self._keep(name, cell, value)
        return used

    def _keep(self, name: str, label: Cell, value: Cell) -> None:
        head = self.head
        printed = printed_label(label.text)
        if label in self.long_parts:
            self.terms.money.setdefault(name, (label, value))
            name, printed = EXTRA, self.terms.printed(label.text)
        elif name in (LONG_TERM_TOTAL, TASK):
            self.terms.money.setdefault("total", (label, value))
            name = EXTRA
        if name == PART_OR_OTHER:
            name = EXTRA if is_last_part(label, self.part, self.head.labels) else "other"
            printed = f"自有资金 {printed}" if name == EXTRA else printed
        if name == MONEY_UNIT:
            unit = unit_in(value.text)
            if unit and len(value.text) <= LONGEST_UNKNOWN_LABEL:
                head.money_unit = head.money_unit or unit
            elif self.layout.kind == PROJECT and names_unit(printed, value.text) and STAMP not in head.values:
                head.values[STAMP] = value  # 单位：某局, and no unit of money
            else:
                add_extra(head.extra, printed, value.text)
        elif name == YEAR:
            head.state_year(value)
        elif name in (EXTRA, REPORTED, BUDGETED):  # these two head no column of money here
            self._keep_extra(label, printed, value.text)
        elif name in MAY_BE_DRESSED and years_of(label.text):
            head.dated.append((name, label, value))
        elif name not in head.values:
            self._keep_first(name, label, value)
        elif head.values[name].text != value.text:
            self._keep_more(name, label, printed, value)

    def _keep_first(self, name: str, label: Cell, value: Cell) -> None:
        self.head.values[name] = value
        if name in MONEY:
            self.head.labels[name] = label
        if name in MAY_BE_DRESSED and ((known := self.layout.label_of(label.text)) is None or known.is_dressed):
            said = quoted(split_label(label.text)[0] or label.text, 20)
            self.head.guesses.append((label, f"{said}已读为“{self.layout.named[name]}”，请核对。"))

    def _keep_more(self, name: str, label: Cell, printed: str, value: Cell) -> None:
        """年度绩效目标2 goes on with the goal, and so does the same label again; another value of a field is kept beside it."""
        key = label_key(label.text)
        if name in GOALS and (key[-1:].isdigit() or key == label_key(self.head.labels[name].text)):
            held = self.head.values[name]
            self.head.values[name] = held._replace(text=f"{held.text}\n{value.text}")
        else:
            self._keep_extra(label, printed, value.text)

    def _keep_extra(self, label: Cell, printed: str, text: str) -> None:
        if label_key(label.text) in OWN_INCOME:
            self.part = label
        text = ticked(text)
        if text and not UNFILLED.fullmatch(text):
            add_extra(self.head.extra, printed.strip("：: "), with_unit(label, text, self.head.money_unit))

    def _read_other(self, cells: list[Cell], at: int, value: Cell | None) -> int:
        """A cell that is no label of the layout: a title, a year, a labelled cell of another form, or a remark."""
        head, cell = self.head, cells[at]
        key = label_key(cell.text)
        if value and key in SUMS and is_amount(value.text) and "total" not in head.values:
            self._keep("total", cell, value)
            return 2
        word, glued = split_label(cell.text)
        is_labelled = bool(word and glued) and not ANNEX.fullmatch(label_key(word))
        if not is_labelled and self.layout.title_words.search(key):
            head.title = head.title or cell
            head.years += [(year, cell) for year in years_in(cell.text)]
            return 1
        if OTHER_FORM.search(key):
            head.other_form = head.other_form or cell
            head.years += [(year, cell) for year in years_in(cell.text)]
            return 1
        if word and len(word) <= LONGEST_UNKNOWN_LABEL and not (value and label_key(word) == OF_THAT):
            if not UNFILLED.fullmatch(glued):
                self._keep_unknown(cell, word, cell._replace(text=glued))
                return 1
            if glued or value is None:
                return 1
        if len(cell.text) <= LONGEST_YEAR_LINE and (years := years_in(cell.text)):
            head.years += [(year, cell) for year in years]
            if not only_names_year(cell.text):
                head.strays.append(cell)
            return 1
        is_number = len(cells) > 1 and is_amount(cell.text)
        if (NOISE.fullmatch(plain(cell.text)) and not is_number) or (not key and unit_in(cell.text)):
            head.money_unit = head.money_unit or ("" if key else unit_in(cell.text))
            return 1
        if value and len(cell.text) <= LONGEST_UNKNOWN_LABEL:
            value, used = whole_value(self.layout, cells, at + 1, EXTRA)
            self._keep_unknown(cell, printed_label(cell.text), value)
            return 1 + used
        head.strays.append(cell)
        return 1
