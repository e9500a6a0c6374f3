"""绩效目标审核表: what is asked of a form under four criteria, what a reviewer answered, and the grade that follows.

Questions, points and bands are data of the year. A key project gets points for each question; other forms a plain answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

EXCELLENT, GOOD, FAIR, POOR = "excellent", "good", "fair", "poor"
GRADES = {EXCELLENT: "优", GOOD: "良", FAIR: "中", POOR: "差"}
RETURNING = frozenset({FAIR, POOR})
"""Grades with which a form is usually returned. They suggest it; the person decides."""
MEETS, MOSTLY, FAILS = "meets", "mostly", "fails"
PLAIN = {MEETS: "符合", MOSTLY: "基本符合", FAILS: "不符合"}
FULL = 100
"""What the points of a year's questions should add up to: the bands are meant for it."""


@dataclass(frozen=True, slots=True)
class Bands:
    """From how many points on a form is 优, 良, 中; below the last it is 差."""

    excellent: Decimal
    good: Decimal
    fair: Decimal

    def grade(self, total: Decimal) -> str:
        lowest = {EXCELLENT: self.excellent, GOOD: self.good, FAIR: self.fair}
        return next((grade for grade, least in lowest.items() if total >= least), POOR)


DEFAULT_BANDS = {"grade_excellent": "90", "grade_good": "80", "grade_fair": "60"}
"""Named as in the thresholds of a year."""


def bands_of(thresholds: Mapping[str, Any]) -> Bands:
    return Bands(*(Decimal(str(thresholds.get(name, default))) for name, default in DEFAULT_BANDS.items()))


@dataclass(frozen=True, slots=True)
class Question:
    """`rules` are the checks whose findings bear on it."""

    group: str
    name: str
    text: str
    points: int
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """With the question as it was put. `value` is points as digits, or one of PLAIN, or "" while it is not answered."""

    group: str
    name: str
    text: str
    points: int
    value: str = ""
    note: str = ""

    @classmethod
    def to(cls, question: Question, value: str = "", note: str = "") -> "Answer":
        return cls(question.group, question.name, question.text, question.points, value, note)

    @property
    def words(self) -> str:
        """For print-outs: `8.5`, `符合`."""
        return PLAIN.get(self.value, self.value)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_points(typed: str, most: int) -> tuple[str, str]:
    """What was typed as points, plainly written, and what is wrong with it ("" for nothing)."""
    text = typed.strip()
    if not text:
        return "", ""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text, f"“{text[:20]}”不是数字"
    if not number.is_finite() or number < 0 or number > most:
        return text, f"“{text[:20]}”不在0到{most}之间"
    if number != round(number, 2):
        return text, f"“{text[:20]}”的小数超过两位"
    return plain_number(number), ""


def plain_number(number: Decimal) -> str:
    """`86`, `86.5`."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def is_complete(answers: Sequence[Answer]) -> bool:
    return bool(answers) and all(answer.value for answer in answers)


def points_given(answers: Sequence[Answer]) -> Decimal:
    return sum((Decimal(answer.value) for answer in answers if answer.value), Decimal(0))


def plain_grade(answers: Sequence[Answer]) -> str:
    """What plain answers suggest: 优 when all is met, 良 when nothing fails, 差 when more than a quarter fails."""
    failing = sum(answer.value == FAILS for answer in answers)
    if failing:
        return POOR if failing * 4 > len(answers) else FAIR
    return EXCELLENT if all(answer.value == MEETS for answer in answers) else GOOD


def weak(answers: Sequence[Answer], bands: Bands, *, is_scored: bool) -> list[Answer]:
    """Answers that speak for mending: fewer points than the share that 良 asks of the whole, or not wholly met."""
    if is_scored:
        return [one for one in answers if one.value and Decimal(one.value) * FULL < bands.good * one.points]
    return [one for one in answers if one.value in (MOSTLY, FAILS)]


def what_to_mend(opinion: str, answers: Sequence[Answer], bands: Bands, *, is_scored: bool) -> str:
    """The overall opinion, then the weak answers line by line: the draft of the opinion with which a form is returned."""
    lines = [opinion.strip()] if opinion.strip() else []
    for number, one in enumerate(weak(answers, bands, is_scored=is_scored), start=1):
        given = f"{one.words}分，满分{one.points}分" if is_scored else one.words
        lines.append(f"{number}. {one.name}（{given}）{'：' if one.note.strip() else ''}{one.note.strip()}")
    return "\n".join(lines)


STANDARD_QUESTIONS: tuple[Question, ...] = (
    Question(
        "完整性", "规范完整性", "填报格式是否规范，内容是否完整、准确，有无缺项、错项。", 10,
        ("R01", "R03", "R06", "R07", "R08", "R09", "R10", "R11", "R42", "R43", "R45", "R48", "R52"),
    ),
    Question(
        "完整性", "明确清晰性", "绩效目标是否明确、清晰，能否反映项目的主要内容，是否写明预期的产出和效果。", 10, ("R02", "R12"),
    ),
    Question(
        "相关性", "目标相关性", "总体目标是否符合法律法规和发展规划，与部门职责、年度工作计划是否密切相关。", 15, ("R04",),
    ),
    Question(
        "相关性", "指标科学性", "指标是否全面、细化、量化，定性的是否具体可考核；是否选取了关键指标并明确指标值。", 15,
        ("R13", "R16", "R17", "R19", "R20", "R21", "R22", "R25", "R26", "R28"),
    ),
    Question(
        "适当性", "绩效合理性", "预期绩效是否显著，是否符合行业正常水平，与往年和同类项目相比是否合理。", 15, ("R35", "R37", "R40"),
    ),
    Question(
        "适当性", "资金匹配性", "目标与资金规模是否匹配：按这些资金目标是否过高或过低，按这些目标资金是否过多或过少。", 15,
        ("R18", "R29", "R30", "R31", "R32", "R33"),
    ),
    Question(
        "可行性", "实现可能性", "目标是否经过论证和合理测算，能否如期实现。", 10, ("R38", "R39", "R61"),
    ),
    Question(
        "可行性", "条件充分性", "实施方案是否合理，组织实施能力和条件是否充分，内部控制和管理制度是否健全。", 10,
    ),
)  # fmt: skip
"""For a year that begins without an earlier one. Points as the form for key projects has them."""
