"""项目支出绩效目标调整表: what was approved beside what is asked for. The form's own is what it says after the adjustment."""

from targets.domain.sheets.layout import EXTRA, Dialect, Label

VALUES = ("指标值", "目标值", "年度指标值", "年度目标值")
AFTER, BEFORE = ("调整后", "变更后"), ("调整前", "变更前")

PROJECT_ADJUSTED = Dialect(
    labels=(Label("调整原因", EXTRA, aliases=("调整理由", "调整依据", "调整说明", "调整内容", "调整事项", "目标调整原因")),),
    columns={
        "target": (
            *AFTER,
            *(after + value for after in AFTER for value in VALUES),
            *(value + after for after in AFTER for value in VALUES),
        )
    },
    listed=(
        *BEFORE,
        *(before + value for before in BEFORE for value in VALUES),
        *(value + before for before in BEFORE for value in VALUES),
        "原指标值", "原目标值", "调整原因", "调整理由", "调整说明", "调整依据",
    ),
)  # fmt: skip
