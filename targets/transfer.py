"""The indicator library in and out as a table (django-import-export). Forms go through `targets.outgoing` and `targets.intake`."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from import_export import widgets
from tablib import Dataset

from departments.columns import column
from departments.models import Department, Division
from departments.roles import PERFORMANCE_REVIEWER
from departments.table_reader import FileRefused
from departments.transfer import DEPARTMENT_CODE, DEPARTMENT_NAME, RegisterOptions, RegisterResource, cell, one_of
from targets.domain.gathering import indicator_key
from targets.domain.sheets.amounts import WAN, read_amount
from targets.domain.units import canonical_unit
from targets.models import BudgetYear, Ceiling, LibraryIndicator
from targets.models.ceiling import KEEPERS, key_of_project
from targets.models.library import plain
from targets.signing import signed

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
        return one_of(self.divisions, cell(row, DIVISION_CODE))

    def _department(self, row: Any) -> Department | None:
        code, name = cell(row, DEPARTMENT_CODE), cell(row, DEPARTMENT_NAME)
        return self.department_called(code, name) if code or name else None


# 控制数 ----------------------------------------------------------------------------------------------------------------

YEAR, PROJECT_CODE, PROJECT_TITLE, AMOUNT, DOCUMENT = "预算年度", "项目代码", "项目名称", "控制数（万元）", "文号"
OTHER_NAMES = {"单位编码": DEPARTMENT_CODE, "单位": DEPARTMENT_NAME, "年度": YEAR, "控制数文号": DOCUMENT}
"""How lists of the budget office head the same columns."""
IN_YUAN = "控制数（元）"


class WanWidget(widgets.Widget):
    """万元 in the table, 元 in store; a unit in the cell counts for more."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = "" if value is None else str(value).strip()
        read = read_amount(text, "万元")
        if read.fault:
            raise ValueError(f"“{text}”{read.fault}。请只写数字，如 120.00。")
        if read.value is None:
            raise ValueError("控制数为空。请填写金额，或删去这一行。")
        return read.value

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else plain(value / WAN)


class CeilingResource(RegisterResource):
    """A line is the ceiling of a project (by code, else by name), or of a unit when both are blank."""

    year = column("budget_year__year", YEAR, readonly=True)
    unit_code = column("unit__code", DEPARTMENT_CODE, readonly=True)
    unit_name = column("unit__name", DEPARTMENT_NAME, readonly=True)
    code = column("code", PROJECT_CODE)
    title = column("title", PROJECT_TITLE)
    amount = column("amount", AMOUNT, WanWidget())
    document_number = column("document_number", DOCUMENT)

    required_columns = (AMOUNT,)
    manager_roles = KEEPERS

    class Meta(RegisterOptions):
        model = Ceiling
        fields = ("year", "unit_code", "unit_name", "code", "title", "amount", "document_number")

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        headers = [OTHER_NAMES.get(name, name) for name in map(_heading, dataset.headers or ())]
        if IN_YUAN in headers and AMOUNT in headers:
            dataset.wipe()
            raise FileRefused(f"第1行同时有“{AMOUNT}”和“{IN_YUAN}”。请只留一列后重新上传。")
        dataset.headers = headers
        if IN_YUAN in headers:
            place = headers.index(IN_YUAN)
            amounts = [f"{text}元" if (text := str(value or "").strip()) else "" for value in dataset.get_col(place)]
            del dataset[IN_YUAN]
            dataset.append_col(amounts, header=AMOUNT)
        if DEPARTMENT_CODE not in headers and DEPARTMENT_NAME not in headers:
            dataset.wipe()
            raise FileRefused(f"第1行缺少单位：请有“{DEPARTMENT_CODE}”或“{DEPARTMENT_NAME}”一列后重新上传。")
        for name in (YEAR, DEPARTMENT_CODE, DEPARTMENT_NAME, PROJECT_CODE, PROJECT_TITLE):
            if name not in (dataset.headers or ()):
                dataset.append_col([""] * len(dataset), header=name)
        years = BudgetYear.objects.filter(is_closed=False).order_by("year")
        self.years = {(year.division_id, year.year): year for year in years}
        super().before_import(dataset, **kwargs)

    def links(self) -> dict[str, tuple[str, Callable[[Any, Any], Any]]]:
        return {
            "unit": (DEPARTMENT_NAME, lambda row, _: self.department_of(row)),
            "budget_year": (YEAR, lambda row, _: self._year(row)),
        }

    def existing(self) -> Iterable[Ceiling]:
        return Ceiling.objects.filter(unit__in=self.departments).select_related("unit", "budget_year")

    def key_of(self, instance: Ceiling) -> tuple[int, int, str, str]:
        return (
            instance.budget_year_id,
            instance.unit_id,
            instance.code,
            key_of_project(instance.code, instance.title),
        )

    def find(self, row: Any) -> Ceiling | None:
        code, title = cell(row, PROJECT_CODE), cell(row, PROJECT_TITLE)
        return self.stored.get((self._year(row).pk, self.department_of(row).pk, code, key_of_project(code, title)))

    def before_save_instance(self, instance: Ceiling, row: Any, **kwargs: Any) -> None:
        instance.entered_by = self.person
        instance.entered_name = signed(self.person, instance.unit_id, *KEEPERS)

    def _year(self, row: Any) -> BudgetYear:
        """As written; left blank it is the latest year that is not closed."""
        written = cell(row, YEAR).removesuffix("年度").removesuffix("年")
        division = self.department_of(row).division_id
        of_division = [year for (place, _), year in self.years.items() if place == division]
        found = [year for year in of_division if not written or str(year.year) == written]
        if not found:
            said = f"没有{written}年度，或已关账" if written else "还没有预算年度"
            raise ValidationError(f"{said}。请核对，或先建立预算年度。")
        return found[-1]


def _heading(name: Any) -> str:
    return str(name or "").strip().replace("(", "（").replace(")", "）")
