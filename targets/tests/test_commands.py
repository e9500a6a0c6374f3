"""import_forms, export_forms, check_forms: exit codes, JSON shapes, what is written and what is not."""

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Sum

from departments.models import Department, Membership, Person
from departments.roles import ADMIN
from targets.domain.sheets.writer import write_official
from targets.models import Declaration, ImportBatch, Indicator, Revision
from targets.tests.world import World

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
WORKBOOKS = sorted((FIXTURES / "2023").glob("*.xlsx"))

RECORD_FIELDS = [
    *("kind", "year", "title", "code", "department_code", "department_name", "unit", "total", "fiscal", "other"),
    *("goal", "extra", "rows"),
]
ROW_FIELDS = [
    *("key", "level1", "level2", "number", "duty_group", "duty", "duty_goal", "name", "explanation", "target"),
    *("weight", "plan_value", "standard_value", "standard_source", "average_3y", "last_year", "history_source"),
    *("note", "activity", "budget_item", "office", "continues"),
]


@pytest.fixture
def district(db: None) -> Person:
    """The reference data of the real district and an administrator."""
    call_command("loaddata", FIXTURES / "reference.json", verbosity=0)
    admin = Person.objects.create_user("admin", name="管理员")
    Membership.objects.create(person=admin, department=Department.objects.get(is_finance=True), role=ADMIN)
    return admin


def run(*arguments: object) -> tuple[int, str]:
    """Exit code and what was printed."""
    code, out, _ = streams(*arguments)
    return code, out


