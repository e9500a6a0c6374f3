"""Rows whose cells have moved: what each cell says decides, and rows that stand straight stay as they are."""

import pytest

from targets.domain.sheets.cells import Cell
from targets.domain.sheets.problems import GUESS, WARNING
from targets.domain.sheets.reader import read_workbook
from targets.domain.sheets.says import Says, says
from targets.domain.sheets.shift import Place, lay
from targets.domain.sheets.split import may_be_several, split_line
from targets.domain.sheets.straighten import level1_beside
from targets.tests.sheets.books import PLAN_HEAD, one_sheet, project_lines
from targets.tests.sheets.other_forms import FIELDS, PLAN_ROWS

SAYS = {
    "3": Says.ORDINAL,
    "（二）": Says.ORDINAL,
    "产出指标": Says.LEVEL1,
    "质量指标": Says.LEVEL2,
    "过程指标": Says.LEVEL1,
    "管理指标": Says.LEVEL,
    "≥95%": Says.SIGNED,
    "=2000元/生/年": Says.SIGNED,
    "96.5%": Says.VALUE,
    "2024年12月底前": Says.VALUE,
    "—": Says.DASH,
    "430万元": Says.MONEY,
    "道路养护经费860万元": Says.ITEM,
    "公路养护经费": Says.FUND,
    "规划科、建设管理科": Says.OFFICE,
    "水政监察大队": Says.OFFICE,
    "内部统计": Says.SOURCE,
    "《全县交通发展规划》": Says.SOURCE,
    "反映道路养护情况": Says.EXPLAINS,
    "小麦=5万亩 玉米=8万亩": Says.PAIRS,
    "提升": Says.WORD,
}


@pytest.mark.parametrize(("text", "kind"), SAYS.items())
def test_what_a_text_says(text, kind):
    assert says(text) & kind


@pytest.mark.parametrize("text", ["90-99岁老人人数", "每村至少建成2-3处停车点", "家长满意度", "劳动争议调解成功率(%)"])
def test_names_of_indicators_are_no_values(text):
    assert not says(text) & (Says.VALUE | Says.LEVEL1 | Says.LEVEL2)


V1 = [Place("level1", 1, 1), Place("level2", 2, 2), Place("name", 3, 3), Place("target", 4, 4)]
STRAIGHT = ["", "产出指标", "时效指标", "按时完成率", "≥95%"]
PROJECT_ROWS = {
    "straight": (STRAIGHT, ["产出指标", "时效指标", "按时完成率", "≥95%"]),
    "one to the left": (STRAIGHT[1:], ["产出指标", "时效指标", "按时完成率", "≥95%"]),
    "two to the right": (["", "", *STRAIGHT], ["产出指标", "时效指标", "按时完成率", "≥95%"]),
    "level 2 in the column of level 1": (
        ["", "时效指标", "按时完成率", "≥95%"],
        ["", "时效指标", "按时完成率", "≥95%"],
    ),
    "name and value one to the left": (["", "", "村民收入", "提升"], ["", "", "村民收入", "提升"]),
    "name in the very first column": (["长效机制", "", "", "健全"], ["", "", "长效机制", "健全"]),
    "level 2 printed twice": (["", "质量指标", "质量指标", "合格率", "≥90%"], ["", "质量指标", "合格率", "≥90%"]),
    "value fell off": (
        ["", "", "", "效益指标", "社会效益指标", "出行条件"],
        ["效益指标", "社会效益指标", "出行条件", ""],
    ),
    "own category of an office": (
        ["", "过程指标", "管理指标", "制度健全", "健全"],
        ["过程指标", "管理指标", "制度健全", "健全"],
    ),
    "value in words": (
        ["", "效益指标", "社会效益指标", "群众出行", "更加便利"],
        ["效益指标", "社会效益指标", "群众出行", "更加便利"],
    ),
}


@pytest.mark.parametrize(("row", "wanted"), PROJECT_ROWS.values(), ids=PROJECT_ROWS)
def test_rows_of_a_project(row, wanted):
    cells = [Cell(0, column, text) for column, text in enumerate(row) if text]
    laid = lay(cells, V1, strict=False)
    got = [laid.texts.get(place.field, "") for place in V1]
    assert got == wanted


PLAN = [Place(name, at, at) for at, name in enumerate(FIELDS)]


@pytest.mark.parametrize("number", range(len(PLAN_ROWS)))
@pytest.mark.parametrize("step", [-2, -1, 0, 1, 2])
def test_rows_of_a_plan_may_move_as_a_whole(number, step):
    row = PLAN_ROWS[number]
    if any(row[:-step] if step < 0 else ()):
        return
    moved = row[-step:] if step < 0 else ("",) * step + row
    laid = lay([Cell(0, column, text) for column, text in enumerate(moved) if text], PLAN, strict=False)
    assert (laid.moved, [laid.texts.get(name, "") for name in FIELDS]) == (step != 0, list(row))


