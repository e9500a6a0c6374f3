"""What is read of a Word paragraph is what the screen shows: changes, hidden text, fields, numbers that Word counts itself."""

import pytest

from targets.domain.sheets.docx_numbers import in_format
from targets.tests.sheets.test_docx import EXPECTED, changed, merged_form, only
from targets.tests.sheets.words import (
    cell,
    paragraph,
    part,
    relation,
    row,
    run,
    table,
)

INSERTED = f'<w:ins w:id="1" w:author="a">{run("≤")}</w:ins>'
DELETED = '<w:del w:id="2" w:author="a"><w:r><w:delText>≥</w:delText></w:r></w:del>'


HIDDEN = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>旧</w:t></w:r>"
NOT_HIDDEN = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>96</w:t></w:r>'


MOVED = (
    f'<w:moveFrom w:id="3" w:author="a">{run("x")}</w:moveFrom><w:moveTo w:id="4" w:author="a">{run("元")}</w:moveTo>'
)


FIELD = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>' + run("5")
CONTROL = f'<w:sdt><w:sdtPr><w:alias w:val="x"/></w:sdtPr><w:sdtContent>{run("12人")}</w:sdtContent></w:sdt>'


EMPTY_CONTROL = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('单击此处')}</w:sdtContent></w:sdt>"
SYMBOL = '<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t>95%</w:t></w:r>'


LINK = f'<w:hyperlink r:id="x">{run("≥1人")}</w:hyperlink>'
RUBY = f"<w:r><w:ruby><w:rt>{run('pin')}</w:rt><w:rubyBase>{run('拼音')}</w:rubyBase></w:ruby></w:r>"


FORMULA = '<m:oMath xmlns:m="urn:m"><m:r><m:t>≥95%</m:t></m:r></m:oMath>'
TEXTS = {
    "tracked changes": (INSERTED + DELETED + run("5万"), "≤5万"),
    "hidden": (HIDDEN + NOT_HIDDEN, "96"),
    "moved": (run("5") + MOVED, "5元"),
    "field": (FIELD, "5"),
    "content control": (CONTROL, "12人"),
    "placeholder": (EMPTY_CONTROL + run("3"), "3"),
    "symbol": (SYMBOL, "≥95%"),
    "hyperlink": (LINK, "≥1人"),
    "ruby": (RUBY, "拼音"),
    "equation": (FORMULA, "≥95%"),
    "line break": ("<w:r><w:t>≥1人</w:t><w:br/><w:t>每年</w:t></w:r>", "≥1人\n每年"),
    "hyphen": ("<w:r><w:t>2023</w:t><w:noBreakHyphen/><w:t>2024年</w:t></w:r>", "2023-2024年"),
}


@pytest.mark.parametrize(("inner", "shown"), TEXTS.values(), ids=TEXTS)
def test_what_the_screen_shows_is_what_is_read(inner, shown):
    form = only(changed((8, 4), cell(inner=paragraph(inner=inner))))
    assert form.record.rows[0].target == shown


def test_paragraphs_of_a_cell_and_a_deleted_end():
    ended = '<w:rPr><w:del w:id="9" w:author="a"/></w:rPr>'
    joined = paragraph("目标1：保障", properties=ended) + paragraph("学生乘车。") + paragraph("目标2：安全。")
    assert only(changed((6, 1), cell(inner=joined))).record.goal == "目标1：保障学生乘车。\n目标2：安全。"


def test_deleted_and_hidden_rows_are_not_shown():
    head, rows, widths = merged_form()
    gone = [
        row(*(cell("x") for _ in range(5)), properties=mark)
        for mark in ('<w:del w:id="1" w:author="a"/>', "<w:hidden/>")
    ]
    form = only(paragraph("2023年项目支出绩效目标表"), table(*head, *gone, *rows, widths=widths))
    assert (form.record, form.problems) == (EXPECTED, ())


def numbered(depth=0, number="1"):
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'


def definitions(form, text):
    levels = f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
    shared = f'<w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    return {
        "relations": relation("rId9", "numbering", "numbering.xml"),
        "parts": {"word/numbering.xml": part("numbering", shared)},
    }


@pytest.mark.parametrize(
    ("form", "text", "goal"),
    [
        ("decimal", "目标%1：", "目标1：安全。\n目标2：满意。"),
        ("chineseCountingThousand", "%1、", "一、安全。\n二、满意。"),
        ("decimalEnclosedCircleChinese", "%1", "①安全。\n②满意。"),
        ("bullet", "●", "安全。\n满意。"),
    ],
)
def test_numbers_that_word_counts_itself(form, text, goal):
    inner = paragraph("安全。", properties=numbered()) + paragraph("满意。", properties=numbered())
    assert only(changed((6, 1), cell(inner=inner)), **definitions(form, text)).record.goal == goal


@pytest.mark.parametrize(
    ("number", "written", "shown"),
    [(10, "chineseCounting", "十"), (21, "chineseCounting", "二十一"), (105, "chineseCounting", "一百〇五"), (3, "upperLetter", "C"),
     (4, "decimalZero", "04"), (12, "chineseLegalSimplified", "壹拾贰"), (2, "ideographTraditional", "乙"), (30, "lowerLetter", "30")],
)  # fmt: skip
def test_forms_of_numbers(number, written, shown):
    assert in_format(number, written) == shown
