"""One thing of every kind that has an address, of our own unit, of others in the district and of another district.

Built on `world`. What drafts say is marked, so that a test may look for the words where they must not be read.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model
from django.utils import timezone

from departments.models import Department, Deputation, Division, Duty, Membership, Office, Person
from departments.roles import ADMIN, FILLER, PERFORMANCE_REVIEWER
from targets.attachments import attach
from targets.decisions import carry_out, choose, confirm
from targets.disclosure import desk
from targets.domain.record import PLAN, IndicatorRow, Record
from targets.domain.sheets.writer import write_official
from targets.editing import fresh_declaration
from targets.intake.batch import open_batch, read_batch
from targets.intake.storing import store_batch
from targets.jobs import RELEASE
from targets.models import (
    BudgetYear,
    Campaign,
    Ceiling,
    Declaration,
    Disclosure,
    Job,
    LibraryIndicator,
    Revision,
    StockPhrase,
)
from targets.storing import store
from targets.tasks import READ
from targets.tests.world import GOOD_ROWS, World

MARKS = {"school": "学校密语", "kindergarten": "幼儿园密语", "health": "卫健密语", "elsewhere": "外区密语"}
"""Words that stand in the drafts of each unit and nowhere else."""
APPROVAL = ("submit", "forward", "forward", "pass", "approve")


@dataclass
class Samples:
    """`things`: model label → name of the sample → object. `far`: an administrator and reviewer of another district."""

    world: World
    far: Person
    things: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, Person]:
        return self.world.people | {"far": self.far}

    def add(self, name: str, thing: Model) -> None:
        self.things.setdefault(thing._meta.label_lower, {})[name] = thing


def make_samples(world: World) -> Samples:
    elsewhere = Division.objects.create(code="370303000", name="淄博市张店区", short_name="张店区")
    far_finance = Department.objects.create(division=elsewhere, name="张店区财政局", is_finance=True)
    far_unit = Department.objects.create(division=elsewhere, code="202", name="张店区教育局")
    far = Person.objects.create_user("far", password="a good long one", name="far某")
    far_filler = Person.objects.create_user("far_filler", password="a good long one", name="far_filler某")
    for role in (ADMIN, PERFORMANCE_REVIEWER):
        Membership.objects.create(person=far, department=far_finance, role=role)
    Membership.objects.create(person=far_filler, department=far_unit, role=FILLER)
    far_year = BudgetYear.objects.create(division=elsewhere, year=2023)
    samples = Samples(world, far)
    register = {
        "here": (world.division, Office.objects.get(name="教科文科"), world.year, world.campaign),
        "elsewhere": (
            elsewhere,
            Office.objects.create(department=far_finance, name="预算科"),
            far_year,
            Campaign.objects.create(
                budget_year=far_year,
                name="二上",
                opens_at=world.campaign.opens_at,
                closes_at=world.campaign.closes_at,
            ),
        ),
    }
    for name, things in register.items():
        for thing in things:
            samples.add(name, thing)
    for name, division in (("here", world.division), ("elsewhere", elsewhere)):
        samples.add(name, LibraryIndicator.objects.create(division=division, name="家长满意度", unit="%"))
    for name, year, unit in (("here", world.year, world.school), ("elsewhere", far_year, far_unit)):
        samples.add(name, Ceiling.objects.create(budget_year=year, unit=unit, title="控制数不符的项目", amount=500000))
    samples.add("here", Group.objects.create(name="组"))
    for name, person in (("filler", world.filler), ("root", world.root), ("nobody", world.nobody), ("far", far)):
        samples.add(name, person)
        if post := person.memberships.first():
            samples.add(name, post)
    fillers = {
        "school": (world.school, world.filler),
        "kindergarten": (world.kindergarten, world.sibling),
        "health": (world.health, world.stranger),
        "elsewhere": (far_unit, far_filler),
    }
    for name, (unit, filler) in fillers.items():
        samples.add(name, unit)
        samples.add(name, Duty.objects.create(department=unit, year=2023, number="1", name=f"{name}的职责"))
        for record in (_project(world, unit, MARKS[name]), _plan(unit, MARKS[name])):
            form = fresh_declaration(
                record, far_year if unit is far_unit else world.year, department=unit.department.pk, unit=unit.pk
            )
            form.save()
            store([(form, record)], by=filler, reason=Revision.Reason.EDIT)
            samples.things.setdefault(f"targets.{'departmentplan' if form.is_plan else 'budgetproject'}", {})[name] = (
                form
            )
    _add_deputations(samples, far_filler)
    _add_sent_and_public(samples)
    _add_batches(samples)
    _add_decisions(samples)
    return samples


def _add_decisions(samples: Samples) -> None:
    """A choice that is not confirmed yet, a held decision and a release that is over."""
    world = samples.world
    sent = samples.things["targets.budgetproject"]["sent"]
    own = choose(Declaration.objects.filter(pk=sent.pk), by=world.perf, step="return", opinion="还没有想好")
    waiting = world.advance(world.declaration(title="暂存决定的项目"), "submit", "forward", "forward")
    held = choose(Declaration.objects.filter(pk=waiting.pk), by=world.perf, step="pass", is_held=True)
    confirm(held)
    carry_out(held)
    over = Job.objects.create(kind=RELEASE, created_by=world.perf, options={"lines": []}, state=Job.State.DONE)
    samples.things["bulk.<int:pk>"] = {"own": own, "held": held}
    samples.things["held.<int:pk>"] = {"own": over}


def _project(world: World, unit: Department, mark: str) -> Record:
    rows = tuple(row.with_cells(name=f"{row.name}{mark}") for row in GOOD_ROWS)
    return world.record(
        title=f"{unit.name}项目",
        department_code=unit.department.code,
        department_name=unit.department.name,
        unit=unit.name,
        goal=f"{mark}：为全区1200名幼儿发放补助100万元。",
        rows=rows,
    )


def _plan(unit: Department, mark: str) -> Record:
    row = IndicatorRow(number="1", duty="保障教育", duty_goal=mark, name=f"指标{mark}", target="≥95%", weight="100%")
    return Record(
        kind=PLAN,
        year=2023,
        title="2023年整体绩效目标表",
        department_code=unit.code,
        department_name=unit.name,
        rows=(row,),
    )


def _add_deputations(samples: Samples, far_filler: Person) -> None:
    """Still to come, so that nobody here has another's rights."""
    world = samples.world
    pairs = {"here": (world.filler, world.sibling, world.admin), "elsewhere": (far_filler, samples.far, samples.far)}
    for name, (absent, deputy, by) in pairs.items():
        begins = timezone.localdate() + timedelta(days=7)
        made = Deputation(
            absent=absent, deputy=deputy, valid_from=begins, valid_to=begins, reason="休假", arranged_by=by
        )
        made.full_clean()
        made.save()
        samples.add(name, made)


