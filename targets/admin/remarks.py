"""修改意见 from the reviewer's side: saying, taking back, accepting, asking again; and 审核常用语."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from departments.models import Division, Person
from departments.roles import DEPARTMENT_REVIEWER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER
from departments.scoped_admin import ScopedAdmin, person
from targets.admin.numbers import COUNT_DIGITS, number_in
from targets.admin.page import Desk, address, show
from targets.looks import look
from targets.models import Declaration, Remark, StockPhrase
from targets.remarks import Said, accept, remark, reopen, take_back
from targets.review import StepRefused

REVIEWERS = frozenset({DEPARTMENT_REVIEWER, OFFICE_REVIEWER, PERFORMANCE_REVIEWER})


LONGEST = 4000
"""Characters of a remark: about four pages of paper."""


def too_long(what: str) -> dict[str, str]:
    return {
        "max_length": f"没有保存：{what}最多 %(limit_value)d 字，现在 %(show_value)d 字。请删减，或分成几条。您写的还在本页。"
    }


class RemarkForm(forms.Form):
    """A row and a field of it, or a field of the head, or neither: the whole form."""

    row = forms.CharField(required=False, max_length=16)
    field = forms.CharField(required=False, max_length=30)
    level = forms.ChoiceField(choices=Remark.Level.choices, error_messages={"required": "请选择要求。"})
    audience = forms.ChoiceField(choices=Remark.Audience.choices, error_messages={"required": "请选择可见范围。"})
    phrase = forms.CharField(required=False, max_length=300)
    text = forms.CharField(required=False, max_length=LONGEST, error_messages=too_long("修改意见"))
    proposal = forms.CharField(
        required=False, max_length=LONGEST, strip=False, error_messages=too_long("建议修改的文字")
    )

    def said(self) -> Said:
        said = self.cleaned_data
        text = "".join(part for part in (said["phrase"], said["text"].strip()) if part)
        return Said(text, said["row"], said["field"], said["level"], said["audience"], said["proposal"])


def remark_view(request: HttpRequest, modeladmin: ModelAdmin[Any], declaration: Declaration) -> HttpResponse:
    """One deed about remarks; a refusal comes back on the form's page with everything that was typed."""
    if request.method != "POST":
        return HttpResponseRedirect(address(declaration))
    user = person(request)
    verb, _, number = request.POST.get("do", "").partition(":")
    try:
        if verb == "remark":
            told, place = _say(request, declaration, user)
        else:
            told, place = _close(request, declaration, verb, number, user), f"remark-{number}"
    except StepRefused as refusal:
        return show(request, modeladmin, declaration, Desk(error=str(refusal), said=request.POST.dict()))
    messages.success(request, told)
    kept = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponseRedirect(f"{address(declaration)}{kept}#{place}")


def looked_view(request: HttpRequest, declaration: Declaration) -> HttpResponse:
    """看过了: later submissions are shown beside this text."""
    if request.method == "POST":
        number = request.POST.get("seen_revision", "")
        try:
            look(declaration, number_in(number, COUNT_DIGITS), by=person(request))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"已注明您看过第{number}稿。单位改后再送审时，这里先列出以后的改动。")
    return HttpResponseRedirect(address(declaration))


def _say(request: HttpRequest, declaration: Declaration, user: Person) -> tuple[str, str]:
    """What is told, and where on the page the remark stands."""
    form = RemarkForm(request.POST)
    if not form.is_valid():
        raise StepRefused("".join(str(fault) for faults in form.errors.values() for fault in faults))
    said = remark(declaration, form.said(), by=user)
    return "修改意见已保存，办理下一步（退回、通过等）时随同发出；此前可以收回。", f"remark-{said.pk}"


def _close(request: HttpRequest, declaration: Declaration, verb: str, number: str, user: Person) -> str:
    seen = declaration.remarks.visible_to(user)
    one = seen.filter(pk=number_in(number) or 0).first()
    if one is None or verb not in DEEDS:
        raise StepRefused("没有这条修改意见。请刷新页面。")
    told, deed = DEEDS[verb]
    deed(one, request.POST.get(f"text:{number}", ""), user)
    return told


DEEDS: dict[str, tuple[str, Callable[[Remark, str, Person], object]]] = {
    "take_back": ("已收回这条修改意见。", lambda one, text, by: take_back(one, by=by)),
    "accept": ("已认可这条修改意见的处理。", lambda one, text, by: accept(one, by=by)),
    "reopen": ("已重新提出这条修改意见。", lambda one, text, by: reopen(one, text, by=by)),
}


class PhraseForm(forms.ModelForm[StockPhrase]):
    is_shared = forms.BooleanField(
        label="全区共用", required=False, help_text="选中后，本区所有审核人都可以选用；只有绩效科可以共用。"
    )

    class Meta:
        model = StockPhrase
        fields = ("text", "is_used")
        widgets: ClassVar[dict[str, forms.Widget]] = {"text": forms.Textarea({"rows": 3, "cols": 80})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["is_shared"] = bool(self.instance.text) and self.instance.owner_id is None


@admin.register(StockPhrase)
class StockPhraseAdmin(ScopedAdmin):
    """One's own phrases; those of the performance office may be shared with every reviewer of the division."""

    form = PhraseForm
    view_roles: ClassVar[frozenset[str]] = REVIEWERS
    change_roles: ClassVar[frozenset[str]] = REVIEWERS
    add_roles: ClassVar[frozenset[str]] = REVIEWERS
    list_display = ("text", "whose", "is_used")
    search_fields = ("text",)

    @admin.display(description="谁的")
    def whose(self, phrase: StockPhrase) -> str:
        return "全区共用" if phrase.owner is None else str(phrase.owner)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockPhrase]:
        return super().get_queryset(request).select_related("owner")

    def get_fields(self, request: HttpRequest, obj: StockPhrase | None = None) -> tuple[str, ...]:
        shares = person(request).scope.holds(PERFORMANCE_REVIEWER)
        return ("text", "is_used", "is_shared") if shares else ("text", "is_used")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        user = person(request)
        return (
            obj is None or obj.owner_id == user.pk or (obj.owner_id is None and user.scope.holds(PERFORMANCE_REVIEWER))
        )

    def save_model(self, request: HttpRequest, obj: StockPhrase, form: Any, change: Any) -> None:
        user = person(request)
        if not change:
            obj.division = Division.objects.filter(departments__in=user.scope.reach(*REVIEWERS)).order_by("pk")[0]
            obj.owner = user
        if user.scope.holds(PERFORMANCE_REVIEWER):  # to others the tick is not offered, and not believed
            obj.owner = None if form.cleaned_data["is_shared"] else obj.owner or user
        super().save_model(request, obj, form, change)
