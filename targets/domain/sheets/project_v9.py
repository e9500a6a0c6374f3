"""V9 and V9b: 项目支出绩效自评表 as 贵池区 and 中江县 used it for 2022 (domain reference, section 8): its target part is read.

Beside each amount, goal and target stands what became of it; scores of level 1 are in its cell (产出指标(50分)).
"""

from targets.domain.sheets.layout import BUDGETED, EXTRA, OVERALL_GOAL, REPORTED, Dialect, Label

PROJECT_V9 = Dialect(
    labels=(
        Label("年初预算数", BUDGETED, aliases=("年初预算", "年初预算金额", "全年预算数", "全年预算", "预算数", "全年预算数A")),
        Label("全年执行数", REPORTED, aliases=("执行数", "全年实际支出", "实际支出数", "实际到位数", "预算执行数", "分值", "执行率", "得分",
                                         "执行率得分", "预算执行率", "全年执行数B", "执行率B/A", "调整后预算数", "调整预算数", "权重")),
        Label("预期目标", "goal", aliases=("年初设定目标", "年度预期目标", "预期绩效目标", "年初目标")),
        Label("实际完成情况", EXTRA, aliases=("目标实际完成情况", "全年实际完成情况", "年度实际完成情况", "全年完成情况", "实际完成目标",
                                       "完成情况", "目标完成情况", "目标实现情况", "实际实现情况", "实现情况", "年度完成情况", "自评完成情况")),
        Label("年度总体目标", OVERALL_GOAL, aliases=("年度总体目标完成情况", "年度目标完成情况")),
        Label("上年结转资金", EXTRA, aliases=("上年结转", "结转资金", "其中上年结转资金", "上年结转结余", "上年结余")),
    ),
    columns={"target": ("年度指标值", "全年指标值", "预期指标值", "计划指标值")},
    reports=(
        "实际完成值", "全年实际值", "全年完成值", "实际值", "完成值", "实际完成情况", "得分", "自评得分", "完成率", "指标完成率",
        "偏差原因分析及改进措施", "未完成原因及拟采取的改进措施", "未完成原因和改进措施", "偏差原因分析", "改进措施", "未完成原因分析",
        "偏差原因及改进措施", "偏差原因分析及拟采取的改进措施", "未完成原因分析及拟采取的改进措施",
    ),
)  # fmt: skip
