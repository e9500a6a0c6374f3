"""Forms on their way out as official workbooks."""

from collections.abc import Iterable

from targets.domain.record import Record
from targets.domain.sheets.writer import write_official
from targets.models import Declaration, Revision


def check_code(declaration: Declaration, revision: Revision | None = None) -> str:
    """校验码 on a print-out: names the form and the revision (the current one unless given), so that paper and system can be compared."""
    owner = declaration.unit.code or f"D{declaration.unit_id}"
    revision = revision or declaration.current_revision
    return f"{declaration.year}-{owner}-{declaration.pk:04d}-R{revision.number if revision else 0}"


def official_workbook(forms: Iterable[tuple[Declaration, Record]]) -> bytes:
    """One sheet a form, in the official look."""
    chosen = list(forms)
    return write_official([record for _, record in chosen], check_codes=[check_code(form) for form, _ in chosen])
