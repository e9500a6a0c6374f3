"""报送函 of a department, and how far the rows are that were given out to its 科室."""

import re
from decimal import Decimal

from django.test import Client
from django.urls import reverse

from targets.domain.record import PLAN, IndicatorRow
from targets.models import Declaration
from targets.progress import offices_of
from targets.tests.world import World

LETTER = reverse("admin:targets_day_letter")


def page_of(world: World, who: str, **asked: str) -> str:
    client = Client()
    client.force_login(world.people[who])
    return client.get(LETTER, asked).content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def plan_of(world: World) -> Declaration:
    rows = tuple(
        IndicatorRow(number="1", duty="保障教育", name=name, target=target, office=office)
        for name, target, office in (
            ("幼儿园数", "≥3所", "学前科"),
            ("入园率", "", "学前科"),
            ("学校数", "≥450个", "基教科"),
        )
    )
    title = "2023年整体绩效目标表"
    return world.declaration(kind=PLAN, title=title, total=None, fiscal=None, other=None, goal="", rows=rows)


def test_the_letter_lists_what_the_department_hands_in(world: World) -> None:
    world.filler.phone = "0533-1234567"
    world.filler.save()
    world.campaign.notice = "川财绩〔2022〕9号"
    world.campaign.save()
    world.declaration(title="甲", total=Decimal("1234567.00"))
    world.declaration(title="乙", total=Decimal("1000000.00"))
    plan_of(world)
    world.declaration(title="别的单位的", unit=world.kindergarten)
    text = words(page_of(world, "filler"))
    assert "关于报送2023年预算绩效目标的函 淄川区财政局：" in text
    assert (
        "根据川财绩〔2022〕9号要求，我单位已完成2023年二上预算绩效目标编报。现报送项目支出绩效目标表2张，"
        "年度预算资金合计223.4567万元；部门整体绩效目标表1张，请予审核。" in text
    )
    assert "甲 淄川区实验学校 5 123.4567" in text
    assert "合计 223.4567" in text
    assert "联系电话：0533-1234567" in text
    assert "淄川区教育和体育局（盖章）" in text
    assert "别的单位的" not in text
    assert "别的单位的" in words(page_of(world, "boss"))


def test_another_year_is_asked_for_by_a_link(world: World) -> None:
    world.declaration(title="今年的")
    world.declaration(title="往年的", year=2022)
    assert ("今年的" in page_of(world, "filler"), "往年的" in page_of(world, "filler")) == (True, False)
    before = page_of(world, "filler", year="2022", department=str(world.education.pk))
    assert ("今年的" in before, "往年的" in before) == (False, True)
    assert "今年的" in page_of(world, "filler", year="1999", department="x")


def test_without_forms_there_is_no_letter(world: World) -> None:
    assert "还没有可以报送的表" in page_of(world, "filler")


def test_each_office_s_rows_are_counted(world: World) -> None:
    plan = plan_of(world)
    project = world.declaration(title="项目")
    (found,) = offices_of([plan.pk, project.pk])
    assert (found[0], [(one.office, one.rows, one.filled, one.blank) for one in found[1]]) == (
        plan,
        [("学前科", 2, 1, 1), ("基教科", 1, 1, 0)],
    )
    assert all(one.doubtful for one in found[1])  # no source, no history: told


def test_the_day_page_shows_them(world: World) -> None:
    plan_of(world)
    client = Client()
    client.force_login(world.filler)
    text = words(client.get(reverse("admin:targets_day")).content.decode())
    assert "责任科室 指标 已填指标值 未填 有校验问题 学前科 2 1 1" in text
