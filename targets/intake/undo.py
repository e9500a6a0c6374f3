"""撤销导入: every form gets exactly its text from before; what somebody has touched since is kept and named."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from departments.models import Person
from departments.roles import ADMIN
from targets.bulk import no_garbage
from targets.domain.steps import EDITABLE, UNDO_IMPORT
from targets.guards import Order
from targets.intake.reading import Progress, nobody
from targets.intake.storing import DoneMeanwhile, ImportRefused, locked
from targets.models import Declaration, ImportBatch, ReviewEvent, Revision
from targets.models.declaration import may_import_for
from targets.review_many import Asked, lock_forms, take_together
from targets.signing import signed_as_writer
from targets.storing import close_sittings, store

UNDOING = "正在撤销，全部撤完一起生效"
FORMS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one form of the batch; `kept_because` is "" when it is as before."""

    declaration: Declaration
    was_created: bool
    kept_because: str = ""


def may_undo(batch: ImportBatch, user: Person) -> bool:
    """Whoever imported it, and administrators; they also stop what is being done with it."""
    return batch.uploaded_by_id == user.pk or user.scope.holds(ADMIN) or user.is_superuser


def undo_batch(
    batch: ImportBatch,
    *,
    by: Person,
    asked_in: ImportBatch.State = ImportBatch.State.STORED,
    progress: Progress = nobody,
    within: Progress = nobody,
) -> list[Undone]:
    """Take the import back in one transaction; raises ImportRefused when it may not be taken back at all.

    Where every form is kept the batch stays as imported, and each form says why. `asked_in`, `progress` and `within` as for
    `store_batch`.
    """
    if not may_undo(batch, by):
        raise ImportRefused("只有导入人或系统管理员可以撤销这次导入。")
    progress(0, 0, UNDOING)  # the last moment to stop it; from here it is all or nothing
    with transaction.atomic():
        held = locked(batch)
        if held.state != asked_in:
            raise DoneMeanwhile(f"这次导入{held.get_state_display()}，不能撤销。")
        imported = list(held.revisions.order_by("declaration_id").values_list("pk", "declaration_id", "number"))
        if not imported:
            raise ImportRefused("这次导入没有写入任何表，没有要撤销的。")
        held.forms.exclude(kept_because="").update(kept_because="")  # of an undo that took nothing back
        told: list[Undone] = []
        for start in range(0, len(imported), FORMS_AT_ONCE):
            told += _undo_forms(imported[start : start + FORMS_AT_ONCE], held, by)
            within(len(told), 0, UNDOING)
        _close(held, told, by)
    batch.refresh_from_db()
    return told


def _close(batch: ImportBatch, told: Sequence[Undone], by: Person) -> None:
    if all(one.kept_because for one in told):
        batch.state = ImportBatch.State.STORED
        batch.save(update_fields=["state"])
        return
    batch.state = ImportBatch.State.UNDONE
    batch.undone_at, batch.undone_by = timezone.now(), by
    batch.undone_name = signed_as_writer(by, *(one.declaration.unit_id for one in told))
    batch.save(update_fields=["state", "undone_at", "undone_by", "undone_name"])


@no_garbage()
def _undo_forms(imported: Sequence[tuple[int, int, int]], batch: ImportBatch, by: Person) -> list[Undone]:
    """`imported`: revision, form and number of the revision for some forms of the batch."""
    forms = lock_forms([form for _, form, _ in imported])
    close_sittings(forms.values())  # what is being typed over the import is a later edit
    dealt_with = set(
        ReviewEvent.objects.filter(revision__in=[pk for pk, _, _ in imported]).values_list("revision", flat=True)
    )
    kept, created, restored = {}, [], []
    for revision, pk, number in imported:
        form = forms[pk]
        if reason := _why_kept(form, revision, by, is_dealt_with=revision in dealt_with):
            kept[pk] = reason
        elif number == 1:
            created.append(form)
        else:
            restored.append((form, number - 1))
    order = Order(undoes_batch=batch.pk)
    refusals = take_together([Asked(form, UNDO_IMPORT, by, order) for form in created])
    kept |= {form.pk: refusal for form, refusal in zip(created, refusals, strict=True) if refusal}
    _restore(restored, batch, by)
    for reason in set(kept.values()):
        of_reason = [pk for pk, why in kept.items() if why == reason]
        batch.forms.filter(declaration__in=of_reason).update(kept_because=reason)
    return [Undone(forms[pk], number == 1, kept.get(pk, "")) for _, pk, number in imported]


def _why_kept(form: Declaration, imported: int, by: Person, *, is_dealt_with: bool) -> str:
    if form.current_revision_id != imported:
        return "导入后又有修改"
    if is_dealt_with:
        return "导入后已办理（送审或确认）"
    if not may_import_for(by, form.unit_id):
        return "撤销的人现在不能为这个单位导入"
    if not form.open_to_import_by(by):
        return "批次已截止" if form.state in EDITABLE and form.is_late_for(by) else "现在不能修改"
    return ""


def _restore(forms: Sequence[tuple[Declaration, int]], batch: ImportBatch, by: Person) -> None:
    """Each form gets the text of its revision of that number; no other old text is loaded."""
    wanted = {form.pk: number for form, number in forms}
    found = Revision.objects.filter(declaration__in=wanted, number__in=set(wanted.values()))
    keys = [pk for pk, form, number in found.values_list("pk", "declaration", "number") if wanted[form] == number]
    before = {one.declaration_id: one.record for one in Revision.objects.filter(pk__in=keys)}
    note = f"撤销导入批次{batch.pk}：{batch.file_name}"[:300]
    store([(form, before[form.pk]) for form, _ in forms], by=by, reason=Revision.Reason.UNDO, note=note)
