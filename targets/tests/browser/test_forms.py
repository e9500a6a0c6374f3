"""Form pages and the import page under the hands of a clerk, at the window of an office computer."""

from pathlib import Path

from playwright.sync_api import expect

from targets.demo import WORKBOOKS
from targets.models import Declaration, ImportBatch
from targets.tests.browser.conftest import SignIn
from targets.tests.browser.hands import write

PROJECT = "学前生均公用经费"


def test_the_plan_of_seventeen_columns_at_an_office_computer(sign_in: SignIn) -> None:
    page = sign_in("jingban")
    page.get_by_role("navigation").get_by_role("link", name="部门整体").first.click()
    page.get_by_role("link", name="2023年整体绩效目标表").first.click()

    grid = page.locator(".jx-grid.edit")
    expect(grid.locator(".jx-box")).to_be_attached()
    expect(grid.locator("tbody tr").first.locator("td.jx-cell")).to_have_count(17)
    head, first = grid.locator("thead th").first, grid.locator("tbody tr").nth(30).locator("td").first
    first.scroll_into_view_if_needed()
    grid.evaluate("grid => grid.scrollTo(0, grid.scrollTop)")
    before = (head.bounding_box(), first.bounding_box())
    grid.evaluate("grid => grid.scrollBy(grid.scrollWidth, 40)")
    after = (head.bounding_box(), first.bounding_box())
    assert None not in (*before, *after)
    assert (after[0]["x"], after[0]["y"]) == (before[0]["x"], before[0]["y"])  # type: ignore[index]
    assert (after[1]["x"], after[1]["y"]) == (before[1]["x"], before[1]["y"] - 40)  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    write(page, 1, "office", "基教科")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("已保存为第2稿：改动1处（第1行 责任科室）")
    plan = Declaration.objects.get(kind="plan", unit__code="202001")
    assert plan.record().rows[0].office == "基教科"


def test_a_real_workbook_goes_in_but_for_one_form(sign_in: SignIn) -> None:
    workbook = next(Path(WORKBOOKS).glob("*项目支出*.xlsx"))
    old = Declaration.objects.get(title=PROJECT)
    assert old.current_revision is not None
    page = sign_in("jingban")
    page.get_by_role("link", name=PROJECT).first.click()
    page.get_by_label("年度总体").fill("改写了的目标，导入时又变回来。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("已保存为第2稿")
    page.goto("/admin/")
    page.get_by_role("link", name="校车运营补贴").first.click()
    page.get_by_label("年度总体").fill("另一处改写了的目标。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("已保存为第2稿")

    page.get_by_role("link", name="首页").first.click()
    page.get_by_role("link", name="导入 Excel 表格").click()
    page.get_by_label("Excel 或 Word 文件").set_input_files(workbook)
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url("**/preview/")
    expect(page.get_by_role("button", name="确认导入 2 张")).to_be_visible()
    page.get_by_label(f"导入 {PROJECT}").uncheck()
    page.get_by_role("button", name="确认导入 1 张").click()

    expect(page.locator(".messagelist")).to_contain_text("更新1张")
    goals = dict(Declaration.objects.filter(unit__code="202001").values_list("title", "goal"))
    assert goals[PROJECT] == "改写了的目标，导入时又变回来。"
    assert goals["校车运营补贴"] != "另一处改写了的目标。"
    assert ImportBatch.objects.latest("pk").updated == 1


def test_without_scripts_rows_are_added_and_text_is_saved(sign_in: SignIn) -> None:
    page = sign_in("jingban", scripts=False)
    page.get_by_role("link", name=PROJECT).first.click()
    rows = page.locator('input[name="row"]')
    before = len(Declaration.objects.get(title=PROJECT).record().rows) + 1  # one blank row below the text
    expect(rows).to_have_count(before)
    page.get_by_role("button", name="加一行", exact=True).click()
    expect(rows).to_have_count(before + 1)
    page.get_by_label(f"三级指标，第{before}行").or_(page.get_by_label(f"指标名称，第{before}行")).fill("新的指标")
    page.get_by_label(f"指标值，第{before}行").fill("≥3次")
    page.get_by_label("指标值，第1行").fill("≤900万元")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("已保存为第2稿")
    record = Declaration.objects.get(title=PROJECT).record()
    assert (record.rows[0].target, record.rows[-1].name, record.rows[-1].target) == ("≤900万元", "新的指标", "≥3次")
