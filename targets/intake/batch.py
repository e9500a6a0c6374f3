"""An upload as a batch: read and compared once, kept form by form, chosen from, then stored (`storing`) or given up."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.db import transaction

from departments.models import Person
from targets.bulk import no_garbage
from targets.domain.compose import REPLACE
from targets.domain.record import PLAN
from targets.domain.sheets.problems import REFUSED as PROBLEM_REFUSED
from targets.domain.sheets.problems import FileRefused, Problem
from targets.domain.sheets.reader import Found
from targets.intake.kept import Keeper, begin, problem_json
from targets.intake.plan import Plan, PlannedForm, plan_forms
from targets.intake.reading import READING, Progress, nobody, read_upload
from targets.models import ImportBatch, ImportedFile, ImportedForm
from targets.models.intake import CREATE, REFUSED, UPDATE

OK, PARTIAL, ERROR, FILE_REFUSED = "ok", "partial", "error", "refused"
NO_FORM = "压缩包里没有绩效目标表。请核对后重新上传。"
MEMBERS_TOLD = 3
"""Of an archive without any form: each says the same at length."""


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
        if not refused and not self.unread:
            return OK
        return ERROR if refused == len(self.forms) else PARTIAL

    @property
    def unread(self) -> list[str]:
        """Of files of an archive that could not be read, why."""
        return [one.message for one in self.problems if one.level == PROBLEM_REFUSED]

    def as_json(self, batch: int | None) -> dict[str, Any]:
        """The shape `import_forms --json` prints for one file."""
        return {
            "file": self.file,
            "outcome": self.outcome,
            "message": self.message or "".join(self.unread),
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
        "problems": [problem_json(one) for one in form.problems],
    }


# Reading --------------------------------------------------------------------------------------------------------------


def preview(content: bytes, name: str, *, by: Person, year: int | None = None) -> Preview:
    """Read and compare; never raises for what is in the file. Writes nothing."""
    forms: list[Found] = []
    problems: list[Problem] = []
    plan = Plan(by)
    try:
        for found in read_upload(content, name, year=year, rules=plan.likely_rules(year)):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                forms.append(found)
    except FileRefused as refusal:
        return Preview(name, message=str(refusal))
    if not forms:
        return Preview(name, message=_without_forms(problems))
    return Preview(name, plan_forms(forms, plan), problems)


def open_batch(content: bytes, name: str, *, by: Person, year: int | None = None) -> ImportBatch:
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            file_name=safe_name(name),
            sha256=hashlib.sha256(content).hexdigest(),
            year=year,
            uploaded_by=by,
            uploaded_name=str(by),
        )
        ImportedFile.objects.create(batch=batch, content=content)
    return batch


@no_garbage()
def read_batch(batch: ImportBatch, progress: Progress = nobody, *, in_background: bool = True) -> None:
    """Read the batch's file and keep what is found, some forms at a time while the rest is still being read.

    Until the last of them is kept the batch is `READING`; whoever is interrupted begins anew, and again is the same as once.
    """
    progress(0, 0, READING)
    if not begin(batch):
        return
    plan, keeper = Plan(batch.uploaded_by), Keeper(batch)
    problems: list[Problem] = []
    met, message = 0, ""
    reading = read_upload(
        bytes(batch.file.content),
        batch.file_name,
        year=batch.year,
        rules=plan.likely_rules(batch.year),
        progress=progress,
        in_background=in_background,
    )
    try:
        with closing(reading):
            for found in reading:
                if isinstance(found, Problem):
                    problems.append(found)
                    continue
                if found.known:
                    progress(met, found.known, READING)
                met += 1
                keeper.take(plan.meet(found))
                if keeper.is_full:
                    plan.compare(keeper.waiting)
                    keeper.write()
    except FileRefused as refusal:
        message = str(refusal)
    progress(met, met, "已读取，正在核对")
    plan.compare(keeper.waiting)
    keeper.finish(message or ("" if met else _without_forms(problems)), problems, plan.left_out())


def keep(batch: ImportBatch, shown: Preview) -> None:
    """Write down a preview, in place of anything written before."""
    with transaction.atomic():
        if not begin(batch):
            return
        keeper = Keeper(batch)
        for form in shown.forms:
            keeper.take(form)
            if keeper.is_full:
                keeper.write()
        keeper.finish(shown.message, shown.problems, {})


def _without_forms(problems: Sequence[Problem]) -> str:
    more = len(problems) - MEMBERS_TOLD
    rest = f"压缩包里另有{more}个文件也没有读入。" if more > 0 else ""
    return "".join(one.message for one in problems[:MEMBERS_TOLD]) + rest or NO_FORM


# Choosing -------------------------------------------------------------------------------------------------------------


def choose(batch: ImportBatch, *, shown: Collection[int], ticked: Collection[int], modes: Mapping[int, str]) -> None:
    """Of the forms shown on a page, those ticked go in, each in its way; forms on other pages stay as they were.

    Nothing is chosen of a batch that is being stored: what was confirmed goes in.
    """
    with transaction.atomic():
        in_preview = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state=ImportBatch.State.PREVIEW)
        if not in_preview.values_list("pk").first():
            return
        changed = []
        for form in batch.forms.filter(place__in=shown, action__in=(CREATE, UPDATE)).defer("frozen"):
            form.is_chosen = form.place in ticked
            form.mode = modes.get(form.place, form.mode) if form.kind == PLAN and form.action == UPDATE else REPLACE
            changed.append(form)
        ImportedForm.objects.bulk_update(changed, ["is_chosen", "mode"], batch_size=200)


def choose_only(batch: ImportBatch, titles: Collection[str] = (), mode: str = REPLACE) -> None:
    """From the command line: forms by their titles (all when none is named), plans in `mode`."""
    if titles:
        batch.forms.exclude(title__in=titles).update(is_chosen=False)
    batch.forms.filter(kind=PLAN, action=UPDATE).update(mode=mode)


def discard_batch(batch: ImportBatch) -> None:
    waiting = (ImportBatch.State.READING, ImportBatch.State.PREVIEW)
    ImportBatch.objects.filter(pk=batch.pk, state__in=waiting).update(state=ImportBatch.State.DISCARDED)


def safe_name(name: str) -> str:
    """The last part of an uploaded file's name, without control characters."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(char for char in last if char.isprintable())[:200] or "未命名"
