"""Attacks on the trail by plain SQL, as somebody with the database's password would write them. Beside those of test_trail."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from targets.assessing import mark_key
from targets.attachments import attach
from targets.disclosure.desk import publish
from targets.domain.trail import EVENT, REVISION, SEAL, add_link, digest, facts
from targets.models import (
    AccessRecord,
    Attachment,
    Declaration,
    Disclosure,
    DisclosureItem,
    Remark,
    RemarkReply,
    ReviewEvent,
    Revision,
    TrailSeal,
)
from targets.remarks import Said, answer, remark
from targets.review import StepRefused, take_step
from targets.rolls import SETTLED_AFTER, counted
from targets.tests.test_deputies import stand_in
from targets.tests.test_trail import past_the_triggers
from targets.tests.world import World
from targets.trail import Break, seal_the_day, verify


def sql(*statements: str) -> None:
    with past_the_triggers(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def broken() -> list[tuple[str, str]]:
    return [(one.title if one.form is None else "form", one.what) for one in verify().breaks]


def found_after_each(statements: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """What is found broken after each of them alone."""
    found = {}
    for name, statement in statements.items():
        with transaction.atomic():
            sql(statement)
            found[name] = broken()
            transaction.set_rollback(True)
    return found


@pytest.fixture
def form(world: World) -> Declaration:
    """Written by a deputy, remarked on, returned, answered, judged, approved, published, marked; a step refused. Not sealed."""
    form = world.declaration(by=stand_in(world, "filler", "nobody"))
    attach(form, b"%PDF-1.7 the grounds", "依据.pdf", by=world.filler)
    world.advance(form, "submit")
    one = remark(form, Said("请改"), by=world.boss)
    world.advance(form, "return")
    one.refresh_from_db()
    answer(one, "已改。", by=world.filler)
    with pytest.raises(StepRefused):
        take_step(form, "forward", by=world.boss)
    world.advance(form, "submit", "forward")
    world.judge(form)
    world.advance(form, "forward", "pass", "approve")
    mark_key([form], is_key=True, by=world.perf)
    made = Disclosure.objects.create(
        division=world.division, year=2023, title="公开", foreword="说明", created_by=world.perf
    )
    DisclosureItem.objects.create(
        disclosure=made, declaration=form, revision=form.revisions.get(), kind=form.kind, department=world.education
    )
    publish(made, by=world.perf)
    form.refresh_from_db()
    assert broken() == []
    return form


def a_day_later() -> None:
    """All of it happened yesterday; the seal of today holds it."""
    ago = SETTLED_AFTER + timedelta(minutes=1)
    with past_the_triggers():
        for rows, name in (
            *((model.objects, "at") for model in (AccessRecord, RemarkReply)),
            (LogEntry.objects, "action_time"),
            *((model.objects, "sent_at") for model in (Remark, Attachment)),
            (Disclosure.objects, "published_at"),
        ):
            for row in rows.exclude(**{name: None}):
                rows.filter(pk=row.pk).update(**{name: getattr(row, name) - ago})


# What the chain of the form tells ---------------------------------------------------------------------------------------

OF_THE_FORM = {
    "name of whom a deputy stood in for": (
        "UPDATE targets_revision SET stood_in_for_name = 'x'",
        "第1稿（nobody某（代x））",
    ),
    "the deputy taken out": (
        "UPDATE targets_revision SET stood_in_for_name = '', stood_in_for_id = NULL",
        "第1稿（nobody某）与登记的摘要不符",
    ),
    "document number of the approval": (
        "UPDATE targets_reviewevent SET document_number = 'x' WHERE step = 'approve'",
        "“批复”（budget某）与登记的摘要不符",
    ),
    "findings of a step": ("UPDATE targets_reviewevent SET findings = '[1]' WHERE step = 'pass'", "“审核通过”"),
    "a step on another text": (
        "UPDATE targets_reviewevent SET version = 2 WHERE step = 'pass'",
        "“审核通过”（perf某）与登记的摘要不符",
    ),
    "grade of the review form": ("UPDATE targets_assessment SET grade = 'poor'", "所附的审核表与登记的摘要不符"),
    "opinion of the review form": ("UPDATE targets_assessment SET opinion = 'x'", "所附的审核表与登记的摘要不符"),
    "the review form no longer the step's": (
        "UPDATE targets_assessment SET event_id = NULL",
        "所附的审核表与登记的摘要不符",
    ),
    "its fingerprint in the event": (
        "UPDATE targets_reviewevent SET particulars = '{}' WHERE particulars IS NOT NULL AND step = 'forward'",
        "与登记的摘要不符",
    ),
    "counter set back": ("UPDATE targets_declaration SET trail_length = 3", "表上只登记了3环，这一环是多出来的"),
    "counter and head set back": (
        "UPDATE targets_declaration SET trail_length = 1, trail_head = (SELECT max(digest) FROM targets_revision)",
        "表上只登记了1环",
    ),
    "a row of the table": ("UPDATE targets_indicator SET target = '≥1人' WHERE name = '补助人数'", "绕过系统被改动"),
    "a row removed": ("DELETE FROM targets_indicator WHERE name = '补助人数'", "绕过系统被改动"),
    "the goal": ("UPDATE targets_declaration SET goal = 'x'", "绕过系统被改动"),
    "the amount": ("UPDATE targets_declaration SET total = 1", "绕过系统被改动"),
    "the version": ("UPDATE targets_declaration SET version = 3", "应为第1版，表上却是第3版"),
    "nothing approved": ("UPDATE targets_declaration SET approved_revision_id = NULL", "批复的稿不是办理记录中的一稿"),
    "nothing submitted": ("UPDATE targets_declaration SET submitted_revision_id = NULL", "送审稿不是办理记录中的一稿"),
    "nothing passed": ("UPDATE targets_declaration SET passed_revision_id = NULL", "审核通过的稿不是办理记录中的一稿"),
}


def test_what_is_done_to_a_form_is_found(form: Declaration) -> None:
    found = found_after_each({name: statement for name, (statement, _) in OF_THE_FORM.items()})
    told = {name: [(place, OF_THE_FORM[name][1] in what) for place, what in breaks] for name, breaks in found.items()}
    assert told == {name: [("form", True)] for name in OF_THE_FORM}, found


# What the seals tell of the rest ----------------------------------------------------------------------------------------

ROLLED = {
    "a log entry's words": ("UPDATE targets_accessrecord SET sentence = 'x'", "登录和被拒记录", "1条中有的被改动或换掉"),
    "a refusal removed": ("DELETE FROM targets_accessrecord", "登录和被拒记录", "封存时有1条，现在有0条"),
    "its time": ("UPDATE targets_accessrecord SET at = '2020-01-01'", "登录和被拒记录", "被改动或换掉"),
    "who marked a project": ("UPDATE django_admin_log SET user_id = (SELECT max(id) FROM departments_person)", "数据维护记录", "被改动"),
    "the mark unsaid": ("DELETE FROM django_admin_log", "数据维护记录", "封存时有1条，现在有0条"),
    "a remark": ("UPDATE targets_remark SET text = 'x' WHERE text = '请改'", "已发出的修改意见", "被改动"),
    "whose remark it was": ("UPDATE targets_remark SET author_name = 'x'", "已发出的修改意见", "被改动"),
    "a remark unsent": ("UPDATE targets_remark SET sent_at = NULL WHERE text = '请改'", "已发出的修改意见", "现在有1条"),
    "an answer": ("UPDATE targets_remarkreply SET text = 'x'", "修改意见的答复", "被改动"),
    "a paper for another": ("UPDATE targets_attachment SET sha256 = 'x'", "随表送审的附件", "被改动"),
    "the day of the review form": ("UPDATE targets_assessment SET saved_at = '2020-01-01'", "办理时所附的审核表", "被改动"),
    "the foreword": ("UPDATE targets_disclosure SET foreword = 'x'", "公开批次", "被改动"),
    "published at another time": ("UPDATE targets_disclosure SET published_at = '2020-01-01'", "公开批次", "被改动"),
    "a published form withdrawn": ("DELETE FROM targets_disclosureitem", "公开的表", "现在有0条"),
    "the title that the public reads": ("UPDATE targets_disclosureitem SET title = 'x'", "公开的表", "被改动"),
}  # fmt: skip


def test_what_hangs_on_no_chain_is_found_from_its_seal_on(form: Declaration) -> None:
    a_day_later()
    events_are_old()
    assert seal_the_day() is not None
    assert broken() == []
    for name, breaks in found_after_each({name: statement for name, (statement, *_) in ROLLED.items()}).items():
        _, label, words = ROLLED[name]
        found = dict(breaks)
        assert words in found[label], name
        assert found.keys() <= {label, "公开的表"}, name  # what was published goes with the time of its publication


def events_are_old() -> None:
    """The roll of review forms goes by the time of the step; a chain is made anew around other times."""
    ago = SETTLED_AFTER + timedelta(minutes=1)
    with past_the_triggers():
        for form in Declaration.objects.all():
            made = Declaration(pk=form.pk)
            rows: list[Revision | ReviewEvent] = [*form.revisions.all(), *form.events.all()]
            for row in sorted(rows, key=lambda one: one.link):
                if isinstance(row, ReviewEvent):
                    row.at -= ago
                add_link(made, row, REVISION if isinstance(row, Revision) else EVENT)
                row.save()
            Declaration.objects.filter(pk=form.pk).update(trail_head=made.trail_head)


def test_a_row_slipped_in_between_sealed_ones_is_found(form: Declaration) -> None:
    a_day_later()
    seal_the_day()
    AccessRecord.objects.create(deed="login", username="x", at=timezone.now() - timedelta(days=3))
    assert broken() == [("登录和被拒记录", f"与{TrailSeal.objects.get()}不符：封存时有1条，现在有2条。")]


def test_what_is_younger_than_an_hour_waits_for_the_next_seal(form: Declaration) -> None:
    """It may not be visible to everybody yet, so a seal would count it or not by chance."""
    first = seal_the_day()
    assert first is not None
    assert first.rolls["access"] == [0, ""]
    assert counted(first, timezone.now() + 2 * SETTLED_AFTER)["access"][0] == 1
    sql("UPDATE targets_accessrecord SET sentence = 'x'")
    assert broken() == []  # a day at most: until its seal nothing but PostgreSQL's trigger keeps it


def test_seals_from_before_tell_of_no_roll_and_hold(form: Declaration) -> None:
    """A seal without rolls has the digest that it had; the first with them takes everything that there is."""
    last = TrailSeal(number=1, day="2020-01-01", made_at=timezone.now(), heads={})
    last.digest = digest("", {name: facts(last, SEAL)[name] for name in SEAL})
    last.save()
    a_day_later()
    made = seal_the_day()
    assert made is not None
    assert (made.rolls["access"][0], broken()) == (1, [])


# What only a digest kept outside can tell -------------------------------------------------------------------------------


def verified(*options: str) -> str:
    out = StringIO()
    try:
        call_command("verify_trail", *options, stdout=out)
    except CommandError as refused:
        return f"{out.getvalue()}{refused}"
    return out.getvalue()


def forge_everything(form: Declaration) -> None:
    """Another opinion, every digest of the form and every seal worked out anew."""
    with past_the_triggers():
        form.events.filter(step="return").update(opinion="同意。")
        made = Declaration(pk=form.pk)
        rows: list[Revision | ReviewEvent] = [*form.revisions.all(), *form.events.all()]
        for row in sorted(rows, key=lambda one: one.link):
            add_link(made, row, REVISION if isinstance(row, Revision) else EVENT)
            row.save()
        Declaration.objects.filter(pk=form.pk).update(trail_head=made.trail_head)
        seal = TrailSeal.objects.get()
        seal.heads = {str(form.pk): [made.trail_length, made.trail_head]}
        seal.digest = digest("", facts(seal, SEAL))
        seal.save()


@pytest.mark.parametrize("deed", ["rewritten", "removed"])
def test_seals_written_anew_or_removed_are_told_by_a_digest_kept_outside(form: Declaration, deed: str) -> None:
    seal = seal_the_day()
    assert seal is not None
    noted = seal.digest
    assert verified("--noted", noted).endswith("留痕完好。\n")
    if deed == "rewritten":
        forge_everything(form)
    else:
        sql("DELETE FROM targets_trailseal")
    assert verify().breaks == []
    assert verify(noted=noted).breaks == [
        Break(None, "", 1 if deed == "rewritten" else 0, f"记下的摘要 {noted} 不在任何一次封存中，封存被改写或删除。")
    ]
    assert "不在任何一次封存中" in verified("--noted", noted)
