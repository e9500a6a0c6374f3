"""What an upload would do: each form of the file against what is stored. Nothing is written here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from departments.models import Department, Person
from targets.domain.compose import compose
from targets.domain.diff import Difference, diff
from targets.domain.record import Record
from targets.domain.sheets.problems import GUESS, Problem, problem
from targets.domain.sheets.problems import REFUSED as PROBLEM_REFUSED
from targets.domain.sheets.reader import FormReading, Reading
from targets.domain.steps import EDITABLE, STATES
from targets.intake.register import Register, Unknown
from targets.models import BudgetYear, Declaration
from targets.models.declaration import may_import_for, may_import_into, title_key
from targets.models.intake import ACTIONS, CREATE, REFUSED, UNCHANGED, UPDATE
from targets.storing import too_long


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
    _find_stored(forms)
    _refuse_rivals(forms)
    for form in forms:
        if form.action != REFUSED:
            _compare(form, by)
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
    elif not may_import_into(planned.budget_year, by):
        planned.refuse(f"{record.year}年度已关账，单位不能再导入。需要补录历史数据请联系绩效科。")
    elif not may_import_for(by, match.unit.pk):
        planned.refuse(f"您不能为{match.unit.name}导入绩效目标表。请由该单位的经办人或财政部门导入。")
    elif faults := list(too_long(record)):
        planned.refuse(f"{'；'.join(faults[:5])}。这张表没有导入，请缩短后重新上传。")
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


def _find_stored(forms: Iterable[PlannedForm]) -> None:
    """Give each form the stored one that it is, by code, else by name. Only the identities of a department's forms are
    looked through; the texts are fetched of those that were found."""
    wanted = [form for form in forms if form.action != REFUSED]
    departments = {form.department.pk for form in wanted if form.department}
    years = {form.record.year for form in wanted if form.record}
    columns = ("pk", "year", "kind", "department_id", "unit_id", "code", "title_key")
    by_code: dict[tuple[object, ...], int] = {}
    by_title: dict[tuple[object, ...], list[tuple[str, int]]] = {}
    living = Declaration.objects.living().filter(department__in=departments, year__in=years).order_by("pk")
    for pk, year, kind, department, unit, code, key in living.values_list(*columns):
        by_title.setdefault((year, kind, unit, key), []).append((code, pk))
        if code:
            by_code[year, kind, department, code] = pk
    found = {id(form): pk for form in wanted if (pk := _stored_pk(form, by_code, by_title))}
    stored = (
        Declaration.objects.select_related("unit", "department", "budget_year")
        .prefetch_related("indicators")
        .in_bulk(set(found.values()))
    )
    for form in wanted:
        form.declaration = stored.get(found.get(id(form), 0))


def _stored_pk(
    form: PlannedForm,
    by_code: dict[tuple[object, ...], int],
    by_title: dict[tuple[object, ...], list[tuple[str, int]]],
) -> int | None:
    record, unit, department = form.record, form.unit, form.department
    if record is None or unit is None or department is None:
        return None
    if record.code and (pk := by_code.get((record.year, record.kind, department.pk, record.code))):
        return pk
    namesakes = by_title.get((record.year, record.kind, unit.pk, title_key(record.kind, record.title)), [])
    without_code = [pk for code, pk in namesakes if not code]
    if without_code or record.code:  # with a code: stored before it had one
        return without_code[0] if without_code else None
    if len(namesakes) > 1:
        codes = "、".join(code for code, _ in namesakes)
        form.refuse(
            f"系统中有{len(namesakes)}张同名的表（项目代码{codes}），这张表没有导入。请写明项目代码后重新上传。"
        )
        return None
    return namesakes[0][1] if namesakes else None


def _refuse_rivals(forms: Iterable[PlannedForm]) -> None:
    """Two forms of a file, one with its code and one by name alone, may be the same stored form: neither is taken."""
    rivals: dict[int, list[PlannedForm]] = {}
    for form in forms:
        if form.action != REFUSED and form.declaration is not None:
            rivals.setdefault(form.declaration.pk, []).append(form)
    for same in rivals.values():
        if len(same) > 1:
            places = "、".join(f"{form.reading.sheet}!{form.reading.cell}" for form in same)
            for form in same:
                form.refuse(f"文件中有{len(same)}张表都对应系统中的同一张表（{places}），都没有导入。请只保留一张。")


def _compare(form: PlannedForm, by: Person) -> None:
    record, declaration = form.record, form.declaration
    if record is None or declaration is None:
        return
    current = declaration.record()
    form.record, matching = compose(current, record)  # 整表覆盖: the other ways are chosen in the preview
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
    else:
        form.action = UPDATE
