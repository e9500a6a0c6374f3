"""Pinyin of names, for finding them by what is quick to type: 残疾人康复 by canjirenkangfu or by cjrkf."""

from pypinyin import Style, lazy_pinyin

from targets.domain.names import name_key


def pinyin_keys(text: str) -> tuple[str, str]:
    """Full pinyin and initials in one piece each; letters and digits stay as they are, everything else is left out.

    >>> pinyin_keys("残疾人精准康复服务率（2023）")
    ('canjirenjingzhunkangfufuwulv2023', 'cjrjzkffwl2023')
    """
    plain = name_key(text)
    return "".join(lazy_pinyin(plain)), "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))
