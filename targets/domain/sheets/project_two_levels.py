"""A project's form whose table has no third level: 一级指标, then the indicators themselves as 二级指标."""

from dataclasses import replace

from targets.domain.sheets.layout import Column
from targets.domain.sheets.project_v1 import PROJECT_V1

OF_LEVELS = ("level2", "name")

PROJECT_TWO_LEVELS = replace(
    PROJECT_V1,
    slug="project_two_levels",
    columns=(
        PROJECT_V1.columns[0],
        Column("name", ("二级指标",), (), aliases=("二级", "二级绩效指标", "二级指标名称")),
        *(column for column in PROJECT_V1.columns[1:] if column.field not in OF_LEVELS),
    ),
    nests=("level1",),
    dialects=tuple(
        replace(
            dialect, columns={name: words for name, words in dialect.columns.items() if name not in OF_LEVELS}, like={}
        )
        for dialect in PROJECT_V1.dialects
    ),
    remark="表头没有“三级指标”，“二级指标”已读为三级指标，请核对。",
)
