"""V2: 整体绩效目标表 of a department as 淄川区 published it for 2023 (domain reference, section 8, V2): 17 columns, head of 4 rows."""

import re

from targets.domain.record import PLAN, Record
from targets.domain.sheets.layout import (
    DEPARTMENT,
    END,
    MONEY_UNIT,
    YEAR,
    Caption,
    Column,
    Dialect,
    Label,
    Layout,
    Paper,
)
from targets.domain.sheets.plan_others import PLAN_COMMON

REFERENCES = "指标参考值"
STANDARD = "标准值（规划目标、行业标准或其他明确标准）"
THIS_YEAR = "当年标准值"
HISTORY = "历史值（统计年鉴/统计公报/内部统计/其他需明确的来源）"


def plan_title(year: int) -> str:
    return f"{year}年整体绩效目标表"


def _title(record: Record) -> str:
    return record.title or plan_title(record.year)


PLAN_V2 = Layout(
    slug="plan_v2",
    kind=PLAN,
    title=_title,
    title_words=re.compile("整体.*绩效目标(申报|批复)?表$"),
    captions=(
        Caption("部门名称：", DEPARTMENT, (0, 5), aliases=("部门", "主管部门", "部门单位名称", "单位名称")),
        Caption("填报单位（盖章）：", "unit", (6, 11), aliases=("填报部门", "编报单位", "编制单位")),
        Caption("校验码：", "check_code", (12, END), "right"),
    ),
    lines=(),
    columns=(
        Column("number", ("职责序号",), (10,), aliases=("序号",), centred=True),
        Column("duty_group", ("部门职责",), (18,)),
        Column("duty", ("部门职责",), (26,)),
        Column("duty_goal", ("职责目标",), (34,), aliases=("部门职责目标",)),
        Column("level1", ("一级指标",), (20,), centred=True, optional=True),
        Column("level2", ("二级指标",), (24,), centred=True, optional=True),
        Column("name", ("绩效指标",), (28,), aliases=("指标名称", "绩效指标名称")),
        Column("explanation", ("指标解释",), (30,), aliases=("指标说明", "绩效指标解释")),
        Column(
            "target", ("年度指标值",), (20,), aliases=("指标值", "本年指标值", "年度目标值", "目标值"), centred=True
        ),
        Column("plan_value", (REFERENCES, STANDARD, "规划值"), (18,), aliases=("规划目标值",), centred=True),
        Column(
            "standard_value", (REFERENCES, STANDARD, THIS_YEAR, "标准值"), (18,), aliases=("当年标准值",), centred=True
        ),
        Column("standard_source", (REFERENCES, STANDARD, THIS_YEAR, "来源"), (28,), aliases=("标准值来源", "标准来源")),
        Column(
            "average_3y",
            (REFERENCES, HISTORY, "前三年均值"),
            (16,),
            aliases=("前三年平均值", "近三年均值"),
            centred=True,
        ),
        Column(
            "last_year",
            (REFERENCES, HISTORY, "上年值"),
            (16,),
            aliases=("上年度值", "上年实际值", "上年完成值"),
            centred=True,
        ),
        Column("history_source", (REFERENCES, HISTORY, "来源"), (22,), aliases=("历史值来源", "历史来源")),
        Column("note", ("备注（标准值和历史值均无的原因/其他需要说明的问题）",), (22,)),
        Column("activity", ("工作活动",), (40,), aliases=("主要工作活动", "工作任务")),
        Column("budget_item", ("预算项目",), (24,), aliases=("对应预算项目", "预算项目名称")),
        Column("office", ("对应科室",), (20,), aliases=("责任科室", "科室")),
        Column("weight", ("权重",), (12,), aliases=("分值", "分值权重"), centred=True, optional=True),
    ),
    signatures=(
        Caption("单位负责人（签字）：", "", (0, 4)),
        Caption("填表人：", "", (5, 8), aliases=("填报人",)),
        Caption("联系电话：", "", (9, 12)),
        Caption("填报日期：", "", (13, END)),
    ),
    paper=Paper(size=8, body_points=9, head_font="黑体"),
    names_form=DEPARTMENT,
    needs=(frozenset({"name", "target"}), frozenset({"duty", "duty_goal"})),
    nests=("number", "duty_group", "duty", "duty_goal"),
    enough=4,
    dialects=(
        Dialect(
            labels=(
                Label("金额单位", MONEY_UNIT, aliases=("单位",)),
                Label("预算年度", YEAR, aliases=("年度", "填报年度", "所属年度")),
            ),
        ),
        PLAN_COMMON,
    ),
    is_full=True,
    repeats_head=True,
)
