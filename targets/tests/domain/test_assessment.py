from decimal import Decimal

import pytest

from targets.domain.assessment import (
    DEFAULT_BANDS,
    EXCELLENT,
    FAILS,
    FAIR,
    FULL,
    GOOD,
    GRADES,
    MEETS,
    MOSTLY,
    POOR,
    STANDARD_QUESTIONS,
    Answer,
    Bands,
    bands_of,
    is_complete,
    plain_grade,
    points_given,
    read_points,
    weak,
    what_to_mend,
)
from targets.domain.checks import RULES

USUAL = bands_of({})


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("100", "优"),
        ("90", "优"),
        ("89.99", "良"),
        ("80", "良"),
        ("79.99", "中"),
        ("60", "中"),
        ("59.99", "差"),
        ("0", "差"),
    ],
)
def test_points_become_a_grade(total: str, grade: str) -> None:
    assert GRADES[USUAL.grade(Decimal(total))] == grade


def test_bands_are_those_of_the_year() -> None:
    assert bands_of({"grade_good": "85", "goal_length": "10"}) == Bands(Decimal(90), Decimal(85), Decimal(60))
    assert Bands(*map(Decimal, DEFAULT_BANDS.values())) == USUAL


@pytest.mark.parametrize(
    ("answers", "grade"),
    [
        ((MEETS,) * 8, EXCELLENT),
        ((MOSTLY,) + (MEETS,) * 7, GOOD),
        ((MOSTLY,) * 8, GOOD),
        ((FAILS,) + (MEETS,) * 7, FAIR),
        ((FAILS, FAILS) + (MEETS,) * 6, FAIR),
        ((FAILS, FAILS, FAILS) + (MEETS,) * 5, POOR),
    ],
)
def test_plain_answers_suggest_a_grade(answers: tuple[str, ...], grade: str) -> None:
    assert plain_grade([Answer("组", "问", "?", 10, value) for value in answers]) == grade


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ("", "")),
        (" 8 ", ("8", "")),
        ("8.50", ("8.5", "")),
        ("0", ("0", "")),
        ("10", ("10", "")),
        ("10.01", ("10.01", "“10.01”不在0到10之间")),
        ("-1", ("-1", "“-1”不在0到10之间")),
        ("8.125", ("8.125", "“8.125”的小数超过两位")),
        ("八分", ("八分", "“八分”不是数字")),
        ("NaN", ("NaN", "“NaN”不在0到10之间")),
        ("1e400", ("1e400", "“1e400”不在0到10之间")),
        ("=1+1", ("=1+1", "“=1+1”不是数字")),
    ],
)
def test_points_are_read_as_typed(typed: str, read: tuple[str, str]) -> None:
    assert read_points(typed, 10) == read


def test_a_form_is_complete_when_every_question_is_answered() -> None:
    first, second = Answer("组", "一", "?", 10, "0"), Answer("组", "二", "?", 15, "12.5")
    told = [is_complete(answers) for answers in ([], [first, second], [first, Answer("组", "二", "?", 15)])]
    assert (told, points_given([first, second, Answer("组", "三", "?", 5)])) == (
        [False, True, False],
        Decimal("12.5"),
    )


def test_what_is_to_be_mended_is_written_for_the_unit() -> None:
    scored = [
        Answer("组", "规范完整性", "?", 10, "8", "不算弱"),
        Answer("组", "指标科学性", "?", 15, "8.5", "质量指标没有量化"),
        Answer("组", "资金匹配性", "?", 15, "11.99"),
    ]
    plain = [
        Answer("组", "规范完整性", "?", 10, MEETS),
        Answer("组", "指标科学性", "?", 15, FAILS, "没有量化"),
        Answer("组", "资金匹配性", "?", 15, MOSTLY),
    ]
    assert [one.name for one in weak(scored, USUAL, is_scored=True)] == ["指标科学性", "资金匹配性"]
    assert what_to_mend("须修改。", scored, USUAL, is_scored=True) == (
        "须修改。\n1. 指标科学性（8.5分，满分15分）：质量指标没有量化\n2. 资金匹配性（11.99分，满分15分）"
    )
    assert what_to_mend("", plain, USUAL, is_scored=False) == (
        "1. 指标科学性（不符合）：没有量化\n2. 资金匹配性（基本符合）"
    )


def test_the_usual_questions_are_those_of_the_trade() -> None:
    groups: dict[str, int] = {}
    for one in STANDARD_QUESTIONS:
        groups[one.group] = groups.get(one.group, 0) + one.points
    assert groups == {"完整性": 20, "相关性": 30, "适当性": 30, "可行性": 20}
    assert (len(STANDARD_QUESTIONS), sum(groups.values())) == (8, FULL)


def test_a_rule_bears_on_one_question_and_exists() -> None:
    named = [rule for one in STANDARD_QUESTIONS for rule in one.rules]
    assert len(named) == len(set(named))
    assert set(named) <= set(RULES)
