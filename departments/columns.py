"""What a cell of a register table means, and how a value stands in it. A wrong cell raises ValueError in words."""

from datetime import date, datetime
from typing import Any, ClassVar

from import_export import fields, widgets

from departments.roles import ROLES


class TextWidget(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return str(value or "").strip()

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class DayWidget(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | None:
        text = str(value or "").strip().replace("/", "-").replace(".", "-")
        if not text:
            return None
        try:
            return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            raise ValueError(f"“{value}”不是日期，请写成如2023-01-31。") from None

    def render(self, value: date | None, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class YesNoWidget(widgets.Widget):
    WORDS: ClassVar[dict[str, bool]] = {"是": True, "否": False, "": False}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = str(value or "").strip()
        if text not in self.WORDS:
            raise ValueError(f"“{text}”不明确，请写“是”或“否”。")
        return self.WORDS[text]

    def render(self, value: bool | None, obj: Any = None, **kwargs: Any) -> str:  # noqa: FBT001 - the library's signature
        return "是" if value else "否"


class YearWidget(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        text = str(value or "").strip().removesuffix("年度").removesuffix("年")
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise ValueError(f"“{value}”不是年度，请写4位数字，如2023。")
        return int(text)

    def render(self, value: int | None, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class NamesWidget(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        return names_in(str(value or ""))

    def render(self, value: list[str] | None, obj: Any = None, **kwargs: Any) -> str:
        return "、".join(value or ())


class RoleWidget(widgets.Widget):
    BY_LABEL: ClassVar[dict[str, str]] = {label: role for role, label in ROLES.items()} | {"审计查询": "auditor"}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value or "").strip()
        if text not in self.BY_LABEL:
            raise ValueError(f"没有角色“{text}”，请从这些中选：{'、'.join(ROLES.values())}。")
        return self.BY_LABEL[text]

    def render(self, value: str | None, obj: Any = None, **kwargs: Any) -> str:
        return ROLES.get(value or "", "")


def names_in(text: str) -> list[str]:
    """Names parted by lines, 、 or semicolons; each once, in order."""
    for sign in "、；;\n":
        text = text.replace(sign, "\r")
    return list(dict.fromkeys(name.strip() for name in text.split("\r") if name.strip()))


def column(attribute: str, name: str, widget: widgets.Widget | None = None, *, readonly: bool = False) -> fields.Field:
    """A column by its Chinese heading; a readonly one is written out, and read by the resource itself."""
    return fields.Field(attribute=attribute, column_name=name, widget=widget or TextWidget(), readonly=readonly)
