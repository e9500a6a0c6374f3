"""Categories in lines of their own over their indicators (一、产出指标), where a table has no column for them."""

from collections.abc import Container

from targets.domain.sheets.cells import label_key
from targets.domain.sheets.says import Says, at_first_sight

LEVELS = (("level1", Says.LEVEL1), ("level2", Says.LEVEL2))


def section(text: str, fields: Container[str]) -> tuple[str, str]:
    """The level that a line with this text alone names, and the category; two blanks if it names none."""
    category = label_key(text)
    kinds = at_first_sight(category)
    return next(((name, category) for name, kind in LEVELS if kinds & kind and name not in fields), ("", ""))
