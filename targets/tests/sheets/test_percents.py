"""0.95 beside the unit %: 95 % where the other percentages say so, else as typed; told in either case."""

import pytest

from targets.tests.sheets.drawn import cells, read_drawn, told

FORM = """
    2024年项目支出绩效目标表|||||
    项目名称|河道保洁||||
    一级指标|二级指标|三级指标|指标性质|指标值|计量单位
    产出指标|数量指标|保洁里程|≥|126|公里
    {rows}
    """
LIST = """
    2024年项目绩效目标明细表||||||
    项目名称|一级指标|二级指标|三级指标|指标性质|指标值|计量单位
    河道保洁|产出指标|数量指标|保洁里程|≥|126|公里
    {rows}
    """


def whole(typed, read):
    return f"“{typed}”的单位是“%”，与其他百分数对照，已读为“{read}”，请核对。"


def doubtful(typed, meant):
    return f"“{typed}”的单位是“%”，已照原样读入，请核对。如指{meant}，请改写后重新上传。"


CASES = {
    "all are fractions": (
        [("≥", "0.95", "%"), ("≥", "0.9", "%"), ("=", "1", "%")],
        ["≥95%", "≥90%", "=100%"],
        [whole("0.95", "95%"), whole("0.9", "90%"), whole("1", "100%")],
    ),
    "the other one shows its sign": ([("≥", "0.95", "%"), ("≥", "90%", "%")], ["≥95%", "≥90%"], [whole("0.95", "95%")]),
    "a sign in the value": ([("", "≥0.95", "％"), ("", "≤.05", "百分比")], ["≥95%", "≤5%"], [whole("≥0.95", "≥95%"), whole("≤.05", "≤5%")]),
    "alone": ([("≥", "0.95", "%")], ["≥0.95%"], [doubtful("0.95", "95%")]),
    "alone and at most": ([("≤", "0.05", "%")], ["≤0.05%"], [doubtful("0.05", "5%")]),
    "others are percentages": ([("≥", "0.95", "%"), ("≥", "98", "%")], ["≥0.95%", "≥98%"], [doubtful("0.95", "95%")]),
    "a small part beside percentages": ([("≤", "0.5", "%"), ("≥", "98", "%")], ["≤0.5%", "≥98%"], []),
    "none is a fraction": ([("≥", "95", "%"), ("=", "1", "%")], ["≥95%", "=1%"], []),
    "another unit": ([("≥", "0.95", "万元"), ("≥", "0.9", "万元")], ["≥0.95万元", "≥0.9万元"], []),
}  # fmt: skip


@pytest.mark.parametrize("is_list", [False, True], ids=["a form", "a list"])
@pytest.mark.parametrize(("values", "targets", "remarks"), CASES.values(), ids=CASES)
def test_fractions_beside_the_sign_of_a_percentage(values, targets, remarks, is_list):
    first = "河道保洁|产出指标" if is_list else "产出指标"
    rows = "\n".join(
        f"{first}|质量指标|{kind}类达标率|{sign}|{number}|{unit}"
        for kind, (sign, number, unit) in zip("甲乙丙", values, strict=False)
    )
    (form,) = read_drawn((LIST if is_list else FORM).format(rows=rows))
    assert [target for (target,) in cells(form, "target")] == ["≥126公里", *targets]
    assert [sentence for _, sentence in told(form)] == remarks
    assert {problem.level for problem in form.problems} <= {"guess"}


def test_the_cell_of_a_doubtful_fraction_is_named():
    (form,) = read_drawn(FORM.format(rows="产出指标|质量指标|达标率|≥|0.95|%"))
    assert told(form) == [("E5", doubtful("0.95", "95%"))]


def test_a_unit_that_is_merged_down():
    rows = "产出指标|质量指标|达标率|≥|0.95|%\n^|^|合格率|≥|0.9|^"
    (form,) = read_drawn(FORM.format(rows=rows))
    assert [target for (target,) in cells(form, "target")] == ["≥126公里", "≥95%", "≥90%"]
    assert told(form) == [("E5", whole("0.95", "95%")), ("E6", whole("0.9", "90%"))]
