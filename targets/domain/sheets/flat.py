"""The flat list: one line for each indicator with the head of its form before it, columns in any order.

V3, 井研县 2023 (domain reference, section 8), the exchange of the integrated budget system (V13), and our own list.
"""

from dataclasses import replace

from targets.domain.record import PLAN, ROW_TEXTS
from targets.domain.sheets.layout import DEPARTMENT, DEPARTMENT_CODE, END, MONEY_UNIT, YEAR, Caption, Column, Layout
from targets.domain.sheets.plan_v2 import PLAN_V2
from targets.domain.sheets.plan_v8 import PLAN_V8
from targets.domain.sheets.project_v1 import PROJECT_V1

KIND, UNIT_CODE, QUANTITY, CONTINUES = "kind", "unit_code", "quantity", "continues"
IGNORED = {"state": "状态", "place": "行号", "count": "序号"}
"""Columns that say nothing of a form's text: an import changes no state, and lines are counted anew."""

BOTH_NAMES = ("单位名称、项目名称", "单位、项目名称", "单位名称/项目名称", "单位名称及项目名称", "单位及项目名称")
"""One column for both: a line with nothing else names the unit of the projects below it."""

GOALS = (
    "年度目标",
    "年度总体绩效目标",
    "年度总体目标",
    "总体目标",
    "年度绩效目标",
    "绩效目标",
    "总体绩效目标",
    "本年度绩效目标",
)
CODES_OF_BOTH = "单位、项目代码"

FORM_COLUMNS = (
    Column("title", ("项目名称",), (), aliases=("名称", "项目支出名称", "项目（政策）名称", "预算项目名称", "支出项目名称", *BOTH_NAMES)),
    Column("code", ("项目代码",), (), aliases=("项目编码", "项目编号", "预算项目代码", "预算项目编码", CODES_OF_BOTH)),
    Column(YEAR, ("预算年度",), (), aliases=("年度", "年份", "所属年度", "申报年度", "业务年度")),
    Column(KIND, ("表种",), (), aliases=("表类型", "目标类型", "目标表类型", "绩效目标类型")),
    Column(
        DEPARTMENT,
        ("主管部门",),
        (),
        aliases=("主管部门名称", "主管部门及代码", "部门名称", "部门", "预算部门", "一级预算单位", "一级预算单位名称", "主管单位"),
    ),
    Column(DEPARTMENT_CODE, ("主管部门代码",), (), aliases=("主管部门编码", "部门代码", "部门编码", "一级预算单位编码")),
    Column(
        "unit",
        ("实施单位",),
        (),
        aliases=("单位名称", "单位", "预算单位", "预算单位名称", "项目单位", "项目实施单位", "实施单位名称", "申报单位", "基层预算单位"),
    ),
    Column(UNIT_CODE, ("实施单位代码",), (), aliases=("单位代码", "单位编码", "预算单位代码", "预算单位编码", "实施单位编码")),
    Column(
        "total",
        ("预算数",),
        (),
        aliases=(
            "年度预算资金总额", "年度资金总额", "资金总额", "预算金额", "项目金额", "金额", "预算资金", "年度预算金额", "项目预算金额", "预算总额",
            "年初预算数", "项目资金", "资金金额", "总金额", "项目总金额", "年度预算数", "申请金额", "项目资金总额", "年度预算资金", "预算安排", "预算安排数",
            "预算安排金额", "资金安排", "预算资金安排", "年度预算", "年度预算安排", "本年预算", "当年预算",
        ),
    ),
    Column(MONEY_UNIT, ("金额单位",), (), aliases=("货币单位", "资金单位")),
    Column("fiscal", ("财政拨款",), (), aliases=("其中财政拨款", "财政资金", "本年财政拨款", "财政拨款金额", "其中财政资金")),
    Column("other", ("其他资金",), (), aliases=("其中其他资金", "其他资金金额", "其他", "其它")),
    Column(
        "goal",
        ("年度目标",),
        (),
        aliases=(*GOALS, "项目绩效目标", "项目年度绩效目标", "整体绩效目标"),
    ),
    *(Column(name, (word,), ()) for name, word in IGNORED.items()),
)  # fmt: skip
FORM_FIELDS = frozenset(column.field for column in FORM_COLUMNS)
"""What a list says of the form of each line."""
MORE_WORDS = {"duty_group": ("职责类别", "职责分类"), "office": ("处室",)}


