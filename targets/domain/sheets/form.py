"""One form of a sheet becomes a record, or is refused with the cell that is the reason."""

import re
from bisect import bisect_left
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter

from targets.domain.record import MONEY, PLAN, Record
from targets.domain.sheets.amounts import (
    FACTORS,
    is_amount,
    names_several,
    read_amount,
    read_behind,
    unit_in,
    unit_unsaid,
)
from targets.domain.sheets.blanks import told_blanks
from targets.domain.sheets.carried import carried_runs
from targets.domain.sheets.cells import Cell, Grid, address, label_key
from targets.domain.sheets.find import Block
from targets.domain.sheets.foot import SIGNED_HERE, read_foot
from targets.domain.sheets.head import UNFILLED, Head, add_extra
from targets.domain.sheets.head_reader import read_head
from targets.domain.sheets.hidden import told_hidden
from targets.domain.sheets.layout import DEPARTMENT, DEPARTMENT_CODE, STAMP, Layout
from targets.domain.sheets.lost_digits import LOST, lost_digits
from targets.domain.sheets.names import split_department, split_project
from targets.domain.sheets.plan_v2 import plan_title
from targets.domain.sheets.problems import GUESS, NOT_IMPORTED, REFUSED, WARNING, Problem, problem, quoted
from targets.domain.sheets.rest import numbers_of, own_rows, table_extra
from targets.domain.sheets.says import Says, at_first_sight
from targets.domain.sheets.strays import kept_strays, told_strays
from targets.domain.sheets.table import read_table
from targets.domain.sheets.table_found import Table

NO_TITLE = Says.LEVEL1 | Says.LEVEL2 | Says.LEVEL | Says.SIGNED
"""What no project is called."""
REPORTS = re.compile("自评|监控")
OTHER_THAN_LIST = re.compile("自评|评价|监控|审核|反馈")
"""A list may well be called 汇总表."""
UNIT_LABELS = ("单位", "金额单位", "货币单位")
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class FormReading:
    """One form that was found. `record` is None if it was refused."""

    record: Record | None
    kind: str
    title: str
    sheet: str
    cell: str
    problems: tuple[Problem, ...]
    refused: bool


@dataclass(frozen=True, slots=True)
class Form:
    """Blocks of one form with the first block's head."""

    layout: Layout
    blocks: tuple[Block, ...]
    heads: tuple[Head, ...]

    @property
    def rows(self) -> range:
        return range(self.blocks[0].top, self.blocks[-1].bottom)


def gather_forms(grid: Grid, blocks: Sequence[Block]) -> list[Form]:
    """Join pages: a table without a head of its own, under a title alone, or (where pages repeat it) under the same department and year."""
    forms: list[tuple[list[Block], list[Head]]] = []
    for block in blocks:
        head = read_head(grid, block.layout, block.top, block.head_bottom)
        if forms and _continues(*forms[-1], block, head):
            pages, heads = forms[-1]
            _tell_title_alone(heads[0], head)
            pages.append(block)
            heads.append(head)
        else:
            forms.append(([block], [head]))
    return [Form(pages[0].layout, tuple(pages), tuple(heads)) for pages, heads in forms]


def _continues(pages: Sequence[Block], heads: Sequence[Head], block: Block, head: Head) -> bool:
    if pages[0].layout is not block.layout or not block.header:
        return False
    if not block.is_named or (block.layout.repeats_head and _is_next_page(heads[0], head)):
        return True
    if block.layout.is_list and _said(heads[0]) == _said(head):
        return True
    return _says_nothing(head) and bool(heads[0].text("title"))


def _said(head: Head) -> tuple[str, dict[str, str], dict[str, str]]:
    """All that stands above a table: each page of a list may say it again."""
    return head.title.text if head.title else "", {name: cell.text for name, cell in head.values.items()}, head.extra


def _says_nothing(head: Head) -> bool:
    """At most a title stands above the table."""
    return not (head.values or head.extra)


def _tell_title_alone(first: Head, head: Head) -> None:
    name = first.text("title")
    if name and head.title and _says_nothing(head):
        sentence = f"这里只重复了标题，没有项目名称，已作为上面{quoted(name, 20)}的续页读入，请核对。"
        head.guesses.append((head.title, sentence))


