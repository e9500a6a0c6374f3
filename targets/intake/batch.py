"""An upload as a batch: opened with its bytes, shown, then stored in one short transaction or given up."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models import Person
from targets.domain.sheets.problems import FileRefused, Problem
from targets.editing import fresh_declaration, store
from targets.intake.plan import CREATE, REFUSED, UNCHANGED, UPDATE, PlannedForm, plan_forms
from targets.intake.reading import read_upload
from targets.models import Declaration, ImportBatch, Revision

OK, PARTIAL, ERROR, FILE_REFUSED = "ok", "partial", "error", "refused"


class ImportRefused(Exception):
    """Why a batch was not stored, in words."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do; `message` is the file's own refusal."""

    file: str
    forms: Sequence[PlannedForm] = ()
    problems: Sequence[Problem] = ()
    message: str = ""

    @property
    def outcome(self) -> str:
        if self.message:
            return FILE_REFUSED
        refused = sum(form.action == REFUSED for form in self.forms)
        if not refused:
            return OK
        return ERROR if refused == len(self.forms) else PARTIAL

    def counts(self) -> dict[str, int]:
        return {
            action: sum(form.action == action for form in self.forms) for action in (CREATE, UPDATE, UNCHANGED, REFUSED)
        }

    def as_json(self, batch: int | None) -> dict[str, Any]:
        """The shape `import_forms --json` prints for one file."""
        return {
            "file": self.file,
            "outcome": self.outcome,
            "message": self.message,
            "batch": batch,
            "forms": [form_json(form) for form in self.forms],
        }


def form_json(form: PlannedForm) -> dict[str, Any]:
    return {
        "kind": form.reading.kind,
        "title": form.title,
        "sheet": form.reading.sheet,
        "action": form.action,
        "record": form.record.as_json() if form.record else None,
        "problems": [problem_json(problem) for problem in form.problems],
    }


def problem_json(problem: Problem) -> dict[str, str]:
    return {"sheet": problem.sheet, "cell": problem.cell, "level": problem.level, "message": problem.message}


def preview(content: bytes, name: str, *, by: Person, year: int | None = None) -> Preview:
    """Read and compare; never raises for what is in the file."""
    try:
        reading = read_upload(content, name, year=year)
    except FileRefused as refusal:
        return Preview(name, message=str(refusal))
    return Preview(name, plan_forms(reading, by), reading.problems)


def open_batch(content: bytes, name: str, *, by: Person, year: int | None = None) -> ImportBatch:
    return ImportBatch.objects.create(
        file_name=safe_name(name),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        year=year,
        uploaded_by=by,
    )


def preview_batch(batch: ImportBatch) -> Preview:
    """The preview as its uploader would see it now."""
    return preview(bytes(batch.content), batch.file_name, by=batch.uploaded_by, year=batch.year)


def store_batch(
    batch: ImportBatch, *, by: Person, only: Collection[int] | None = None, seen: Mapping[int, int] | None = None
) -> Preview:
    """Store the forms of the batch (those whose place in the file is in `only`) and return what was done.

    `seen` gives, by place in the file, the revision id that the preview showed; a form changed since is left out and told.
    """
    shown = preview_batch(batch)
    if shown.message:
        raise ImportRefused(shown.message)
    try:
        with transaction.atomic():
            locked = ImportBatch.objects.select_for_update().defer("content").get(pk=batch.pk)
            if locked.state != ImportBatch.State.PREVIEW:
                raise ImportRefused(f"这个文件{locked.get_state_display()}，没有再次导入。")
            chosen = [form for place, form in enumerate(shown.forms) if only is None or place in only]
            _lock_and_recheck(shown, chosen, seen or {}, by)
            going_in = [form for form in chosen if form.can_go_in]
            _store_forms(going_in, batch, by)
            _close(locked, shown, going_in)
    except IntegrityError:
        raise ImportRefused("导入时有人刚建立了同名的表，没有写入任何数据。请重新预览后再确认。") from None
    batch.refresh_from_db()
    return shown


def _lock_and_recheck(shown: Preview, chosen: Sequence[PlannedForm], seen: Mapping[int, int], by: Person) -> None:
    """Between reading and the lock somebody may have worked on a form: it is refused rather than overwritten."""
    ids = [form.declaration.pk for form in chosen if form.declaration]
    locked = {one.pk: one for one in Declaration.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    places = {id(form): place for place, form in enumerate(shown.forms)}
    for form in chosen:
        if form.declaration is None or form.action != UPDATE:
            continue
        now = locked[form.declaration.pk]
        expected = seen.get(places[id(form)], form.declaration.current_revision_id)
        if now.current_revision_id != expected or form.declaration.current_revision_id != expected:
            form.refuse("预览之后有人修改了系统中的这张表，没有导入。请重新上传后再核对。")
        elif not now.open_to_import_by(by):
            form.refuse("预览之后这张表已送审，没有导入。")
        else:
            form.declaration = now


def _store_forms(forms: Sequence[PlannedForm], batch: ImportBatch, by: Person) -> None:
    fresh = []
    for form in forms:
        if form.declaration is None and form.record and form.budget_year and form.department and form.unit:
            form.declaration = fresh_declaration(form.record, form.budget_year, form.department, form.unit)
            fresh.append(form.declaration)
    Declaration.objects.bulk_create(fresh)
    drafts = [(form.declaration, form.record) for form in forms if form.declaration and form.record]
    store(drafts, by=by, reason=Revision.Reason.IMPORT, note=batch.file_name, batch=batch)


def _close(batch: ImportBatch, shown: Preview, stored: Sequence[PlannedForm]) -> None:
    counts = shown.counts()
    batch.state = ImportBatch.State.STORED
    batch.stored_at = timezone.now()
    batch.created = sum(form.action == CREATE for form in stored)
    batch.updated = sum(form.action == UPDATE for form in stored)
    batch.unchanged = counts[UNCHANGED]
    batch.refused = counts[REFUSED]
    batch.report = {
        "forms": [
            {
                "title": form.title,
                "sheet": form.reading.sheet,
                "action": form.action,
                "stored": any(form is one for one in stored),
                "problems": [problem_json(problem) for problem in form.problems],
            }
            for form in shown.forms
        ]
    }
    batch.save(update_fields=["state", "stored_at", "created", "updated", "unchanged", "refused", "report"])


def discard_batch(batch: ImportBatch) -> None:
    ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.PREVIEW).update(state=ImportBatch.State.DISCARDED)


def safe_name(name: str) -> str:
    """The last part of an uploaded file's name, without control characters."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(char for char in last if char.isprintable())[:200] or "未命名"
