"""The plan page: 17 columns plainly, fast with many rows, merged duties, nothing cut on the way."""

import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from targets.domain.record import PLAN, IndicatorRow
from targets.forms import PAGE_ROWS
from targets.models import Declaration
from targets.paper import PLAN_COLUMNS
from targets.tests.test_project_page import fields_of, stored, told
from targets.tests.world import World

COLUMNS = tuple(column.field for column in PLAN_COLUMNS if not column.is_optional)


def plan_row(place: int, /, **changes: Any) -> IndicatorRow:
    return IndicatorRow(**({name: f"{name}{place}" for name in COLUMNS} | changes))


def plan(world: World, *rows: IndicatorRow) -> Declaration:
    return world.declaration(
        kind=PLAN,
        title="2023年整体绩效目标表",
        department_code="202001",
        department_name="淄川区实验学校",
        total=None,
        fiscal=None,
        other=None,
        goal="",
        rows=rows,
    )


def page(form: Declaration) -> str:
    return reverse("admin:targets_departmentplan_change", args=[form.pk])


@pytest.fixture
def signed_in(client: Client, world: World) -> Client:
    client.force_login(world.filler, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_all_seventeen_columns_are_typed_and_stored(signed_in: Client, world: World) -> None:
    form = plan(world, plan_row(1), plan_row(2))
    sent = fields_of(signed_in.get(page(form)).content.decode())
    key = sent["row"][1]
    typed = {f"{key}.{name}": f"新{name}\r\n第二行" for name in COLUMNS}
    signed_in.post(page(form), sent | typed | {"do": "save"})
    assert {name: getattr(stored(form).rows[1], name) for name in COLUMNS} == {
        name: f"新{name}\n第二行" for name in COLUMNS
    }
    assert stored(form).rows[0] == form.record().rows[0]


def test_merged_duties_are_one_cell_and_stay_merged(signed_in: Client, world: World) -> None:
    merged = ("number", "duty_group", "duty", "duty_goal")
    same = dict.fromkeys(merged, "同一职责")
    form = plan(world, plan_row(1, **same), plan_row(2, **same, continues=merged), plan_row(3))
    html = signed_in.get(page(form)).content.decode()
    assert html.count('rowspan="2"') >= 4
    sent = fields_of(html)
    signed_in.post(page(form), sent | {f"{sent['row'][0]}.duty": "改了的职责", "do": "save"})
    assert [(row.duty, row.continues) for row in stored(form).rows] == [
        ("改了的职责", ()),
        ("改了的职责", merged),
        ("duty3", ()),
    ]


def test_a_large_plan_is_shown_and_saved_in_time_with_few_questions(signed_in: Client, world: World) -> None:
    small, large = plan(world, plan_row(1)), None
    signed_in.get(page(small))
    with CaptureQueriesContext(connection) as few:
        signed_in.get(page(small))
    Declaration.objects.filter(pk=small.pk).update(state="void")
    large = plan(world, *(plan_row(number) for number in range(200)))
    start = time.process_time()
    with CaptureQueriesContext(connection) as many:
        html = signed_in.get(page(large)).content.decode()
    sent = fields_of(html)
    assert len(sent["row"]) == PAGE_ROWS
    response = signed_in.post(page(large), sent | {f"{sent['row'][49]}.target": "≥1个", "do": "save"}, follow=True)
    assert told(response) == ["已保存为第2稿：改动1处（第50行 年度指标值）。"]
    assert len(many) == len(few)
    assert time.process_time() - start < 15


def test_without_scripts_fifty_rows_have_inputs_and_the_others_stand_as_they_are(
    signed_in: Client, world: World
) -> None:
    form = plan(world, *(plan_row(number) for number in range(120)))
    before = form.record().rows
    sent = fields_of(signed_in.get(f"{page(form)}?from=51").content.decode())
    assert sent["row"] == [row.key for row in before[50:100]]
    first, last = sent["row"][0], sent["row"][-1]
    html = signed_in.post(page(form), sent | {"do": f"up:{first}", f"{last}.target": "≥9个"}).content.decode()
    moved = fields_of(html)  # the row that changed places came with it
    assert moved["row"] == [first, before[49].key, *(row.key for row in before[51:100])]
    gone = fields_of(signed_in.post(page(form), moved | {"do": f"delete:{moved['row'][2]}"}).content.decode())
    signed_in.post(page(form), gone | {"do": "save"})
    kept = [*before[:49], before[50], before[49], *before[52:99], before[99].with_cells(target="≥9个"), *before[100:]]
    assert list(stored(form).rows) == kept


@pytest.mark.parametrize("rows", [1, 20, 100, 300])
def test_the_page_of_a_plan_asks_the_database_sixteen_times(signed_in: Client, world: World, rows: int) -> None:
    form = plan(world, *(plan_row(number) for number in range(rows)))
    signed_in.get(page(form))
    with CaptureQueriesContext(connection) as asked:
        signed_in.get(page(form))
    assert len(asked) == 16


def test_no_text_of_the_plan_is_cut(signed_in: Client, world: World) -> None:
    long = "很长的工作活动说明。" * 40
    form = plan(world, plan_row(1, activity=long))
    html = signed_in.get(page(form)).content.decode()
    assert long in html
    assert 'rows="29"' in html


def test_a_plan_is_new_once_a_year(signed_in: Client, world: World) -> None:
    plan(world, plan_row(1))
    address = reverse("admin:targets_departmentplan_add")
    assert 'name="title"' not in signed_in.get(address).content.decode()
    response = signed_in.post(address, {"unit": world.school.pk, "budget_year": world.year.pk})
    assert "已有“2023年整体绩效目标表”，没有新建" in response.content.decode()