def _is_next_page(first: Head, head: Head) -> bool:
    department, year = head.text(DEPARTMENT), head.year()
    first_year = first.year()
    same_year = not year or not first_year or year[0] == first_year[0]
    return same_year and (not department or split_department(department) == split_department(first.text(DEPARTMENT)))


def read_form(
    grid: Grid,
    form: Form,
    *,
    year: int | None,
    year_above: int | None = None,
    told: Sequence[Problem] = (),
    table: Table | None = None,
    rows: Sequence[int] = (),
) -> FormReading:
    """`year_above` is what an earlier form of the sheet printed; `told` what is already known of cells of this one.

    `rows` are its own where they do not all stand together.
    """
    return _FormReader(grid, form, year, year_above, told, table, rows or form.rows).read()


def _unit_below(foot: Head) -> str:
    """单位：元 stands below the table of some forms."""
    return next((text for name, text in foot.extra.items() if name in UNIT_LABELS and text in FACTORS), "")


@dataclass(slots=True)
class _FormReader:
    grid: Grid
    form: Form
    year: int | None
    year_above: int | None
    told: Sequence[Problem]
    table: Table | None
    """The rows, if they are read already (of a list)."""
    rows: Sequence[int]
    """Of the sheet."""
    problems: list[Problem] = field(default_factory=list)
    head: Head = field(init=False)

    def __post_init__(self) -> None:
        self.head = self.form.heads[0]

    def read(self) -> FormReading:
        layout = self.form.layout
        self._refuse_other_form()
        table = self.table or read_table(self.grid, layout, self.form.blocks, long_is_right=self.head.long_is_right)
        foot = read_foot(layout, table.foot)
        self.head.money_unit = self.head.money_unit or _unit_below(foot)
        year = self._year()
        title = self._title(year)
        amounts = {name: self._amount(name) for name in MONEY}
        code, name = split_department(self.head.text(DEPARTMENT))
        code = split_department(self.head.text(DEPARTMENT_CODE) or code)[0] or self.head.text(DEPARTMENT_CODE) or code
        unit = self.head.text("unit") or self._unit_that_stamps(name)
        project_code = self._project_code()
        strays = [*table.strays, *foot.strays, *(cell for head in self.form.heads for cell in head.strays)]
        strays = [cell for cell in strays if not UNFILLED.fullmatch(cell.text)]
        extra = self._extra(table, foot, unit, name, strays)
        self._tell_remark()
        self._tell_guesses(table)
        self._tell_blanks(table)
        for told in table.told:
            self._tell(told.place, GUESS, told.sentence)
        for cell, sentence in [guess for head in self.form.heads for guess in head.guesses]:
            self._tell(cell.address, GUESS, sentence)
        if strays:
            self._tell_strays(strays, {told.place for told in table.told})
        self._tell_sheet()
        refused = any(found.level == REFUSED for found in self.problems)
        record = None
        if not refused and year is not None:
            record = Record(
                kind=layout.kind,
                year=year,
                title=title,
                code=project_code,
                department_code=code,
                department_name=name,
                unit=unit,
                **amounts,
                goal=self.head.text("goal"),
                extra=extra,
                rows=own_rows(table),
            )
        return FormReading(record, layout.kind, title, self.grid.name, self._place(), tuple(self.problems), refused)

    def _place(self) -> str:
        first = self.head.title or self.head.first
        header = self.form.blocks[0].header
        if first is None and header:
            first = self.grid.rows[header.top][0]
        return first.address if first else address(self.form.blocks[0].top, 0)

    def _tell(self, cell: str, level: str, sentence: str) -> None:
        self.problems.append(problem(self.grid.name, cell, level, sentence))

    def _refuse_other_form(self) -> None:
        if other := self.head.other_form:
            if self.form.layout.is_list and not OTHER_THAN_LIST.search(label_key(other.text)):
                return
            if self._reports_on_targets(other):
                kind = "监控表" if "监控" in other.text else "自评表"
                sentence = f"{quoted(other.text)}是{kind}，已读入其中的绩效目标部分；执行数、实际完成值、得分等放在“其他栏目”中，请核对。"
                self._tell(other.address, WARNING, sentence)
                return
            sentence = (
                f"{quoted(other.text)}不是绩效目标表，{NOT_IMPORTED}请上传项目支出绩效目标表或部门整体绩效目标表。"
            )
            self._tell(other.address, REFUSED, sentence)

    def _reports_on_targets(self, other: Cell) -> bool:
        """A self-evaluation or a monitoring form holds the targets beside what became of them."""
        headers = [block.header for block in self.form.blocks if block.header]
        reports = self.form.layout.reports
        return REPORTS.search(other.text) is not None and any(
            label_key(word) in reports for head in headers for word in head.unknown
        )

    def _year(self) -> int | None:
        printed = self.head.year()
        if printed and not FIRST_YEAR <= printed[0] <= LAST_YEAR:
            printed = None
        if self.year is not None:
            if printed and printed[0] != self.year:
                where = printed[1].address
                self._tell(
                    where,
                    REFUSED,
                    f"写的是{printed[0]}年，与所选的{self.year}年不一致，{NOT_IMPORTED}请核对年度后重新上传。",
                )
            return self.year
        if printed:
            return printed[0]
        if self.year_above is not None:
            self._tell(self._place(), GUESS, f"这张表没有写年度，已按同一工作表上面的{self.year_above}年读入，请核对。")
            return self.year_above
        self._tell(
            self._place(),
            REFUSED,
            f"标题中没有年度，{NOT_IMPORTED}请选择年度，或在标题中写明（如“2023年”）后重新上传。",
        )
        return None

    def _title(self, year: int | None) -> str:
        if self.form.layout.kind == PLAN:
            printed = self.head.title
            names_year = printed and any(cell == printed for _, cell in self.head.years)
            if printed and names_year:
                return printed.text
            unnamed = printed.text if printed else ""
            return plan_title(year) if year else unnamed
        title = self.head.text("title")
        if not title:
            label = self.head.labels.get("title")
            where = address(label.row, self.grid.right_of(label)) if label else self._place()
            self._tell(where, REFUSED, f"没有项目名称，{NOT_IMPORTED}请填写“项目名称”后重新上传。")
        elif at_first_sight(title) & NO_TITLE:
            self._tell(self._place(), GUESS, f"项目名称读为{quoted(title)}，可能与表头错开，请核对。")
        return title if "code" in self.head.values else split_project(title)[1]

    def _project_code(self) -> str:
        """It says which form this is: half of one would make another form of it."""
        cell = self.head.values.get("code")
        if cell is None:
            return split_project(self.head.text("title"))[0]
        if level := lost_digits(cell.text):
            self._tell(cell.address, level, LOST[level].format(code=quoted(cell.text)))
        return cell.text

    def _amount(self, name: str) -> Decimal | None:
        cell = self.head.values.get(name)
        if cell is None:
            return None
        label = self.head.labels[name]
        unit = unit_in(label.text) or self.head.money_unit or self._unit_beside()
        exact = self.grid.exact.get((cell.row, cell.column))
        assumed = unit or unit_unsaid(cell.text)
        found = read_behind(cell.text, exact, assumed) if exact else read_amount(cell.text, assumed)
        if not unit and not found.has_unit:
            self._tell(cell.address, GUESS, f"表中没有写金额单位，{quoted(cell.text)}已按{assumed}读入，请核对。")
        if found.fault == "不能精确到分" and exact:
            shown = read_amount(cell.text, assumed)
            if not shown.fault:
                self._tell(
                    cell.address, GUESS, f"单元格中的数不能精确到分，已按显示的{quoted(cell.text)}读入，请核对。"
                )
                return shown.value
        if found.fault and names_several(cell.text):
            add_extra(self.head.extra, label.text.strip("：: "), cell.text)
            sentence = f"{quoted(cell.text)}里有几个金额，没有读为金额，原文放在“其他栏目”中。请核对后填写金额。"
            self._tell(cell.address, WARNING, sentence)
            return None
        if found.fault:
            cure = f"请只写数字（单位{assumed}，如“133.03”）后重新上传。"
            if cell.text.startswith("="):
                cure = "公式没有保存结果。请用 Excel 或 WPS 打开并保存一次，或只写数字，再上传。"
            self._tell(cell.address, REFUSED, f"{quoted(cell.text)}{found.fault}，{NOT_IMPORTED}{cure}")
        elif found.guess:
            self._tell(cell.address, GUESS, f"{quoted(cell.text)}{found.guess}")
        return found.value

    def _unit_that_stamps(self, department: str) -> str:
        """填报单位 is the unit of a project's form that names no other, unless it is the department itself."""
        stamp = self.head.values.get(STAMP)
        if stamp is None or self.form.layout.kind == PLAN:
            return ""
        name = SIGNED_HERE.sub("", stamp.text)
        if split_department(name)[1] == department:
            return ""
        sentence = f"表中没有写实施单位，已把填报单位{quoted(stamp.text)}读为实施单位，请核对。"
        self._tell(stamp.address, GUESS, sentence)
        return name.strip()

    def _unit_beside(self) -> str:
        """总金额（元） says the unit of 其中：财政拨款 as well, and so does 1,256,000元 beside it."""
        said = [unit_in(self.head.labels[name].text) for name in MONEY if name in self.head.labels]
        said += [unit_in(cell.text) for name in MONEY if (cell := self.head.values.get(name)) and is_amount(cell.text)]
        return next(filter(None, said), "")

    def _extra(self, table: Table, foot: Head, unit: str, department: str, strays: Sequence[Cell]) -> dict[str, str]:
        extra: dict[str, str] = {}
        for head in (*self.form.heads, foot):
            for name, value in head.extra.items():
                add_extra(extra, name, value)
        stamp = self.head.values.get(STAMP)
        if stamp and not {stamp.text, SIGNED_HERE.sub("", stamp.text), split_department(stamp.text)[1]} & {
            unit,
            split_department(unit)[1],
            department,
        }:
            add_extra(extra, "填报单位", stamp.text)
        for name, value in table_extra(self.form.layout, table):
            add_extra(extra, name, value)
        for name, value in kept_strays(strays, numbers_of(table)) if strays else ():
            add_extra(extra, name, value)
        return extra

    def _tell_remark(self) -> None:
        header = self.form.blocks[0].header
        if self.form.layout.remark and header:
            column = min(first for first, _ in header.fields.values())
            self._tell(address(header.top, column), GUESS, self.form.layout.remark)

    def _tell_guesses(self, table: Table) -> None:
        headings = self.form.layout.headings_of
        for name, place, value in carried_runs(table.carried):
            self._tell(place, GUESS, f"{headings[name]}为空白，已按合并单元格照上一行读为{quoted(value)}，请核对。")

    def _tell_blanks(self, table: Table) -> None:
        if table.blanks:
            columns = next((block.header.fields for block in self.form.blocks if block.header), {})
            for place, sentence in told_blanks(self.form.layout, table.blanks, columns, self.grid.origin):
                self._tell(place, WARNING, sentence)

    def _tell_strays(self, strays: Sequence[Cell], told_of: Container[str]) -> None:
        for place, sentence in told_strays(self.grid, [cell for cell in strays if cell.address not in told_of]):
            self._tell(place, WARNING, sentence)

    def _tell_sheet(self) -> None:
        """What is to be said of rows and columns and of single cells, whatever they were read as."""
        if self.grid.hidden or self.grid.hidden_columns:
            for place, sentence in told_hidden(self.grid, self.rows):
                self._tell(place, WARNING, sentence)
        self.problems += self.told
        cleaned = self.grid.cleaned
        first, last = (bisect_left(cleaned, row, key=attrgetter("row")) for row in (self.rows[0], self.rows[-1] + 1))
        own = frozenset(self.rows if first < last else ())
        for cell in cleaned[first:last]:
            if cell.row in own:
                self._tell(cell.address, WARNING, f"{quoted(cell.text)}中有看不见的控制字符，已去掉。")
