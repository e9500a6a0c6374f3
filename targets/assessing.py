"""审核表: a reviewer answers the year's questions of the form before him; his next step takes it along and freezes it.

It suggests a step and never forces one. Refusals are sentences: `StepRefused`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from departments.change_log import note
from departments.models import Person
from departments.roles import DEPARTMENT_REVIEWER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER
from targets.domain.assessment import (
    GRADES,
    PLAIN,
    Answer,
    Question,
    is_complete,
    plain_grade,
    points_given,
    read_points,
    what_to_mend,
)
from targets.domain.steps import DEPARTMENT_REVIEW, VOID
from targets.guards import why_not_judge
from targets.models import Assessment, Declaration
from targets.models.assessment import LEVEL_AT
from targets.models.remark import FINANCE_SIDE
from targets.remarks import reviewing_role
from targets.review import StepRefused
from targets.signing import signed

KINDS_OF_PROJECTS = {True: "重点项目", False: "一般性项目"}
NOT_YOURS = "审核表由正在审核这张表的人填写，现在不由您审核，没有保存。"


@dataclass(frozen=True, slots=True)
class Written:
    """What stood on the page: which text and which save of the review form, answers by the name of their question."""

    revision: int
    saves: int
    answers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Name → value and note."""
    grade: str = ""
    """Chosen by the person for a form without points; "" for what the answers suggest."""
    opinion: str = ""
    expert_opinion: str = ""
    internal_note: str = ""


def why_not_assess(declaration: Declaration, user: Person) -> str:
    if not reviewing_role(declaration, user) or declaration.submitted_revision_id is None:
        return NOT_YOURS
    return why_not_judge(declaration, user, "审核表须由其他审核人填写。")


def sheet_for(declaration: Declaration) -> Assessment:
    """The draft of the level that judges now; where there is none, one that begins with what was said last time."""
    level = LEVEL_AT[declaration.state]
    of_level = declaration.assessments.filter(level=level).select_related("revision").defer("revision__frozen")
    last = of_level.order_by("-number").first()
    if last is not None and last.event_id is None:
        return last
    fresh = Assessment(declaration=declaration, level=level, is_scored=declaration.is_scored)
    if last is not None:
        fresh.is_scored, fresh.answers, fresh.revision = last.is_scored, last.answers, last.revision
        fresh.opinion, fresh.expert_opinion = last.opinion, last.expert_opinion
        fresh.grade, fresh.internal_note = last.grade, last.internal_note
    return fresh


def answers_to(questions: Sequence[Question], sheet: Assessment, *, is_scored: bool) -> list[Answer]:
    """What the sheet says to the questions as the year asks them now; a value that no longer fits is left out."""
    said = {answer.name: answer for answer in sheet.answered}
    answers = []
    for question in questions:
        old = said.get(question.name)
        value = old.value if old and sheet.is_scored == is_scored else ""
        fits = not is_scored or not read_points(value, question.points)[1]
        answers.append(Answer.to(question, value if fits else "", old.note if old else ""))
    return answers


def questions_of(declaration: Declaration) -> list[Question]:
    return [one.as_question() for one in declaration.budget_year.questions.all()]


def save_assessment(declaration: Declaration, written: Written, *, by: Person) -> Assessment:
    """Keep what was typed as the draft of this level, complete or not; raises StepRefused."""
    with transaction.atomic():
        locked = Declaration.objects.select_for_update().get(pk=declaration.pk)
        if refusal := why_not_assess(locked, by):
            raise StepRefused(refusal)
        revision = locked.submitted_revision
        if revision is None or written.revision != revision.number:
            raise StepRefused("没有保存：您打开后这张表又有修改。您填写的还在本页，请核对新的一稿后再保存。")
        sheet = sheet_for(locked)
        if written.saves != sheet.saves:
            raise StepRefused(f"没有保存：{sheet.person_name}刚保存过这份审核表。您填写的还在本页，请核对后再保存。")
        is_scored = locked.is_scored
        answers = _read(questions_of(locked), written.answers, is_scored=is_scored)
        grade = plain_grade(answers) if written.grade not in GRADES else written.grade
        if is_scored:
            grade = locked.budget_year.bands.grade(points_given(answers))
        sheet.revision, sheet.is_scored = revision, is_scored
        sheet.answers = [answer.as_json() for answer in answers]
        sheet.total = points_given(answers) if is_scored else None
        sheet.grade = grade if is_complete(answers) else ""
        sheet.opinion = written.opinion.strip()
        sheet.expert_opinion = written.expert_opinion.strip() if is_scored else ""
        sheet.internal_note = written.internal_note.strip()
        role = reviewing_role(locked, by)
        sheet.person, sheet.person_name, sheet.role = by, signed(by, locked.unit_id, role), role
        sheet.saves, sheet.saved_at = sheet.saves + 1, timezone.now()
        if sheet.saves == 1:
            last: int | None = locked.assessments.aggregate(last=Max("number"))["last"]
            sheet.number = (last or 0) + 1
        sheet.save()
    return sheet


