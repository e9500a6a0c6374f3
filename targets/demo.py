"""The demo: who is in it, and the real 2023 forms under the names of those who would have filled them in.

The people are invented; departments, forms and figures are those of the 2023 publication.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from departments.models import Department, Membership, Office, Person
from departments.roles import (
    ADMIN,
    AUDITOR,
    BUDGET_OFFICE,
    DEPARTMENT_REVIEWER,
    FILLER,
    OFFICE_REVIEWER,
    PERFORMANCE_REVIEWER,
    ROLES,
)
from targets.basics import add_missing
from targets.intake.batch import Preview, keep, open_batch, preview
from targets.intake.plan import PlannedForm
from targets.intake.storing import store_batch
from targets.models import BudgetYear, Campaign, ImportBatch

FIXTURES = settings.BASE_DIR / "fixtures"
REFERENCE = FIXTURES / "reference.json"
WORKBOOKS = FIXTURES / "2023"
DIVISION = "370302000"
YEAR = 2023
PASSWORD = "yanshi-2023"  # noqa: S105 - printed on the console and the log-in page; accounts exist in demo mode only

EDUCATION, FINANCE = "淄博市淄川区教育和体育局", "淄博市淄川区财政局"


@dataclass(frozen=True, slots=True)
class Account:
    """`department` is a code, or the name where the publication gives no code; `office` is one of the finance bureau."""

    username: str
    name: str
    role: str
    department: str = FINANCE
    office: str = ""
    is_superuser: bool = False
    is_main: bool = False
    """Shown on the log-in page: enough to take one form its whole way."""

    @property
    def role_label(self) -> str:
        return ROLES[self.role]


ACCOUNTS: tuple[Account, ...] = (
    Account("jingban", "王某", FILLER, "202001", is_main=True),
    Account("zhuguan", "孙某", DEPARTMENT_REVIEWER, "202", is_main=True),
    Account("yewu", "李某", OFFICE_REVIEWER, office="教科文科", is_main=True),
    Account("jixiao", "赵某", PERFORMANCE_REVIEWER, office="绩效科", is_main=True),
    Account("yusuan", "周某", BUDGET_OFFICE, office="预算科", is_main=True),
    Account("admin", "吴某", ADMIN, is_superuser=True, is_main=True),
    Account("shenji", "郑某", AUDITOR, is_main=True),
    Account("jingban_minzheng", "冯某", FILLER, "401"),
    Account("zhuguan_minzheng", "陈某", DEPARTMENT_REVIEWER, "401"),
    Account("jingban_weijian", "褚某", FILLER, "405"),
    Account("zhuguan_weijian", "卫某", DEPARTMENT_REVIEWER, "405"),
    Account("jingban_canlian", "蒋某", FILLER, "407"),
    Account("zhuguan_canlian", "沈某", DEPARTMENT_REVIEWER, "407"),
    Account("jingban_nongye", "韩某", FILLER, "504"),
    Account("zhuguan_nongye", "杨某", DEPARTMENT_REVIEWER, "504"),
    Account("jingban_xuanchuan", "朱某", FILLER, "中共淄川区委宣传部"),
    Account("zhuguan_xuanchuan", "秦某", DEPARTMENT_REVIEWER, "中共淄川区委宣传部"),
    Account("jingban_renshe", "尤某", FILLER, "淄博市淄川区人力资源和社会保障局"),
    Account("zhuguan_renshe", "许某", DEPARTMENT_REVIEWER, "淄博市淄川区人力资源和社会保障局"),
    Account("yewu_shebao", "何某", OFFICE_REVIEWER, office="社会保障科"),
    Account("yewu_nongye", "吕某", OFFICE_REVIEWER, office="农业科"),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one run did; all zero when everything was there."""

    reference: int
    accounts: int
    forms: int


def load_demo() -> Loaded:
    """Bring the demo up to date; what is there already is left as people have changed it."""
    reference = add_missing(REFERENCE.read_bytes()).created
    accounts = make_accounts()
    open_round()
    return Loaded(reference, accounts, import_workbooks(sorted(WORKBOOKS.glob("*.xlsx"))))


def departments() -> dict[str, Department]:
    """Departments of the demo as ACCOUNTS name them: by code, or by name where there is none."""
    found = Department.objects.filter(division__code=DIVISION)
    return {department.code or department.name: department for department in found}


@transaction.atomic
def make_accounts() -> int:
    """Accounts that are missing, each with its post. One hash serves all, because hashing twenty takes seconds."""
    there = set(Person.objects.values_list("username", flat=True))
    missing = [account for account in ACCOUNTS if account.username not in there]
    if not missing:
        return 0
    register = departments()
    offices = {office.name: office for office in Office.objects.filter(department=register[FINANCE])}
    hashed = make_password(PASSWORD)
    for account in missing:
        person = Person.objects.create(
            username=account.username, name=account.name, password=hashed, is_superuser=account.is_superuser
        )
        Membership.objects.create(
            person=person,
            department=register[account.department],
            office=offices[account.office] if account.office else None,
            role=account.role,
        )
    return len(missing)


def open_round() -> None:
    """A round 二上 that is open whenever the demo starts: one that has closed meanwhile would lock the trial out. Its notice
    number is not in the publication: left blank."""
    today = timezone.localdate()
    evening = datetime.combine(today + timedelta(days=30), time(18))
    campaign, _ = Campaign.objects.get_or_create(
        budget_year=BudgetYear.objects.get(division__code=DIVISION, year=YEAR),
        name="二上",
        defaults={
            "opens_at": timezone.make_aware(datetime.combine(today - timedelta(days=15), time(9))),
            "closes_at": timezone.make_aware(evening),
        },
    )
    if campaign.closes_at <= timezone.now():
        campaign.closes_at = timezone.make_aware(evening)
        campaign.save(update_fields=["closes_at"])


def import_workbooks(files: Iterable[Path]) -> int:
    """Forms that went in. A file that was stored before is not read again."""
    fillers = {
        post.department_id: post.person
        for post in Membership.objects.filter(
            role=FILLER, person__username__in=[account.username for account in ACCOUNTS]
        ).select_related("person")
    }
    stored = set(ImportBatch.objects.filter(state=ImportBatch.State.STORED).values_list("sha256", flat=True))
    number = 0
    for file in files:
        content = file.read_bytes()
        if sha256(content).hexdigest() not in stored:
            with transaction.atomic():  # all batches of a file or none, so that a next run knows where to go on
                number += _import_for_each(content, file.name, fillers)
    return number


def _import_for_each(content: bytes, name: str, fillers: dict[int, Person]) -> int:
    """One batch for each filler, so that every form is its department's own draft and not 代录 by finance."""
    overview = preview(content, name, by=Person.objects.get(username="admin"))
    theirs: dict[int, list[PlannedForm]] = {}
    for form in overview.forms:
        if form.can_go_in and form.unit is not None and form.unit.pk in fillers:
            theirs.setdefault(form.unit.pk, []).append(form)
    for unit, forms in theirs.items():
        batch = open_batch(content, name, by=fillers[unit])
        keep(batch, Preview(name, forms))
        store_batch(batch, by=fillers[unit])
    return sum(map(len, theirs.values()))
