"""What the record of an import shows: what became of each form of the file, and why."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, QuerySet, When

from departments.models import Person
from targets.admin.intake_page import where_in_file
from targets.admin.steps import ADOPT
from targets.domain.sheets.problems import REFUSED as PROBLEM_REFUSED
from targets.domain.steps import UNITS_OWN, VOID
from targets.links import form_url
from targets.models import Declaration, ImportBatch, ImportedForm
from targets.models.intake import REFUSED, UNCHANGED
from targets.tasks import UNDO

FORMS_A_PAGE = 50
LEFT_OUT_SHOWN = 200
REASONS_SHOWN = 5
WORST_FIRST = Case(When(action=REFUSED, then=0), When(action=UNCHANGED, then=2), default=1)
"""What was refused wants a deed, and what was not ticked perhaps; thousands of unchanged forms are not to hide them."""


def record_context(batch: ImportBatch, user: Person, page: str | None) -> dict[str, Any]:
    stored = Paginator(_stored_forms(batch, user), FORMS_A_PAGE).get_page(page)
    left_out = batch.forms.filter(is_stored=False).defer("frozen").order_by(WORST_FIRST, "place")
    kept = batch.forms.exclude(kept_because="").select_related("declaration__unit").defer("frozen")
    may_adopt = ADOPT.is_open_to(user) and ADOPT.waiting(user).filter(current_revision__batch=batch).exists()
    return {
        "batch": batch,
        "is_own": batch.uploaded_by_id == user.pk,
        "page": stored,
        "stored": [_stored_line(declaration, user) for declaration in stored.object_list],
        "left_out": [(form, where_in_file(form), *_reasons(form)) for form in left_out[:LEFT_OUT_SHOWN]],
        "left_out_count": left_out.count(),
        "kept": list(kept[:LEFT_OUT_SHOWN]),
        "kept_count": kept.count(),
        "stopped": why_stopped(batch, UNDO) if batch.state == ImportBatch.State.STORED else "",
        "may_adopt": may_adopt,
    }


def told(batch: ImportBatch) -> str:
    parts = [f"{word}{number}张" for word, number in (("新增", batch.created), ("更新", batch.updated)) if number]
    if not parts:
        return f"“{batch.file_name}”中没有写入任何表，原因见下。"
    late = left_out_late(batch)
    also = f"有{late}张在预览之后有变化，没有写入，原因见下。" if late else ""
    return f"已导入“{batch.file_name}”：{'，'.join(parts)}。{also}"


def left_out_late(batch: ImportBatch) -> int:
    """Forms that were ticked and could not go in after all."""
    return batch.forms.filter(is_chosen=True, is_stored=False).count()


def is_there_to_undo(batch: ImportBatch) -> bool:
    return batch.state == ImportBatch.State.STORED and bool(batch.created or batch.updated)


def told_undone(batch: ImportBatch) -> str:
    kept = batch.forms.exclude(kept_because="").count()
    also = f"；另有{kept}张没有撤销，原因见下表" if kept else ""
    return f"已撤销导入：{batch.forms.filter(is_stored=True).count() - kept}张表恢复到导入前{also}。"


def why_stopped(batch: ImportBatch, *kinds: str) -> str:
    """What the last job of these kinds had to say; "" where it did what it was to do."""
    return batch.jobs.filter(kind__in=kinds).order_by("-pk").values_list("message", flat=True).first() or ""


def _stored_forms(batch: ImportBatch, user: Person) -> QuerySet[Declaration]:
    """The forms that the batch wrote, in the file's order, as far as the person sees them."""
    return (
        Declaration.objects.visible_to(user)
        .filter(revisions__batch=batch)
        .select_related("department", "unit", "current_revision", "sitting")
        .defer("current_revision__frozen")
        .order_by("revisions__id")
    )


def _stored_line(declaration: Declaration, user: Person) -> dict[str, Any]:
    """Its figures only for those who may read its text; a voided form is judged no more."""
    is_readable = declaration.state not in UNITS_OWN or declaration.is_own_text_of(user)
    is_judged = is_readable and declaration.state != VOID
    return {"form": declaration, "url": form_url(declaration), "is_readable": is_readable, "is_judged": is_judged}


def _reasons(form: ImportedForm) -> tuple[list[str], int]:
    """The first reasons why a form was left out, and how many more there are."""
    refusals = [one["message"] for one in form.problems if one["level"] == PROBLEM_REFUSED]
    return refusals[:REASONS_SHOWN], len(refusals[REASONS_SHOWN:])
