"""A list's address asks nothing that the page does not offer: drafts of others could be guessed letter by letter."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from targets.tests.world import World


@pytest.mark.parametrize("who", ["perf", "budget", "admin", "auditor", "office"])
@pytest.mark.parametrize("query", ["goal__contains=1200", "total__gte=999999", "indicators__target__startswith=≥"])
def test_a_draft_s_text_cannot_be_asked_for(world: World, who: str, query: str) -> None:
    world.declaration()
    client = Client()
    client.force_login(world.people[who])

    assert client.get(f"{reverse('admin:targets_budgetproject_changelist')}?{query}").status_code == 400


def amount(yuan: int) -> dict[str, Any]:
    return {"total": Decimal(yuan), "fiscal": Decimal(yuan)}


@pytest.mark.parametrize("who", ["filler", "perf"])
def test_a_draft_s_amount_does_not_show_in_the_order_of_the_list(world: World, who: str) -> None:
    """Who reads the amounts sorts by them; for the others drafts stand together."""
    small, large = world.declaration(title="甲"), world.declaration(title="乙", **amount(3_000_000))
    middle = world.advance(world.declaration(title="丙", **amount(2_000_000)), "submit")
    client = Client()
    client.force_login(world.people[who])

    found = client.get(f"{reverse('admin:targets_budgetproject_changelist')}?o=3").context["cl"].result_list

    order = [form.pk for form in found]
    assert (order.index(middle.pk) == 1) == (who == "filler")
    assert set(order) == {small.pk, middle.pk, large.pk}
