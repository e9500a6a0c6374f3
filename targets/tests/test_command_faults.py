"""import_forms and files that cannot go in: each is told on standard error, nothing is passed over in silence."""

import os
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from targets.domain.record import PLAN
from targets.domain.sheets.writer import write_official
from targets.management.arguments import words
from targets.models import Declaration, ImportBatch, Job
from targets.tasks import run_job
from targets.tests.test_commands import actions, one_file, stored, streams
from targets.tests.world import World


@pytest.mark.parametrize("options", [[], ["--mode", "append"], ["--mode", "office"], ["--only", "甲"], ["--dry-run"]])
def test_a_file_that_cannot_be_read_is_told_where_faults_are(world: World, tmp_path: Path, options: list[str]) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 20)
    code, printed, faults = streams("import_forms", path, *options)
    assert (code, printed) == (2, "表.xlsx（未写入）\n")
    assert faults.splitlines()[0].strip().startswith("“表.xlsx”")
    assert faults.splitlines()[0].endswith("。")
    assert stored() == (0, 0, 0)


def test_of_an_archive_the_file_that_could_not_be_read_is_told(world: World, tmp_path: Path) -> None:
    path = tmp_path / "表.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("好.xlsx", write_official([world.record()]))
        archive.writestr("坏.xlsx", b"PK\x03\x04" + bytes(range(256)) * 20)
    code, file = one_file(path, "--dry-run")
    assert (code, file["outcome"], actions(file)) == (1, "partial", [("学前教育补助", "create")])
    assert "坏.xlsx" in file["message"]
    code, _, faults = streams("import_forms", path)
    assert (code, "坏.xlsx" in faults, Declaration.objects.count()) == (1, True, 1)


def test_a_name_that_no_form_has_is_told_once_for_all_files(world: World, tmp_path: Path) -> None:
    paths = [tmp_path / "一.xlsx", tmp_path / "二.xlsx"]
    for path, title in zip(paths, "甲乙", strict=True):
        path.write_bytes(write_official([world.record(title=title)]))
    code, _, faults = streams("import_forms", *paths, "--only", "甲", "--only", "丙")
    assert (code, faults) == (1, "文件里没有名称为“丙”的表，没有导入。请核对 --only 的名称。\n")
    assert [form.title for form in Declaration.objects.all()] == ["甲"]
    assert streams("import_forms", *paths, "--only", "乙")[0] == 0


