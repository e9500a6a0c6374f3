"""Addresses of the screens of a form, for pages that lead to forms of both kinds."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse

from targets.domain.record import PLAN, PROJECT
from targets.models import Declaration

ADMINS = {PROJECT: "targets_budgetproject", PLAN: "targets_departmentplan"}


def form_url(declaration: Declaration) -> str:
    return reverse(f"admin:{ADMINS[declaration.kind]}_change", args=[declaration.pk])


def waiting_url(forms: Iterable[Declaration], **narrowed: object) -> str:
    """The reader's 待办, narrowed to where these of his forms stand: of projects, unless all of them are plans."""
    kind = PROJECT if any(form.kind == PROJECT for form in forms) else PLAN
    query = urlencode({"turn": "mine", **narrowed})
    return f"{reverse(f'admin:{ADMINS[kind]}_changelist')}?{query}"


def revision_url(declaration: Declaration, number: int) -> str:
    return reverse(f"admin:{ADMINS[declaration.kind]}_revision", args=[declaration.pk, number])
