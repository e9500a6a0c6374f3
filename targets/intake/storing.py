"""The chosen forms of a batch go in: in one transaction, each looked at once more before it is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from departments.models import Person
from targets.bulk import no_garbage, portions, update_many, update_values
from targets.domain.checks.counted import Counted
from targets.domain.compose import REPLACE, compose
from targets.domain.record import Record
from targets.domain.sheets.problems import REFUSED as PROBLEM_REFUSED
from targets.domain.sheets.problems import problem
from targets.domain.steps import EDITABLE, STATES
from targets.editing import fresh_declaration, why_not_editable
from targets.findings import Years
from targets.intake.kept import BYTES_AT_ONCE, problem_json
from targets.intake.reading import Progress, nobody
from targets.models import BudgetYear, Declaration, ImportBatch, ImportedForm, Indicator, Revision
from targets.models.declaration import StoredRow, is_finance_for, may_import_for, may_import_into
from targets.models.intake import CREATE, REFUSED, UNCHANGED, UPDATE
from targets.signing import signed_as_writer
from targets.storing import Draft, store

STORING = "正在写入，全部写完一起生效"
GOING_IN = (CREATE, UPDATE)
OF_A_FORM = (
    *("place", "title", "sheet", "cell", "action", "mode", "problems", "findings"),
    *("budget_year", "department", "unit", "declaration", "seen"),
)
"""What storing looks at, beside the text."""
DEADLOCK = "40P01"
"""What PostgreSQL tells one of two who wait for each other."""
STORED_AT_ONCE = 500
"""Forms whose text is in memory at one time while a batch is stored, fewer where it is long."""


class ImportRefused(Exception):
    """Why a batch was not stored, or not undone, in words."""


class DoneMeanwhile(ImportRefused):
    """The batch is no more in the state in which it was asked for: somebody else has dealt with it."""


def locked(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update().get(pk=batch.pk)


@dataclass(slots=True)
class _Storing:
    """The forms of a batch on their way in, the years they belong to, and what had to be left out after all."""

    batch: ImportBatch
    by: Person
    chosen: Sequence[tuple[int, int]]
    """Keys of those that go in, in their order, each with the size of its text."""
    actions: Counter[str]
    """Of all forms of the batch."""
    years: Years
    left_out: dict[int, str] = field(default_factory=dict)
    created: int = 0
    updated: int = 0
    written_for: set[int] = field(default_factory=set)
    """Units."""

    @classmethod
    def of(cls, batch: ImportBatch, by: Person, asked_in: ImportBatch.State) -> "_Storing":
        """Locks the batch, which holds its forms as well."""
        columns = ("state", *(f"forms__{name}" for name in ("pk", "size", "action", "is_chosen", "budget_year")))
        batches = ImportBatch.objects.select_for_update(of=("self",)).filter(pk=batch.pk)
        found = list(batches.order_by("forms__place").values_list(*columns))
        state = ImportBatch.State(found[0][0])
        if state != asked_in:
            raise DoneMeanwhile(f"这个文件{state.label}，没有再次导入。")
        chosen = [
            (pk, size, year) for _, pk, size, action, is_chosen, year in found if is_chosen and action in GOING_IN
        ]
        years = Years.of(BudgetYear.objects.filter(pk__in={year for *_, year in chosen if year}))
        return cls(batch, by, [form[:2] for form in chosen], Counter(form[3] for form in found), years)


def store_batch(
    batch: ImportBatch,
    *,
    by: Person,
    asked_in: ImportBatch.State = ImportBatch.State.PREVIEW,
    progress: Progress = nobody,
    within: Progress = nobody,
) -> dict[int, str]:
    """Store the chosen forms of a batch, all in one transaction; returns those left out after all, by their place.

    A form that somebody has touched since the preview is left out and told, never overwritten. The batch is in the
    state `asked_in`, or nothing is done: whoever else asks for the same comes too late. `progress` may stop it before
    the transaction, `within` is told from inside of it.
    """
    progress(0, batch.kept, STORING)  # the last moment to stop it; from here it is all or nothing
    done = 0
    try:
        with transaction.atomic():
            storing = _Storing.of(batch, by, asked_in)
            _lock_forms(batch)
            for portion in portions(storing.chosen, itemgetter(1), number=STORED_AT_ONCE, length=BYTES_AT_ONCE):
                _store_portion(storing, [key for key, _ in portion])
                done += len(portion)
                within(done, len(storing.chosen), STORING)
            ended = _ended(storing)
            ImportBatch.objects.filter(pk=batch.pk).update(**ended)
    except IntegrityError:
        raise ImportRefused("导入时有人刚建立了同名的表，没有写入任何数据。请重新上传后再确认。") from None
    except OperationalError as fault:  # new forms, in another order than somebody else's
        if getattr(fault.__cause__, "sqlstate", "") != DEADLOCK:
            raise
        raise ImportRefused("导入时有人正在写入同样的表，没有写入任何数据。请稍后再确认一次。") from None
    for name, value in ended.items():
        setattr(batch, name, value)
    return storing.left_out


def _lock_forms(batch: ImportBatch) -> None:
    """All that the batch goes over, in the order in which everybody takes them, so that no two wait for each other. What is
    typed into them is asked once the locks are held: a statement that waits for a lock may see the other tables as before."""
    going_in = batch.forms.filter(is_chosen=True, action__in=GOING_IN).values("declaration")
    list(Declaration.objects.select_for_update().filter(pk__in=going_in).order_by("pk").values_list("pk"))


@no_garbage()
def _store_portion(storing: _Storing, keys: Sequence[int]) -> None:
    texts = ImportedForm.objects.only(*OF_A_FORM).annotate(text=Cast("frozen", TextField()))
    forms = list(texts.filter(pk__in=keys).order_by("place"))
    if len(forms) < len(keys):
        raise ImportRefused("这个文件刚被重新读取，没有写入任何数据。请核对预览后再确认。")
    ids = [form.declaration_id for form in forms if form.declaration_id]
    stored = Declaration.objects.select_related("sitting").in_bulk(ids) if ids else {}
    rows = Indicator.objects.rows_of([pk for form in forms if form.mode != REPLACE and (pk := form.declaration_id)])
    drafts: list[Draft] = []
    counted: list[Counted | None] = []
    going_in, left_out = [], []
    for form in forms:
        declaration = stored.get(form.declaration_id) if form.declaration_id else None
        if reason := _why_not(storing, form, declaration):
            _leave_out(storing, form, reason)
            left_out.append(form)
            continue
        drafts.append(_over(declaration, form, rows) if declaration else _new(storing, form))
        counted.append(form.counted if form.mode == REPLACE else None)
        going_in.append(form)
    storing.written_for.update(declaration.unit_id for declaration, _ in drafts)
    store(
        drafts,
        by=storing.by,
        reason=Revision.Reason.IMPORT,
        note=storing.batch.file_name,
        batch=storing.batch,
        years=storing.years,
        counted=counted,
    )
    stored_as = [(declaration.pk, True, form.pk) for form, (declaration, _) in zip(going_in, drafts, strict=True)]
    update_values(ImportedForm, ("declaration", "is_stored"), stored_as)
    update_many(left_out, ["action", "problems"])
    created = sum(form.action == CREATE for form in going_in)
    storing.created += created
    storing.updated += len(going_in) - created


def _new(storing: _Storing, form: ImportedForm) -> Draft:
    if form.budget_year_id is None or form.department_id is None or form.unit_id is None:
        raise _half_read(form)
    record = _text(form)
    year = storing.years.known[form.budget_year_id]
    return fresh_declaration(record, year, department=form.department_id, unit=form.unit_id), record


def _over(declaration: Declaration, form: ImportedForm, rows: Mapping[int, Sequence[StoredRow]]) -> Draft:
    """What was read has the stored rows' keys already; the other ways need these rows (`rows`, by form) once more."""
    record = _text(form)
    if form.mode == REPLACE:
        return declaration, record
    composed, _ = compose(declaration.record(line.row for line in rows[declaration.pk]), record, form.mode)
    return declaration, composed


