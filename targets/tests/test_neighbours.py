"""From one waiting form to the next."""

from targets.admin.neighbours import Neighbours, neighbours, waiting_forms
from targets.links import form_url
from targets.tests.reader import Reader
from targets.tests.world import World


def test_a_reviewer_goes_through_what_waits_longest_first(world: World) -> None:
    first, second, third = (world.advance(world.declaration(title=f"项目{number}"), "submit") for number in "一二三")
    others = world.advance(world.declaration(title="已报财政"), "submit", "forward")
    assert neighbours(first, waiting_forms(world.boss)) == Neighbours("", form_url(second), 3)
    assert neighbours(second, waiting_forms(world.boss)) == Neighbours(form_url(first), form_url(third), 3)
    assert neighbours(third, waiting_forms(world.boss)) == Neighbours(form_url(second), "", 3)
    assert neighbours(others, waiting_forms(world.boss)) == Neighbours("", form_url(first), 3)
    assert neighbours(others, waiting_forms(world.office)) is None
    assert neighbours(first, waiting_forms(world.auditor)) is None


def test_after_a_step_the_next_one_is_one_press_away(world: World) -> None:
    for number in "一二":
        world.advance(world.declaration(title=f"项目{number}"), "submit")
    boss = Reader().log_in("boss", "a good long one").follow("项目一")
    boss.press("报送财政").follow("下一张")
    assert "<h1>项目二</h1>" in boss.page
