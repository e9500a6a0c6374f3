"""What is told of the headings of a table: those that were only taken to mean a column, and columns that were not found."""

from targets.domain.sheets.cells import label_key
from targets.domain.sheets.flat import QUANTITY
from targets.domain.sheets.header import Header
from targets.domain.sheets.layout import Layout
from targets.domain.sheets.problems import quoted
from targets.domain.sheets.straighten import Told

WHOLE = frozenset(("name", "target"))
"""What an indicator says at least."""


def meant_headings(layout: Layout, header: Header) -> list[Told]:
    """What is to be said of headings that are only nearly words of the layout."""
    told = [
        Told(header.top, column, f"表头{quoted(text)}已读为“{layout.headings_of[name]}”，请核对。")
        for text, name, column in header.meant
    ]
    if _missing(header) or (layout.is_full and header.unknown):
        told += _not_understood(layout, header)
    return told


def _missing(header: Header) -> frozenset[str]:
    has_values = header.names_hold_values or QUANTITY in header.fields
    return WHOLE - header.fields.keys() - ({"target"} if has_values else set())


def _not_understood(layout: Layout, header: Header) -> list[Told]:
    """Headings that no column has, and columns that every form has and this one lacks: one may be the other."""
    unknown = {text: first for text, (first, _) in header.unknown.items() if label_key(text) not in layout.listed}
    missing = "、".join(f"“{layout.headings_of[name]}”" for name in sorted(_missing(header)))
    said = [f"表中没有找到{missing}一栏"] if missing else []
    if unknown:
        said.append(f"表头{'、'.join(quoted(text, 20) for text in unknown)}不是本表的栏目，内容放在“其他栏目”中")
    sentence = f"{'；'.join(said)}。如是本表的某一栏，请改用规定的栏目名称后重新上传。"
    return [Told(header.top, min(unknown.values(), default=0), sentence)] if said else []
