"""What the reading process tells the server: a small file may say a long text a million times."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from targets.domain.checks.counted import Judge
from targets.domain.record import Record
from targets.domain.sheets.child import Said, lines, read, said_in
from targets.domain.sheets.guard import Limits
from targets.domain.sheets.problems import REFUSED, FileRefused
from targets.domain.sheets.writer import write_official
from targets.tests.domain.examples import PROJECT, RULES_2023


def of(*goals: str) -> bytes:
    return write_official([replace(PROJECT, title=f"项目{number}", goal=goal) for number, goal in enumerate(goals)])


def told(content: bytes, limits: Limits) -> Sequence[Said]:
    return [said_in(line) for line in lines(read(content, "表.xlsx", None), "表.xlsx", limits)]


def records(said: Sequence[Said]) -> list[Record | None]:
    return [one.found.form.record for one in said if one.found]


def test_a_form_with_too_much_text_is_refused_alone() -> None:
    said = told(of("短", "长" * 20_000, "短"), Limits(form_bytes=40_000))
    assert [record and record.title for record in records(said)] == ["项目0", None, "项目2"]
    [refused] = [one.found for one in said if one.found and one.found.form.refused]
    assert (refused.place, refused.form.title) == (1, "项目1")
    [problem] = refused.form.problems
    assert problem.level == REFUSED
    assert problem.message.endswith(
        "这张表的文字共0.1MB，超过0.038147MB的上限，没有导入。请删去重复或无关的内容后重新上传。"
    )


def test_a_form_with_too_much_text_is_not_judged() -> None:
    judges = {PROJECT.year: Judge(RULES_2023)}
    answer = read(of("短", "长" * 20_000), "表.xlsx", None)
    said = [said_in(line) for line in lines(answer, "表.xlsx", Limits(form_bytes=40_000), judges)]
    assert [one.counted is not None for one in said] == [True, False]


def test_texts_as_long_as_a_cell_holds_are_told() -> None:
    rows = tuple(row.with_cells(name="绩" * 32_767) for row in PROJECT.rows)
    [record] = records(told(write_official([replace(PROJECT, rows=rows)]), Limits()))
    assert record is not None
    assert [row.name for row in record.rows] == [row.name for row in rows]


def test_a_file_may_not_say_more_than_the_server_has_room_for() -> None:
    content = of(*["长" * 10_000] * 4)
    assert len(records(told(content, Limits(told_bytes=1_000_000)))) == 4
    with pytest.raises(FileRefused, match=r"^“表.xlsx”里各表的文字合计超过0MB，没有读入。请拆成几个文件分别上传。$"):
        told(content, Limits(told_bytes=90_000))
