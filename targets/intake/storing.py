"""The chosen forms of a batch go in: in one transaction, each looked at once more before it is written."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, FilteredRelation, Q, TextField, When
from django.db.models.functions import Cast
from django.utils import timezone

from departments.models import Department, Person
from targets.bulk import no_garbage, update_many, update_values
from targets.domain.checks.counted import Counted
from targets.domain.compose import REPLACE, compose
from targets.domain.record import Record
from targets.domain.sheets.problems import REFUSED as PROBLEM_REFUSED
from targets.domain.sheets.problems import problem
from targets.domain.steps import EDITABLE, STATES
from targets.editing import fresh_declaration, why_not_editable
from targets.findings import Years
from targets.intake.kept import problem_json
from targets.intake.meanwhile import made_meanwhile
from targets.intake.reading import Progress, nobody
from targets.models import BudgetYear, Declaration, ImportBatch, ImportedForm, Indicator, Revision
from targets.models.declaration import StoredRow, is_finance_for, may_import_for, may_import_into
from targets.models.intake import CREATE, REFUSED, UNCHANGED, UPDATE
from targets.signing import signed_as_writer
from targets.storing import Draft, store

STORING = "正在写入，全部写完一起生效"
GOING_IN = (CREATE, UPDATE)
ATTEMPTS = 3
"""A new form that somebody has made meanwhile is found out by a fault of the database; the next attempt leaves it out."""
READ_ANEW = "这个文件刚被重新读取，没有写入任何数据。请核对预览后再确认。"


class _Form(NamedTuple):
    """What storing looks at of a form of the batch."""

    pk: int
    place: int
    title: str
    sheet: str
    cell: str
    action: str
    is_chosen: bool
    mode: str
    problems: list[dict[str, str]]
    findings: dict[str, Any] | None
    budget_year: int | None
    department: int | None
    unit: int | None
    declaration: int | None
    seen: int | None
    text: str | None
    """Of those that go in."""

    @property
    def goes_in(self) -> bool:
        return self.is_chosen and self.action in GOING_IN

    @property
    def counted(self) -> Counted | None:
        """Of the text as it was read: composed in another way with what is stored, it is another."""
        return Counted(**self.findings) if self.findings and self.mode == REPLACE else None


class ImportRefused(Exception):
    """Why a batch was not stored, or not undone, in words."""


class DoneMeanwhile(ImportRefused):
    """The batch is no more in the state in which it was asked for: somebody else has dealt with it."""


def locked(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update().get(pk=batch.pk)


@dataclass(slots=True)
class _Storing:
    """A batch on its way in, the years that its forms belong to, and what had to be left out after all."""

    batch: ImportBatch
    by: Person
    years: Years
    taken: Mapping[int, str]
    """By place, new forms that cannot be: somebody else has made them meanwhile."""
    actions: Counter[str] = field(default_factory=Counter)
    """Of all forms of the batch, as they were read."""
    left_out: dict[int, str] = field(default_factory=dict)
    created: int = 0
    updated: int = 0
    written_for: set[int] = field(default_factory=set)
    """Units."""

    @classmethod
    def of(cls, batch: ImportBatch, by: Person, taken: Mapping[int, str]) -> Self:
        of_its_forms = batch.forms.order_by().values("budget_year")
        return cls(batch, by, Years.of(BudgetYear.objects.filter(pk__in=of_its_forms)), taken)


def _portions(batch: ImportBatch, asked_in: ImportBatch.State) -> Iterator[list[_Form]]:
    """The forms of the batch as they were kept; the first question locks it, which holds them as well."""
    held = ImportBatch.objects.select_for_update(of=("self",)).filter(pk=batch.pk)
    going_in = When(portions__is_chosen=True, portions__action__in=GOING_IN, then=Cast("portions__frozen", TextField()))
    columns = [f"portions__{name}" for name in _Form._fields if name != "text"]
    met, kept, number = 0, 1, 0
    while met < kept:
        of_it = FilteredRelation("forms", condition=Q(forms__portion=number))
        found = held.annotate(portions=of_it, text=Case(going_in)).order_by("portions__place")
        lines = list(found.values_list("state", "kept", *columns, "text"))
        state, kept = ImportBatch.State(lines[0][0]), lines[0][1]
        if state != asked_in:
            raise DoneMeanwhile(f"这个文件{state.label}，没有再次导入。")
        forms = [form for line in lines if (form := _Form(*line[2:])).pk]
        if kept and not forms:
            raise ImportRefused(READ_ANEW)
        if not number and (len(forms) < kept or any(form.declaration for form in forms)):
            _lock_forms(batch)
        if not number:
            _lock_departments(batch)
        yield forms
        met, number = met + len(forms), number + 1


def _lock_forms(batch: ImportBatch) -> None:
    """All that the batch goes over, in the order in which everybody takes them, so that no two wait for each other. What is
    typed into them is asked once the locks are held: a statement that waits for a lock may see the other tables as before."""
    going_in = batch.forms.filter(is_chosen=True, action__in=GOING_IN).values("declaration")
    list(Declaration.objects.select_for_update().filter(pk__in=going_in).order_by("pk").values_list("pk"))


def _lock_departments(batch: ImportBatch) -> None:
    """Of its new forms, each the place of one that another file may have as well: in any order they would wait for each other."""
    if not connection.features.has_select_for_update:
        return  # only one writes at a time
    new = batch.forms.filter(is_chosen=True, action=CREATE).values("department")
    list(Department.objects.select_for_update(no_key=True).filter(pk__in=new).order_by("pk").values_list("pk"))


def store_batch(
    batch: ImportBatch,
    *,
    by: Person,
    asked_in: ImportBatch.State = ImportBatch.State.PREVIEW,
    progress: Progress = nobody,
    within: Progress = nobody,
) -> dict[int, str]:
    """Store the chosen forms of a batch, all in one transaction; returns those left out after all, by their place.

    A form that somebody has touched or made since the preview is left out and told, never overwritten. The batch is in the
    state `asked_in`, or nothing is done: whoever else asks for the same comes too late. `progress` may stop it before
    the transaction, `within` is told from inside of it.
    """
    taken: dict[int, str] = {}
    for _ in range(ATTEMPTS):
        progress(0, 0, STORING)  # the last moment to stop it; from here it is all or nothing
        try:
            left_out, ended = _stored(batch, by, asked_in, taken, lambda done: within(done, 0, STORING))
            break
        except IntegrityError:
            if (now_taken := made_meanwhile(batch)) == taken:
                raise
            taken = now_taken
    else:
        raise ImportRefused("导入时有人正在写入同样的表，没有写入任何数据。请稍后再确认一次。")
    for name, value in ended.items():
        setattr(batch, name, value)
    return left_out


def _stored(
    batch: ImportBatch,
    by: Person,
    asked_in: ImportBatch.State,
    taken: Mapping[int, str],
    within: Callable[[int], None],
) -> tuple[dict[int, str], dict[str, Any]]:
    """The forms left out, and what has become of the batch; `within` is told how many forms were dealt with."""
    done = 0
    with transaction.atomic():
        storing = _Storing.of(batch, by, taken)
        for forms in _portions(batch, asked_in):
            _store_portion(storing, forms)
            done += sum(form.goes_in for form in forms)
            within(done)
        ended = _ended(storing)
        ImportBatch.objects.filter(pk=batch.pk).update(**ended)
    return storing.left_out, ended


@no_garbage()
def _store_portion(storing: _Storing, forms: Sequence[_Form]) -> None:
    storing.actions.update(form.action for form in forms)
    chosen = [form for form in forms if form.goes_in]
    ids = [form.declaration for form in chosen if form.declaration]
    stored = Declaration.objects.select_related("sitting").in_bulk(ids) if ids else {}
    rows = Indicator.objects.rows_of([form.declaration for form in chosen if form.mode != REPLACE and form.declaration])
    drafts: list[Draft] = []
    going_in: list[_Form] = []
    left_out: list[ImportedForm] = []
    for form in chosen:
        declaration = stored.get(form.declaration) if form.declaration else None
        if reason := _why_not(storing, form, declaration):
            left_out.append(_leave_out(storing, form, reason))
            continue
        drafts.append(_over(declaration, form, rows) if declaration else _new(storing, form))
        going_in.append(form)
    storing.written_for.update(declaration.unit_id for declaration, _ in drafts)
    store(
        drafts,
        by=storing.by,
        reason=Revision.Reason.IMPORT,
        note=storing.batch.file_name,
        batch=storing.batch,
        years=storing.years,
        counted=[form.counted for form in going_in],
    )
    stored_as = [(declaration.pk, True, form.pk) for form, (declaration, _) in zip(going_in, drafts, strict=True)]
    if update_values(ImportedForm, ("declaration", "is_stored"), stored_as) < len(stored_as):
        raise ImportRefused(READ_ANEW)  # while the lock was waited for
    update_many(left_out, ["action", "problems"])
    created = sum(form.action == CREATE for form in going_in)
    storing.created += created
    storing.updated += len(going_in) - created


def _new(storing: _Storing, form: _Form) -> Draft:
    if form.budget_year is None or form.department is None or form.unit is None:
        raise _half_read(form)
    year = storing.years.known[form.budget_year]
    return fresh_declaration(record := _record(form), year, department=form.department, unit=form.unit), record


def _over(declaration: Declaration, form: _Form, rows: Mapping[int, Sequence[StoredRow]]) -> Draft:
    """What was read has the stored rows' keys already; the other ways need these rows (`rows`, by form) once more."""
    record = _record(form)
    if form.mode == REPLACE:
        return declaration, record
    composed, _ = compose(declaration.record(line.row for line in rows[declaration.pk]), record, form.mode)
    return declaration, composed


