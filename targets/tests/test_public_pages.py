"""Public pages: published revisions and nothing else; every question gets a page."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from targets.disclosure import desk
from targets.domain.edits import Change
from targets.domain.record import PLAN, IndicatorRow
from targets.editing import apply_changes
from targets.models import BudgetYear, Declaration, Disclosure, DisclosureItem
from targets.tests.world import World

WAY = ("submit", "forward", "forward", "pass", "approve")


@pytest.fixture
def visitor() -> Client:
    return Client()


def approve(world: World, **changes: Any) -> Declaration:
    """Approved without its way: what the public pages do does not depend on it."""
    form = world.declaration(**changes)
    Declaration.objects.filter(pk=form.pk).update(approved_revision=form.current_revision_id, state="approved")
    form.refresh_from_db()
    return form


def publish(
    world: World, *forms: Declaration, title: str = "2023年预算重点项目绩效公开", foreword: str = ""
) -> Disclosure:
    disclosure = Disclosure.objects.create(
        division=world.division, year=2023, title=title, foreword=foreword, created_by=world.perf
    )
    desk.choose(disclosure, forms, by=world.perf)
    desk.publish(disclosure, by=world.perf)
    return disclosure


def read(visitor: Client, address: str = "/", **question: Any) -> str:
    response = visitor.get(address, question)
    assert response.status_code == 200
    return response.content.decode()


def titles(visitor: Client, **question: Any) -> list[str]:
    return [item.title for item in visitor.get("/", question).context["page"]]


PLAN_ROWS = (
    IndicatorRow(number="1", duty_group="教育管理", duty="统筹", duty_goal="保障培训", name="培训次数", target="≥3次"),
    IndicatorRow(
        number="1",
        duty_group="教育管理",
        duty="统筹",
        name="培训人数",
        target="≥30人",
        activity="组织教师培训",
        continues=("number", "duty_group", "duty"),
    ),
)


def approve_plan(world: World) -> Declaration:
    money = {"total": None, "fiscal": None, "other": None, "goal": ""}
    return approve(world, kind=PLAN, title="2023年整体绩效目标表", rows=PLAN_ROWS, **money)


# What is seen ---------------------------------------------------------------------------------------------------------


def test_before_the_first_publication_the_page_says_so(world, visitor):
    assert "还没有公开任何绩效目标表" in read(visitor)


def test_list_and_form_show_what_was_published(world, visitor):
    disclosure = publish(world, approve(world), approve_plan(world), foreword="共1个项目100万元。\n第二段。")
    text = read(visitor)

    for words in (disclosure.title, "编报说明", "共1个项目100万元。", "学前教育补助", "共 2 张", "合计 100.00 万元"):
        assert words in text
    project, plan = (read(visitor, reverse("public:form", args=[item.pk])) for item in disclosure.items.all())
    for words in ("项目支出绩效目标表", "（2023年度）", "[202]淄川区教育和体育局", "≥1200人", "100.00", 'rowspan="2"'):
        assert words in project
    for words in ("2023年整体绩效目标表", "指标参考值", "培训人数", "≥30人", "组织教师培训"):
        assert words in plan
    assert 'lang="zh-Hans"' in project
    assert "style=" not in project + plan + text


@pytest.mark.parametrize("way", [(), WAY[:1], ("submit", "return"), WAY[:4], WAY])
def test_nothing_leaks_of_a_form_that_is_not_published(world, visitor, way):
    publish(world, approve(world))
    form = world.advance(world.declaration(title="机密项目甲乙丙", goal="不该出现的目标文字，足够长的一句话。"), *way)
    unpublished = Disclosure.objects.create(
        division=world.division, year=2023, title="未公开的批次", foreword="未公开的说明", created_by=world.perf
    )
    if way == WAY:
        desk.choose(unpublished, [form], by=world.perf)

    pages = [read(visitor), read(visitor, q="甲乙丙"), read(visitor, q="不该出现")]

    for text in pages:
        shown = text.replace('value="甲乙丙"', "").replace('value="不该出现"', "")
        for words in ("机密项目", "甲乙丙", "不该出现", "未公开的"):
            assert words not in shown
    for item in unpublished.items.all():
        assert visitor.get(reverse("public:form", args=[item.pk])).status_code == 404
        assert visitor.get(reverse("public:workbook", args=[item.pk])).status_code == 404


def test_a_publication_of_the_future_is_not_public_yet(world, visitor):
    disclosure = publish(world, approve(world))
    Disclosure.objects.update(published_at=timezone.now() + timedelta(hours=1))

    assert "还没有公开任何绩效目标表" in read(visitor)
    assert visitor.get(reverse("public:form", args=[disclosure.items.get().pk])).status_code == 404


def test_later_changes_do_not_reach_the_public(world, visitor):
    form = world.advance(world.declaration(), *WAY)
    address = reverse("public:form", args=[publish(world, form).items.get().pk])
    before = read(visitor), read(visitor, address)

    world.advance(form, "adjust")
    edits = [
        Change("", "title", "学前教育补助", "改过的名称"),
        Change("", "total", Decimal("1000000.00"), Decimal(5)),
    ]
    apply_changes(form, edits, by=world.filler)
    world.advance(form, "submit")

    assert (read(visitor), read(visitor, address)) == before


def test_of_two_publications_the_list_shows_the_latest_and_the_older_says_so(world, visitor):
    form = world.advance(world.declaration(), *WAY)
    old = publish(world, form).items.get()
    world.advance(form, "adjust")
    apply_changes(form, [Change("", "title", "学前教育补助", "学前教育补助（调整后）")], by=world.filler)
    world.advance(form, *WAY)
    new = publish(world, form, title="更正").items.get()

    assert titles(visitor) == ["学前教育补助（调整后）"]
    older = read(visitor, reverse("public:form", args=[old.pk]))
    assert "旧版" in older
    assert reverse("public:form", args=[new.pk]) in older
    assert "这张表公开过 2 次" in older
    newer = read(visitor, reverse("public:form", args=[new.pk]))
    assert "旧版" not in newer
    assert reverse("public:form", args=[old.pk]) in newer


def test_contact_persons_and_remarks_beside_the_form_stay_out(world, visitor):
    extra = {"联系电话": "0533-5180000", "填表人": "张某某", "立项依据": "鲁财教〔2022〕1号", "表外文字": "找李某改"}
    item = publish(world, approve(world, extra=extra)).items.get()

    text = read(visitor, reverse("public:form", args=[item.pk]))
    workbook = visitor.get(reverse("public:workbook", args=[item.pk])).content

    cells = [str(cell.value) for row in load_workbook(BytesIO(workbook)).active.iter_rows() for cell in row]
    for words in ("0533-5180000", "张某某", "找李某改"):
        assert words not in text
        assert not any(words in cell for cell in cells)
    assert "鲁财教〔2022〕1号" in text
    assert titles(visitor, q="5180000") == []


def test_text_is_text(world, visitor):
    item = publish(world, approve(world, title="<script>alert(1)</script>")).items.get()

    for text in (read(visitor), read(visitor, reverse("public:form", args=[item.pk])), read(visitor, q='"><b>')):
        assert "<script>alert" not in text
        assert '"><b>' not in text


def test_the_workbook_is_the_official_sheet_of_the_published_text(world, visitor):
    form = approve(world)
    item = publish(world, form).items.get()
    apply_target = [Change("", "title", "学前教育补助", "后来的名称")]
    Declaration.objects.filter(pk=form.pk).update(state="draft")
    apply_changes(form, apply_target, by=world.filler)

    response = visitor.get(reverse("public:workbook", args=[item.pk]))

    cells = [str(cell.value) for row in load_workbook(BytesIO(response.content)).active.iter_rows() for cell in row]
    assert "学前教育补助" in cells
    assert "后来的名称" not in cells
    assert any("-R1" in cell for cell in cells)
    assert response["Content-Disposition"].startswith("attachment;")


# Asking ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(world: World) -> Disclosure:
    rows = (IndicatorRow(level1="成本指标", level2="经济成本指标", name="补助费用", target="＝728万元"),)
    return publish(
        world,
        approve(world, title="学前生均公用经费", rows=rows, total=Decimal("7280000.00")),
        approve(world, title="高龄老人补助", unit=world.health, total=Decimal("5366400.00"), goal="LED 灯 补助"),
        approve_plan(world),
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({}, ["学前生均公用经费", "高龄老人补助", "淄川区实验学校2023年整体绩效目标表"]),
        ({"year": 2023, "kind": "project"}, ["学前生均公用经费", "高龄老人补助"]),
        ({"kind": "plan"}, ["淄川区实验学校2023年整体绩效目标表"]),
        ({"q": "728万元"}, ["学前生均公用经费"]),
        ({"q": "７２８ 万元"}, ["学前生均公用经费"]),
        ({"q": "=728万元"}, ["学前生均公用经费"]),
        ({"q": "led灯"}, ["高龄老人补助"]),
        ({"q": "补助 高龄"}, ["高龄老人补助"]),
        ({"q": "教师培训"}, ["淄川区实验学校2023年整体绩效目标表"]),
        ({"q": "100%的_"}, []),
        ({"q": "98%"}, ["高龄老人补助"]),
        ({"q": "9%8"}, []),
        ({"q": "没有的词"}, []),
    ],
)
def test_filters(three, visitor, question, expected):
    assert titles(visitor, **question) == expected


def test_filter_by_department(world, three, visitor):
    assert titles(visitor, department=world.health.pk) == ["高龄老人补助"]


def test_numbers_are_those_of_what_was_found(three, visitor):
    assert "共 1 张" in read(visitor, q="728万元")
    assert "1 个项目，合计 728.00 万元" in read(visitor, q="728万元")
    assert "2 个项目，合计 1,264.64 万元；1 个部门整体" in read(visitor)
    assert "没有符合条件的绩效目标表" in read(visitor, q="没有的词")


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"year": "abc"}, "年度“abc”不在已公开的范围内"),
        ({"year": "1999"}, "年度“1999”不在已公开的范围内"),
        ({"year": "99999999999999999999"}, "年度“99999999999999999999”不在已公开的范围内"),
        ({"department": "99999999999999999999"}, "主管部门“99999999999999999999”不在已公开的范围内"),
        ({"department": "-1"}, "主管部门“-1”不在已公开的范围内"),
        ({"department": "\0"}, "主管部门“”不在已公开的范围内"),
        ({"kind": "draft"}, "类型“draft”不在已公开的范围内"),
        ({"q": "校车\0"}, "关键词“校车”中有不能识别的字符"),
        ({"q": "长" * 101}, "关键词最多 100 个字"),
        ({"page": "9999"}, "没有第“9999”页，下面是第 1 页（共 1 页）。"),
        ({"page": "-1"}, "没有第“-1”页"),
        ({"page": "0"}, "没有第“0”页"),
        ({"page": "abc"}, "没有第“abc”页"),
        ({"page": "9" * 5000}, "没有第“9999999999”页"),
        ({"page": "\0"}, "没有第“”页"),
    ],
)
def test_a_question_that_cannot_be_understood_gets_a_page_and_a_sentence(three, visitor, question, sentence):
    text = read(visitor, **question)

    assert sentence in text
    assert "学前生均公用经费" in text


@settings(max_examples=60)
@given(
    question=st.dictionaries(
        st.sampled_from(["year", "department", "kind", "q", "page"]),
        st.text(st.characters(codec="utf-8"), max_size=120),
    )
)
def test_any_question_gets_a_page(three, question):
    assert Client().get(f"/?{urlencode(question)}").status_code == 200


def test_paging_keeps_the_question(world, visitor):
    forms = [approve(world, title=f"项目{number:02}") for number in range(31)]
    publish(world, *forms)

    assert len(titles(visitor)) == 30
    assert titles(visitor, page=2) == ["项目30"]
    assert "?q=%E9%A1%B9%E7%9B%AE&amp;page=2" in read(visitor, q="项目")
    assert "共 31 张" in read(visitor, page=2)


def test_several_years_show_the_notice_of_the_year_asked_for(world, three, visitor):
    year = BudgetYear.objects.create(division=world.division, year=2024)
    form = approve(world, title="次年项目")
    Declaration.objects.filter(pk=form.pk).update(year=2024, budget_year=year)
    later = Disclosure.objects.create(
        division=world.division, year=2024, title="2024年公开", foreword="次年说明", created_by=world.perf
    )
    desk.choose(later, [form], by=world.perf)
    desk.publish(later, by=world.perf)

    assert titles(visitor)[0] == "次年项目"
    assert "次年说明" in read(visitor)
    assert "次年说明" not in read(visitor, year=2023)
    assert titles(visitor, year=2024) == ["次年项目"]


# The frame ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/forms/1/", "/forms/99999999999999999999999/", "/forms/0/", "/forms/abc/", "/no/"]
)
def test_what_is_not_there_is_404_in_words(world, visitor, address):
    response = visitor.get(address)

    assert response.status_code == 404
    assert "没有这个页面" in response.content.decode()


def test_pages_are_only_read(three, visitor):
    assert [visitor.post("/").status_code, visitor.head("/").status_code] == [405, 200]


def test_caches_ask_again_and_get_a_short_answer(three, visitor):
    first = visitor.get("/")
    again = visitor.get("/", headers={"If-None-Match": first["ETag"]})

    assert "no-cache" in first["Cache-Control"]
    assert again.status_code == 304
    assert not first.cookies


def test_the_number_of_queries_does_not_grow(world, visitor):
    first = approve(world)
    publish(world, first)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            read(visitor, address)
        return len(captured)

    one = queries("/")
    form = queries(reverse("public:form", args=[DisclosureItem.objects.get().pk]))
    publish(world, *(approve(world, title=f"项目{number}") for number in range(20)), title="又一批")
    assert queries("/") == one
    assert queries(reverse("public:form", args=[DisclosureItem.objects.last().pk])) == form
    assert (one, form) == (8, 4)
