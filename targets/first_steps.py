"""The first four things of a new system, each asked once: division, year, departments, finance bureau with its administrator."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.models import Department, Division, Membership, Person
from departments.roles import ADMIN

LINE = re.compile(r"^[\[【(（]?\s*(\d*)\s*[\]】)）]?[\s,，、:：\-－—]*(.*)$")
LINES_AT_MOST = 2000
CODE_LENGTHS = (3, 6)


@dataclass(frozen=True, slots=True)
class Progress:
    """What is there already. Departments are enough to work with; the last step only opens the register to its owner."""

    division: Division | None
    has_year: bool = False
    department_count: int = 0
    finance: Department | None = None
    is_administrator: bool = False

    @property
    def is_usable(self) -> bool:
        return self.division is not None and self.has_year and self.department_count > 0

    @property
    def is_complete(self) -> bool:
        return self.is_usable and self.is_administrator


def progress_of(person: Person) -> Progress:
    """How far the set-up has come: of the division that lacks something, else of the first."""
    divisions = list(Division.objects.order_by("pk"))
    found = [_progress(division, person) for division in divisions]
    unfinished = [one for one in found if not one.is_usable]
    return next(iter(unfinished or found), Progress(None))


def needs_first_steps(person: Person) -> bool:
    """Superusers are led through the set-up until some division has a year and departments."""
    if not person.is_superuser:
        return False
    return not Division.objects.filter(years__isnull=False, departments__isnull=False).exists()


def _progress(division: Division, person: Person) -> Progress:
    departments = list(division.departments.order_by("code", "name"))
    finance = next((one for one in departments if one.is_finance), None)
    posts = person.memberships.in_force().filter(role=ADMIN, department__division=division)
    return Progress(division, division.years.exists(), len(departments), finance, posts.exists())


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    code: str
    name: str


class LinesRefused(Exception):
    """Which pasted lines cannot be taken and why, a sentence for each."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__(sentences[0])


def read_lines(text: str) -> list[Line]:
    """`202 教育和体育局`, `[202001]实验学校`, a name alone; parted by spaces, tabs or commas, as pasted from Excel."""
    lines = []
    for number, raw in enumerate(text.splitlines(), start=1):
        if raw.strip():
            match = LINE.match(" ".join(raw.split()))
            lines.append(Line(number, match[1] if match else "", match[2].strip() if match else raw.strip()))
    return lines


def add_departments(division: Division, text: str) -> int:
    """Store what was pasted, all lines or none; returns how many departments are new. Raises LinesRefused."""
    lines = read_lines(text)
    if not lines:
        raise LinesRefused(["还没有填写部门。请每行写一个部门或单位，如“202 教育和体育局”。"])
    if len(lines) > LINES_AT_MOST:
        raise LinesRefused([f"一次最多{LINES_AT_MOST}行，现有{len(lines)}行。请分几次粘贴。"])
    known = {one.code: one for one in division.departments.exclude(code="")}
    named = set(division.departments.filter(code="").values_list("name", flat=True))
    sentences: list[str] = []
    added = 0
    with transaction.atomic():
        for line in sorted(lines, key=lambda line: (len(line.code), line.number)):  # 主管部门 before its units
            if (line.code in known and known[line.code].name == line.name) or (not line.code and line.name in named):
                continue
            try:
                department = _department(division, line, known)
                department.full_clean()
            except ValidationError as fault:
                sentences += [f"第{line.number}行：{message}" for message in fault.messages]
                continue
            department.save()
            added += 1
            known[department.code] = department
            named.add(department.name if not department.code else "")
        if sentences:
            transaction.set_rollback(True)
    if sentences:
        raise LinesRefused(sorted(sentences, key=lambda sentence: int(re.findall(r"\d+", sentence)[0])))
    return added


def _department(division: Division, line: Line, known: dict[str, Department]) -> Department:
    if not line.name:
        raise ValidationError(f"“{line.code}”后面没有名称，请补上，如“202 教育和体育局”。")
    if line.code and len(line.code) not in CODE_LENGTHS:
        raise ValidationError(f"代码“{line.code}”不是3位或6位，请核对（主管部门3位，预算单位6位）。")
    if line.code in known and line.code:
        raise ValidationError(f"代码“{line.code}”已是“{known[line.code].name}”，不能再给“{line.name}”，请核对。")
    parent = None
    if len(line.code) > CODE_LENGTHS[0]:
        parent = known.get(line.code[: CODE_LENGTHS[0]])
        if parent is None:
            above = line.code[: CODE_LENGTHS[0]]
            raise ValidationError(f"“{line.code}”的主管部门“{above}”不在名单中，请先加一行，如“{above} 主管部门名称”。")
    return Department(division=division, code=line.code, name=line.name, parent=parent)


@transaction.atomic
def appoint_administrator(person: Person, finance: Department) -> None:
    """`finance` is the finance bureau, and the person its system administrator."""
    if not finance.is_finance:
        finance.is_finance = True
        finance.save(update_fields=["is_finance"])
    Membership.objects.get_or_create(person=person, department=finance, role=ADMIN, office=None)
