"""成批办理: chosen, checked, confirmed, each form told; what changed in between stays with its reason."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.models import Membership, Person
from departments.roles import FILLER
from targets import jobs
from targets.decisions import carry_out, choose, confirm
from targets.domain.edits import Change
from targets.editing import apply_changes, fresh_declaration
from targets.guards import Order
from targets.models import AccessRecord, DecidedForm, Decision, Declaration, Job, Remark, ReviewEvent, Revision
from targets.remarks import Said, remark
from targets.review import take_step
from targets.storing import store
from targets.tasks import IN_PORTIONS, give_back, revive_jobs, run_job, start_steps
from targets.tests.killing import AFTER_COMMIT, COMMIT, killing
from targets.tests.reader import Reader
from targets.tests.world import World, make_world

PROJECTS = "admin:targets_budgetproject_changelist"
TO_PERFORMANCE = ("submit", "forward", "forward")
TO_PASSED = (*TO_PERFORMANCE, "pass")


def reader(who: str) -> Reader:
    return Reader().log_in(who, "a good long one")


def forms(world: World, number: int, *way: str) -> list[Declaration]:
    made = [world.declaration(title=f"项目{place}") for place in range(number)]
    return [world.advance(form, *way) for form in made]


def states(of: list[Declaration]) -> list[str]:
    found = dict(Declaration.objects.filter(pk__in=[form.pk for form in of]).values_list("pk", "state"))
    return [found[form.pk] for form in of]


def told(decision: Decision) -> dict[str, tuple[str, str]]:
    return {line.declaration.title: (line.state, line.reason) for line in decision.forms.select_related("declaration")}


def ask(who: Reader, chosen: list[Declaration], **everything: Any) -> Reader:
    """From the list, with these lines ticked or all that it shows."""
    ticks = {"_selected_action": [form.pk for form in chosen], "action": "take_steps"}
    return who.open(reverse(PROJECTS)).press("执行", **(ticks | everything))


def test_from_the_list_to_the_result_each_form_is_told(world: World) -> None:
    good = forms(world, 2, *TO_PERFORMANCE)
    Membership.objects.create(person=world.perf, department=world.school, role=FILLER)
    own = world.declaration(title="自己编的", by=Person.objects.get(pk=world.perf.pk))
    world.advance(own, *TO_PERFORMANCE)
    early = world.advance(world.declaration(title="还早的"), "submit")
    who = ask(reader("perf"), [*good, own, early])
    assert "选中 4 张" in who.page
    who.press("核对", step="pass", opinion="同意")
    assert "可以办理 <b>2</b> 张，不能办理 <b>2</b> 张" in who.page
    assert states([*good, own, early]) == [*["performance_review"] * 3, "department_review"]
    assert ReviewEvent.objects.filter(step="pass").count() == 0
    who.press("确认审核通过 2 张")
    assert "审核通过：结果" in who.page
    decision = Decision.objects.get()
    assert told(decision) == {
        "项目0": ("done", ""),
        "项目1": ("done", ""),
        "自己编的": ("refused", "不能审核通过：这一稿是您编制的，须由其他审核人审核。"),
        "还早的": ("refused", "不能审核通过：这张表现在是“待主管部门审核”，可能刚被他人办理。请刷新后再看。"),
    }
    assert states([*good, own, early]) == ["passed", "passed", "performance_review", "department_review"]
    event = good[0].events.latest("number")
    assert (event.label, event.opinion, event.person, event.number) == ("审核通过", "同意", world.perf, 4)
    assert (event.link, event.revision.number, len(event.findings)) == (5, 1, 0)
    call_command("verify_trail")
    who.follow("成批办理记录")
    assert "已办理 2 张，不能办理 2 张" in who.page


def test_the_whole_filtered_list_is_chosen_without_ticking_each(world: World) -> None:
    made = forms(world, 3, *TO_PERFORMANCE)
    world.declaration(title="编制中的")
    client = Client()
    client.force_login(world.perf, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"_selected_action": [made[0].pk], "action": "take_steps", "select_across": "1"}
    client.post(f"{reverse(PROJECTS)}?state__exact=performance_review", sent)
    assert {line.declaration_id for line in DecidedForm.objects.all()} == {form.pk for form in made}


STEPS: dict[str, tuple[tuple[str, ...], str, dict[str, str], str]] = {
    "submit": ((), "filler", {}, "department_review"),
    "withdraw": (("submit",), "filler", {}, "draft"),
    "forward": (("submit",), "boss", {}, "office_review"),
    "pass": (TO_PERFORMANCE, "perf", {}, "passed"),
    "reject": (TO_PERFORMANCE, "perf", {"opinion": "不符合"}, "rejected"),
    "approve": (TO_PASSED, "budget", {"document_number": "1号", "document_date": "2023-01-15"}, "approved"),
}


@pytest.mark.parametrize("slug", STEPS)
def test_every_step_of_many(world: World, slug: str) -> None:
    way, person, said, state = STEPS[slug]
    made = forms(world, 3, *way)
    who = ask(reader(person), made).press("核对", step=slug, **said)
    label = Decision.objects.get().step
    assert label == slug
    who.press(next(words for words in buttons(who) if words.startswith("确认")))
    assert states(made) == [state] * 3
    assert [form.events.count() for form in made] == [len(way) + 1] * 3


def buttons(who: Reader) -> list[str]:
    return [part.split(">")[-1] for part in who.page.split("</button>")[:-1]]


def test_many_are_returned_to_a_chosen_level_and_what_has_no_remark_stays(world: World) -> None:
    noted, bare = forms(world, 2, *TO_PERFORMANCE)
    said = world.note(noted, world.perf)
    who = ask(reader("perf"), [noted, bare])
    assert 'value="department_review"' in who.page
    who.press("核对", step="return", opinion="依据不足", to_level="office_review")
    assert "退回业务科室" in who.page
    assert "没有系统校验问题，也没有修改意见" in who.page
    assert Remark.objects.get(pk=said.pk).sent_at is None
    who.press("确认退回 1 张")
    assert states([noted, bare]) == ["office_review", "performance_review"]
    assert Remark.objects.get(pk=said.pk).sent_at is not None
    assert noted.events.latest("number").opinion == "依据不足"


def test_a_return_to_a_level_that_is_not_lower_is_told(world: World) -> None:
    high = world.advance(world.declaration(title="高的"), *TO_PERFORMANCE)
    low = world.advance(world.declaration(title="低的"), "submit", "forward")
    for form, person in ((high, world.perf), (low, world.office)):
        world.note(form, person)
    Membership.objects.filter(person=world.office).update(person=world.perf)
    who = ask(reader("perf"), [high, low]).press("核对", step="return", opinion="改", to_level="office_review")
    who.press("确认退回 1 张")
    assert told(Decision.objects.get())["低的"] == (
        "refused",
        "不能退回到所选环节：它不在当前环节之前，或本年度未启用。请重新选择。",
    )
    assert states([high, low]) == ["office_review", "office_review"]


def test_what_changed_between_check_and_confirm_stays_with_the_reason(world: World) -> None:
    changed, same, gone = forms(world, 3, *TO_PASSED)
    said: dict[str, Any] = {"step": "approve", "document_number": "1号", "document_date": date(2023, 1, 15)}
    decision = choose(Declaration.objects.order_by("pk"), by=world.budget, **said)
    assert {line.seen for line in decision.forms.all()} == {1}
    for form in (changed, gone):
        world.note(form, world.perf)
        take_step(form, "return", by=world.perf, order=Order(opinion="重来"))
    apply_changes(changed, [Change("", "goal", changed.goal, f"{changed.goal}又改。")], by=world.filler)
    world.advance(changed, *TO_PASSED)
    assert confirm(decision)
    assert not confirm(decision)
    carry_out(decision)
    assert told(decision) == {
        "项目0": ("refused", "没有批复：您打开后这张表又有修改（现为第2稿）。请刷新后重新审核。"),
        "项目1": ("done", ""),
        "项目2": ("refused", "不能批复：这张表现在是“已退回（待修改）”，可能刚被他人办理。请刷新后再看。"),
    }
    assert states([changed, same, gone]) == ["passed", "approved", "returned"]
    refused = AccessRecord.objects.filter(deed=AccessRecord.Deed.REFUSED)
    assert refused.filter(declaration=changed, person=world.budget).count() == 1


def test_what_is_wanted_may_be_changed_before_it_is_confirmed_and_faults_are_told(world: World) -> None:
    made = forms(world, 1, *TO_PASSED)
    who = ask(reader("perf"), made)
    who.press("核对", step="approve", document_number="1号", document_date="去年")
    assert "发文日期不是日期。请写成如 2023-01-15。" in who.page
    who.press("核对", step="approve", document_number="1号", document_date="")
    assert "没有批复：请填写文号和发文日期。" in who.page
    who.follow("修改办理事项")
    assert who.fields()["document_number"] == ["1号"]
    who.press("核对", step="approve", document_number="2号", document_date="2023-01-15").press("确认批复 1 张")
    assert made[0].events.latest("number").document_number == "2号"


def test_a_decision_is_its_asker_s_alone_and_who_takes_no_step_is_offered_none(world: World) -> None:
    decision = choose(Declaration.objects.filter(pk=forms(world, 1, *TO_PERFORMANCE)[0].pk), by=world.perf)
    for who in ("perf2", "boss", "filler", "admin", "auditor"):
        client = Client()
        client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(reverse("admin:targets_decision", args=[decision.pk])).status_code == 404
        page = client.get(reverse(PROJECTS)).content.decode()
        assert ("成批办理（先核对）" in page) == (who not in ("admin", "auditor"))


# In the background ----------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(world: World) -> Decision:
    """A confirmed approval of 120 forms, more than are taken in a request."""
    return many(world)


def many(world: World, number: int = 120) -> Decision:
    """Stored, and moved by each step, all at once, so that a test may have many forms."""
    records = [world.record(title=f"项目{place}") for place in range(number)]
    owner = {"department": world.education.pk, "unit": world.school.pk}
    made = [(fresh_declaration(record, world.year, **owner), record) for record in records]
    Declaration.objects.bulk_create(form for form, _ in made)
    store(made, by=world.filler, reason=Revision.Reason.EDIT)
    way = (("submit", world.filler), ("forward", world.boss), ("forward", world.office), ("pass", world.perf))
    for slug, person in way:
        moved = choose(Declaration.objects.order_by("pk"), by=person, step=slug)
        confirm(moved)
        carry_out(moved)
    said: dict[str, Any] = {"step": "approve", "document_number": "1号", "document_date": date(2023, 1, 15)}
    decision = choose(Declaration.objects.order_by("pk"), by=world.budget, **said)
    confirm(decision)
    return decision


def test_many_are_taken_by_the_worker_with_progress_and_told(world: World, waiting: Decision) -> None:
    job = start_steps(waiting)
    assert job is not None
    assert start_steps(waiting) is None
    who = reader("budget").open(reverse("admin:targets_decision", args=[waiting.pk]))
    assert "等后台程序接手" in who.page
    run_job.call(job.pk)
    job.refresh_from_db()
    assert (job.state, job.total) == ("done", 120)
    assert Counter(Declaration.objects.values_list("state", flat=True)) == {"approved": 120}
    assert "批复：结果" in who.open(who.address).page


def test_cancelled_between_portions_what_was_moved_stays_moved_and_the_rest_may_go_on(
    world: World, waiting: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "TELL_EVERY_SECONDS", 0)
    job = start_steps(waiting)
    assert job is not None
    who = reader("budget").open(reverse("admin:targets_decision", args=[waiting.pk]))

    def stop_after_the_first(run: jobs.Run) -> str:
        def progress(done: int, total: int, doing: str) -> None:
            run.progress(done, total, doing)
            if not done:
                who.press("取消")

        carry_out(waiting, progress)
        return ""

    jobs.work_off(job.pk, {jobs.STEPS: jobs.Kind(stop_after_the_first, IN_PORTIONS)}, give_back)
    job.refresh_from_db()
    assert (job.state, job.done, job.message) == ("cancelled", 0, "已取消：已办理的有效，其余没有办理。")
    assert Counter(Declaration.objects.values_list("state", flat=True)) == {"approved": 50, "passed": 70}
    assert Counter(waiting.forms.values_list("state", flat=True)) == {"done": 50, "waiting": 70}
    who.open(who.address).press("继续办理其余 70 张")
    run_job.call(waiting.jobs.latest("pk").pk)
    assert Counter(Declaration.objects.values_list("state", flat=True)) == {"approved": 120}
    assert ReviewEvent.objects.filter(step="approve").count() == 120


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_every_form_is_moved_exactly_once() -> None:
    """Workers die one after the other: before anything is done, in the middle of a portion, before and after its end."""
    decision = many(make_world())
    job = start_steps(decision)
    assert job is not None
    stood = []
    with killing() as killed_before:
        for moment in (1, 'UPDATE "targets_declaration"', COMMIT, AFTER_COMMIT, COMMIT):
            killed_before(moment, job.pk)
            moved = set(ReviewEvent.objects.filter(step="approve").values_list("declaration", flat=True))
            assert moved == set(decision.forms.filter(state="done").values_list("declaration", flat=True))
            stood.append(len(moved))
            Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1), attempts=0)
            revive_jobs()
    assert stood == [0, 0, 0, 50, 50]
    run_job.call(job.pk)
    assert Counter(decision.forms.values_list("state", flat=True)) == {"done": 120}
    assert ReviewEvent.objects.filter(step="approve").count() == 120
    call_command("verify_trail")


def test_a_choice_that_is_never_confirmed_is_forgotten(world: World) -> None:
    made = forms(world, 1, *TO_PERFORMANCE)
    old, new = (choose(Declaration.objects.all(), by=world.perf, step="pass") for _ in range(2))
    Decision.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3))
    call_command("tick")
    assert list(Decision.objects.all()) == [new]
    assert states(made) == ["performance_review"]


# Statements -----------------------------------------------------------------------------------------------------------


def statements(deed: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        deed()
    return len(captured)


@pytest.mark.parametrize(
    ("slug", "way", "who"),
    [
        ("submit", (), "filler"),
        ("confirm", (), "filler"),
        ("withdraw", ("submit",), "filler"),
        ("forward", ("submit",), "boss"),
        ("pass", TO_PERFORMANCE, "perf"),
        ("return", TO_PERFORMANCE, "perf"),
        ("approve", TO_PASSED, "budget"),
    ],
)
def test_check_and_deed_of_many_ask_as_much_as_of_one(world: World, slug: str, way: tuple[str, ...], who: str) -> None:
    """Some are refused: those are written down by one statement too."""
    made = forms(world, 6, *way)
    for form in made[::2]:
        if slug == "return":
            remark(form, Said("请核对"), by=world.perf)
    said: dict[str, Any] = {
        "step": slug,
        "opinion": "意见",
        "document_number": "1号",
        "document_date": date(2023, 1, 15),
    }

    def taken(chosen: list[Declaration]) -> tuple[int, int]:
        user = type(world.perf).objects.get(username=who)
        found: list[Decision] = []
        pks = [form.pk for form in chosen]
        checked = statements(lambda: found.append(choose(Declaration.objects.filter(pk__in=pks), by=user, **said)))
        confirm(found[0])
        found[0].forms.filter(state="refused").update(state="waiting")
        return checked, statements(lambda: carry_out(found[0]))

    assert taken(made[:2]) == taken(made[2:])


@pytest.mark.parametrize("page", ["check", "ask", "result", "list"])
def test_the_pages_of_many_ask_as_much_as_of_one(world: World, page: str) -> None:
    made = forms(world, 6, *TO_PERFORMANCE)
    client = Client()
    client.force_login(world.perf, backend="django.contrib.auth.backends.ModelBackend")

    def asked(chosen: list[Declaration]) -> int:
        pks = [form.pk for form in chosen]
        decision = choose(Declaration.objects.filter(pk__in=pks), by=world.perf, step="pass")
        address = reverse("admin:targets_decision", args=[decision.pk])
        if page in ("result", "list"):
            confirm(decision)
            start_steps(decision)
        address = reverse("admin:targets_decisions") if page == "list" else address
        address += "?edit=1" if page == "ask" else ""
        client.get(address)
        return statements(lambda: client.get(address))

    assert asked(made[:1]) == asked(made[1:])
