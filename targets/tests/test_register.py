"""Whose form is it: code, then name, then alias; what is unknown or contradictory is refused in words."""

from collections.abc import Iterator

import pytest

from departments.models import Department, Division
from targets.intake.register import HINTS_AT_MOST, Register, Unknown
from targets.tests.world import World


@pytest.fixture
def register(world: World) -> Register:
    world.education.aliases = ["区教育局", "教育体育局"]
    world.education.save()
    Department.objects.create(
        division=world.division, code="401", name="淄博市淄川区民政局", aliases=["民政局", "淄川区民政局"]
    )
    Department.objects.create(division=world.division, code="202009", name="淄川区教育和体育局", parent=world.education)
    Department.objects.create(division=world.division, name="中共淄川区委宣传部")
    Department.objects.create(division=world.division, code="900", name="——")
    return Register.load(world.filler)


@pytest.mark.parametrize(
    ("code", "name", "unit", "expected"),
    [
        ("202", "淄川区教育和体育局", "淄川区实验学校", ("202", "202001", "")),
        ("202", "淄川区教育和体育局", "202001-淄川区实验学校", ("202", "202001", "")),
        ("202", "淄川区教育和体育局", "[202001]", ("202", "202001", "")),
        ("202", "区教育局", "淄川区实验学校", ("202", "202001", "")),
        ("", "教育体育局", "淄川区实验 学校", ("202", "202001", "")),
        ("202001", "淄川区实验学校", "", ("202", "202001", "")),
        ("", "淄川区实验学校", "", ("202", "202001", "")),
        ("", "[401]淄川区民政局", "", ("401", "401", "")),
        ("", "401-民政局", "民政局", ("401", "401", "")),
        ("", "中共淄川区委宣传部", "", ("", "", "")),
        ("900", "", "", ("900", "900", "")),
        # 主管部门 and its own unit of the same name: the unit fills in
        ("202", "淄川区教育和体育局", "淄川区教育和体育局", ("202", "202009", "")),
        ("", "淄川区教育和体育局", "", ("202", "202009", "")),
        ("202", "区教育局", "教育体育局", ("202", "202009", "")),
        ("202", "淄川区教育和体育局", "", ("202", "202009", "")),
        # inferred, and told
        (
            "401",
            "淄川民政",
            "",
            ("401", "401", "名称“淄川民政”不在[401]淄博市淄川区民政局的登记名称中，已按代码认定。"),
        ),
        ("999", "民政局", "", ("401", "401", "代码“999”未登记，已按名称认定为[401]淄博市淄川区民政局。")),
        (
            "401",
            "民政局",
            "昆仑镇",
            ("401", "401", "实施单位“昆仑镇”未在淄博市淄川区民政局下登记，已归主管部门本级；表上名称照原样保留。"),
        ),
        (
            "202",
            "区教育局",
            "昆仑镇",
            ("202", "202009", "实施单位“昆仑镇”未在淄川区教育和体育局下登记，已归主管部门本级；表上名称照原样保留。"),
        ),
    ],
)
def test_found(register: Register, code: str, name: str, unit: str, expected: tuple[str, str, str]) -> None:
    match = register.find(code, name, unit)
    assert (match.department.code, match.unit.code, match.remark) == expected


@pytest.mark.parametrize(
    ("code", "name", "sentence"),
    [
        (
            "401",
            "淄川区教育和体育局",
            (
                "代码“401”是淄博市淄川区民政局，名称“淄川区教育和体育局”是[202]淄川区教育和体育局，两者不是同一部门，"
                "这张表没有导入。请核对代码和名称后重新上传。"
            ),
        ),
        (
            "",
            "淄川区民政所",
            (
                "部门“淄川区民政所”没有登记，这张表没有导入。是不是：[401]淄博市淄川区民政局、淄川区财政局？"
                "请改正名称或代码，或请系统管理员登记该部门。"
            ),
        ),
        ("999", "火星局", "部门“[999]火星局”没有登记，这张表没有导入。请改正名称或代码，或请系统管理员登记该部门。"),
        ("", "", "主管部门为空，这张表没有导入。请填写部门代码和名称，如“[202]教育和体育局”。"),
    ],
)
def test_refused(register: Register, code: str, name: str, sentence: str) -> None:
    with pytest.raises(Unknown) as refusal:
        register.find(code, name, "")
    assert str(refusal.value) == sentence


