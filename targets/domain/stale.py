"""未更新: what of a form copied from an earlier year nobody has touched or confirmed since.

The marks are a list of places: the key of a row, or a name of `HEAD`. A row's key is hexadecimal, so the two never meet.
"""

from collections.abc import Iterable

from targets.domain.record import MONEY, ROW_TEXTS, IndicatorRow, Record

HEAD: dict[str, tuple[str, ...]] = {"money": MONEY, "goal": ("goal",), "extra": ("extra",)}
"""Place in the head → its fields: amounts are looked at together."""
HEAD_LABELS = {"money": "项目资金", "goal": "年度总体绩效目标", "extra": "其他栏目"}
CELLS = tuple(name for name in ROW_TEXTS if name != "key")


def all_places(record: Record) -> list[str]:
    """Everything that a fresh copy says."""
    said = [
        place for place, names in HEAD.items() if any(getattr(record, name) not in (None, "", {}) for name in names)
    ]
    return [*said, *(row.key for row in record.rows)]


def untouched(places: Iterable[str], before: Record, after: Record) -> list[str]:
    """Of the marked places those that say after a change what they said before; a row that is gone has no mark."""
    old, new = ({row.key: row for row in record.rows} for record in (before, after))
    return [
        place
        for place in places
        if (place in HEAD and _head(before, place) == _head(after, place))
        or (place in old and place in new and _says_the_same(old[place], new[place]))
    ]


def _head(record: Record, place: str) -> list[object]:
    return [getattr(record, name) for name in HEAD[place]]


def _says_the_same(old: IndicatorRow, new: IndicatorRow) -> bool:
    """A cell merged with the one above is that row's: renaming a duty touches its first row, not all of them."""
    shared = set(old.continues) & set(new.continues)
    return all(getattr(old, name) == getattr(new, name) for name in CELLS if name not in shared)
