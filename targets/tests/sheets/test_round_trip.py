"""What is written is what is read: any record, any text, any merges.

A workbook of ours carries its records, which are believed where the sheet shows them (`proof`): there no text is too
odd. Another program drops what it carries; then the words and places of the layout must do.
"""

import base64
import io
import re
import zlib
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from targets.domain.record import PLAN, PROJECT, ROW_TEXTS, IndicatorRow, Record
from targets.domain.sheets.cells import clean_text, label_key
from targets.domain.sheets.find import HEADINGS
from targets.domain.sheets.head import is_page_number
from targets.domain.sheets.layouts import OFFICIAL
from targets.domain.sheets.proof import END, PART, START, as_printed, part_of
from targets.domain.sheets.reader import read_workbook
from targets.domain.sheets.says import at_first_sight
from targets.domain.sheets.signing import FOOT_WORDS
from targets.domain.sheets.table import TOTALS
from targets.domain.sheets.writer import write_official
from targets.tests.sheets.books import saved
from targets.tests.sheets.test_guard import rezipped

AWKWARD = (
    "=100%", "≥95%", "+1", "-100%", "@x", '"引号"', "'撇号", "00123", "1.8；1", "100.00%", "=1+1", "http://a.cn", "1e5",
    "第一行\n第二行", "a_x000D_b", "<p>段落</p>", "&amp;", "]]>", "😀", "　全角空格内 部　".strip(), "2023年12月底前", "TRUE", "#N/A",
    "长" * 3000, "目标1：一、二、三；", "0.00", "（无）", "-", "小学≥26495人",
)  # fmt: skip

LETTERS = [
    chr(at)
    for first, end, step in (
        (0x20, 0x7F, 1),
        (0xC0, 0x250, 1),
        (0x391, 0x3CA, 1),
        (0x3041, 0x3097, 1),
        (0x4E00, 0x9FA6, 7),
        (0x20000, 0x20400, 16),
    )
    for at in range(first, end, step)
]
texts = st.one_of(st.sampled_from(AWKWARD), st.lists(st.sampled_from(LETTERS), max_size=20).map("".join).map(str.strip))
"""Of plain letters: `st.text` would put in words and marks of our own modules, and they are labels, categories and stars."""
filled = texts.filter(bool)
"""Not the words of the form itself: a cell that says 实施单位 is a label."""


def is_free(layout):
    return lambda text: (
        layout.label_of(text) is None
        and label_key(text) not in HEADINGS
        and not layout.title_words.search(text)
        and ":" not in text
        and "：" not in text
    )


PARTED = re.compile("[\n；;、]")
OF_WORDS = frozenset(ROW_TEXTS) - frozenset("target weight plan_value standard_value average_3y last_year".split())


def is_name(text):
    """A value or a running number in a column of words is what a row shifted by a column looks like, so it is read as one, and told.

    A row that says nothing but 1/2 is the number of a page.
    """
    return not at_first_sight(text) and not is_page_number(text)


words = texts.filter(is_name)
OF_VALUES = "target plan_value standard_value average_3y last_year".split()
OF_COLUMN = dict.fromkeys(
    OF_VALUES,
    st.sampled_from(
        ("=100%", "≥95%", "-100%", "1.8；1", "100.00%", "0.00", "1e5", "2023年12月底前", "小学≥26495人", "-", "")
    ),
) | {
    "level1": st.sampled_from(("产出指标", "效益指标", "满意度指标", "成本指标", "产出")),
    "number": st.sampled_from(("1", "（二）", "3.", "")),
    "office": st.sampled_from(("教育科", "办公室、财务科", "")),
    "weight": st.sampled_from(("10", "20%", "5分", "")),
    "level2": st.sampled_from(("数量指标", "社会效益", "质量指标", "服务对象满意度指标", "")),
}
"""What else stands in these columns has slipped, or may have."""


def is_plain_name(text):
    return text[:1].isalpha() and text[-1:] not in "]】〕)）］"


@st.composite
def rows(draw, kind):
    """Rows whose merged cells repeat the one above; every row has a cell of its own."""
    layout = OFFICIAL[kind]
    fields = [column.field for column in layout.columns]
    made = []
    for _ in range(draw(st.integers(0, 6))):
        some = draw(st.sets(st.sampled_from(fields), max_size=6))
        values = {name: draw(OF_COLUMN.get(name, words if name in OF_WORDS else texts)) for name in some}
        values["name"] = draw(filled.filter(is_name).filter(is_free(layout)))
        may_hang = [
            c.field
            for c in layout.columns
            if c.field != "name" and made and (not c.optional or getattr(made[-1], c.field))
        ]
        hanging = draw(st.sets(st.sampled_from(may_hang), max_size=5)) if made else set()
        values |= {name: getattr(made[-1], name) for name in hanging}
        if PARTED.search(values.get("target", "")):  # beside as many parts of a name they are several indicators
            values["name"] = PARTED.sub("，", values["name"])
        made.append(IndicatorRow(**values, continues=tuple(name for name in fields if name in hanging)))
    return tuple(made)


