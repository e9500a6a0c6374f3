"""V10 and V10b: city forms of about 2017 and 2018 (domain reference, section 8, V10): as V5, or a tree of 评价内容 and 绩效内容."""

from targets.domain.sheets.layout import Dialect

PROJECT_V10 = Dialect(
    columns={"level2": ("评价内容",), "name": ("绩效内容",), "target": ("绩效目标值",)},
    listed=("参考标准",),
    sides=("绩效目标及指标", "项目绩效目标及指标"),
)
