"""Many forms at once while others are at them: each form takes one step, each person is told, nobody waits in a circle."""

import pytest

from departments.models import Person
from targets.decisions import carry_out, choose, confirm, release, take_back
from targets.models import DecidedForm, Decision, Declaration, ReviewEvent
from targets.tests.threads import step, together
from targets.tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return make_world()


def bulk(world: World, forms: list[Declaration], person: Person, slug: str, *, backwards: bool = False) -> Decision:
    chosen = Declaration.objects.filter(pk__in=[form.pk for form in forms])
    ordered = chosen.order_by("-pk" if backwards else "pk")
    decision = choose(ordered, by=Person.objects.get(pk=person.pk), step=slug, opinion="意见")
    assert confirm(decision)
    return decision


@pytest.mark.parametrize("attempt", range(3))
def test_two_people_pass_and_return_the_same_forms_in_opposite_order(world: World, attempt: int) -> None:
    """Each form takes one of the steps first and tells the other; nobody waits for the other in a circle."""
    forms = [world.declaration(title=f"项目{number}") for number in range(20)]
    for form in forms:
        world.advance(form, "submit", "forward", "forward")
        world.note(form, world.perf2)
    first = bulk(world, forms, world.perf, "reject")
    second = bulk(world, forms, world.perf2, "return", backwards=True)
    assert together(lambda: carry_out(first), lambda: carry_out(second)) == ["done", "done"]
    told = [dict(one.forms.values_list("declaration", "state")) for one in (first, second)]
    assert [sorted(one[form.pk] for one in told) for form in forms] == [["done", "refused"]] * 20
    for form in forms:
        form.refresh_from_db()
        assert form.state == ("rejected" if told[0][form.pk] == "done" else "returned")
        assert form.events.count() == 4


@pytest.mark.parametrize("attempt", range(2))
def test_one_bulk_and_single_steps_on_its_forms(world: World, attempt: int) -> None:
    forms = [world.declaration(title=f"项目{number}") for number in range(12)]
    for form in forms:
        world.advance(form, "submit", "forward", "forward")
    many = bulk(world, forms, world.perf, "pass")
    single = step(forms[-1], "pass", world.perf2)
    told = together(lambda: carry_out(many), single)
    last = many.forms.get(declaration=forms[-1]).state
    assert told == ["done", "done" if last == "refused" else told[1]]
    assert (last == "refused") == (told[1] == "done")
    assert ReviewEvent.objects.filter(step="pass").count() == 12


@pytest.mark.parametrize("attempt", range(2))
def test_two_workers_at_one_bulk_move_each_form_once(world: World, attempt: int) -> None:
    forms = [world.declaration(title=f"项目{number}") for number in range(12)]
    for form in forms:
        world.advance(form, "submit", "forward", "forward")
    many = bulk(world, forms, world.perf, "pass")
    twice = [Decision.objects.get(pk=many.pk) for _ in range(2)]
    assert together(*(lambda one=one: carry_out(one) for one in twice)) == ["done", "done"]
    assert set(many.forms.values_list("state", flat=True)) == {"done"}
    assert ReviewEvent.objects.filter(step="pass").count() == 12


@pytest.mark.parametrize("attempt", range(3))
def test_a_held_decision_is_released_or_taken_back_or_overtaken_never_two_of_them(world: World, attempt: int) -> None:
    form = world.declaration()
    world.advance(form, "submit", "forward", "forward")
    world.note(form, world.perf2)
    decision = choose(Declaration.objects.all(), by=world.perf, step="pass", is_held=True)
    confirm(decision)
    carry_out(decision)
    held = DecidedForm.objects.held
    told = together(
        lambda: release(held(), by=world.budget),
        lambda: take_back(held(), by=world.perf),
        step(form, "reject", world.perf2),
    )
    (line,) = decision.forms.all()
    form.refresh_from_db()
    passed = form.events.filter(step="pass").count()
    assert (line.state == "done") == (passed == 1)
    assert line.state in ("done", "taken_back", "overtaken")
    assert (form.state, told[2] == "done") in {("passed", False), ("rejected", True)}