def _record(form: _Form) -> Record:
    """Rows without a key get one when they are stored."""
    if form.text is None:
        raise _half_read(form)
    return Record.from_text(form.text)


def _half_read(form: _Form) -> ImportRefused:
    return ImportRefused(f"“{form.title}”没有读全，没有写入任何数据。请重新上传。")


def _why_not(storing: _Storing, form: _Form, declaration: Declaration | None) -> str:
    """Rights, the year and the stored form may all be others than when the preview was made."""
    if form.place in storing.taken:
        return storing.taken[form.place]
    unit = declaration.unit_id if declaration else form.unit
    if unit is not None and not may_import_for(storing.by, unit):
        return "预览之后您的权限有变化，不能再为这个单位导入，没有导入。"
    year = storing.years.known[form.budget_year] if form.budget_year else None
    if year is not None and not may_import_into(year, storing.by):
        return f"预览之后{year}已关账，没有导入。需要补录历史数据请联系绩效科。"
    if declaration is None:
        is_unit = unit is not None and not is_finance_for(storing.by, unit)
        ended = year.round_ended_for_new() if year is not None and is_unit else None
        return f"{ended.ending}，没有导入。请等下一批次开始，或联系财政局绩效科。" if ended else ""
    if year is not None:
        declaration.budget_year = year  # with its rounds, asked once for all
    sitting = declaration.open_sitting
    is_typed_into = sitting is not None and sitting.touched_at > storing.batch.uploaded_at
    if is_typed_into or declaration.current_revision_id != form.seen:
        return "预览之后有人修改了系统中的这张表，没有导入。请重新上传后再核对。"
    if declaration.state not in EDITABLE:
        return f"预览之后这张表已变为“{STATES[declaration.state]}”，没有导入。"
    if declaration.is_late_for(storing.by):
        return f"{why_not_editable(declaration, storing.by)}没有导入。"
    return ""


def _leave_out(storing: _Storing, form: _Form, reason: str) -> ImportedForm:
    storing.left_out[form.place] = reason
    problems = [*form.problems, problem_json(problem(form.sheet, form.cell, PROBLEM_REFUSED, reason))]
    return ImportedForm(pk=form.pk, action=REFUSED, problems=problems)


def _ended(storing: _Storing) -> dict[str, Any]:
    """What storing changes of a batch."""
    return {
        "state": ImportBatch.State.STORED,
        "stored_at": timezone.now(),
        "uploaded_name": signed_as_writer(storing.by, *storing.written_for),
        "created": storing.created,
        "updated": storing.updated,
        "unchanged": storing.actions[UNCHANGED],
        "refused": storing.actions[REFUSED] + len(storing.left_out),
    }
