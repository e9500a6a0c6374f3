"""审核意见反馈表 on its way out, by department and unit: what stands in it, and for whom."""

from typing import Any

from django.test import Client

from targets.guards import Order
from targets.models import Declaration, Remark
from targets.remarks import Said, answer, remark
from targets.review import take_step
from targets.tests.test_feedback import ANSWER, PAGE, QUESTION, WORKBOOK, client_of, returned, rows_of, table, tag
from targets.tests.world import World


def test_a_line_says_form_place_question_proposal_and_answer(world: World) -> None:
    form = world.advance(world.declaration(code="202001001"), "submit", "forward")
    key = form.record().rows[1].key
    remark(form, Said("与上年不符", row=key, field="target", proposal="=≥1180人"), by=world.office)
    remark(form, Said("目标太长", field="goal", level="question"), by=world.office)
    remark(form, Said("内部的", audience="internal"), by=world.office)
    form.refresh_from_db()
    take_step(form, "return", by=world.office, order=Order(opinion="请修改"))
    first, second = Remark.objects.filter(audience="unit").order_by("pk")
    answer(first, "已核对", by=world.filler)
    response = client_of(world, "filler").get(WORKBOOK)
    assert "filename*=utf-8''" in response["Content-Disposition"]
    assert rows_of(response.content) == {
        "淄川区实验学校": [
            [
                1,
                "学前教育补助\n202001001\n淄川区实验学校",
                "年度总体绩效目标",
                "疑问",
                "目标太长",
                None,
                None,
                tag(second),
            ],
            [
                2,
                "学前教育补助\n202001001\n淄川区实验学校",
                "第2行 指标值\n补助人数",
                "必须修改",
                "与上年不符",
                "=≥1180人",
                "已核对",
                tag(first, 1),
            ],
        ]
    }


def test_whoever_reads_a_remark_gets_it_and_nobody_else(world: World) -> None:
    returned(world, "给学校的")
    returned(world, "给幼儿园的", unit=world.kindergarten, title="幼儿园项目")
    waiting = world.advance(world.declaration(title="还在审的"), "submit", "forward")
    remark(waiting, Said("没有发出的"), by=world.office)
    both = {"给学校的", "给幼儿园的"}
    read: dict[str, set[str]] = {}
    for who in (*world.people,):
        response = client_of(world, who).get(WORKBOOK)
        if response.status_code == 200:
            read[who] = {row[QUESTION] for rows in rows_of(response.content).values() for row in rows}
    assert read == {
        "filler": {"给学校的"},
        "sibling": {"给幼儿园的"},
        **dict.fromkeys(("boss", "office", "perf", "perf2", "budget", "admin", "auditor", "root"), both),
    }


def test_a_sheet_for_each_department_and_what_one_asks_for(world: World) -> None:
    nothing = client_of(world, "perf").get(WORKBOOK, follow=True).content.decode()
    assert "没有发给单位的修改意见，没有写出文件" in nothing
    form = returned(world, "甲", "乙")
    returned(world, "丙", unit=world.kindergarten, title="幼儿园项目")
    far = returned(world, "丁", title="卫健的")
    Declaration.objects.filter(pk=far.pk).update(unit=world.health, department=world.health)
    answer(form.remarks.get(text="甲"), "已改", by=world.filler)
    perf, boss = client_of(world, "perf"), client_of(world, "boss")

    def asked(client: Client, **query: Any) -> dict[str, list[str]]:
        content = client.get(WORKBOOK, query).content
        return {name: [row[QUESTION] for row in rows] for name, rows in rows_of(content).items()}

    assert asked(perf) == {"教育和体育局": ["甲", "乙", "丙"], "淄川区卫生健康局": ["丁"]}
    assert asked(perf, department=world.health.pk) == {"淄川区卫生健康局": ["丁"]}
    assert asked(boss, department=world.education.pk) == {"教育和体育局": ["甲", "乙", "丙"]}
    assert asked(boss, unit=world.kindergarten.pk, year=2023) == {"淄川区实验幼儿园": ["丙"]}
    assert asked(client_of(world, "filler"), waiting=1) == {"淄川区实验学校": ["乙"]}
    assert asked(boss, waiting=1) == {"教育和体育局": ["乙", "丙"]}
    for query in ({"unit": world.health.pk}, {"department": "x"}, {"unit": "99999999999"}, {"unit": ""}):
        assert boss.get(WORKBOOK, query).status_code == 404


def test_the_page_counts_what_waits_as_each_may_know_it(world: World) -> None:
    """An answer that was not sent up yet is the unit's own business."""
    form = returned(world, "甲", "乙")
    returned(world, "丙", unit=world.kindergarten, title="幼儿园项目")
    answer(form.remarks.get(text="甲"), "已改", by=world.filler)

    def counted(who: str) -> list[tuple[str, int, int]]:
        page = client_of(world, who).get(PAGE)
        return [(str(one.unit or one.department), one.remarks, one.waiting) for one in page.context["addressees"]]

    education, school, kindergarten = str(world.education), str(world.school), str(world.kindergarten)
    assert {who: counted(who) for who in ("filler", "boss", "perf", "stranger")} == {
        "filler": [(school, 2, 1)],
        "boss": [(education, 3, 2), (school, 2, 1), (kindergarten, 1, 1)],
        "perf": [(education, 3, 3), (school, 2, 2), (kindergarten, 1, 1)],
        "stranger": [],
    }
    (answered,) = [row[ANSWER] for row in table(client_of(world, "filler")) if row[QUESTION] == "甲"]
    assert answered == "已改"
    assert [row[ANSWER] for row in table(client_of(world, "perf"))] == [None, None, None]
    answer(form.remarks.get(text="乙"), "也改了", by=world.filler)
    world.advance(form, "submit")
    assert "已改" in [row[ANSWER] for row in table(client_of(world, "perf"))]
