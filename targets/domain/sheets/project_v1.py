"""V1: 项目支出绩效目标表 as 淄川区 published it for 2023 (domain reference, section 8, V1)."""

import re

from targets.domain.record import PROJECT, Record
from targets.domain.sheets.layout import (
    DEPARTMENT,
    END,
    HEADING,
    STAMP,
    YEAR,
    Caption,
    Column,
    Label,
    Layout,
    Line,
    Paper,
)
from targets.domain.sheets.project_adjusted import PROJECT_ADJUSTED
from targets.domain.sheets.project_others import COMMON
from targets.domain.sheets.project_shared import SHARED_COLUMNS
from targets.domain.sheets.project_v4 import PROJECT_V4
from targets.domain.sheets.project_v5 import PROJECT_V5
from targets.domain.sheets.project_v9 import PROJECT_V9
from targets.domain.sheets.project_v10 import PROJECT_V10
from targets.domain.sheets.project_v11 import PROJECT_V11
from targets.domain.sheets.project_v13 import PROJECT_V13

MONEY_GROUP = Label(
    "项目资金（万元）",
    HEADING,
    aliases=(
        "资金情况",
        "资金金额",
        "项目资金金额",
        "项目预算",
        "项目资金申请",
        "年度预算资金",
        "预算资金",
        "预算资金情况",
    ),
)
TITLE_WORDS = (
    "项目支出名称",
    "项目（政策）名称",
    "预算项目名称",
    "支出项目名称",
    "项目全称",
    "专项名称",
    "专项资金名称",
)
CODE_WORDS = ("项目编码", "项目编号")
STAMP_WORDS = (
    "填报部门",
    "申报单位",
    "编报单位",
    "编制单位",
    "申报部门",
    "填报单位名称",
    "申报单位名称",
    "编制单位名称",
    "单位名称",
    "部门单位名称",
)


def _amount(text: str, field: str, *aliases: str) -> Line:
    label = Label(text, field, at=(1, 4), value_at=(5, END), aliases=aliases, aligned="right")
    return Line((label,), group=MONEY_GROUP)


def _has_code(record: Record) -> bool:
    return bool(record.code)


def _has_no_code(record: Record) -> bool:
    return not record.code


PROJECT_V1 = Layout(
    slug="project_v1",
    kind=PROJECT,
    title=lambda record: "项目支出绩效目标表",
    title_words=re.compile("^(?!.*整体).*绩效目标(?!.*(?:自评|评价|监控|审核|反馈|汇总)).*表$"),
    captions=(
        Caption("填报单位（盖章）：", STAMP, (0, 2), aliases=STAMP_WORDS),
        Caption("（{}年度）", YEAR, (3, 3), "center"),
        Caption("校验码：", "check_code", (4, END), "right"),
    ),
    lines=(
        Line((Label("项目名称", "title", aliases=TITLE_WORDS),), prints=_has_no_code),
        Line(
            (
                Label("项目名称", "title", value_at=(1, 3)),
                Label("项目代码", "code", at=(4, 4), value_at=(5, END), aliases=CODE_WORDS),
            ),
            prints=_has_code,
        ),
        Line(
            (
                Label("主管部门及代码", DEPARTMENT, value_at=(1, 3), aliases=("主管部门", "预算部门", "主管部门名称")),
                Label(
                    "实施单位", "unit", at=(4, 4), value_at=(5, END), aliases=("项目实施单位", "项目单位", "预算单位")
                ),
            )
        ),
        _amount(
            "年度预算资金总额：", "total", "年度资金总额", "资金总额", "预算资金总额", "年度预算总额", "年度预算资金"
        ),
        _amount(
            "其中：财政拨款",
            "fiscal",
            "财政拨款",
            "其中财政资金",
            "财政资金",
            "本年财政拨款",
            "其中本年财政拨款",
            "当年财政拨款",
            "其中当年财政拨款",
        ),
        _amount("其他资金", "other", "其中其他资金"),
        Line(
            (
                Label(
                    "年度总体绩效目标",
                    "goal",
                    aliases=("年度绩效目标", "本年度绩效目标", "年度总体目标", "年度目标"),
                ),
            )
        ),
    ),
    columns=(
        Column("level1", ("一级指标",), (30,), centred=True),
        Column("level2", ("二级指标",), (44,), centred=True),
        Column("name", ("三级指标",), (53, 53), aliases=("三级指标名称", "指标名称", "指标内容")),
        Column("target", ("指标值",), (55,), aliases=("年度指标值", "目标值", "指标值及单位"), centred=True),
        Column("weight", ("权重",), (18,), aliases=("分值", "分值权重", "权重分值"), centred=True, optional=True),
        Column("explanation", ("指标解释",), (50,), aliases=("指标说明", "绩效指标说明"), optional=True),
        Column("note", ("备注",), (30,), optional=True),
    ),
    signatures=(
        Caption("单位负责人（签字）：", "", (0, 1)),
        Caption("填表人：", "", (2, 2), aliases=("填报人",)),
        Caption("联系电话：", "", (3, 4)),
        Caption("填报日期：", "", (5, END)),
    ),
    paper=Paper(size=9, body_points=10.5),
    names_form="title",
    needs=(frozenset({"name"}), frozenset({"target"})),
    nests=("level1", "level2"),
    side="绩效指标",
    side_width=32,
    dialects=(
        COMMON,
        SHARED_COLUMNS,
        PROJECT_V4,
        PROJECT_V5,
        PROJECT_V9,
        PROJECT_V10,
        PROJECT_V11,
        PROJECT_V13,
        PROJECT_ADJUSTED,
    ),
)