fen = st.integers(0, 10**13).map(lambda fen: Decimal(fen) / 100)
extras = st.dictionaries(
    st.text("甲乙丙丁戊", min_size=2, max_size=6),
    st.sampled_from(("王某", "=1", "0533-5180000", "第一\n第二")),
    max_size=2,
)


@st.composite
def projects(draw):
    free = texts.filter(is_free(OFFICIAL[PROJECT]))
    return Record(
        kind=PROJECT,
        year=draw(st.integers(2015, 2035)),
        title=draw(free.filter(bool)),
        code=draw(st.sampled_from(("", "2023-202-0001", "370302230001"))),
        department_code=(code := draw(st.sampled_from(("", "202", "202001")))),
        department_name=draw(free.filter(bool).filter(is_plain_name)) if code else draw(st.sampled_from(("", "某局"))),
        unit=draw(free),
        total=draw(st.none() | fen),
        fiscal=draw(st.none() | fen),
        other=draw(st.none() | fen),
        goal=draw(free),
        extra=draw(extras),
        rows=draw(rows(PROJECT)),
    )


@st.composite
def plans(draw):
    year = draw(st.integers(2015, 2035))
    return Record(
        kind=PLAN,
        year=year,
        title=draw(st.sampled_from((f"{year}年整体绩效目标表", f"某局{year}年部门整体绩效目标表"))),
        department_code=draw(st.sampled_from(("", "202001"))),
        department_name=draw(st.sampled_from(("某局", "中共淄川区委宣传部", "淄川区“双拥”办公室"))),
        unit=draw(st.sampled_from(("", "某局", "所属事业单位"))),
        extra=draw(extras),
        rows=draw(rows(PLAN)),
    )


def without_part(content):
    """As another program saves it."""
    return rezipped(content, leave_out=PART)


def read_back(*records, change=without_part):
    reading = read_workbook(change(write_official(records)), "a.xlsx")
    return [form.record for form in reading.forms]


quick = settings(max_examples=40)


@quick
@given(projects())
@example(Record(PROJECT, 2023, "校车", goal="目标", rows=(IndicatorRow(name="长" * 61),)))
def test_project_written_is_the_project_read(record):
    assert read_back(record) == [record]


@quick
@given(plans())
def test_plan_written_is_the_plan_read(record):
    assert read_back(record) == [record]


@settings(max_examples=20)
@given(st.lists(projects() | plans(), min_size=1, max_size=4))
def test_forms_of_both_kinds_share_a_workbook(records):
    assert read_back(*records) == records


