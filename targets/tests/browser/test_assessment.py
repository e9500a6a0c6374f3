"""审核表: the total follows what is typed, and points that cannot be are marked."""

from django.urls import reverse
from playwright.sync_api import expect

from departments.models import Person
from targets.guards import Order
from targets.models import Declaration
from targets.review import take_step
from targets.tests.browser.conftest import SignIn


def test_the_total_follows_the_points(sign_in: SignIn, live_server: object) -> None:
    form = Declaration.objects.get(title="校车运营补贴")
    for slug, name in (("submit", "jingban"), ("forward", "zhuguan")):
        form.refresh_from_db()
        assert form.current_revision
        order = Order(seen_revision=form.current_revision.number)
        take_step(form, slug, by=Person.objects.get(username=name), order=order)
    Declaration.objects.filter(pk=form.pk).update(is_key=True)
    page = sign_in("yewu")
    page.goto(f"{live_server}{reverse('admin:targets_budgetproject_assessment', args=[form.pk])}")
    boxes, total, grade = page.locator("[data-points]"), page.locator("[data-total]"), page.locator("[data-grade]")
    boxes.nth(0).fill("9.5")
    expect(total).to_have_text("9.5")
    expect(grade).to_have_text("还有7项未填")
    for place, points in enumerate(("10", "10", "15", "15", "15", "15", "10", "0.1")):
        boxes.nth(place).fill(points)
    expect(total).to_have_text("90.1")
    expect(grade).to_have_text("优")
    boxes.nth(7).fill("10.5")
    expect(boxes.nth(7)).to_have_class("wrong")
    expect(grade).to_have_text("还有1项未填")
    expect(page.locator("[data-saved]")).to_have_text("有修改还没有保存")
