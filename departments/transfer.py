"""Register data in and out as tables (django-import-export): names instead of ids, errors in words with their line."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export import resources
from import_export.results import Error, RowResult
from tablib import Dataset

from departments.columns import DayWidget, NamesWidget, RoleWidget, YearWidget, YesNoWidget, column
from departments.models import Department, Division, Duty, Membership, Office, Person
from departments.roles import ADMIN, DEPARTMENT_REVIEWER, FILLER
from departments.table_reader import FileRefused

log = logging.getLogger(__name__)

DEPARTMENT_CODE, DEPARTMENT_NAME = "单位代码", "单位名称"


class PlainDiff(resources.Diff):
    """Old value struck out, new one marked; the library's own colours are inline styles, which our pages forbid."""

    def as_html(self) -> list[SafeString]:
        return [self._cell(str(old), str(new)) for old, new in zip(self.left, self.right, strict=True)]

    def _cell(self, old: str, new: str) -> SafeString:
        if old == new:
            return format_html("{}", new)
        struck = format_html("<del>{}</del> ", old) if old and not self.new else ""
        return format_html("{}<ins>{}</ins>", struck, new) if new else format_html("{}", struck)


class RegisterResource(resources.ModelResource):
    """A line is found by what people know (code, name) among what its importer manages.

    A column that the file leaves out keeps its stored values.
    """

    required_columns: ClassVar[tuple[str, ...]] = (DEPARTMENT_CODE, DEPARTMENT_NAME)
    manager_roles: ClassVar[tuple[str, ...]] = (ADMIN,)

    def __init__(self, person: Person, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.person = person
        self.stored: dict[Any, Any] = {}
        self.departments: list[Department] = []
        self.line_numbers: list[int] = []

    def links(self) -> dict[str, tuple[str, Callable[[Any, Any], Any]]]:
        """Attribute → (column that must be there, what it leads to)."""
        return {}

    def existing(self) -> Iterable[Any]:
        """Stored things its importer manages."""
        return self._meta.model.objects.filter(department__in=self.departments).select_related("department")

    def key_of(self, instance: Any) -> Any:
        raise NotImplementedError

    def find(self, row: Any) -> Any:
        """The stored thing this line is about, None for a new one; raises ValidationError in words."""
        raise NotImplementedError

    # How django-import-export asks ------------------------------------------------------------------------------------

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        self.line_numbers = list(getattr(dataset, "line_numbers", ())) or list(range(2, len(dataset) + 2))
        headers = dataset.headers or ()
        known = {field.column_name for field in self.get_import_fields()}
        missing = [name for name in self.required_columns if name not in headers]
        unknown = [name for name in headers if name and name not in known]
        if missing or unknown:
            dataset.wipe()  # its lines would only repeat the same fault
        if missing:
            raise FileRefused(f"第1行缺少这些列：{'、'.join(missing)}。请保留导出表中的列名后重新上传。")
        if unknown:
            raise FileRefused(f"第1行有不认识的列：{'、'.join(unknown)}。请改成导出表中的列名，或删去这些列。")
        managed = Department.objects.select_related("division", "parent", "business_office").order_by("code", "id")
        if not self.person.is_superuser:
            managed = managed.filter(pk__in=self.person.scope.reach(*self.manager_roles))
        self.departments = list(managed)
        self.stored = {self.key_of(one): one for one in self.existing()}

    def get_diff_class(self) -> type[PlainDiff]:
        return PlainDiff

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Any, bool]:
        found = self.find(row)
        return (self.init_instance(row), True) if found is None else (found, False)

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        errors: dict[str, Any] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as fault:
            errors = fault.update_error_dict(errors)
        for attribute, (name, follow) in self.links().items():
            if name not in row:
                continue
            try:
                setattr(instance, attribute, follow(row, instance))
            except ValidationError as fault:
                errors[attribute] = fault.messages
        if errors:
            raise ValidationError(errors)

    def import_row(self, row: Any, instance_loader: Any, **kwargs: Any) -> RowResult:
        result = super().import_row(row, instance_loader, **kwargs)
        line = f"第{self.line_numbers[kwargs['row_number'] - 1]}行"
        if result.validation_error is not None:
            result.validation_error = ValidationError(self._sentences(line, result.validation_error))
        for error in result.errors:
            log.error("import of %s: %s", self._meta.model.__name__, error.traceback)
        if result.errors:
            result.errors = [Error(FileRefused(f"{line}：这一行与已有数据冲突，没有导入。请核对后重新上传。"), row=row)]
        return result

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        self.stored[self.key_of(instance)] = instance

    def _sentences(self, line: str, fault: ValidationError) -> list[str]:
        if not hasattr(fault, "error_dict"):
            return [f"{line}：{message}" for message in fault.messages]
        names = {field.attribute: field.column_name for field in self.get_import_fields()}
        names |= {attribute: name for attribute, (name, _) in self.links().items()}
        return [
            f"{line}：{message}" if name == NON_FIELD_ERRORS else f"{line} {names.get(name, name)}：{message}"
            for name, messages in fault.message_dict.items()
            for message in messages
        ]

    # What several of them look up -------------------------------------------------------------------------------------

    def department_of(self, row: Any) -> Department:
        code, name = cell(row, DEPARTMENT_CODE), cell(row, DEPARTMENT_NAME)
        if not code and not name:
            raise ValidationError("单位代码和单位名称都空着，请至少填一个。")
        return self.department_called(code, name)

    def department_called(self, code: str, name: str) -> Department:
        """By code, by name, or by both where they agree."""
        found = [one for one in self.departments if (one.code == code if code else is_called(one, name))]
        if len(found) > 1 and name:
            exact = [one for one in found if one.name == name] or found
            found = [one for one in exact if one.parent_id is None] or exact
        if not found:
            what = f"代码为“{code}”" if code else f"名称为“{name}”"
            raise ValidationError(f"没有{what}的单位（或不归您管理），请核对。")
        if len(found) > 1:
            raise ValidationError(f"“{code or name}”对应几个单位：{'、'.join(map(str, found))}。请同时填写代码和全称。")
        if code and name and not is_called(found[0], name):
            raise ValidationError(f"代码“{code}”是{found[0].name}，不是“{name}”，请核对代码和名称。")
        return found[0]


