"""The workbench put together: a person who holds several roles gets the sections of each."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from departments.models import Department, Membership, Person
from departments.roles import (
    ADMIN,
    AUDITOR,
    BUDGET_OFFICE,
    DEPARTMENT_REVIEWER,
    FILLER,
    FINANCE_ROLES,
    OFFICE_REVIEWER,
    PERFORMANCE_REVIEWER,
    ROLES,
)
from targets.copying import not_yet_copied
from targets.models import Campaign
from targets.workbench import sections
from targets.workbench.facts import campaign_fact

REVIEWERS = (DEPARTMENT_REVIEWER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER)
APPROVERS = (BUDGET_OFFICE, PERFORMANCE_REVIEWER)
IMPORTERS = (FILLER, *sorted(FINANCE_ROLES))
EVERYBODY = tuple(ROLES)


@dataclass(frozen=True, slots=True)
class Errand:
    """One of the usual links at the right, for those who hold one of `roles`."""

    label: str
    url_name: str
    roles: tuple[str, ...] = EVERYBODY


ERRANDS = (
    Errand("新建项目支出绩效目标表", "admin:targets_budgetproject_add", (FILLER,)),
    Errand("新建部门整体绩效目标表", "admin:targets_departmentplan_add", (FILLER,)),
    Errand("从上年复制", "admin:targets_copy", (FILLER,)),
    Errand("导入 Excel 表格", "admin:targets_importbatch_upload", IMPORTERS),
    Errand("下载填报模板", "admin:targets_blanks", IMPORTERS),
    Errand("审核意见反馈表", "admin:targets_feedback", (FILLER, *REVIEWERS)),
    Errand("导入记录", "admin:targets_importbatch_changelist", IMPORTERS),
    Errand("导出项目支出绩效目标表", "admin:targets_budgetproject_export"),
    Errand("导出部门整体绩效目标表", "admin:targets_departmentplan_export"),
    Errand("公开批次", "admin:targets_disclosure_changelist", (PERFORMANCE_REVIEWER,)),
)


def context_for(person: Person) -> dict[str, Any]:
    """Everything on the page, in a number of queries that depends on the roles alone."""
    scope = person.scope
    is_admin = scope.holds(ADMIN) or person.is_superuser
    waiting = sections.waiting_forms(person)
    context: dict[str, Any] = {
        "place": _place(person),
        "deputations": sections.deputations(person),
        "facts": [campaign_fact(_campaigns(person))],
        "happenings": sections.happenings(person),
        "errands": _errands(person),
    }
    if scope.own:
        context["own"] = sections.own_forms(person, waiting)
        context["own_is_department"] = scope.holds(DEPARTMENT_REVIEWER)
        context["own_limit"] = sections.ROWS_SHOWN
    if scope.holds(FILLER):
        to_fill_in = sections.to_fill_in(waiting)
        context["todos"] = sections.todos(to_fill_in[: sections.TODOS_SHOWN])
        context["todos_left"] = sections.left_over(to_fill_in[sections.TODOS_SHOWN :])
        context["to_adjust"] = sections.asked_to_adjust(person)
        context["not_yet_copied"] = not_yet_copied(person)
        context["facts"] += sections.filler_facts(to_fill_in, context["own"])
    if scope.holds(*REVIEWERS):
        context["desk"] = sections.desk(waiting)
        context["requests"] = sections.requests(person, waiting)
        context["facts"] += sections.review_facts(context["desk"])
        context["reaches_nobody"] = not scope.reach(*REVIEWERS)
    if scope.holds(*REVIEWERS, *APPROVERS):
        context["done"] = sections.done_so_far(person)
    if scope.holds(*APPROVERS):
        context["is_approver"] = True
        context["to_approve"] = sections.to_approve(waiting)
        if not scope.holds(*REVIEWERS):  # a reviewer's strip is full
            context["facts"] += sections.approval_facts(context["to_approve"])
    if scope.holds(*REVIEWERS, *APPROVERS):
        context["facts"] += sections.ceiling_facts(waiting)
    if scope.holds(PERFORMANCE_REVIEWER):
        context["waivers"] = sections.waivers_asked(person)
        context["disclosures"] = sections.disclosures(person)
    if is_admin or scope.holds(AUDITOR):
        context["states"] = sections.counts_by_state(person)
        if len(context["facts"]) == 1:
            context["facts"] += sections.overview_facts(context["states"])
    if is_admin:
        context["settings"] = sections.settings_of(scope)
    return context


def _campaigns(person: Person) -> list[Campaign]:
    """The latest rounds of the person's divisions."""
    found = Campaign.objects.select_related("budget_year")
    if not person.is_superuser:
        divisions = Department.objects.filter(pk__in=person.scope.reach()).order_by().values("division")
        found = found.filter(budget_year__division__in=divisions)
    return list(found.order_by("-opens_at")[:20])


def _place(person: Person) -> str:
    words = [_post(post) for post in sorted(person.posts, key=lambda post: post.pk)]
    return "；".join(words) or ("系统管理" if person.is_superuser else "")


def _post(post: Membership) -> str:
    """财政局 教科文科 · 业务科室审核人; an office that is called like its role (预算科) is said once."""
    office = f" {post.office.name}" if post.office else ""
    role = ROLES[post.role]
    return f"{post.department.label}{office}" + ("" if office.strip() == role else f" · {role}")


def _errands(person: Person) -> list[tuple[str, str]]:
    roles = person.scope.roles | ({ADMIN} if person.is_superuser else set())
    return [(errand.label, reverse(errand.url_name)) for errand in ERRANDS if roles.intersection(errand.roles)]