def test_a_name_of_two_departments_needs_a_code(world: World) -> None:
    Department.objects.create(division=world.division, code="601", name="甲局", aliases=["综合办"])
    Department.objects.create(division=world.division, code="602", name="乙局", aliases=["综合办"])
    with pytest.raises(Unknown, match=r"对应几个部门：\[601\]甲局、\[602\]乙局"):
        Register.load(world.filler).find("", "综合办", "")


def test_a_closed_department_is_unknown(world: World) -> None:
    world.health.valid_to = "2020-12-31"
    world.health.save()
    with pytest.raises(Unknown, match="没有登记"):
        Register.load(world.filler).find("405", "淄川区卫生健康局", "")


def test_a_code_is_that_of_one_s_own_division(world: World) -> None:
    elsewhere = Division.objects.create(code="370303000", name="淄博市张店区", short_name="张店区")
    Department.objects.create(division=elsewhere, code="202", name="张店区教育局")
    found = Register.load(world.filler).find("202", "淄川区教育和体育局", "淄川区实验学校")
    assert (found.department, found.unit) == (world.education, world.school)
    with pytest.raises(Unknown) as refusal:
        Register.load(world.filler).find("", "张店区教育局", "")
    assert "[202]张店区教育局" not in str(refusal.value)


def test_a_code_of_several_divisions_is_never_guessed(world: World) -> None:
    elsewhere = Division.objects.create(code="370303000", name="淄博市张店区", short_name="张店区")
    theirs = Department.objects.create(division=elsewhere, code="202", name="张店区教育局", aliases=["教育局"])
    Department.objects.create(division=elsewhere, code="405", name="淄川区卫生健康局")
    register = Register.load(world.people["root"])
    assert register.find("202", "淄川区教育和体育局", "").department == world.education
    assert register.find("202", "教育局", "").department == theirs
    refused = {
        "": "代码“202”在几个区划都有：淄川区[202]淄川区教育和体育局、张店区[202]张店区教育局，这张表没有导入。"
        "请由所属区划的人员导入。",
        "淄川区财政局": "代码“202”是淄川区教育和体育局，名称“淄川区财政局”是淄川区财政局，两者不是同一部门，"
        "这张表没有导入。请核对代码和名称后重新上传。",
    }
    for name, sentence in refused.items():
        with pytest.raises(Unknown) as refusal:
            register.find("202", name, "")
        assert str(refusal.value) == sentence
    with pytest.raises(Unknown) as refusal:
        register.find("", "淄川区卫生健康局", "")
    assert str(refusal.value) == (
        "名称“淄川区卫生健康局”对应几个部门：淄川区[405]淄川区卫生健康局、张店区[405]淄川区卫生健康局。"
        "请在表上写明部门代码后重新上传。"
    )


def test_similar_names_are_looked_for_once_and_for_so_many_names_only(world: World) -> None:
    """A list may be of thousands of projects whose departments are not registered, and each look takes milliseconds."""
    register = Register.load(world.filler)
    known = register.by_name = Counted(register.by_name)
    for _ in range(3):
        _refuse(register, "淄川区教育和体育")
    assert known.asked == 1
    for number in range(HINTS_AT_MOST * 2):
        _refuse(register, f"淄川区教育和体育{number}")
    assert known.asked == HINTS_AT_MOST


def _refuse(register: Register, name: str) -> None:
    with pytest.raises(Unknown):
        register.find("", name, "")


class Counted(dict[str, list[Department]]):
    """Counts how often all of it was looked through."""

    asked = 0

    def __iter__(self) -> Iterator[str]:
        self.asked += 1
        return super().__iter__()
