"""Amounts and products in running text: 875万元, 12689人*810元=1028万元, 康复230名儿童，人均9696元，共计223.03万元."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", ord("×"): "*", ord("✕"): "*"}
_MONEY_SCALES = {"亿元": 10**8, "亿": 10**8, "万元": 10**4, "万": 10**4, "元": 1}
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,15}(?:\.[0-9]{1,8})?"
_MONEY_UNIT = r"亿元|万元|元|(?:亿|万)(?=$|[^\u4e00-\u9fffa-zA-Z])"

WHOLE_AMOUNT = re.compile(rf"(?:{_NUMBER})(?=\s*(?:万?元)?$)")
"""A cell that holds nothing but an amount."""


def plain(text: str) -> str:
    """Half-width digits and signs; positions stay."""
    return text.translate(_FULL_WIDTH)


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _half_last_place(digits: str) -> Decimal:
    """What rounding may hide: 223.03 stands for 223.025 to 223.035."""
    places = len(digits.partition(".")[2])
    return Decimal(5).scaleb(-places - 1)


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money in a text, in 元."""

    text: str
    amount: Decimal


_SUM = re.compile(
    rf"(?P<before>[^0-9.,]{{0,4}})(?<![0-9.])(?<![0-9],)(?P<number>{_NUMBER})\s*(?P<unit>亿元|万元|(?:亿|万)(?=$|[^\u4e00-\u9fffa-zA-Z]))(?P<after>\s*/)?"
)
_EACH = re.compile(r"(?:人均|户均|亩均|每[\u4e00-\u9fff]{0,3}|标准为?|单价为?|均)$")


def sums_of_money(text: str) -> Iterator[Amount]:
    """Sums in 万元 or 亿元; not prices per head (人均3万元, 0.18万元/车), not counts (3.8万亩)."""
    if "万" not in text and "亿" not in text:
        return
    for found in _SUM.finditer(plain(text)):
        if not found["after"] and not _EACH.search(found["before"]):
            amount = _decimal(found["number"]) * _MONEY_SCALES[found["unit"]]
            yield Amount(found["number"] + found["unit"], amount)


@dataclass(frozen=True, slots=True)
class Product:
    """A multiplication the text makes, with the result it prints; money in 元."""

    text: str
    exact: Decimal
    printed: Decimal
    scale: int
    """元 in one unit of the printed result."""
    tolerance: Decimal
    """Half of the last printed place, in 元."""
    prices: tuple[Decimal, ...]
    """Factors that are money, in 元."""

    @property
    def is_right(self) -> bool:
        return abs(self.exact - self.printed) <= self.tolerance


_SIGN_OF_PRODUCT = re.compile("[*＊×✕均每]")
_WORD = r"[^0-9*=,，;；。、+()（）]{0,12}?"
_FACTOR = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>亿元|万元|元|万|亿|%)?(?P<rest>{_WORD})\s*")
_CHAIN = re.compile(
    rf"(?:{_NUMBER}){_WORD}(?:\s*\*\s*(?:{_NUMBER}){_WORD}){{1,3}}\s*=\s*(?:{_NUMBER})\s*(?:{_MONEY_UNIT})"
)
_PER_HEAD = re.compile(
    rf"(?<![0-9.,])(?P<count>{_NUMBER})\s*(?P<many>万)?(?:人|名|户|位|个|所|亩|头|辆|台|套|家|村)[^0-9,;。]{{0,12}}[,、]?"
    rf"(?:人均|户均|亩均|每[人户名亩头辆台套家所个村])(?:补助|补贴|救助|发放|标准|标准为|资助)?(?P<price>{_NUMBER})\s*(?P<unit>{_MONEY_UNIT}|万|元)"
    rf"[,、]?(?:共计|合计|总计|共需|需|计|共)(?:费用|资金|金额)?(?:为)?(?P<total>{_NUMBER})\s*(?P<total_unit>{_MONEY_UNIT})"
)


def products(text: str) -> Iterator[Product]:
    """`a人*b元=c万元` with up to four factors, and `a名…，人均b元，共计c万元`."""
    if not _SIGN_OF_PRODUCT.search(text):
        return
    source = plain(text)
    for found in _CHAIN.finditer(source):
        left, _, right = found[0].rpartition("=")
        factors = [_FACTOR.fullmatch(part) for part in left.split("*")]
        prices = [_price(factor) for factor in factors if factor and factor["unit"] in ("元", "万元", "亿元")]
        if all(factors) and len(prices) == 1:
            exact = prices[0]
            for factor in factors:
                if factor and factor["unit"] not in ("元", "万元", "亿元"):
                    exact *= _count(factor)
            yield _product(text[found.start() : found.end()], exact, right.strip(), tuple(prices))
    for found in _PER_HEAD.finditer(source):
        price = _decimal(found["price"]) * _MONEY_SCALES[found["unit"]]
        exact = _decimal(found["count"]) * (10**4 if found["many"] else 1) * price
        total = found["total"] + found["total_unit"]
        yield _product(text[found.start() : found.end()], exact, total, (price,))


def _price(factor: re.Match[str]) -> Decimal:
    return _decimal(factor["number"]) * _MONEY_SCALES[factor["unit"]]


def _count(factor: re.Match[str]) -> Decimal:
    scale = {"万": Decimal(10**4), "亿": Decimal(10**8), "%": Decimal("0.01")}.get(factor["unit"] or "", Decimal(1))
    return _decimal(factor["number"]) * scale


def _product(text: str, exact: Decimal, total: str, prices: tuple[Decimal, ...]) -> Product:
    digits = re.match(_NUMBER, total)
    number = digits[0] if digits else "0"
    scale = _MONEY_SCALES[total[len(number) :].strip()]
    return Product(text, exact, _decimal(number) * scale, scale, _half_last_place(number) * scale, prices)


def add_up_to(amounts: list[Decimal], wanted: Decimal, tolerance: Decimal) -> bool:
    """Is some choice of the amounts the wanted sum? Beyond 12 amounts only single ones and the whole are tried."""
    sums = {Decimal(0)}
    if len(amounts) > 12:
        sums = {*amounts, sum(amounts, Decimal(0))}
    else:
        for amount in amounts:
            sums |= {each + amount for each in sums}
    return any(abs(each - wanted) <= tolerance for each in sums if each)
