"""Made-up forms, the same for the same seed: twenty indicators in each, as texts and as rows of the database."""

import random
from collections.abc import Iterator
from decimal import Decimal

import scene  # noqa: F401 - makes Django ready for the models below

from departments.models import Department, Division, Membership, Office, Person
from departments.roles import PERFORMANCE_REVIEWER
from targets.bulk import give_keys, insert_many, insert_values, update_many
from targets.domain.record import PROJECT, IndicatorRow, Record
from targets.domain.trail import REVISION, add_link
from targets.models import BudgetYear, Declaration, Indicator, Revision

ROWS_OF_A_FORM = 20
SEED = 2023
DEPARTMENTS = 60
AT_ONCE = 500

LEVELS = (
    ("成本指标", "经济成本指标"),
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("产出指标", "时效指标"),
    ("效益指标", "社会效益指标"),
    ("满意度指标", "服务对象满意度指标"),
)
WHAT = "学校 幼儿园 道路 桥梁 社区 养老院 卫生室 农田 水库 图书馆 公园 管网".split()
DEEDS = "新建 改造 维修 补助 培训 检测 巡查 宣传 救助 绿化".split()
VALUES = ("≥{}人", "≤{}万元", "={}所", "≥{}%", "{}次", "=100%", "2023年{month}月底前", "显著提升", "≥{}公里", "-")


def records(count: int) -> Iterator[Record]:
    chance = random.Random(SEED)
    for number in range(count):
        amount = Decimal(chance.randrange(100_000, 90_000_000))
        title = f"{chance.choice(WHAT)}{chance.choice(DEEDS)}项目{number}"
        yield Record(
            kind=PROJECT,
            year=2023,
            title=title,
            code=f"370302{number:09d}",
            department_code=f"{number % DEPARTMENTS + 100}",
            department_name=f"淄川区第{number % DEPARTMENTS}局",
            unit=f"淄川区第{number % DEPARTMENTS}局",
            total=amount,
            fiscal=amount,
            other=Decimal(0),
            goal=f"目标1：{title}，惠及群众{chance.randrange(100, 9000)}人。目标2："
            + "提高公共服务水平，改善民生。" * 4,
            rows=tuple(_row(chance, place) for place in range(ROWS_OF_A_FORM)),
        )


def _row(chance: random.Random, place: int) -> IndicatorRow:
    level1, level2 = LEVELS[place * len(LEVELS) // ROWS_OF_A_FORM]
    above = LEVELS[(place - 1) * len(LEVELS) // ROWS_OF_A_FORM] if place else ("", "")
    return IndicatorRow(
        key=f"{chance.getrandbits(32):08x}",
        level1=level1,
        level2=level2,
        name=f"{chance.choice(WHAT)}{chance.choice(DEEDS)}{chance.choice(('数量', '合格率', '完成时间', '满意度'))}",
        target=chance.choice(VALUES).format(number := chance.randrange(1, 1000), month=number % 12 + 1),
        explanation=f"反映{chance.choice(WHAT)}{chance.choice(DEEDS)}的情况",
        weight=str(chance.randrange(1, 11)),
        continues=tuple(
            name for name, one, other in zip(("level1", "level2"), (level1, level2), above, strict=True) if one == other
        ),
    )


def fill(rows: int) -> None:
    """Submitted forms with `rows` indicators altogether, their register, and a reviewer who reads them all."""
    division = Division.objects.create(code="370302000", name="淄博市淄川区", short_name="淄川区")
    finance = Department.objects.create(division=division, name="淄川区财政局", is_finance=True)
    office = Office.objects.create(department=finance, name="绩效科")
    reviewer = Person.objects.create_user("reviewer", name="复核")
    Membership.objects.create(person=reviewer, department=finance, role=PERFORMANCE_REVIEWER, office=office)
    author = Person.objects.create_user("author", name="经办")
    departments = [
        Department.objects.create(division=division, code=f"{number + 100}", name=f"淄川区第{number}局")
        for number in range(DEPARTMENTS)
    ]
    year = BudgetYear.objects.create(division=division, year=2023)
    waiting: list[Record] = []
    for record in records(rows // ROWS_OF_A_FORM):
        waiting.append(record)
        if len(waiting) == AT_ONCE:
            _store(waiting, year, departments, author)
            waiting = []
    _store(waiting, year, departments, author)


def _store(some: list[Record], year: BudgetYear, departments: list[Department], author: Person) -> None:
    by_code = {department.code: department for department in departments}
    forms = [
        Declaration(
            division_id=year.division_id,
            budget_year=year,
            year=record.year,
            kind=record.kind,
            department=by_code[record.department_code],
            unit=by_code[record.department_code],
            code=record.code,
            title=record.title,
            title_key=record.title,
            department_code=record.department_code,
            department_name=record.department_name,
            unit_name=record.unit,
            total=record.total,
            fiscal=record.fiscal,
            other=record.other,
            goal=record.goal,
            state="performance_review",
        )
        for record in some
    ]
    Declaration.objects.bulk_create(forms)
    lines = (
        Indicator.values_of(form.pk, row, order)
        for form, record in zip(forms, some, strict=True)
        for order, row in record.numbered_rows()
    )
    insert_values(Indicator, Indicator.VALUES, lines)
    revisions = [
        Revision(
            declaration=form,
            number=1,
            version=1,
            frozen=record.as_short_json(),
            reason=Revision.Reason.IMPORT,
            author=author,
            author_name=author.name,
        )
        for form, record in zip(forms, some, strict=True)
    ]
    give_keys(revisions)
    for form, revision in zip(forms, revisions, strict=True):
        add_link(form, revision, REVISION)
        form.current_revision = form.submitted_revision = revision
    insert_many(revisions)
    update_many(forms, ["current_revision", "submitted_revision", "trail_length", "trail_head"])
