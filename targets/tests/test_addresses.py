"""Every address of the project × every role, compared with the tables of `targets.tests.rights`."""

import pytest

from targets.tests.asking import addresses, client_of, groups, marks_in, may_read, patterns, stored
from targets.tests.rights import GET, GIVES_BACK, THE_WORLD
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
