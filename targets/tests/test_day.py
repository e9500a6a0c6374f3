"""成批送审: what is still being filled in, how far it has come, and each form told when many are sent."""

import io

from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from targets.domain.edits import Change
from targets.editing import apply_changes
from targets.guards import Order
from targets.models import Declaration
from targets.remarks import Said, remark
from targets.review import take_step
from targets.tests.world import GOOD_ROWS, World

DAY = "admin:targets_day"


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_list_says_how_far_each_form_has_come(world: World) -> None:
    world.declaration(title="齐全的")
    world.declaration(title="有错的", rows=(*GOOD_ROWS, GOOD_ROWS[0].with_cells(name="没有值的", target="")))
    stale = world.declaration(title="没看过的")
    Declaration.objects.filter(pk=stale.pk).update(stale=["goal"])
    world.declaration(title="别的单位的", unit=world.kindergarten)
    world.advance(world.declaration(title="送审了的"), "submit")
    page = client_of(world, "filler").get(reverse(DAY))
    rows = {
        form.title: (form.filled, form.row_count, form.pk in page.context["ready"]) for form in page.context["forms"]
    }
    assert rows == {"齐全的": (5, 5, True), "有错的": (5, 6, False), "没看过的": (5, 5, False)}
    assert "还有 20 天" in page.content.decode()


def sent(client: Client, said: dict[str, object]) -> dict[str, str]:
    """What the check says of each form; then it is confirmed."""
    check = client.post(reverse(DAY), said)["Location"]
    lines = client.get(check).context["lines"]
    client.post(check, {"do": "confirm"})
    return {line.declaration.title: line.reason for line, _ in lines}


def test_each_of_many_is_told(world: World) -> None:
    good = [world.declaration(title=title) for title in ("甲", "乙")]
    bad = world.declaration(title="丙", goal="")
    foreign = world.declaration(title="丁", unit=world.kindergarten)
    told = sent(client_of(world, "filler"), {"form": [form.pk for form in (*good, bad, foreign)]})
    assert told.pop("丙").startswith("没有送审：还有1处错误须修改或作情况说明")
    assert told == {"甲": "", "乙": ""}
    states = dict(Declaration.objects.values_list("title", "state"))
    assert states == {"甲": "department_review", "乙": "department_review", "丙": "draft", "丁": "draft"}


def test_all_that_waits_is_sent_without_ticking_each(world: World) -> None:
    for title in ("甲", "乙"):
        world.declaration(title=title)
    assert sent(client_of(world, "filler"), {"all": "1"}) == {"甲": "", "乙": ""}
    assert set(Declaration.objects.values_list("state", flat=True)) == {"department_review"}


def test_nothing_chosen_is_said(world: World) -> None:
    client = client_of(world, "filler")
    assert "没有选中任何一张表" in client.post(reverse(DAY), {}, follow=True).content.decode()
    assert "没有还在编制的表" in client.get(reverse(DAY)).content.decode()
    assert client_of(world, "office").get(reverse(DAY)).status_code == 404


def test_remarks_that_wait_for_an_answer_are_counted(world: World) -> None:
    form = world.advance(world.declaration(), "submit")
    for level in ("must", "must", "question"):
        remark(form, Said("请核对", level=level), by=world.boss)
    remark(form, Said("留意", audience="internal"), by=world.boss)
    remark(form, Said("供参考", level="note"), by=world.boss)
    form.refresh_from_db()
    take_step(form, "return", by=world.boss, order=Order(opinion="请修改"))
    day = client_of(world, "filler").get(reverse(DAY))
    (listed,) = day.context["forms"]
    assert (listed.filled, listed.open_remarks, listed.open_musts, day.context["ready"]) == (5, 3, 2, [])
    assert "待答复 3 条" in day.content.decode()
    assert "其中必须修改 2 条" in day.content.decode()
    home = client_of(world, "filler").get(reverse("admin:index")).content.decode()
    assert "修改意见待答复 3 条，其中必须修改 2 条，答复或采纳后才能送审" in home


def test_a_department_sends_on_what_it_has_seen(world: World) -> None:
    """One as seen, one that came anew meanwhile, one seen in the check alone, one of another department."""
    seen, changed, unseen, foreign = (
        world.advance(world.declaration(title=title), "submit") for title in ("甲", "乙", "丙", "丁")
    )
    Declaration.objects.filter(pk=foreign.pk).update(unit=world.health, department=world.health)
    client = client_of(world, "boss")
    page = client.get(reverse(DAY))
    assert {form.title for form in page.context["sent"]} == {"甲", "乙", "丙"}
    world.advance(changed, "withdraw")
    changed.refresh_from_db()
    apply_changes(changed, [Change("", "goal", changed.goal, f"{changed.goal}又改。")], by=world.filler)
    world.advance(changed, "submit")
    said: dict[str, object] = {"do": "forward", "form": [form.pk for form in (seen, changed, unseen, foreign)]}
    said |= {f"seen:{form.pk}": 1 for form in (seen, changed, foreign)}
    assert sent(client, said) == {
        "甲": "",
        "乙": "没有报送财政：您打开后这张表又有修改（现为第2稿）。请刷新后重新审核。",
        "丙": "",
    }
    assert dict(Declaration.objects.values_list("title", "state")) == {
        "甲": "office_review",
        "乙": "department_review",
        "丙": "office_review",
        "丁": "department_review",
    }


def test_the_summary_has_the_year_s_forms_of_both_kinds_that_one_sees(world: World) -> None:
    world.declaration(title="甲")
    plan = world.declaration(title="2023年整体绩效目标表")
    Declaration.objects.filter(pk=plan.pk).update(kind="plan", total=None, fiscal=None, other=None)
    world.declaration(title="往年的", year=2022)
    world.declaration(title="别的单位的", unit=world.kindergarten)
    answer = client_of(world, "filler").get(reverse("admin:targets_day_summary"))
    (sheet,) = load_workbook(io.BytesIO(b"".join(answer))).worksheets
    rows = [[cell.value for cell in row[:4]] for row in sheet.iter_rows(min_row=4, max_row=6)]
    assert (sheet["A1"].value, rows) == (
        "2023年绩效目标汇总表",
        [
            [1, "甲", "淄川区实验学校", 100],
            [2, "2023年整体绩效目标表", "淄川区实验学校", None],
            [None, "合计", "2张", 100],
        ],
    )
    assert (
        "没有可导出的表"
        in client_of(world, "stranger").get(reverse("admin:targets_day_summary"), follow=True).content.decode()
    )
