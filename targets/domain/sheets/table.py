"""Read the rows of a table: values, cells merged with the cell above, and blanks that continue it in a file without merges."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from targets.domain.record import ROW_TEXTS, IndicatorRow
from targets.domain.sheets.blanks import LEVELS, chains_of
from targets.domain.sheets.both_levels import Shared, part_levels
from targets.domain.sheets.carried import Carried, continuing
from targets.domain.sheets.cells import Cell, Grid, Merge, label_key
from targets.domain.sheets.find import Block
from targets.domain.sheets.foot import begins_foot, is_foot_alone
from targets.domain.sheets.head import is_page_number, without_repeats
from targets.domain.sheets.header import SHARED, Header, Span, are_column_numbers
from targets.domain.sheets.heading_units import give_units, heading_units, told_units
from targets.domain.sheets.indicator import is_unfilled, settle
from targets.domain.sheets.layout import HEADING, MEASUREMENT_UNIT, Layout
from targets.domain.sheets.level_column import take_level_columns
from targets.domain.sheets.meant import WHOLE, meant_headings
from targets.domain.sheets.named_values import part_names_and_values
from targets.domain.sheets.percents import settle_fractions, take_merged_units
from targets.domain.sheets.problems import quoted
from targets.domain.sheets.says import Says, at_first_sight
from targets.domain.sheets.sections import section
from targets.domain.sheets.sign_column import take_sign_column
from targets.domain.sheets.straighten import Line, Page, Told, is_cut, level1_beside, split_lines
from targets.domain.sheets.strays import remarks_in_head
from targets.domain.sheets.table_found import Table
from targets.domain.sheets.terms import NOT_SAID, Half, half_grid, halves
from targets.domain.sheets.value_columns import join_values
from targets.domain.values import TEXT, IndicatorValue

ROW_FIELDS = frozenset(ROW_TEXTS)
SAMPLE = 12
"""Rows by which a head is judged."""
SIGN = re.compile(r"\s*[≥≤=＝<>＜＞≧≦⩾⩽]{1,2}\s*")
FEWEST_ACROSS = 2
"""A text in more cells than this and no other: what was merged over the table, written into each of its cells."""
COLONS = (":", "：")
NOTED = tuple("★☆*＊※▲△●")
TOTALS = frozenset("总分 合计 总计 小计 自评总分 得分合计 综合得分 总得分 合计得分".split())


def read_table(grid: Grid, layout: Layout, blocks: Sequence[Block], *, long_is_right: bool | None = None) -> Table:
    """`long_is_right` tells which of two groups of indicators side by side is that of the longer term."""
    table = Table(long_is_right=long_is_right)
    tables = [(block.header.top, block.header.bottom, block.bottom) for block in blocks if block.header]
    proven = any(grid.has_tall_merge(top, bottom) for top, _, bottom in tables)
    in_rows = any(grid.has_tall_merge(head + 1, bottom) for _, head, bottom in tables)
    for number, block in enumerate(blocks):
        if block.header:
            take_sign_column(grid, block.header, block.bottom)
            take_level_columns(grid, layout, block.header, block.bottom)
            table.told += meant_headings(layout, block.header)
            table.strays += remarks_in_head(grid, block.header, block.bottom)
            _Page(grid, layout, block, block.header, table, may_carry=not proven, continues_page=number > 0).read()
    table.told += told_units(table.given, grid.origin)
    if proven:
        merged = {
            name
            for block in blocks
            if block.header
            for name, (first, _) in block.header.fields.items()
            if grid.has_hanging(first, range(block.header.bottom + 1, block.bottom))
        }
        table.note_blanks(chains_of(layout, merged, table.rows, in_rows=in_rows))
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
    field_at: dict[int, str] = field(init=False)
    unknown_at: dict[int, str] = field(init=False)
    names: list[str] = field(init=False)
    """Of each sheet column, its field or ""."""
    hanging: list[tuple[str, int, Mapping[int, Merge]]] = field(init=False)
    """Fields that may hang from the row above, in the order of the layout, with each column that has merges, and these."""
    column_of: dict[str, int] = field(default_factory=dict)
    is_half: bool = False
    """Of two terms side by side."""
    side_of: dict[int, str] = field(default_factory=dict)
    """Sheet row → the label left of it."""
    unfilled: Mapping[str, str] = field(default_factory=dict)
    """The line above, if it has levels alone (指标1：): they go on in the next one."""
    section: dict[str, str] = field(default_factory=dict)
    """Categories that stood in lines of their own above the rows that are being read."""
    section_of: dict[int, dict[str, str]] = field(default_factory=dict)
    """Sheet row → these categories."""

    def __post_init__(self) -> None:
        fields, grid = self.header.fields, self.grid
        self.field_at = _by_column(fields)
        for _, (first, last) in self.header.values:
            self.field_at.update(dict.fromkeys(range(first, last + 1), "target"))
        self.unknown_at = _by_column(self.header.unknown)
        self.names = [self.field_at.get(column, "") for column in range(grid.width)]
        columns = [(name, column) for name, span in fields.items() for column in _columns(span)]
        hanging = [(name, column, grid.hanging[column]) for name, column in columns if column in grid.hanging]
        self.hanging = sorted(hanging, key=lambda one: self.layout.order[one[0]])

    def read(self) -> None:
        lines = self._lines()
        if self.header.twin is None:
            self._read_lines(lines)
            return
        numbers = [line.row for line in lines]
        terms, is_said = halves(self.header, self.header.twin, long_is_right=self.table.long_is_right)
        if not is_said:
            self.table.told.append(Told(self.header.top, self.header.twin.fields["name"][0], NOT_SAID))
        for term in terms:
            self._read_half(term, numbers)

    def _read_half(self, term: Half, numbers: Sequence[int]) -> None:
        """The rows of one term; those where it is blank are none."""
        grid, moved = half_grid(self.grid, term.header, numbers)
        self.table.side = term.side
        half = _Page(grid, self.layout, self.block, term.header, self.table, self.may_carry, self.continues_page)
        half.is_half = True
        half.side_of = dict.fromkeys(numbers, term.side)
        lines = [half._sort(row, said) for row in numbers if (said := [*filter(None, grid.texts[row])])]
        half._read_lines([line for line in lines if line.others or line.texts.keys() - {SHARED}])
        level = term.header.fields.get(SHARED, (0, 0))[0]
        self.table.carried += [Carried(SHARED, row, level, text) for row, text in moved]

    def _read_lines(self, lines: list[Line]) -> None:
        if self.header.values:
            join_values(self.grid, self.header, lines, self.table.told)
        part_names_and_values(self.grid, self.header, lines, self.table.told)
        page, straight = self._straighten(lines, strict=not self.may_carry)
        if page.has_moved and page.strict:
            self.may_carry = True  # damage is proven: a blank may have lost its merge here too
            page, straight = self._straighten(lines, strict=False)
        straight = page.finish(straight)
        self.table.told += page.told
        self.column_of = {place.field: place.first for place in page.places}
        if shared := part_levels(self.column_of, straight, self.table.told):
            self._share_column(shared)
        for line in straight:
            if line.others and not line.moved:
                line.others = self._join_others(line)
        lines = split_lines(straight, self.table.told)
        units = heading_units(self.header)
        if MEASUREMENT_UNIT in self.column_of and "target" in self.column_of:
            take_merged_units(self.grid, self.column_of[MEASUREMENT_UNIT], self.header.bottom, lines)
        for line in lines if units else ():
            give_units(units, line.row, line.texts, self.table.given)
        if "target" in self.column_of and (MEASUREMENT_UNIT in self.column_of or "target" in units):
            values = ((line.row, line.texts, "target") for line in lines)
            settle_fractions(values, self.column_of["target"], self.table.told)
        for number, line in enumerate(lines):
            if line.texts:
                self._add(line, after_head=(number == 0 and self.continues_page) or line.row in self.grid.origin.breaks)
            if line.others:
                self._add_others(line.others)

    def _share_column(self, shared: Shared) -> None:
        """Another field stands in the column of this one: what is merged or blank there is so for both."""
        self.table.alone |= shared.alone
        self.column_of[shared.other] = self.column_of[shared.name]
        hanging = [(shared.other, first, merges) for field, first, merges in self.hanging if field == shared.name]
        self.hanging = sorted([*self.hanging, *hanging], key=lambda one: self.layout.order[one[0]])

    def _straighten(self, lines: list[Line], *, strict: bool) -> tuple[Page, list[Line]]:
        sample = [line.row for line in lines[:SAMPLE]]
        page = Page(self.grid, self.layout, self.header, [], self.continues_page, sample, strict=strict)
        wide = self.grid.wide
        usual = strict and len(wide.intersection([line.row for line in lines])) * 2 > len(lines)
        return page, [page.line(line, strict=strict and (not usual or line.row in wide)) for line in lines]

    def _lines(self) -> list[Line]:
        """The rows of the table as they stand; its foot and its totals are put aside."""
        lines: list[Line] = []
        side_end = self._side_end()
        above = self.grid.rows[max(0, self.header.top - 1)]
        if len(above) == 1 and not self._see_sides(above):
            self._begins_section(above[0].row, above[0].text)
        for row in range(self.header.top, self.header.bottom + 1):
            self._see_sides(self.grid.rows[row])
        in_foot = False
        for row in range(self.header.bottom + 1, self.block.bottom):
            said = [*filter(None, self.grid.texts[row])]
            if not said:
                continue
            if are_column_numbers(said) or all(map(is_page_number, said)):
                continue
            if len(said) == 1 and self._see_sides(self.grid.rows[row]):
                continue
            if len(said) == 1 and self._begins_section(row, said[0]):
                continue
            line = self._sort(row, said)
            if self.section:
                self.section_of[row] = self.section
            if line.others:
                self._see_sides(line.others)
            self.side_of[row] = self.table.side
            if label_key(said[0]) in TOTALS and line.texts.get("target", said[0]) == said[0]:
                first, *others = self.grid.rows[row]
                self.table.totals.append([first, *(cell for cell in others if cell.text != first.text)])
                continue
            in_foot = row > side_end and (
                self._begins_foot(row, said)
                or ("name" not in line.texts and all(map(is_foot_alone, said)))
                or (in_foot and (not line.texts.keys() >= WHOLE or any(map(begins_foot, said))))
            )
            if in_foot:
                self.table.foot.append(without_repeats(self.grid.rows[row]))
            else:
                lines.append(line)
        return lines

    def _begins_section(self, row: int, text: str) -> bool:
        """A category in a line of its own, in a table of a project that has no column for it."""
        name, category = section(text, self.header.fields) if self.layout.nests[0] == SHARED else ("", "")
        if not name:
            return False
        self.section = {name: category} if name == SHARED else self.section | {name: category}
        sentence = f"{quoted(text)}单独成行，已读为下面各行的“{self.layout.headings_of[name]}”，请核对。"
        told = Told(row, self.grid.rows[row][0].column, sentence)
        if told not in self.table.told:  # the last line of one block is the line above the next
            self.table.told.append(told)
        return True

    def _sort(self, row: int, said: Sequence[str]) -> Line:
        """Text by field, and the cells that belong to none (or to one that has its text already)."""
        texts = {name: text for name, text in zip(self.names, self.grid.texts[row], strict=False) if text}
        if len(texts) == len(said) and "" not in texts:  # as in most rows: each text under a heading of its own
            return Line(row, texts, (), len(said))
        texts = {}
        others: list[Cell] = []
        for cell in self.grid.rows[row]:
            name = self.field_at.get(cell.column)
            if name and name not in texts:
                texts[name] = cell.text
            else:
                others.append(cell)
        line = Line(row, texts, others, len(said))
        if SIGN.fullmatch(texts.get("target", "")) and any(self.field_at.get(c.column) == "target" for c in others):
            line.others = self._join_others(line)
        return line

    def _join_others(self, line: Line) -> list[Cell]:
        """Cells beside each other below one heading are one text: ≥ | 95 | %. What is left of the others."""
        left: list[Cell] = []
        joined: dict[str, str] = {}
        is_sign = SIGN.fullmatch(line.texts.get("target", "")) is not None
        for cell in line.others:
            beyond = is_sign and cell.column not in self.unknown_at and cell.column > self.header.fields["target"][1]
            name = self.field_at.get(cell.column, "target" if beyond else "")
            if not line.texts.get(name):
                left.append(cell)
                continue
            whole = line.texts[name] + cell.text
            is_value = name == "target" and IndicatorValue.parse(whole).kind != TEXT
            joined[name] = line.texts[name] = whole if is_value else f"{line.texts[name]} {cell.text}"
        for name, text in joined.items():
            heading = self.layout.headings_of[name]
            sentence = f"“{heading}”一栏下有几个单元格，已合并读为{quoted(text)}，请核对。"
            self.table.told.append(Told(line.row, self.header.fields[name][0], sentence))
        return left

    def _see_sides(self, cells: Sequence[Cell]) -> bool:
        """Remember the label left of the rows to come (年度绩效指标), or in a line of its own above them."""
        found = [cell.text for cell in cells if label_key(cell.text) in self.layout.sides]
        if found:
            self.table.side = found[0]
        return bool(found)

    def _side_end(self) -> int:
        """The last row beside which the side label is merged down: up to there nothing is a foot."""
        for cell in self.grid.rows[self.header.top]:
            merge = self.grid.merge_from.get((cell.row, cell.column))
            if merge and label_key(cell.text) in self.layout.sides:
                return merge.bottom
        return self.header.bottom

    def _begins_foot(self, row: int, said: Sequence[str]) -> bool:
        return (
            begins_foot(said[0])
            or self._is_labelled(row, said[0])
            or (len(said) == 1 and (self._is_line_across(self.grid.rows[row][0]) or self._is_footnote(row, said[0])))
            or (len(said) > FEWEST_ACROSS and len(without_repeats(self.grid.rows[row])) == 1)
        )

    def _is_labelled(self, row: int, text: str) -> bool:
        """A labelled text below the table: left of its columns, or with the colon that no text of a row has."""
        label = self.layout.label_of(text)
        if label is None or label[0] == HEADING:
            return False
        first = self.grid.rows[row][0].column
        is_left = first < min(self.field_at, default=0) and first not in self.unknown_at
        return text.endswith(COLONS) or bool(label[1]) or is_left

    def _is_footnote(self, row: int, text: str) -> bool:
        """★为核心指标 below a table: what a mark means, not a category that has it."""
        is_left = self.grid.rows[row][0].column <= min(self.field_at, default=0)
        return (
            is_left
            and text.startswith(NOTED)
            and not at_first_sight(text.lstrip("".join(NOTED))) & (Says.LEVEL1 | Says.LEVEL2)
        )

    def _is_line_across(self, cell: Cell) -> bool:
        """One text merged over most of the table is a remark."""
        return self.grid.right_of(cell) - cell.column > max(2, len(self.field_at) // 2)

    def _add(self, line: Line, *, after_head: bool) -> None:
        row, texts = line.row, line.texts
        if self.section_of:
            texts = self.section_of.get(row, {}) | texts
        table, side = self.table, self.side_of.get(row, self.table.side)
        at = self._place_above(side)
        above = table.rows[at] if at >= 0 else None
        continues: list[str] = []
        for name, first, merges in self.hanging:
            merge = merges.get(row)
            if merge is None or merge.left != first or merge.top <= self.header.bottom:
                continue
            if texts.get(name):
                continue
            if above and table.places[at] >= merge.top and name in ROW_FIELDS:
                texts[name] = getattr(above, name)
                if name in self.layout.fields:
                    continues.append(name)
            else:
                texts[name] = self.grid.text(merge.top, first)
        if above and after_head and line.moved and is_cut(above.budget_item, texts.get("budget_item", "")):
            self._tell_cut(row)
        if above and (self.may_carry or after_head or line.moved):
            hanging = {*continues, *self._carry(row, above, texts)}
            if line.moved and "level1" in hanging:
                hanging -= self._find_level1(row, texts)
            continues = [*self.layout.in_order(hanging)]
        beside = settle(texts)
        self.unfilled = texts if not texts.get("target") and is_unfilled(texts) else {}
        if self.unfilled:
            return
        table.last_of[side] = len(table.rows)
        table.rows.append(IndicatorRow(**texts, continues=tuple(continues)))
        table.places.append(row)
        table.sides.append(side)
        if beside:
            table.keep(beside)

    def _place_above(self, side: str) -> int:
        """The row above on the same side, -1 if there is none: the other term's rows of a page stand between two pages of one."""
        at = self.table.last_of.get(side, -1)
        return at if self.is_half or at + 1 == len(self.table.rows) else -1

    def _find_level1(self, row: int, texts: dict[str, str]) -> set[str]:
        """A row that has lost its level 1 may begin the next one: then its level 2 does not fit the level 1 above."""
        found = level1_beside(texts["level1"], texts.get("level2", ""))
        if not found:
            return set()
        texts["level1"] = found
        self.table.carried = [cell for cell in self.table.carried if (cell.row, cell.field) != (row, "level1")]
        sentence = f"一级指标为空白，已按二级指标{quoted(texts['level2'])}读为{quoted(found)}，请核对。"
        self.table.told.append(Told(row, self.column_of["level1"], sentence))
        return {"level1"}

    def _tell_cut(self, row: int) -> None:
        sentence = "预算项目可能被分页截成两段，已照原样分别读入，请核对。"
        self.table.told += [Told(self.table.places[-1], 0, sentence), Told(row, 0, sentence)]

    def _carry(self, row: int, above: IndicatorRow, texts: dict[str, str]) -> list[str]:
        """Fill blanks from the row above."""
        nests = (*self.layout.nests, *LEVELS)
        before = {name: self.unfilled.get(name) or getattr(above, name) for name in nests if name in self.column_of}
        carried = self.table.carried_into(row, continuing(before, before, texts))
        for name in carried:
            texts[name] = before[name]
            self.table.carried.append(Carried(name, row, self.column_of[name], before[name]))
        return [name for name in carried if before[name] == getattr(above, name)]

    def _add_others(self, others: Sequence[Cell]) -> None:
        for cell in others:
            if heading := self.unknown_at.get(cell.column):
                self.table.other_columns.append((heading, len(self.table.rows), cell.text))
            elif label_key(cell.text) not in self.layout.sides:
                self.table.strays.append(cell)


def _by_column(spans: Mapping[str, Span]) -> dict[int, str]:
    return {column: name for name, span in spans.items() for column in _columns(span)}


def _columns(span: Span) -> range:
    first, last = span
    return range(first, last + 1)
