"""成批送审: what is still being filled in, how far it has come, and each form told when many are sent."""

from dataclasses import replace

from django.test import Client
from django.urls import reverse

from targets.models import Declaration
from targets.tests.world import GOOD_ROWS, World

DAY = "admin:targets_day"


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_list_says_how_far_each_form_has_come(world: World) -> None:
    world.declaration(title="齐全的")
    world.declaration(title="有错的", rows=(*GOOD_ROWS, replace(GOOD_ROWS[0], name="没有值的", target="")))
    stale = world.declaration(title="没看过的")
    Declaration.objects.filter(pk=stale.pk).update(stale=["goal"])
    world.declaration(title="别的单位的", unit=world.kindergarten)
    world.advance(world.declaration(title="送审了的"), "submit")
    page = client_of(world, "filler").get(reverse(DAY))
    rows = {
        form.title: (form.filled, form.row_count, form.pk in page.context["ready"]) for form in page.context["forms"]
    }
    assert rows == {"齐全的": (5, 5, True), "有错的": (5, 6, False), "没看过的": (5, 5, False)}
    assert "还有 20 天" in page.content.decode()


def test_each_of_many_is_told(world: World) -> None:
    good = [world.declaration(title=title) for title in ("甲", "乙")]
    bad = world.declaration(title="丙", goal="")
    foreign = world.declaration(title="丁", unit=world.kindergarten)
    client = client_of(world, "filler")
    answer = client.post(reverse(DAY), {"form": [form.pk for form in (*good, bad, foreign)]}, follow=True)
    text = answer.content.decode()
    assert "已送审2张：乙、甲。" in text
    assert "“丙”没有送审：还有1处错误须修改或作情况说明" in text
    assert "另有1张没有送审" in text
    states = dict(Declaration.objects.values_list("title", "state"))
    assert states == {"甲": "department_review", "乙": "department_review", "丙": "draft", "丁": "draft"}


def test_nothing_chosen_and_too_many_are_said(world: World) -> None:
    client = client_of(world, "filler")
    assert "没有勾选任何一张表" in client.post(reverse(DAY), {}, follow=True).content.decode()
    assert "一次最多200张" in client.post(reverse(DAY), {"form": range(1, 300)}, follow=True).content.decode()
    assert "没有还在编制的表" in client.get(reverse(DAY)).content.decode()
    assert client_of(world, "boss").get(reverse(DAY)).status_code == 404