def test_a_bare_amount_belongs_to_the_item_beside_it():
    row = [*PLAN_ROWS[0][:15], "小型水库管护补助", "96万元", "水旱灾害防御科"]
    laid = lay([Cell(0, column, text) for column, text in enumerate(row) if text], PLAN, strict=False)
    assert (laid.texts["budget_item"], laid.texts["office"]) == ("小型水库管护补助96万元", "水旱灾害防御科")


SPLIT = {
    "values and names": (
        {"name": "标准 人数", "target": "≥1200元 ≥110人", "duty": "资助", "note": "- -"},
        [
            {"name": "标准", "target": "≥1200元", "duty": "资助", "note": "-"},
            {"name": "人数", "target": "≥110人", "duty": "资助", "note": "-"},
        ],
    ),
    "line breaks": (
        {"name": "县道 里程\n桥梁", "target": "≥3公里\n=6座", "office": "建设科"},
        [
            {"name": "县道 里程", "target": "≥3公里", "office": "建设科"},
            {"name": "桥梁", "target": "=6座", "office": "建设科"},
        ],
    ),
    "names with their values": (
        {"name": "小麦面积 =56亩 玉米面积 =130亩", "level2": "数量指标"},
        [
            {"name": "小麦面积", "target": "=56亩", "level2": "数量指标"},
            {"name": "玉米面积", "target": "=130亩", "level2": "数量指标"},
        ],
    ),
    "several values of one indicator": ({"name": "种植面积", "target": "小麦=56亩 玉米=130亩"}, None),
    "range": ({"name": "培训次数", "target": "≥3次 ≤5次"}, None),
    "answers in words": ({"name": "生活 条件", "target": "明显 改善"}, None),
    "values without a name": ({"target": "提升 改善"}, None),
    "no value": ({"name": "出行条件", "target": ""}, None),
    "values with signs": (
        {"name": "保洁里程、清淤长度", "target": "≥126公里、≥30公里"},
        [{"name": "保洁里程", "target": "≥126公里"}, {"name": "清淤长度", "target": "≥30公里"}],
    ),
    "answers in one value": ({"name": "道路设施、公交服务水平", "target": "提升、完善"}, None),
    "one name": ({"name": "教育、卫生、就业服务水平", "target": "提升"}, None),
    "short names": ({"name": "新建、改建公厕数", "target": "≥3座、≥2座"}, None),
    "more words than can be cut": (
        {"name": " ".join(f"名称{at}" for at in range(19)), "target": " ".join(f"≥{at}人" for at in range(1, 13))},
        None,
    ),
    "values without signs": ({"name": "新建公厕数、改建公厕数", "target": "3座、2座"}, None),
}


@pytest.mark.parametrize(("texts", "wanted"), SPLIT.values(), ids=SPLIT)
def test_several_indicators_in_one_cell(texts, wanted):
    assert split_line(texts) == (wanted or [texts])


@pytest.mark.parametrize(
    ("name", "target", "is_told"),
    [
        ("道路设施、公交服务水平", "提升、完善", True),
        ("新建、改建公厕数", "≥3座、≥2座", True),
        ("新建公厕数、改建公厕数", "3座、2座", True),
        ("新建公厕数；改建公厕数", "≥5座，≥3座", True),
        ("教育、卫生、就业服务水平", "提升", False),
        ("管护机制", "健全、完善", False),
        ("发放宣传资料", "≥12,000份", False),
    ],
)
def test_what_may_be_several_indicators_is_told_where_it_is_not_parted(name, target, is_told):
    assert may_be_several({"name": name, "target": target}) == is_told


@pytest.mark.parametrize(
    ("above", "level2", "found"),
    [
        ("成本指标", "时效指标", "产出指标"),
        ("产出指标", "质量指标", ""),
        ("产出指标", "服务对象满意度指标", "满意度指标"),
        ("产出指标", "管理指标", ""),
    ],
)
def test_level_1_that_was_lost(above, level2, found):
    assert level1_beside(above, level2) == found


def told(lines):
    form = read_workbook(one_sheet(lines), "a.xlsx", year=2023).forms[0]
    return form.record.rows, [(p.cell, p.level) for p in form.problems if "照上一行" not in p.message]


def test_a_moved_row_is_told_with_its_cell():
    lines = project_lines()
    lines[11] = lines[11][1:]
    rows, problems = told(lines)
    assert [(row.level2, row.name, row.target) for row in rows][3] == ("质量指标", "运营达标率", "≥95%")
    assert problems == [("B12", GUESS)]


@pytest.mark.parametrize("stray", [["- 3 -"], ["第 3 页 共 5 页"], ["", "", "3/12"]])
def test_page_numbers_are_no_rows(stray):
    lines = project_lines()
    assert told([*lines[:10], stray, *lines[10:]])[1] == []
    assert len(told([*lines[:10], stray, *lines[10:]])[0]) == 5


def test_stray_remarks_are_told():
    head = [["2023年整体绩效目标表"], ["部门名称：某局"], *map(list, PLAN_HEAD)]
    rows, problems = told([*head, *map(list, PLAN_ROWS[:2]), ["以上由水利局提供"], *map(list, PLAN_ROWS[2:4])])
    assert (len(rows), problems) == (4, [("A9", WARNING)])
