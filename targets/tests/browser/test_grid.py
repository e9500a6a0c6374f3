"""The grid under the hands of a clerk: keys, clipboard, rows, what a script does and what it leaves to the server."""

from pathlib import Path

from playwright.sync_api import Page, expect

from targets.demo import WORKBOOKS
from targets.domain.record import IndicatorRow
from targets.models import Declaration
from targets.paper import PLAN_COLUMNS
from targets.tests.browser.conftest import SignIn
from targets.tests.browser.hands import cell, clipboard, copied_from, paste, write

BUS = "校车运营补贴"
EDUCATION = "整体绩效目标表-淄博市淄川区教育和体育局.xlsx"
COLUMNS = tuple(column.field for column in PLAN_COLUMNS if not column.is_optional)


def texts(rows: tuple[IndicatorRow, ...], *fields: str) -> list[tuple[str, ...]]:
    return [tuple(getattr(row, name) for name in fields) for row in rows]


def merged(row: IndicatorRow) -> set[str]:
    """Cells that say what the cell above says and are one with it; whether blank ones are, a clipboard does not tell."""
    return {name for name in row.continues if getattr(row, name)}


def open_form(page: Page, title: str) -> None:
    page.get_by_role("link", name=title).first.click()
    expect(page.locator(".jx-box")).to_be_attached()


def save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("已保存")


def test_a_project_is_typed_from_nothing(sign_in: SignIn) -> None:
    old = Declaration.objects.get(title=BUS)
    model = old.record()
    Declaration.objects.filter(pk=old.pk).update(state="void")
    page = sign_in("jingban")
    page.goto("/admin/targets/budgetproject/add/")
    page.get_by_label("项目名称").fill(BUS)
    page.get_by_role("button", name="新建").click()
    page.get_by_label("年度预算资金总额").fill("494.39")
    page.get_by_label("其中：财政拨款").fill("494.39")
    page.get_by_label("其他资金").fill("0")
    page.locator("#goal").fill(model.goal)
    cell(page, 1, "level1").click()
    for row in model.rows:
        for name in ("level1", "level2"):
            if name in row.continues:
                page.keyboard.press("Shift+F10")
                label = {"level1": "一级指标", "level2": "二级指标"}[name]
                page.get_by_role("menuitem", name=f"{label}：与上一行合并").click()
            else:
                page.keyboard.type(getattr(row, name))
            page.keyboard.press("Tab")
        page.keyboard.type(row.name)
        page.keyboard.press("Tab")
        page.keyboard.type(row.target)
        page.keyboard.press("Tab")
    save(page)
    made = Declaration.objects.get(title=BUS, state="draft").record()
    shown = ("level1", "level2", "name", "target", "continues")
    assert texts(made.rows, *shown) == texts(model.rows, *shown)
    assert (made.goal, made.total, made.fiscal, made.other) == (model.goal, model.total, model.fiscal, model.other)


def test_a_whole_plan_is_pasted_from_its_workbook(sign_in: SignIn) -> None:
    old = Declaration.objects.get(kind="plan", unit__code="202001")
    model = old.record()
    Declaration.objects.filter(pk=old.pk).update(state="void")
    page = sign_in("jingban")
    page.goto("/admin/targets/departmentplan/add/")
    page.get_by_role("button", name="新建").click()
    cell(page, 1, "number").click()
    paste(page, copied_from(Path(WORKBOOKS) / EDUCATION, "淄博市淄川区教育和体育局", "A1:Q56"))
    told = page.locator(".jx-cellbar .told")
    expect(told).to_contain_text("已粘贴49行17列，略去表头、落款7行，新增49行")
    save(page)
    made = Declaration.objects.get(kind="plan", unit__code="202001", state="draft").record()
    assert texts(made.rows, *COLUMNS) == texts(model.rows, *COLUMNS)
    assert [merged(row) for row in made.rows] == [merged(row) for row in model.rows]


def test_the_rows_of_an_official_project_sheet_are_pasted(sign_in: SignIn) -> None:
    """With the label beside them, the headings above, and 三级指标 over two columns."""
    model = Declaration.objects.get(title=BUS).record()
    page = sign_in("jingban")
    page.goto("/admin/targets/budgetproject/add/")
    page.get_by_label("项目名称").fill("另一个校车项目")
    page.get_by_role("button", name="新建").click()
    cell(page, 1, "level1").click()
    workbook = next(Path(WORKBOOKS).glob("*项目支出*.xlsx"))
    paste(page, copied_from(workbook, BUS, "A1:F19"))
    expect(page.locator(".jx-cellbar .told")).to_contain_text("已粘贴9行4列")
    save(page)
    made = Declaration.objects.get(title="另一个校车项目").record()
    shown = ("level1", "level2", "name", "target")
    assert texts(made.rows, *shown) == texts(model.rows, *shown)
    assert [merged(row) for row in made.rows] == [merged(row) for row in model.rows]


