"""The publication of 2023 as copied text goes in as it is: columns shifted, pages cut, indicators glued."""

import pytest

from targets.domain.sheets.problems import GUESS, WARNING
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.exact import FOLDER, Count, compare, packed, transcription

PATH = FOLDER / "source" / "2023-disclosure.txt"
CONTENT = PATH.read_bytes()
LINES = [packed(line) for line in CONTENT.decode("utf-8").split("\n")]


@pytest.fixture(scope="module")
def reading():
    return read_workbook(CONTENT, PATH.name)


@pytest.fixture(scope="module")
def counts(reading):
    return [compare(form, printed, LINES) for form, printed in zip(reading.forms, transcription(), strict=True)]


def test_every_form_is_found_and_none_is_refused(reading):
    assert [form.kind for form in reading.forms] == ["project"] * 8 + ["plan"] * 4
    assert not any(form.refused for form in reading.forms)
    printed = transcription()
    assert [len(form.record.rows) for form in reading.forms] == [len(form["rows"]) for form in printed]


def test_cells_are_as_the_exact_transcription_says(counts):
    total = Count("all forms")
    for count in counts:
        print(count)
        total.add(count)
    print(total, *total.differences, sep="\n")
    assert total.rate >= 0.97
    assert all(count.rate >= 0.97 for count in counts)


def test_every_wrong_row_carries_a_remark(counts):
    assert [count.differences for count in counts if count.silent] == []


def test_two_indicators_in_one_line_are_two_rows(reading):
    rows = [row for row in reading.forms[-1].record.rows if row.target in ("≥1200元/生/年", "≥1100人")][:2]
    assert [(row.name, row.note, row.last_year) for row in rows] == [
        ("助学金人均资助标准", "-", "1200元/生/年"),
        ("家庭经济困难学生资助人数", "-", "100%"),
    ]


def test_text_before_the_first_form_is_told_once(reading):
    (foreword,) = [problem for problem in reading.forms[0].problems if problem.level == WARNING]
    assert "行文字" in foreword.message


def test_remarks_name_cells_of_the_lines_they_speak_of(reading):
    for form in reading.forms:
        for problem in form.problems:
            assert problem.level in (GUESS, WARNING)
            assert problem.message.startswith(f"2023-disclosure!{problem.cell}：")


def test_lines_ended_as_windows_does_read_the_same(reading):
    assert read_workbook(CONTENT.replace(b"\n", b"\r\n"), PATH.name) == reading
