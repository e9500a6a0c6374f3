"""整表覆盖 / 追加 / 只更新本科室的行: one office's file never takes another's rows away."""

from dataclasses import replace

import pytest

from targets.domain.compose import APPEND, OFFICE, REPLACE, compose
from targets.domain.record import PLAN, IndicatorRow, Record

A = IndicatorRow(key="a", number="1", duty="学前教育", name="幼儿园数量", target="≥3所", office="基教科")
B = IndicatorRow(
    key="b", number="1", duty="学前教育", name="入园率", target="≥90%", office="基教科", continues=("duty",)
)
C = IndicatorRow(key="c", number="2", duty="职业教育", name="大赛数量", target="≥23次", office="职教科")
STORED = Record(kind=PLAN, year=2023, title="2023年整体绩效目标表", rows=(A, B, C))

B2 = B.with_cells(key="", target="≥95%", continues=())
NEW = IndicatorRow(number="1", duty="学前教育", name="教师数", target="≥9人", office="基教科", continues=("duty",))
FILE = replace(STORED, rows=(B2, NEW))


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (REPLACE, (B2.with_cells(key="b"), NEW)),
        (APPEND, (A, B, NEW, C)),
        (OFFICE, (B2.with_cells(key="b"), NEW, C)),
    ],
)
def test_modes(mode: str, expected: tuple[IndicatorRow, ...]) -> None:
    composed, _ = compose(STORED, FILE, mode)
    assert composed == replace(STORED, rows=expected)


def test_an_office_without_rows_so_far_comes_last() -> None:
    other = IndicatorRow(number="3", duty="体育", name="赛事", target="≥80次", office="体育科")
    composed, _ = compose(STORED, replace(STORED, rows=(other,)), OFFICE)
    assert composed.rows == (A, B, C, other)


def test_rows_of_an_office_under_several_duties_stay_under_them() -> None:
    """What the file says of the merge of its first row is nothing: it was taken out of its sheet."""
    d = IndicatorRow(key="d", number="3", duty="资助", name="资助人数", target="≥10人", office="基教科")
    e = IndicatorRow(
        key="e", number="3", duty="资助", name="到位率", target="=100%", office="基教科", continues=("number", "duty")
    )
    stored = replace(STORED, rows=(A.with_cells(office="幼教科"), B, C, d, e))
    new = B2.with_cells(name="教师数", continues=("duty",))
    last = e.with_cells(key="", name="满意度", target="≥95%")
    incoming = replace(STORED, rows=(B2, new, d.with_cells(key="", target="≥20人"), last))
    composed, _ = compose(stored, incoming, OFFICE)
    assert composed.rows == (
        A.with_cells(office="幼教科"),
        B2.with_cells(key="b", continues=("duty",)),
        new,
        C,
        d.with_cells(target="≥20人"),
        last,
    )


def test_new_rows_above_all_that_are_known_stand_where_the_office_began() -> None:
    new = A.with_cells(key="", name="教师数")
    composed, _ = compose(STORED, replace(STORED, rows=(new, B2)), OFFICE)
    assert composed.rows == (new, B2.with_cells(key="b"), C)


def test_rows_of_other_offices_part_from_a_merge_that_is_gone() -> None:
    stored = replace(STORED, rows=(A, B.with_cells(office="职教科"), C))
    incoming = replace(STORED, rows=(A.with_cells(key="", duty="幼儿教育"),))
    composed, _ = compose(stored, incoming, OFFICE)
    assert composed.rows == (
        A.with_cells(duty="幼儿教育"),
        B.with_cells(office="职教科", continues=()),
        C,
    )


def test_the_code_a_stored_form_has_is_kept_when_the_file_has_none() -> None:
    composed, _ = compose(replace(STORED, code="37"), FILE)
    assert composed.code == "37"


def test_another_offices_row_of_the_same_name_is_left_alone() -> None:
    mine = IndicatorRow(key="m", duty="体育", name="群众满意度", target="≥91%", office="体育科")
    theirs = IndicatorRow(key="t", duty="学前教育", name="群众满意度", target="≥90%", office="基教科")
    changed = mine.with_cells(key="", duty="群众体育", target="≥95%")
    composed, matching = compose(replace(STORED, rows=(theirs, mine)), replace(STORED, rows=(changed,)), OFFICE)
    assert composed.rows == (theirs, changed.with_cells(key="m"))
    assert (matching.pairs, matching.removed, matching.added) == (((1, 0),), (0,), ())


def test_a_row_of_no_office_becomes_that_of_the_office_whose_file_has_it() -> None:
    nobodys = [A.with_cells(office=""), B.with_cells(office=" "), C.with_cells(office="")]
    mine = A.with_cells(key="", target="≥4所")
    renamed = B2.with_cells(name="学前三年入园率")
    namesake = C.with_cells(key="", duty="体育", name=C.name, office="基教科")
    composed, matching = compose(
        replace(STORED, rows=(*nobodys, C.with_cells(key="d", name="获奖数量"))),
        replace(STORED, rows=(mine, renamed, namesake)),
        OFFICE,
    )
    assert composed.rows == (
        mine.with_cells(key="a"),
        renamed,
        namesake,
        nobodys[1].with_cells(continues=()),
        nobodys[2],
        C.with_cells(key="d", name="获奖数量"),
    )
    assert (matching.pairs, matching.removed, matching.added) == (((0, 0),), (1, 2, 3), (1, 2))


def test_a_row_that_leaves_duty_or_number_blank_is_known_and_finds_its_place() -> None:
    known = B2.with_cells(number="", duty="")
    new = NEW.with_cells(number="", continues=())
    composed, _ = compose(STORED, replace(STORED, rows=(known, new)), APPEND)
    assert composed.rows == (A, B, new, C)


def test_rows_of_a_duty_that_is_new_come_last() -> None:
    first = IndicatorRow(number="3", duty="体育", name="赛事", target="≥80次", office="体育科")
    second = first.with_cells(name="场地", continues=("number", "duty"))
    composed, _ = compose(STORED, replace(STORED, rows=(first, second, NEW)), APPEND)
    assert composed.rows == (A, B, NEW, C, first, second)


def test_a_row_to_be_added_is_not_lost_to_one_of_the_same_name_under_another_duty() -> None:
    stored = IndicatorRow(key="s", duty_group="教育", duty="学前教育", name="群众满意度", target="≥90%")
    other = IndicatorRow(duty_group="体育", duty="群众体育", name="群众满意度", target="≥95%")
    third = stored.with_cells(key="", duty="职业教育")
    for rows in ((stored.with_cells(key=""), other, third), (third, other)):
        composed, _ = compose(replace(STORED, rows=(stored,)), replace(STORED, rows=rows), APPEND)
        assert composed.rows == (stored, *(row for row in rows if row.duty != stored.duty))
