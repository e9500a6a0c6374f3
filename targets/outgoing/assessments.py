"""审核表 on their way out: what may be seen of the chosen forms, a sheet for each, to print and sign."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime

from departments.models import Person
from targets.domain.record import Record
from targets.domain.sheets.assessment_writer import AssessmentSheet, write_assessments
from targets.domain.sheets.names import printed_department
from targets.models import Assessment, Declaration
from targets.outgoing.official import SHEETS_AT_MOST, TooManySheets, check_code, file_stem

PROJECT_TITLE, PLAN_TITLE = "项目支出绩效目标审核表", "部门整体绩效目标审核表"
VARIANTS = {True: "（重点项目）", False: "（一般性项目）"}
RELATED = ("declaration__unit", "declaration__department", "revision", "event")


def newest(declarations: Iterable[int], reader: Person) -> list[Assessment]:
    """Of each form, the last that this person may see at each level, level by level."""
    visible = Assessment.objects.visible_to(reader).filter(declaration__in=declarations)
    last = visible.order_by().values("declaration", "level").annotate(last=Max("pk")).values("last")
    found = (
        Assessment.objects.filter(pk__in=last).select_related(*RELATED).defer("declaration__goal", "event__findings")
    )
    place = (f"declaration__{name}" for name in ("year", "department__code", "title_key", "id"))
    return list(found.order_by(*place, "level"))  # their names are in the order of the way


def assessments_workbook(assessments: Sequence[Assessment]) -> bytes:
    if len(assessments) > SHEETS_AT_MOST:
        raise TooManySheets(len(assessments))
    target = io.BytesIO()
    write_assessments(target, [sheet_of(one) for one in assessments])
    return target.getvalue()


def file_name(assessments: Sequence[Assessment]) -> str:
    """`2023年_教育和体育局_校车运营补贴_业务科室审核表.xlsx`, `绩效目标审核表_8张_20231205.xlsx`."""
    first = assessments[0]
    form = first.declaration
    if len(assessments) == 1:
        title = first.revision.record.title.removeprefix(f"{form.year}年")
        parts = [f"{form.year}年", form.unit.label, title, str(first)]
    else:
        parts = [str(Assessment._meta.verbose_name), f"{len(assessments)}张", f"{localdate():%Y%m%d}"]
    return f"{file_stem(parts)}.xlsx"


def sheet_of(one: Assessment) -> AssessmentSheet:
    """What is printed: the form as it read when it was judged, and what was done with the judgement."""
    form: Declaration = one.declaration
    record: Record = one.revision.record
    event = one.event
    taken = f"{event.signature}{_day(event.at)}办理“{event.label}”" if event else "草稿，尚未办理"
    return AssessmentSheet(
        title=f"{form.year}年{PLAN_TITLE if form.is_plan else PROJECT_TITLE}",
        variant="" if form.is_plan else VARIANTS[one.is_scored],
        name=record.title,
        code=record.code,
        department=printed_department(record.department_code, record.department_name),
        unit=record.unit,
        total=record.total,
        level=one.get_level_display(),
        basis=f"第{one.revision.number}稿",
        check_code=f"{check_code(form, one.revision)}-S{one.number}",
        is_scored=one.is_scored,
        answers=one.answered,
        score=one.score,
        grade=one.grade,
        opinion=one.overall,
        expert_opinion=one.expert_opinion,
        filled_in_by=one.person_name,
        taken=taken,
    )


def _day(at: datetime) -> str:
    return date_format(localtime(at), "Y年n月j日")