def test_keys_as_in_a_spreadsheet(sign_in: SignIn) -> None:
    page = sign_in("jingban")
    open_form(page, BUS)
    write(page, 3, "target", "≥1.6万人")
    page.keyboard.press("Enter")
    expect(page.get_by_label("指标值，第4行")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("F2")
    page.keyboard.type("次")
    page.keyboard.press("Escape")
    expect(page.get_by_label("指标值，第3行")).to_have_value("≥1.6万人")
    page.keyboard.press("Control+z")
    expect(page.get_by_label("指标值，第3行")).to_have_value("≥1.5万人")
    page.keyboard.press("Control+y")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Control+c")
    assert clipboard(page) == "乘车学生数\t≥1.6万人\r\n运营达标率\t≥95%"
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+v")
    expect(page.locator(".jx-cellbar .told")).to_have_text("已粘贴2行2列，新增2行。")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+d")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Control+End")
    page.keyboard.press("Tab")
    expect(page.locator(".jx-box")).not_to_be_focused()
    save(page)
    rows = Declaration.objects.get(title=BUS).record().rows
    assert texts(rows[2:3], "name", "target") == [("乘车学生数", "≥1.6万人")]
    assert texts(rows[-2:], "name", "target") == [("乘车学生数", "≥95%"), ("乘车学生数", "≥1.6万人")]


ODD_CLIPS = {
    "一\n" * 20_000: "粘贴的有20000行，一张表最多2000行，没有粘贴。请分成几张表，或分次粘贴需要的行。",
    "一\t二\t三\t四\t五": "粘贴的有5列，从这一格起只有2列，没有粘贴。请从靠左的格起粘贴，或少选几列再复制。",
    "一级指标\t二级指标\n": "粘贴的只有表头，没有指标行，没有粘贴。请连同下面的行一起复制。",
    "<p>甲</p>\t=SUM(A1)": "已粘贴1行2列，1格夹有网页标签，1格像公式，都照文字保留。",
}


def test_what_is_odd_about_a_paste_is_told(sign_in: SignIn) -> None:
    page = sign_in("jingban")
    open_form(page, BUS)
    cell(page, 1, "name").click()
    for clip, told in ODD_CLIPS.items():
        paste(page, clip)
        expect(page.locator(".jx-cellbar .told")).to_have_text(told)


def test_an_unknown_category_is_kept_and_outlined_with_a_suggestion(sign_in: SignIn) -> None:
    page = sign_in("jingban")
    open_form(page, BUS)
    page.locator(".jx-box").focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Home")
    paste(page, "产出指标\t质量类指标\t完好率\t≥95%\n\t数量指标\t车辆数\t≥9辆")
    told = "已粘贴2行4列，新增2行，1个分类不在名单中，已用虚线框出，请确认；1个空白格按“与上一行合并”处理。"
    expect(page.locator(".jx-cellbar .told")).to_have_text(told)
    expect(page.locator("td.odd")).to_have_text("质量类指标")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="改为 质量指标").click()
    save(page)
    rows = Declaration.objects.get(title=BUS).record().rows[-2:]
    assert texts(rows, "level1", "level2") == [("产出指标", "质量指标"), ("产出指标", "数量指标")]
    assert [row.continues for row in rows] == [(), ("level1",)]


CLIPS = [
    ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
    ("", [[""]]),
    ("a\t\nb", [["a", ""], ["b", ""]]),
    ('"两\n行"\tb', [["两\n行", "b"]]),
    ('"他说""好""\n第二行"', [['他说"好"\n第二行']]),
    ('"十四五"规划\tb', [['"十四五"规划', "b"]]),
    ('"没有结束\tb\nc', [['"没有结束', "b"], ["c", ""]]),
    ('"全引"\tb', [['"全引"', "b"]]),
]


def test_blocks_of_spreadsheets_are_read_and_written(sign_in: SignIn) -> None:
    page = sign_in()
    page.goto("/")
    read = "async clip => (await import('/static/targets/grid/tsv.js')).parse(clip)"
    assert [page.evaluate(read, clip) for clip, _ in CLIPS] == [block for _, block in CLIPS]
    again = "async block => { const m = await import('/static/targets/grid/tsv.js'); return m.parse(m.format(block)); }"
    assert [page.evaluate(again, block) for _, block in CLIPS] == [block for _, block in CLIPS]
