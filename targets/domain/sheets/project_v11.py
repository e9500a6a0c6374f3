"""V11: 项目支出绩效目标申报表 of 财预〔2015〕88号 (domain reference, section 8, V11).

The medium term stands left of the year: money, goal and indicators twice. The year's are the form's, the others are kept beside them.
"""

from targets.domain.sheets.layout import EXTRA, LONG_TERM_TOTAL, Dialect, Label

PROJECT_V11 = Dialect(
    labels=(
        Label("中期资金总额", LONG_TERM_TOTAL, aliases=("实施期资金总额", "中期预算资金总额", "中长期资金总额", "实施期金额", "中期金额",
                                                  "中期资金", "项目期资金总额")),
        Label("项目实施期目标", EXTRA, aliases=("项目实施期绩效目标", "项目期目标", "项目期绩效目标", "中期总体目标", "实施期总体绩效目标")),
        Label("年度金额", "total", aliases=("当年资金总额", "本年资金总额", "本年度资金总额", "年度资金", "当年金额")),
    ),
    sides=("项目实施期绩效指标", "中期指标", "实施期指标"),
)  # fmt: skip
