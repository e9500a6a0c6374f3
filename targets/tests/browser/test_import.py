"""A unit's own workbook in a real browser: shown, one bad form left out, taken in, taken back; and a template out and in."""

import io
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from targets.demo import WORKBOOKS
from targets.models import Declaration
from targets.tests.browser.conftest import SignIn

PUPILS, BUS = "学前生均公用经费", "校车运营补贴"


def changed_workbook() -> bytes:
    """The two real forms of the unit: in one a target is another, in the other the amount is no number; and a third."""
    book = openpyxl.load_workbook(next(Path(WORKBOOKS).glob("*项目支出*.xlsx")))
    for name in book.sheetnames[2:]:
        del book[name]
    book[PUPILS]["F13"] = "≥98%"
    book.copy_worksheet(book[PUPILS]).title = "新项目"
    book["新项目"]["B3"] = "新项目"
    book[BUS]["F5"] = "494.39万左右"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def upload(page: Page, name: str, content: bytes) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name="导入 Excel 表格").click()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.get_by_label("Excel 或 Word 文件").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url("**/preview/")


def downloaded(page: Page, words: str) -> bytes:
    with page.expect_download() as told:
        page.get_by_role("link", name=words).click()
    return Path(told.value.path()).read_bytes()


def targets() -> dict[str, str]:
    rows = Declaration.objects.living().filter(kind="project", unit__code="202001")
    return {form.title: form.indicators.order_by("order")[3].target for form in rows.order_by("pk")}


def test_a_workbook_is_shown_taken_in_without_its_bad_form_and_taken_back(sign_in: SignIn) -> None:
    page = sign_in("jingban")
    before = targets()
    upload(page, "我的表.xlsx", changed_workbook())
    main = page.get_by_role("main")
    expect(main).to_contain_text("尚未写入任何数据")
    page.get_by_text("逐格对照（1处）").click()
    expect(page.get_by_role("row", name="第4行 指标值")).to_contain_text("≥98%")
    expect(page.get_by_label(f"导入 {BUS}")).to_be_disabled()
    expect(main).to_contain_text(f"{BUS}!F5")
    marked = openpyxl.load_workbook(io.BytesIO(downloaded(page, "下载标注后的文件")))
    assert "不是数字" in marked[BUS]["F5"].comment.text
    page.get_by_role("button", name="全不选").click()
    expect(page.locator("[data-total]")).to_be_hidden()
    expect(page.get_by_label(f"导入 {PUPILS}")).to_be_visible()
    page.get_by_role("button", name="全选", exact=True).click()
    expect(page.locator("[data-total]")).to_contain_text("合计 1,456.00 万元")
    page.get_by_label("导入 新项目").uncheck()
    expect(page.get_by_role("button", name="确认导入")).to_have_text("确认导入 1 张")
    assert targets() == before

    page.get_by_role("button", name="确认导入 1 张").click()
    expect(page.locator(".messagelist")).to_contain_text("已导入“我的表.xlsx”：更新1张。")
    assert targets() == before | {PUPILS: "≥98%"}

    page.get_by_role("button", name="撤销这次导入").click()
    expect(page.locator(".messagelist")).to_contain_text("已撤销导入：1张表恢复到导入前。")
    assert targets() == before


def test_a_template_filled_in_comes_back_without_a_doubt(sign_in: SignIn) -> None:
    page = sign_in("jingban")
    page.get_by_role("link", name="下载填报模板").click()
    page.get_by_label("实施单位").select_option(label="[202001]淄博市淄川区教育和体育局")
    page.get_by_role("button", name="确定").click()
    book = openpyxl.load_workbook(io.BytesIO(downloaded(page, "下载 空白项目支出绩效目标表")))
    sheet = book["项目支出绩效目标表"]
    said = {"B3": "模板项目", "F5": "5", "F6": "5", "F7": "0", "B8": "全年完成5次巡查，消除隐患。"}
    said |= {"B10": "产出指标", "C10": "数量指标", "D10": "巡查次数", "F10": "≥5次"}
    for address, text in said.items():
        sheet[address] = text
    filled = io.BytesIO()
    book.save(filled)
    upload(page, "模板.xlsx", filled.getvalue())
    expect(page.get_by_role("row", name="模板项目")).to_contain_text("新增")
    expect(page.get_by_text("读取时发现的问题")).to_have_count(0)


def test_enter_in_a_preview_throws_nothing_away(sign_in: SignIn) -> None:
    page = sign_in("jingban")
    upload(page, "我的表.xlsx", changed_workbook())
    page.get_by_label("导入 新项目").press("Space")
    page.get_by_label(f"导入 {PUPILS}").press("Enter")
    page.wait_for_url("**/preview/?page=1")
    expect(page.get_by_role("button", name="确认导入")).to_have_text("确认导入 1 张")
    page.get_by_role("button", name="确认导入 1 张").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("已导入“我的表.xlsx”：更新1张。")


def changed_plan() -> bytes:
    """The unit's plan with another target, without its last row."""
    book = openpyxl.load_workbook(next(Path(WORKBOOKS).glob("整体*教育*.xlsx")))
    sheet = book.worksheets[0]
    sheet["G7"] = "≥33所"
    for merged in [one for one in sheet.merged_cells.ranges if one.max_row == sheet.max_row]:
        sheet.unmerge_cells(str(merged))
    sheet.delete_rows(sheet.max_row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_plan_is_compared_in_the_way_that_was_chosen(sign_in: SignIn) -> None:
    page = sign_in("jingban")
    upload(page, "整体.xlsx", changed_plan())
    stale = page.get_by_text("方式已改，下面还是按原来的方式比较的。")
    expect(stale).to_be_hidden()
    page.get_by_role("combobox").select_option(label="追加：只加入系统中没有的行，已有的行不动")
    expect(stale).to_be_visible()
    page.get_by_role("button", name="按此对照").click()
    expect(page.get_by_text("按所选的方式没有要写入的内容。")).to_be_visible()
    page.get_by_role("combobox").select_option(label="整表覆盖：文件中没有的行会删除")
    page.get_by_role("button", name="按此对照").click()
    expect(page.get_by_role("row", name="第1行 年度指标值")).to_contain_text("≥33所")  # opened, for that was asked
    expect(stale).to_be_hidden()
