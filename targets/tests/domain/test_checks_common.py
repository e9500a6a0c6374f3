"""Rules on indicators of any form: what they flag and, as important, what they leave alone."""

from dataclasses import replace

import pytest

from targets.domain.record import IndicatorRow
from targets.tests.domain.examples import (
    BENEFIT,
    PROJECT,
    QUALITY,
    QUANTITY,
    RULES_2023,
    findings_of,
    places,
    project_row,
    value_places,
    with_row,
)


def test_markup_is_found_in_rows_too() -> None:
    assert places("R03", with_row(PROJECT, BENEFIT.with_cells(name="覆盖率<br/>"))) == [(5, "name")]


@pytest.mark.parametrize(
    ("target", "flagged"), [("", True), ("-", True), ("/", True), ("——", True), ("无", False), ("保障", False)]
)
def test_value_missing(target: str, flagged: bool) -> None:
    assert value_places("R10", "重大安全事故", target) == ["target"] * flagged


def test_a_row_that_holds_no_indicator_is_none() -> None:
    record = with_row(PROJECT, IndicatorRow(key="group", level1="产出指标", level2="数量指标", budget_item="基本支出"))
    assert [places(rule, record) for rule in ("R10", "R11", "R09")] == [[], [], []]


def test_name_missing() -> None:
    assert value_places("R11", "", "≥5所") == ["name"]


@pytest.mark.parametrize(
    ("name", "target", "fields"),
    [
        ("种植面积", "小麦=56000亩 玉米=130000亩", ["target"]),
        ("小麦=56000亩 玉米=130000亩", "", ["name"]),
        ("种植面积", "≥3且≤5万亩", []),
        ("活动次数", "3-5次", []),
        ("≥60岁老人补助人数", "≥3000人", []),
        ("补助人数", "小学≥26495人", []),
    ],
)
def test_several_in_one_cell(name: str, target: str, fields: list[str]) -> None:
    assert value_places("R12", name, target) == fields


@pytest.mark.parametrize(
    "target",
    [
        "提升",
        "显著",
        "优",
        "保障",
        "明显改善",
        "持续保障",
        "有效提升",
        "进一步完善",
        "显著提高",
        "良好",
        "促进。",
        "长期",
    ],
)
def test_bare_words_are_no_targets(target: str) -> None:
    assert value_places("R13", "群众生活", target, BENEFIT) == ["target"]


@pytest.mark.parametrize(
    "target",
    [
        "≥95%",
        "较上年提升5%",
        "全区公办园全部达到省定标准",
        "无重大事故",
        "建立管理制度并印发执行",
        "2023年12月底前",
        "",
        "≥**%",
    ],
)
def test_judged_texts_are_left_alone(target: str) -> None:
    assert value_places("R13", "群众生活", target, BENEFIT) == []


@pytest.mark.parametrize(
    ("target", "cure"),
    [
        ("95%", "≥95%"),
        ("100%", "=100%"),
        ("5所", "≥5所"),
        ("944人左右", "≥944人"),
        ("1.5：1", "≥1.5:1"),
        ("约20次", "≥20次"),
        ("较上年增长5%", "较上年增长≥5%"),
    ],
)
def test_sign_missing(target: str, cure: str) -> None:
    (finding,) = findings_of("R16", with_row(PROJECT, QUANTITY.with_cells(target=target)))
    assert f"如“{cure}”" in finding.message


@pytest.mark.parametrize(
    "target", ["≥5所", "不少于5所", "5所以上", "3-5所", "2023年底", "保障", "-100%", "", "24小时内"]
)
def test_sign_given_or_not_needed(target: str) -> None:
    assert value_places("R16", "新建数量", target) == []


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("集中供养率", "≤60%"),
        ("享受奖励扶助对象人数", "≤46000人"),
        ("90-99岁老人人数", "≤3000人"),
        ("受益群众满意度", "<90%"),
        ("项目验收合格率", "≤95%"),
        ("安全事故发生率", "≥5%"),
        ("群众投诉次数", "≥3次"),
    ],
)
def test_sign_against_direction(name: str, target: str) -> None:
    assert value_places("R17", name, target) == ["target"]


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("集中供养率", "≥60%"),
        ("突发事件处理次数", "≤5次"),
        ("城镇登记失业率", "≤4%"),
        ("群众投诉率", "≤1%"),
        ("投诉案件结案率", "≥98%"),
        ("伤亡人数", "≤0人"),
        ("补助标准", "≤1500元/亩"),
        ("控制编制人数", "≤20人"),
        ("会议参会人数", "≤50人"),
        ("特困人员保障与低保标准之比", "≤1.5"),
        ("完成时间", "≤2023年12月31日"),
        ("单位能耗下降率", "≤5%"),
        ("学生辍学率", "≤0.5%"),
    ],
)
def test_sign_with_direction(name: str, target: str) -> None:
    assert value_places("R17", name, target) == []


