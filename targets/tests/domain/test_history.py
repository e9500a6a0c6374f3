"""上年值 and 前三年均值 from what is stored: actual values only, of the right years, in one unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.history import Past, carried_over, past_source
from targets.domain.record import IndicatorRow


def row(last_year: str, source: str = "内部统计") -> IndicatorRow:
    return IndicatorRow(key="aaaaaaaa", name="入园率", target="≥92%", last_year=last_year, history_source=source)


def past(**told: str) -> Past:
    """`y2024="90%"`: the form of 2024 says that 2023 ended at 90%."""
    return Past.of(2024, {int(year[1:]): row(text) for year, text in told.items()})


@pytest.mark.parametrize(
    ("known", "last", "mean", "missing"),
    [
        (past(y2024="90%", y2023="88%", y2022="92%"), "90%", "90%", ()),
        (past(y2024="90%", y2023="88%", y2022="91%"), "90%", "89.7%", ()),
        (past(y2024="1,200条", y2023="1100条", y2022="1000 条"), "1,200条", "1100条", ()),
        (past(y2024="12.5万元", y2023="12万元", y2022="11.75万元"), "12.5万元", "12.083万元", ()),
        (past(y2024="=100%", y2023="100百分比", y2022="100％"), "=100%", "100%", ()),
        (past(y2024="90%", y2023="88%"), "90%", "", (2021,)),
        (past(y2023="88%", y2022="92%"), "", "", (2023,)),
        (past(y2024="90%", y2023="88人", y2022="92%"), "90%", "", ()),
        (past(y2024="≥90%", y2023="88%", y2022="92%"), "", "", (2023,)),
        (past(y2024="-", y2023="显著", y2022=""), "", "", (2023, 2022, 2021)),
        (past(y2025="90%", y2021="88%"), "", "", (2023, 2022, 2021)),
        (past(), "", "", (2023, 2022, 2021)),
    ],
)
def test_what_is_known_of_three_years(known: Past, last: str, mean: str, missing: tuple[int, ...]) -> None:
    assert (known.last.text if known.last else "", known.mean, known.missing) == (last, mean, missing)


def test_a_copied_row_keeps_no_history_value_of_another_year() -> None:
    """The target of last year is not what came of it."""
    old = IndicatorRow(key="aaaaaaaa", name="入园率", target="≥92%", average_3y="85%", last_year="88%", note="说明")
    copied = carried_over(old, past(y2023="88%", y2022="92%"))
    assert copied == IndicatorRow(key="aaaaaaaa", name="入园率", target="≥92%", note="说明")


def test_what_is_stored_comes_with_its_source() -> None:
    known = past(y2024="90%", y2023="88%", y2022="92%")
    copied = carried_over(row("85%", "旧来源"), known)
    assert (copied.last_year, copied.average_3y, copied.history_source) == (
        "90%",
        "90%",
        "内部统计（2022—2024年整体绩效目标表上年值）",
    )
    assert past_source(Past.of(2024, {2024: row("1人", ""), 2023: row("1人", "")})) == "2023—2024年整体绩效目标表上年值"
    assert known.told == "2023年90%、2022年88%、2021年92%"


@given(st.lists(st.decimals(0, 100_000, places=2), min_size=3, max_size=3))
def test_the_mean_is_the_mean_to_one_decimal_more(numbers: list[Decimal]) -> None:
    known = past(**{f"y{2024 - place}": f"{number}人" for place, number in enumerate(numbers)})
    assert abs(Decimal(known.mean.removesuffix("人")) - sum(numbers, Decimal()) / 3) <= Decimal("0.0005")
