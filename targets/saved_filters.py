"""常用筛选: saving, renaming and removing; refusals are sentences (`FilterRefused`)."""

from collections.abc import Callable, Collection, Iterable
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.http import QueryDict

from departments.models import Person
from targets.models import SavedFilter

AT_MOST = 20
LONGEST_NAME = 20
LONGEST_QUERY = 500


class FilterRefused(Exception):
    """Why nothing was saved, in words."""


def kept_query(query: str, known: Collection[str]) -> str:
    """What of a list's address narrows or orders it, each once and in one order: two that are the same say the same."""
    said = QueryDict(query)
    return urlencode(sorted((name, said[name]) for name in said if name in known and said[name]))


def save_filter(owner: Person, kind: str, name: str, query: str) -> SavedFilter:
    """`query` is what `kept_query` kept."""
    if not query:
        raise FilterRefused("现在没有筛选条件，没有保存。请先筛选，再保存。")
    if len(query) > LONGEST_QUERY:
        raise FilterRefused("筛选条件过长，没有保存。请缩短查找的文字。")
    if owner.saved_filters.filter(kind=kind).count() >= AT_MOST:
        raise FilterRefused(f"已有{AT_MOST}个常用筛选，没有保存。请先删去不用的。")
    return _named(name, lambda: SavedFilter.objects.create(owner=owner, kind=kind, name=name.strip(), query=query))


def rename_filter(one: SavedFilter, name: str) -> SavedFilter:
    def renamed() -> SavedFilter:
        one.name = name.strip()
        one.save(update_fields=["name"])
        return one

    return _named(name, renamed)


def _named(name: str, write: Callable[[], SavedFilter]) -> SavedFilter:
    if not name.strip():
        raise FilterRefused("没有写名称，没有保存。请给这个筛选起个名称。")
    if len(name.strip()) > LONGEST_NAME:
        raise FilterRefused(f"名称有{len(name.strip())}个字，最多{LONGEST_NAME}个字。请缩短。")
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        raise FilterRefused(f"已有名为“{name.strip()}”的常用筛选，没有保存。请换一个名称。") from None


def filters_of(owner: Person, kind: str) -> Iterable[SavedFilter]:
    return owner.saved_filters.filter(kind=kind).order_by("pk")