def _add_sent_and_public(samples: Samples) -> None:
    """School's project under review; two approved ones, of which one is public and one is chosen for it."""
    world = samples.world
    draft = samples.things["targets.budgetproject"]["school"]
    attach(draft, b"%PDF-1.7 " + MARKS["school"].encode(), "依据.pdf", by=world.filler)
    sent = world.declaration(title="送审的项目")
    attach(sent, b"%PDF-1.7 sent", "依据.pdf", by=world.filler)
    world.advance(sent, "submit")
    world.judge(sent)
    world.advance(sent, "forward")
    world.note(sent, world.office)
    samples.things["targets.budgetproject"]["sent"] = sent
    for name, owner in (("own", world.perf), ("shared", None)):
        samples.add(name, StockPhrase.objects.create(division=world.division, owner=owner, text=f"{name}常用语"))
    for name in ("prepared", "published"):
        form = world.advance(world.declaration(title=f"{name}的项目"), *APPROVAL)
        disclosure = Disclosure.objects.create(
            division=world.division, year=2023, title=f"{name}批次", created_by=world.perf
        )
        desk.choose(disclosure, [form], by=world.perf)
        if name == "published":
            desk.publish(disclosure, by=world.perf, seen=desk.fingerprint(disclosure))
        samples.add(name, disclosure)
        samples.add(name, disclosure.items.get())
    far_set = Disclosure.objects.create(
        division=samples.far.memberships.all()[0].department.division,
        year=2023,
        title="外区批次",
        created_by=samples.far,
    )
    samples.add("elsewhere", far_set)


def _add_batches(samples: Samples) -> None:
    """Files that the school's filler and an office of finance uploaded; one was stored and says what drafts say, one is being read."""
    world = samples.world
    project = _project(world, world.school, MARKS["school"])
    workbook = write_official([replace(project, goal="另一个目标：为全区1200名幼儿发放补助100万元。")])
    imported = write_official([world.record(title="导入的项目", goal=MARKS["school"])])
    for name, content, by in (
        ("filler", workbook, world.filler),
        ("office", workbook, world.office),
        ("stored", imported, world.filler),
    ):
        batch = open_batch(content, f"{name}.xlsx", by=by)
        read_batch(batch)
        samples.add(name, batch)
    store_batch(samples.things["targets.importbatch"]["stored"], by=world.filler)
    reading = open_batch(workbook, "reading.xlsx", by=world.filler)
    for_long = timezone.now() + timedelta(days=1)  # so that no page takes its worker for dead
    Job.objects.create(kind=READ, batch=reading, created_by=world.filler, lease_until=for_long)
    samples.add("reading", reading)
