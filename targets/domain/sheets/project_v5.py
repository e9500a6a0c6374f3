"""V5: 财政支出项目绩效目标申报表 as 佳县 used it for 2016 and 宁乡 for 2021 (domain reference, section 8, V5).

Two tables, of the long term and of the year; the money in many parts, with four decimals; marks for what applies.
"""

from targets.domain.sheets.layout import EXTRA, HEADING, PART_OR_OTHER, Dialect, Label

PROJECT_V5 = Dialect(
    labels=(
        Label("项目资金申请", HEADING, aliases=("项目资金申请额", "资金申请", "项目预算资金", "项目资金构成")),
        Label("财政拨款", "fiscal", aliases=("财政拨款资金", "其中财政拨款资金", "市财政资金", "其中市财政资金", "区财政资金", "其中区财政资金",
                                           "县财政资金", "其中县财政资金")),
        Label("上级财政资金", EXTRA, aliases=("上级财政", "上级财政拨款", "上级补助", "上级补助资金", "其中上级财政资金")),
        Label("本级财政资金", EXTRA, aliases=("本级财政", "本级财政拨款", "本级资金", "其中本级财政资金", "本级财政安排")),
        Label("中央财政资金", EXTRA, aliases=("中央资金", "省级财政资金", "省级资金", "市级财政资金", "市级资金", "区级财政资金", "区级资金",
                                         "县级财政资金", "县级资金", "中央补助", "地方资金", "省级补助", "市级补助")),
        Label("自有资金", EXTRA, aliases=("单位自有资金", "单位自筹", "自筹资金", "事业收入", "经营性收入", "经营收入")),
        Label("其他", PART_OR_OTHER, aliases=("其它",)),
        Label("项目立项情况", HEADING, aliases=("立项情况",)),
        Label("项目立项的依据", EXTRA, aliases=("项目申报的可行性", "项目申报的必要性", "项目申报的可行性和必要性", "可行性", "必要性", "依据",
                                          "项目立项可行性", "项目立项必要性", "项目立项的可行性", "项目立项的必要性")),
        Label("项目实施进度计划", HEADING, aliases=("实施进度计划", "项目进度计划", "项目实施计划")),
        Label("项目实施内容", EXTRA, aliases=("实施内容", "开始时间", "完成时间", "计划开始时间", "计划完成时间")),
        Label("长期目标", EXTRA, aliases=("长期绩效目标", "项目长期目标", "项目长期绩效目标", "总目标", "项目总目标")),
        Label("年度目标", "goal", aliases=("项目年度目标",)),
    ),
    columns={"name": ("指标内容", "具体指标"), "target": ("指标值",)},
    sides=("长期绩效指标", "年度绩效指标", "长期指标", "年度指标", "中期绩效指标", "中长期绩效指标", "总目标绩效指标"),
)  # fmt: skip
