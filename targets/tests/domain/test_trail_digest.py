"""A digest is one that anybody can work out: SHA-256 over plain JSON, whatever library wrote it."""

import json
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from targets.domain.record import IndicatorRow
from targets.domain.trail import digest
from targets.tests.domain.examples import PROJECT

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(10**20), 10**20)
SAID = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def by_hand(previous: str, said: object) -> str:
    plain = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(f"{previous}\n{plain}".encode()).hexdigest()


@given(st.dictionaries(TEXTS, SAID, max_size=5))
def test_of_anything_that_is_said(said: dict[str, object]) -> None:
    assert digest("", said) == by_hand("", said)
    assert digest("0a", said) == by_hand("0a", said) != digest("", said)


def test_of_a_text_that_is_frozen_and_of_the_same_as_it_comes_back() -> None:
    rows = [{"key": "k", "name": "“率”\u2028\x7f\t/", "continues": ["level1", "level2"]}]
    frozen = PROJECT.as_short_json() | {"rows": (IndicatorRow(**rows[0] | {"continues": ("level1", "level2")}),)}  # type: ignore[arg-type]
    stored = json.loads(json.dumps(PROJECT.head_as_json() | {"rows": rows}))
    assert digest("", {"frozen": frozen}) == digest("", {"frozen": stored}) == by_hand("", {"frozen": stored})