def cell(row: Any, name: str) -> str:
    return str(row.get(name) or "").strip()


def is_called(department: Department, name: str) -> bool:
    return name in (department.name, department.short_name, *department.aliases)


class RegisterOptions:
    clean_model_instances = True
    skip_unchanged = True
    report_skipped = True
    store_instance = True


def one_of(divisions: Mapping[str, Division], code: str) -> Division:
    """The one that is named; where there is only one, it need not be."""
    if not code and len(divisions) == 1:
        return next(iter(divisions.values()))
    if code not in divisions:
        known = "、".join(f"{division.code}（{division}）" for division in divisions.values())
        raise ValidationError(f"没有代码为“{code}”的财政区划（或不归您管理），可填：{known}。")
    return divisions[code]


class DepartmentResource(RegisterResource):
    division = column("division__code", "财政区划代码", readonly=True)
    code = column("code", DEPARTMENT_CODE)
    name = column("name", DEPARTMENT_NAME)
    short_name = column("short_name", "简称")
    aliases = column("aliases", "曾用名和别名", NamesWidget())
    parent_code = column("parent__code", "主管部门代码", readonly=True)
    parent_name = column("parent__name", "主管部门名称", readonly=True)
    business_office = column("business_office__name", "财政业务科室", readonly=True)
    is_finance = column("is_finance", "财政部门", YesNoWidget())
    valid_from = column("valid_from", "启用日期", DayWidget())
    valid_to = column("valid_to", "停用日期", DayWidget())

    class Meta(RegisterOptions):
        model = Department
        fields = (
            "division",
            "code",
            "name",
            "short_name",
            "aliases",
            "parent_code",
            "parent_name",
            "business_office",
            "is_finance",
            "valid_from",
            "valid_to",
        )

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        divisions = Division.objects.all()
        if not self.person.is_superuser:
            divisions = divisions.filter(departments__in=self.person.scope.reach(ADMIN)).distinct()
        self.divisions = {division.code: division for division in divisions}
        finance = Office.objects.filter(department__in=self.departments, department__is_finance=True)
        self.offices = {
            (office.department.division_id, office.name): office for office in finance.select_related("department")
        }

    def links(self) -> dict[str, tuple[str, Callable[[Any, Any], Any]]]:
        return {
            "division": (DEPARTMENT_NAME, self._division),
            "parent": ("主管部门代码", self._parent),
            "business_office": ("财政业务科室", self._office),
        }

    def existing(self) -> Iterable[Department]:
        return self.departments

    def key_of(self, instance: Department) -> tuple[str, str]:
        return (instance.division.code, instance.code or instance.name)

    def find(self, row: Any) -> Department | None:
        division = self._division(row, None).code
        code, name = cell(row, DEPARTMENT_CODE), cell(row, DEPARTMENT_NAME)
        if code and (division, code) not in self.stored:
            return self.stored.get((division, name))  # stored before it had its code
        return self.stored.get((division, code or name))

    def after_save_instance(self, instance: Department, row: Any, **kwargs: Any) -> None:
        super().after_save_instance(instance, row, **kwargs)
        if instance not in self.departments:
            self.departments.append(instance)

    def _division(self, row: Any, _: Any) -> Division:
        return one_of(self.divisions, cell(row, "财政区划代码"))

    def _parent(self, row: Any, _: Any) -> Department | None:
        code, name = cell(row, "主管部门代码"), cell(row, "主管部门名称")
        return self.department_called(code, name) if code or name else None

    def _office(self, row: Any, instance: Department) -> Office | None:
        name = cell(row, "财政业务科室")
        if not name:
            return None
        found = self.offices.get((instance.division_id, name))
        if found is None:
            raise ValidationError(f"财政部门没有科室“{name}”，请先登记该科室，或核对名称。")
        return found


