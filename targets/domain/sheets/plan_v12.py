"""V12: 部门整体支出绩效目标申报表 of 财预〔2015〕88号 (domain reference, section 8, V12): the tasks of the year with their money above the table."""

from targets.domain.sheets.layout import HEADING, TASK, Dialect, Label

PLAN_V12_WORDS = Dialect(
    labels=(
        Label("年度主要任务", HEADING, aliases=("主要任务", "年度重点任务", "年度工作任务", "年度主要工作任务", "重点工作任务", "部门年度主要任务")),
        Label("任务名称", TASK, aliases=("主要任务名称", "工作任务名称", "重点任务名称")),
        Label("主要内容", TASK, aliases=("任务内容", "任务主要内容", "主要工作内容", "工作内容")),
        Label("预算金额", TASK, aliases=("涉及预算金额", "任务预算金额", "预算资金", "对应预算金额")),
    ),
)  # fmt: skip
