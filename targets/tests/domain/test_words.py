"""Pieces of two texts: whole values, words of long ones; nothing is lost either way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.domain.words import CAME, GONE, SAME, pieces

GOAL = "为全区1200名幼儿发放补助100万元，提高普惠性幼儿园保障水平，减轻家庭负担。"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("≥20所", "≥24所", [(GONE, "≥20所"), (CAME, "≥24所")]),
        ("", "≥24所", [(CAME, "≥24所")]),
        ("≥20所", "", [(GONE, "≥20所")]),
        ("≥20所", "≥20所", [(SAME, "≥20所")]),
        ("", "", []),
        (
            GOAL,
            GOAL.replace("1200", "1,250.5"),
            [(SAME, "为全区"), (GONE, "1200"), (CAME, "1,250.5"), (SAME, GOAL[7:])],
        ),
        (GOAL, "完" * 60, [(GONE, GOAL), (CAME, "完" * 60)]),
    ],
)
def test_what_changed_reads_as_a_person_would_say_it(old: str, new: str, told: list[tuple[str, str]]) -> None:
    assert [(piece.kind, piece.text) for piece in pieces(old, new)] == told


@given(st.text("甲乙丙12.%a \n", max_size=120), st.text("甲乙丙12.%a \n", max_size=120))
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(piece.text for piece in found if piece.kind != CAME) == old
    assert "".join(piece.text for piece in found if piece.kind != GONE) == new
