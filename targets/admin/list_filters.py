"""The worklist's filters in Django's list: one list filter that hands the address to `targets.worklist_filter`."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from departments.scoped_admin import person
from targets.ceilings import with_ceilings
from targets.progress import with_requests
from targets.worklist_filter import WorklistFilter, names_of


class Worklist(admin.ListFilter):
    """All filters of a list of forms; the page draws them itself (`targets.admin.worklist`)."""

    title = "筛选"

    def __init__(self, request: HttpRequest, params: dict[str, list[str]], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        kind = model_admin.model.objects.kind
        said = {name: params.pop(name)[-1] for name in names_of(kind) if name in params}
        self.filters = WorklistFilter(said, model_admin.get_queryset(request), user=person(request), kind=kind)

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.filters.filters)

    def choices(self, changelist: Any) -> Iterator[Any]:
        return iter(())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """With what only a list tells of each form: to find one form by its number needs none of it."""
        return self.filters.narrowed(with_ceilings(with_requests(queryset)))
