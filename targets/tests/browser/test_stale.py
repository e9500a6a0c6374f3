"""A copied form under the hands of its clerk: a mark goes when its row is typed into, or on a click, and nothing is lost."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from departments.models import Person
from targets.copying import copy_forms
from targets.models import BudgetYear, Campaign, Declaration
from targets.tests.browser.conftest import SignIn
from targets.tests.browser.hands import cell, write

BUS = "校车运营补贴"


def test_marks_go_by_typing_and_by_a_click(sign_in: SignIn) -> None:
    year, _ = BudgetYear.objects.get_or_create(year=2024, division=BudgetYear.objects.get(year=2023).division)
    now = timezone.now()
    Campaign.objects.create(budget_year=year, name="一上", opens_at=now, closes_at=now + timedelta(days=9))
    told = copy_forms([Declaration.objects.get(title=BUS).pk], year, by=Person.objects.get(username="jingban"))
    (copy,) = told.copies
    page = sign_in("jingban")
    page.goto(f"/admin/targets/budgetproject/{copy.pk}/change/")
    count = page.locator("[data-stale] [data-count]")
    expect(count).to_have_text("11")
    write(page, 4, "target", "≥96%")
    page.keyboard.press("Enter")
    expect(count).to_have_text("10")
    page.get_by_text("逐处查看").click()
    page.get_by_role("button", name="项目资金仍然适用").click()
    expect(count).to_have_text("9")
    write(page, 5, "target", "≥97%")
    page.get_by_role("button", name="全部仍然适用").click()
    expect(page.locator("[data-stale]")).to_be_hidden()
    expect(cell(page, 5, "target")).to_contain_text("≥97%")
    copy.refresh_from_db()
    assert copy.stale == []
