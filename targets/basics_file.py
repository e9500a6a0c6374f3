"""A file of reference data (Django fixture, natural keys) read with suspicion: what is not on the list is refused in words."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import ForeignKey, Model

from departments.models import Department, Division, Duty, Office
from targets.domain.sheets.problems import too_large
from targets.models import BudgetYear, Campaign, Category, ReviewQuestion, RuleSetting

BYTES_AT_MOST = 2 * 1024 * 1024
ITEMS_AT_MOST = 3000
SENTENCES_AT_MOST = 50

Key = tuple[str, ...]


class BasicsRefused(Exception):
    """Why nothing of a file can be taken; one sentence for each fault."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = list(sentences)
        super().__init__(self.sentences[0] if self.sentences else "")


@dataclass(frozen=True, slots=True)
class Kind:
    """One model of the list: the fields that name a thing (the first leads to its division), what its key needs loaded."""

    model: type[Model]
    key: tuple[str, ...]
    loaded: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def name(self) -> str:
        return self.model._meta.label_lower

    def key_of(self, instance: Any) -> Key:
        return tuple(str(part) for part in instance.natural_key())


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(Division, ("code",)),
        Kind(Department, ("division", "code", "name"), ("division", "parent__division", "business_office__department")),
        Kind(Office, ("department", "name"), ("department__division",)),
        Kind(Duty, ("department", "year", "number", "name"), ("department__division",)),
        Kind(BudgetYear, ("division", "year"), ("division",)),
        Kind(Category, ("budget_year", "parent", "name"), ("budget_year__division", "parent")),
        Kind(RuleSetting, ("budget_year", "rule"), ("budget_year__division",)),
        Kind(ReviewQuestion, ("budget_year", "name"), ("budget_year__division",)),
        Kind(Campaign, ("budget_year", "name"), ("budget_year__division",)),
    )
}
"""The list, in the order in which things come into being."""

ELSEWHERE = {
    "departments.person": "账号不能由文件导入，请在“人员”中逐个建立。",
    "departments.membership": "任职不能由此导入，请在“任职”页导入表格。",
    "targets.declaration": "绩效目标表不能由此导入，请用“导入”上传工作簿。",
    "targets.indicator": "绩效目标表不能由此导入，请用“导入”上传工作簿。",
    "targets.revision": "修订记录只由系统写入，不能导入。",
    "targets.reviewevent": "审核记录只由系统写入，不能导入。",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the file; `place` counts from 1."""

    place: int
    kind: Kind
    key: Key
    values: dict[str, Any]

    @property
    def title(self) -> str:
        return f"第{self.place}条（{self.kind.label} {'/'.join(part for part in self.key[1:] or self.key if part)}）"


def read_items(content: bytes) -> list[Item]:
    """The entries of a file, or BasicsRefused with every fault found."""
    entries = _entries(content)
    sentences: list[str] = []
    items: dict[tuple[str, Key], Item] = {}
    for place, entry in enumerate(entries, start=1):
        try:
            item = _item(place, entry)
            if (item.kind.name, item.key) in items:
                first = items[item.kind.name, item.key].place
                raise BasicsRefused([f"{item.title}：与第{first}条是同一个，请只保留一条。"])
            items[item.kind.name, item.key] = item
        except BasicsRefused as refusal:
            sentences += refusal.sentences
    if sentences:
        raise BasicsRefused(shortened(sentences))
    return list(items.values())


def field_label(model: type[Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def shortened(sentences: list[str]) -> list[str]:
    more = len(sentences) - SENTENCES_AT_MOST
    return sentences if more <= 0 else [*sentences[:SENTENCES_AT_MOST], f"还有{more}处问题未列出，请先改正以上各条。"]


def _entries(content: bytes) -> list[Any]:
    if len(content) > BYTES_AT_MOST:
        raise BasicsRefused([too_large("基础数据", len(content), BYTES_AT_MOST)])
    try:
        entries = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
        json.dumps(entries, ensure_ascii=False).encode()  # halves of a character cannot be stored
        if "\\u0000" in json.dumps(entries):
            raise BasicsRefused(["文件中有不能保存的控制字符（\\u0000）。请删去后重新上传。"])
    except UnicodeError:
        raise BasicsRefused(["文件的文字编码不是UTF-8，无法读取。请另存为UTF-8编码的JSON文件。"]) from None
    except (ValueError, RecursionError):
        raise BasicsRefused(["文件不是能读取的JSON。请对照本页“文件的写法”改正后重新上传。"]) from None
    if not isinstance(entries, list) or not entries:
        raise BasicsRefused(["文件中没有数据：应是一个列表，每条写明 model 和 fields。"])
    if len(entries) > ITEMS_AT_MOST:
        raise BasicsRefused([f"文件有{len(entries)}条，一次最多导入{ITEMS_AT_MOST}条。请拆成几个文件。"])
    return entries


def _no_constant(name: str) -> None:
    """Python reads NaN and Infinity, which are no JSON and which PostgreSQL refuses."""
    raise ValueError(name)


def _item(place: int, entry: Any) -> Item:
    if not isinstance(entry, dict) or not isinstance(entry.get("fields"), dict):
        raise BasicsRefused([f"第{place}条：缺少 model 或 fields，不是一条数据。请按示例改正。"])
    name = str(entry.get("model")).lower()
    kind = KINDS.get(name)
    if kind is None:
        why = ELSEWHERE.get(name, f"可以导入的只有：{'、'.join(one.label for one in KINDS.values())}。")
        raise BasicsRefused([f"第{place}条：“{name[:60]}”不能由此导入。{why}"])
    if entry.get("pk") is not None:
        raise BasicsRefused([f"第{place}条：带有内部编号 pk，可能指向另一条数据。请删去 pk，按代码和名称识别。"])
    values = entry["fields"]
    known = {field.name for field in kind.model._meta.concrete_fields if field.editable and not field.primary_key}
    if unknown := [str(field)[:40] for field in values if field not in known]:
        raise BasicsRefused([f"第{place}条：{kind.label}没有这些栏目：{'、'.join(unknown)}。请删去或改正。"])
    return Item(place, kind, _key(place, kind, values), values)


def _key(place: int, kind: Kind, values: dict[str, Any]) -> Key:
    """What names the thing. A level 2 category is named by its parent's name, as `Category.natural_key` has it."""
    key: list[str] = []
    for name in kind.key:
        value = values.get(name, "")
        label = field_label(kind.model, name)
        if isinstance(kind.model._meta.get_field(name), ForeignKey):
            if name == "parent":
                key.append(reference(value)[-1] if value else "")
                continue
            if not is_reference(value):
                example = '["370302000", "202", "单位名称"]'
                raise BasicsRefused([f"第{place}条：{kind.label}的“{label}”须用代码和名称指明，如 {example}。"])
            key += reference(value)
        elif isinstance(value, str | int) and not isinstance(value, bool):
            key.append(str(value))
        else:
            raise BasicsRefused([f"第{place}条：{kind.label}的“{label}”应是文字或数字，请改正。"])
    return tuple(key)


def is_reference(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(part, str | int) for part in value)


def reference(value: Any) -> Key:
    """The natural key that a foreign key of the file holds; () when it is none."""
    return tuple(str(part) for part in value) if is_reference(value) else ("",)
