"""情况说明: the unit explains an error that cannot be mended, the performance office accepts it or not, with a reason."""

from django.db import transaction
from django.utils import timezone

from departments.change_log import note
from departments.models import Person
from departments.roles import PERFORMANCE_REVIEWER
from targets.domain.rules import ERROR
from targets.findings import judge_declaration, place_of, statements
from targets.guards import why_not_judge
from targets.models import Declaration, Waiver
from targets.review import StepRefused
from targets.signing import signed, signed_as_writer, whom_he_writes_for
from targets.storing import recount


def may_decide(declaration: Declaration, user: Person) -> bool:
    scope = user.scope
    return scope.holds(PERFORMANCE_REVIEWER) and declaration.unit_id in scope.reach(PERFORMANCE_REVIEWER)


def explain(declaration: Declaration, *, rule: str, row: str, field: str, explanation: str, by: Person) -> Waiver:
    """The unit explains one error; raises StepRefused."""
    if not declaration.editable_by(by):
        raise StepRefused("这张表现在不能修改，情况说明没有保存。")
    if not explanation.strip():
        raise StepRefused("情况说明为空，没有保存。请写明原因。")
    found = _error(declaration, rule, row, field)
    with transaction.atomic():
        waiver, _ = Waiver.objects.update_or_create(
            declaration=declaration,
            rule=rule,
            row_key=row,
            field=field,
            defaults={
                "message": found,
                "explanation": explanation.strip(),
                "asked_by": by,
                "asked_name": signed_as_writer(by, declaration.unit_id),
                "decision": Waiver.Decision.ASKED,
                "decision_reason": "",
                "decided_by": None,
                "decided_name": "",
                "decided_at": None,
            },
        )
        note(by, [declaration], f"对{rule}作情况说明", absent=whom_he_writes_for(by, declaration.unit_id))
        recount([declaration.pk])
    return waiver


def waive(declaration: Declaration, *, rule: str, row: str, field: str, reason: str, by: Person) -> Waiver:
    """The performance office lets an error stand of its own accord; raises StepRefused."""
    found = _error(declaration, rule, row, field)
    with transaction.atomic():  # a refusal leaves no question behind that nobody asked
        waiver, _ = Waiver.objects.update_or_create(
            declaration=declaration, rule=rule, row_key=row, field=field, defaults={"message": found}
        )
        return decide(waiver, granted=True, reason=reason, by=by)


def decide(waiver: Waiver, *, granted: bool, reason: str, by: Person) -> Waiver:
    """The performance office accepts or refuses an explanation; raises StepRefused."""
    if not may_decide(waiver.declaration, by):
        raise StepRefused("情况说明由绩效科审核人确认，您不能办理。")
    if refusal := why_not_judge(waiver.declaration, by, "情况说明须由其他绩效科审核人确认。"):
        raise StepRefused(refusal)
    if not reason.strip():
        raise StepRefused("处理理由为空，没有保存。请写明理由。")
    with transaction.atomic():
        waiver.decision = Waiver.Decision.GRANTED if granted else Waiver.Decision.REFUSED
        waiver.decision_reason = reason.strip()
        waiver.decided_by = by
        waiver.decided_name = signed(by, waiver.declaration.unit_id, PERFORMANCE_REVIEWER)
        waiver.decided_at = timezone.now()
        waiver.save(update_fields=["decision", "decision_reason", "decided_by", "decided_name", "decided_at"])
        form, words = (
            waiver.declaration,
            f"{waiver.get_decision_display()}{waiver.rule}的情况说明：{waiver.decision_reason}",
        )
        note(by, [form], words, absent=by.scope.acts_for(form.unit_id, PERFORMANCE_REVIEWER))
        recount([waiver.declaration_id])
    return waiver


def _error(declaration: Declaration, rule: str, row: str, field: str) -> str:
    found = [judged.finding for judged in judge_declaration(declaration)]
    if any(place_of(one) == (rule, row, field) and one.level == ERROR for one in found):
        return statements(found)[rule, row, field]
    raise StepRefused("这处错误已不存在，无须说明。请刷新页面。")
