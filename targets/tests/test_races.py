"""Two people who write at the same moment: nothing is lost. Real threads, on both databases; steps: test_races_of_steps."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from departments.models import Membership, Person
from departments.roles import FILLER
from targets.domain.edits import Change
from targets.editing import apply_changes, end_sittings
from targets.models import Declaration, Sitting
from targets.tests.threads import step, together
from targets.tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.mark.parametrize("attempt", range(3))
def test_submit_against_edit_never_loses_the_edit_or_changes_the_submitted_text(world: World, attempt: int) -> None:
    form = world.declaration()
    row = form.record().rows[1]
    person = Person.objects.get(pk=world.filler.pk)

    def edit() -> object:
        return apply_changes(form, [Change(row.key, "target", "≥1200人", "≥1300人")], by=person)

    told = together(step(form, "submit", world.filler), edit)
    form = Declaration.objects.get(pk=form.pk)
    assert told[0] == "done"
    assert form.submitted_revision == form.current_revision
    assert form.record() == form.current_revision.record  # type: ignore[union-attr]
    assert form.record().rows[1].target == ("≥1300人" if told[1] == "done" else "≥1200人")


def test_two_edits_of_different_cells_at_once_both_win(world: World) -> None:
    form = world.declaration()
    first, second = form.record().rows[:2]
    people = [Person.objects.get(pk=world.filler.pk) for _ in range(2)]
    told = together(
        lambda: apply_changes(form, [Change(first.key, "target", first.target, "≤90万元")], by=people[0]),
        lambda: apply_changes(form, [Change(second.key, "target", second.target, "≥1300人")], by=people[1]),
    )
    assert told == ["done", "done"]
    assert [row.target for row in form.record().rows[:2]] == ["≤90万元", "≥1300人"]
    assert list(form.revisions.values_list("number", flat=True)) == [1, 2, 3]


def cell(form: Declaration, place: int, new: str, person: Person) -> Callable[[], object]:
    row = form.record().rows[place]
    fresh = Person.objects.get(pk=person.pk)
    change = Change(row.key, "target", row.target, new)
    return lambda: apply_changes(form, [change], by=fresh, is_sitting=True)


def whole(form: Declaration) -> bool:
    """The revisions are numbered without a gap, and what stands in the tables is the last one or is being typed."""
    form = Declaration.objects.select_related("current_revision").get(pk=form.pk)
    numbers = list(form.revisions.order_by("number").values_list("number", flat=True))
    assert form.current_revision is not None
    is_current = form.current_revision.number == numbers[-1] and form.current_revision.record == form.record()
    return numbers == list(range(1, len(numbers) + 1)) and (
        is_current or Sitting.objects.filter(declaration=form).exists()
    )


@pytest.mark.parametrize("attempt", range(2))
def test_two_people_typing_at_once_lose_nothing(world: World, attempt: int) -> None:
    form = world.declaration()
    other = Person.objects.create_user("other", password="a good long one", name="孙某")
    Membership.objects.create(person=other, department=world.school, role=FILLER)
    told = together(cell(form, 0, "≤90万元", world.filler), cell(form, 1, "≥1300人", other))
    assert told == ["done", "done"]
    assert [row.target for row in form.record().rows[:2]] == ["≤90万元", "≥1300人"]
    assert whole(form)
    assert (form.revisions.count(), Sitting.objects.count()) == (2, 1)


@pytest.mark.parametrize("attempt", range(2))
def test_what_is_typed_while_somebody_submits_is_in_the_submitted_text_or_refused(world: World, attempt: int) -> None:
    form = world.declaration()
    apply_changes(
        form, [Change(form.record().rows[0].key, "target", "≤100万元", "≤90万元")], by=world.filler, is_sitting=True
    )
    told = together(step(form, "submit", world.filler), cell(form, 1, "≥1300人", world.filler))
    form = Declaration.objects.get(pk=form.pk)
    assert told[0] == "done"
    assert form.submitted_revision == form.current_revision
    assert form.current_revision is not None
    assert form.current_revision.record == form.record()
    assert form.record().rows[0].target == "≤90万元"
    assert form.record().rows[1].target == ("≥1300人" if told[1] == "done" else "≥1200人")
    assert whole(form)


def test_the_end_of_a_sitting_and_one_more_keystroke(world: World) -> None:
    form = world.declaration()
    cell(form, 0, "≤90万元", world.filler)()
    told = together(cell(form, 1, "≥1300人", world.filler), lambda: end_sittings(idle=timedelta(0)))
    assert told == ["done", "done"]
    assert [row.target for row in form.record().rows[:2]] == ["≤90万元", "≥1300人"]
    assert whole(form)
