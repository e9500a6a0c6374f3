"""What an upload would do: each form of the file against what is stored. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from departments.models import Department, Person
from targets.domain.checks.counted import Counted
from targets.domain.compose import compose
from targets.domain.diff import Difference, diff
from targets.domain.record import PLAN, Record
from targets.domain.rules import YearRules
from targets.domain.sheets.problems import GUESS, Problem, problem
from targets.domain.sheets.problems import REFUSED as PROBLEM_REFUSED
from targets.domain.sheets.problems import WARNING as PROBLEM_WARNING
from targets.domain.sheets.reader import FormReading, Found
from targets.domain.steps import EDITABLE, STATES
from targets.editing import why_not_editable
from targets.findings import Years
from targets.intake.register import Register, Unknown
from targets.models import BudgetYear, Declaration, Indicator
from targets.models.declaration import StoredRow, is_finance_for, may_import_for, may_import_into, title_key
from targets.models.intake import ACTIONS, CREATE, REFUSED, UNCHANGED, UPDATE
from targets.storing import too_long

Identity = tuple[object, ...]


@dataclass(slots=True)
class PlannedForm:
    """One form of the file and what would become of it. `record` carries the keys of the stored rows it continues."""

    reading: FormReading
    action: str
    record: Record | None = None
    budget_year: BudgetYear | None = None
    department: Department | None = None
    unit: Department | None = None
    declaration: Declaration | None = None
    difference: Difference | None = None
    counted: Counted | None = None
    """What the checks say of `record`."""
    problems: list[Problem] = field(default_factory=list)
    place: int = 0
    """Its number in the file."""
    size: int = 0
    """Bytes of what was read."""
    text_number: int = 0
    """The same for equal texts."""

    @property
    def title(self) -> str:
        return self.record.title if self.record else self.reading.title

    @property
    def heading(self) -> str:
        """With whose it is: a plan's title alone would be the same for everybody."""
        record = self.record
        if record is None or record.kind != PLAN:
            return self.title
        return f"{record.unit or record.department_name}{record.title}"

    @property
    def label(self) -> str:
        return ACTIONS[self.action]

    @property
    def can_go_in(self) -> bool:
        return self.action in (CREATE, UPDATE)

    @property
    def where(self) -> str:
        return f"{self.reading.sheet}!{self.reading.cell}"

    def refuse(self, sentence: str) -> None:
        self.action = REFUSED
        self.problems.append(problem(self.reading.sheet, self.reading.cell, PROBLEM_REFUSED, sentence))

    def leave_out(self, late: "LeftOut") -> None:
        """After it was compared: what it was compared with is not its own."""
        self.declaration = self.difference = None
        self.action = late.action
        self.problems.append(late.problem(self.reading.sheet, self.reading.cell))

    def guess(self, sentence: str) -> None:
        self.problems.append(problem(self.reading.sheet, self.reading.cell, GUESS, sentence))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a form, taken for good at first, does not go in: it repeats another one, or contradicts it."""

    sentence: str
    is_repeat: bool = False

    @property
    def action(self) -> str:
        return UNCHANGED if self.is_repeat else REFUSED

    def problem(self, sheet: str, cell: str) -> Problem:
        return problem(sheet, cell, PROBLEM_WARNING if self.is_repeat else PROBLEM_REFUSED, self.sentence)


@dataclass(frozen=True, slots=True)
class _Met:
    """What is remembered of a form that has been planned: enough to know it again."""

    place: int
    where: str
    text: int


def _met(form: PlannedForm) -> _Met:
    return _Met(form.place, form.where, form.text_number)


class Plan:
    """Forms of one file, each met when it is read and some at a time compared with what is stored, with a number of queries
    that does not grow with theirs.

    Whether a form stands in the file twice is known when all were seen: `left_out`.
    """

    def __init__(self, by: Person) -> None:
        self._by = by
        self._register = Register.load(by)
        divisions = {department.division_id for department in self._register.departments}
        self._judges = Years.of(BudgetYear.objects.filter(division__in=divisions).select_related("division"))
        self._years = {(year.division_id, year.year): year for year in self._judges.known.values()}
        self._stored = _Stored()
        self._same: dict[Identity, list[_Met]] = {}
        self._rivals: dict[int, list[_Met]] = {}
        """By the stored form that they are."""

    def likely_rules(self, year: int | None) -> list[YearRules]:
        """Of the year that was chosen, or else of those that are open, for whoever reads the file: one for a year."""
        likely = {one.year: one for one in self._years.values() if one.year == year or not (year or one.is_closed)}
        return [self._judges.judge_of(one).rules for one in likely.values()]

    def meet(self, found: Found) -> PlannedForm:
        """What can be said of the form alone: whose it is, whether it can be stored, how many findings it has (told by
        whoever read it, unless he judged by other rules)."""
        form = _identify(found, self._register, self._years, self._by)
        if form.action == CREATE and form.record and form.budget_year:
            form.text_number = _text_number(form.record)
            judge = self._judges.judge_of(form.budget_year)
            is_counted = found.counted is not None and found.counted.basis == judge.basis
            form.counted = found.counted if is_counted else judge.count(form.record)
        return form

    def compare(self, forms: Iterable[PlannedForm]) -> None:
        """Each of these with what is stored; then its action is known."""
        wanted = [form for form in forms if form.action != REFUSED]
        for form in wanted:
            self._same.setdefault(_identity(form), []).append(_met(form))
        rows = self._stored.find(wanted)
        for form in wanted:
            if form.action == CREATE and form.declaration is None:
                _begin(form, self._by)
            elif form.action != REFUSED and form.declaration is not None:
                self._rivals.setdefault(form.declaration.pk, []).append(_met(form))
                _compare(form, rows[form.declaration.pk], self._by)

    def left_out(self) -> dict[int, LeftOut]:
        """By place."""
        late: dict[int, LeftOut] = {}
        for same in self._same.values():
            late |= _doubles(sorted(same, key=attrgetter("place")))
        for rivals in self._rivals.values():
            same = sorted((one for one in rivals if one.place not in late), key=attrgetter("place"))
            if len(same) > 1:
                places = "、".join(one.where for one in same)
                sentence = f"文件中有{len(same)}张表都对应系统中的同一张表（{places}），都没有导入。请只保留一张。"
                late |= dict.fromkeys((one.place for one in same), LeftOut(sentence))
        return late


def plan_forms(found: Iterable[Found], plan: Plan) -> list[PlannedForm]:
    """All forms of a small file at once, in their order."""
    forms = [plan.meet(one) for one in found]
    plan.compare(forms)
    late = plan.left_out()
    for form in forms:
        if form.place in late:
            form.leave_out(late[form.place])
    return sorted(forms, key=attrgetter("place"))


def _identify(found: Found, register: Register, years: dict[tuple[int, int], BudgetYear], by: Person) -> PlannedForm:
    form = found.form
    action = REFUSED if form.refused or form.record is None else CREATE
    planned = PlannedForm(form, action, form.record, place=found.place, size=found.size)
    planned.problems = list(form.problems)
    if planned.action == REFUSED or form.record is None:
        return planned
    record = form.record
    try:
        match = register.find(record.department_code, record.department_name, record.unit)
    except Unknown as unknown:
        planned.refuse(str(unknown))
        return planned
    planned.department, planned.unit = match.department, match.unit
    if match.remark:
        planned.guess(match.remark)
    planned.budget_year = years.get((match.department.division_id, record.year))
    if planned.budget_year is None:
        planned.refuse(
            f"系统中没有{match.department.division}{record.year}年度，这张表没有导入。请系统管理员先建立该预算年度。"
        )
    elif not may_import_into(planned.budget_year, by):
        planned.refuse(f"{record.year}年度已关账，单位不能再导入。需要补录历史数据请联系绩效科。")
    elif not may_import_for(by, match.unit.pk):
        planned.refuse(f"您不能为{match.unit.name}导入绩效目标表。请由该单位的经办人或财政部门导入。")
    elif faults := list(too_long(record)):
        planned.refuse(f"{'；'.join(faults[:5])}。这张表没有导入，请缩短后重新上传。")
    return planned


def _identity(form: PlannedForm) -> Identity:
    record, unit, department = form.record, form.unit, form.department
    if record is None or unit is None or department is None:
        return ()
    if record.code:
        return (record.year, record.kind, department.pk, "code", record.code)
    return (record.year, record.kind, unit.pk, "title", title_key(record.kind, record.title))


def _text_number(record: Record) -> int:
    head = record.head_as_json()
    extra = frozenset(head.pop("extra").items())
    return hash((tuple(head.values()), extra, record.rows))


def _doubles(same: Sequence[_Met]) -> dict[int, LeftOut]:
    """The same form twice in a file: equal ones are taken once, different ones not at all."""
    first, *others = same
    if all(one.text == first.text for one in others):
        repeats = LeftOut(f"与{first.where}的表完全相同，按一张表处理。", is_repeat=True)
        return dict.fromkeys((one.place for one in others), repeats)
    places = "、".join(one.where for one in same)
    sentence = f"同一张表在文件中出现{len(same)}次且内容不同（{places}），都没有导入。请只保留一张后重新上传。"
    return dict.fromkeys((one.place for one in same), LeftOut(sentence))


class _Stored:
    """The stored forms that those of a file are, by code, else by name. Only the identities of the departments met so far
    are looked through, each once; texts are fetched of the forms that were found."""

    def __init__(self) -> None:
        self._asked: set[tuple[int, int]] = set()
        self._by_code: dict[Identity, int] = {}
        self._by_title: dict[Identity, dict[int, str]] = {}

    def find(self, forms: Sequence[PlannedForm]) -> Mapping[int, Sequence[StoredRow]]:
        """Tells each form which stored one it is, if any; returns the rows of these."""
        self._ask({(form.department.pk, form.record.year) for form in forms if form.department and form.record})
        found = {form.place: pk for form in forms if (pk := self._pk(form))}
        stored = Declaration.objects.select_related("unit").in_bulk(set(found.values())) if found else {}
        for form in forms:
            if (declaration := stored.get(found.get(form.place, 0))) and form.budget_year:
                declaration.budget_year = form.budget_year  # with its rounds, asked once for all
                form.declaration = declaration
        return Indicator.objects.rows_of(stored)

    def _ask(self, wanted: set[tuple[int, int]]) -> None:
        new = wanted - self._asked
        if not new:
            return
        self._asked |= new
        departments, years = ({one[at] for one in new} for at in (0, 1))
        living = Declaration.objects.living().filter(department__in=departments, year__in=years).order_by("pk")
        columns = ("pk", "year", "kind", "department_id", "unit_id", "code", "title_key")
        for pk, year, kind, department, unit, code, key in living.values_list(*columns):
            self._by_title.setdefault((year, kind, unit, key), {})[pk] = code
            if code:
                self._by_code[year, kind, department, code] = pk

    def _pk(self, form: PlannedForm) -> int | None:
        record, unit, department = form.record, form.unit, form.department
        if record is None or unit is None or department is None:
            return None
        if record.code and (pk := self._by_code.get((record.year, record.kind, department.pk, record.code))):
            return pk
        namesakes = self._by_title.get((record.year, record.kind, unit.pk, title_key(record.kind, record.title)), {})
        without_code = [pk for pk, code in namesakes.items() if not code]
        if without_code or record.code:  # with a code: stored before it had one
            return without_code[0] if without_code else None
        if len(namesakes) > 1:
            codes = "、".join(namesakes.values())
            form.refuse(
                f"系统中有{len(namesakes)}张同名的表（项目代码{codes}），这张表没有导入。请写明项目代码后重新上传。"
            )
            return None
        return next(iter(namesakes), None)


def _begin(form: PlannedForm, by: Person) -> None:
    """A form that is not stored yet."""
    if form.budget_year is None or form.unit is None or is_finance_for(by, form.unit.pk):
        return
    if ended := form.budget_year.round_ended_for_new():
        form.refuse(f"{ended.ending}，单位不能再新增，没有导入。请等下一批次开始，或联系财政局绩效科。")


def _compare(form: PlannedForm, rows: Sequence[StoredRow], by: Person) -> None:
    record, declaration = form.record, form.declaration
    if record is None or declaration is None:
        return
    current = declaration.record(line.row for line in rows)
    form.record, matching = compose(current, record)  # 整表覆盖: the other ways are chosen in the preview
    if replace(form.record, rows=record.rows) != record:
        form.counted = None  # of another head, without the code that only the stored form has
    form.difference = diff(current, form.record)
    if not form.difference.is_empty:
        for pair in matching.ambiguous:
            lines = "、".join(f"第{new + 1}行“{record.rows[new].name}”" for new in pair.new)
            form.guess(f"{lines}与系统中的几行都相像，已按先后次序对应。请核对预览中的差异。")
    if form.difference.is_empty:
        form.action = UNCHANGED
    elif not may_import_for(by, declaration.unit_id):
        form.refuse(f"系统中这张表由{declaration.unit.name}填报，您不能为它导入，没有导入。请核对项目代码和实施单位。")
    elif declaration.state not in EDITABLE:
        form.refuse(
            f"系统中这张表现在是“{STATES[declaration.state]}”，不能修改，没有导入。需要修改请先撤回或请审核人退回。"
        )
    elif declaration.is_late_for(by):
        form.refuse(f"{why_not_editable(declaration, by)}没有导入。")
    else:
        form.action = UPDATE