def _row_columns() -> tuple[Column, ...]:
    """Every column that either form has, in the order of the project's form; no word stands for two of them."""
    found = {column.field: column for column in PROJECT_V1.columns}
    for column in PLAN_V2.columns:
        own = tuple(word for word in (*column.aliases, *MORE_WORDS.get(column.field, ())) if word != "序号")
        known = found.get(column.field)
        words = (*known.aliases, column.path[-1], *own) if known else own
        found[column.field] = replace(known or column, aliases=words)
    taken = {word for column in FORM_COLUMNS for word in (*column.path, *column.aliases)}
    return tuple(
        replace(column, aliases=tuple(word for word in column.aliases if word not in taken))
        for column in found.values()
    )


FLAT: Layout = replace(
    PROJECT_V1,
    slug="flat",
    columns=(
        *FORM_COLUMNS,
        *_row_columns(),
        Column(QUANTITY, ("数值",), ()),
        Column("key", ("行标识",), ()),
        Column(CONTINUES, ("与上行合并",), ()),
    ),
    captions=(
        Caption("主管部门：", DEPARTMENT, (0, END), aliases=("主管部门及代码", "预算部门")),
        Caption("实施单位：", "unit", (0, END), aliases=("项目实施单位", "项目单位", "预算单位")),
    ),
    lines=(),
    side="",
    needs=(frozenset({"title"}), frozenset({"name"}), frozenset({"target", QUANTITY})),
    dialects=tuple(
        replace(
            dialect, labels=tuple(label for label in dialect.labels if label.field not in ("title", "goal", "total"))
        )
        for dialect in PROJECT_V1.dialects
    ),
    is_list=True,
)
FLAT_PLAN = replace(FLAT, slug="flat_plan", kind=PLAN)
OF_A_PROJECT = frozenset(("title", "code", KIND, "total", "fiscal", "other", "goal"))
GOALS_OF_DEPARTMENTS = (
    "部门整体绩效目标", "部门（单位）整体绩效目标", "单位整体绩效目标", "整体支出绩效目标", "部门整体支出绩效目标", "年度整体绩效目标", "整体目标",
    "部门整体目标", "整体年度绩效目标", "整体支出年度绩效目标",
)  # fmt: skip
OF_UNITS = {"unit": ("实施单位名称",), UNIT_CODE: ("实施单位编码",)}
CODES_OF_DEPARTMENT = ("单位代码", "单位编码", "预算单位代码", "预算单位编码")
OF_DEPARTMENT = ("单位名称", "预算单位", "预算单位名称", "填报单位", "申报单位", "部门（单位）名称", "部门单位名称")


def _columns_of_plans() -> tuple[Column, ...]:
    """The words of plans over their columns; a unit is the department here, and 项目名称 the project that pays for an indicator."""
    more = {column.field: (column.path[-1], *column.aliases) for column in PLAN_V2.read_columns}
    more |= {DEPARTMENT: OF_DEPARTMENT, DEPARTMENT_CODE: CODES_OF_DEPARTMENT}
    found = [column for column in FLAT.columns if column.field not in OF_A_PROJECT]
    own = FORM_FIELDS - {"unit", UNIT_CODE}
    taken = {word for column in found if column.field in own for word in (*column.path, *column.aliases)}
    return tuple(
        replace(column, aliases=OF_UNITS[column.field])
        if column.field in OF_UNITS
        else replace(
            column, aliases=(*column.aliases, *(word for word in more.get(column.field, ()) if word not in taken))
        )
        for column in found
    )


PLANS: Layout = replace(
    FLAT,
    slug="plans",
    kind=PLAN,
    title_words=PLAN_V8.title_words,
    columns=_columns_of_plans(),
    needs=(frozenset({DEPARTMENT}), frozenset({"name"}), frozenset({"duty", "duty_goal"})),
)
"""Plans of several departments as one list: a line says whose it is, and no title."""
PLANS_BY_GOAL: Layout = replace(
    PLANS,
    slug="plans_by_goal",
    columns=(
        *(column for column in PLANS.columns if column.field != "budget_item"),
        Column(
            "goal",
            ("整体绩效目标",),
            (),
            aliases=(*GOALS_OF_DEPARTMENTS, *GOALS),
        ),
    ),
    needs=(frozenset({DEPARTMENT}), frozenset({"name"}), frozenset({"goal"})),
)
"""The same of plans without duties: their goal is that of the whole department. A column of projects makes it a list of these."""
ROW_FIELDS = frozenset(ROW_TEXTS)
HEADINGS = {column.path[-1]: column.field for column in FLAT.columns} | {
    word: column.field for column in FLAT.columns if column.field in ROW_FIELDS for word in column.aliases
}
"""Printed heading → field of a row, for the column that names what continues the line above."""