class OfficeResource(RegisterResource):
    department_code = column("department__code", DEPARTMENT_CODE, readonly=True)
    department_name = column("department__name", DEPARTMENT_NAME, readonly=True)
    name = column("name", "科室名称")
    valid_from = column("valid_from", "启用日期", DayWidget())
    valid_to = column("valid_to", "停用日期", DayWidget())

    required_columns = (DEPARTMENT_CODE, DEPARTMENT_NAME, "科室名称")

    class Meta(RegisterOptions):
        model = Office
        fields = ("department_code", "department_name", "name", "valid_from", "valid_to")

    def links(self) -> dict[str, tuple[str, Callable[[Any, Any], Any]]]:
        return {"department": (DEPARTMENT_NAME, lambda row, _: self.department_of(row))}

    def key_of(self, instance: Office) -> tuple[int, str]:
        return (instance.department_id, instance.name)

    def find(self, row: Any) -> Office | None:
        return self.stored.get((self.department_of(row).pk, cell(row, "科室名称")))


class DutyResource(RegisterResource):
    department_code = column("department__code", DEPARTMENT_CODE, readonly=True)
    department_name = column("department__name", DEPARTMENT_NAME, readonly=True)
    year = column("year", "预算年度", YearWidget())
    number = column("number", "职责序号")
    group = column("group", "部门职责（类）")
    name = column("name", "部门职责")
    goal = column("goal", "职责目标")

    required_columns = (DEPARTMENT_CODE, DEPARTMENT_NAME, "预算年度", "部门职责")
    manager_roles = (ADMIN, DEPARTMENT_REVIEWER, FILLER)

    class Meta(RegisterOptions):
        model = Duty
        fields = ("department_code", "department_name", "year", "number", "group", "name", "goal")

    def links(self) -> dict[str, tuple[str, Callable[[Any, Any], Any]]]:
        return {"department": (DEPARTMENT_NAME, lambda row, _: self.department_of(row))}

    def key_of(self, instance: Duty) -> tuple[int, str, str, str]:
        return (instance.department_id, str(instance.year), instance.number, instance.name)

    def find(self, row: Any) -> Duty | None:
        year = cell(row, "预算年度").removesuffix("年度").removesuffix("年")
        return self.stored.get((self.department_of(row).pk, year, cell(row, "职责序号"), cell(row, "部门职责")))


class MembershipResource(RegisterResource):
    """Gives roles to people who have an account; it never makes one."""

    username = column("person__username", "用户名", readonly=True)
    person_name = column("person__name", "姓名", readonly=True)
    department_code = column("department__code", DEPARTMENT_CODE, readonly=True)
    department_name = column("department__name", DEPARTMENT_NAME, readonly=True)
    office = column("office__name", "科室", readonly=True)
    role = column("role", "角色", RoleWidget())
    valid_from = column("valid_from", "启用日期", DayWidget())
    valid_to = column("valid_to", "停用日期", DayWidget())

    required_columns = ("用户名", DEPARTMENT_CODE, DEPARTMENT_NAME, "角色", "科室")

    class Meta(RegisterOptions):
        model = Membership
        fields = (
            "username",
            "person_name",
            "department_code",
            "department_name",
            "office",
            "role",
            "valid_from",
            "valid_to",
        )

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        self.people = {one.username: one for one in Person.objects.visible_to(self.person)}
        offices = Office.objects.filter(department__in=self.departments)
        self.offices = {(office.department_id, office.name): office for office in offices}

    def links(self) -> dict[str, tuple[str, Callable[[Any, Any], Any]]]:
        return {
            "person": ("用户名", lambda row, _: self._person(row)),
            "department": (DEPARTMENT_NAME, lambda row, _: self.department_of(row)),
            "office": ("科室", lambda row, _: self._office(row)),
        }

    def existing(self) -> Iterable[Membership]:
        stored = Membership.objects.filter(department__in=self.departments)
        return stored.select_related("department", "person", "office")

    def key_of(self, instance: Membership) -> tuple[str, int, str, int | None]:
        return (instance.person.username, instance.department_id, instance.role, instance.office_id)

    def find(self, row: Any) -> Membership | None:
        office = self._office(row)
        role = RoleWidget.BY_LABEL.get(cell(row, "角色"), "")
        person = self._person(row)
        return self.stored.get((person.username, self.department_of(row).pk, role, office.pk if office else None))

    def _person(self, row: Any) -> Person:
        username = cell(row, "用户名")
        if username not in self.people:
            raise ValidationError(f"没有用户名为“{username}”的人员（或不归您管理）。请先在“人员”中建立账号。")
        return self.people[username]

    def _office(self, row: Any) -> Office | None:
        name, department = cell(row, "科室"), self.department_of(row)
        if name and (department.pk, name) not in self.offices:
            raise ValidationError(f"{department.name}没有科室“{name}”，请先登记该科室，或核对名称。")
        return self.offices.get((department.pk, name))
