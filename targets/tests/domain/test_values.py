"""The value grammar: a table of what staff type, and properties that hold for any text."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.units import LATIN_UNITS, PLAIN_UNITS
from targets.domain.values import BLANK_MARKS, OPERATOR_WORDS, IndicatorValue

YEAR = 2023

SINGLE = """
≥95%|≥|95|%|quantity|
=0.08万元|=|0.08|万元|quantity|
≤1500元/亩|≤|1500|元/亩|quantity|
=2000元/生/年|=|2000|元/生/年|quantity|
≥1.8；1|≥|1.8|:1|ratio|
-100%||-100|%|quantity|
100.00%||100.00|%|quantity|
小学≥26495人|≥|26495|人|quantity|小学
≥6万人|≥|6|万人|quantity|
不低于95％|≥|95|%|quantity|
2023年12月底前|≤|2023-12-31||date|
保障|||| text|
-|||| empty|
＝100％|=|100|%|quantity|
＞5次|>|5|次|quantity|
＜３天|<|3|天|quantity|
>=95%|≥|95|%|quantity|
=>95%|≥|95|%|quantity|
≥=95%|≥|95|%|quantity|
<= 5 次|≤|5|次|quantity|
=<5次|≤|5|次|quantity|
＞＝９０％|≥|90|%|quantity|
≧90%|≥|90|%|quantity|
⩾90%|≥|90|%|quantity|
≦10%|≤|10|%|quantity|
⩽10%|≤|10|%|quantity|
〉90%|>|90|%|quantity|
==3个|=|3|个|quantity|
≥ 95 %|≥|95|%|quantity|
大于等于95%|≥|95|%|quantity|
大于或等于95%|≥|95|%|quantity|
小于等于10天|≤|10|天|quantity|
大于3次|>|3|次|quantity|
小于3次|<|3|次|quantity|
等于100%|=|100|%|quantity|
不少于20场|≥|20|场|quantity|
不小于20场|≥|20|场|quantity|
不得低于95%|≥|95|%|quantity|
不高于1500元/亩|≤|1500|元/亩|quantity|
不超过250万|≤|250|万|quantity|
不大于5‰|≤|5|‰|quantity|
不多于5人|≤|5|人|quantity|
至少3次|≥|3|次|quantity|
至多3次|≤|3|次|quantity|
超过100人|>|100|人|quantity|
低于5%|<|5|%|quantity|
不足5%|<|5|%|quantity|
控制在100万元以内|≤|100|万元|quantity|
控制在100万元|≤|100|万元|quantity|
控制在5%以下|≤|5|%|quantity|
控制在95%以上|≥|95|%|quantity|
达到95%以上|≥|95|%|quantity|
达到100%|≥|100|%|quantity|
覆盖率达到90%|≥|90|%|quantity|覆盖率
覆盖率为100%|=|100|%|quantity|覆盖率
80%以上|≥|80|%|quantity|
80%及以上|≥|80|%|quantity|
90%以上（含90%）|≥|90|%|quantity|
90%（含）以上|≥|90|%|quantity|
20人次以下|≤|20|人次|quantity|
100万元以内|≤|100|万元|quantity|
7个工作日内|≤|7|个工作日|quantity|
24小时内|≤|24|小时|quantity|
30日之内|≤|30|日|quantity|
944人左右||944|人|quantity|
约944人||944|人|quantity|
1000余人||1000|人|quantity|
≥80%以上|≥|80|%|quantity|
≤80%以上||||text|
≥80%以下||||text|
1,000元||1000|元|quantity|
≥1，234，567.80元|≥|1234567.80|元|quantity|
1,0000元||||text|
≥１２３４人|≥|1234|人|quantity|
≥.5%|≥|0.5|%|quantity|
≥0.50|≥|0.50||quantity|
-5%||-5|%|quantity|
≥－5%|≥|-5|%|quantity|
+5%||5|%|quantity|
±5%||||text|
百分之95||95|%|quantity|
不低于百分之95|≥|95|%|quantity|
百分之百||100|%|quantity|
百分之九十五||||text|
≥九五||||text|
1:1.8||1|:1.8|ratio|
1.8：1||1.8|:1|ratio|
≤1:20|≤|1|:20|ratio|
1.8比1||1.8|:1|ratio|
师生比1:20||1|:20|ratio|师生比
6000；7000||||text|
1:2:3||||text|
8:00||||text|
8:30-17:00||||text|
1/3||||text|
10万元/年||10|万元/年|quantity|
250万||250|万|quantity|
≥1200元/人·月|≥|1200|元/人·月|quantity|
≥100百分比|≥|100|百分比|quantity|
≥3.6平方米|≥|3.6|平方米|quantity|
≥500m2|≥|500|m2|quantity|
≥500㎡|≥|500|㎡|quantity|
≥2.5km|≥|2.5|km|quantity|
PM2.5≤35微克/立方米|≤|35|微克/立方米|quantity|PM2.5
90-99岁老人≥3000人|≥|3000|人|quantity|90-99岁老人
3年级≥95%|≥|95|%|quantity|3年级
完成率：≥95%|≥|95|%|quantity|完成率
应≥95%|≥|95|%|quantity|
≥95%的学生参与|≥|95|%|quantity|
≥3场（每季度不少于1场）|≥|3|场|quantity|
（≥95%）|≥|95|%|quantity|
≥95%。|≥|95|%|quantity|
≥5个项目|≥|5|个项目|quantity|
每年2次||2|次|quantity|每年
每年不少于2次|≥|2|次|quantity|每年
小学25595人||25595|人|quantity|小学
新建3所||3|所|quantity|新建
完成2023年任务||||text|
≥**%||||text|
≥XX%||||text|
≥||||text|
%||||text|
第3名||||text|
前3名||||text|
1-3年级||||text|
3A级景区||||text|
14号文||||text|
2级以上|≥|2|级|quantity|
0533-5181234||||text|
5-3次||||text|
每月15日前||||text|
长期||||text|
按时完成||||text|
无||||text|
=1+1||||text|
=cmd||||text|
<p>3</p>||||text|
按照上级文件要求完成2个项目的建设任务并通过验收||||text|
——||||empty|
－||||empty|
--||||empty|
/||||empty|
、||||empty|
2023-12-31||2023-12-31||date|
2023/12/31||2023-12-31||date|
2023.6.30前|≤|2023-06-30||date|
2023年6月30日前|≤|2023-06-30||date|
2023年6月30日之前|≤|2023-06-30||date|
２０２３年６月３０日前|≤|2023-06-30||date|
6月底前|≤|2023-06-30||date|
6月30日||2023-06-30||date|
2024年2月底前|≤|2024-02-29||date|
2023年12月||2023-12-31||date|
2023年底||2023-12-31||date|
2023年||2023-12-31||date|
2023年内|≤|2023-12-31||date|
年底前|≤|2023-12-31||date|
本年底||2023-12-31||date|
第四季度||2023-12-31||date|
三季度末前|≤|2023-09-30||date|
2023年上半年||2023-06-30||date|
2023.12||2023-12-31||date|
2024.12||2024.12||quantity|
20231231||20231231||quantity|
2023年12月底前完成项目验收|≤|2023-12-31||date|
2023年12月完工||2023-12-31||date|
完成时间：2023年12月底前|≤|2023-12-31||date|
于2023年11月30日前完成|≤|2023-11-30||date|
不晚于2023年11月30日|≤|2023-11-30||date|
≤2023年12月31日|≤|2023-12-31||date|
完成时间≤2023年12月31日|≤|2023-12-31||date|完成时间
2023年3月起|≥|2023-03-31||date|
2023年2月30日||||text|
2023年13月||||text|
2023年新建3所||||text|
""".strip().splitlines()


@pytest.mark.parametrize("line", SINGLE)
def test_one_value(line: str) -> None:
    text, operator, number, unit, kind, label = line.split("|")
    assert IndicatorValue.parse(text, YEAR) == IndicatorValue(
        text, operator, number, unit, kind.strip() or "text", label
    )


@pytest.mark.parametrize("text", ["", " ", "\n", "\u3000", "—", "――", "____", "＼", " - "])
def test_nothing_is_empty(text: str) -> None:
    assert IndicatorValue.parse(text) == IndicatorValue(text, kind="empty")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("小麦=56000亩 玉米=130000亩", [("小麦", "=", "56000", "亩"), ("玉米", "=", "130000", "亩")]),
        ("小麦 =56000亩 玉米 =130000亩", [("小麦", "=", "56000", "亩"), ("玉米", "=", "130000", "亩")]),
        ("小麦=56000亩\n玉米=130000亩", [("小麦", "=", "56000", "亩"), ("玉米", "=", "130000", "亩")]),
        ("男≥60岁；女≥55岁", [("男", "≥", "60", "岁"), ("女", "≥", "55", "岁")]),
        ("小学≥26495人初中≥17505人", [("小学", "≥", "26495", "人"), ("初中", "≥", "17505", "人")]),
        ("≥12次/年，每月1次", [("", "≥", "12", "次/年"), ("每月", "", "1", "次")]),
        ("城市≥1,200元、农村≥1,000元", [("城市", "≥", "1200", "元"), ("农村", "≥", "1000", "元")]),
        ("3-5次", [("", "≥", "3", "次"), ("", "≤", "5", "次")]),
        ("80%-90%", [("", "≥", "80", "%"), ("", "≤", "90", "%")]),
        ("80%～90%", [("", "≥", "80", "%"), ("", "≤", "90", "%")]),
        ("3至5次", [("", "≥", "3", "次"), ("", "≤", "5", "次")]),
        ("每年3-5次", [("每年", "≥", "3", "次"), ("每年", "≤", "5", "次")]),
        ("≥3且≤5次", [("", "≥", "3", ""), ("", "≤", "5", "次")]),
        ("≥3次，≤5次", [("", "≥", "3", "次"), ("", "≤", "5", "次")]),
    ],
)
def test_several_values_in_one_cell(text: str, parts: list[tuple[str, str, str, str]]) -> None:
    value = IndicatorValue.parse(text, YEAR)
    assert (value.kind, value.operator, value.number, value.unit) == ("compound", "", "", "")
    assert [(part.label, part.operator, part.number, part.unit) for part in value.parts] == parts


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023.07-2024.01", "2023-07-01", "2024-01-31"),
        ("2023年7月-2024年1月", "2023-07-01", "2024-01-31"),
        ("2023年1-12月", "2023-01-01", "2023-12-31"),
        ("1-12月", "2023-01-01", "2023-12-31"),
        ("2023年1月1日至2023年12月31日", "2023-01-01", "2023-12-31"),
        ("2023-01-01至2023-12-31", "2023-01-01", "2023-12-31"),
        ("2023-2025年", "2023-01-01", "2025-12-31"),
        ("2023年7月至12月", "2023-07-01", "2023-12-31"),
    ],
)
def test_span_of_dates(text: str, start: str, end: str) -> None:
    value = IndicatorValue.parse(text, YEAR)
    assert (value.kind, value.number) == ("date", end)
    assert [(part.operator, part.number) for part in value.parts] == [("≥", start), ("≤", end)]


@pytest.mark.parametrize("text", ["6月底前", "年底前", "第四季度", "1-12月", "12月31日"])
def test_a_date_without_a_year_needs_the_budget_year(text: str) -> None:
    assert IndicatorValue.parse(text).kind == "text"


@pytest.mark.parametrize("text", ["3-5次", "≥3且≤5次", "80%-90%", "2023.07-2024.01"])
def test_two_ends_are_a_range(text: str) -> None:
    assert IndicatorValue.parse(text, YEAR).is_range


@pytest.mark.parametrize("text", ["≥3次", "小麦=56000亩 玉米=130000亩", "男≥60岁；女≤55岁", "≥3次 ≤5万元", "保障"])
def test_other_values_are_no_range(text: str) -> None:
    assert not IndicatorValue.parse(text, YEAR).is_range


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("≥95%", "大于等于 95 百分号"),
        ("≤1500元/亩", "小于等于 1500 元/亩"),
        ("=100百分比", "等于 100 百分号"),
        ("100.00%", "100.00 百分号"),
        ("≥1.8；1", "大于等于 1.8:1"),
        ("小学≥26495人", "小学 大于等于 26495 人"),
        ("2023年12月底前", "小于等于 2023-12-31"),
        ("小麦=56000亩 玉米=130000亩", "小麦 等于 56000 亩；玉米 等于 130000 亩"),
        (" 保障 ", "保障"),
        ("-", ""),
    ],
)
def test_words_for_screens(text: str, words: str) -> None:
    assert IndicatorValue.parse(text, YEAR).words == words


@given(
    st.text(
        alphabet="≥≤=<>0123456789.,;:-/()%年月日季度至到底前内以上下个万元人次不低于小学 ＝５，；：。（）\n",
        max_size=40,
    )
)
def test_typed_text_is_kept(text: str) -> None:
    assert IndicatorValue.parse(text, YEAR).text == text


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    value = IndicatorValue.parse(text)
    assert value.text == text
    assert isinstance(value.words, str)


OPERATORS = st.sampled_from(["", *OPERATOR_WORDS])
NUMBERS = st.one_of(
    st.integers(0, 10**15).map(str), st.decimals(0, 10**9, places=2).map(str), st.integers(-100, -1).map(str)
)
UNITS = st.sampled_from(
    [
        "%",
        "人",
        "人次",
        "万人",
        "万元",
        "元/亩",
        "元/生/年",
        "元/人·月",
        "平方米",
        "m2",
        "km",
        "个项目",
        "百分比",
        "场",
        "个工作日",
        "",
    ]
)


@given(OPERATORS, NUMBERS, UNITS)
def test_pieces_come_back(operator: str, number: str, unit: str) -> None:
    text = f"{operator}{number}{unit}"
    assert IndicatorValue.parse(text) == IndicatorValue(text, operator, number, unit, "quantity")


LONGEST_CELL = 32_767


@pytest.mark.parametrize(
    "pattern", ["9", "≥", "≥1", "1-", "1,000", " ", "(", "小学1人", "不低于", "1月", "2023年", "a", "=1亩 ", "第", "-"]
)
@pytest.mark.parametrize("length", [500, LONGEST_CELL])
def test_no_text_is_slow(pattern: str, length: int) -> None:
    text = (pattern * length)[:length]
    assert min(_seconds(text) for _ in range(3)) < 0.1


def _seconds(text: str) -> float:
    """Of processor time: what else the machine does, and a collection of garbage in one of three, are not the parser's."""
    begin = time.process_time()
    assert IndicatorValue.parse(text, YEAR).text == text
    return time.process_time() - begin


def test_blank_marks_are_no_digits_and_latin_units_are_latin() -> None:
    assert not any(mark.isalnum() for mark in BLANK_MARKS)
    assert all(unit[0].isascii() for unit in LATIN_UNITS)


@pytest.mark.parametrize("unit", sorted(PLAIN_UNITS))
def test_the_commonest_way_of_writing_is_read_as_any_other(unit: str) -> None:
    """A blank at the end is no part of a value, and no part of the short way to read it."""
    for sign in ("≥", "≤", "=", ""):
        for number in ("0", "100", "95.00", "2023", "2023.07", "007", "1" * 18):
            text = sign + number + unit
            for year in (None, YEAR):
                read = IndicatorValue.parse(text, year)
                assert read == replace(IndicatorValue.parse(text + " ", year), text=text)
                if sign:
                    assert (read.operator, read.number, read.unit) == (sign, number, unit)
