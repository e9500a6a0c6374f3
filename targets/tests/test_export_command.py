"""`manage.py export_forms` in every layout and format: what comes out, what is refused and with which exit code."""

import csv
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from targets.domain.record import IndicatorRow, Record
from targets.domain.sheets.reader import read_workbook
from targets.models import BudgetYear
from targets.tests.test_commands import one_file, run
from targets.tests.world import GOOD_ROWS, World


def export(*arguments: object) -> str:
    told = io.StringIO()
    call_command("export_forms", *map(str, arguments), stdout=told)
    return told.getvalue()


def refusal(*arguments: object) -> tuple[int, str]:
    with pytest.raises(CommandError) as refused:
        export(*arguments)
    return refused.value.returncode, str(refused.value)


def begins(path: Path) -> str:
    """What a file really is."""
    content = path.read_bytes()
    if content.startswith(b"PK"):
        names = zipfile.ZipFile(path).namelist()
        return "xlsx" if "xl/workbook.xml" in names else "zip"
    return "json" if content.startswith(b"[") else "csv"


@pytest.mark.parametrize(
    ("arguments", "name", "found"),
    [
        ([], "出.xlsx", "xlsx"),
        ([], "出", "xlsx"),
        ([], "出.zip", "zip"),
        ([], "出.JSON", "json"),
        (["--format", "zip"], "出.bin", "zip"),
        (["--layout", "flat"], "出.xlsx", "xlsx"),
        (["--layout", "flat"], "出.csv", "csv"),
        (["--layout", "flat", "--format", "json"], "出.txt", "json"),
        (["--layout", "summary"], "出.xlsx", "xlsx"),
        (["--layout", "summary", "--format", "csv"], "出.csv", "csv"),
        (["--state", "编制中", "--kind", "project", "--department", "202"], "出.xlsx", "xlsx"),
    ],
)
def test_the_format_is_the_one_named_or_that_of_the_file(
    world: World, tmp_path: Path, arguments: list[str], name: str, found: str
) -> None:
    world.declaration(title="甲")
    path = tmp_path / name
    assert export(*arguments, "-o", path) == f"已导出1张表：{path}\n"
    assert begins(path) == found


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "csv"], "官方样式（--layout official）不能导出为 csv"),
        (["--layout", "flat", "--format", "zip"], "要 zip 请改用 --layout official（官方样式）。"),
        (["--layout", "summary", "--format", "zip"], "汇总表（--layout summary）不能导出为 zip"),
        (["--layout", "summary", "--format", "json"], "它的格式可以是 xlsx、csv；"),
        (["--layout", "pdf"], "--layout 不能是“pdf”"),
        (["--format", "pdf"], "--format 不能是“pdf”"),
        (["--kind", "form"], "--kind 不能是“form”"),
        (["--state", "done"], "--state 不能是“done”"),
        (["--year", "23"], "--year 不能是“23”，没有写出文件。请改为：4位数字，如 2023。"),
        (["--year", "²⁰²³"], "--year 不能是"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    world: World, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    world.declaration()
    code, told = refusal(*arguments, "-o", tmp_path / "出")
    assert (code, sentence in told) == (2, True), told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--year", "1999"], "没有符合条件的绩效目标表，没有写出文件。请放宽条件。"),
        (["--department", "no such"], "没有符合条件的绩效目标表，没有写出文件。请放宽条件。"),
    ],
)
def test_nothing_to_export_is_another_exit_code(
    world: World, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    world.declaration()
    for layout in ("official", "flat", "summary"):
        assert refusal(*arguments, "--layout", layout, "-o", tmp_path / "出") == (1, sentence)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(world: World, tmp_path: Path) -> None:
    world.declaration()
    missing = tmp_path / "没有" / "出.xlsx"
    assert refusal("-o", missing) == (1, f"不能写入“{missing}”：没有这个目录。请换一个位置。")
    assert refusal("-o", tmp_path) == (1, f"不能写入“{tmp_path}”：这是一个目录。请换一个位置。")


def test_json_holds_whole_records(world: World, tmp_path: Path) -> None:
    forms = [world.declaration(title="甲"), world.declaration(title="乙", extra={"立项依据": "某号文"})]
    for layout in ("official", "flat"):
        path = tmp_path / f"{layout}.json"
        export("--layout", layout, "-o", path)
        read = {one["title"]: Record.from_json(one) for one in json.loads(path.read_text(encoding="utf-8"))}
        assert read == {form.title: form.record() for form in forms}


def test_each_workbook_of_a_zip_is_a_form(world: World, tmp_path: Path) -> None:
    for title in ("甲", "乙"):
        world.declaration(title=title)
    path = tmp_path / "出.zip"
    export("-o", path)
    with zipfile.ZipFile(path) as packed:
        titles = {name: read_workbook(packed.read(name), name).forms[0].title for name in packed.namelist()}
    assert titles == {f"202教育和体育局_淄川区实验学校_{title}.xlsx": title for title in ("甲", "乙")}


def test_tables_have_a_line_for_each_indicator_and_for_each_form(world: World, tmp_path: Path) -> None:
    world.declaration(title="甲")
    world.declaration(title="空", rows=())
    flat, summary = tmp_path / "明细.csv", tmp_path / "汇总.csv"
    export("--layout", "flat", "-o", flat)
    export("--layout", "summary", "-o", summary)
    lines = list(csv.DictReader(io.StringIO(flat.read_text(encoding="utf-8-sig"))))
    assert sorted((line["名称"], line["行号"]) for line in lines) == [
        *(("甲", str(number)) for number in range(1, 6)),
        ("空", ""),
    ]
    heads = list(csv.DictReader(io.StringIO(summary.read_text(encoding="utf-8-sig"))))
    assert sorted((line["名称"], line["指标数"]) for line in heads) == [("甲", "5"), ("空", "0")]


def test_the_summary_of_two_departments_adds_them_up(world: World, tmp_path: Path) -> None:
    world.declaration(title="甲")
    world.declaration(title="乙", unit=world.health, department_code="405", department_name="淄川区卫生健康局")
    path = tmp_path / "汇总.xlsx"
    export("--layout", "summary", "-o", path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["各部门合计", "淄川区教育和体育局", "淄川区卫生健康局"]
    totals = [row for row in book["各部门合计"].iter_rows(values_only=True) if row[1] == "合计"]
    assert totals == [(None, "合计", 2, 200, 200, 0, 10)]


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        ([], ["甲", "乙", "丙", "旧"]),
        (["--year", "2023"], ["甲", "乙", "丙"]),
        (["--department", "202"], ["甲", "乙", "旧"]),
        (["--department", "202002"], ["乙"]),
        (["--department", "405"], ["丙"]),
        (["--state", "department_review"], ["甲"]),
        (["--kind", "project", "--year", "2022"], ["旧"]),
    ],
)
def test_what_is_chosen_for_export(world: World, tmp_path: Path, arguments: list[str], titles: list[str]) -> None:
    world.advance(world.declaration(title="甲"), "submit")
    world.declaration(title="乙", unit=world.kindergarten)
    world.declaration(title="丙", unit=world.health)
    current, world.year = world.year, BudgetYear.objects.create(division=world.division, year=2022)
    world.declaration(title="旧")
    world.year = current
    path = tmp_path / "出.xlsx"
    assert run("export_forms", *arguments, "-o", path)[0] == 0
    _, file = one_file(path, "--dry-run")
    assert sorted(form["title"] for form in file["forms"]) == sorted(titles)


def test_a_leading_equals_sign_leaves_as_text_and_comes_back(world: World, tmp_path: Path) -> None:
    rows = (*GOOD_ROWS, IndicatorRow(level1="产出指标", level2="质量指标", name="合格率", target="=100%"))
    world.declaration(rows=rows)
    path = tmp_path / "出.xlsx"
    run("export_forms", "-o", path)
    book = openpyxl.load_workbook(path)
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value == "=100%"]
    assert [cell.data_type for cell in cells] == ["s"]
    _, file = one_file(path)
    assert [form["action"] for form in file["forms"]] == ["unchanged"]
