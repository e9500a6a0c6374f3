"""What the public may ask of the published forms."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet

from targets.disclosure.words import searchable
from targets.domain.record import PLAN, PROJECT
from targets.domain.taxonomy import TAXONOMIES
from targets.models import DisclosureItem, LibraryIndicator

KINDS = [(PROJECT, "项目支出"), (PLAN, "部门整体")]
LONGEST_KEYWORD = 100
SHOWN_OF_A_WRONG_VALUE = 20


class PublishedFilter(FilterSet):
    """Year, department, kind, keyword. What cannot be understood is left out and said (`ignored`), never an error page."""

    year = ChoiceFilter(label="年度", field_name="disclosure__year", empty_label="全部年度")
    department = ChoiceFilter(label="主管部门", field_name="department", empty_label="全部部门")
    kind = ChoiceFilter(label="类型", choices=KINDS, empty_label="全部")
    q = CharFilter(label="关键词", method="with_words", max_length=LONGEST_KEYWORD)

    class Meta:
        model = DisclosureItem
        fields: list[str] = []

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        years, departments = _found_in(self.queryset)
        self.filters["year"].extra["choices"] = [(str(year), f"{year}年") for year in years]
        self.filters["department"].extra["choices"] = [(str(pk), label) for pk, label in departments]

    def with_words(self, queryset: "QuerySet[DisclosureItem]", name: str, value: str) -> "QuerySet[DisclosureItem]":
        """Forms that have every word somewhere in them."""
        for word in value.split():
            queryset = queryset.filter(text__contains=searchable(word))
        return queryset

    @property
    def ignored(self) -> list[str]:
        """A sentence for each value that was left out."""
        return [self._sentence(name) for name in self.errors]

    @property
    def is_narrowed(self) -> bool:
        self.errors  # noqa: B018 -- cleans the data
        return any(self.form.cleaned_data.values())

    def _sentence(self, name: str) -> str:
        label = self.filters[name].label
        value = self.data.get(name, "").replace("\0", "").strip()
        if name == "q" and len(value) > LONGEST_KEYWORD:
            return f"关键词最多 {LONGEST_KEYWORD} 个字，这次没有按关键词查。请缩短后再查。"
        shown = value if len(value) <= SHOWN_OF_A_WRONG_VALUE else f"{value[:SHOWN_OF_A_WRONG_VALUE]}…"
        if name == "q":
            return f"关键词“{shown}”中有不能识别的字符，这次没有按关键词查。请改写后再查。"
        return f"{label}“{shown}”不在已公开的范围内，这次没有按它查。请从列表中选择。"


def _found_in(items: "QuerySet[DisclosureItem]") -> tuple[list[int], list[tuple[int, str]]]:
    """Years (latest first) and departments of the forms, by one query."""
    department = ("department__code", "department__short_name", "department__name", "department")
    rows = list(items.order_by().values_list("disclosure__year", *department).distinct())
    departments = {pk: short or name for _, _, short, name, pk in sorted(rows, key=lambda row: row[1:])}
    return sorted({row[0] for row in rows}, reverse=True), list(departments.items())


COMMON = "common"


class LibraryFilter(FilterSet):
    """Category, department, keyword (as written, in pinyin or by initials). What is not offered is left out."""

    category = ChoiceFilter(label="指标分类", method="of_category", empty_label="全部分类")
    department = ChoiceFilter(label="适用部门", method="of_department", empty_label="全部")
    q = CharFilter(label="名称或拼音", method="with_words", max_length=LONGEST_KEYWORD)

    class Meta:
        model = LibraryIndicator
        fields: list[str] = []

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        self.filters["category"].extra["choices"] = category_choices(self.queryset)
        self.filters["department"].extra["choices"] = department_choices(self.queryset)

    def of_category(self, queryset: Any, name: str, value: str) -> Any:
        return of_category(queryset, value)

    def of_department(self, queryset: Any, name: str, value: str) -> Any:
        return of_department(queryset, value)

    def with_words(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.matching(value)

    @property
    def is_narrowed(self) -> bool:
        self.errors  # noqa: B018 -- cleans the data
        return any(self.form.cleaned_data.values())


def _place_of(pair: tuple[str, str]) -> int:
    """In the order of the official form; others come last."""
    known = TAXONOMIES["2021"].pairs
    return known.index(pair) if pair in known else len(known)


def category_choices(entries: Any) -> list[tuple[str, str]]:
    """Categories that occur, level 1 before its level 2, in the order of the official form; one query."""
    pairs = entries.order_by().exclude(level1="").values_list("level1", "level2").distinct()
    names: dict[str, None] = {}
    for level1, level2 in sorted(pairs, key=lambda pair: (_place_of(pair), pair)):
        names |= {level1: None} | ({f"{level1}／{level2}": None} if level2 else {})
    return [(name, name) for name in names]


def department_choices(entries: Any) -> list[tuple[str, str]]:
    """共性, then the departments that have indicators of their own; one query."""
    names = ("department__code", "department__short_name", "department__name", "department")
    rows = sorted(entries.order_by().exclude(department=None).values_list(*names).distinct())
    return [(COMMON, "共性指标"), *((str(pk), short or name) for _, short, name, pk in rows)]


def of_category(entries: Any, value: str) -> Any:
    level1, _, level2 = value.partition("／")
    found = entries.filter(level1=level1)
    return found.filter(level2=level2) if level2 else found


def of_department(entries: Any, value: str) -> Any:
    return entries.filter(department=None) if value == COMMON else entries.filter(department=value)
