"""All rules over what the district published in 2023: the whole table of findings, so that a new false alarm shows."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from targets.domain.checks import check
from targets.domain.record import Record
from targets.tests.domain.examples import RULES_2023

SOURCE = Path(__file__).parents[3] / "fixtures" / "2023" / "source"


def published() -> Iterator[Record]:
    for file in ("2023-projects.json", "2023-departments.json"):
        for form in json.loads((SOURCE / file).read_text(encoding="utf-8")):
            rows = [{name: text for name, text in row.items() if text is not None} for row in form["rows"]]
            yield Record.from_json({"title": form["department_name"], **form, "rows": rows})


EXPECTED = """
# 学前生均公用经费
R13 7:target 8:target
R18 1:target
R33 2:target
# 校车运营补贴
R03 0:goal
R13 7:target 8:target
R18 1:target 2:target
# 高龄老人补助
R13 7:target 8:target
R17 2:target 3:target 4:target
# 城市居民最低生活保障
R13 6:target 7:target
R18 1:target
R25 2:target
R31 0:goal
# 残疾人精准康复服务
R04 0:goal
R13 8:target 9:target
R18 1:target
R32 0:goal
# 计划生育家庭奖励扶助和特别扶助
R13 6:target 7:target
R17 2:target 3:target
# 2019年-2022年高标准农田建设
R13 6:target 7:target
R30 2:target
# 农业保险保费
R10 8:target 10:target
R13 9:target
# 中共淄川区委宣传部
R21 4:standard_value
R35 1:target 2:target 13:target 14:target 15:target 16:target 17:target 26:target
R37 16:target
R38 6:history_source
R40 7:last_year
R42 6:explanation 7:explanation
# 淄川区民政局
R16 21:target 23:target
R17 3:target
R20 13:target 17:target 18:target 19:target 20:target
R21 2:average_3y 6:average_3y 12:average_3y 15:average_3y 17:average_3y 19:average_3y 20:average_3y
R22 16:target
R26 6:target 15:target
R35 10:target 11:target
R37 22:target
R43 6:name 7:name
R61 8:history_source 9:standard_source 9:history_source 10:standard_source 10:history_source 11:standard_source 11:history_source
# 淄博市淄川区人力资源和社会保障局
R35 1:target 2:target 3:target 4:target 8:target 9:target 10:target 11:target 13:target
# 淄博市淄川区教育和体育局
R20 23:target
R21 2:average_3y 3:average_3y 21:average_3y 23:average_3y 26:average_3y 37:average_3y
R35 1:target 4:target 5:target 7:target 8:target 19:target 28:target 30:target 35:target 46:target
R42 8:explanation 14:name 15:name 26:explanation 37:name 41:explanation
"""


@pytest.fixture(scope="module")
def table() -> list[tuple[str, str, int, str]]:
    return [
        (record.title, finding.rule, finding.row_number, finding.field)
        for record in published()
        for finding in check(record, RULES_2023)
    ]


def test_every_finding_on_the_published_forms(table: list[tuple[str, str, int, str]]) -> None:
    title, expected = "", []
    for line in EXPECTED.strip().splitlines():
        if line.startswith("# "):
            title = line[2:]
        else:
            rule, *places = line.split()
            for place in places:
                row, field = place.split(":")
                expected.append((title, rule, int(row), field))
    assert sorted(table) == sorted(expected)


@pytest.mark.parametrize(
    ("rule", "row", "title"),
    [
        ("R21", 2, "淄博市淄川区教育和体育局"),  # 学前三年毛入园 ≥90所, 90%
        ("R21", 3, "淄博市淄川区教育和体育局"),  # 普惠性幼儿园 ≥81所, 80%
        ("R21", 19, "淄川区民政局"),  # 受艾滋病影响儿童纳入保障范围率 ≥22人, 100%
        ("R21", 4, "中共淄川区委宣传部"),  # ≥200条, ≥200期
        ("R22", 16, "淄川区民政局"),  # -100%
    ],
)
def test_units_that_must_be_seen(table: list[tuple[str, str, int, str]], rule: str, row: int, title: str) -> None:
    assert (title, rule, row) in {found[:3] for found in table}


def test_messages_as_people_read_them() -> None:
    messages = {
        (record.title, finding.rule, finding.row_number): finding.message
        for record in published()
        for finding in check(record, RULES_2023)
    }
    assert {key: messages[key] for key in MESSAGES} == MESSAGES


MESSAGES = {
    (
        "淄博市淄川区教育和体育局",
        "R21",
        2,
    ): "第2行 前三年均值：“90%”（以及上年值“90%”）与年度指标值“≥90所”单位不同，无法比较。"
    "请换成同一单位，或在备注中说明单位不同的原因。",
    (
        "淄博市淄川区教育和体育局",
        "R35",
        46,
    ): "第46行 年度指标值：“≥80次”低于前三年均值“200次”和上年值“383次”。请调高，或在备注说明原因。",
    (
        "淄川区民政局",
        "R22",
        16,
    ): "第16行 年度指标值：“-100%”（规划值、当年标准值同此）小于 0。如是“=”误写成“-”，请改为“=100%”；"
    "确为负值的，请写情况说明。",
    (
        "城市居民最低生活保障",
        "R25",
        2,
    ): "第2行 指标值：城乡低保资金发放“≥944人”是人数，不是成本。请移到“产出指标/数量指标”。",
    (
        "城市居民最低生活保障",
        "R31",
        0,
    ): "年度总体绩效目标：目标中写“875万元”，本年预算是 218.00 万元。余额是否为上级资金或以前年度资金？"
    "请在目标中写明其中本年预算的金额。",
    ("2019年-2022年高标准农田建设", "R30", 2): "第2行 指标值：“≤9510.6万元”大于年度预算资金总额 609.00 万元。请核对；"
    "含上级资金或以前年度资金的，请在年度总体绩效目标中写明金额和来源。",
    ("残疾人精准康复服务", "R32", 0): "年度总体绩效目标：“230名儿童,人均9696元,共计223.03万元”算出来是 223.008 万元"
    "（允许四舍五入误差 0.005 万元）。请核对单价、数量或结果。",
    (
        "学前生均公用经费",
        "R33",
        2,
    ): "第2行 指标值：“=0.08万元”是 800 元，年度总体绩效目标按 810 元计算。请写成“=810元”。",
}
