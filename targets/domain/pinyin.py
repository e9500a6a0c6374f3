"""Pinyin of names, for finding them by what is quick to type: 残疾人康复 by canjirenkangfu or by cjrkf."""

from functools import cache
from importlib import import_module
from typing import Any

from targets.domain.names import name_key


@cache
def _pypinyin() -> Any:
    """When the first name is spelt: its tables take 56 MB, which most processes never need."""
    return import_module("pypinyin")


def pinyin_keys(text: str) -> tuple[str, str]:
    """Full pinyin and initials in one piece each; letters and digits stay as they are, everything else is left out.

    >>> pinyin_keys("残疾人精准康复服务率（2023）")
    ('canjirenjingzhunkangfufuwulv2023', 'cjrjzkffwl2023')
    """
    plain, spell = name_key(text), _pypinyin()
    return "".join(spell.lazy_pinyin(plain)), "".join(spell.lazy_pinyin(plain, style=spell.Style.FIRST_LETTER))
