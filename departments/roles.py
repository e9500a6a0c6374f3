"""Roles a person may hold in a department; names as in the trade. No Django, so the table of steps may use them."""

FILLER = "filler"
DEPARTMENT_REVIEWER = "department_reviewer"
OFFICE_REVIEWER = "office_reviewer"
PERFORMANCE_REVIEWER = "performance_reviewer"
BUDGET_OFFICE = "budget_office"
ADMIN = "admin"
AUDITOR = "auditor"

ROLES: dict[str, str] = {
    FILLER: "单位经办人",
    DEPARTMENT_REVIEWER: "主管部门审核人",
    OFFICE_REVIEWER: "业务科室审核人",
    PERFORMANCE_REVIEWER: "绩效科审核人",
    BUDGET_OFFICE: "预算科",
    ADMIN: "系统管理员",
    AUDITOR: "审计查询（只读）",
}

UNIT_ROLES = frozenset({FILLER, DEPARTMENT_REVIEWER})
"""Held in a budget department: they reach that department and the units below it."""
DIVISION_ROLES = frozenset({PERFORMANCE_REVIEWER, BUDGET_OFFICE, ADMIN, AUDITOR})
"""Held in the finance bureau (or audit office): they reach every department of its division."""
FINANCE_ROLES = frozenset({OFFICE_REVIEWER, PERFORMANCE_REVIEWER, BUDGET_OFFICE, ADMIN})
"""Whose imports for a department are 代录, to be confirmed by it."""
NOT_LENT = frozenset({ADMIN, AUDITOR})
"""Posts that no deputy fills: one gives rights, the other watches over those who have them."""
