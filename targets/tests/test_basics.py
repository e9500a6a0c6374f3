"""导入基础数据: shown first, stored whole or not at all; what is not reference data is refused in words."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from departments.models import Department, Division, Office, Person
from targets.basics import add_missing, preview_basics
from targets.basics_file import BasicsRefused
from targets.demo import REFERENCE
from targets.models import BudgetYear, Category
from targets.tests.world import client_of

DIVISION = ["370302000"]
HEALTH = {"division": DIVISION, "code": "405", "name": "淄川区卫生健康局", "short_name": "卫健局"}
NEW = {"division": DIVISION, "code": "501", "name": "自然资源局"}


def entries(*pairs):
    return json.dumps([{"model": model, "fields": fields} for model, fields in pairs], ensure_ascii=False).encode()


def upload(client, content):
    return client.post(reverse("admin:targets_basics"), {"file": SimpleUploadedFile("基础数据.json", content)})


def confirm(client, response):
    body = {"token": response.context["token"], "confirm": response.context["outcome"].digest}
    return client.post(reverse("admin:targets_basics"), body)


def test_shows_each_field_and_stores_after_confirmation(world):
    client = client_of(world.admin)
    shown = upload(client, entries(("departments.department", HEALTH), ("departments.department", NEW)))
    outcome = shown.context["outcome"]
    assert [(line.action, [(c.label, c.old, c.new) for c in line.changes]) for line in outcome.lines] == [
        ("更新", [("简称", "（空）", "卫健局")]),
        ("新增", [("财政区划", "", "淄川区"), ("单位代码", "", "501"), ("单位名称", "", "自然资源局")]),
    ]
    assert "尚未写入任何数据" in shown.content.decode()
    assert not Department.objects.filter(code="501").exists()
    assert confirm(client, shown).status_code == 302
    assert set(Department.objects.filter(code__in=["405", "501"]).values_list("code", "short_name")) == {
        ("405", "卫健局"),
        ("501", ""),
    }


def test_the_same_file_again_changes_nothing(world):
    content = entries(("departments.department", NEW))
    client = client_of(world.admin)
    confirm(client, upload(client, content))
    assert "完全相同" in upload(client, content).content.decode()


def test_entries_may_come_in_any_order(db):
    everything = json.loads(REFERENCE.read_text())
    outcome = add_missing(json.dumps(everything[::-1]).encode())
    assert (outcome.created, Department.objects.exclude(business_office=None).count()) == (len(everything), 7)
    again = preview_basics(REFERENCE.read_bytes(), by=Person.objects.create_superuser("root"))
    assert (again.shown, again.problems) == ([], [])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "所选文件是空的"),
        (b"{", "文件不是能读取的JSON"),
        (b"\xff\xfe", "编码不是UTF-8"),
        (b"[" * 100000, "文件不是能读取的JSON"),
        (b'[{"model":"departments.division","fields":{"code":"\\ud800"}}]', "编码不是UTF-8"),
        (b'[{"model":"departments.division","fields":{"code":"\\u0000"}}]', "不能保存的控制字符"),
        (b"1" * 5000, "文件不是能读取的JSON"),
        (b"{}", "文件中没有数据"),
        (b"[]", "文件中没有数据"),
        (b"[1]", "第1条：缺少 model 或 fields"),
        (b"[" + b"1," * 3000 + b"1]", "一次最多导入3000条"),
        (b" " * (2 * 1024 * 1024 + 1), "有2.0MB，超过2MB的上限。请拆成几个文件分别上传。"),
        (entries(("departments.person", {"username": "x"})), "账号不能由文件导入"),
        (entries(("departments.membership", {})), "任职不能由此导入"),
        (entries(("targets.revision", {})), "修订记录只由系统写入"),
        (entries(("targets.declaration", {})), "绩效目标表不能由此导入"),
        (entries(("sessions.session", {})), "“sessions.session”不能由此导入"),
        (json.dumps([{"model": "departments.division", "pk": 1, "fields": {"code": "1"}}]).encode(), "内部编号 pk"),
        (entries(("departments.division", {"code": "370304000", "secret": 1})), "没有这些栏目：secret"),
        (entries(("departments.department", {"division": 1, "code": "1"})), "须用代码和名称指明"),
        (entries(("departments.department", {**NEW, "code": [1]})), "应是文字或数字"),
        (entries(("departments.department", NEW), ("departments.department", NEW)), "与第1条是同一个"),
        (entries(("departments.department", {**NEW, "code": "50"})), "单位代码：请填3位"),
        (entries(("departments.department", {**NEW, "name": "另一个局", "code": "405"})), "已有此单位代码"),
        (entries(("departments.department", {**NEW, "aliases": {"a": 1}})), "请写成名称的列表"),
        (entries(("departments.department", {**NEW, "is_finance": "yes"})), "只能是 true 或 false"),
        (entries(("departments.department", {**NEW, "valid_from": "明天"})), "启用日期"),
        (entries(("departments.department", {**NEW, "parent": 7})), "不能用内部编号"),
        (entries(("departments.department", {**NEW, "parent": [*DIVISION, "777", "无"]})), "找不到“370302000/777/无”"),
        (entries(("departments.department", {**NEW, "name": None})), "应是文字或数字"),
        (entries(("targets.budgetyear", {"division": DIVISION, "year": 10**12})), "应在0到32767之间"),
        (entries(("targets.budgetyear", {"division": DIVISION, "year": 2030, "review_levels": [[1]]})), "审核环节"),
        (entries(("targets.budgetyear", {"division": DIVISION, "year": 2030, "thresholds": {"a": "b"}})), "不是数字"),
        (
            entries(("targets.campaign", {"budget_year": [*DIVISION, 2023], "name": "一上", "opens_at": "x"})),
            "开始时间",
        ),
        (entries(("departments.division", {"code": "999999", "name": "别处", "short_name": "别"})), "不归您管理"),
    ],
)
def test_hostile_files_get_a_sentence_and_store_nothing(world, content, sentence):
    counted = (Division, Department, Office, BudgetYear, Category, Person)
    before = [model.objects.count() for model in counted]
    page = upload(client_of(world.admin), content)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert "确认导入" not in page.content.decode()
    assert [model.objects.count() for model in counted] == before


def test_one_bad_entry_keeps_the_good_ones_out(world):
    page = upload(
        client_of(world.admin),
        entries(("departments.department", NEW), ("departments.department", {**NEW, "code": "5", "name": "坏"})),
    )
    assert len(page.context["outcome"].problems) == 1
    assert not Department.objects.filter(code="501").exists()


def test_what_follows_from_a_fault_is_not_told_again(world):
    office = {"department": [*DIVISION, "5", "坏"], "name": "办公室"}
    page = upload(
        client_of(world.admin),
        entries(("departments.department", {**NEW, "code": "5", "name": "坏"}), ("departments.office", office)),
    )
    assert len(page.context["outcome"].problems) == 1


def test_entries_that_wait_for_each_other_are_refused(world):
    first = {"division": DIVISION, "code": "501", "name": "甲", "parent": [*DIVISION, "502", "乙"]}
    second = {"division": DIVISION, "code": "502", "name": "乙", "parent": [*DIVISION, "501", "甲"]}
    page = upload(
        client_of(world.admin), entries(("departments.department", first), ("departments.department", second))
    )
    assert "互相指向" in page.content.decode()
    assert not Department.objects.filter(name__in=["甲", "乙"]).exists()


def test_a_confirmation_holds_only_for_what_was_shown(world):
    client = client_of(world.admin)
    shown = upload(client, entries(("departments.department", HEALTH)))
    Department.objects.filter(code="405").update(short_name="卫健")
    again = confirm(client, shown)
    assert "预览之后基础数据有了变化" in again.content.decode()
    assert Department.objects.get(code="405").short_name == "卫健"
    assert confirm(client, again).status_code == 302
    assert Department.objects.get(code="405").short_name == "卫健局"


def test_nobody_confirms_what_another_was_shown(world):
    shown = upload(client_of(world.admin), entries(("departments.department", NEW)))
    other = client_of(world.root)
    body = {"token": shown.context["token"], "confirm": shown.context["outcome"].digest}
    assert other.post(reverse("admin:targets_basics"), body).status_code == 302
    assert not Department.objects.filter(code="501").exists()


def test_only_administrators_have_the_page(world):
    names = ("root", "admin", "perf", "filler", "auditor")
    statuses = [client_of(world.people[name]).get(reverse("admin:targets_basics")).status_code for name in names]
    assert statuses == [200, 200, 404, 404, 404]


def test_what_is_missing_is_added_and_what_was_changed_stays(world):
    Department.objects.filter(code="405").update(short_name="我改的")
    outcome = add_missing(entries(("departments.department", HEALTH), ("departments.department", NEW)))
    assert (outcome.created, Department.objects.get(code="405").short_name) == (1, "我改的")
    with pytest.raises(BasicsRefused):
        add_missing(entries(("departments.department", {**NEW, "code": "5"})))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
fields_of_anything = st.dictionaries(
    st.sampled_from(
        "division code name short_name aliases parent business_office is_finance valid_from department year number goal "
        "budget_year review_levels thresholds opens_at closes_at order rule level".split()
    ),
    json_values | st.just(DIVISION) | st.just([*DIVISION, 2023]),
)
models = st.sampled_from(
    "departments.division departments.department departments.office departments.duty targets.budgetyear "
    "targets.category targets.rulesetting targets.campaign".split()
)


@settings(max_examples=150)
@given(st.lists(st.fixed_dictionaries({"model": models, "fields": fields_of_anything}), max_size=3))
def test_no_json_is_an_accident(world, made):
    outcome = preview_basics(json.dumps(made).encode(), by=world.root)
    assert outcome.problems or outcome.lines