def streams(*arguments: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def run_json(*arguments: object) -> tuple[int, Any]:
    code, printed = run(*arguments, "--json")
    return code, json.loads(printed)


def one_file(*arguments: object) -> tuple[int, Any]:
    code, report = run_json("import_forms", *arguments)
    assert list(report) == ["files", "seconds"]
    assert isinstance(report["seconds"], float)
    (file,) = report["files"]
    return code, file


def stored() -> tuple[int, int, int]:
    return Declaration.objects.count(), Revision.objects.count(), ImportBatch.objects.count()


def actions(file: Any) -> list[tuple[str, str]]:
    return [(form["title"], form["action"]) for form in file["forms"]]


# import_forms on the real workbooks -----------------------------------------------------------------------------------


def test_the_five_workbooks_go_in_at_once(district: Person) -> None:
    code, report = run_json("import_forms", *WORKBOOKS)
    assert code == 0
    assert [(file["file"], file["outcome"], file["message"]) for file in report["files"]] == [
        (path.name, "ok", "") for path in WORKBOOKS
    ]
    assert [file["batch"] for file in report["files"]] == list(
        ImportBatch.objects.order_by("id").values_list("id", flat=True)
    )
    projects, plans = Declaration.objects.filter(kind="project"), Declaration.objects.filter(kind="plan")
    assert (projects.count(), plans.count()) == (8, 4)
    assert Indicator.objects.filter(declaration__in=projects).count() == 71
    assert Indicator.objects.filter(declaration__in=plans).count() == 115
    assert projects.aggregate(sum=Sum("total"))["sum"] == Decimal("78996700.00")


def test_the_json_has_exactly_the_promised_fields(district: Person) -> None:
    _, report = run_json("import_forms", *WORKBOOKS, "--dry-run")
    for file in report["files"]:
        assert list(file) == ["file", "outcome", "message", "batch", "forms"]
        for form in file["forms"]:
            assert list(form) == ["kind", "title", "sheet", "action", "record", "problems"]
            assert list(form["record"]) == RECORD_FIELDS
            assert {tuple(row) for row in form["record"]["rows"]} == {tuple(ROW_FIELDS)}
            for problem in form["problems"]:
                assert list(problem) == ["sheet", "cell", "level", "message"]
                assert problem["level"] in ("refused", "guess", "warning")
    money = {
        form["record"][name]
        for file in report["files"]
        for form in file["forms"]
        if form["kind"] == "project"
        for name in ("total", "fiscal", "other")
    }
    assert all(amount == "" or Decimal(amount) == Decimal(amount).quantize(Decimal("0.01")) for amount in money)
    assert "4943900.00" in money


def test_a_dry_run_writes_nothing(district: Person) -> None:
    code, report = run_json("import_forms", *WORKBOOKS, "--dry-run")
    assert code == 0
    assert {file["batch"] for file in report["files"]} == {None}
    assert stored() == (0, 0, 0)


def test_the_second_time_nothing_has_changed_and_nothing_is_written(district: Person) -> None:
    run("import_forms", *WORKBOOKS)
    before = stored()
    code, report = run_json("import_forms", *WORKBOOKS)
    assert code == 0
    assert {form["action"] for file in report["files"] for form in file["forms"]} == {"unchanged"}
    assert {file["outcome"] for file in report["files"]} == {"ok"}
    assert stored() == before


def test_what_is_exported_comes_in_unchanged(district: Person, tmp_path: Path) -> None:
    run("import_forms", *WORKBOOKS)
    code, printed = run("export_forms", "-o", tmp_path / "全部.xlsx")
    assert (code, printed) == (0, f"已导出12张表：{tmp_path / '全部.xlsx'}\n")
    code, file = one_file(tmp_path / "全部.xlsx")
    assert (code, file["outcome"], {form["action"] for form in file["forms"]}) == (0, "ok", {"unchanged"})
    assert len(file["forms"]) == 12


def test_the_year_may_be_given_but_not_against_the_title(district: Person) -> None:
    code, file = one_file(WORKBOOKS[0], "--year", 2023)
    assert (code, file["outcome"]) == (0, "ok")
    code, file = one_file(WORKBOOKS[0], "--year", 2024)
    assert (code, file["outcome"], file["batch"]) == (1, "error", None)
    for form in file["forms"]:
        (refusal,) = [problem for problem in form["problems"] if problem["level"] == "refused"]
        assert "2024" in refusal["message"]
        assert refusal["cell"]
    assert {form["action"] for form in file["forms"]} == {"refused"}


# import_forms on small workbooks --------------------------------------------------------------------------------------


def sheet(path: Path, *rows: tuple[object, ...], title: str = "Sheet") -> Path:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_form_typed_by_hand(district: Person, tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "手填.xlsx",
        ("项目支出绩效目标表",),
        ("（2023年度）",),
        ("项目名称", "校舍维修"),
        ("主管部门及代码", "[202]淄博市淄川区教育和体育局", None, "实施单位", "淄博市淄川区教育和体育局"),
        ("项目资金（万元）", "年度预算资金总额：", None, 12.5),
        (None, "其中：财政拨款", None, 12.5),
        (None, "其他资金", None, 0),
        ("年度总体绩效目标", "完成3所学校的校舍维修，改善办学条件。"),
        ("一级指标", "二级指标", "三级指标", "指标值"),
        ("产出指标", "数量指标", "维修校舍数量", "≥3所"),
        ("产出指标", "质量指标", "验收合格率", "=100%"),
        ("满意度指标", "服务对象满意度指标", "师生满意度", "≥95%"),
        title="校舍",
    )
    book = openpyxl.load_workbook(path)
    book["校舍"]["D11"].data_type = "s"  # openpyxl takes a leading = for a formula; people format the cell as text
    book.save(path)
    code, file = one_file(path)
    assert (code, file["outcome"]) == (0, "ok")
    (form,) = file["forms"]
    record = form["record"]
    assert (form["kind"], form["title"], form["sheet"], form["action"]) == ("project", "校舍维修", "校舍", "create")
    assert (record["year"], record["total"], record["fiscal"], record["other"]) == (
        *(2023, "125000.00"),
        *("125000.00", "0.00"),
    )
    assert [(row["level1"], row["name"], row["target"]) for row in record["rows"]] == [
        ("产出指标", "维修校舍数量", "≥3所"),
        ("产出指标", "验收合格率", "=100%"),
        ("满意度指标", "师生满意度", "≥95%"),
    ]
    assert Declaration.objects.get().state == "draft"


def test_a_refused_form_leaves_the_good_ones_in(world: World, tmp_path: Path) -> None:
    unknown = world.record(title="甲", department_code="", department_name="淄川区教育局体育局")
    contradictory = world.record(title="乙", department_code="405")
    path = tmp_path / "混合.xlsx"
    path.write_bytes(write_official([world.record(), unknown, contradictory]))
    code, file = one_file(path)
    assert (code, file["outcome"]) == (1, "partial")
    assert file["batch"] == ImportBatch.objects.get().pk
    assert actions(file) == [("学前教育补助", "create"), ("甲", "refused"), ("乙", "refused")]
    for form in file["forms"][1:]:
        (problem,) = [problem for problem in form["problems"] if problem["level"] == "refused"]
        assert (problem["sheet"], bool(problem["cell"])) == (form["sheet"], True)
    assert [form.title for form in Declaration.objects.all()] == ["学前教育补助"]


def test_an_amount_of_another_sum_is_a_finding_not_a_refusal(world: World, tmp_path: Path) -> None:
    path = tmp_path / "合计不符.xlsx"
    path.write_bytes(write_official([world.record(total=Decimal("1200000.00"))]))
    code, file = one_file(path)
    assert (code, actions(file)) == (0, [("学前教育补助", "create")])
    _, findings = run_json("check_forms")
    assert [found["rule"] for found in findings if found["field"] in ("total", "fiscal", "other")] != []


def test_files_that_are_refused(world: World, tmp_path: Path) -> None:
    (tmp_path / "文字.txt").write_text("这不是表格")
    (tmp_path / "假.xlsx").write_text("这不是表格")
    sheet(tmp_path / "空.xlsx")
    sheet(tmp_path / "花名册.xlsx", ("花名册",), ("姓名", "电话"))
    names = ["文字.txt", "假.xlsx", "空.xlsx", "花名册.xlsx", "没有这个文件.xlsx"]
    code, report = run_json("import_forms", *(tmp_path / name for name in names))
    assert code == 2
    assert [(file["file"], file["outcome"], file["batch"], file["forms"]) for file in report["files"]] == [
        (name, "refused", None, []) for name in names
    ]
    assert all(file["message"].endswith("。") for file in report["files"])
    assert stored() == (0, 0, 0)


def test_a_refused_file_does_not_stop_the_next(world: World, tmp_path: Path) -> None:
    good = tmp_path / "好.xlsx"
    good.write_bytes(write_official([world.record()]))
    code, report = run_json("import_forms", tmp_path / "没有.xlsx", good)
    assert code == 2
    assert [file["outcome"] for file in report["files"]] == ["refused", "ok"]
    assert Declaration.objects.count() == 1


def test_a_file_above_the_limit_is_refused_unread(world: World, tmp_path: Path, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1024
    (tmp_path / "大.xlsx").write_bytes(b"x" * 2048)
    code, file = one_file(tmp_path / "大.xlsx")
    assert (code, file["outcome"]) == (2, "refused")
    assert "上限" in file["message"]


def test_as_whom(world: World, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(write_official([world.record()]))
    code, file = one_file(path, "--as", "sibling")
    assert (code, file["outcome"]) == (1, "error")
    assert stored() == (0, 0, 0)
    code, file = one_file(path, "--as", "filler")
    assert (code, file["outcome"]) == (0, "ok")
    revision = Revision.objects.get()
    assert (revision.author, revision.by_finance, revision.reason) == (world.filler, False, "import")
    with pytest.raises(CommandError, match="没有用户“某人”"):
        run("import_forms", path, "--as", "某人")


def test_without_as_the_administrator_imports_for_the_unit(world: World, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(write_official([world.record()]))
    assert run("import_forms", path)[0] == 0
    revision = Revision.objects.get()
    assert (revision.author, revision.by_finance) == (world.admin, True)


def test_nobody_to_import_as(db: None) -> None:
    with pytest.raises(CommandError, match="还没有系统管理员"):
        run("import_forms", WORKBOOKS[0])


def test_in_words(world: World, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(
        write_official([world.record(), world.record(title="甲", department_code="", department_name="火星局")])
    )
    code, printed, faults = streams("import_forms", path)
    assert code == 1
    assert [line.split() for line in printed.splitlines()] == [
        ["表.xlsx（导入批次", f"{ImportBatch.objects.get().pk}）"],
        ["新增", "学前教育补助", "学前教育补助"],
    ]
    refused, sentence = faults.splitlines()
    assert refused.split() == ["不能导入", "甲", "甲"]
    assert "火星局" in sentence


# check_forms ----------------------------------------------------------------------------------------------------------


def test_findings_have_exactly_the_promised_fields(district: Person) -> None:
    run("import_forms", *WORKBOOKS)
    code, findings = run_json("check_forms", "--year", 2023)
    assert code == 0
    assert findings
    for found in findings:
        assert list(found) == [
            *("declaration", "kind", "department", "row", "field", "rule", "level", "message", "evidence"),
        ]
        assert found["level"] in ("error", "warning", "info")
        assert isinstance(found["evidence"], dict)
    titles = set(Declaration.objects.values_list("title", flat=True))
    names = set(Indicator.objects.values_list("name", flat=True))
    assert {found["declaration"] for found in findings} <= titles
    assert {found["row"] for found in findings} <= names | {""}
    assert any(found["row"] == "" for found in findings)


def test_another_year_has_no_findings(district: Person) -> None:
    run("import_forms", *WORKBOOKS)
    assert run_json("check_forms", "--year", 2024) == (0, [])


def test_findings_in_words(world: World) -> None:
    world.declaration(total=Decimal("1200000.00"))
    code, printed = run("check_forms")
    *lines, last = printed.splitlines()
    assert code == 0
    assert last == f"共{len(lines)}条"
    assert all(line.startswith("202 学前教育补助  R") for line in lines)


def test_a_voided_form_is_neither_checked_nor_exported(world: World, tmp_path: Path) -> None:
    form = world.declaration(total=Decimal("1200000.00"))
    Declaration.objects.filter(pk=form.pk).update(state="void")
    assert run_json("check_forms") == (0, [])
    with pytest.raises(CommandError):
        run("export_forms", "-o", tmp_path / "出.xlsx")
    assert run("export_forms", "--state", "void", "-o", tmp_path / "废.xlsx")[0] == 0
