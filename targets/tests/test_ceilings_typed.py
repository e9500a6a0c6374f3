"""控制数 on their way in: typed one by one, or a list that is previewed and imported."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from departments.tests.test_transfer import sentences, workbook
from targets.models import Ceiling
from targets.tests.test_ceilings import ceiling
from targets.tests.test_steps_page import sign_in
from targets.tests.world import World

ADD = reverse("admin:targets_ceiling_add")
IMPORT = reverse("admin:targets_ceiling_import")
CONFIRM = reverse("admin:targets_ceiling_process_import")


def test_it_is_typed_in_wan_and_signed(client: Client, world: World) -> None:
    sign_in(client, world, "budget")
    said = {"budget_year": world.year.pk, "unit": world.school.pk, "code": "", "title": "学前教育补助", "wan": "80.5"}
    client.post(ADD, said | {"document_number": "川财预〔2022〕3号"})
    one = Ceiling.objects.get()
    assert (one.amount, one.entered_by, one.document_number) == (
        Decimal("805000.00"),
        world.budget,
        "川财预〔2022〕3号",
    )
    again = client.post(ADD, said)
    assert "该年度已有这个单位（或项目）的控制数，请直接修改那一条。" in again.content.decode()
    changed = client.post(reverse("admin:targets_ceiling_change", args=[one.pk]), said | {"wan": "90"})
    assert (changed.status_code, Ceiling.objects.get().amount) == (302, Decimal("900000.00"))


def upload(client: Client, *lines: Any) -> Any:
    content = SimpleUploadedFile("控制数.xlsx", workbook(*lines))
    return client.post(IMPORT, {"import_file": content, "resource": "0", "format": ""})


def amounts() -> dict[tuple[str, str, str], Decimal]:
    return {(one.unit.code, one.code, one.title): one.amount for one in Ceiling.objects.select_related("unit")}


@pytest.mark.parametrize(
    ("head", "money"),
    [
        (("单位编码", "单位", "项目代码", "项目名称", "控制数（万元）"), ("80", "500.25")),
        (("单位代码", "单位名称", "项目代码", "项目名称", "控制数(元)"), ("800000", "5,002,500.00")),
    ],
)
def test_a_list_is_previewed_and_goes_in(
    client: Client, world: World, head: tuple[str, ...], money: tuple[str, str]
) -> None:
    ceiling(world, "1", title="学前教育补助")
    sign_in(client, world, "budget")
    lines = (("202001", "淄川区实验学校", "", "学前教育补助", money[0]), ("202", "", "", "", money[1]))
    preview = upload(client, head, *lines)
    assert sentences(preview) == []
    assert amounts() == {("202001", "", "学前教育补助"): Decimal("10000.00")}
    client.post(CONFIRM, preview.context["confirm_form"].initial)
    assert amounts() == {
        ("202001", "", "学前教育补助"): Decimal("800000.00"),
        ("202", "", ""): Decimal("5002500.00"),
    }
    assert {one.entered_by for one in Ceiling.objects.all()} == {world.budget}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((("单位代码", "项目名称"), ("202001", "甲")), "第1行缺少这些列：控制数（万元）"),
        ((("项目名称", "控制数（万元）"), ("甲", "1")), "第1行缺少单位"),
        ((("单位代码", "控制数（万元）", "控制数（元）"), ("202001", "1", "10000")), "请只留一列"),
        ((("单位代码", "控制数（万元）"), ("202001", "约八十")), "“约八十”不是数字。请只写数字，如 120.00。"),
        ((("单位代码", "控制数（万元）"), ("202001", "")), "控制数为空。请填写金额，或删去这一行。"),
        ((("单位代码", "控制数（万元）"), ("999999", "1")), "没有代码为“999999”的单位（或不归您管理），请核对。"),
        ((("单位代码", "预算年度", "控制数（万元）"), ("202001", "2019", "1")), "没有2019年度，或已关账"),
    ],
)
def test_a_list_that_is_wrong_is_told_in_sentences(
    client: Client, world: World, lines: tuple[tuple[str, ...], ...], said: str
) -> None:
    sign_in(client, world, "budget")
    assert any(said in sentence for sentence in sentences(upload(client, *lines)))
    assert not Ceiling.objects.exists()
