"""The whole way of one real project in a real browser: every button found by the words that stand on it."""

from playwright.sync_api import Page, expect

from targets.models import Declaration
from targets.tests.browser.conftest import SignIn
from targets.tests.browser.hands import write

TITLE = "校车运营补贴"
OPINION = "学生安全率的指标值没有依据，请核对后再报。"


def open_form(page: Page) -> Page:
    """From 工作台 through the menu and the list, as people go."""
    page.get_by_role("navigation").get_by_role("link", name="项目支出").first.click()
    page.get_by_role("link", name=TITLE).click()
    page.wait_for_url("**/change/**")
    return page


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def expect_told(page: Page, words: str) -> None:
    expect(page.locator(".messagelist")).to_contain_text(words)


def test_the_whole_way_of_one_real_project(sign_in: SignIn) -> None:  # noqa: PLR0915 - a way has many steps
    visitor = sign_in()

    filler = open_form(sign_in("jingban"))
    write(filler, 2, "target", "≥6650人")
    press(filler, "保存")
    expect_told(filler, "已保存为第2稿：改动1处")
    press(filler, "送审")
    expect_told(filler, "送审已办理")

    boss, office = sign_in("zhuguan"), sign_in("yewu")
    press(open_form(boss), "报送财政")
    expect_told(boss, "报送财政已办理")
    open_form(office).get_by_label("审核意见").fill(OPINION)
    press(office, "退回")
    expect_told(office, "退回已办理")

    filler.goto("/admin/")
    expect(filler.get_by_role("main")).to_contain_text(OPINION)
    open_form(filler)
    write(filler, 2, "target", "≥6640人")
    press(filler, "送审")
    expect_told(filler, "送审已办理")

    performance = sign_in("jixiao")
    for person, words in ((boss, "报送财政"), (office, "初审通过"), (performance, "审核通过")):
        person.goto("/admin/")
        press(open_form(person), words)
        expect_told(person, f"{words}已办理")

    budget = sign_in("yusuan")
    budget.get_by_role("link", name="成批批复").first.click()
    budget.get_by_label(TITLE).check()
    budget.get_by_label("批复文号").fill("川财绩〔2023〕1号")
    budget.get_by_label("发文日期").fill("2023-01-10")
    press(budget, "批复选中的表")
    press(budget, "确认批复 1 张")
    expect(budget.get_by_role("main")).to_contain_text("已办理")

    visitor.goto("/")
    expect(visitor.get_by_role("link", name=TITLE)).to_have_count(0)

    performance.goto("/admin/")
    performance.get_by_role("link", name="公开批次").first.click()
    performance.get_by_role("link", name="新增公开批次").first.click()
    press(performance, "保存")
    performance.get_by_role("link", name="选表").click()
    performance.get_by_label(TITLE).check()
    press(performance, "保存选表")
    press(performance, "起草编报说明")
    performance.get_by_label("报送日期").fill("2023-01-15")
    press(performance, "登记报人大")
    expect_told(performance, "已登记报人大：2023-01-15")
    performance.get_by_role("link", name="核对并公开").click()
    press(performance, "公开这 1 张表")
    expect_told(performance, "已公开")

    visitor.goto("/")
    visitor.get_by_role("link", name=TITLE).first.click()
    expect(visitor.get_by_role("main")).to_contain_text("≥6640人")
    assert "≥6650人" not in visitor.content()

    events = Declaration.objects.get(title=TITLE).events.order_by("number")
    assert list(events.values_list("label", flat=True)) == [
        *("送审", "报送财政", "退回", "送审", "报送财政", "初审通过", "审核通过", "批复"),
    ]
