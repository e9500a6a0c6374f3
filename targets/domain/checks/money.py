"""Rules on money: the head of the project form, its cost indicators and the amounts in its goal must agree.

Amounts of a record are 元; texts speak 万元. Goal texts often speak of the whole funding while the form shows the district's share,
so these rules ask and do not accuse.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from targets.domain.checks.amounts import WHOLE_AMOUNT, add_up_to
from targets.domain.checks.engine import rule
from targets.domain.checks.reading import WAN, Fault, Form, Line, in_wan, words_in
from targets.domain.record import PROJECT
from targets.domain.rules import ERROR, INFO, WARNING
from targets.domain.taxonomy import ECONOMIC_COST, QUALITY, QUANTITY, TIMELINESS
from targets.domain.units import is_sum_of_money
from targets.domain.values import QUANTITY as NUMBER

MONEY_PLACE = "项目资金"
is_rate = words_in("标准|单价|人均|户均|亩均|每|均价|成本降低|节约|节省|控制率|单位成本|均成本")
"""Names of a price or a saving: no part of the total."""


def tolerance(form: Form) -> Decimal:
    """0.01 of the printed unit 万元, unless the year says otherwise; in 元."""
    return form.rules.threshold("money_tolerance", "0.01") * WAN


@rule("R29", ERROR, "资金合计不符", kinds=(PROJECT,))
def total_against_parts(form: Form) -> Iterator[Fault]:
    """年度资金总额 = 财政拨款 + 其他资金, or the split by level that the form also prints (上级, 本级, 结转)."""
    record = form.record
    if record.fiscal is None and record.other is None:
        return
    parts = (record.fiscal or Decimal(0)) + (record.other or Decimal(0))
    evidence = {"fiscal": _text(record.fiscal), "other": _text(record.other), "total": _text(record.total)}
    if record.total is None:
        if parts:
            yield form.fault(
                "total",
                f"没有填写年度预算资金总额；财政拨款与其他资金之和是 {in_wan(parts)}。请补填总额。",
                place=MONEY_PLACE,
                **evidence,
            )
        return
    gap = record.total - parts
    if abs(gap) <= tolerance(form) or _split_by_level_explains(form, gap):
        return
    yield form.fault(
        "total",
        f"总额 {in_wan(record.total)}不等于财政拨款与其他资金之和 {in_wan(parts)}。请核对三个数。",
        place=MONEY_PLACE,
        **evidence,
    )


def _split_by_level_explains(form: Form, gap: Decimal) -> bool:
    """The form has cells for upper-level, own-level or carried-over money, in 元 or 万元, that account for the gap."""
    amounts = [
        Decimal(found[0].replace(",", ""))
        for label, text in form.record.extra.items()
        if re.search("上级|本级|结转|自有|自筹", label) and (found := WHOLE_AMOUNT.match(text.strip()))
    ]
    total, allowed = form.record.total or Decimal(0), tolerance(form)
    return any(
        add_up_to([amount * scale for amount in amounts], wanted, allowed)
        for scale in (1, WAN)
        for wanted in (gap, total)
    )


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def cost_items(form: Form) -> list[tuple[Line, Decimal]]:
    """Cost indicators that are sums of money, with their amount in 元; rates and savings are none."""
    items = []
    for line in form.under(ECONOMIC_COST):
        target = line.target
        amount = target.in_base_unit
        if amount is not None and target.kind == NUMBER and is_sum_of_money(target.unit) and not is_rate(line.name):
            items.append((line, amount[0]))
    return items


_PAID = re.compile("拨付|发放|经费|补贴|补助|支付|支出|薪酬|工资")
_EARNED = re.compile("贷款|产值|收入|税|营业|投资|标准|争取|筹集|募集|融资|销售|交易|增加值|捐|消费|价格|人均")


@rule("R26", WARNING, "产出写成金额")
def money_as_result(form: Form) -> Iterator[Fault]:
    """经费拨付情况 ≥1739.3万元: money paid out is a cost, no output. Loans granted, output value, income and rates may be results."""
    for line in form.indicators:
        if not is_sum_of_money(line.target.unit) or is_rate(line.name):
            continue
        words = line.name + line.row.explanation
        if _EARNED.search(words):
            continue
        if form.is_plan and _PAID.search(words):
            cure = "请写服务了多少对象、做到什么程度。"
        elif not form.is_plan and line.level2_slug in (QUANTITY, QUALITY, TIMELINESS):
            cure = "请写做了多少事，金额移到“成本指标/经济成本指标”。"
        else:
            continue
        yield line.fault("target", f"{line.quoted('target')}是花了多少钱，不是产出。{cure}", unit=line.target.unit)


_OTHER_MONEY = re.compile("上级|中央|省级|市级|以前年度|往年|上年|结转|自筹|全口径")


@rule("R30", WARNING, "成本指标与预算不符", kinds=(PROJECT,))
def cost_against_budget(form: Form) -> Iterator[Fault]:
    """A cost above the budget (≤9510.6万元 with 609.00), or cost items that do not add up to it."""
    total, items, allowed = form.record.total, cost_items(form), tolerance(form)
    if total is None or not items:
        return
    budget = {"total": _text(total)}
    above = [(line, amount) for line, amount in items if amount - total > allowed]
    if above:
        for line, amount in above:
            if not _goal_explains(form, amount):
                yield line.fault(
                    "target",
                    f"{line.quoted('target')}大于年度预算资金总额 {in_wan(total)}。请核对；含上级资金或以前年度资金的，"
                    "请在年度总体绩效目标中写明金额和来源。",
                    amount=_text(amount),
                    **budget,
                )
        return
    amounts = [amount for _, amount in items]
    whole = sum(amounts, Decimal(0))
    if any(abs(total - amount) <= allowed for amount in amounts) or abs(total - whole) <= allowed * len(items):
        return
    line = items[0][0]
    what = f"各项成本合计 {in_wan(whole)}" if len(items) > 1 else line.quoted("target")
    rows = "、".join(f"第{each.number}行" for each, _ in items[1:])
    yield line.fault(
        "target",
        f"{what}{f'（另见{rows}）' if rows else ''}，与年度预算资金总额 {in_wan(total)}不一致。请核对各项成本，或补列其余成本。",
        amount=_text(whole),
        rows=" ".join(str(each.number) for each, _ in items),
        **budget,
    )


def _goal_explains(form: Form, amount: Decimal) -> bool:
    """The goal names this amount and where the rest of it comes from."""
    named = any(abs(each.amount - amount) <= tolerance(form) for each in form.sums_in_goal)
    return named and _OTHER_MONEY.search(form.record.goal) is not None


@rule("R31", WARNING, "目标中的金额与预算不符", kinds=(PROJECT,))
def goal_amount_against_budget(form: Form) -> Iterator[Fault]:
    """875万元 in the goal with a budget of 218.00; silent when an amount, or some of them together, make the budget."""
    total = form.record.total
    found = form.sums_in_goal
    if not total or not found:
        return
    if add_up_to([each.amount for each in found], total, tolerance(form) * len(found)):
        return
    shown = "、".join(dict.fromkeys(f"“{each.text}”" for each in sorted(found, key=lambda each: -each.amount)[:3]))
    yield form.fault(
        "goal",
        f"目标中写{shown}，本年预算是 {in_wan(total)}。余额是否为上级资金或以前年度资金？请在目标中写明其中本年预算的金额。",
        amounts=" ".join(each.text for each in found),
        total=_text(total),
    )


@rule("R32", WARNING, "算式有误", kinds=(PROJECT,))
def arithmetic(form: Form) -> Iterator[Fault]:
    """230名，人均9696元，共计223.03万元 is 223.008; rounding of the last printed place is allowed."""
    for product in form.products_in_goal:
        if not product.is_right:
            exact = in_wan(product.exact)
            yield form.fault(
                "goal",
                f"“{product.text}”算出来是 {exact}（允许四舍五入误差 {in_wan(product.tolerance)}）。请核对单价、数量或结果。",
                product=product.text,
                exact=_text(product.exact),
                printed=_text(product.printed),
                tolerance=_text(product.tolerance),
            )


@rule("R33", INFO, "补助标准与目标不一致", kinds=(PROJECT,))
def rate_lost_precision(form: Form) -> Iterator[Fault]:
    """补助标准 =0.08万元 where the goal calculates with 810元: the indicator has lost a digit."""
    prices = {price for product in form.products_in_goal for price in product.prices}
    if not prices:
        return
    for line in form.under(ECONOMIC_COST):
        target, amount = line.target, line.target.in_base_unit
        if not (amount and is_rate(line.name) and amount[1] == "元"):
            continue
        places = -len(target.number.partition(".")[2])
        scale = amount[0] / Decimal(target.number) if Decimal(target.number) else Decimal(1)
        step = Decimal(1).scaleb(places) * scale
        for price in sorted(prices):
            if 0 < abs(price - amount[0]) <= step / 2:
                yield line.fault(
                    "target",
                    f"{line.quoted('target')}是 {amount[0].normalize():f} 元，年度总体绩效目标按 {price.normalize():f} 元计算。"
                    f"请写成“{target.operator}{price.normalize():f}元”。",
                    target=target.text,
                    price=_text(price),
                )
