"""V6: 市直部门预算项目支出绩效目标表 as 鄂州市 used it for 2022 (domain reference, section 8, V6).

Its 一级指标 are 数量, 质量 and 成本, its 二级指标 the indicators themselves, and 绩效标准 explains them.
"""

from dataclasses import replace

from targets.domain.sheets.layout import HEADING, TASK, Column, Dialect, Label
from targets.domain.sheets.project_v1 import PROJECT_V1

PROJECT_V6_WORDS = Dialect(
    labels=(
        Label("项目预算", HEADING, aliases=("项目预算明细",)),
        Label("成本构成", TASK, aliases=("测算（公式）依据", "测算公式依据", "测算公式")),
    ),
)

PROJECT_V6 = replace(
    PROJECT_V1,
    slug="project_v6",
    columns=(
        Column("level2", ("一级指标",), ()),
        Column("name", ("二级指标",), ()),
        Column("explanation", ("绩效标准",), ()),
        Column(
            "target", ("当年预期实现值",), (), aliases=("预期实现值", "本年预期实现值", "当年预期值", "年度预期实现值")
        ),
        Column("note", ("备注",), ()),
    ),
    nests=("level2",),
    dialects=(PROJECT_V6_WORDS, *(replace(dialect, columns={}, listed=()) for dialect in PROJECT_V1.dialects)),
    remark="表头的“一级指标”下是数量、质量、成本等，已读为二级指标，“二级指标”读为三级指标，“绩效标准”读为指标解释，请核对。",
)
