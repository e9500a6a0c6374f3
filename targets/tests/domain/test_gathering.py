"""Indicators gathered from forms: one for each name, category and unit; and found by pinyin."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.gathering import LONGEST_NAME, Gathered, gather, indicator_key
from targets.domain.pinyin import pinyin_keys
from targets.domain.record import IndicatorRow, Record


def form(year: int, *rows: tuple[str, str, str, str]) -> Record:
    """Rows as (category, name, target, explanation)."""
    made = []
    for category, name, target, explanation in rows:
        level1, _, level2 = category.partition("/")
        made.append(IndicatorRow(level1=level1, level2=level2, name=name, target=target, explanation=explanation))
    return Record("project", year, "项目", rows=tuple(made))


QUANTITY, QUALITY = "产出指标/数量指标", "产出指标/质量指标"


def test_spellings_are_one_and_units_and_categories_are_not() -> None:
    found = gather(
        [
            (1, form(2022, (QUANTITY, "补助 人数", "≥1000名", "旧解释"), (QUALITY, "补助人数", "≥90%", ""))),
            (1, form(2023, ("产出/数量", "★补助人数", "≥1200人", "新解释"), (QUANTITY, "补助人数", "=5户", ""))),
            (2, form(2023, (QUANTITY, "补助人数", "≥800人", ""))),
        ]
    )
    assert {
        key: (one.name, one.level1, one.unit, one.uses, one.last_used, one.department, one.explanation, one.usual)
        for key, one in found.items()
    } == {
        "补助人数|数量指标|人": ("补助人数", "产出指标", "人", 3, 2023, None, "新解释", (Decimal(800), Decimal(1200))),
        "补助人数|质量指标|%": ("补助人数", "产出指标", "%", 1, 2022, 1, "", (Decimal(90), Decimal(90))),
        "补助人数|数量指标|户": ("补助人数", "产出指标", "户", 1, 2023, 1, "", (Decimal(5), Decimal(5))),
    }


def test_what_is_no_name_is_left_out() -> None:
    rows = [(QUANTITY, name, "≥1个", "") for name in ("", "—", "字" * (LONGEST_NAME + 1))]
    assert gather([(1, form(2023, *rows))]) == {}
    (misread,) = gather([(1, form(2023, (QUALITY, "救助率", "-100%", "")))]).values()
    assert (misread.unit, misread.usual) == ("%", None)
    (only,) = gather([(1, form(2023, (QUANTITY, "环境", "显著改善", "")))]).values()
    assert (only.unit, only.operator, only.usual) == ("", "", None)


def test_one_odd_value_among_many_does_not_widen_the_usual_range() -> None:
    one = Gathered("", "", "%", numbers=[Decimal(number) for number in (-100, 90, 91, 92, 93, 94, 95, 96, 97, 98)])
    assert one.usual == (Decimal(90), Decimal(97))


@given(st.lists(st.sampled_from([QUANTITY, QUALITY]), max_size=6), st.randoms())
def test_the_order_of_forms_changes_no_count(categories: list[str], random: object) -> None:
    forms = [(place, form(2020 + place, (one, "人数", f"≥{place}人", ""))) for place, one in enumerate(categories)]
    forwards, backwards = gather(forms), gather(reversed(forms))
    assert {key: (one.uses, one.usual, one.last_used) for key, one in forwards.items()} == {
        key: (one.uses, one.usual, one.last_used) for key, one in backwards.items()
    }
    assert sum(one.uses for one in forwards.values()) == len(forms)


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("残疾人精准康复服务率", "canjirenjingzhunkangfufuwulv", "cjrjzkffwl"),
        ("学前教育", "xueqianjiaoyu", "xqjy"),
        ("重庆长安", "chongqingchangan", "cqca"),
        ("ＧＤＰ 增长（2023）", "gdpzengzhang2023", "gdpzz2023"),
        ("≥%", "", ""),
    ],
)
def test_pinyin(name: str, full: str, initials: str) -> None:
    assert pinyin_keys(name) == (full, initials)


def test_a_key_fits_its_column() -> None:
    assert len(indicator_key("字" * 400, "类" * 40, "位" * 60)) == 320
