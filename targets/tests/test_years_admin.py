"""A year on one page: begun like the last one, its rules followed by the counts of its forms."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from departments.models import Division
from targets.domain.rules import OFF, WARNING
from targets.domain.taxonomy import TAXONOMIES
from targets.models import BudgetYear, Campaign, Declaration, RuleSetting
from targets.models.year import with_all_they_say
from targets.tasks import recheck_year
from targets.tests.world import client_of
from targets.year_setup import YearRefused, set_up_year

LIST, ADD = "/admin/targets/budgetyear/", "/admin/targets/budgetyear/add/"


def rounds(year):
    return [(one.pk, one.name, one.opens_at, one.closes_at, one.notice, one.budget_year) for one in year.rounds]


def change_page(year):
    return reverse("admin:targets_budgetyear_change", args=[year.pk])


def filled(response, **changes):
    """What a browser would send back from the page."""
    body = {}
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            widget = bound.field.widget
            if hasattr(widget, "widgets"):
                for suffix, part in zip(widget.widgets_names, widget.decompress(value), strict=True):
                    body[bound.html_name + suffix] = "" if part is None else part
            elif value is not None and value is not False:
                body[bound.html_name] = value
    return body | changes


@pytest.mark.parametrize("key", TAXONOMIES)
def test_a_year_is_begun_by_a_taxonomy(world, key):
    made = set_up_year(world.division, 2030, key)
    assert made.rules().taxonomy == TAXONOMIES[key].tree
    assert made.rules().required_level1 == set(TAXONOMIES[key].level1)


def test_a_year_is_begun_like_another(world):
    world.year.review_levels = ["office_review", "performance_review"]
    world.year.thresholds = {"goal_length": "20"}
    world.year.save()
    RuleSetting.objects.create(budget_year=world.year, rule="R10", level=WARNING)
    made = set_up_year(world.division, 2030, copy_from=world.year)
    old, new = world.year.rules(), made.rules()
    assert (new.taxonomy, new.required_level1, dict(new.levels), dict(new.thresholds), made.levels_in_use) == (
        old.taxonomy,
        old.required_level1,
        {"R10": WARNING},
        dict(old.thresholds),
        ("office_review", "performance_review"),
    )
    assert made.campaigns.count() == 0


def test_years_asked_for_together_say_what_each_says_alone(world):
    """Also one without rounds, categories and levels, of another division."""
    begin = timezone.now()
    for days in range(3):
        opens = begin + timedelta(days=days)
        Campaign.objects.create(
            budget_year=world.year, name=f"第{days}批", opens_at=opens, closes_at=opens + timedelta(days=1)
        )
    RuleSetting.objects.create(budget_year=world.year, rule="R10", level=WARNING)
    set_up_year(world.division, 2030, copy_from=world.year)
    BudgetYear.objects.create(
        division=Division.objects.create(code="370303", name="别处", short_name="别处"), year=2023
    )
    alone = {year: (year.rules(), rounds(year)) for year in BudgetYear.objects.all()}
    with CaptureQueriesContext(connection) as queries:
        together = with_all_they_say(BudgetYear.objects.all())
        said = {year: (year.rules(), rounds(year)) for year in together}
    assert (said, len(queries)) == (alone, 1)


@pytest.mark.parametrize("year", [2023, 1999, 20260])
def test_a_year_there_already_or_no_year_is_refused(world, year):
    with pytest.raises(YearRefused):
        set_up_year(world.division, year)


@pytest.mark.parametrize("basis", ["copy", "2021", "2015"])
def test_new_year_on_screen(world, basis):
    response = client_of(world.admin).post(ADD, {"division": world.division.pk, "year": "2031", "basis": basis})
    made = BudgetYear.objects.get(year=2031)
    assert (response.status_code, response.url) == (302, change_page(made))
    tree = TAXONOMIES["2015" if basis == "2015" else "2021"].tree
    assert made.rules().taxonomy == tree


def test_the_same_year_twice_is_told(world):
    page = client_of(world.admin).post(ADD, {"division": world.division.pk, "year": "2023", "basis": "2021"})
    assert "该区划已有这个预算年度" in page.content.decode()


def test_review_levels_are_ticks_and_the_performance_office_stays(world):
    client = client_of(world.admin)
    page = client.get(change_page(world.year))
    body = filled(page, review_levels=["department_review"], goal_length="15")
    response = client.post(change_page(world.year), body)
    assert response.status_code == 302, response.context["errors"]
    world.year.refresh_from_db()
    assert (world.year.review_levels, world.year.thresholds) == (
        ["department_review", "performance_review"],
        {"goal_length": "15"},
    )


def test_changed_rules_recount_the_forms_in_the_background(world, django_capture_on_commit_callbacks):
    form = world.declaration(goal="")
    assert Declaration.objects.get().error_count == 1
    client = client_of(world.admin)
    body = filled(client.get(change_page(world.year)))
    body |= {"rule_settings-TOTAL_FORMS": "1", "rule_settings-0-rule": "R01", "rule_settings-0-level": OFF}
    body |= {"rule_settings-0-budget_year": world.year.pk, "rule_settings-0-id": ""}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(change_page(world.year), body).status_code == 302
    task = DBTaskResult.objects.get()
    assert task.args_kwargs == {"args": [world.year.pk], "kwargs": {}}
    assert recheck_year.func(world.year.pk) == 1
    form.refresh_from_db()
    assert form.error_count == 0


def test_a_year_saved_without_changed_rules_starts_nothing(world, django_capture_on_commit_callbacks):
    client = client_of(world.admin)
    body = filled(client.get(change_page(world.year)), is_closed="on")
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(change_page(world.year), body).status_code == 302
    assert not DBTaskResult.objects.exists()


def test_who_opens_the_years(world):
    other = BudgetYear.objects.create(
        division=Division.objects.create(code="370303000", name="张店区", short_name="张店"), year=2023
    )
    names = ("root", "admin", "perf", "auditor", "filler", "boss")
    seen = {
        name: tuple(
            client_of(world.people[name]).get(page).status_code
            for page in (LIST, change_page(world.year), change_page(other), ADD)
        )
        for name in names
    }
    assert seen == {
        "root": (200, 200, 200, 200),
        "admin": (200, 200, 404, 200),
        "perf": (200, 200, 404, 200),
        "auditor": (200, 200, 404, 403),
        "filler": (403, 404, 404, 403),
        "boss": (403, 404, 404, 403),
    }


def test_the_list_takes_the_same_queries_for_many_years(world, django_assert_max_num_queries):
    client = client_of(world.root)
    client.get(LIST)
    for year in range(2030, 2040):
        set_up_year(world.division, year)
    with django_assert_max_num_queries(14):
        assert client.get(LIST).status_code == 200


def questions_of(year):
    return [(one.group, one.name, one.points, one.rules) for one in year.questions.all()]


def test_a_new_year_asks_what_the_last_one_asked(world):
    world.year.questions.filter(name="规范完整性").update(points=20, rules=["R01"], text="另一个问题")
    world.year.assessment_need = "key"
    world.year.thresholds = {"grade_good": "85"}
    world.year.save()
    made = set_up_year(world.division, 2030, copy_from=world.year)
    assert questions_of(made) == questions_of(world.year)
    assert ("完整性", "规范完整性", 20, ["R01"]) in questions_of(made)
    assert (made.assessment_need, made.bands.good) == ("key", 85)


def test_a_year_without_an_earlier_one_asks_the_usual_eight(world):
    made = set_up_year(world.division, 2030)
    assert questions_of(made) == questions_of(world.year)
    assert sum(points for _, _, points, _ in questions_of(made)) == 100


def test_questions_are_changed_on_the_page_and_points_are_added_up(world, django_capture_on_commit_callbacks):
    client = client_of(world.admin)
    body = filled(client.get(change_page(world.year)))
    assert body["questions-0-rules"].startswith("R01、R03")
    body |= {"questions-0-points": "5", "questions-0-text": "改过的问题", "questions-0-rules": "r01 R10，R11"}
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(change_page(world.year), body, follow=True)
    first = world.year.questions.get(name="规范完整性")
    assert (first.points, first.text, first.rules) == (5, "改过的问题", ["R01", "R10", "R11"])
    assert "审核问题的分值合计95分，应为100分" in page.content.decode()
    assert not DBTaskResult.objects.exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"questions-0-rules": "R01 R99"}, "没有这些规则：R99。请写规则编号，如 R01、R10。"),
        ({"questions-1-name": "规范完整性"}, "请修正"),
        ({"grade_good": "95"}, "审核表的优、良、中，最低分须依次降低，如90、80、60。请改正。"),
        ({"grade_fair": "80"}, "审核表的优、良、中，最低分须依次降低，如90、80、60。请改正。"),
    ],
)
def test_questions_and_bands_that_cannot_be_are_told(world, typed, told):
    client = client_of(world.admin)
    page = client.post(change_page(world.year), filled(client.get(change_page(world.year)), **typed))
    assert told in page.content.decode()


def test_an_auditor_reads_questions_and_bands_in_words(world):
    page = client_of(world.auditor).get(change_page(world.year)).content.decode()
    assert "90、80、60" in page
    assert "R02、R12" in page
    assert "不要求" in page
