"""V8: 部门整体支出绩效目标申报表 as 澧县 used it for 2021 (domain reference, section 8, V8): a plan with the table of a project.

A plan has neither money nor goal of its own (theirs are the projects' and duties'): both are kept under their printed names.
"""

import re
from dataclasses import replace

from targets.domain.record import PLAN
from targets.domain.sheets.layout import (
    BUDGETED,
    DEPARTMENT,
    EXTRA,
    HEADING,
    MONEY_UNIT,
    REPORTED,
    YEAR,
    Dialect,
    Label,
)
from targets.domain.sheets.plan_v2 import PLAN_V2
from targets.domain.sheets.plan_v12 import PLAN_V12_WORDS
from targets.domain.sheets.project_v1 import PROJECT_V1
from targets.domain.sheets.project_v9 import PROJECT_V9

PLAN_V8_WORDS = Dialect(
    labels=(
        Label("部门（单位）名称", DEPARTMENT, aliases=("部门单位名称", "单位名称", "预算部门", "主管部门", "主管部门及代码")),
        Label("填报单位", "unit", aliases=("填报部门", "编报单位", "编制单位")),
        Label("金额单位", MONEY_UNIT, aliases=("单位",)),
        Label("预算年度", YEAR, aliases=("年度", "填报年度", "所属年度", "申报年度")),
        Label("资金类别", EXTRA, aliases=("业务股室", "业务科室", "联系人", "联系电话", "部门负责人")),
        Label("年度预算申请", HEADING, aliases=("预算申请", "年度部门预算", "按收入性质分", "按支出性质分", "按收入性质", "按支出性质",
                                          "年度部门预算申请", "部门预算资金")),
        Label("资金总额", EXTRA, aliases=("年度资金总额", "预算资金总额", "公共财政拨款", "一般公共预算", "一般公共预算拨款", "财政拨款",
                                      "其中财政拨款", "政府性基金拨款", "政府性基金预算拨款", "纳入专户管理的非税收入拨款", "财政专户管理资金",
                                      "国有资本经营预算拨款", "其他资金", "基本支出", "项目支出", "人员经费", "公用经费")),
        Label("部门职能职责概述", EXTRA, aliases=("部门职能概述", "职能职责概述", "部门职责", "部门主要职责", "部门职能")),
        Label("整体绩效目标", EXTRA, aliases=("年度总体绩效目标", "总体绩效目标", "年度绩效目标", "年度总体目标", "部门整体绩效目标",
                                        "年度目标", "总体目标", "整体目标")),
    ),
    sides=("绩效目标", "绩效指标", "年度绩效指标", "部门整体绩效指标", "整体绩效指标"),
)  # fmt: skip

PLAN_V9_WORDS = Dialect(
    labels=tuple(
        replace(label, field=label.field if label.field in (BUDGETED, REPORTED) else EXTRA)
        for label in PROJECT_V9.labels
    )
)
"""What a self-evaluation of a plan prints: the words of a project's, whose goals are kept as texts."""

PLAN_V8 = replace(
    PROJECT_V1,
    slug="plan_v8",
    kind=PLAN,
    title=PLAN_V2.title,
    title_words=re.compile("整体.*绩效目标(?!.*(?:自评|评价|监控|审核|反馈|汇总)).*表$"),
    captions=(),
    lines=(),
    names_form=DEPARTMENT,
    dialects=(
        PLAN_V8_WORDS,
        PLAN_V12_WORDS,
        PLAN_V9_WORDS,
        *(replace(dialect, labels=()) for dialect in PROJECT_V1.dialects),
    ),
)
