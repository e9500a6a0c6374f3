"""Words of a form as offices dress them: with something before or after, or a year. What may be left of them."""

import re
from collections.abc import Iterator
from functools import lru_cache

BEFORE = re.compile("^(?:项目|业务|预算|本年度|本年|当年|年度|部门|绩效|预期|全年|计划|具体|核心|设定)")
AFTER = re.compile(r"(?:名称|内容|及代码|及编码|及说明|\d{1,2})$")
"""What offices put before or after a word of the form: 业务主管部门, 绩效指标性质, 年度绩效目标1."""
DATED = re.compile(r"^20\d\d(?:(?:年?度?[-—~至到]+)20\d\d)?年度?")
"""A year before a heading: 2024年目标值."""
VALUE_OF_A_YEAR = ("", "值", "数")
"""What is left of 2024年 and 2024年值: nothing that says another value than the target."""
TARGET, LAST_YEAR = "指标值", "上年值"
NOW, BEFORE_NOW = "本年|当年|今年", "上一?年|去年"
"""How a heading calls the year of the form, and the one before."""
THIS_YEAR = re.compile(f"(?:{NOW})度?[值数]?")
YEAR_BEFORE = re.compile(f"(?:{BEFORE_NOW})度?[值数]?")
"""Headings that say no more of a value than its year: 上年 beside 本年."""


@lru_cache(maxsize=4_096)
def undressed(key: str) -> tuple[str, ...]:
    """What may be left of a word when the words after and before it are taken away, one after the other."""
    if not (BEFORE.match(key) or AFTER.search(key)):
        return ()
    found = [key, *_without(AFTER, key)]
    found += [bare for end in found for bare in _without(BEFORE, end)]
    return tuple(found[1:])


@lru_cache(maxsize=4_096)
def undressed_heading(key: str) -> tuple[str, ...]:
    """The same of a heading, which may also begin with a year, or be one."""
    if THIS_YEAR.fullmatch(key):
        return (TARGET,)
    if YEAR_BEFORE.fullmatch(key):
        return (LAST_YEAR,)
    undated = DATED.sub("", key)
    if undated == key:
        return undressed(key)
    return (TARGET,) if undated in VALUE_OF_A_YEAR else (*undressed(key), undated, *undressed(undated))


def undated(key: str) -> tuple[str, ...]:
    """What a label may mean that begins with a year: 2024年预算数 is 年度预算数 of that year."""
    bare = DATED.sub("", key) if key.startswith("20") else ""
    return () if bare in (key, "") else (f"年度{bare}", bare, *undressed(bare))


def _without(dress: re.Pattern[str], key: str) -> Iterator[str]:
    while (bare := dress.sub("", key)) not in (key, ""):
        yield bare
        key = bare