@pytest.mark.parametrize(
    ("name", "target", "flagged"),
    [
        ("培训人数", "≥200", True),
        ("项目资金", "≤250万", True),
        ("培训人数", "≥200人", False),
        ("劳动争议结案率(%)", "≥93", False),
        ("保障标准之比", "≤1.5", False),
        ("空气质量指数", "≤80", False),
        ("完成时间", "2023年底", False),
    ],
)
def test_unit_missing(name: str, target: str, flagged: bool) -> None:
    assert value_places("R19", name, target) == ["target"] * flagged


@pytest.mark.parametrize(
    ("name", "target", "flagged"),
    [
        ("儿童纳入保障范围率", "≥22人", True),
        ("档案扫描录入率", "≥150.9万页", True),
        ("护理型床位占比", "≥65张", True),
        ("家长满意度", "≥90人次", True),
        ("儿童纳入保障范围率", "≥95%", False),
        ("儿童纳入保障范围率", "≥95百分比", False),
        ("家长满意度", "≥90分", False),
        ("巡查频率", "≥4次/月", False),
        ("孕产妇死亡率", "≤8/10万", False),
        ("工作效率", "≥20件", False),
        ("利率", "≤3.5%", False),
    ],
)
def test_unit_against_name(name: str, target: str, flagged: bool) -> None:
    assert value_places("R20", name, target) == ["target"] * flagged


@pytest.mark.parametrize(
    ("name", "target", "flagged"),
    [
        ("流浪乞讨人员救助", "-100%", True),
        ("家长满意度", "≥105%", True),
        ("验收合格率", ">100%", True),
        ("床位占比", "120%", True),
        ("家长满意度", "≥100百分比", False),
        ("验收合格率", "=100%", False),
        ("税收增长率", "≥120%", False),
        ("税收增长率", "≥-5%", False),
        ("任务完成率", "≥110%", False),
        ("气温", "-5℃", False),
    ],
)
def test_percent_range(name: str, target: str, flagged: bool) -> None:
    assert value_places("R22", name, target, QUALITY) == ["target"] * flagged


def test_same_name_twice() -> None:
    record = with_row(PROJECT, project_row("产出指标/质量指标", "新建幼儿园 数量", "≥95%", key="again"))
    (finding,) = findings_of("R42", record)
    assert (finding.row, finding.row_number, finding.field, finding.evidence["other_row"]) == ("again", 7, "name", "2")
    assert finding.message == "第7行 三级指标：“新建幼儿园 数量”与第2行同名。请合并，或在名称中写出区别。"


REGISTER = replace(RULES_2023, departments={"202": "教育和体育局", "401": "淄川区民政局"})


@pytest.mark.parametrize(
    ("code", "name", "unit", "expected"),
    [
        ("202", "淄博市淄川区教育和体育局", "[202001]淄川区实验小学", []),
        ("202", "[202]淄川区教育和体育局", "淄川区实验小学", []),
        ("202", "区教体局", "区教体局", []),
        ("202", "淄川区教育和体育局", "[401001]淄川区福利院", ["unit"]),
        ("202", "民政局", "民政局", ["department_code"]),
        ("999", "民政局", "民政局", ["department_code"]),
        ("", "民政局", "民政局", []),
    ],
)
def test_codes(code: str, name: str, unit: str, expected: list[str]) -> None:
    record = replace(PROJECT, department_code=code, department_name=name, unit=unit)
    assert [finding.field for finding in findings_of("R48", record, REGISTER)] == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("联系人张某13812345678", "电话号码"),
        ("咨询0533-5181234", "电话号码"),
        ("身份证370302199001011234", "身份证号"),
        ("卡号6222021602001234567", "银行卡号"),
        ("机密★5年", "密级标志"),
        ("【秘密】方案", "密级标志"),
    ],
)
def test_not_for_publication(text: str, what: str) -> None:
    (finding,) = findings_of("R52", with_row(PROJECT, BENEFIT.with_cells(note=text)))
    assert (finding.row_number, finding.field, finding.evidence["what"]) == (5, "note", what)
    digits = "".join(char for char in text if char.isdigit())
    assert len(digits) < 8 or digits not in finding.message


@pytest.mark.parametrize(
    "text",
    ["鲁政办字〔2019〕20号", "37030223T000000000001", "做好保密工作，不泄露秘密", "12345678901234567890", "2023-12-31"],
)
def test_fit_for_publication(text: str) -> None:
    assert places("R52", with_row(PROJECT, BENEFIT.with_cells(note=text))) == []
