"""Words of the paper form for every field of a record; screens, checks and differences say the same."""

from targets.domain.record import PLAN

FIELD_LABELS: dict[str, str] = {
    "kind": "表种",
    "year": "预算年度",
    "title": "项目名称",
    "code": "项目代码",
    "department_code": "主管部门代码",
    "department_name": "主管部门",
    "unit": "实施单位",
    "total": "年度预算资金总额",
    "fiscal": "财政拨款",
    "other": "其他资金",
    "goal": "年度总体绩效目标",
    "extra": "其他栏目",
    "rows": "绩效指标",
    "key": "行标识",
    "level1": "一级指标",
    "level2": "二级指标",
    "number": "职责序号",
    "duty_group": "部门职责（类）",
    "duty": "部门职责",
    "duty_goal": "职责目标",
    "name": "三级指标",
    "explanation": "指标解释",
    "target": "指标值",
    "weight": "权重",
    "plan_value": "规划值",
    "standard_value": "当年标准值",
    "standard_source": "标准值来源",
    "average_3y": "前三年均值",
    "last_year": "上年值",
    "history_source": "历史值来源",
    "note": "备注",
    "activity": "工作活动",
    "budget_item": "预算项目",
    "office": "责任科室",
    "continues": "合并单元格",
}

PLAN_LABELS: dict[str, str] = {
    "title": "部门整体绩效目标表",
    "department_name": "部门名称",
    "department_code": "部门代码",
    "name": "绩效指标",
    "target": "年度指标值",
}
"""What the department form calls differently."""


def field_label(kind: str, field: str) -> str:
    """Label of a field on the form of that kind; `extra.立项依据` is labelled by its own name."""
    if field.startswith("extra."):
        return field.removeprefix("extra.")
    return (PLAN_LABELS if kind == PLAN else {}).get(field) or FIELD_LABELS[field]
