"""开始使用: the guided first page, four short questions on one page with ticks. For superusers; not a model of its own."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from departments.models import Department, Division, Person
from departments.scoped_admin import person
from targets.domain.taxonomy import TAXONOMIES
from targets.first_steps import LinesRefused, Progress, add_departments, appoint_administrator, progress_of
from targets.models.year import YEARS
from targets.year_setup import STANDARD, YearRefused, set_up_year

BUDGETING_BEGINS = 7
"""Month from which the next year's budget is prepared (一上 is about July to October), so that year is proposed."""


class DivisionForm(forms.ModelForm[Division]):
    class Meta:
        model = Division
        fields = ("code", "name", "short_name")
        help_texts = {"code": "9位数字，如 370302000；不清楚时先填行政区划代码6位。"}


class YearForm(forms.Form):
    year = forms.IntegerField(
        label="预算年度",
        min_value=YEARS.start,
        max_value=YEARS.stop - 1,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value", "required"), "请填4位年份，如2026。"),
    )
    taxonomy = forms.ChoiceField(
        label="指标分类",
        choices=[(one.key, one.title) for one in TAXONOMIES.values()],
        widget=forms.RadioSelect,
        initial=STANDARD,
        help_text="各一级指标先设为必填，建立后可在“预算年度”中改。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["year"].initial = today.year + (today.month >= BUDGETING_BEGINS)


class DepartmentsForm(forms.Form):
    lines = forms.CharField(
        label="部门和单位",
        widget=forms.Textarea(
            attrs={"rows": 10, "cols": 60, "placeholder": "202 教育和体育局\n202001 实验学校\n401 民政局"}
        ),
        error_messages={"required": "还没有填写部门。请每行写一个，如“202 教育和体育局”。"},
        help_text="每行一个，先代码后名称，可从 Excel 复制两列粘贴。6位代码的单位按前3位归到主管部门；没有代码的只写名称。",
    )


class FinanceForm(forms.Form):
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label="财政部门",
        empty_label="请选财政局",
        error_messages={"required": "请选出哪个是财政部门。", "invalid_choice": "请从列表中选财政部门。"},
        help_text="选定后，您任该部门的系统管理员，可以维护单位、人员和年度。",
    )

    def __init__(self, *args: Any, division: Division | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = Department.objects.filter(division=division, parent=None)
        self.fields["department"].queryset = top  # type: ignore[attr-defined]
        likely = next((one for one in top if one.is_finance or "财政" in one.name), None)
        self.fields["department"].initial = likely and likely.pk


FORMS = {"division": DivisionForm, "year": YearForm, "departments": DepartmentsForm, "finance": FinanceForm}


def setup_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not user.is_superuser:
        raise Http404
    progress = progress_of(user)
    part = request.POST.get("part", "")
    forms_by_part = {name: _form(name, request, progress, is_sent=name == part) for name in FORMS}
    sent = forms_by_part.get(part)
    if sent is not None and sent.is_valid() and _take(request, user, part, sent, progress):
        done = progress_of(user).is_complete
        return HttpResponseRedirect(reverse("admin:index" if done else "admin:targets_setup"))
    context = {"title": "开始使用", "progress": progress, "forms": forms_by_part}
    return render(request, "targets/setup.html", {**admin.site.each_context(request), **context})


def _form(name: str, request: HttpRequest, progress: Progress, *, is_sent: bool) -> Any:
    extra = {"division": progress.division} if name == "finance" else {}
    return FORMS[name](request.POST if is_sent else None, prefix=name, **extra)


def _take(request: HttpRequest, user: Person, part: str, form: Any, progress: Progress) -> bool:
    """Store one part; a refusal becomes a sentence beside its field."""
    if part == "division":
        if progress.division is None:
            form.save()
        return True
    if progress.division is None:
        messages.error(request, "请先完成第1步：财政区划。")
        return True
    try:
        if part == "year":
            set_up_year(progress.division, form.cleaned_data["year"], form.cleaned_data["taxonomy"])
        elif part == "departments":
            number = add_departments(progress.division, form.cleaned_data["lines"])
            messages.success(request, f"已登记{number}个部门和单位。")
        else:
            appoint_administrator(user, form.cleaned_data["department"])
            messages.success(request, "设置完成。接下来可以在“人员”中为各单位建立账号。")
    except YearRefused as refusal:
        form.add_error("year", str(refusal))
    except LinesRefused as refusal:
        for sentence in refusal.sentences:
            form.add_error("lines", sentence)
    return not form.errors


admin.site.add_page("setup/", setup_page, "targets_setup")  # type: ignore[attr-defined]
