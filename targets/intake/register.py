"""Whose form is it: printed code and name → department and unit of the register.

By code, then name, then alias; unknown is refused with suggestions, a code and a name of two departments is refused too.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from departments.models import Department, Person
from departments.models.register import today
from targets.domain.names import name_key

HINTS_AT_MOST = 200
"""Names for which the register is looked through for similar ones: a list may have thousands that are not in it."""
CODE_IN_FRONT = re.compile(r"^\s*[\[【(（]?\s*(\d{3,12})\s*[\]】)）]?\s*[-－—_ ]?\s*(.*)$", re.DOTALL)


class Unknown(Exception):
    """Why no department could be taken, in words."""


@dataclass(frozen=True, slots=True)
class Match:
    """`remark` says what had to be inferred, "" when code and name were both clear."""

    department: Department
    unit: Department
    remark: str = ""


class Register:
    """All departments in force, loaded once for a file."""

    def __init__(self, departments: Iterable[Department]) -> None:
        self.departments = list(departments)
        self._found: dict[tuple[str, str, str], Match | str] = {}
        """Thousands of forms are of a few departments; for those that are not found, why."""
        self._hints = 0
        self.by_code: dict[str, list[Department]] = {}
        """One in each division."""
        for department in self.departments:
            if department.code:
                self.by_code.setdefault(department.code, []).append(department)
        self.by_name: dict[str, list[Department]] = {}
        for department in sorted(self.departments, key=lambda one: one.parent_id is not None):
            for name in {name_key(name) for name in (department.name, department.short_name, *department.aliases)}:
                if name:
                    self.by_name.setdefault(name, []).append(department)

    @classmethod
    def load(cls, user: Person) -> "Register":
        """Of the divisions where the person has a post: 202 is another department in each. Without a post, of all."""
        day = today()
        found = Department.objects.select_related("parent", "division").order_by("code", "id")
        if reached := user.scope.reach():
            found = found.filter(division__in=Department.objects.filter(pk__in=reached).values("division"))
        return cls(department for department in found if department.is_valid_on(day))

    def find(self, code: str, name: str, unit: str) -> Match:
        """Department and unit of a form; `unit` is the printed 实施单位 (for a plan, ""). Raises `Unknown`."""
        said = code, name, unit
        if said not in self._found:
            self._found[said] = self._find(*said)
        found = self._found[said]
        if isinstance(found, str):
            raise Unknown(found)
        return found

    def _find(self, code: str, name: str, unit: str) -> Match | str:
        try:
            return self._match(code, name, unit)
        except Unknown as unknown:
            return str(unknown)

    def _match(self, code: str, name: str, unit: str) -> Match:
        printed = code.strip()
        if not printed and (split := CODE_IN_FRONT.match(name)):
            printed, name = split.group(1), split.group(2)
        found, remark = self._department(printed, name.strip())
        top = found.department
        taken, unit_remark = self._unit(top, found, unit.strip() or name.strip())
        return Match(top, taken, remark + (unit_remark if unit.strip() else ""))

    def _department(self, code: str, name: str) -> tuple[Department, str]:
        named = self.by_name.get(name_key(name), []) if name else []
        coded = self._coded(code, named)
        if coded and named:
            if any(one.department == coded.department for one in named):
                return coded, ""
            other = named[0]
            raise Unknown(
                f"代码“{code}”是{coded.name}，名称“{name}”是{other}，两者不是同一部门，这张表没有导入。"
                "请核对代码和名称后重新上传。"
            )
        if coded:
            remark = f"名称“{name}”不在{coded}的登记名称中，已按代码认定。" if name else ""
            return coded, remark
        if len({one.department.pk for one in named}) > 1:
            several = "、".join(map(self._told, named))
            raise Unknown(f"名称“{name}”对应几个部门：{several}。请在表上写明部门代码后重新上传。")
        if named:
            return named[0], f"代码“{code}”未登记，已按名称认定为{named[0]}。" if code else ""
        raise Unknown(self._unknown(code, name))

    def _coded(self, code: str, named: Sequence[Department]) -> Department | None:
        """Of the departments that have this code in several divisions the one that is also called so."""
        found = self.by_code.get(code, [])
        if len(found) > 1 and named:
            called = {one.department for one in named}
            found = [one for one in found if one.department in called] or found[:1]
        if len(found) > 1:
            several = "、".join(map(self._told, found))
            raise Unknown(f"代码“{code}”在几个区划都有：{several}，这张表没有导入。请由所属区划的人员导入。")
        return found[0] if found else None

    def _told(self, department: Department) -> str:
        """With its division, where there are several."""
        is_one = len({one.division_id for one in self.departments}) == 1
        return str(department) if is_one else f"{department.division}{department}"

    def _unknown(self, code: str, name: str) -> str:
        if not code and not name:
            return "主管部门为空，这张表没有导入。请填写部门代码和名称，如“[202]教育和体育局”。"
        printed = f"[{code}]{name}" if code else name
        self._hints += 1
        known = self.by_name if self._hints <= HINTS_AT_MOST else ()
        close = get_close_matches(name_key(name), known, n=3, cutoff=0.5)
        near = list(dict.fromkeys(str(self.by_name[key][0]) for key in close))
        hint = f"是不是：{'、'.join(near)}？" if near else ""
        return f"部门“{printed}”没有登记，这张表没有导入。{hint}请改正名称或代码，或请系统管理员登记该部门。"

    def _unit(self, top: Department, found: Department, printed: str) -> tuple[Department, str]:
        """A department that has a unit of its own name means that unit, whichever of its names is printed."""
        if found.parent_id:
            return found, ""
        name = printed
        if split := CODE_IN_FRONT.match(printed):
            coded = [one for one in self.by_code.get(split.group(1), ()) if one.department == top]
            if coded:
                return coded[0], ""
            name = split.group(2)
        units = [one for one in self.by_name.get(name_key(name), []) if one.department == top]
        if units and units[-1] != top:
            return units[-1], ""
        own = next((one for one in reversed(self.by_name.get(name_key(top.name), [])) if one.department == top), top)
        if units or not name:
            return own, ""
        return own, f"实施单位“{name}”未在{top.name}下登记，已归主管部门本级；表上名称照原样保留。"
