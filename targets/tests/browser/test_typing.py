"""Typing that is saved by itself: two people, no connection, an expired log-in, a form sent meanwhile, help beside the cell."""

import pytest
from playwright.sync_api import Page, expect

from departments.models import Membership, Person
from departments.roles import FILLER
from targets.demo import PASSWORD
from targets.guards import Order
from targets.models import Declaration
from targets.review import take_step
from targets.tests.browser.conftest import SignIn
from targets.tests.browser.hands import cell, write

BUS = "校车运营补贴"


def opened(page: Page) -> Page:
    page.goto("/admin/")
    page.get_by_role("link", name=BUS).first.click()
    expect(page.locator("td.jx-cell").first).to_be_visible()
    return page


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_contain_text("已保存")


def target(place: int) -> str:
    return Declaration.objects.get(title=BUS).record().rows[place - 1].target


def trouble(page: Page, words: str) -> None:
    expect(page.locator("[data-trouble]")).to_contain_text(words)


@pytest.fixture
def colleague(demo: None) -> Person:
    form = Declaration.objects.get(title=BUS)
    person = Person.objects.create_user("tongshi", password=PASSWORD, name="孙某")
    Membership.objects.create(person=person, department=form.unit, role=FILLER)
    return person


def test_two_people_on_one_form(sign_in: SignIn, colleague: Person) -> None:
    one, other = opened(sign_in("jingban")), opened(sign_in("tongshi"))
    write(one, 3, "target", "≥1.6万人")
    saved(one)
    write(other, 4, "target", "≥96%")
    saved(other)
    assert (target(3), target(4)) == ("≥1.6万人", "≥96%")
    expect(cell(other, 3, "target")).to_have_text("≥1.6万人")

    write(one, 5, "target", "≥97%")
    saved(one)
    write(other, 5, "target", "≥98%")
    trouble(other, "改为“≥97%”，您改为“≥98%”。请选用哪一个。")
    expect(other.locator("[data-saved]")).to_have_text("两人改了同一格，请选一个")
    assert target(5) == "≥97%"
    other.get_by_role("button", name="用我的").click()
    saved(other)
    assert target(5) == "≥98%"


@pytest.mark.refusals
def test_without_a_connection_nothing_typed_is_lost(sign_in: SignIn) -> None:
    page = opened(sign_in("jingban"))
    page.route("**/cells/", lambda route: route.abort())
    write(page, 3, "target", "≥1.6万人")
    expect(page.locator("[data-saved]")).to_have_text("没有连上服务器，1 处修改先存在本机")
    again = page.context.new_page()  # the browser was closed and opened again
    page.close(run_before_unload=False)
    opened(again)
    expect(again.locator(".jx-cellbar .told")).to_contain_text("没有来得及保存的 1 处修改")
    expect(cell(again, 3, "target")).to_contain_text("≥1.6万人")
    saved(again)
    assert target(3) == "≥1.6万人"


@pytest.mark.refusals
def test_an_expired_log_in_keeps_the_typing(sign_in: SignIn) -> None:
    page = opened(sign_in("jingban"))
    page.context.clear_cookies()
    write(page, 3, "target", "≥1.6万人")
    trouble(page, "登录已过期，您输入的内容还在本页。请在新窗口登录后点“重试”。")
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="在新窗口登录").click()
    window = opening.value
    window.get_by_label("用户名").fill("jingban")
    window.get_by_label("密码").fill(PASSWORD)
    window.get_by_role("button", name="登录").click()
    window.wait_for_url("**/admin/")
    page.get_by_role("button", name="重试").click()
    saved(page)
    assert target(3) == "≥1.6万人"
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("已保存为第2稿：改动1处（第3行 指标值）")


@pytest.mark.refusals
def test_a_form_sent_meanwhile_leaves_the_words_to_copy(sign_in: SignIn, colleague: Person) -> None:
    page = opened(sign_in("jingban"))
    take_step(Declaration.objects.get(title=BUS), "submit", by=colleague, order=Order(seen_revision=1))
    page.get_by_label("年度总体").first.fill("刚写的目标")
    trouble(page, "不能修改。")
    expect(page.get_by_label("没有保存的内容")).to_have_value("年度总体绩效目标：刚写的目标")


def test_help_beside_the_cell(sign_in: SignIn) -> None:
    page = opened(sign_in("jingban"))
    write(page, 3, "target", "-100%")
    expect(page.locator("#lines tr:nth-child(3) td.m")).to_contain_text("“-100%”小于 0")
    expect(page.locator(".jx-cellbar .cure")).to_contain_text("前面的“-”是负号还是破折号？")
    page.get_by_role("button", name="改为 ≥100%").click()
    expect(page.locator(".jx-cellbar .cure")).to_contain_text("读作：大于等于 100 百分号")
    expect(page.locator("#lines tr:nth-child(3) td.m")).to_be_empty()
    page.get_by_role("button", name="清除标签").click()
    expect(page.locator("#goal")).not_to_have_value("<p>")
    saved(page)
    form = Declaration.objects.get(title=BUS)
    assert (form.record().rows[2].target, "<p>" in form.goal) == ("≥100%", False)
