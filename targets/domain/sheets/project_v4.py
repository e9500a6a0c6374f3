"""V4: 项目支出绩效目标申报表 as 湘潭市 used it for 2023 (domain reference, section 8, V4).

The amounts carry their unit (250万); two goals, of the whole period and of the year; 满意度 stands under 效益.
"""

from targets.domain.sheets.layout import EXTRA, Dialect, Label

PROJECT_V4 = Dialect(
    labels=(
        Label("年度本级预算金额", "total", aliases=("本级预算金额", "年度本级预算资金")),
        Label("该项目支出上级资金", EXTRA, aliases=("上级资金", "项目支出上级资金")),
        Label("项目支出实施期", EXTRA, aliases=("实施期", "实施期限", "项目实施期限")),
        Label("实施期绩效目标", EXTRA, aliases=("项目支出实施期绩效目标", "实施期目标", "实施期总目标", "实施期总体目标")),
        Label("本年度绩效目标", "goal", aliases=("项目支出年度绩效目标", "项目支出本年度绩效目标")),
    ),
    columns={"target": ("指标值及单位", "指标值及计量单位", "年度指标值及单位", "指标值（含单位）")},
    listed=("绩效标准",),
    sides=("本年度绩效指标", "项目支出年度绩效指标", "实施期绩效指标"),
)  # fmt: skip
