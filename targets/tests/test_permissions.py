"""Every address answers somebody and every deed is done by somebody: on each database, by the first who may.

What everybody else is answered is compared with the tables of `targets.tests.rights` in `test_addresses` and `test_deeds`.
"""

from collections import defaultdict

from targets.tests.asking import addresses, client_of, patterns
from targets.tests.deeds import Deed, made_ready, who_does
from targets.tests.rights import DEEDS, GET, THE_WORLD
from targets.tests.samples import Samples


def test_every_address_answers_somebody_who_may_ask_it(samples: Samples) -> None:
    clients = {who: client_of(samples.people.get(who)) for who in THE_WORLD}
    answered, expected = {}, {}
    for name, pattern in patterns().items():
        rule = GET[name]
        for sample, address in addresses(pattern, samples).items():
            if who := next((one for one in sorted(THE_WORLD) if rule.answer(sample, one) == rule.status), ""):
                answered[name, sample, who] = clients[who].get(address).status_code
                expected[name, sample, who] = rule.status
    assert answered == expected


def test_every_deed_is_done_by_somebody_who_may(samples: Samples) -> None:
    tried: dict[str, list[Deed]] = defaultdict(list)
    for deed, names in DEEDS.items():
        if names:
            tried[min(names)].append(deed)
    done = who_does(made_ready(samples), tried)
    assert done == {deed: {who} for who, deeds in tried.items() for deed in deeds}
