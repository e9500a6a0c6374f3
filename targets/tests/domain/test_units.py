"""Values that are held against each other: their quantities, and what their units are."""

from decimal import Decimal

import pytest

from targets.domain.units import canonical_unit, is_money, is_sum_of_money
from targets.domain.values import IndicatorValue, comparable

YEAR = 2023


@pytest.mark.parametrize(
    ("text", "quantity", "base"),
    [
        ("≥95%", Decimal(95), (Decimal(95), "%")),
        ("6万人", Decimal(6), (Decimal(60000), "人")),
        ("=0.08万元", Decimal("0.08"), (Decimal(800), "元")),
        ("1.2亿元", Decimal("1.2"), (Decimal(120000000), "元")),
        ("5千元", Decimal(5), (Decimal(5000), "元")),
        ("10万元/公里", Decimal(10), (Decimal(100000), "元/公里")),
        ("3:2", Decimal("1.5"), (Decimal("1.5"), "")),
        ("3:0", None, None),
        ("保障", None, None),
        ("2023年底", None, None),
        ("3-5次", None, None),
    ],
)
def test_quantity(text: str, quantity: Decimal | None, base: tuple[Decimal, str] | None) -> None:
    value = IndicatorValue.parse(text, YEAR)
    assert (value.quantity, value.in_base_unit) == (quantity, base)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("≥95%", "100百分比", True),
        ("≥6万人", "58000人", True),
        ("≥728万元", "7280000元", True),
        ("≥20名", "18人", True),
        ("≥500m2", "480平方米", True),
        ("=1200元/人·月", "1100元/人/月", True),
        ("≥5个项目", "4个", True),
        ("≥5个", "4所", True),
        ("≥1.8；1", "1.5；1", True),
        ("小学≥10人", "小学8人", True),
        ("小学≥10人", "初中8人", False),
        ("小学≥10人", "8人", True),
        ("≥200条", "200期", False),
        ("≥3700人次", "4718人", False),
        ("≥8500对", "100%", False),
        ("≥90所", "90%", False),
        ("≥95%", "保障", False),
        ("≥95%", "-", False),
        ("2023年底前", "2022年底", True),
        ("2023年底前", "95%", False),
    ],
)
def test_comparable(a: str, b: str, expected: bool) -> None:
    first, second = IndicatorValue.parse(a, YEAR), IndicatorValue.parse(b, YEAR)
    assert (comparable(first, second), comparable(second, first)) == (expected, expected)


@pytest.mark.parametrize(
    ("unit", "canonical"),
    [
        ("百分比", "%"), ("百分号", "%"), ("％", "%"), ("人次", "人次"), ("人/次", "人次"), ("个百分点", "百分点"), ("名", "人"),
        ("万名", "万人"), ("名教师", "人"), ("元/人·月", "元/人/月"), ("元每亩", "元/亩"), ("㎡", "平方米"), ("个工作日", "工作日"),
        ("km", "公里"), ("", ""), ("亩", "亩"), ("万元", "万元"), ("套图书", "套"),
    ],
)  # fmt: skip
def test_canonical_unit(unit: str, canonical: str) -> None:
    assert canonical_unit(unit) == canonical


@pytest.mark.parametrize(
    ("unit", "money", "total"),
    [
        ("元", True, True),
        ("万元", True, True),
        ("亿元", True, True),
        ("元/亩", True, False),
        ("人", False, False),
        ("", False, False),
    ],
)
def test_money_units(unit: str, money: bool, total: bool) -> None:
    assert (is_money(unit), is_sum_of_money(unit)) == (money, total)
