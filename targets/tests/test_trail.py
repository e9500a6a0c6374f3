"""The trail holds through every way of working, and each tampering is found and named."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from departments.models import Person
from targets.assessing import mark_key
from targets.checks import CLOSED, trail_is_closed
from targets.domain.trail import EVENT, REVISION, SEAL, add_link, digest, facts
from targets.editing import fresh_declaration
from targets.guards import Order
from targets.models import Declaration, ReviewEvent, Revision, TrailSeal
from targets.review import StepRefused, take_step
from targets.review_many import Asked, lock_forms, take_together
from targets.storing import store
from targets.tests.world import World
from targets.trail import Break, seal_the_day, verify

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'")


@contextmanager
def past_the_triggers() -> Iterator[None]:
    """What somebody with the owner's password of the database can do."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in CLOSED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER trail_guard")
        yield
        for table in CLOSED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER trail_guard")


def told() -> list[Break]:
    return verify().breaks


@pytest.fixture
def form(world: World) -> Declaration:
    """Seven links: text 1, submit, return, text 2, submit, forward, forward; another form beside it. Sealed after the fifth."""
    world.advance(world.declaration(title="另一张"), "submit")
    form = world.advance(world.declaration(), "submit", "return")
    store(
        [(form, world.record(goal="为全区1200名幼儿发放补助100万元，减轻1200个家庭的负担。"))],
        by=world.filler,
        reason=Revision.Reason.EDIT,
    )
    world.advance(form, "submit")
    assert seal_the_day() is not None
    world.advance(form, "forward", "forward")
    assert told() == []
    return form


def test_one_chain_holds_texts_and_steps_in_the_order_in_which_they_came(form: Declaration) -> None:
    form.refresh_from_db()
    texts = [(one.link, "text") for one in form.revisions.all()]
    assert sorted(texts + [(one.link, one.step) for one in form.events.all()]) == [
        (1, "text"), (2, "submit"), (3, "return"), (4, "text"), (5, "submit"), (6, "forward"), (7, "forward"),
    ]  # fmt: skip
    assert (form.trail_length, form.trail_head) == (7, form.events.get(link=7).digest)


# Tampering: what is done → link that is named, words of the sentence ---------------------------------------------------

Tamper = Callable[[Declaration], object]


def text(link: int, /, **changes: object) -> Tamper:
    return lambda form: form.revisions.filter(link=link).update(**changes)


def event(link: int, /, **changes: object) -> Tamper:
    return lambda form: form.events.filter(link=link).update(**changes)


def head(**changes: object) -> Tamper:
    return lambda form: Declaration.objects.filter(pk=form.pk).update(**changes)


def retext(form: Declaration) -> None:
    text(1, frozen=form.revisions.get(link=1).frozen | {"goal": "从来没有写过的目标。"})(form)


def another_person(form: Declaration) -> None:
    event(6, person=Person.objects.get(username="admin"))(form)


def remove(*links: int) -> Tamper:
    return lambda form: form.events.filter(link__in=links).delete()


def swap(form: Declaration) -> None:
    for old, new in ((6, 99), (7, 6), (99, 7)):
        event(old, link=new)(form)


def insert(form: Declaration) -> None:
    """Between the sixth and the seventh, with a digest as it should be: the old seventh no longer follows."""
    event(7, link=8, number=99)(form)
    made = form.events.get(link=6)
    made.digest, made.pk, made.link, made.number = "", None, 7, made.number + 1
    made.digest = digest(form.events.get(link=6).digest, facts(made, EVENT))
    made.save(force_insert=True)
    head(trail_length=8)(form)


def replace_all(form: Declaration) -> None:
    """A forger who knows the program: another opinion, all digests and the head worked out anew."""
    event(3, opinion="同意。")(form)
    made = Declaration(pk=form.pk)
    rows = [(one, REVISION, text) for one in form.revisions.all()] + [(one, EVENT, event) for one in form.events.all()]
    for row, names, write in sorted(rows, key=lambda entry: entry[0].link):
        add_link(made, row, names)
        write(row.link, digest=row.digest)(form)
    head(trail_head=made.trail_head)(form)


def cut_below_the_seal(form: Declaration) -> None:
    """The newest events removed by one who also sets the form back."""
    remove(5, 6, 7)(form)
    head(state="returned", trail_length=4, trail_head=form.revisions.get(link=4).digest)(form)


def older_text(form: Declaration) -> None:
    head(current_revision=form.revisions.get(link=1))(form)


LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)
TAMPERINGS: dict[str, tuple[Tamper, int, str]] = {
    "text of a revision": (retext, 1, "第1稿（filler某）与登记的摘要不符"),
    "its time": (text(4, created_at=LONG_AGO), 4, "第2稿（filler某）与登记的摘要不符"),
    "its person": (text(4, author_name="别人"), 4, "第2稿（别人）与登记的摘要不符"),
    "its number": (text(4, number=7), 4, "第7稿（filler某）与登记的摘要不符"),
    "an opinion": (event(3, opinion="同意。"), 3, "第2次办理“退回”（boss某）与登记的摘要不符"),
    "time of an event": (event(3, at=LONG_AGO), 3, "第2次办理“退回”（boss某）与登记的摘要不符"),
    "person of an event": (another_person, 6, "第4次办理“报送财政”（boss某）与登记的摘要不符"),
    "whom one stood in for": (event(3, stood_in_for_name="别人"), 3, "第2次办理“退回”（boss某（代别人））与登记"),
    "what else an event says": (event(3, particulars={"对预算的影响": "无"}), 3, "第2次办理“退回”（boss某）与登记"),
    "an event removed in the middle": (remove(3), 3, "这一环不见了（它后面是第2稿（filler某））"),
    "the newest event removed": (remove(7), 7, "最新的记录不见了，表上登记有7环"),
    "two swapped": (swap, 6, "第5次办理“初审通过”（office某）与登记的摘要不符"),
    "one inserted": (insert, 8, "第99次办理“初审通过”（office某）与登记的摘要不符"),
    "the whole chain replaced": (replace_all, 5, "整条留痕被替换"),
    "cut below the seal": (cut_below_the_seal, 5, "时有5环，后面的不见了"),
    "the state": (head(state="approved"), 7, "按办理记录应为“待绩效科审核”，表上却是“已批复”"),
    "the text in force": (older_text, 7, "表上的当前稿不是留痕中的最后一稿"),
    "the head": (head(trail_head="0" * 64), 7, "最后一环与表上登记的链头不符"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampering_is_found_and_the_form_and_link_are_named(form: Declaration, name: str) -> None:
    tamper, link, words = TAMPERINGS[name]
    with past_the_triggers():
        tamper(form)
    [broken] = told()
    assert (broken.form, broken.title, broken.link) == (form.pk, form.title, link)
    assert words in broken.what


def test_a_form_removed_with_all_its_rows_is_named_by_the_seal(form: Declaration) -> None:
    pk = form.pk
    with past_the_triggers():
        head(current_revision=None, submitted_revision=None)(form)
        for rows in (form.remarks, form.looks, form.events, form.revisions):
            rows.all().delete()
        form.delete()
    [broken] = told()
    assert (broken.form, broken.link) == (pk, 5)
    assert "现在连表都没有了" in broken.what


def seal_of_a_later_day(days: int) -> None:
    last = TrailSeal.objects.order_by("number").last()
    assert last is not None
    day = last.day + timedelta(days=days)
    seal = TrailSeal(number=last.number + 1, day=day, made_at=timezone.now(), heads={})
    seal.digest = digest(last.digest, facts(seal, SEAL))
    seal.save()


SEALS: dict[str, tuple[Callable[[], object], int, str]] = {
    "heads": (lambda: TrailSeal.objects.filter(number=1).update(heads={}), 1, "的内容与它的摘要不符"),
    "day": (lambda: TrailSeal.objects.filter(number=2).update(day="2020-01-01"), 2, "的内容与它的摘要不符"),
    "removed": (lambda: TrailSeal.objects.filter(number=2).delete(), 2, "这一次封存不见了"),
}


@pytest.mark.parametrize("name", SEALS)
def test_seals_are_a_chain_too(form: Declaration, name: str) -> None:
    tamper, link, words = SEALS[name]
    seal_of_a_later_day(1)
    seal_of_a_later_day(2)
    assert told() == []
    with past_the_triggers():
        tamper()
    [broken] = told()
    assert (broken.form, broken.link) == (None, link)
    assert words in broken.what


# Seals ----------------------------------------------------------------------------------------------------------------


def test_the_tick_seals_once_a_day_what_has_grown(world: World) -> None:
    quiet, busy = world.declaration(title="不动的"), world.declaration(title="在办的")
    out = StringIO()
    call_command("tick", stdout=out)
    call_command("tick", stdout=out)
    first = TrailSeal.objects.get()
    quiet.refresh_from_db()
    assert set(first.heads) == {str(quiet.pk), str(busy.pk)}
    assert first.heads[str(quiet.pk)] == [1, quiet.trail_head]
    assert out.getvalue() == f"留痕已封存：{first}，2张表，摘要 {first.digest}\n"

    with past_the_triggers():
        TrailSeal.objects.update(day="2020-01-01")
    world.advance(busy, "submit")
    second = seal_the_day()
    assert second is not None
    busy.refresh_from_db()
    assert (second.number, second.heads) == (2, {str(busy.pk): [2, busy.trail_head]})


# The command ----------------------------------------------------------------------------------------------------------


def test_the_command_says_that_all_is_well(form: Declaration) -> None:
    out = StringIO()
    call_command("verify_trail", stdout=out)
    seal = TrailSeal.objects.get()
    assert out.getvalue() == (f"核对了2张表的9环，1次封存（最近一次是{seal}，摘要 {seal.digest}）。\n留痕完好。\n")


def test_the_command_names_what_is_wrong_and_ends_with_1(form: Declaration) -> None:
    with past_the_triggers():
        remove(3)(form)
    out, as_json = StringIO(), StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("verify_trail", stdout=out)
    assert ended.value.returncode == 1
    sentence = (
        f"“{form.title}”（编号{form.pk}）的留痕在第3环断开："
        "这一环不见了（它后面是第2稿（filler某）），有记录被删除或移动。"
    )
    assert out.getvalue().splitlines()[0] == sentence
    with pytest.raises(CommandError):
        call_command("verify_trail", json=True, stdout=as_json)
    report = json.loads(as_json.getvalue())
    assert (report["holds"], report["forms"], report["links"]) == (False, 2, 8)
    assert [(one["form"], one["link"], one["sentence"]) for one in report["breaks"]] == [(form.pk, 3, sentence)]


# A year ---------------------------------------------------------------------------------------------------------------


def test_a_year_of_forms_verifies(world: World) -> None:
    """Imported together and taken back, edited, sent, returned, approved, adjusted: every door writes links that hold."""
    year_of(world, 300)
    report = verify()
    assert report.breaks == []
    assert report.forms == 300
    assert report.links == sum(Declaration.objects.values_list("trail_length", flat=True))


WAYS = (
    (),
    ("submit",),
    ("submit", "withdraw"),
    ("submit", "return", "submit", "forward"),
    ("submit", "forward", "return", "submit", "forward", "forward"),
    ("submit", "forward", "forward", "pass"),
    ("submit", "forward", "forward", "pass", "approve"),
    ("submit", "forward", "forward", "pass", "approve", "adjust", "submit"),
)


def year_of(world: World, number: int) -> None:
    records = [world.record(title=f"第{place}个项目") for place in range(number)]
    drafts = [
        (fresh_declaration(one, world.year, department=world.education.pk, unit=world.school.pk), one)
        for one in records
    ]
    store(drafts, by=world.filler, reason=Revision.Reason.IMPORT)
    again = [
        (form, world.record(title=form.title, goal="为全区1200名幼儿发放补助100万元，减轻1200个家庭的负担。"))
        for form, _ in drafts[::2]
    ]
    store(again, by=world.filler, reason=Revision.Reason.EDIT)
    alone, together = drafts[:40], [form for form, _ in drafts[40:]]
    for place, (form, _) in enumerate(alone):
        world.advance(form, *WAYS[place % len(WAYS)])
        if place % 20 == 10:
            seal_the_day()
    for place, way in enumerate(WAYS):
        for slug in way:
            advance_together(world, together[place :: len(WAYS)], slug)
    for form, _ in drafts[:: len(WAYS)]:
        take_step(form, "void", by=world.boss, order=Order(opinion="重复。"))


@transaction.atomic
def advance_together(world: World, forms: Sequence[Declaration], slug: str) -> None:
    locked = lock_forms([form.pk for form in forms]).values()
    if slug == "return":
        for form in locked:
            world.note(form, world.actor(form, slug))
    asked = [Asked(form, slug, world.actor(form, slug), world.order(form)) for form in locked]
    assert set(take_together(asked)) == {""}


def test_rows_from_before_the_trail_are_chained_in_the_order_of_their_times(form: Declaration) -> None:
    def links() -> list[tuple[int, str]]:
        return [*form.revisions.values_list("link", "digest"), *form.events.values_list("link", "digest")]

    as_written = links()
    with past_the_triggers():
        for rows in (Revision.objects, ReviewEvent.objects):
            rows.update(link=F("link") + 1000, digest="")
        Declaration.objects.update(trail_length=0, trail_head="")
        import_module("targets.migrations.0012_chains_of_old_forms").chain(apps, None)
    assert links() == as_written
    assert told() == []


# PostgreSQL -----------------------------------------------------------------------------------------------------------


@on_postgresql
@pytest.mark.parametrize("table", CLOSED)
@pytest.mark.parametrize("deed", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_postgresql_refuses_to_change_or_remove(world: World, form: Declaration, table: str, deed: str) -> None:
    with pytest.raises(StepRefused):
        take_step(form, "submit", by=world.filler)
    mark_key([form], is_key=True, by=world.perf)
    with pytest.raises(IntegrityError, match="留痕记录不能修改或删除"), connection.cursor() as cursor:
        cursor.execute(deed.format(table))


@on_postgresql
def test_a_missing_trigger_is_named_by_the_system_check(db: None) -> None:
    assert trail_is_closed(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE targets_trailseal DISABLE TRIGGER trail_guard")
        cursor.execute("DROP TRIGGER trail_guard ON targets_revision")
    assert [one.msg for one in trail_is_closed(databases=["default"])] == [
        f"表 {table} 没有禁止修改和删除的触发器 trail_guard，留痕只剩事后核验。"
        for table in ("targets_revision", "targets_trailseal")
    ]
    call_command("verify_trail", close=True, stdout=StringIO())
    assert trail_is_closed(databases=["default"]) == []
