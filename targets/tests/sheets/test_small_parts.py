"""Tables for the small functions: labels, addresses, departments, number formats; and the map of them all."""

import re
from pathlib import Path

import pytest

from targets.domain import sheets
from targets.domain.sheets.cells import address, clean_text, inside_brackets, label_key, split_label
from targets.domain.sheets.names import printed_department, split_department


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("项目资金\n（万元）：", "项目资金"),
        ("项 目 名 称", "项目名称"),
        ("★三级指标", "三级指标"),
        ("其中：财政拨款", "其中财政拨款"),
        ("备注(标准值和历史值均无的原因/其他需要说明的问题)", "备注"),
        ("单位负责人（签字（章））：", "单位负责人"),
        ("（2023年度）", ""),
        ("长" * 61, ""),
        ("", ""),
    ],
)
def test_label_key(text, key):
    assert label_key(text) == key


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("部门名称：[202001]名", ("部门名称", "[202001]名")),
        ("部门名称: 名：二", ("部门名称", "名：二")),
        ("填表人：", ("填表人", "")),
        ("：无", ("", "：无")),
        ("没有", ("", "没有")),
    ],
)
def test_split_label(text, parts):
    assert split_label(text) == parts


def test_inside_brackets():
    texts = ("（单位：万元）", "(a)", "（a）（b）", "a", "")
    assert [inside_brackets(text) for text in texts] == ["单位：万元", "a", "（a）（b）", "a", ""]


def test_addresses():
    places = [(0, 0), (0, 25), (0, 26), (11, 701), (1048575, 16383)]
    assert [address(row, column) for row, column in places] == ["A1", "Z1", "AA1", "ZZ12", "XFD1048576"]


@pytest.mark.parametrize(
    ("text", "kept", "changed"),
    [
        (" 空格　", "空格", False),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd", False),
        ("a\x00b\x07", "ab", True),
        ("\u202e反\u202c", "反", True),
        ("a\tb", "a\tb", False),
        ("\ufeffa", "a", True),
    ],
)
def test_clean_text(text, kept, changed):
    assert clean_text(text) == (kept, changed)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[202]某局", ("202", "某局")),
        ("202001某局", ("202001", "某局")),
        ("202—某局", ("202", "某局")),
        ("（202）某局", ("202", "某局")),
        ("某局", ("", "某局")),
        ("12号院", ("", "12号院")),
        ("", ("", "")),
    ],
)
def test_split_department(text, parts):
    assert split_department(text) == parts


def test_printed_department():
    assert [printed_department("202", "某局"), printed_department("", "某局")] == ["[202]某局", "某局"]


def test_the_map_of_the_package_names_every_module():
    modules = {path.stem for path in Path(sheets.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(re.findall(r"`(\w+)`", sheets.__doc__)) == modules
