"""Every page of every role: fits the window, says nothing in the console, and is usable by everybody (WCAG A and AA)."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve, reverse
from django.utils import timezone
from playwright.sync_api import Page

from departments.models import Person
from targets.demo import WORKBOOKS
from targets.disclosure import desk
from targets.guards import Order
from targets.models import Declaration, Disclosure, DisclosureItem
from targets.review import take_step
from targets.tests.browser.conftest import SignIn

MAIN = ("jingban", "zhuguan", "yewu", "jixiao", "yusuan", "admin", "shenji")
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def links_of(page: Page) -> list[str]:
    """Addresses of our own that the page leads to, but for downloads and the way out."""
    found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.pathname + link.search)")
    out = ("/logout/", "/workbook/", "/summary/", ".xlsx", "/problems/", "/annotated/", "shape=")
    return [one for one in dict.fromkeys(found) if one.startswith("/") and not any(word in one for word in out)]


@pytest.fixture
def advanced(demo: None) -> dict[str, Person]:
    """Forms at every stage, a set that waits and one that is public, an upload that waits."""
    people = {person.username: person for person in Person.objects.all()}
    way = (
        ("submit", "jingban"),
        ("forward", "zhuguan"),
        ("forward", "yewu"),
        ("pass", "jixiao"),
        ("approve", "yusuan"),
    )
    said = Order(seen_revision=1, document_number="川财绩〔2023〕1号", document_date=timezone.localdate())
    form = Declaration.objects.get(title="校车运营补贴")
    for slug, username in way:
        take_step(form, slug, by=people[username], order=said)
    for title in ("公开的批次", "准备中的批次"):
        disclosure = Disclosure.objects.create(
            division=form.division, year=form.year, title=title, created_by=people["jixiao"]
        )
        desk.choose(disclosure, [form], by=people["jixiao"])
        desk.offer_foreword(disclosure, by=people["jixiao"])
        if title == "公开的批次":
            desk.publish(disclosure, by=people["jixiao"])
    return people


@pytest.mark.parametrize("username", [*MAIN, ""])
def test_every_page_fits_the_window_and_its_console_is_silent(
    sign_in: SignIn, advanced: dict[str, Person], username: str
) -> None:
    """From the first page on, every page that a link leads to, one of each kind of address."""
    page = sign_in(username)
    waiting, seen, wide, failed = ["/admin/" if username else "/"], set(), {}, {}
    while waiting:
        address = waiting.pop(0)
        kind = resolve(address.split("?")[0]).view_name
        if kind in seen:
            continue
        seen.add(kind)
        response = page.goto(address)
        if response is None or response.status != 200:
            failed[address] = response and response.status
        if too_wide := page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            wide[address] = too_wide
        waiting += links_of(page)
    assert failed == {}
    assert wide == {}
    assert len(seen) >= (8 if username else 2)


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{page.url} {one['id']}: {node['target']} {node['html'][:120]}" for one in found for node in one["nodes"]]


def test_pages_are_usable_by_everybody(sign_in: SignIn, advanced: dict[str, Person]) -> None:
    workbook = next(Path(WORKBOOKS).glob("*项目支出*.xlsx"))
    project = Declaration.objects.get(title="学前生均公用经费")
    plan = Declaration.objects.get(kind="plan", unit__code="202001")
    item = DisclosureItem.objects.filter(disclosure__title="公开的批次").get()
    page = sign_in("jingban")
    addresses = [
        reverse("admin:index"),
        reverse("admin:targets_budgetproject_changelist"),
        reverse("admin:targets_budgetproject_change", args=[project.pk]),
        reverse("admin:targets_departmentplan_change", args=[plan.pk]),
        reverse("admin:targets_blanks"),
        reverse("public:list"),
        reverse("public:form", args=[item.pk]),
    ]
    found = []
    for address in addresses:
        page.goto(address)
        found += violations(page)
    page.goto(reverse("admin:targets_importbatch_upload"))
    page.get_by_label("Excel 或 Word 文件").set_input_files(workbook)
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url("**/preview/")
    found += violations(page)
    assert found == []