def _text(form: ImportedForm) -> Record:
    """Rows without a key get one when they are stored."""
    text: str | None = form.text  # type: ignore[attr-defined]  # as `_store_portion` asked for it
    if text is None:
        raise _half_read(form)
    return Record.from_text(text)


def _half_read(form: ImportedForm) -> ImportRefused:
    return ImportRefused(f"“{form.title}”没有读全，没有写入任何数据。请重新上传。")


def _why_not(storing: _Storing, form: ImportedForm, declaration: Declaration | None) -> str:
    """Rights, the year and the stored form may all be others than when the preview was made."""
    unit = declaration.unit_id if declaration else form.unit_id
    if unit is not None and not may_import_for(storing.by, unit):
        return "预览之后您的权限有变化，不能再为这个单位导入，没有导入。"
    year = storing.years.known[form.budget_year_id] if form.budget_year_id else None
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
    if is_typed_into or declaration.current_revision_id != form.seen_id:
        return "预览之后有人修改了系统中的这张表，没有导入。请重新上传后再核对。"
    if declaration.state not in EDITABLE:
        return f"预览之后这张表已变为“{STATES[declaration.state]}”，没有导入。"
    if declaration.is_late_for(storing.by):
        return f"{why_not_editable(declaration, storing.by)}没有导入。"
    return ""


def _leave_out(storing: _Storing, form: ImportedForm, reason: str) -> None:
    form.action = REFUSED
    form.problems = [*form.problems, problem_json(problem(form.sheet, form.cell, PROBLEM_REFUSED, reason))]
    storing.left_out[form.place] = reason


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
