"""Lists of forms narrowed as a reviewer needs them; nothing of others' drafts is told by what is found."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from targets.models import Declaration
from targets.tests.world import GOOD_ROWS, World

LIST = reverse("admin:targets_budgetproject_changelist")


def found(client: Client, **narrowed: str) -> set[str]:
    return {form.title for form in client.get(LIST, narrowed).context["cl"].result_list}


@pytest.fixture
def forms(world: World) -> dict[str, Declaration]:
    wrong = (*GOOD_ROWS[:1], GOOD_ROWS[0], *GOOD_ROWS[1:])
    made = {
        "草稿": world.declaration(title="草稿", rows=wrong),
        "首次": world.advance(world.declaration(title="首次"), "submit"),
        "再次": world.advance(world.declaration(title="再次"), "submit", "return", "submit"),
        "久等": world.advance(world.declaration(title="久等"), "submit", "forward"),
    }
    Declaration.objects.filter(title="久等").update(state_since=timezone.now() - timedelta(days=10))
    Declaration.objects.filter(title__in=("草稿", "首次")).update(warning_count=1)
    Declaration.objects.filter(title__in=("再次", "久等")).update(warning_count=0)
    return made


@pytest.mark.parametrize(
    ("narrowed", "titles"),
    [
        ({"turn": "mine"}, {"首次", "再次"}),
        ({"turn": "done"}, {"再次", "久等"}),
        ({"findings": "warning"}, {"草稿", "首次"}),
        ({"findings": "none"}, {"再次", "久等"}),
        ({"waiting": "7"}, {"久等"}),
        ({"waiting": "15"}, set()),
        ({"again": "again"}, {"再次"}),
        ({"again": "first"}, {"首次", "久等"}),
        ({"again": "first", "waiting": "3"}, {"久等"}),
        ({"waiting": "99", "findings": "x"}, {"草稿", "首次", "再次", "久等"}),
    ],
)
def test_the_department_s_reviewer(
    client: Client, world: World, forms: dict[str, Declaration], narrowed: dict[str, str], titles: set[str]
) -> None:
    client.force_login(world.boss)
    assert found(client, **narrowed) == titles


def test_findings_of_a_draft_do_not_find_it_for_finance(
    client: Client, world: World, forms: dict[str, Declaration]
) -> None:
    client.force_login(world.perf)
    assert found(client) == {"草稿", "首次", "再次", "久等"}
    assert found(client, findings="warning") == {"首次"}


def test_by_round(client: Client, world: World, forms: dict[str, Declaration]) -> None:
    client.force_login(world.perf)
    Declaration.objects.filter(title="首次").update(campaign=None)
    assert found(client, campaign=str(world.campaign.pk)) == {"草稿", "再次", "久等"}
