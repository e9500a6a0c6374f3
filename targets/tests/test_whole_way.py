"""The whole way of one project through the real pages: filled in, returned, mended, passed, approved, published, read."""

import re
from datetime import date

from django.urls import reverse

from targets.models import Declaration, Disclosure
from targets.tests.reader import Reader
from targets.tests.world import World

TITLE = "学前教育补助"
OPINION = "补助人数没有测算依据，请核对后再报。"


def at_the_form(world: World, who: str) -> Reader:
    """The person logs in and opens the form from his list."""
    person = Reader().log_in(who, "a good long one")
    return person.follow("项目支出").follow(TITLE)


def cell_of(reader: Reader, text: str) -> str:
    return next(name for name, values in reader.fields().items() if values == [text])


def told(reader: Reader) -> list[str]:
    found = re.search(r'<ul class="messagelist">(.*?)</ul>', reader.page, re.DOTALL)
    return (
        [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<li.*?</li>", found[1], re.DOTALL)]
        if found
        else []
    )


def test_the_whole_way_of_one_project(world: World) -> None:
    form = world.declaration()
    visitor = Reader()

    filler = at_the_form(world, "filler")
    filler.press("保存", **{cell_of(filler, "≥1200人"): "≥1250人"})
    assert told(filler) == ["已保存为第2稿：改动1处（第2行 指标值）。"]
    filler.press("送审")

    at_the_form(world, "boss").press("报送财政")
    office = at_the_form(world, "office")
    office.press("保存修改意见", text="请附测算依据", level="must", field="", row="", audience="unit")
    office.press("退回", opinion=OPINION)

    filler = at_the_form(world, "filler")
    assert OPINION in filler.page
    assert "没有送审：还有1条“必须修改”未答复，第一条：整张表“请附测算依据”。请答复或采纳后再送审。" in filler.page
    filler.press("保存并答复", **{f"answer:{form.remarks.get().pk}": "测算表已附"})
    filler.press("送审", **{cell_of(filler, "≥1250人"): "≥1240人"})

    at_the_form(world, "boss").press("报送财政", opinion="同意")
    office = at_the_form(world, "office").press("认可")
    assert told(office) == ["已认可这条修改意见的处理。"]
    office.press("初审通过", opinion="已核对")
    at_the_form(world, "perf").press("审核通过")

    assert TITLE not in visitor.open("/").page
    budget = Reader().log_in("budget", "a good long one").follow("成批批复")
    budget.press("批复选中的表", form=str(form.pk), document_number="川财绩〔2023〕1号", document_date="2023-01-10")
    budget.press("确认批复 1 张")
    assert ("批复：结果" in budget.page, TITLE in budget.page) == (True, True)
    assert TITLE not in visitor.open("/").page

    perf = Reader().log_in("perf", "a good long one").open(reverse("admin:targets_disclosure_add"))
    perf.press("保存", title="2023年绩效目标公开")
    perf.follow("选表").press("保存选表", form=str(form.pk))
    perf.press("起草编报说明").press("登记报人大", reported_on="2023-01-15")
    assert TITLE not in visitor.open("/").page
    perf.follow("核对并公开…").press("公开这 1 张表")

    visitor.open("/").follow(TITLE)
    assert "≥1240人" in visitor.page
    assert "≥1250人" not in visitor.page

    assert trail(form) == [
        ("送审", "draft", "department_review", "filler某", "", 2),
        ("报送财政", "department_review", "office_review", "boss某", "", 2),
        ("退回", "office_review", "returned", "office某", OPINION, 2),
        ("送审", "returned", "department_review", "filler某", "", 3),
        ("报送财政", "department_review", "office_review", "boss某", "同意", 3),
        ("初审通过", "office_review", "performance_review", "office某", "已核对", 3),
        ("审核通过", "performance_review", "passed", "perf某", "", 3),
        ("批复", "passed", "approved", "budget某", "", 3),
    ]
    assert list(form.revisions.order_by("number").values_list("number", "reason", "author_name")) == [
        (1, "edit", "filler某"),
        (2, "edit", "filler某"),
        (3, "edit", "filler某"),
    ]
    assert list(form.remarks.values_list("text", "level", "state", "replies__deed", "replies__text")) == [
        ("请附测算依据", "must", "accepted", "answer", "测算表已附"),
        ("请附测算依据", "must", "accepted", "accept", ""),
    ]
    approval = form.events.get(step="approve")
    assert (approval.document_number, approval.document_date) == ("川财绩〔2023〕1号", date(2023, 1, 10))
    disclosure = Disclosure.objects.get()
    assert (disclosure.reported_on, disclosure.published_by, disclosure.items.get().revision.number) == (
        date(2023, 1, 15),
        world.perf,
        3,
    )


def trail(form: Declaration) -> list[tuple[object, ...]]:
    names = ("label", "from_state", "to_state", "person_name", "opinion", "revision__number")
    return list(form.events.order_by("number").values_list(*names))
