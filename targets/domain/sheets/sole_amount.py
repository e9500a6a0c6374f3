"""Amounts beside labels that no form is known to print: 项目经费 | 12. The only one of a form without a total is its total."""

import re
from collections.abc import Collection, Sequence

from targets.domain.sheets.amounts import is_amount, names_money
from targets.domain.sheets.cells import Cell, label_key

PART = re.compile(
    "其中|[上本]级|中央|[省市区县乡镇村]|上年|以前|结转|结余|自筹|自有|收入|补助|补贴|其[他它]|社会|银行|贷款|债|基金|财政|拨款|"
    "执行|支出|到位|使用|完成|投资|人均|单价|标准"
)
"""Speaks of a part of the money, of what became of it, or of other money than the year's budget."""

HEADING_OF_MONEY = re.compile("资金|预算|金额|经费")


def is_alone(cells: Sequence[Cell]) -> bool:
    """A heading of money with one amount beside it, not with its parts."""
    first, amount, *others = cells
    return (
        HEADING_OF_MONEY.search(label_key(first.text)) is not None
        and is_amount(amount.text)
        and not any(is_amount(cell.text) for cell in others[:1])
    )


def is_money(label: str, text: str) -> bool:
    return names_money(label) and is_amount(text)


def sole_amount(pairs: Sequence[tuple[Cell, str, Cell]], known: Collection[str]) -> tuple[Cell, str, Cell] | None:
    """The label, its printed word and the amount that must be the total; None where a total is known or several may be it."""
    whole = [pair for pair in pairs if not PART.search(pair[1])]
    return whole[0] if len(whole) == 1 and "total" not in known else None
