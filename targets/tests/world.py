"""A small district for tests: two departments with their people, the finance bureau, an open year. Built once per test."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from departments.models import Department, Division, Membership, Office, Person
from departments.roles import (
    ADMIN,
    AUDITOR,
    BUDGET_OFFICE,
    DEPARTMENT_REVIEWER,
    FILLER,
    OFFICE_REVIEWER,
    PERFORMANCE_REVIEWER,
)
from targets.assessing import Written, questions_of, save_assessment, sheet_for
from targets.domain.assessment import STANDARD_QUESTIONS
from targets.domain.record import PROJECT, IndicatorRow, Record
from targets.editing import fresh_declaration
from targets.guards import Order
from targets.models import Assessment, BudgetYear, Campaign, Category, Declaration, Remark, Revision
from targets.remarks import Said, remark
from targets.review import take_step
from targets.storing import store
from targets.year_setup import ask

LEVELS = {
    "成本指标": ("经济成本指标", "社会成本指标", "生态环境成本指标"),
    "产出指标": ("数量指标", "质量指标", "时效指标"),
    "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"),
    "满意度指标": ("服务对象满意度指标",),
}

GOOD_ROWS = (
    IndicatorRow(level1="成本指标", level2="经济成本指标", name="补助费用", target="≤100万元"),
    IndicatorRow(level1="产出指标", level2="数量指标", name="补助人数", target="≥1200人"),
    IndicatorRow(level1="产出指标", level2="质量指标", name="补助到位率", target="≥98%", continues=("level1",)),
    IndicatorRow(level1="效益指标", level2="社会效益指标", name="入园率", target="≥92%"),
    IndicatorRow(level1="满意度指标", level2="服务对象满意度指标", name="家长满意度", target="≥95%"),
)

ADJUSTMENT = {"content": "补助人数由1200人改为1000人。", "budget_effect": "不影响预算。"}


@dataclass
class World:
    """`people` by short name: filler, sibling (another unit), boss, office, perf, perf2, budget, admin, auditor, root."""

    division: Division
    year: BudgetYear
    campaign: Campaign
    education: Department
    school: Department
    kindergarten: Department
    health: Department
    finance: Department
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def record(self, **changes: Any) -> Record:
        """A project form without errors."""
        fields: dict[str, Any] = {
            "kind": PROJECT,
            "year": self.year.year,
            "title": "学前教育补助",
            "department_code": self.education.code,
            "department_name": self.education.name,
            "unit": self.school.name,
            "total": Decimal("1000000.00"),
            "fiscal": Decimal("1000000.00"),
            "other": Decimal("0.00"),
            "goal": "为全区1200名幼儿发放补助100万元，提高普惠性幼儿园保障水平，减轻家庭负担。",
            "rows": GOOD_ROWS,
        }
        return Record(**(fields | changes))

    def declaration(self, *, by: Person | None = None, unit: Department | None = None, **changes: Any) -> Declaration:
        """A stored draft of `record(**changes)` for the school, written by its filler."""
        owner = unit or self.school
        record = self.record(**changes)
        form = fresh_declaration(record, self.year, department=owner.department.pk, unit=owner.pk)
        form.save()
        store([(form, record)], by=by or self.filler, reason=Revision.Reason.EDIT)
        return form

    def advance(self, form: Declaration, *slugs: str) -> Declaration:
        """Take the usual steps, each by the person whose turn it is."""
        for slug in slugs:
            form.refresh_from_db()
            person = self.actor(form, slug)
            if slug == "return":
                self.note(form, person)
            take_step(form, slug, by=person, order=self.order(form))
        return form

    def order(self, form: Declaration) -> Order:
        """What does for any step."""
        revision = form.current_revision
        return Order(
            opinion="请按意见修改。",
            seen_revision=revision.number if revision else None,
            document_number="川财绩〔2023〕1号",
            document_date=timezone.localdate(),
            adjustment=ADJUSTMENT,
        )

    def note(self, form: Declaration, by: Person) -> Remark:
        """A remark that asks for nothing; with it a form may be returned."""
        return remark(form, Said("请看审核意见。", level=Remark.Level.NOTE), by=by)

    def judge(self, form: Declaration, value: str = "meets", **said: Any) -> Assessment:
        """The review form of whoever reviews now, with one answer to every question."""
        form.refresh_from_db()
        answers = {one.name: (value, "") for one in questions_of(form)}
        revision = form.submitted_revision
        written = Written(revision.number if revision else 0, sheet_for(form).saves, answers, **said)
        return save_assessment(form, written, by=self.actor(form, "forward"))

    def actor(self, form: Declaration, slug: str) -> Person:
        if slug in ("submit", "withdraw", "confirm", "adjust", "request_return", "abandon"):
            return self.filler
        if slug == "approve":
            return self.budget
        at = {"department_review": "boss", "office_review": "office"}
        return self.people[at.get(form.state, "perf")]


def client_of(person: Person) -> Client:
    """A browser in which this person has logged in."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def make_world() -> World:
    division = Division.objects.create(code="370302000", name="淄博市淄川区", short_name="淄川区")
    finance = Department.objects.create(division=division, name="淄川区财政局", is_finance=True)
    business = Office.objects.create(department=finance, name="教科文科")
    other_business = Office.objects.create(department=finance, name="社会保障科")
    performance = Office.objects.create(department=finance, name="绩效科")
    education = Department.objects.create(
        division=division, code="202", name="淄川区教育和体育局", short_name="教育和体育局", business_office=business
    )
    school = Department.objects.create(division=division, code="202001", name="淄川区实验学校", parent=education)
    kindergarten = Department.objects.create(
        division=division, code="202002", name="淄川区实验幼儿园", parent=education
    )
    health = Department.objects.create(
        division=division, code="405", name="淄川区卫生健康局", business_office=other_business
    )
    year = BudgetYear.objects.create(division=division, year=2023)
    ask(year, STANDARD_QUESTIONS)
    for order, (level1, children) in enumerate(LEVELS.items()):
        parent = Category.objects.create(budget_year=year, name=level1, order=order * 10, is_required=True)
        for place, name in enumerate(children, start=1):
            Category.objects.create(budget_year=year, parent=parent, name=name, order=order * 10 + place)
    now = timezone.now()
    campaign = Campaign.objects.create(
        budget_year=year, name="二上", opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20)
    )
    world = World(division, year, campaign, education, school, kindergarten, health, finance)
    roles = {
        "filler": (school, FILLER, None),
        "sibling": (kindergarten, FILLER, None),
        "stranger": (health, FILLER, None),
        "boss": (education, DEPARTMENT_REVIEWER, None),
        "office": (finance, OFFICE_REVIEWER, business),
        "other_office": (finance, OFFICE_REVIEWER, other_business),
        "perf": (finance, PERFORMANCE_REVIEWER, performance),
        "perf2": (finance, PERFORMANCE_REVIEWER, performance),
        "budget": (finance, BUDGET_OFFICE, None),
        "admin": (finance, ADMIN, None),
        "auditor": (finance, AUDITOR, None),
    }
    for name, (department, role, office) in roles.items():
        person = Person.objects.create_user(name, password="a good long one", name=f"{name}某")
        Membership.objects.create(person=person, department=department, role=role, office=office)
        world.people[name] = person
    world.people["root"] = Person.objects.create_superuser("root", password="a good long one", name="root某")
    world.people["nobody"] = Person.objects.create_user("nobody", password="a good long one", name="nobody某")
    return world