def _read(questions: Sequence[Question], said: Mapping[str, tuple[str, str]], *, is_scored: bool) -> list[Answer]:
    if not questions:
        raise StepRefused("没有保存：本年度没有设审核问题。请系统管理员在“预算年度”中设置。")
    answers, faults = [], []
    for question in questions:
        value, note = said.get(question.name, ("", ""))
        fault = ""
        if is_scored:
            value, fault = read_points(value, question.points)
        elif value not in PLAIN:
            value = ""
        if fault:
            faults.append(f"{question.name}：{fault}。请填0到{question.points}的分数。")
        answers.append(Answer.to(question, value, note.strip()))
    if faults:
        raise StepRefused(f"没有保存。{''.join(faults)}")
    return answers


def may_mark_key(declaration: Declaration, user: Person) -> bool:
    """Finance says which projects are key ones: the performance office always, a business office while it reviews."""
    if declaration.is_plan or declaration.state == VOID:
        return False
    role = reviewing_role(declaration, user)
    return role not in ("", DEPARTMENT_REVIEWER) or declaration.unit_id in user.scope.reach(PERFORMANCE_REVIEWER)


def why_not_mark_key(declaration: Declaration, user: Person) -> str:
    if declaration.is_plan:
        return "部门整体绩效目标表不分重点和一般，没有改动。"
    return "" if may_mark_key(declaration, user) else "重点项目由财政确定，没有改动。请联系绩效科。"


def mark_key(forms: Iterable[Declaration], *, is_key: bool, by: Person) -> int:
    """重点项目 or not: those of the forms that he may mark; returns how many. Who marked it is written down."""
    own = [form for form in forms if may_mark_key(form, by)]
    with transaction.atomic():
        for form in own:
            if Declaration.objects.filter(pk=form.pk).exclude(is_key=is_key).update(is_key=is_key):
                absent = by.scope.acts_for(form.unit_id, OFFICE_REVIEWER, PERFORMANCE_REVIEWER)
                note(by, [form], f"标为{KINDS_OF_PROJECTS[is_key]}", absent=absent)
    return len(own)


def internal_note_for(sheet: Assessment, user: Person) -> str:
    """What a side keeps to itself."""
    side = {DEPARTMENT_REVIEWER} if sheet.level == DEPARTMENT_REVIEW else FINANCE_SIDE
    own = user.is_superuser or sheet.declaration.unit_id in user.scope.reach(*side)
    return sheet.internal_note if own else ""


# On the page of the form ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hint:
    """What the form's page says of the review form. `words` speak to the reviewer; `opinion` is a draft of his return."""

    words: str = ""
    opinion: str = ""
    suggests_return: bool = False


def hint(declaration: Declaration, user: Person) -> Hint | None:
    """None when there is nothing to open; one query, of what was sent once."""
    if declaration.submitted_revision_id is None:
        return None
    role = reviewing_role(declaration, user)
    visible = declaration.assessments.visible_to(user).select_related("revision").defer("revision__frozen")
    sheets = list(visible.order_by("number"))
    if not role:
        return Hint() if sheets else None
    level = LEVEL_AT[declaration.state]
    sheet = next((one for one in sheets if one.level == level and one.event_id is None), None)
    if sheet is None:
        need = "须填" if declaration.must_be_assessed else "未填"
        return Hint(f"审核表：{need}")
    return _hint_of(declaration, sheet)


def _hint_of(declaration: Declaration, sheet: Assessment) -> Hint:
    current = declaration.current_revision
    if current is not None and sheet.revision_id != current.pk:
        return Hint(f"审核表：依据第{sheet.revision.number}稿，现为第{current.number}稿，请核对")
    if sheet.is_scored != declaration.is_scored:
        return Hint(f"审核表：已改按{'重点' if declaration.is_scored else '一般性'}项目审核，请重新填写")
    answers = sheet.answered
    if not sheet.is_complete:
        return Hint(f"审核表：已填{sum(bool(one.value) for one in answers)}项，共{len(answers)}项")
    if not sheet.suggests_return:
        return Hint(f"审核表：{sheet.result}，建议通过")
    draft = what_to_mend(sheet.opinion, answers, declaration.budget_year.bands, is_scored=sheet.is_scored)
    return Hint(f"审核表：{sheet.result}，建议退回", draft, suggests_return=True)
