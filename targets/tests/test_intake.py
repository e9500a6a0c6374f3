"""A file becomes declarations: planned, stored in one transaction, re-imported in place; on the real 2023 workbooks."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from departments.models import Department, Division, Membership, Person
from departments.roles import ADMIN
from targets.domain.edits import Change
from targets.domain.record import IndicatorRow, Record
from targets.domain.sheets.problems import Problem
from targets.domain.sheets.writer import write_official
from targets.editing import apply_changes
from targets.intake.batch import choose, open_batch, preview, read_batch
from targets.intake.plan import PlannedForm
from targets.intake.storing import ImportRefused, store_batch
from targets.models import BudgetYear, Declaration, ImportBatch, ImportedForm, Indicator, Revision
from targets.models.intake import REFUSED
from targets.tests.world import GOOD_ROWS, World

WORKBOOKS = sorted((Path(settings.BASE_DIR) / "fixtures" / "2023").glob("*.xlsx"))


def workbook(*records: Record) -> bytes:
    return write_official(records)


def bring_in(world: World, *records: Record, by: Person | None = None) -> list[ImportedForm]:
    batch = open_batch(workbook(*records), "表.xlsx", by=by or world.filler)
    read_batch(batch)
    store_batch(batch, by=by or world.filler)
    return list(batch.forms.order_by("place"))


def actions(forms: Iterable[PlannedForm | ImportedForm]) -> list[tuple[str, str]]:
    return [(form.title, form.action) for form in forms]


def sentences(forms: Iterable[PlannedForm | ImportedForm]) -> list[str]:
    told = [one for form in forms for one in form.problems]
    return [one.message if isinstance(one, Problem) else one["message"] for one in told]


@pytest.fixture
def district(db: None) -> Person:
    """The real departments of 2023 and an administrator."""
    world_departments = {
        "202": "淄博市淄川区教育和体育局",
        "401": "淄博市淄川区民政局",
        "405": "淄博市淄川区卫生健康局",
        "407": "淄博市淄川区残疾人联合会",
        "504": "淄博市淄川区农业农村局",
    }

    division = Division.objects.create(code="370302000", name="淄博市淄川区", short_name="淄川区")
    BudgetYear.objects.create(division=division, year=2023)
    for code, name in world_departments.items():
        Department.objects.create(division=division, code=code, name=name)
    Department.objects.filter(code="401").update(aliases=["淄川区民政局"])
    education = Department.objects.get(code="202")
    Department.objects.create(division=division, code="202001", name=education.name, parent=education)
    for name in ("淄博市淄川区人力资源和社会保障局", "中共淄川区委宣传部"):
        Department.objects.create(division=division, name=name)
    finance = Department.objects.create(division=division, name="淄川区财政局", is_finance=True)
    admin = Person.objects.create_user("admin", name="管理员")
    Membership.objects.create(person=admin, department=finance, role=ADMIN)
    return admin


def test_the_five_workbooks_of_2023(district: Person) -> None:
    for path in WORKBOOKS:
        batch = open_batch(path.read_bytes(), path.name, by=district)
        read_batch(batch)
        assert store_batch(batch, by=district) == {}
        assert REFUSED not in batch.forms.values_list("action", flat=True)
    projects = Declaration.objects.filter(kind="project")
    plans = Declaration.objects.filter(kind="plan")
    assert projects.count() == 8
    assert Indicator.objects.filter(declaration__in=projects).count() == 71
    assert projects.aggregate(sum=Sum("total"))["sum"] == Decimal("78996700.00")
    assert plans.count() == 4
    assert Indicator.objects.filter(declaration__in=plans).count() == 115
    assert set(Declaration.objects.values_list("state", flat=True)) == {"draft"}
    for path in WORKBOOKS:
        again = preview(path.read_bytes(), path.name, by=district)
        assert {form.action for form in again.forms} == {"unchanged"}
        assert (again.outcome, sentences(again.forms)) == ("ok", [])


def test_what_is_stored_comes_out_as_it_came_in(world: World) -> None:
    record = world.record()
    bring_in(world, record)
    form = Declaration.objects.get()
    stored = form.record()
    assert replace(stored, rows=tuple(row.with_cells(key="") for row in stored.rows)) == record
    assert (form.current_revision.reason, form.current_revision.author) == ("import", world.filler)  # type: ignore[union-attr]


def test_a_re_import_keeps_row_keys_through_changes_and_moves(world: World) -> None:
    bring_in(world, world.record())
    keys = {row.name: row.key for row in Declaration.objects.get().record().rows}
    first, second, *rest = GOOD_ROWS
    new = IndicatorRow(level1="产出指标", level2="时效指标", name="发放及时率", target="≥95%")
    changed = (second.with_cells(target="≥1500人"), first, new, *(row.with_cells(continues=()) for row in rest[1:]))
    shown = bring_in(world, world.record(rows=changed))
    assert actions(shown) == [("学前教育补助", "update")]
    after = {row.name: row.key for row in Declaration.objects.get().record().rows}
    assert {name: key for name, key in after.items() if name in keys} == {
        name: key for name, key in keys.items() if name != "补助到位率"
    }
    assert Revision.objects.count() == 2


def test_a_file_imported_twice_changes_nothing(world: World) -> None:
    bring_in(world, world.record())
    assert actions(bring_in(world, world.record())) == [("学前教育补助", "unchanged")]
    assert Revision.objects.count() == 1


def test_a_form_that_is_not_editable_is_refused_but_unchanged_is_unchanged(world: World) -> None:
    bring_in(world, world.record())
    world.advance(Declaration.objects.get(), "submit")
    assert actions(bring_in(world, world.record())) == [("学前教育补助", "unchanged")]
    shown = bring_in(world, world.record(goal="改写的目标，为1200名幼儿发放补助100万元。"))
    assert actions(shown) == [("学前教育补助", "refused")]
    assert "现在是“待主管部门审核”，不能修改，没有导入" in sentences(shown)[-1]
    assert Declaration.objects.get().state == "department_review"


def test_import_by_finance_waits_for_the_departments_confirmation(world: World) -> None:
    bring_in(world, world.record(), by=world.perf)
    form = Declaration.objects.get()
    assert form.awaits_confirmation
    assert form.record_for(world.perf) is not None
    assert form.record_for(world.perf2) is None


@pytest.mark.parametrize("name", ["sibling", "stranger", "boss", "auditor", "nobody", "other_office"])
def test_who_does_not_fill_in_for_the_unit_imports_nothing(world: World, name: str) -> None:
    shown = bring_in(world, world.record(), by=world.people[name])
    assert actions(shown) == [("学前教育补助", "refused")]
    assert "您不能为淄川区实验学校导入绩效目标表" in sentences(shown)[-1]
    assert Declaration.objects.count() == 0


def test_good_forms_go_in_and_refused_ones_stay_out(world: World) -> None:
    unknown = world.record(title="甲", department_code="", department_name="火星局")
    contradictory = world.record(title="乙", department_code="405")
    no_year = world.record(title="丙", year=2019)
    shown = bring_in(world, world.record(), unknown, contradictory, no_year)
    assert actions(shown) == [("学前教育补助", "create"), ("甲", "refused"), ("乙", "refused"), ("丙", "refused")]
    assert preview(workbook(world.record(), unknown), "表.xlsx", by=world.filler).outcome == "partial"
    assert [form.title for form in Declaration.objects.all()] == ["学前教育补助"]
    told = sentences(shown)
    assert "部门“火星局”没有登记" in told[0]
    assert "两者不是同一部门" in told[1]
    assert "系统中没有淄川区2019年度" in told[2]
    assert all(one.startswith(f"{form.sheet}!") for one, form in zip(told, shown[1:], strict=True))


def test_the_same_form_twice_in_a_file(world: World) -> None:
    shown = bring_in(world, world.record(), world.record())
    assert [action for _, action in actions(shown)] == ["create", "unchanged"]
    assert sentences(shown)[0].endswith("的表完全相同，按一张表处理。")
    shown = bring_in(world, world.record(title="新"), world.record(title="新", goal="另一个目标，为1200人发放补助。"))
    assert [action for _, action in actions(shown)] == ["refused", "refused"]
    assert Declaration.objects.count() == 1


def test_only_the_chosen_forms_go_in(world: World) -> None:
    batch = open_batch(workbook(world.record(), world.record(title="第二")), "表.xlsx", by=world.filler)
    read_batch(batch)
    choose(batch, shown={0, 1}, ticked={1}, modes={})
    store_batch(batch, by=world.filler)
    assert [form.title for form in Declaration.objects.all()] == ["第二"]
    batch.refresh_from_db()
    assert (batch.state, batch.created, batch.updated) == ("stored", 1, 0)
    with pytest.raises(ImportRefused, match="已导入，没有再次导入"):
        store_batch(batch, by=world.filler)


def test_nothing_is_chosen_of_a_batch_that_is_being_stored(world: World) -> None:
    """In another tab, whose page was shown before the confirmation."""
    batch = previewed(world, world.record(), world.record(title="另一个项目"))
    for state, chosen in ((ImportBatch.State.STORING, [True, True]), (ImportBatch.State.PREVIEW, [False, True])):
        ImportBatch.objects.filter(pk=batch.pk).update(state=state)
        choose(batch, shown={0, 1}, ticked={1}, modes={})
        assert list(batch.forms.order_by("place").values_list("is_chosen", flat=True)) == chosen


def test_a_form_edited_after_the_preview_is_not_overwritten(world: World) -> None:
    bring_in(world, world.record())
    form = Declaration.objects.get()
    changed = world.record(goal="改写的目标，为1200名幼儿发放补助100万元。")
    batch = open_batch(workbook(changed), "表.xlsx", by=world.filler)
    read_batch(batch)
    row = form.record().rows[0]
    apply_changes(form, [Change(row.key, "target", row.target, "≤90万元")], by=world.filler)
    left_out = store_batch(batch, by=world.filler)
    assert left_out == {0: "预览之后有人修改了系统中的这张表，没有导入。请重新上传后再核对。"}
    assert [(one.action, one.is_stored) for one in batch.forms.all()] == [("refused", False)]
    assert Declaration.objects.get().goal == form.goal


def test_planning_takes_as_many_statements_for_many_forms_as_for_one(world: World) -> None:
    bring_in(world, *(world.record(title=f"项目{n}") for n in range(12)))

    def statements(count: int) -> int:
        content = workbook(*(world.record(title=f"项目{n}") for n in range(count)))
        with CaptureQueriesContext(connection) as queries:
            preview(content, "表.xlsx", by=world.filler)
        return len(queries)

    assert statements(1) == statements(12)


def test_preview_and_storing_take_a_handful_of_statements(world: World) -> None:
    """A COPY of PostgreSQL goes past Django; what begins and ends a transaction is SAVEPOINT in a test."""

    def statements(count: int) -> int:
        content = workbook(*(world.record(title=f"项目{count}之{n}") for n in range(count)))
        batch = open_batch(content, "表.xlsx", by=Person.objects.get(username="filler"))
        with CaptureQueriesContext(connection) as queries:
            read_batch(batch)
            assert store_batch(batch, by=batch.uploaded_by) == {}
        return sum("SAVEPOINT" not in query["sql"] for query in queries)

    assert statements(1) == statements(12) <= 17


def test_a_batch_keeps_the_file_and_its_report(world: World) -> None:
    content = workbook(world.record())
    batch = open_batch(content, "C:\\桌面\\我的 表.xlsx", by=world.filler)
    read_batch(batch)
    store_batch(batch, by=world.filler)
    stored = ImportBatch.objects.get()
    assert (stored.file_name, bytes(stored.file.content)) == ("我的 表.xlsx", content)
    form = stored.forms.get()
    told = (form.title, form.sheet, form.action, form.is_stored, form.problems, form.declaration, form.row_count)
    assert told == ("学前教育补助", "学前教育补助", "create", True, [], Declaration.objects.get(), 5)


def test_a_file_that_cannot_be_read_is_a_batch_with_a_reason(world: World) -> None:
    batch = open_batch(b"nonsense", "表.xlsx", by=world.filler)
    read_batch(batch)
    assert (batch.state, batch.forms.count()) == ("unreadable", 0)
    assert batch.message.startswith("“表.xlsx”")
    with pytest.raises(ImportRefused, match="读不了，没有再次导入"):
        store_batch(batch, by=world.filler)


def plan(world: World, *rows: IndicatorRow) -> Record:
    names = {"department_code": "202001", "department_name": world.school.name, "unit": ""}
    money = {"total": None, "fiscal": None, "other": None}
    return world.record(kind="plan", title="2023年整体绩效目标表", goal="", rows=rows, **names, **money)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("replace", [("甲", "≥9次")]),
        ("append", [("甲", "≥1次"), ("乙", "≥2次")]),
        ("office", [("甲", "≥9次"), ("乙", "≥2次")]),
    ],
)
def test_one_offices_part_of_a_plan(world: World, mode: str, expected: list[tuple[str, str]]) -> None:
    first = IndicatorRow(number="1", duty="学前教育", name="甲", target="≥1次", office="基教科")
    other = IndicatorRow(number="2", duty="职业教育", name="乙", target="≥2次", office="职教科")
    bring_in(world, plan(world, first, other))
    batch = open_batch(workbook(plan(world, first.with_cells(target="≥9次"))), "表.xlsx", by=world.filler)
    read_batch(batch)
    choose(batch, shown={0}, ticked={0}, modes={0: mode})
    store_batch(batch, by=world.filler)
    assert [(row.name, row.target) for row in Declaration.objects.get().record().rows] == expected


def previewed(world: World, *records: Record) -> ImportBatch:
    batch = open_batch(workbook(*records), "表.xlsx", by=world.filler)
    read_batch(batch)
    return batch


def test_rights_and_years_are_asked_again_when_it_is_stored(world: World) -> None:
    form = world.declaration(title="已有")
    records = (world.record(), world.record(title="已有", goal="另一个目标，为1200名幼儿发放补助100万元。"))
    closed = previewed(world, *records)
    withdrawn = previewed(world, *records)
    world.year.is_closed = True
    world.year.save()
    left_out = store_batch(closed, by=world.filler)
    assert set(left_out.values()) == {"预览之后2023年度已关账，没有导入。需要补录历史数据请联系绩效科。"}
    world.year.is_closed = False
    world.year.save()
    world.filler.memberships.all().delete()
    left_out = store_batch(withdrawn, by=Person.objects.get(pk=world.filler.pk))
    assert list(left_out) == [0, 1]
    assert set(left_out.values()) == {"预览之后您的权限有变化，不能再为这个单位导入，没有导入。"}
    assert list(Declaration.objects.values_list("pk", "current_revision__number")) == [(form.pk, 1)]


def test_two_forms_of_a_file_that_are_one_stored_form_are_both_left_out(world: World) -> None:
    world.declaration(code="X1")
    goal = "另一个目标，为1200名幼儿发放补助100万元。"
    batch = previewed(world, world.record(code="X1", goal=goal), world.record(), world.record(title="第二"))
    assert list(batch.forms.values_list("action", flat=True)) == ["refused", "refused", "create"]
    assert store_batch(batch, by=world.filler) == {}
    assert Declaration.objects.count() == 2


def test_a_name_that_several_stored_forms_bear_is_asked_about_not_guessed(world: World) -> None:
    world.declaration(code="X1")
    second = world.declaration(code="X2")
    goal = "另一个目标，为1200名幼儿发放补助100万元。"
    by_name, by_code = previewed(world, world.record(goal=goal)), previewed(world, world.record(code="X2", goal=goal))
    told = by_name.forms.get()
    assert (told.action, told.declaration) == ("refused", None)
    assert "系统中有2张同名的表（项目代码X1、X2）" in told.problems[-1]["message"]
    assert (by_code.forms.get().action, by_code.forms.get().declaration) == ("update", second)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": "长" * 201}, "项目名称有201个字，最多200个字"),
        ({"code": "9" * 41}, "项目代码有41个字，最多40个字"),
        ({"rows": (GOOD_ROWS[0].with_cells(level2="级" * 201), *GOOD_ROWS[1:])}, "第1行二级指标有201个字，最多200个字"),
    ],
)
def test_what_no_column_holds_is_refused_on_every_database(
    world: World, changes: dict[str, Any], sentence: str
) -> None:
    shown = bring_in(world, world.record(**changes), world.record(title="乙"))
    assert [form.action for form in shown] == ["refused", "create"]
    assert sentence in sentences(shown)[-1]


def test_importing_one_form_reads_the_text_of_no_other(world: World) -> None:
    for number in range(12):
        world.declaration(title=f"项目{number}")
    content = workbook(world.record(title="项目3", goal="另一个目标，为1200名幼儿发放补助100万元。"))
    with CaptureQueriesContext(connection) as queries:
        shown = preview(content, "表.xlsx", by=world.filler)
    assert actions(shown.forms) == [("项目3", "update")]
    [of_rows] = [query["sql"] for query in queries if 'FROM "targets_indicator"' in query["sql"]]
    assert f"IN ({Declaration.objects.get(title='项目3').pk})" in of_rows
