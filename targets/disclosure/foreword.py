"""编报说明: a draft from the chosen forms, and whether its figures are theirs.

The draft follows the foreword that 淄川区 published with its 2023 forms (fixtures/2023).
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from targets.disclosure.summary import Summary, summarise, wan
from targets.domain.record import PLAN
from targets.models import DisclosureItem

OPENING = "按照《预算法》、《关于推进全面实施预算绩效管理工作的通知》等相关规定，财政部门结合{year}年预算安排，选择{what}，向人大报告并进行公开。"
MONEY = "{projects}个项目预算金额{total}万元，主管部门为{departments}。"
PLANS = "{plans}个部门分别为{departments}。"
CLOSING = (
    "{year}年预算绩效目标由主管部门负责编制，财政部门进行了审核，按资金用途及支出方向分别从成本指标、产出指标、效益指标和"
    "满意度指标等方面设置指标和指标值，反映相关财政资金年度预计可达到的产出和效果。"
)


def draft_foreword(year: int, items: Sequence[DisclosureItem]) -> str:
    summary = summarise((item.kind, item.total) for item in items)
    what = [f"{summary.projects}个预算项目支出绩效目标表"] if summary.projects else []
    what += [f"{summary.plans}个部门的部门整体绩效目标表"] if summary.plans else []
    first = OPENING.format(year=year, what="和".join(what))
    if summary.projects:
        projects = [item for item in items if item.kind != PLAN]
        first += MONEY.format(projects=summary.projects, total=wan(summary.total), departments=_departments(projects))
    if summary.plans:
        plans = [item for item in items if item.kind == PLAN]
        first += PLANS.format(plans=summary.plans, departments=_departments(plans))
    return f"{first}\n{CLOSING.format(year=year)}"


def _departments(items: Sequence[DisclosureItem]) -> str:
    return "、".join(dict.fromkeys(item.department.label for item in items))


THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
AMOUNT = re.compile(r"(?<![\d.])(\d{1,15}(?:\.\d{1,6})?)(万元|亿元|元)")
IN_YUAN = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
PROJECTS = re.compile(r"(?<!\d)(\d{1,6})个[^\d,。;、]{0,8}项目")
DEPARTMENTS = re.compile(r"(?<!\d)(\d{1,6})个[^\d,。;、]{0,4}部门")


def foreword_doubts(foreword: str, summary: Summary) -> list[str]:
    """Where the figures of the foreword are not those of the chosen forms; figures not given are not missed."""
    text = "".join(THOUSANDS.sub("", unicodedata.normalize("NFKC", foreword)).split())
    amounts = {Decimal(number) * IN_YUAN[unit] for number, unit in AMOUNT.findall(text)}
    doubts = []
    if summary.projects and amounts and summary.total not in amounts:
        doubts.append(f"编报说明中的金额没有一处等于所选项目的合计 {wan(summary.total):,} 万元。请核对金额和选表。")
    for pattern, number, what in ((PROJECTS, summary.projects, "项目"), (DEPARTMENTS, summary.plans, "部门")):
        said = {int(found) for found in pattern.findall(text)}
        if said and number not in said:
            listed = "、".join(f"{one}个" for one in sorted(said))
            doubts.append(f"编报说明写的是{listed}{what}，所选的是 {number} 个。请核对说明和选表。")
    return doubts