def test_a_device_without_end_is_read_up_to_the_limit(world: World, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    code, _, faults = streams("import_forms", "/dev/zero")
    assert (code, faults.strip()[-1]) == (2, "。")


@pytest.mark.parametrize(
    ("argument", "read_as"),
    [
        (b"abc", "abc"),
        ("绩效".encode(), "绩效"),
        ("绩效".encode("gb18030"), "绩效"),
        (b"\xe4", "\ufffd"),
    ],
)
def test_an_argument_is_words_whatever_its_bytes(argument: bytes, read_as: str) -> None:
    assert words(os.fsdecode(argument)) == read_as


def test_a_file_named_in_gbk_is_named_in_words(world: World, tmp_path: Path) -> None:
    """As an archive made under Chinese Windows leaves it on Linux."""
    folder = os.fsencode(tmp_path)
    good, bad = (os.fsdecode(folder + b"/" + name.encode("gb18030") + b".xlsx") for name in ("绩效表", "坏\u202e表"))
    Path(good).write_bytes(write_official([world.record()]))
    Path(bad).write_bytes(b"x")
    code, printed, faults = streams("import_forms", good, bad)
    batch = ImportBatch.objects.get()
    assert (code, batch.file_name) == (2, "绩效表.xlsx")
    assert printed.splitlines()[0] == f"绩效表.xlsx（导入批次 {batch.pk}）"
    assert "“坏表.xlsx”" in faults


@pytest.mark.parametrize("year", ["-5", "23", "２０２３", "99999999999999999999"])
def test_a_year_that_is_none_is_refused_before_anything_is_read(world: World, year: str) -> None:
    with pytest.raises(CommandError, match="预算年度要写成四位数字，如 2023。"):
        call_command("import_forms", "表.xlsx", "--background", f"--year={year}")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("import_forms", "缺少参数 FILE。"),
        ("import_forms 表.xlsx --only", "--only 后面还缺内容。"),
        ("import_forms 表.xlsx --silent", "没有这样的参数：--silent。"),
        ("import_forms 表.xlsx --dry-run=1", "--dry-run 后面不写内容，请去掉 '1'。"),
        ("import_forms 表.xlsx --mode whole", "--mode：没有“whole”这种方式。请改为 replace（"),
        ("undo_import", "缺少参数 BATCH。"),
        ("undo_import 第一批", "BATCH：导入批次编号是一个数，"),
        ("undo_import 99999999999999999999", "BATCH：导入批次编号是一个数，"),
        ("undo_import -5", "BATCH：导入批次编号是一个数，"),
        ("export_forms", "缺少参数 -o/--output。"),
        ("adopt_forms --year 二三", "--year：预算年度要写成四位数字，如 2023。"),
        ("check_forms --year 23", "--year：预算年度要写成四位数字，如 2023。"),
        ("verify_trail --no", "--no 可能是 --no-color, --noted，请写全。"),
        ("load_demo 再来", "没有这样的参数：再来。"),
    ],
)
def test_a_wrong_argument_gets_a_sentence(arguments: str, sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command(*arguments.split())
    assert str(refused.value).startswith(f"Error: {sentence}")
    assert str(refused.value).endswith(" --help。")


def test_of_a_file_only_what_was_asked_for_is_told_and_counts(world: World, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    others = world.record(title="乙"), world.record(title="丙", department_code="999", department_name="火星局")
    path.write_bytes(write_official([world.record(title="甲"), *others]))
    assert streams("import_forms", path, "--only", "甲", "--dry-run") == (0, "表.xlsx（未写入）\n  新增  甲  甲\n", "")
    code, file = one_file(path, "--only", "甲")
    assert (code, file["outcome"], actions(file)) == (0, "ok", [("甲", "create")])
    code, file = one_file(path, "--only", "丙", "--only", "甲")
    assert (code, file["outcome"], actions(file)) == (1, "partial", [("甲", "unchanged"), ("丙", "refused")])


def test_a_plan_is_told_with_whose_it_is(world: World, tmp_path: Path) -> None:
    """All of them have the same title."""
    path = tmp_path / "表.xlsx"
    path.write_bytes(
        write_official([world.record(kind=PLAN, title="2023年整体绩效目标表", total=None, fiscal=None, other=None)])
    )
    code, said, _ = streams("import_forms", path, "--dry-run")
    assert (code, said.splitlines()[1]) == (0, "  新增  淄川区实验学校2023年整体绩效目标表  淄川区教育和体育局")


def test_what_is_said_of_a_file_as_a_whole_is_told(world: World, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(BytesIO(write_official([world.record(title="甲"), world.record(title="乙")])))
    book["乙"].sheet_state = "hidden"
    path = tmp_path / "表.xlsx"
    book.save(path)
    sentence = "乙!A1：工作表是隐藏的，里面的绩效目标表没有读入。如需导入，请取消隐藏后重新上传。"
    assert streams("import_forms", path, "--dry-run") == (0, f"表.xlsx（未写入）\n  {sentence}\n  新增  甲  甲\n", "")


def test_the_worker_too_tells_of_a_name_that_no_form_has(world: World, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(write_official([world.record(title="甲")]))
    streams("import_forms", path, "--background", "--only", "丙")
    job = Job.objects.get()
    run_job.call(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "文件里没有名称为“丙”的表，没有写入任何数据。请核对名称后再导入。")
    assert (ImportBatch.objects.get().state, Declaration.objects.count()) == ("preview", 0)
