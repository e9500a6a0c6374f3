"""Amounts of the head: what a cell says, in 元 with two decimals."""

import re
from decimal import Decimal
from typing import NamedTuple

from targets.domain.sheets.cells import label_key, plain
from targets.domain.sheets.remembered import remembered

WAN = Decimal(10000)
FACTORS = {"元": Decimal(1), "万元": WAN, "万": WAN, "亿元": WAN * WAN, "亿": WAN * WAN}
AMOUNT = re.compile(
    r"(?:人民币)?[¥￥]?([+-]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(人民币)?(亿元|万元|亿|万|元)?(整)?"
)
AMOUNT_IN_SENTENCE = re.compile(r"\d[\d,]*(?:\.\d+)?\s*(?:亿元|万元|亿|万|元)")
UNIT_IN_BRACKETS = re.compile(r"\((亿元|万元|亿|万|元)\)$")
AMOUNT_WITHOUT_UNIT = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
MONEY_LABEL = re.compile(
    "(资金|拨款|收入|结转|结余|自筹|投资|预算|支出|补助|经费|财政|总额|执行数|金额|其他|其它|安排)(数|数[AB]|额|总额|合计|金额)?$"
)
"""Found in the key of a label whose value is money."""
UNIT_IN_HEADING = re.compile(r"(亿元|万元|元)")
NONE = frozenset({"", "-", "—", "–", "/", "无", "--", "——"})
LARGEST = Decimal(10) ** 16
FEN = Decimal("0.01")


class Amount(NamedTuple):
    """`value` is None for a blank cell. `fault` says why the cell is no amount; `guess` what was assumed."""

    value: Decimal | None = None
    fault: str = ""
    guess: str = ""
    has_unit: bool = False
    """The cell itself names the unit."""


def read_amount(text: str, unit: str) -> Amount:
    """Read a cell whose heading speaks of `unit` (元 or 万元); a unit in the cell itself counts for more."""
    written = _folded(text)
    if written.endswith(")"):
        written = UNIT_IN_BRACKETS.sub(r"\1", written)
    if written in NONE:
        return Amount(guess="已按空白（没有金额）读入，请核对。" if written else "")
    found = AMOUNT.fullmatch(written)
    if not found:
        return Amount(fault="不是数字")
    sign, digits, _, own_unit, _ = found.groups()
    amount = Decimal(digits.replace(",", "")) * FACTORS[own_unit or unit]
    if sign == "-" and amount:
        return Amount(fault="是负数")
    if amount >= LARGEST:
        return Amount(fault="数额过大")
    in_fen = amount.quantize(FEN)
    if amount != in_fen:
        return Amount(fault="不能精确到分")
    guess = f"已按 {amount / WAN:,.2f} 万元读入，请核对。" if own_unit and own_unit != unit else ""
    return Amount(in_fen, guess=guess, has_unit=bool(own_unit))


def read_behind(text: str, exact: str, unit: str) -> Amount:
    """The whole number behind a cell that shows a rounded one, counted in the unit that it shows.

    A format may show another number than it rounds (`0!.0,"万元"` shows 3205000 as 320.5万元): then what is shown counts.
    """
    shown = read_amount(text, unit)
    own = unit_in(text) if shown.has_unit else ""
    found = read_amount(exact + own, unit)
    if own and shown.value and (found.value is None or abs(found.value - shown.value) * 100 > shown.value):
        return shown
    return found


def unit_unsaid(text: str) -> str:
    """The unit of an amount that nothing names one for: 元 beside its sign (¥1,000,000), else 万元 as forms have it."""
    return "元" if text.startswith(("¥", "￥", "人民币")) else "万元"


def is_amount(text: str) -> bool:
    """A number of money, with its unit or without."""
    return AMOUNT.fullmatch(_folded(text)) is not None


def _folded(text: str) -> str:
    return plain(text).replace(" ", "").replace("，", ",")


def names_several(text: str) -> bool:
    """A sentence with more than one amount: 300万元，其中上级资金130万元. Which of them is meant, people must say."""
    return len(AMOUNT_IN_SENTENCE.findall(plain(text))) > 1


def names_money(label: str) -> bool:
    """A label or heading of money, known or not: 其中：本年一般公共预算拨款."""
    return MONEY_LABEL.search(label_key(label)) is not None


def lacks_unit(label: str, text: str) -> bool:
    """An amount that names no unit beside a label of money."""
    return names_money(label) and is_bare_amount(text)


def is_bare_amount(text: str) -> bool:
    """A number of money that says no unit."""
    return AMOUNT_WITHOUT_UNIT.fullmatch(text) is not None


@remembered
def unit_in(heading: str) -> str:
    """`"项目资金（万元）"` → `"万元"`; "" when the heading names no unit."""
    found = UNIT_IN_HEADING.search(plain(heading))
    return found[1] if found else ""
