"""The side menu: one table. A page that is not there yet (its URL name is unknown) has no entry on screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.db.models import Count
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from departments.models import Person
from departments.roles import (
    ADMIN,
    AUDITOR,
    BUDGET_OFFICE,
    DEPARTMENT_REVIEWER,
    DIVISION_ROLES,
    FILLER,
    FINANCE_ROLES,
    OFFICE_REVIEWER,
    PERFORMANCE_REVIEWER,
    ROLES,
)
from targets.domain.record import PLAN, PROJECT
from targets.domain.steps import EDITABLE, PASSED, REVIEW_LEVELS
from targets.models import Declaration
from targets.models.decision import SEE_HELD

EVERYONE = frozenset(ROLES)
REVIEWERS = frozenset({DEPARTMENT_REVIEWER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER})
APPROVERS = frozenset({BUDGET_OFFICE, PERFORMANCE_REVIEWER})
ONLOOKERS = EVERYONE - {FILLER}
IN_REVIEW = frozenset(REVIEW_LEVELS)

PROJECTS = "admin:targets_budgetproject_changelist"
PLANS = "admin:targets_departmentplan_changelist"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: shown to those who hold one of `roles`; superusers see what system administrators see.

    `kind` and `states` say which of the forms that wait for the person are counted beside the label.
    """

    group: str
    label: str
    url_name: str
    roles: frozenset[str] = EVERYONE
    query: str = ""
    kind: str = ""
    states: frozenset[str] = frozenset()


def _basic(label: str, model: str, *roles: str) -> Entry:
    """Kept up by administrators (and `roles`), read by auditors."""
    return Entry("基础数据", label, f"admin:{model}_changelist", frozenset({ADMIN, AUDITOR, *roles}))


MENU: tuple[Entry, ...] = (
    Entry("", "工作台", "admin:index"),
    Entry("绩效目标编报", "项目支出", PROJECTS, frozenset({FILLER}), kind=PROJECT, states=EDITABLE),
    Entry("绩效目标编报", "部门整体", PLANS, frozenset({FILLER}), kind=PLAN, states=EDITABLE),
    Entry("绩效目标编报", "从上年复制", "admin:targets_copy", frozenset({FILLER})),
    Entry("绩效目标编报", "成批送审", "admin:targets_day", frozenset({FILLER})),
    Entry("绩效目标编报", "意见反馈表", "admin:targets_feedback", frozenset({FILLER})),
    Entry("绩效目标审核", "项目支出", PROJECTS, REVIEWERS, "turn=mine", PROJECT, IN_REVIEW),
    Entry("绩效目标审核", "部门整体", PLANS, REVIEWERS, "turn=mine", PLAN, IN_REVIEW),
    Entry("绩效目标审核", "成批报送财政", "admin:targets_day", frozenset({DEPARTMENT_REVIEWER}), "for=finance"),
    Entry("绩效目标审核", "意见反馈表", "admin:targets_feedback", REVIEWERS, "for=review"),
    Entry("绩效目标审核", "待下达决定", "admin:targets_held", frozenset(SEE_HELD)),
    Entry("绩效目标审核", "成批办理记录", "admin:targets_decisions", REVIEWERS | APPROVERS),
    Entry("绩效目标审核", "情况说明", "admin:targets_waivers", frozenset({PERFORMANCE_REVIEWER})),
    Entry("绩效目标审核", "按控制数退回", "admin:targets_ceiling_returns", APPROVERS),
    Entry("绩效目标审核", "审核常用语", "admin:targets_stockphrase_changelist", REVIEWERS),
    Entry("绩效目标批复", "成批批复", "admin:targets_approve", APPROVERS),
    Entry("绩效目标批复", "项目支出", PROJECTS, APPROVERS, "state__exact=passed", PROJECT, frozenset({PASSED})),
    Entry("绩效目标批复", "部门整体", PLANS, APPROVERS, "state__exact=passed", PLAN, frozenset({PASSED})),
    Entry("绩效指标库", "查阅指标库", "admin:targets_library"),
    Entry(
        "绩效指标库",
        "维护指标库",
        "admin:targets_libraryindicator_changelist",
        frozenset({PERFORMANCE_REVIEWER, ADMIN, AUDITOR}),
    ),
    Entry("绩效公开", "公开批次", "admin:targets_disclosure_changelist", DIVISION_ROLES),
    Entry("查询", "全部项目支出表", PROJECTS, ONLOOKERS),
    Entry("查询", "全部部门整体表", PLANS, ONLOOKERS),
    Entry("查询", "留痕查询", "admin:targets_trail", frozenset({ADMIN, AUDITOR})),
    Entry("导入", "导入记录", "admin:targets_importbatch_changelist", frozenset({FILLER}) | FINANCE_ROLES),
    Entry("导入", "历史数据接收", "admin:targets_adopt", frozenset({ADMIN})),
    Entry("基础数据", "导入基础数据", "admin:targets_basics", frozenset({ADMIN})),
    _basic("财政区划", "departments_division"),
    _basic("部门和单位", "departments_department"),
    _basic("科室", "departments_office"),
    _basic("部门职责", "departments_duty", FILLER, DEPARTMENT_REVIEWER),
    _basic("人员", "departments_person"),
    _basic("任职", "departments_membership"),
    _basic("岗位代理", "departments_deputation"),
    _basic("预算年度", "targets_budgetyear", PERFORMANCE_REVIEWER),
    _basic("控制数", "targets_ceiling", BUDGET_OFFICE, PERFORMANCE_REVIEWER),
    _basic("编报批次", "targets_campaign", PERFORMANCE_REVIEWER),
)


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    url: str
    waiting: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    lines: tuple[Line, ...]


Waiting = Mapping[tuple[str, str], int]
"""Kind and state → how many forms wait for a person."""


def menu_for(request: HttpRequest, person: Person, waiting: Waiting | None = None) -> list[Group]:
    """The groups this person sees, with what waits for him (one query unless given) and the line of the present page."""
    roles = person.scope.roles | (frozenset({ADMIN}) if person.is_superuser else frozenset())
    shown = [(entry, url) for entry in MENU if entry.roles & roles and (url := address(entry))]
    counts = waiting
    if counts is None:
        counts = waiting_numbers(person) if any(entry.kind for entry, _ in shown) else {}
    nearest = current([url for _, url in shown], request)
    groups: dict[str, list[Line]] = {}
    for entry, url in shown:
        number = sum(counts.get((entry.kind, state), 0) for state in entry.states)
        groups.setdefault(entry.group, []).append(Line(entry.label, url, number, url == nearest))
    return [Group(label, tuple(lines)) for label, lines in groups.items()]


def address(entry: Entry) -> str:
    try:
        path = reverse(entry.url_name)
    except NoReverseMatch:
        return ""
    return f"{path}?{entry.query}" if entry.query else path


def waiting_numbers(person: Person) -> Waiting:
    rows = Declaration.objects.waiting_for(person).order_by().values_list("kind", "state").annotate(Count("pk"))
    return {(kind, state): number for kind, state, number in rows}


def current(urls: list[str], request: HttpRequest) -> str:
    """The address that leads nearest to the present page: same query first, then a part of it, else the list it belongs to."""
    if request.get_full_path() in urls:
        return request.get_full_path()
    home = reverse("admin:index")
    above = [url for url in urls if url != home and request.path.startswith(url.split("?")[0])]
    asked = set(request.GET.items())

    def nearness(url: str) -> tuple[int, bool, int, bool]:
        path, _, query = url.partition("?")
        said = set(parse_qsl(query))
        return len(path), said <= asked, len(said & asked), not query

    return max(above, key=nearness, default="")
