"""Every deed × every role, compared with the table of `targets.tests.rights`."""

import pytest

from targets.tests.asking import addresses, client_of, groups, patterns, stored
from targets.tests.deeds import made_ready, who_does
from targets.tests.rights import DEEDS, FORBIDDEN, THE_WORLD
from targets.tests.samples import Samples


@pytest.mark.parametrize("group", groups(THE_WORLD), ids="-".join)
def test_a_deed_is_done_by_those_of_the_table_and_by_nobody_else(samples: Samples, group: tuple[str, ...]) -> None:
    done = who_does(made_ready(samples), dict.fromkeys(group, DEEDS))
    assert done == {deed: here for deed, names in DEEDS.items() if (here := names & set(group))}


def test_without_the_page_s_token_nothing_is_taken(samples: Samples) -> None:
    client = client_of(samples.world.root, enforce_csrf_checks=True)
    before = stored()
    taken = {
        address: response.status_code
        for pattern in patterns().values()
        for address in addresses(pattern, samples).values()
        if (response := client.post(address, {"post": "yes"})).status_code != FORBIDDEN
    }
    assert taken == {}
    assert stored() == before
