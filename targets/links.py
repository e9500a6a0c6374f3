"""Addresses of the screens of a form, for pages that lead to forms of both kinds."""

from django.urls import reverse

from targets.domain.record import PLAN, PROJECT
from targets.models import Declaration

ADMINS = {PROJECT: "targets_budgetproject", PLAN: "targets_departmentplan"}


def form_url(declaration: Declaration) -> str:
    return reverse(f"admin:{ADMINS[declaration.kind]}_change", args=[declaration.pk])


def revision_url(declaration: Declaration, number: int) -> str:
    return reverse(f"admin:{ADMINS[declaration.kind]}_revision", args=[declaration.pk, number])
