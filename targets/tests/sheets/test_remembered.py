"""What is remembered of one file saves time with the next, and changes nothing of what is read there."""

import tracemalloc

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from targets.domain.sheets import cells, guard, parts
from targets.domain.sheets.cells import Grid, label_key
from targets.domain.sheets.guard import inspect
from targets.domain.sheets.layout import Labelled
from targets.domain.sheets.layouts import LAYOUTS
from targets.domain.sheets.number_format import show
from targets.domain.sheets.problems import FileRefused
from targets.domain.sheets.reader import Reading, read_workbook
from targets.domain.sheets.remembered import LONGEST, MOST, Remembered
from targets.domain.sheets.says import Says, at_first_sight, looked_at, says
from targets.domain.sheets.shift import DOUBTED, DOUBTED_ELSEWHERE, FITS, contradicts, fit
from targets.tests.sheets.books import ROWS, fill, one_sheet, project_lines, saved
from targets.tests.sheets.test_guard import GOOD, in_sheet, lying_about_size

TEXTS = [
    "", "3", "（三）", "产出指标", "数量指标", "过程指标", "成本", "≥95%", "95", "提升", "小麦=5亩 玉米=13亩", "5亩 13亩", "-", "430万元", "某某经费2万元",
    "某某经费", "教育科", "教育科、财务室", "统计年鉴", "反映补助情况", "反映", "长" * 70, "长" * 130, "按照有关规定开展各项工作", "★数量指标",
]  # fmt: skip


