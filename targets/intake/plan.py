"""What an upload would do: each form of the file against what is stored. Nothing is written here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from departments.models import Department, Person
from targets.domain.compose import compose
from targets.domain.diff import Difference, diff
from targets.domain.names import name_key
from targets.domain.record import Record
from targets.domain.sheets.problems import GUESS, Problem, problem
from targets.domain.sheets.problems import REFUSED as PROBLEM_REFUSED
from targets.domain.sheets.reader import FormReading, Reading
from targets.domain.steps import STATES
from targets.intake.register import Register, Unknown
from targets.models import BudgetYear, Declaration
from targets.models.declaration import may_import_for, title_key
from targets.models.intake import ACTIONS, CREATE, REFUSED, UNCHANGED, UPDATE


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
    problems: list[Problem] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.record.title if self.record else self.reading.title

    @property
    def label(self) -> str:
        return ACTIONS[self.action]

    @property
    def can_go_in(self) -> bool:
        return self.action in (CREATE, UPDATE)

    def refuse(self, sentence: str) -> None:
        self.action = REFUSED
        self.problems.append(problem(self.reading.sheet, self.reading.cell, PROBLEM_REFUSED, sentence))

    def guess(self, sentence: str) -> None:
        self.problems.append(problem(self.reading.sheet, self.reading.cell, GUESS, sentence))


def plan_forms(reading: Reading, by: Person) -> list[PlannedForm]:
    """Each form with its action. A constant number of queries, whatever the number of forms."""
    register = Register.load(by)
    years = {(year.division_id, year.year): year for year in BudgetYear.objects.select_related("division")}
    forms = [_identify(form, register, years, by) for form in reading.forms]
    _refuse_doubles(forms)
    stored = _stored_forms(forms)
    for form in forms:
        if form.action != REFUSED:
            _compare(form, stored, by)
    return forms


def _identify(
    form: FormReading, register: Register, years: dict[tuple[int, int], BudgetYear], by: Person
) -> PlannedForm:
    planned = PlannedForm(form, REFUSED if form.refused or form.record is None else CREATE, form.record)
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
    elif planned.budget_year.is_closed and not (by.is_superuser or by.scope.is_finance):
        planned.refuse(f"{record.year}年度已关账，单位不能再导入。需要补录历史数据请联系绩效科。")
    elif not may_import_for(by, match.unit.pk):
        planned.refuse(f"您不能为{match.unit.name}导入绩效目标表。请由该单位的经办人或财政部门导入。")
    return planned


def _identity(form: PlannedForm) -> tuple[object, ...]:
    record, unit, department = form.record, form.unit, form.department
    if record is None or unit is None or department is None:
        return ()
    if record.code:
        return (record.year, record.kind, department.pk, "code", record.code)
    return (record.year, record.kind, unit.pk, "title", title_key(record.kind, record.title))


def _refuse_doubles(forms: Sequence[PlannedForm]) -> None:
    """The same form twice in a file: equal ones are taken once, different ones not at all."""
    groups: dict[tuple[object, ...], list[PlannedForm]] = {}
    for form in forms:
        if form.action != REFUSED:
            groups.setdefault(_identity(form), []).append(form)
    for same in groups.values():
        if len(same) == 1:
            continue
        places = "、".join(f"{form.reading.sheet}!{form.reading.cell}" for form in same)
        if all(form.record == same[0].record for form in same):
            for form in same[1:]:
                form.refuse(f"与{same[0].reading.sheet}!{same[0].reading.cell}的表完全相同，只导入一次。")
        else:
            for form in same:
                form.refuse(
                    f"同一张表在文件中出现{len(same)}次且内容不同（{places}），都没有导入。请只保留一张后重新上传。"
                )


def _stored_forms(forms: Iterable[PlannedForm]) -> dict[tuple[object, ...], Declaration]:
    wanted = [form for form in forms if form.action != REFUSED and form.unit and form.department and form.record]
    departments = {form.department.pk for form in wanted if form.department}
    years = {form.record.year for form in wanted if form.record}
    found = (
        Declaration.objects.living()
        .filter(department__in=departments, year__in=years)
        .select_related("unit", "department", "budget_year", "current_revision")
        .prefetch_related("indicators")
    )
    stored: dict[tuple[object, ...], Declaration] = {}
    for declaration in found:
        by_title = (declaration.year, declaration.kind, declaration.unit_id, "title", declaration.title_key)
        stored.setdefault(by_title, declaration)
        if declaration.code:
            stored[declaration.year, declaration.kind, declaration.department_id, "code", declaration.code] = (
                declaration
            )
    return stored


def _compare(form: PlannedForm, stored: dict[tuple[object, ...], Declaration], by: Person) -> None:
    record, unit = form.record, form.unit
    if record is None or unit is None:
        return
    declaration = stored.get(_identity(form))
    if declaration is None and record.code:  # stored before it had its code
        same_title = stored.get((record.year, record.kind, unit.pk, "title", name_key(record.title)[:200]))
        declaration = same_title if same_title and not same_title.code else None
    if declaration is None:
        return
    form.declaration = declaration
    current = declaration.record()
    form.record, matching = compose(current, record)  # 整表覆盖: the other ways are chosen in the preview
    form.difference = diff(current, form.record)
    if not form.difference.is_empty:
        for pair in matching.ambiguous:
            lines = "、".join(f"第{new + 1}行“{record.rows[new].name}”" for new in pair.new)
            form.guess(f"{lines}与系统中的几行都相像，已按先后次序对应。请核对预览中的差异。")
    if form.difference.is_empty:
        form.action = UNCHANGED
    elif not declaration.open_to_import_by(by):
        form.refuse(
            f"系统中这张表现在是“{STATES[declaration.state]}”，不能修改，没有导入。需要修改请先撤回或请审核人退回。"
        )
    else:
        form.action = UPDATE
