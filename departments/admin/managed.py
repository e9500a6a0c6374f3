"""What the screens of the register share: who may change what, and the choices of a form."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest

from departments.models import Department, Office, Person
from departments.models.register import today, valid_on
from departments.roles import ADMIN, AUDITOR
from departments.scoped_admin import ScopedAdmin, person

OVERSEERS = frozenset({ADMIN, AUDITOR})
LONGEST_KEY = 19
"""Digits of the largest 64-bit number."""


def managed_departments(user: Person, roles: frozenset[str]) -> QuerySet[Department]:
    """Whose register entries a person may write in these roles; seeing more than that gives no right to change it."""
    if user.is_superuser and ADMIN in roles:
        return Department.objects.all()
    return Department.objects.filter(pk__in=user.scope.reach(*roles))


class KeyChoice(AutocompleteSelect):
    """A forged choice is no choice; Django's own widget asks the database for whatever was sent as a key."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, [one for one in value if one.isdecimal() and len(one) < LONGEST_KEY], attr)


class Managed:
    """Narrows what may be changed, and the choices of a form, to the departments the person manages."""

    change_roles: ClassVar[frozenset[str]] = frozenset({ADMIN})

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        managed = managed_departments(person(request), self.change_roles)
        choices: dict[type[Model], QuerySet[Any]] = {
            Department: managed,
            Office: Office.objects.filter(department__in=managed).select_related("department"),
            Person: Person.objects.visible_to(person(request)),
        }
        if db_field.related_model in choices:
            kwargs["queryset"] = choices[db_field.related_model]
        if db_field.name in self.autocomplete_fields:  # type: ignore[attr-defined]
            kwargs["widget"] = KeyChoice(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A choice is a choice: no pencils and plus signs that open another form above this one."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False
        return field


class RegisterAdmin(Managed, ScopedAdmin):
    """Things that belong to a department (`department_path` leads to its id)."""

    department_path: ClassVar[str] = "department_id"
    list_per_page = 50

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or self.is_managed(request, obj)

    def is_managed(self, request: HttpRequest, obj: Any) -> bool:
        user = person(request)
        if user.is_superuser and ADMIN in self.change_roles:
            return True
        return getattr(obj, self.department_path) in user.scope.reach(*self.change_roles)


class InForceFilter(admin.SimpleListFilter):
    title = "是否在用"
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "在用"), ("no", "未启用或已停用")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(valid_on(today()))
        return queryset.exclude(valid_on(today())) if self.value() == "no" else queryset
