"""审核表 of one form: written by whoever reviews it now, with what the checks say beside each question; read by others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from departments.models import Person
from departments.scoped_admin import person
from targets.admin.export import attachment
from targets.admin.page import address, frame
from targets.assessing import (
    Written,
    answers_to,
    internal_note_for,
    mark_key,
    may_mark_key,
    questions_of,
    save_assessment,
    sheet_for,
    why_not_assess,
    why_not_mark_key,
)
from targets.domain.assessment import FULL, GRADES, PLAIN, Answer, Question, plain_grade
from targets.findings import count_levels, judge
from targets.models import Assessment, Declaration
from targets.outgoing.assessments import PLAN_TITLE, PROJECT_TITLE, VARIANTS, assessments_workbook, file_name, newest
from targets.outgoing.official import TooManySheets
from targets.outgoing.shapes import CONTENT_TYPES, XLSX
from targets.paper import Note, Paper, paper_of
from targets.review import StepRefused

LEVEL_WORDS = {"error": "错误", "warning": "警告", "info": "提示"}
NOTHING_THERE = "这张表还没有审核表。审核表由正在审核这张表的人填写。"
NO_ASSESSMENTS = "所选的表还没有您可以看到的审核表，没有导出。"


class WrittenForm(forms.Form):
    """What goes with the answers."""

    revision = forms.IntegerField(required=False, min_value=0)
    saves = forms.IntegerField(required=False, min_value=0)
    grade = forms.CharField(required=False, max_length=10)
    opinion = forms.CharField(required=False, max_length=4000)
    expert_opinion = forms.CharField(required=False, max_length=4000)
    internal_note = forms.CharField(required=False, max_length=4000)


@dataclass(frozen=True, slots=True)
class Line:
    """One question on the page: what was answered, what the checks say about it, what other levels answered."""

    number: int
    answer: Answer
    span: int
    """Over how many lines the name of its group goes; 0 where it goes on from the line above."""
    notes: Sequence[Note] = ()
    checked: str = ""
    is_checked: bool = False
    """Some rule bears on it."""
    others: Sequence[str] = ()


def assessment_view(
    request: HttpRequest, modeladmin: ModelAdmin[Any], declaration: Declaration, number: int | None = None
) -> HttpResponse:
    """Without a number: the draft of whoever reviews now, else the newest that may be seen."""
    user = person(request)
    sheets = _visible(declaration, user)
    if number is not None:
        chosen = next((one for one in sheets if one.number == number), None)
        if chosen is None:
            raise Http404
        return _read(request, modeladmin, declaration, chosen, sheets)
    if request.method == "POST":
        return _receive(request, modeladmin, declaration, sheets)
    if not why_not_assess(declaration, user):
        return _write(request, modeladmin, declaration, sheets)
    if not sheets:
        messages.warning(request, NOTHING_THERE)
        return HttpResponseRedirect(address(declaration))
    return _read(request, modeladmin, declaration, sheets[-1], sheets)


def assessment_workbook(request: HttpRequest, declaration: Declaration, number: int) -> HttpResponse:
    one = next((one for one in _visible(declaration, person(request)) if one.number == number), None)
    if one is None:
        raise Http404
    return _download([one])


def export_assessments(request: HttpRequest, declarations: QuerySet[Any]) -> HttpResponse:
    """The newest review form of each level of the chosen forms, a sheet for each."""
    found = newest(declarations.values_list("pk", flat=True), person(request))
    try:
        if found:
            return _download(found)
        messages.warning(request, NO_ASSESSMENTS)
    except TooManySheets as refusal:
        messages.warning(request, str(refusal))
    return HttpResponseRedirect(request.get_full_path())


def _download(assessments: Sequence[Assessment]) -> HttpResponse:
    return attachment(assessments_workbook(assessments), file_name(assessments), CONTENT_TYPES[XLSX])


def _visible(declaration: Declaration, user: Person) -> list[Assessment]:
    found = declaration.assessments.visible_to(user).select_related("revision", "event")
    sheets = list(found.defer("event__findings").order_by("number"))
    for one in sheets:
        one.declaration = declaration
    return sheets


# Writing --------------------------------------------------------------------------------------------------------------


def _receive(
    request: HttpRequest, modeladmin: ModelAdmin[Any], declaration: Declaration, sheets: Sequence[Assessment]
) -> HttpResponse:
    user = person(request)
    verb = request.POST.get("do", "save")
    try:
        if verb in ("key", "general"):
            if refusal := why_not_mark_key(declaration, user):
                raise StepRefused(refusal)
            mark_key([declaration], is_key=verb == "key", by=user)
            told = "已标为重点项目，审核表逐项打分。" if verb == "key" else "已改为一般性项目，审核表逐项写明是否符合。"
        else:
            told = _save(request, declaration, user)
    except StepRefused as refusal:
        if why_not_assess(declaration, user):
            messages.error(request, str(refusal))
            return HttpResponseRedirect(address(declaration))
        return _write(request, modeladmin, declaration, sheets, error=str(refusal))
    messages.success(request, told)
    return HttpResponseRedirect(address(declaration, "assessment"))


def _save(request: HttpRequest, declaration: Declaration, user: Person) -> str:
    form = WrittenForm(request.POST)
    if not form.is_valid():
        raise StepRefused("没有保存：有一栏超过4000个字。请缩短后再保存。")
    said = form.cleaned_data
    written = Written(
        revision=said["revision"] or 0,
        saves=said["saves"] or 0,
        answers=_typed(request.POST, declaration),
        grade=said["grade"],
        opinion=said["opinion"],
        expert_opinion=said["expert_opinion"],
        internal_note=said["internal_note"],
    )
    one = save_assessment(declaration, written, by=user)
    if one.grade:
        return f"审核表已保存：{one.result}。办理下一步时随同生效，此前可以再改。"
    return "审核表已保存，还没有填完。办理下一步时只带上填完的审核表。"


def _typed(post: Mapping[str, Any], declaration: Declaration) -> dict[str, tuple[str, str]]:
    """Inputs are numbered in the order of the questions and say which question they stand at."""
    return {
        question.name: (str(post.get(f"value:{number}", "")), str(post.get(f"note:{number}", ""))[:2000])
        for number, question in enumerate(questions_of(declaration), start=1)
        if post.get(f"question:{number}") == question.name
    }


def _write(
    request: HttpRequest,
    modeladmin: ModelAdmin[Any],
    declaration: Declaration,
    sheets: Sequence[Assessment],
    *,
    error: str = "",
) -> TemplateResponse:
    user = person(request)
    sheet = sheet_for(declaration)
    questions = questions_of(declaration)
    answers = answers_to(questions, sheet, is_scored=declaration.is_scored)
    if error:  # what was typed stays
        said = _typed(request.POST, declaration)
        answers = [
            replace(one, value=said[one.name][0], note=said[one.name][1]) if one.name in said else one
            for one in answers
        ]
        for name in ("opinion", "expert_opinion", "internal_note", "grade"):
            setattr(sheet, name, request.POST.get(name, ""))
    revision = declaration.submitted_revision
    record = revision.record if revision else declaration.record()
    judged = judge(record, declaration.budget_year.rules(), declaration.waivers.all())
    paper = paper_of(record, judged)
    others = _others(sheets, sheet)
    by_rule = _by_rule(paper)
    claimed = {rule for question in questions for rule in question.rules}
    lines = [
        _with_findings(line, question, by_rule, others.get(question.name, ()))
        for line, question in zip(_lines(answers), questions, strict=True)
    ]
    is_old = bool(sheet.answers) and revision is not None and sheet.revision_id != revision.pk
    points = sum(question.points for question in questions)
    context = {
        **_context(request, modeladmin, declaration, sheet, sheets),
        "is_open": True,
        "is_scored": declaration.is_scored,
        "lines": lines,
        "unclaimed": [note for rule, notes in by_rule.items() if rule not in claimed for note in notes],
        "paper": paper,
        "record": record,
        "revision": revision,
        "is_old": is_old,
        "points": points,
        "points_differ": points != FULL,
        "chosen_grade": _chosen_grade(sheet, answers, is_scored=declaration.is_scored),
        "internal_note": sheet.internal_note,
        "may_mark_key": may_mark_key(declaration, user),
        "bands": declaration.budget_year.bands,
        "error": error,
    }
    return TemplateResponse(request, "targets/declaration/assessment.html", context)


def _chosen_grade(sheet: Assessment, answers: Sequence[Answer], *, is_scored: bool) -> str:
    """What the person chose against what plain answers suggest, "" for nothing."""
    return "" if is_scored or sheet.grade == plain_grade(answers) else sheet.grade


def _by_rule(paper: Paper) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = defaultdict(list)
    for note in paper.findings:
        found[note.judged.finding.rule].append(note)
    return found


def _with_findings(
    line: Line, question: Question, by_rule: Mapping[str, Sequence[Note]], others: Sequence[str]
) -> Line:
    notes = [note for rule in question.rules for note in by_rule.get(rule, ())]
    counts = count_levels([note.judged for note in notes])
    words = "、".join(f"{words}{counts[level]}" for level, words in LEVEL_WORDS.items() if counts[level])
    total = sum(counts.values())
    checked = f"系统校验发现{total}处问题：{words}" if total else ""
    return replace(line, notes=notes, checked=checked, is_checked=bool(question.rules), others=others)


def _others(sheets: Sequence[Assessment], own: Assessment) -> dict[str, list[str]]:
    """Question → what the other levels answered, the newest of each."""
    newest_of = {one.level: one for one in sheets if one.level != own.level and one.grade}
    found: dict[str, list[str]] = defaultdict(list)
    for one in newest_of.values():
        for answer in one.answered:
            value = f"{answer.words}分" if one.is_scored else answer.words
            found[answer.name].append(f"{one.get_level_display()}：{value}{' ' if answer.note else ''}{answer.note}")
    return found


# Reading --------------------------------------------------------------------------------------------------------------


def _read(
    request: HttpRequest,
    modeladmin: ModelAdmin[Any],
    declaration: Declaration,
    sheet: Assessment,
    sheets: Sequence[Assessment],
) -> TemplateResponse:
    answers = sheet.answered
    current = declaration.submitted_revision
    context = {
        **_context(request, modeladmin, declaration, sheet, sheets),
        "is_open": False,
        "is_scored": sheet.is_scored,
        "lines": _lines(answers),
        "revision": current,
        "is_old": current is not None and current.pk != sheet.revision_id,
        "points": sum(answer.points for answer in answers),
        "internal_note": internal_note_for(sheet, person(request)),
        "may_write": not why_not_assess(declaration, person(request)),
    }
    return TemplateResponse(request, "targets/declaration/assessment.html", context)


def _context(
    request: HttpRequest,
    modeladmin: ModelAdmin[Any],
    declaration: Declaration,
    sheet: Assessment,
    sheets: Sequence[Assessment],
) -> dict[str, Any]:
    return {
        **modeladmin.admin_site.each_context(request),
        **frame(declaration),
        "sheet": sheet,
        "sheets": sheets,
        "form_title": PLAN_TITLE if declaration.is_plan else PROJECT_TITLE,
        "variant": ""
        if declaration.is_plan
        else VARIANTS[sheet.is_scored if sheet.event_id else declaration.is_scored],
        "grades": GRADES,
        "plain": PLAIN,
        "own_address": address(declaration, "assessment"),
    }


def _lines(answers: Sequence[Answer]) -> list[Line]:
    lines = []
    for number, answer in enumerate(answers, start=1):
        goes_on = number > 1 and answers[number - 2].group == answer.group
        rest = answers[number - 1 :]
        length = next((at for at, one in enumerate(rest) if one.group != answer.group), len(rest))
        lines.append(Line(number, answer, 0 if goes_on else length))
    return lines
