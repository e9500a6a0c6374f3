"""Columns of a project's form that offices print for two fields at once, and fields that they print over two: read, never written."""

from itertools import product

from targets.domain.sheets.layout import MEASUREMENT_UNIT, OPERATOR, Dialect

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

VALUE = ("指标值", "目标值", "年度指标值", "年度目标值", "绩效指标值", "预期指标值", "预期目标值", "全年指标值")
PARTS_OF_VALUES = (
    *map("".join, product(("定量", "定性"), ("指标值", "目标值", "值", "指标", "目标"))),
    *map("".join, product(VALUE, ("定量", "定性", "定量值", "定性值", "定量指标", "定性指标", "数值", "数字"))),
    *map("".join, product(VALUE, ("文字", "文字描述", "文字说明", "描述", "定性描述", "定量描述"))),
    *map("".join, product(VALUE, ("下限", "上限", "下限值", "上限值", "最低值", "最高值", "最小值", "最大值"))),
)
"""定量 below 指标值, or both in one heading."""
SIGNS_OF_VALUES = (*map("".join, product(VALUE, ("符号", "计算符号", "运算符号", "性质"))),)
UNITS_OF_VALUES = (*map("".join, product(VALUE, ("单位", "计量单位", "度量单位"))),)
"""符号, 数值 and 单位 below 指标值."""

SHARED_COLUMNS = Dialect(
    columns={
        "level2": BOTH_LEVELS,
        "name": NAME_AND_VALUE,
        "target": (*NAME_AND_VALUE, *PARTS_OF_VALUES),
        OPERATOR: SIGNS_OF_VALUES,
        MEASUREMENT_UNIT: UNITS_OF_VALUES,
    }
)
