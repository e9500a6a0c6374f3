"""What other counties print over the 17 columns of a plan: read, never written. One word for one field."""

from collections.abc import Mapping

from targets.domain.sheets.layout import MEASUREMENT_UNIT, OPERATOR, Dialect
from targets.domain.sheets.project_shared import PARTS_OF_VALUES, SIGNS_OF_VALUES, UNITS_OF_VALUES

WORDS: Mapping[str, str] = {
    "number": "编号 职责编号 职责代码 职责编码",
    "duty_group": "部门主要职责 主要职责 部门单位职责 部门（单位）职责 单位职责 职责 职责名称 职能职责 部门职能 主要职能 部门职能职责 职责任务 "
    "一级职责 职责类别 职责分类 职责大类 职责领域 职能分类 职责类型",
    "duty": "部门主要职责 主要职责 部门单位职责 部门（单位）职责 单位职责 职责 职责名称 职能职责 部门职能 主要职能 部门职能职责 职责任务 "
    "二级职责 子职责 具体职责 职责内容 职责小类 职责细化 细化职责 分项职责 下级职责 职责事项",
    "duty_goal": "职责绩效目标 主要职责目标 年度职责目标 职责年度目标 职责任务目标 职责目标任务 职责履行目标 履职目标 职能目标",
    "name": "绩效指标内容 具体指标 指标内容 考核指标",
    "explanation": "指标释义 指标含义 指标内涵 指标解释说明 指标说明及解释 指标描述 指标口径 指标内容解释",
    "target": "本年度指标值 本年度目标值 本年目标值 年度绩效目标值 当年指标值 当年目标值 全年目标值 绩效目标值 预期目标值 预期值 目标值及单位 指标值及单位",
    "plan_value": "规划目标 中长期规划值 规划期目标值 中长期目标值 规划指标值 规划数",
    "standard_value": "本年标准值 年度标准值 本年度标准值 行业标准值 参考标准值",
    "standard_source": "标准值依据 标准依据 当年标准值来源 标准值出处 目标值依据 指标值依据 指标值来源 标准值数据来源",
    "average_3y": "近三年平均值 前3年均值 前三年平均 近三年平均 三年均值 三年平均值 前三年平均数",
    "last_year": "上年度完成值 上年度实际值 上年度实际完成值 上年实际完成值 上年完成情况 上年完成数 上年实际数 上年实际 上年完成 上一年值 上一年度值 "
    "去年值 去年完成值 去年实际值 去年完成情况 去年实际完成值",
    "history_source": "历史值数据来源 历史数据来源 历史值出处",
    "note": "说明 备注说明 其他说明 其它说明 需要说明的问题",
    "activity": "主要工作 主要工作任务 主要工作内容 工作内容 工作举措 主要举措 主要工作举措 工作措施 主要措施 重点工作 重点工作任务 年度重点工作 主要活动",
    "budget_item": "项目名称 对应项目 预算项目及金额 项目及金额 预算安排项目 预算安排项目及金额 支撑项目 保障项目 涉及项目 对应预算 项目名称及金额 "
    "对应预算项目及金额",
    "office": "承办科室 牵头科室 业务科室 负责科室 主办科室 责任处室 承办处室 对应处室 处室 责任股室 承办股室 对应股室 牵头股室 业务股室 股室 "
    "责任科 承办单位 责任单位 责任部门 责任科室及责任人",
}
PLAN_COMMON = Dialect(
    columns={name: tuple(words.split()) for name, words in WORDS.items()}
    | {
        "target": (*WORDS["target"].split(), *PARTS_OF_VALUES),
        OPERATOR: ("计算符号", "指标性质", "指标符号", "运算符号", "比较符号", *SIGNS_OF_VALUES),
        MEASUREMENT_UNIT: ("计量单位", "度量单位", "指标单位", *UNITS_OF_VALUES),
    },
    like={
        "name": ("三级指标", "三级指标名称", "三级绩效指标", "指标"),
        "duty_goal": ("年度绩效目标", "绩效目标", "年度目标", "工作目标", "年度工作目标", "任务目标", "目标"),
        "last_year": ("完成值", "实际值", "实际完成值", "完成情况", "完成数", "实际数", "历史值"),
        "average_3y": ("均值", "平均值"),
        "plan_value": ("规划值",),
    },
)
