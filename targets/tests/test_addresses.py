"""Every address of the project × every role, and what leaves as a file, compared with the tables of `targets.tests.rights`."""

import pytest
from django.urls import reverse

from targets.tests.asking import addresses, client_of, groups, marks_in, may_read, patterns, stored
from targets.tests.rights import EVERYBODY, FORBIDDEN, GET, GIVES_BACK, THE_WORLD, Names, people
from targets.tests.samples import Samples


def test_every_address_is_in_the_table() -> None:
    assert set(patterns()) == set(GET)


@pytest.mark.parametrize("group", groups(THE_WORLD), ids="-".join)
def test_every_address_answers_as_the_table_says_shows_no_foreign_draft_and_changes_nothing(
    samples: Samples, group: tuple[str, ...]
) -> None:
    asked = [(name, *one) for name, pattern in patterns().items() for one in addresses(pattern, samples).items()]
    before = stored()
    wrong, leaks = {}, {}
    for who in group:
        client = client_of(samples.people.get(who))
        for name, sample, address in asked:
            response = client.get(address)
            expected = GET[name].answer(sample, who)
            if response.status_code != expected:
                wrong[who, name, sample] = f"{response.status_code}, not {expected}"
            if name not in GIVES_BACK and (seen := marks_in(response) - may_read(who)):
                leaks[who, address] = seen
    assert wrong == {}
    assert leaks == {}
    assert stored() == before


EXPORTS = tuple(name for name in GET if name.endswith("_export"))


@pytest.mark.parametrize("group", groups(EVERYBODY), ids="-".join)
def test_what_leaves_as_a_file_is_what_may_be_read(samples: Samples, group: tuple[str, ...]) -> None:
    for who in group:
        only_what_he_may_read_leaves(samples, who)


def only_what_he_may_read_leaves(samples: Samples, who: str) -> None:
    """Every kind of file and table of every export page, and the action on all forms whatever the list shows."""
    client = client_of(samples.people[who])
    carried: dict[str, Names] = {"targets_budgetproject": people(""), "targets_departmentplan": people("")}
    for name in EXPORTS:
        page = client.get(reverse(name))
        if page.status_code == FORBIDDEN:
            continue
        fields = page.context["form"].fields
        number_of_tables = len(getattr(fields.get("resource"), "choices", ())) or 1
        for file_format in [value for value, _ in fields["format"].choices if value != ""]:
            for table in range(number_of_tables):
                response = client.post(reverse(name), {"format": file_format, "resource": table})
                assert marks_in(response) <= may_read(who), (who, name, file_format, table)
    for label in carried:
        chosen = [form.pk for form in samples.things[label.replace("_", ".")].values()]
        response = client.post(
            reverse(f"admin:{label}_changelist"), {"action": "export_official", "_selected_action": chosen}
        )
        carried[label] = marks_in(response)
    assert carried == dict.fromkeys(carried, may_read(who)), who
