"""What every admin screen stands on: who sees, who changes, and that what one may not see is not there (404)."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import ForeignKey, ManyToManyField, Model, QuerySet
from django.http import Http404, HttpRequest

from departments.change_log import in_place_of, note, said_on
from departments.models import Person
from departments.roles import ADMIN, ROLES

EVERYBODY = frozenset(ROLES)
ADMINS = frozenset({ADMIN})


def person(request: HttpRequest) -> Person:
    """The logged-in person; admin views are reached by nobody else."""
    user = request.user
    if not isinstance(user, Person):
        raise Http404
    return user


def visible(queryset: QuerySet[Any], user: Person) -> QuerySet[Any]:
    """What of `queryset` the person sees: `visible_to` where the model has it."""
    rule = getattr(queryset, "visible_to", None)
    return rule(user) if rule else queryset


class ScopedAdmin(admin.ModelAdmin):
    """Rights come from memberships, lists and choices from `visible_to`; nothing is ever deleted."""

    view_roles: ClassVar[frozenset[str]] = EVERYBODY
    change_roles: ClassVar[frozenset[str]] = ADMINS
    add_roles: ClassVar[frozenset[str]] = ADMINS
    in_words: ClassVar[dict[str, str]] = {}
    """Field of a form → what tells it to those who may not change it ("" for nothing): ticks and lists are for forms."""
    show_full_result_count = False
    list_per_page = 50

    def _holds(self, request: HttpRequest, roles: frozenset[str]) -> bool:
        user = person(request)
        return user.scope.holds(*roles) or (ADMIN in roles and user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Asked on the log-in page too, where nobody is there yet."""
        return isinstance(request.user, Person) and self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._holds(request, self.view_roles) or self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._holds(request, self.change_roles)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._holds(request, self.add_roles)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible(super().get_queryset(request), person(request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Unseen, missing and not one's business are the same: 404."""
        found = super().get_object(request, object_id, from_field)
        if found is None or not self.has_view_permission(request, found):
            raise Http404
        return found

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        fieldsets: Any = super().get_fieldsets(request, obj)
        if obj is None or not self.in_words:
            return fieldsets
        told = self.in_words
        if self.has_change_permission(request, obj):
            fixed = set(self.get_readonly_fields(request, obj)) - set(self.readonly_fields)
            told = {field: words for field, words in told.items() if field in fixed}
        return [
            (title, {**options, "fields": tuple(filter(None, (told.get(one, one) for one in options["fields"])))})
            for title, options in fieldsets
        ]

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:  # noqa: FBT001 - Django's signature
        """With what stood there before: who audits asks for both."""
        return said_on(form, formsets or (), is_new=add)

    def log_addition(self, request: HttpRequest, object: Any, message: Any) -> Any:  # noqa: A002 - Django's signature
        return super().log_addition(request, object, f"{message}{self._in_whose_place(request)}")

    def log_change(self, request: HttpRequest, object: Any, message: Any) -> Any:  # noqa: A002 - Django's signature
        return super().log_change(request, object, f"{message}{self._in_whose_place(request)}")

    def note(self, request: HttpRequest, things: Iterable[Model], words: str) -> None:
        """What a button did, which Django does not write down by itself."""
        note(person(request), things, f"{words}{self._in_whose_place(request)}")

    def _in_whose_place(self, request: HttpRequest) -> str:
        return in_place_of(person(request).scope.fills_in_for(*self.change_roles))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """An address may filter by what the page offers, by nothing else: hidden text could be guessed letter by letter."""
        offered = [one[0] if isinstance(one, tuple) else one for one in self.get_list_filter(request)]
        names = [one if isinstance(one, str) else getattr(one, "parameter_name", None) for one in offered]
        return any(name and (lookup == name or lookup.startswith(f"{name}__")) for name in names)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", visible(db_field.related_model._default_manager.all(), person(request)))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", visible(db_field.related_model._default_manager.all(), person(request)))
        return super().formfield_for_manytomany(db_field, request, **kwargs)
