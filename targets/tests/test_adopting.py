"""历史数据接收 of many forms: from the page, from the list, from an import, by command; each form is told."""

import io
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from targets.domain.sheets.writer import write_official
from targets.intake.batch import open_batch, read_batch
from targets.intake.storing import store_batch
from targets.models import BudgetYear, Declaration, ImportBatch
from targets.tests.world import World, client_of

ADOPT = "admin:targets_adopt"
DOCUMENT = {"document_number": "川财〔2022〕1号", "document_date": "2022-01-20"}


@pytest.fixture
def past(world: World) -> BudgetYear:
    """2022, closed."""
    return BudgetYear.objects.create(division=world.division, year=2022, is_closed=True)


@pytest.fixture
def batch(world: World, past: BudgetYear) -> ImportBatch:
    """Two forms of 2022 that the administrator imported."""
    records = [world.record(title=title, year=2022) for title in ("甲", "乙")]
    one = open_batch(write_official(records), "2022.xlsx", by=world.admin, year=2022)
    read_batch(one)
    store_batch(one, by=world.admin)
    return one


def states() -> dict[str, str]:
    return dict(Declaration.objects.values_list("title", "state"))


def ids(*titles: str) -> list[int]:
    return list(Declaration.objects.filter(title__in=titles).values_list("pk", flat=True))


def test_what_was_imported_is_adopted_with_one_document(world: World, batch: ImportBatch) -> None:
    world.declaration(title="今年的")
    client = client_of(world.admin)
    record = client.get(reverse("admin:targets_importbatch_change", args=[batch.pk])).content.decode()
    address = f"{reverse(ADOPT)}?batch={batch.pk}"
    assert address in record
    page = client.get(address)
    assert sorted(form.title for form, _ in page.context["lines"]) == ["乙", "甲"]
    check = client.post(address, {"form": ids("甲", "乙", "今年的"), **DOCUMENT})["Location"]
    text = client.get(check).content.decode()
    assert "可以办理 <b>2</b> 张，不能办理 <b>1</b> 张" in text
    assert "2023年度未关账，不能按历史数据接收。请按程序送审。" in text
    assert "已办理" in client.post(check, {"do": "confirm"}, follow=True).content.decode()
    assert states() == {"甲": "approved", "乙": "approved", "今年的": "draft"}
    event = Declaration.objects.get(title="甲").events.get()
    assert (event.step, event.document_number, event.document_date, event.person) == (
        "adopt",
        "川财〔2022〕1号",
        date(2022, 1, 20),
        world.admin,
    )
    assert address not in client.get(reverse("admin:targets_importbatch_change", args=[batch.pk])).content.decode()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"document_number": ""}, "没有接收：文号为空。请填写文号。"),
        ({"document_date": "去年"}, "没有接收：发文日期不是日期。请写成如 2023-01-15。"),
        ({"form": []}, "没有办理：没有选中任何一张表。请勾选要办理的表。"),
    ],
)
def test_what_is_missing_is_said(world: World, batch: ImportBatch, said: dict[str, Any], sentence: str) -> None:
    sent = {"form": ids("甲"), **DOCUMENT, **said}
    assert sentence in client_of(world.admin).post(reverse(ADOPT), sent).content.decode()
    assert states() == {"甲": "draft", "乙": "draft"}


def test_the_list_leads_there_with_the_chosen_forms(world: World, batch: ImportBatch) -> None:
    world.declaration(title="今年的")
    address = reverse("admin:targets_budgetproject_changelist")
    sent = {"action": "adopt_chosen", "_selected_action": ids("甲", "今年的")}
    page = client_of(world.admin).post(address, sent, follow=True)
    assert [(form.title, form.pk in page.context["chosen"]) for form, _ in page.context["lines"]] == [("甲", True)]
    assert "有1张不能接收" in page.content.decode()
    nothing = {"action": "adopt_chosen", "_selected_action": ids("今年的")}
    assert client_of(world.admin).post(address, nothing)["Location"] == address
    actions = client_of(world.perf).get(address).context["action_form"].fields["action"].choices
    assert "adopt_chosen" not in dict(actions)


@pytest.mark.parametrize("who", ["filler", "boss", "office", "perf", "budget", "auditor"])
def test_nobody_but_administrators_adopts(world: World, batch: ImportBatch, who: str) -> None:
    assert client_of(world.people[who]).post(reverse(ADOPT), {"form": ids("甲"), **DOCUMENT}).status_code == 404
    assert states() == {"甲": "draft", "乙": "draft"}


def test_a_unit_s_own_draft_shows_no_amount(world: World, past: BudgetYear) -> None:
    """The administrator sees that it exists; its text is the unit's until it is adopted."""
    form = world.declaration(title="单位自己的", year=2022)
    Declaration.objects.filter(pk=form.pk).update(budget_year=past)
    page = client_of(world.admin).get(reverse(ADOPT))
    assert [(one.title, is_readable) for one, is_readable in page.context["lines"]] == [("单位自己的", False)]
    assert "100.00" not in page.content.decode()


def run(*arguments: object) -> tuple[int, list[str]]:
    out = io.StringIO()
    try:
        call_command("adopt_forms", *map(str, arguments), "--document", "川财〔2022〕1号", stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_by_command(world: World, batch: ImportBatch) -> None:
    on = ("--date", "2022-01-20")
    assert run("--year", 2022, *on, "--dry-run") == (0, ["2022年 甲  （未接收）", "2022年 乙  （未接收）"])
    assert states() == {"甲": "draft", "乙": "draft"}
    code, lines = run("--batch", batch.pk, *on, "--as", "perf")
    assert (code, lines[-1]) == (1, "接收0张，未接收2张。")
    assert lines[0] == "2022年 甲  不能历史数据接收：这一步由系统管理员办理。"
    assert run("--year", 2022, "--department", "202", *on)[1][-1] == "接收2张，未接收0张。"
    assert states() == {"甲": "approved", "乙": "approved"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--date", "2022-01-20"), "没有接收：请用 --year 或 --batch 说明接收哪些表。"),
        (("--year", "2022", "--date", "去年"), "发文日期“去年”不是日期，没有接收。请写成如 2022-01-20。"),
        (("--year", "1999", "--date", "2022-01-20"), "没有可接收的表：没有符合条件、还在编制中的表。"),
    ],
)
def test_the_command_says_what_is_missing(
    world: World, past: BudgetYear, arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
