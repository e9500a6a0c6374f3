"""Addresses of the screens of a form, for pages that lead to forms of both kinds."""

from urllib.parse import urlencode

from django.urls import reverse

from targets.domain.record import PLAN, PROJECT
from targets.models import Declaration

ADMINS = {PROJECT: "targets_budgetproject", PLAN: "targets_departmentplan"}


def form_url(declaration: Declaration) -> str:
    return reverse(f"admin:{ADMINS[declaration.kind]}_change", args=[declaration.pk])


def list_url(kind: str, **filters: object) -> str:
    address = reverse(f"admin:{ADMINS[kind]}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address