def form_with(values: list[float], code: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    lines = project_lines(rows=[("产出指标", "数量指标", f"指标名{number}", "") for number, _ in enumerate(values)])
    fill(sheet, lines)
    for number, value in enumerate(values):
        sheet.cell(len(lines) - len(values) + number + 1, 5, value).number_format = code
    return saved(book)


@pytest.mark.parametrize("count", [1, 60])
def test_numbers_show_as_on_the_screen_be_they_few_or_many(count: int) -> None:
    values = [number / 100 for number in range(1, count + 1)]
    form = read_workbook(form_with(values, "0%"), "a.xlsx").forms[0]
    assert form.record
    assert [row.target for row in form.record.rows] == [f"{number}%" for number in range(1, count + 1)]


def test_a_zero_is_no_falsehood_though_one_stands_above_it() -> None:
    book = openpyxl.Workbook()
    fill(book.active, project_lines(total=False, fiscal=0, other=True))
    book.active.cell(1, 9, 1)
    problems = read_workbook(saved(book), "a.xlsx").forms[0].problems
    told = [(problem.cell, problem.message) for problem in problems if "不是数字" in problem.message]
    assert [(cell, "FALSE" in message, "TRUE" in message) for cell, message in told] == [
        ("E4", True, False),
        ("E6", False, True),
    ]


def in_the_slow_way(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """Cell by cell, as a sheet is read that no office program has written."""
    with monkeypatch.context() as patched:
        patched.setattr(guard, "plain_sheet", lambda sheet: None)
        return read_workbook(content, "a.xlsx")


@pytest.mark.parametrize(
    "content",
    [
        in_sheet(b'<c r="E4"', b'<c r="E4" s="0" t="n"><v>1</v></c><c r="E4"'),
        one_sheet(project_lines(total=True, fiscal=1, other=0)),
        one_sheet(project_lines(total=0, fiscal=False, other=1)),
        form_with([0.95, 12.345, 1, 0], "0.0"),
        form_with([0.95, 12.345, 1, 0], '0.0;@"元"'),
        one_sheet([*project_lines(), *[[f"{number}"] * 30 for number in range(3)]]),
    ],
    ids=["a cell twice", "true", "false", "two formats in a column", "a format for texts", "columns beyond Z"],
)
def test_a_sheet_of_an_office_program_is_read_as_any_other(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert inspect(content, "a.xlsx").plain
    assert read_workbook(content, "a.xlsx") == in_the_slow_way(content, monkeypatch)


def test_a_part_that_is_known_must_still_have_its_size() -> None:
    assert read_workbook(GOOD, "a.xlsx").forms
    with pytest.raises(FileRefused, match="已损坏"):
        read_workbook(lying_about_size(GOOD), "a.xlsx")
    assert read_workbook(GOOD, "a.xlsx").forms


def test_a_head_that_is_known_is_read_where_it_stands() -> None:
    rows = [("产出指标", "数量指标", "学生数", "≥5人"), ("", "", "教师数", "≥2人")]
    lines = project_lines(rows=rows)
    other = ["绩效指标", "一级指标", "二级指标", "指标值", "三级指标"]
    for above in ([], [["附件2"]], [["附件2"], []]):
        for heading in (lines[7], other, lines[7]):
            found = read_workbook(one_sheet([*above, *lines[:7], heading, *lines[8:]]), "a.xlsx").forms[0].record
            assert found
            name, target = ("name", "target") if heading is not other else ("target", "name")
            assert [(getattr(row, name), getattr(row, target)) for row in found.rows] == [row[2:] for row in rows]


def test_what_is_remembered_has_an_end() -> None:
    lengths = Remembered(len)
    for number in range(MOST + 10):
        assert lengths[f"名称{number}"] == len(f"名称{number}")
    assert lengths["长" * (LONGEST + 1)] == LONGEST + 1
    assert 0 < len(lengths) <= MOST
    assert max(map(len, lengths)) <= LONGEST
    assert LAYOUTS[0].label_of("项目名称：" + "长" * LONGEST) == Labelled("title", "长" * LONGEST)
    limit = parts._known.cache_info().maxsize
    assert limit is not None
    assert limit * (parts.SHORT + parts.SHORT_UNPACKED) < 4 * 1024 * 1024


@pytest.mark.parametrize("name", [*FITS, "weight"])
def test_a_quick_look_doubts_what_a_long_one_doubts(name: str) -> None:
    texts = [*TEXTS, *(text for row in ROWS for text in row)]
    limit = DOUBTED.get(name, DOUBTED_ELSEWHERE)
    assert [contradicts(name, text) for text in texts] == [fit(name, text) < limit for text in texts]


PIECES = (
    *"≥≤=０９95.1-%％ 　\n一三級级12（3）(）[]【】〔〕:：★*_、,，",
    *"成本 产出 指标 目标 数量 满意度 年底前 百 人 万元 个 班 项目名称 二、 3.".split(),
    "指\u200b标",
)
"""What the short ways look at, and what must not take them."""


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
@example("二十")
@example("12")
@example("3级")
@example("=5班")
@example("ⅷ指标")
def test_what_is_told_at_a_glance_is_what_looking_tells(text: str) -> None:
    assert at_first_sight(text) == looked_at(text)
    assert label_key(text) == cells._folded_key(text)


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12),
    st.sampled_from(["0", "0.00", "0.0##", "0.####", "#,##0", "#,##0.00", "#,##0.00####", "0%", "0.00%", "0.0#%"]),
)
@example(0.0, "#,##0.00####")
@example(-0.04, "0.0#")
def test_the_usual_formats_show_what_any_format_shows(value: float, code: str) -> None:
    """With a blank text in it a format is read token by token."""
    assert show(value, code) == show(value, code + '""')


@pytest.mark.parametrize(
    ("text", "is_value"),
    [("百分之百", True), ("提升", False), ("道路新建的情况", False)],
)
def test_words_are_a_value_only_where_they_count(text: str, is_value: bool) -> None:
    assert bool(says(text) & Says.VALUE) is is_value


def test_a_long_list_is_cleaned_without_being_remembered_whole() -> None:
    rows = [[f"{row}-{column}" for column in range(20)] for row in range(15_000)]
    tracemalloc.start()
    Grid("表", rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
