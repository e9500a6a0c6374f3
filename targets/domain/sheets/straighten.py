"""The lines of one page of a table, put right where cells have moved, before blanks are filled from above.

A page where nothing has moved comes out as it went in. What was put right is told with its cell and its reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from targets.domain.sheets.cells import Cell, Grid, address, label_key
from targets.domain.sheets.head import is_page_number
from targets.domain.sheets.header import COUNTING, Header
from targets.domain.sheets.layout import Layout
from targets.domain.sheets.problems import quoted
from targets.domain.sheets.says import Says, says
from targets.domain.sheets.shift import BUDGET, IMPOSSIBLE, Laid, Place, best_score, fit, is_doubtful, lay
from targets.domain.sheets.split import is_one, may_be_several, parts_of, split_line
from targets.domain.taxonomy import TAXONOMIES, stem

FEW = 2
"""A row of so few cells may be none."""
MOST_SEARCHES = 400
"""Rows of one page that are searched without a find before the rest is believed."""
NEWEST = "2021"
"""Key of the taxonomy by which a lost level 1 is found (财预〔2021〕101号)."""
NOT_ALONE = frozenset(
    "number level1 level2 target plan_value standard_value standard_source average_3y last_year history_source weight".split()
)
"""A row that fills one of these alone is none, where merges are lost: a stray number or remark."""
ALSO_NAMES = frozenset(("成本", "产出", "效益"))
MAY_HAVE_MOVED = "这一行的单元格可能与表头错开，已照原样读入，请核对。"
GROUP, DUTY, NUMBER = "duty_group", "duty", "number"


class Line(Struct):
    """A row of the table: text by field, and the cells that belong to none."""

    row: int
    texts: dict[str, str]
    others: Sequence[Cell] = ()
    count: int = 0
    """How many cells hold text, where it is read as it stands."""
    moved: bool = False
    columns: dict[str, int] = {}
    """Sheet column of each moved cell."""


@dataclass(frozen=True, slots=True)
class Told:
    """A remark on a cell, for the person who uploaded the file."""

    row: int
    column: int
    sentence: str

    @property
    def place(self) -> str:
        return address(self.row, self.column)


def places_of(grid: Grid, header: Header, layout: Layout, sample: Sequence[int]) -> list[Place]:
    """The columns as they stand below this head, from left to right.

    A heading out of its order may be meant so, or be the head itself that has moved; what the rows hold tells which.
    A head that has moved still tells which columns there are: they are counted from its first one.
    """
    printed = [Place(name, *span) for name, span in sorted(header.fields.items(), key=lambda pair: pair[1])]
    order = [column.field for column in layout.columns if column.field in header.fields or not column.optional]
    in_order = [place.field for place in printed] == [name for name in order if name in header.fields]
    # a head with words of its own has columns of its own, in its own order
    has_more = bool(header.meant or header.fields.keys() - {*order}) or any(
        label_key(text) not in layout.headings for text in header.unknown
    )
    if in_order or has_more or (layout.side and header.top == header.bottom):
        return _with_lost_group(printed, order)
    columns = [name for name in order if name != GROUP or GROUP in header.fields]
    rows = [grid.rows[row] for row in sample]
    counted = [Place(name, printed[0].first + at, printed[0].first + at) for at, name in enumerate(columns)]
    better = sum(best_score(cells, counted) for cells in rows) > sum(best_score(cells, printed) for cells in rows)
    return _with_lost_group(counted, order) if better else printed


def _with_lost_group(places: list[Place], order: Sequence[str]) -> list[Place]:
    """One heading 部门职责 may have lost its second column; the group is then looked for beside the duty."""
    names = [place.field for place in places]
    if GROUP not in order or GROUP in names or DUTY not in names:
        return places
    at = names.index(DUTY)
    return [*places[:at], Place(GROUP, *places[at][1:]), *places[at:]]


@dataclass(slots=True)
class Page:
    """Straightens the lines of one page."""

    grid: Grid
    layout: Layout
    header: Header
    told: list[Told]
    continues_page: bool
    """The head is a repeated one; the first line may have lost what the page before has said."""
    rows: Sequence[int]
    """Some rows of the page, to judge the head by."""
    strict: bool
    """The form has kept merged cells, so its cells are mostly where they were: only the clearest case counts."""
    places: list[Place] = field(default_factory=list)
    fruitless: int = 0
    has_moved: bool = False
    head_has_moved: bool = False
    beside: frozenset[int] = frozenset()
    """Sheet columns whose heading is known and belongs to no field: their cells stay where they are."""
    all_places: list[Place] = field(default_factory=list)
    """The columns of fields and of such headings, if there are such."""

    def __post_init__(self) -> None:
        self.places = places_of(self.grid, self.header, self.layout, self.rows)
        printed = {name: span[0] for name, span in self.header.fields.items()}
        self.head_has_moved = any(printed.get(place.field, place.first) != place.first for place in self.places)
        if not self.head_has_moved:
            listed = [
                Place(word, *span)
                for word, span in self.header.unknown.items()
                if label_key(word) in self.layout.listed or label_key(word) in COUNTING
            ]
            self.beside = frozenset(column for place in listed for column in range(place.first, place.last + 1))
            self.all_places = sorted([*self.places, *listed], key=lambda place: place.first) if listed else []

    def line(self, line: Line, *, strict: bool) -> Line:
        """The line as read straight, or as its cells say. A row without the merged cells of its neighbours is no `strict` one."""
        row, texts, others = line.row, line.texts, line.others
        if line.count > FEW and not (
            others or self.head_has_moved or is_doubtful(texts, self.header.fields, strict=strict)
        ):
            return line
        cells = self.grid.rows[row]
        own = [
            cell for cell in cells if cell.column not in self.beside and label_key(cell.text) not in self.layout.sides
        ]
        if not own or self.fruitless > MOST_SEARCHES:
            return line
        if len(own) == 1 and (apart := self._is_no_row(texts, own[0])) is not None:
            return apart
        kept = [cell for cell in others if cell.column in self.beside]
        if not (
            self.head_has_moved
            or len(others) > len(cells) - len(own)
            or is_doubtful(texts, self.header.fields, strict=strict)
        ):
            return line
        if len(own) == 1:
            found = self._lone_category(line, own[0]) or self._only_item(line, own[0])
            if found is line and _is_no_name(texts):
                self.told.append(Told(row, own[0].column, MAY_HAVE_MOVED))
            return found
        if self.all_places and (whole := self._with_listed(row, cells, strict=strict)):
            laid, kept = whole
        else:
            laid = lay(own, self.places, strict=strict)
        if not laid.moved and not (self.head_has_moved and laid.texts != texts):
            self.fruitless += 1
            if _is_no_name(texts) or (laid.may_have_moved and not laid.left_out):
                self.told.append(Told(row, own[0].column, MAY_HAVE_MOVED))
            return line
        self.fruitless = 0
        self.has_moved = True
        self._tell_moved(own, laid)
        return Line(row, laid.texts, [*laid.left_out, *kept], moved=True, columns=laid.columns)

    def _with_listed(self, row: int, cells: Sequence[Cell], *, strict: bool) -> tuple[Laid, list[Cell]] | None:
        """The row laid into all columns that have a heading, if it slipped with all its cells; those of no field apart."""
        moving = [cell for cell in cells if label_key(cell.text) not in self.layout.sides]
        laid = lay(moving, self.all_places, strict=strict)
        if not laid.moved or laid.left_out:
            return None
        listed = {place.field: place.first for place in self.all_places if place not in self.places}
        kept = [Cell(row, column, laid.texts.pop(word)) for word, column in listed.items() if word in laid.texts]
        return laid, kept

    def _is_no_row(self, texts: dict[str, str], cell: Cell) -> Line | None:
        """A page number, or a remark where a single cell makes no row of a table; None if it may be one."""
        if is_page_number(cell.text):
            return Line(cell.row, {})
        name = next(iter(texts), "")
        is_level = name in ("level1", "level2") and says(cell.text) & (Says.LEVEL1 | Says.LEVEL2 | Says.LEVEL)
        if self.strict or name not in NOT_ALONE or is_level:
            return None
        return Line(cell.row, {}, [cell])

    def _lone_category(self, line: Line, cell: Cell) -> Line | None:
        """A single cell that is a category belongs to its level, wherever it stands."""
        said = says(cell.text)
        level = "level1" if said & Says.LEVEL1 else "level2" if said & Says.LEVEL2 else ""
        if level not in self.header.fields or level in line.texts:
            return None
        self.has_moved = self.has_moved or not self.strict
        heading = self.layout.headings_of[level]
        sentence = f"这一行只有{quoted(cell.text)}，与表头错开，已读入“{heading}”，请核对。"
        self.told.append(Told(cell.row, cell.column, sentence))
        return Line(line.row, {level: cell.text}, moved=True)

    def _only_item(self, line: Line, cell: Cell) -> Line:
        """A single cell that names money is an item of the budget, wherever it stands; any other stays where it is."""
        if self.strict or BUDGET in line.texts or BUDGET not in self.header.fields or not says(cell.text) & Says.ITEM:
            return line
        self.has_moved = True
        return Line(line.row, {BUDGET: cell.text}, moved=True)

    def _tell_moved(self, cells: Sequence[Cell], laid: Laid) -> None:
        cell = laid.first_moved or cells[0]
        headings = self.layout.headings_of
        found = f"已读入“{headings.get(laid.moved_to, laid.moved_to)}”" if laid.moved_to else "放在“其他栏目”中"
        sentence = f"这一行的单元格与表头错开，已按内容对齐各栏（{quoted(cell.text)}{found}），请核对。"
        self.told.append(Told(cell.row, cell.column, sentence))

    def finish(self, lines: list[Line]) -> list[Line]:
        """What can be seen only when the whole page is known."""
        if not self.has_moved:
            return lines
        if not self.strict:
            _name_lone_duties(lines, self.places, self.told, continues_page=self.continues_page)
        return _join_items(lines, self.told)


def _is_no_name(texts: Mapping[str, str]) -> bool:
    """A value, a number or a category stands where the name of an indicator belongs (成本 may as well be a name)."""
    name = texts.get("name", "")
    return fit("name", name) <= IMPOSSIBLE and name not in ALSO_NAMES


def split_lines(lines: Sequence[Line], told: list[Told]) -> list[Line]:
    """Several indicators in one line become lines of their own."""
    found: list[Line] = []
    for line in lines:
        if is_one(line.texts):
            found.append(line)
            continue
        parts = split_line(line.texts)
        if len(parts) > 1:
            names = "、".join(quoted(part.get("name", ""), 20) for part in parts)
            sentence = f"一个单元格里写了 {len(parts)} 个指标，已分成 {len(parts)} 行读入（{names}），请核对。"
            told.append(Told(line.row, 0, sentence))
        elif may_be_several(line.texts):
            sentence = f"三级指标或绩效指标{quoted(line.texts['name'])}与指标值{quoted(line.texts['target'])}可能各写了几个指标，已照一行读入，请核对。"
            told.append(Told(line.row, 0, sentence))
        others = _split_others(line.others, len(parts))
        found += [Line(line.row, texts, own, moved=line.moved) for texts, own in zip(parts, others, strict=True)]
    return found


def _split_others(cells: Sequence[Cell], count: int) -> list[list[Cell]]:
    """Cells of no field are parted as the indicators are; one text alone stays with the first."""
    found: list[list[Cell]] = [[] for _ in range(count)]
    for cell in cells:
        parts = parts_of(cell.text, count) if count > 1 else []
        for own, part in zip(found, parts or [cell.text], strict=False):
            own.append(cell._replace(text=part))
    return found


def _name_lone_duties(
    lines: Sequence[Line], places: Sequence[Place], told: list[Told], *, continues_page: bool
) -> None:
    """The head has lost a column of 部门职责: is the one text of a line a group or a duty?

    A number names a group. Where one number has several such texts they are duties; where each has its own, they are groups.
    """
    names = {place.field: place for place in places}
    if GROUP not in names or DUTY not in names:
        return
    if names[GROUP].first == names[DUTY].first:
        beside = names[DUTY].first
        runs: list[list[Line]] = []
        for line in lines:
            if line.texts.get(NUMBER) or not runs:
                runs.append([])
            if line.texts.get(DUTY) and not line.texts.get(GROUP) and line.columns.get(DUTY, beside) == beside:
                runs[-1].append(line)
        if all(len(run) < 2 for run in runs):
            for line in (line for run in runs for line in run if line.texts.get(NUMBER)):
                line.texts[GROUP] = line.texts.pop(DUTY)
                sentence = (
                    f"表头只有一栏“部门职责”，{quoted(line.texts[GROUP])}与职责序号并列，已读为职责的第一栏，请核对。"
                )
                told.append(Told(line.row, names[GROUP].first, sentence))
        return
    for line in lines[:1] if continues_page else ():
        if line.texts.get(GROUP) and not line.texts.get(DUTY) and not line.texts.get(NUMBER):
            line.texts[DUTY] = line.texts.pop(GROUP)
            sentence = f"{quoted(line.texts[DUTY])}旁没有职责序号，已读为上面职责的第二栏，请核对。"
            told.append(Told(line.row, names[GROUP].first, sentence))


def _join_items(lines: Sequence[Line], told: list[Told]) -> list[Line]:
    """An item of the budget that is merged over several lines and was cut: its amount, or all of it, in a line further down."""
    kept: list[Line] = []
    for line in lines:
        above = kept[-1] if kept else None
        item = line.texts.get(BUDGET, "")
        if above and line.moved and list(line.texts) == [BUDGET] and not above.texts.get(BUDGET):
            above.texts[BUDGET] = item
            told.append(Told(line.row, 0, f"这一行只有{quoted(item)}，已读为上一行的预算项目，请核对。"))
            told.append(Told(above.row, 0, f"预算项目{quoted(item)}写在下一行，已读入本行，请核对。"))
            continue
        if above and says(item) & Says.MONEY and _names_no_amount(above.texts.get(BUDGET, "")):
            whole = above.texts[BUDGET] + item
            above.texts[BUDGET] = line.texts[BUDGET] = whole
            sentence = f"预算项目与金额分在两行，已合并读为{quoted(whole)}，请核对。"
            told += [Told(above.row, 0, sentence), Told(line.row, 0, sentence)]
        kept.append(line)
    return kept


def _names_no_amount(text: str) -> bool:
    return bool(text) and not says(text) & (Says.ITEM | Says.VALUE | Says.DASH)


def is_cut(above: str, below: str) -> bool:
    """An item without an amount at the end of a page, and one with it at the start of the next."""
    return _names_no_amount(above) and bool(says(below) & Says.ITEM)


def level1_beside(level1: str, level2: str) -> str:
    """The level 1 that a level 2 stands under where the one above it does not fit; "" if that one fits or none is known."""
    if not level2 or any(taxonomy.place(level1, level2) for taxonomy in TAXONOMIES.values()):
        return ""
    name = stem(level2)
    found = {category.level1 for category in TAXONOMIES[NEWEST].categories if stem(category.level2) == name}
    return found.pop() if len(found) == 1 else ""
