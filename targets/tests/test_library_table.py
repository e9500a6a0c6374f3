"""The indicator library out as a table and in again: what a line may say, and whose library it is."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tablib import Dataset

from departments.models import Department, Division, Membership, Person
from departments.roles import FILLER, PERFORMANCE_REVIEWER
from departments.tables import SafeXLSX
from targets.models import LibraryIndicator
from targets.tests.test_library import State, act, entry
from targets.tests.world import World, client_of

HEADERS = (
    *(
        "财政区划代码",
        "指标名称",
        "一级指标",
        "二级指标",
        "计量单位",
        "建议取值",
        "指标解释",
        "单位代码",
        "单位名称",
        "状态",
    ),
    *("常用符号", "常用最小值", "常用最大值", "使用次数", "最近使用年度"),
)


def workbook(*lines: tuple[Any, ...], headers: tuple[str, ...] = HEADERS[1:10]) -> bytes:
    return SafeXLSX().export_data(Dataset(*lines, headers=headers))


def upload(world: World, content: bytes) -> Any:
    """The preview, then the confirmation; the page that ends it."""
    client = client_of(world.perf)
    page = reverse("admin:targets_libraryindicator_import")
    shown = client.post(page, {"import_file": SimpleUploadedFile("库.xlsx", content), "resource": "0", "format": ""})
    if "confirm_form" not in shown.context or shown.context["confirm_form"] is None:
        return shown
    confirm = reverse("admin:targets_libraryindicator_process_import")
    return client.post(confirm, shown.context["confirm_form"].initial, follow=True)


def test_out_and_in_again_changes_nothing(world: World) -> None:
    entry(
        world, "=1+1人数", level2="数量指标", unit="人", advice="=100%", department=world.health, uses=3, last_used=2023
    )
    entry(world, "满意度", state=State.HIDDEN)
    before = list(LibraryIndicator.objects.order_by("pk").values())
    client = client_of(world.perf)
    exported = client.post(reverse("admin:targets_libraryindicator_export"), {"format": "0", "resource": "0"})
    table = SafeXLSX().create_dataset(exported.content)
    assert tuple(table.headers) == HEADERS
    assert "无变化2条" in upload(world, exported.content).content.decode()
    assert list(LibraryIndicator.objects.order_by("pk").values()) == before


def test_a_list_from_elsewhere_is_accepted_as_it_comes_in(world: World) -> None:
    kept = entry(world, "补助人数", level2="数量指标", unit="人", uses=7)
    content = workbook(
        ("补助人数", "产出指标", "数量指标", "名", "≥100人", "按台账", "", "", ""),
        ("入园率", "效益指标", "社会效益指标", "%", "≥92%", "", "202", "", "待确认"),
    )
    assert "新增1条，更新1条" in upload(world, content).content.decode()
    kept.refresh_from_db()
    new = LibraryIndicator.objects.get(name="入园率")
    assert (kept.advice, kept.explanation, kept.uses, kept.state) == ("≥100人", "按台账", 7, State.ACCEPTED)
    assert (new.department, new.state, new.initials, new.division) == (
        world.education,
        State.CANDIDATE,
        "ryl",
        world.division,
    )


def test_a_wrong_line_is_told_with_its_place(world: World) -> None:
    content = workbook(
        ("", "产出指标", "数量指标", "", "", "", "", "", ""),
        ("甲", "", "", "", "", "", "999", "", ""),
        ("乙", "", "", "", "", "", "", "", "随便"),
    )
    shown = upload(world, content)
    said = [message for row in shown.context["result"].invalid_rows for message in row.error.messages]
    assert [sentence.partition("：")[0] for sentence in said] == ["第2行 指标名称", "第3行 单位代码", "第4行 状态"]
    assert not LibraryIndicator.objects.exists()


def test_one_keeps_the_library_of_one_s_own_division(world: World) -> None:
    elsewhere = Division.objects.create(code="370303000", name="淄博市张店区", short_name="张店区")
    finance = Department.objects.create(division=elsewhere, name="张店区财政局", is_finance=True)
    far = Person.objects.create_user("far", password="a good long one", name="far某")
    Membership.objects.create(person=far, department=finance, role=PERFORMANCE_REVIEWER)
    Membership.objects.create(person=far, department=finance, role=FILLER)
    one = entry(world, "甲")
    assert client_of(far).get(reverse("admin:targets_libraryindicator_change", args=[one.pk])).status_code == 404
    world.people["far"] = far
    act(world, "far", "hide", one)
    one.refresh_from_db()
    assert one.state == State.ACCEPTED
