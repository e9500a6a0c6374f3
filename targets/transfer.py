"""The indicator library in and out as a table (django-import-export). Forms go through `targets.outgoing` and `targets.intake`."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from import_export import widgets
from tablib import Dataset

from departments.columns import column
from departments.models import Department, Division
from departments.roles import PERFORMANCE_REVIEWER
from departments.transfer import DEPARTMENT_CODE, DEPARTMENT_NAME, RegisterOptions, RegisterResource, cell
from targets.domain.gathering import indicator_key
from targets.domain.units import canonical_unit
from targets.models import LibraryIndicator
from targets.models.library import plain

NAME = "指标名称"
DIVISION_CODE = "财政区划代码"


class StateWidget(widgets.Widget):
    """已收录 unless the file says otherwise: who imports a list means it to be used."""

    BY_LABEL: ClassVar[dict[str, str]] = {label: value for value, label in LibraryIndicator.State.choices}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value or "").strip() or LibraryIndicator.State.ACCEPTED.label
        if text not in self.BY_LABEL:
            raise ValueError(f"没有状态“{text}”，请从这些中选：{'、'.join(self.BY_LABEL)}。")
        return self.BY_LABEL[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(LibraryIndicator.State(value).label) if value else ""


class NumberWidget(widgets.Widget):
    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else plain(value)


class LibraryResource(RegisterResource):
    """A line is an indicator by name, category and unit. What is counted (使用次数 …) goes out and is not taken in."""

    division = column("division__code", DIVISION_CODE, readonly=True)
    name = column("name", NAME)
    level1 = column("level1", "一级指标")
    level2 = column("level2", "二级指标")
    unit = column("unit", "计量单位")
    advice = column("advice", "建议取值")
    explanation = column("explanation", "指标解释")
    department_code = column("department__code", DEPARTMENT_CODE, readonly=True)
    department_name = column("department__name", DEPARTMENT_NAME, readonly=True)
    state = column("state", "状态", StateWidget())
    operator = column("operator", "常用符号", readonly=True)
    low = column("low", "常用最小值", NumberWidget(), readonly=True)
    high = column("high", "常用最大值", NumberWidget(), readonly=True)
    uses = column("uses", "使用次数", readonly=True)
    last_used = column("last_used", "最近使用年度", readonly=True)

    required_columns = (NAME,)
    manager_roles = (PERFORMANCE_REVIEWER,)

    class Meta(RegisterOptions):
        model = LibraryIndicator
        fields = (
            *("division", "name", "level1", "level2", "unit", "advice", "explanation"),
            *("department_code", "department_name", "state"),
            *("operator", "low", "high", "uses", "last_used"),
        )

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        divisions = Division.objects.all()
        if not self.person.is_superuser:
            divisions = divisions.filter(departments__in=self.person.scope.reach(*self.manager_roles)).distinct()
        self.divisions = {division.code: division for division in divisions}
        super().before_import(dataset, **kwargs)

    def init_instance(self, row: Any = None) -> LibraryIndicator:
        return LibraryIndicator(state=LibraryIndicator.State.ACCEPTED)

    def validate_instance(
        self,
        instance: LibraryIndicator,
        import_validation_errors: Any = None,
        validate_unique: bool = True,  # noqa: FBT001 - the library's signature
    ) -> None:
        """What a line leads to was found among stored things, and `clean` looks for its like: nothing is asked twice."""
        errors = dict(import_validation_errors or {})
        try:
            instance.full_clean(
                exclude={*errors, "division", "department", "merged_into"},
                validate_unique=False,
                validate_constraints=False,
            )
        except ValidationError as fault:
            errors = fault.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def links(self) -> dict[str, tuple[str, Callable[[Any, Any], Any]]]:
        return {
            "division": (NAME, lambda row, _: self._division(row)),
            "department": (DEPARTMENT_CODE, lambda row, _: self._department(row)),
        }

    def existing(self) -> Iterable[LibraryIndicator]:
        return LibraryIndicator.objects.filter(division__in=self.divisions.values()).select_related(
            "division", "department"
        )

    def key_of(self, instance: LibraryIndicator) -> tuple[str, str]:
        return instance.division.code, indicator_key(instance.name, instance.level2, instance.unit)

    def find(self, row: Any) -> LibraryIndicator | None:
        unit = canonical_unit(cell(row, "计量单位"))
        return self.stored.get((self._division(row).code, indicator_key(cell(row, NAME), cell(row, "二级指标"), unit)))

    def _division(self, row: Any) -> Division:
        code = cell(row, DIVISION_CODE)
        if not code and len(self.divisions) == 1:
            return next(iter(self.divisions.values()))
        if code not in self.divisions:
            known = "、".join(f"{division.code}（{division}）" for division in self.divisions.values())
            raise ValidationError(f"没有代码为“{code}”的财政区划（或不归您管理），可填：{known}。")
        return self.divisions[code]

    def _department(self, row: Any) -> Department | None:
        code, name = cell(row, DEPARTMENT_CODE), cell(row, DEPARTMENT_NAME)
        return self.department_called(code, name) if code or name else None