def cells_and_merges(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [
        (
            sheet.title,
            {
                (cell.coordinate, cell.value, cell.number_format, cell.data_type)
                for line in sheet.iter_rows()
                for cell in line
            },
            {str(merged) for merged in sheet.merged_cells.ranges},
        )
        for sheet in book
    ]


@settings(max_examples=20)
@given(projects() | plans())
@example(Record(PROJECT, 2023, "某项目", rows=(IndicatorRow(name="a"), IndicatorRow(name="b", continues=("level1",)))))
def test_what_was_read_is_written_with_the_same_cells_and_merges(record):
    first = write_official([record])
    second = write_official([form.record for form in read_workbook(without_part(first), "a.xlsx").forms])
    assert cells_and_merges(first) == cells_and_merges(second)


# Our own workbook, untouched: any text at all

WORDS = sorted(
    {word for layout in OFFICIAL.values() for word in (*layout.labels, *layout.headings)} | FOOT_WORDS | TOTALS
)
ODD = (
    *AWKWARD, "★核心", "□新增 √延续", "〇", "１２３", "＝５", "'", "''=1", "：", "单位：万元", "（）", "[202]局", "合计", "第1页", "指标1：", "5", "2023", "0",
    "2023-01-01", "≥1人 ≥2人", "甲 乙", "\u200b", "填表人：", "项目支出绩效目标表", "项目支出绩效自评表", "长" * 32_000,
)  # fmt: skip
any_text = st.one_of(
    st.sampled_from(ODD), st.sampled_from(WORDS), st.text(st.characters(codec="utf-8"), max_size=12)
).map(lambda text: clean_text(text)[0])
"""Anything that can be stored: what is stored has no blanks around it and no control characters."""
amounts = st.none() | st.integers(0, 10**15).map(lambda fen: Decimal(fen) / 100)


@st.composite
def any_record(draw):
    layout = OFFICIAL[draw(st.sampled_from((PROJECT, PLAN)))]
    fields = [column.field for column in layout.columns]
    made = []
    for _ in range(draw(st.integers(0, 4))):
        hanging = draw(st.sets(st.sampled_from(fields), max_size=4)) if made else set()
        values = {name: draw(any_text) for name in draw(st.sets(st.sampled_from(fields), min_size=1, max_size=6))}
        values |= {name: getattr(made[-1], name) for name in hanging}
        made.append(IndicatorRow(**values, continues=tuple(name for name in fields if name in hanging)))
    is_project = layout.kind == PROJECT
    year = draw(st.integers(2015, 2035))
    record = Record(
        kind=layout.kind,
        year=year,
        title=draw(any_text.filter(bool))
        if is_project
        else f"{draw(st.sampled_from(('', '某局')))}{year}年整体绩效目标表",
        code=draw(any_text) if is_project else "",
        department_code=draw(st.sampled_from(("", "202", "[1]"))),
        department_name=draw(any_text),
        unit=draw(any_text),
        **({name: draw(amounts) for name in ("total", "fiscal", "other")} if is_project else {}),
        goal=draw(any_text) if is_project else "",
        extra=draw(st.dictionaries(any_text.filter(bool), any_text, max_size=2)),
        rows=tuple(made),
    )
    return as_printed(record)  # empty lines of the form are not written


@settings(max_examples=80)
@given(any_record())
@example(Record(PROJECT, 2023, "某项目", rows=(IndicatorRow(level1="产出指标", level2="甲", name="=100%"),)))
@example(
    Record(PROJECT, 2023, "实施单位", goal="单位：万元", rows=(IndicatorRow(level1="合计", name="★", target="1 2"),))
)
@example(Record(PROJECT, 2023, "\U00012544", goal="1-6月执行情况"))
@example(Record(PROJECT, 2023, "校车", total=Decimal("123.45"), fiscal=Decimal("0.00"), other=None))
@example(Record(PROJECT, 2023, "\U00012544", goal="1-6月执行情况"))
def test_our_own_workbook_is_read_exactly_whatever_its_texts_are(record):
    assert read_back(record, change=bytes) == [record]


def test_many_forms_of_one_workbook_each_prove_themselves():
    records = [Record(PROJECT, 2023, title, rows=(IndicatorRow(level1="甲", name="=100%"),)) for title in "一二三"]
    assert read_back(*records, change=bytes) == records


def test_a_workbook_is_believed_only_as_far_as_its_sheets_show_it():
    """What somebody typed since, and what a forged part says, does not count."""
    record = Record(
        PROJECT, 2023, "校车", goal="运营", total=Decimal("100.00"), rows=(IndicatorRow(name="里程", target="≥5公里"),)
    )
    written = write_official([record])
    book = openpyxl.load_workbook(io.BytesIO(written))
    sheet = book.active
    place = next(cell for line in sheet.iter_rows() for cell in line if cell.value == "≥5公里")
    place.value = "≥6公里"
    typed = rezipped(saved(book), more=[(PART, part_of([sheet.title], [record], {}))])
    assert [form.record.rows[0].target for form in read_workbook(typed, "a.xlsx").forms] == ["≥6公里"]
    for other in (replace(record, goal="停运"), replace(record, total=Decimal("100.01")), replace(record, year=2024)):
        forged = rezipped(without_part(written), more=[(PART, part_of([sheet.title], [other], {}))])
        assert [form.record for form in read_workbook(forged, "a.xlsx").forms] == [record]
    unseen = replace(record, rows=(record.rows[0].with_cells(activity="看不见的字", key="k"),))
    forged = rezipped(without_part(written), more=[(PART, part_of([sheet.title], [unseen], {}))])
    assert [form.record for form in read_workbook(forged, "a.xlsx").forms] == [record]


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"<forms/>",
        START + b"!!" + END,
        START + b"AAAA" + END,
        START + base64.b64encode(zlib.compress(b"[1]")) + END,
    ],
)
def test_what_a_workbook_carries_may_be_broken(part):
    record = Record(PROJECT, 2023, "校车")
    content = rezipped(write_official([record]), leave_out=PART, more=[(PART, part)])
    assert [form.record for form in read_workbook(content, "a.xlsx").forms] == [record]


def test_a_row_without_a_cell_of_its_own_is_an_empty_line_and_not_written():
    row = IndicatorRow(level1="产出指标", name="数量")
    silent = row.with_cells(name="", continues=("level1",))
    third = row.with_cells(name="质量", continues=("level1",))
    record = Record(PROJECT, 2023, "某项目", rows=(row, silent, IndicatorRow(), third.with_cells()))
    # the empty line in between had no level 1 of its own to continue, so the third row stands by itself
    assert read_back(record)[0].rows == (row, third)
