"""撤销导入: every form gets exactly its text from before; what somebody has touched since is kept and named."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from departments.models import Person
from departments.roles import ADMIN
from targets.intake.batch import STORED_AT_ONCE, ImportRefused
from targets.models import Declaration, ImportBatch, Revision
from targets.review import Order, StepRefused, take_step
from targets.storing import store


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one form of the batch; `kept_because` is "" when it is as before."""

    declaration: Declaration
    was_created: bool
    kept_because: str = ""


def may_undo(batch: ImportBatch, user: Person) -> bool:
    """Whoever imported it, and administrators."""
    return batch.uploaded_by_id == user.pk or user.scope.holds(ADMIN) or user.is_superuser


def undo_batch(batch: ImportBatch, *, by: Person) -> list[Undone]:
    """Take the import back in one transaction; raises ImportRefused when it cannot be taken back at all."""
    if not may_undo(batch, by):
        raise ImportRefused("只有导入人或系统管理员可以撤销这次导入。")
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().defer("content").get(pk=batch.pk)
        if locked.state != ImportBatch.State.STORED:
            raise ImportRefused(f"这次导入{locked.get_state_display()}，不能撤销。")
        told = _undo_forms(locked, by)
        locked.state = ImportBatch.State.UNDONE
        locked.undone_at, locked.undone_by = timezone.now(), by
        locked.save(update_fields=["state", "undone_at", "undone_by"])
        for one in told:
            if one.kept_because:
                locked.forms.filter(declaration=one.declaration).update(kept_because=one.kept_because)
    batch.refresh_from_db()
    return told


def _undo_forms(batch: ImportBatch, by: Person) -> list[Undone]:
    revisions = list(batch.revisions.defer("frozen").order_by("declaration_id"))
    ids = [revision.declaration_id for revision in revisions]
    forms = {
        form.pk: form
        for form in Declaration.objects.select_for_update(of=("self",))
        .select_related("unit", "budget_year")
        .filter(pk__in=ids)
        .order_by("pk")
    }
    told: list[Undone] = []
    restored: list[tuple[Declaration, int]] = []
    for revision in revisions:
        form = forms[revision.declaration_id]
        was_created = revision.number == 1
        reason = _why_kept(form, revision, by)
        if not reason and was_created:
            reason = _void(form, batch, by)
        elif not reason:
            restored.append((form, revision.number - 1))
        told.append(Undone(form, was_created, reason))
    for start in range(0, len(restored), STORED_AT_ONCE):
        _restore(restored[start : start + STORED_AT_ONCE], batch, by)
    return told


def _why_kept(form: Declaration, imported: Revision, by: Person) -> str:
    if form.current_revision_id != imported.pk:
        return "导入后又有修改"
    if form.events.filter(revision=imported).exists():
        return "导入后已办理（送审或确认）"
    if not form.open_to_import_by(by):
        return "现在不能修改"
    return ""


def _void(form: Declaration, batch: ImportBatch, by: Person) -> str:
    try:
        take_step(form, "undo_import", by=by, order=Order(undoes_batch=batch.pk))
    except StepRefused as refusal:
        return str(refusal)
    return ""


def _restore(forms: Sequence[tuple[Declaration, int]], batch: ImportBatch, by: Person) -> None:
    """Each form gets the text of its revision of that number; no other old text is loaded."""
    wanted = {form.pk: number for form, number in forms}
    found = Revision.objects.filter(declaration__in=wanted, number__in=set(wanted.values()))
    keys = [pk for pk, form, number in found.values_list("pk", "declaration", "number") if wanted[form] == number]
    before = {one.declaration_id: one.record for one in Revision.objects.filter(pk__in=keys)}
    note = f"撤销导入批次{batch.pk}：{batch.file_name}"[:300]
    store([(form, before[form.pk]) for form, _ in forms], by=by, reason=Revision.Reason.UNDO, note=note)
