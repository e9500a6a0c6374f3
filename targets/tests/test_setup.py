"""A new system: createsuperuser, log in, four short steps, work."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from departments.models import Department, Division, Membership, Person
from departments.roles import ADMIN
from targets.first_steps import LinesRefused, add_departments, read_lines
from targets.models import BudgetYear
from targets.tests.world import client_of

PAGE = "/admin/setup/"
PASTED = "202\t淄川区教育和体育局\n\n[202001]实验学校\n401，民政局\n财政局\n202002  实验 幼儿园"


@pytest.fixture
def root(db):
    return Person.objects.create_superuser("root", name="吴某", password="xin-mima-2023")


def test_the_page_is_where_the_menu_says():
    assert reverse("admin:targets_setup") == PAGE


def test_createsuperuser_asks_for_a_name(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "xin-mima-2023")
    call_command("createsuperuser", username="wu", name="吴某", interactive=False, verbosity=0)
    assert Person.objects.get(username="wu").name == "吴某"
    assert Person.REQUIRED_FIELDS == ["name"]


def test_the_whole_way_from_nothing(root):
    client = client_of(root)
    assert client.get("/admin/", follow=True).redirect_chain == [(PAGE, 302)]
    client.post(
        PAGE,
        {
            "part": "division",
            "division-code": "370302000",
            "division-name": "淄博市淄川区",
            "division-short_name": "淄川区",
        },
    )
    client.post(PAGE, {"part": "year", "year-year": "2026", "year-taxonomy": "2021"})
    client.post(PAGE, {"part": "departments", "departments-lines": PASTED})
    finance = Department.objects.get(name="财政局")
    last = client.post(PAGE, {"part": "finance", "finance-department": finance.pk})
    assert last.url == "/admin/"
    assert client.get("/admin/").status_code == 200

    year = BudgetYear.objects.get()
    assert (year.year, year.categories.filter(parent=None, is_required=True).count()) == (2026, 4)
    assert list(Department.objects.values_list("code", "name", "parent__code").order_by("name")) == [
        ("202002", "实验 幼儿园", "202"),
        ("202001", "实验学校", "202"),
        ("401", "民政局", None),
        ("202", "淄川区教育和体育局", None),
        ("", "财政局", None),
    ]
    post = Membership.objects.get()
    assert (post.person, post.department.is_finance, post.role) == (root, True, ADMIN)


def test_a_system_that_is_set_up_opens_the_workbench(world):
    client = client_of(world.root)
    assert (client.get("/admin/").status_code, client.get(PAGE).status_code) == (200, 200)


def test_only_superusers_set_up(world):
    assert [client_of(world.people[name]).get(PAGE).status_code for name in ("admin", "filler")] == [404, 404]


@pytest.mark.parametrize(
    ("part", "body", "sentence"),
    [
        ("division", {"division-code": "37", "division-name": "甲", "division-short_name": "乙"}, "请填6位或9位数字"),
        ("year", {"year-year": "二", "year-taxonomy": "2021"}, "请填4位年份"),
        ("year", {"year-year": "2026", "year-taxonomy": "1990"}, "1990"),
        ("departments", {"departments-lines": " "}, "还没有填写部门"),
        ("finance", {"finance-department": "77"}, "请从列表中选财政部门"),
        ("nonsense", {}, "开始使用"),
    ],
)
def test_wrong_answers_are_told_beside_their_field(root, part, body, sentence):
    if part != "division":
        Division.objects.create(code="370302000", name="淄博市淄川区", short_name="淄川区")
        if part in ("departments", "finance"):
            client_of(root).post(PAGE, {"part": "year", "year-year": "2026", "year-taxonomy": "2021"})
        if part == "finance":
            Department.objects.create(division=Division.objects.get(), name="财政局")
    page = client_of(root).post(PAGE, {"part": part, **body})
    assert (page.status_code, sentence in page.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("202 教育局", ("202", "教育局")),
        ("202\t教育局", ("202", "教育局")),
        ("[202]教育局", ("202", "教育局")),
        ("【202】 教育局", ("202", "教育局")),
        ("202-教育局", ("202", "教育局")),
        ("202,教育局", ("202", "教育局")),
        ("教育局", ("", "教育局")),
        ("202", ("202", "")),
        ("  202　教育局 ", ("202", "教育局")),
    ],
)
def test_a_pasted_line_is_understood(line, expected):
    (read,) = read_lines(line)
    assert (read.code, read.name) == expected


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("202 教育局\n20 短", ["第2行：代码“20”不是3位或6位，请核对（主管部门3位，预算单位6位）。"]),
        ("202", ["第1行：“202”后面没有名称，请补上，如“202 教育和体育局”。"]),
        ("202 甲局\n202 乙局", ["第2行：代码“202”已是“甲局”，不能再给“乙局”，请核对。"]),
        ("301001 学校", ["第1行：“301001”的主管部门“301”不在名单中，请先加一行，如“301 主管部门名称”。"]),
        (
            "202001 学校\n2 短\n202",
            [
                "第1行：“202001”的主管部门“202”不在名单中，请先加一行，如“202 主管部门名称”。",
                "第2行：代码“2”不是3位或6位，请核对（主管部门3位，预算单位6位）。",
                "第3行：“202”后面没有名称，请补上，如“202 教育和体育局”。",
            ],
        ),
    ],
)
def test_a_wrong_line_is_told_by_its_number_and_nothing_goes_in(db, text, sentences):
    division = Division.objects.create(code="370302000", name="淄博市淄川区", short_name="淄川区")
    with pytest.raises(LinesRefused) as refusal:
        add_departments(division, text)
    assert (refusal.value.sentences, Department.objects.count()) == (sentences, 0)


def test_pasting_again_adds_only_what_is_new(db):
    division = Division.objects.create(code="370302000", name="淄博市淄川区", short_name="淄川区")
    assert (add_departments(division, PASTED), add_departments(division, PASTED + "\n501 新局")) == (5, 1)
