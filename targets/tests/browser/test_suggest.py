"""The indicator library under the name cell of the grid, by keyboard alone."""

from playwright.sync_api import expect

from departments.models import Division
from targets.models import Declaration, LibraryIndicator
from targets.tests.browser.conftest import SignIn
from targets.tests.browser.hands import cell
from targets.tests.browser.test_grid import open_form

PLAN = "2023年整体绩效目标表"


def test_initials_find_an_indicator_and_bring_what_the_row_lacks(sign_in: SignIn) -> None:
    division = Division.objects.get()
    for name, uses in (("残疾人精准康复服务率", 2), ("残疾人就业人数", 9)):
        LibraryIndicator.objects.create(
            division=division,
            name=name,
            unit="%",
            advice="≥95%",
            explanation="康复人数/在册人数",
            uses=uses,
            state="accepted",
        )
    page = sign_in("jingban")
    open_form(page, PLAN)
    last = Declaration.objects.get(title=PLAN, unit__code="202001").row_count + 1
    cell(page, last, "name").click()
    listed = page.get_by_role("listbox", name="绩效指标库")
    page.keyboard.type("cjr")
    expect(listed.get_by_role("option")).to_have_count(2)
    page.keyboard.type("jzkf")
    expect(listed.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    page.keyboard.press("F4")
    expect(listed.get_by_role("option")).to_contain_text("≥95% · 共性")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".told")).to_have_text("已采用“残疾人精准康复服务率”，常用取值 ≥95%。")
    expect(cell(page, last, "name").locator(".jx-box")).to_have_value("残疾人精准康复服务率")
    expect(cell(page, last, "explanation")).to_contain_text("康复人数/在册人数")
    page.keyboard.press("Control+z")
    expect(cell(page, last, "explanation")).not_to_contain_text("康复人数")
