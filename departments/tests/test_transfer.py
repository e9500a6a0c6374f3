"""Register tables in and out: text stays text, scope holds, every refusal is a sentence with its line."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tablib import Dataset

from departments.models import Department, Duty, Membership, Office, Person
from departments.roles import ROLES
from departments.table_reader import FileRefused, limited, quoted, unquoted
from departments.tables import SafeCSV, SafeXLSX

CELLS = ("00123", "=100%", "=1+1", "=cmd|' /C calc'!A0", "+5", "-100%", "@x", "'引号", "2023年12月底前", "一\n二", "")


def workbook(*lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client, model, content, name="表.xlsx"):
    page = reverse(f"admin:departments_{model}_import")
    return client.post(page, {"import_file": SimpleUploadedFile(name, content), "resource": "0", "format": ""})


def confirm(client, model, response):
    page = reverse(f"admin:departments_{model}_process_import")
    return client.post(page, response.context["confirm_form"].initial)


def sentences(response):
    result = response.context.get("result")
    if result is None:
        return [str(error) for errors in response.context["form"].errors.values() for error in errors]
    said = [str(error.error) for error in result.base_errors]
    said += [str(error.error) for _, errors in result.row_errors() for error in errors]
    return said + [message for row in result.invalid_rows for message in row.error.messages]


@pytest.mark.parametrize("kind", [SafeXLSX, SafeCSV])
def test_every_cell_comes_back_as_it_went_out(kind):
    table = Dataset(*[(str(place), cell) for place, cell in enumerate(CELLS)], headers=("序号", "值"))
    assert [row[1] for row in kind().create_dataset(kind().export_data(table))] == list(CELLS)


@pytest.mark.parametrize("kind", [SafeXLSX, SafeCSV])
def test_what_nobody_sees_is_not_read(kind):
    """A name that turns the direction of what follows would look like another one wherever it is printed."""
    lines = (
        "代码,名称\n202,甲\u202e乙\x07局\u200b\n".encode()
        if kind is SafeCSV
        else workbook(("代码", "名称"), ("202", "甲\u202e乙局\u200b"))
    )
    assert list(kind().create_dataset(lines)) == [("202", "甲乙局")]


def test_a_percentage_is_read_as_the_screen_showed_it():
    book = openpyxl.Workbook()
    for row, (value, code) in enumerate(
        ((0.95, "0%"), (1, "0%"), (0.005, "0.0%"), (0.95, "General"), (0, "0%")), start=2
    ):
        book.active.cell(row, 1, row)
        book.active.cell(row, 2, value).number_format = code
    book.active["A1"], book.active["B1"] = "序号", "值"
    out = io.BytesIO()
    book.save(out)
    assert [row[1] for row in SafeXLSX().create_dataset(out.getvalue())] == ["95%", "100%", "0.5%", "0.95", "0%"]


def test_no_cell_of_a_workbook_is_a_live_formula():
    content = SafeXLSX().export_data(Dataset(*[(cell,) for cell in CELLS if cell], headers=("值",)))
    cells = [row[0] for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}


def test_no_cell_of_a_csv_begins_like_a_formula():
    text = SafeCSV().export_data(Dataset(*[(cell,) for cell in CELLS], headers=("值",))).decode("utf-8-sig")
    assert not [line for line in text.splitlines() if line.strip('"')[:1] in {"=", "+", "-", "@"}]


def test_no_code_of_a_csv_is_taken_for_another_number():
    codes = ("00123", "370302230001", "1-2", "202001", "0", "2023-12-31")
    text = SafeCSV().export_data(Dataset(*[(code,) for code in codes], headers=("代码",))).decode("utf-8-sig")
    assert text.split("\r\n") == ["代码", "00123\t", "370302230001\t", "1-2\t", *codes[3:], ""]
    assert [row[0] for row in SafeCSV().create_dataset(text.encode())] == list(codes)


@given(st.text())
def test_quoting_is_undone(text):
    assert unquoted(quoted(text)) == text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04broken", "这个文件不是能读取的Excel工作簿。请用Excel或WPS另存为xlsx后重新上传。"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00",
            "这是旧版Excel文件（xls），或设有打开密码。请用Excel或WPS打开，另存为不设密码的xlsx后重新上传。",
        ),
        (b"\xff\xfe\xff", "无法识别这个文件的文字编码。请另存为xlsx后重新上传。"),
        ("单位代码,单位名称\n".encode(), "文件中没有数据行。第1行须是列名，数据从第2行开始。"),
        ("单位代码,单位代码\n1,2\n".encode(), "第1行的列名“单位代码”出现不止一次。请每列只用一个列名。"),
        ("单位代码\n202\n".encode(), "第1行缺少这些列：单位名称。请保留导出表中的列名后重新上传。"),
        (
            "单位代码,单位名称,网址\n501,甲,x\n".encode(),
            "第1行有不认识的列：网址。请改成导出表中的列名，或删去这些列。",
        ),
    ],
)
def test_a_file_that_is_no_table_is_told(register, content, sentence):
    assert sentences(upload(register.client("admin"), "department", content, "a.csv")) == [sentence]


def test_a_file_that_takes_too_much_takes_nothing_of_the_server(settings):
    lines = [(str(number) + "长" * 500,) for number in range(3000)]
    good = SafeXLSX().export_data(Dataset(*lines, headers=["单位代码"]))
    enough, settings.READING_MEMORY_BYTES = settings.READING_MEMORY_BYTES, 1024 * 1024
    with pytest.raises(FileRefused, match="读取时超出了上限，已停止，没有导入"):
        SafeXLSX().create_dataset(good)
    settings.READING_MEMORY_BYTES = enough
    assert list(SafeXLSX().create_dataset(good)) == lines


def test_a_text_that_stands_in_every_cell_is_refused():
    with pytest.raises(FileRefused, match="文件中的文字超过2000万个"):
        limited([["长" * 400_000] * 60])


def test_departments_go_in_after_a_preview(register):
    client = register.client("admin")
    content = workbook(
        ("单位代码", "单位名称", "简称", "曾用名和别名", "主管部门代码", "财政业务科室"),
        (202, "教育和体育局", "教体局", "区教体局、区教育局", None, "教科文科"),
        ("501", "自然资源局", "自然资源局", None, None, None),
        ("501001", "不动产登记中心", None, None, "501", None),
    )
    preview = upload(client, "department", content)
    assert (sentences(preview), Department.objects.filter(code="501").exists()) == ([], False)
    assert confirm(client, "department", preview).status_code == 302
    education = Department.objects.get(pk=register.education.pk)
    centre = Department.objects.get(code="501001")
    assert (education.short_name, education.aliases, education.business_office.name) == (
        "教体局",
        ["区教体局", "区教育局"],
        "教科文科",
    )
    assert (centre.parent.name, centre.division) == ("自然资源局", register.division)


def test_an_exported_table_goes_in_again_unchanged(register):
    client = register.client("admin")
    for model in ("department", "office", "membership"):
        for kind in ("0", "1"):
            exported = client.post(reverse(f"admin:departments_{model}_export"), {"format": kind, "resource": "0"})
            preview = upload(client, model, exported.content)
            assert (sentences(preview), {row.import_type for row in preview.context["result"].rows}) == (
                [],
                {"skip"},
            )


def test_an_export_holds_what_its_person_sees(register):
    content = register.client("admin").post(
        reverse("admin:departments_department_export"), {"format": "1", "resource": "0"}
    )
    text = content.content.decode("utf-8-sig")
    assert ("教育和体育局" in text, "张店区" in text) == (True, False)


@pytest.mark.parametrize(
    ("model", "lines", "sentence"),
    [
        (
            "office",
            [("单位代码", "单位名称", "科室名称"), ("202", "", "办公室"), ("999", "", "办公室")],
            "第3行：没有代码为“999”的单位（或不归您管理），请核对。",
        ),
        (
            "office",
            [("单位代码", "单位名称", "科室名称"), ("202", "卫生健康局", "办公室")],
            "第2行：代码“202”是教育和体育局，不是“卫生健康局”，请核对代码和名称。",
        ),
        (
            "office",
            [("单位代码", "单位名称", "科室名称"), ("", "张店区教育局", "办公室")],
            "第2行：没有名称为“张店区教育局”的单位（或不归您管理），请核对。",
        ),
        (
            "duty",
            [("单位代码", "单位名称", "预算年度", "部门职责"), ("202", "", "二三", "教育")],
            "第2行 预算年度：“二三”不是年度，请写4位数字，如2023。",
        ),
        (
            "membership",
            [("用户名", "单位代码", "单位名称", "科室", "角色"), ("nobody", "202", "", "", "单位经办人")],
            "第2行：没有用户名为“nobody”的人员（或不归您管理）。请先在“人员”中建立账号。",
        ),
        (
            "membership",
            [("用户名", "单位代码", "单位名称", "科室", "角色"), ("filler", "202", "", "", "局长")],
            f"第2行 角色：没有角色“局长”，请从这些中选：{'、'.join(ROLES.values())}。",
        ),
        (
            "membership",
            [("用户名", "单位代码", "单位名称", "科室", "角色"), ("filler", "202", "", "", "系统管理员")],
            "第2行 角色：“系统管理员”只能在财政部门任职，请改选单位或角色。",
        ),
        (
            "department",
            [("单位代码", "单位名称"), ("20", "短代码局")],
            "第2行 单位代码：请填3位（主管部门）或6位（预算单位）数字。",
        ),
        (
            "department",
            [("单位代码", "单位名称", "停用日期"), ("501", "甲局", "明年")],
            "第2行 停用日期：“明年”不是日期，请写成如2023-01-31。",
        ),
        (
            "department",
            [("财政区划代码", "单位代码", "单位名称"), ("370303000", "501", "甲局")],
            "第2行：没有代码为“370303000”的财政区划（或不归您管理），可填：370302000（淄川区）。",
        ),
    ],
)
def test_a_wrong_line_is_told_with_its_number(register, model, lines, sentence):
    before = (Office.objects.count(), Duty.objects.count(), Membership.objects.count(), Person.objects.count())
    response = upload(register.client("admin"), model, workbook(*lines))
    assert sentences(response) == [sentence]
    assert "confirm_form" not in response.context
    assert sentence.split("：")[-1][:8] in response.content.decode()
    after = (Office.objects.count(), Duty.objects.count(), Membership.objects.count(), Person.objects.count())
    assert before == after


def test_blank_lines_do_not_shift_the_numbers(register):
    lines = [("单位代码", "单位名称", "科室名称"), (None, None, None), ("999", None, "办公室")]
    assert sentences(upload(register.client("admin"), "office", workbook(*lines)))[0].startswith("第3行：")


def test_a_filler_imports_duties_of_his_unit_and_nothing_else(register):
    client = register.client("filler")
    head = ("单位代码", "单位名称", "预算年度", "部门职责")
    own = upload(client, "duty", workbook(head, ("202001", "", "2023", "义务教育")))
    foreign = upload(client, "duty", workbook(head, ("405", "", "2023", "公共卫生")))
    assert (sentences(own), len(sentences(foreign))) == ([], 1)
    assert client.get(reverse("admin:departments_department_import")).status_code == 403


def test_hostile_confirmations_end_in_words(register):
    client = register.client("admin")
    page = reverse("admin:departments_department_process_import")
    gone = {"import_file_name": "x" * 32, "original_file_name": "a.xlsx", "format": "0", "resource": "0"}
    statuses = [
        client.post(page, {**gone, **change}).status_code for change in ({}, {"format": "7"}, {"resource": "9"})
    ]
    assert statuses == [302, 200, 200]


def test_a_register_changed_since_the_preview_refuses_the_whole_file(register):
    client = register.client("admin")
    head = ("单位代码", "单位名称", "科室名称")
    preview = upload(client, "office", workbook(head, ("202", "", "办公室"), ("405", "", "办公室")))
    Department.objects.filter(pk=register.health.pk).update(code="406")
    response = confirm(client, "office", preview)
    said = [str(message) for message in response.wsgi_request._messages]
    assert said == ["没有导入任何数据。第3行：没有代码为“405”的单位（或不归您管理），请核对。"]
    assert not Office.objects.filter(name="办公室").exists()


def test_a_preview_shows_old_and_new_without_inline_styles(register):
    head = ("单位代码", "单位名称", "简称")
    page = upload(register.client("admin"), "department", workbook(head, ("405", "卫生健康委", "<b>")))
    html = page.content.decode()
    assert "<del>卫生健康局</del> <ins>卫生健康委</ins>" in html
    assert "<ins>&lt;b&gt;</ins>" in html
    assert "style=" not in html
