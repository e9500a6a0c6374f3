"""Columns of a project's form that offices print for two fields at once: read, never written."""

from itertools import product

from targets.domain.sheets.layout import Dialect

BETWEEN = ("", "/", "、", "-", "—", "–", "和", "及", "与", "+", ",", "~", "|", "\\")
BOTH_LEVELS = (
    "一二级指标",
    "一二级指标名称",
    *map("".join, product(("一级", "一级指标"), BETWEEN, ("二级指标", "二级", "二级指标名称"))),
)
NAME_AND_VALUE = tuple(
    f"{name}{between}{value}"
    for name, between, value in product(
        ("三级指标", "指标", "三级指标名称", "指标名称", "绩效指标", "指标内容", "三级指标内容"),
        ("及", "和", "与", "、", "/", "+", "及其", "-", "—", ""),
        ("指标值", "目标值", "年度指标值", "年度目标值", "值"),
    )
    if between or not name.endswith("指标") or value not in ("指标值", "目标值", "值")
)

SHARED_COLUMNS = Dialect(columns={"level2": BOTH_LEVELS, "name": NAME_AND_VALUE, "target": NAME_AND_VALUE})
