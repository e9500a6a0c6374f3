"""A form goes back with remarks in its margin and comes again: the reviewer writes, the unit answers, he sees what changed."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from targets.demo import PASSWORD
from targets.models import Declaration
from targets.tests.browser.conftest import SignIn
from targets.tests.browser.test_way import TITLE, expect_told, open_form, press

OPINION = "请按各行的意见修改。"


def row(page: Page, number: int) -> Locator:
    """A line of the form that is read, by its number in the gutter."""
    return page.locator("tr[id^='row-']").nth(number - 1)


def say(page: Page, number: int, field: str, text: str, proposal: str = "") -> None:
    """Point at the cell, then write in the margin; the page is not left and does not jump."""
    row(page, number).locator(f"td[id$='-{field}']").click()
    row(page, number).get_by_role("link", name="写意见").click()
    expect(row(page, number).get_by_label("栏目")).to_have_value(field)
    row(page, number).get_by_label("问题").fill(text)
    if proposal:
        row(page, number).get_by_label("建议修改为").fill(proposal)
    row(page, number).get_by_role("button", name="保存修改意见").click()
    expect_told(page, "修改意见已保存")
    expect(row(page, number).locator(".jx-remark")).to_contain_text(text)


def test_a_round_of_return_through_the_margin(sign_in: SignIn) -> None:
    filler, boss, office = sign_in("jingban"), sign_in("zhuguan"), sign_in("yewu")
    press(open_form(filler), "送审")
    expect_told(filler, "送审已办理")
    press(open_form(boss), "报送财政")
    expect_told(boss, "报送财政已办理")

    open_form(office)
    assert office.evaluate("document.documentElement.scrollWidth") == 1366
    office.get_by_label("审核意见").fill(OPINION)
    say(office, 7, "target", "“解决”到年底无法判断，请写可以考核的结果。")
    say(office, 2, "target", "请与学籍数一致。", "≥6640人")
    expect(office.get_by_label("审核意见")).to_have_value(OPINION)
    press(office, "退回")
    expect_told(office, "退回已办理")

    filler.goto("/admin/")
    open_form(filler)
    expect(filler.get_by_role("button", name="送审", exact=True)).to_be_disabled()
    press(filler, "采纳建议")
    expect_told(filler, "已采纳建议的文字并保存")
    answer = filler.locator(".jx-remark", has_text="到年底无法判断")
    answer.get_by_role("textbox").fill("安全隐患以整改率考核，本行保留。")
    answer.get_by_role("button", name="保存并答复").click()
    expect_told(filler, "答复已保存")
    press(filler, "送审")
    expect_told(filler, "送审已办理")
    boss.goto("/admin/")
    press(open_form(boss), "报送财政")
    expect_told(boss, "报送财政已办理")

    office.goto("/admin/")
    open_form(office)
    expect(office.get_by_label("与以前的送审稿比较")).to_contain_text("您上次看的是第1稿")
    office.get_by_role("link", name="只看改动").click()
    expect(office.locator("tr[id^='row-']")).to_have_count(2)  # what was changed, and what was said something of
    changed = row(office, 1)
    expect(changed.locator("td[id$='-target'] ins")).to_have_text("≥6640人")
    expect(changed).to_contain_text("采纳建议")
    for number in (1, 2):
        accept = row(office, number).get_by_role("button", name="认可")
        accept.click()
        expect(accept).to_have_count(0)
        expect_told(office, "已认可这条修改意见的处理")
    assert "only=1" in office.url
    press(office, "初审通过")
    expect_told(office, "初审通过已办理")

    form = Declaration.objects.get(title=TITLE)
    assert sorted(form.remarks.values_list("state", flat=True)) == ["accepted", "accepted"]
    assert form.state == "performance_review"


def test_a_wide_grid_is_written_on_without_leaving_the_page(sign_in: SignIn) -> None:
    filler, boss = sign_in("jingban_renshe"), sign_in("zhuguan_renshe")
    for page, words in ((filler, "送审"), (boss, "报送财政")):
        page.get_by_role("navigation").get_by_role("link", name="部门整体").first.click()
        page.locator("#result_list tbody th a").first.click()
        press(page, words)
        expect_told(page, f"{words}已办理")
    office = sign_in("yewu_shebao")
    office.get_by_role("navigation").get_by_role("link", name="部门整体").first.click()
    office.locator("#result_list tbody th a").first.click()
    office.wait_for_url("**/change/**")
    address = office.url
    office.locator(".jx-grid tbody td.s0").get_by_role("link", name="3", exact=True).click()
    assert office.url == address
    form = office.locator("[data-say-place] form")
    expect(form).to_contain_text("对第3行写修改意见")
    form.get_by_label("栏目").select_option("target")
    form.get_by_label("问题").fill("请说明口径。")
    form.get_by_role("button", name="保存修改意见").click()
    expect_told(office, "修改意见已保存")
    expect(office.locator("tr.beside .jx-remark")).to_contain_text("请说明口径。")
    assert office.evaluate("document.documentElement.scrollWidth") == 1366


def log_in_again(page: Page, username: str, then: str = "**/change/**") -> None:
    page.wait_for_url("**/login/**")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    press(page, "登录")
    page.wait_for_url(then)


def at_the_office(sign_in: SignIn) -> Page:
    for username, words in (("jingban", "送审"), ("zhuguan", "报送财政")):
        page = open_form(sign_in(username))
        press(page, words)
        expect_told(page, f"{words}已办理")
    return open_form(sign_in("yewu"))


def test_a_session_that_ends_in_the_middle_of_a_sentence_takes_nothing_along(sign_in: SignIn) -> None:
    office = at_the_office(sign_in)
    office.get_by_label("审核意见").fill(OPINION)
    row(office, 3).locator("td[id$='-target']").click()
    row(office, 3).get_by_role("link", name="写意见").click()
    row(office, 3).get_by_label("问题").fill("一段很长的意见")
    row(office, 3).get_by_label("要求").select_option("疑问")
    office.context.clear_cookies(name="sessionid")
    row(office, 3).get_by_role("button", name="保存修改意见").click()
    log_in_again(office, "yewu")
    expect(row(office, 3).get_by_label("问题")).to_have_value("一段很长的意见")
    expect(row(office, 3).get_by_label("要求")).to_have_value("question")
    expect(row(office, 3).get_by_label("栏目")).to_have_value("target")

    row(office, 5).get_by_role("link", name="写意见").click()  # the wrong row: what was written comes along
    expect(row(office, 5).get_by_label("问题")).to_have_value("一段很长的意见")
    row(office, 5).get_by_role("button", name="保存修改意见").click()
    expect_told(office, "修改意见已保存")
    expect(office.get_by_label("问题")).to_have_count(0)
    expect(office.get_by_label("审核意见")).to_have_value(OPINION)

    office.context.clear_cookies(name="sessionid")
    press(office, "退回")
    log_in_again(office, "yewu")
    expect(office.get_by_label("审核意见")).to_have_value(OPINION)
    press(office, "退回")
    expect_told(office, "退回已办理")


def test_answers_and_the_review_form_outlive_a_session(sign_in: SignIn) -> None:
    office = at_the_office(sign_in)
    form = Declaration.objects.get(title=TITLE)
    office.goto(reverse("admin:targets_budgetproject_assessment", args=[form.pk]))
    office.get_by_label("基本符合").nth(1).check()
    office.get_by_label("目标相关性说明").fill("与计划不一致")
    office.context.clear_cookies(name="sessionid")
    press(office, "保存审核表")
    log_in_again(office, "yewu", "**/assessment/**")
    expect(office.get_by_label("目标相关性说明")).to_have_value("与计划不一致")
    expect(office.get_by_label("基本符合").nth(1)).to_be_checked()
    press(office, "保存审核表")
    expect_told(office, "审核表已保存")

    office.goto(reverse("admin:targets_budgetproject_change", args=[form.pk]))
    say(office, 2, "target", "请核对。")
    office.get_by_label("审核意见").fill(OPINION)
    press(office, "退回")
    expect_told(office, "退回已办理")
    filler = open_form(sign_in("jingban"))
    filler.get_by_placeholder("怎样改的，或为何不改").fill("一段很长的答复")
    filler.context.clear_cookies(name="sessionid")
    press(filler, "保存并答复")
    log_in_again(filler, "jingban")
    expect(filler.get_by_placeholder("怎样改的，或为何不改")).to_have_value("一段很长的答复")
    press(filler, "保存并答复")
    expect_told(filler, "答复已保存")
    expect(filler.get_by_placeholder("怎样改的，或为何不改")).to_have_value("")


@pytest.mark.parametrize("size", [(390, 844), (683, 384), (910, 512)])
def test_a_phone_and_a_zoomed_page_show_the_form_and_pass_it(sign_in: SignIn, size: tuple[int, int]) -> None:
    width, height = size
    office = at_the_office(sign_in)
    office.set_viewport_size({"width": width, "height": height})
    for address in ("/admin/", "/admin/targets/budgetproject/?turn=mine", office.url):
        office.goto(address)
        assert office.evaluate("document.documentElement.scrollWidth") == width
    cells = row(office, 1).locator("td[id$='-name'], td[id$='-target']")
    for cell in cells.all():
        box = cell.bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= width
    bar = office.locator("form.submit-row").bounding_box()
    assert bar is not None
    is_out_of_the_way = bar["y"] > height  # at the end of the page
    assert is_out_of_the_way or bar["height"] < height / 4
    press(office, "初审通过")
    expect_told(office, "初审通过已办理")


def test_paper_is_light_whatever_the_screen(sign_in: SignIn) -> None:
    office = at_the_office(sign_in)
    office.evaluate("document.documentElement.dataset.theme = 'dark'")
    office.emulate_media(media="print", color_scheme="dark")
    grounds = office.eval_on_selector_all(
        "h1, #f-goal, tr[id^='row-'] td.m", "cells => cells.map(cell => getComputedStyle(cell).color)"
    )
    assert {max(map(int, re.findall(r"\d+", one)[:3])) < 100 for one in grounds} == {True}
    expect(row(office, 7).locator("td.m")).to_be_visible()
    expect(row(office, 7).get_by_role("link", name="写意见")).to_be_hidden()


def test_enter_presses_no_button_that_one_does_not_see(sign_in: SignIn) -> None:
    """The first button of all remarks together is 认可 of the first of them."""
    office = at_the_office(sign_in)
    for number in (2, 5):
        say(office, number, "target", "请核对。")
    office.get_by_label("审核意见").fill(OPINION)
    press(office, "退回")
    expect_told(office, "退回已办理")
    filler = sign_in("jingban")
    open_form(filler)
    waiting = filler.locator(".jx-remark", has_text="待答复")
    for left in (1, 0):
        waiting.first.get_by_role("textbox").fill("已核对。")
        waiting.first.get_by_role("button", name="保存并答复").click()
        expect(waiting).to_have_count(left)
        expect_told(filler, "答复已保存")
    for username, words in (("jingban", "送审"), ("zhuguan", "报送财政")):
        page = open_form(sign_in(username))
        press(page, words)
        expect_told(page, f"{words}已办理")
    office.goto("/admin/")
    open_form(office)
    again = office.get_by_placeholder("还须怎样修改").last
    again.fill("还须写明来源")
    again.press("Enter")
    press(office, "初审通过")
    expect_told(office, "初审通过已办理")
    form = Declaration.objects.get(title=TITLE)
    assert list(form.remarks.values_list("state", flat=True)) == ["answered", "answered"]
